//! MQTT-SN: topics and their ids (V1.3 section 1.14).

use super::store::Store;
use super::{Engine, Names};
use crate::types::{AnyConnectionId, TopicId};
use crate::urc::{Operation, SnRegistration, SnRegistrationKind};

impl Engine<'_> {
    /// Takes a line about a topic and its id: the result of a registration, one that the gateway made, or one of a list. If it is not
    /// `whole`, what it has of the name is none.
    pub(super) fn on_registration(&mut self, whole: bool) {
        let Some(found) = SnRegistration::parse(self.decoder.line()) else {
            return;
        };
        let Some(id) = AnyConnectionId::new(found.id).filter(|id| id.is_sn()) else {
            return;
        };
        if let (Some(names), Some(topic)) = (&mut self.names, found.topic_id) {
            note(*names, &mut self.store, (id, topic), found.name.filter(|_| whole));
        }
        match found.kind {
            SnRegistrationKind::Refused => self.on_result(Operation::Register, id.get(), false),
            SnRegistrationKind::Registered => {
                // A late line of an earlier registration would have the messages of this one go to another topic.
                let asked = asked_name(self.transmit.command());
                let own = |name| !whole || asked == Some(name);
                let topic_id = found.topic_id.filter(|_| found.name.is_none_or(own));
                if let Some(connection) = self.connections.get_mut(id) {
                    connection.registered = topic_id;
                }
                self.on_result(Operation::Register, id.get(), true);
            }
            SnRegistrationKind::Assigned => {}
            // In front of OK it belongs to the answer.
            SnRegistrationKind::Listed if whole => drop(self.on_information()),
            SnRegistrationKind::Listed => {}
        }
    }

    /// A topic has this id from now on.
    pub(crate) fn note_topic(&mut self, id: AnyConnectionId, topic: TopicId, name: &[u8]) {
        if let Some(names) = &mut self.names {
            note(*names, &mut self.store, (id, topic), Some(name));
        }
    }

    /// What is known of the topic ids of a connection no longer holds.
    pub(crate) fn forget_topics(&mut self, id: AnyConnectionId) {
        if let Some(names) = &mut self.names {
            names.forget(id);
            self.store.unname(id, None);
        }
    }

    /// The name of a topic, if it is known.
    pub(crate) fn topic_name(&self, id: AnyConnectionId, topic: TopicId) -> Option<&[u8]> {
        self.names.as_ref()?.name(id, topic)
    }

    /// The topics whose names are known, in order.
    pub(crate) fn nth_topic(&self, id: AnyConnectionId, n: usize) -> Option<(TopicId, &[u8])> {
        self.names.as_ref()?.nth(id, n)
    }

    /// All topic ids are gone, with the connections.
    pub(super) fn forget_all_topics(&mut self) {
        for id in AnyConnectionId::ALL.into_iter().filter(|id| id.is_sn()) {
            self.forget_topics(id);
        }
    }
}

/// A topic id stands for this name from now on, or for one that did not come whole.
fn note(names: &mut dyn Names, store: &mut Store<'_>, (id, topic): (AnyConnectionId, TopicId), name: Option<&[u8]>) {
    if names.name(id, topic).is_some_and(|former| Some(former) != name) {
        store.unname(id, Some(topic));
    }
    match name {
        Some(name) => names.note(id, topic, name),
        None => names.forget_topic(id, topic),
    }
}

/// The name in `AT+MQTTSNREG=id,"name"`.
fn asked_name(command: &[u8]) -> Option<&[u8]> {
    let quote = command.iter().position(|byte| *byte == b'"')?;
    let name = command.get(quote..)?.trim_ascii_end();
    name.strip_prefix(b"\"")?.strip_suffix(b"\"")
}
