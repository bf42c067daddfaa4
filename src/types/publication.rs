//! A message to send, and how its sending ended.

use super::{QoS, TopicName};

/// A message to publish.
///
/// The payload is any bytes: it goes to the module in data mode, by length, so nothing in it can be syntax.
///
/// `T` is what it is published to: a [`TopicName`], or on an MQTT-SN connection also a [`TopicId`](crate::TopicId) or a
/// [`ShortTopic`](crate::ShortTopic), which an MQTT client does not take.
///
/// ```
/// use fibocom_mqtt::{Publication, QoS, TopicName};
///
/// let publication = Publication::new(TopicName::new("meter/7")?, b"{\"kWh\":12.5}").qos(QoS::AtLeastOnce).retain();
/// # let _ = publication;
/// # Ok::<(), fibocom_mqtt::InvalidInput>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use = "each setting gives the changed value back"]
pub struct Publication<'a, T = TopicName<'a>> {
    pub(crate) topic: T,
    pub(crate) payload: &'a [u8],
    pub(crate) qos: QoS,
    pub(crate) retain: bool,
}

impl<'a, T: Copy> Publication<'a, T> {
    /// A message at QoS 0 that is not retained.
    pub const fn new(topic: T, payload: &'a [u8]) -> Self {
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

    /// Kept by the broker for later subscribers. With an empty payload: clears what the broker kept.
    pub const fn retain(mut self) -> Self {
        self.retain = true;
        self
    }
}

/// How a publication that did not fail ended. The other two ends are errors:
/// [`Error::Refused`](crate::Error::Refused) and [`Error::Unknown`](crate::Error::Unknown).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(all(feature = "defmt", target_os = "none"), derive(defmt::Format))]
#[non_exhaustive]
pub enum Delivery {
    /// The module reported success: `+MQTTPUB: id,1`. At QoS 1 and 2 the broker has it.
    Confirmed,
    /// The module took the message (`OK`), and its dialect gives no result at QoS 0.
    Accepted,
}
