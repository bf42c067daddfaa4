//! What opening and closing have in common for MQTT and MQTT-SN.

use atat::AtatCmd;
use embedded_io_async::{Read, Write};

use super::Client;
use super::session::Session;
use crate::Clock;
use crate::command::{ClosableIds, Conf, Ids, Open, OpenableIds, ReceiveMode, SetWill, SetWillData};
use crate::engine::Request;
use crate::error::{Error, Field, InvalidInput};
use crate::model::{Feature, Limit};
use crate::modem::ANSWER;
use crate::types::{AnyConnectionId, Text, Will};

impl<T, C, K> Client<'_, '_, T, C, K>
where
    T: Read + Write,
    C: Clock,
    K: Into<AnyConnectionId> + Copy,
{
    /// Disconnects (`AT+MQTTCLOSE`; V1.3 and V1.0.1 section 1.3). The broker does not publish the will.
    ///
    /// Messages that the module has not handed out may be lost. Does nothing if the connection is known to be closed.
    ///
    /// # Errors
    ///
    /// [`Error::Refused`] or [`Error::Module`] if the module did not close it, [`Error::Unknown`] if it never said. [`Error::Invalid`] if it is
    /// for MQTT-SN and the module has no such connections: nothing was written.
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
        let Session { modem, id } = &mut self.session;
        modem.disconnect(*id).await
    }
}

impl<T, C> Session<'_, '_, T, C>
where
    T: Read + Write,
    C: Clock,
{
    /// Checks the client id that the caller gave, if one.
    pub(super) fn check_client_id<'o>(&self, client_id: Option<&'o str>) -> Result<Option<Text<'o>>, InvalidInput> {
        let field = Field::ClientId;
        if client_id == Some("") {
            return Err(InvalidInput::Empty { field });
        }
        let escapes = self.modem.engine.dialect.string_escapes();
        client_id.map(|id| Text::new(field, id, escapes)).transpose()
    }

    /// Checks everything of an open before the first byte is written.
    pub(super) fn check_opening<'o>(&self, target: &Target<'o>) -> Result<Opening<'o>, InvalidInput> {
        let engine = &self.modem.engine;
        let host = Text::new(Field::Host, target.host, engine.dialect.string_escapes())?;
        if host.is_empty() {
            return Err(InvalidInput::Empty { field: Field::Host });
        }
        for (field, value) in [(Field::Port, target.port), (Field::KeepAlive, target.keep_alive)] {
            if value == 0 {
                return Err(InvalidInput::Range {
                    field,
                    value: 0,
                    min: 1,
                    max: u32::from(u16::MAX),
                });
            }
        }
        engine.capabilities.check(Limit::Host, host.len())?;
        engine
            .capabilities
            .check(Limit::KeepAlive, usize::from(target.keep_alive))?;
        let payload = target.will.map(|will| self.check_will(will)).transpose()?;
        let command = Open {
            id: self.id,
            host,
            port: target.port,
            clean_session: target.clean_session,
            keep_alive: target.keep_alive,
            tls: target.tls,
        };
        let will = target.will.zip(payload);
        Ok(Opening { command, will })
    }

    /// Closes the connection if it is open from before.
    pub(super) async fn make_free(&mut self) -> Result<(), Error<T::Error>> {
        self.modem.settle().await?;
        if self.modem.engine.has_restarted() {
            // Told by this, too.
            let _: Error<T::Error> = self.modem.engine.tell_restart(self.id);
            return Err(Error::Restarted);
        }
        self.close_if_open().await
    }

    /// Sets the will and the form of messages, and opens.
    pub(super) async fn open(&mut self, opening: Opening<'_>) -> Result<(), Error<T::Error>> {
        if let Some((will, payload)) = opening.will {
            self.set_will(will, payload).await?;
        }
        let mode = self.modem.engine.receive_mode;
        self.modem.send(&Conf { mode }).await?;
        self.operate(&opening.command, &[]).await?;
        let connection = self.modem.engine.connection_mut(self.id);
        if let Some(connection) = connection.filter(|_| mode == ReceiveMode::Direct) {
            // What a kept session delivers comes in lines, too: there is nothing to look for.
            connection.unread = connection.is_announced();
        }
        Ok(())
    }

    /// Closes the connection if the module says that it can be closed. Firmware that does not answer the question has it closed.
    pub(super) async fn close_if_open(&mut self) -> Result<(), Error<T::Error>> {
        if self.is_listed(&ClosableIds).await?.unwrap_or(false) {
            return self.modem.close(self.id).await;
        }
        // An open whose result is owed may still be under way: then it can be neither closed nor opened.
        if self.is_unsettled() && self.is_listed(&OpenableIds).await? == Some(false) {
            return Err(Error::Unsettled);
        }
        self.modem.forget(self.id);
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

    /// The IMEI and the number of the connection: at most 19 bytes, which is less than the 23 that every broker takes.
    pub(super) async fn default_client_id(&mut self) -> Result<heapless::String<24>, Error<T::Error>> {
        let id = self.id.get();
        let imei = self.modem.imei().await?;
        let unique = if imei.is_empty() { "fibocom" } else { imei };
        Ok(unique
            .chars()
            .chain(if self.id.is_sn() { "-10" } else { "-" }.chars())
            .chain(char::from_digit(u32::from(id % 10), 10))
            .collect())
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

/// Where to connect, as the options of either protocol say.
pub(super) struct Target<'o> {
    pub(super) host: &'o str,
    pub(super) port: u16,
    pub(super) clean_session: bool,
    pub(super) keep_alive: u16,
    pub(super) will: Option<Will<'o>>,
    pub(super) tls: bool,
}

/// An open that was checked.
pub(super) struct Opening<'o> {
    command: Open<'o>,
    will: Option<(Will<'o>, WillPayload<'o>)>,
}

/// How the payload of a will goes to the module.
enum WillPayload<'w> {
    Inline(Text<'w>),
    Data(u16),
}
