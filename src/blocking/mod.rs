//! The driver for programs without an executor: the same verbs, each of which returns when it is done.
//!
//! [`Modem`] and [`Client`] are the asynchronous [`Modem`](crate::Modem) and [`Client`](crate::Client), driven to their end on the
//! spot. Nothing is written twice: commands, deadlines and promises are those, and so are the errors.
//!
//! # The port
//!
//! `embedded_io::Read::read` blocks until there is a byte, and a module that is gone sends none. So that no call waits for
//! ever on the module, a port is wrapped in one of two adapters:
//!
//! * [`ByReadReady`], for a port that can be asked whether a byte is there ([`embedded_io::ReadReady`]): the UARTs of most HALs.
//! * [`ByTimeout`], for a port whose `read` fails with [`TimedOut`](embedded_io::ErrorKind::TimedOut) after a while: the
//!   serial ports of operating systems, such as those of the `serialport` crate.
//!
//! Any `embedded_io_async` port does, too, `SerialTransport` for one.
//!
//! A `write` or `flush` of such a port blocks for as long as the port lets it: without flow control that is the time the bytes
//! take on the line, of which 64 are written at a time. With flow control a module can hold them back, and only a port whose
//! writes time out bounds that; a write that timed out is tried again until the deadline of its command.
//!
//! # Time and idling
//!
//! The [`Clock`](crate::Clock) is any of those of this crate, or a [`PolledClock`] over a function that tells the time. Where
//! nothing is to do, [`Idle::idle`] is called: [`Pause`] unless said otherwise.
//!
//! ```
//! use core::time::Duration;
//! use embedded_io::{Read, ReadReady, Write};
//! use fibocom_mqtt::blocking::{ByReadReady, Modem, PolledClock};
//! use fibocom_mqtt::*;
//!
//! # fn wfi() {}
//! fn meter<T: Read + Write + ReadReady>(uart: T, millis: fn() -> u64) -> Result<(), Error<T::Error>> {
//!     let (mut line, mut message, mut transmit) = ([0; 256], [0; 1279], [0; 1400]);
//!     let buffers = Buffers::new(&mut line, &mut message, &mut transmit);
//!     let clock = PolledClock::new(|| Instant::from_millis(millis()));
//!     // Until the next interrupt: that of a timer that ticks every millisecond, or that of the UART.
//!     let mut modem = Modem::new(ByReadReady::new(uart), clock, buffers).idle_with(wfi);
//!     modem.attach(Duration::from_secs(40))?;
//!     modem.bring_up(&Network::new().apn("internet"), Duration::from_secs(180))?;
//!
//!     let mut client = modem.client(ConnectionId::FIRST);
//!     client.connect(&ConnectOptions::new("broker.example.com", 1883).client_id("meter-7"))?;
//!     client.subscribe(TopicFilter::new("meter/7/command")?, QoS::AtLeastOnce)?;
//!     let mut buffer = [0; 1279];
//!     loop {
//!         if let Some(command) = client.recv_timeout(&mut buffer, Duration::from_secs(60))? {
//!             drop(command.payload());
//!         }
//!         client.publish(&Publication::new(TopicName::new("meter/7/reading")?, b"12.5").qos(QoS::AtLeastOnce))?;
//!     }
//! }
//! ```

mod client;
mod clock;
mod idle;
mod modem;
mod port;
mod sn;

pub use client::{Client, SnClient};
pub use clock::PolledClock;
pub use idle::{Idle, Pause};
pub use modem::Modem;
pub use port::{ByReadReady, ByTimeout};

/// Defines verbs that drive the asynchronous ones of the same name to their end: a line each. The first word names the field
/// of `self` that has the verb, and the type that documents it.
macro_rules! verbs {
    ($field:ident of $asynchronous:literal: $($verb:ident($($argument:ident: $type:ty),*) -> $output:ty;)*) => {$(
        #[doc = concat!("As [`", $asynchronous, "::", stringify!($verb), "`](crate::", $asynchronous, "#method.", stringify!($verb), "),")]
        /// and returns when it is done.
        ///
        /// # Errors
        ///
        /// The same.
        pub fn $verb(&mut self, $($argument: $type),*) -> Result<$output, Error<T::Error>> {
            drive(self.$field.$verb($($argument),*), &mut self.idle)
        }
    )*};
}
use verbs;
