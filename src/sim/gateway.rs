//! The MQTT-SN gateway, which is inside the simulated module: it knows topic ids and wills, and speaks MQTT to the network.
//! To that, connections 101 and 102 are two more MQTT connections.

use std::collections::{BTreeMap, VecDeque};

use super::answer::{CmeError, INVALID_PARAMETERS};
use super::arguments::{Arguments, Value};
use super::module::Module;
use super::network::{BreakCause, Message, NetworkEvent, OpenRequest, Token};
use super::sn_dialect::SnTopics;

/// MQTT-SN connections.
pub(super) const SN_IDS: std::ops::RangeInclusive<u16> = 101..=102;
/// A name of that length is a short topic: it needs no topic id.
const SHORT: usize = 2;

/// How the host names a topic.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Topic {
    Name(Vec<u8>),
    /// MQTT-SN only.
    Id(u16),
}

/// What a subscription that has been granted, or ended, changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Effect {
    Subscribed(Vec<u8>, u8),
    Unsubscribed(Vec<u8>),
}

/// What the gateway and the module know of one connection while it is open.
#[derive(Debug, Default)]
pub(super) struct Gateway {
    /// The topic ids that were given out. They are the gateway's.
    topics: BTreeMap<u16, Vec<u8>>,
    /// The registrations that the module has noted, the oldest first.
    pub registered: Vec<(u16, Vec<u8>)>,
    subscriptions: Vec<(Vec<u8>, u8)>,
    /// How it was opened, with the will as it is now.
    request: Option<OpenRequest>,
    update: Option<WillUpdate>,
}

/// A new will on its way: the server takes one with CONNECT only, so the gateway closes, opens and subscribes again.
#[derive(Debug)]
struct WillUpdate {
    /// What the host is owed.
    owed: Token,
    /// What the network was asked last.
    step: Token,
    request: OpenRequest,
    /// Those that are still to be made again.
    subscriptions: VecDeque<(Vec<u8>, u8)>,
    stage: Stage,
    ok: bool,
}

#[derive(Debug)]
enum Stage {
    Closing,
    Opening,
    Subscribing,
}

impl Gateway {
    pub fn opened(request: OpenRequest) -> Self {
        Self {
            request: Some(request),
            ..Self::default()
        }
    }

    pub fn will(&self) -> Option<Message> {
        self.request.as_ref()?.will.clone()
    }

    pub const fn is_updating(&self) -> bool {
        self.update.is_some()
    }

    /// The name's topic id, a new one if it has none: ascending from 1. None is left, or the name is a filter.
    fn assign(&mut self, name: &[u8], predefined: &[(u16, String)]) -> Option<u16> {
        if let Some(id) = self.id_of(name, predefined) {
            return Some(id);
        }
        if name.iter().any(|byte| b"+#".contains(byte)) {
            return None;
        }
        let free = |id: &u16| !self.topics.contains_key(id) && predefined.iter().all(|(known, _)| known != id);
        let id = (1..=u16::MAX).find(free)?;
        self.topics.insert(id, name.to_vec());
        Some(id)
    }

    fn id_of(&self, name: &[u8], predefined: &[(u16, String)]) -> Option<u16> {
        let known = self.topics.iter().find(|(_, topic)| *topic == name).map(|(id, _)| *id);
        let predefined = || predefined.iter().find(|(_, topic)| topic.as_bytes() == name);
        known.or_else(|| predefined().map(|(id, _)| *id))
    }

    fn name_of(&self, id: u16, predefined: &[(u16, String)]) -> Option<Vec<u8>> {
        let known = self.topics.get(&id).cloned();
        let predefined = || predefined.iter().find(|(known, _)| *known == id);
        known.or_else(|| predefined().map(|(_, name)| name.clone().into_bytes()))
    }
}

impl Module {
    /// The topic of a command: a string, or a topic id where the connection is to a gateway.
    pub(super) fn topic(id: u16, arguments: &mut Arguments) -> Result<Topic, CmeError> {
        match arguments.text_or_number(1..=255, 1..=65535)? {
            Value::Text(name) => Ok(Topic::Name(name)),
            Value::Number(number) if SN_IDS.contains(&id) => {
                let number = u16::try_from(number).map_err(|_| INVALID_PARAMETERS)?;
                Ok(Topic::Id(number))
            }
            Value::Number(_) => Err(INVALID_PARAMETERS),
        }
    }

    /// The name that is meant, unless the gateway does not know the topic id.
    pub(super) fn topic_name(&self, id: u16, topic: Topic) -> Option<Vec<u8>> {
        match topic {
            Topic::Name(name) => Some(name),
            Topic::Id(number) => {
                let gateway = &self.state.connection(id)?.gateway;
                gateway.name_of(number, &self.settings.sn.predefined)
            }
        }
    }

    /// What the gateway does with a message: it gives the topic id of its topic. A name that has none (it came through a
    /// wildcard, or the session is older than the connection) is registered first, and the host told so (MQTT-SN 1.2,
    /// 6.10). If the module cannot keep the registration, it rejects it, and the message does not come.
    pub(super) fn translate(&mut self, id: u16, name: &[u8]) -> Result<Option<u16>, Rejected> {
        if !SN_IDS.contains(&id) || name.len() == SHORT {
            return Ok(None);
        }
        let known = self.state.connection(id).ok_or(Rejected)?;
        let number = match known.gateway.id_of(name, &self.settings.sn.predefined) {
            Some(number) => number,
            None => self.register_unasked(id, name).ok_or(Rejected)?,
        };
        Ok(Some(number).filter(|_| self.settings.sn.topics == SnTopics::Ids))
    }

    /// The gateway registers a topic unasked: `+MQTTSNREG: 101,2,7,"plant/9"`. Gives the topic id, unless the connection is
    /// not open or the module cannot keep one more; that is [counted](Self::rejected_registrations).
    pub fn register_topic(&mut self, connection: u16, name: &str) -> Option<u16> {
        if SN_IDS.contains(&connection) && self.is_open(connection) {
            self.register_unasked(connection, name.as_bytes())
        } else {
            None
        }
    }

    fn register_unasked(&mut self, id: u16, name: &[u8]) -> Option<u16> {
        let number = self.register(id, name);
        match number {
            Some(number) => {
                let line = format!("+MQTTSNREG: {id},2,{number},\"");
                self.urc(&[line.as_bytes(), name, b"\""].concat());
            }
            None => {
                let connection = self.state.connection_mut(id)?;
                connection.rejected = connection.rejected.saturating_add(1);
            }
        }
        number
    }

    /// Notes a registration in the module and in the gateway. None if either cannot.
    pub(super) fn register(&mut self, id: u16, name: &[u8]) -> Option<u16> {
        let settings = &self.settings.sn;
        let gateway = &mut self.state.connection_mut(id)?.gateway;
        if let Some((number, _)) = gateway.registered.iter().find(|(_, known)| known == name) {
            return Some(*number);
        }
        if gateway.registered.len() >= settings.registrations {
            return None;
        }
        let number = gateway.assign(name, &settings.predefined)?;
        gateway.registered.push((number, name.to_vec()));
        Some(number)
    }

    /// How many of the gateway's registrations a connection rejected since the module started, and as many messages.
    pub fn rejected_registrations(&self, connection: u16) -> usize {
        self.state
            .connection(connection)
            .map_or(0, |connection| connection.rejected)
    }

    /// A subscription was granted or ended. A name without wildcards has its topic id with that; nothing tells the host.
    pub(super) fn apply(&mut self, id: u16, effect: Effect) {
        let Some(connection) = self.state.connection_mut(id).filter(|_| SN_IDS.contains(&id)) else {
            return;
        };
        let gateway = &mut connection.gateway;
        match effect {
            Effect::Subscribed(filter, qos) => {
                if filter.len() != SHORT {
                    gateway.assign(&filter, &self.settings.sn.predefined);
                }
                gateway.subscriptions.retain(|(known, _)| *known != filter);
                gateway.subscriptions.push((filter, qos));
            }
            Effect::Unsubscribed(filter) => gateway.subscriptions.retain(|(known, _)| *known != filter),
        }
    }

    /// Begins to give the server another will. A real gateway may spare its client what follows from connecting again: retained
    /// messages come again, and in a clean session what waits at the server for room here is lost.
    pub(super) fn update_will(&mut self, id: u16, owed: Token, will: Message) {
        let step = Token(self.next_serial());
        let Some(connection) = self.state.connection_mut(id) else {
            return;
        };
        let gateway = &mut connection.gateway;
        let Some(mut request) = gateway.request.clone() else {
            return;
        };
        request.will = Some(will);
        // A session that is kept keeps its subscriptions.
        let subscriptions = if request.clean {
            gateway.subscriptions.clone().into()
        } else {
            VecDeque::new()
        };
        gateway.update = Some(WillUpdate {
            owed,
            step,
            request,
            subscriptions,
            stage: Stage::Closing,
            ok: true,
        });
        self.network.close(id, step);
    }

    /// The next step of that, if the network's answer is to the last one.
    pub(super) fn will_update_goes_on(&mut self, event: &NetworkEvent) -> bool {
        let (id, token, ok) = match event {
            NetworkEvent::Opened {
                connection,
                token,
                result,
            } => (*connection, *token, result.is_ok()),
            NetworkEvent::Done { connection, token, ok } => (*connection, *token, *ok),
            _ => return false,
        };
        let next = Token(self.next_serial());
        let Some(gateway) = self.state.connection_mut(id).map(|connection| &mut connection.gateway) else {
            return false;
        };
        let Some(update) = gateway.update.as_mut().filter(|update| update.step == token) else {
            return false;
        };
        update.step = next;
        match update.stage {
            Stage::Closing => {
                update.stage = Stage::Opening;
                let request = update.request.clone();
                self.network.open(id, next, request);
                return true;
            }
            Stage::Opening if !ok => {
                self.lost(id, BreakCause::Server);
                return true;
            }
            Stage::Opening => {
                update.stage = Stage::Subscribing;
                gateway.request = Some(update.request.clone());
            }
            Stage::Subscribing => update.ok &= ok,
        }
        match update.subscriptions.pop_front() {
            Some((filter, qos)) => self.network.subscribe(id, next, filter, qos),
            None => {
                let (owed, ok) = (update.owed, update.ok);
                gateway.update = None;
                self.settle(owed, ok);
            }
        }
        true
    }
}

/// A message that the module did not let the gateway send.
pub(super) struct Rejected;
