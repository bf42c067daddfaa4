//! The verbs of MQTT-SN: what its clients have beyond those of every client.

use core::time::Duration;

use embedded_io_async::{Read, Write};

use super::SnClient;
use super::open::Target;
use crate::Clock;
use crate::command::{
    ReadSnRegistrations, SnClientId, SnPublish, SnPublishData, SnRegister, SnSubscribe, SnUnsubscribe,
    UpdateWillMessage, UpdateWillTopic,
};
use crate::engine::Request;
use crate::error::{Error, Field, InvalidInput};
use crate::model::{Feature, Limit};
use crate::modem::ANSWER;
use crate::types::{
    Delivery, Escapes, Publication, QoS, SnConnectOptions, SnFilter, SnTopic, Text, TopicId, TopicName,
};

/// How long a list is awaited that comes behind its `OK`, after the last thing that came.
const LIST: Duration = Duration::from_millis(300);

/// Names of a list are noted one by one as they come: none is kept in the answer.
const NO_NAMES: usize = 0;

impl<T, C> SnClient<'_, '_, T, C>
where
    T: Read + Write,
    C: Clock,
{
    /// Connects to a gateway: sets the client id, the will if there is one, and reading by length, then opens (`AT+MQTTSNCID`,
    /// `AT+MQTTWILL`, `AT+MQTTCONF=1`, `AT+MQTTOPEN`; V1.3 sections 1.2, 1.8, 1.12, 1.13).
    ///
    /// A module without the MQTT-SN commands takes a client id of its own making, its IMEI and the number of the connection.
    ///
    /// If the module still has this connection open, it is closed first. Subscriptions are made anew after every connect, and what was
    /// known of topic ids is forgotten: [`registrations`](Self::registrations) asks for what a kept session left.
    ///
    /// # Errors
    ///
    /// As [`Client::connect`](crate::Client#method.connect). [`Error::Invalid`] with [`InvalidInput::Unsupported`] if the module has no MQTT-SN
    /// connections, or if a client id is given and it has no command for it: nothing was written.
    ///
    /// # Cancel safety
    ///
    /// A dropped call leaves the connection in whatever state the module reaches; connecting again closes it first.
    ///
    /// ```
    /// # use embedded_io_async::{Read, Write};
    /// # use fibocom_mqtt::{Clock, Error, SnClient};
    /// # async fn example<T: Read + Write, C: Clock>(client: &mut SnClient<'_, '_, T, C>) -> Result<(), Error<T::Error>> {
    /// use fibocom_mqtt::SnConnectOptions;
    ///
    /// client.connect(&SnConnectOptions::new("gateway.example.com", 10000).keep_alive(300)).await?;
    /// # Ok(()) }
    /// ```
    pub async fn connect(&mut self, options: &SnConnectOptions<'_>) -> Result<(), Error<T::Error>> {
        self.require(Feature::SnConnections)?;
        let session = &mut self.session;
        let client_id = session.check_client_id(options.client_id)?;
        let capabilities = &session.modem.engine.capabilities;
        if let Some(client_id) = client_id {
            capabilities.require(Feature::SnCommands)?;
            capabilities.check(Limit::SnClientId, client_id.len())?;
        }
        let names_itself = !capabilities.feature(Feature::SnCommands).value;
        let opening = session.check_opening(&Target {
            host: options.host,
            port: options.port,
            clean_session: options.clean_session,
            keep_alive: options.keep_alive,
            will: options.will,
            tls: false,
        })?;

        session.make_free().await?;
        if !names_itself {
            let default_id = session.default_client_id().await?;
            let client_id = match client_id {
                Some(client_id) => client_id,
                None => Text::new(Field::ClientId, &default_id, Escapes::Unknown)?,
            };
            let id = self.id;
            session.modem.send(&SnClientId { id, client_id }).await?;
        }
        session.open(opening).await
    }

    /// Registers a topic with the gateway and returns its id (`AT+MQTTSNREG`; V1.3 section 1.14). Messages with that id need not carry
    /// the name. Some firmware reports success without the id: then it is `None`, and the name serves on; likewise if the id that comes
    /// is another topic's, as of an earlier registration whose result is late.
    ///
    /// The module keeps five registrations per connection, the gateway's included.
    ///
    /// # Errors
    ///
    /// [`Error::Refused`] or [`Error::Module`] if the gateway refused it, or the module has no room for it; [`Error::Unknown`] if no
    /// result came. [`Error::Invalid`] (the model lacks the command, or takes no name of this length), [`Error::NotConnected`] and
    /// [`Error::Disconnected`]: nothing was sent.
    ///
    /// # Cancel safety
    ///
    /// A dropped call goes on in the module: the topic may get its id. The next call waits for its result, which [`poll`](Self::poll) reports.
    ///
    /// ```
    /// # use embedded_io_async::{Read, Write};
    /// # use fibocom_mqtt::{Clock, Error, SnClient};
    /// # async fn example<T: Read + Write, C: Clock>(client: &mut SnClient<'_, '_, T, C>) -> Result<(), Error<T::Error>> {
    /// use fibocom_mqtt::{Publication, TopicName};
    ///
    /// if let Some(level) = client.register(TopicName::new("plant/7/level")?).await? {
    ///     client.publish(&Publication::new(level, b"2.71")).await?;
    /// }
    /// # Ok(()) }
    /// ```
    pub async fn register(&mut self, topic: TopicName<'_>) -> Result<Option<TopicId>, Error<T::Error>> {
        self.require(Feature::SnCommands)?;
        self.check_name(topic.as_str().len())?;
        let id = self.id;
        self.session.modem.settle().await?;
        if let Some(connection) = self.session.modem.engine.connection_mut(self.session.id) {
            connection.registered = None;
        }
        self.session.operate(&SnRegister { id, topic }, &[]).await?;
        let connection = self.session.modem.engine.connection_mut(self.session.id);
        let topic_id = connection.and_then(|connection| connection.registered.take());
        if let Some(topic_id) = topic_id {
            let name = topic.as_str().as_bytes();
            self.session.modem.engine.note_topic(self.session.id, topic_id, name);
        }
        Ok(topic_id)
    }

    /// Asks the module which topics are registered (`AT+MQTTSNREG?`; V1.3 section 1.14), as after attaching to a module whose connection
    /// was open, or after a kept session. What it lists, [`topic`](Self::topic) knows from then on, as far as
    /// [`Buffers::topics`](crate::Buffers::topics) gave room.
    ///
    /// The manual prints the list behind `OK`, without an end: it is taken to be over when 300 ms went by without a byte, a second at
    /// the longest. A line that comes later is noted then.
    ///
    /// # Errors
    ///
    /// [`Error::Invalid`] if the model lacks the command, [`Error::Module`] if the module refused, [`Error::LineBuffer`] if the module
    /// prints the list in front of `OK` and it is longer than the line buffer; what fitted is known then.
    ///
    /// # Cancel safety
    ///
    /// May be dropped at any time; what has come by then is known.
    ///
    /// ```
    /// # use embedded_io_async::{Read, Write};
    /// # use fibocom_mqtt::{Clock, Error, SnClient};
    /// # async fn example<T: Read + Write, C: Clock>(client: &mut SnClient<'_, '_, T, C>) -> Result<(), Error<T::Error>> {
    /// client.registrations().await?;
    /// let mut n = 0;
    /// while let Some((id, name)) = client.topic(n) {
    ///     println!("{id}: {}", String::from_utf8_lossy(name));
    ///     n += 1;
    /// }
    /// # Ok(()) }
    /// ```
    pub async fn registrations(&mut self) -> Result<(), Error<T::Error>> {
        self.require(Feature::SnCommands)?;
        let modem = &mut *self.session.modem;
        let request = Request::plain(ANSWER);
        modem.exchange(&ReadSnRegistrations::<NO_NAMES>, &[], request).await?;
        modem.engine.forget_answer();
        let until = modem.now() + LIST.saturating_mul(3);
        loop {
            let (now, heard_at) = (modem.now(), modem.engine.heard_at());
            let due = until.min(heard_at + LIST);
            if now >= due {
                return Ok(());
            }
            modem.wait(Some(due)).await?;
        }
    }

    /// The topics of this connection whose names are known, counted from 0, each with its id.
    pub fn topic(&self, n: usize) -> Option<(TopicId, &[u8])> {
        self.session.modem.engine.nth_topic(self.session.id, n)
    }

    /// The name behind a topic id, if it is known.
    pub fn topic_name(&self, topic: TopicId) -> Option<&[u8]> {
        self.session.modem.engine.topic_name(self.session.id, topic)
    }

    /// Publishes a message to a [`TopicName`], a [`TopicId`] or a [`ShortTopic`](crate::ShortTopic) (`AT+MQTTPUB`; V1.3 section 1.7). A name of two
    /// characters goes as a short topic.
    ///
    /// # Errors
    ///
    /// As [`Client::publish`](crate::Client#method.publish). A topic id that the gateway does not know is [`Error::Refused`].
    ///
    /// # Cancel safety
    ///
    /// As [`Client::publish`](crate::Client#method.publish).
    ///
    /// ```
    /// # use embedded_io_async::{Read, Write};
    /// # use fibocom_mqtt::{Clock, Error, SnClient};
    /// # async fn example<T: Read + Write, C: Clock>(client: &mut SnClient<'_, '_, T, C>) -> Result<(), Error<T::Error>> {
    /// use fibocom_mqtt::{Publication, QoS, ShortTopic};
    ///
    /// client.publish(&Publication::new(ShortTopic::new("t7")?, b"20.5").qos(QoS::AtLeastOnce)).await?;
    /// # Ok(()) }
    /// ```
    pub async fn publish<'a, P>(&mut self, publication: &Publication<'a, P>) -> Result<Delivery, Error<T::Error>>
    where
        P: Into<SnTopic<'a>> + Copy,
    {
        self.require(Feature::SnConnections)?;
        let topic = publication.topic.into();
        self.check_name(topic.name_len())?;
        let &Publication {
            payload, qos, retain, ..
        } = publication;
        let size = self.session.data_size(Limit::Payload, payload.len())?;
        let id = self.id;
        if size == 0 {
            // Data mode cannot carry nothing.
            let payload = Text::new(Field::Payload, "", Escapes::Unknown)?;
            let command = SnPublish {
                id,
                topic,
                qos,
                retain,
                payload,
            };
            self.session.operate(&command, &[]).await
        } else {
            let command = SnPublishData {
                id,
                topic,
                qos,
                retain,
                size,
            };
            self.session.operate(&command, payload).await
        }
    }

    /// Subscribes to a [`TopicFilter`](crate::TopicFilter), a [`TopicId`] or a [`ShortTopic`](crate::ShortTopic), and returns once the gateway
    /// acknowledged it (`AT+MQTTSUB`; V1.3 section 1.5).
    ///
    /// # Errors
    ///
    /// As [`Client::subscribe`](crate::Client#method.subscribe).
    ///
    /// # Cancel safety
    ///
    /// As [`Client::subscribe`](crate::Client#method.subscribe).
    ///
    /// ```
    /// # use embedded_io_async::{Read, Write};
    /// # use fibocom_mqtt::{Clock, Error, SnClient};
    /// # async fn example<T: Read + Write, C: Clock>(client: &mut SnClient<'_, '_, T, C>) -> Result<(), Error<T::Error>> {
    /// use fibocom_mqtt::{QoS, TopicFilter};
    ///
    /// client.subscribe(TopicFilter::new("plant/7/#")?, QoS::AtLeastOnce).await?;
    /// let mut buffer = [0; 1279];
    /// let message = client.recv(&mut buffer).await?;
    /// println!("{:?}: {:?}", message.topic_id(), message.topic_str());
    /// # Ok(()) }
    /// ```
    pub async fn subscribe<'a>(&mut self, filter: impl Into<SnFilter<'a>>, qos: QoS) -> Result<(), Error<T::Error>> {
        let filter = filter.into();
        self.check_filter(&filter)?;
        let id = self.id;
        self.session
            .operate(&SnSubscribe { id, filter, qos }, &[])
            .await
            .map(drop)
    }

    /// Ends a subscription, named as it was subscribed (`AT+MQTTUNSUB`; V1.3 section 1.6).
    ///
    /// # Errors
    ///
    /// As [`subscribe`](crate::SnClient#method.subscribe).
    ///
    /// # Cancel safety
    ///
    /// As [`subscribe`](crate::SnClient#method.subscribe).
    pub async fn unsubscribe<'a>(&mut self, filter: impl Into<SnFilter<'a>>) -> Result<(), Error<T::Error>> {
        let filter = filter.into();
        self.check_filter(&filter)?;
        let id = self.id;
        self.session.operate(&SnUnsubscribe { id, filter }, &[]).await.map(drop)
    }

    /// Changes topic, quality of service and retain flag of the will that the gateway has (`AT+MQTTWTOPICUD`; V1.3 section 1.15).
    ///
    /// # Errors
    ///
    /// [`Error::Refused`] or [`Error::Module`] if it was not changed, [`Error::Unknown`] if no result came. [`Error::Invalid`],
    /// [`Error::NotConnected`] and [`Error::Disconnected`]: nothing was sent.
    ///
    /// # Cancel safety
    ///
    /// A dropped call goes on in the module: the will may be changed. The next call waits for its result, which [`poll`](Self::poll) reports.
    pub async fn update_will_topic(
        &mut self,
        topic: TopicName<'_>,
        qos: QoS,
        retain: bool,
    ) -> Result<(), Error<T::Error>> {
        self.require(Feature::SnCommands)?;
        self.check_name(topic.as_str().len())?;
        let command = UpdateWillTopic {
            id: self.id,
            qos,
            retain,
            topic,
        };
        self.session.operate(&command, &[]).await.map(drop)
    }

    /// Changes the payload of the will that the gateway has (`AT+MQTTWMSGUD`; V1.3 section 1.16): 1 to 1024 bytes, which go in the command
    /// line, so that quotes, backslashes and control characters are refused unless the dialect is known to decode them.
    ///
    /// # Errors
    ///
    /// As [`update_will_topic`](Self::update_will_topic).
    ///
    /// # Cancel safety
    ///
    /// As [`update_will_topic`](Self::update_will_topic).
    ///
    /// ```
    /// # use embedded_io_async::{Read, Write};
    /// # use fibocom_mqtt::{Clock, Error, SnClient};
    /// # async fn example<T: Read + Write, C: Clock>(client: &mut SnClient<'_, '_, T, C>) -> Result<(), Error<T::Error>> {
    /// client.update_will_message(b"lost while moving").await?;
    /// # Ok(()) }
    /// ```
    pub async fn update_will_message(&mut self, payload: &[u8]) -> Result<(), Error<T::Error>> {
        self.require(Feature::SnCommands)?;
        let field = Field::WillPayload;
        if payload.is_empty() {
            return Err(InvalidInput::Empty { field }.into());
        }
        let engine = &self.session.modem.engine;
        engine.capabilities.check(Limit::WillPayload, payload.len())?;
        let payload = Text::from_bytes(field, payload, engine.dialect.string_escapes())?;
        let command = UpdateWillMessage { id: self.id, payload };
        self.session.operate(&command, &[]).await.map(drop)
    }

    /// Whether this module has the connections, and what is asked for.
    fn require(&mut self, feature: Feature) -> Result<(), InvalidInput> {
        self.session.modem.engine.use_registrations();
        let capabilities = &self.session.modem.engine.capabilities;
        capabilities.require(Feature::SnConnections)?;
        capabilities.require(feature)
    }

    fn check_name(&self, len: usize) -> Result<(), InvalidInput> {
        self.session.modem.engine.capabilities.check(Limit::Topic, len)
    }

    fn check_filter(&mut self, filter: &SnFilter<'_>) -> Result<(), InvalidInput> {
        self.require(Feature::SnConnections)?;
        self.check_name(filter.name_len())
    }
}
