//! The module's serial line: rate, flow control and sleep (V.250 sections 6.2.10 and 6.2.12; the rest is Fibocom's).

use super::{ANSWER, Done, at_command};
use crate::FlowControl;
use crate::codec::{Encoder, grammar};

/// `AT+IPR=rate`: the rate of the module's UART in bits per second, or 0 to have it measured. `OK` still comes at the old rate.
///
/// Few modules keep it over a restart without `AT&W`.
#[derive(Debug, Clone, Copy)]
pub struct SetBaud {
    /// The rate, or 0.
    pub baud: u32,
}

impl SetBaud {
    fn encode(&self, buffer: &mut [u8]) -> usize {
        Encoder::new(buffer, "+IPR").number(self.baud).end()
    }
}

at_command!([] SetBaud => Done, ANSWER, |_, _| Some(Done));

/// A rate of the UART, as the module names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BaudRate {
    /// It measures the rate of whoever writes.
    Measured,
    /// Bits per second.
    Fixed(u32),
}

impl atat::AtatResp for BaudRate {}

/// `AT+IPR?`
#[derive(Debug, Clone, Copy)]
pub struct ReadBaud;

impl ReadBaud {
    fn encode(&self, buffer: &mut [u8]) -> usize {
        Encoder::new(buffer, "+IPR?").end()
    }

    fn answer(&self, answer: &[u8]) -> Option<BaudRate> {
        match grammar::numbers(b"+IPR", grammar::lines(answer).next()?)? {
            [0] => Some(BaudRate::Measured),
            [baud] => Some(BaudRate::Fixed(baud)),
        }
    }
}

at_command!([] ReadBaud => BaudRate, ANSWER, Self::answer);

/// `AT+IPR=?`: the rates that the module has.
#[derive(Debug, Clone, Copy)]
pub struct TestBaud;

/// The answer to [`TestBaud`]: up to 32 rates in bits per second, 0 among them if the module can measure the rate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BaudRates(heapless::Vec<u32, 32>);

impl BaudRates {
    /// The rates, in the module's order.
    pub fn as_slice(&self) -> &[u32] {
        &self.0
    }
}

impl atat::AtatResp for BaudRates {}

impl TestBaud {
    fn encode(&self, buffer: &mut [u8]) -> usize {
        Encoder::new(buffer, "+IPR=?").end()
    }

    /// Every number of the line: firmware has one list, or one of rates to measure and one of rates to set.
    fn answer(&self, answer: &[u8]) -> Option<BaudRates> {
        let text = grammar::prefix(b"+IPR", grammar::lines(answer).next()?)?;
        let mut rates = heapless::Vec::new();
        for part in text
            .split(|byte| !byte.is_ascii_digit())
            .filter(|part| !part.is_empty())
        {
            let rate = core::str::from_utf8(part).ok()?.parse().ok()?;
            if !rates.contains(&rate) {
                rates.push(rate).ok()?;
            }
        }
        Some(BaudRates(rates))
    }
}

at_command!([] TestBaud => BaudRates, ANSWER, Self::answer);

/// `AT+IFC=n,n`: flow control in both directions, 0 none and 2 by RTS and CTS.
#[derive(Debug, Clone, Copy)]
pub struct SetFlowControl {
    /// The kind.
    pub flow_control: FlowControl,
}

impl SetFlowControl {
    fn encode(&self, buffer: &mut [u8]) -> usize {
        let kind = match self.flow_control {
            FlowControl::None => 0u8,
            FlowControl::Hardware => 2,
        };
        Encoder::new(buffer, "+IFC").number(kind).number(kind).end()
    }
}

at_command!([] SetFlowControl => Done, ANSWER, |_, _| Some(Done));

/// `AT+CSCLK=n`: whether the module may sleep when its line is idle.
#[derive(Debug, Clone, Copy)]
pub struct SetSleep {
    /// Whether it may.
    pub allowed: bool,
}

impl SetSleep {
    fn encode(&self, buffer: &mut [u8]) -> usize {
        Encoder::new(buffer, "+CSCLK").number(self.allowed).end()
    }
}

at_command!([] SetSleep => Done, ANSWER, |_, _| Some(Done));

/// `AT+CSCLK?`
#[derive(Debug, Clone, Copy)]
pub struct ReadSleep;

/// The answer to [`ReadSleep`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sleep {
    /// Whether the module may sleep.
    pub allowed: bool,
}

impl atat::AtatResp for Sleep {}

impl ReadSleep {
    fn encode(&self, buffer: &mut [u8]) -> usize {
        Encoder::new(buffer, "+CSCLK?").end()
    }

    fn answer(&self, answer: &[u8]) -> Option<Sleep> {
        let [mode] = grammar::numbers(b"+CSCLK", grammar::lines(answer).next()?)?;
        Some(Sleep { allowed: mode != 0 })
    }
}

at_command!([] ReadSleep => Sleep, ANSWER, Self::answer);

/// `ATS24=seconds`: after how long without traffic the module sleeps deeply; 0 is never (L610).
#[derive(Debug, Clone, Copy)]
pub struct SetSleepTimer {
    /// Seconds, or 0.
    pub seconds: u8,
}

impl SetSleepTimer {
    fn encode(&self, buffer: &mut [u8]) -> usize {
        Encoder::new(buffer, "S24").number(self.seconds).end()
    }
}

at_command!([] SetSleepTimer => Done, ANSWER, |_, _| Some(Done));
