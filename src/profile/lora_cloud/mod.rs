//! LoRa Cloud modem and geolocation services: the JSON formats that Traxmate carries on.
//!
//! A gateway or network bridge hands the messages of LoRaWAN modems to the service and carries out what it answers. Every object of
//! "Modem Service: JSON Formats" is a type here, `serde`'s [`Serialize`](serde::Serialize) and [`Deserialize`](serde::Deserialize):
//! uplinks ([`UplinkMessage`]), what the service says to them ([`UplinkResponse`]), what it knows of a device ([`DeviceInfo`]).
//! The names are the document's. Sizes are the caller's: `TEXT` bytes of a text, `DATA` bytes of binary data, `ITEMS` elements of a
//! list; what does not fit is counted there or an error that names the field.
//!
//! * [`decode`] takes what servers are known to send. [`encode`] sends what the document allows, after checking its [`Rules`].
//! * [`DeviceUplink`], [`UplinkMap`], [`Uplinks`], [`Reply`] are the envelopes in use, which the document leaves out.
//! * [`UplinkResponse::actions`] says what is to be done after an uplink.
//! * [`Relay`] does all of it over a [`Client`](crate::Client). The service speaks HTTP, so the [`Topics`] are the user's choice, and
//!   something at the other end has to pass on what is published.
//!
//! ```
//! use fibocom_mqtt::profile::lora_cloud::{Action, Reply, UplinkResponse};
//!
//! let payload = br#"{"result": {"operation": "modem", "dnlink": {"port": 199, "payload": "0500"}}}"#;
//! for answer in Reply::parse(payload)?.answers() {
//!     let Some(response) = answer.response::<UplinkResponse>()? else { continue };
//!     for action in response.actions() {
//!         if let Action::Downlink(downlink) = action {
//!             assert_eq!((downlink.port, &downlink.payload[..]), (199, &[5, 0][..]));
//!         }
//!     }
//! }
//! # Ok::<(), fibocom_mqtt::profile::lora_cloud::Invalid>(())
//! ```

mod actions;
mod eui;
mod field;
mod gnss;
mod info;
mod items;
mod numbers;
mod parameters;
mod pending;
mod ports;
mod position;
mod relay;
mod reply;
mod request;
mod request_read;
mod response;
mod time;
mod topics;
mod uplink;
mod uplink_wire;
mod uplinks;
mod wire;

pub use actions::Action;
pub use eui::Eui;
pub use field::InfoField;
pub use gnss::GnssParameters;
pub use info::{ClockSync, Firmware, InfoFields, Signal, Stamped, Status, StreamParameters};
pub use items::{Downlink, FileUpload, Level, LogMessage, StreamRecord, StreamUpdate};
pub use numbers::{AdrMode, Interval, Unit};
pub use parameters::{Configuration, FileDone, Mute, Reset};
pub use pending::{PendingRequest, PendingRequests};
pub use ports::{DevicePorts, Protocol};
pub use position::{Algorithm, GnssPosition, Position, WifiPosition};
pub use relay::{Received, Relay, RelayError};
pub use reply::{Answer, Answers, Envelope, Reply, ServiceError};
pub use request::Request;
pub use response::{DeviceInfo, Operation, UplinkResponse};
pub use time::Seconds;
pub use topics::{Topic, Topics};
pub use uplink::{GnssMessage, Joining, MessageType, Updf, UplinkMessage, WifiMessage};
pub use uplinks::{DeviceUplink, UplinkMap, Uplinks};
pub use wire::{
    AnyJson, EncodeError, Hex, Invalid, List, Name, Path, Reason, Rules, Text, decode, decode_into, decode_value,
    encode, encode_for,
};
