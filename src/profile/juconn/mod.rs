//! The FP gateway side of the Juconn portal, or of any broker that plays one: FP Juconn MQTT client manual V1.3.1.
//!
//! A [`Config`] is read from the gateway's own TiXML database and stays borrowed from it. A [`Gateway`] is the life of the gateway without
//! I/O: rollout, initialisation at each login, data by five timers, by hysteresis or on command, and the portal's requests. [`run`] lets it
//! live on an MQTT [`Client`](crate::Client); [`Gateway::input`] and [`Gateway::output`] let it live on anything else.
//!
//! An application implements where values come from ([`DataSource`]), and what a device can do ([`Application`]):
//!
//! ```
//! use core::fmt::Write;
//! use fibocom_mqtt::profile::juconn::{Application, Command, DataSource, ErrorReport, Persisted, Reading};
//!
//! struct Plant {
//!     office: f32,
//!     test: i32,
//! }
//!
//! impl DataSource for Plant {
//!     fn read(&mut self, path: &str, reading: &mut Reading) {
//!         match path {
//!             "/Process/PV/TEMP_OFFICE" => reading.set(self.office),
//!             "/Process/PV/Test" => reading.set(self.test),
//!             _ => {}
//!         }
//!     }
//! }
//!
//! impl Application for Plant {
//!     fn unix_time(&mut self) -> u64 {
//!         1498724247 // from the module's clock: `Modem::clock`
//!     }
//!
//!     fn persist(&mut self, persisted: &Persisted) {
//!         let mut text = heapless::String::<384>::new();
//!         persisted.write(&mut text).expect("it is shorter"); // and then to flash
//!     }
//!
//!     async fn execute(&mut self, command: Command<'_>, answer: &mut dyn Write) {
//!         let written = match command.name() {
//!             "Set" | "SetConfig" => write!(answer, "<{}/>", command.name()),
//!             _ => ErrorReport::new(-2196, "path to key not found").write(command.verbosity(), answer),
//!         };
//!         written.expect("an answer takes everything");
//!     }
//! }
//! ```
//!
//! The manual announces log data and an MQTT cache without a topic or a message for them (its section 1), so there are none here.

mod adapter;
mod config;
mod convert;
mod decimal;
mod device;
mod gateway;
mod message;
mod path;
mod scalar;
pub mod tixml;

pub use adapter::{Application, run, turn};
pub use config::{
    BrokerUrl, ClientAuthentication, Config, ConfigError, Connector, DataPoint, MAX_ID, PointName, PointProblem,
    SECTIONS, SendTime, SensorType, ServerAuthentication, ServiceRoute,
};
pub use convert::{ConvertError, Empty, to_json, to_tixml};
pub use decimal::Decimal;
pub use device::Device;
pub use gateway::{
    Answer, CloudSendRealtimeData, Command, ConnectionStatus, DataSource, Gateway, Ids, Input, Led, Link, MODULE_LIMIT,
    Memory, Notice, Now, Output, Persisted, Phase, PointMemory, Reading, Subject,
};
pub use message::{
    Body, BrokerDetails, Controllers, Data, DataWriter, ErrorReport, Format, Frame, GpsForm, InitRequest, InitResult,
    MessageError, MessageId, Node, ReceivedController, ReceivedSensor, Request, RequestKind, ResultMessage,
    RolloutRequest, RolloutResult, SensorState, SensorValue, Sensors, Statements, Style, Verbosity, error_number,
};
pub use path::{Controller, DataPath};
pub use scalar::Scalar;
