//! The module itself: its state, its time, and what it does when.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use super::answer::{Afterwards, Answer, Final};
use super::datamode::DataMode;
use super::models::{ResultOrder, Settings, UrcTiming};
use super::network::{BreakCause, Message, Network, NetworkEvent, Token};
use super::record::Record;
use super::state::{Link, State};
use super::{Fault, NetworkNeed};

/// A simulated module: bytes, requests' answers and the time go in, bytes come out. It never waits, reads no clock and
/// touches no port; [`World`](super::World) runs one on a virtual clock, [`serve`](super::serve) one in real time.
///
/// ```
/// use std::time::Duration;
/// use fibocom_mqtt::sim::{MemoryBroker, Module, Settings};
///
/// let mut module = Module::new(Settings::l610(), Box::new(MemoryBroker::new().network()));
/// module.receive(b"AT+CMEE?\r", Duration::ZERO);
/// let due = module.next_deadline().expect("an answer is due");
/// module.poll(due);
/// assert_eq!(module.take_output(), b"AT+CMEE?\r\r\n+CMEE: 0\r\n\r\nOK\r\n");
/// ```
pub struct Module {
    pub(super) settings: Settings,
    pub(super) state: State,
    pub(super) network: Box<dyn Network>,
    pub(super) now: Duration,
    pub(super) phase: Phase,
    pub(super) line: CommandLine,
    pub(super) record: Record,
    pub(super) output: Vec<u8>,
    /// Unsolicited lines that wait for the end of a command.
    pub(super) held: VecDeque<Vec<u8>>,
    pub(super) pending: BTreeMap<Token, Pending>,
    pub(super) scripts: Vec<Script>,
    pub(super) commands: u32,
    schedule: BTreeMap<(Duration, u64), Action>,
    serial: u64,
}

/// What the module is doing with its line.
#[derive(Debug)]
pub(super) enum Phase {
    Booting,
    /// Waiting for a command.
    Ready,
    /// Between a command's CR and its final result or prompt.
    Executing(Answer),
    /// Taking counted data.
    Data(DataMode),
}

/// The command line that is being received.
#[derive(Debug, Default)]
pub(super) struct CommandLine {
    pub bytes: Vec<u8>,
    /// It began before the previous command's final result.
    pub early: bool,
}

/// A request the network has not answered yet.
#[derive(Debug)]
pub(super) struct Pending {
    pub connection: u16,
    pub command: &'static str,
    /// The result line does not come before.
    pub earliest: Duration,
    /// The result line never comes.
    pub mute: bool,
}

/// An answer that a test dictates.
#[derive(Debug)]
pub(super) struct Script {
    pub command: Vec<u8>,
    pub answer: Vec<u8>,
    pub once: bool,
}

#[derive(Debug)]
enum Action {
    Information,
    Conclude,
    Result(Vec<u8>),
    DataLimit(u64),
    Afterwards(Afterwards),
    Booted,
}

impl Module {
    /// A module that has been switched on a while ago: it answers at once, and its boot lines are gone.
    pub fn new(settings: Settings, network: Box<dyn Network>) -> Self {
        Self {
            state: State::new(&settings),
            settings,
            network,
            now: Duration::ZERO,
            phase: Phase::Ready,
            line: CommandLine::default(),
            record: Record::default(),
            output: Vec::new(),
            held: VecDeque::new(),
            pending: BTreeMap::new(),
            scripts: Vec::new(),
            commands: 0,
            schedule: BTreeMap::new(),
            serial: 0,
        }
    }

    /// Takes what the host wrote, at `now`. Answers may be due at once: see [`Module::take_output`].
    pub fn receive(&mut self, bytes: &[u8], now: Duration) {
        self.poll(now);
        self.record.wrote(bytes);
        for byte in bytes {
            self.input(*byte);
        }
        self.poll(now);
    }

    /// Does what is due at `now`, and takes what the network has.
    pub fn poll(&mut self, now: Duration) {
        loop {
            let due = self
                .schedule
                .first_key_value()
                .map(|(key, _)| *key)
                .filter(|(at, _)| *at <= now);
            if let Some(action) = due.and_then(|key| self.schedule.remove(&key)) {
                self.now = self.now.max(due.map_or(now, |(at, _)| at));
                self.act(action);
                continue;
            }
            self.now = self.now.max(now);
            let (state, settings) = (&self.state, &self.settings);
            match self
                .network
                .poll(self.now, &|connection| state.has_room(connection, settings))
            {
                Some(event) => self.network_event(event),
                None => break,
            }
        }
    }

    /// What the module has written since the last call.
    pub fn take_output(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.output)
    }

    /// When [`Module::poll`] has something to do next, if nothing else happens before.
    pub fn next_deadline(&self) -> Option<Duration> {
        let own = self.schedule.first_key_value().map(|((at, _), _)| *at);
        [own, self.network.next_deadline()].into_iter().flatten().min()
    }

    /// The settings, to be changed while the module runs.
    pub fn settings_mut(&mut self) -> &mut Settings {
        &mut self.settings
    }

    /// What went over the line so far.
    pub fn record(&self) -> &Record {
        &self.record
    }

    /// The same, and forgets it: for a module that runs for long.
    pub fn take_record(&mut self) -> Record {
        std::mem::take(&mut self.record)
    }

    /// Sees to it that `wake` is called when the network has news. For real time.
    pub fn set_waker(&mut self, wake: Arc<dyn Fn() + Send + Sync>) {
        self.network.set_waker(wake);
    }

    /// Puts bytes on the line, now, whatever the module is doing.
    pub fn emit_raw(&mut self, bytes: &[u8]) {
        self.put(bytes);
    }

    /// Raises an unsolicited line, as the module would: framed, and after a running command unless it is set to be
    /// impolite ([`UrcTiming`](super::UrcTiming)).
    pub fn emit_urc(&mut self, line: &[u8]) {
        self.urc(line);
    }

    /// From now on, answers every command that begins with `command` with these bytes in place of its own answer, and
    /// does not carry it out. The echo stays.
    pub fn on_command(&mut self, command: &[u8], answer: &[u8]) {
        self.script(command, answer, false);
    }

    /// The same, for the next such command only.
    pub fn on_command_once(&mut self, command: &[u8], answer: &[u8]) {
        self.script(command, answer, true);
    }

    /// Forgets what [`Module::on_command`] was told.
    pub fn forget_scripts(&mut self) {
        self.scripts.clear();
    }

    fn script(&mut self, command: &[u8], answer: &[u8], once: bool) {
        self.scripts.push(Script {
            command: command.to_vec(),
            answer: answer.to_vec(),
            once,
        });
    }

    /// Resets the module, as its power key does: what was set is forgotten (V1.3: nothing is stored), connections are
    /// dropped without a word, and after [`Settings::boot_delay`] it reports itself.
    pub fn restart(&mut self, now: Duration) {
        self.now = self.now.max(now);
        for connection in &self.state.connections {
            if connection.link != Link::Free {
                self.network.abandon(connection.id);
            }
        }
        self.state = State::new(&self.settings);
        self.phase = Phase::Booting;
        self.line = CommandLine::default();
        self.held.clear();
        self.pending.clear();
        self.schedule.clear();
        self.after(self.settings.boot_delay, Action::Booted);
    }

    /// Takes the data connection away, as a lost radio link does: every connection breaks with that cause.
    pub fn lose_network(&mut self, cause: BreakCause, now: Duration) {
        self.poll(now);
        self.state.online = false;
        for id in self.state.ids_in_use() {
            self.network.abandon(id);
            self.lost(id, cause);
        }
        self.poll(self.now);
    }

    /// How many received messages wait to be read on a connection.
    pub fn stored(&self, connection: u16) -> usize {
        self.state
            .connection(connection)
            .map_or(0, |connection| connection.store.len())
    }

    /// Whether a connection is open.
    pub fn is_open(&self, connection: u16) -> bool {
        self.state
            .connection(connection)
            .is_some_and(|connection| connection.link == Link::Open)
    }

    /// Whether the module is in data mode.
    pub fn in_data_mode(&self) -> bool {
        matches!(self.phase, Phase::Data(_))
    }

    pub(super) fn next_serial(&mut self) -> u64 {
        self.serial += 1;
        self.serial
    }

    fn after(&mut self, delay: Duration, action: Action) {
        self.at(self.now + delay, action);
    }

    fn at(&mut self, at: Duration, action: Action) {
        let serial = self.next_serial();
        self.schedule.insert((at, serial), action);
    }

    pub(super) fn limit_data(&mut self, limit: Duration, epoch: u64) {
        self.after(limit, Action::DataLimit(epoch));
    }

    /// From the command to its final result.
    pub(super) fn final_delay(&self) -> Duration {
        let late = self.settings.faults.iter().filter_map(|fault| match fault {
            Fault::LateOk(delay) => Some(*delay),
            _ => None,
        });
        self.settings.ok_delay + late.sum()
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

    fn act(&mut self, action: Action) {
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
                self.urc(b"AT command ready");
                self.urc(b"+SIM READY");
            }
            Action::Afterwards(Afterwards::Restart) => self.restart(self.now),
            Action::Afterwards(Afterwards::Dialled) => {
                self.state.online = true;
                let line = format!("+MIPCALL: {}", self.settings.address);
                self.urc(line.as_bytes());
            }
            Action::Afterwards(Afterwards::HungUp) => {
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
        if let Some((what, delay)) = answer.afterwards {
            self.after(delay, Action::Afterwards(what));
        }
    }

    fn network_event(&mut self, event: NetworkEvent) {
        match event {
            NetworkEvent::Opened {
                connection,
                token,
                result,
            } => {
                if let Some(connection) = self.state.connection_mut(connection) {
                    connection.link = if result.is_ok() { Link::Open } else { Link::Free };
                }
                self.settle(token, result.is_ok());
            }
            NetworkEvent::Done { connection, token, ok } => {
                let closed = self
                    .pending
                    .get(&token)
                    .is_some_and(|pending| pending.command == "+MQTTCLOSE");
                if let (true, Some(connection)) = (closed, self.state.connection_mut(connection)) {
                    connection.link = Link::Free;
                }
                self.settle(token, ok);
            }
            NetworkEvent::Message { connection, message } => self.message(connection, message),
            NetworkEvent::Lost { connection, cause } => self.lost(connection, cause),
        }
    }

    /// A request is done: its result line comes when it may.
    fn settle(&mut self, token: Token, ok: bool) {
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

    fn message(&mut self, id: u16, message: Message) {
        if message.payload.len() > self.settings.max_receive {
            return;
        }
        if self.state.direct {
            let line = self.direct_line(id, &message);
            return self.urc(&line);
        }
        let (topic, payload) = (message.topic.len(), message.payload.len());
        let announcement = format!("+MQTTMSGI: {id},{},{topic},{payload}", message.qos);
        if let Some(connection) = self.state.connection_mut(id) {
            connection.store.push_back(message);
            if !self.settings.has(Fault::DropUrc) {
                self.urc(announcement.as_bytes());
            }
        }
    }

    /// An open connection is gone: what was asked on it has failed, and the host is told (V1.0.1 1.4).
    fn lost(&mut self, id: u16, cause: BreakCause) {
        let Some(connection) = self.state.connection_mut(id) else {
            return;
        };
        let was = std::mem::replace(&mut connection.link, Link::Free);
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
