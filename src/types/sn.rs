//! Topics of MQTT-SN: by name, by number, or two characters long (MQTT-SN 1.2 section 6.10).

use core::fmt;
use core::num::NonZeroU16;

use super::{TopicFilter, TopicName};
use crate::error::{Field, InvalidInput};

/// The number that stands for a topic on an MQTT-SN connection: 1 to 65535, registered with the gateway or known to both in advance.
///
/// ```
/// use fibocom_mqtt::TopicId;
///
/// const LEVEL: TopicId = match TopicId::new(7) {
///     Ok(id) => id,
///     Err(_) => panic!("not a topic id"),
/// };
/// assert_eq!(LEVEL.get(), 7);
/// assert!(TopicId::new(0).is_err());
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[cfg_attr(all(feature = "defmt", target_os = "none"), derive(defmt::Format))]
pub struct TopicId(NonZeroU16);

impl TopicId {
    /// The topic id with this number.
    ///
    /// # Errors
    ///
    /// [`InvalidInput::Range`] with [`Field::TopicId`] for 0.
    pub const fn new(id: u16) -> Result<Self, InvalidInput> {
        match NonZeroU16::new(id) {
            Some(id) => Ok(Self(id)),
            None => Err(InvalidInput::Range {
                field: Field::TopicId,
                value: 0,
                min: 1,
                max: u16::MAX as u32,
            }),
        }
    }

    /// The number.
    pub const fn get(self) -> u16 {
        self.0.get()
    }

    /// The topic id that a line of the module has in digits.
    pub(crate) fn from_digits(digits: &[u8]) -> Option<Self> {
        let number = core::str::from_utf8(digits).ok()?.parse().ok()?;
        NonZeroU16::new(number).map(Self)
    }
}

impl fmt::Display for TopicId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A topic of exactly two characters, which MQTT-SN sends as it is: it needs no registration (MQTT-SN 1.2 section 6.10).
///
/// The characters are those of a [`TopicName`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ShortTopic<'a>(TopicName<'a>);

impl<'a> ShortTopic<'a> {
    /// Checks a short topic; in a constant, at compile time.
    ///
    /// # Errors
    ///
    /// [`InvalidInput`] with [`Field::Topic`] says what is wrong with it: [`InvalidInput::Length`] if it has not two characters.
    ///
    /// ```
    /// use fibocom_mqtt::ShortTopic;
    ///
    /// assert!(ShortTopic::new("t1").is_ok());
    /// assert!(ShortTopic::new("t10").is_err());
    /// ```
    pub const fn new(topic: &'a str) -> Result<Self, InvalidInput> {
        if topic.len() != SHORT {
            return Err(InvalidInput::Length {
                field: Field::Topic,
                len: topic.len(),
                needed: SHORT,
            });
        }
        match TopicName::new(topic) {
            Ok(topic) => Ok(Self(topic)),
            Err(error) => Err(error),
        }
    }

    /// The topic as text.
    pub const fn as_str(&self) -> &'a str {
        self.0.as_str()
    }
}

/// Characters of a short topic.
const SHORT: usize = 2;

/// What a message on an MQTT-SN connection is published to.
///
/// Made from a [`TopicName`], a [`TopicId`] or a [`ShortTopic`]; only an MQTT-SN client takes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SnTopic<'a> {
    /// By its name. One of two characters goes as a short topic, since the module cannot tell them apart.
    Name(TopicName<'a>),
    /// By its number.
    Id(TopicId),
    /// By two characters.
    Short(ShortTopic<'a>),
}

impl SnTopic<'_> {
    /// Length of the name in bytes, 0 for a topic id.
    pub(crate) const fn name_len(&self) -> usize {
        match self {
            Self::Name(name) => name.as_str().len(),
            Self::Id(_) => 0,
            Self::Short(_) => SHORT,
        }
    }
}

impl<'a> From<TopicName<'a>> for SnTopic<'a> {
    fn from(name: TopicName<'a>) -> Self {
        Self::Name(name)
    }
}

impl From<TopicId> for SnTopic<'_> {
    fn from(id: TopicId) -> Self {
        Self::Id(id)
    }
}

impl<'a> From<ShortTopic<'a>> for SnTopic<'a> {
    fn from(topic: ShortTopic<'a>) -> Self {
        Self::Short(topic)
    }
}

/// What is subscribed to on an MQTT-SN connection: made from a [`TopicFilter`], a [`TopicId`] or a [`ShortTopic`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SnFilter<'a> {
    /// By name, also with wildcards. The gateway gives the topics that match their ids when their first messages come.
    Filter(TopicFilter<'a>),
    /// By number.
    Id(TopicId),
    /// By two characters.
    Short(ShortTopic<'a>),
}

impl SnFilter<'_> {
    /// Length of the filter in bytes, 0 for a topic id.
    pub(crate) const fn name_len(&self) -> usize {
        match self {
            Self::Filter(filter) => filter.as_str().len(),
            Self::Id(_) => 0,
            Self::Short(_) => SHORT,
        }
    }
}

impl<'a> From<TopicFilter<'a>> for SnFilter<'a> {
    fn from(filter: TopicFilter<'a>) -> Self {
        Self::Filter(filter)
    }
}

impl From<TopicId> for SnFilter<'_> {
    fn from(id: TopicId) -> Self {
        Self::Id(id)
    }
}

impl<'a> From<ShortTopic<'a>> for SnFilter<'a> {
    fn from(topic: ShortTopic<'a>) -> Self {
        Self::Short(topic)
    }
}
