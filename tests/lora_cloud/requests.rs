//! LOR-5 to LOR-8: requests and their parameters, both ways.

use fibocom_mqtt::profile::lora_cloud::*;

use crate::{at, read, refused, written, wrong};

#[test]
fn lor_5_requests_have_their_types_and_parameters() {
    let all = InfoField::ALL.into_iter().filter(|field| field.is_requestable());
    let names: Vec<String> = all.clone().map(|field| format!("\"{field}\"")).collect();
    assert_eq!(names.len(), 17);
    let requests: [(&str, Request); 7] = [
        (r#"{"type":"RESET","param":3}"#, Request::Reset(Reset::Both)),
        (r#"{"type":"REJOIN"}"#, Request::Rejoin),
        (r#"{"type":"MUTE","param":7}"#, Request::Mute(Some(Mute::Days(7)))),
        (
            &format!(r#"{{"type":"GETINFO","param":[{}]}}"#, names.join(",")),
            Request::GetInfo(all.collect()),
        ),
        (
            r#"{"type":"SETCONF","param":{"adrmode":2,"joineui":"80-00-00-00-00-00-00-0C","interval":129,"region":5}}"#,
            Request::SetConf(Configuration {
                adrmode: Some(AdrMode::MobileLowPower),
                joineui: Some(Eui([0x80, 0, 0, 0, 0, 0, 0, 0x0c])),
                interval: Some(Interval(0x81)),
                region: Some(5),
                opmode: None,
            }),
        ),
        (
            r#"{"type":"SETCONF","param":{"region":5}}"#,
            Request::SetConf(Configuration {
                region: Some(5),
                ..Configuration::default()
            }),
        ),
        (
            r#"{"type":"FILEDONE","param":{"sid":-1,"sctr":234}}"#,
            Request::FileDone(FileDone { sid: -1, sctr: 234 }),
        ),
    ];
    for (document, request) in requests {
        assert_eq!(written(&request), document);
        assert_eq!(read::<Request>(document), request);
        // The order of the two is free.
        if let Some((kind, param)) = document.trim_matches(['{', '}']).split_once(r#","param":"#) {
            let swapped = format!(
                r#"{{"param":{param}{},{kind}}}"#,
                if param.contains('{') { "}" } else { "" }
            );
            assert_eq!(read::<Request>(&swapped), request, "{swapped}");
        }
    }
    for kind in ["RESET", "GETINFO", "SETCONF", "FILEDONE"] {
        let document = format!(r#"{{"type":"{kind}"}}"#);
        assert_eq!(wrong::<Request>(&document), at("param", Reason::Missing));
    }
    assert_eq!(wrong::<Request>(r#"{"param":1}"#), at("type", Reason::Missing));
    // Whichever comes first, the error names the field.
    for (kind, param, field, reason) in [
        ("RESET", r#""1""#, "param", Reason::Kind),
        ("RESET", "256", "param", Reason::Range),
        ("RESET", "null", "param", Reason::Kind),
        ("MUTE", "-1", "param", Reason::Range),
        ("GETINFO", "5", "param", Reason::Kind),
        ("GETINFO", "[5]", "param", Reason::Kind),
        ("SETCONF", r#"{"interval":256}"#, "param.interval", Reason::Range),
        ("SETCONF", r#"{"joineui":"x"}"#, "param.joineui", Reason::Value),
        ("FILEDONE", r#"{"sid":1}"#, "param.sctr", Reason::Missing),
    ] {
        for document in [
            format!(r#"{{"type":"{kind}","param":{param}}}"#),
            format!(r#"{{"param":{param},"later":[],"type":"{kind}"}}"#),
        ] {
            assert_eq!(wrong::<Request>(&document), at(field, reason), "{document}");
        }
        let theirs = serde_json::from_str::<Request>(&format!(r#"{{"param":{param},"type":"{kind}"}}"#));
        assert!(theirs.is_err());
    }
    let twice = [
        r#"{"type":"REJOIN","type":"REJOIN"}"#,
        r#"{"param":1,"type":"RESET","param":1}"#,
    ];
    assert_eq!(wrong::<Request>(twice[0]), at("type", Reason::Duplicate));
    assert_eq!(wrong::<Request>(twice[1]), at("param", Reason::Duplicate));
}

#[test]
fn lor_6_adr_modes_are_0_to_2() {
    let modes = [
        AdrMode::NetworkServer,
        AdrMode::MobileLongRange,
        AdrMode::MobileLowPower,
    ];
    for (number, mode) in modes.into_iter().enumerate() {
        let configuration = Configuration {
            adrmode: Some(mode),
            ..Configuration::default()
        };
        let document = format!(r#"{{"type":"SETCONF","param":{{"adrmode":{number}}}}}"#);
        assert_eq!(written(&<Request>::SetConf(configuration)), document);
        assert_eq!(read::<Request>(&document), Request::SetConf(configuration));
    }
}

#[test]
fn lor_7_repintv_all_256_values() {
    let units = [
        (Unit::Seconds, 1),
        (Unit::Days, 86_400),
        (Unit::Hours, 3_600),
        (Unit::Minutes, 60),
    ];
    for byte in 0..=255u8 {
        let interval: Interval = read(&byte.to_string());
        let (unit, seconds) = units[usize::from(byte >> 6)];
        assert_eq!((interval.unit(), interval.value()), (unit, byte & 63));
        assert_eq!(interval.as_seconds(), u32::from(byte & 63) * seconds);
        assert_eq!(Interval::new(unit, byte & 63), Ok(interval));
        assert_eq!(serde_json::to_string(&interval).unwrap(), byte.to_string());
    }
    for (unit, _) in units {
        for value in 64..=255 {
            assert_eq!(Interval::new(unit, value).unwrap_err().reason, Reason::Range);
        }
    }
    assert_eq!(wrong::<Interval>("256").1, Reason::Range);
}

#[test]
fn lor_8_pending_request_keeps_any_cookie() {
    for cookie in [
        "null",
        "0",
        "-1.5",
        "true",
        r#""a\"b\\\u00e9""#,
        "[]",
        r#"[1,[2,{"a":null}]]"#,
        r#"{"id":[18446744073709551615],"s":"x"}"#,
    ] {
        let document = format!(r#"{{"id":5,"cookie":{cookie},"timestamp":1.5,"request":{{"type":"REJOIN"}}}}"#);
        let pending: PendingRequest = read(&document);
        assert_eq!(
            (pending.id, pending.timestamp, pending.cookie.as_str()),
            (5, 1.5.into(), Some(cookie))
        );
        let ours: serde_json::Value = serde_json::from_str(&written(&pending)).unwrap();
        assert_eq!(ours, serde_json::from_str::<serde_json::Value>(&document).unwrap());
        // The same from a deserializer that hands out values instead of text.
        let theirs: PendingRequest = serde_json::from_str(&document).unwrap();
        let (theirs, cookie) = (theirs.cookie.as_str().unwrap(), pending.cookie.as_str().unwrap());
        let value = |text: &str| serde_json::from_str::<serde_json::Value>(text).unwrap();
        assert_eq!(value(theirs), value(cookie));
    }
    // A number may be written in another way than it came.
    for (cookie, sent) in [
        ("1.50", "1.5"),
        ("[0.10e1]", "[1.0]"),
        ("1E+2", "100.0"),
        ("0.00250", "0.0025"),
        ("25000.00e-7", "0.0025"),
        ("-0.0", "-0.0"),
        ("-0.50", "-0.5"),
        ("-10.25E-3", "-0.01025"),
        ("0e99999999999999999999", "0.0"),
        ("-9223372036854775808", "-9223372036854775808"),
        ("100000000000000000000", "1e20"),
        ("1.7976931348623157e308", "1.7976931348623157e308"),
        ("5e-324", "5e-324"),
    ] {
        let document = format!(r#"{{"id":5,"cookie":{cookie},"timestamp":1,"request":{{"type":"REJOIN"}}}}"#);
        let pending: PendingRequest = read(&document);
        assert_eq!(pending.cookie.as_str(), Some(cookie));
        assert_eq!(written(&pending), document.replace(cookie, sent));
    }
    // A number that neither an integer nor a float can be is kept, and not sent as something else.
    for cookie in [
        "1e400",
        r#"{"a":[-1e999]}"#,
        "18446744073709551616",
        "-9223372036854775809",
        "[0.1000000000000000000001]",
        "1e-400",
        "1e-99999999999999999999",
        "9007199254740993.0",
        "1.79769313486231571e308",
    ] {
        let document = format!(r#"{{"id":5,"cookie":{cookie},"timestamp":1,"request":{{"type":"REJOIN"}}}}"#);
        let pending: PendingRequest = read(&document);
        assert_eq!(pending.cookie.as_str(), Some(cookie));
        assert_eq!(refused(&pending), at("cookie", Reason::Range));
    }
    for (name, document) in [
        ("id", r#"{"cookie":1,"timestamp":1,"request":{"type":"REJOIN"}}"#),
        ("timestamp", r#"{"id":1,"cookie":1,"request":{"type":"REJOIN"}}"#),
        ("request", r#"{"id":1,"cookie":1,"timestamp":1}"#),
    ] {
        assert_eq!(wrong::<PendingRequest>(document), at(name, Reason::Missing));
    }
}
