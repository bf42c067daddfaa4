//! What can go wrong, a family per kind: what the caller passed in, what the module answered, and everything an operation may end with.

use core::fmt;

use crate::modem::NetworkProblem;
use crate::types::{Announcement, BreakCause, ConnectionId};

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
    /// A whole command line.
    CommandLine,
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
            Self::CommandLine => "command line",
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
    /// More than the module or a buffer takes.
    #[error("the {field} is {len} bytes long, and the limit is {max}: shorten it")]
    TooLong {
        /// What is too long.
        field: Field,
        /// Its length in bytes.
        len: usize,
        /// The most that is taken, in bytes.
        max: usize,
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
}

/// The code of a `+CME ERROR`, kept as the module gave it (V1.3 section 2.1; field tables of Fibocom firmware).
///
/// From 49 on these are not the numbers of 3GPP TS 27.007.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(all(feature = "defmt", target_os = "none"), derive(defmt::Format))]
#[non_exhaustive]
pub enum CmeError {
    /// 3: operation not allowed.
    NotAllowed,
    /// 4: operation not supported.
    NotSupported,
    /// 10: no SIM in the slot.
    SimNotInserted,
    /// 11: the SIM wants its PIN.
    SimPinRequired,
    /// 13: the SIM failed.
    SimFailure,
    /// 14: the SIM is busy.
    SimBusy,
    /// 30: no network service.
    NoNetwork,
    /// 50: the command failed.
    ExecuteFailed,
    /// 53: a parameter is invalid.
    InvalidParameter,
    /// 58: the module does not know the command.
    UnknownCommand,
    /// 700: the broker does not speak this protocol version.
    ProtocolVersion,
    /// 701: the broker rejects the client id.
    IdentifierRejected,
    /// 702: the broker is unavailable.
    ServerUnavailable,
    /// 703: bad user name or password.
    BadCredentials,
    /// 704: not authorized.
    NotAuthorized,
    /// Any other number.
    Unknown(u16),
}

impl From<u16> for CmeError {
    fn from(code: u16) -> Self {
        match code {
            3 => Self::NotAllowed,
            4 => Self::NotSupported,
            10 => Self::SimNotInserted,
            11 => Self::SimPinRequired,
            13 => Self::SimFailure,
            14 => Self::SimBusy,
            30 => Self::NoNetwork,
            50 => Self::ExecuteFailed,
            53 => Self::InvalidParameter,
            58 => Self::UnknownCommand,
            700 => Self::ProtocolVersion,
            701 => Self::IdentifierRejected,
            702 => Self::ServerUnavailable,
            703 => Self::BadCredentials,
            704 => Self::NotAuthorized,
            other => Self::Unknown(other),
        }
    }
}

impl From<CmeError> for u16 {
    fn from(error: CmeError) -> Self {
        match error {
            CmeError::NotAllowed => 3,
            CmeError::NotSupported => 4,
            CmeError::SimNotInserted => 10,
            CmeError::SimPinRequired => 11,
            CmeError::SimFailure => 13,
            CmeError::SimBusy => 14,
            CmeError::NoNetwork => 30,
            CmeError::ExecuteFailed => 50,
            CmeError::InvalidParameter => 53,
            CmeError::UnknownCommand => 58,
            CmeError::ProtocolVersion => 700,
            CmeError::IdentifierRejected => 701,
            CmeError::ServerUnavailable => 702,
            CmeError::BadCredentials => 703,
            CmeError::NotAuthorized => 704,
            CmeError::Unknown(other) => other,
        }
    }
}

impl fmt::Display for CmeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = match self {
            Self::NotAllowed => "operation not allowed",
            Self::NotSupported => "operation not supported",
            Self::SimNotInserted => "no SIM in the slot",
            Self::SimPinRequired => "the SIM wants its PIN",
            Self::SimFailure => "SIM failure",
            Self::SimBusy => "SIM busy",
            Self::NoNetwork => "no network service",
            Self::ExecuteFailed => "the command failed",
            Self::InvalidParameter => "invalid parameter",
            Self::UnknownCommand => "unknown command",
            Self::ProtocolVersion => "unacceptable protocol version",
            Self::IdentifierRejected => "client id rejected by the broker",
            Self::ServerUnavailable => "broker unavailable",
            Self::BadCredentials => "bad user name or password",
            Self::NotAuthorized => "not authorized",
            Self::Unknown(_) => "a code that no manual names",
        };
        write!(f, "{text} (+CME ERROR: {})", u16::from(*self))
    }
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
    /// The answer is longer than the line buffer.
    #[error("the module's answer does not fit into the line buffer of {max} bytes: pass a larger one")]
    LineBuffer {
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
        "an earlier outcome on this connection is still unknown: disconnect and connect again, or poll until it came"
    )]
    Unsettled,
    /// A message of another connection waits in the message buffer.
    #[error("a message of connection {0} waits in the message buffer: receive it first")]
    OtherMessage(ConnectionId),
    /// No connection is open.
    #[error("not connected: connect first")]
    NotConnected,
    /// The connection ended by itself.
    #[error("the connection was lost: {0}; connect again")]
    Disconnected(BreakCause),
    /// The next message is larger than the buffer. It stays in the module: pass a larger buffer, or `skip` it.
    #[error("the next message needs a buffer of {} bytes (topic {}, payload {}): pass a larger one, or skip it", .0.size(), .0.topic_len, .0.payload_len)]
    TooLarge(Announcement),
    /// A message found no room in the buffers, or came in a line that was cut; it is lost, since the module had handed it out. Of
    /// messages whose sizes found no room either, the size is that of the largest.
    #[error("a message of {} bytes was lost, since it found no room or its line was cut: pass larger buffers", .0.size())]
    Lost(Announcement),
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
        !matches!(self, Self::Port(_) | Self::PortClosed | Self::Silent)
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
