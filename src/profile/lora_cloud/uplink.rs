//! UPLINK_MSG: what a device sent, on its way to the service.

use super::gnss::GnssParameters;
use super::ports::{DevicePorts, Protocol};
use super::time::Seconds;
use super::wire::{Hex, Invalid, Reason, Rules, names};

names! {
    /// `msgtype`: which kind of message it is.
    MessageType: "a type of message" {
        /// A session begins.
        Joining = "joining",
        /// A LoRaWAN uplink.
        Updf = "updf",
        /// A GNSS message over another transport.
        Gnss = "gnss",
        /// A GNSS-NG message over another transport.
        GnssNg = "gnssng",
        /// A Wi-Fi message over another transport.
        Wifi = "wifi",
    }
}

/// MSG_JOINING: the device has joined, and its session begins anew.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
#[cfg_attr(all(feature = "defmt", target_os = "none"), derive(defmt::Format))]
pub struct Joining {
    /// When it was received: UTC.
    pub timestamp: Option<Seconds>,
    /// LoRaWAN data rate, 0 to 12.
    pub dr: Option<u8>,
    /// Frequency in Hz.
    pub freq: Option<u32>,
}

/// MSG_UPDF: a LoRaWAN uplink. Its [port](DevicePorts::protocol) says what it is for. Without port and payload it is an opportunity for
/// a downlink.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Updf<const DATA: usize = 256> {
    /// The 32 bit frame counter.
    pub fcnt: u32,
    /// The LoRaWAN port.
    pub port: Option<u8>,
    /// What was sent. Required on the port of a protocol.
    pub payload: Option<Hex<DATA>>,
    /// LoRaWAN data rate, 0 to 12.
    pub dr: Option<u8>,
    /// Frequency in Hz.
    pub freq: Option<u32>,
    /// When it was received: UTC. Absent: now, by the service's clock.
    pub timestamp: Option<Seconds>,
    /// The longest downlink, in bytes.
    pub dn_mtu: Option<u32>,
    /// For messages of the GNSS protocols.
    pub gnss: GnssParameters,
}

/// MSG_GNSS: a message of a GNSS protocol, over another transport than LoRaWAN.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct GnssMessage<const DATA: usize = 256> {
    /// The message.
    pub payload: Hex<DATA>,
    /// The longest downlink, in bytes.
    pub dn_mtu: Option<u32>,
    /// When it was received: UTC. Absent: now, by the service's clock.
    pub timestamp: Option<Seconds>,
    /// How its position is calculated.
    pub gnss: GnssParameters,
}

/// MSG_WIFI: a message of the Wi-Fi protocol, over another transport than LoRaWAN.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct WifiMessage<const DATA: usize = 256> {
    /// The message, with two MAC addresses at least.
    pub payload: Hex<DATA>,
    /// For when the position is: UTC. Absent: now, by the service's clock.
    pub timestamp: Option<Seconds>,
}

/// UPLINK_MSG: what a device sent.
///
/// ```
/// use fibocom_mqtt::profile::lora_cloud::{Hex, Updf, UplinkMessage, encode};
///
/// let uplink = <UplinkMessage>::Updf(Updf {
///     fcnt: 10,
///     port: Some(199),
///     payload: Some(Hex::new(&[0x01, 0x02])?),
///     ..Updf::default()
/// });
/// let mut buffer = [0; 128];
/// assert_eq!(encode(&uplink, &mut buffer)?, br#"{"msgtype":"updf","fcnt":10,"port":199,"payload":"0102"}"#);
/// # Ok::<(), fibocom_mqtt::profile::lora_cloud::EncodeError>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum UplinkMessage<const DATA: usize = 256> {
    /// A session begins.
    Joining(Joining),
    /// A LoRaWAN uplink.
    Updf(Updf<DATA>),
    /// A GNSS message.
    Gnss(GnssMessage<DATA>),
    /// A GNSS-NG message.
    GnssNg(GnssMessage<DATA>),
    /// A Wi-Fi message.
    Wifi(WifiMessage<DATA>),
    /// A message of another type, without what it says. Never sent.
    Other(MessageType),
}

impl<const DATA: usize> UplinkMessage<DATA> {
    /// Which kind of message it is.
    pub fn message_type(&self) -> MessageType {
        match self {
            Self::Joining(_) => MessageType::Joining,
            Self::Updf(_) => MessageType::Updf,
            Self::Gnss(_) => MessageType::Gnss,
            Self::GnssNg(_) => MessageType::GnssNg,
            Self::Wifi(_) => MessageType::Wifi,
            Self::Other(kind) => kind.clone(),
        }
    }

    /// The protocol that the service takes it for, if it comes from a device with these ports. None of a session's begin, and of
    /// messages of the application.
    pub fn protocol(&self, ports: &DevicePorts) -> Option<Protocol> {
        match self {
            Self::Updf(message) => ports.protocol(message.port?),
            Self::Gnss(_) => Some(Protocol::Gnss),
            Self::GnssNg(_) => Some(Protocol::GnssNg),
            Self::Wifi(_) => Some(Protocol::Wifi),
            Self::Joining(_) | Self::Other(_) => None,
        }
    }
}

/// The largest data rate of LoRaWAN.
const MAX_DATA_RATE: u8 = 12;

impl<const DATA: usize> Rules for UplinkMessage<DATA> {
    fn check(&self, ports: &DevicePorts) -> Result<(), Invalid> {
        self.message_type().check("msgtype")?;
        let protocol = self.protocol(ports);
        let (dr, timestamp) = match self {
            Self::Joining(message) => (message.dr, message.timestamp),
            Self::Updf(message) => (message.dr, message.timestamp),
            Self::Gnss(message) | Self::GnssNg(message) => (None, message.timestamp),
            Self::Wifi(message) => (None, message.timestamp),
            Self::Other(_) => (None, None),
        };
        if dr.is_some_and(|dr| dr > MAX_DATA_RATE) {
            return Err(Invalid::new("dr", Reason::Range));
        }
        timestamp.map_or(Ok(()), |at| at.check("timestamp"))?;
        let payload = match self {
            Self::Updf(message) => message.payload.as_ref(),
            Self::Gnss(message) | Self::GnssNg(message) => Some(&message.payload),
            Self::Wifi(message) => Some(&message.payload),
            Self::Joining(_) | Self::Other(_) => None,
        };
        let payload = payload.map(Hex::as_bytes).unwrap_or_default();
        if let Some(protocol) = protocol {
            check_payload(protocol, payload)?;
        }
        match self {
            Self::Updf(Updf { gnss, .. })
            | Self::Gnss(GnssMessage { gnss, .. })
            | Self::GnssNg(GnssMessage { gnss, .. }) => {
                gnss.check(protocol == Some(Protocol::Gnss) && payload == ASKS_FOR_AIDING)
            }
            _ => Ok(()),
        }
    }
}

/// U-GNSSLOC-REQAID of the LoRa Edge GNSS protocol: a tag, and no value.
const ASKS_FOR_AIDING: &[u8] = &[0];

/// What the document asks of the messages of a protocol.
fn check_payload(protocol: Protocol, payload: &[u8]) -> Result<(), Invalid> {
    let Some((tag, value)) = payload.split_first() else {
        return Err(Invalid::new("payload", Reason::Missing));
    };
    // LoRa Edge Wi-Fi protocol: addresses of 6 bytes, with tag 1 a byte of signal strength before each. Two at least.
    let least = match (protocol, tag) {
        (Protocol::Wifi, 0) => 2 * 6,
        (Protocol::Wifi, 1) => 2 * 7,
        _ => 0,
    };
    if value.len() < least {
        return Err(Invalid::new("payload", Reason::Length { len: payload.len() }));
    }
    Ok(())
}
