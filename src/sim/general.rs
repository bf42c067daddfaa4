//! Commands that every modem has, as far as bringing up a connection needs them.

use super::answer::{
    Afterwards, Answer, CmeError, INVALID_PARAMETERS, NO_SIM, NO_SUCH_COMMAND, NO_SUCH_FORM, NOT_ALLOWED, PIN_REQUIRED,
    PUK_REQUIRED, SIM_BUSY, WRONG_PIN,
};
use super::arguments::Argument;
use super::interpreter::Form;
use super::models::Sim;
use super::module::Module;
use super::radio::REGISTRATIONS;

impl Module {
    /// Commands without a `+`.
    pub(super) fn basic(&mut self, body: &[u8]) -> Result<Answer, CmeError> {
        match body {
            b"" | b"V1" | b"Q0" | b"Z" | b"&F" | b"&W" => {}
            // How long the module waits until it sleeps deeply: nothing of that shows on the line.
            [b'S', b'2', b'4', b'=', digits @ ..] if !digits.is_empty() && digits.iter().all(u8::is_ascii_digit) => {}
            b"E" | b"E0" => self.state.echo = false,
            b"E1" => self.state.echo = true,
            b"I" => return Ok(self.identification()),
            _ => return Err(NO_SUCH_COMMAND),
        }
        Ok(Answer::ok())
    }

    fn identification(&self) -> Answer {
        Answer::lines(vec![
            format!("Manufacturer: {}", self.settings.manufacturer).into(),
            format!("Model: {}", self.settings.model).into(),
            format!("Revision: {}", self.settings.revision).into(),
        ])
    }

    /// Commands with a `+` that are not MQTT's.
    pub(super) fn general(&mut self, name: &str, form: Form) -> Result<Answer, CmeError> {
        match name {
            "+CMEE" => self.error_form(form),
            "+CGMI" => informative(form, &self.settings.manufacturer),
            "+CGMR" => informative(form, &self.settings.revision),
            "+CGSN" => informative(form, &self.settings.imei),
            "+CCID" => {
                self.need_card()?;
                informative(form, &format!("+CCID: {}", self.settings.iccid))
            }
            "+CGMM" => informative(form, &self.settings.spelled_model()),
            "+CPIN" => self.pin(form),
            "+CSQ" => informative(
                form,
                &format!("+CSQ: {},{}", self.settings.signal.0, self.settings.signal.1),
            ),
            "+CREG" | "+CGREG" | "+CEREG" => self.registration(name, form),
            "+COPS" => readable(form, &self.operator_line()),
            "+CCLK" => readable(form, &self.clock_line()),
            "+CFUN" => self.functionality(form),
            "+CGATT" => self.attachment(form),
            "+CGDCONT" => self.context(form),
            "+CGPADDR" => self.address(form),
            "+MIPCALL" => self.call(form),
            _ if name.starts_with("+GTSSL") => self.tls(name, form),
            "+IPR" | "+IFC" | "+CSCLK" => self.uart_command(name, form),
            _ => Err(NO_SUCH_COMMAND),
        }
    }

    fn error_form(&mut self, form: Form) -> Result<Answer, CmeError> {
        match form {
            Form::Read => Ok(Answer::line(format!("+CMEE: {}", self.state.error_form))),
            Form::Test => Ok(Answer::line("+CMEE: (0-2)")),
            Form::Set(mut arguments) => {
                let level = arguments.number(0..=2)?;
                arguments.end()?;
                self.state.error_form = level;
                Ok(Answer::ok())
            }
            Form::Execute => Err(NO_SUCH_FORM),
        }
    }

    fn pin(&mut self, form: Form) -> Result<Answer, CmeError> {
        match (form, self.settings.sim) {
            (Form::Test, _) => Ok(Answer::ok()),
            (_, Sim::Absent) => Err(NO_SIM),
            _ if !self.sim_is_found() => Err(SIM_BUSY),
            (Form::Read, _) if self.state.sim_ready => Ok(Answer::line("+CPIN: READY")),
            (Form::Read, _) if self.wants_puk() => Ok(Answer::line("+CPIN: SIM PUK")),
            (Form::Read, _) => Ok(Answer::line("+CPIN: SIM PIN")),
            (Form::Set(mut arguments), Sim::Locked(pin)) if !self.state.sim_ready => {
                let entered = match arguments.optional() {
                    Some(Argument::Bare(digits) | Argument::Quoted(digits)) => digits,
                    _ => return Err(INVALID_PARAMETERS),
                };
                if self.wants_puk() {
                    return Err(PUK_REQUIRED);
                }
                if entered != format!("{pin:04}").into_bytes() {
                    self.state.radio.pin_attempts -= 1;
                    return Err(WRONG_PIN);
                }
                self.state.radio.pin_attempts = self.settings.radio.pin_attempts;
                self.state.sim_ready = true;
                self.search(self.now + self.settings.radio.registration_delay);
                Ok(Answer::ok())
            }
            (Form::Set(_), _) => Err(NOT_ALLOWED),
            (Form::Execute, _) => Err(NO_SUCH_FORM),
        }
    }

    /// Whether there is a SIM card that can be read.
    fn need_card(&self) -> Result<(), CmeError> {
        match self.settings.sim {
            Sim::Absent => Err(NO_SIM),
            _ if !self.sim_is_found() => Err(SIM_BUSY),
            _ => Ok(()),
        }
    }

    /// Whether the SIM card lets the module use the network.
    pub(super) fn need_sim(&self) -> Result<(), CmeError> {
        self.need_card()?;
        match self.settings.sim {
            Sim::Locked(_) if self.wants_puk() => Err(PUK_REQUIRED),
            Sim::Locked(_) if !self.state.sim_ready => Err(PIN_REQUIRED),
            _ => Ok(()),
        }
    }

    fn registration(&mut self, name: &str, form: Form) -> Result<Answer, CmeError> {
        let index = REGISTRATIONS
            .iter()
            .position(|own| *own == name)
            .ok_or(NO_SUCH_COMMAND)?;
        let reporting = self.state.radio.reporting.get_mut(index).ok_or(NO_SUCH_COMMAND)?;
        match form {
            Form::Read => {
                let reporting = *reporting;
                let status = self.registration_status(index);
                let place = Self::place(reporting, status);
                Ok(Answer::line(format!("{name}: {reporting},{status}{place}")))
            }
            Form::Test => Ok(Answer::line(format!("{name}: (0-2)"))),
            Form::Set(mut arguments) => {
                *reporting = arguments.number(0..=2)? as u8;
                Ok(Answer::ok())
            }
            Form::Execute => Err(NO_SUCH_FORM),
        }
    }

    fn functionality(&mut self, form: Form) -> Result<Answer, CmeError> {
        match form {
            Form::Read => Ok(Answer::line("+CFUN: 1")),
            Form::Test => Ok(Answer::line("+CFUN: (0,1,4,15)")),
            Form::Set(mut arguments) => match arguments.number(0..=15)? {
                15 => Ok(Answer::ok().afterwards(Afterwards::Restart, self.settings.result_delay)),
                1 => Ok(Answer::ok()),
                _ => Err(NOT_ALLOWED),
            },
            Form::Execute => Err(NO_SUCH_FORM),
        }
    }
}

/// A command that only says something, asked with or without a question mark.
fn informative(form: Form, text: &str) -> Result<Answer, CmeError> {
    match form {
        Form::Execute | Form::Read => Ok(Answer::line(text)),
        Form::Test => Ok(Answer::ok()),
        Form::Set(_) => Err(INVALID_PARAMETERS),
    }
}

/// A command of which only the read form is wanted; it takes whatever is set.
fn readable(form: Form, text: &str) -> Result<Answer, CmeError> {
    match form {
        Form::Read => Ok(Answer::line(text)),
        Form::Test | Form::Set(_) => Ok(Answer::ok()),
        Form::Execute => Err(NO_SUCH_FORM),
    }
}
