//! What goes out, and what time does to it.

use super::exchange::{Exchange, Phase};
use super::{DATA_MODE_MARGIN, Engine, Outcome, Settled};
use crate::Instant;
use crate::types::count;

impl Engine<'_> {
    /// What is to be written now.
    pub(crate) fn pending(&self) -> &[u8] {
        match self.transmit.pending() {
            [] if self.fills() => self.transmit.filler(),
            [] => self.fence.pending(),
            pending => pending,
        }
    }

    /// Whether the future is gone that had the rest of an upload: the module takes nothing but as many bytes as were announced.
    fn fills(&self) -> bool {
        let abandoned = self.exchange.as_ref().is_none_or(|exchange| exchange.abandoned);
        abandoned && self.transmit.wants_data()
    }

    /// Notes that the port took so many of the pending bytes.
    pub(crate) fn written(&mut self, bytes: usize, now: Instant) {
        trace!("wrote {} bytes", bytes);
        if !self.transmit.is_incomplete() {
            self.fence.advance(bytes);
            return;
        }
        self.note_begun();
        if !self.transmit.advance(bytes) {
            return;
        }
        let Some(exchange) = &mut self.exchange else {
            self.transmit.clear();
            return;
        };
        match exchange.phase {
            Phase::Command => {
                exchange.phase = Phase::Answer;
                exchange.asked_at = now;
                exchange.deadline = now + exchange.request.answer;
                if exchange.prompt {
                    // A prompt that comes late must still get its data: the module takes nothing else.
                    let limit = self.dialect.data_mode_limit.unwrap_or_default();
                    exchange.deadline = exchange.deadline.max(now + limit);
                    self.decoder.expect_prompt(true);
                }
            }
            Phase::Data => {
                exchange.phase = Phase::AfterData;
                exchange.deadline = now + exchange.request.answer;
                if let Some(until) = exchange.data_until {
                    // If bytes were lost on the way, the module waits for as many more, whatever they are.
                    exchange.deadline = exchange.deadline.max(until + DATA_MODE_MARGIN);
                }
            }
            _ => {}
        }
    }

    /// The port takes something of the exchange in progress.
    fn note_begun(&mut self) {
        let Some(exchange) = self.exchange.as_mut().filter(|exchange| !exchange.begun) else {
            return;
        };
        exchange.begun = true;
        if let Some(connection) = exchange
            .request
            .publishes_on()
            .and_then(|id| self.connections.get_mut(id))
        {
            count(&mut connection.counters.sent);
        }
    }

    /// When [`poll`](Self::poll) has something to do, if ever.
    pub(crate) fn deadline(&self) -> Option<Instant> {
        match &self.exchange {
            Some(exchange) if exchange.is_stalled() => None,
            Some(exchange) => Some(exchange.deadline),
            None => self.quiet_until.or_else(|| self.fence.deadline()),
        }
    }

    /// Ends what has waited long enough.
    pub(crate) fn poll(&mut self, now: Instant) {
        self.fence.poll(now);
        self.quiet_until = self.quiet_until.filter(|until| now < *until);
        if self.fence.has_failed() {
            self.give_up_body();
        }
        let due = |exchange: &&mut Exchange| now >= exchange.deadline && !exchange.is_stalled();
        let Some(exchange) = self.exchange.as_mut().filter(due) else {
            return;
        };
        let outcome = match exchange.phase {
            Phase::Command => return self.give_up_command(),
            // The module said how it ended, only its OK is missing.
            _ if exchange.result.is_some() => exchange.ended(Outcome::Result(exchange.result == Some(true))),
            Phase::Data if self.dialect.data_mode_limit.is_some() => {
                self.give_up_data(now);
                return;
            }
            Phase::Result => exchange.ended(Outcome::NoResult),
            Phase::AfterData => exchange.ended(Outcome::NoAnswer { sent: true }),
            Phase::Answer => Outcome::NoAnswer { sent: !exchange.prompt },
            Phase::Data => Outcome::NoAnswer { sent: false },
        };
        let unprompted = exchange.prompt && exchange.phase == Phase::Answer;
        if unprompted && self.dialect.data_mode_limit.is_some() {
            // The prompt may have been lost; the module's limit has run since the command, but for the time the line takes.
            self.quiet_until = Some(now + DATA_MODE_MARGIN);
        }
        if exchange.phase != Phase::Result {
            self.fence.require_behind(self.transmit.command());
        }
        self.owe_result();
        self.finish(outcome);
    }

    /// The port did not take the command in time. What it has begun to take must be completed, or the next command would become
    /// its end: it goes on as if its future had been dropped.
    fn give_up_command(&mut self) {
        let Some(exchange) = &mut self.exchange else { return };
        let outcome = Outcome::NoAnswer { sent: false };
        if self.transmit.has_begun() {
            exchange.abandoned = true;
            let operation = exchange.operation();
            self.outcome = Some(Settled { operation, outcome });
        } else {
            self.transmit.clear();
            self.finish(outcome);
        }
    }

    /// No more data may be written: the module is about to end its data mode, or has. It answers for what it has.
    fn give_up_data(&mut self, now: Instant) {
        let Some(exchange) = &mut self.exchange else { return };
        exchange.cut = Some(self.transmit.data_written());
        exchange.phase = Phase::AfterData;
        let limit = self.dialect.data_mode_limit.unwrap_or_default();
        exchange.deadline = now + limit + DATA_MODE_MARGIN;
        self.transmit.clear();
    }
}
