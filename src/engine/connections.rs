//! What is known of each connection: open or not, what waits to be read, what result is still owed.

use heapless::Deque;

use super::Outcome;
use super::asked::Told;
use crate::Instant;
use crate::codec::Operation;
use crate::types::{Announcement, AnyConnectionId, BreakCause, Counters, TopicId, count};

/// Announcements that are remembered per connection: as many messages as a module is known to store.
const ANNOUNCED: usize = 16;

/// Whether a connection is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Link {
    /// Not known: nobody has asked since the driver started, or a close went unanswered.
    Unknown,
    Closed,
    Open,
    /// Ended by itself.
    Broken(BreakCause),
    /// Ended by a restart of the module.
    Restarted,
}

/// The state of one connection.
#[derive(Debug)]
pub(crate) struct Connection {
    pub(crate) link: Link,
    /// An operation whose result never came. Its line may still come, and says nothing about whose it is.
    pub(crate) owed: Option<Operation>,
    /// READ may have something: set by an announcement, cleared when READ found nothing.
    pub(crate) unread: bool,
    /// When READ last found nothing.
    pub(crate) checked_at: Instant,
    /// The module has listed this connection among those that can be closed, since it was opened.
    pub(crate) listed: bool,
    /// What it answered where nobody waited for it any more, and where nothing has changed since.
    pub(crate) told: Told,
    /// The caller has not been told how it ended: a break by `poll`, a restart by any call.
    pub(crate) break_unreported: bool,
    /// An announcement has not been reported by `poll`.
    pub(crate) message_unreported: bool,
    pub(crate) counters: Counters,
    announced: Deque<Announcement, ANNOUNCED>,
    /// The topic id that the module gave for our last registration.
    pub(crate) registered: Option<TopicId>,
}

impl Connection {
    pub(super) const fn new() -> Self {
        Self {
            link: Link::Unknown,
            owed: None,
            unread: false,
            checked_at: Instant::from_millis(0),
            listed: false,
            told: Told::nothing(),
            break_unreported: false,
            message_unreported: false,
            counters: Counters::new(),
            announced: Deque::new(),
            registered: None,
        }
    }

    /// Whether a message was announced and not read.
    pub(crate) fn is_announced(&self) -> bool {
        !self.announced.is_empty()
    }

    /// The size of the oldest message, if it was announced.
    pub(crate) fn next_size(&self) -> Option<Announcement> {
        self.announced.front().copied()
    }

    pub(crate) fn announce(&mut self, size: Announcement) {
        self.unread = true;
        self.message_unreported = true;
        // More than fit are found by reading until nothing is left.
        let _ = self.announced.push_back(size);
    }

    /// READ handed out a message of this size. Announcements get lost, so one that matches is taken with those before it,
    /// and if none matches the message was never announced.
    pub(crate) fn was_read(&mut self, size: Announcement) {
        self.unread = true;
        if let Some(at) = self.announced.iter().position(|announced| *announced == size) {
            for _ in 0..=at {
                self.announced.pop_front();
            }
        }
        self.message_unreported = self.is_announced();
    }

    /// READ found nothing.
    pub(crate) fn was_empty(&mut self, now: Instant) {
        self.unread = false;
        self.checked_at = now;
        self.message_unreported = false;
        self.announced.clear();
        self.told = Told::nothing();
    }

    /// A result line of this operation says where the connection stands.
    pub(crate) fn apply(&mut self, operation: Operation, success: bool) {
        if matches!(operation, Operation::Open | Operation::Close) {
            self.told = Told::nothing();
        }
        match (operation, success) {
            (Operation::Open, true) => {
                self.link = Link::Open;
                self.listed = false;
                self.break_unreported = false;
                // A kept session delivers at once, and its announcement may have gone unseen.
                self.unread = true;
            }
            (Operation::Open, false) | (Operation::Close, true) => self.link = Link::Closed,
            _ => {}
        }
    }

    /// The module lists it among those that can be closed, so it is open, whoever opened it.
    pub(crate) fn adopt(&mut self) {
        if self.link != Link::Open {
            self.apply(Operation::Open, true);
        }
        self.unread = true;
        self.listed = true;
    }

    /// The module does not list it among those that can be closed. If it was open, nobody has heard how it ended.
    pub(crate) fn disown(&mut self) {
        if self.link == Link::Open {
            self.link = Link::Closed;
            self.break_unreported = true;
        }
    }

    /// Gone with everything that the module held. True if it was in use.
    fn restarted(&mut self) -> bool {
        let in_use = self.link == Link::Open;
        self.link = match self.link {
            Link::Open => Link::Restarted,
            Link::Unknown => Link::Closed,
            ended => ended,
        };
        self.break_unreported |= in_use;
        self.owed = None;
        self.unread = false;
        self.message_unreported = false;
        self.announced.clear();
        self.told = Told::nothing();
        in_use
    }

    /// Counts how a publication ended.
    pub(crate) fn count_end(&mut self, outcome: Outcome) {
        let counters = &mut self.counters;
        count(match outcome {
            Outcome::Result(true) => &mut counters.confirmed,
            Outcome::Accepted => &mut counters.accepted,
            Outcome::Result(false) | Outcome::Final(Err(_)) => &mut counters.refused,
            Outcome::Cut { .. } => &mut counters.cut,
            _ => &mut counters.unknown,
        });
    }

    pub(crate) fn broke(&mut self, cause: BreakCause) {
        self.link = Link::Broken(cause);
        self.break_unreported = true;
    }
}

/// The state of every connection.
#[derive(Debug)]
pub(crate) struct Connections([Connection; AnyConnectionId::COUNT]);

impl Connections {
    pub(crate) const fn new() -> Self {
        Self([const { Connection::new() }; AnyConnectionId::COUNT])
    }

    /// The state of one of them. `None` cannot happen, since the id is checked when it is made.
    pub(crate) fn get(&self, id: AnyConnectionId) -> Option<&Connection> {
        self.0.get(id.index())
    }

    pub(crate) fn get_mut(&mut self, id: AnyConnectionId) -> Option<&mut Connection> {
        self.0.get_mut(id.index())
    }

    /// Begins anew, but for what was counted.
    pub(super) fn forget(&mut self) {
        for connection in &mut self.0 {
            let counters = connection.counters;
            *connection = Connection {
                counters,
                ..Connection::new()
            };
        }
    }

    /// The module has restarted. True if any was in use.
    pub(super) fn restarted(&mut self) -> bool {
        let mut in_use = false;
        for connection in &mut self.0 {
            in_use |= connection.restarted();
        }
        in_use
    }

    /// What was counted on all of them.
    pub(crate) fn counters(&self) -> Counters {
        let counted = self.0.iter().map(|connection| connection.counters);
        counted.fold(Counters::new(), Counters::plus)
    }

    /// The state of a connection by the number in a line.
    pub(crate) fn by_number(&mut self, id: u8) -> Option<&mut Connection> {
        self.get_mut(AnyConnectionId::new(id)?)
    }
}
