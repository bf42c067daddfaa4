//! MQTT-SN: client id, registration, updates of the will (V1.3 sections 1.13 to 1.16).

use super::{ANSWER, Bounds, Done, Ids, at_command};
use crate::codec::{Encoder, SnRegistration, SnRegistrationKind, grammar};
use crate::types::{QoS, SnConnectionId, Text, TopicId, TopicName};

/// `AT+MQTTSNCID=id,"client id"`, before the open. Without it the module uses its IMEI and the number of the connection.
#[derive(Debug, Clone, Copy)]
pub struct SnClientId<'a> {
    /// The connection.
    pub id: SnConnectionId,
    /// The client id: up to 256 bytes, on the L610 1024, on MC610, MA510 and MC100E 23.
    pub client_id: Text<'a>,
}

impl SnClientId<'_> {
    fn encode(&self, buffer: &mut [u8]) -> usize {
        Encoder::new(buffer, "+MQTTSNCID")
            .number(self.id.get())
            .text(self.client_id)
            .end()
    }
}

at_command!([] SnClientId<'_> => Done, ANSWER, |_, _| Some(Done));

/// `AT+MQTTSNCID?`: the client ids that are set. `N` bytes are kept of each.
#[derive(Debug, Clone, Copy)]
pub struct ReadSnClientIds<const N: usize>;

/// The client id of one connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SnClientIdSetting<const N: usize> {
    /// The connection.
    pub id: u8,
    /// The client id, cut after `N` bytes.
    pub client_id: heapless::Vec<u8, N>,
}

/// The client ids that are set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SnClientIds<const N: usize>(
    /// One entry per connection with one; two at most.
    pub heapless::Vec<SnClientIdSetting<N>, 2>,
);

impl<const N: usize> atat::AtatResp for SnClientIds<N> {}

impl<const N: usize> ReadSnClientIds<N> {
    fn encode(&self, buffer: &mut [u8]) -> usize {
        Encoder::new(buffer, "+MQTTSNCID?").end()
    }

    fn answer(&self, answer: &[u8]) -> Option<SnClientIds<N>> {
        let mut ids = heapless::Vec::new();
        for line in grammar::lines(answer) {
            let text = grammar::prefix(b"+MQTTSNCID", line)?;
            let (text, id) = grammar::first_id(text).ok()?;
            let (rest, client_id) = grammar::next_string(text).ok()?;
            if !rest.trim_ascii().is_empty() {
                return None;
            }
            let client_id = super::cut(client_id);
            ids.push(SnClientIdSetting { id, client_id }).ok()?;
        }
        Some(SnClientIds(ids))
    }
}

at_command!([const N: usize] ReadSnClientIds<N> => SnClientIds<N>, ANSWER, Self::answer);

/// `AT+MQTTSNCID=?`: the connections and the length of a client id. Modules without the MQTT-SN commands refuse it.
#[derive(Debug, Clone, Copy)]
pub struct TestSnClientId;

/// The answer to [`TestSnClientId`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SnClientIdLimits {
    /// The connections.
    pub ids: Ids,
    /// Longest client id in bytes.
    pub client_id: u32,
}

impl atat::AtatResp for SnClientIdLimits {}

impl TestSnClientId {
    fn encode(&self, buffer: &mut [u8]) -> usize {
        Encoder::new(buffer, "+MQTTSNCID=?").end()
    }

    fn answer(&self, answer: &[u8]) -> Option<SnClientIdLimits> {
        let (ids, client_id) = ids_and_length(b"+MQTTSNCID", answer)?;
        Some(SnClientIdLimits { ids, client_id })
    }
}

at_command!([] TestSnClientId => SnClientIdLimits, ANSWER, Self::answer);

/// `NAME: (ids),length`
fn ids_and_length(name: &[u8], answer: &[u8]) -> Option<(Ids, u32)> {
    let mut terms = grammar::terms(grammar::prefix(name, grammar::lines(answer).next()?)?);
    Some((super::ids_of(terms.next()?)?, super::number_of(terms.next()?)?))
}

/// `AT+MQTTSNREG=id,"topic name"`, once the connection is open. After `OK` the result comes in a line of its own,
/// `+MQTTSNREG: id,status[,topic id,"topic name"]`: see [`SnRegistration`](crate::SnRegistration).
#[derive(Debug, Clone, Copy)]
pub struct SnRegister<'a> {
    /// The connection.
    pub id: SnConnectionId,
    /// The topic that is to get an id.
    pub topic: TopicName<'a>,
}

impl SnRegister<'_> {
    fn encode(&self, buffer: &mut [u8]) -> usize {
        Encoder::new(buffer, "+MQTTSNREG")
            .number(self.id.get())
            .text(Text::from_topic(self.topic.as_str()))
            .end()
    }
}

at_command!([] SnRegister<'_> => Done, ANSWER, |_, _| Some(Done));

/// `AT+MQTTSNREG?`: the topics that are registered, five at most per connection.
///
/// The manual prints them behind `OK`, where they are no longer part of the answer: then it is empty, and each is a line for
/// [`SnRegistration::parse`](crate::SnRegistration::parse). `N` bytes are kept of each name.
#[derive(Debug, Clone, Copy)]
pub struct ReadSnRegistrations<const N: usize>;

/// One registered topic.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SnRegisteredTopic<const N: usize> {
    /// The connection.
    pub id: u8,
    /// The topic id.
    pub topic_id: TopicId,
    /// The topic's name, cut after `N` bytes.
    pub name: heapless::Vec<u8, N>,
}

/// The topics that are registered, as far as they stand in front of `OK`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SnRegistrations<const N: usize>(
    /// One entry per topic: five of each connection at most.
    pub heapless::Vec<SnRegisteredTopic<N>, 10>,
);

impl<const N: usize> atat::AtatResp for SnRegistrations<N> {}

impl<const N: usize> ReadSnRegistrations<N> {
    fn encode(&self, buffer: &mut [u8]) -> usize {
        Encoder::new(buffer, "+MQTTSNREG?").end()
    }

    fn answer(&self, answer: &[u8]) -> Option<SnRegistrations<N>> {
        let mut topics = heapless::Vec::new();
        for line in grammar::lines(answer) {
            let found = SnRegistration::parse(line)?;
            // What the gateway registers meanwhile may stand between them.
            if found.kind == SnRegistrationKind::Listed {
                let (topic_id, name) = (found.topic_id?, super::cut(found.name?));
                let id = found.id;
                topics.push(SnRegisteredTopic { id, topic_id, name }).ok()?;
            }
        }
        Some(SnRegistrations(topics))
    }
}

at_command!([const N: usize] ReadSnRegistrations<N> => SnRegistrations<N>, ANSWER, Self::answer);

/// `AT+MQTTSNREG=?`: what this module takes.
#[derive(Debug, Clone, Copy)]
pub struct TestSnRegister;

/// The answer to [`TestSnRegister`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SnRegisterLimits {
    /// The connections.
    pub ids: Ids,
    /// Longest topic name in bytes.
    pub topic: u32,
}

impl atat::AtatResp for SnRegisterLimits {}

impl TestSnRegister {
    fn encode(&self, buffer: &mut [u8]) -> usize {
        Encoder::new(buffer, "+MQTTSNREG=?").end()
    }

    fn answer(&self, answer: &[u8]) -> Option<SnRegisterLimits> {
        let (ids, topic) = ids_and_length(b"+MQTTSNREG", answer)?;
        Some(SnRegisterLimits { ids, topic })
    }
}

at_command!([] TestSnRegister => SnRegisterLimits, ANSWER, Self::answer);

/// `AT+MQTTWTOPICUD=id,qos,retain,"will topic"`, once the connection is open. After `OK` the result comes in a line of its own,
/// `+MQTTWTOPICUD: id,status`.
#[derive(Debug, Clone, Copy)]
pub struct UpdateWillTopic<'a> {
    /// The connection.
    pub id: SnConnectionId,
    /// Quality of service of the will.
    pub qos: QoS,
    /// Whether the broker keeps the will.
    pub retain: bool,
    /// The topic.
    pub topic: TopicName<'a>,
}

impl UpdateWillTopic<'_> {
    fn encode(&self, buffer: &mut [u8]) -> usize {
        Encoder::new(buffer, "+MQTTWTOPICUD")
            .number(self.id.get())
            .number(u8::from(self.qos))
            .number(self.retain)
            .text(Text::from_topic(self.topic.as_str()))
            .end()
    }
}

at_command!([] UpdateWillTopic<'_> => Done, ANSWER, |_, _| Some(Done));

/// `AT+MQTTWTOPICUD=?`: what this module takes.
#[derive(Debug, Clone, Copy)]
pub struct TestUpdateWillTopic;

/// The answer to [`TestUpdateWillTopic`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UpdateWillTopicLimits {
    /// The connections.
    pub ids: Ids,
    /// Qualities of service.
    pub qos: Bounds,
    /// Longest topic in bytes.
    pub topic: u32,
}

impl atat::AtatResp for UpdateWillTopicLimits {}

impl TestUpdateWillTopic {
    fn encode(&self, buffer: &mut [u8]) -> usize {
        Encoder::new(buffer, "+MQTTWTOPICUD=?").end()
    }

    fn answer(&self, answer: &[u8]) -> Option<UpdateWillTopicLimits> {
        let line = grammar::lines(answer).next()?;
        let mut terms = grammar::terms(grammar::prefix(b"+MQTTWTOPICUD", line)?);
        let (ids, qos) = (super::ids_of(terms.next()?)?, super::bounds_of(terms.next()?)?);
        let _retain = terms.next()?;
        let topic = super::number_of(terms.next()?)?;
        Some(UpdateWillTopicLimits { ids, qos, topic })
    }
}

at_command!([] TestUpdateWillTopic => UpdateWillTopicLimits, ANSWER, Self::answer);

/// `AT+MQTTWMSGUD=id,"will message"`, once the connection is open. After `OK` the result comes in a line of its own,
/// `+MQTTWMSGUD: id,status`.
#[derive(Debug, Clone, Copy)]
pub struct UpdateWillMessage<'a> {
    /// The connection.
    pub id: SnConnectionId,
    /// The payload, 1 to 1024 bytes.
    pub payload: Text<'a>,
}

impl UpdateWillMessage<'_> {
    fn encode(&self, buffer: &mut [u8]) -> usize {
        Encoder::new(buffer, "+MQTTWMSGUD")
            .number(self.id.get())
            .text(self.payload)
            .end()
    }
}

at_command!([] UpdateWillMessage<'_> => Done, ANSWER, |_, _| Some(Done));

/// `AT+MQTTWMSGUD=?`: what this module takes.
#[derive(Debug, Clone, Copy)]
pub struct TestUpdateWillMessage;

/// The answer to [`TestUpdateWillMessage`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UpdateWillMessageLimits {
    /// The connections.
    pub ids: Ids,
    /// Longest payload in bytes.
    pub payload: u32,
}

impl atat::AtatResp for UpdateWillMessageLimits {}

impl TestUpdateWillMessage {
    fn encode(&self, buffer: &mut [u8]) -> usize {
        Encoder::new(buffer, "+MQTTWMSGUD=?").end()
    }

    fn answer(&self, answer: &[u8]) -> Option<UpdateWillMessageLimits> {
        let (ids, payload) = ids_and_length(b"+MQTTWMSGUD", answer)?;
        Some(UpdateWillMessageLimits { ids, payload })
    }
}

at_command!([] TestUpdateWillMessage => UpdateWillMessageLimits, ANSWER, Self::answer);
