//! The data connection: `AT+CGDCONT`, `AT+CGATT`, `AT+MIPCALL` and `AT+CGPADDR`.

use super::answer::{Afterwards, Answer, CmeError, NO_NETWORK, NO_SUCH_FORM};
use super::arguments::Arguments;
use super::interpreter::Form;
use super::module::Module;
use super::radio::{Calling, MipcallForm};

impl Module {
    pub(super) fn attachment(&mut self, form: Form) -> Result<Answer, CmeError> {
        match form {
            Form::Read => {
                let attached = self.registered() && self.state.radio.attached;
                Ok(Answer::line(format!("+CGATT: {}", u8::from(attached))))
            }
            Form::Test => Ok(Answer::line("+CGATT: (0,1)")),
            Form::Set(mut arguments) => {
                let attach = arguments.number(0..=1)? == 1;
                match self.settings.radio.attach_error {
                    Some(error) if attach => return Err(error),
                    _ if attach && !self.registered() => return Err(NO_NETWORK),
                    _ => {}
                }
                self.state.radio.attached = attach;
                Ok(Answer::ok())
            }
            Form::Execute => Err(NO_SUCH_FORM),
        }
    }

    pub(super) fn context(&mut self, form: Form) -> Result<Answer, CmeError> {
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

    pub(super) fn address(&mut self, form: Form) -> Result<Answer, CmeError> {
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

    /// `AT+MIPCALL`, as [`MipcallForm`] spells it.
    pub(super) fn call(&mut self, form: Form) -> Result<Answer, CmeError> {
        match form {
            Form::Read => Ok(Answer::line(self.call_line())),
            Form::Test => Ok(Answer::line("+MIPCALL: (0,1),(\"apn\"),(\"user\"),(\"password\")")),
            Form::Set(arguments) => self.dial(arguments),
            Form::Execute => Err(NO_SUCH_FORM),
        }
    }

    fn call_line(&self) -> String {
        let dialling = self.state.radio.dialling && self.settings.radio.busy_while_dialling;
        if self.is_busy() || dialling {
            "+MIPCALL: 2".into()
        } else if self.state.radio.stale {
            "+MIPCALL: 1,0.0.0.0".into()
        } else if self.state.online {
            self.settings.radio.mipcall.line(&self.settings, true)
        } else {
            "+MIPCALL: 0".into()
        }
    }

    /// Somebody else is dialling.
    fn is_busy(&self) -> bool {
        self.now < self.state.radio.since + self.settings.radio.busy
    }

    fn dial(&mut self, mut arguments: Arguments) -> Result<Answer, CmeError> {
        let up = arguments.number(0..=1)? == 1;
        for _ in 0..3 {
            if arguments.left() > 0 {
                arguments.string(0..=100)?;
            }
        }
        arguments.end()?;
        let is_up = self.state.online || self.state.radio.stale;
        let again = up && self.state.online && !self.settings.radio.error_when_up;
        if self.is_busy() || self.state.radio.dialling || (up == is_up && !again) {
            return Ok(Answer::error());
        }
        if !up {
            return Ok(Answer::ok().afterwards(Afterwards::HungUp, self.settings.result_delay));
        }
        self.need_sim()?;
        if !self.registered() {
            return Err(NO_NETWORK);
        }
        let delay = self.settings.dial_delay;
        match self.settings.radio.calling {
            Calling::Refused => return Ok(Answer::error()),
            Calling::Succeeds if self.settings.radio.mipcall == MipcallForm::BeforeOk => {
                self.state.online = true;
                return Ok(Answer::line(self.call_line()));
            }
            _ => {}
        }
        self.state.radio.dialling = true;
        Ok(match self.settings.radio.calling {
            Calling::Hangs => Answer::ok(),
            Calling::Fails => Answer::ok().afterwards(Afterwards::NotConnected, delay),
            _ => Answer::ok().afterwards(Afterwards::Dialled, delay),
        })
    }

    /// What comes of dialling, unless the network was lost meanwhile.
    pub(super) fn dialled(&mut self, connected: bool) {
        if !std::mem::take(&mut self.state.radio.dialling) {
            return;
        }
        if connected {
            self.state.online = true;
            let line = self.settings.radio.mipcall.line(&self.settings, false);
            self.urc(line.as_bytes());
        } else {
            self.urc(b"+MIPCALL: 0");
        }
    }
}
