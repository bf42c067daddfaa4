//! One strict pass over a document, and the steps over values that the views share.

use super::error::{JsonError, JsonProblem};
use super::number::State;

/// Which containers are open: a bit each, set for an object.
#[derive(Default)]
struct Nesting {
    bits: u32,
    depth: u32,
}

impl Nesting {
    fn open(&mut self, object: bool) -> Result<(), JsonProblem> {
        if self.depth >= super::MAX_DEPTH {
            return Err(JsonProblem::Depth);
        }
        self.bits = self.bits.wrapping_shl(1) | u32::from(object);
        self.depth = self.depth.saturating_add(1);
        Ok(())
    }

    fn close(&mut self) {
        self.bits = self.bits.wrapping_shr(1);
        self.depth = self.depth.saturating_sub(1);
    }

    /// Whether the innermost container is an object; none outside of all.
    fn object(&self) -> Option<bool> {
        (self.depth > 0).then_some(self.bits & 1 != 0)
    }
}

/// A position in a document.
pub(super) struct Scanner<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Scanner<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self { text, at: 0 }
    }

    /// Checks the whole document. Its value without the white space around it.
    pub(super) fn document(mut self) -> Result<&'a str, JsonError> {
        self.space();
        let start = self.at;
        match self.value() {
            Ok(()) => {}
            Err(problem) => return Err(JsonError { at: self.at, problem }),
        }
        let value = self.text.get(start..self.at).unwrap_or_default();
        self.space();
        match self.peek() {
            None => Ok(value),
            Some(_) => Err(JsonError {
                at: self.at,
                problem: JsonProblem::Trailing,
            }),
        }
    }

    fn value(&mut self) -> Result<(), JsonProblem> {
        let mut nesting = Nesting::default();
        loop {
            let byte = self.peek();
            match byte {
                Some(b'{' | b'[') => {
                    let object = byte == Some(b'{');
                    nesting.open(object)?;
                    self.step();
                    self.space();
                    if self.peek() == Some(if object { b'}' } else { b']' }) {
                        self.step();
                        nesting.close();
                    } else {
                        if object {
                            self.name()?;
                        }
                        continue;
                    }
                }
                Some(b'"') => self.string()?,
                Some(b'-' | b'0'..=b'9') => self.number()?,
                Some(b't') => self.word("true")?,
                Some(b'f') => self.word("false")?,
                Some(b'n') => self.word("null")?,
                Some(_) => return Err(JsonProblem::Value),
                None => return Err(JsonProblem::End),
            }
            // A value has ended, and with it perhaps what it is in.
            loop {
                let Some(object) = nesting.object() else {
                    return Ok(());
                };
                self.space();
                match (self.peek(), object) {
                    (Some(b','), _) => {
                        self.step();
                        self.space();
                        if object {
                            self.name()?;
                        }
                        break;
                    }
                    (Some(b'}'), true) | (Some(b']'), false) => {
                        self.step();
                        nesting.close();
                    }
                    (None, _) => return Err(JsonProblem::End),
                    (Some(_), true) => return Err(JsonProblem::CommaOrBrace),
                    (Some(_), false) => return Err(JsonProblem::CommaOrBracket),
                }
            }
        }
    }

    /// The name of a member, its colon, and the space around.
    fn name(&mut self) -> Result<(), JsonProblem> {
        match self.peek() {
            Some(b'"') => self.string()?,
            Some(_) => return Err(JsonProblem::Name),
            None => return Err(JsonProblem::End),
        }
        self.space();
        match self.peek() {
            Some(b':') => self.step(),
            Some(_) => return Err(JsonProblem::Colon),
            None => return Err(JsonProblem::End),
        }
        self.space();
        Ok(())
    }

    fn string(&mut self) -> Result<(), JsonProblem> {
        self.step();
        loop {
            match self.peek().ok_or(JsonProblem::End)? {
                b'"' => {
                    self.step();
                    return Ok(());
                }
                b'\\' => {
                    self.step();
                    match self.peek().ok_or(JsonProblem::End)? {
                        b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't' => self.step(),
                        b'u' => {
                            self.step();
                            for _ in 0..4 {
                                match self.peek().ok_or(JsonProblem::End)? {
                                    byte if byte.is_ascii_hexdigit() => self.step(),
                                    _ => return Err(JsonProblem::Escape),
                                }
                            }
                        }
                        _ => return Err(JsonProblem::Escape),
                    }
                }
                0..=0x1f => return Err(JsonProblem::Control),
                _ => self.step(),
            }
        }
    }

    fn number(&mut self) -> Result<(), JsonProblem> {
        let mut state = State::Start;
        while let Some(byte) = self.peek() {
            match state.next(byte) {
                Some(next) => state = next,
                None => break,
            }
            self.step();
        }
        // 01 and 1.2.3 are told here, where a mere end of the number would be told as a missing comma.
        let goes_on = self.peek().is_some_and(|byte| byte.is_ascii_digit() || byte == b'.');
        match (state.is_whole() && !goes_on, self.peek()) {
            (true, _) => Ok(()),
            (false, None) => Err(JsonProblem::End),
            (false, Some(_)) => Err(JsonProblem::Number),
        }
    }

    fn word(&mut self, word: &str) -> Result<(), JsonProblem> {
        for wanted in word.bytes() {
            match self.peek() {
                Some(byte) if byte == wanted => self.step(),
                Some(_) => return Err(JsonProblem::Value),
                None => return Err(JsonProblem::End),
            }
        }
        Ok(())
    }

    /// Steps over the value here. Only for a document that has been checked.
    pub(super) fn skip(&mut self) -> &'a str {
        let start = self.at;
        let _ = self.value();
        self.text.get(start..self.at).unwrap_or_default()
    }

    pub(super) fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    pub(super) fn step(&mut self) {
        self.at = self.at.saturating_add(1);
    }

    pub(super) fn space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.step();
        }
    }
}
