//! Application profiles: what devices and servers say to each other over MQTT, each behind a feature of its own. They are sans-I/O:
//! bytes and values in, topics and payloads out. A thin adapter in each drives a [`Client`](crate::Client).

#[macro_use]
mod characters;
#[cfg(feature = "captis")]
pub mod captis;
pub mod json;
#[cfg(feature = "juconn")]
pub mod juconn;
#[cfg(feature = "lora-cloud")]
pub mod lora_cloud;
mod payload;

pub use payload::{Payload, TooLarge};
