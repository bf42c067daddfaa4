//! The messages, in both formats and both directions (manual, sections 2 to 5).
//!
//! What is read may be in either format, whatever the configuration says, with its fields in any order and with fields that the manual
//! does not name. What is written is strict.

mod body;
mod data;
mod fields;
mod init;
mod report;
mod request;
mod result;
mod rollout;

pub use body::{Body, Controllers, Node, ReceivedController, ReceivedSensor, Sensors};
pub use data::{Data, DataWriter, GpsForm, MessageId, SensorState, SensorValue};
pub use init::{InitRequest, InitResult};
pub use report::{ErrorReport, Verbosity, error_number};
pub use request::{Request, RequestKind, Statements};
pub use result::ResultMessage;
pub use rollout::{BrokerDetails, RolloutRequest, RolloutResult};

use super::tixml::TixmlError;
use crate::profile::json::JsonError;

/// The format of a payload (section 1.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[cfg_attr(all(feature = "defmt", target_os = "none"), derive(defmt::Format))]
pub enum Format {
    /// TiXML, what holds if nothing is configured.
    #[default]
    Tixml,
    /// JSON.
    Json,
}

/// What stands around a message in TiXML.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[cfg_attr(all(feature = "defmt", target_os = "none"), derive(defmt::Format))]
pub enum Frame {
    /// Braces, as every message of the manual has them.
    #[default]
    Braced,
    /// Nothing.
    Bare,
}

/// How a message is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[cfg_attr(all(feature = "defmt", target_os = "none"), derive(defmt::Format))]
pub struct Style {
    /// The format.
    pub format: Format,
    /// In TiXML: what stands around it.
    pub frame: Frame,
}

impl From<Format> for Style {
    fn from(format: Format) -> Self {
        let frame = Frame::default();
        Self { format, frame }
    }
}

/// A payload that is not the message it should be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[cfg_attr(all(feature = "defmt", target_os = "none"), derive(defmt::Format))]
#[non_exhaustive]
pub enum MessageError {
    /// It begins like TiXML and is none.
    #[error("the payload is {0}")]
    Tixml(#[from] TixmlError),
    /// It is no TiXML, and no JSON either.
    #[error("the payload is {0}")]
    Json(#[from] JsonError),
    /// A field is not there that must be.
    #[error("the message has no {0}")]
    Missing(&'static str),
    /// A field has a value that it does not take.
    #[error("the message has a {0} that it cannot have")]
    Value(&'static str),
}
