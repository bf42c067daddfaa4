//! The meter on a Raspberry Pi Pico. The module is at UART1, its power key at a transistor:
//!
//! | board | pin | module |
//! |---|---|---|
//! | 6, GP4 | UART1 TX | RXD |
//! | 7, GP5 | UART1 RX | TXD |
//! | 9, GP6 | output, high presses | base of the transistor at PWRKEY |
//!
//! UART0's pins are left to the debug probe. The core runs at 125 MHz, from the crystal, as embassy-rp has it by itself.
#![no_std]
#![no_main]

use cortex_m::peripheral::SCB;
use cortex_m::singleton;
use defmt_rtt as _;
use embassy_executor::Spawner;
use embassy_rp::gpio::{Level, Output};
use embassy_rp::uart::{self, BufferedInterruptHandler, BufferedUart};
use embassy_rp::{bind_interrupts, peripherals};
use embassy_time::Timer;
use fibocom_mqtt::{EmbassyClock, PowerKey, PowerTiming};
use firmware_app::lines;
use firmware_app::meter::{Settings, simulated_sensor};
use firmware_app::uart::Line;
use firmware_app::with_embassy::run_with_power;
use panic_probe as _;

bind_interrupts!(struct Interrupts {
    UART1_IRQ => BufferedInterruptHandler<peripherals::UART1>;
});

static LINE: Line = Line::new();

#[embassy_executor::main]
async fn main(_spawner: Spawner) -> ! {
    // SAFETY: the other core is off, no interrupt logs yet, and nobody else installs a logger. This core has no atomic exchange,
    // so there is no safe function for it.
    unsafe {
        let _ = log::set_logger_racy(&lines::BY_DEFMT);
        log::set_max_level_racy(lines::LEVEL);
    }
    let board = embassy_rp::init(embassy_rp::config::Config::default());

    let mut config = uart::Config::default();
    config.baudrate = 115_200;
    // At 115200 baud 89 ms.
    let received = singleton!(: [u8; 1024] = [0; 1024]).expect("main runs once");
    let to_send = singleton!(: [u8; 256] = [0; 256]).expect("main runs once");
    let uart = BufferedUart::new(
        board.UART1,
        board.PIN_4,
        board.PIN_5,
        Interrupts,
        to_send,
        received,
        config,
    );

    let pin = Output::new(board.PIN_6, Level::Low);
    let Ok(mut key) = PowerKey::new(pin, PowerTiming::L610).and_then(PowerKey::active_high);
    let Ok(()) = key.power_on(&EmbassyClock).await;

    let settings = Settings::built_in();
    match run_with_power(LINE.port(uart), key, || LINE.health(), simulated_sensor(), &settings).await {
        Ok(()) => core::future::pending().await,
        Err(error) => {
            defmt::error!("{}", defmt::Display2Format(&error));
            // Whoever puts another SIM in has time for it.
            Timer::after_secs(60).await;
            SCB::sys_reset()
        }
    }
}
