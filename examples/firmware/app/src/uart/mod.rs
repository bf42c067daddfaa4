//! A serial port over any UART, by interrupts: a ring for each direction, and back-pressure where a ring is full.
//!
//! A board describes its registers ([`Registers`]), keeps a [`BufferedUart`] in a static, and calls
//! [`on_interrupt`](BufferedUart::on_interrupt). [`Uart`] is the port for the driver.
//!
//! Where a HAL has a UART with interrupts and rings, [`Line`] makes that one the port.

mod line;
mod port;
#[cfg(test)]
mod tests;

use core::cell::RefCell;
use core::task::Waker;

use critical_section::Mutex;
use heapless::Deque;

pub use line::{Line, LinePort};
pub use port::Uart;

/// The UART of a board. All is called in a critical section, so nothing here interrupts anything else here.
pub trait Registers {
    /// Takes note of all interrupts that are pending. Called before the bytes are taken: one that comes in between interrupts
    /// again, where acknowledging behind it would leave it there for ever.
    fn acknowledge(&self);

    /// A byte, if one has come.
    fn receive(&self) -> Option<u8>;

    /// Sends a byte. `false` if there is no room for it yet.
    fn transmit(&self, byte: u8) -> bool;

    /// Whether to interrupt when a byte has come.
    fn interrupt_on_byte(&self, on: bool);

    /// Whether to interrupt when there is room again.
    fn interrupt_on_room(&self, on: bool);

    /// Whether a byte was lost since the last call, since the one before it had not been taken.
    fn take_overrun(&self) -> bool;
}

/// How a UART has fared since it began.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Health {
    /// How often the UART found a byte lost.
    pub overruns: u32,
    /// How often the ring was full and the UART had to wait. Without flow control that is where overruns come from.
    pub full: u32,
    /// The most bytes that ever waited in the ring.
    pub most: usize,
}

/// A UART and its rings: `RX` and `TX` bytes. At 115200 baud 512 bytes are 44 ms.
pub struct BufferedUart<R, const RX: usize, const TX: usize> {
    registers: R,
    state: Mutex<RefCell<State<RX, TX>>>,
}

struct State<const RX: usize, const TX: usize> {
    received: Deque<u8, RX>,
    to_send: Deque<u8, TX>,
    /// The ring is full: what comes next waits in the UART.
    holds_back: bool,
    reader: Option<Waker>,
    writer: Option<Waker>,
    health: Health,
}

impl<R: Registers, const RX: usize, const TX: usize> BufferedUart<R, RX, TX> {
    /// A UART whose registers are set up, its interrupts still off.
    pub const fn new(registers: R) -> Self {
        let state = State {
            received: Deque::new(),
            to_send: Deque::new(),
            holds_back: false,
            reader: None,
            writer: None,
            health: Health {
                overruns: 0,
                full: 0,
                most: 0,
            },
        };
        Self {
            registers,
            state: Mutex::new(RefCell::new(state)),
        }
    }

    /// Begins to listen, and lends the port. Ask for it once: two of them would each get a part of what comes.
    pub fn port(&self) -> Uart<'_, R, RX, TX> {
        self.with(|state, registers| {
            registers.acknowledge();
            registers.interrupt_on_byte(true);
            state.take(registers);
        });
        Uart::new(self)
    }

    /// To be called by the UART's interrupts, those of both directions.
    pub fn on_interrupt(&self) {
        self.with(|state, registers| {
            registers.acknowledge();
            state.take(registers);
            state.give(registers);
        });
    }

    /// How it has fared.
    pub fn health(&self) -> Health {
        self.with(|state, _| state.health)
    }

    /// The registers, to set them up before the port is asked for.
    pub const fn registers(&self) -> &R {
        &self.registers
    }

    fn with<O>(&self, act: impl FnOnce(&mut State<RX, TX>, &R) -> O) -> O {
        critical_section::with(|section| act(&mut self.state.borrow_ref_mut(section), &self.registers))
    }
}

impl<const RX: usize, const TX: usize> State<RX, TX> {
    /// Moves what has come from the UART to the ring, and holds the UART back once that is full.
    fn take(&mut self, registers: &impl Registers) {
        if registers.take_overrun() {
            self.health.overruns = self.health.overruns.saturating_add(1);
        }
        while !self.received.is_full() {
            let Some(byte) = registers.receive() else { break };
            // There is room.
            let _ = self.received.push_back(byte);
        }
        let full = self.received.is_full();
        if full && !self.holds_back {
            self.holds_back = true;
            registers.interrupt_on_byte(false);
            self.health.full = self.health.full.saturating_add(1);
        }
        self.health.most = self.health.most.max(self.received.len());
        if !self.received.is_empty() {
            self.reader.take().into_iter().for_each(Waker::wake);
        }
    }

    /// Moves what is to be sent from the ring to the UART.
    fn give(&mut self, registers: &impl Registers) {
        let mut waits = false;
        while let Some(&byte) = self.to_send.front() {
            if registers.transmit(byte) {
                self.to_send.pop_front();
                waits = false;
            } else if waits {
                break;
            } else {
                // Once more: room that came before the interrupt was on would never interrupt.
                registers.interrupt_on_room(true);
                waits = true;
            }
        }
        if self.to_send.is_empty() {
            registers.interrupt_on_room(false);
        }
        if !self.to_send.is_full() {
            self.writer.take().into_iter().for_each(Waker::wake);
        }
    }
}
