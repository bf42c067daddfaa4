//! The SIM card: what it waits for, and its PIN (3GPP TS 27.007 section 8.3).

use super::{ANSWER, Done, at_command};
use crate::codec::{Encoder, grammar};
use crate::types::Text;

/// `AT+CPIN?`: the state of the SIM. Without one the module answers `+CME ERROR: 10`.
#[derive(Debug, Clone, Copy)]
pub struct ReadSim;

/// The answer to [`ReadSim`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(all(feature = "defmt", target_os = "none"), derive(defmt::Format))]
#[non_exhaustive]
pub enum SimState {
    /// `READY`
    Ready,
    /// `SIM PIN`
    Pin,
    /// `SIM PUK`
    Puk,
    /// `NOT INSERTED`, as some firmware says instead of `+CME ERROR: 10`.
    Absent,
    /// Anything else.
    Other,
}

impl atat::AtatResp for SimState {}

impl ReadSim {
    fn encode(&self, buffer: &mut [u8]) -> usize {
        Encoder::new(buffer, "+CPIN?").end()
    }

    fn answer(&self, answer: &[u8]) -> Option<SimState> {
        Some(match grammar::bare_or_named(b"+CPIN", answer)? {
            b"READY" => SimState::Ready,
            b"SIM PIN" => SimState::Pin,
            b"SIM PUK" => SimState::Puk,
            b"NOT INSERTED" => SimState::Absent,
            _ => SimState::Other,
        })
    }
}

at_command!([] ReadSim => SimState, ANSWER, Self::answer);

/// `AT+CPIN="pin"`. A SIM counts wrong ones and locks after three, so this must never be repeated by itself.
#[derive(Debug, Clone, Copy)]
pub struct EnterPin<'a> {
    /// The PIN. `Debug` does not show it.
    pub pin: Text<'a>,
}

impl EnterPin<'_> {
    fn encode(&self, buffer: &mut [u8]) -> usize {
        Encoder::new(buffer, "+CPIN").text(self.pin).end()
    }
}

at_command!([] EnterPin<'_> => Done, ANSWER, |_, _| Some(Done));
