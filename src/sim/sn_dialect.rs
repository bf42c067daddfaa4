//! What can be chosen about MQTT-SN: what the manual leaves open, and what the gateway does.

use std::time::Duration;

/// How topics come in `+MQTTMSG` and `AT+MQTTREAD` of an MQTT-SN connection. A short topic always comes as a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum SnTopics {
    /// As a topic id: a bare number.
    #[default]
    Ids,
    /// As the name in quotes.
    Names,
}

/// What the third field of `+MQTTMSGI` is on an MQTT-SN connection; the manual has "tlength/Topic id" (V1.3 1.10).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum SnAnnounced {
    /// The topic id, where the topic comes as one.
    #[default]
    Id,
    /// The length of the topic's name.
    Length,
}

/// What `AT+MQTTREAD` prints as a topic's length where the topic is a topic id. The manual does not say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SnIdLength {
    /// Always this.
    Number(u32),
    /// How many digits it has.
    Digits,
    /// The topic id itself.
    Id,
}

impl Default for SnIdLength {
    /// The bytes that it takes in MQTT-SN.
    fn default() -> Self {
        Self::Number(2)
    }
}

/// What the module does with one registration more than it can keep.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum SnFull {
    /// `OK`, and then status 0.
    #[default]
    Status,
    /// `ERROR`
    Error,
}

/// Where `AT+MQTTSNREG?` prints its `OK`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum SnListing {
    /// Before the lines (V1.3 1.14).
    #[default]
    OkFirst,
    /// Behind them, as with every other command.
    OkLast,
}

/// The knobs of MQTT-SN (V1.3 1.13 to 1.16). Whether there are the four commands is
/// [`Settings::sn_commands`](super::Settings::sn_commands).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SnSettings {
    /// Whether there are the connections 101 and 102.
    pub connections: bool,
    /// How topics come.
    pub topics: SnTopics,
    /// What `+MQTTMSGI` says of a topic.
    pub announced: SnAnnounced,
    /// What READ says is a topic id's length.
    pub id_length: SnIdLength,
    /// How many registrations a connection keeps (V1.3 1.14: 5).
    pub registrations: usize,
    /// What becomes of one more.
    pub full: SnFull,
    /// Whether a registration is confirmed without its topic id and name, as in the manual's example.
    pub bare_success: bool,
    /// Where `AT+MQTTSNREG?` prints its `OK`.
    pub listing: SnListing,
    /// From that `OK` to the lines, where it comes first.
    pub listing_delay: Duration,
    /// The topic ids that gateway and clients know from the start.
    pub predefined: Vec<(u16, String)>,
}

impl Default for SnSettings {
    fn default() -> Self {
        Self {
            connections: true,
            topics: SnTopics::default(),
            announced: SnAnnounced::default(),
            id_length: SnIdLength::default(),
            registrations: 5,
            full: SnFull::default(),
            bare_success: false,
            listing: SnListing::default(),
            listing_delay: Duration::ZERO,
            predefined: Vec::new(),
        }
    }
}
