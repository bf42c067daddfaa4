//! Answers of which one is not as it has to be: the others, and what can be read of it, are not lost with it.

use fibocom_mqtt::profile::lora_cloud::*;

use crate::random::response;
use crate::{at, read, wrong};
use proptest::prelude::*;

const DEVICES: [Eui; 2] = [Eui([1, 2, 3, 4, 5, 6, 7, 8]), Eui([1, 2, 3, 4, 5, 6, 7, 9])];

fn answers(document: &str) -> Vec<Answer<'_>> {
    Reply::parse(document.as_bytes()).unwrap().answers().collect()
}

fn failed<T>(result: Result<T, Invalid>) -> (String, Reason) {
    match result {
        Ok(_) => panic!("taken"),
        Err(error) => (error.path.to_string(), error.reason),
    }
}

#[test]
fn what_is_wrong_with_one_device_hides_no_other_and_is_told() {
    let downlink = r#"{"dnlink":{"port":199,"payload":"05"}}"#;
    for (broken, path, reason) in [
        (
            r#"{"result":{"log_messages":[{}]}}"#,
            "log_messages.logmsg",
            Reason::Missing,
        ),
        (r#"{"result":{"dnlink":{"port":300}}}"#, "dnlink.port", Reason::Range),
        (r#"{"result":"busy"}"#, "the document", Reason::Kind),
        (r#"{"result":[]}"#, "the document", Reason::Kind),
        ("[]", "the document", Reason::Kind),
        (r#""no such device""#, "the document", Reason::Kind),
        ("5", "the document", Reason::Kind),
    ] {
        for document in [
            format!(
                r#"{{"result":{{"{}":{broken},"{}":{{"result":{downlink}}}}}}}"#,
                DEVICES[0], DEVICES[1]
            ),
            format!(r#"{{"{}":{broken},"{}":{downlink}}}"#, DEVICES[0], DEVICES[1]),
        ] {
            let answers = answers(&document);
            let devices: Vec<_> = answers.iter().map(|answer| answer.deveui().unwrap().unwrap()).collect();
            assert_eq!(devices, DEVICES, "{document}");
            assert_eq!(
                failed(answers[0].response::<UplinkResponse>()),
                at(path, reason),
                "{document}"
            );
            let response: UplinkResponse = answers[1].response().unwrap().unwrap();
            assert_eq!(response.dnlink.unwrap().port, 199);
        }
    }
    // No answer at all to one of them.
    let document = format!(r#"{{"result":{{"{}":null,"{}":{downlink}}}}}"#, DEVICES[0], DEVICES[1]);
    let answers = answers(&document);
    assert_eq!((answers.len(), answers[0].deveui()), (2, Ok(Some(DEVICES[0]))));
    assert_eq!(
        (answers[0].response::<UplinkResponse>(), answers[0].errors().count()),
        (Ok(None), 0)
    );
}

#[test]
fn errors_hide_no_response() {
    let found_in = |document: &str| {
        let reply = Reply::parse(document.as_bytes()).unwrap();
        let said: Vec<_> = reply.errors().map(|error| error.to_string()).collect();
        let downlinks = reply.answers().filter(|answer| answer.downlink().unwrap().is_some());
        (downlinks.count(), said.join(","))
    };
    let downlink = r#""dnlink":{"port":199,"payload":"05"}"#;
    for (document, found) in [
        // Beside devices.
        (
            format!(r#"{{"{}":{{{downlink}}},"errors":["one failed"]}}"#, DEVICES[0]),
            (1, "one failed"),
        ),
        (
            format!(r#"{{"{}":{{{downlink}}},"error":null,"errors":[]}}"#, DEVICES[0]),
            (1, ""),
        ),
        (format!(r#"{{"result":null,"{}":{{{downlink}}}}}"#, DEVICES[0]), (1, "")),
        // There are none, in a response without an envelope.
        (format!(r#"{{{downlink},"errors":[],"error":null}}"#), (1, "")),
        (format!(r#"{{"{}":{{{downlink},"error":null}}}}"#, DEVICES[0]), (1, "")),
        // There are.
        (format!(r#"{{{downlink},"errors":["no"]}}"#), (0, "no")),
        (r#"{"result":null,"error":"no"}"#.to_string(), (0, "no")),
    ] {
        assert_eq!(found_in(&document), (found.0, found.1.to_string()), "{document}");
    }
}

#[test]
fn the_downlink_is_read_whatever_else_is_wrong() {
    let downlink = r#""dnlink":{"port":199,"payload":"0500"}"#;
    for broken in [
        r#""log_messages":[{"logmsg":5}]"#,
        r#""info_fields":{"temp":{"timestamp":1,"value":21.5}}"#,
        r#""position_solution":{"algorithm_type":"gnss","llh":[1]}"#,
        r#""file":{"sctr":1,"timestamp":1,"data":"zz"}"#,
        r#""operation":7"#,
    ] {
        for document in [
            format!(r#"{{"result":{{{broken},{downlink}}}}}"#),
            format!("{{{downlink},{broken}}}"),
        ] {
            let answer = answers(&document)[0];
            assert!(answer.response::<UplinkResponse>().is_err(), "{document}");
            let found = answer.downlink().unwrap().unwrap();
            assert_eq!((found.port, found.payload.as_bytes()), (199, &[5, 0][..]));
        }
    }
    let of = |document: &str| answers(document)[0].downlink();
    assert_eq!(of("{}"), Ok(None));
    assert_eq!(of(r#"{"result":{"dnlink":null}}"#), Ok(None));
    assert_eq!(of(r#"{"errors":["no"]}"#), Ok(None));
    assert_eq!(
        failed(of(r#"{"result":{"dnlink":{"port":1,"payload":"0"}}}"#)),
        at("dnlink.payload", Reason::Value)
    );
    assert_eq!(
        failed(of(r#"{"result":{"dnlink":{"port":1}}}"#)),
        at("dnlink.payload", Reason::Missing)
    );
    let twice = format!(r#"{{"result":{{{downlink},{downlink}}}}}"#);
    assert_eq!(failed(of(&twice)), at("dnlink", Reason::Duplicate));
    assert_eq!(failed(of(r#"{"result":[]}"#)), at("the document", Reason::Kind));
}

#[test]
fn a_response_for_another_device_than_its_envelope_names() {
    let of = |key: Eui, inner: &str| {
        let document = format!(r#"{{"result":{{"{key}":{{"result":{{"deveui":{inner}}}}}}}}}"#);
        answers(&document)[0].deveui()
    };
    assert_eq!(of(DEVICES[0], r#""0102030405060708""#), Ok(Some(DEVICES[0])));
    let error = of(DEVICES[0], r#""0102030405060709""#).unwrap_err();
    assert_eq!(
        error.to_string(),
        "deveui: is another device than the envelope names: ask the service which is meant"
    );
    // What names no device contradicts nothing.
    for inner in ["null", "\"x\"", "5"] {
        assert_eq!(of(DEVICES[0], inner), Ok(Some(DEVICES[0])), "{inner}");
    }
    assert_eq!(
        failed(answers(r#"{"result":{"deveui":"x"}}"#)[0].deveui()),
        at("deveui", Reason::Value)
    );
}

#[test]
fn a_field_that_is_there_twice_or_has_an_escaped_name() {
    for name in [
        "deveui",
        "operation",
        "stream_records",
        "dnlink",
        "info_fields",
        "pending_requests",
        "log_messages",
    ] {
        let found = wrong::<UplinkResponse>(&format!(r#"{{"{name}":null,"{name}":null}}"#));
        assert_eq!(found, at(name, Reason::Duplicate));
    }
    let found = wrong::<DeviceInfo>(r#"{"last_uplink":null,"last_up\u006cink":null}"#);
    assert_eq!(found, at("last_uplink", Reason::Duplicate));
    let found = wrong::<UplinkResponse>(r#"{"info_fields":{"temp":null,"temp":null}}"#);
    assert_eq!(found, at("info_fields.temp", Reason::Duplicate));
    // Fields that are not known may be.
    let response: UplinkResponse = read(r#"{"later":1,"later":2,"\u006fperation":"wifi"}"#);
    assert_eq!(response.operation, Some(Operation::Wifi));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Nothing is left of what was in the place before.
    #[test]
    fn a_place_holds_what_was_read_last(before in response().boxed(), object in response().boxed()) {
        let document = serde_json::to_string(&Envelope::Result(&object)).unwrap();
        let mut place = before.clone();
        prop_assert_eq!(answers(&document)[0].response_into(&mut place), Ok(true));
        prop_assert_eq!(&place, &object);
        decode_into(b"{}", &mut place).unwrap();
        prop_assert_eq!(&place, &UplinkResponse::default());
        place = before.clone();
        prop_assert_eq!(answers(r#"{"errors":["no"]}"#)[0].response_into(&mut place), Ok(false));
        prop_assert_eq!(&place, &before);
        let downlink = r#""dnlink":{"port":1,"payload":"00"}"#;
        for wrong in ["", "{", "[]", "\"\"", "{\"file\":5}", &format!("{{{downlink},\"log_messages\":[{{}}]}}"), &format!("{{{downlink},{downlink}}}")] {
            place = before.clone();
            prop_assert!(decode_into(wrong.as_bytes(), &mut place).is_err());
            prop_assert_eq!(&place, &UplinkResponse::default(), "{}", wrong);
            if wrong.len() > 1 {
                place = before.clone();
                let document = format!(r#"{{"result":{wrong}}}"#);
                prop_assert!(answers(&document)[0].response_into(&mut place).is_err());
                prop_assert_eq!(&place, &UplinkResponse::default(), "{}", wrong);
            }
        }
    }
}

#[test]
fn a_place_of_the_callers_own_is_emptied_where_that_can_be() {
    #[derive(Debug, PartialEq, serde::Deserialize)]
    struct Own {
        operation: Option<Operation>,
        #[serde(default)]
        port: u8,
    }
    let mut place = Own {
        operation: Some(Operation::Wifi),
        port: 5,
    };
    assert!(decode_into(br#"{"operation": "gnss", "port": 300}"#, &mut place).is_err());
    assert_eq!(
        place,
        Own {
            operation: None,
            port: 0
        }
    );
}

#[test]
fn a_list_holds_the_elements_that_were_read_last_and_counts_only_those() {
    let mut list = List::<u8, 2>::new();
    decode_into(b"[1,2,3,4]", &mut list).unwrap();
    assert_eq!((&*list, list.omitted()), (&[1, 2][..], 2));
    decode_into(b"[5]", &mut list).unwrap();
    assert_eq!((&*list, list.omitted()), (&[5][..], 0));
    assert!(decode_into(b"[6,7,8,300]", &mut list).is_ok());
    assert!(decode_into(b"[9,300]", &mut list).is_err());
    assert_eq!((&*list, list.omitted()), (&[][..], 0));
}
