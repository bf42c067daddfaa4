//! The Captis data specification V2.0: loggers and their fleet servers, on Cumulocity and on Azure IoT Hub.

pub mod csv;
mod decimal;
mod timestamp;

pub use decimal::Decimal;
pub use timestamp::Timestamp;
