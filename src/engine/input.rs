//! What comes in: lines, prompts and messages, and whose they are.

use core::time::Duration;

use super::exchange::{Exchange, Phase, ReadEnd};
use super::restart::{HINT, REPORTS};
use super::{DATA_MODE_MARGIN, ENGINE_LINE, Engine, Kind, Outcome, Settled, Stored, UnsolicitedHook};
use crate::Instant;
use crate::codec::{BodyEnd, Frame, cloud, grammar};
use crate::command::PdpState;
use crate::error::ModuleError;
use crate::trace::{Line, Trace, names_secret};
use crate::types::{Announcement, AnyConnectionId, QoS, TopicId, count};
use crate::unsolicited::Unsolicited;
use crate::urc::{Operation, Urc};

/// How long a result is still awaited once the connection has broken.
pub(super) const RESULT_AFTER_BREAK: Duration = Duration::from_secs(5);

/// The name of the lines about the data connection.
const CALL: &[u8] = b"+MIPCALL";

impl Engine<'_> {
    /// Takes bytes from the module.
    pub(crate) fn receive(&mut self, bytes: &[u8], now: Instant) {
        trace!("read {} bytes", bytes.len());
        self.heard_at = now;
        let mut rest = bytes;
        loop {
            let (used, frame) = self.decoder.push(rest, self.store.free());
            rest = rest.get(used..).unwrap_or_default();
            match frame {
                None => return,
                Some(Frame::Line) => self.on_line(now),
                Some(Frame::LongLine) => self.on_long_line(now),
                Some(Frame::Prompt) => self.on_prompt(now),
                Some(Frame::Message { header, end }) => self.on_message(header, end),
            }
        }
    }

    fn on_line(&mut self, now: Instant) {
        let line = self.decoder.line();
        let known = self.unsolicited(line);
        let direct = self.is_direct();
        self.show_line(known.is_some() || direct);
        if direct {
            return self.take_direct(0);
        }
        let line = self.decoder.line();
        if is_echo(line, self.transmit.command()) || is_echo(line, self.fence.query()) {
            return self.on_echo(now);
        }
        if let Some(report) = self.on_report(now) {
            // Without what stands in front of it, which may be a piece of a secret.
            return hand_on(&mut self.unsolicited, report);
        }
        if let Some(urc) = known {
            return self.on_urc(urc, now);
        }
        if self.take_dynamic() {
            return;
        }
        let line = self.decoder.line();
        if self.fence.is_active() {
            self.fence.on_line(line);
            if self.fence.is_clear() {
                self.expect_nothing();
            }
        } else if let Some(result) = grammar::final_result(line) {
            self.on_final(result, now);
        } else if !self.on_information() {
            self.offer();
        }
    }

    /// Offers a line to the caller that is none of ours. One that may belong to an answer is not, nor one that may show a secret.
    fn offer(&mut self) {
        let line = self.decoder.line();
        if !self.secretive && self.fence.is_clear() && !names_secret(line) {
            hand_on(&mut self.unsolicited, line);
        }
    }

    /// Shows a line to the trace and the log. A line that no rule knows is hidden while a secret is on its way: it may be a
    /// piece of the echo, or of an answer.
    fn show_line(&mut self, known: bool) {
        let line = self.decoder.line();
        // A whole echo was shown when it was written.
        let echo = !line.is_empty() && line == self.transmit.command();
        let report = line == HINT || REPORTS.contains(&line);
        let plain = known || !self.secretive || echo || report || grammar::final_result(line).is_some();
        let line = if plain { Line::new(line) } else { Line::hidden(line) };
        debug!("< {}", line);
        if let Some(trace) = &mut self.trace {
            trace(Trace::Line(line));
        }
    }

    fn on_long_line(&mut self, now: Instant) {
        debug!(
            "< a line longer than the line buffer of {} bytes",
            self.decoder.capacity()
        );
        if self.is_direct() {
            let excess = self.decoder.excess();
            return self.take_direct(excess);
        }
        let line = self.decoder.line();
        if let Some(Urc::SnRegistration { .. }) = self.unsolicited(line) {
            // Its numbers are there, only the name is not whole.
            return self.take_registration(false);
        }
        if let (Some(error @ Err(_)), false) = (grammar::final_result(line), self.fence.is_active()) {
            // An error in many words.
            return self.on_final(error, now);
        }
        if self.take_long_dynamic() {
            return;
        }
        let line = self.decoder.line();
        let Some(exchange) = &mut self.exchange else { return };
        // The echo of a long command is of no interest; an answer is.
        let echo = line.windows(2).any(|part| part == b"AT");
        let keeps = exchange.request.keeps_lines() && exchange.phase == Phase::Answer;
        if !echo && keeps && belongs(line, self.transmit.command()) {
            exchange.overflow = true;
        }
    }

    /// Takes a line that may belong to the answer to the running command. False if it cannot.
    pub(super) fn on_information(&mut self) -> bool {
        self.take_call_line();
        let Some(exchange) = &mut self.exchange else {
            return false;
        };
        let line = self.decoder.line();
        let own = belongs(line, self.transmit.command());
        if exchange.phase != Phase::Answer {
            return own;
        }
        if let Kind::Read(id) = exchange.request.kind {
            if grammar::read_empty(line, id.get()) {
                exchange.read = Some(ReadEnd::Empty);
            }
        } else if own && exchange.request.keeps_lines() {
            // Behind what is kept there must be room for the lines that follow.
            let room = self.decoder.room() >= ENGINE_LINE.saturating_add(2);
            exchange.overflow |= !room || !self.decoder.keep();
        }
        own
    }

    /// Notes a line about the data connection, unless it is the answer of a command that asks for it. Of two in one answer either
    /// is unasked; the later one is taken for it.
    pub(super) fn note_call(&mut self) {
        let Some(state) = PdpState::parse(self.decoder.line()) else {
            return;
        };
        let asked = |exchange: &Exchange| {
            exchange.phase == Phase::Answer && grammar::name_asked(self.transmit.command()) == CALL
        };
        let answered = grammar::lines(self.decoder.kept()).any(|line| grammar::name(line) == Some(CALL));
        if answered || !self.exchange.as_ref().is_some_and(asked) {
            self.call_news = Some(state);
        }
    }

    fn on_prompt(&mut self, now: Instant) {
        debug!("< >");
        if let Some(trace) = &mut self.trace {
            trace(Trace::Prompt);
        }
        let limit = self.dialect.data_mode_limit;
        let own = |exchange: &&mut Exchange| exchange.prompt && exchange.phase == Phase::Answer;
        let Some(exchange) = self.exchange.as_mut().filter(own) else {
            // Its command was given up. What was asked meanwhile is lost, or part of the message.
            self.quiet_until = limit.map(|limit| now + limit + DATA_MODE_MARGIN);
            self.fence.require();
            return;
        };
        exchange.phase = Phase::Data;
        exchange.data_until = limit.map(|limit| now + limit);
        // Counted from the command, since a prompt may have waited long to be read.
        exchange.deadline = match limit {
            Some(limit) => exchange.asked_at + limit.saturating_sub(DATA_MODE_MARGIN),
            None => now + exchange.request.answer,
        };
        if now >= exchange.deadline {
            return self.poll(now);
        }
        self.transmit.allow_data();
        debug!("> {} bytes of data", self.transmit.data_len());
        if let Some(trace) = &mut self.trace {
            trace(Trace::Data(self.transmit.data_len()));
        }
    }

    fn on_message(&mut self, header: grammar::ReadHeader, end: BodyEnd) {
        let size = header.size();
        debug!(
            "< a message: topic of {} bytes, payload of {}",
            size.topic_len, size.payload_len
        );
        if let Some(trace) = &mut self.trace {
            trace(Trace::Message {
                topic_len: size.topic_len,
                payload_len: size.payload_len,
            });
        }
        let qos = u8::try_from(header.qos).ok().and_then(|qos| QoS::try_from(qos).ok());
        let id = AnyConnectionId::new(header.id);
        let end = match id.zip(qos) {
            Some((id, qos)) => {
                let topic_id = header.topic_id;
                let message = Stored {
                    id,
                    qos,
                    size,
                    topic_id,
                };
                let digits = self.store.free().get(..size.topic_len).unwrap_or_default();
                let short = TopicId::from_digits(digits).filter(|_| header.or_short);
                let told = end != BodyEnd::Stored || self.store.keep(message);
                if short.is_some() {
                    // What the number stands for may not be meant.
                    self.store.unname(id, short);
                }
                if told { end } else { BodyEnd::TooLarge }
            }
            None => BodyEnd::Malformed,
        };
        if end != BodyEnd::Stored {
            warning!("a message on connection {} was lost: {} bytes", header.id, size.size());
        }
        let connection = self.connections.by_number(header.id);
        let reading = |exchange: &&mut Exchange| matches!(exchange.request.kind, Kind::Read(_));
        let exchange = self.exchange.as_mut().filter(reading);
        if let Some(connection) = connection {
            connection.was_read(id.map_or(size, |id| announced(id, size)));
            count(match end {
                BodyEnd::Stored => &mut connection.counters.received,
                _ => &mut connection.counters.lost,
            });
        }
        match (exchange, id) {
            (Some(exchange), _) => exchange.read = Some(ReadEnd::Message(header, end)),
            // Its READ was given up.
            (None, Some(id)) if end != BodyEnd::Stored => self.store.miss(id, size),
            (None, _) => {}
        }
    }

    fn on_final(&mut self, result: Result<(), ModuleError>, now: Instant) {
        self.end_foreign_data();
        let Some(exchange) = self.exchange.as_mut().filter(|exchange| exchange.awaits_final()) else {
            return;
        };
        if exchange.phase == Phase::Data {
            // The module ended its data mode by itself, before all was written.
            exchange.cut = Some(self.transmit.data_written());
            self.transmit.clear();
        }
        let in_time = |until: Instant| now + DATA_MODE_MARGIN < until || exchange.abandoned;
        if exchange.phase == Phase::AfterData && exchange.cut.is_none() && !exchange.data_until.is_none_or(in_time) {
            // It took its whole limit: some of the data never reached it.
            exchange.cut = Some(self.transmit.data_written());
        }
        let outcome = match result {
            Ok(()) => exchange.on_ok(now),
            Err(error) => Some(Outcome::Final(Err(error))),
        };
        let Some(outcome) = outcome else { return };
        match outcome {
            Outcome::Empty => {
                if let Kind::Read(id) = exchange.request.kind {
                    let connection = self.connections.get_mut(id);
                    connection.into_iter().for_each(|connection| connection.was_empty(now));
                }
            }
            Outcome::Unexpected => {
                self.fence.require_behind(self.transmit.command());
                self.owe_result();
            }
            _ => {}
        }
        self.finish(outcome);
    }

    fn on_urc(&mut self, urc: Urc, now: Instant) {
        match urc {
            Urc::Announced { id, size, .. } => {
                let Some(id) = AnyConnectionId::new(id) else { return };
                if let Some(connection) = self.connections.get_mut(id) {
                    connection.announce(announced(id, size));
                }
            }
            Urc::SnRegistration { .. } => self.take_registration(true),
            Urc::Broken { id, cause } => {
                warning!("connection {}: {}", id, cause);
                if let Some(connection) = self.connections.by_number(id) {
                    connection.broke(cause);
                }
                if let Some(exchange) = &mut self.exchange {
                    let own = exchange.operation().is_some_and(|(_, operated)| operated.get() == id);
                    if own && exchange.phase == Phase::Result {
                        exchange.deadline = exchange.deadline.min(now + RESULT_AFTER_BREAK);
                    }
                }
            }
            Urc::Result { operation, id, success } => self.on_result(operation, id, success),
            Urc::TuyaEvent(_) => hand_on(&mut self.unsolicited, self.decoder.line()),
        }
    }

    pub(super) fn on_result(&mut self, operation: Operation, id: u8, success: bool) {
        let Some(connection) = self.connections.by_number(id) else {
            return;
        };
        match (operation, success) {
            (Operation::Open, true) => info!("connection {} is open", id),
            (Operation::Close, true) => info!("connection {} is closed", id),
            (_, true) => {}
            (_, false) => warning!("connection {}: {} failed", id, operation.name()),
        }
        let own = |exchange: &&mut Exchange| {
            let same = |(awaited, on): (Operation, AnyConnectionId)| awaited == operation && on.get() == id;
            exchange.operation().is_some_and(same) && !exchange.awaits_its_turn()
        };
        let owed = connection.owed == Some(operation);
        if owed {
            connection.owed = None;
        }
        // Only a close can be tried again while one is owed. Success ends both; failure is that of the first.
        let Some(exchange) = self.exchange.as_mut().filter(own).filter(|_| success || !owed) else {
            if let (true, Some(id)) = (owed, AnyConnectionId::new(id)) {
                connection.apply(operation, success);
                self.note_settled(Settled {
                    operation: Some((operation, id)),
                    outcome: Outcome::Result(success),
                });
            }
            return;
        };
        connection.apply(operation, success);
        exchange.result = Some(success);
        if exchange.phase == Phase::Result {
            let outcome = exchange.ended(Outcome::Result(success));
            self.finish(outcome);
        }
    }
}

/// What an announcement tells of a message: on an MQTT-SN connection its third field may be the topic's length or its id, so that
/// only the payload has a size (V1.3 section 1.10).
pub(super) fn announced(id: AnyConnectionId, size: Announcement) -> Announcement {
    let topic_len = if id.is_sn() { 0 } else { size.topic_len };
    Announcement { topic_len, ..size }
}

fn hand_on(hook: &mut Option<UnsolicitedHook<'_>>, line: &[u8]) {
    if let (Some(hook), Some(line)) = (hook, text(line)) {
        hook(Unsolicited::new(line));
    }
}

/// Whether a line is the module's echo of what was written, perhaps behind garbage.
fn is_echo(line: &[u8], command: &[u8]) -> bool {
    let command = command.trim_ascii_end();
    command.len() >= 2 && line.ends_with(command)
}

/// Whether a line can be information that was asked for: it has the command's name, or none, as the answers to AT+CGMM and ATI.
fn belongs(line: &[u8], command: &[u8]) -> bool {
    let Some(name) = grammar::name(line) else {
        // What a disturbed line adds is no text.
        return !line.starts_with(b"+") && !cloud::is_event(line) && text(line).is_some();
    };
    let asked = grammar::name_asked(command);
    // V1.3 and V1.0.1 section 1.2.2 print the second spelling.
    asked == name || (name == b"+MPQTTOPEN" && asked == b"+MQTTOPEN")
}

fn text(line: &[u8]) -> Option<&str> {
    let text = core::str::from_utf8(line).ok()?;
    let plain = !text.chars().any(|letter| letter.is_control() && letter != '\t');
    plain.then_some(text)
}
