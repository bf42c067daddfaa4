//! What a command answers, before it is framed.

use std::time::Duration;

use super::gateway::Topic;
use super::network::Token;
use super::tls::TlsFile;

/// A `+CME ERROR` number (V1.3 2.1 for 700 to 704; the general ones are Fibocom's, not 3GPP's, from 49 on).
pub(super) type CmeError = u16;

/// Operation not allowed.
pub(super) const NOT_ALLOWED: CmeError = 3;
/// The SIM card is not inserted.
pub(super) const NO_SIM: CmeError = 10;
/// The SIM card wants its PIN.
pub(super) const PIN_REQUIRED: CmeError = 11;
/// The SIM card wants its PUK.
pub(super) const PUK_REQUIRED: CmeError = 12;
/// The SIM card does not answer yet.
pub(super) const SIM_BUSY: CmeError = 14;
/// The PIN is wrong.
pub(super) const WRONG_PIN: CmeError = 16;
/// There is no network.
pub(super) const NO_NETWORK: CmeError = 30;
/// This form of the command does not exist.
pub(super) const NO_SUCH_FORM: CmeError = 52;
/// Parameters are invalid.
pub(super) const INVALID_PARAMETERS: CmeError = 53;
/// Invalid command line: there is no such command.
pub(super) const NO_SUCH_COMMAND: CmeError = 58;
/// The data connection is not up.
pub(super) const PDP_NOT_ACTIVE: CmeError = 901;

/// The text of an error, for `AT+CMEE=2`.
pub(super) fn cme_text(error: CmeError) -> String {
    let text = match error {
        NOT_ALLOWED => "operation not allowed",
        NO_SIM => "SIM not inserted",
        PIN_REQUIRED => "SIM PIN required",
        PUK_REQUIRED => "SIM PUK required",
        SIM_BUSY => "SIM busy",
        WRONG_PIN => "incorrect password",
        NO_NETWORK => "no network service",
        NO_SUCH_FORM => "option not supported",
        INVALID_PARAMETERS => "parameters are invalid",
        NO_SUCH_COMMAND => "invalid command line",
        700 => "Unacceptable protocol version",
        701 => "Identifier rejected",
        702 => "Server unavailable",
        703 => "Bad user name or password",
        704 => "Not authorized",
        PDP_NOT_ACTIVE => "PDP not active",
        _ => return error.to_string(),
    };
    text.to_owned()
}

/// How a command ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Final {
    Ok,
    /// Plain `ERROR`, whatever `AT+CMEE` says.
    Error,
    Cme(CmeError),
    /// What a test wants it to be.
    Scripted(Vec<u8>),
    /// Not yet: the prompt, and data mode.
    Prompt(DataRequest),
}

/// What data mode is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct DataRequest {
    pub size: usize,
    pub purpose: DataPurpose,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum DataPurpose {
    Publish {
        connection: u16,
        topic: Topic,
        qos: u8,
        retain: bool,
    },
    Will {
        connection: u16,
        topic: Vec<u8>,
        qos: u8,
        retain: bool,
    },
    /// `AT+GTSSLFILE`
    File(TlsFile),
}

/// What happens some time after the final result.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Afterwards {
    Dialled,
    NotConnected,
    HungUp,
    Restart,
    /// The UART changes to this rate.
    Rate(u32),
}

/// The whole answer of a command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Answer {
    /// Information lines.
    pub lines: Vec<Vec<u8>>,
    pub result: Final,
    /// The request to the network whose result line belongs to this command.
    pub awaited: Option<Token>,
    /// A result line that is known already, and when it comes.
    pub known: Option<(Vec<u8>, Duration)>,
    /// The result line, where it comes out together with `OK`.
    pub attached: Option<Vec<u8>>,
    /// Lines that come behind the final result, and how long after it.
    pub behind: Vec<(Duration, Vec<u8>)>,
    pub afterwards: Option<(Afterwards, Duration)>,
}

impl Answer {
    pub fn with(result: Final) -> Self {
        Self {
            lines: Vec::new(),
            result,
            awaited: None,
            known: None,
            attached: None,
            behind: Vec::new(),
            afterwards: None,
        }
    }

    pub fn ok() -> Self {
        Self::with(Final::Ok)
    }

    pub fn error() -> Self {
        Self::with(Final::Error)
    }

    pub fn line(line: impl Into<Vec<u8>>) -> Self {
        Self::lines(vec![line.into()])
    }

    pub fn lines(lines: Vec<Vec<u8>>) -> Self {
        Self { lines, ..Self::ok() }
    }

    pub fn afterwards(mut self, what: Afterwards, delay: Duration) -> Self {
        self.afterwards = Some((what, delay));
        self
    }
}

impl From<CmeError> for Answer {
    fn from(error: CmeError) -> Self {
        Self::with(Final::Cme(error))
    }
}
