//! FPORTS: which LoRaWAN port carries which protocol of the service.

use serde::{Deserialize, Deserializer, Serialize};

use super::wire::{Invalid, Reason, Rules};

/// A protocol of the service, as the port of an uplink implies it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(all(feature = "defmt", target_os = "none"), derive(defmt::Format))]
pub enum Protocol {
    /// Modem messages, which may carry records of a stream.
    Modem,
    /// LoRa Edge GNSS positioning.
    Gnss,
    /// LoRa Edge GNSS-NG (NAV-Group) positioning.
    GnssNg,
    /// LoRa Edge Wi-Fi positioning.
    Wifi,
    /// Records of a stream, on a port of their own.
    Stream,
}

/// The ports of a device. The default is that of the service: 199, 198, 192, 197, and the stream on the modem's port.
///
/// ```
/// use fibocom_mqtt::profile::lora_cloud::{DevicePorts, Protocol};
///
/// let ports = DevicePorts::default();
/// assert_eq!(ports.protocol(192), Some(Protocol::GnssNg));
/// assert_eq!(ports.protocol(2), None);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[cfg_attr(all(feature = "defmt", target_os = "none"), derive(defmt::Format))]
pub struct DevicePorts {
    /// `dmport`: modem messages.
    #[serde(rename = "dmport")]
    pub modem: u8,
    /// `gnssport`: GNSS messages.
    #[serde(rename = "gnssport")]
    pub gnss: u8,
    /// `gnssngport`: GNSS-NG messages.
    #[serde(rename = "gnssngport")]
    pub gnssng: u8,
    /// `wifiport`: Wi-Fi messages.
    #[serde(rename = "wifiport")]
    pub wifi: u8,
    /// `streamport`: stream messages. The modem's port if the stream goes through modem messages.
    #[serde(rename = "streamport")]
    pub stream: u8,
}

impl Default for DevicePorts {
    fn default() -> Self {
        Self {
            modem: 199,
            gnss: 198,
            gnssng: 192,
            wifi: 197,
            stream: 199,
        }
    }
}

impl DevicePorts {
    /// The protocol that an uplink on this port is for; none if it is the application's.
    pub fn protocol(&self, port: u8) -> Option<Protocol> {
        // The stream last: on the modem's port it goes through modem messages.
        let protocols = [
            (self.modem, Protocol::Modem),
            (self.gnss, Protocol::Gnss),
            (self.gnssng, Protocol::GnssNg),
            (self.wifi, Protocol::Wifi),
            (self.stream, Protocol::Stream),
        ];
        let found = protocols.into_iter().find(|(of, _)| *of == port);
        found.map(|(_, protocol)| protocol)
    }

    /// Checks that no two protocols share a port; the stream may share the modem's.
    ///
    /// # Errors
    ///
    /// [`Reason::Conflict`] with the later of two fields that are equal.
    pub fn check_distinct(&self) -> Result<(), Invalid> {
        let fields = [
            ("dmport", self.modem),
            ("gnssport", self.gnss),
            ("gnssngport", self.gnssng),
            ("wifiport", self.wifi),
            ("streamport", self.stream),
        ];
        for (nth, (field, port)) in fields.into_iter().enumerate() {
            let mut before = fields.into_iter().take(nth);
            if field == "streamport" && port == self.modem {
                continue;
            }
            if before.any(|(_, other)| other == port) {
                return Err(Invalid::new(field, Reason::Conflict));
            }
        }
        Ok(())
    }
}

impl Rules for DevicePorts {
    fn check(&self, _: &DevicePorts) -> Result<(), Invalid> {
        self.check_distinct()
    }
}

/// As the service sends them; an older one may not know all.
#[derive(Deserialize)]
#[serde(rename = "FPORTS")]
struct Wire {
    dmport: Option<u8>,
    gnssport: Option<u8>,
    gnssngport: Option<u8>,
    wifiport: Option<u8>,
    streamport: Option<u8>,
}

impl<'de> Deserialize<'de> for DevicePorts {
    /// A port that is not there is the default one.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let wire = Wire::deserialize(deserializer)?;
        let default = Self::default();
        let modem = wire.dmport.unwrap_or(default.modem);
        Ok(Self {
            modem,
            gnss: wire.gnssport.unwrap_or(default.gnss),
            gnssng: wire.gnssngport.unwrap_or(default.gnssng),
            wifi: wire.wifiport.unwrap_or(default.wifi),
            stream: wire.streamport.unwrap_or(modem),
        })
    }
}
