//! Executing statements, one after the other (manual, sections 2.1.2, 3 and 4).

use core::fmt::{self, Write};

use super::signal::CloudSendRealtimeData;
use super::{Gateway, Phase};
use crate::profile::juconn::message::{ErrorReport, Format, RequestKind, Verbosity, error_number};
use crate::profile::juconn::tixml::{Document, Element};

/// What stops the gateway's processing; it goes before each `SetConfig`.
const STOP: &str = "<Set _=\"/Process/Program/Mode\" value=\"Stop\" ver=\"v\"/>";

/// The number of an invalid command (manual, section 4).
pub(super) const INVALID: i32 = 500;

/// A command of TiXML that the application executes. `Debug` shows its name only: it may set a password.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Command<'c> {
    /// The command.
    pub element: Element<'c>,
}

impl fmt::Debug for Command<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Command({})", self.name())
    }
}

impl<'c> Command<'c> {
    /// Its name, such as `Set`, `SetConfig` or `Get`.
    pub const fn name(&self) -> &'c str {
        self.element.name()
    }

    /// The command as it was written.
    pub const fn text(&self) -> &'c str {
        self.element.raw()
    }

    /// How much an error is to tell: write it with [`ErrorReport::write`].
    pub fn verbosity(&self) -> Verbosity {
        Verbosity::of(&self.element)
    }
}

/// Takes the answer to a command. What does not fit is counted, for the error that says so.
pub struct Answer<'a> {
    memory: &'a mut [u8],
    len: &'a mut usize,
    start: usize,
}

/// Shows its length only.
impl fmt::Debug for Answer<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Answer({} bytes)", self.len.saturating_sub(self.start))
    }
}

impl Answer<'_> {
    /// Takes back what was written of it.
    pub fn restart(&mut self) {
        *self.len = self.start;
    }
}

impl Write for Answer<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let end = self.len.saturating_add(text.len());
        if let Some(room) = self.memory.get_mut(*self.len..end) {
            room.copy_from_slice(text.as_bytes());
        }
        *self.len = end;
        Ok(())
    }
}

/// Whose statements are executed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Job {
    /// The rollout's.
    Configuration,
    /// A request's.
    Request {
        kind: RequestKind,
        format: Format,
        id: heapless::String<128>,
        /// Of the whole message.
        hash: u64,
    },
}

/// What is to be done next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    /// The next statement is to begin.
    Next,
    /// Processing is to be stopped first.
    Stop,
    /// The statement is to be executed.
    Execute,
    /// The application is at it: at the stop, or at the statement.
    Awaited { stop: bool },
    /// The answer goes into the system log.
    Support,
    /// The result goes to the portal.
    Publish,
    /// The result is on its way.
    Published,
    /// The result has gone out. It is kept, for a request that comes again.
    Answered,
}

#[derive(Debug)]
pub(super) struct Work {
    pub(super) job: Job,
    pub(super) step: Step,
    pub(super) statement: u16,
    /// How long the statements are.
    pub(super) request_len: usize,
    /// How long the answers are, including what did not fit.
    pub(super) answer_len: usize,
    /// Where the answer to this statement begins.
    answer_start: usize,
    pub(super) code: i32,
    /// The secrets were reset: the ids go once the result is out, or in the system log.
    pub(super) reset: bool,
}

impl Work {
    pub(super) const fn new(job: Job, request_len: usize) -> Self {
        Self {
            job,
            step: Step::Next,
            statement: 0,
            request_len,
            answer_len: 0,
            answer_start: 0,
            code: 0,
            reset: false,
        }
    }
}

impl Gateway<'_> {
    /// The command that the application is executing, and what takes its answer. None if there is none.
    pub fn execution(&mut self) -> Option<(Command<'_>, Answer<'_>)> {
        let work = self.work.as_mut()?;
        let Step::Awaited { stop } = work.step else {
            return None;
        };
        let text = self.memory.request.get(..work.request_len)?;
        let element = match stop {
            true => Document::within(STOP).elements().next()?,
            false => Document::within(core::str::from_utf8(text).ok()?)
                .elements()
                .nth(usize::from(work.statement))?,
        };
        let answer = Answer {
            memory: &mut *self.memory.answer,
            len: &mut work.answer_len,
            start: work.answer_start,
        };
        Some((Command { element }, answer))
    }

    /// Takes an answer of the gateway's own.
    pub(super) fn reply(&mut self, write: impl FnOnce(&mut Answer<'_>) -> fmt::Result) {
        if let Some(work) = &mut self.work {
            // What does not fit is counted.
            let _ = write(&mut Answer {
                memory: &mut *self.memory.answer,
                len: &mut work.answer_len,
                start: work.answer_start,
            });
        }
    }

    /// The statements of the request.
    pub(super) fn statements(&self) -> Document<'_> {
        let len = self.work.as_ref().map_or(0, |work| work.request_len);
        let text = self.memory.request.get(..len).unwrap_or_default();
        Document::within(core::str::from_utf8(text).unwrap_or_default())
    }

    /// The statement that is being executed.
    pub(super) fn statement(&self) -> Option<Element<'_>> {
        let index = self.work.as_ref()?.statement;
        self.statements().elements().nth(usize::from(index))
    }

    /// The answers so far; none if they did not fit or are no TiXML.
    pub(super) fn answers(&self) -> Option<Document<'_>> {
        self.answers_from(0)
    }

    fn answers_from(&self, start: usize) -> Option<Document<'_>> {
        let len = self.work.as_ref()?.answer_len;
        let text = core::str::from_utf8(self.memory.answer.get(start..len)?).ok()?;
        Document::parse(text).ok()
    }

    /// Goes on as far as nobody else is needed.
    pub(super) fn advance(&mut self) {
        while let Some(Step::Next) = self.work.as_ref().map(|work| work.step) {
            let name = self
                .statement()
                .map(|statement| (statement.name() == "SetConfig", self.own(statement)));
            let step = match name {
                None => match self.work.as_ref().map(|work| &work.job) {
                    Some(Job::Request { .. }) => Step::Publish,
                    _ => {
                        self.work = None;
                        return;
                    }
                },
                Some((true, _)) => Step::Stop,
                Some((false, Some(send))) => {
                    self.want(send.section);
                    self.reply(|answer| answer.write_str("<CloudSendRealtimeData/>"));
                    self.step(Step::Awaited { stop: false });
                    self.executed();
                    continue;
                }
                Some((false, None)) => Step::Execute,
            };
            self.step(step);
        }
    }

    fn step(&mut self, step: Step) {
        if let Some(work) = &mut self.work {
            work.step = step;
        }
    }

    /// The statement that the gateway executes itself, if it is one: to send this connector's values.
    fn own(&self, statement: Element<'_>) -> Option<CloudSendRealtimeData> {
        let send = CloudSendRealtimeData::parse(statement.attribute("_")).filter(|_| self.phase == Phase::Running)?;
        let own = statement.name() == "CloudSendRealtimeData" && send.connector == self.config.connector();
        own.then_some(send)
    }

    /// What was to be executed is.
    pub(super) fn executed(&mut self) {
        let Some(Step::Awaited { stop }) = self.work.as_ref().map(|work| work.step) else {
            return;
        };
        let start = self.work.as_ref().map_or(0, |work| work.answer_start);
        let answer = self.answers_from(start);
        let fits = self
            .work
            .as_ref()
            .is_some_and(|work| work.answer_len <= self.memory.answer.len());
        let code = match answer {
            Some(answer) => error_number(answer).unwrap_or(0),
            // Too long is for the result to say. A stop that cannot be seen to have succeeded has not.
            None if !fits && !stop => 0,
            None => INVALID,
        };
        let readable = answer.is_some() || (!fits && !stop);
        let reset = self.statement().is_some_and(|statement| {
            statement.name() == "Reset" && statement.attribute("_").is_some_and(|what| what == "Secretfile")
        });
        let Some(work) = &mut self.work else {
            return;
        };
        if stop && code == 0 {
            // Its answer is of no interest any more.
            work.answer_len = start;
            work.step = Step::Execute;
            return;
        }
        work.reset |= reset && code == 0;
        if work.code == 0 {
            work.code = code;
        }
        work.step = match (&work.job, work.code) {
            (Job::Configuration, _) => Step::Support,
            (Job::Request { .. }, 0) if fits => Step::Next,
            // What follows a statement that failed, or of which nobody knows, may rest on it.
            (Job::Request { .. }, _) => Step::Publish,
        };
        // A result says what it needs; the system log has only the answer.
        let unseen = !fits && work.job == Job::Configuration;
        if !readable || unseen {
            let (needed, max) = (work.answer_len.saturating_sub(start), self.memory.answer.len());
            let mut text = heapless::String::<96>::new();
            let _ = match fits {
                true => text.push_str("the answer is not TiXML").map_err(|_| fmt::Error),
                false => write!(text, "the answer needs {needed} bytes and there is room for {max}"),
            };
            work.answer_len = start;
            let report = ErrorReport::new(INVALID, &text).class("Gateway");
            self.reply(|answer| report.write(Verbosity::Short, answer));
        }
        let Some(work) = &mut self.work else {
            return;
        };
        if work.step == Step::Next {
            work.statement = work.statement.saturating_add(1);
            work.answer_start = work.answer_len;
        }
    }

    /// Whether there are statements that are still to be executed, or are being executed.
    pub(super) fn is_executing(&self) -> bool {
        let work = self.work.as_ref();
        work.is_some_and(|work| !matches!(work.step, Step::Publish | Step::Published | Step::Answered))
    }

    /// The result has gone out, if one was on its way.
    pub(super) fn result_sent(&mut self) {
        let Some(work) = self.work.as_mut().filter(|work| work.step == Step::Published) else {
            return;
        };
        work.step = Step::Answered;
        if work.reset {
            self.factory_reset();
        }
    }

    /// Sends the result of the last request again if this message is that request. Whether it is.
    ///
    /// With quality of service 1 a message may come twice, and its id says that it is the same request. The state may be another by now,
    /// and asking for it changes nothing.
    pub(super) fn answered_again(&mut self, message: RequestKind, payload: u64) -> bool {
        let Some(work) = &mut self.work else {
            return false;
        };
        let again = match &work.job {
            Job::Request { kind, hash, .. } => (*kind, *hash) == (message, payload) && message != RequestKind::State,
            Job::Configuration => false,
        };
        if again {
            work.step = Step::Publish;
        }
        again
    }

    /// The result has not gone out, if one was on its way: it waits.
    pub(super) fn result_not_sent(&mut self) {
        if let Some(work) = self.work.as_mut().filter(|work| work.step == Step::Published) {
            work.step = Step::Publish;
        }
    }

    /// The answer was entered into the system log.
    pub(super) fn supported(&mut self) {
        if self.work.as_ref().is_some_and(|work| work.reset) {
            return self.factory_reset();
        }
        if let Some(work) = &mut self.work {
            work.statement = work.statement.saturating_add(1);
            (work.answer_len, work.answer_start, work.code) = (0, 0, 0);
            work.step = Step::Next;
        }
    }
}
