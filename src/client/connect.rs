//! Connecting to a broker.

use embedded_io_async::{Read, Write};

use super::Client;
use super::open::Target;
use crate::Clock;
use crate::command::User;
use crate::error::{Error, Field, InvalidInput};
use crate::model::{Capabilities, Feature, Limit};
use crate::modem::Security;
use crate::types::{ConnectOptions, ConnectionId, Text};

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
    pub async fn connect<S: Security>(&mut self, options: &ConnectOptions<'_, S>) -> Result<(), Error<T::Error>> {
        let security = &options.security;
        // Everything is checked before the first byte is written.
        let session = &mut self.session;
        let escapes = session.modem.engine.dialect.string_escapes();
        let user = Text::new(Field::User, options.credentials.user, escapes)?;
        let password = Text::from_bytes(Field::Password, options.credentials.password, escapes)?;
        let client_id = session.check_client_id(options.client_id)?;
        check_capabilities(&session.modem.engine.capabilities, self.id, options)?;
        security.check(&session.modem.engine.capabilities)?;
        let opening = session.check_opening(&Target {
            host: options.host,
            port: options.port,
            clean_session: options.clean_session,
            keep_alive: options.keep_alive,
            will: options.will,
            tls: security.is_encrypted(),
        })?;

        session.make_free().await?;
        security.prepare(session.modem).await?;
        let default_id = match client_id {
            Some(_) => heapless::String::new(),
            None => session.default_client_id().await?,
        };
        let client_id = match client_id {
            Some(client_id) => client_id,
            None => Text::new(Field::ClientId, &default_id, escapes)?,
        };
        let user = User {
            id: self.id,
            user,
            password,
            client_id: Some(client_id),
        };
        session.modem.send(&user).await?;
        match session.open(opening).await {
            Err(Error::Refused) => Err(security.refusal(session.modem).await),
            opened => opened,
        }
    }
}

/// Whether this module has what the options ask for, beyond what every open does (V1.3 sections 1.1 and 1.2).
fn check_capabilities<S>(
    capabilities: &Capabilities,
    id: ConnectionId,
    options: &ConnectOptions<'_, S>,
) -> Result<(), InvalidInput> {
    capabilities.require(Feature::Mqtt)?;
    capabilities.check(Limit::Connections, usize::from(id.get()))?;
    capabilities.check(Limit::User, options.credentials.user.len())?;
    capabilities.check(Limit::Password, options.credentials.password.len())?;
    capabilities.check(Limit::ClientId, options.client_id.unwrap_or_default().len())
}
