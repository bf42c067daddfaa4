//! From SIM to address: what must be up before a connection can be opened.

use core::net::IpAddr;

use super::{ANSWER, Done, at_command};
use crate::codec::{Encoder, grammar};
use crate::types::Text;

/// `AT+CPIN?`: the state of the SIM (3GPP TS 27.007 section 8.3). Without a SIM the module answers `+CME ERROR: 10`.
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
            _ => SimState::Other,
        })
    }
}

at_command!([] ReadSim => SimState, ANSWER, Self::answer);

/// `AT+CSQ`: signal (3GPP TS 27.007 section 8.5).
#[derive(Debug, Clone, Copy)]
pub struct ReadSignal;

/// The answer to [`ReadSignal`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(all(feature = "defmt", target_os = "none"), derive(defmt::Format))]
pub struct Signal {
    /// Signal strength, 0 to 31; 99 is not known.
    pub rssi: u32,
    /// Bit error rate, 0 to 7; 99 is not known.
    pub bit_errors: u32,
}

impl Signal {
    /// Signal strength in dBm, -113 to -51, if it is known.
    pub fn dbm(&self) -> Option<i32> {
        let steps = i32::try_from(self.rssi).ok().filter(|rssi| (0..=31).contains(rssi))?;
        Some(steps.saturating_mul(2).saturating_sub(113))
    }
}

impl atat::AtatResp for Signal {}

impl ReadSignal {
    fn encode(&self, buffer: &mut [u8]) -> usize {
        Encoder::new(buffer, "+CSQ").end()
    }

    fn answer(&self, answer: &[u8]) -> Option<Signal> {
        let [rssi, bit_errors] = grammar::numbers(b"+CSQ", grammar::lines(answer).next()?)?;
        Some(Signal { rssi, bit_errors })
    }
}

at_command!([] ReadSignal => Signal, ANSWER, Self::answer);

/// `AT+CEREG?`: registration in the network (3GPP TS 27.007 section 10.1.22).
#[derive(Debug, Clone, Copy)]
pub struct ReadRegistration;

/// The second number of `+CEREG: n,state`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(all(feature = "defmt", target_os = "none"), derive(defmt::Format))]
#[non_exhaustive]
pub enum RegistrationState {
    /// 0: not registered, not searching.
    Idle,
    /// 1: registered at home.
    Home,
    /// 2: searching.
    Searching,
    /// 3: denied.
    Denied,
    /// 5: registered abroad.
    Roaming,
    /// Any other number.
    Unknown(u32),
}

impl From<u32> for RegistrationState {
    fn from(state: u32) -> Self {
        match state {
            0 => Self::Idle,
            1 => Self::Home,
            2 => Self::Searching,
            3 => Self::Denied,
            5 => Self::Roaming,
            other => Self::Unknown(other),
        }
    }
}

impl From<RegistrationState> for u32 {
    fn from(state: RegistrationState) -> Self {
        match state {
            RegistrationState::Idle => 0,
            RegistrationState::Home => 1,
            RegistrationState::Searching => 2,
            RegistrationState::Denied => 3,
            RegistrationState::Roaming => 5,
            RegistrationState::Unknown(other) => other,
        }
    }
}

/// The answer to [`ReadRegistration`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(all(feature = "defmt", target_os = "none"), derive(defmt::Format))]
pub struct Registration {
    /// Where the module stands.
    pub state: RegistrationState,
}

impl Registration {
    /// Whether the module is registered, at home or abroad.
    pub fn is_registered(&self) -> bool {
        matches!(self.state, RegistrationState::Home | RegistrationState::Roaming)
    }
}

impl atat::AtatResp for Registration {}

impl ReadRegistration {
    fn encode(&self, buffer: &mut [u8]) -> usize {
        Encoder::new(buffer, "+CEREG?").end()
    }

    fn answer(&self, answer: &[u8]) -> Option<Registration> {
        // A line with one number is unsolicited, and may stand in front of the answer.
        grammar::lines(answer).find_map(|line| {
            let text = grammar::prefix(b"+CEREG", line)?;
            let (text, _reporting) = grammar::first_id(text).ok()?;
            let (_, state) = grammar::next_number(text).ok()?;
            Some(Registration { state: state.into() })
        })
    }
}

at_command!([] ReadRegistration => Registration, ANSWER, Self::answer);

/// `AT+MIPCALL?`: the data connection (Fibocom's own command).
#[derive(Debug, Clone, Copy)]
pub struct ReadPdp;

/// The state of the data connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(all(feature = "defmt", target_os = "none"), derive(defmt::Format))]
#[non_exhaustive]
pub enum PdpState {
    /// Down, or up with the address 0.0.0.0 or `::`, which is a stale state of some firmware.
    Down,
    /// Up, with this address.
    Up(#[cfg_attr(all(feature = "defmt", target_os = "none"), defmt(Debug2Format))] IpAddr),
    /// Being dialled, or up without saying at which address: ask again.
    Busy,
}

impl atat::AtatResp for PdpState {}

impl PdpState {
    /// Reads `+MIPCALL: …` in each of its forms: `0`, `1`, `2`, `address`, `1,address[,…]`, and two addresses for a dual stack.
    pub(crate) fn parse(line: &[u8]) -> Option<Self> {
        let text = grammar::prefix(b"+MIPCALL", line)?;
        match text.trim_ascii() {
            b"0" => return Some(Self::Down),
            b"1" | b"2" => return Some(Self::Busy),
            _ => {}
        }
        // Name servers may follow, so behind an address that is none only one of the other family can be meant.
        let mut addresses = text.split(|&byte| byte == b',').filter_map(address);
        let first = addresses.next()?;
        let other = addresses.next().filter(|other| other.is_ipv4() != first.is_ipv4());
        let address = [Some(first), other]
            .into_iter()
            .flatten()
            .find(|address| !address.is_unspecified());
        Some(address.map_or(Self::Down, Self::Up))
    }
}

fn address(part: &[u8]) -> Option<IpAddr> {
    let part = part.trim_ascii();
    let inner = part.strip_prefix(b"\"").and_then(|part| part.strip_suffix(b"\""));
    core::str::from_utf8(inner.unwrap_or(part)).ok()?.parse().ok()
}

impl ReadPdp {
    fn encode(&self, buffer: &mut [u8]) -> usize {
        Encoder::new(buffer, "+MIPCALL?").end()
    }
}

at_command!([] ReadPdp => PdpState, ANSWER, |_, answer| grammar::lines(answer).find_map(PdpState::parse));

/// `AT+MIPCALL=1[,"apn"]`: dials. The address comes before `OK`, or after it in a line of its own; ask [`ReadPdp`] for it.
#[derive(Debug, Clone, Copy)]
pub struct Dial<'a> {
    /// Access point name, if the SIM's own is not to be used.
    pub apn: Option<Text<'a>>,
}

impl Dial<'_> {
    fn encode(&self, buffer: &mut [u8]) -> usize {
        let command = Encoder::new(buffer, "+MIPCALL").number(1u8);
        match self.apn {
            Some(apn) => command.text(apn).end(),
            None => command.end(),
        }
    }
}

at_command!([] Dial<'_> => Done, 150, |_, _| Some(Done));
