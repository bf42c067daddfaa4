//! What goes over the line, for a person to read: secrets redacted in both directions.

use core::fmt::{self, Write as _};

/// A step of the exchange with the module, as [`Modem::set_trace`](crate::Modem::set_trace) reports it.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub enum Trace<'a> {
    /// A command line that is about to be written.
    Command(Line<'a>),
    /// That many bytes of data are about to be written behind a prompt.
    Data(usize),
    /// A line that came.
    Line(Line<'a>),
    /// The prompt came.
    Prompt,
    /// A message came, with a topic and a payload of so many bytes.
    Message {
        /// Bytes of the topic.
        topic_len: usize,
        /// Bytes of the payload.
        payload_len: usize,
    },
    /// The module has restarted, as the lines before it show.
    Restart,
}

impl fmt::Display for Trace<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Command(line) => write!(f, "> {line}"),
            Self::Data(len) => write!(f, "> [{len} bytes of data]"),
            Self::Line(line) => write!(f, "< {line}"),
            Self::Prompt => f.write_str("< >"),
            Self::Message { topic_len, payload_len } => {
                write!(f, "< [a message: topic {topic_len} bytes, payload {payload_len} bytes]")
            }
            Self::Restart => f.write_str("< [the module has restarted]"),
        }
    }
}

/// A line from or to the module. It prints without the arguments of commands and answers that carry secrets.
#[derive(Clone, Copy)]
pub struct Line<'a> {
    shown: &'a [u8],
    hidden: usize,
}

/// Commands whose arguments or answers hold passwords, PINs, device secrets or keys.
const SECRET: [&[u8]; 10] = [
    b"MQTTUSER",
    b"MQTTAUTHDYN",
    b"MQTTAUTHCFG",
    b"MIPCALL=1,",
    b"CGAUTH",
    b"CPIN=",
    b"CPWD=",
    b"CLCK=",
    b"GTSSLFILE=",
    b"GTSSLPSK",
];

/// Where the first name of such a command ends. The module takes them in any case.
fn secret_name(line: &[u8]) -> Option<usize> {
    let ends = SECRET.iter().filter_map(|name| {
        let mut parts = line.windows(name.len());
        parts
            .position(|part| part.eq_ignore_ascii_case(name))?
            .checked_add(name.len())
    });
    ends.min()
}

/// Whether a command carries a secret or asks for one.
pub(crate) fn names_secret(command: &[u8]) -> bool {
    secret_name(command).is_some()
}

impl<'a> Line<'a> {
    pub(crate) fn new(line: &'a [u8]) -> Self {
        let shown = secret_name(line).and_then(|end| line.get(..end)).unwrap_or(line);
        // `=?` and `?` carry nothing, and the CR is no argument.
        let rest = line.get(shown.len()..).unwrap_or_default();
        let shown = if matches!(rest.trim_ascii_end(), b"" | b"?" | b"=?") {
            line
        } else {
            shown
        };
        Self {
            shown: shown.trim_ascii_end(),
            hidden: line.len().saturating_sub(shown.len()),
        }
    }

    /// A line of which nothing is shown but its length.
    pub(crate) fn hidden(line: &'a [u8]) -> Self {
        Self {
            shown: &[],
            hidden: line.len(),
        }
    }

    /// Whether anything of the line is hidden.
    pub(crate) fn is_redacted(&self) -> bool {
        self.hidden > 0
    }
}

impl fmt::Display for Line<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for &byte in self.shown {
            // As it stands on the line, but for what a terminal would act on.
            match byte {
                b' '..=b'~' => f.write_char(char::from(byte))?,
                _ => write!(f, "\\x{byte:02x}")?,
            }
        }
        if self.is_redacted() {
            write!(f, "[{} bytes redacted]", self.hidden)
        } else {
            Ok(())
        }
    }
}

impl fmt::Debug for Line<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(all(feature = "defmt", target_os = "none"))]
impl defmt::Format for Line<'_> {
    fn format(&self, f: defmt::Formatter) {
        defmt::write!(f, "{=[u8]:a}", self.shown);
        if self.is_redacted() {
            defmt::write!(f, "[{=usize} bytes redacted]", self.hidden);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_hidden_in_both_directions() {
        for line in [
            &b"AT+MQTTUSER=1,\"u\",\"s3cret\"\r"[..],
            b"+MQTTUSER: 1,\"u\",\"s3cret\"",
            b"\xff\xffAT+MQTTUSER=1,\"u\",\"s3cret\"",
            b"AT+CPIN=\"s3cret\"",
            b"+MQTTAUTHCFG: 1,\"u\",\"s3cret\",\"c\"",
            b"AT+MQTTAUTHDYN=3,\"k\",\"s3cret\",\"d\",0,1\r",
            b"+MQTTAUTHDYN: 1,\"k\",\"d\",\"s3cret\"",
        ] {
            let text = format!("{}", Line::new(line));
            assert!(!text.contains("s3cret"), "{text}");
            assert!(text.ends_with("bytes redacted]"), "{text}");
        }
        assert_eq!(format!("{}", Line::new(b"+X: \"a\"\xff")), "+X: \"a\"\\xff");
        assert_eq!(format!("{}", Line::new(b"AT+MQTTUSER=?\r")), "AT+MQTTUSER=?");
        assert_eq!(format!("{}", Line::new(b"AT+CPIN?\r")), "AT+CPIN?");
        assert_eq!(format!("{}", Line::hidden(b"abc")), "[3 bytes redacted]");
    }
}
