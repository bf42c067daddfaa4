//! QEMU's mps2-an386, a Cortex-M4F at 25 MHz. The module is at UART0, of ARM's Cortex-M System Design Kit ("CMSDK APB UART").
#![no_std]

mod cmsdk;

use cortex_m::Peripherals;
use cortex_m::interrupt::InterruptNumber;
use cortex_m::peripheral::NVIC;
use cortex_m_rt::exception;
use firmware_app::uart::BufferedUart;
use firmware_support::{console, ticks};

use crate::cmsdk::Cmsdk;

const CORE: u32 = 25_000_000;
const BAUD: u32 = 230_400;

/// The module's UART.
// SAFETY: UART0 is there, and this is its only value.
pub static UART: BufferedUart<Cmsdk, 512, 128> = BufferedUart::new(unsafe { Cmsdk::at(0x4000_4000) });

/// Sets up what the applications need.
pub fn start() {
    console::start();
    // Nothing has taken them before.
    let Some(core) = Peripherals::take() else { return };
    UART.registers().start(CORE, BAUD);
    for interrupt in [Interrupt(0), Interrupt(1)] {
        // SAFETY: what they interrupt is not in a critical section that relies on their being masked.
        unsafe { NVIC::unmask(interrupt) };
    }
    ticks::start(core.SYST, CORE);
}

/// Of UART0: 0 receives, 1 transmits.
#[derive(Clone, Copy)]
struct Interrupt(u16);

// SAFETY: both numbers are those of UART0 in this machine's vector table.
unsafe impl InterruptNumber for Interrupt {
    fn number(self) -> u16 {
        self.0
    }
}

// SAFETY: it may come at any time, and does all it does in critical sections.
#[exception]
unsafe fn DefaultHandler(number: i16) {
    match number {
        0 | 1 => UART.on_interrupt(),
        _ => panic!("interrupt {number} was never asked for"),
    }
}
