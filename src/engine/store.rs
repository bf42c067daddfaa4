//! The message buffer: what the module has handed out, until its caller takes it. Messages that came in lines wait in a queue, and
//! behind them are those that were read by their lengths.

use heapless::Deque;

use crate::types::{Announcement, AnyConnectionId, QoS, TopicId};

/// What stands in front of an entry of the queue: connection, quality of service, and two bytes each for the lengths of topic
/// and payload.
const HEADER: usize = 6;

/// In the place of a quality of service: the message was lost, and only its size is kept.
const LOST: u8 = u8::MAX;

/// Beside a quality of service: in place of the topic are the digits of its id.
const TOPIC_ID: u8 = 0x80;

/// In the first of those digits: what the id stood for is not known any more, and what it stands for now is another topic.
const UNNAMED: u8 = 0x80;

/// A message in the store, not yet handed to the caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Stored {
    pub(crate) id: AnyConnectionId,
    pub(crate) qos: QoS,
    pub(crate) size: Announcement,
    /// In place of the topic are the digits of its id.
    pub(crate) topic_id: bool,
}

/// What comes next on a connection.
#[derive(Debug, Clone, Copy)]
enum Next {
    /// A message that was read by its lengths, and where its topic begins.
    Read(Stored, usize),
    /// A message of the queue, and where its topic begins.
    Queued(Stored, usize),
    /// A message that was lost, and where its entry begins if it has one.
    Lost(Announcement, Option<usize>),
}

/// An entry of the queue.
#[derive(Debug, Clone, Copy)]
struct Entry {
    id: AnyConnectionId,
    /// `None` if the message was lost.
    qos: Option<QoS>,
    topic_id: bool,
    size: Announcement,
    /// Where its topic begins.
    at: usize,
}

impl Entry {
    fn end(&self) -> usize {
        match self.qos {
            Some(_) => self.at.saturating_add(self.size.size()),
            None => self.at,
        }
    }
}

/// Messages of a connection that were lost while not even their sizes found room.
#[derive(Debug, Clone, Copy)]
struct Missed {
    count: u32,
    largest: Announcement,
}

/// The messages of all connections. Each connection has at most one that was read by its lengths, since the next one is read only
/// once nothing is there; one of another connection merely takes some of the room.
#[derive(Debug)]
pub(super) struct Store<'b> {
    buffer: &'b mut [u8],
    /// Bytes of the queue, at the front.
    queued: usize,
    /// The messages that were read by their lengths, one behind the other behind the queue.
    read: Deque<Stored, { AnyConnectionId::COUNT }>,
    missed: [Missed; AnyConnectionId::COUNT],
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
            read: Deque::new(),
            missed: [Missed { count: 0, largest }; AnyConnectionId::COUNT],
        }
    }

    /// Where a message that is read by its lengths goes: behind all that are there.
    pub(super) fn free(&mut self) -> &mut [u8] {
        let end = self.end();
        self.buffer.get_mut(end..).unwrap_or_default()
    }

    pub(super) fn size(&self) -> usize {
        self.buffer.len()
    }

    pub(super) fn room(&self) -> usize {
        self.buffer.len().saturating_sub(self.end())
    }

    /// A connection that has something in the buffer.
    pub(super) fn holder(&self) -> Option<AnyConnectionId> {
        match self.read.front() {
            Some(stored) => Some(stored.id),
            None => self.entry(0).map(|entry| entry.id),
        }
    }

    /// Keeps the message at the front of what is [`free`](Self::free). False if nobody could be told of it.
    pub(super) fn keep(&mut self, message: Stored) -> bool {
        self.read.push_back(message).is_ok()
    }

    /// A message came in a line. False if it found no room: then it is lost, and told in its turn.
    pub(super) fn push(&mut self, message: Stored, topic: &[u8], payload: &[u8]) -> bool {
        let Stored { id, size, .. } = message;
        let flag = if message.topic_id { TOPIC_ID } else { 0 };
        let pushed = self
            .append(id, u8::from(message.qos) | flag, size, topic, payload)
            .is_some();
        if !pushed {
            self.lose(id, size);
        }
        pushed
    }

    /// A message that came in a line was lost.
    pub(super) fn lose(&mut self, id: AnyConnectionId, size: Announcement) {
        if self.append(id, LOST, size, &[], &[]).is_none() {
            self.miss(id, size);
        }
    }

    /// A message was lost, and nothing is stored for it.
    pub(super) fn miss(&mut self, id: AnyConnectionId, size: Announcement) {
        if let Some(missed) = self.missed.get_mut(id.index()) {
            if missed.count == 0 || size.size() > missed.largest.size() {
                missed.largest = size;
            }
            missed.count = missed.count.saturating_add(1);
        }
    }

    /// Whether there is something to be told on a connection: a message, or that one was lost.
    pub(super) fn holds(&self, id: AnyConnectionId) -> bool {
        self.next(id).is_some()
    }

    /// The next message of a connection, unless it is to be told first that one was lost.
    pub(super) fn stored(&self, id: AnyConnectionId) -> Option<Stored> {
        match self.next(id)? {
            Next::Read(stored, _) | Next::Queued(stored, _) => Some(stored),
            Next::Lost(..) => None,
        }
    }

    /// The size of the message that comes next on a connection, if it was lost.
    pub(super) fn lost(&self, id: AnyConnectionId) -> Option<Announcement> {
        match self.next(id)? {
            Next::Lost(size, _) => Some(size),
            Next::Read(..) | Next::Queued(..) => None,
        }
    }

    /// Topic and payload of the next message of a connection.
    pub(super) fn bytes(&self, id: AnyConnectionId) -> (&[u8], &[u8]) {
        let Some(Next::Read(stored, at) | Next::Queued(stored, at)) = self.next(id) else {
            return (&[], &[]);
        };
        let bytes = self.buffer.get(at..).unwrap_or_default();
        let bytes = bytes.get(..stored.size.size()).unwrap_or_default();
        bytes.split_at_checked(stored.size.topic_len).unwrap_or_default()
    }

    /// The topic id of the next message of a connection, if it has one, and whether it still stands for what it stood for.
    pub(super) fn topic_id(&self, id: AnyConnectionId) -> Option<(TopicId, bool)> {
        self.stored(id).filter(|stored| stored.topic_id)?;
        topic_id(self.bytes(id).0)
    }

    /// From now on this topic id, or each, stands for another topic than in the messages that are there.
    pub(super) fn unname(&mut self, id: AnyConnectionId, topic: Option<TopicId>) {
        let mut begin = self.queued;
        for n in 0..self.read.len() {
            let Some(stored) = self.read.iter().nth(n).copied() else {
                break;
            };
            if stored.id == id && stored.topic_id {
                self.unname_at(begin, stored.size, topic);
            }
            begin = begin.saturating_add(stored.size.size());
        }
        let mut begin = 0;
        while let Some(entry) = self.entry(begin) {
            if entry.id == id && entry.topic_id {
                self.unname_at(entry.at, entry.size, topic);
            }
            begin = entry.end();
        }
    }

    fn unname_at(&mut self, at: usize, size: Announcement, topic: Option<TopicId>) {
        let digits = self.buffer.get_mut(at..).unwrap_or_default();
        let digits = digits.get_mut(..size.topic_len).unwrap_or_default();
        let own = topic.is_none_or(|topic| topic_id(digits).is_some_and(|(own, _)| own == topic));
        if let Some(first) = digits.first_mut().filter(|_| own) {
            *first |= UNNAMED;
        }
    }

    /// The next message of a connection was handed out, or is not wanted, or its loss was told.
    pub(super) fn forget(&mut self, id: AnyConnectionId) {
        match self.next(id) {
            Some(Next::Read(stored, at)) => {
                self.close(at, stored.size.size());
                let mut taken = false;
                for _ in 0..self.read.len() {
                    let Some(kept) = self.read.pop_front() else { return };
                    if kept.id == id && !taken {
                        taken = true;
                    } else {
                        // There is room: it was just taken from there.
                        let _ = self.read.push_back(kept);
                    }
                }
            }
            Some(Next::Queued(stored, at)) => {
                self.unqueue(at.saturating_sub(HEADER), HEADER.saturating_add(stored.size.size()));
            }
            Some(Next::Lost(_, Some(at))) => self.unqueue(at, HEADER),
            Some(Next::Lost(_, None)) => {
                let missed = self.missed.get_mut(id.index());
                missed
                    .into_iter()
                    .for_each(|missed| missed.count = missed.count.saturating_sub(1));
            }
            None => {}
        }
    }

    /// First what was read, since the module had it before it sent any in lines; then what is queued, then what found no room in
    /// the queue.
    fn next(&self, id: AnyConnectionId) -> Option<Next> {
        let mut at = self.queued;
        for &stored in &self.read {
            if stored.id == id {
                return Some(Next::Read(stored, at));
            }
            at = at.saturating_add(stored.size.size());
        }
        let mut at = 0;
        while let Some(entry) = self.entry(at) {
            if entry.id == id {
                let Entry {
                    qos, topic_id, size, ..
                } = entry;
                return Some(match qos {
                    Some(qos) => Next::Queued(
                        Stored {
                            id,
                            qos,
                            size,
                            topic_id,
                        },
                        entry.at,
                    ),
                    None => Next::Lost(size, Some(at)),
                });
            }
            at = entry.end();
        }
        let missed = self.missed.get(id.index()).filter(|missed| missed.count > 0)?;
        Some(Next::Lost(missed.largest, None))
    }

    /// The entry of the queue that begins at `at`.
    fn entry(&self, at: usize) -> Option<Entry> {
        let header = self.buffer.get(at..self.queued)?.first_chunk::<HEADER>()?;
        let &[id, qos, topic_low, topic_high, payload_low, payload_high] = header;
        Some(Entry {
            id: AnyConnectionId::new(id)?,
            qos: QoS::try_from(qos & !TOPIC_ID).ok(),
            topic_id: qos & TOPIC_ID != 0,
            size: Announcement {
                topic_len: usize::from(u16::from_le_bytes([topic_low, topic_high])),
                payload_len: usize::from(u16::from_le_bytes([payload_low, payload_high])),
            },
            at: at.saturating_add(HEADER),
        })
    }

    /// Adds an entry to the queue, if there is room and nothing of its connection comes in between.
    fn append(&mut self, id: AnyConnectionId, qos: u8, size: Announcement, topic: &[u8], payload: &[u8]) -> Option<()> {
        if self.missed.get(id.index()).is_some_and(|missed| missed.count > 0) {
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
        let parts = [&header[..], topic, payload];
        let len = parts
            .iter()
            .try_fold(0, |len: usize, part| len.checked_add(part.len()))?;
        if len > self.room() {
            return None;
        }
        let (begin, end) = (self.queued, self.queued.saturating_add(len));
        // What was read moves out of the way.
        self.buffer.copy_within(begin..self.end(), end);
        let mut place = self.buffer.get_mut(begin..end)?;
        for part in parts {
            let (here, behind) = place.split_at_mut_checked(part.len())?;
            here.copy_from_slice(part);
            place = behind;
        }
        self.queued = end;
        Some(())
    }

    /// Takes an entry out of the queue.
    fn unqueue(&mut self, at: usize, len: usize) {
        self.close(at, len);
        self.queued = self.queued.saturating_sub(len);
    }

    /// Closes a gap. Everything behind it moves along, also a message that is just being read.
    fn close(&mut self, at: usize, len: usize) {
        let end = at.saturating_add(len).min(self.buffer.len());
        self.buffer.copy_within(end.., at.min(end));
    }

    /// Where what is free begins.
    fn end(&self) -> usize {
        let sizes = self.read.iter().map(|stored| stored.size.size());
        sizes.fold(self.queued, usize::saturating_add).min(self.buffer.len())
    }
}

/// The topic id in digits, and whether it still stands for what it stood for.
fn topic_id(digits: &[u8]) -> Option<(TopicId, bool)> {
    let mut plain = heapless::Vec::<u8, 5>::from_slice(digits).ok()?;
    let first = plain.first_mut()?;
    let named = *first & UNNAMED == 0;
    *first &= !UNNAMED;
    Some((TopicId::from_digits(&plain)?, named))
}
