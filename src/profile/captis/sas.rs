//! Shared access signatures, with which a device signs in to Azure IoT Hub (section 3, `SAS`).
//!
//! The specification says that user name and password are generated from the key and the client id; how is Azure's own documentation.

use core::fmt::{self, Write};

use base64ct::{Base64, Encoding};
use hmac::{Hmac, KeyInit, Mac};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use sha2::Sha256;

use super::Timestamp;

/// How long a signature holds unless something else is asked for, in seconds: an hour, as in Azure's own SDK.
pub const DEFAULT_LIFETIME: u32 = 3600;

/// The version of Azure's interface that the user name names.
const API_VERSION: &str = "2021-04-12";

/// The longest key, in bytes. Keys of Azure have 32 or 64.
const LONGEST_KEY: usize = 64;

/// The length of a signature in base64.
const SIGNATURE: usize = 44;

/// What a URL need not encode.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// A device's key at an IoT hub, and until when a signature made with it holds. `Debug` does not show the key.
///
/// ```
/// use fibocom_mqtt::profile::captis::{Sas, Timestamp};
///
/// # fn key_from_flash() -> &'static str { "NMgJDvdKTxjLi+xBxxkDDEwDJxEvOE5u8BiT0mVgPeg=" }
/// let now = Timestamp::from_unix(1_578_938_092);
/// let sas = Sas::new(key_from_flash(), now).lifetime(3600);
/// let mut password = String::new();
/// sas.write_password(&mut password, "myiothub.azure-devices.net", "my_device").unwrap();
/// assert!(password.ends_with("&se=1578941692"));
/// ```
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Sas<'a> {
    key: &'a str,
    now: Timestamp,
    lifetime: u32,
}

/// Why there is no signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
#[cfg_attr(all(feature = "defmt", target_os = "none"), derive(defmt::Format))]
#[non_exhaustive]
pub enum SasError {
    /// The key cannot be one.
    #[error("the key is not the base64 of 1 to 64 bytes: copy it from the device's page at the hub")]
    Key,
    /// What it was written to took no more.
    #[error("the signature was not written as a whole: give it more room")]
    Written,
}

impl From<fmt::Error> for SasError {
    fn from(_: fmt::Error) -> Self {
        Self::Written
    }
}

impl<'a> Sas<'a> {
    /// The key, in base64 as the hub shows it, and the present time. The signature holds for an hour.
    pub const fn new(key_base64: &'a str, now: Timestamp) -> Self {
        Self {
            key: key_base64,
            now,
            lifetime: DEFAULT_LIFETIME,
        }
    }

    /// For how many seconds from now the signature holds. The hub closes the connection then.
    pub const fn lifetime(mut self, seconds: u32) -> Self {
        self.lifetime = seconds;
        self
    }

    /// Writes the user name of a device at a hub.
    ///
    /// # Errors
    ///
    /// That of the writer.
    pub fn write_user(out: &mut impl Write, host: &str, device: &str) -> fmt::Result {
        write!(out, "{host}/{device}/?api-version={API_VERSION}")
    }

    /// Writes the password of a device at a hub: 150 bytes and more for a client id of 20 digits.
    ///
    /// # Errors
    ///
    /// [`SasError`].
    pub fn write_password(&self, out: &mut impl Write, host: &str, device: &str) -> Result<(), SasError> {
        let expiry = self.now.unix().saturating_add(self.lifetime.into());
        let mut signer = Signer::new(self.key)?;
        write_signed(&mut signer, host, device, expiry)?;
        let mut buffer = [0; SIGNATURE];
        let signature = signer.finish(&mut buffer)?;
        Ok(write_token(out, host, device, signature, expiry)?)
    }
}

impl fmt::Debug for Sas<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sas")
            .field("key", &"[redacted]")
            .field("now", &self.now)
            .field("lifetime", &self.lifetime)
            .finish()
    }
}

/// Signs what is written to it.
struct Signer(Hmac<Sha256>);

impl Signer {
    fn new(key_base64: &str) -> Result<Self, SasError> {
        let mut buffer = [0; LONGEST_KEY];
        let key = Base64::decode(key_base64, &mut buffer).map_err(|_| SasError::Key)?;
        if key.is_empty() {
            return Err(SasError::Key);
        }
        Hmac::new_from_slice(key).map(Self).map_err(|_| SasError::Key)
    }

    fn finish(self, buffer: &mut [u8; SIGNATURE]) -> Result<&str, SasError> {
        Base64::encode(&self.0.finalize().into_bytes(), buffer).map_err(|_| SasError::Written)
    }
}

impl Write for Signer {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.0.update(text.as_bytes());
        Ok(())
    }
}

/// What is signed: the resource in URL form, and when the signature ends.
fn write_signed(out: &mut impl Write, host: &str, device: &str, expiry: u64) -> fmt::Result {
    write_resource(out, host, device)?;
    write!(out, "\n{expiry}")
}

fn write_token(out: &mut impl Write, host: &str, device: &str, signature: &str, expiry: u64) -> fmt::Result {
    out.write_str("SharedAccessSignature sr=")?;
    write_resource(out, host, device)?;
    write!(out, "&sig={}&se={expiry}", utf8_percent_encode(signature, ENCODED))
}

fn write_resource(out: &mut impl Write, host: &str, device: &str) -> fmt::Result {
    let (host, device) = (utf8_percent_encode(host, ENCODED), utf8_percent_encode(device, ENCODED));
    write!(out, "{host}%2Fdevices%2F{device}")
}

#[cfg(test)]
mod tests {
    use super::*;

    const VECTORS: &str = include_str!("../../../tests/captis/data/sas_vectors.json");

    fn vectors(kind: &str) -> Vec<serde_json::Value> {
        let all: serde_json::Value = serde_json::from_str(VECTORS).unwrap();
        all[kind].as_array().unwrap().clone()
    }

    #[test]
    fn a_message_is_signed_as_azures_sdk_does() {
        for vector in vectors("sign_only") {
            let mut signer = Signer::new(vector["key_base64"].as_str().unwrap()).unwrap();
            signer.write_str(vector["data"].as_str().unwrap()).unwrap();
            let mut buffer = [0; SIGNATURE];
            assert_eq!(
                signer.finish(&mut buffer).unwrap(),
                vector["expected_base64"].as_str().unwrap()
            );
        }
    }

    #[test]
    fn what_is_signed_and_the_token_are_those_of_azures_sdk() {
        for vector in vectors("string_to_sign") {
            let mut text = String::new();
            let (host, device) = (vector["host"].as_str().unwrap(), vector["device_id"].as_str().unwrap());
            write_signed(&mut text, host, device, vector["expiry"].as_u64().unwrap()).unwrap();
            assert_eq!(text, vector["expected"].as_str().unwrap());
        }
        for vector in vectors("password") {
            let mut text = String::new();
            let (host, device) = (vector["host"].as_str().unwrap(), vector["device_id"].as_str().unwrap());
            let signature = vector["signature_base64"].as_str().unwrap();
            write_token(&mut text, host, device, signature, vector["expiry"].as_u64().unwrap()).unwrap();
            assert_eq!(text, vector["expected"].as_str().unwrap());
        }
    }
}
