//! `AT+MQTTSUB` and `AT+MQTTUNSUB` (V1.3 and V1.0.1 sections 1.5 and 1.6).

use super::{ANSWER, Bounds, Done, Ids, at_command};
use crate::codec::{Encoder, grammar};
use crate::types::{ConnectionId, QoS, Text, TopicFilter};

/// `AT+MQTTSUB=id,"topic",qos`. After `OK` the result comes in a line of its own, `+MQTTSUB: id,status`.
#[derive(Debug, Clone, Copy)]
pub struct Subscribe<'a> {
    /// The connection.
    pub id: ConnectionId,
    /// The filter.
    pub filter: TopicFilter<'a>,
    /// The quality of service that is asked for. The module does not report which one was granted.
    pub qos: QoS,
}

impl Subscribe<'_> {
    fn encode(&self, buffer: &mut [u8]) -> usize {
        let filter = Text::from_topic(self.filter.as_str());
        Encoder::new(buffer, "+MQTTSUB")
            .number(self.id.get())
            .text(filter)
            .number(u8::from(self.qos))
            .end()
    }
}

at_command!([] Subscribe<'_> => Done, ANSWER, |_, _| Some(Done));

/// `AT+MQTTUNSUB=id,"topic"`. After `OK` the result comes in a line of its own, `+MQTTUNSUB: id,status`.
#[derive(Debug, Clone, Copy)]
pub struct Unsubscribe<'a> {
    /// The connection.
    pub id: ConnectionId,
    /// The filter, as it was subscribed.
    pub filter: TopicFilter<'a>,
}

impl Unsubscribe<'_> {
    fn encode(&self, buffer: &mut [u8]) -> usize {
        let filter = Text::from_topic(self.filter.as_str());
        Encoder::new(buffer, "+MQTTUNSUB")
            .number(self.id.get())
            .text(filter)
            .end()
    }
}

at_command!([] Unsubscribe<'_> => Done, ANSWER, |_, _| Some(Done));

/// `AT+MQTTSUB=?`: what this module takes.
#[derive(Debug, Clone, Copy)]
pub struct TestSubscribe;

/// The answer to [`TestSubscribe`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SubscribeLimits {
    /// The connections.
    pub ids: Ids,
    /// Longest topic in bytes.
    pub topic: u32,
    /// Qualities of service.
    pub qos: Bounds,
}

impl atat::AtatResp for SubscribeLimits {}

impl TestSubscribe {
    fn encode(&self, buffer: &mut [u8]) -> usize {
        Encoder::new(buffer, "+MQTTSUB=?").end()
    }

    fn answer(&self, answer: &[u8]) -> Option<SubscribeLimits> {
        let line = grammar::lines(answer).next()?;
        let mut terms = grammar::terms(grammar::prefix(b"+MQTTSUB", line)?);
        Some(SubscribeLimits {
            ids: super::ids_of(terms.next()?)?,
            topic: super::number_of(terms.next()?)?,
            qos: super::bounds_of(terms.next()?)?,
        })
    }
}

at_command!([] TestSubscribe => SubscribeLimits, ANSWER, Self::answer);

/// `AT+MQTTUNSUB=?`: what this module takes.
#[derive(Debug, Clone, Copy)]
pub struct TestUnsubscribe;

/// The answer to [`TestUnsubscribe`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnsubscribeLimits {
    /// The connections.
    pub ids: Ids,
    /// Longest topic in bytes.
    pub topic: u32,
}

impl atat::AtatResp for UnsubscribeLimits {}

impl TestUnsubscribe {
    fn encode(&self, buffer: &mut [u8]) -> usize {
        Encoder::new(buffer, "+MQTTUNSUB=?").end()
    }

    fn answer(&self, answer: &[u8]) -> Option<UnsubscribeLimits> {
        let line = grammar::lines(answer).next()?;
        let mut terms = grammar::terms(grammar::prefix(b"+MQTTUNSUB", line)?);
        Some(UnsubscribeLimits {
            ids: super::ids_of(terms.next()?)?,
            topic: super::number_of(terms.next()?)?,
        })
    }
}

at_command!([] TestUnsubscribe => UnsubscribeLimits, ANSWER, Self::answer);
