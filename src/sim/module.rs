//! The module itself: its state and its time.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use super::answer::{Afterwards, Answer};
use super::datamode::DataMode;
use super::gateway::Effect;
use super::models::Settings;
use super::network::{BreakCause, Network, Token};
use super::record::Record;
use super::state::{Link, State};

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
    /// The rate of the host's port, if it has one.
    pub(super) host_baud: Option<u32>,
    /// The line DTR is on.
    pub(super) dtr: bool,
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
    /// What it changes for the gateway if it succeeds.
    pub effect: Option<Effect>,
}

/// An answer that a test dictates.
#[derive(Debug)]
pub(super) struct Script {
    pub command: Vec<u8>,
    pub answer: Vec<u8>,
    pub once: bool,
}

/// What is due at some time.
#[derive(Debug)]
pub(super) enum Action {
    Information,
    Conclude,
    Result(Vec<u8>),
    DataLimit(u64),
    Afterwards(Afterwards),
    /// A search has ended.
    Registered,
    Booted,
}

impl Module {
    /// A module that has been switched on a while ago: it answers at once, and its boot lines are gone.
    pub fn new(settings: Settings, network: Box<dyn Network>) -> Self {
        let mut module = Self {
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
            host_baud: None,
            dtr: false,
            schedule: BTreeMap::new(),
            serial: 0,
        };
        module.switch_radio_on(Duration::ZERO);
        module
    }

    /// Takes what the host wrote, at `now`. Answers may be due at once: see [`Module::take_output`].
    pub fn receive(&mut self, bytes: &[u8], now: Duration) {
        self.poll(now);
        self.record.wrote(bytes);
        for byte in bytes {
            if let Some(byte) = self.hear(*byte) {
                self.input(byte);
            }
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
        let pin_attempts = self.state.radio.pin_attempts;
        self.state = State::new(&self.settings);
        self.state.radio.pin_attempts = pin_attempts;
        self.phase = Phase::Booting;
        self.line = CommandLine::default();
        self.held.clear();
        self.pending.clear();
        self.schedule.clear();
        self.after(self.settings.boot_delay, Action::Booted);
        self.switch_radio_on(self.now + self.settings.boot_delay);
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

    pub(super) fn after(&mut self, delay: Duration, action: Action) {
        self.at(self.now + delay, action);
    }

    pub(super) fn at(&mut self, at: Duration, action: Action) {
        let serial = self.next_serial();
        self.schedule.insert((at, serial), action);
    }

    pub(super) fn limit_data(&mut self, limit: Duration, epoch: u64) {
        self.after(limit, Action::DataLimit(epoch));
    }
}
