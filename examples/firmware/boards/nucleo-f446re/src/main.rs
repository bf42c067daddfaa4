//! The meter on ST's Nucleo-F446RE. The module is at USART1, its power key at a transistor:
//!
//! | board | pin | module |
//! |---|---|---|
//! | D8, PA9 | USART1 TX | RXD |
//! | D2, PA10 | USART1 RX | TXD |
//! | D7, PA8 | output, high presses | base of the transistor at PWRKEY |
//!
//! USART2 is left to the ST-LINK, whose 8 MHz clock the core runs by, at 168 MHz.
#![no_std]
#![no_main]

use cortex_m::peripheral::SCB;
use cortex_m::singleton;
use defmt_rtt as _;
use embassy_executor::Spawner;
use embassy_stm32::gpio::{Level, Output, Pull, Speed};
use embassy_stm32::rcc::{
    AHBPrescaler, APBPrescaler, Hse, HseMode, Pll, PllMul, PllPDiv, PllPreDiv, PllSource, Sysclk,
};
use embassy_stm32::time::Hertz;
use embassy_stm32::usart::{self, BufferedInterruptHandler, BufferedUart};
use embassy_stm32::{bind_interrupts, peripherals};
use embassy_time::Timer;
use fibocom_mqtt::{EmbassyClock, PowerKey, PowerTiming};
use firmware_app::lines;
use firmware_app::meter::{Settings, simulated_sensor};
use firmware_app::uart::Line;
use firmware_app::with_embassy::run_with_power;
use panic_probe as _;

bind_interrupts!(struct Interrupts {
    USART1 => BufferedInterruptHandler<peripherals::USART1>;
});

static LINE: Line = Line::new();

#[embassy_executor::main]
async fn main(_spawner: Spawner) -> ! {
    lines::start();
    let board = embassy_stm32::init(clocks());

    let mut config = usart::Config::default();
    config.baudrate = 115_200;
    // A module without power leaves it floating.
    config.rx_pull = Pull::Up;
    // At 115200 baud 89 ms.
    let received = singleton!(: [u8; 1024] = [0; 1024]).expect("main runs once");
    let to_send = singleton!(: [u8; 256] = [0; 256]).expect("main runs once");
    let uart = BufferedUart::new(
        board.USART1,
        board.PA10,
        board.PA9,
        to_send,
        received,
        Interrupts,
        config,
    )
    .expect("that rate can be made of that clock");

    let pin = Output::new(board.PA8, Level::Low, Speed::Low);
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

/// 8 MHz / 4 * 168 / 2: 168 MHz, half of it for the APB2 and so for USART1, a quarter for the APB1.
fn clocks() -> embassy_stm32::Config {
    let mut config = embassy_stm32::Config::default();
    config.rcc.hse = Some(Hse {
        freq: Hertz(8_000_000),
        mode: HseMode::Bypass,
    });
    config.rcc.pll_src = PllSource::HSE;
    config.rcc.pll = Some(Pll {
        prediv: PllPreDiv::DIV4,
        mul: PllMul::MUL168,
        divp: Some(PllPDiv::DIV2),
        divq: None,
        divr: None,
    });
    config.rcc.ahb_pre = AHBPrescaler::DIV1;
    config.rcc.apb1_pre = APBPrescaler::DIV4;
    config.rcc.apb2_pre = APBPrescaler::DIV2;
    config.rcc.sys = Sysclk::PLL1_P;
    config
}
