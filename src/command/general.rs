//! The commands of V.250 and 3GPP TS 27.007 that find out whom we are talking to.

use super::{ANSWER, Done, at_command};
use crate::codec::{Encoder, grammar};

/// `AT`: is anybody there?
#[derive(Debug, Clone, Copy)]
pub struct Attention;

impl Attention {
    fn encode(&self, buffer: &mut [u8]) -> usize {
        Encoder::new(buffer, "").end()
    }
}

// Short: the caller repeats it while a module boots.
at_command!([] Attention => Done, 1, |_, _| Some(Done));

/// `ATE0` and `ATE1`: echo off and on (V.250 section 6.2.4).
#[derive(Debug, Clone, Copy)]
pub struct Echo {
    /// Whether the module echoes what it receives.
    pub on: bool,
}

impl Echo {
    fn encode(&self, buffer: &mut [u8]) -> usize {
        Encoder::new(buffer, if self.on { "E1" } else { "E0" }).end()
    }
}

at_command!([] Echo => Done, ANSWER, |_, _| Some(Done));

/// `AT+CMEE=n`: how errors are reported (3GPP TS 27.007 section 9.1). Numbers, 700 to 704 among them, come only with 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum ErrorReports {
    /// 0: `ERROR` alone.
    Off = 0,
    /// 1: `+CME ERROR: <number>`.
    Numbers = 1,
    /// 2: `+CME ERROR: <words>`.
    Words = 2,
}

impl atat::AtatResp for ErrorReports {}

impl ErrorReports {
    fn encode(&self, buffer: &mut [u8]) -> usize {
        Encoder::new(buffer, "+CMEE").number(*self as u8).end()
    }
}

at_command!([] ErrorReports => Done, ANSWER, |_, _| Some(Done));

/// `AT+CMEE?`
#[derive(Debug, Clone, Copy)]
pub struct ReadErrorReports;

impl ReadErrorReports {
    fn encode(&self, buffer: &mut [u8]) -> usize {
        Encoder::new(buffer, "+CMEE?").end()
    }

    fn answer(&self, answer: &[u8]) -> Option<ErrorReports> {
        match grammar::numbers(b"+CMEE", grammar::lines(answer).next()?)? {
            [0] => Some(ErrorReports::Off),
            [1] => Some(ErrorReports::Numbers),
            [2] => Some(ErrorReports::Words),
            _ => None,
        }
    }
}

at_command!([] ReadErrorReports => ErrorReports, ANSWER, Self::answer);

/// A name or number of the module, as it prints it, without prefix and quotes.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[cfg_attr(all(feature = "defmt", target_os = "none"), derive(defmt::Format))]
pub struct Value(#[cfg_attr(all(feature = "defmt", target_os = "none"), defmt(Display2Format))] heapless::String<64>);

impl Value {
    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The first line of an answer, where printable; more than 64 bytes of it are left out.
    fn of(name: &[u8], answer: &[u8]) -> Option<Self> {
        grammar::bare_or_named(name, answer).map(Self::printable)
    }

    pub(super) fn printable(text: &[u8]) -> Self {
        let printable = text.iter().filter(|byte| byte.is_ascii_graphic() || **byte == b' ');
        Self(printable.take(64).map(|&byte| char::from(byte)).collect())
    }
}

impl atat::AtatResp for Value {}

macro_rules! identification {
    ($(#[$doc:meta])* $command:ident, $name:literal $($form:literal)?) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy)]
        pub struct $command;

        impl $command {
            fn encode(&self, buffer: &mut [u8]) -> usize {
                Encoder::new(buffer, concat!($name $(, $form)?)).end()
            }
        }

        at_command!([] $command => Value, ANSWER, |_, answer| Value::of($name.as_bytes(), answer));
    };
}

identification!(
    /// `AT+CGMI`: the manufacturer (3GPP TS 27.007 section 5.1).
    Manufacturer,
    "+CGMI"
);
identification!(
    /// `AT+CGMM`: the model (3GPP TS 27.007 section 5.2).
    ModelName,
    "+CGMM"
);
identification!(
    /// `AT+CGMR`: the firmware (3GPP TS 27.007 section 5.3). Its first group of digits names the platform.
    Revision,
    "+CGMR"
);
identification!(
    /// `AT+CGSN`: the serial number, the IMEI (3GPP TS 27.007 section 5.4).
    SerialNumber,
    "+CGSN"
);
identification!(
    /// `AT+CCID?`: the number of the SIM, its ICCID, in Fibocom's modules. Without a SIM the module answers `+CME ERROR: 10`.
    ReadIccid,
    "+CCID" "?"
);
