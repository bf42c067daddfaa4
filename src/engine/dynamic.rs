//! The answer to a registration, which comes behind its `OK` (`AT+MQTTAUTHDYN`; V1.3 section 1.17): it holds a secret, may come late, and
//! says of nobody's command that it answers it.

use super::exchange::{Exchange, Phase};
use super::{ENGINE_LINE, Engine, Kind, Outcome};
use crate::codec::cloud::{DYNAMIC, RegistrationAnswer, dynamic_cloud};
use crate::codec::grammar;

impl Engine<'_> {
    /// A registration was given up whose answer may still come.
    pub(super) fn owe_dynamic(&mut self) {
        let given_up = |exchange: &Exchange| matches!(exchange.request.kind, Kind::Dynamic(_));
        let given_up = self.exchange.as_ref().is_some_and(given_up);
        self.dynamic_owed |= given_up;
    }

    /// Nothing is owed any more: whatever was asked is not answered now.
    pub(super) fn waive_dynamic(&mut self) {
        self.dynamic_owed = false;
    }

    /// Takes a line with the name of such an answer. False if it is information that a `=?` form has asked for.
    pub(super) fn on_dynamic(&mut self) -> bool {
        let line = self.decoder.line();
        if grammar::prefix(DYNAMIC, line).is_none() {
            return false;
        }
        let answer = RegistrationAnswer::parse(line).map(|answer| answer.cloud());
        if self.dynamic_owed {
            // None is begun while one is owed, so it can be nobody else's.
            let owed = answer.is_some();
            self.dynamic_owed = !owed;
            if owed && self.exchange.is_none() && self.fence.is_clear() {
                self.expect_nothing();
            }
            return owed;
        }
        let Some(exchange) = &mut self.exchange else {
            return false;
        };
        let Kind::Dynamic(cloud) = exchange.request.kind else {
            return false;
        };
        if exchange.awaits_its_turn() || exchange.result.is_some() || dynamic_cloud(line) != Some(cloud) {
            // Another's.
            return true;
        }
        if answer.is_none() {
            // Cut or disturbed: what is left of it may follow, and stays hidden until a fence stands.
            self.fence.require_behind(self.transmit.command());
            self.finish(Outcome::Unexpected);
            return true;
        }
        let room = self.decoder.room() >= ENGINE_LINE.saturating_add(2);
        exchange.overflow |= !room || !self.decoder.keep();
        self.end_dynamic();
        true
    }

    /// Notes that the answer was longer than the line buffer. False if no registration is in progress.
    pub(super) fn on_long_dynamic(&mut self) -> bool {
        let line = self.decoder.line();
        let Some(exchange) = &mut self.exchange else {
            return false;
        };
        let Kind::Dynamic(cloud) = exchange.request.kind else {
            return false;
        };
        if !exchange.awaits_its_turn() && dynamic_cloud(line) == Some(cloud) {
            exchange.overflow = true;
            self.end_dynamic();
        }
        true
    }

    /// The answer has come. Its `OK` may have come before, or comes behind it.
    fn end_dynamic(&mut self) {
        let Some(exchange) = &mut self.exchange else { return };
        exchange.result = Some(true);
        if exchange.phase == Phase::Result {
            let outcome = match exchange.overflow {
                true => Outcome::Overflow,
                false => Outcome::Result(true),
            };
            self.finish(outcome);
        }
    }
}
