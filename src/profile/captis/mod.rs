//! The Captis data specification V2.0: loggers and their fleet servers, on Cumulocity and on Azure IoT Hub.

mod batch;
pub mod csv;
mod decimal;
mod event;
mod health;
mod measurement;
mod quantity;
mod timestamp;

pub use batch::{Batch, BatchError};
pub use decimal::Decimal;
pub use event::{Description, Event, EventId, EventType, LinkEvent, NotAnEvent, PrintedLabel};
pub use health::Health;
pub use measurement::{Cell, Measurement, NetworkType};
pub use quantity::{NotOnPlatform, Quantity};
pub use timestamp::Timestamp;
