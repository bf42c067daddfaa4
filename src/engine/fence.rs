//! The fence: a query whose answer cannot be anyone else's, sent after a command that was given up.
//!
//! An `OK` is anonymous, so a late one would be taken for the next command's. The module answers in order: once the query's own
//! information line has come, nothing before it is owed any more, and what came before it is dropped.

use core::time::Duration;

use crate::Instant;
use crate::codec::grammar;
use crate::types::count;

/// Queries with an answer by name that every module gives at any time. They take turns, so that a late answer to one that was
/// itself given up is not taken for the next one's. There is one more than [`ATTEMPTS`], since a command that was given up may
/// have been one of them.
const QUERIES: [&[u8]; 4] = [b"AT+CMEE?\r", b"AT+CFUN?\r", b"AT+CSQ\r", b"AT+CCLK?\r"];

/// How many queries are tried.
const ATTEMPTS: u8 = 3;

/// How long one query may take.
const ANSWER: Duration = Duration::from_secs(5);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// Nothing is owed.
    Clear,
    /// A fence must come before the next command.
    Needed,
    /// The query is being written or its answer awaited.
    Asked { written: usize, deadline: Instant },
    /// The answer is there, its `OK` is awaited.
    Answered { deadline: Instant },
    /// No query was answered.
    Failed,
}

#[derive(Debug)]
pub(super) struct Fence {
    state: State,
    /// The query to ask, or asked last.
    turn: usize,
    /// Queries whose answers may be owed: asked since the last fence that stood, or themselves the command that was given up.
    spent: [bool; QUERIES.len()],
    /// Queries that went unanswered in a row.
    missed: u8,
    /// Fences that stood.
    stood: u32,
}

impl Fence {
    pub(super) const fn new() -> Self {
        Self {
            state: State::Clear,
            turn: 0,
            spent: [false; QUERIES.len()],
            missed: 0,
            stood: 0,
        }
    }

    /// How many fences stood so far.
    pub(super) fn stood(&self) -> u32 {
        self.stood
    }

    pub(super) fn require(&mut self) {
        // What comes in between, as the calls that wake a module, must not let it go on for ever.
        if matches!(self.state, State::Clear | State::Failed) {
            self.missed = 0;
        }
        self.state = State::Needed;
    }

    /// A fence is needed, and what it fences is this command, without its CR.
    pub(super) fn require_behind(&mut self, command: &[u8]) {
        self.require();
        for (spent, query) in self.spent.iter_mut().zip(QUERIES) {
            *spent |= grammar::name_asked(query) == grammar::name_asked(command);
        }
    }

    pub(super) fn waive(&mut self) {
        self.state = State::Clear;
    }

    pub(super) fn is_clear(&self) -> bool {
        self.state == State::Clear
    }

    pub(super) fn is_needed(&self) -> bool {
        self.state == State::Needed
    }

    pub(super) fn has_failed(&self) -> bool {
        self.state == State::Failed
    }

    pub(super) fn is_active(&self) -> bool {
        matches!(self.state, State::Asked { .. } | State::Answered { .. })
    }

    pub(super) fn start(&mut self, now: Instant) {
        let after = |step: usize| {
            self.turn
                .wrapping_add(step)
                .checked_rem(QUERIES.len())
                .unwrap_or_default()
        };
        let unspent = |turn: &usize| self.spent.get(*turn) == Some(&false);
        self.turn = (1..=QUERIES.len()).map(after).find(unspent).unwrap_or(after(1));
        if let Some(spent) = self.spent.get_mut(self.turn) {
            *spent = true;
        }
        self.state = State::Asked {
            written: 0,
            deadline: now + ANSWER,
        };
    }

    pub(super) fn query(&self) -> &'static [u8] {
        QUERIES.get(self.turn).copied().unwrap_or_default()
    }

    pub(super) fn pending(&self) -> &[u8] {
        match self.state {
            State::Asked { written, .. } => self.query().get(written..).unwrap_or_default(),
            _ => &[],
        }
    }

    pub(super) fn advance(&mut self, count: usize) {
        if let State::Asked { written, .. } = &mut self.state {
            *written = written.saturating_add(count);
        }
    }

    pub(super) fn deadline(&self) -> Option<Instant> {
        match self.state {
            State::Asked { deadline, .. } | State::Answered { deadline } => Some(deadline),
            _ => None,
        }
    }

    pub(super) fn poll(&mut self, now: Instant) {
        if self.deadline().is_some_and(|deadline| now >= deadline) {
            // One query may have been lost on a module that was still busy, or may be unknown to it.
            self.missed = self.missed.saturating_add(1);
            self.state = if self.missed < ATTEMPTS {
                State::Needed
            } else {
                State::Failed
            };
        }
    }

    /// A line came that is neither an unsolicited one of ours nor anything else.
    pub(super) fn on_line(&mut self, line: &[u8]) {
        match self.state {
            State::Asked { deadline, .. }
                if self.pending().is_empty() && grammar::name(line) == Some(grammar::name_asked(self.query())) =>
            {
                self.state = State::Answered { deadline };
            }
            State::Answered { .. } if grammar::final_result(line) == Some(Ok(())) => {
                self.state = State::Clear;
                count(&mut self.stood);
                self.spent = [false; QUERIES.len()];
            }
            _ => {}
        }
    }
}
