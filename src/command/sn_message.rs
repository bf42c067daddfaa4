//! Publishing, subscribing and reading on MQTT-SN connections, where a topic id may stand for a topic (V1.3 sections 1.5 to 1.7, 1.11).

use super::{ANSWER, Done, at_command};
use crate::codec::{Encoder, grammar};
use crate::types::{QoS, SnConnectionId, SnFilter, SnTopic, Text, TopicId};

/// The next argument: a name in quotes, or a bare topic id.
fn topic<'b>(command: Encoder<'b>, topic: SnTopic<'_>) -> Encoder<'b> {
    match topic {
        SnTopic::Name(name) => command.text(Text::from_topic(name.as_str())),
        SnTopic::Short(name) => command.text(Text::from_topic(name.as_str())),
        SnTopic::Id(id) => command.number(id.get()),
    }
}

fn filter<'b>(command: Encoder<'b>, filter: SnFilter<'_>) -> Encoder<'b> {
    match filter {
        SnFilter::Filter(name) => command.text(Text::from_topic(name.as_str())),
        SnFilter::Short(name) => command.text(Text::from_topic(name.as_str())),
        SnFilter::Id(id) => command.number(id.get()),
    }
}

/// `AT+MQTTSUB=id,T,qos`. After `OK` the result comes in a line of its own, `+MQTTSUB: id,status`.
#[derive(Debug, Clone, Copy)]
pub struct SnSubscribe<'a> {
    /// The connection.
    pub id: SnConnectionId,
    /// What is subscribed to.
    pub filter: SnFilter<'a>,
    /// The quality of service that is asked for.
    pub qos: QoS,
}

impl SnSubscribe<'_> {
    fn encode(&self, buffer: &mut [u8]) -> usize {
        let command = Encoder::new(buffer, "+MQTTSUB").number(self.id.get());
        filter(command, self.filter).number(u8::from(self.qos)).end()
    }
}

at_command!([] SnSubscribe<'_> => Done, ANSWER, |_, _| Some(Done));

/// `AT+MQTTUNSUB=id,T`. After `OK` the result comes in a line of its own, `+MQTTUNSUB: id,status`.
#[derive(Debug, Clone, Copy)]
pub struct SnUnsubscribe<'a> {
    /// The connection.
    pub id: SnConnectionId,
    /// As it was subscribed.
    pub filter: SnFilter<'a>,
}

impl SnUnsubscribe<'_> {
    fn encode(&self, buffer: &mut [u8]) -> usize {
        filter(Encoder::new(buffer, "+MQTTUNSUB").number(self.id.get()), self.filter).end()
    }
}

at_command!([] SnUnsubscribe<'_> => Done, ANSWER, |_, _| Some(Done));

/// `AT+MQTTPUB=id,T,qos,retain,"payload"`, for 0 to 1024 printable characters. The client uses it for the empty payload only.
#[derive(Debug, Clone, Copy)]
pub struct SnPublish<'a> {
    /// The connection.
    pub id: SnConnectionId,
    /// What is published to.
    pub topic: SnTopic<'a>,
    /// Quality of service.
    pub qos: QoS,
    /// Whether the broker keeps the message.
    pub retain: bool,
    /// The payload.
    pub payload: Text<'a>,
}

impl SnPublish<'_> {
    fn encode(&self, buffer: &mut [u8]) -> usize {
        topic(Encoder::new(buffer, "+MQTTPUB").number(self.id.get()), self.topic)
            .number(u8::from(self.qos))
            .number(self.retain)
            .text(self.payload)
            .end()
    }
}

at_command!([] SnPublish<'_> => Done, ANSWER, |_, _| Some(Done));

/// `AT+MQTTPUB=id,T,qos,retain,datasize`: the payload follows in data mode.
#[derive(Debug, Clone, Copy)]
pub struct SnPublishData<'a> {
    /// The connection.
    pub id: SnConnectionId,
    /// What is published to.
    pub topic: SnTopic<'a>,
    /// Quality of service.
    pub qos: QoS,
    /// Whether the broker keeps the message.
    pub retain: bool,
    /// Bytes of the payload, 1 to 1024.
    pub size: u16,
}

impl SnPublishData<'_> {
    fn encode(&self, buffer: &mut [u8]) -> usize {
        topic(Encoder::new(buffer, "+MQTTPUB").number(self.id.get()), self.topic)
            .number(u8::from(self.qos))
            .number(self.retain)
            .number(self.size)
            .end()
    }
}

at_command!([] SnPublishData<'_> => Done, ANSWER, |_, _| Some(Done));

/// `AT+MQTTREAD=id`, for use on atat's own client with [`FibocomDigester`](crate::FibocomDigester). `T` and `P` are the longest topic and
/// payload that can be returned.
#[derive(Debug, Clone, Copy)]
pub struct SnRead<const T: usize, const P: usize> {
    /// The connection.
    pub id: SnConnectionId,
}

/// The answer to [`SnRead`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SnReadMessage<const T: usize, const P: usize> {
    /// Nothing is stored.
    Empty,
    /// The oldest stored message, which the module has now forgotten.
    Message {
        /// Quality of service it was delivered with.
        qos: QoS,
        /// The topic id, if the module gave that.
        topic_id: Option<TopicId>,
        /// The topic's name; empty with a topic id.
        topic: heapless::Vec<u8, T>,
        /// The payload.
        payload: heapless::Vec<u8, P>,
    },
}

impl<const T: usize, const P: usize> atat::AtatResp for SnReadMessage<T, P> {}

impl<const T: usize, const P: usize> SnRead<T, P> {
    fn encode(&self, buffer: &mut [u8]) -> usize {
        Encoder::new(buffer, "+MQTTREAD").number(self.id.get()).end()
    }

    fn answer(&self, answer: &[u8]) -> Option<SnReadMessage<T, P>> {
        if grammar::read_empty(answer.trim_ascii(), self.id.get()) {
            return Some(SnReadMessage::Empty);
        }
        let (header, topic, payload) = grammar::whole_read(answer)?;
        if header.id != self.id.get() {
            return None;
        }
        if !header.topic_id && may_be_topic_id(topic, payload, answer) {
            return None;
        }
        let (topic_id, topic) = match header.topic_id {
            true => (Some(TopicId::from_digits(topic)?), &[][..]),
            false => (None, topic),
        };
        Some(SnReadMessage::Message {
            qos: QoS::try_from(u8::try_from(header.qos).ok()?).ok()?,
            topic_id,
            topic: heapless::Vec::from_slice(topic).ok()?,
            payload: heapless::Vec::from_slice(payload).ok()?,
        })
    }
}

/// Whether a name begins like a topic id and the message of that would end at a line end: then the rest may be the module's, and not of a message.
fn may_be_topic_id(topic: &[u8], payload: &[u8], answer: &[u8]) -> bool {
    let digits = topic.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let (id, behind) = topic.split_at_checked(digits).unwrap_or_default();
    let quoted = answer.ends_with(b"\"")
        && answer
            .split(|byte| *byte == b',')
            .nth(4)
            .is_some_and(|topic| topic.trim_ascii().starts_with(b"\""));
    if quoted || !behind.starts_with(b",") || !grammar::is_topic_id(id) {
        return false;
    }
    let Some(end) = digits.saturating_add(payload.len()).checked_sub(topic.len()) else {
        return false;
    };
    // Bare, and in quotes.
    [end, end.saturating_add(2)]
        .into_iter()
        .any(|end| matches!(payload.get(end), Some(b'\r' | b'\n')))
}

at_command!([const T: usize, const P: usize] SnRead<T, P> => SnReadMessage<T, P>, ANSWER, Self::answer);
