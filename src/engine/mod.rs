//! The exchange with the module as a state machine: bytes, deadlines and requests in, bytes and outcomes out. It knows no port,
//! no clock and no task.

mod connections;
mod exchange;
mod fence;
#[cfg(test)]
mod late;
#[cfg(test)]
mod tests;
mod transmit;

use core::time::Duration;

use atat::AtatUrc;

pub(crate) use connections::Link;
pub(crate) use exchange::{Kind, Outcome, Request};

use crate::codec::{BodyEnd, Decoder, Frame, grammar};
use crate::error::{Error, InvalidInput, ModuleError};
use crate::model::Dialect;
use crate::trace::{Line, Trace, names_secret};
use crate::types::{Announcement, ConnectionId, QoS};
use crate::urc::{Operation, Urc};
use crate::{Buffers, Instant};
use connections::{Connection, Connections};
use exchange::{Exchange, Phase, ReadEnd};
use fence::Fence;
use transmit::Transmit;

/// Data is no longer begun so shortly before the module's data mode ends: what came too late would be taken for commands.
const DATA_MODE_MARGIN: Duration = Duration::from_secs(2);

/// How long a result is still awaited once the connection has broken.
const RESULT_AFTER_BREAK: Duration = Duration::from_secs(5);

/// The longest line that the engine must understand whatever else is in the line buffer, in bytes: the header of an answer to
/// READ. Unsolicited lines and results are shorter.
pub(crate) const ENGINE_LINE: usize = 48;

/// A message in the store, not yet handed to the caller.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Stored {
    pub(crate) id: ConnectionId,
    pub(crate) qos: QoS,
    pub(crate) topic_len: usize,
    pub(crate) payload_len: usize,
}

/// How an exchange ended whose future had been dropped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Settled {
    pub(crate) operation: Option<(Operation, ConnectionId)>,
    pub(crate) outcome: Outcome,
}

pub(crate) type TraceHook<'b> = &'b mut (dyn FnMut(Trace<'_>) + Send);

pub(crate) struct Engine<'b> {
    decoder: Decoder<'b>,
    store: &'b mut [u8],
    stored: Option<Stored>,
    /// A message that came after its READ was given up, and could not be stored.
    lost_late: Option<Announcement>,
    transmit: Transmit<'b>,
    exchange: Option<Exchange>,
    outcome: Option<Settled>,
    /// Outcomes of abandoned operations that the caller has not been told.
    settled: heapless::Deque<Settled, 4>,
    fence: Fence,
    /// Until then the module may be in a data mode for which there is no data left: it would take any command for a message.
    quiet_until: Option<Instant>,
    connections: Connections,
    pub(crate) dialect: Dialect,
    pub(crate) trace: Option<TraceHook<'b>>,
    /// A command that carries or asks for a secret is being answered, or was given up and may still be.
    secretive: bool,
    /// When the module last sent anything.
    heard_at: Instant,
}

impl<'b> Engine<'b> {
    pub(crate) fn new(buffers: Buffers<'b>, dialect: Dialect, now: Instant) -> Self {
        Self {
            decoder: Decoder::new(buffers.line, dialect.read_quotes),
            store: buffers.message,
            stored: None,
            lost_late: None,
            transmit: Transmit::new(buffers.transmit),
            exchange: None,
            outcome: None,
            settled: heapless::Deque::new(),
            fence: Fence::new(),
            quiet_until: None,
            connections: Connections::new(),
            dialect,
            trace: None,
            secretive: false,
            heard_at: now,
        }
    }

    // Requests.

    /// Refuses what needs an open connection, or one without an owed result, where there is none. The engine must be settled.
    pub(crate) fn check<E>(&self, request: &Request) -> Result<(), Error<E>> {
        match request.kind {
            Kind::Operation {
                operation: Operation::Open | Operation::Close,
                ..
            }
            | Kind::Plain
            | Kind::Read(_) => Ok(()),
            Kind::Operation { id, .. } => {
                match self.connection(id).map(|connection| (connection.link, connection.owed)) {
                    Some((Link::Broken(cause), _)) => Err(Error::Disconnected(cause)),
                    Some((Link::Open, Some(_))) => Err(Error::Unsettled),
                    Some((Link::Open, None)) => Ok(()),
                    _ => Err(Error::NotConnected),
                }
            }
        }
    }

    /// Puts a command line and its data into the transmit buffer.
    pub(crate) fn load(&mut self, data: &[u8], write: &dyn Fn(&mut [u8]) -> usize) -> Result<(), InvalidInput> {
        self.transmit.load(data, write)
    }

    /// Begins the exchange for what was loaded. The engine must be settled.
    pub(crate) fn begin(&mut self, request: Request, now: Instant) {
        self.decoder.begin();
        self.outcome = None;
        self.transmit.allow_command();
        let command = Line::new(self.transmit.command());
        self.secretive |= names_secret(self.transmit.command());
        debug!("> {}", command);
        if let Some(trace) = &mut self.trace {
            trace(Trace::Command(command));
        }
        self.exchange = Some(Exchange::new(request, self.transmit.data_len() > 0, now));
    }

    /// How the exchange ended, once it has.
    pub(crate) fn take_outcome(&mut self) -> Option<Outcome> {
        self.outcome.take().map(|settled| settled.outcome)
    }

    /// The information lines of the last exchange, a CR LF between each two.
    pub(crate) fn answer(&self) -> &[u8] {
        self.decoder.kept()
    }

    // Settling.

    /// Whether a new exchange can begin: none is in progress, nothing is left to write, and no answer is owed.
    pub(crate) fn is_settled(&self) -> bool {
        !self.is_busy() && self.fence.is_clear()
    }

    /// Nobody waits any more for what is in progress.
    pub(crate) fn abandon(&mut self, now: Instant) {
        if let Some(exchange) = &mut self.exchange {
            exchange.abandoned = true;
            // While the host had not written all, the module had nothing to answer.
            if exchange.phase == Phase::Data && self.dialect.data_mode_limit.is_none() {
                exchange.deadline = now + exchange.request.answer;
            }
        }
        if let Some(settled) = self.outcome.take() {
            self.note_settled(settled);
        }
    }

    /// Begins a fence that is needed, once nothing else is on its way.
    pub(crate) fn begin_fence(&mut self, now: Instant) {
        if !self.is_busy() && self.fence.is_needed() {
            self.fence.start(now);
        }
    }

    /// Whether something is still on its way: an exchange, bytes to write, a fence, or a data mode that must end by itself.
    pub(crate) fn is_busy(&self) -> bool {
        let writes = !self.transmit.pending().is_empty();
        self.exchange.is_some() || writes || self.fence.is_active() || self.quiet_until.is_some()
    }

    /// Nothing owed matters any more: the caller begins from nothing, and ends with a fence.
    pub(crate) fn waive_fence(&mut self) {
        self.fence.waive();
        self.decoder.abandon_body();
    }

    pub(crate) fn require_fence(&mut self) {
        self.fence.require();
    }

    /// The next outcome of an abandoned operation on this connection.
    pub(crate) fn next_settled(&mut self, id: ConnectionId) -> Option<Settled> {
        let mut next = None;
        for _ in 0..self.settled.len() {
            let settled = self.settled.pop_front()?;
            if next.is_none() && settled.operation.is_some_and(|(_, operated)| operated == id) {
                next = Some(settled);
            } else {
                // There is room: it was just taken from there.
                let _ = self.settled.push_back(settled);
            }
        }
        next
    }

    fn note_settled(&mut self, settled: Settled) {
        if settled.operation.is_none() {
            return;
        }
        if self.settled.is_full() {
            self.settled.pop_front();
            warning!("outcomes of dropped calls were not polled: the oldest is forgotten");
        }
        let _ = self.settled.push_back(settled);
    }

    // Messages and connections.

    pub(crate) fn connection(&self, id: ConnectionId) -> Option<&Connection> {
        self.connections.get(id)
    }

    pub(crate) fn connection_mut(&mut self, id: ConnectionId) -> Option<&mut Connection> {
        self.connections.get_mut(id)
    }

    pub(crate) fn stored(&self) -> Option<Stored> {
        self.stored
    }

    /// The size of a message that came late and was lost, once.
    pub(crate) fn take_lost(&mut self) -> Option<Announcement> {
        self.lost_late.take()
    }

    /// Topic and payload of the stored message.
    pub(crate) fn stored_bytes(&self, stored: Stored) -> (&[u8], &[u8]) {
        let all = self
            .store
            .get(..stored.topic_len.saturating_add(stored.payload_len))
            .unwrap_or_default();
        all.split_at_checked(stored.topic_len).unwrap_or_default()
    }

    pub(crate) fn forget_stored(&mut self) {
        self.stored = None;
    }

    /// Whether the module quotes in READ, once it has shown it.
    pub(crate) fn read_quotes(&self) -> Option<bool> {
        self.decoder.quoted()
    }

    pub(crate) fn store_size(&self) -> usize {
        self.store.len()
    }

    pub(crate) fn line_size(&self) -> usize {
        self.decoder.capacity()
    }

    pub(crate) fn heard_at(&self) -> Instant {
        self.heard_at
    }

    // Output.

    /// What is to be written now.
    pub(crate) fn pending(&self) -> &[u8] {
        let pending = self.transmit.pending();
        if pending.is_empty() {
            self.fence.pending()
        } else {
            pending
        }
    }

    /// Notes that the port took so many of the pending bytes.
    pub(crate) fn written(&mut self, count: usize, now: Instant) {
        if self.transmit.pending().is_empty() {
            self.fence.advance(count);
            return;
        }
        if !self.transmit.advance(count) {
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

    // Time.

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
            // What is left of a message does not come any more.
            self.decoder.abandon_body();
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

    // Input.

    /// Takes bytes from the module.
    pub(crate) fn receive(&mut self, bytes: &[u8], now: Instant) {
        self.heard_at = now;
        let mut rest = bytes;
        loop {
            let (used, frame) = self.decoder.push(rest, self.store);
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
        let known = AtatUrc::parse(line);
        self.show_line(known.is_some());
        let line = self.decoder.line();
        if is_echo(line, self.transmit.command()) || is_echo(line, self.fence.query()) {
            return;
        }
        if let Some(urc) = known {
            self.on_urc(urc, now);
        } else if self.fence.is_active() {
            self.fence.on_line(line);
            if self.fence.is_clear() {
                self.expect_nothing();
            }
        } else if let Some(result) = grammar::final_result(line) {
            self.on_final(result, now);
        } else {
            self.on_information();
        }
    }

    /// Shows a line to the trace and the log. A line that no rule knows is hidden while a secret is on its way: it may be a
    /// piece of the echo, or of an answer.
    fn show_line(&mut self, known: bool) {
        let line = self.decoder.line();
        let plain = known || !self.secretive || grammar::final_result(line).is_some();
        let line = if plain { Line::new(line) } else { Line::hidden(line) };
        debug!("< {}", line);
        if let Some(trace) = &mut self.trace {
            trace(Trace::Line(line));
        }
    }

    fn on_long_line(&mut self, now: Instant) {
        let line = self.decoder.line();
        debug!(
            "< a line longer than the line buffer of {} bytes",
            self.decoder.capacity()
        );
        if let (Some(error @ Err(_)), false) = (grammar::final_result(line), self.fence.is_active()) {
            // An error in many words.
            return self.on_final(error, now);
        }
        let Some(exchange) = &mut self.exchange else { return };
        // The echo of a long command is of no interest; an answer is.
        let echo = line.windows(2).any(|part| part == b"AT");
        if !echo && exchange.phase == Phase::Answer && belongs(line, self.transmit.command()) {
            exchange.overflow = true;
        }
    }

    fn on_information(&mut self) {
        let Some(exchange) = &mut self.exchange else { return };
        if exchange.phase != Phase::Answer {
            return;
        }
        let line = self.decoder.line();
        if let Kind::Read(id) = exchange.request.kind {
            if grammar::read_empty(line, id.get()) {
                exchange.read = Some(ReadEnd::Empty);
            }
        } else if belongs(line, self.transmit.command()) {
            // Behind what is kept there must be room for the lines that follow.
            let room = self.decoder.room() >= ENGINE_LINE.saturating_add(2);
            exchange.overflow |= !room || !self.decoder.keep();
        }
    }

    fn on_prompt(&mut self, now: Instant) {
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
        if let Some(trace) = &mut self.trace {
            trace(Trace::Data(self.transmit.data_len()));
        }
    }

    fn on_message(&mut self, header: grammar::ReadHeader, end: BodyEnd) {
        let size = header.size();
        if let Some(trace) = &mut self.trace {
            trace(Trace::Message {
                topic_len: size.topic_len,
                payload_len: size.payload_len,
            });
        }
        let qos = u8::try_from(header.qos).ok().and_then(|qos| QoS::try_from(qos).ok());
        let end = if qos.is_some() { end } else { BodyEnd::Malformed };
        let reading = |exchange: &&mut Exchange| matches!(exchange.request.kind, Kind::Read(_));
        match self.exchange.as_mut().filter(reading) {
            Some(exchange) => exchange.read = Some(ReadEnd::Message(header, end)),
            // Its READ was given up: it is handed out by the next one.
            None if end != BodyEnd::Stored => self.lost_late = Some(size),
            None => {}
        }
        if let Some(connection) = self.connections.by_number(header.id) {
            connection.was_read(size);
        }
        if let (Some(id), Some(qos), BodyEnd::Stored) = (ConnectionId::new(header.id), qos, end) {
            self.stored = Some(Stored {
                id,
                qos,
                topic_len: size.topic_len,
                payload_len: size.payload_len,
            });
        }
    }

    fn on_final(&mut self, result: Result<(), ModuleError>, now: Instant) {
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
                if let Some(connection) = self.connections.by_number(id) {
                    connection.announce(size);
                }
            }
            Urc::Broken { id, cause } => {
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
        }
    }

    fn on_result(&mut self, operation: Operation, id: u8, success: bool) {
        let Some(connection) = self.connections.by_number(id) else {
            return;
        };
        if connection.owed == Some(operation) {
            connection.owed = None;
            connection.apply(operation, success);
            if let Some(id) = ConnectionId::new(id) {
                self.note_settled(Settled {
                    operation: Some((operation, id)),
                    outcome: Outcome::Result(success),
                });
            }
            return;
        }
        let Some(exchange) = &mut self.exchange else { return };
        let own = exchange
            .operation()
            .is_some_and(|(awaited, on)| awaited == operation && on.get() == id);
        if !own || exchange.awaits_its_turn() {
            return;
        }
        connection.apply(operation, success);
        exchange.result = Some(success);
        if exchange.phase == Phase::Result {
            let outcome = exchange.ended(Outcome::Result(success));
            self.finish(outcome);
        }
    }

    /// The result line of the exchange in progress may still come, and would then be taken for another's.
    fn owe_result(&mut self) {
        let Some(exchange) = &self.exchange else { return };
        if exchange.result.is_some() {
            return;
        }
        let Some((operation, id)) = exchange.operation() else {
            return;
        };
        let Some(connection) = self.connections.get_mut(id) else {
            return;
        };
        connection.owed = Some(operation);
        if matches!(operation, Operation::Open | Operation::Close) {
            connection.link = Link::Unknown;
        }
    }

    /// No prompt and no secret can come any more. After a command that was given up they can, until a fence stands.
    fn expect_nothing(&mut self) {
        self.decoder.expect_prompt(false);
        self.secretive = false;
    }

    fn finish(&mut self, outcome: Outcome) {
        let Some(exchange) = self.exchange.take() else { return };
        if self.fence.is_clear() {
            self.expect_nothing();
        }
        // A command that was only half written must be completed, or the next one would become its end.
        if self.transmit.pending().is_empty() {
            self.transmit.clear();
        }
        let settled = Settled {
            operation: exchange.operation(),
            outcome,
        };
        if exchange.abandoned {
            self.note_settled(settled);
        } else {
            self.outcome = Some(settled);
        }
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
        return !line.starts_with(b"+") && is_text(line);
    };
    let asked = grammar::name_asked(command);
    // V1.3 and V1.0.1 section 1.2.2 print the second spelling.
    asked == name || (name == b"+MPQTTOPEN" && asked == b"+MQTTOPEN")
}

fn is_text(line: &[u8]) -> bool {
    core::str::from_utf8(line).is_ok_and(|text| !text.chars().any(|letter| letter.is_control() && letter != '\t'))
}
