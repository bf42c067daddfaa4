//! The LoRa Cloud profile: every row of its inventory by name, the published exchanges, serde_json as the judge, and the relay on the
//! simulated module.
#![cfg(feature = "lora-cloud")]

mod answers;
mod around;
mod carried;
mod hostile;
mod items;
mod positions;
mod properties;
mod random;
mod register;
mod relayed;
mod requests;
mod responses;
mod rules;
mod samples;
mod sizes;
mod uplinks;

use fibocom_mqtt::profile::lora_cloud::{EncodeError, Invalid, Reason, Rules, decode, encode};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// Reads a document that is as it has to be.
fn read<T: DeserializeOwned>(document: &str) -> T {
    decode(document.as_bytes()).unwrap_or_else(|error| panic!("{error} in {document}"))
}

/// Where a document is wrong, and what is wrong there.
fn wrong<T: DeserializeOwned>(document: &str) -> (String, Reason) {
    match decode::<T>(document.as_bytes()) {
        Ok(_) => panic!("taken: {document}"),
        Err(Invalid { path, reason, .. }) => (path.to_string(), reason),
    }
}

/// Writes an object that obeys the rules.
fn written<T: Serialize + Rules>(object: &T) -> String {
    let mut buffer = [0; 8192];
    let document = encode(object, &mut buffer).unwrap_or_else(|error| panic!("{error}"));
    String::from_utf8(document.to_vec()).unwrap()
}

/// Which field keeps an object from being sent, and why.
fn refused<T: Serialize + Rules>(object: &T) -> (String, Reason) {
    match encode(object, &mut [0; 8192]) {
        Err(EncodeError::Invalid(Invalid { path, reason, .. })) => (path.to_string(), reason),
        other => panic!(
            "{:?}",
            other.map(|document| String::from_utf8_lossy(document).into_owned())
        ),
    }
}

/// Reads, writes, and gets the same text.
fn same<T: DeserializeOwned + Serialize + Rules>(document: &str) -> T {
    let object = read(document);
    assert_eq!(written(&object), document);
    object
}

fn at(field: &str, reason: Reason) -> (String, Reason) {
    (field.to_string(), reason)
}
