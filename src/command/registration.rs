//! The radio: signal, registration and operator.

use super::{ANSWER, Value, at_command};
use crate::codec::{Encoder, grammar};
use crate::types::RegistrationState;

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

/// Which registration is meant. A module keeps one of each, and not all of them in every network.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(all(feature = "defmt", target_os = "none"), derive(defmt::Format))]
pub enum Domain {
    /// `+CEREG`: LTE, and what is built on it (3GPP TS 27.007 section 10.1.22).
    Eps,
    /// `+CGREG`: packet switched, of GSM and UMTS (3GPP TS 27.007 section 10.1.20).
    Packet,
    /// `+CREG`: circuit switched (3GPP TS 27.007 section 7.2).
    Circuit,
}

impl Domain {
    /// All of them, LTE first, in the order in which they are worth asking.
    pub const ALL: [Self; 3] = [Self::Eps, Self::Packet, Self::Circuit];

    const fn query(self) -> &'static str {
        match self {
            Self::Eps => "+CEREG?",
            Self::Packet => "+CGREG?",
            Self::Circuit => "+CREG?",
        }
    }
}

/// `AT+CEREG?`, `AT+CGREG?` or `AT+CREG?`: registration in the network.
#[derive(Debug, Clone, Copy)]
pub struct ReadRegistration {
    /// Which one.
    pub domain: Domain,
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
        self.state.is_registered()
    }
}

impl atat::AtatResp for Registration {}

impl ReadRegistration {
    fn encode(&self, buffer: &mut [u8]) -> usize {
        Encoder::new(buffer, self.domain.query()).end()
    }

    fn answer(&self, answer: &[u8]) -> Option<Registration> {
        let name = self.domain.query().as_bytes().strip_suffix(b"?")?;
        grammar::lines(answer).find_map(|line| answered_state(grammar::prefix(name, line)?))
    }
}

at_command!([] ReadRegistration => Registration, ANSWER, Self::answer);

/// `n,state[,"area","cell",technology[,…]]`. An unsolicited line, which may stand in front of the answer, has no `n`: its second
/// field is missing or is the area, which is empty, in quotes, or four digits at least.
fn answered_state(text: &[u8]) -> Option<Registration> {
    let mut fields = text.split(|&byte| byte == b',').map(<[u8]>::trim_ascii);
    let mut small = || {
        let field = core::str::from_utf8(fields.next()?).ok()?;
        field.parse::<u32>().ok().filter(|_| field.len() <= 2)
    };
    let _reporting = small()?;
    let state = small()?;
    Some(Registration { state: state.into() })
}

/// `AT+COPS?`: the operator (3GPP TS 27.007 section 7.3).
#[derive(Debug, Clone, Copy)]
pub struct ReadOperator;

/// The answer to [`ReadOperator`].
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(all(feature = "defmt", target_os = "none"), derive(defmt::Format))]
pub struct Operator {
    /// Name or number of the operator; empty while there is none.
    pub name: Value,
    /// The access technology, if the module tells: 0 GSM, 2 UTRAN, 7 LTE, 9 NB-IoT.
    pub technology: Option<u32>,
}

impl atat::AtatResp for Operator {}

impl ReadOperator {
    fn encode(&self, buffer: &mut [u8]) -> usize {
        Encoder::new(buffer, "+COPS?").end()
    }

    fn answer(&self, answer: &[u8]) -> Option<Operator> {
        let text = grammar::prefix(b"+COPS", grammar::lines(answer).next()?)?;
        let (rest, _mode) = grammar::first_id(text).ok()?;
        let named = grammar::next_number(rest).and_then(|(rest, _format)| grammar::next_string(rest));
        let (rest, name) = named.unwrap_or_default();
        Some(Operator {
            name: Value::printable(name),
            technology: grammar::next_number(rest).ok().map(|(_, technology)| technology),
        })
    }
}

at_command!([] ReadOperator => Operator, ANSWER, Self::answer);
