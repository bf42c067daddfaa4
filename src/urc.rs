//! The unsolicited lines: small, owned values, also for use with atat's own client.

pub use crate::codec::Operation;
pub use crate::codec::{SnRegistration, SnRegistrationKind};
use crate::codec::{cloud, grammar};
use crate::types::cloud::TuyaEvent;
use crate::types::{Announcement, BreakCause, QoS, TopicId};

/// An unsolicited line of the MQTT client (V1.3 and V1.0.1 sections 1.2 to 1.10).
///
/// `+MQTTMSG`, which carries a whole message, is not among them: it is borrowed, see [`DirectMessage`]. Nor is `+MQTTAUTHDYN`, see
/// [`RegistrationAnswer`](crate::cloud::RegistrationAnswer).
///
/// ```
/// use atat::AtatUrc;
/// use fibocom_mqtt::{BreakCause, Urc};
///
/// assert_eq!(Urc::parse(b"+MQTTBREAK: 1,2"), Some(Urc::Broken { id: 1, cause: BreakCause::Link }));
/// assert_eq!(Urc::parse(b"+CSQ: 31,99"), None);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(all(feature = "defmt", target_os = "none"), derive(defmt::Format))]
#[non_exhaustive]
pub enum Urc {
    /// `+MQTTMSGI: id,qos,tlen,plen`: a message waits to be read.
    Announced {
        /// The connection.
        id: u8,
        /// Quality of service of the message.
        qos: QoS,
        /// Size of the message. On an MQTT-SN connection nothing tells whether its first number is the topic's length or its id.
        size: Announcement,
    },
    /// `+MQTTBREAK: id,cause`: the connection ended by itself.
    Broken {
        /// The connection.
        id: u8,
        /// Why.
        cause: BreakCause,
    },
    /// `+MQTTSNREG: id,status[,topic id,"topic name"]`, on an MQTT-SN connection: see [`SnRegistration`] for the name.
    SnRegistration {
        /// The connection.
        id: u8,
        /// What the line is about.
        kind: SnRegistrationKind,
        /// The topic id, if the line has one.
        topic_id: Option<TopicId>,
    },
    /// `+MQTTOPEN: id,status` and its like: an operation ended. The line says nothing about which of several it was.
    Result {
        /// The operation.
        operation: Operation,
        /// The connection.
        id: u8,
        /// Whether it succeeded: status 1. Status 0 is failure.
        success: bool,
    },
    /// `+MQTTAUTHEVENT: 4,status` with or without its `+`: an event of Tuya (V1.3 section 1.19).
    TuyaEvent(TuyaEvent),
}

impl atat::AtatUrc for Urc {
    fn parse(line: &[u8]) -> Option<Self> {
        Self::of_client(line)
            .or_else(|| Self::sn_registration(line))
            .or_else(|| Self::cloud_event(line))
    }
}

impl Urc {
    /// A line that every client has to do with.
    pub(crate) fn of_client(line: &[u8]) -> Option<Self> {
        if let Some((operation, id, success)) = grammar::result(line) {
            return Some(Self::Result { operation, id, success });
        }
        if let Some([id, cause]) = grammar::numbers(b"+MQTTBREAK", line) {
            return Some(Self::Broken {
                id: u8::try_from(id).ok()?,
                cause: cause.into(),
            });
        }
        let [id, qos, topic_len, payload_len] = grammar::numbers(b"+MQTTMSGI", line)?;
        Some(Self::Announced {
            id: u8::try_from(id).ok()?,
            qos: QoS::try_from(u8::try_from(qos).ok()?).ok()?,
            size: Announcement {
                topic_len: usize::try_from(topic_len).ok()?,
                payload_len: usize::try_from(payload_len).ok()?,
            },
        })
    }

    /// A line about a topic and its id.
    pub(crate) fn sn_registration(line: &[u8]) -> Option<Self> {
        let SnRegistration { id, kind, topic_id, .. } = SnRegistration::parse(line)?;
        Some(Self::SnRegistration { id, kind, topic_id })
    }

    /// An event of a cloud.
    pub(crate) fn cloud_event(line: &[u8]) -> Option<Self> {
        cloud::tuya_event(line).map(Self::TuyaEvent)
    }
}

/// A message inside a line: `+MQTTMSG: id,qos,"topic","payload"` (V1.3 and V1.0.1 section 1.9), which comes while `AT+MQTTCONF=0`.
///
/// The module escapes nothing, so this form is for payloads in printable text only: one that holds a line end is cut there, and
/// can then pretend to be another line of the module. The client uses it only where it is told to, see
/// [`Modem::set_receive_mode`](crate::Modem::set_receive_mode).
///
/// ```
/// use fibocom_mqtt::DirectMessage;
///
/// let message = DirectMessage::parse(br#"+MQTTMSG: 1,0,"meter/7","{"kWh":12.5}""#).unwrap();
/// assert_eq!(message.payload, br#"{"kWh":12.5}"#);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DirectMessage<'a> {
    /// The connection.
    pub id: u8,
    /// Quality of service it was delivered with.
    pub qos: QoS,
    /// The topic, up to its first quote.
    pub topic: &'a [u8],
    /// The payload, up to the last quote of the line.
    pub payload: &'a [u8],
}

impl<'a> DirectMessage<'a> {
    /// Parses a finished line, quoted or not, with or without blanks after the commas. A payload that begins with a quote and does
    /// not end with one was cut, and is not taken.
    pub fn parse(line: &'a [u8]) -> Option<Self> {
        let (id, rest) = grammar::direct_header(line)?;
        let (qos, topic, payload) = grammar::direct_fields(rest)?;
        Some(Self {
            id,
            qos,
            topic,
            payload: grammar::unquoted(payload)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use atat::AtatUrc;

    use super::*;

    #[test]
    fn each_form_of_a_line_is_understood() {
        let announced = |topic_len, payload_len| Urc::Announced {
            id: 1,
            qos: QoS::AtLeastOnce,
            size: Announcement { topic_len, payload_len },
        };
        assert_eq!(Urc::parse(b"+MQTTMSGI: 1,1,1,1"), Some(announced(1, 1)));
        assert_eq!(Urc::parse(b"+MQTTMSGI:1, 1, 255, 8192 "), Some(announced(255, 8192)));
        for (line, operation, success) in [
            (&b"+MQTTOPEN: 2,0"[..], Operation::Open, false),
            (b"+MQTTCLOSE: 2,1", Operation::Close, true),
            (b"+MQTTSUB: 2,1", Operation::Subscribe, true),
            (b"+MQTTUNSUB:2,0", Operation::Unsubscribe, false),
            (b"+MQTTPUB: 2, 1", Operation::Publish, true),
        ] {
            assert_eq!(
                Urc::parse(line),
                Some(Urc::Result {
                    operation,
                    id: 2,
                    success
                })
            );
        }
        assert_eq!(
            Urc::parse(b"+MQTTBREAK: 3,9"),
            Some(Urc::Broken {
                id: 3,
                cause: BreakCause::Unknown(9)
            })
        );
    }

    #[test]
    fn a_list_of_connections_is_not_a_result() {
        for line in [
            &b"+MQTTOPEN: 1,2,101,102"[..],
            b"+MQTTOPEN: 1",
            b"+MQTTOPEN: 1,2",
            b"+MQTTCLOSE: 0",
            b"+MQTTPUB: (1,2,101,102),255,(0-2),(0,1),1024",
            b"+MQTTMSGI: 1,1,1",
            b"+MQTTMSGI: 1,1,1,1,1",
            b"+MQTTMSGI: 1,3,1,1",
            b"+MQTTMSGI: 1,1,99999999999,1",
            b"+MQTTBREAK: 1,1x",
            b"+MQTTBREAK 1,1",
            b"MQTTBREAK: 1,1",
        ] {
            assert_eq!(Urc::parse(line), None, "{}", line.escape_ascii());
        }
    }

    #[test]
    fn direct_messages_end_at_the_last_quote() {
        let cases: [(&[u8], &[u8], &[u8]); 6] = [
            (br#"+MQTTMSG: 1,0,"topic","1111""#, b"topic", b"1111"),
            (br#"+MQTTMSG: 1, 0, "test1", "123""#, b"test1", b"123"),
            (br#"+MQTTMSG: 1,0,"t","a","b"""#, b"t", br#"a","b""#),
            (b"+MQTTMSG:1,0,t,plain, text", b"t", b"plain, text"),
            (br#"+MQTTMSG: 1,0,"t","""#, b"t", b""),
            (b"+MQTTMSG: 1,0,\"t\",\"\xff\x00\"", b"t", b"\xff\x00"),
        ];
        for (line, topic, payload) in cases {
            let message = DirectMessage::parse(line).unwrap();
            assert_eq!(
                (message.topic, message.payload),
                (topic, payload),
                "{}",
                line.escape_ascii()
            );
        }
    }
}
