//! Which of the module's connections, and why one ended.

use core::fmt;

/// One of the module's MQTT connections (V1.3 `<client id>`; not MQTT's client identifier).
///
/// Ids 1 and 2 exist on every series, 3 is known on MC665-CN-22 only. `AT+MQTTOPEN=?` says which a module has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[cfg_attr(all(feature = "defmt", target_os = "none"), derive(defmt::Format))]
pub struct ConnectionId(u8);

impl ConnectionId {
    /// MQTT connection 1.
    pub const FIRST: Self = Self(1);
    /// MQTT connection 2.
    pub const SECOND: Self = Self(2);
    /// MQTT connection 3, which few modules have.
    pub const THIRD: Self = Self(3);

    /// Every MQTT connection that the driver knows.
    #[cfg(feature = "runner")]
    pub(crate) const ALL: [Self; Self::COUNT] = [Self::FIRST, Self::SECOND, Self::THIRD];

    /// How many MQTT connections the driver keeps state for.
    pub(crate) const COUNT: usize = 3;

    /// The connection with this number, if it is one for MQTT.
    pub const fn new(id: u8) -> Option<Self> {
        match id {
            1..=3 => Some(Self(id)),
            _ => None,
        }
    }

    /// The number as the module writes it.
    pub const fn get(self) -> u8 {
        self.0
    }

    /// The place of this connection's state in a table of [`COUNT`](Self::COUNT).
    pub(crate) fn index(self) -> usize {
        usize::from(self.0.saturating_sub(1))
    }
}

impl fmt::Display for ConnectionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// One of the module's MQTT-SN connections: 101 or 102, which V1.3 lists for every series.
///
/// A type of its own, so that no topic id can be used with an MQTT connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[cfg_attr(all(feature = "defmt", target_os = "none"), derive(defmt::Format))]
pub struct SnConnectionId(u8);

impl SnConnectionId {
    /// MQTT-SN connection 101.
    pub const FIRST: Self = Self(101);
    /// MQTT-SN connection 102.
    pub const SECOND: Self = Self(102);

    /// The connection with this number, if it is one for MQTT-SN.
    pub const fn new(id: u8) -> Option<Self> {
        match id {
            101 | 102 => Some(Self(id)),
            _ => None,
        }
    }

    /// The number as the module writes it.
    pub const fn get(self) -> u8 {
        self.0
    }
}

impl fmt::Display for SnConnectionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// One of the module's connections, of either protocol, where both may be meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[cfg_attr(all(feature = "defmt", target_os = "none"), derive(defmt::Format))]
pub enum AnyConnectionId {
    /// An MQTT connection.
    Mqtt(ConnectionId),
    /// An MQTT-SN connection.
    Sn(SnConnectionId),
}

impl AnyConnectionId {
    /// How many connections the driver keeps state for.
    pub(crate) const COUNT: usize = 5;

    /// Every connection that the driver knows, in the order of its [`index`](Self::index).
    pub(crate) const ALL: [Self; Self::COUNT] = [
        Self::Mqtt(ConnectionId::FIRST),
        Self::Mqtt(ConnectionId::SECOND),
        Self::Mqtt(ConnectionId::THIRD),
        Self::Sn(SnConnectionId::FIRST),
        Self::Sn(SnConnectionId::SECOND),
    ];

    /// The connection with this number.
    pub const fn new(id: u8) -> Option<Self> {
        match (ConnectionId::new(id), SnConnectionId::new(id)) {
            (Some(id), _) => Some(Self::Mqtt(id)),
            (None, Some(id)) => Some(Self::Sn(id)),
            (None, None) => None,
        }
    }

    /// The number as the module writes it.
    pub const fn get(self) -> u8 {
        match self {
            Self::Mqtt(id) => id.get(),
            Self::Sn(id) => id.get(),
        }
    }

    /// Whether this is a connection for MQTT-SN.
    pub const fn is_sn(self) -> bool {
        matches!(self, Self::Sn(_))
    }

    /// The place of this connection's state in a table of [`COUNT`](Self::COUNT).
    pub(crate) fn index(self) -> usize {
        match self {
            Self::Mqtt(id) => id.index(),
            Self::Sn(SnConnectionId::FIRST) => 3,
            Self::Sn(_) => 4,
        }
    }
}

impl From<ConnectionId> for AnyConnectionId {
    fn from(id: ConnectionId) -> Self {
        Self::Mqtt(id)
    }
}

impl From<SnConnectionId> for AnyConnectionId {
    fn from(id: SnConnectionId) -> Self {
        Self::Sn(id)
    }
}

impl PartialEq<ConnectionId> for AnyConnectionId {
    fn eq(&self, other: &ConnectionId) -> bool {
        *self == Self::Mqtt(*other)
    }
}

impl PartialEq<SnConnectionId> for AnyConnectionId {
    fn eq(&self, other: &SnConnectionId) -> bool {
        *self == Self::Sn(*other)
    }
}

impl fmt::Display for AnyConnectionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.get().fmt(f)
    }
}

/// Why a connection ended by itself: the second field of `+MQTTBREAK` (V1.3 and V1.0.1 section 1.4).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(all(feature = "defmt", target_os = "none"), derive(defmt::Format))]
#[non_exhaustive]
pub enum BreakCause {
    /// 1: the server closed the connection, or a ping went unanswered.
    Server,
    /// 2: the radio link or the IP address was lost.
    Link,
    /// 3: the module is not registered in a network.
    NotRegistered,
    /// A cause that no manual names.
    Unknown(u32),
}

impl From<u32> for BreakCause {
    fn from(cause: u32) -> Self {
        match cause {
            1 => Self::Server,
            2 => Self::Link,
            3 => Self::NotRegistered,
            other => Self::Unknown(other),
        }
    }
}

impl From<BreakCause> for u32 {
    fn from(cause: BreakCause) -> Self {
        match cause {
            BreakCause::Server => 1,
            BreakCause::Link => 2,
            BreakCause::NotRegistered => 3,
            BreakCause::Unknown(other) => other,
        }
    }
}

impl fmt::Display for BreakCause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Server => f.write_str("the server closed it or a ping went unanswered (cause 1)"),
            Self::Link => f.write_str("the radio link or the IP address was lost (cause 2)"),
            Self::NotRegistered => f.write_str("the module is not registered in a network (cause 3)"),
            Self::Unknown(other) => write!(f, "the module gave cause {other}, which no manual names"),
        }
    }
}
