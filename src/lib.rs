#![doc = include_str!("../README.md")]
//! ## Cargo features
#![doc = document_features::document_features!()]
#![cfg_attr(docsrs, feature(doc_cfg))]
#![cfg_attr(not(any(feature = "std", test)), no_std)]
// Whether their futures are `Send` is decided by the port and the clock, and executors of microcontrollers ask for nothing.
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
pub mod cloud;
mod cme;
mod codec;
pub mod command;
mod digester;
mod engine;
mod error;
#[cfg(any(test, feature = "fuzzing"))]
#[doc(hidden)]
pub mod fuzzing;
mod line;
mod model;
mod modem;
mod power;
#[cfg(any(feature = "captis", feature = "juconn", feature = "lora-cloud"))]
pub mod profile;
#[cfg(feature = "runner")]
mod runner;
#[cfg(feature = "sim")]
#[allow(clippy::arithmetic_side_effects)] // A test tool: overflow may stop it.
pub mod sim;
mod trace;
#[cfg(feature = "std")]
mod transport;
mod types;
mod unsolicited;
mod urc;

pub use client::{Backoff, Client, Event, Incoming, Recovered, Recovering, Recovery, SettledEnd, SnClient};
#[cfg(feature = "embassy-time")]
pub use clock::EmbassyClock;
#[cfg(feature = "std")]
pub use clock::StdClock;
pub use clock::{Clock, Instant};
pub use command::ReceiveMode;
pub use digester::FibocomDigester;
pub use engine::{Buffers, TopicNames};
pub use error::{CmeError, Error, Field, InvalidInput, ModuleError, NetworkProblem, TlsError, TlsProblem};
pub use line::{FlowControl, SerialLine};
pub use model::{
    Capabilities, DataForm, Dialect, Feature, Known, Limit, Model, Platform, Series, Source, UnknownModel,
};
pub use modem::{Attach, Attached, Identity, Modem, Network, OpenConnections, Progress, Security};
pub use power::{NoPower, PowerControl, PowerTiming};
#[cfg(feature = "embedded-hal")]
pub use power::{PowerKey, ResetLine};
#[cfg(feature = "runner")]
pub use runner::{Handle, Runner};
pub use trace::{Line, Trace};
#[cfg(feature = "serialport")]
pub use transport::SerialTransport;
#[cfg(feature = "std")]
pub use transport::{ThreadedTransport, TransportError};
pub use types::{
    Announcement, AnyConnectionId, BreakCause, ConnectOptions, ConnectionId, Counters, Credentials, Delivery, Escapes,
    InvalidQoS, Message, Plain, Publication, QoS, ShortTopic, SnConnectOptions, SnConnectionId, SnFilter, SnTopic,
    Text, Tls, TlsVersion, TopicFilter, TopicId, TopicName, Will,
};
pub use unsolicited::Unsolicited;
pub use urc::{DirectMessage, Operation, SnRegistration, SnRegistrationKind, Urc};
