//! From bytes to commands: the command line, its echo, and which command it is.

use super::answer::{Answer, CmeError, Final, NO_SUCH_COMMAND};
use super::arguments::Arguments;
use super::models::EarlyCommand;
use super::module::{Module, Phase};
use super::record::Kind;

/// The engine's buffer. What is longer is "dropped silently", and the search for AT begins again.
const LONGEST_LINE: usize = 12_288;

/// The form of an extended command.
#[derive(Debug)]
pub(super) enum Form {
    /// `AT+X`
    Execute,
    /// `AT+X?`
    Read,
    /// `AT+X=?`
    Test,
    /// `AT+X=…`
    Set(Arguments),
}

impl Module {
    /// One byte from the host.
    pub(super) fn input(&mut self, byte: u8) {
        match self.phase {
            Phase::Booting => return,
            Phase::Data(_) => return self.data_input(byte),
            Phase::Executing(_) if self.line.bytes.is_empty() && byte != b'\n' => self.line.early = true,
            Phase::Executing(_) | Phase::Ready => {}
        }
        match byte {
            b'\r' => self.line_complete(),
            // The second half of a CR LF. It is not echoed either.
            b'\n' if self.line.bytes.is_empty() => {}
            // S5, the editing character.
            0x08 => drop(self.line.bytes.pop()),
            _ => {
                self.line.bytes.push(byte);
                if self.line.bytes.len() > LONGEST_LINE {
                    let line = std::mem::take(&mut self.line);
                    self.record.push(self.now, Kind::Ignored, &line.bytes);
                }
            }
        }
    }

    fn line_complete(&mut self) {
        let line = std::mem::take(&mut self.line);
        if line.bytes.is_empty() {
            return;
        }
        if line.early {
            let awaits_prompt =
                matches!(&self.phase, Phase::Executing(answer) if matches!(answer.result, Final::Prompt(_)));
            let kind = if awaits_prompt {
                Kind::LostData
            } else {
                Kind::LostCommand
            };
            self.record.push(self.now, kind, &line.bytes);
            if self.settings.early_command == EarlyCommand::Refused {
                self.final_result(&Final::Error);
            }
            return;
        }
        let begin = line.bytes.windows(2).position(|pair| pair.eq_ignore_ascii_case(b"AT"));
        let (garbage, command) = line.bytes.split_at(begin.unwrap_or(line.bytes.len()));
        if !garbage.is_empty() {
            self.record.push(self.now, Kind::Ignored, garbage);
        }
        if begin.is_some() {
            self.command(command);
        }
    }

    fn command(&mut self, command: &[u8]) {
        self.record.push(self.now, Kind::Command, command);
        self.commands = self.commands.saturating_add(1);
        if self.is_silent() {
            return;
        }
        self.echo(command);
        let answer = match self.scripted(command) {
            Some(bytes) => Answer::with(Final::Scripted(bytes)),
            None => self
                .interpret(command.get(2..).unwrap_or_default())
                .unwrap_or_else(Answer::from),
        };
        self.execute(answer);
    }

    fn scripted(&mut self, command: &[u8]) -> Option<Vec<u8>> {
        let index = self
            .scripts
            .iter()
            .position(|script| command.starts_with(&script.command))?;
        let script = self.scripts.get(index)?;
        let answer = script.answer.clone();
        if script.once {
            self.scripts.remove(index);
        }
        Some(answer)
    }

    /// What stands behind `AT`.
    fn interpret(&mut self, body: &[u8]) -> Result<Answer, CmeError> {
        let body = body.trim_ascii();
        if !body.starts_with(b"+") {
            return self.basic(&body.to_ascii_uppercase());
        }
        let end = body.iter().position(|byte| b"=?".contains(byte)).unwrap_or(body.len());
        let (name, rest) = body.split_at(end);
        let name = String::from_utf8(name.to_ascii_uppercase()).map_err(|_| NO_SUCH_COMMAND)?;
        let form = match rest {
            b"" => Form::Execute,
            b"?" => Form::Read,
            b"=?" => Form::Test,
            [b'=', arguments @ ..] => Form::Set(Arguments::parse(arguments, self.settings.decode_escapes)?),
            _ => return Err(NO_SUCH_COMMAND),
        };
        if name.starts_with("+MQTT") {
            self.mqtt(&name, form)
        } else {
            self.general(&name, form)
        }
    }
}
