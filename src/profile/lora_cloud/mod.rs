//! LoRa Cloud modem and geolocation services: the JSON formats that Traxmate carries on.
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
mod reply;
mod request;
mod response;
mod time;
mod uplink;
mod uplink_wire;
mod uplinks;
mod wire;

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
pub use reply::{Answer, Answers, Envelope, Reply, ServiceError};
pub use request::Request;
pub use response::{DeviceInfo, Operation, UplinkResponse};
pub use time::Seconds;
pub use uplink::{GnssMessage, Joining, MessageType, Updf, UplinkMessage, WifiMessage};
pub use uplinks::{DeviceUplink, UplinkMap, Uplinks};
pub use wire::{
    AnyJson, EncodeError, Hex, Invalid, List, Name, Path, Reason, Rules, Text, decode, decode_value, encode, encode_for,
};
