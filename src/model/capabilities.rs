//! What a module can do and take, and who said so.

use core::fmt;

use super::Model;
use crate::error::InvalidInput;

/// A number that a module has for something. Lengths are in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(all(feature = "defmt", target_os = "none"), derive(defmt::Format))]
#[non_exhaustive]
pub enum Limit {
    /// Longest host name (`AT+MQTTOPEN`, V1.3 section 1.2).
    Host,
    /// Longest keep-alive in seconds (`AT+MQTTOPEN`, V1.3 section 1.2).
    KeepAlive,
    /// How many MQTT connections there are, counted from 1 (`AT+MQTTOPEN`, V1.3 section 1.2).
    Connections,
    /// Longest user name (`AT+MQTTUSER`, V1.3 section 1.1).
    User,
    /// Longest password (`AT+MQTTUSER`, V1.3 section 1.1).
    Password,
    /// Longest client id (`AT+MQTTUSER`, V1.3 section 1.1).
    ClientId,
    /// Longest topic and topic filter (`AT+MQTTPUB`, V1.3 section 1.7). No topic here is longer than 255.
    Topic,
    /// Longest payload of a publication (`AT+MQTTPUB`, V1.3 section 1.7).
    Payload,
    /// Longest payload of a will (`AT+MQTTWILL`, V1.3 section 1.12).
    WillPayload,
    /// Longest payload that is received (`+MQTTMSG`, V1.3 section 1.9). Modules are known to hand out more; nothing is refused by it.
    Received,
    /// Longest client id of MQTT-SN (`AT+MQTTSNCID`, V1.3 section 1.13).
    SnClientId,
}

impl Limit {
    const COUNT: usize = 11;

    /// Every limit.
    pub const ALL: [Self; Self::COUNT] = [
        Self::Host,
        Self::KeepAlive,
        Self::Connections,
        Self::User,
        Self::Password,
        Self::ClientId,
        Self::Topic,
        Self::Payload,
        Self::WillPayload,
        Self::Received,
        Self::SnClientId,
    ];
}

impl Limit {
    /// What it counts.
    pub const fn unit(self) -> &'static str {
        match self {
            Self::KeepAlive => "s",
            Self::Connections => "connections",
            _ => "bytes",
        }
    }
}

impl fmt::Display for Limit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Host => "host",
            Self::KeepAlive => "keep-alive",
            Self::Connections => "connection",
            Self::User => "user name",
            Self::Password => "password",
            Self::ClientId => "client id",
            Self::Topic => "topic",
            Self::Payload => "payload",
            Self::WillPayload => "will payload",
            Self::Received => "received payload",
            Self::SnClientId => "MQTT-SN client id",
        })
    }
}

/// Something that a module can or cannot do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(all(feature = "defmt", target_os = "none"), derive(defmt::Format))]
#[non_exhaustive]
pub enum Feature {
    /// The commands of MQTT: USER, OPEN, CLOSE, SUB, UNSUB, PUB, CONF, READ, WILL. A few firmware builds lack all of them.
    Mqtt,
    /// TLS: the last argument of `AT+MQTTOPEN` (V1.3 section 1.2).
    Tls,
    /// The payload of a will in data mode: the datasize form of `AT+MQTTWILL` (V1.3 section 1.12).
    WillDataMode,
    /// The MQTT-SN connections 101 and 102 (V1.3 section 1.2).
    SnConnections,
    /// The MQTT-SN commands SNCID, SNREG, WTOPICUD and WMSGUD (V1.3 sections 1.13 to 1.16).
    SnCommands,
    /// The cloud commands AUTHDYN and AUTHCFG (V1.3 sections 1.17 and 1.18).
    AuthCommands,
}

impl Feature {
    const COUNT: usize = 6;

    /// Every feature.
    pub const ALL: [Self; Self::COUNT] = [
        Self::Mqtt,
        Self::Tls,
        Self::WillDataMode,
        Self::SnConnections,
        Self::SnCommands,
        Self::AuthCommands,
    ];
}

impl Feature {
    /// The feature that a command belongs to, if it is one of the MQTT commands. A `=?` form belongs to none: it may always be asked.
    pub(crate) fn of_command(command: &[u8]) -> Option<Self> {
        const MQTT: &[u8] = b"AT+MQTT";
        let (front, rest) = command.split_at_checked(MQTT.len())?;
        if !front.eq_ignore_ascii_case(MQTT) || rest.trim_ascii_end().ends_with(b"=?") {
            return None;
        }
        let begins = |name: &[u8]| {
            rest.get(..name.len())
                .is_some_and(|rest| rest.eq_ignore_ascii_case(name))
        };
        Some(if [&b"SN"[..], b"WTOPICUD", b"WMSGUD"].into_iter().any(begins) {
            Self::SnCommands
        } else if begins(b"AUTH") {
            Self::AuthCommands
        } else {
            Self::Mqtt
        })
    }

    /// The feature that the connection in a command belongs to, if it is one for MQTT-SN.
    pub(crate) fn of_connection(command: &[u8]) -> Option<Self> {
        Self::of_command(command)?;
        let mut arguments = command
            .splitn(2, |byte| *byte == b'=')
            .nth(1)?
            .split(|byte| *byte == b',');
        matches!(arguments.next()?.trim_ascii(), b"101" | b"102").then_some(Self::SnConnections)
    }
}

impl fmt::Display for Feature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Mqtt => "MQTT commands",
            Self::Tls => "TLS",
            Self::WillDataMode => "will payload in data mode",
            Self::SnConnections => "MQTT-SN connections",
            Self::SnCommands => "MQTT-SN commands",
            Self::AuthCommands => "cloud commands",
        })
    }
}

/// Who said it. A later one overrules an earlier one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(all(feature = "defmt", target_os = "none"), derive(defmt::Format))]
pub enum Source {
    /// The manual, for this model or series.
    Table,
    /// The module, in its answer to a `=?` form.
    Module,
    /// The caller.
    Caller,
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Table => "the manual",
            Self::Module => "the module",
            Self::Caller => "the caller",
        })
    }
}

/// A value, and who said it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(all(feature = "defmt", target_os = "none"), derive(defmt::Format))]
pub struct Known<T> {
    /// What is in force.
    pub value: T,
    /// Who said it.
    pub source: Source,
}

impl<T> Known<T> {
    const fn by_table(value: T) -> Self {
        let source = Source::Table;
        Self { value, source }
    }

    fn learn(&mut self, value: T, source: Source) {
        if source >= self.source {
            *self = Self { value, source };
        }
    }
}

/// What a module can do and take: the table's defaults, refined by what the module reports about itself, overruled by the caller.
///
/// ```
/// use fibocom_mqtt::{Limit, Model, Source};
///
/// let model: Model = "MC665".parse()?;
/// let password = model.capabilities().limit(Limit::Password);
/// assert_eq!((password.value, password.source), (256, Source::Table));
/// # Ok::<(), fibocom_mqtt::UnknownModel>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(all(feature = "defmt", target_os = "none"), derive(defmt::Format))]
pub struct Capabilities {
    model: Known<Model>,
    limits: [Known<u16>; Limit::COUNT],
    features: [Known<bool>; Feature::COUNT],
}

impl Capabilities {
    pub(super) fn new(model: Model) -> Self {
        let row = model.row();
        Self {
            model: Known::by_table(model),
            limits: Limit::ALL.map(|limit| {
                Known::by_table(match limit {
                    Limit::Host | Limit::Topic => 255,
                    Limit::KeepAlive => 300,
                    Limit::Connections => u16::from(row.connections),
                    Limit::User => row.user,
                    Limit::Password => row.password,
                    Limit::ClientId => row.client_id,
                    Limit::Payload | Limit::WillPayload => 1024,
                    Limit::Received => row.received,
                    Limit::SnClientId => row.sn_client_id,
                })
            }),
            features: Feature::ALL.map(|feature| {
                Known::by_table(match feature {
                    Feature::Mqtt => row.mqtt,
                    Feature::Tls => row.tls,
                    Feature::WillDataMode => row.will_data,
                    // Both manuals list them for every series.
                    Feature::SnConnections => row.mqtt && row.series.is_some(),
                    Feature::SnCommands => row.sn,
                    Feature::AuthCommands => row.auth,
                })
            }),
        }
    }

    /// The model that the table was asked for. Its source is the module if its identification told, the caller if set by
    /// [`Modem::set_model`](crate::Modem::set_model).
    pub const fn model(&self) -> Known<Model> {
        self.model
    }

    /// A limit, and who said it.
    pub fn limit(&self, limit: Limit) -> Known<u16> {
        self.limits.get(limit as usize).copied().unwrap_or(Known::by_table(0))
    }

    /// Whether the module can do something, and who said so.
    pub fn feature(&self, feature: Feature) -> Known<bool> {
        self.features
            .get(feature as usize)
            .copied()
            .unwrap_or(Known::by_table(false))
    }

    /// Refuses more than the module takes.
    ///
    /// # Errors
    ///
    /// [`InvalidInput::Exceeds`] names the model, the limit, and who said it.
    pub fn check(&self, limit: Limit, asked: usize) -> Result<(), InvalidInput> {
        let Known {
            value: max,
            source: said_by,
        } = self.limit(limit);
        if asked <= usize::from(max) {
            return Ok(());
        }
        let model = self.model.value;
        Err(InvalidInput::Exceeds {
            model,
            limit,
            asked,
            max,
            said_by,
        })
    }

    /// Refuses what the module cannot do.
    ///
    /// # Errors
    ///
    /// [`InvalidInput::Unsupported`] names the model, the feature, and who said it.
    pub fn require(&self, feature: Feature) -> Result<(), InvalidInput> {
        let Known {
            value: has,
            source: said_by,
        } = self.feature(feature);
        if has {
            return Ok(());
        }
        let model = self.model.value;
        Err(InvalidInput::Unsupported {
            model,
            feature,
            said_by,
        })
    }

    /// Begins anew from this model's table, unless the caller has named another. What the caller set stays.
    pub(crate) fn identify(&mut self, model: Model, source: Source) {
        let (model, source) = if source < self.model.source {
            // What a former module has said does not hold for this one.
            (self.model.value, self.model.source)
        } else {
            (model, source)
        };
        let mut fresh = Self::new(model);
        fresh.model.source = source;
        for (new, old) in fresh.limits.iter_mut().zip(self.limits) {
            if old.source == Source::Caller {
                *new = old;
            }
        }
        for (new, old) in fresh.features.iter_mut().zip(self.features) {
            if old.source == Source::Caller {
                *new = old;
            }
        }
        *self = fresh;
    }

    /// Takes what a source says, unless one that counts more has said otherwise.
    pub(crate) fn learn_limit(&mut self, limit: Limit, value: u16, source: Source) {
        if let Some(known) = self.limits.get_mut(limit as usize) {
            known.learn(value, source);
        }
    }

    /// Takes what a source says, unless one that counts more has said otherwise.
    pub(crate) fn learn_feature(&mut self, feature: Feature, value: bool, source: Source) {
        if let Some(known) = self.features.get_mut(feature as usize) {
            known.learn(value, source);
        }
    }
}
