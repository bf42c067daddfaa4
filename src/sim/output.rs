//! What goes out, framed: echo, information, final results, prompt, unsolicited lines.

use super::Fault;
use super::answer::{Final, cme_text};
use super::models::{Framing, Prompt, UrcTiming};
use super::module::{Module, Phase};
use super::record::Kind;

impl Module {
    /// Puts one element on the line, unless the module has fallen silent.
    pub(super) fn emit(&mut self, bytes: &[u8]) {
        if !self.is_silent() {
            self.put(bytes);
        }
    }

    pub(super) fn put(&mut self, bytes: &[u8]) {
        self.record.push(self.now, Kind::Output, bytes);
        let said = self.said(bytes);
        self.output.extend_from_slice(&said);
    }

    fn line_end(&self) -> &'static [u8] {
        if self.settings.framing == Framing::Lf {
            b"\n"
        } else {
            b"\r\n"
        }
    }

    /// A line of its own: `\r\n` text `\r\n`.
    fn framed(&mut self, text: &[u8]) {
        let before: &[u8] = if self.settings.framing == Framing::Plain {
            b""
        } else {
            self.line_end()
        };
        let bytes = [before, &self.spaced(text), self.line_end()].concat();
        self.emit(&bytes);
    }

    /// The line with or without its space behind the colon.
    fn spaced(&self, text: &[u8]) -> Vec<u8> {
        if !self.settings.space_after_colon && text.starts_with(b"+") && !text.starts_with(b"+CME") {
            if let Some(colon) = text.windows(2).position(|pair| pair == b": ") {
                let (name, rest) = text.split_at(colon + 1);
                return [name, rest.get(1..).unwrap_or_default()].concat();
            }
        }
        text.to_vec()
    }

    /// The command up to and including its CR; a line feed is not echoed.
    pub(super) fn echo(&mut self, command: &[u8]) {
        self.garble();
        if self.state.echo {
            self.emit(&[command, b"\r"].concat());
        }
        self.intrude();
    }

    /// Information lines: only the first has a line end in front.
    pub(super) fn lines(&mut self, lines: &[Vec<u8>]) {
        for (index, line) in lines.iter().enumerate() {
            if index == 0 {
                self.framed(line);
            } else {
                let bytes = [&self.spaced(line), self.line_end()].concat();
                self.emit(&bytes);
            }
        }
    }

    pub(super) fn final_result(&mut self, result: &Final) {
        match result {
            Final::Ok if self.settings.has(Fault::NoOk) => {}
            Final::Ok => self.framed(b"OK"),
            Final::Cme(error) if self.state.error_form == 1 => {
                self.framed(format!("+CME ERROR: {error}").as_bytes());
            }
            Final::Cme(error) if self.state.error_form == 2 => {
                self.framed(format!("+CME ERROR: {}", cme_text(*error)).as_bytes());
            }
            Final::Error | Final::Cme(_) => self.framed(b"ERROR"),
            Final::Scripted(bytes) => self.emit(bytes),
            Final::Prompt(_) => {}
        }
    }

    pub(super) fn prompt(&mut self) {
        if self.settings.has(Fault::NoPrompt) {
            return;
        }
        let prompt: &[u8] = match self.settings.prompt {
            Prompt::Framed => b"\r\n>\r\n",
            Prompt::Stock => b"\r\n> ",
            Prompt::Bare => b">",
            Prompt::Spaced => b"> \r\n",
        };
        self.emit(prompt);
    }

    /// An unsolicited line: now, or behind the final result of the running command. What waits has limited room, and
    /// the oldest are dropped.
    pub(super) fn urc(&mut self, line: &[u8]) {
        let busy = matches!(self.phase, Phase::Executing(_) | Phase::Data(_));
        if !busy || self.settings.urc_timing == UrcTiming::AtOnce {
            return self.framed(line);
        }
        self.held.push_back(line.to_vec());
        let (lines, bytes) = self.settings.urc_buffer;
        while self.held.len() > lines || self.held.iter().map(Vec::len).sum::<usize>() > bytes {
            self.held.pop_front();
        }
    }

    pub(super) fn release_held(&mut self) {
        while let Some(line) = self.held.pop_front() {
            self.framed(&line);
        }
    }

    /// The fault `urc-inside`: a line that has no business here.
    pub(super) fn intrude(&mut self) {
        if self.settings.has(Fault::UrcInside) {
            self.framed(b"+SIM READY");
        }
    }

    pub(super) fn is_silent(&self) -> bool {
        self.settings.faults.iter().any(|fault| match fault {
            Fault::Silent => true,
            Fault::SilentAfter(commands) => self.commands > *commands,
            _ => false,
        })
    }

    fn garble(&mut self) {
        if self.settings.has(Fault::Garbage) {
            self.emit(b"\xFF\xFE\x00\x80\xC1");
        }
    }
}
