//! A connection to Azure IoT Hub (section 5).

use core::fmt::Display;

use embedded_io_async::{Read, Write};

use super::{ANSWER_TOO_LONG, SessionError, printed, publish, room, subscribe};
use crate::profile::captis::azure::{
    C2D_FILTER, DESIRED_FILTER, Reading, Reported, Response, TWIN_FILTER, Telemetry, telemetry_topic, twin_get_topic,
    twin_patch_topic,
};
use crate::profile::captis::{Gate, Login, Role, Timestamp};
use crate::{Client, Clock, Security};

/// A device's connection to Azure IoT Hub: publishes what the server's roles give it, at QoS 1.
///
/// ```
/// # use embedded_io_async::{Read, Write};
/// # use fibocom_mqtt::{Client, Clock};
/// # use fibocom_mqtt::profile::captis::SessionError;
/// use fibocom_mqtt::profile::captis::azure::Reading;
/// use fibocom_mqtt::profile::captis::{AzureSession, Gate, Identity, Login, Roles};
///
/// # async fn example<T: Read + Write, C: Clock>(
/// #     client: Client<'_, '_, T, C>, login: &Login<'_>, identity: &Identity, pending: &[Reading],
/// # ) -> Result<(), SessionError<T::Error>> {
/// let gate = Gate::new(login.client_id(), identity, Roles::WORK);
/// let mut payload = [0; 1024];
/// let mut session = AzureSession::open(client, login, gate, &mut payload).await?;
/// let mut pending = pending;
/// while !pending.is_empty() {
///     let sent = session.telemetry(pending).await?;
///     pending = pending.split_at(sent).1;
/// }
/// # Ok(()) }
/// ```
pub struct AzureSession<'s, 'm, 'b, T, C> {
    client: Client<'m, 'b, T, C>,
    gate: Gate<'s>,
    payload: &'s mut [u8],
}

impl<'s, 'm, 'b, T: Read + Write, C: Clock> AzureSession<'s, 'm, 'b, T, C> {
    /// Connects, and subscribes to messages for the device and to its twin.
    ///
    /// `gate` says who the device is and which roles the server has. `payload` is where payloads are made: what the module takes, 1024 bytes,
    /// is enough, and a shorter one makes shorter telemetry.
    ///
    /// # Errors
    ///
    /// [`SessionError::Driver`], as [`Client::connect`] and [`Client::subscribe`]. If it is the subscription that failed, the connection
    /// stays open until it is opened again, or [disconnected](Client::disconnect).
    ///
    /// # Cancel safety
    ///
    /// May be dropped; open again, which closes a connection that is half open.
    pub async fn open<S: Security>(
        mut client: Client<'m, 'b, T, C>,
        login: &Login<'_, S>,
        gate: Gate<'s>,
        payload: &'s mut [u8],
    ) -> Result<Self, SessionError<T::Error>> {
        client.connect(&login.options()).await?;
        for filter in [C2D_FILTER, TWIN_FILTER, DESIRED_FILTER] {
            subscribe(&mut client, filter).await?;
        }
        Ok(Self { client, gate, payload })
    }

    /// Publishes the first of these measurements and events, and with it those behind it that are of the same time, as many as one payload
    /// holds. Returns how many those are.
    ///
    /// # Errors
    ///
    /// [`SessionError::Refused`] if one of those needs a role that the server has not, [`Role::Measurements`] or [`Role::Events`].
    /// [`SessionError::TooLarge`] if not even the first fits, and [`SessionError::Driver`] as [`Client::publish`].
    ///
    /// # Cancel safety
    ///
    /// As [`Client::publish`].
    pub async fn telemetry(&mut self, readings: &[Reading]) -> Result<usize, SessionError<T::Error>> {
        let room = room(self.payload, &self.client);
        let Some(telemetry) = Telemetry::batches(readings, room.len()).next() else {
            return Ok(0);
        };
        let telemetry = telemetry?;
        for reading in telemetry.readings() {
            self.gate.allow(reading.role())?;
        }
        let topic = telemetry_topic(self.gate.client_id(), telemetry.time())?;
        publish(&mut self.client, &topic, printed(room, telemetry)?).await?;
        Ok(telemetry.readings().len())
    }

    /// Publishes the answer to a cloud-to-device message, where telemetry of this time is. One that is too long is published as a failure
    /// that says so. One with its text by reference is copied, so that it is still there if that failed.
    ///
    /// # Errors
    ///
    /// [`SessionError::TooLarge`] if that does not fit either, and [`SessionError::Driver`] as [`Client::publish`].
    ///
    /// # Cancel safety
    ///
    /// As [`Client::publish`].
    pub async fn respond<D: Display>(
        &mut self,
        now: Timestamp,
        response: Response<D>,
    ) -> Result<(), SessionError<T::Error>> {
        let topic = telemetry_topic(self.gate.client_id(), now)?;
        match self.send(&topic, response).await {
            Err(SessionError::TooLarge(_)) => self.send(&topic, Response::failure(ANSWER_TOO_LONG)).await,
            done => done,
        }
    }

    /// Publishes what the device reports of itself. `request` comes back in the topic of the hub's answer.
    ///
    /// # Errors
    ///
    /// [`SessionError::Refused`] if the server has not [`Role::Info`], else as [`respond`](Self::respond).
    ///
    /// # Cancel safety
    ///
    /// As [`Client::publish`].
    pub async fn report(
        &mut self,
        request: impl Display,
        reported: &Reported<'_>,
    ) -> Result<(), SessionError<T::Error>> {
        self.gate.allow(Role::Info)?;
        self.send(&twin_patch_topic(request)?, reported).await
    }

    /// Asks for the whole twin, which comes as a message whose topic holds `request`: after connecting, since the hub does not tell by itself
    /// what was changed meanwhile.
    ///
    /// # Errors
    ///
    /// [`SessionError::Driver`] as [`Client::publish`].
    ///
    /// # Cancel safety
    ///
    /// As [`Client::publish`].
    pub async fn ask_for_twin(&mut self, request: impl Display) -> Result<(), SessionError<T::Error>> {
        publish(&mut self.client, &twin_get_topic(request)?, b"").await
    }

    /// The client, to receive on, to wait on, and to disconnect.
    pub fn client(&mut self) -> &mut Client<'m, 'b, T, C> {
        &mut self.client
    }

    /// Who the device is and what this server may have it do: reads the messages for the device.
    pub const fn gate(&self) -> &Gate<'s> {
        &self.gate
    }

    async fn send(&mut self, topic: &str, text: impl Display) -> Result<(), SessionError<T::Error>> {
        let payload = printed(room(self.payload, &self.client), text)?;
        publish(&mut self.client, topic, payload).await
    }
}
