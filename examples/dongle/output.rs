//! Results on the standard output: text for people, or an object per line, as the README describes them.

use std::io::{self, ErrorKind, Write};

use fibocom_mqtt::{Delivery, Message, QoS, TopicId};
use serde_json::{Value, json};

use crate::failure::{Failure, code};
use crate::options::Part;

/// Where results go.
pub struct Output {
    json: bool,
    out: io::Stdout,
}

impl Output {
    pub fn new(json: bool) -> Self {
        Self {
            json,
            out: io::stdout(),
        }
    }

    pub fn is_json(&self) -> bool {
        self.json
    }

    /// A line, or an object. Flushed, since somebody may wait for it at the other end of a pipe.
    pub fn result(&mut self, text: impl FnOnce() -> String, object: impl FnOnce() -> Value) -> Result<(), Failure> {
        let line = if self.json { object().to_string() } else { text() };
        self.bytes(format!("{line}\n").as_bytes())
    }

    /// A message as the options want it printed.
    pub fn message(&mut self, message: &Message<'_>, format: Option<&[Part]>, line_end: bool) -> Result<(), Failure> {
        if self.json {
            return self.bytes(format!("{}\n", message_object("message", message)).as_bytes());
        }
        let mut bytes = match format {
            None => message.payload().to_vec(),
            Some(parts) => formatted(message, parts),
        };
        if line_end {
            bytes.push(b'\n');
        }
        self.bytes(&bytes)
    }

    fn bytes(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        let mut out = self.out.lock();
        out.write_all(bytes)
            .and_then(|()| out.flush())
            .map_err(|error| match error.kind() {
                // Whoever read it has seen enough.
                ErrorKind::BrokenPipe => Failure::new(0, ""),
                _ => Failure::new(code::USAGE, format!("cannot write to the standard output: {error}")),
            })
    }
}

/// A message as an object with this value of `event`.
pub fn message_object(event: &str, message: &Message<'_>) -> Value {
    let nameless = message.topic_id().is_some() && message.topic().is_empty();
    json!({
        "event": event,
        "topic": message.topic_str().filter(|_| !nameless),
        "topic_id": message.topic_id().map(TopicId::get),
        "topic_hex": hex(message.topic()),
        "qos": number(message.qos()),
        "bytes": message.payload().len(),
        "payload": str::from_utf8(message.payload()).ok(),
        "payload_hex": hex(message.payload()),
    })
}

fn formatted(message: &Message<'_>, parts: &[Part]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for part in parts {
        match part {
            Part::Text(text) => bytes.extend_from_slice(text.as_bytes()),
            Part::Topic => match message.topic_id() {
                // No name is known: the number is all there is to say.
                Some(id) if message.topic().is_empty() => bytes.extend(format!("id:{id}").bytes()),
                _ => bytes.extend_from_slice(message.topic()),
            },
            Part::Payload => bytes.extend_from_slice(message.payload()),
            Part::QoS => bytes.extend(number(message.qos()).to_string().bytes()),
            Part::Length => bytes.extend(message.payload().len().to_string().bytes()),
            Part::Hex => bytes.extend(hex(message.payload()).bytes()),
        }
    }
    bytes
}

/// Bytes in lower-case hexadecimal digits.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A quality of service as its number.
pub fn number(qos: QoS) -> u8 {
    qos.into()
}

/// How a publication ended, in a word.
pub fn delivery_word(delivery: Delivery) -> &'static str {
    match delivery {
        Delivery::Accepted => "accepted",
        _ => "confirmed",
    }
}
