//! What goes into a gateway, and what comes out.

use core::fmt;
use core::time::Duration;

use super::persisted::Persisted;
use super::work::{Answer, Command};
use crate::profile::TooLarge;
use crate::profile::juconn::config::{BrokerUrl, Connector};
use crate::profile::juconn::message::{MessageError, RequestKind};
use crate::profile::juconn::tixml::Text;
use crate::{Instant, QoS, TopicFilter, TopicName};

/// The time: that of the clock which counts, and that of the calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[cfg_attr(all(feature = "defmt", target_os = "none"), derive(defmt::Format))]
pub struct Now {
    /// What timers go by.
    pub instant: Instant,
    /// Seconds since 1970, UTC: what is sent as the timestamp.
    pub unix: u64,
}

impl Now {
    /// The time.
    pub const fn new(instant: Instant, unix: u64) -> Self {
        Self { instant, unix }
    }
}

/// What happened. `Debug` shows the length of a message only: it may set a password.
#[derive(Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Input<'i> {
    /// The device has started.
    Start,
    /// The connection that was asked for is open.
    Connected,
    /// The connection has ended, or could not be opened.
    Disconnected,
    /// A message came.
    Message {
        /// Its topic.
        topic: &'i [u8],
        /// Its payload.
        payload: &'i [u8],
    },
    /// Time has passed.
    Tick,
    /// The command that was to be executed is, and its answer was written.
    Executed,
    /// The publication that was asked for last did not go out.
    NotPublished,
    /// An event wants data to be sent (manual, section 7.3).
    SendRealtimeData(CloudSendRealtimeData),
    /// The device goes back to its factory settings: the ids are forgotten and the connection is closed. What is being executed is not
    /// answered any more; once it has ended, [`Start`](Self::Start) begins anew, with a rollout.
    FactoryReset,
}

impl Input<'_> {
    /// Whether it says that what was asked for last is done: whoever tells it does so one after the other. An event of the device may come
    /// at any time.
    pub(super) const fn follows_a_publication(&self) -> bool {
        !matches!(
            self,
            Self::Disconnected | Self::NotPublished | Self::Start | Self::SendRealtimeData(_) | Self::FactoryReset
        )
    }
}

impl fmt::Debug for Input<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Start => "Start",
            Self::Connected => "Connected",
            Self::Disconnected => "Disconnected",
            Self::Message { topic, payload } => {
                return write!(f, "Message({}, {} bytes)", topic.escape_ascii(), payload.len());
            }
            Self::Tick => "Tick",
            Self::Executed => "Executed",
            Self::NotPublished => "NotPublished",
            Self::SendRealtimeData(data) => return write!(f, "SendRealtimeData({data:?})"),
            Self::FactoryReset => "FactoryReset",
        })
    }
}

/// What is to be done.
#[derive(Debug)]
#[non_exhaustive]
pub enum Output<'o> {
    /// Open the connection, with the configuration's user name and keep-alive; [`Input::Connected`] or [`Input::Disconnected`] tells how
    /// that ended.
    Connect(BrokerUrl<'o>),
    /// Close the connection. Nothing is to be told.
    Disconnect,
    /// Subscribe.
    Subscribe(TopicFilter<'o>, QoS),
    /// Publish.
    Publish {
        /// To this topic.
        topic: TopicName<'o>,
        /// This payload.
        payload: &'o [u8],
        /// With this quality of service, never retained.
        qos: QoS,
    },
    /// Keep this for after a restart. It is on its way to the portal next, so keep it first.
    Persist(&'o Persisted),
    /// Execute a command of TiXML, write its answer, and tell with [`Input::Executed`]. It may take as long as it takes;
    /// [`Gateway::execution`](super::Gateway::execution) has both again.
    Execute {
        /// The command.
        command: Command<'o>,
        /// Takes the answer: TiXML, such as `<Set/>`, or an [`ErrorReport`](crate::profile::juconn::ErrorReport).
        answer: Answer<'o>,
    },
    /// Enter into the system log `SupportLog` how a statement of the initial configuration ended.
    SupportLog {
        /// Which statement, from 0.
        statement: u16,
        /// Its answer.
        answer: &'o str,
    },
    /// A line for the log.
    Log(Notice),
}

/// What a message is about that a [`Notice`] tells of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(all(feature = "defmt", target_os = "none"), derive(defmt::Format))]
pub enum Subject {
    /// The answer to a rollout.
    RolloutResult,
    /// The answer to an initialisation.
    InitResult,
    /// A request.
    Request(RequestKind),
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::RolloutResult => "gatewayRolloutResult",
            Self::InitResult => "gatewayInitResult",
            Self::Request(kind) => kind.topic(),
        })
    }
}

/// A line for the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[cfg_attr(all(feature = "defmt", target_os = "none"), derive(defmt::Format))]
#[non_exhaustive]
pub enum Notice {
    /// The configuration says not to connect.
    #[error("CloudConnStart is not 1: the gateway does not connect")]
    NotStarted,
    /// `MQTTKeepAlive` is more than modules take.
    #[error("MQTTKeepAlive is {0} seconds and the module takes 300 at most: it is 300")]
    KeepAlive(u16),
    /// A message on a topic that is none of the gateway's.
    #[error("a message on a topic that is not the gateway's is ignored")]
    OtherTopic,
    /// A message that is not expected now.
    #[error("{0} is not expected now, and ignored")]
    Unexpected(Subject),
    /// A message that cannot be read.
    #[error("{0} is ignored: {1}")]
    Malformed(Subject, MessageError),
    /// An answer to another request than the last one.
    #[error("{0} answers another request")]
    OtherResponse(Subject),
    /// The portal answered with an error (manual, section 8).
    #[error("{subject}: the portal answered with error {code}; again in {after:?}")]
    Portal {
        /// To what it answered.
        subject: Subject,
        /// 404 not found, 409 not in the state for it, 500 no id.
        code: i32,
        /// When it is tried again.
        after: Duration,
    },
    /// The portal did not answer.
    #[error("no {0} came in time")]
    NoAnswer(Subject),
    /// The portal gave ids that cannot be parts of a topic, or a broker that is no address, or is one without TLS where the configured one
    /// has it.
    #[error("the rollout gave ids or a broker that cannot be used")]
    Unusable,
    /// The initial configuration is no TiXML or does not fit into the memory for it.
    #[error(
        "the initial configuration is not executed: it is no list of statements, or the memory for requests is too small"
    )]
    Configuration,
    /// A request came while another is being executed.
    #[error("a {0} request is ignored: another one is being executed")]
    Busy(RequestKind),
    /// The request that was answered last came again, to the byte, as a message of quality of service 1 may.
    #[error("a {0} request came again: its result is sent again, and nothing is executed")]
    Again(RequestKind),
    /// The answer to a request has nowhere to go: the portal sent the gateway back to its rollout, whose configuration takes the memory.
    #[error("the result of a {0} request is dropped: the rollout's configuration is executed")]
    ResultDropped(RequestKind),
    /// A value alone does not fit into a message.
    #[error("data point {index} is not sent: {size}")]
    PointTooLarge {
        /// Which data point, in the order of the configuration, from 0.
        index: usize,
        /// What it needs.
        size: TooLarge,
    },
    /// A message does not fit into the buffer for it.
    #[error("a message is not sent: {0}")]
    BufferTooSmall(TooLarge),
}

/// `<CloudSendRealtimeData/>`: send the values of a connector now (manual, section 7.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(all(feature = "defmt", target_os = "none"), derive(defmt::Format))]
pub struct CloudSendRealtimeData {
    /// Which connector.
    pub connector: Connector,
    /// Which section, 1 to 5; none for all of them.
    pub section: Option<u8>,
}

impl CloudSendRealtimeData {
    /// All sections of the first connector.
    pub const ALL: Self = Self {
        connector: Connector::CloudConn,
        section: None,
    };

    /// What the command's attribute asks for: without one, all sections of `CloudConn`; with a connector alone, its section 1. None if it
    /// is neither.
    ///
    /// ```
    /// use fibocom_mqtt::profile::juconn::{CloudSendRealtimeData, Connector, tixml::Text};
    ///
    /// let send = CloudSendRealtimeData::parse(Some(Text::new("CloudConn2,Realtime2"))).unwrap();
    /// assert_eq!((send.connector, send.section), (Connector::CloudConn2, Some(2)));
    /// assert_eq!(CloudSendRealtimeData::parse(None), Some(CloudSendRealtimeData::ALL));
    /// ```
    pub fn parse(attribute: Option<Text<'_>>) -> Option<Self> {
        let Some(text) = attribute else {
            return Some(Self::ALL);
        };
        let text = text.as_plain()?;
        let (connector, section) = text.split_once(',').unwrap_or((text, "Realtime1"));
        let section = crate::profile::juconn::config::numbered(section.trim(), "Realtime")?;
        Some(Self {
            connector: Connector::named(connector.trim())?,
            section: (1..=5).contains(&section).then_some(Some(section))?,
        })
    }
}
