//! The message buffer: messages that came in lines wait in a queue, and behind them is the place for one that is read by its
//! lengths.

use crate::types::{Announcement, ConnectionId, QoS};

/// What stands in front of an entry: connection, quality of service, and two bytes each for the lengths of topic and payload.
const HEADER: usize = 6;

/// In the place of a quality of service: the message was lost, and only its size is kept.
const LOST: u8 = u8::MAX;

/// A message in the store, not yet handed to the caller.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Stored {
    pub(crate) id: ConnectionId,
    pub(crate) qos: QoS,
    pub(crate) topic_len: usize,
    pub(crate) payload_len: usize,
}

/// What comes next on a connection.
#[derive(Debug, Clone, Copy)]
enum Next {
    /// A message of the queue, and where its topic begins.
    Queued(Stored, usize),
    /// The message behind the queue.
    Body(Stored),
    /// A message that was lost, and where its entry begins if it has one.
    Lost(Announcement, Option<usize>),
}

/// Messages of a connection that were lost while not even their sizes found room.
#[derive(Debug, Clone, Copy)]
struct Missed {
    count: u32,
    largest: Announcement,
}

#[derive(Debug)]
pub(super) struct Store<'b> {
    buffer: &'b mut [u8],
    /// Bytes of the queue, at the front.
    queued: usize,
    /// The message that was read by its lengths, right behind the queue.
    body: Option<Stored>,
    missed: [Missed; ConnectionId::COUNT],
}

impl<'b> Store<'b> {
    pub(super) fn new(buffer: &'b mut [u8]) -> Self {
        let largest = Announcement {
            topic_len: 0,
            payload_len: 0,
        };
        Self {
            buffer,
            queued: 0,
            body: None,
            missed: [Missed { count: 0, largest }; ConnectionId::COUNT],
        }
    }

    /// Where a message that is read by its lengths goes. There is no room while one waits there.
    pub(super) fn room(&mut self) -> &mut [u8] {
        match self.body {
            Some(_) => &mut [],
            None => self.buffer.get_mut(self.queued..).unwrap_or_default(),
        }
    }

    /// How large a message that is read by its lengths may be.
    pub(super) fn room_size(&self) -> usize {
        self.buffer.len().saturating_sub(self.queued)
    }

    /// A message was put into the [`room`](Self::room).
    pub(super) fn put(&mut self, stored: Stored) {
        self.body = Some(stored);
    }

    /// The connection whose message occupies the room.
    pub(super) fn occupant(&self) -> Option<ConnectionId> {
        self.body.map(|stored| stored.id)
    }

    /// A message came in a line. What finds no room is lost, and told in its turn.
    pub(super) fn push(&mut self, id: ConnectionId, qos: QoS, topic: &[u8], payload: &[u8]) {
        let size = Announcement {
            topic_len: topic.len(),
            payload_len: payload.len(),
        };
        if self.append(id, u8::from(qos), size, topic, payload).is_none() {
            self.lose(id, size);
        }
    }

    /// A message that came in a line was lost.
    pub(super) fn lose(&mut self, id: ConnectionId, size: Announcement) {
        if self.append(id, LOST, size, &[], &[]).is_none() {
            self.miss(id, size);
        }
    }

    /// A message was lost, and nothing is stored for it.
    pub(super) fn miss(&mut self, id: ConnectionId, size: Announcement) {
        if let Some(missed) = self.missed.get_mut(id.index()) {
            if missed.count == 0 || size.size() > missed.largest.size() {
                missed.largest = size;
            }
            missed.count = missed.count.saturating_add(1);
        }
    }

    /// Whether there is something to be told on a connection: a message, or that one was lost.
    pub(super) fn holds(&self, id: ConnectionId) -> bool {
        self.next(id).is_some()
    }

    /// The next message of a connection, unless it is to be told first that one was lost.
    pub(super) fn stored(&self, id: ConnectionId) -> Option<Stored> {
        match self.next(id)? {
            Next::Queued(stored, _) | Next::Body(stored) => Some(stored),
            Next::Lost(..) => None,
        }
    }

    /// The size of the message that comes next on a connection, if it was lost: once.
    pub(super) fn take_lost(&mut self, id: ConnectionId) -> Option<Announcement> {
        let Next::Lost(size, at) = self.next(id)? else {
            return None;
        };
        match at {
            Some(at) => self.remove(at, HEADER),
            None => {
                let missed = self.missed.get_mut(id.index())?;
                missed.count = missed.count.saturating_sub(1);
            }
        }
        Some(size)
    }

    /// Topic and payload of the next message of a connection.
    pub(super) fn bytes(&self, id: ConnectionId) -> (&[u8], &[u8]) {
        let (stored, at) = match self.next(id) {
            Some(Next::Queued(stored, at)) => (stored, at),
            Some(Next::Body(stored)) => (stored, self.queued),
            _ => return (&[], &[]),
        };
        let (topic_len, payload_len) = (stored.topic_len, stored.payload_len);
        let end = at.saturating_add(topic_len).saturating_add(payload_len);
        let all = self.buffer.get(at..end).unwrap_or_default();
        all.split_at_checked(topic_len).unwrap_or_default()
    }

    /// The next message of a connection was handed out, or is not wanted.
    pub(super) fn forget(&mut self, id: ConnectionId) {
        match self.next(id) {
            Some(Next::Body(_)) => self.body = None,
            Some(Next::Queued(stored, at)) => {
                let size = stored.topic_len.saturating_add(stored.payload_len);
                self.remove(at.saturating_sub(HEADER), HEADER.saturating_add(size));
            }
            _ => {}
        }
    }

    /// First what is queued, then what found no room in the queue, then what was read.
    fn next(&self, id: ConnectionId) -> Option<Next> {
        let mut at = 0usize;
        while let Some((found, next)) = self.entry(at) {
            let own = match found {
                Next::Queued(stored, _) | Next::Body(stored) => stored.id == id,
                Next::Lost(..) => self.buffer.get(at) == Some(&id.get()),
            };
            if own {
                return Some(found);
            }
            at = next;
        }
        let missed = self.missed.get(id.index()).filter(|missed| missed.count > 0);
        if let Some(missed) = missed {
            return Some(Next::Lost(missed.largest, None));
        }
        let own = self.body.filter(|stored| stored.id == id);
        own.map(Next::Body)
    }

    /// The entry that begins at `at`, and where the next one does.
    fn entry(&self, at: usize) -> Option<(Next, usize)> {
        let header = self.buffer.get(at..self.queued)?.first_chunk::<HEADER>()?;
        let &[id, qos, topic_low, topic_high, payload_low, payload_high] = header;
        let topic_len = usize::from(u16::from_le_bytes([topic_low, topic_high]));
        let payload_len = usize::from(u16::from_le_bytes([payload_low, payload_high]));
        let begin = at.checked_add(HEADER)?;
        let Ok(qos) = QoS::try_from(qos) else {
            let size = Announcement { topic_len, payload_len };
            return Some((Next::Lost(size, Some(at)), begin));
        };
        let id = ConnectionId::new(id)?;
        let stored = Stored {
            id,
            qos,
            topic_len,
            payload_len,
        };
        let end = begin.checked_add(topic_len)?.checked_add(payload_len)?;
        Some((Next::Queued(stored, begin), end))
    }

    /// Adds an entry, if there is room and nothing of its connection comes in between.
    fn append(&mut self, id: ConnectionId, qos: u8, size: Announcement, topic: &[u8], payload: &[u8]) -> Option<()> {
        let missed = self.missed.get(id.index()).is_some_and(|missed| missed.count > 0);
        if missed || self.body.is_some() {
            return None;
        }
        let length = |len: usize| u16::try_from(len).ok();
        let (topic_len, payload_len) = if qos == LOST {
            let saturated = |len| length(len).unwrap_or(u16::MAX);
            (saturated(size.topic_len), saturated(size.payload_len))
        } else {
            (length(size.topic_len)?, length(size.payload_len)?)
        };
        let ([topic_low, topic_high], [payload_low, payload_high]) =
            (topic_len.to_le_bytes(), payload_len.to_le_bytes());
        let header = [id.get(), qos, topic_low, topic_high, payload_low, payload_high];
        let mut end = self.queued;
        let parts = [&header[..], topic, payload];
        for part in parts {
            end = end.checked_add(part.len())?;
        }
        let mut place = self.buffer.get_mut(self.queued..end)?;
        for part in parts {
            let (here, behind) = place.split_at_mut_checked(part.len())?;
            here.copy_from_slice(part);
            place = behind;
        }
        self.queued = end;
        Some(())
    }

    /// Closes a gap in the queue. What is behind the queue moves along, also a message that is just being read.
    fn remove(&mut self, at: usize, len: usize) {
        let end = at.saturating_add(len).min(self.buffer.len());
        self.buffer.copy_within(end.., at.min(end));
        self.queued = self.queued.saturating_sub(len);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: ConnectionId = ConnectionId::FIRST;
    const TWO: ConnectionId = ConnectionId::SECOND;

    fn size(topic_len: usize, payload_len: usize) -> Announcement {
        Announcement { topic_len, payload_len }
    }

    fn take(store: &mut Store<'_>, id: ConnectionId) -> Option<Vec<u8>> {
        store.stored(id)?;
        let (topic, payload) = store.bytes(id);
        let taken = [topic, b"=", payload].concat();
        store.forget(id);
        Some(taken)
    }

    #[test]
    fn each_connection_gets_its_own_in_order_and_what_was_lost_in_its_place() {
        let mut buffer = [0; 32];
        let mut store = Store::new(&mut buffer);
        store.push(ONE, QoS::AtMostOnce, b"a", b"1");
        store.push(TWO, QoS::AtMostOnce, b"b", b"2");
        // Sixteen bytes are left: too few for the first, whose size is kept, and after the second for no size any more.
        store.push(ONE, QoS::AtMostOnce, b"c", &[b'x'; 10]);
        store.push(ONE, QoS::AtLeastOnce, b"d", b"3");
        store.push(ONE, QoS::AtLeastOnce, b"e", b"44");
        store.push(ONE, QoS::AtLeastOnce, b"f", b"");
        assert_eq!(take(&mut store, TWO), Some(b"b=2".to_vec()));
        assert!(!store.holds(TWO));
        // Also in room that was made meanwhile nothing overtakes.
        store.push(ONE, QoS::AtLeastOnce, b"g", b"");
        assert_eq!(take(&mut store, ONE), Some(b"a=1".to_vec()));
        assert_eq!(take(&mut store, ONE), None);
        assert_eq!(store.take_lost(ONE), Some(size(1, 10)));
        assert_eq!(store.take_lost(ONE), None);
        assert_eq!(store.stored(ONE).unwrap().qos, QoS::AtLeastOnce);
        assert_eq!(take(&mut store, ONE), Some(b"d=3".to_vec()));
        for _ in 0..3 {
            assert_eq!(store.take_lost(ONE), Some(size(1, 2)));
        }
        assert!(!store.holds(ONE));
        store.push(ONE, QoS::AtMostOnce, b"h", &[b'x'; 25]);
        assert_eq!(take(&mut store, ONE).unwrap().len(), 27);
        assert_eq!(store.room_size(), 32);
    }

    #[test]
    fn a_message_that_is_being_read_moves_with_the_queue() {
        let mut buffer = [0; 32];
        let mut store = Store::new(&mut buffer);
        store.push(TWO, QoS::AtMostOnce, b"b", b"2");
        store.room()[..2].copy_from_slice(b"t1");
        assert_eq!(take(&mut store, TWO), Some(b"b=2".to_vec()));
        store.put(Stored {
            id: ONE,
            qos: QoS::AtMostOnce,
            topic_len: 1,
            payload_len: 1,
        });
        // Nothing disturbs it.
        assert!(store.room().is_empty());
        store.push(TWO, QoS::AtMostOnce, b"c", b"");
        assert_eq!(store.take_lost(TWO), Some(size(1, 0)));
        assert_eq!(store.occupant(), Some(ONE));
        assert_eq!(take(&mut store, ONE), Some(b"t=1".to_vec()));
        assert_eq!(store.occupant(), None);
    }

    #[test]
    fn any_buffer_counts_what_was_lost() {
        for len in 0..12 {
            let mut buffer = vec![0; len];
            let mut store = Store::new(&mut buffer);
            store.push(ONE, QoS::AtMostOnce, b"topic", b"payload");
            store.lose(ONE, size(usize::MAX, 70_000));
            assert!(store.take_lost(ONE).unwrap().size() > 0, "{len}");
            assert!(store.take_lost(ONE).is_some(), "{len}");
            assert!(!store.holds(ONE));
        }
    }
}
