//! The meter on Nordic's nRF52840-DK. The module is at UARTE1, its power key at a transistor:
//!
//! | board | pin | module |
//! |---|---|---|
//! | D1, P1.02 | UARTE1 TXD | RXD |
//! | D0, P1.01 | UARTE1 RXD | TXD |
//! | D2, P1.03 | output, high presses | base of the transistor at PWRKEY |
//!
//! UARTE0's pins are left to the debugger's port. Both crystals run: a UART wants a better clock than the oscillator inside.
#![no_std]
#![no_main]

use cortex_m::peripheral::SCB;
use cortex_m::singleton;
use defmt_rtt as _;
use embassy_executor::Spawner;
use embassy_nrf::buffered_uarte::{BufferedUarte, InterruptHandler};
use embassy_nrf::config::{HfclkSource, LfclkSource};
use embassy_nrf::gpio::{Level, Output, OutputDrive};
use embassy_nrf::uarte::{self, Baudrate};
use embassy_nrf::{bind_interrupts, peripherals};
use embassy_time::Timer;
use fibocom_mqtt::{EmbassyClock, PowerKey, PowerTiming};
use firmware_app::lines;
use firmware_app::meter::{Settings, simulated_sensor};
use firmware_app::uart::Line;
use firmware_app::with_embassy::run_with_power;
use panic_probe as _;

bind_interrupts!(struct Interrupts {
    UARTE1 => InterruptHandler<peripherals::UARTE1>;
});

static LINE: Line = Line::new();

#[embassy_executor::main]
async fn main(_spawner: Spawner) -> ! {
    lines::start();
    let mut clocks = embassy_nrf::config::Config::default();
    clocks.hfclk_source = HfclkSource::ExternalXtal;
    clocks.lfclk_source = LfclkSource::ExternalXtal;
    let board = embassy_nrf::init(clocks);

    let mut config = uarte::Config::default();
    config.baudrate = Baudrate::Baud115200;
    // Filled by DMA in halves. At 115200 baud 89 ms.
    let received = singleton!(: [u8; 1024] = [0; 1024]).expect("main runs once");
    let to_send = singleton!(: [u8; 256] = [0; 256]).expect("main runs once");
    // The timer counts bytes, and the PPI starts it and the next half without the core.
    let uart = BufferedUarte::new(
        board.UARTE1,
        board.TIMER1,
        board.PPI_CH0,
        board.PPI_CH1,
        board.PPI_GROUP0,
        board.P1_01,
        board.P1_02,
        Interrupts,
        config,
        received,
        to_send,
    );

    let pin = Output::new(board.P1_03, Level::Low, OutputDrive::Standard);
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
