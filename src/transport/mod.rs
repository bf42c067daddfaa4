//! Ports of a desktop.

#[cfg(feature = "serialport")]
mod serial;
mod threaded;

#[cfg(feature = "serialport")]
pub use serial::SerialTransport;
pub use threaded::{ThreadedTransport, TransportError};
