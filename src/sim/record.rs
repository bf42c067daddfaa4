//! The record: everything the host wrote and everything the module answered, with the time.

use std::fmt;
use std::time::Duration;

/// What one [`Entry`] is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A command line that was carried out, without garbage in front and without its CR.
    Command,
    /// A command line that came before the previous one's final result and was lost.
    LostCommand,
    /// A line that is no command, or one that is too long.
    Ignored,
    /// What the host wrote in data mode, or what there was of it when the module gave up waiting.
    Data,
    /// A file for TLS, or what there was of it. It may be a key, so that only its size is shown.
    File,
    /// What the host wrote between a command that asks for data and the prompt: lost.
    LostData,
    /// One element of the module's output: an echo, a line, a prompt.
    Output,
}

impl Kind {
    const fn label(self) -> &'static str {
        match self {
            Self::Command => "command",
            Self::LostCommand => "lost command",
            Self::Ignored => "ignored",
            Self::Data => "data",
            Self::File => "file",
            Self::LostData => "lost data",
            Self::Output => "answer",
        }
    }
}

/// One thing that happened on the line.
#[derive(Clone, PartialEq, Eq)]
pub struct Entry {
    /// When.
    pub at: Duration,
    /// What it is.
    pub kind: Kind,
    /// The bytes as they were. `Display` and `Debug` mask secrets, this does not.
    pub bytes: Vec<u8>,
}

impl fmt::Display for Entry {
    /// A line for a log: printable, and without secrets.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let millis = self.at.as_millis();
        let text = match self.kind {
            Kind::File => format!("[{} bytes]", self.bytes.len()),
            _ => masked(&self.bytes),
        };
        let (seconds, millis) = (millis / 1000, millis % 1000);
        write!(f, "{seconds}.{millis:03} {}: {text}", self.kind.label())
    }
}

impl fmt::Debug for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// What carries secrets, in a command as well as in its echo and its answer. All after it is masked: where a password
/// begins cannot be known in a line that may be malformed.
const SECRETIVE: [&[u8]; 4] = [b"MQTTUSER", b"MQTTAUTH", b"MIPCALL=", b"CPIN="];

/// `: 101` and a line end.
const LONGEST_ID: usize = 7;

fn masked(bytes: &[u8]) -> String {
    let upper = bytes.to_ascii_uppercase();
    let line = upper.trim_ascii_start();
    if line.strip_prefix(b"+").unwrap_or(line).starts_with(b"MQTTAUTHEVENT: ") {
        // The third command of that name tells no secret.
        return printable(bytes);
    }
    let found = SECRETIVE.iter().filter_map(|name| {
        let at = upper.windows(name.len()).position(|window| window == *name)?;
        Some((at + name.len(), *name))
    });
    let Some((mut begin, name)) = found.min() else {
        return printable(bytes);
    };
    // MQTTAUTH stands for both its commands, misspelt ones included.
    let behind = upper.get(begin..).unwrap_or_default();
    if name == b"MQTTAUTH" && [b"DYN", b"CFG"].iter().any(|end| behind.starts_with(*end)) {
        begin += 3;
    }
    let (open, rest) = bytes.split_at(begin);
    // The connection id, a test or a read form are no secret. A PIN has neither.
    let id = rest
        .iter()
        .take_while(|byte| b"=?: 0123456789\r\n".contains(byte))
        .count();
    let ends = rest.get(id).is_none_or(|byte| *byte == b',' || *byte == b'(');
    let id = if ends && id <= LONGEST_ID && name != b"CPIN=" {
        id
    } else {
        0
    };
    let (id, secret) = rest.split_at(id);
    let mask = if secret.is_empty() { "" } else { "***" };
    format!("{}{}{mask}", printable(open), printable(id))
}

/// The bytes as text: what is not printable, and the backslash, as an escape.
fn printable(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len());
    for byte in bytes {
        match byte {
            b'"' | b'\'' => text.push(char::from(*byte)),
            _ => text.extend(std::ascii::escape_default(*byte).map(char::from)),
        }
    }
    text
}

/// Everything that went over the line, in order.
#[derive(Clone, Default)]
pub struct Record {
    entries: Vec<Entry>,
    written: Vec<u8>,
}

impl fmt::Debug for Record {
    /// The entries, secrets masked.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(&self.entries).finish()
    }
}

impl Record {
    pub(super) fn push(&mut self, at: Duration, kind: Kind, bytes: &[u8]) {
        self.entries.push(Entry {
            at,
            kind,
            bytes: bytes.to_vec(),
        });
    }

    pub(super) fn wrote(&mut self, bytes: &[u8]) {
        self.written.extend_from_slice(bytes);
    }

    /// What happened, in order.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// Every byte the host wrote, as it came.
    pub fn written(&self) -> &[u8] {
        &self.written
    }

    /// The command lines that were carried out, as text.
    pub fn commands(&self) -> Vec<String> {
        self.texts(Kind::Command)
    }

    /// The command lines that came too early and were lost.
    pub fn lost_commands(&self) -> Vec<String> {
        self.texts(Kind::LostCommand)
    }

    /// What was written in data mode, one item for each time the module was in it; not the files for TLS.
    pub fn data(&self) -> Vec<Vec<u8>> {
        self.bytes(Kind::Data)
    }

    /// The files for TLS that were written.
    pub fn files(&self) -> Vec<Vec<u8>> {
        self.bytes(Kind::File)
    }

    fn bytes(&self, kind: Kind) -> Vec<Vec<u8>> {
        let entries = self.entries.iter().filter(|entry| entry.kind == kind);
        entries.map(|entry| entry.bytes.clone()).collect()
    }

    fn texts(&self, kind: Kind) -> Vec<String> {
        let entries = self.entries.iter().filter(|entry| entry.kind == kind);
        entries
            .map(|entry| String::from_utf8_lossy(&entry.bytes).into_owned())
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::masked;

    #[test]
    fn secrets_are_masked_in_both_directions() {
        assert_eq!(masked(b"AT+MQTTUSER=1,\"u\",\"secret\""), "AT+MQTTUSER=1***");
        assert_eq!(
            masked(b"\r\n+MQTTUSER: 2,\"u\",\"secret\"\r\n"),
            "\\r\\n+MQTTUSER: 2***"
        );
        assert_eq!(masked(b"at+mqttuser=\"secret\""), "at+mqttuser***");
        assert_eq!(masked(b"AT+MQTTUSER=12345678secret"), "AT+MQTTUSER***");
        assert_eq!(masked(b"AT+MQTTUSER?\r"), "AT+MQTTUSER?\\r");
        // Its product secret, device secret, auth key, access key or token: which argument it is differs with the cloud.
        for cloud in 1..=9 {
            assert_eq!(
                masked(format!("AT+MQTTAUTHCFG={cloud},\"secret\",0\r").as_bytes()),
                format!("AT+MQTTAUTHCFG={cloud}***")
            );
            assert_eq!(
                masked(format!("\r\n+MQTTAUTHCFG: {cloud},\"u\",\"secret\",\"c\"\r\n").as_bytes()),
                format!("\\r\\n+MQTTAUTHCFG: {cloud}***")
            );
            assert_eq!(
                masked(format!("at+mqttauthdyn={cloud},\"h\",443,\"secret\"").as_bytes()),
                format!("at+mqttauthdyn={cloud}***")
            );
        }
        assert_eq!(
            masked(b"+MQTTAUTHDYN: 2,2,\"a secret PSK==\"\r\n"),
            "+MQTTAUTHDYN: 2***"
        );
        assert_eq!(masked(b"AT+MQTTAUTHCFG=\"secret\""), "AT+MQTTAUTHCFG***");
        assert_eq!(masked(b"AT+MQTTAUTHCGF=3,\"d\",\"secret\""), "AT+MQTTAUTH***");
        assert_eq!(
            masked(b"+MQTTAUTHEVENT: 4,\"BIND START\""),
            "+MQTTAUTHEVENT: 4,\"BIND START\""
        );
        assert_eq!(masked(b"AT+MQTTAUTHCFG=?\r"), "AT+MQTTAUTHCFG=?\\r");
        assert_eq!(masked(b"AT+MIPCALL=1,\"apn\",\"u\",\"secret\""), "AT+MIPCALL=1***");
        assert_eq!(masked(b"AT+CPIN=1234"), "AT+CPIN=***");
        assert_eq!(masked(b"AT+MQTTPUB=1,\"t\",0,0,5"), "AT+MQTTPUB=1,\"t\",0,0,5");
    }
}
