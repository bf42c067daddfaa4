//! What tasks and the runner know of each other, without the bytes: requests on their way, messages that wait, connections.

use core::task::{Context, Poll};

use embassy_sync::waitqueue::{MultiWakerRegistration, WakerRegistration};
use heapless::Deque;

use super::request::Request;
use super::{Failure, Reply};
use crate::error::Error;
use crate::types::{Announcement, ConnectionId, Counters, QoS};

/// Tasks that may wait for the same thing at little cost. More than that wake each other until they got it.
const WAITERS: usize = 8;

/// `CONNECTIONS` inboxes and `SLOTS` requests.
pub(super) struct State<const CONNECTIONS: usize, const SLOTS: usize> {
    slots: [Slot; SLOTS],
    /// The slots that wait for the runner, oldest first.
    queue: Deque<usize, SLOTS>,
    waiting: MultiWakerRegistration<WAITERS>,
    inboxes: [Inbox; CONNECTIONS],
    /// Why the runner runs no more.
    stopped: Option<Failure>,
    counters: [Counters; ConnectionId::COUNT],
    total: Counters,
}

struct Slot {
    phase: Phase,
    /// Nobody waits for the reply any more.
    abandoned: bool,
    waker: WakerRegistration,
}

#[derive(Clone, Copy)]
enum Phase {
    Free,
    /// Its task is filling it.
    Claimed,
    Queued(Request),
    Running,
    Ended(Reply),
}

struct Inbox {
    content: Content,
    /// Why no more messages come; none while the connection is open.
    ended: Option<Failure>,
    waiting: MultiWakerRegistration<WAITERS>,
}

#[derive(Clone, Copy)]
enum Content {
    Empty,
    Message(QoS, Announcement),
    /// A task is copying it.
    Taken,
    Failed(Failure),
}

impl<const CONNECTIONS: usize, const SLOTS: usize> State<CONNECTIONS, SLOTS> {
    pub(super) const fn new() -> Self {
        Self {
            slots: [const {
                Slot {
                    phase: Phase::Free,
                    abandoned: false,
                    waker: WakerRegistration::new(),
                }
            }; SLOTS],
            queue: Deque::new(),
            waiting: MultiWakerRegistration::new(),
            inboxes: [const {
                Inbox {
                    content: Content::Empty,
                    ended: Some(Error::NotConnected),
                    waiting: MultiWakerRegistration::new(),
                }
            }; CONNECTIONS],
            stopped: None,
            counters: [Counters::new(); ConnectionId::COUNT],
            total: Counters::new(),
        }
    }

    // Requests, as their tasks see them.

    /// A slot of one's own.
    pub(super) fn poll_claim(&mut self, context: &Context<'_>) -> Poll<Result<usize, Failure>> {
        if let Some(failure) = self.stopped {
            return Poll::Ready(Err(failure));
        }
        let free = |slot: &(usize, &mut Slot)| matches!(slot.1.phase, Phase::Free);
        if let Some((index, slot)) = self.slots.iter_mut().enumerate().find(free) {
            slot.phase = Phase::Claimed;
            slot.abandoned = false;
            return Poll::Ready(Ok(index));
        }
        self.waiting.register(context.waker());
        Poll::Pending
    }

    /// Lines a request up whose bytes are in its slot.
    pub(super) fn submit(&mut self, index: usize, request: Request) {
        let stopped = self.stopped;
        let Some(slot) = self.slots.get_mut(index) else { return };
        if let Some(failure) = stopped {
            slot.phase = Phase::Ended(Err(failure));
            return;
        }
        slot.phase = Phase::Queued(request);
        // There is room for every slot.
        let _ = self.queue.push_back(index);
    }

    /// The reply, after which the slot is free again.
    pub(super) fn poll_reply(&mut self, index: usize, context: &Context<'_>) -> Poll<Reply> {
        let Some(slot) = self.slots.get_mut(index) else {
            return Poll::Pending;
        };
        if let Phase::Ended(reply) = slot.phase {
            self.free(index);
            return Poll::Ready(reply);
        }
        slot.waker.register(context.waker());
        Poll::Pending
    }

    /// Its task is gone. What was lined up is carried out all the same.
    pub(super) fn abandon(&mut self, index: usize) {
        let Some(slot) = self.slots.get_mut(index) else { return };
        match slot.phase {
            Phase::Claimed | Phase::Ended(_) => self.free(index),
            Phase::Queued(_) | Phase::Running => slot.abandoned = true,
            Phase::Free => {}
        }
    }

    fn free(&mut self, index: usize) {
        if let Some(slot) = self.slots.get_mut(index) {
            slot.phase = Phase::Free;
        }
        self.waiting.wake();
    }

    // Requests, as the runner sees them.

    pub(super) fn has_request(&self) -> bool {
        !self.queue.is_empty()
    }

    /// The oldest request, from now on under way.
    pub(super) fn next_request(&mut self) -> Option<(usize, Request)> {
        let index = self.queue.pop_front()?;
        let slot = self.slots.get_mut(index)?;
        let Phase::Queued(request) = slot.phase else {
            return None;
        };
        slot.phase = Phase::Running;
        Some((index, request))
    }

    pub(super) fn finish(&mut self, index: usize, reply: Reply) {
        let Some(slot) = self.slots.get_mut(index) else { return };
        if slot.abandoned {
            return self.free(index);
        }
        slot.phase = Phase::Ended(reply);
        slot.waker.wake();
    }

    /// The request that was under way when the runner was dropped.
    pub(super) fn interrupted(&self) -> Option<usize> {
        self.slots.iter().position(|slot| matches!(slot.phase, Phase::Running))
    }

    // Messages, as tasks see them.

    /// The size of the next message, which is then its task's to take, if it fits.
    pub(super) fn poll_message(
        &mut self,
        inbox: usize,
        max: usize,
        context: &Context<'_>,
    ) -> Poll<Result<(QoS, Announcement), Failure>> {
        let stopped = self.stopped;
        let Some(inbox) = self.inboxes.get_mut(inbox) else {
            return Poll::Ready(Err(Error::NotConnected));
        };
        match inbox.content {
            Content::Message(_, size) if size.size() > max => return Poll::Ready(Err(Error::TooLarge(size))),
            Content::Message(qos, size) => {
                inbox.content = Content::Taken;
                return Poll::Ready(Ok((qos, size)));
            }
            Content::Failed(failure) => {
                inbox.content = Content::Empty;
                return Poll::Ready(Err(failure));
            }
            Content::Taken => {}
            Content::Empty => {
                if let Some(failure) = stopped.or(inbox.ended) {
                    return Poll::Ready(Err(failure));
                }
            }
        }
        inbox.waiting.register(context.waker());
        Poll::Pending
    }

    /// The message was taken.
    pub(super) fn emptied(&mut self, inbox: usize) {
        if let Some(inbox) = self.inboxes.get_mut(inbox) {
            inbox.content = Content::Empty;
            inbox.waiting.wake();
        }
    }

    pub(super) fn is_open(&self, inbox: usize) -> bool {
        self.stopped.is_none() && self.inboxes.get(inbox).is_some_and(|inbox| inbox.ended.is_none())
    }

    // Messages, as the runner sees them.

    /// Whether there is room for a message.
    pub(super) fn wants(&self, inbox: usize) -> bool {
        let empty = |inbox: &Inbox| matches!(inbox.content, Content::Empty);
        self.inboxes.get(inbox).is_some_and(empty)
    }

    pub(super) fn arrived(&mut self, inbox: usize, qos: QoS, size: Announcement) {
        self.put(inbox, Content::Message(qos, size));
    }

    pub(super) fn failed(&mut self, inbox: usize, failure: Failure) {
        if self.wants(inbox) {
            self.put(inbox, Content::Failed(failure));
        }
    }

    /// Something failed, and whose it was is not known.
    pub(super) fn all_failed(&mut self, failure: Failure) {
        for inbox in 0..CONNECTIONS {
            if self.is_open(inbox) {
                self.failed(inbox, failure);
            }
        }
    }

    fn put(&mut self, inbox: usize, content: Content) {
        if let Some(inbox) = self.inboxes.get_mut(inbox) {
            inbox.content = content;
            inbox.waiting.wake();
        }
    }

    /// Takes the message out of an inbox, and says how large it was.
    pub(super) fn discard(&mut self, inbox: usize) -> Option<Announcement> {
        let inbox = self.inboxes.get_mut(inbox)?;
        let size = match inbox.content {
            Content::Message(_, size) => Some(size),
            Content::Failed(Error::TooLarge(_)) => None,
            _ => return None,
        };
        inbox.content = Content::Empty;
        size
    }

    /// The connection was opened, or it ended.
    pub(super) fn set_link(&mut self, inbox: usize, ended: Option<Failure>) {
        if let Some(inbox) = self.inboxes.get_mut(inbox) {
            if let (None, Content::Failed(_)) = (ended, inbox.content) {
                // It was about the connection before.
                inbox.content = Content::Empty;
            }
            inbox.ended = ended;
            inbox.waiting.wake();
        }
    }

    // Both.

    pub(super) fn start(&mut self) {
        self.stopped = None;
    }

    pub(super) fn stop(&mut self, failure: Failure) {
        self.stopped = Some(failure);
        self.waiting.wake();
        self.inboxes.iter_mut().for_each(|inbox| inbox.waiting.wake());
    }

    pub(super) fn note_counters(&mut self, counters: [Counters; ConnectionId::COUNT], total: Counters) {
        (self.counters, self.total) = (counters, total);
    }

    pub(super) fn counters(&self, id: ConnectionId) -> Counters {
        self.counters.get(id.index()).copied().unwrap_or_default()
    }

    pub(super) fn total(&self) -> Counters {
        self.total
    }
}
