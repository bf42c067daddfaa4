//! Commands that every modem has, as far as bringing up a connection needs them.

use super::answer::{
    Afterwards, Answer, CmeError, INVALID_PARAMETERS, NO_NETWORK, NO_SIM, NO_SUCH_COMMAND, NO_SUCH_FORM, NOT_ALLOWED,
    PIN_REQUIRED, WRONG_PIN,
};
use super::arguments::{Argument, Arguments};
use super::interpreter::Form;
use super::models::Sim;
use super::module::Module;

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
            "+CGMM" => informative(form, &self.settings.spelled_model()),
            "+CPIN" => self.pin(form),
            "+CSQ" => informative(
                form,
                &format!("+CSQ: {},{}", self.settings.signal.0, self.settings.signal.1),
            ),
            "+CREG" | "+CGREG" | "+CEREG" => self.registration(name, form),
            "+COPS" => readable(form, "+COPS: 0,0,\"CHN-UNICOM\",7"),
            "+CCLK" => readable(form, "+CCLK: \"26/07/20,06:51:36+00\""),
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
            (Form::Read, _) if self.state.sim_ready => Ok(Answer::line("+CPIN: READY")),
            (Form::Read, _) => Ok(Answer::line("+CPIN: SIM PIN")),
            (Form::Set(mut arguments), Sim::Locked(pin)) if !self.state.sim_ready => {
                let entered = match arguments.optional() {
                    Some(Argument::Bare(digits) | Argument::Quoted(digits)) => digits,
                    _ => return Err(INVALID_PARAMETERS),
                };
                if entered != format!("{pin:04}").into_bytes() {
                    return Err(WRONG_PIN);
                }
                self.state.sim_ready = true;
                Ok(Answer::ok())
            }
            (Form::Set(_), _) => Err(NOT_ALLOWED),
            (Form::Execute, _) => Err(NO_SUCH_FORM),
        }
    }

    /// Whether the SIM card lets the module use the network.
    fn need_sim(&self) -> Result<(), CmeError> {
        match self.settings.sim {
            Sim::Absent => Err(NO_SIM),
            Sim::Locked(_) if !self.state.sim_ready => Err(PIN_REQUIRED),
            _ => Ok(()),
        }
    }

    fn registered(&self) -> bool {
        self.need_sim().is_ok() && matches!(self.settings.registration, 1 | 5)
    }

    fn registration(&mut self, name: &str, form: Form) -> Result<Answer, CmeError> {
        let status = if self.need_sim().is_ok() {
            self.settings.registration
        } else {
            0
        };
        match form {
            Form::Read => Ok(Answer::line(format!("{name}: 0,{status}"))),
            Form::Test => Ok(Answer::line(format!("{name}: (0-2)"))),
            Form::Set(mut arguments) => arguments.number(0..=2).map(|_| Answer::ok()),
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

    fn attachment(&mut self, form: Form) -> Result<Answer, CmeError> {
        match form {
            Form::Read => Ok(Answer::line(format!("+CGATT: {}", u8::from(self.registered())))),
            Form::Test => Ok(Answer::line("+CGATT: (0,1)")),
            Form::Set(mut arguments) => match arguments.number(0..=1)? {
                1 if !self.registered() => Err(NO_NETWORK),
                _ => Ok(Answer::ok()),
            },
            Form::Execute => Err(NO_SUCH_FORM),
        }
    }

    fn context(&mut self, form: Form) -> Result<Answer, CmeError> {
        match form {
            Form::Read => Ok(match &self.state.context {
                Some((kind, apn)) => {
                    let text = [b"+CGDCONT: 1,\"".as_slice(), kind, b"\",\"", apn, b"\",\"\",0,0"];
                    Answer::line(text.concat())
                }
                None => Answer::ok(),
            }),
            Form::Test => Ok(Answer::line("+CGDCONT: (1-7),\"IP\",,,(0-1),(0-1)")),
            Form::Set(mut arguments) => {
                arguments.number(1..=7)?;
                let kind = arguments.string(1..=8)?;
                let apn = if arguments.left() > 0 {
                    arguments.string(0..=100)?
                } else {
                    Vec::new()
                };
                self.state.context = Some((kind, apn));
                Ok(Answer::ok())
            }
            Form::Execute => Err(NO_SUCH_FORM),
        }
    }

    fn address(&mut self, form: Form) -> Result<Answer, CmeError> {
        match form {
            Form::Set(mut arguments) => {
                arguments.number(1..=7)?;
            }
            Form::Execute => {}
            Form::Test => return Ok(Answer::line("+CGPADDR: (1)")),
            Form::Read => return Err(NO_SUCH_FORM),
        }
        let address = if self.state.online {
            self.settings.address.as_str()
        } else {
            "0.0.0.0"
        };
        Ok(Answer::line(format!("+CGPADDR: 1,\"{address}\"")))
    }

    /// `AT+MIPCALL`: the data connection. The address comes after `OK`, as an unsolicited line.
    fn call(&mut self, form: Form) -> Result<Answer, CmeError> {
        match form {
            Form::Read if self.state.online => Ok(Answer::line(format!("+MIPCALL: 1,{}", self.settings.address))),
            Form::Read => Ok(Answer::line("+MIPCALL: 0")),
            Form::Test => Ok(Answer::line("+MIPCALL: (0,1),(\"apn\"),(\"user\"),(\"password\")")),
            Form::Set(arguments) => self.dial(arguments),
            Form::Execute => Err(NO_SUCH_FORM),
        }
    }

    fn dial(&mut self, mut arguments: Arguments) -> Result<Answer, CmeError> {
        let up = arguments.number(0..=1)? == 1;
        for _ in 0..3 {
            if arguments.left() > 0 {
                arguments.string(0..=100)?;
            }
        }
        arguments.end()?;
        if up == self.state.online {
            return Ok(Answer::error());
        }
        if !up {
            return Ok(Answer::ok().afterwards(Afterwards::HungUp, self.settings.result_delay));
        }
        self.need_sim()?;
        if !self.registered() {
            return Err(NO_NETWORK);
        }
        Ok(Answer::ok().afterwards(Afterwards::Dialled, self.settings.dial_delay))
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
