//! The topics of a relay. The document describes objects for HTTP, so these are the user's choice.

use core::fmt::{self, Write};

use super::eui::Eui;
use crate::error::{Field, InvalidInput};
use crate::{TopicFilter, TopicName};

/// What stands for the EUI of the device in a template.
const PLACEHOLDER: &str = "<deveui>";

/// The longest topic that the modules take.
const MAX: usize = 255;

/// Where uplinks go, and where responses come from: `<prefix>/<deveui>/up` and `<prefix>/<deveui>/down`, or templates of one's own.
///
/// ```
/// use fibocom_mqtt::profile::lora_cloud::{Eui, Topics};
///
/// let eui = Eui([0x10, 0xce, 0x45, 0xff, 0xfe, 0x00, 0xc7, 0xec]);
/// assert_eq!(Topics::new("lora").up(eui)?.as_str(), "lora/10-CE-45-FF-FE-00-C7-EC/up");
///
/// let topics = Topics::from_templates("site/7/<deveui>", "site/7/answers");
/// assert_eq!(topics.up(eui)?.as_str(), "site/7/10-CE-45-FF-FE-00-C7-EC");
/// # Ok::<(), fibocom_mqtt::InvalidInput>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Topics<'a> {
    up: Template<'a>,
    down: Template<'a>,
}

/// What stands before the device, between, and behind it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Template<'a> {
    front: &'a str,
    slash: &'static str,
    /// None if the device does not occur.
    back: Option<&'a str>,
}

/// A topic or a filter that was written out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Topic(heapless::String<MAX>);

impl Topic {
    /// As text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl<'a> Topics<'a> {
    /// `<prefix>/<deveui>/up` and `<prefix>/<deveui>/down`.
    pub const fn new(prefix: &'a str) -> Self {
        const fn template<'a>(front: &'a str, back: &'a str) -> Template<'a> {
            Template {
                front,
                slash: "/",
                back: Some(back),
            }
        }
        Self {
            up: template(prefix, "/up"),
            down: template(prefix, "/down"),
        }
    }

    /// Templates in which `<deveui>` stands for the EUI of the device, once or not at all.
    pub fn from_templates(up: &'a str, down: &'a str) -> Self {
        let template = |text: &'a str| {
            let (front, back) = match text.split_once(PLACEHOLDER) {
                Some((front, back)) => (front, Some(back)),
                None => (text, None),
            };
            Template { front, slash: "", back }
        };
        Self {
            up: template(up),
            down: template(down),
        }
    }

    /// Where the uplinks of a device go.
    ///
    /// # Errors
    ///
    /// [`InvalidInput`] says why it cannot be a topic.
    pub fn up(&self, deveui: Eui) -> Result<Topic, InvalidInput> {
        let topic = self.up.write(format_args!("{deveui}"))?;
        TopicName::new(topic.as_str())?;
        Ok(topic)
    }

    /// Where the responses to a device come from.
    ///
    /// # Errors
    ///
    /// [`InvalidInput`] says why it cannot be a topic.
    pub fn down(&self, deveui: Eui) -> Result<Topic, InvalidInput> {
        let topic = self.down.write(format_args!("{deveui}"))?;
        TopicName::new(topic.as_str())?;
        Ok(topic)
    }

    /// The filter for the responses to all devices.
    ///
    /// # Errors
    ///
    /// [`InvalidInput`] says why it cannot be a filter: `<deveui>` has to be a level of its own, and no other wildcard may stand in
    /// the template.
    pub fn down_filter(&self) -> Result<Topic, InvalidInput> {
        // A wildcard of the template's own would let through what `device_of` does not know.
        self.down(Eui([0; 8]))?;
        let filter = self.down.write(format_args!("+"))?;
        TopicFilter::new(filter.as_str())?;
        Ok(filter)
    }

    /// Whether responses come from this topic, and of which device if the topic names it.
    pub fn device_of(&self, topic: &str) -> Option<Option<Eui>> {
        let Template { front, slash, back } = self.down;
        let rest = topic.strip_prefix(front)?.strip_prefix(slash)?;
        match back {
            Some(back) => rest.strip_suffix(back)?.parse().ok().map(Some),
            None => rest.is_empty().then_some(None),
        }
    }
}

impl Template<'_> {
    fn write(&self, device: fmt::Arguments<'_>) -> Result<Topic, InvalidInput> {
        let mut topic = heapless::String::new();
        let written = match self.back {
            Some(back) => write!(topic, "{}{}{device}{back}", self.front, self.slash),
            None => topic.write_str(self.front),
        };
        // An EUI, its slash, and the template.
        let parts = [
            self.front.len(),
            self.slash.len(),
            self.back.map_or(0, |back| back.len().saturating_add(23)),
        ];
        let len = parts.into_iter().fold(0usize, usize::saturating_add);
        written.map_err(|_| InvalidInput::TooLong {
            field: Field::Topic,
            len,
            max: MAX,
        })?;
        Ok(Topic(topic))
    }
}
