//! The module's UART: its rate, which the host's port may miss, and its sleep, which costs the bytes that end it.

use std::time::Duration;

use super::answer::{Afterwards, Answer, CmeError, NO_SUCH_COMMAND, NO_SUCH_FORM};
use super::interpreter::Form;
use super::models::Settings;
use super::module::{Module, Phase};

/// What `AT+IPR` takes, as the firmware lists it; 0 measures the rate.
const RATES: [u32; 15] = [
    0, 1200, 2400, 4800, 9600, 14_400, 19_200, 28_800, 33_600, 38_400, 57_600, 115_200, 230_400, 460_800, 921_600,
];

/// With sleep enabled the UART sleeps so long after the last byte.
const AWAKE: Duration = Duration::from_millis(500);

/// So many bytes it takes to wake it, and they are lost.
const WAKING: u8 = 3;

/// The bytes of which the rate is measured.
const MEASURED: &[u8] = b"AT";

/// Everything volatile about the UART.
#[derive(Debug)]
pub(super) struct Uart {
    /// `AT+IPR`: bits per second, or 0 for the rate of whoever writes.
    setting: u32,
    /// The rate in force, unless it is yet to be measured.
    rate: Option<u32>,
    /// What has been seen of the measured bytes.
    measured: usize,
    /// `AT+IFC`: how the module and the host hold each other back.
    flow_control: (u32, u32),
    /// `AT+CSCLK`.
    sleeps: bool,
    /// When a byte last came or went.
    active_at: Duration,
    /// Bytes that are still lost to waking.
    waking: u8,
}

impl Uart {
    pub fn new(settings: &Settings) -> Self {
        Self {
            setting: settings.baud,
            rate: Some(settings.baud).filter(|rate| *rate > 0),
            measured: 0,
            flow_control: (0, 0),
            sleeps: false,
            active_at: Duration::ZERO,
            waking: 0,
        }
    }

    pub fn set_rate(&mut self, setting: u32) {
        self.setting = setting;
        self.rate = Some(setting).filter(|rate| *rate > 0);
        self.measured = 0;
    }
}

impl Module {
    /// The rate at which the module reads and writes; none while it is yet to measure the host's.
    pub fn baud(&self) -> Option<u32> {
        self.state.uart.rate
    }

    /// Whether the UART sleeps, and would lose the bytes that wake it.
    pub fn is_asleep(&self) -> bool {
        let uart = &self.state.uart;
        uart.sleeps && !self.dtr && matches!(self.phase, Phase::Ready) && self.now >= uart.active_at + AWAKE
    }

    /// Sets the rate of the host's port. Where it is another than the module's, both read garbage. Without it, as over a
    /// pseudo-terminal or TCP, there are no rates.
    pub fn set_host_baud(&mut self, baud: Option<u32>) {
        self.host_baud = baud;
    }

    /// Sets the line DTR, which keeps the UART awake.
    pub fn set_dtr(&mut self, on: bool) {
        self.dtr = on;
    }

    /// What becomes of a byte from the host: none if it is lost.
    pub(super) fn hear(&mut self, byte: u8) -> Option<u8> {
        if self.is_asleep() {
            self.state.uart.waking = WAKING;
        }
        let host = self.host_baud;
        let uart = &mut self.state.uart;
        uart.active_at = self.now;
        if uart.waking > 0 {
            uart.waking -= 1;
            return None;
        }
        match (uart.rate, host) {
            (Some(rate), Some(host)) if rate != host => Some(garbled(byte)),
            (None, host) => {
                // The measured bytes are not read.
                let expected = MEASURED.get(uart.measured);
                uart.measured = if expected == Some(&byte.to_ascii_uppercase()) {
                    uart.measured + 1
                } else {
                    0
                };
                if uart.measured == MEASURED.len() {
                    uart.rate = Some(host.unwrap_or(115_200));
                }
                None
            }
            _ => Some(byte),
        }
    }

    /// What the host reads when the module writes this.
    pub(super) fn said(&mut self, bytes: &[u8]) -> Vec<u8> {
        self.state.uart.active_at = self.now;
        match (self.state.uart.rate, self.host_baud) {
            (rate, Some(host)) if rate != Some(host) => bytes.iter().map(|byte| garbled(*byte)).collect(),
            _ => bytes.to_vec(),
        }
    }

    /// `AT+IPR`, `AT+IFC`, `AT+CSCLK`.
    pub(super) fn uart_command(&mut self, name: &str, form: Form) -> Result<Answer, CmeError> {
        let uart = &mut self.state.uart;
        match (name, form) {
            ("+IPR", Form::Read) => Ok(Answer::line(format!("+IPR: {}", uart.setting))),
            ("+IPR", Form::Test) => {
                let rates = RATES.map(|rate| rate.to_string()).join(",");
                Ok(Answer::line(format!("+IPR: ({rates})")))
            }
            ("+IPR", Form::Set(mut arguments)) => {
                let rate = arguments.number(0..=921_600)?;
                arguments.end()?;
                if !RATES.contains(&rate) {
                    return Err(super::answer::INVALID_PARAMETERS);
                }
                // OK still comes at the old rate.
                Ok(Answer::ok().afterwards(Afterwards::Rate(rate), Duration::from_millis(2)))
            }
            ("+IFC", Form::Read) => Ok(Answer::line(format!(
                "+IFC: {},{}",
                uart.flow_control.0, uart.flow_control.1
            ))),
            ("+IFC", Form::Test) => Ok(Answer::line("+IFC: (0,2),(0,2)")),
            ("+IFC", Form::Set(mut arguments)) => {
                let flow_control = (arguments.number(0..=2)?, arguments.number(0..=2)?);
                arguments.end()?;
                if flow_control.0 == 1 || flow_control.1 == 1 {
                    return Err(super::answer::INVALID_PARAMETERS);
                }
                uart.flow_control = flow_control;
                Ok(Answer::ok())
            }
            ("+CSCLK", Form::Read) => Ok(Answer::line(format!("+CSCLK: {}", u8::from(uart.sleeps)))),
            ("+CSCLK", Form::Test) => Ok(Answer::line("+CSCLK: (0,1)")),
            ("+CSCLK", Form::Set(mut arguments)) => {
                uart.sleeps = arguments.number(0..=1)? == 1;
                arguments.end()?;
                Ok(Answer::ok())
            }
            (_, Form::Execute) => Err(NO_SUCH_FORM),
            _ => Err(NO_SUCH_COMMAND),
        }
    }
}

/// What is read of a byte at the wrong rate. Never a line end, and never the same.
fn garbled(byte: u8) -> u8 {
    byte.rotate_left(3) | 0x80
}
