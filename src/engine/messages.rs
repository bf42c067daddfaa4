//! What is known and kept, for the layers above: connections, their messages, what was counted.

use super::{Connection, Engine, Stored};
use crate::Instant;
use crate::command::PdpState;
use crate::types::{Announcement, AnyConnectionId, Counters, TopicId};

impl Engine<'_> {
    /// The module has forgotten every connection, or is another one.
    pub(crate) fn forget_connections(&mut self) {
        self.connections.forget();
        self.forget_all_topics();
    }

    pub(crate) fn connection(&self, id: AnyConnectionId) -> Option<&Connection> {
        self.connections.get(id)
    }

    pub(crate) fn connection_mut(&mut self, id: AnyConnectionId) -> Option<&mut Connection> {
        self.connections.get_mut(id)
    }

    /// Whether a message of this connection is in the message buffer, or is known to be lost.
    pub(crate) fn holds(&self, id: AnyConnectionId) -> bool {
        self.store.holds(id)
    }

    /// The message of this connection that comes next, if it is in the message buffer. One with a topic id has the length of the
    /// name behind it, if that is known.
    pub(crate) fn stored(&self, id: AnyConnectionId) -> Option<Stored> {
        let mut stored = self.store.stored(id)?;
        if stored.topic_id {
            stored.size.topic_len = self.stored_bytes(id).0.len();
        }
        Some(stored)
    }

    /// The topic id of that message, if it has one.
    pub(crate) fn stored_topic_id(&self, id: AnyConnectionId) -> Option<TopicId> {
        self.store.topic_id(id).map(|(topic_id, _)| topic_id)
    }

    /// The size of the message of this connection that comes next, if it is known to be lost.
    pub(crate) fn lost(&self, id: AnyConnectionId) -> Option<Announcement> {
        self.store.lost(id)
    }

    /// A connection whose messages occupy some of the message buffer.
    pub(crate) fn store_holder(&self) -> Option<AnyConnectionId> {
        self.store.holder()
    }

    /// Topic and payload of the stored message that comes next on this connection. With a topic id the topic is the name behind it,
    /// empty if that is not known.
    pub(crate) fn stored_bytes(&self, id: AnyConnectionId) -> (&[u8], &[u8]) {
        let (topic, payload) = self.store.bytes(id);
        match self.store.topic_id(id) {
            Some((topic_id, true)) => (self.topic_name(id, topic_id).unwrap_or_default(), payload),
            Some((_, false)) => (&[], payload),
            None => (topic, payload),
        }
    }

    /// The next message of this connection was handed out, or is not wanted, or its loss was told.
    pub(crate) fn forget_stored(&mut self, id: AnyConnectionId) {
        self.store.forget(id);
    }

    /// Whether the module quotes in READ, once it has shown it.
    pub(crate) fn read_quotes(&self) -> Option<bool> {
        self.decoder.quoted()
    }

    /// What the module said last about the data connection without being asked, once.
    pub(crate) fn take_call_news(&mut self) -> Option<PdpState> {
        self.call_news.take()
    }

    pub(crate) fn store_size(&self) -> usize {
        self.store.size()
    }

    /// What of the message buffer no message occupies.
    pub(crate) fn store_room(&self) -> usize {
        self.store.room()
    }

    pub(crate) fn line_size(&self) -> usize {
        self.decoder.capacity()
    }

    /// What was counted for one connection, or for all, and what for the module.
    pub(crate) fn counters(&self, id: Option<AnyConnectionId>) -> Counters {
        let counted = match id {
            Some(id) => self.connection(id).map(|connection| connection.counters),
            None => Some(self.connections.counters()),
        };
        Counters {
            resynchronised: self.fence.stood(),
            ..counted.unwrap_or_default()
        }
    }

    pub(crate) fn heard_at(&self) -> Instant {
        self.heard_at
    }
}
