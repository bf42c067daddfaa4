//! The lines of a payload, each an operation.

use core::str;

use super::{CommandText, ConfigurationText, Executing, Image, Operation, OperationKind, Received, document_quotes};
use crate::profile::captis::command::OutputState;
use crate::profile::captis::csv::{Field, Fields, Lines, Quotes};
use crate::profile::captis::gate::{Gate, Refusal};
use crate::profile::captis::tail::Tail;

/// What the line of a configuration begins with.
const CONFIGURATION: &str = "513,";

/// The operations of a payload, made by [`Gate::operations`]. Each line is one, whatever is in it.
#[derive(Debug, Clone)]
#[must_use = "operations have to be answered"]
pub struct Operations<'a> {
    gate: Gate<'a>,
    /// What is known to be UTF-8.
    text: &'a str,
    rest: &'a [u8],
}

impl<'a> Operations<'a> {
    pub(in crate::profile::captis) fn new(gate: Gate<'a>, payload: &'a [u8]) -> Self {
        Self {
            gate,
            text: "",
            rest: payload,
        }
    }

    fn received(&self, kind: Option<OperationKind>, operation: Result<Operation<'a>, Refusal>) -> Received<'a> {
        Received {
            kind,
            operation,
            executing: Executing::of(kind, self.gate.software()),
        }
    }

    fn line(&self, line: &'a str) -> Received<'a> {
        let mut fields = Fields::new(line);
        let kind = fields.next().and_then(kind);
        self.received(kind, self.operation(kind, fields))
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

    fn next_line(&mut self) -> Option<&'a str> {
        // A backslash in front of a quote may be the document's, or encode the quote.
        let quotes = if self.text.trim_ascii_start().starts_with(CONFIGURATION) {
            document_quotes(self.text)
        } else {
            Quotes::default()
        };
        let mut lines = Lines::with_quotes(self.text, quotes);
        let line = lines.next();
        self.text = lines.rest();
        line
    }

    /// Takes the next part of the payload, up to where it is not UTF-8. A line that is not is returned.
    fn refill(&mut self) -> Option<&'a [u8]> {
        let valid = match str::from_utf8(self.rest) {
            Ok(text) => {
                self.text = text;
                self.rest = &[];
                return None;
            }
            Err(error) => error.valid_up_to(),
        };
        let (good, bad) = self.rest.split_at_checked(valid).unwrap_or((self.rest, &[]));
        let begin = good
            .iter()
            .rposition(|&byte| byte == b'\n')
            .map_or(0, |at| at.saturating_add(1));
        if begin > 0 {
            self.text = str::from_utf8(good.get(..begin).unwrap_or_default()).unwrap_or_default();
            self.rest = self.rest.get(begin..).unwrap_or_default();
            return None;
        }
        let len = bad.iter().position(|&byte| byte == b'\n').unwrap_or(bad.len());
        let (line, rest) = self
            .rest
            .split_at_checked(valid.saturating_add(len))
            .unwrap_or((self.rest, &[]));
        self.rest = rest.get(1..).unwrap_or_default();
        Some(line)
    }
}

impl<'a> Iterator for Operations<'a> {
    type Item = Received<'a>;

    fn next(&mut self) -> Option<Received<'a>> {
        loop {
            if let Some(line) = self.next_line() {
                return Some(self.line(line));
            }
            if self.rest.is_empty() {
                return None;
            }
            if let Some(line) = self.refill() {
                // Its code may be readable, so that the right operation fails.
                let code = line
                    .split(|&byte| byte == b',')
                    .next()
                    .and_then(|code| str::from_utf8(code).ok());
                let kind = code.and_then(|code| Fields::new(code).next()).and_then(kind);
                return Some(self.received(kind, Err(Refusal::NotUtf8)));
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
