//! A received message.

use super::{QoS, TopicId};

/// A message that the module received, in the buffer that was passed to `recv`.
///
/// The module does not report the retain and duplicate flags, so they are not here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Message<'b> {
    pub(crate) topic: &'b [u8],
    pub(crate) payload: &'b [u8],
    pub(crate) qos: QoS,
    pub(crate) topic_id: Option<TopicId>,
}

impl<'b> Message<'b> {
    /// The topic, byte for byte. Standard brokers send UTF-8 only; see [`topic_str`](Self::topic_str). On an MQTT-SN connection it is
    /// empty if the module gave a [`topic_id`](Self::topic_id) whose name is not known.
    pub const fn topic(&self) -> &'b [u8] {
        self.topic
    }

    /// The topic id, on an MQTT-SN connection, if the module gave that. A short topic, or a topic that the module names itself, has none.
    pub const fn topic_id(&self) -> Option<TopicId> {
        self.topic_id
    }

    /// The topic as text, if it is UTF-8, and known.
    pub const fn topic_str(&self) -> Option<&'b str> {
        if self.topic.is_empty() && self.topic_id.is_some() {
            return None;
        }
        match core::str::from_utf8(self.topic) {
            Ok(topic) => Some(topic),
            Err(_) => None,
        }
    }

    /// The payload, byte for byte.
    pub const fn payload(&self) -> &'b [u8] {
        self.payload
    }

    /// The quality of service it was delivered with.
    pub const fn qos(&self) -> QoS {
        self.qos
    }
}

/// The size of a message that waits in the module, as `+MQTTMSGI` announced it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(all(feature = "defmt", target_os = "none"), derive(defmt::Format))]
pub struct Announcement {
    /// Bytes of its topic.
    pub topic_len: usize,
    /// Bytes of its payload.
    pub payload_len: usize,
}

impl Announcement {
    /// The buffer that `recv` needs for it, in bytes.
    pub const fn size(&self) -> usize {
        self.topic_len.saturating_add(self.payload_len)
    }
}
