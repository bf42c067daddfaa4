//! What can go wrong, a family per kind: what the caller passed in, what the module answered, and everything an operation may end with.

mod input;
mod network;
mod tls;

pub use input::{Field, InvalidInput};
pub use network::NetworkProblem;
pub use tls::{TlsError, TlsProblem};

pub use crate::cme::CmeError;
use crate::types::{Announcement, AnyConnectionId, BreakCause};

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

    /// Whether the connection stands as it did: what failed was this one call, and a program may note that and go on. If not, make the
    /// connection again, or have [`Client::recover`](crate::Client::recover) do so.
    ///
    /// It stands with [`Unsettled`](Self::Unsettled) too, but the result that this waits for may never come, and until it does nothing can be
    /// published or subscribed to: a program that goes on from that should do so for a while only.
    ///
    /// ```
    /// use fibocom_mqtt::{BreakCause, Error};
    ///
    /// assert!(Error::<()>::Unknown.keeps_connection());
    /// assert!(!Error::<()>::Disconnected(BreakCause::Server).keeps_connection());
    /// ```
    pub const fn keeps_connection(&self) -> bool {
        !matches!(
            self,
            Self::Port(_)
                | Self::PortClosed
                | Self::Silent
                | Self::Network(_)
                | Self::Tls(_)
                | Self::NotConnected
                | Self::Disconnected(_)
                | Self::Restarted
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
