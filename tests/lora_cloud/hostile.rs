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

#[test]
fn numbers_that_are_none_of_the_kind() {
    let voltage = |number: &str| format!(r#"{{"voltage":{{"timestamp":1,"value":{number}}}}}"#);
    for number in ["1e400", "-1e400", &format!("{}.0", "9".repeat(400))] {
        assert_eq!(
            wrong::<InfoFields>(&voltage(number)),
            at("voltage.value", Reason::Range),
            "{number}"
        );
        let document = format!(r#"{{"algorithm_type":"gnss","llh":[1,{number},3],"timestamp":1}}"#);
        assert_eq!(wrong::<Position>(&document), at("llh", Reason::Range));
        let document = format!(r#"{{"msgtype":"joining","timestamp":{number}}}"#);
        assert_eq!(wrong::<UplinkMessage>(&document), at("timestamp", Reason::Range));
        let document = format!(r#"{{"port":{number},"payload":""}}"#);
        assert_eq!(wrong::<Downlink>(&document), at("port", Reason::Range));
    }
    // Too small to be told from nothing, and nothing with a sign.
    for number in ["1e-400", "-0", "-0.0", "0e999999999999999999999"] {
        let fields: InfoFields = crate::read(&voltage(number));
        assert_eq!(fields.voltage.unwrap().value, 0.0, "{number}");
    }
    for number in ["-0", "-0.0", "0e999999999999999999999"] {
        let document = format!(r#"{{"port":{number},"payload":""}}"#);
        assert_eq!(crate::read::<Downlink>(&document).port, 0);
    }
}

#[test]
fn null_stands_for_each_field_of_a_response() {
    let response = &serde_json::from_slice::<serde_json::Value>(RESPONSE).unwrap()["result"];
    for name in response.as_object().unwrap().keys() {
        let mut response = response.clone();
        response[name] = serde_json::Value::Null;
        crate::read::<UplinkResponse>(&response.to_string());
        response.as_object_mut().unwrap().remove(name);
        crate::read::<UplinkResponse>(&response.to_string());
    }
    // Not for what a list holds.
    for list in ["stream_records", "log_messages", "fulfilled_requests"] {
        let document = format!(r#"{{"{list}":[null]}}"#);
        assert_eq!(wrong::<UplinkResponse>(&document), at(list, Reason::Kind));
    }
}

#[test]
fn a_list_that_has_a_length_has_no_other() {
    // Of types of the user's own.
    assert_eq!(crate::read::<(u8, u8)>("[1,2]"), (1, 2));
    assert_eq!(
        wrong::<(u8, u8)>("[1,2,3]"),
        at("the document", Reason::Length { len: 3 })
    );
    assert_eq!(wrong::<(u8, u8)>("[1]"), at("the document", Reason::Length { len: 1 }));
}

#[test]
fn a_list_may_be_longer_than_any_memory() {
    let many = "[4,\"00\"],".repeat(100_000);
    let response: UplinkResponse<0, 1, 1> = crate::read(&format!(r#"{{"stream_records":[{many}[5,"01"]]}}"#));
    assert_eq!(
        (response.stream_records.len(), response.stream_records.omitted()),
        (1, 100_000)
    );
    let text = "é".repeat(100_000);
    let log: LogMessage<3> = crate::read(&format!(r#"{{"logmsg":"{text}","level":"{text}","timestamp":1}}"#));
    assert_eq!((log.logmsg.as_str(), log.logmsg.omitted()), ("é", 199_998));
    assert!(matches!(log.level, Level::Other(name) if name.omitted() == 199_984));
    let digits = "00".repeat(100_000);
    let found = wrong::<Downlink>(&format!(r#"{{"port":1,"payload":"{digits}"}}"#));
    assert_eq!(found, at("payload", Reason::Length { len: 100_000 }));
}
