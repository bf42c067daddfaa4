//! A world for tests: modules, their lines, a virtual clock, and an executor that moves it.

use std::cell::RefCell;
use std::pin::pin;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, Wake, Waker};
use std::time::Duration;

use super::blocking::BlockingPort;
use super::broker::MemoryBroker;
use super::clock::VirtualClock;
use super::link::{Port, Wire};
use super::models::Settings;
use super::module::Module;
use super::network::BreakCause;
use super::record::Record;

/// How often a future may ask to be polled again without any time passing.
const MOST_WAKES: u32 = 1_000_000;

/// A module in memory, on virtual time. Clones are the same world.
///
/// Time stands still while anything can be done and jumps to the next deadline when nothing can, so a test that waits
/// for minutes takes none, and always goes the same way.
///
/// ```
/// use embedded_io_async::{Read, Write};
/// use fibocom_mqtt::sim::{Settings, World};
///
/// let world = World::new(Settings::l610());
/// let mut port = world.port();
/// let mut answer = [0; 11];
/// world.block_on(async {
///     port.write_all(b"ATE0\r").await.unwrap();
///     port.read_exact(&mut answer).await.unwrap();
/// });
/// assert_eq!(answer, *b"ATE0\r\r\nOK\r\n");
/// ```
#[derive(Clone)]
pub struct World {
    clock: VirtualClock,
    broker: MemoryBroker,
    lines: Rc<RefCell<Vec<Port>>>,
    first: Line,
    limit: Duration,
}

/// One module of a [`World`] and its line. Clones are the same one.
#[derive(Clone)]
pub struct Line(Port);

impl Line {
    /// The host's end.
    pub fn port(&self) -> Port {
        self.0.clone()
    }

    /// Looks at the module or changes it.
    pub fn module<R>(&self, act: impl FnOnce(&mut Module) -> R) -> R {
        self.0.0.borrow_mut().with(act)
    }

    /// What went over the line so far.
    pub fn record(&self) -> Record {
        self.module(|module| module.record().clone())
    }

    /// Puts bytes on the line now, whatever the module is doing.
    pub fn emit_raw(&self, bytes: &[u8]) {
        self.module(|module| module.emit_raw(bytes));
    }

    /// Resets the module now. See [`Module::restart`].
    pub fn restart(&self) {
        let now = self.0.0.borrow().now();
        self.module(|module| module.restart(now));
    }

    /// Loses the network now, for a while: see [`Module::lose_network_for`].
    pub fn lose_network(&self, cause: BreakCause, lasting: Duration) {
        self.module(|module| module.lose_network_for(cause, lasting, module.now));
    }

    /// See [`Module::on_command`].
    pub fn on_command(&self, command: &[u8], answer: &[u8]) {
        self.module(|module| module.on_command(command, answer));
    }
}

impl World {
    /// A module with these settings, in front of a [`MemoryBroker`].
    pub fn new(settings: Settings) -> Self {
        let broker = MemoryBroker::new();
        let module = Module::new(settings, Box::new(broker.network()));
        Self::with_module(module, broker)
    }

    /// A module with these settings that has its network already.
    pub fn online(settings: Settings) -> Self {
        Self::new(settings.online())
    }

    fn with_module(module: Module, broker: MemoryBroker) -> Self {
        let clock = VirtualClock::default();
        let first = Line(Port(Rc::new(RefCell::new(Wire::new(module, clock.clone())))));
        let lines = Rc::new(RefCell::new(vec![first.port()]));
        Self {
            clock,
            broker,
            lines,
            first,
            limit: Duration::from_secs(7 * 24 * 3600),
        }
    }

    /// One more module, in front of the same broker.
    pub fn add(&self, settings: Settings) -> Line {
        let module = Module::new(settings, Box::new(self.broker.network()));
        let line = Line(Port(Rc::new(RefCell::new(Wire::new(module, self.clock.clone())))));
        self.lines.borrow_mut().push(line.port());
        line
    }

    /// The clock.
    pub fn clock(&self) -> VirtualClock {
        self.clock.clone()
    }

    /// The server behind every module of this world.
    pub fn broker(&self) -> MemoryBroker {
        self.broker.clone()
    }

    /// The first module and its line.
    pub fn line(&self) -> Line {
        self.first.clone()
    }

    /// The host's end of the first module's line.
    pub fn port(&self) -> Port {
        self.first.port()
    }

    /// The host's end of the first module's line, as a blocking port.
    pub fn blocking_port(&self) -> BlockingPort {
        BlockingPort::new(self.clone(), self.port())
    }

    /// Does what is due now; if nothing is, moves the time to the next deadline. This is how a program idles that runs on a
    /// [`blocking_port`](Self::blocking_port).
    ///
    /// # Panics
    ///
    /// If nothing can happen any more, or after a week of virtual time.
    pub fn idle(&self) {
        if !self.settle() {
            self.leap(Duration::MAX);
        }
    }

    /// Moves the time to the next deadline, but not beyond `end`.
    #[allow(clippy::panic)] // A deadlock is a failed test.
    pub(super) fn leap(&self, end: Duration) {
        let now = self.clock.elapsed();
        assert!(now <= self.limit, "the program has waited for {now:?} of virtual time");
        match self.next_deadline() {
            None if end == Duration::MAX => panic!("deadlock at {now:?}: no module and no sleep has a deadline"),
            next => self.clock.set(next.unwrap_or(end).min(end)),
        }
    }

    /// Looks at the first module or changes it.
    pub fn module<R>(&self, act: impl FnOnce(&mut Module) -> R) -> R {
        self.first.module(act)
    }

    /// What went over the first module's line so far.
    pub fn record(&self) -> Record {
        self.first.record()
    }

    /// Puts bytes on the first module's line now, whatever it is doing.
    pub fn emit_raw(&self, bytes: &[u8]) {
        self.first.emit_raw(bytes);
    }

    /// Resets the first module now. See [`Module::restart`].
    pub fn restart(&self) {
        self.first.restart();
    }

    /// The first module loses its network now, for a while: see [`Module::lose_network_for`].
    pub fn lose_network(&self, cause: BreakCause, lasting: Duration) {
        self.first.lose_network(cause, lasting);
    }

    /// See [`Module::on_command`], for the first module.
    pub fn on_command(&self, command: &[u8], answer: &[u8]) {
        self.first.on_command(command, answer);
    }

    /// Lets time pass, step by step from deadline to deadline.
    pub fn advance(&self, duration: Duration) {
        let end = self.clock.elapsed() + duration;
        self.settle();
        while let Some(next) = self.next_deadline().filter(|next| *next <= end) {
            self.clock.set(next);
            self.settle();
        }
        self.clock.set(end);
        self.settle();
    }

    /// Runs a future to its end.
    ///
    /// # Panics
    ///
    /// If the future waits for something that cannot happen any more: it is pending, and neither a module nor a sleep
    /// has a deadline. If it takes more than a week of virtual time, or never rests.
    #[allow(clippy::panic)] // A deadlock is a failed test.
    pub fn block_on<F: Future>(&self, future: F) -> F::Output {
        let mut future = pin!(future);
        let woken = Arc::new(Woken(AtomicBool::new(false)));
        let waker = Waker::from(Arc::clone(&woken));
        let mut context = Context::from_waker(&waker);
        let end = self.clock.elapsed() + self.limit;
        let mut wakes = 0;
        loop {
            self.settle();
            woken.0.store(false, Ordering::Relaxed);
            if let Poll::Ready(output) = future.as_mut().poll(&mut context) {
                self.settle();
                return output;
            }
            if self.settle() || woken.0.load(Ordering::Relaxed) {
                wakes += 1;
                assert!(
                    wakes < MOST_WAKES,
                    "the future asks to be polled again and again, and no time passes"
                );
                continue;
            }
            wakes = 0;
            let Some(next) = self.next_deadline() else {
                let now = self.clock.elapsed();
                panic!("deadlock at {now:?}: the future waits, and no module and no sleep has a deadline");
            };
            assert!(
                next <= end,
                "the future has waited for {:?} of virtual time",
                self.limit
            );
            self.clock.set(next);
        }
    }

    /// Lets every module do what is due now.
    pub(super) fn settle(&self) -> bool {
        let lines = self.lines.borrow().clone();
        let mut moved = false;
        loop {
            let mut again = false;
            for line in &lines {
                again |= line.0.borrow_mut().poll();
            }
            if !again {
                return moved;
            }
            moved = true;
        }
    }

    /// The next moment at which something is due. What was due by now has been done.
    fn next_deadline(&self) -> Option<Duration> {
        let now = self.clock.elapsed();
        let lines = self.lines.borrow();
        let modules = lines.iter().filter_map(|line| line.0.borrow().module.next_deadline());
        modules.chain(self.clock.next_deadline()).filter(|at| *at > now).min()
    }
}

struct Woken(AtomicBool);

impl Wake for Woken {
    fn wake(self: Arc<Self>) {
        self.0.store(true, Ordering::Relaxed);
    }
}
