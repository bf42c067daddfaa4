//! The meter over Embassy on this board.
#![no_std]
#![no_main]

use core::mem::size_of_val;
use core::pin::pin;

use cortex_m::singleton;
use cortex_m_rt::entry;
use firmware_app::meter::{Settings, simulated_sensor};
use firmware_app::with_embassy::run;
use firmware_support::{console, executor};
use lm3s6965evb::UART;
use log::info;

#[entry]
fn main() -> ! {
    lm3s6965evb::start();
    let executor = singleton!(: Option<embassy_executor::raw::Executor> = None).expect("main runs once");
    executor::run(executor, |spawner| spawner.spawn(meter().expect("it is spawned once")))
}

#[embassy_executor::task]
async fn meter() {
    let settings = Settings::built_in();
    // Pinned before it is looked at: moved into the await it would be kept twice.
    let meter = pin!(run(UART.port(), || UART.health(), simulated_sensor(), &settings));
    info!("the application's future is {} bytes large", size_of_val(&*meter));
    console::end(meter.await)
}
