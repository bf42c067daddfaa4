//! How a run may fail: an exit code, and one sentence that says what happened and what to try.

use fibocom_mqtt::{CmeError, Error, Feature, InvalidInput, Limit, ModuleError, NetworkProblem, TransportError};

/// Exit codes other than 0.
pub mod code {
    /// Wrong usage, or refused before anything was written.
    pub const USAGE: u8 = 1;
    /// The port.
    pub const PORT: u8 = 2;
    /// The module does not answer.
    pub const SILENT: u8 = 3;
    /// SIM, registration, or address.
    pub const NETWORK: u8 = 4;
    /// The connection was refused or lost.
    pub const CONNECTION: u8 = 5;
    /// A message was refused.
    pub const REFUSED: u8 = 6;
    /// It may have happened or not.
    pub const UNKNOWN: u8 = 7;
    /// `-W` ran out, as with mosquitto_sub.
    pub const TIME: u8 = 27;
    /// Ended by an interrupt, as a shell reports it.
    pub const INTERRUPTED: u8 = 130;
}

/// Why there is no success.
#[derive(Debug, PartialEq, Eq)]
pub struct Failure {
    pub code: u8,
    /// Empty if there is nothing to say.
    pub sentence: String,
}

impl Failure {
    pub fn new(code: u8, sentence: impl Into<String>) -> Self {
        let sentence = sentence.into();
        Self { code, sentence }
    }

    pub fn usage(sentence: impl Into<String>) -> Self {
        Self::new(code::USAGE, sentence)
    }
}

impl From<lexopt::Error> for Failure {
    fn from(error: lexopt::Error) -> Self {
        Self::usage(format!("{error}: see --help"))
    }
}

impl From<InvalidInput> for Failure {
    fn from(error: InvalidInput) -> Self {
        // What to do about these is an option here.
        Self::usage(match error {
            InvalidInput::Exceeds {
                model,
                limit: Limit::Connections,
                asked,
                max,
                said_by,
            } => format!("the {model} has no connection {asked}, says {said_by}: choose one from 1 to {max} with --id"),
            InvalidInput::Exceeds {
                model,
                limit,
                asked,
                max,
                said_by,
            } => {
                let (unit, remedy) = match limit {
                    Limit::KeepAlive => ("seconds", "use less"),
                    _ => ("bytes", "shorten it"),
                };
                format!(
                    "the {model} takes at most {max} {unit} of {limit}, says {said_by}, and this is {asked}: {remedy}"
                )
            }
            InvalidInput::Unsupported {
                model,
                feature: Feature::Mqtt,
                said_by,
            } => format!(
                "this firmware of the {model} has no MQTT commands, says {said_by}: it needs another firmware, or use \
                 another module"
            ),
            InvalidInput::Unsupported {
                model,
                feature: Feature::Tls,
                said_by,
            } => format!(
                "the {model} with this firmware has no TLS, says {said_by}: connect without --tls, --cafile and --cert, \
                 or use another module"
            ),
            InvalidInput::Unsupported {
                model,
                feature: Feature::SnConnections,
                said_by,
            } => format!(
                "the {model} has no MQTT-SN connections, says {said_by}: choose connection 1 or 2 with --id, or use \
                 another module"
            ),
            InvalidInput::Unsupported {
                model,
                feature: Feature::SnCommands,
                said_by,
            } => format!(
                "the {model} has no command for registrations and client ids of MQTT-SN, says {said_by}: leave out \
                 --register and -i, or use another module"
            ),
            InvalidInput::Unsupported {
                model,
                feature: Feature::AuthCommands,
                said_by,
            } => format!(
                "the {model} computes no credentials for clouds, says {said_by}: compute them yourself and give them \
                 with -u, -P and -i, or use another module"
            ),
            other => other.to_string(),
        })
    }
}

/// What was being done when the driver reported an error. The same error means different things.
#[derive(Debug, Clone, Copy)]
pub enum Stage<'a> {
    /// Finding the module, for so many seconds.
    Attach { wait: u64 },
    /// Asking the module for something.
    Ask,
    /// Coming into the network.
    Network,
    /// Restarting the module.
    Restart,
    /// Connecting to a host.
    Connect { host: &'a str, port: u16 },
    /// Connecting to a gateway of MQTT-SN.
    ConnectSn { host: &'a str, port: u16 },
    /// Having credentials computed for a cloud.
    Authenticate { cloud: &'a str },
    /// Registering the device with a cloud.
    RegisterDevice { cloud: &'a str },
    /// Registering a topic with a gateway.
    RegisterTopic { topic: &'a str },
    /// Subscribing to a filter.
    Subscribe { filter: &'a str },
    /// Publishing.
    Publish,
    /// Waiting for messages.
    Receive,
}

impl Stage<'_> {
    /// The failure that an error at this stage is.
    pub fn failure(self, error: Error<TransportError>) -> Failure {
        let common = match error {
            Error::Invalid(input) => return input.into(),
            Error::Port(_) | Error::PortClosed if matches!(self, Self::Restart) => {
                let sentence = format!(
                    "{error}; a USB port disappears while the module restarts: wait until it is back, and try again"
                );
                return Failure::new(code::PORT, sentence);
            }
            Error::Network(NetworkProblem::PinRequired) => {
                let sentence = "the SIM wants its PIN: give it with --pin, or switch the PIN off in a telephone";
                return Failure::new(code::NETWORK, sentence);
            }
            Error::Port(_) | Error::PortClosed => Some(code::PORT),
            Error::Network(_) => Some(code::NETWORK),
            Error::Disconnected(_) | Error::NotConnected | Error::Restarted => Some(code::CONNECTION),
            Error::LineBuffer { .. } => Some(code::SILENT),
            _ => None,
        };
        if let Some(code) = common {
            return Failure::new(code, error.to_string());
        }
        if error == Error::Silent {
            return self.silence();
        }
        match self {
            Self::Attach { .. } | Self::Ask | Self::Restart => Failure::new(code::SILENT, error.to_string()),
            Self::Network => Failure::new(code::NETWORK, error.to_string()),
            Self::Connect { host, port } => Failure::new(code::CONNECTION, refusal(error, host, port, CHECK)),
            Self::ConnectSn { host, port } => Failure::new(code::CONNECTION, refusal(error, host, port, CHECK_SN)),
            Self::Authenticate { cloud } => Failure::new(
                code::CONNECTION,
                format!(
                    "the module gave no credentials for {cloud}: {error}; check what was given of the device, and that \
                     the module is registered in the network"
                ),
            ),
            Self::RegisterDevice { cloud } => match error {
                Error::Refused | Error::Module(_) => Failure::new(
                    code::CONNECTION,
                    format!(
                        "{cloud} did not register the device: {error}; check what was given of product and device, and \
                         whether the cloud has it already"
                    ),
                ),
                _ => Failure::new(
                    code::UNKNOWN,
                    format!("it is not known whether {cloud} has registered the device: {error}; ask the cloud"),
                ),
            },
            Self::RegisterTopic { topic } => Failure::new(
                match error {
                    Error::Unknown => code::UNKNOWN,
                    _ => code::REFUSED,
                },
                format!(
                    "the registration of {topic} failed: {error}; a module keeps five, the gateway's included: try \
                     without --register"
                ),
            ),
            Self::Subscribe { filter } => Failure::new(
                match error {
                    Error::Unknown => code::UNKNOWN,
                    _ => code::REFUSED,
                },
                format!("the subscription to {filter} failed: {error}"),
            ),
            Self::Publish => Failure::new(
                match error {
                    Error::Refused | Error::Module(_) => code::REFUSED,
                    _ => code::UNKNOWN,
                },
                match error {
                    Error::Refused => "the module reported that the message was not published and gave no reason: \
                                       check that the broker allows this topic, or that the gateway \
                                       knows its number, and try again"
                        .into(),
                    Error::Module(error) => format!(
                        "the message was refused before it was sent: {error}; check topic and size, and that the \
                         connection still stands"
                    ),
                    _ => error.to_string(),
                },
            ),
            Self::Receive => Failure::new(code::CONNECTION, error.to_string()),
        }
    }

    fn silence(self) -> Failure {
        let sentence = match self {
            Self::Attach { wait } => format!(
                "the module did not answer within {wait} s: check its power, --baud and the wiring, and whether this \
                 is its AT port; a booting module takes up to 30 s"
            ),
            _ => "the module stopped answering, or answers too slowly: check its power and the wiring, and try again"
                .into(),
        };
        Failure::new(code::SILENT, sentence)
    }
}

const CHECK: &str = "check host, port, client id (-i), user name and password (-u, -P; with --cloud what was given of the \
                     device, and the module's clock), and whether the module's network reaches the broker";
const CHECK_SN: &str =
    "check host and port of the gateway, the client id (-i), and whether the module's network reaches it";

fn refusal(error: Error<TransportError>, host: &str, port: u16, check: &str) -> String {
    match error {
        Error::Refused => {
            format!("the connection to {host}:{port} was refused, and the module gave no reason: {check}")
        }
        Error::Unknown => {
            format!("no result came for the connection to {host}:{port}: {check}")
        }
        Error::Module(ModuleError::Cme(reason)) => {
            let hint = match reason {
                CmeError::BadCredentials | CmeError::NotAuthorized => check,
                CmeError::IdentifierRejected => "choose another with -i",
                CmeError::ServerUnavailable => "try again later",
                CmeError::UnknownCommand => "this firmware has no MQTT commands, or not this one: use another",
                CmeError::NotDialled => "leave out --no-network, so that the data connection is brought up",
                CmeError::InvalidParameter => {
                    "this module may not have that connection (--id), or a text is too long for it"
                }
                _ => check,
            };
            format!("the connection to {host}:{port} was refused: {reason}; {hint}")
        }
        Error::Tls(problem) => format!("the connection to {host}:{port} failed: {problem}"),
        other => format!("the connection to {host}:{port} failed: {other}; {check}"),
    }
}
