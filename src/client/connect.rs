//! Connecting and disconnecting.

use atat::AtatCmd;
use embedded_io_async::{Read, Write};

use super::{ANSWER, Client};
use crate::Clock;
use crate::command::{ClosableIds, Close, Conf, Ids, Open, OpenableIds, ReceiveMode, SetWill, SetWillData, User};
use crate::engine::{Link, Request};
use crate::error::{Error, Field, InvalidInput};
use crate::model::{Feature, Limit};
use crate::types::{ConnectOptions, Text, Will};

impl<T, C> Client<'_, '_, T, C>
where
    T: Read + Write,
    C: Clock,
{
    /// Connects to a broker: sets user name, password and client id, the will if there is one, and reading by length, then
    /// opens (`AT+MQTTUSER`, `AT+MQTTWILL`, `AT+MQTTCONF=1`, `AT+MQTTOPEN`; V1.3 and V1.0.1 chapter 1). Messages come by length unless
    /// [`set_receive_mode`](crate::Modem::set_receive_mode) has chosen otherwise.
    ///
    /// For TLS it first asks which files the module holds, uploads those that it does not hold yet, and sets version and
    /// verification (`AT+GTSSLFILE`, `AT+GTSSLVER`, `AT+GTSSLMODE`).
    ///
    /// If the module still has this connection open, from before the driver started or because its end was never reported, it
    /// is closed first. Subscriptions are made anew after every connect: the module does not tell whether the broker kept them.
    ///
    /// # Errors
    ///
    /// [`Error::Invalid`] before a byte is written, also for what this model does not take. [`Error::Refused`] if the module reports
    /// failure, which it does without a reason for a broker that cannot be reached as for one that rejects the credentials; [`Error::Module`] with a reason where
    /// the firmware gives one. [`Error::Unknown`] if no result came within a minute; [`Error::Unsettled`] while such an open is still
    /// under way in the module; [`Error::Cut`] if the module ended the data mode of the will early. [`Error::Tls`] if the module
    /// holds other files than are wanted, or reports failure and knows an error of TLS; where it knows none, that is
    /// [`Error::Refused`]. [`Error::Restarted`] if the module has restarted: attach again first.
    ///
    /// # Cancel safety
    ///
    /// A dropped call leaves the connection in whatever state the module reaches; connecting again closes it first. If it is
    /// dropped while a file is uploaded, the next call fills the rest of that file with line feeds, and connecting with TLS ends with
    /// [`TlsProblem::UnfinishedUpload`](crate::TlsProblem::UnfinishedUpload) until the module was restarted.
    ///
    /// ```
    /// # use embedded_io_async::{Read, Write};
    /// # use fibocom_mqtt::{Client, Clock, Error};
    /// # async fn example<T: Read + Write, C: Clock>(client: &mut Client<'_, '_, T, C>) -> Result<(), Error<T::Error>> {
    /// use fibocom_mqtt::{ConnectOptions, Credentials, TopicName, Will};
    ///
    /// let will = Will::new(TopicName::new("meter/7/alive")?, b"lost").retain();
    /// let options = ConnectOptions::new("broker.example.com", 1883)
    ///     .client_id("meter-7")
    ///     .credentials(Credentials::new("meter", "s3cret"))
    ///     .will(will);
    /// match client.connect(&options).await {
    ///     Err(Error::Refused) => println!("refused, without a reason"),
    ///     result => result?,
    /// }
    /// # Ok(()) }
    /// ```
    pub async fn connect(&mut self, options: &ConnectOptions<'_>) -> Result<(), Error<T::Error>> {
        // Everything is checked before the first byte is written.
        let escapes = self.modem.engine.dialect.string_escapes();
        let user = Text::new(Field::User, options.credentials.user, escapes)?;
        let password = Text::from_bytes(Field::Password, options.credentials.password, escapes)?;
        let host = Text::new(Field::Host, options.host, escapes)?;
        let client_id = options
            .client_id
            .map(|id| Text::new(Field::ClientId, id, escapes))
            .transpose()?;
        check(options)?;
        self.check_capabilities(options)?;
        let will = options.will.map(|will| self.check_will(will)).transpose()?;

        self.modem.settle().await?;
        if self.modem.engine.has_restarted() {
            // Told by this, too.
            let _: Error<T::Error> = self.modem.engine.tell_restart(self.id);
            return Err(Error::Restarted);
        }
        self.close_if_open().await?;
        if let Some(tls) = &options.tls {
            self.modem.prepare_tls(tls).await?;
        }
        let default_id = match client_id {
            Some(_) => heapless::String::new(),
            None => self.default_client_id().await?,
        };
        let client_id = match client_id {
            Some(client_id) => client_id,
            None => Text::new(Field::ClientId, &default_id, escapes)?,
        };
        self.modem
            .send(&User {
                id: self.id,
                user,
                password,
                client_id: Some(client_id),
            })
            .await?;
        if let (Some(will), Some(payload)) = (options.will, will) {
            self.set_will(will, payload).await?;
        }
        let mode = self.modem.engine.receive_mode;
        self.modem.send(&Conf { mode }).await?;
        let open = Open {
            id: self.id,
            host,
            port: options.port,
            clean_session: options.clean_session,
            keep_alive: options.keep_alive,
            tls: options.tls.is_some(),
        };
        match self.operate(&open, &[]).await {
            Err(Error::Refused) if open.tls => Err(self.modem.tls_refusal().await),
            opened => {
                opened?;
                let connection = self.modem.engine.connection_mut(self.id);
                if let Some(connection) = connection.filter(|_| mode == ReceiveMode::Direct) {
                    // What a kept session delivers comes in lines, too: there is nothing to look for.
                    connection.unread = connection.next_size().is_some();
                }
                Ok(())
            }
        }
    }

    /// Disconnects (`AT+MQTTCLOSE`; V1.3 and V1.0.1 section 1.3). The broker does not publish the will.
    ///
    /// Messages that the module has not handed out may be lost. Does nothing if the connection is known to be closed.
    ///
    /// # Errors
    ///
    /// [`Error::Refused`] or [`Error::Module`] if the module did not close it, [`Error::Unknown`] if it never said.
    ///
    /// # Cancel safety
    ///
    /// A dropped call goes on in the module; the next call waits for its end.
    ///
    /// ```
    /// # use embedded_io_async::{Read, Write};
    /// # use fibocom_mqtt::{Client, Clock, Error};
    /// # async fn example<T: Read + Write, C: Clock>(client: &mut Client<'_, '_, T, C>) -> Result<(), Error<T::Error>> {
    /// client.disconnect().await?;
    /// # Ok(()) }
    /// ```
    pub async fn disconnect(&mut self) -> Result<(), Error<T::Error>> {
        self.modem.settle().await?;
        if matches!(self.link(), Link::Closed | Link::Broken(_) | Link::Restarted) {
            return Ok(());
        }
        self.close().await
    }

    async fn close(&mut self) -> Result<(), Error<T::Error>> {
        let closed = self.operate(&Close { id: self.id }, &[]).await.map(drop);
        if closed.is_ok() {
            self.forget();
        }
        closed
    }

    /// Closes the connection if the module says that it can be closed. Firmware that does not answer the question has it closed.
    async fn close_if_open(&mut self) -> Result<(), Error<T::Error>> {
        if self.is_listed(&ClosableIds).await?.unwrap_or(false) {
            return self.close().await;
        }
        // An open whose result is owed may still be under way: then it can be neither closed nor opened.
        if self.is_unsettled() && self.is_listed(&OpenableIds).await? == Some(false) {
            return Err(Error::Unsettled);
        }
        self.forget();
        Ok(())
    }

    /// Whether this connection is in the answer to a question, if the module answers it.
    pub(super) async fn is_listed<Cmd: AtatCmd<Response = Ids> + Sync>(
        &mut self,
        question: &Cmd,
    ) -> Result<Option<bool>, Error<T::Error>> {
        match self.modem.send(question).await {
            Ok(ids) => Ok(Some(ids.contains(self.id.get()))),
            Err(Error::Module(_)) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// The connection is closed: what was known of it no longer holds.
    fn forget(&mut self) {
        let now = self.modem.now();
        if let Some(connection) = self.modem.engine.connection_mut(self.id) {
            connection.link = Link::Closed;
            connection.owed = None;
            connection.was_empty(now);
        }
    }

    /// The IMEI and the number of the connection: at most 17 bytes, which is less than the 23 that every broker takes.
    async fn default_client_id(&mut self) -> Result<heapless::String<24>, Error<T::Error>> {
        let id = self.id.get();
        let imei = self.modem.imei().await?;
        let unique = if imei.is_empty() { "fibocom" } else { imei };
        Ok(unique
            .chars()
            .chain(['-'])
            .chain(char::from_digit(u32::from(id), 10))
            .collect())
    }

    /// Whether this module has what the options ask for (V1.3 sections 1.1 and 1.2).
    fn check_capabilities(&self, options: &ConnectOptions<'_>) -> Result<(), InvalidInput> {
        let capabilities = &self.modem.engine.capabilities;
        capabilities.require(Feature::Mqtt)?;
        if options.tls.is_some() {
            capabilities.require(Feature::Tls)?;
        }
        capabilities.check(Limit::Connections, usize::from(self.id.get()))?;
        capabilities.check(Limit::Host, options.host.len())?;
        capabilities.check(Limit::KeepAlive, usize::from(options.keep_alive))?;
        capabilities.check(Limit::User, options.credentials.user.len())?;
        capabilities.check(Limit::Password, options.credentials.password.len())?;
        capabilities.check(Limit::ClientId, options.client_id.unwrap_or_default().len())
    }

    /// How the payload of a will is to be sent, if it can be.
    fn check_will<'w>(&self, will: Will<'w>) -> Result<WillPayload<'w>, InvalidInput> {
        let capabilities = &self.modem.engine.capabilities;
        capabilities.check(Limit::Topic, will.topic.as_str().len())?;
        let len = will.payload.len();
        if capabilities.feature(Feature::WillDataMode).value && len > 0 {
            return self.data_size(Limit::WillPayload, len).map(WillPayload::Data);
        }
        capabilities.check(Limit::WillPayload, len)?;
        let escapes = self.modem.engine.dialect.string_escapes();
        Text::from_bytes(Field::WillPayload, will.payload, escapes).map(WillPayload::Inline)
    }

    async fn set_will(&mut self, will: Will<'_>, payload: WillPayload<'_>) -> Result<(), Error<T::Error>> {
        let (id, Will { topic, qos, retain, .. }) = (self.id, will);
        match payload {
            WillPayload::Inline(payload) => {
                self.modem
                    .send(&SetWill {
                        id,
                        topic,
                        qos,
                        retain,
                        payload,
                    })
                    .await?;
                Ok(())
            }
            WillPayload::Data(size) => {
                let command = SetWillData {
                    id,
                    topic,
                    qos,
                    retain,
                    size,
                };
                let request = Request::plain(ANSWER);
                self.modem.exchange(&command, will.payload, request).await.map(drop)
            }
        }
    }
}

enum WillPayload<'w> {
    Inline(Text<'w>),
    Data(u16),
}

fn check(options: &ConnectOptions<'_>) -> Result<(), InvalidInput> {
    if options.host.is_empty() {
        return Err(InvalidInput::Empty { field: Field::Host });
    }
    if options.client_id == Some("") {
        return Err(InvalidInput::Empty { field: Field::ClientId });
    }
    for (field, value) in [(Field::Port, options.port), (Field::KeepAlive, options.keep_alive)] {
        if value == 0 {
            return Err(InvalidInput::Range {
                field,
                value: 0,
                min: 1,
                max: u32::from(u16::MAX),
            });
        }
    }
    options.tls.map_or(Ok(()), |tls| tls.check())
}
