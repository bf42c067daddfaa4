#![doc = include_str!("../README.md")]
#![doc = document_features::document_features!()]
#![cfg_attr(not(any(feature = "std", test)), no_std)]
#![allow(async_fn_in_trait)]
#![deny(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::arithmetic_side_effects
)]

// Must be first: its macros are used below.
#[macro_use]
mod fmt;

pub mod blocking;
mod client;
mod clock;
mod codec;
pub mod command;
mod digester;
mod engine;
mod error;
#[cfg(any(test, feature = "fuzzing"))]
#[doc(hidden)]
pub mod fuzzing;
mod model;
mod modem;
#[cfg(feature = "sim")]
#[allow(clippy::arithmetic_side_effects)] // A test tool: overflow may stop it.
pub mod sim;
mod trace;
#[cfg(feature = "std")]
mod transport;
mod types;
mod unsolicited;
mod urc;

pub use client::{Client, Event, SettledEnd};
#[cfg(feature = "embassy-time")]
pub use clock::EmbassyClock;
#[cfg(feature = "std")]
pub use clock::StdClock;
pub use clock::{Clock, Instant};
pub use command::ReceiveMode;
pub use digester::FibocomDigester;
pub use error::{CmeError, Error, Field, InvalidInput, ModuleError};
pub use model::{DataForm, Dialect, Platform};
pub use modem::{Buffers, Identity, Modem, Network, NetworkProblem};
pub use trace::{Line, Trace};
#[cfg(feature = "serialport")]
pub use transport::{FlowControl, SerialTransport};
#[cfg(feature = "std")]
pub use transport::{ThreadedTransport, TransportError};
pub use types::{
    Announcement, BreakCause, ConnectOptions, ConnectionId, Credentials, Delivery, Escapes, Message, Publication, QoS,
    Text, TopicFilter, TopicName, Will,
};
pub use unsolicited::Unsolicited;
pub use urc::{DirectMessage, Operation, Urc};
