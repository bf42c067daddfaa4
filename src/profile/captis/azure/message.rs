//! Cloud-to-device messages and their answers (section 5.3).

use core::fmt;

use crate::profile::captis::command::Command;
use crate::profile::captis::configuration::Hidden;
use crate::profile::captis::gate::{Gate, Refusal};
use crate::profile::json::{JsonStr, Style, Value, Writer};

/// A cloud-to-device message: `{ "command": "get_pulse_total,1" }`. Made by [`Gate::request`].
///
/// ```
/// use fibocom_mqtt::profile::captis::azure::Response;
/// use fibocom_mqtt::profile::captis::{Command, Gate, Identity, Role, Roles};
///
/// let identity = Identity::new("89610180002902447763", "357732081910355")?;
/// let gate = Gate::new("89610180002902447763", &identity, Roles::of(&[Role::Shell]));
/// let topic = b"devices/89610180002902447763/messages/devicebound/";
///
/// let request = gate.request(topic, br#"{ "command": "get_pulse_total,1" }"#)?;
/// assert_eq!(request.command(&mut [0; 64]), Ok(Command::GetPulseTotal { channel: 1 }));
/// // Published to `azure::telemetry_topic`:
/// let response = Response::success_with("P1: 123 L").to_string();
/// assert_eq!(response, r#"{ "result": "Success", "response": "P1: 123 L" }"#);
///
/// let refusal = gate.request(topic, b"get_pulse_total,1").unwrap_err();
/// let response = Response::failure(refusal).to_string();
/// assert_eq!(response, r#"{ "result": "Failure", "response": "not JSON at byte 0: a value is expected" }"#);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy)]
pub struct Request<'a> {
    gate: Gate<'a>,
    command: JsonStr<'a>,
}

/// Without the command, of which a [`FileUrl`](crate::profile::captis::FileUrl) may be a part.
impl fmt::Debug for Request<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Request")
            .field(&Hidden(self.command.raw().len()))
            .finish()
    }
}

impl<'a> Request<'a> {
    pub(in crate::profile::captis) fn parse(gate: Gate<'a>, payload: &'a [u8]) -> Result<Self, Refusal> {
        let request = Value::parse_bytes(payload)?.as_object().ok_or(Refusal::NotAnObject)?;
        let command = request.get("command").and_then(|command| command.as_str());
        let command = command
            .filter(|command| !command.is_empty())
            .ok_or(Refusal::NoCommand)?;
        Ok(Self { gate, command })
    }

    /// The text of the command.
    pub fn text(&self) -> JsonStr<'a> {
        self.command
    }

    /// The command. `buffer` is needed where something in the text is escaped, and is long enough if it is as long as the payload.
    ///
    /// # Errors
    ///
    /// [`Refusal`] if it is none, or `buffer` is too small.
    pub fn command<'b>(&self, buffer: &'b mut [u8]) -> Result<Command<'b>, Refusal>
    where
        'a: 'b,
    {
        match self.command.as_plain() {
            Some(text) => self.gate.command(text),
            None => self.gate.command(self.command.decode(buffer)?),
        }
    }
}

/// The answer to a [`Request`], published where telemetry is: [`telemetry_topic`](super::telemetry_topic). It prints as its payload, as the
/// example of section 5.3 has it, blanks included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use = "a request has to be answered"]
pub struct Response<T> {
    result: &'static str,
    response: Option<T>,
}

impl Response<&'static str> {
    /// It was carried out.
    pub const fn success() -> Self {
        Self {
            result: SUCCESS,
            response: None,
        }
    }
}

impl<T> Response<T> {
    /// It was carried out, with this text.
    pub const fn success_with(text: T) -> Self {
        Self {
            result: SUCCESS,
            response: Some(text),
        }
    }

    /// It was not carried out, and why.
    pub const fn failure(reason: T) -> Self {
        Self {
            result: "Failure",
            response: Some(reason),
        }
    }
}

const SUCCESS: &str = "Success";

impl<T: fmt::Display> fmt::Display for Response<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Writer::with_style(f, Style::Wide).object(|answer| {
            answer.member("result").string(self.result)?;
            match &self.response {
                Some(text) => answer.member("response").string(text),
                None => Ok(()),
            }
        })
    }
}
