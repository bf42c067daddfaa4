//! The message buffer: what the module has handed out, until its caller takes it.

use heapless::Deque;

use crate::types::{Announcement, ConnectionId, QoS};

/// A message in the buffer, its topic in front of its payload.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Stored {
    pub(crate) id: ConnectionId,
    pub(crate) qos: QoS,
    pub(crate) size: Announcement,
    at: usize,
}

/// Messages one behind the other, oldest first. Each connection reads its next message only once its last one was taken, so
/// there is one of each at most; one of another connection merely takes some of the room.
#[derive(Debug)]
pub(super) struct Store<'b> {
    bytes: &'b mut [u8],
    messages: Deque<Stored, { ConnectionId::COUNT }>,
}

impl<'b> Store<'b> {
    pub(super) fn new(bytes: &'b mut [u8]) -> Self {
        Self {
            bytes,
            messages: Deque::new(),
        }
    }

    /// Where the next message goes: behind all that are there.
    pub(super) fn free(&mut self) -> &mut [u8] {
        let end = self.end();
        self.bytes.get_mut(end..).unwrap_or_default()
    }

    /// Keeps the message at the front of what is free. False if nobody can be told of it any more.
    pub(super) fn keep(&mut self, id: ConnectionId, qos: QoS, size: Announcement) -> bool {
        let at = self.end();
        self.messages.push_back(Stored { id, qos, size, at }).is_ok()
    }

    /// The oldest message of a connection.
    pub(super) fn of(&self, id: ConnectionId) -> Option<Stored> {
        self.messages.iter().find(|stored| stored.id == id).copied()
    }

    /// The oldest message of any connection.
    pub(super) fn first(&self) -> Option<Stored> {
        self.messages.front().copied()
    }

    /// Topic and payload.
    pub(super) fn bytes(&self, stored: Stored) -> (&[u8], &[u8]) {
        let bytes = self.bytes.get(stored.at..).unwrap_or_default();
        let bytes = bytes.get(..stored.size.size()).unwrap_or_default();
        bytes.split_at_checked(stored.size.topic_len).unwrap_or_default()
    }

    pub(super) fn forget(&mut self, taken: Stored) {
        for _ in 0..self.messages.len() {
            let Some(stored) = self.messages.pop_front() else {
                return;
            };
            if stored != taken {
                // There is room: it was just taken from there.
                let _ = self.messages.push_back(stored);
            }
        }
    }

    pub(super) fn size(&self) -> usize {
        self.bytes.len()
    }

    pub(super) fn room(&self) -> usize {
        self.bytes.len().saturating_sub(self.end())
    }

    fn end(&self) -> usize {
        let ends = self
            .messages
            .iter()
            .map(|stored| stored.at.saturating_add(stored.size.size()));
        ends.max().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_connection_gets_its_own_message_back() {
        let mut bytes = [0; 8];
        let mut store = Store::new(&mut bytes);
        let size = |topic_len, payload_len| Announcement { topic_len, payload_len };
        store.free()[..3].copy_from_slice(b"abc");
        assert!(store.keep(ConnectionId::FIRST, QoS::AtMostOnce, size(1, 2)));
        store.free()[..4].copy_from_slice(b"defg");
        assert!(store.keep(ConnectionId::SECOND, QoS::AtMostOnce, size(2, 2)));
        assert_eq!((store.room(), store.size()), (1, 8));
        let first = store.of(ConnectionId::FIRST).unwrap();
        assert_eq!(store.bytes(first), (&b"a"[..], &b"bc"[..]));
        store.forget(first);
        // The other one stays where it is.
        let second = store.first().unwrap();
        assert_eq!(store.bytes(second), (&b"de"[..], &b"fg"[..]));
        assert_eq!((store.room(), store.of(ConnectionId::FIRST)), (1, None));
        store.forget(second);
        assert_eq!(store.room(), 8);
    }
}
