//! The meter on Espressif's ESP32-C3-DevKitM-1. The module is at UART1, its power key at a transistor:
//!
//! | board | pin | module |
//! |---|---|---|
//! | IO4 | UART1 TX | RXD |
//! | IO5 | UART1 RX | TXD |
//! | IO6 | output, high presses | base of the transistor at PWRKEY |
//!
//! UART0, which is at the board's USB socket, says what happens.
#![no_std]
#![no_main]

mod ring;

use embassy_executor::Spawner;
use embassy_time::Timer;
use esp_backtrace as _;
use esp_hal::clock::CpuClock;
use esp_hal::gpio::{Level, Output, OutputConfig};
use esp_hal::timer::timg::TimerGroup;
use esp_hal::uart::{self, RxConfig, Uart};
use fibocom_mqtt::{EmbassyClock, PowerKey, PowerTiming};
use firmware_app::meter::{Settings, simulated_sensor};
use firmware_app::uart::Line;
use firmware_app::with_embassy::run_with_power;
use log::{LevelFilter, error};

use crate::ring::{Port, Ring, receive};

// The boot loader looks for it.
esp_bootloader_esp_idf::esp_app_desc!();

static LINE: Line = Line::new();
static RING: Ring = Ring::new();

#[esp_rtos::main]
async fn main(spawner: Spawner) -> ! {
    esp_println::logger::init_logger(LevelFilter::Info);
    let board = esp_hal::init(esp_hal::Config::default().with_cpu_clock(CpuClock::max()));
    esp_rtos::start(TimerGroup::new(board.TIMG0).timer0, board.FROM_CPU_INTR0);

    // The FIFO is emptied when half full, or after a pause.
    let receiver = RxConfig::default().with_fifo_full_threshold(64);
    let config = uart::Config::default().with_baudrate(115_200).with_rx(receiver);
    let uart = Uart::new(board.UART1, config)
        .expect("that rate can be made of that clock")
        .with_tx(board.GPIO4)
        .with_rx(board.GPIO5)
        .into_async();
    let (received, uart) = uart.split();
    spawner.spawn(receive(received, &RING, &LINE).expect("it is spawned once"));
    let port = Port { ring: &RING, uart };

    let pin = Output::new(board.GPIO6, Level::Low, OutputConfig::default());
    let Ok(mut key) = PowerKey::new(pin, PowerTiming::L610).and_then(PowerKey::active_high);
    let Ok(()) = key.power_on(&EmbassyClock).await;

    let settings = Settings::built_in();
    match run_with_power(port, key, || LINE.health(), simulated_sensor(), &settings).await {
        Ok(()) => core::future::pending().await,
        Err(error) => {
            error!("{error}");
            // Whoever puts another SIM in has time for it.
            Timer::after_secs(60).await;
            esp_hal::system::software_reset()
        }
    }
}
