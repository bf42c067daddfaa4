//! The exchange with the module as a state machine: bytes, deadlines and requests in, bytes and outcomes out. It knows no port,
//! no clock and no task.

mod asked;
mod buffers;
mod connections;
mod direct;
mod dynamic;
mod exchange;
mod extras;
mod fence;
mod input;
mod messages;
mod output;
mod restart;
mod sn;
mod store;
#[cfg(test)]
mod tests;
mod topics;
mod transmit;

use core::time::Duration;

use asked::Asked;
pub(crate) use asked::{Answer, Told};
pub use buffers::Buffers;
pub(crate) use connections::{Connection, Link};
pub(crate) use exchange::{Kind, Outcome, Request};
pub(crate) use store::Stored;
use topics::Names;
pub use topics::TopicNames;

use crate::Instant;
use crate::codec::Decoder;
use crate::command::{PdpState, ReceiveMode};
use crate::error::{Error, InvalidInput};
use crate::model::{Capabilities, DataForm, Dialect, Feature, Model};
use crate::trace::{Line, Trace, names_secret};
use crate::types::{AnyConnectionId, count};
use crate::unsolicited::Unsolicited;
use crate::urc::Operation;
use connections::Connections;
use exchange::{Exchange, Phase};
use extras::Extras;
use fence::Fence;
use restart::Watch;
use store::Store;
use transmit::Transmit;

/// Data is no longer begun so shortly before the module's data mode ends: what came too late would be taken for commands.
const DATA_MODE_MARGIN: Duration = Duration::from_secs(2);

/// The longest line that the engine must understand whatever else is in the line buffer, in bytes: the header of an answer to
/// READ. Unsolicited lines and results are shorter.
pub(crate) const ENGINE_LINE: usize = 48;

/// How an exchange ended whose future had been dropped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Settled {
    pub(crate) operation: Option<(Operation, AnyConnectionId)>,
    pub(crate) outcome: Outcome,
}

pub(crate) type TraceHook<'b> = &'b mut (dyn FnMut(Trace<'_>) + Send);
pub(crate) type UnsolicitedHook<'b> = &'b mut (dyn FnMut(Unsolicited<'_>) + Send);

pub(crate) struct Engine<'b> {
    decoder: Decoder<'b>,
    store: Store<'b>,
    /// In which form messages are to come. The module is told with every connect.
    pub(crate) receive_mode: ReceiveMode,
    transmit: Transmit<'b>,
    exchange: Option<Exchange>,
    outcome: Option<Settled>,
    /// Outcomes of abandoned operations that the caller has not been told.
    settled: heapless::Deque<Settled, 4>,
    fence: Fence,
    /// Until then the module may be in a data mode for which there is no data left: it would take any command for a message.
    quiet_until: Option<Instant>,
    connections: Connections,
    extras: Extras,
    /// What topic ids stand for.
    names: Option<&'b mut dyn Names>,
    watch: Watch,
    /// The module has restarted, and what was loaded into it is gone.
    rebooted: bool,
    boots: u32,
    /// The last `+MIPCALL` line that nobody had asked for.
    call_news: Option<PdpState>,
    pub(crate) dialect: Dialect,
    pub(crate) capabilities: Capabilities,
    pub(crate) trace: Option<TraceHook<'b>>,
    pub(crate) unsolicited: Option<UnsolicitedHook<'b>>,
    /// A command that carries or asks for a secret is being answered, or was given up and may still be.
    secretive: bool,
    /// The answer to a registration may still come, though nobody waits for it.
    dynamic_owed: bool,
    /// When the module last sent anything.
    heard_at: Instant,
}

impl<'b> Engine<'b> {
    pub(crate) fn new(buffers: Buffers<'b>, dialect: Dialect, now: Instant) -> Self {
        Self {
            decoder: Decoder::new(buffers.line, dialect.read_quotes),
            store: Store::new(buffers.message),
            receive_mode: ReceiveMode::ByLength,
            transmit: Transmit::new(buffers.transmit),
            exchange: None,
            outcome: None,
            settled: heapless::Deque::new(),
            fence: Fence::new(),
            quiet_until: None,
            connections: Connections::new(),
            extras: Extras::default(),
            names: buffers.topics,
            watch: Watch::new(),
            rebooted: false,
            boots: 0,
            call_news: None,
            dialect,
            capabilities: Model::UNKNOWN.capabilities(),
            trace: None,
            unsolicited: None,
            secretive: false,
            dynamic_owed: false,
            heard_at: now,
        }
    }

    // Requests.

    /// Refuses what needs an open connection, or one without an owed result, where there is none. The engine must be settled.
    pub(crate) fn check<E>(&mut self, request: &Request) -> Result<(), Error<E>> {
        match request.kind {
            Kind::Operation {
                operation: Operation::Open | Operation::Close,
                ..
            }
            | Kind::Plain
            | Kind::Upload
            | Kind::Read(_) => Ok(()),
            Kind::Dynamic(_) if self.dynamic_owed => Err(Error::Unsettled),
            Kind::Dynamic(_) => Ok(()),
            Kind::Operation { id, .. } => {
                match self.connection(id).map(|connection| (connection.link, connection.owed)) {
                    Some((Link::Broken(cause), _)) => Err(Error::Disconnected(cause)),
                    Some((Link::Restarted, _)) => Err(self.tell_restart(id)),
                    Some((Link::Open, Some(_))) => Err(Error::Unsettled),
                    Some((Link::Open, None)) => Ok(()),
                    _ => Err(Error::NotConnected),
                }
            }
        }
    }

    /// Puts a command line, and the message that is its data, into the transmit buffer, unless this module is known not to have the
    /// command, or the connection that it is for.
    pub(crate) fn load(&mut self, data: &[u8], write: &dyn Fn(&mut [u8]) -> usize) -> Result<(), InvalidInput> {
        let hex = self.dialect.data_form != DataForm::Raw;
        self.transmit.load(data, hex, write)?;
        let command = self.transmit.command();
        let features = [Feature::of_command(command), Feature::of_connection(command)];
        let mut features = features.into_iter().flatten();
        features
            .try_for_each(|feature| self.capabilities.require(feature))
            .inspect_err(|_| self.transmit.clear())
    }

    /// Puts the command line of an upload of so many bytes into the transmit buffer.
    pub(crate) fn load_upload(&mut self, len: usize, write: &dyn Fn(&mut [u8]) -> usize) -> Result<(), InvalidInput> {
        self.transmit.load_upload(len, write)
    }

    /// Drops what was loaded and not begun.
    pub(crate) fn unload(&mut self) {
        self.transmit.clear();
    }

    /// Takes the next piece of an upload's data, if all before it is written and the module wants it.
    pub(crate) fn feed(&mut self, data: &[u8]) {
        self.transmit.feed(data);
    }

    /// Begins the exchange for what was loaded. The engine must be settled.
    pub(crate) fn begin(&mut self, request: Request, now: Instant) {
        self.decoder.begin();
        self.outcome = None;
        self.transmit.allow_command();
        self.note_command();
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

    /// The same, and what it may refine.
    pub(crate) fn answer_and_capabilities(&mut self) -> (&[u8], &mut Capabilities) {
        (self.decoder.kept(), &mut self.capabilities)
    }

    /// The answer has been read, and is wiped: it may hold a password.
    pub(crate) fn forget_answer(&mut self) {
        self.decoder.begin();
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
        if self.wants_fence() {
            self.fence.start(now);
            let query = Line::new(self.fence.query().trim_ascii_end());
            debug!("> {}", query);
            if let Some(trace) = &mut self.trace {
                trace(Trace::Command(query));
            }
        }
    }

    /// Whether something is still on its way: an exchange, bytes to write, a fence, or a data mode that must end by itself.
    pub(crate) fn is_busy(&self) -> bool {
        self.exchange.is_some() || self.transmit.is_incomplete() || self.fence.is_active() || self.quiet_until.is_some()
    }

    /// Nothing owed matters any more: the caller begins from nothing, and ends with a fence.
    pub(crate) fn waive_fence(&mut self) {
        self.fence.waive();
        // While its READ is under way, the rest of a message still comes, and is no line.
        if self.exchange.is_none() {
            self.give_up_body();
        }
    }

    /// What is left of a message does not come any more. The module has handed it out, so it is lost.
    fn give_up_body(&mut self) {
        let Some(header) = self.decoder.abandon_body() else {
            return;
        };
        let Some(id) = AnyConnectionId::new(header.id) else {
            return;
        };
        warning!(
            "a message on connection {} was lost: {} bytes",
            id,
            header.size().size()
        );
        if let Some(connection) = self.connections.get_mut(id) {
            connection.was_read(input::announced(id, header.size()));
            count(&mut connection.counters.lost);
        }
        self.store.miss(id, header.size());
    }

    pub(crate) fn require_fence(&mut self) {
        self.fence.require();
    }

    /// Whether a fence is to be asked before the next command, and nothing else is on its way.
    pub(crate) fn wants_fence(&self) -> bool {
        !self.is_busy() && self.fence.is_needed()
    }

    /// A prompt may come that a command of another host has raised.
    pub(crate) fn expect_foreign_prompt(&mut self) {
        self.decoder.expect_prompt(true);
    }

    /// The next outcome of an abandoned operation on this connection.
    pub(crate) fn next_settled(&mut self, id: AnyConnectionId) -> Option<Settled> {
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

    // Ending.

    /// The result line of the exchange in progress may still come, and would then be taken for another's.
    fn owe_result(&mut self) {
        let Some(exchange) = &self.exchange else { return };
        if exchange.result.is_some() {
            return;
        }
        self.owe_dynamic();
        let Some(exchange) = &self.exchange else { return };
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
        self.secretive = self.dynamic_owed;
    }

    fn finish(&mut self, outcome: Outcome) {
        let Some(exchange) = self.exchange.take() else { return };
        if self.fence.is_clear() {
            self.expect_nothing();
        }
        let asked = Asked::by(self.transmit.command()).filter(|_| exchange.abandoned);
        // A command that was only half written must be completed, or the next one would become its end.
        if !self.transmit.is_incomplete() {
            self.transmit.clear();
        }
        if let (Some(id), true) = (exchange.request.publishes_on(), exchange.begun) {
            let connection = self.connections.get_mut(id);
            connection
                .into_iter()
                .for_each(|connection| connection.count_end(outcome));
        }
        let settled = Settled {
            operation: exchange.operation(),
            outcome,
        };
        if let (Some((operation, id)), true) = (settled.operation, outcome.is_unknown()) {
            warning!(
                "connection {}: whether {} took place is not known",
                id,
                operation.name()
            );
        }
        if exchange.abandoned {
            if let (Kind::Read(id), Outcome::Lost(size)) = (exchange.request.kind, outcome) {
                self.store.miss(id, size);
            }
            self.note_settled(settled);
            if let Some(asked) = asked {
                self.note_answer(asked, outcome);
            }
            self.forget_answer();
        } else {
            self.outcome = Some(settled);
        }
    }
}
