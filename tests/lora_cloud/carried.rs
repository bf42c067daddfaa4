//! What serde-json-core carries here and what not: it writes, and does not read.

use fibocom_mqtt::profile::lora_cloud::*;
use serde::de::IgnoredAny;

use crate::read;

#[test]
fn it_writes_every_object_as_serde_json_does() {
    let downlink: Downlink = read(r#"{"port":199,"payload":"0aff"}"#);
    let mut buffer = [0; 64];
    let len = serde_json_core::to_slice(&downlink, &mut buffer).unwrap();
    assert_eq!(&buffer[..len], serde_json::to_string(&downlink).unwrap().as_bytes());
}

#[test]
fn it_refuses_what_servers_write() {
    let read = |document: &'static str| serde_json_core::from_str_escaped::<UplinkResponse>(document, &mut [0; 64]);
    assert!(read(r#"{"operation":"gnss"}"#).is_ok());
    // Values whose kind it is not told: records as pairs or objects, a cookie.
    assert!(read(r#"{"stream_records":[[43,"00"]]}"#).is_err());
    assert!(read(r#"{"fulfilled_requests":[{"id":1,"cookie":1,"timestamp":1,"request":{"type":"REJOIN"}}]}"#).is_err());
    // A whole number with a fraction.
    assert!(read(r#"{"dnlink":{"port":199.0,"payload":""}}"#).is_err());
    // A character beyond 16 bits, as most encoders escape it.
    assert!(read(r#"{"log_messages":[{"logmsg":"\ud83d\ude00","level":"INFO","timestamp":1}]}"#).is_err());
    // While it takes what is no JSON, where it does not look.
    assert!(serde_json_core::from_str::<IgnoredAny>("[1 2 x]").is_ok());
}

#[test]
fn other_deserializers_read_the_objects_too() {
    let response = include_str!("data/truvami_device_send_response.json");
    let response: serde_json::Value = serde_json::from_str(response).unwrap();
    let theirs: UplinkResponse = serde_json::from_value(response["result"].clone()).unwrap();
    let ours: UplinkResponse = read(&response["result"].to_string());
    assert_eq!(theirs, ours);
    let requests = include_str!("data/ttn_requests.json");
    assert_eq!(
        serde_json::from_str::<List<Request, 8>>(requests).unwrap(),
        read(requests)
    );
    let error = serde_json::from_str::<Downlink>(r#"{"port":1,"payload":"x"}"#).unwrap_err();
    assert!(error.to_string().contains("hexadecimal"), "{error}");
}
