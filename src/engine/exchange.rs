//! One command on its way: what it still waits for, and how it ended.

use core::time::Duration;

use crate::Instant;
use crate::codec::BodyEnd;
use crate::codec::Operation;
use crate::codec::grammar::ReadHeader;
use crate::error::ModuleError;
use crate::types::{Announcement, AnyConnectionId};

/// What a command is, beyond its bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Information lines, then a final result.
    Plain,
    /// As plain, with data that the caller hands on in pieces.
    Upload,
    /// As plain, but a message is in the answer.
    Read(AnyConnectionId),
    /// A final result, then a result line of its own, if one is given at all.
    Operation {
        operation: Operation,
        id: AnyConnectionId,
        result: bool,
    },
    /// A final result, and in front of it or behind it a line with the command's own name and this cloud's number, which is the answer.
    Dynamic(u8),
}

/// A command to run: its bytes are in the transmit buffer.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Request {
    pub(crate) kind: Kind,
    /// Time for the final result.
    pub(crate) answer: Duration,
    /// Time for the result line.
    pub(crate) result: Duration,
}

impl Request {
    /// A command that ends with its final result, which may take so long.
    pub(crate) const fn plain(answer: Duration) -> Self {
        Self::until_final(Kind::Plain, answer)
    }

    /// A command of some kind that ends with its final result, which may take so long.
    pub(crate) const fn until_final(kind: Kind, answer: Duration) -> Self {
        Self {
            kind,
            answer,
            result: Duration::ZERO,
        }
    }

    pub(crate) fn is_publication(&self) -> bool {
        self.publishes_on().is_some()
    }

    /// Whether it cannot be undone or seen what it has done, if its outcome is not told.
    pub(crate) fn has_lasting_effect(&self) -> bool {
        self.is_publication() || matches!(self.kind, Kind::Dynamic(_))
    }

    /// Whether the lines in front of its final result are its answer. Elsewhere what is told comes in a form of its own, and other lines
    /// are none of it.
    pub(super) fn keeps_lines(&self) -> bool {
        matches!(self.kind, Kind::Plain | Kind::Upload)
    }

    /// The connection, if this is a publication.
    pub(super) fn publishes_on(&self) -> Option<AnyConnectionId> {
        match self.kind {
            Kind::Operation {
                operation: Operation::Publish,
                id,
                ..
            } => Some(id),
            _ => None,
        }
    }
}

/// What the exchange waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Phase {
    /// The command line is being written.
    Command,
    /// A final result, or the prompt.
    Answer,
    /// The data is being written.
    Data,
    /// A final result after the data.
    AfterData,
    /// The result line.
    Result,
}

/// How an exchange ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// A final result; the information lines are in the decoder.
    Final(Result<(), ModuleError>),
    /// A result line: status 1 is true.
    Result(bool),
    /// `OK`, and no result line is given.
    Accepted,
    /// `OK`, but the result line never came.
    NoResult,
    /// No final result came. `sent` says whether the module had all it needs to act.
    NoAnswer { sent: bool },
    /// The data mode ended after so many bytes.
    Cut { sent: usize },
    /// READ: the message is in the store.
    Message,
    /// READ: nothing was stored.
    Empty,
    /// READ: the message did not fit the store.
    Lost(Announcement),
    /// The answer was longer than the line buffer.
    Overflow,
    /// The answer was not what the manual says.
    Unexpected,
    /// The module restarted. `sent` says whether it had had all it needs to act.
    Restarted { sent: bool },
}

impl Outcome {
    /// The module may have done what it was asked, or not.
    pub(super) fn is_unknown(self) -> bool {
        match self {
            Self::NoResult | Self::Unexpected | Self::Overflow | Self::Cut { .. } => true,
            Self::NoAnswer { sent } | Self::Restarted { sent } => sent,
            _ => false,
        }
    }
}

/// The exchange in progress.
#[derive(Debug)]
pub(super) struct Exchange {
    pub(super) request: Request,
    pub(super) phase: Phase,
    pub(super) deadline: Instant,
    /// When the last byte of the command was written: the module's data mode cannot have begun earlier.
    pub(super) asked_at: Instant,
    /// The port has taken a first byte.
    pub(super) begun: bool,
    /// The command has data behind a prompt.
    pub(super) prompt: bool,
    /// By when the module ends its data mode by itself, counted from the prompt.
    pub(super) data_until: Option<Instant>,
    pub(super) result: Option<bool>,
    pub(super) read: Option<ReadEnd>,
    pub(super) overflow: bool,
    /// The data mode ended, or was given up, after so many bytes.
    pub(super) cut: Option<usize>,
    /// The future that began it was dropped.
    pub(super) abandoned: bool,
}

/// What an answer to READ brought.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ReadEnd {
    Empty,
    Message(ReadHeader, BodyEnd),
}

impl Exchange {
    pub(super) fn new(request: Request, prompt: bool, now: Instant) -> Self {
        Self {
            request,
            phase: Phase::Command,
            deadline: now + request.answer,
            asked_at: now,
            begun: false,
            prompt,
            data_until: None,
            result: None,
            read: None,
            overflow: false,
            cut: None,
            abandoned: false,
        }
    }

    /// The operation and connection whose result line is awaited or owed.
    pub(super) fn operation(&self) -> Option<(Operation, AnyConnectionId)> {
        match self.request.kind {
            Kind::Operation { operation, id, .. } => Some((operation, id)),
            _ => None,
        }
    }

    /// The port has not taken the whole command, and nobody waits for that any more: it is completed whenever the port takes it.
    pub(super) fn is_stalled(&self) -> bool {
        self.abandoned && self.phase == Phase::Command
    }

    /// Whether the module has not got all that it needs to act: a result that comes now is another's.
    pub(super) fn awaits_its_turn(&self) -> bool {
        match self.phase {
            Phase::Command | Phase::Data => true,
            Phase::Answer => self.prompt,
            Phase::AfterData | Phase::Result => false,
        }
    }

    /// Whether a final result can come now.
    pub(super) fn awaits_final(&self) -> bool {
        matches!(self.phase, Phase::Answer | Phase::Data | Phase::AfterData)
    }

    /// What a good final result means, or `None` if the result line is still to come.
    pub(super) fn on_ok(&mut self, now: Instant) -> Option<Outcome> {
        if self.prompt && self.phase == Phase::Answer {
            // An OK in front of the prompt ends nothing: the module is about to take data.
            return None;
        }
        if self.overflow {
            return Some(Outcome::Overflow);
        }
        match (self.request.kind, self.read) {
            (Kind::Plain | Kind::Upload, _) => Some(self.ended(Outcome::Final(Ok(())))),
            (Kind::Read(_), Some(ReadEnd::Empty)) => Some(Outcome::Empty),
            (Kind::Read(_), Some(ReadEnd::Message(header, end))) => Some(match end {
                BodyEnd::Stored => Outcome::Message,
                BodyEnd::TooLarge => Outcome::Lost(header.size()),
                BodyEnd::Malformed => Outcome::Unexpected,
            }),
            (Kind::Read(_), None) => Some(Outcome::Unexpected),
            (Kind::Operation { result: false, .. }, _) => Some(self.ended(Outcome::Accepted)),
            (Kind::Operation { .. } | Kind::Dynamic(_), _) => match self.result {
                Some(success) => Some(self.ended(Outcome::Result(success))),
                None => {
                    self.phase = Phase::Result;
                    self.deadline = now + self.request.result;
                    None
                }
            },
        }
    }

    /// What was cut is reported as cut, whatever the module says of the rest.
    pub(super) fn ended(&self, outcome: Outcome) -> Outcome {
        match self.cut {
            Some(sent) => Outcome::Cut { sent },
            None => outcome,
        }
    }
}
