//! `AT+MQTTPUB`, inline and in data mode (V1.3 and V1.0.1 section 1.7).

use super::{ANSWER, Bounds, Done, Ids, at_command};
use crate::codec::{Encoder, grammar};
use crate::types::{ConnectionId, QoS, Text, TopicName};

/// `AT+MQTTPUB=id,"topic",qos,retain,"payload"`, for 0 to 1024 printable characters. The client uses it for the empty payload
/// only, which data mode cannot carry.
#[derive(Debug, Clone, Copy)]
pub struct Publish<'a> {
    /// The connection.
    pub id: ConnectionId,
    /// The topic.
    pub topic: TopicName<'a>,
    /// Quality of service.
    pub qos: QoS,
    /// Whether the broker keeps the message.
    pub retain: bool,
    /// The payload.
    pub payload: Text<'a>,
}

impl Publish<'_> {
    fn encode(&self, buffer: &mut [u8]) -> usize {
        super::message(buffer, "+MQTTPUB", self.id.into(), self.topic, self.qos, self.retain)
            .text(self.payload)
            .end()
    }
}

at_command!([] Publish<'_> => Done, ANSWER, |_, _| Some(Done));

/// `AT+MQTTPUB=id,"topic",qos,retain,datasize`. The module prompts with `>`, takes exactly `size` bytes and nothing behind them,
/// answers `OK`, and reports the result in a line of its own, `+MQTTPUB: id,status`.
#[derive(Debug, Clone, Copy)]
pub struct PublishData<'a> {
    /// The connection.
    pub id: ConnectionId,
    /// The topic.
    pub topic: TopicName<'a>,
    /// Quality of service.
    pub qos: QoS,
    /// Whether the broker keeps the message.
    pub retain: bool,
    /// Bytes of the payload, 1 to 1024.
    pub size: u16,
}

impl PublishData<'_> {
    fn encode(&self, buffer: &mut [u8]) -> usize {
        super::message(buffer, "+MQTTPUB", self.id.into(), self.topic, self.qos, self.retain)
            .number(self.size)
            .end()
    }
}

at_command!([] PublishData<'_> => Done, ANSWER, |_, _| Some(Done));

/// `AT+MQTTPUB=?`: what this module takes.
#[derive(Debug, Clone, Copy)]
pub struct TestPublish;

/// The answer to [`TestPublish`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublishLimits {
    /// The connections.
    pub ids: Ids,
    /// Longest topic in bytes.
    pub topic: u32,
    /// Qualities of service.
    pub qos: Bounds,
    /// Longest payload in bytes.
    pub payload: u32,
}

impl atat::AtatResp for PublishLimits {}

impl TestPublish {
    fn encode(&self, buffer: &mut [u8]) -> usize {
        Encoder::new(buffer, "+MQTTPUB=?").end()
    }

    fn answer(&self, answer: &[u8]) -> Option<PublishLimits> {
        let line = grammar::lines(answer).next()?;
        let (ids, topic, qos, payload) = super::message_limits(grammar::prefix(b"+MQTTPUB", line)?)?;
        Some(PublishLimits {
            ids,
            topic,
            qos,
            payload,
        })
    }
}

at_command!([] TestPublish => PublishLimits, ANSWER, Self::answer);
