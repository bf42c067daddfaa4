//! The vocabulary: what a caller passes in and gets back. Checked when it is made, so that nothing in it can be syntax.

pub(crate) mod cloud;
mod connection;
mod counters;
mod credentials;
mod message;
mod options;
mod publication;
mod qos;
mod registration;
mod sn;
mod sn_options;
mod text;
mod tls;
mod topic;
mod will;

pub use connection::{AnyConnectionId, BreakCause, ConnectionId, SnConnectionId};
pub use counters::Counters;
pub(crate) use counters::count;
pub use credentials::Credentials;
pub use message::{Announcement, Message};
pub use options::{ConnectOptions, Plain};
pub use publication::{Delivery, Publication};
pub use qos::{InvalidQoS, QoS};
pub use registration::RegistrationState;
pub use sn::{ShortTopic, SnFilter, SnTopic, TopicId};
pub use sn_options::SnConnectOptions;
pub use text::{Escapes, Text};
pub use tls::{Tls, TlsFile, TlsVersion};
pub use topic::{TopicFilter, TopicName};
pub use will::Will;
