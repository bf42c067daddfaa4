//! Whatever comes, an error or an object.

use fibocom_mqtt::profile::json::JsonProblem;
use fibocom_mqtt::profile::lora_cloud::*;

use crate::samples::RESPONSE;
use crate::{at, wrong};

/// Everything that reads.
fn everything(document: &[u8]) {
    let _ = decode::<DeviceInfo<8, 8, 2>>(document);
    let _ = decode::<UplinkResponse<8, 8, 2>>(document);
    let _ = decode::<Request>(document);
    let _ = decode::<UplinkMessage<8>>(document);
    let _ = decode::<Position>(document);
    if let Ok(uplinks) = Uplinks::<8>::parse(document) {
        uplinks.for_each(drop);
    }
    if let Ok(reply) = Reply::parse(document) {
        for answer in reply.answers() {
            let _ = (
                answer.deveui(),
                answer.errors().count(),
                answer.response::<UplinkResponse>(),
            );
        }
    }
}

#[test]
fn a_document_that_is_cut_or_changed_anywhere() {
    let compact = serde_json::from_slice::<serde_json::Value>(RESPONSE).unwrap()["result"].to_string();
    for document in [
        compact.as_bytes(),
        include_bytes!("data/ttn_requests.json"),
        include_bytes!("data/chirpstack_updf_request.json"),
    ] {
        for cut in 0..document.len() {
            everything(&document[..cut]);
            for byte in [b'"', b'\\', b'}', b'[', b',', b'9', 0xff] {
                let mut changed = document.to_vec();
                changed[cut] = byte;
                everything(&changed);
            }
        }
    }
}

#[test]
fn nesting_has_an_end() {
    for open in ["[", "{\"a\":", "[{\"a\":["] {
        let deep = open.repeat(100_000);
        let (path, reason) = wrong::<UplinkResponse>(&deep);
        assert!(path == "the document" && matches!(reason, Reason::Json(error) if error.problem == JsonProblem::Depth));
    }
    let deep = [
        r#"{"id":1,"timestamp":1,"request":{"type":"REJOIN"},"cookie":"#,
        &"[".repeat(40),
        &"]".repeat(40),
        "}",
    ]
    .concat();
    assert!(serde_json::from_str::<PendingRequest<128>>(&deep).is_err());
}

#[test]
fn errors_say_the_field_and_the_reason() {
    let document = r#"{"info_fields":{"firmware":{"timestamp":1,"value":{"fwcrc":"zz"}}}}"#;
    let error = decode::<UplinkResponse>(document.as_bytes()).unwrap_err();
    assert_eq!(error.path.field(), "fwcrc");
    let said = "info_fields.firmware.value.fwcrc: has a value that is not known there: see the type of the field";
    assert_eq!(error.to_string(), said);
    let twice = r#"{"port":1,"port":2,"payload":""}"#;
    assert_eq!(wrong::<Downlink>(twice), at("port", Reason::Duplicate));
    let error = decode::<Downlink>(b"{\"port\":1,}").unwrap_err();
    assert_eq!(
        error.to_string(),
        "the document: not JSON at byte 10: a name in double quotes is expected"
    );
    // The whole path of the deepest field there is.
    let deepest = r#"{"pending_requests":{"requests":[{"id":1,"timestamp":1,"request":{"type":5}}]}}"#;
    assert_eq!(
        wrong::<DeviceInfo>(deepest),
        at("pending_requests.requests.request.type", Reason::Kind)
    );
}

#[test]
fn names_may_be_escaped_too() {
    let downlink: Downlink = crate::read(r#"{"\u0070ort":1,"payloa\u0064":"00"}"#);
    assert_eq!((downlink.port, downlink.payload.len()), (1, 1));
    let long = r"\u0061".repeat(64);
    crate::read::<Downlink>(&format!(r#"{{"{long}":[],"port":1,"payload":""}}"#));
}

#[test]
fn a_list_of_characters_is_no_text_and_a_text_with_escapes_no_list() {
    let found = wrong::<LogMessage>(r#"{"logmsg":["h","i"],"level":"INFO","timestamp":1}"#);
    assert_eq!(found, at("logmsg", Reason::Kind));
    assert_eq!(
        wrong::<Downlink>(r#"{"port":1,"payload":["0","0"]}"#),
        at("payload", Reason::Kind)
    );
    let found = wrong::<Request>(r#"{"type":"GETINFO","param":"\u0061b"}"#);
    assert_eq!(found.1, Reason::Kind);
    let found = wrong::<UplinkResponse>(r#"{"log_messages":"\u0061b"}"#);
    assert_eq!(found, at("log_messages", Reason::Kind));
}
