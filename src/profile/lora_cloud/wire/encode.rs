//! Writing: the rules of the service first, then serde-json-core.

use serde::Serialize;

use super::error::{EncodeError, Invalid};
use super::length::length_of;
use crate::profile::TooLarge;
use crate::profile::lora_cloud::DevicePorts;

/// An object of the service that has rules, which hold for what is sent.
pub trait Rules {
    /// Checks the object as one of a device with these ports.
    ///
    /// # Errors
    ///
    /// [`Invalid`] names the first field that breaks a rule.
    fn check(&self, ports: &DevicePorts) -> Result<(), Invalid>;
}

impl<T: Rules> Rules for Option<T> {
    fn check(&self, ports: &DevicePorts) -> Result<(), Invalid> {
        self.as_ref().map_or(Ok(()), |object| object.check(ports))
    }
}

/// Writes an object of a device with the default ports into `buffer`, after checking it: see [`encode_for`].
///
/// ```
/// use fibocom_mqtt::profile::lora_cloud::{Joining, UplinkMessage, encode};
///
/// let mut joining = Joining { timestamp: Some(1234.into()), dr: Some(3), freq: Some(868_100_000) };
/// let mut buffer = [0; 128];
/// let document = encode(&<UplinkMessage>::Joining(joining), &mut buffer)?;
/// assert_eq!(document, br#"{"msgtype":"joining","timestamp":1234,"dr":3,"freq":868100000}"#);
///
/// joining.dr = Some(13);
/// let error = encode(&<UplinkMessage>::Joining(joining), &mut buffer).unwrap_err();
/// assert_eq!(error.to_string(), "dr: is a number outside of its range: see the type of the field");
/// # Ok::<(), fibocom_mqtt::profile::lora_cloud::EncodeError>(())
/// ```
///
/// # Errors
///
/// As [`encode_for`].
pub fn encode<'b, T: Serialize + Rules>(object: &T, buffer: &'b mut [u8]) -> Result<&'b [u8], EncodeError> {
    encode_for(object, &DevicePorts::default(), buffer)
}

/// Writes an object of a device with these ports into `buffer`, compact JSON, after checking it.
///
/// Whoever wants it unchecked has serde: every object is [`Serialize`].
///
/// # Errors
///
/// [`EncodeError::Invalid`] if a field breaks a [rule](Rules), or two of the ports are the same. [`EncodeError::TooLarge`] says how much room it needs.
pub fn encode_for<'b, T: Serialize + Rules>(
    object: &T,
    ports: &DevicePorts,
    buffer: &'b mut [u8],
) -> Result<&'b [u8], EncodeError> {
    ports.check_distinct().map_err(|error| error.under("fports"))?;
    object.check(ports)?;
    let max = buffer.len();
    // Its only error is that the buffer is full.
    let written = serde_json_core::to_slice(object, buffer).ok();
    match written.and_then(|len| buffer.get(..len)) {
        Some(document) => Ok(document),
        None => {
            let needed = length_of(object);
            Err(TooLarge { needed, max }.into())
        }
    }
}
