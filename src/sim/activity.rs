//! What the module does when: the course of a command, and what the network tells.

use std::time::Duration;

use super::Fault;
use super::answer::{Afterwards, Answer, Final};
use super::gateway::Gateway;
use super::models::{NetworkNeed, ResultOrder, UrcTiming};
use super::module::{Action, Module, Phase};
use super::network::{BreakCause, NetworkEvent, Refusal, Token};
use super::state::Link;

/// What is on the line when the UART comes up.
const BOOT_GARBAGE: &[u8] = b"\xFF\xFE\x00\x80\xC1";

impl Module {
    /// From the command to its final result.
    pub(super) fn final_delay(&self) -> Duration {
        let late = self.settings.faults.iter().filter_map(|fault| match fault {
            Fault::LateOk(delay) => Some(*delay),
            _ => None,
        });
        self.settings.ok_delay + late.sum::<Duration>()
    }

    /// Begins the execution of a command whose answer is known: it comes out when it is due.
    pub(super) fn execute(&mut self, mut answer: Answer) {
        let delay = self.final_delay();
        let concluded = match answer.known.take() {
            Some((line, more)) if self.settings.result_order == ResultOrder::OkFirst => {
                self.after(delay + more, Action::Result(line));
                Some(delay)
            }
            Some((line, more)) => {
                answer.attached = Some(line);
                Some(delay + more)
            }
            None if answer.awaited.is_some() && self.settings.result_order != ResultOrder::OkFirst => None,
            None => Some(delay),
        };
        self.phase = Phase::Executing(answer);
        if self.settings.urc_timing == UrcTiming::AtOnce {
            // Only an impolite module lets anything come between information and final result.
            self.after(delay / 2, Action::Information);
        }
        if let Some(delay) = concluded {
            self.after(delay, Action::Conclude);
        }
        self.poll(self.now);
    }

    pub(super) fn act(&mut self, action: Action) {
        match action {
            Action::Information => self.information(),
            Action::Conclude => self.conclude(),
            Action::Result(line) => {
                self.intrude();
                self.urc(&line);
            }
            Action::DataLimit(epoch) => self.data_limit_reached(epoch),
            Action::Booted => {
                self.phase = Phase::Ready;
                self.emit(BOOT_GARBAGE);
                for line in self.settings.boot_lines {
                    self.urc(line.as_bytes());
                }
            }
            Action::Afterwards(Afterwards::Restart) => self.restart(self.now),
            Action::Afterwards(Afterwards::Rate(rate)) => self.state.uart.set_rate(rate),
            Action::Registered if self.now < self.state.radio.registers_at => {}
            Action::Registered => self.report_registration(),
            Action::Afterwards(Afterwards::Dialled) => self.dialled(true),
            Action::Afterwards(Afterwards::NotConnected) => self.dialled(false),
            Action::Afterwards(Afterwards::HungUp) => {
                self.state.radio.stale = false;
                self.urc(b"+MIPCALL: 0");
                self.lose_network(BreakCause::Link, self.now);
            }
        }
    }

    fn information(&mut self) {
        if let Phase::Executing(answer) = &mut self.phase {
            let lines = std::mem::take(&mut answer.lines);
            self.lines(&lines);
        }
    }

    /// The final result, or the prompt.
    fn conclude(&mut self) {
        self.information();
        let Phase::Executing(answer) = std::mem::replace(&mut self.phase, Phase::Ready) else {
            return;
        };
        self.intrude();
        let attached = answer.attached.as_deref();
        match attached {
            Some(line) if self.settings.result_order == ResultOrder::ResultFirst => self.lines(&[line.to_vec()]),
            _ => {}
        }
        if let Final::Prompt(request) = answer.result {
            self.begin_data(request);
            return;
        }
        self.final_result(&answer.result);
        match attached {
            Some(line) if self.settings.result_order != ResultOrder::ResultFirst => self.urc(line),
            _ => {}
        }
        self.release_held();
        for (delay, line) in answer.behind {
            self.after(delay, Action::Result(line));
        }
        if let Some((what, delay)) = answer.afterwards {
            self.after(delay, Action::Afterwards(what));
        }
    }

    pub(super) fn network_event(&mut self, event: NetworkEvent) {
        if self.will_update_goes_on(&event) {
            return;
        }
        match event {
            NetworkEvent::Opened {
                connection,
                token,
                result,
            } => {
                if !self.pending.contains_key(&token) {
                    // The answer to an open that was given up when the radio link was lost.
                    return;
                }
                if let Some(connection) = self.state.connection_mut(connection) {
                    connection.link = if result.is_ok() { Link::Open } else { Link::Free };
                }
                self.state.tls_error = match result {
                    Err(Refusal::Tls(code)) => code,
                    _ => 0,
                };
                self.settle(token, result.is_ok());
            }
            NetworkEvent::Done { connection, token, ok } => {
                let pending = self.pending.get_mut(&token);
                let closed = pending.as_ref().is_some_and(|pending| pending.command == "+MQTTCLOSE");
                let effect = pending.and_then(|pending| pending.effect.take()).filter(|_| ok);
                if let Some(effect) = effect {
                    self.apply(connection, effect);
                }
                if let (true, Some(connection)) = (closed, self.state.connection_mut(connection)) {
                    connection.link = Link::Free;
                    connection.gateway = Gateway::default();
                }
                self.settle(token, ok);
            }
            NetworkEvent::Message { connection, message } => self.message(connection, message),
            NetworkEvent::Lost { connection, cause } => self.lost(connection, cause),
        }
    }

    /// A request is done: its result line comes when it may.
    pub(super) fn settle(&mut self, token: Token, ok: bool) {
        let Some(pending) = self.pending.remove(&token).filter(|pending| !pending.mute) else {
            return;
        };
        let line = format!("{}: {},{}", pending.command, pending.connection, u8::from(ok)).into_bytes();
        let due = pending.earliest.max(self.now);
        if let Phase::Executing(answer) = &mut self.phase {
            if answer.awaited == Some(token) && self.settings.result_order != ResultOrder::OkFirst {
                answer.attached = Some(line);
                return self.at(due, Action::Conclude);
            }
        }
        self.at(due, Action::Result(line));
    }

    /// An open connection is gone: what was asked on it has failed, and the host is told (V1.0.1 1.4).
    pub(super) fn lost(&mut self, id: u16, cause: BreakCause) {
        let Some(connection) = self.state.connection_mut(id) else {
            return;
        };
        let was = std::mem::replace(&mut connection.link, Link::Free);
        connection.gateway = Gateway::default();
        let owed: Vec<Token> = self
            .pending
            .iter()
            .filter(|(_, pending)| pending.connection == id)
            .map(|(token, _)| *token)
            .collect();
        for token in owed {
            self.settle(token, false);
        }
        if was == Link::Open {
            // Behind the results.
            let line = format!("+MQTTBREAK: {id},{}", cause.number()).into_bytes();
            self.at(self.now, Action::Result(line));
        }
    }

    pub(super) fn lacks_network(&self, sets: bool) -> bool {
        match self.settings.network_need {
            NetworkNeed::Nothing => false,
            NetworkNeed::SetForms => sets && !self.state.online,
            NetworkNeed::Everything => !self.state.online,
        }
    }
}
