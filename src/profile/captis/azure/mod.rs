//! The Azure format (section 5): telemetry, the device twin, and cloud-to-device messages.
//!
//! ```
//! use fibocom_mqtt::profile::captis::azure::{self, Reading, Telemetry};
//! use fibocom_mqtt::profile::captis::{Decimal, EventId, Quantity, Timestamp};
//!
//! let time = Timestamp::from_unix(1_636_351_716);
//! let readings = [
//!     Reading::new(time, Quantity::BatteryVoltage, Decimal::new(347, 2))?,
//!     Reading::event(time, EventId::CONFIG_CHANGED),
//! ];
//! for telemetry in Telemetry::batches(&readings, 1024) {
//!     let telemetry = telemetry?;
//!     let topic = azure::telemetry_topic("89610180002902447763", telemetry.time())?;
//!     assert_eq!(topic, "devices/89610180002902447763/messages/events/%24.ctime=2021-11-08T06:08:36Z");
//!     assert_eq!(telemetry.to_string(), r#"{"I011": 3.47, "event": "a00083-00012"}"#);
//! }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod message;
mod telemetry;
mod topic;
mod twin;

pub use message::{Request, Response};
pub use telemetry::{Batches, Reading, Telemetry, TelemetryKey, TelemetryValue};
pub use topic::{
    C2D_FILTER, DESIRED_FILTER, Properties, TWIN_FILTER, Topic, TwinTopic, c2d_device, c2d_properties, telemetry_topic,
    telemetry_topic_encoded, twin_get_topic, twin_patch_topic,
};
pub use twin::{Desired, DesiredVersion, Reported};
