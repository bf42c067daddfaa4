//! Topic names and topic filters (MQTT 3.1.1 section 4.7), as narrow as the module takes them.

use crate::error::{Field, InvalidInput};

/// The longest topic that the module takes, in bytes (V1.3 and V1.0.1, `<topic>`).
pub(crate) const MAX_TOPIC: usize = 255;

/// A [`TopicName`](crate::TopicName) that is known when the program is built: what is no topic name does not compile.
///
/// ```
/// use fibocom_mqtt::{TopicName, topic};
///
/// const STATUS: TopicName = topic!("plant/7/status");
/// assert_eq!(STATUS.as_str(), "plant/7/status");
/// ```
///
/// ```compile_fail
/// fibocom_mqtt::topic!("plant/+/status");
/// ```
#[macro_export]
macro_rules! topic {
    ($topic:expr) => {
        const {
            match $crate::TopicName::new($topic) {
                Ok(topic) => topic,
                Err(_) => panic!("not a topic name: 1 to 255 printable ASCII characters without + # \" \\"),
            }
        }
    };
}

/// A [`TopicFilter`](crate::TopicFilter) that is known when the program is built: what is no filter does not compile.
///
/// ```
/// use fibocom_mqtt::{QoS, TopicFilter, filter};
///
/// const COMMANDS: [(TopicFilter, QoS); 1] = [(filter!("plant/+/command/#"), QoS::AtLeastOnce)];
/// assert!(COMMANDS[0].0.matches(b"plant/7/command/reboot"));
/// ```
///
/// ```compile_fail
/// fibocom_mqtt::filter!("plant/#/command");
/// ```
#[macro_export]
macro_rules! filter {
    ($filter:expr) => {
        const {
            match $crate::TopicFilter::new($filter) {
                Ok(filter) => filter,
                Err(_) => {
                    panic!("not a topic filter: 1 to 255 printable ASCII characters, + and # each a level, # last")
                }
            }
        }
    };
}

/// A topic that a message is published to.
///
/// 1 to 255 printable ASCII characters (V1.0.1 section 1.7.4), without the wildcards `+` and `#`, and without `"` and `\`, which
/// mean something to the module's command line.
///
/// ```
/// use fibocom_mqtt::TopicName;
///
/// let status = TopicName::new("plant/7/status")?;
/// assert_eq!(status.as_str(), "plant/7/status");
/// assert!(TopicName::new("plant/+/status").is_err());
/// assert!(TopicName::new("a\",0,0,\"x").is_err());
/// # Ok::<(), fibocom_mqtt::InvalidInput>(())
/// ```
///
/// [`topic!`](crate::topic!) makes one in a constant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct TopicName<'a>(&'a str);

impl<'a> TopicName<'a> {
    /// Checks a topic name; in a constant, at compile time.
    ///
    /// # Errors
    ///
    /// [`InvalidInput`] with [`Field::Topic`] says what is wrong with it.
    pub const fn new(topic: &'a str) -> Result<Self, InvalidInput> {
        match check(topic.as_bytes(), false) {
            Ok(()) => Ok(Self(topic)),
            Err(error) => Err(error),
        }
    }

    /// The topic as text.
    pub const fn as_str(&self) -> &'a str {
        self.0
    }
}

impl<'a> TryFrom<&'a str> for TopicName<'a> {
    type Error = InvalidInput;

    fn try_from(topic: &'a str) -> Result<Self, InvalidInput> {
        Self::new(topic)
    }
}

/// A filter to subscribe to: a topic that may hold the wildcards `+` (one level) and `#` (all that follow, last).
///
/// ```
/// use fibocom_mqtt::TopicFilter;
///
/// let commands = TopicFilter::new("plant/+/command/#")?;
/// assert!(commands.matches(b"plant/7/command/reboot"));
/// assert!(commands.matches(b"plant/7/command"));
/// assert!(!commands.matches(b"plant/7/status"));
/// assert!(TopicFilter::new("plant/#/command").is_err());
/// # Ok::<(), fibocom_mqtt::InvalidInput>(())
/// ```
///
/// [`filter!`](crate::filter!) makes one in a constant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct TopicFilter<'a>(&'a str);

impl<'a> TopicFilter<'a> {
    /// Checks a topic filter; in a constant, at compile time.
    ///
    /// # Errors
    ///
    /// [`InvalidInput`] with [`Field::Topic`] says what is wrong with it.
    pub const fn new(filter: &'a str) -> Result<Self, InvalidInput> {
        match check(filter.as_bytes(), true) {
            Ok(()) => Ok(Self(filter)),
            Err(error) => Err(error),
        }
    }

    /// The filter as text.
    pub const fn as_str(&self) -> &'a str {
        self.0
    }

    /// Whether a message with this topic belongs to the filter (MQTT 3.1.1 section 4.7.1 and 4.7.2: a wildcard in first place
    /// does not match topics that begin with `$`).
    pub fn matches(&self, topic: &[u8]) -> bool {
        let filter = self.0.as_bytes();
        if topic.first() == Some(&b'$') && matches!(filter.first(), Some(b'+' | b'#')) {
            return false;
        }
        let mut levels = topic.split(|&byte| byte == b'/');
        for wanted in filter.split(|&byte| byte == b'/') {
            if wanted == b"#" {
                return true;
            }
            match levels.next() {
                Some(level) if wanted == b"+" || wanted == level => {}
                _ => return false,
            }
        }
        levels.next().is_none()
    }
}

impl<'a> TryFrom<&'a str> for TopicFilter<'a> {
    type Error = InvalidInput;

    fn try_from(filter: &'a str) -> Result<Self, InvalidInput> {
        Self::new(filter)
    }
}

/// One check for both; `const`, hence the loop by index, whose bounds it checks itself.
#[allow(clippy::indexing_slicing, clippy::arithmetic_side_effects)]
const fn check(topic: &[u8], wildcards: bool) -> Result<(), InvalidInput> {
    if topic.is_empty() {
        return Err(InvalidInput::Empty { field: Field::Topic });
    }
    if topic.len() > MAX_TOPIC {
        return Err(InvalidInput::TooLong {
            field: Field::Topic,
            len: topic.len(),
            max: MAX_TOPIC,
        });
    }
    let mut i = 0;
    while i < topic.len() {
        let byte = topic[i];
        if byte < 0x20 || byte > 0x7e || byte == b'"' || byte == b'\\' {
            return Err(InvalidInput::Character {
                field: Field::Topic,
                byte,
            });
        }
        if byte == b'+' || byte == b'#' {
            if !wildcards {
                return Err(InvalidInput::Wildcard);
            }
            let starts_level = i == 0 || topic[i - 1] == b'/';
            let ends_topic = i + 1 == topic.len();
            let ends_level = ends_topic || (byte == b'+' && topic[i + 1] == b'/');
            if !starts_level || !ends_level {
                return Err(InvalidInput::Wildcard);
            }
        }
        i += 1;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn filters_match_as_the_standard_says() {
        let cases: [(&str, &str, bool); 14] = [
            ("sport/tennis/player1/#", "sport/tennis/player1", true),
            ("sport/tennis/player1/#", "sport/tennis/player1/score/wimbledon", true),
            ("sport/#", "sport", true),
            ("#", "a/b", true),
            ("#", "$SYS/x", false),
            ("+/monitor", "$SYS/monitor", false),
            ("$SYS/#", "$SYS/monitor", true),
            ("sport/tennis/+", "sport/tennis/player1", true),
            ("sport/tennis/+", "sport/tennis/player1/ranking", false),
            ("sport/+", "sport", false),
            ("sport/+", "sport/", true),
            ("+/+", "/finance", true),
            ("/+", "/finance", true),
            ("+", "/finance", false),
        ];
        for (filter, topic, expected) in cases {
            assert_eq!(
                TopicFilter::new(filter).unwrap().matches(topic.as_bytes()),
                expected,
                "{filter} {topic}"
            );
        }
    }

    #[test]
    fn what_cannot_be_a_topic_is_refused_with_the_reason() {
        assert_eq!(TopicName::new(""), Err(InvalidInput::Empty { field: Field::Topic }));
        let long = "x".repeat(256);
        assert_eq!(
            TopicName::new(&long),
            Err(InvalidInput::TooLong {
                field: Field::Topic,
                len: 256,
                max: 255
            })
        );
        assert!(TopicName::new(&long[1..]).is_ok());
        for (topic, byte) in [
            ("a\"", b'"'),
            ("a\r\nb", b'\r'),
            ("a\\22", b'\\'),
            ("é", 0xc3),
            ("a\0", 0),
            ("\x7f", 0x7f),
        ] {
            assert_eq!(
                TopicName::new(topic),
                Err(InvalidInput::Character {
                    field: Field::Topic,
                    byte
                })
            );
        }
        for filter in ["a+", "+a", "a/#/b", "a#", "#a", "a/+b/c", "++"] {
            assert_eq!(TopicFilter::new(filter), Err(InvalidInput::Wildcard), "{filter}");
        }
        for filter in ["+", "#", "a/+", "a/+/b", "+/+/#", "/#"] {
            assert!(TopicFilter::new(filter).is_ok(), "{filter}");
        }
    }
}
