//! The topics on Cumulocity (section 4.1).

use super::identity::{Expanded, Identity};
use crate::error::{Field, InvalidInput};

/// The topics, their keys in the device's configuration and their defaults, from one table.
macro_rules! topics {
    ($($name:ident $key:literal $default:literal $doc:literal;)*) => {
        /// What a topic of the device is for. Five are published to; the operations come on the sixth.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        #[cfg_attr(all(feature = "defmt", target_os = "none"), derive(defmt::Format))]
        pub enum Topic {
            $(#[doc = concat!($doc, " `", $key, "`, `", $default, "` if it is not set.")] $name,)*
        }

        impl Topic {
            /// Every topic.
            pub const ALL: [Self; 6] = [$(Self::$name,)*];

            /// Its key in the device's configuration.
            pub const fn key(self) -> &'static str {
                match self {
                    $(Self::$name => $key,)*
                }
            }

            /// The topic where the configuration does not set it.
            pub const fn default_name(self) -> &'static str {
                match self {
                    $(Self::$name => $default,)*
                }
            }
        }
    };
}

topics! {
    Events "al_topic" "s/uc/mpa" "Events.";
    Measurements "data_topic" "s/uc/mpd" "Measurements.";
    Configuration "config_topic" "s/us" "The device's configuration.";
    Operations "op_topic" "s/us" "How operations go.";
    OperationsDownload "op_topic_sub" "s/ds" "Operations for the device, to subscribe to.";
    DeviceHealth "dev_health_topic" "s/us" "The device's health.";
}

impl Topic {
    /// The topic that a key of the configuration sets.
    pub fn of_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|topic| topic.key() == key)
    }
}

/// The six topics of a device, with their placeholders.
///
/// ```
/// use fibocom_mqtt::profile::captis::{Identity, Topic, Topics};
///
/// let identity = Identity::new("89610180003174295174", "357732081910355")?;
/// let topics = Topics::new().set(Topic::Events, "d/%IMEI%/events");
/// assert_eq!(topics.name(Topic::Events, &identity)?, "d/357732081910355/events");
/// assert_eq!(topics.name(Topic::Measurements, &identity)?, "s/uc/mpd");
/// # Ok::<(), fibocom_mqtt::InvalidInput>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Topics<'a>([&'a str; Topic::ALL.len()]);

impl<'a> Topics<'a> {
    /// The defaults.
    pub fn new() -> Self {
        Self(Topic::ALL.map(Topic::default_name))
    }

    /// With another topic, which may hold the placeholders `%CCID%` and `%IMEI%`.
    pub fn set(mut self, topic: Topic, template: &'a str) -> Self {
        if let Some(slot) = self.0.get_mut(topic as usize) {
            *slot = template;
        }
        self
    }

    /// The topic as it was set.
    pub fn template(&self, topic: Topic) -> &'a str {
        self.0.get(topic as usize).copied().unwrap_or_default()
    }

    /// The topic for this device.
    ///
    /// # Errors
    ///
    /// [`InvalidInput::TooLong`] if it has more than 100 characters.
    pub fn name(&self, topic: Topic, identity: &Identity) -> Result<Expanded, InvalidInput> {
        identity.expand(Field::Topic, self.template(topic))
    }
}

impl Default for Topics<'_> {
    fn default() -> Self {
        Self::new()
    }
}
