//! The lines about topics and their ids on MQTT-SN connections: `+MQTTSNREG` (V1.3 section 1.14).

use super::grammar;
use crate::types::TopicId;

/// What a `+MQTTSNREG` line is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(all(feature = "defmt", target_os = "none"), derive(defmt::Format))]
#[non_exhaustive]
pub enum SnRegistrationKind {
    /// Status 0: a registration that the client had asked for failed.
    Refused,
    /// Status 1: a topic was registered as the client had asked.
    Registered,
    /// Status 2: the gateway has registered a topic, unasked.
    Assigned,
    /// No status: a line of the list that `AT+MQTTSNREG?` prints.
    Listed,
}

/// A `+MQTTSNREG` line (V1.3 section 1.14), which says what a topic id stands for.
///
/// The module prints the topic's name, which strangers may have chosen, without its length: one that holds a line end is cut there.
///
/// ```
/// use fibocom_mqtt::{SnRegistration, SnRegistrationKind};
///
/// let assigned = SnRegistration::parse(br#"+MQTTSNREG: 101,2,7,"plant/7/level""#).unwrap();
/// assert_eq!(assigned.kind, SnRegistrationKind::Assigned);
/// assert_eq!(assigned.topic_id.map(|id| id.get()), Some(7));
/// assert_eq!(assigned.name, Some(&b"plant/7/level"[..]));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SnRegistration<'a> {
    /// The connection.
    pub id: u8,
    /// What the line is about.
    pub kind: SnRegistrationKind,
    /// The topic id, if the line has one.
    pub topic_id: Option<TopicId>,
    /// The topic's name, if the line has a whole one.
    pub name: Option<&'a [u8]>,
}

impl<'a> SnRegistration<'a> {
    /// Parses a finished line.
    pub fn parse(line: &'a [u8]) -> Option<Self> {
        registration(line)
    }
}

/// `id,status[,topic id,"topic name"]` or, listed, `id,topic id,"topic name"`. Which of the two it is, the kind of the third field tells:
/// `101,2,"n"` is listed, `101,2,7,"n"` an assignment by the gateway.
fn registration(line: &[u8]) -> Option<SnRegistration<'_>> {
    let text = grammar::prefix(b"+MQTTSNREG", line)?;
    let (text, id) = grammar::first_id(text).ok()?;
    let (text, second) = grammar::next_number(text).ok()?;
    let rest = text.trim_ascii();
    let status = match second {
        0 => Some(SnRegistrationKind::Refused),
        1 => Some(SnRegistrationKind::Registered),
        2 => Some(SnRegistrationKind::Assigned),
        _ => None,
    };
    let found = |kind, topic_id, name| SnRegistration {
        id,
        kind,
        topic_id,
        name,
    };
    if rest.is_empty() || status == Some(SnRegistrationKind::Refused) {
        return Some(found(status?, None, None));
    }
    let topic_id = |number: u32| u16::try_from(number).ok().and_then(|number| TopicId::new(number).ok());
    let third = grammar::next_number(rest).ok();
    // A name without quotes may begin with a digit.
    let third = third.filter(|(behind, _)| behind.is_empty() || behind.trim_ascii_start().starts_with(b","));
    Some(match (third, status) {
        (Some((behind, number)), Some(kind)) => found(kind, topic_id(number), last_field(behind)),
        _ => found(
            SnRegistrationKind::Listed,
            Some(topic_id(second)?),
            Some(last_field(rest)?),
        ),
    })
}

/// A name behind a comma: up to the end, since it may hold anything, and without its quotes. `None` if the second one is missing.
fn last_field(text: &[u8]) -> Option<&[u8]> {
    let name = text.trim_ascii_start().strip_prefix(b",")?.trim_ascii_start();
    let name = grammar::unquoted(name)?;
    (!name.is_empty()).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::SnRegistrationKind::{Assigned, Listed, Refused, Registered};
    use super::*;

    /// A line, and what is found in it.
    type Case<'a> = (&'a [u8], SnRegistrationKind, Option<u16>, Option<&'a [u8]>);

    #[test]
    fn assignments_are_told_from_what_is_listed() {
        let cases: [Case<'_>; 14] = [
            (b"+MQTTSNREG: 101,1,7,\"n\"", Registered, Some(7), Some(b"n")),
            (b"+MQTTSNREG: 101,2,7,\"n\"", Assigned, Some(7), Some(b"n")),
            (
                b"+MQTTSNREG:101, 2, 65535, \"a,b\" ",
                Assigned,
                Some(65535),
                Some(b"a,b"),
            ),
            (b"+MQTTSNREG: 101,2,7,n", Assigned, Some(7), Some(b"n")),
            (b"+MQTTSNREG: 101,1,7", Registered, Some(7), None),
            (b"+MQTTSNREG: 101,1,0,\"n\"", Registered, None, Some(b"n")),
            (b"+MQTTSNREG: 101,1", Registered, None, None),
            (b"+MQTTSNREG: 101,0", Refused, None, None),
            (b"+MQTTSNREG: 101,0,0,\"n\"", Refused, None, None),
            (b"+MQTTSNREG: 101,2,\"n\"", Listed, Some(2), Some(b"n")),
            (b"+MQTTSNREG: 101,1,\"7,x\"", Listed, Some(1), Some(b"7,x")),
            (b"+MQTTSNREG: 101,300,\"a\"b\"", Listed, Some(300), Some(b"a\"b")),
            (b"+MQTTSNREG: 101,7,9", Listed, Some(7), Some(b"9")),
            (b"+MQTTSNREG: 101,2,7,\"cut", Assigned, Some(7), None),
        ];
        for (line, kind, topic_id, name) in cases {
            let found = registration(line).unwrap_or_else(|| panic!("{}", line.escape_ascii()));
            let topic_id = topic_id.map(|id| TopicId::new(id).unwrap());
            let expected = SnRegistration {
                id: 101,
                kind,
                topic_id,
                name,
            };
            assert_eq!(found, expected, "{}", line.escape_ascii());
        }
        for line in [
            &b"+MQTTSNREG: (101,102),255"[..],
            b"+MQTTSNREG: 101",
            b"+MQTTSNREG: 101,7",
            b"+MQTTSNREG: 101,70000,\"n\"",
            b"+MQTTSNREG: 101,3,\"cut",
            b"+MQTTSNREG: 999,1,7,\"n\"",
        ] {
            assert_eq!(registration(line), None, "{}", line.escape_ascii());
        }
    }
}
