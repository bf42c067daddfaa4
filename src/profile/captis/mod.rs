//! The Captis data specification V2.0: loggers and their fleet servers, on Cumulocity and on Azure IoT Hub.

pub mod azure;
mod batch;
mod command;
mod configuration;
mod connection;
pub mod csv;
mod decimal;
mod event;
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
