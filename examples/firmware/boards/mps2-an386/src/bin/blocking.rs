//! The meter without an executor on this board.
#![no_std]
#![no_main]

use cortex_m_rt::entry;
use firmware_app::blocking::run;
use firmware_app::meter::{Settings, simulated_sensor};
use firmware_support::{console, ticks};
use mps2_an386::UART;

#[entry]
fn main() -> ! {
    mps2_an386::start();
    let settings = Settings::built_in();
    let (health, sensor) = (|| UART.health(), simulated_sensor());
    console::end(run(UART.port(), health, sensor, &settings, ticks::millis, ticks::idle))
}
