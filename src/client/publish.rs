//! Publishing.

use embedded_io_async::{Read, Write};

use super::Client;
use crate::Clock;
use crate::command::{Publish, PublishData};
use crate::error::{Error, Field};
use crate::model::Limit;
use crate::types::{Delivery, Escapes, Publication, Text};

impl<T, C> Client<'_, '_, T, C>
where
    T: Read + Write,
    C: Clock,
{
    /// Publishes a message and returns once the module reported its result (`AT+MQTTPUB`; V1.3 and V1.0.1 section 1.7).
    ///
    /// The payload goes by length, in data mode, and may be any bytes, as many as [`Limit::Payload`] says (1024 by the manuals; half
    /// as many in [digits that are counted](crate::DataForm::HexDigits)). It is sent once: nothing is ever repeated behind the
    /// caller's back.
    ///
    /// # Errors
    ///
    /// [`Error::Refused`]: the module said that it was not published. [`Error::Unknown`]: it never said, so the message may have
    /// arrived or not; further operations end with [`Error::Unsettled`] until the result came or the connection was closed.
    /// [`Error::Restarted`]: the module restarted before it had the message; if it had it, that is unknown and the next call says so.
    /// [`Error::Cut`]: the data mode ended early, and a part may have been published. [`Error::Invalid`], [`Error::NotConnected`] and
    /// [`Error::Disconnected`]: nothing was sent. [`Error::Port`] and [`Error::PortClosed`]: the port failed; the message may have
    /// arrived if [`sent`](crate::Counters::sent) was counted up.
    ///
    /// # Cancel safety
    ///
    /// Once the command has begun the message is sent all the same: the next call, or `poll`, first sends the rest and awaits its
    /// result, which [`poll`](Client::poll) reports. If that comes too late, the module publishes what it has and `poll` reports
    /// the message as cut.
    ///
    /// ```
    /// # use embedded_io_async::{Read, Write};
    /// # use fibocom_mqtt::{Client, Clock, Error};
    /// use fibocom_mqtt::{Delivery, Publication, QoS, TopicName};
    ///
    /// # async fn example<T: Read + Write, C: Clock>(client: &mut Client<'_, '_, T, C>) -> Result<(), Error<T::Error>> {
    /// const TOPIC: TopicName = match TopicName::new("meter/7/reading") { Ok(topic) => topic, Err(_) => panic!() };
    /// let delivery = client.publish(&Publication::new(TOPIC, b"12.5").qos(QoS::AtLeastOnce)).await?;
    /// assert_eq!(delivery, Delivery::Confirmed);
    /// # Ok(()) }
    /// ```
    pub async fn publish(&mut self, publication: &Publication<'_>) -> Result<Delivery, Error<T::Error>> {
        let &Publication {
            topic,
            payload,
            qos,
            retain,
        } = publication;
        let session = &mut self.session;
        session
            .modem
            .engine
            .capabilities
            .check(Limit::Topic, topic.as_str().len())?;
        let size = session.data_size(Limit::Payload, payload.len())?;
        let id = self.id;
        if size == 0 {
            // Data mode cannot carry nothing (V1.0.1 section 1.7.4: at least one byte).
            let payload = Text::new(Field::Payload, "", Escapes::Unknown)?;
            session
                .operate(
                    &Publish {
                        id,
                        topic,
                        qos,
                        retain,
                        payload,
                    },
                    &[],
                )
                .await
        } else {
            session
                .operate(
                    &PublishData {
                        id,
                        topic,
                        qos,
                        retain,
                        size,
                    },
                    payload,
                )
                .await
        }
    }

    /// The longest payload that [`publish`](Self::publish) takes here, in bytes: [`Limit::Payload`], or what of it
    /// [the module's form of data](crate::DataForm) leaves.
    ///
    /// ```
    /// # use embedded_io_async::{Read, Write};
    /// # use fibocom_mqtt::{Client, Clock};
    /// # fn example<T: Read + Write, C: Clock>(client: &Client<'_, '_, T, C>) {
    /// let mut payload = [0; 1024];
    /// let room = payload.len().min(client.max_payload());
    /// # let _ = (&mut payload, room);
    /// # }
    /// ```
    pub fn max_payload(&self) -> usize {
        let engine = &self.session.modem.engine;
        let limit = usize::from(engine.capabilities.limit(Limit::Payload).value);
        limit.checked_div(engine.dialect.data_form.size(1)).unwrap_or(0)
    }
}
