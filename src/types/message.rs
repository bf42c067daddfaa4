//! A received message.

use super::QoS;

/// A message that the module received, in the buffer that was passed to `recv`.
///
/// The module does not report the retain and duplicate flags, so they are not here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Message<'b> {
    pub(crate) topic: &'b [u8],
    pub(crate) payload: &'b [u8],
    pub(crate) qos: QoS,
}

impl<'b> Message<'b> {
    /// The topic, byte for byte. Standard brokers send UTF-8 only; see [`topic_str`](Self::topic_str).
    pub const fn topic(&self) -> &'b [u8] {
        self.topic
    }

    /// The topic as text, if it is UTF-8.
    pub const fn topic_str(&self) -> Option<&'b str> {
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
