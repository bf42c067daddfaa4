//! Faults on demand: what a module may do wrong, by name.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

/// One thing that goes wrong. Any number of them act together.
///
/// A fault is written as in [`Fault::HELP`]: `open-cme=703`, `silent`, and so on.
///
/// ```
/// use fibocom_mqtt::sim::Fault;
///
/// assert_eq!("open-cme".parse(), Ok(Fault::OpenCme(703)));
/// assert_eq!(Fault::SilentAfter(3).to_string(), "silent-after=3");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Fault {
    /// OPEN is answered with this `+CME ERROR`.
    OpenCme(u16),
    /// OPEN is answered with `OK` and then status 0; the server is never asked.
    OpenRefused,
    /// OPEN is answered with `OK` and then nothing; the server is never asked.
    OpenNoResult,
    /// PUB is answered with `OK`, the message is sent, but its result never comes.
    PubNoResult,
    /// PUB is answered with `OK` and then status 0; the message is not sent.
    PubRefused,
    /// SUB is answered with `OK` and then status 0.
    SubRefused,
    /// SNREG is answered with `OK` and then status 0.
    RegRefused,
    /// SNREG is answered with `OK` and then nothing; nothing is registered.
    RegNoResult,
    /// AUTHDYN is answered with `ERROR`.
    DynRefused,
    /// AUTHDYN is answered with `OK` and then nothing.
    DynNoResult,
    /// AUTHDYN of Unicom ends with status 1.
    DynStatus,
    /// AUTHDYN of Tencent gives a certificate, so no secret.
    DynCertificate,
    /// AUTHCFG is answered with `ERROR`.
    CfgRefused,
    /// The module answers nothing at all.
    Silent,
    /// The module answers that many commands, then nothing any more.
    SilentAfter(u32),
    /// The prompt of data mode never comes, though the module is in data mode.
    NoPrompt,
    /// An unsolicited `+SIM READY` in every gap of every exchange.
    UrcInside,
    /// READ does not quote.
    ReadUnquoted,
    /// Undecodable bytes in front of every echo and answer.
    Garbage,
    /// Every final result comes that much later.
    LateOk(Duration),
    /// `+MQTTMSGI` announcements are lost; the messages are stored nevertheless.
    DropUrc,
    /// Final results `OK` are lost.
    NoOk,
}

impl Fault {
    /// Every fault with its meaning, a line each, for a `--help`.
    pub const HELP: &'static str = "\
open-cme[=CODE]     OPEN is answered with +CME ERROR: CODE (703)
open-refused        OPEN is answered with OK, then status 0
open-no-result      OPEN is answered with OK, then nothing
pub-no-result       PUB is answered with OK, the result never comes
pub-refused         PUB is answered with OK, then status 0
sub-refused         SUB is answered with OK, then status 0
reg-refused         SNREG is answered with OK, then status 0
reg-no-result       SNREG is answered with OK, then nothing
dyn-refused         AUTHDYN is answered with ERROR
dyn-no-result       AUTHDYN is answered with OK, then nothing
dyn-status          AUTHDYN of Unicom ends with status 1
dyn-certificate     AUTHDYN of Tencent gives a certificate, no secret
cfg-refused         AUTHCFG is answered with ERROR
silent              nothing is answered at all
silent-after=N      nothing is answered after N commands
no-prompt           the prompt of data mode never comes
urc-inside          unsolicited lines inside every exchange
read-unquoted       READ does not quote topic and payload
garbage             undecodable bytes in front of every answer
late-ok=MS          every final result comes MS milliseconds later
drop-urc            announcements of stored messages are lost
no-ok               the final result OK is lost
";
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OpenCme(code) => write!(f, "open-cme={code}"),
            Self::OpenRefused => f.write_str("open-refused"),
            Self::OpenNoResult => f.write_str("open-no-result"),
            Self::PubNoResult => f.write_str("pub-no-result"),
            Self::PubRefused => f.write_str("pub-refused"),
            Self::SubRefused => f.write_str("sub-refused"),
            Self::RegRefused => f.write_str("reg-refused"),
            Self::RegNoResult => f.write_str("reg-no-result"),
            Self::DynRefused => f.write_str("dyn-refused"),
            Self::DynNoResult => f.write_str("dyn-no-result"),
            Self::DynStatus => f.write_str("dyn-status"),
            Self::DynCertificate => f.write_str("dyn-certificate"),
            Self::CfgRefused => f.write_str("cfg-refused"),
            Self::Silent => f.write_str("silent"),
            Self::SilentAfter(commands) => write!(f, "silent-after={commands}"),
            Self::NoPrompt => f.write_str("no-prompt"),
            Self::UrcInside => f.write_str("urc-inside"),
            Self::ReadUnquoted => f.write_str("read-unquoted"),
            Self::Garbage => f.write_str("garbage"),
            Self::LateOk(delay) => write!(f, "late-ok={}", delay.as_millis()),
            Self::DropUrc => f.write_str("drop-urc"),
            Self::NoOk => f.write_str("no-ok"),
        }
    }
}

/// A text that names no fault.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownFault(String);

impl fmt::Display for UnknownFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "there is no fault '{}'; --help lists them", self.0)
    }
}

impl std::error::Error for UnknownFault {}

impl FromStr for Fault {
    type Err = UnknownFault;

    fn from_str(text: &str) -> Result<Self, UnknownFault> {
        let unknown = || UnknownFault(text.to_owned());
        let (name, value) = match text.split_once('=') {
            Some((name, value)) => (name, Some(value)),
            None => (text, None),
        };
        let number = || value.ok_or_else(unknown)?.parse::<u32>().map_err(|_| unknown());
        let fault = match name {
            "open-cme" if value.is_none() => return Ok(Self::OpenCme(703)),
            "open-cme" => return Ok(Self::OpenCme(u16::try_from(number()?).map_err(|_| unknown())?)),
            "silent-after" => return Ok(Self::SilentAfter(number()?)),
            "late-ok" => return Ok(Self::LateOk(Duration::from_millis(number()?.into()))),
            "open-refused" => Self::OpenRefused,
            "open-no-result" => Self::OpenNoResult,
            "pub-no-result" => Self::PubNoResult,
            "pub-refused" => Self::PubRefused,
            "sub-refused" => Self::SubRefused,
            "reg-refused" => Self::RegRefused,
            "reg-no-result" => Self::RegNoResult,
            "dyn-refused" => Self::DynRefused,
            "dyn-no-result" => Self::DynNoResult,
            "dyn-status" => Self::DynStatus,
            "dyn-certificate" => Self::DynCertificate,
            "cfg-refused" => Self::CfgRefused,
            "silent" => Self::Silent,
            "no-prompt" => Self::NoPrompt,
            "urc-inside" => Self::UrcInside,
            "read-unquoted" => Self::ReadUnquoted,
            "garbage" => Self::Garbage,
            "drop-urc" => Self::DropUrc,
            "no-ok" => Self::NoOk,
            _ => return Err(unknown()),
        };
        if value.is_some() { Err(unknown()) } else { Ok(fault) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_fault_in_the_help_parses_and_prints_itself() {
        for line in Fault::HELP.lines() {
            let spec = line.split_whitespace().next().unwrap();
            let spec = spec
                .replace("[=CODE]", "=701")
                .replace("=N", "=4")
                .replace("=MS", "=250");
            let fault: Fault = spec.parse().unwrap();
            assert_eq!(fault.to_string(), spec);
        }
    }

    #[test]
    fn what_is_no_fault_is_named() {
        for spec in ["", "sillent", "silent=3", "late-ok", "late-ok=x", "open-cme=99999"] {
            let error = spec.parse::<Fault>().unwrap_err();
            assert!(error.to_string().contains(spec));
        }
    }
}
