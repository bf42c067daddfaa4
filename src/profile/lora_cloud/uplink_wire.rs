//! UPLINK_MSG as JSON: the fields of all its kinds in one object.

use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::gnss::GnssParameters;
use super::position::coordinates;
use super::time::Seconds;
use super::uplink::{GnssMessage, Joining, MessageType, Updf, UplinkMessage, WifiMessage};
use super::wire::Hex;

/// `P` is a payload, or a reference to one. The type may come last in what is read.
#[derive(Serialize, Deserialize)]
#[serde(rename = "UPLINK_MSG")]
struct Wire<P> {
    msgtype: Option<MessageType>,
    #[serde(skip_serializing_if = "Option::is_none")]
    fcnt: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    port: Option<u8>,
    #[serde(skip_serializing_if = "Option::is_none")]
    dr: Option<u8>,
    #[serde(skip_serializing_if = "Option::is_none")]
    freq: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    timestamp: Option<Seconds>,
    #[serde(skip_serializing_if = "Option::is_none")]
    payload: Option<P>,
    #[serde(skip_serializing_if = "Option::is_none")]
    dn_mtu: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    gnss_capture_time: Option<Seconds>,
    #[serde(skip_serializing_if = "Option::is_none")]
    gnss_capture_time_accuracy: Option<f64>,
    #[serde(default, deserialize_with = "coordinates", skip_serializing_if = "Option::is_none")]
    gnss_assist_position: Option<[f64; 2]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    gnss_assist_altitude: Option<f64>,
    #[serde(rename = "gnss_use_2D_solver", skip_serializing_if = "Option::is_none")]
    gnss_use_2d_solver: Option<bool>,
}

/// MSG_JOINING has its time in front.
#[derive(Serialize)]
struct JoiningWire {
    msgtype: MessageType,
    #[serde(skip_serializing_if = "Option::is_none")]
    timestamp: Option<Seconds>,
    #[serde(skip_serializing_if = "Option::is_none")]
    dr: Option<u8>,
    #[serde(skip_serializing_if = "Option::is_none")]
    freq: Option<u32>,
}

impl<P> Wire<P> {
    /// Of a type, with nothing else.
    fn of(msgtype: MessageType) -> Self {
        Self {
            msgtype: Some(msgtype),
            fcnt: None,
            port: None,
            dr: None,
            freq: None,
            timestamp: None,
            payload: None,
            dn_mtu: None,
            gnss_capture_time: None,
            gnss_capture_time_accuracy: None,
            gnss_assist_position: None,
            gnss_assist_altitude: None,
            gnss_use_2d_solver: None,
        }
    }

    fn with_gnss(self, parameters: &GnssParameters) -> Self {
        Self {
            gnss_capture_time: parameters.capture_time,
            gnss_capture_time_accuracy: parameters.capture_time_accuracy,
            gnss_assist_position: parameters.assist_position,
            gnss_assist_altitude: parameters.assist_altitude,
            gnss_use_2d_solver: parameters.use_2d_solver,
            ..self
        }
    }

    fn gnss(&self) -> GnssParameters {
        GnssParameters {
            capture_time: self.gnss_capture_time,
            capture_time_accuracy: self.gnss_capture_time_accuracy,
            assist_position: self.gnss_assist_position,
            assist_altitude: self.gnss_assist_altitude,
            use_2d_solver: self.gnss_use_2d_solver,
        }
    }
}

impl<const DATA: usize> Wire<Hex<DATA>> {
    fn required_payload<E: Error>(&mut self) -> Result<Hex<DATA>, E> {
        self.payload.take().ok_or_else(|| E::missing_field("payload"))
    }

    fn gnss_message<E: Error>(mut self) -> Result<GnssMessage<DATA>, E> {
        Ok(GnssMessage {
            payload: self.required_payload()?,
            dn_mtu: self.dn_mtu,
            timestamp: self.timestamp,
            gnss: self.gnss(),
        })
    }
}

impl<const DATA: usize> Serialize for UplinkMessage<DATA> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let wire = Wire::of(self.message_type());
        let wire = match self {
            Self::Joining(message) => {
                let joining = JoiningWire {
                    msgtype: MessageType::Joining,
                    timestamp: message.timestamp,
                    dr: message.dr,
                    freq: message.freq,
                };
                return joining.serialize(serializer);
            }
            Self::Updf(message) => Wire {
                fcnt: Some(message.fcnt),
                port: message.port,
                dr: message.dr,
                freq: message.freq,
                timestamp: message.timestamp,
                payload: message.payload.as_ref(),
                dn_mtu: message.dn_mtu,
                ..wire.with_gnss(&message.gnss)
            },
            Self::Gnss(message) | Self::GnssNg(message) => Wire {
                timestamp: message.timestamp,
                payload: Some(&message.payload),
                dn_mtu: message.dn_mtu,
                ..wire.with_gnss(&message.gnss)
            },
            Self::Wifi(message) => Wire {
                timestamp: message.timestamp,
                payload: Some(&message.payload),
                ..wire
            },
            Self::Other(_) => wire,
        };
        wire.serialize(serializer)
    }
}

impl<'de, const DATA: usize> Deserialize<'de> for UplinkMessage<DATA> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut wire = Wire::<Hex<DATA>>::deserialize(deserializer)?;
        Ok(match wire.msgtype.take().unwrap_or(MessageType::Updf) {
            MessageType::Joining => Self::Joining(Joining {
                timestamp: wire.timestamp,
                dr: wire.dr,
                freq: wire.freq,
            }),
            MessageType::Updf => Self::Updf(Updf {
                fcnt: wire.fcnt.ok_or_else(|| D::Error::missing_field("fcnt"))?,
                port: wire.port,
                dr: wire.dr,
                freq: wire.freq,
                timestamp: wire.timestamp,
                dn_mtu: wire.dn_mtu,
                gnss: wire.gnss(),
                payload: wire.payload,
            }),
            MessageType::Gnss => Self::Gnss(wire.gnss_message()?),
            MessageType::GnssNg => Self::GnssNg(wire.gnss_message()?),
            MessageType::Wifi => Self::Wifi(WifiMessage {
                payload: wire.required_payload()?,
                timestamp: wire.timestamp,
            }),
            other => Self::Other(other),
        })
    }
}
