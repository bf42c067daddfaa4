//! The Captis data specification V2.0: loggers and their fleet servers, on Cumulocity and on Azure IoT Hub.

mod batch;
mod command;
pub mod csv;
mod decimal;
mod event;
mod health;
mod measurement;
mod quantity;
mod role;
mod servers;
mod tail;
mod timestamp;

pub use batch::{Batch, BatchError};
pub use command::{
    Answer, ByteOrder, COMMANDS, Command, CommandError, CommandInfo, DataType, MessageFormat, ModbusRegister,
    OutputState, Parity, PowerState, ProbeAddress, RefreshTarget, RegisterType, SerialMessage, SerialProtocol,
    SerialSetup, WireAddresses,
};
pub use decimal::{Decimal, NotDecimal};
pub use event::{Description, Event, EventId, EventType, LinkEvent, NotAnEvent, PrintedLabel};
pub use health::Health;
pub use measurement::{Cell, Measurement, NetworkType};
pub use quantity::{NotOnPlatform, Quantity};
pub use role::{Role, Roles};
pub use servers::{BootstrapMode, BootstrapServer, MAX_SERVERS, ServerId, Servers, ServersError};
pub use tail::Tail;
pub use timestamp::Timestamp;
