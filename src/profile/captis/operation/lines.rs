//! The lines of a payload, each an operation.

use core::{fmt, str};

use super::{CommandText, ConfigurationText, Executing, Image, Operation, OperationKind, Received};
use crate::profile::captis::command::OutputState;
use crate::profile::captis::configuration::Hidden;
use crate::profile::captis::csv::{Field, Fields, Quotes, doubtful, next_line};
use crate::profile::captis::gate::{Gate, Refusal};
use crate::profile::captis::tail::Tail;

/// The operations of a payload, made by [`Gate::operations`]. Each line is one, whatever is in it, but for status lines (501 to 503): where
/// the device hears its own answers, it would answer those without end.
#[derive(Clone)]
#[must_use = "operations have to be answered"]
pub struct Operations<'a> {
    gate: Gate<'a>,
    rest: &'a [u8],
    /// With fewer bytes left, a line is not what was sent for certain.
    doubtful: usize,
}

/// Without what is to come, of which a configuration may be a part.
impl fmt::Debug for Operations<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Operations")
            .field("left", &Hidden(self.rest.len()))
            .finish_non_exhaustive()
    }
}

impl<'a> Operations<'a> {
    pub(in crate::profile::captis) fn new(gate: Gate<'a>, payload: &'a [u8]) -> Self {
        Self {
            gate,
            rest: payload,
            doubtful: doubtful(payload),
        }
    }

    fn line(&self, line: &'a [u8]) -> Received<'a> {
        let (kind, operation) = match str::from_utf8(line) {
            Ok(line) => {
                let mut fields = Fields::new(line);
                let kind = fields.next().and_then(kind);
                (kind, self.operation(kind, fields))
            }
            Err(_) => {
                // Its code may be readable, so that the right operation fails.
                let code = line.split(|&byte| byte == b',').next();
                let code = code.and_then(|code| str::from_utf8(code).ok());
                let kind = code.and_then(|code| Fields::new(code).next()).and_then(kind);
                (kind, Err(Refusal::NotUtf8))
            }
        };
        let doubtful = self.rest.len() < self.doubtful;
        Received {
            kind,
            operation: operation.and_then(|operation| {
                if doubtful {
                    Err(Refusal::Ambiguous)
                } else {
                    Ok(operation)
                }
            }),
            executing: Executing::of(kind, self.gate.software()),
        }
    }

    fn operation(&self, kind: Option<OperationKind>, mut fields: Fields<'a>) -> Result<Operation<'a>, Refusal> {
        let kind = kind.ok_or(Refusal::NotAnOperation)?;
        let role = kind.role().ok_or(Refusal::UnknownOperation(kind.code()))?;
        let client = fields.next().filter(|client| client.is_whole() && !client.is_empty());
        if !self.gate.is_for_me(client.ok_or(Refusal::Truncated("client id"))?) {
            return Err(Refusal::ForeignClient);
        }
        self.gate.allow(role)?;
        match kind {
            OperationKind::Command => {
                let text = Tail::of(fields.rest(), Quotes::DoubledOrEscaped);
                let text = text.map_err(|problem| Refusal::tail(problem, "command"))?;
                Ok(Operation::Command(CommandText { gate: self.gate, text }))
            }
            OperationKind::Configuration => ConfigurationText::of(fields.rest()).map(Operation::Configuration),
            OperationKind::Firmware => Image::of(&mut fields).map(Operation::Firmware),
            OperationKind::Software => match Image::of(&mut fields) {
                // The platform may list several, of which one could be taken and the others would be lost.
                Err(Refusal::Trailing) => Err(Refusal::SeveralImages),
                image => image.map(Operation::Software),
            },
            OperationKind::Relay => relay(&mut fields).map(Operation::Relay),
            OperationKind::Unknown(code) => Err(Refusal::UnknownOperation(code)),
        }
    }
}

impl<'a> Iterator for Operations<'a> {
    type Item = Received<'a>;

    fn next(&mut self) -> Option<Received<'a>> {
        loop {
            let line = next_line(&mut self.rest, Quotes::DoubledOrEscaped)?;
            let received = self.line(line);
            if !matches!(received.kind, Some(OperationKind::Unknown(501..=503))) {
                return Some(received);
            }
        }
    }
}

fn kind(field: Field<'_>) -> Option<OperationKind> {
    let code = field
        .plain()
        .filter(|code| code.bytes().all(|byte| byte.is_ascii_digit()))?;
    code.parse().ok().map(OperationKind::of_code)
}

fn relay(fields: &mut Fields<'_>) -> Result<OutputState, Refusal> {
    let state = fields.next().filter(|state| state.is_whole() && !state.is_empty());
    let state = state.ok_or(Refusal::Truncated("state"))?;
    if fields.rest().is_some() {
        return Err(Refusal::Trailing);
    }
    state.plain().and_then(OutputState::from_name).ok_or(Refusal::NotAState)
}
