//! QEMU's lm3s6965evb, a Cortex-M3 at 12.5 MHz. The module is at UART0, a PL011 with its FIFOs on. QEMU wants neither its clock
//! nor its pins switched on, which the chip would.
#![no_std]

mod pl011;

use cortex_m::Peripherals;
use cortex_m::interrupt::InterruptNumber;
use cortex_m::peripheral::NVIC;
use cortex_m_rt::exception;
use firmware_app::uart::BufferedUart;
use firmware_support::{console, ticks};

use crate::pl011::Pl011;

const CORE: u32 = 12_500_000;
const BAUD: u32 = 230_400;

/// The module's UART.
// SAFETY: UART0 is there, and this is its only value.
pub static UART: BufferedUart<Pl011, 512, 128> = BufferedUart::new(unsafe { Pl011::at(0x4000_c000) });

/// Sets up what the applications need.
pub fn start() {
    console::start();
    // Nothing has taken them before.
    let Some(core) = Peripherals::take() else { return };
    UART.registers().start(CORE, BAUD);
    // SAFETY: what it interrupts is not in a critical section that relies on its being masked.
    unsafe { NVIC::unmask(Interrupt) };
    ticks::start(core.SYST, CORE);
}

/// Of UART0, for both directions.
#[derive(Clone, Copy)]
struct Interrupt;

// SAFETY: the number is that of UART0 in this machine's vector table.
unsafe impl InterruptNumber for Interrupt {
    fn number(self) -> u16 {
        5
    }
}

// SAFETY: it may come at any time, and does all it does in critical sections.
#[exception]
unsafe fn DefaultHandler(number: i16) {
    match number {
        5 => UART.on_interrupt(),
        _ => panic!("interrupt {number} was never asked for"),
    }
}
