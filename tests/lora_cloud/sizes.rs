//! What does not fit: counted, or an error that names the field, and the length that is needed.

use fibocom_mqtt::profile::TooLarge;
use fibocom_mqtt::profile::lora_cloud::*;

use crate::{at, read, refused, written, wrong};

#[test]
fn lists_keep_their_first_elements_and_count_the_others() {
    let logs: Vec<String> = (0..9)
        .map(|n| format!(r#"{{"logmsg":"{n}","level":"INFO","timestamp":{n}}}"#))
        .collect();
    let document = format!(r#"{{"log_messages":[{}]}}"#, logs.join(","));
    let response: UplinkResponse<8, 8, 4> = read(&document);
    let kept: Vec<_> = response.log_messages.iter().map(|log| log.logmsg.as_str()).collect();
    assert_eq!((kept, response.log_messages.omitted()), (vec!["0", "1", "2", "3"], 5));
    let response: UplinkResponse<8, 8, 0> = read(&document);
    assert_eq!((response.log_messages.len(), response.log_messages.omitted()), (0, 9));
    let mut response = response;
    response.operation = Some(Operation::Modem);
    response.fports = Some(DevicePorts::default());
    assert_eq!(
        refused(&response),
        at("log_messages", Reason::Incomplete { omitted: 9 })
    );
}

#[test]
fn texts_keep_their_start_and_count_the_rest() {
    let document = r#"{"logmsg":"12345é\n\ud83d\ude00z","level":"INFO","timestamp":1}"#;
    for (kept, omitted, message) in [
        (
            "12345é\n😀z",
            0,
            serde_json::to_string(&read::<LogMessage<13>>(document)),
        ),
        (
            "12345é\n😀",
            1,
            serde_json::to_string(&read::<LogMessage<12>>(document)),
        ),
        ("12345é\n", 5, serde_json::to_string(&read::<LogMessage<8>>(document))),
        ("12345", 8, serde_json::to_string(&read::<LogMessage<6>>(document))),
    ] {
        let text: serde_json::Value = serde_json::from_str(&message.unwrap()).unwrap();
        assert_eq!(text["logmsg"], kept);
        assert_eq!(kept.len() + omitted, 13);
    }
    let message: LogMessage<6> = read(document);
    assert_eq!(message.logmsg.omitted(), 8);
    assert_eq!(message.logmsg.to_string(), "12345… (8 bytes more)");
    assert_eq!(refused(&message), at("logmsg", Reason::Incomplete { omitted: 8 }));
}

#[test]
fn data_that_does_not_fit_is_an_error_that_names_the_field() {
    let file = r#"{"file":{"sctr":1,"timestamp":1,"data":"0102030405"}}"#;
    assert!(read::<UplinkResponse<8, 5>>(file).file.is_some());
    assert_eq!(
        wrong::<UplinkResponse<8, 4>>(file),
        at("file.data", Reason::Length { len: 5 })
    );
    let records = r#"{"stream_records":[[0,"0102030405"]]}"#;
    assert_eq!(
        wrong::<UplinkResponse<8, 4>>(records),
        at("stream_records", Reason::Length { len: 5 })
    );
    let uplink = r#"{"deveui":"0102030405060708","uplink":{"msgtype":"gnss","payload":"0102030405"}}"#;
    assert_eq!(
        wrong::<DeviceUplink<4>>(uplink),
        at("uplink.payload", Reason::Length { len: 5 })
    );
    assert_eq!(Hex::<1>::new(&[1, 2]).unwrap_err().reason, Reason::Length { len: 2 });
}

#[test]
fn cookies_that_do_not_fit_are_not_kept_but_their_length_is() {
    let document = r#"{"id":1,"cookie":[1, 2, 3],"timestamp":1,"request":{"type":"REJOIN"}}"#;
    let pending: PendingRequest<6> = read(document);
    assert_eq!((pending.cookie.as_str(), pending.cookie.omitted()), (None, 7));
    assert_eq!(refused(&pending), at("cookie", Reason::Incomplete { omitted: 7 }));
    assert_eq!(read::<PendingRequest<7>>(document).cookie.as_str(), Some("[1,2,3]"));
    assert_eq!(
        AnyJson::<6>::new("[1, 2, 3]").unwrap_err().reason,
        Reason::Length { len: 7 }
    );
}

#[test]
fn names_that_are_not_known_are_counted() {
    let request: Request = read(r#"{"type":"GETINFO","param":["temp","colour","status"]}"#);
    let Request::GetInfo(fields) = &request else { panic!() };
    assert_eq!(
        (&fields[..], fields.omitted()),
        (&[InfoField::Temp, InfoField::Status][..], 1)
    );
    assert_eq!(refused(&request), at("param", Reason::Incomplete { omitted: 1 }));
    let many = vec!["\"temp\""; 40].join(",");
    let request: Request = read(&format!(r#"{{"type":"GETINFO","param":[{many}]}}"#));
    let Request::GetInfo(fields) = &request else { panic!() };
    assert_eq!((fields.len(), fields.omitted()), (21, 19));
    // Those that the document does not list may not be asked for.
    let request = <Request>::GetInfo([InfoField::Rfu].into_iter().collect());
    assert_eq!(refused(&request), at("param", Reason::Value));
    assert_eq!(refused(&<Request>::GetInfo(List::new())), at("param", Reason::Missing));
    // Other deserializers have the parameter of a request wait in a buffer until its type is known.
    let long = "x".repeat(600);
    let request: Request = read(&format!(r#"{{"param":["{long}"],"type":"GETINFO"}}"#));
    assert!(matches!(&request, Request::GetInfo(fields) if (fields.len(), fields.omitted()) == (0, 1)));
    let error = serde_json::from_str::<Request>(&format!(r#"{{"param":["{long}"],"type":"GETINFO"}}"#)).unwrap_err();
    assert!(error.to_string().contains("length 604"), "{error}");
}

#[test]
fn parameters_of_requests_that_are_not_known_are_counted_however_long() {
    let long = "x".repeat(2000);
    for document in [
        format!(r#"{{"type":"FUOTA","param":"{long}"}}"#),
        format!(r#"{{"param":"{long}","type":"FUOTA"}}"#),
    ] {
        let Request::Other { kind, param } = read::<Request>(&document) else {
            panic!("{document}")
        };
        let param = param.unwrap();
        assert_eq!((&*kind, param.as_str(), param.omitted()), ("FUOTA", None, 2002));
    }
}

#[test]
fn an_object_that_does_not_fit_says_what_it_needs() {
    let uplink: DeviceUplink = read(include_str!("data/truvami_device_send_request.json"));
    let needed = written(&uplink).len();
    for max in 0..needed {
        let error = encode(&uplink, &mut vec![0; max]).unwrap_err();
        assert_eq!(error, EncodeError::TooLarge(TooLarge { needed, max }));
    }
    assert_eq!(encode(&uplink, &mut vec![0; needed]).unwrap().len(), needed);
}

/// What the documentation says of memory: 5.3 kB, and less if less is asked for.
#[test]
fn a_response_takes_as_much_memory_as_is_said() {
    assert!((5_200..5_400).contains(&size_of::<UplinkResponse>()));
    assert!((1_800..2_000).contains(&size_of::<UplinkResponse<32, 64, 1>>()));
    assert!((5_400..5_600).contains(&size_of::<DeviceInfo>()));
}
