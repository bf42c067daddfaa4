//! The topics of Azure IoT Hub, written and read.

use core::fmt::{self, Write};

use crate::error::{Field, InvalidInput};
use crate::profile::captis::Timestamp;

/// What cloud-to-device messages are subscribed to with (section 5.3).
pub const C2D_FILTER: &str = "devices/+/messages/devicebound/#";

/// What answers about the device twin are subscribed to with.
pub const TWIN_FILTER: &str = "$iothub/twin/res/#";

/// What changes of the desired section are subscribed to with.
pub const DESIRED_FILTER: &str = "$iothub/twin/PATCH/properties/desired/#";

/// The longest topic here: a client id of 100 characters, and its colons encoded.
const LONGEST: usize = 160;

/// A topic to publish to.
pub type Topic = heapless::String<LONGEST>;

/// Where telemetry of this time is published, and answers to cloud-to-device messages too (section 5.1).
///
/// # Errors
///
/// [`InvalidInput::TooLong`] if the client id makes it too long.
pub fn telemetry_topic(client_id: &str, time: Timestamp) -> Result<Topic, InvalidInput> {
    written(format_args!("devices/{client_id}/messages/events/%24.ctime={time}"))
}

/// As [`telemetry_topic`], with the colons of the time percent-encoded as Azure's own libraries do. Azure reads either.
///
/// # Errors
///
/// [`InvalidInput::TooLong`] if the client id makes it too long.
pub fn telemetry_topic_encoded(client_id: &str, time: Timestamp) -> Result<Topic, InvalidInput> {
    struct Encoded(Timestamp);

    impl fmt::Display for Encoded {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            struct Colons<'f, 'g>(&'f mut fmt::Formatter<'g>);

            impl Write for Colons<'_, '_> {
                fn write_str(&mut self, text: &str) -> fmt::Result {
                    text.chars().try_for_each(|char| match char {
                        ':' => self.0.write_str("%3A"),
                        _ => self.0.write_char(char),
                    })
                }
            }

            write!(Colons(f), "{}", self.0)
        }
    }

    let time = Encoded(time);
    written(format_args!("devices/{client_id}/messages/events/%24.ctime={time}"))
}

/// Where the whole device twin is asked for. `request` comes back in the topic of the answer.
///
/// # Errors
///
/// [`InvalidInput::TooLong`] if the request makes it too long.
pub fn twin_get_topic(request: impl fmt::Display) -> Result<Topic, InvalidInput> {
    written(format_args!("$iothub/twin/GET/?$rid={request}"))
}

/// Where [`Reported`](super::Reported) is published. `request` comes back in the topic of the answer.
///
/// # Errors
///
/// [`InvalidInput::TooLong`] if the request makes it too long.
pub fn twin_patch_topic(request: impl fmt::Display) -> Result<Topic, InvalidInput> {
    written(format_args!("$iothub/twin/PATCH/properties/reported/?$rid={request}"))
}

/// Counts what does not fit.
struct Counted {
    topic: Topic,
    len: usize,
}

impl Write for Counted {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.len = self.len.saturating_add(text.len());
        let _ = self.topic.push_str(text);
        Ok(())
    }
}

fn written(text: fmt::Arguments<'_>) -> Result<Topic, InvalidInput> {
    let mut written = Counted {
        topic: Topic::new(),
        len: 0,
    };
    let result = written.write_fmt(text);
    if result.is_ok() && written.len <= LONGEST {
        return Ok(written.topic);
    }
    Err(InvalidInput::TooLong {
        field: Field::Topic,
        len: written.len,
        max: LONGEST,
    })
}

/// The device that a cloud-to-device message is for; none if the topic is another one.
pub fn c2d_device(topic: &[u8]) -> Option<&[u8]> {
    c2d(topic).map(|(device, _)| device)
}

/// The properties in the topic of a cloud-to-device message; none if the topic is another one.
pub fn c2d_properties(topic: &[u8]) -> Option<Properties<'_>> {
    let (_, bag) = c2d(topic)?;
    Some(Properties::new(core::str::from_utf8(bag).ok()?))
}

fn c2d(topic: &[u8]) -> Option<(&[u8], &[u8])> {
    let rest = topic.strip_prefix(b"devices/")?;
    let (device, rest) = rest.split_at_checked(rest.iter().position(|&byte| byte == b'/')?)?;
    match rest.strip_prefix(b"/messages/devicebound")? {
        [] => Some((device, &[])),
        [b'/', bag @ ..] => Some((device, bag)),
        _ => None,
    }
}

/// What a topic of the device twin says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TwinTopic<'a> {
    /// The answer to a request.
    Answer {
        /// 200 with the twin, 204 for what was reported, 4xx and 5xx for failures; 429 to wait.
        status: u16,
        /// The request.
        request: &'a str,
        /// The new version of the reported section.
        version: Option<u64>,
    },
    /// A change of the desired section, which is the payload.
    Desired,
}

impl<'a> TwinTopic<'a> {
    /// Reads a topic; none if it is not one of the device twin.
    pub fn parse(topic: &'a [u8]) -> Option<Self> {
        let rest = core::str::from_utf8(topic).ok()?.strip_prefix("$iothub/twin/")?;
        if let Some(rest) = rest.strip_prefix("PATCH/properties/desired/") {
            return rest.starts_with('?').then_some(Self::Desired);
        }
        let (status, bag) = rest.strip_prefix("res/")?.split_once('/')?;
        let value = |wanted| Properties::new(bag).find(|(name, _)| *name == wanted)?.1;
        Some(Self::Answer {
            status: status.parse().ok()?,
            request: value("$rid")?,
            version: value("$version").and_then(|version| version.parse().ok()),
        })
    }
}

/// The properties in a topic, as they stand there: names, and values where there is one. Percent signs are not decoded.
#[derive(Debug, Clone)]
pub struct Properties<'a>(Option<&'a str>);

impl<'a> Properties<'a> {
    fn new(bag: &'a str) -> Self {
        let bag = bag.strip_prefix('?').unwrap_or(bag);
        Self((!bag.is_empty()).then_some(bag))
    }
}

impl<'a> Iterator for Properties<'a> {
    type Item = (&'a str, Option<&'a str>);

    fn next(&mut self) -> Option<Self::Item> {
        let bag = self.0?;
        let property = match bag.split_once('&') {
            Some((property, rest)) => {
                self.0 = Some(rest);
                property
            }
            None => {
                self.0 = None;
                bag
            }
        };
        Some(match property.split_once('=') {
            Some((name, value)) => (name, Some(value)),
            None => (property, None),
        })
    }
}
