//! The FP gateway side of the Juconn portal: FP Juconn MQTT client manual V1.3.1.

mod config;
mod convert;
mod decimal;
mod device;
mod gateway;
mod message;
mod path;
mod scalar;
pub mod tixml;

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
