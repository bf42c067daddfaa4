//! Which events the driver's own errors are.

use super::EventId;
use crate::{BreakCause, CmeError, Error, ModuleError, NetworkProblem, TlsProblem};

/// The broker's refusals (700 to 704, the codes 1 to 5 of MQTT's CONNACK) are `a00081`, any other number is
/// [`cell_module`](EventId::cell_module).
impl From<CmeError> for EventId {
    fn from(error: CmeError) -> Self {
        match error {
            CmeError::ProtocolVersion => Self::MQTT_CONNECTION_REFUSED,
            CmeError::IdentifierRejected => Self::MQTT_CLIENT_ID_REFUSED,
            CmeError::ServerUnavailable => Self::MQTT_BROKER_OFFLINE,
            CmeError::BadCredentials => Self::MQTT_CREDENTIALS_REFUSED,
            CmeError::NotAuthorized => Self::MQTT_REFUSED_UNKNOWN_REASON,
            other => Self::cell_module(other.into()),
        }
    }
}

/// An error without a number of `+CME ERROR` is the cellular module's unknown one.
impl From<ModuleError> for EventId {
    fn from(error: ModuleError) -> Self {
        match error {
            ModuleError::Cme(error) => error.into(),
            ModuleError::Error | ModuleError::Cms(_) | ModuleError::Text => Self::CELL_MODULE_UNKNOWN,
        }
    }
}

/// A server that went is a socket that dropped; a link that was lost is the module's only network, which is number 1.
impl From<BreakCause> for EventId {
    fn from(cause: BreakCause) -> Self {
        match cause {
            BreakCause::Server | BreakCause::Unknown(_) => Self::MODULE_SOCKET_DROPPED,
            BreakCause::Link => Self { major: 91, minor: 1 },
            BreakCause::NotRegistered => Self::NO_REGISTRATION,
        }
    }
}

impl EventId {
    /// The event that an error of the driver is, if the module or the network is its cause. `None` for what the program did, such as
    /// buffers that are too short, and for failures without a reason: what failed is then a [`LinkEvent`](super::LinkEvent).
    ///
    /// ```
    /// use fibocom_mqtt::{BreakCause, Error};
    /// use fibocom_mqtt::profile::captis::EventId;
    ///
    /// let error = Error::<()>::Disconnected(BreakCause::Server);
    /// assert_eq!(EventId::of_error(&error), Some(EventId::MODULE_SOCKET_DROPPED));
    /// assert_eq!(EventId::of_error(&Error::<()>::NotConnected), None);
    /// ```
    pub fn of_error<E>(error: &Error<E>) -> Option<Self> {
        match *error {
            Error::Port(_) | Error::PortClosed | Error::Silent => Some(Self::MODULE_NO_AT_RESPONSE),
            Error::Module(error) => Some(error.into()),
            Error::Disconnected(cause) => Some(cause.into()),
            Error::Network(problem) => Self::of_network(problem),
            Error::Tls(TlsProblem::Handshake(_)) => Some(Self::cell_module(SSL_HANDSHAKE)),
            Error::Tls(_) => Some(Self::cell_module(SSL_FILES)),
            _ => None,
        }
    }

    fn of_network(problem: NetworkProblem) -> Option<Self> {
        Some(match problem {
            NetworkProblem::Sim(Some(error)) => error.into(),
            NetworkProblem::Sim(None) => Self::from(CmeError::SimFailure),
            NetworkProblem::SimAbsent => CmeError::SimNotInserted.into(),
            NetworkProblem::PinRequired => CmeError::SimPinRequired.into(),
            NetworkProblem::PinWrong(_) => CmeError::IncorrectPassword.into(),
            NetworkProblem::PukRequired => CmeError::SimPukRequired.into(),
            NetworkProblem::Registration(_) => Self::NO_REGISTRATION,
            NetworkProblem::Attach(Some(error)) | NetworkProblem::Address(Some(error)) => error.into(),
            NetworkProblem::Attach(None) | NetworkProblem::Address(None) => CmeError::PacketService.into(),
            NetworkProblem::Clock => return None,
        })
    }
}

/// `SSL certs and keys wrong or not stored`
const SSL_FILES: u16 = 1001;
/// `SSL error during handshake`
const SSL_HANDSHAKE: u16 = 1004;
