//! The Captis data specification V2.0: loggers and their fleet servers, on Cumulocity and on Azure IoT Hub.

mod batch;
mod connection;
pub mod csv;
mod decimal;
mod event;
mod health;
mod identity;
mod measurement;
mod quantity;
#[cfg(feature = "captis-sas")]
mod sas;
mod timestamp;
mod topics;

pub use batch::{Batch, BatchError};
pub use connection::{Login, Server, ServerError, Variant};
pub use decimal::Decimal;
pub use event::{Description, Event, EventId, EventType, LinkEvent, NotAnEvent, PrintedLabel};
pub use health::Health;
pub use identity::{Expanded, Identity, MAX_EXPANDED};
pub use measurement::{Cell, Measurement, NetworkType};
pub use quantity::{NotOnPlatform, Quantity};
#[cfg(feature = "captis-sas")]
pub use sas::{DEFAULT_LIFETIME, Sas, SasError};
pub use timestamp::Timestamp;
pub use topics::{Topic, Topics};
