//! The will: what the broker publishes when the device is lost.

use super::{QoS, TopicName};

/// A message that the broker publishes if the connection ends without a disconnect (MQTT 3.1.1 section 3.1.2.5).
///
/// Most series take its payload only inside the command line. There a payload with quotes, backslashes or control characters
/// is sent encoded if the dialect is known to decode that, else refused by `connect` before a byte is written.
///
/// A will stays in the module until it restarts, and no command clears it: connecting later without a will may use an old one.
///
/// ```
/// use fibocom_mqtt::{TopicName, Will};
///
/// let will = Will::new(TopicName::new("meter/7/alive")?, b"lost").retain();
/// # let _ = will;
/// # Ok::<(), fibocom_mqtt::InvalidInput>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use = "each setting gives the changed value back"]
pub struct Will<'a> {
    pub(crate) topic: TopicName<'a>,
    pub(crate) payload: &'a [u8],
    pub(crate) qos: QoS,
    pub(crate) retain: bool,
}

impl<'a> Will<'a> {
    /// A will at QoS 0 that is not retained.
    pub const fn new(topic: TopicName<'a>, payload: &'a [u8]) -> Self {
        Self {
            topic,
            payload,
            qos: QoS::AtMostOnce,
            retain: false,
        }
    }

    /// With this quality of service.
    pub const fn qos(mut self, qos: QoS) -> Self {
        self.qos = qos;
        self
    }

    /// Kept by the broker for later subscribers.
    pub const fn retain(mut self) -> Self {
        self.retain = true;
        self
    }
}
