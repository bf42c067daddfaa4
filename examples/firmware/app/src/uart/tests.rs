//! The rings over registers that are played by the test.

use core::cell::{Cell, RefCell};
use core::pin::pin;
use core::task::{Context, Poll, Waker};
use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::Wake;

use embedded_io_async::{Read, Write};

use super::*;

/// A UART with room for so many bytes each way, that interrupts once when something happens, as PL011 and CMSDK do.
#[derive(Default)]
struct Played {
    incoming: RefCell<VecDeque<u8>>,
    outgoing: RefCell<Vec<u8>>,
    /// Room to send.
    room: Cell<usize>,
    on_byte: Cell<bool>,
    on_room: Cell<bool>,
    overrun: Cell<bool>,
    acknowledged: Cell<bool>,
    /// Room appears as soon as the interrupt for it is switched on: the race that would stall.
    room_at_once: Cell<usize>,
}

impl Registers for Played {
    fn acknowledge(&self) {
        self.acknowledged.set(true);
    }

    fn receive(&self) -> Option<u8> {
        assert!(self.acknowledged.get(), "drained before it was acknowledged");
        self.incoming.borrow_mut().pop_front()
    }

    fn transmit(&self, byte: u8) -> bool {
        let room = self.room.get();
        if room > 0 {
            self.room.set(room - 1);
            self.outgoing.borrow_mut().push(byte);
        }
        room > 0
    }

    fn interrupt_on_byte(&self, on: bool) {
        self.on_byte.set(on);
    }

    fn interrupt_on_room(&self, on: bool) {
        if on && !self.on_room.get() {
            self.room.set(self.room.get() + self.room_at_once.take());
        }
        self.on_room.set(on);
    }

    fn take_overrun(&self) -> bool {
        self.overrun.take()
    }
}

type Small = BufferedUart<Played, 8, 4>;

#[derive(Default)]
struct Counted(AtomicUsize);

impl Wake for Counted {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

/// Polls once, with a waker that counts.
fn poll_once<F: Future>(future: F, counted: &Arc<Counted>) -> Poll<F::Output> {
    let waker = Waker::from(counted.clone());
    pin!(future).poll(&mut Context::from_waker(&waker))
}

/// The line brings these bytes, with an interrupt if that is on.
fn arrive(uart: &Small, bytes: &[u8]) {
    let registers = uart.registers();
    registers.incoming.borrow_mut().extend(bytes);
    if registers.on_byte.get() {
        registers.acknowledged.set(false);
        uart.on_interrupt();
    }
}

fn read_now(uart: &Small, size: usize) -> Vec<u8> {
    let mut buffer = vec![0; size];
    let mut port = Uart::new(uart);
    match poll_once(port.read(&mut buffer), &Arc::default()) {
        Poll::Ready(Ok(count)) => buffer[..count].to_vec(),
        Poll::Pending => Vec::new(),
    }
}

#[test]
fn a_reader_is_woken_and_a_dropped_read_takes_nothing() {
    let uart = Small::new(Played::default());
    let mut port = uart.port();
    let counted = Arc::<Counted>::default();
    let mut buffer = [0; 4];
    assert!(poll_once(port.read(&mut buffer), &counted).is_pending());
    arrive(&uart, b"ab");
    assert_eq!(counted.0.load(Ordering::Relaxed), 1);
    // The read that waited is gone; what came is there.
    assert_eq!(read_now(&uart, 4), b"ab");
    assert_eq!(
        uart.health(),
        Health {
            overruns: 0,
            full: 0,
            most: 2
        }
    );
}

#[test]
fn a_full_ring_holds_the_uart_back_and_loses_nothing() {
    let uart = Small::new(Played::default());
    uart.port();
    let all: Vec<u8> = (0..20).collect();
    arrive(&uart, &all);
    let registers = uart.registers();
    assert!(!registers.on_byte.get(), "it still interrupts");
    assert_eq!(registers.incoming.borrow().len(), 12);
    // No interrupt comes any more: reading alone has to fetch the rest.
    let mut seen = Vec::new();
    for size in [1, 3, 8, 8, 8, 8] {
        seen.extend(read_now(&uart, size));
    }
    assert_eq!(seen, all);
    assert!(registers.on_byte.get(), "it listens no more");
    assert_eq!(read_now(&uart, 8), b"");
    let health = uart.health();
    assert_eq!((health.overruns, health.most), (0, 8));
    assert!(health.full >= 2, "{health:?}");
}

#[test]
fn what_is_written_goes_out_as_there_is_room() {
    let uart = Small::new(Played::default());
    let mut port = uart.port();
    let registers = uart.registers();
    registers.room.set(2);
    let counted = Arc::<Counted>::default();
    let mut left = &b"0123456789"[..];
    let mut rounds = 0;
    while !left.is_empty() {
        match poll_once(port.write(left), &counted) {
            Poll::Ready(Ok(count)) => left = &left[count..],
            Poll::Pending => {
                assert!(registers.on_room.get(), "nothing will wake the writer");
                let woken = counted.0.load(Ordering::Relaxed);
                registers.room.set(1);
                uart.on_interrupt();
                assert_eq!(counted.0.load(Ordering::Relaxed), woken + 1);
            }
        }
        rounds += 1;
        assert!(rounds < 100, "it does not end");
    }
    assert!(poll_once(port.flush(), &counted).is_pending());
    registers.room.set(10);
    uart.on_interrupt();
    assert!(poll_once(port.flush(), &counted).is_ready());
    assert_eq!(*registers.outgoing.borrow(), b"0123456789");
    assert!(!registers.on_room.get(), "it would interrupt for ever");
}

#[test]
fn room_that_comes_before_its_interrupt_is_on_is_used() {
    let uart = Small::new(Played::default());
    let mut port = uart.port();
    uart.registers().room_at_once.set(3);
    assert_eq!(poll_once(port.write(b"abc"), &Arc::default()), Poll::Ready(Ok(3)));
    assert_eq!(*uart.registers().outgoing.borrow(), b"abc");
    assert!(!uart.registers().on_room.get());
}

#[test]
fn a_full_ring_that_empties_while_it_is_written_to_takes_more() {
    let uart = Small::new(Played::default());
    let mut port = uart.port();
    assert_eq!(poll_once(port.write(b"abcdef"), &Arc::default()), Poll::Ready(Ok(4)));
    assert!(poll_once(port.write(b"ef"), &Arc::default()).is_pending());
    // Room without an interrupt.
    uart.registers().room.set(100);
    assert_eq!(poll_once(port.write(b"ef"), &Arc::default()), Poll::Ready(Ok(2)));
    assert_eq!(*uart.registers().outgoing.borrow(), b"abcdef");
}

#[test]
fn overruns_are_counted() {
    let uart = Small::new(Played::default());
    uart.port();
    for _ in 0..3 {
        uart.registers().overrun.set(true);
        arrive(&uart, b"x");
    }
    assert_eq!(
        uart.health(),
        Health {
            overruns: 3,
            full: 0,
            most: 3
        }
    );
}

#[test]
fn the_blocking_port_is_asked_first() {
    use embedded_io::{Read, ReadReady, Write};
    let uart = Small::new(Played::default());
    let mut port = uart.port();
    assert_eq!(port.read_ready(), Ok(false));
    arrive(&uart, b"abc");
    assert_eq!(port.read_ready(), Ok(true));
    let mut buffer = [0; 2];
    assert_eq!((Read::read(&mut port, &mut buffer), buffer), (Ok(2), *b"ab"));
    uart.registers().room.set(4);
    assert_eq!(Write::write(&mut port, b"hi"), Ok(2));
    assert_eq!(Write::flush(&mut port), Ok(()));
    assert_eq!(*uart.registers().outgoing.borrow(), b"hi");
}
