//! The Captis data specification V2.0 (firmware 1.20): loggers and their fleet servers, on Cumulocity and on Azure IoT Hub.
//!
//! | to do | Cumulocity | Azure IoT Hub |
//! |---|---|---|
//! | connect | [`Server`], [`Login`] | the same, with TLS and `Sas` (feature `captis-sas`) |
//! | publish what was measured | [`Measurement`] | [`azure::Reading`] |
//! | publish what happened | [`Event`] | [`azure::Reading::event`] |
//! | say who and where the device is | [`Health`] | [`azure::Reported`] |
//! | publish the configuration | [`ConfigurationLine`] | [`azure::Reported`] |
//! | take a configuration | [`Gate::operations`] | [`azure::Desired`] |
//! | take a command, a [`Command`] on either | [`Gate::operations`] | [`Gate::request`] |
//! | answer it with an [`Answer`] | [`Executing`] | [`azure::Response`] |
//! | all of that over a [`Client`](crate::Client) | [`C8ySession`] | [`AzureSession`] |
//!
//! Everything but the sessions is values in and text out, and text in and values out, with no port, no clock and no memory of its own:
//! it serves the blocking client, the runner, or another MQTT client as well. Every line and document prints by [`Display`](core::fmt::Display).
//!
//! ```
//! # use embedded_io_async::{Read, Write};
//! # use fibocom_mqtt::{Client, Clock};
//! use fibocom_mqtt::profile::captis::{
//!     C8ySession, Decimal, Event, EventId, Gate, Identity, Measurement, Quantity, Roles, Server, Timestamp, Topics, Variant,
//! };
//!
//! # async fn example<T: Read + Write<Error: std::error::Error + 'static>, C: Clock>(
//! #     client: Client<'_, '_, T, C>, identity: Identity, now: Timestamp,
//! # ) -> Result<(), Box<dyn std::error::Error>> {
//! let server = Server::new(Variant::C8y, "tenant.cumulocity.com").basic("tenant/device_%CCID%", "s3cret");
//! let login = server.login(&identity)?; // Identity::read(&mut modem)
//! let gate = Gate::new(login.client_id(), &identity, Roles::WORK);
//! let mut payload = [0; 1024];
//! let mut session = C8ySession::open(client, &login, gate, Topics::new(), &mut payload).await?;
//! let level = Measurement::new(Quantity::Analog, Some(now), Decimal::new(4199, 3))?.units("m");
//! session.measurements(&[level]).await?; // I004,2018-10-10T10:21:03Z,4.199,m
//! session.events(&[Event::new(EventId::BOOT, Some(now))]).await?; // a00018-00000,2018-10-10T10:21:03Z
//! # Ok(()) }
//! ```
//!
//! `examples/captis` is a whole logger on either platform.

pub mod azure;
mod batch;
mod command;
mod configuration;
mod connection;
pub mod csv;
mod decimal;
mod event;
mod file_url;
mod gate;
mod health;
mod identity;
mod measurement;
mod operation;
mod quantity;
mod role;
#[cfg(feature = "captis-sas")]
mod sas;
mod server_roles;
mod session;
mod tail;
mod timestamp;
mod topics;

pub use batch::{Batch, BatchError};
pub use command::{
    Answer, ByteOrder, COMMANDS, Command, CommandError, CommandInfo, DataType, MessageFormat, ModbusRegister,
    OutputState, Parity, PowerState, ProbeAddress, RefreshTarget, RegisterType, SerialMessage, SerialProtocol,
    SerialSetup, WireAddresses,
};
pub use configuration::{ConfigurationLine, ConfigurationUpload};
pub use connection::{Login, Server, ServerError, Variant};
pub use decimal::{Decimal, NotDecimal};
pub use event::{Description, Event, EventId, EventType, LinkEvent, NotAnEvent, PrintedLabel};
pub use file_url::FileUrl;
pub use gate::{Gate, Refusal};
pub use health::Health;
pub use identity::{Expanded, Identity, MAX_EXPANDED};
pub use measurement::{Cell, Measurement, NetworkType};
pub use operation::{
    CommandText, ConfigurationText, Executing, Image, Operation, OperationKind, Operations, Received, StatusLine,
};
pub use quantity::{NotOnPlatform, Quantity};
pub use role::{Role, Roles};
#[cfg(feature = "captis-sas")]
pub use sas::{DEFAULT_LIFETIME, Sas, SasError};
pub use server_roles::{BootstrapMode, BootstrapServer, MAX_SERVERS, RolesError, ServerId, ServerRoles};
pub use session::{AzureSession, C8ySession, SessionError};
pub use tail::Tail;
pub use timestamp::Timestamp;
pub use topics::{Topic, Topics};
