//! The adapter over the MQTT client: what the formats of the two platforms say, published and subscribed to.

mod azure;
mod c8y;

use embedded_io_async::{Read, Write};

pub use azure::AzureSession;
pub use c8y::C8ySession;

use super::Refusal;
use crate::error::{Error, InvalidInput};
use crate::profile::{Payload, TooLarge};
use crate::types::{Publication, QoS, TopicFilter, TopicName};
use crate::{Client, Clock};

/// Why a session could not do something. `E` is the error of the port.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[cfg_attr(all(feature = "defmt", target_os = "none"), derive(defmt::Format))]
#[non_exhaustive]
pub enum SessionError<E> {
    /// The driver's error.
    #[error("{0}")]
    Driver(Error<E>),
    /// The server has not the role for it. Nothing was sent.
    #[error("{0}: send it to another server, or give this one the role")]
    Refused(Refusal),
    /// It is longer than the session's buffer, or than the module takes payloads. Nothing was sent.
    #[error("{0}")]
    TooLarge(TooLarge),
}

impl<E> From<Error<E>> for SessionError<E> {
    fn from(error: Error<E>) -> Self {
        Self::Driver(error)
    }
}

impl<E> From<InvalidInput> for SessionError<E> {
    fn from(error: InvalidInput) -> Self {
        Self::Driver(error.into())
    }
}

impl<E> From<Refusal> for SessionError<E> {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl<E> From<TooLarge> for SessionError<E> {
    fn from(error: TooLarge) -> Self {
        Self::TooLarge(error)
    }
}

/// The part of a buffer that the module takes as one payload.
fn room<'p, T: Read + Write, C: Clock>(buffer: &'p mut [u8], client: &Client<'_, '_, T, C>) -> &'p mut [u8] {
    let max = buffer.len().min(client.max_payload());
    buffer.get_mut(..max).unwrap_or_default()
}

/// What `text` prints, in a payload.
fn printed(buffer: &mut [u8], text: impl core::fmt::Display) -> Result<&[u8], TooLarge> {
    use core::fmt::Write;

    let mut payload = Payload::new(buffer);
    // A payload takes everything, and counts what does not fit.
    let _ = write!(payload, "{text}");
    payload.finish()
}

async fn publish<T: Read + Write, C: Clock>(
    client: &mut Client<'_, '_, T, C>,
    topic: &str,
    payload: &[u8],
) -> Result<(), SessionError<T::Error>> {
    let publication = Publication::new(TopicName::new(topic)?, payload).qos(QoS::AtLeastOnce);
    client.publish(&publication).await?;
    Ok(())
}

async fn subscribe<T: Read + Write, C: Clock>(
    client: &mut Client<'_, '_, T, C>,
    filter: &str,
) -> Result<(), SessionError<T::Error>> {
    Ok(client.subscribe(TopicFilter::new(filter)?, QoS::AtLeastOnce).await?)
}
