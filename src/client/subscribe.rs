//! Subscribing and unsubscribing.

use embedded_io_async::{Read, Write};

use super::Client;
use crate::Clock;
use crate::command::{Subscribe, Unsubscribe};
use crate::error::{Error, InvalidInput};
use crate::model::Limit;
use crate::types::{QoS, TopicFilter};

impl<T, C> Client<'_, '_, T, C>
where
    T: Read + Write,
    C: Clock,
{
    /// Subscribes to a filter and returns once the broker acknowledged it (`AT+MQTTSUB`; V1.3 and V1.0.1 section 1.5).
    ///
    /// The broker may grant a lower quality of service; the module does not report which.
    ///
    /// # Errors
    ///
    /// [`Error::Refused`] if the broker or the module refused, [`Error::Unknown`] if no result came. [`Error::Invalid`] (the filter is
    /// longer than the model takes), [`Error::NotConnected`] and [`Error::Disconnected`]: nothing was sent.
    ///
    /// # Cancel safety
    ///
    /// A dropped call goes on in the module: the subscription may come into force. The next call waits for its result, which
    /// [`poll`](Client::poll) reports.
    ///
    /// ```
    /// # use embedded_io_async::{Read, Write};
    /// # use fibocom_mqtt::{Client, Clock, Error};
    /// # async fn example<T: Read + Write, C: Clock>(client: &mut Client<'_, '_, T, C>) -> Result<(), Error<T::Error>> {
    /// use fibocom_mqtt::{QoS, TopicFilter};
    ///
    /// client.subscribe(TopicFilter::new("meter/+/command")?, QoS::AtLeastOnce).await?;
    /// # Ok(()) }
    /// ```
    pub async fn subscribe(&mut self, filter: TopicFilter<'_>, qos: QoS) -> Result<(), Error<T::Error>> {
        self.check_filter(filter)?;
        self.session
            .operate(
                &Subscribe {
                    id: self.id,
                    filter,
                    qos,
                },
                &[],
            )
            .await
            .map(drop)
    }

    /// Ends a subscription (`AT+MQTTUNSUB`; V1.3 and V1.0.1 section 1.6). Messages that the module already holds are still
    /// received.
    ///
    /// # Errors
    ///
    /// As [`subscribe`](Self::subscribe).
    ///
    /// # Cancel safety
    ///
    /// As [`subscribe`](Self::subscribe).
    ///
    /// ```
    /// # use embedded_io_async::{Read, Write};
    /// # use fibocom_mqtt::{Client, Clock, Error};
    /// # async fn example<T: Read + Write, C: Clock>(client: &mut Client<'_, '_, T, C>) -> Result<(), Error<T::Error>> {
    /// use fibocom_mqtt::TopicFilter;
    ///
    /// client.unsubscribe(TopicFilter::new("meter/+/command")?).await?;
    /// # Ok(()) }
    /// ```
    pub async fn unsubscribe(&mut self, filter: TopicFilter<'_>) -> Result<(), Error<T::Error>> {
        self.check_filter(filter)?;
        self.session
            .operate(&Unsubscribe { id: self.id, filter }, &[])
            .await
            .map(drop)
    }

    fn check_filter(&self, filter: TopicFilter<'_>) -> Result<(), InvalidInput> {
        let len = filter.as_str().len();
        self.session.modem.engine.capabilities.check(Limit::Topic, len)
    }
}
