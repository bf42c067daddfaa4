//! The verbs of MQTT-SN on a blocking port.

use embedded_io_async::{Read, Write};

use super::client::SnClient;
use super::idle::drive;
use super::{Idle, verbs};
use crate::Clock;
use crate::error::Error;
use crate::types::{Delivery, Publication, QoS, SnConnectOptions, SnFilter, SnTopic, TopicId, TopicName};

impl<T, C, I> SnClient<'_, '_, T, C, I>
where
    T: Read + Write,
    C: Clock,
    I: Idle,
{
    verbs! { client of "SnClient":
        connect(options: &SnConnectOptions<'_>) -> ();
        register(topic: TopicName<'_>) -> Option<TopicId>;
        registrations() -> ();
        update_will_topic(topic: TopicName<'_>, qos: QoS, retain: bool) -> ();
        update_will_message(payload: &[u8]) -> ();
    }

    /// The topics of this connection whose names are known, counted from 0, each with its id.
    pub fn topic(&self, n: usize) -> Option<(TopicId, &[u8])> {
        self.client.topic(n)
    }

    /// The name behind a topic id, if it is known.
    pub fn topic_name(&self, topic: TopicId) -> Option<&[u8]> {
        self.client.topic_name(topic)
    }

    /// As [`SnClient::publish`](crate::SnClient#method.publish), and returns when it is done.
    ///
    /// # Errors
    ///
    /// The same.
    pub fn publish<'a, P>(&mut self, publication: &Publication<'a, P>) -> Result<Delivery, Error<T::Error>>
    where
        P: Into<SnTopic<'a>> + Copy,
    {
        drive(self.client.publish(publication), &mut self.idle)
    }

    /// As [`SnClient::subscribe`](crate::SnClient#method.subscribe), and returns when it is done.
    ///
    /// # Errors
    ///
    /// The same.
    pub fn subscribe<'a>(&mut self, filter: impl Into<SnFilter<'a>>, qos: QoS) -> Result<(), Error<T::Error>> {
        drive(self.client.subscribe(filter, qos), &mut self.idle)
    }

    /// As [`SnClient::unsubscribe`](crate::SnClient#method.unsubscribe), and returns when it is done.
    ///
    /// # Errors
    ///
    /// The same.
    pub fn unsubscribe<'a>(&mut self, filter: impl Into<SnFilter<'a>>) -> Result<(), Error<T::Error>> {
        drive(self.client.unsubscribe(filter), &mut self.idle)
    }
}
