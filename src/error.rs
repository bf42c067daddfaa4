//! What can go wrong, a family per kind: what the caller passed in, what the module answered, and everything an operation may end with.

use core::fmt;

pub use crate::cme::CmeError;
use crate::model::{Feature, Limit, Model, Source};
use crate::modem::{NetworkProblem, TlsProblem};
use crate::types::{Announcement, AnyConnectionId, BreakCause};

/// An argument of a command, to say which one was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(all(feature = "defmt", target_os = "none"), derive(defmt::Format))]
#[non_exhaustive]
pub enum Field {
    /// Host name or address of the broker.
    Host,
    /// TCP port of the broker.
    Port,
    /// Keep-alive interval in seconds.
    KeepAlive,
    /// MQTT's client identifier.
    ClientId,
    /// User name.
    User,
    /// Password.
    Password,
    /// Topic name or topic filter.
    Topic,
    /// Payload of a message.
    Payload,
    /// Payload of a will.
    WillPayload,
    /// Access point name.
    Apn,
    /// PIN of the SIM.
    Pin,
    /// The certificate of an authority that vouches for servers.
    TrustFile,
    /// The module's own certificate.
    CertificateFile,
    /// The key of the module's own certificate.
    KeyFile,
    /// A whole command line.
    CommandLine,
    /// Rate of the serial line in bits per second.
    BaudRate,
    /// The number of a topic on an MQTT-SN connection.
    TopicId,
    /// Product key at a cloud.
    ProductKey,
    /// Secret of a product at a cloud.
    ProductSecret,
    /// Id of a product at a cloud.
    ProductId,
    /// Name of a device at a cloud.
    DeviceName,
    /// Id of a device at a cloud.
    DeviceId,
    /// Key that names a device at a cloud.
    DeviceKey,
    /// Secret of a device at a cloud.
    DeviceSecret,
    /// Number of a device at a cloud.
    DeviceNumber,
    /// Access key of a device at a cloud.
    AccessKey,
    /// Authorisation key of a device at a cloud.
    AuthKey,
    /// Token of a device at a cloud.
    Token,
    /// UUID of a device at a cloud.
    Uuid,
    /// Id of an IoT Core.
    IotCoreId,
    /// User name at the site of AEP.
    AepUser,
    /// Path of a service of a cloud.
    Url,
    /// ICCID of the SIM.
    Ccid,
    /// IMEI of the module.
    Imei,
}

impl Field {
    /// Whether a cloud's credentials repeat it.
    pub(crate) const fn comes_back(self) -> bool {
        matches!(
            self,
            Self::ProductKey
                | Self::ProductId
                | Self::DeviceName
                | Self::DeviceId
                | Self::DeviceKey
                | Self::DeviceNumber
                | Self::IotCoreId
                | Self::AepUser
                | Self::Uuid
        )
    }
}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Host => "host",
            Self::Port => "port",
            Self::KeepAlive => "keep-alive",
            Self::ClientId => "client id",
            Self::User => "user name",
            Self::Password => "password",
            Self::Topic => "topic",
            Self::Payload => "payload",
            Self::WillPayload => "will payload",
            Self::Apn => "apn",
            Self::Pin => "pin",
            Self::TrustFile => "trust file",
            Self::CertificateFile => "certificate file",
            Self::KeyFile => "key file",
            Self::CommandLine => "command line",
            Self::BaudRate => "baud rate",
            Self::TopicId => "topic id",
            Self::ProductKey => "product key",
            Self::ProductSecret => "product secret",
            Self::ProductId => "product id",
            Self::DeviceName => "device name",
            Self::DeviceId => "device id",
            Self::DeviceKey => "device key",
            Self::DeviceSecret => "device secret",
            Self::DeviceNumber => "device number",
            Self::AccessKey => "access key",
            Self::AuthKey => "authorisation key",
            Self::Token => "token",
            Self::Uuid => "uuid",
            Self::IotCoreId => "IoT Core id",
            Self::AepUser => "AEP user name",
            Self::Url => "url",
            Self::Ccid => "ICCID",
            Self::Imei => "IMEI",
        })
    }
}

/// Something the caller passed in that cannot be sent. Nothing was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[cfg_attr(all(feature = "defmt", target_os = "none"), derive(defmt::Format))]
#[non_exhaustive]
pub enum InvalidInput {
    /// A byte that the module's command line would take for syntax, or that it cannot carry.
    #[error("the {field} holds the byte 0x{byte:02x}, which cannot be sent safely in a command line: remove it")]
    Character {
        /// Where it stands.
        field: Field,
        /// The byte.
        byte: u8,
    },
    /// Nothing where something is needed.
    #[error("the {field} is empty: give at least one character")]
    Empty {
        /// What is empty.
        field: Field,
    },
    /// More than any module or a buffer takes.
    #[error("the {field} is {len} bytes long, and the limit is {max}: shorten it")]
    TooLong {
        /// What is too long.
        field: Field,
        /// Its length in bytes.
        len: usize,
        /// The most that is taken, in bytes.
        max: usize,
    },
    /// Not as long as it must be.
    #[error("the {field} is {len} bytes long, and must have {needed}: change it")]
    Length {
        /// What it is.
        field: Field,
        /// Its length in bytes.
        len: usize,
        /// The length that is needed, in bytes.
        needed: usize,
    },
    /// More than this model takes.
    #[error(
        "{limit}: the {model} takes at most {max} {}, says {said_by}, and {asked} were asked for: ask for no more, or overrule the limit", .limit.unit()
    )]
    Exceeds {
        /// The model.
        model: Model,
        /// Which limit.
        limit: Limit,
        /// What was asked for.
        asked: usize,
        /// The most that the model takes.
        max: u16,
        /// Who says so.
        said_by: Source,
    },
    /// Something that this model cannot do.
    #[error("the {model} has no {feature}, says {said_by}: do without, or overrule if you know better")]
    Unsupported {
        /// The model.
        model: Model,
        /// What was asked for.
        feature: Feature,
        /// Who says so.
        said_by: Source,
    },
    /// A number outside of its range.
    #[error("{value} is no valid {field}: use {min} to {max}")]
    Range {
        /// Which number.
        field: Field,
        /// The number.
        value: u32,
        /// The smallest that is taken.
        min: u32,
        /// The largest that is taken.
        max: u32,
    },
    /// A PIN that is none.
    #[error("the PIN is not 4 to 8 digits: check it")]
    Pin,
    /// `+` or `#` in a topic name, or in a wrong place of a filter.
    #[error(
        "a wildcard stands where none may: '+' fills a level, '#' is the last level, and a topic to publish to has neither"
    )]
    Wildcard,
    /// The transmit buffer cannot hold the command and its data.
    #[error("the transmit buffer holds {max} bytes and more are needed (at least {len}): pass a larger one")]
    TransmitBuffer {
        /// What is needed at least, in bytes; of a command that found no room at all only its data is counted.
        len: usize,
        /// What there is, in bytes.
        max: usize,
    },
    /// A file that is too short or too long for the module.
    #[error("the {field} is {len} bytes long, and modules take {min} to {max}: give one file in PEM")]
    FileSize {
        /// Which file.
        field: Field,
        /// Its length in bytes.
        len: usize,
        /// The least that is taken, in bytes.
        min: usize,
        /// The most that is taken, in bytes.
        max: usize,
    },
    /// The server is to be verified, and there is nothing to verify it with.
    #[error(
        "TLS verifies the server and has nothing to do it with: give a trust file, or accept what the module holds"
    )]
    NoTrustFile,
    /// The runner's slots cannot hold the request.
    #[error("the runner's slots hold {max} bytes each and {len} are needed: make them larger")]
    RequestSlot {
        /// What is needed, in bytes.
        len: usize,
        /// What a slot holds, in bytes.
        max: usize,
    },
}

/// An error that the module answered with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
#[cfg_attr(all(feature = "defmt", target_os = "none"), derive(defmt::Format))]
#[non_exhaustive]
pub enum ModuleError {
    /// `ERROR`, with no reason. Normal for the MQTT commands, and for all of them before `AT+CMEE=1`.
    #[error("the module answered ERROR and gave no reason")]
    Error,
    /// `+CME ERROR: <code>`.
    #[error("the module answered: {0}")]
    Cme(CmeError),
    /// `+CMS ERROR: <code>`.
    #[error("the module answered with +CMS ERROR: {0}")]
    Cms(u16),
    /// `+CME ERROR: <text>`, as after `AT+CMEE=2`; the text is not kept.
    #[error("the module answered with an error in words: set AT+CMEE=1 for its number")]
    Text,
}

/// How an operation may fail. `E` is the error of the port.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[cfg_attr(all(feature = "defmt", target_os = "none"), derive(defmt::Format))]
#[non_exhaustive]
pub enum Error<E> {
    /// Refused before a byte was written.
    #[error("{0}")]
    Invalid(InvalidInput),
    /// The port failed.
    #[error("the port failed ({0}): check the cable and open it again")]
    Port(E),
    /// The port ended: it reads nothing more, or takes nothing more.
    #[error("the port is closed: check the cable and open it again")]
    PortClosed,
    /// The module does not answer.
    #[error("the module does not answer: check its power, the baud rate and the wiring, then attach again")]
    Silent,
    /// The module answered with an error.
    #[error("{0}")]
    Module(ModuleError),
    /// The module answered something else than the command's manual says.
    #[error("the module's answer was not understood: see the trace, and report it")]
    Unexpected,
    /// The module has no network.
    #[error("{0}")]
    Network(NetworkProblem),
    /// TLS: the files in the module, or the handshake.
    #[error("{0}")]
    Tls(TlsProblem),
    /// The answer is longer than the line buffer.
    #[error("the module's answer does not fit into the line buffer of {max} bytes: pass a larger one")]
    LineBuffer {
        /// What the buffer holds, in bytes.
        max: usize,
    },
    /// The buffer that was passed for the answer cannot hold it.
    #[error("the answer needs a buffer of {len} bytes and the one that was passed holds {max}: pass a larger one")]
    AnswerBuffer {
        /// What is needed, in bytes.
        len: usize,
        /// What the buffer holds, in bytes.
        max: usize,
    },
    /// Status 0: the module tried, and it failed. The module gives no reason.
    #[error("the module reported failure and gave no reason: check that the broker is reachable and allows it")]
    Refused,
    /// The result never came: what was asked may have happened or not. It was not and will not be sent again.
    #[error(
        "the outcome is unknown, because the module never reported a result: it was not sent again, and may have arrived"
    )]
    Unknown,
    /// The data mode ended before all bytes were sent, and the module published what it had.
    #[error(
        "the module's data mode ran out after about {sent} bytes: it may have published them as a message cut short"
    )]
    Cut {
        /// Bytes that were written.
        sent: usize,
    },
    /// A result is owed from an earlier operation whose outcome is unknown: it would be taken for this one's.
    #[error(
        "an earlier outcome is still unknown, and this one's could not be told from it: wait for it, or disconnect and connect again, or, for a registration, attach again"
    )]
    Unsettled,
    /// A message of another connection waits in the message buffer.
    #[error("a message of connection {0} waits in the message buffer: receive it first")]
    OtherMessage(AnyConnectionId),
    /// No connection is open.
    #[error("not connected: connect first")]
    NotConnected,
    /// The connection ended by itself.
    #[error("the connection was lost: {0}; connect again")]
    Disconnected(BreakCause),
    /// The module has restarted: its connections are gone, and so is everything that was set. Attach again, then connect. Each
    /// connection that was open reports it once, by whichever call comes first, and is then [`NotConnected`](Self::NotConnected).
    #[error("the module has restarted, and its connections and settings are gone: attach again, then connect")]
    Restarted,
    /// The module does not answer at the new rate of the line, and was found at the former one.
    #[error("the module does not answer at {baud} bit/s and was left at the former rate: try a lower one")]
    BaudRate {
        /// The rate that was tried, in bits per second.
        baud: u32,
    },
    /// The next message is larger than the buffer. It stays in the module: pass a larger buffer, or `skip` it.
    #[error("the next message needs a buffer of {} bytes (topic {}, payload {}): pass a larger one, or skip it", .0.size(), .0.topic_len, .0.payload_len)]
    TooLarge(Announcement),
    /// A message found no room in the buffers, or came in a line that was cut; it is lost, since the module had handed it out. Of
    /// messages whose sizes found no room either, the size is that of the largest.
    #[error("a message of {} bytes was lost, since it found no room or its line was cut: pass larger buffers", .0.size())]
    Lost(Announcement),
    /// The runner was dropped, so nothing was sent.
    #[error("the runner is not running, so nothing was sent: run it again")]
    NotRunning,
}

impl<E> Error<E> {
    /// Whether the same client may simply go on: calling again, perhaps after changing an argument or connecting again, can
    /// succeed without touching the port or the module.
    ///
    /// ```
    /// use fibocom_mqtt::{BreakCause, Error};
    ///
    /// assert!(Error::<()>::Disconnected(BreakCause::Server).is_recoverable());
    /// assert!(!Error::<()>::PortClosed.is_recoverable());
    /// ```
    pub const fn is_recoverable(&self) -> bool {
        !matches!(
            self,
            Self::Port(_)
                | Self::PortClosed
                | Self::Silent
                | Self::Tls(TlsProblem::ForeignFiles | TlsProblem::UnfinishedUpload)
        )
    }
}

impl<E> From<InvalidInput> for Error<E> {
    fn from(error: InvalidInput) -> Self {
        Self::Invalid(error)
    }
}

impl<E> From<ModuleError> for Error<E> {
    fn from(error: ModuleError) -> Self {
        Self::Module(error)
    }
}
