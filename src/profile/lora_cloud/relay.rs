//! The relay over an MQTT client: uplinks up, responses down.

use embedded_io_async::{Read, Write};
use serde::Serialize;

use super::DevicePorts;
use super::eui::Eui;
use super::reply::Reply;
use super::topics::Topics;
use super::uplinks::DeviceUplink;
use super::wire::{EncodeError, Invalid, Rules, encode_for};
use crate::{Client, Clock, Delivery, Error, InvalidInput, Message, Publication, QoS, TopicFilter, TopicName};

/// Relaying failed. `E` is the error of the port.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[cfg_attr(all(feature = "defmt", target_os = "none"), derive(defmt::Format))]
#[non_exhaustive]
pub enum RelayError<E> {
    /// The MQTT client.
    #[error("{0}")]
    Client(Error<E>),
    /// What was to be sent breaks a rule or does not fit the buffer. Nothing was sent.
    #[error("{0}")]
    Encode(EncodeError),
    /// What came is no reply of the service.
    #[error("the reply was not understood: {0}")]
    Reply(Invalid),
}

impl<E> From<Error<E>> for RelayError<E> {
    fn from(error: Error<E>) -> Self {
        Self::Client(error)
    }
}

impl<E> From<InvalidInput> for RelayError<E> {
    fn from(error: InvalidInput) -> Self {
        Self::Client(Error::Invalid(error))
    }
}

impl<E> From<EncodeError> for RelayError<E> {
    fn from(error: EncodeError) -> Self {
        Self::Encode(error)
    }
}

/// What came from the broker.
#[derive(Debug, Clone, Copy)]
pub enum Received<'b> {
    /// From the service.
    Reply {
        /// The device that the topic names, if it names one.
        deveui: Option<Eui>,
        /// What it says. Its [answers](Reply::answers) may name their devices too, and others than the topic does: where the
        /// broker lets strangers publish on some of the topics, compare the two before anything is sent to a device.
        reply: Reply<'b>,
    },
    /// On a topic that is not the relay's.
    Other(Message<'b>),
}

/// Carries messages between devices and the service, over an MQTT client. It holds nothing of what passes.
///
/// A module hands out payloads of 1024 or 1500 bytes, whichever [`Capabilities`](crate::Capabilities) says, and the service writes
/// every field of a response, those that are `null` too: a captured one has 1358 bytes. What answers on the topics leaves out the
/// fields that the relay has no use for; none is required of what is read.
///
/// ```
/// # use embedded_io_async::{Read, Write};
/// use fibocom_mqtt::profile::lora_cloud::{
///     DeviceUplink, Eui, Received, Relay, RelayError, Topics, UplinkResponse,
/// };
/// use fibocom_mqtt::{Client, Clock};
///
/// # fn radio(_: Eui, _: u8, _: &[u8]) {}
/// async fn relay<T: Read + Write, C: Clock>(
///     client: &mut Client<'_, '_, T, C>,
///     uplink: &DeviceUplink,
/// ) -> Result<(), RelayError<T::Error>> {
///     let relay = Relay::new(Topics::new("lora"));
///     let mut buffer = [0; 1279];
///     relay.subscribe(client).await?;
///     relay.send(client, uplink, &mut buffer).await?;
///     if let Received::Reply { deveui, reply } = relay.recv(client, &mut buffer).await? {
///         for answer in reply.answers() {
///             // Nothing for one device, and nothing that is wrong with its answer, keeps the others' from being carried out.
///             let device = match answer.deveui() {
///                 Ok(device) if device.is_none() || deveui.is_none() || device == deveui => device.or(deveui),
///                 other => {
///                     println!("not for {deveui:?}: {other:?}");
///                     continue;
///                 }
///             };
///             if let (Some(device), Ok(Some(downlink))) = (device, answer.downlink()) {
///                 radio(device, downlink.port, &downlink.payload);
///             }
///             match answer.response::<UplinkResponse>() {
///                 Ok(Some(response)) => response.actions().for_each(|action| println!("{action:?}")),
///                 Ok(None) => answer.errors().for_each(|error| println!("{error}")),
///                 Err(error) => println!("{error}"),
///             }
///         }
///     }
///     Ok(())
/// }
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Relay<'t> {
    topics: Topics<'t>,
    ports: DevicePorts,
}

impl<'t> Relay<'t> {
    /// A relay for devices with the default ports, over these topics.
    pub fn new(topics: Topics<'t>) -> Self {
        Self {
            topics,
            ports: DevicePorts::default(),
        }
    }

    /// For devices with these ports.
    pub fn with_ports(self, ports: DevicePorts) -> Self {
        Self { ports, ..self }
    }

    /// Its topics.
    pub fn topics(&self) -> &Topics<'t> {
        &self.topics
    }

    /// Subscribes to the responses to all devices, at QoS 1.
    ///
    /// # Errors
    ///
    /// [`RelayError::Client`]: the template makes no filter, or as [`Client::subscribe`].
    ///
    /// # Cancel safety
    ///
    /// As [`Client::subscribe`].
    pub async fn subscribe<T, C>(&self, client: &mut Client<'_, '_, T, C>) -> Result<(), RelayError<T::Error>>
    where
        T: Read + Write,
        C: Clock,
    {
        let filter = self.topics.down_filter()?;
        let filter = TopicFilter::new(filter.as_str())?;
        Ok(client.subscribe(filter, QoS::AtLeastOnce).await?)
    }

    /// Checks an uplink, writes it into `buffer` as `{"deveui": …, "uplink": …}` and publishes it at QoS 1.
    ///
    /// # Errors
    ///
    /// [`RelayError::Encode`] if the uplink breaks a rule, or does not fit the buffer. [`RelayError::Client`] as
    /// [`Client::publish`]; also before anything is sent, if the payload is larger than the module takes.
    ///
    /// # Cancel safety
    ///
    /// As [`Client::publish`].
    pub async fn send<T, C, const DATA: usize>(
        &self,
        client: &mut Client<'_, '_, T, C>,
        uplink: &DeviceUplink<DATA>,
        buffer: &mut [u8],
    ) -> Result<Delivery, RelayError<T::Error>>
    where
        T: Read + Write,
        C: Clock,
    {
        self.send_as(client, uplink.deveui, uplink, buffer).await
    }

    /// As [`send`](Self::send), but what is published is any object, such as an [`UplinkMap`](super::UplinkMap); `deveui` makes the
    /// topic.
    ///
    /// # Errors
    ///
    /// As [`send`](Self::send).
    ///
    /// # Cancel safety
    ///
    /// As [`Client::publish`].
    pub async fn send_as<T, C>(
        &self,
        client: &mut Client<'_, '_, T, C>,
        deveui: Eui,
        object: &(impl Serialize + Rules),
        buffer: &mut [u8],
    ) -> Result<Delivery, RelayError<T::Error>>
    where
        T: Read + Write,
        C: Clock,
    {
        let topic = self.topics.up(deveui)?;
        let payload = encode_for(object, &self.ports, buffer)?;
        let publication = Publication::new(TopicName::new(topic.as_str())?, payload);
        Ok(client.publish(&publication.qos(QoS::AtLeastOnce)).await?)
    }

    /// Waits for the next message, and looks what it is.
    ///
    /// # Errors
    ///
    /// [`RelayError::Client`] as [`Client::recv`]. [`RelayError::Reply`] if a message on the relay's topic is no reply; it is gone
    /// then, and the next call waits for the next.
    ///
    /// # Cancel safety
    ///
    /// As [`Client::recv`]: may be dropped at any time and no message is lost.
    pub async fn recv<'b, T, C>(
        &self,
        client: &mut Client<'_, '_, T, C>,
        buffer: &'b mut [u8],
    ) -> Result<Received<'b>, RelayError<T::Error>>
    where
        T: Read + Write,
        C: Clock,
    {
        let message = client.recv(buffer).await?;
        self.read(message).map_err(RelayError::Reply)
    }

    /// What a message is that was received otherwise.
    ///
    /// # Errors
    ///
    /// [`Invalid`] if it came on the relay's topic and is no reply.
    pub fn read<'b>(&self, message: Message<'b>) -> Result<Received<'b>, Invalid> {
        let deveui = message.topic_str().and_then(|topic| self.topics.device_of(topic));
        Ok(match deveui {
            Some(deveui) => Received::Reply {
                deveui,
                reply: Reply::parse(message.payload())?,
            },
            None => Received::Other(message),
        })
    }
}
