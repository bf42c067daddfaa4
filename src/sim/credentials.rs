//! How clouds make user name, password and client id out of a device's fields: what `AT+MQTTAUTHCFG` computes.
//!
//! Aliyun, Tencent, Huawei, OneNET and Baidu have published how. The others have not, or not for these fields: for them
//! [`made_up`] gives strings that differ with every field and no cloud would take.
//!
//! What varies from one call to the next (time, expiry, a random connection id) is an argument, so that the answer can be
//! known beforehand.

use std::fmt;

use base64ct::{Base64, Base64Unpadded, Encoding};
use hmac::{Hmac, KeyInit, Mac};
use md5::Md5;
use sha1::Sha1;
use sha2::{Digest, Sha256};

/// What the host passes on to `AT+MQTTUSER`.
#[derive(Clone, PartialEq, Eq)]
pub struct Credentials {
    /// The user name.
    pub user: String,
    /// The password.
    pub password: String,
    /// The client id.
    pub client_id: String,
}

impl fmt::Debug for Credentials {
    /// Everything but the password.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credentials")
            .field("user", &self.user)
            .field("password", &"***")
            .field("client_id", &self.client_id)
            .finish()
    }
}

/// A hash function, of those that these clouds take.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Hash {
    /// MD5.
    Md5,
    /// SHA-1.
    Sha1,
    /// SHA-256.
    #[default]
    Sha256,
}

impl Hash {
    /// `md5`, `sha1` or `sha256`, as most clouds call it.
    const fn name(self) -> &'static str {
        match self {
            Self::Md5 => "md5",
            Self::Sha1 => "sha1",
            Self::Sha256 => "sha256",
        }
    }

    fn hmac(self, key: &[u8], text: &str) -> Vec<u8> {
        match self {
            Self::Md5 => sign::<Hmac<Md5>>(key, text),
            Self::Sha1 => sign::<Hmac<Sha1>>(key, text),
            Self::Sha256 => sign::<Hmac<Sha256>>(key, text),
        }
    }

    fn digest(self, text: &str) -> Vec<u8> {
        match self {
            Self::Md5 => Md5::digest(text).to_vec(),
            Self::Sha1 => Sha1::digest(text).to_vec(),
            Self::Sha256 => Sha256::digest(text).to_vec(),
        }
    }
}

/// A secret that should be Base64 and is not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotBase64;

impl fmt::Display for NotBase64 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the secret is not base64")
    }
}

impl std::error::Error for NotBase64 {}

/// Aliyun: a signature over the fields by name. `client_id` is free, `timestamp` in milliseconds and may be left out. `tls`
/// says that the connection will be encrypted.
pub fn aliyun(
    product_key: &str,
    device_name: &str,
    device_secret: &str,
    client_id: &str,
    tls: bool,
    hash: Hash,
    timestamp: Option<u64>,
) -> Credentials {
    let mode = if tls { 2 } else { 3 };
    let mut signed = format!("clientId{client_id}deviceName{device_name}productKey{product_key}");
    let mut extended = format!("securemode={mode},signmethod=hmac{}", hash.name());
    if let Some(timestamp) = timestamp {
        signed += &format!("timestamp{timestamp}");
        extended += &format!(",timestamp={timestamp}");
    }
    Credentials {
        user: format!("{device_name}&{product_key}"),
        password: hex(&hash.hmac(device_secret.as_bytes(), &signed)),
        client_id: format!("{client_id}|{extended}|"),
    }
}

/// Tencent: a signature over the user name, with the decoded secret. `connection_id` is a random string of the client's,
/// `expiry` in seconds since 1970.
///
/// # Errors
///
/// The secret is not Base64.
pub fn tencent(
    product_id: &str,
    device_name: &str,
    device_secret: &str,
    connection_id: &str,
    expiry: u64,
    hash: Hash,
) -> Result<Credentials, NotBase64> {
    /// The id of the software development kit that the documentation gives to everybody.
    const SDK: &str = "12010126";
    let client_id = format!("{product_id}{device_name}");
    let user = format!("{client_id};{SDK};{connection_id};{expiry}");
    let signature = hex(&hash.hmac(&decoded(device_secret)?, &user));
    Ok(Credentials {
        user,
        password: format!("{signature};hmac{}", hash.name()),
        client_id,
    })
}

/// Huawei IoTDA: a signature over the secret, with the time as the key. `hour` is UTC as `YYYYMMDDHH`; the platform is asked
/// not to check it.
pub fn huawei(device_id: &str, device_secret: &str, hour: &str) -> Credentials {
    Credentials {
        user: device_id.to_owned(),
        password: hex(&Hash::Sha256.hmac(hour.as_bytes(), device_secret)),
        client_id: format!("{device_id}_0_0_{hour}"),
    }
}

/// OneNET: a token of version 2018-10-31 for the device. `expiry` in seconds since 1970.
///
/// # Errors
///
/// The access key is not Base64.
pub fn onenet(
    product_id: &str,
    device_name: &str,
    access_key: &str,
    expiry: u64,
    hash: Hash,
) -> Result<Credentials, NotBase64> {
    const VERSION: &str = "2018-10-31";
    let method = hash.name();
    let resource = format!("products/{product_id}/devices/{device_name}");
    let signed = format!("{expiry}\n{method}\n{resource}\n{VERSION}");
    let signature = Base64::encode_string(&hash.hmac(&decoded(access_key)?, &signed));
    let (resource, signature) = (url_encoded(&resource), url_encoded(&signature));
    Ok(Credentials {
        user: product_id.to_owned(),
        password: format!("version={VERSION}&res={resource}&et={expiry}&method={method}&sign={signature}"),
        client_id: device_name.to_owned(),
    })
}

/// Baidu IoT Core: a plain hash over device key, time and secret. It takes MD5 and SHA-256. `timestamp` in seconds, 0 if it is
/// not known. The client id is free; here it is the device key.
pub fn baidu(iot_core_id: &str, device_key: &str, device_secret: &str, timestamp: u64, hash: Hash) -> Credentials {
    let method = hash.name().to_uppercase();
    let signed = format!("{device_key}&{timestamp}&{method}{device_secret}");
    Credentials {
        user: format!("thingidp@{iot_core_id}|{device_key}|{timestamp}|{method}"),
        password: hex(&hash.digest(&signed)),
        client_id: device_key.to_owned(),
    }
}

/// Where no formula is public for the fields that the module is given (Tuya, China Telecom AEP, Unicom DMP): strings out of
/// all of them, so that one wrong field gives something else. They are the simulator's own invention.
pub fn made_up(cloud: &str, fields: &[&str]) -> Credentials {
    Credentials {
        user: made_up_secret(&format!("{cloud} user"), fields),
        password: made_up_secret(&format!("{cloud} password"), fields),
        client_id: made_up_secret(&format!("{cloud} client id"), fields),
    }
}

/// A secret of 32 hex digits out of all fields, for what a cloud would have drawn at random. The simulator's own invention.
pub fn made_up_secret(purpose: &str, fields: &[&str]) -> String {
    let digits = hex(&Hash::Sha256.digest(&joined(purpose, fields)));
    digits.chars().take(32).collect()
}

/// The same as Base64 of 16 bytes, the form of Tencent's secrets.
pub(super) fn made_up_base64(purpose: &str, fields: &[&str]) -> String {
    Base64::encode_string(&Hash::Md5.digest(&joined(purpose, fields)))
}

/// With the lengths, so that no character can move from one field to the next unseen.
fn joined(purpose: &str, fields: &[&str]) -> String {
    let mut text = purpose.to_owned();
    for field in fields {
        text += &format!("|{}:{field}", field.len());
    }
    text
}

fn sign<M: Mac + KeyInit>(key: &[u8], text: &str) -> Vec<u8> {
    // A key of any length will do for HMAC.
    M::new_from_slice(key)
        .map(|mac| mac.chain_update(text.as_bytes()).finalize().into_bytes().to_vec())
        .unwrap_or_default()
}

fn decoded(secret: &str) -> Result<Vec<u8>, NotBase64> {
    Base64::decode_vec(secret)
        .or_else(|_| Base64Unpadded::decode_vec(secret))
        .map_err(|_| NotBase64)
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Percent-encoding of what has a meaning in a token.
fn url_encoded(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '+' | ' ' | '/' | '?' | '%' | '#' | '&' | '=' => encoded += &format!("%{:02X}", u32::from(character)),
            _ => encoded.push(character),
        }
    }
    encoded
}
