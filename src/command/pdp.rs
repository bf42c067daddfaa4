//! The data connection: access point, attachment, dialling, address.

use core::net::{IpAddr, Ipv6Addr};

use super::{ANSWER, Done, at_command};
use crate::codec::{Encoder, grammar};
use crate::types::Text;

/// `AT+CGDCONT=1,"IP","apn"`: the access point of the first context (3GPP TS 27.007 section 10.1.1).
#[derive(Debug, Clone, Copy)]
pub struct DefineContext<'a> {
    /// Access point name.
    pub apn: Text<'a>,
}

impl DefineContext<'_> {
    fn encode(&self, buffer: &mut [u8]) -> usize {
        let command = Encoder::new(buffer, "+CGDCONT").number(1u8);
        command.text(Text::from_topic("IP")).text(self.apn).end()
    }
}

at_command!([] DefineContext<'_> => Done, ANSWER, |_, _| Some(Done));

/// `AT+CGATT?`: whether the module is attached to the packet service (3GPP TS 27.007 section 10.1.9).
#[derive(Debug, Clone, Copy)]
pub struct ReadAttachment;

/// The answer to [`ReadAttachment`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(all(feature = "defmt", target_os = "none"), derive(defmt::Format))]
pub struct Attachment {
    /// Whether it is attached.
    pub attached: bool,
}

impl atat::AtatResp for Attachment {}

impl ReadAttachment {
    fn encode(&self, buffer: &mut [u8]) -> usize {
        Encoder::new(buffer, "+CGATT?").end()
    }

    fn answer(&self, answer: &[u8]) -> Option<Attachment> {
        let [state @ (0 | 1)] = grammar::numbers(b"+CGATT", grammar::lines(answer).next()?)? else {
            return None;
        };
        Some(Attachment { attached: state == 1 })
    }
}

at_command!([] ReadAttachment => Attachment, ANSWER, Self::answer);

/// `AT+CGATT=1`: attaches to the packet service. A module that has just booted takes seconds, a poor network more than a minute.
#[derive(Debug, Clone, Copy)]
pub struct AttachPacket;

impl AttachPacket {
    fn encode(&self, buffer: &mut [u8]) -> usize {
        Encoder::new(buffer, "+CGATT").number(1u8).end()
    }
}

at_command!([] AttachPacket => Done, 140, |_, _| Some(Done));

/// `AT+MIPCALL?`: the data connection (Fibocom's own command).
#[derive(Debug, Clone, Copy)]
pub struct ReadPdp;

/// The state of the data connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(all(feature = "defmt", target_os = "none"), derive(defmt::Format))]
#[non_exhaustive]
pub enum PdpState {
    /// Down: `0`.
    Down,
    /// Said to be up, with the address 0.0.0.0 or `::`: a stale state of some firmware, which must be reset before dialling.
    Stale,
    /// Up, with this address.
    Up(#[cfg_attr(all(feature = "defmt", target_os = "none"), defmt(Debug2Format))] IpAddr),
    /// Up without saying at which address: `1`. [`ReadAddress`] may tell.
    Unnamed,
    /// Being dialled: `2`. Ask again, and do nothing else.
    Busy,
}

impl atat::AtatResp for PdpState {}

impl PdpState {
    /// Reads `+MIPCALL: …` in each of its forms: `0`, `1`, `2`, `address`, `1,address[,…]`, and two addresses for a dual stack.
    pub(crate) fn parse(line: &[u8]) -> Option<Self> {
        let text = grammar::prefix(b"+MIPCALL", line)?;
        let mut fields = text.split(|&byte| byte == b',').peekable();
        let first = fields.peek().map(|field| field.trim_ascii())?;
        match first {
            b"0" => return Some(Self::Down),
            b"2" => return Some(Self::Busy),
            _ => {}
        }
        // Name servers may follow, so behind an address that is none only one of the other family can be meant.
        let mut addresses = fields.filter_map(address);
        match addresses.next() {
            None => (first == b"1").then_some(Self::Unnamed),
            Some(own) => {
                let other = addresses.next().filter(|other| other.is_ipv4() != own.is_ipv4());
                let named = [Some(own), other].into_iter().flatten();
                let address = named.into_iter().find(|address| !address.is_unspecified());
                Some(address.map_or(Self::Stale, Self::Up))
            }
        }
    }

    /// What an answer to dialling or hanging up says, if it says more than `OK`.
    fn within(answer: &[u8]) -> Self {
        grammar::lines(answer).find_map(Self::parse).unwrap_or(Self::Busy)
    }
}

fn address(part: &[u8]) -> Option<IpAddr> {
    let part = part.trim_ascii();
    let inner = part.strip_prefix(b"\"").and_then(|part| part.strip_suffix(b"\""));
    let text = core::str::from_utf8(inner.unwrap_or(part)).ok()?;
    text.parse().ok().or_else(|| dotted(text))
}

/// An IPv6 address as sixteen numbers, as 3GPP TS 27.007 section 10.1.14 prints it unless `AT+CGPIAF` says otherwise.
fn dotted(text: &str) -> Option<IpAddr> {
    let mut parts = text.split('.');
    let mut octets = [0; 16];
    for octet in &mut octets {
        *octet = parts.next()?.parse().ok()?;
    }
    parts.next().is_none().then(|| Ipv6Addr::from(octets).into())
}

impl ReadPdp {
    fn encode(&self, buffer: &mut [u8]) -> usize {
        Encoder::new(buffer, "+MIPCALL?").end()
    }
}

at_command!([] ReadPdp => PdpState, ANSWER, |_, answer| grammar::lines(answer).find_map(PdpState::parse));

/// `AT+MIPCALL=1[,"apn"[,"user","password"]]`: dials. What comes of it is told before `OK`, or after it in a line of its own; an
/// answer of `OK` alone is [`PdpState::Busy`].
#[derive(Debug, Clone, Copy)]
pub struct Dial<'a> {
    /// Access point name, if the SIM's own is not to be used.
    pub apn: Option<Text<'a>>,
    /// User name and password for the access point, if it wants them.
    pub login: Option<(Text<'a>, Text<'a>)>,
}

impl Dial<'_> {
    fn encode(&self, buffer: &mut [u8]) -> usize {
        let mut command = Encoder::new(buffer, "+MIPCALL").number(1u8);
        if self.apn.is_some() || self.login.is_some() {
            command = command.text(self.apn.unwrap_or(Text::from_topic("")));
        }
        match self.login {
            Some((user, password)) => command.text(user).text(password).end(),
            None => command.end(),
        }
    }
}

at_command!([] Dial<'_> => PdpState, 150, |_, answer| Some(PdpState::within(answer)));

/// `AT+MIPCALL=0`: ends the data connection. That it has ended is told before `OK`, or after it in a line of its own; an answer of
/// `OK` alone is [`PdpState::Busy`].
#[derive(Debug, Clone, Copy)]
pub struct HangUp;

impl HangUp {
    fn encode(&self, buffer: &mut [u8]) -> usize {
        Encoder::new(buffer, "+MIPCALL").number(0u8).end()
    }
}

at_command!([] HangUp => PdpState, 30, |_, answer| Some(PdpState::within(answer)));

/// `AT+CGPADDR=1`: the address of the first context (3GPP TS 27.007 section 10.1.14).
#[derive(Debug, Clone, Copy)]
pub struct ReadAddress;

/// The answer to [`ReadAddress`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(all(feature = "defmt", target_os = "none"), derive(defmt::Format))]
pub struct ContextAddress {
    /// The address, if there is one that is not 0.0.0.0 or `::`.
    #[cfg_attr(all(feature = "defmt", target_os = "none"), defmt(Debug2Format))]
    pub address: Option<IpAddr>,
}

impl atat::AtatResp for ContextAddress {}

impl ReadAddress {
    fn encode(&self, buffer: &mut [u8]) -> usize {
        Encoder::new(buffer, "+CGPADDR").number(1u8).end()
    }

    fn answer(&self, answer: &[u8]) -> Option<ContextAddress> {
        grammar::lines(answer).find_map(|line| {
            let (rest, context) = grammar::first_id(grammar::prefix(b"+CGPADDR", line)?).ok()?;
            let mut addresses = rest.split(|&byte| byte == b',').filter_map(address);
            (context == 1).then(|| ContextAddress {
                address: addresses.find(|address| !address.is_unspecified()),
            })
        })
    }
}

at_command!([] ReadAddress => ContextAddress, ANSWER, Self::answer);
