//! `AT+MQTTWILL`: the will of a connection (V1.3 and V1.0.1 section 1.12).

use super::{ANSWER, Bounds, Done, Ids, at_command};
use crate::codec::{Encoder, grammar};
use crate::types::{AnyConnectionId, QoS, Text, TopicName};

/// `AT+MQTTWILL=id,"topic",qos,retain,"payload"`, before the open.
#[derive(Debug, Clone, Copy)]
pub struct SetWill<'a> {
    /// The connection.
    pub id: AnyConnectionId,
    /// The topic.
    pub topic: TopicName<'a>,
    /// Quality of service.
    pub qos: QoS,
    /// Whether the broker keeps the message.
    pub retain: bool,
    /// The payload, 0 to 1024 bytes.
    pub payload: Text<'a>,
}

impl SetWill<'_> {
    fn encode(&self, buffer: &mut [u8]) -> usize {
        super::message(buffer, "+MQTTWILL", self.id, self.topic, self.qos, self.retain)
            .text(self.payload)
            .end()
    }
}

at_command!([] SetWill<'_> => Done, ANSWER, |_, _| Some(Done));

/// `AT+MQTTWILL=id,"topic",qos,retain,datasize`, on MC66x, MG66x and FG13x: the payload follows in data mode.
#[derive(Debug, Clone, Copy)]
pub struct SetWillData<'a> {
    /// The connection.
    pub id: AnyConnectionId,
    /// The topic.
    pub topic: TopicName<'a>,
    /// Quality of service.
    pub qos: QoS,
    /// Whether the broker keeps the message.
    pub retain: bool,
    /// Bytes of the payload, 0 to 1024.
    pub size: u16,
}

impl SetWillData<'_> {
    fn encode(&self, buffer: &mut [u8]) -> usize {
        super::message(buffer, "+MQTTWILL", self.id, self.topic, self.qos, self.retain)
            .number(self.size)
            .end()
    }
}

at_command!([] SetWillData<'_> => Done, ANSWER, |_, _| Some(Done));

/// `AT+MQTTWILL?`: the wills that are set. The module prints payloads raw and without their lengths, so one that holds line ends
/// can look like other lines: only what stands in front of it is returned, and lines that are none are left out.
#[derive(Debug, Clone, Copy)]
pub struct ReadWills<const N: usize>;

/// The will of one connection, without its payload.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WillSetting<const N: usize> {
    /// The connection.
    pub id: u8,
    /// The topic, cut after `N` bytes.
    pub topic: heapless::Vec<u8, N>,
    /// Quality of service.
    pub qos: QoS,
    /// Whether the broker keeps the message.
    pub retain: bool,
}

/// The wills that are set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wills<const N: usize>(
    /// One entry per connection with a will; eight at most.
    pub heapless::Vec<WillSetting<N>, 8>,
);

impl<const N: usize> atat::AtatResp for Wills<N> {}

impl<const N: usize> ReadWills<N> {
    fn encode(&self, buffer: &mut [u8]) -> usize {
        Encoder::new(buffer, "+MQTTWILL?").end()
    }

    fn answer(&self, answer: &[u8]) -> Option<Wills<N>> {
        let mut wills = heapless::Vec::new();
        for will in grammar::lines(answer).filter_map(setting) {
            wills.push(will).ok()?;
        }
        Some(Wills(wills))
    }
}

fn setting<const N: usize>(line: &[u8]) -> Option<WillSetting<N>> {
    let text = grammar::prefix(b"+MQTTWILL", line)?;
    let (text, id) = grammar::first_id(text).ok()?;
    let (text, topic) = grammar::next_string(text).ok()?;
    let (text, qos) = grammar::next_number(text).ok()?;
    let (_, retain) = grammar::next_number(text).ok()?;
    let qos = QoS::try_from(u8::try_from(qos).ok()?).ok()?;
    Some(WillSetting {
        id,
        topic: topic.iter().copied().take(N).collect(),
        qos,
        retain: retain == 1,
    })
}

at_command!([const N: usize] ReadWills<N> => Wills<N>, ANSWER, Self::answer);

/// `AT+MQTTWILL=?`: what this module takes.
#[derive(Debug, Clone, Copy)]
pub struct TestWill;

/// The answer to [`TestWill`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WillLimits {
    /// The connections.
    pub ids: Ids,
    /// Longest topic in bytes.
    pub topic: u32,
    /// Qualities of service.
    pub qos: Bounds,
    /// Longest payload in bytes.
    pub payload: u32,
}

impl atat::AtatResp for WillLimits {}

impl TestWill {
    fn encode(&self, buffer: &mut [u8]) -> usize {
        Encoder::new(buffer, "+MQTTWILL=?").end()
    }

    fn answer(&self, answer: &[u8]) -> Option<WillLimits> {
        let line = grammar::lines(answer).next()?;
        let (ids, topic, qos, payload) = super::message_limits(grammar::prefix(b"+MQTTWILL", line)?)?;
        Some(WillLimits {
            ids,
            topic,
            qos,
            payload,
        })
    }
}

at_command!([] TestWill => WillLimits, ANSWER, Self::answer);
