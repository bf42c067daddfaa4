//! LOR-Q01 to LOR-Q16 and LOR-Q19: where the document leaves something open, or servers differ from it.

use fibocom_mqtt::profile::lora_cloud::*;

use crate::samples::RESPONSE;
use crate::{at, read, refused, same, written, wrong};

#[test]
fn lor_q01_hours_are_binary_10_and_minutes_11() {
    assert_eq!(Interval::new(Unit::Hours, 1), Ok(Interval(0x81)));
    assert_eq!(Interval::new(Unit::Minutes, 1), Ok(Interval(0xc1)));
    assert_eq!((Interval(0x81).as_seconds(), Interval(0xc1).as_seconds()), (3600, 60));
}

#[test]
fn lor_q02_stream_records_come_as_pairs_and_as_objects_and_go_as_pairs() {
    let pairs: UplinkResponse = read(r#"{"stream_records":[[43.0,"0815A7"]]}"#);
    let objects = r#"{"stream_records":[{"timestamp":1.5,"port":199,"data":"0815a7","off":43}]}"#;
    let objects: UplinkResponse = read(objects);
    assert_eq!(pairs.stream_records, objects.stream_records);
    assert_eq!(written(&objects.stream_records[0]), r#"[43,"0815a7"]"#);
    for nothing in ["null", "[]"] {
        let document = format!(r#"{{"stream_records":{nothing}}}"#);
        assert!(read::<UplinkResponse>(&document).stream_records.is_empty());
    }
    assert!(
        serde_json::from_str::<UplinkResponse>(r#"{"stream_records":[[43,"0815a7"],{"off":43,"data":""}]}"#).is_ok()
    );
    for (record, field) in [(r#"{"off":-1,"data":""}"#, "off"), (r#"{"off":1,"data":"x"}"#, "data")] {
        let (path, _) = wrong::<UplinkResponse>(&format!(r#"{{"stream_records":[{record}]}}"#));
        assert_eq!(path, format!("stream_records.{field}"));
    }
}

#[test]
fn lor_q03_joineui_has_the_form_of_a_deveui() {
    let request: Request = same(r#"{"type":"SETCONF","param":{"joineui":"80-00-00-00-00-00-00-0C"}}"#);
    let joineui = Some(Eui([0x80, 0, 0, 0, 0, 0, 0, 0x0c]));
    assert_eq!(
        request,
        Request::SetConf(Configuration {
            joineui,
            ..Configuration::default()
        })
    );
}

#[test]
fn lor_q04_positions_may_lack_what_the_document_requires() {
    for kind in ["gnss", "gnssng", "wifi"] {
        let document = format!(r#"{{"llh":[1,2,3],"algorithm_type":"{kind}"}}"#);
        let position: Position = read(&document);
        assert_eq!((position.llh(), position.accuracy()), (Some([1.0, 2.0, 3.0]), None));
        assert_eq!(position.algorithm().as_str(), kind);
    }
    let wifi: Position = read(r#"{"algorithm_type":"wifi","llh":[1,2,3],"accuracy":50.5,"ecef":null,"gdop":null}"#);
    assert_eq!(wifi.accuracy(), Some(50.5));
    // What is cut off of MSG_WIFI in the document.
    let message: UplinkMessage = read(r#"{"msgtype":"wifi","payload":"00","timestamp":5}"#);
    assert!(matches!(message, UplinkMessage::Wifi(message) if message.timestamp == Some(5.into())));
}

#[test]
fn lor_q05_operation_may_be_null_or_new_and_gnssng_comes_with_gnss() {
    for document in ["{}", r#"{"operation":null}"#] {
        let response: UplinkResponse = read(document);
        assert_eq!(response.operation, None);
        assert_eq!(refused(&response), at("operation", Reason::Missing));
    }
    let response: UplinkResponse = read(r#"{"operation":"fuota"}"#);
    assert_eq!(response.operation.as_ref().unwrap().as_str(), "fuota");
    assert_eq!(refused(&response), at("operation", Reason::Value));
    let reply = Reply::parse(RESPONSE).unwrap();
    let response: UplinkResponse = reply.answers().next().unwrap().response().unwrap().unwrap();
    assert_eq!(response.operation, Some(Operation::Gnss));
    assert!(matches!(response.position_solution, Some(Position::GnssNg(_))));
}

#[test]
fn lor_q06_ports_differ_but_the_stream_may_share_the_modems() {
    let fields = ["dmport", "gnssport", "gnssngport", "wifiport", "streamport"];
    let with = |ports: [u8; 5]| {
        let [modem, gnss, gnssng, wifi, stream] = ports;
        DevicePorts {
            modem,
            gnss,
            gnssng,
            wifi,
            stream,
        }
    };
    for one in 0..5 {
        for other in one + 1..5 {
            let mut ports = [1, 2, 3, 4, 5];
            ports[other] = ports[one];
            let ports = with(ports);
            match (one, other) {
                (0, 4) => assert_eq!(ports.check_distinct(), Ok(())),
                _ => assert_eq!(refused(&ports), at(fields[other], Reason::Conflict)),
            }
        }
    }
    assert_eq!(with([1, 2, 3, 4, 5]).check_distinct(), Ok(()));
    assert_eq!(with([1, 2, 3, 4, 1]).protocol(1), Some(Protocol::Modem));
    // Nothing is checked, and sent, by ports of which two are the same.
    let joining = <UplinkMessage>::Joining(Joining::default());
    let error = encode_for(&joining, &with([1, 2, 2, 4, 5]), &mut [0; 64]).unwrap_err();
    assert_eq!(
        error.to_string(),
        "fports.gnssngport: is the port of another protocol too: give each its own"
    );
    // Of a whole response too.
    let ports = DevicePorts {
        wifi: 199,
        ..DevicePorts::default()
    };
    let response = UplinkResponse::<0, 0, 0> {
        operation: Some(Operation::Modem),
        fports: Some(ports),
        ..UplinkResponse::default()
    };
    assert_eq!(refused(&response), at("fports.wifiport", Reason::Conflict));
}

#[test]
fn lor_q07_adr_mode_3_is_read_and_not_sent() {
    for number in 0..=255u8 {
        let mode: AdrMode = read(&number.to_string());
        assert_eq!(u8::from(mode), number);
        assert_eq!(matches!(mode, AdrMode::Unknown(_)), number > 3);
        let adrmode = Some(mode);
        let request = <Request>::SetConf(Configuration {
            adrmode,
            ..Configuration::default()
        });
        match number {
            0..=2 => drop(written(&request)),
            _ => assert_eq!(refused(&request), at("param.adrmode", Reason::Range)),
        }
    }
    assert_eq!(read::<AdrMode>("3"), AdrMode::Custom);
}

#[test]
fn lor_q08_mute_counts_days() {
    for (number, mute) in [
        (0, Mute::Off),
        (1, Mute::Days(1)),
        (254, Mute::Days(254)),
        (255, Mute::Always),
    ] {
        let document = format!(r#"{{"type":"MUTE","param":{number}}}"#);
        assert_eq!(same::<Request>(&document), Request::Mute(Some(mute)));
        assert_eq!((Mute::from(number), u8::from(mute)), (mute, number));
    }
    assert_eq!(same::<Request>(r#"{"type":"MUTE"}"#), Request::Mute(None));
    // No number of days turns into another word.
    for days in [0, 255] {
        let request = <Request>::Mute(Some(Mute::Days(days)));
        assert_eq!(refused(&request), at("param", Reason::Range));
    }
}

#[test]
fn lor_q09_reset_is_1_2_or_3_in_decimal() {
    for number in 0..=255u8 {
        let document = format!(r#"{{"type":"RESET","param":{number}}}"#);
        let request: Request = read(&document);
        assert_eq!(request, Request::Reset(Reset::from(number)));
        match number {
            1..=3 => assert_eq!(written(&request), document),
            _ => assert_eq!(refused(&request), at("param", Reason::Range)),
        }
    }
    assert_eq!(
        [1, 2, 3].map(Reset::from),
        [Reset::Modem, Reset::Application, Reset::Both]
    );
}

#[test]
fn lor_q10_documents_are_json_though_the_schema_is_not() {
    // The commas that the printed schema leaves out, or has too many of, and its `}.` are no JSON.
    for document in [
        r#"{"type":"RESET" "param":1}"#,
        r#"{"type":"RESET","param":1,}"#,
        r#"{"type":"RESET","param":1}."#,
        r#"{"type":"RESET","param":0x1}"#,
    ] {
        let (path, reason) = wrong::<Request>(document);
        assert!(
            path == "the document" && matches!(reason, Reason::Json(_)),
            "{document}"
        );
    }
    let configuration = Configuration {
        region: Some(1),
        ..Configuration::default()
    };
    assert_eq!(
        written(&<Request>::SetConf(configuration)),
        r#"{"type":"SETCONF","param":{"region":1}}"#
    );
    let alcsync = r#"{"alcsync":{"timestamp":1,"value":{"token":9,"time":5}}}"#;
    assert_eq!(
        read::<InfoFields>(alcsync).alcsync.unwrap().value,
        ClockSync { token: 9, time: 5 }
    );
}

#[test]
fn lor_q11_gdop_is_a_plain_number() {
    let position: Position = read(r#"{"gdop":2.48,"algorithm_type":"gnss"}"#);
    assert!(matches!(position, Position::Gnss(gnss) if gnss.gdop == Some(2.48)));
}

#[test]
fn lor_q12_unknown_fields_are_passed_over_and_the_utc_time_is_kept() {
    let document = r#"{
        "deveui": "10CE45FFFE00C7EC", "cancelled_requests": [{"deep": [[[{}]]]}], "later": {"a": "\ud83d\ude00"},
        "fports": {"fragport": 201, "dmport": 7},
        "pending_requests": {"requests": [], "id": 1, "updelay": 32, "upcount": 0},
        "position_solution": {
            "algorithm_type": "gnss", "llh": [1, 2, 3], "capture_time_utc": 1722433373.18046, "capture_times_utc": [1.5]
        }
    }"#;
    let response: UplinkResponse = read(document);
    assert_eq!(
        response.deveui,
        Some(Eui([0x10, 0xce, 0x45, 0xff, 0xfe, 0, 0xc7, 0xec]))
    );
    assert_eq!(response.fports.unwrap().modem, 7);
    assert!(response.pending_requests.requests.is_empty());
    let Some(Position::Gnss(gnss)) = response.position_solution else {
        panic!()
    };
    assert_eq!(gnss.capture_time_utc, Some(1722433373.18046.into()));
}

#[test]
fn lor_q13_integers_may_have_a_fraction_of_zero() {
    let whole: InfoFields = read(r#"{"uptime":{"timestamp":1.0,"value":300}}"#);
    for value in ["300.0", "300.000", "3e2", "3.00E+2", "30000e-2"] {
        let document = format!(r#"{{"uptime":{{"timestamp":1,"value":{value}}}}}"#);
        assert_eq!(read::<InfoFields>(&document), whole, "{value}");
    }
    for value in ["300.5", "65536.0", "-1.0", "1e300"] {
        let document = format!(r#"{{"uptime":{{"timestamp":1,"value":{value}}}}}"#);
        assert_eq!(
            wrong::<InfoFields>(&document),
            at("uptime.value", Reason::Range),
            "{value}"
        );
    }
    let temp: InfoFields = read(r#"{"temp":{"timestamp":1,"value":-7.0}}"#);
    assert_eq!(temp.temp.unwrap().value, -7);
    assert_eq!(
        read::<Request>(r#"{"type":"RESET","param":1.0}"#),
        Request::Reset(Reset::Modem)
    );
}

#[test]
fn lor_q14_euis_come_with_dashes_or_without_and_go_with_them() {
    let eui = Eui([0x10, 0xce, 0x45, 0xff, 0xfe, 0x00, 0xc7, 0xec]);
    for text in [
        "10-CE-45-FF-FE-00-C7-EC",
        "10CE45FFFE00C7EC",
        "10-ce-45-ff-fe-00-c7-ec",
        "10ce45fffe00C7EC",
        r"\u0031\u0030ce45fffe00C7EC",
    ] {
        let read: Eui = read(&format!("\"{text}\""));
        assert_eq!(read, eui);
        assert_eq!(serde_json::to_string(&read).unwrap(), "\"10-CE-45-FF-FE-00-C7-EC\"");
    }
    for text in [
        "",
        "10-CE-45-FF-FE-00-C7",
        "10-CE-45-FF-FE-00-C7-EC-01",
        "10-CE-45-FF-FE-00-C7EC",
        "10CE-45-FF-FE-00-C7-EC",
        "10-CE-45-FF-FE-00-C7-EG",
        "-10CE45FFFE00C7EC",
        "10CE45FFFE00C7EC-",
        "10:CE:45:FF:FE:00:C7:EC",
        "10CE45FFFE00C7E",
        "10CE45FFFE00C7ECC",
    ] {
        assert_eq!(
            wrong::<Eui>(&format!("\"{text}\"")),
            at("the document", Reason::Value),
            "{text}"
        );
        assert!(text.parse::<Eui>().is_err());
    }
}

#[test]
fn lor_q15_hex_goes_in_lower_case_and_comes_in_either() {
    for text in ["0a1bff", "0A1BFF", "0a1BfF", r"0a\u0031bff"] {
        let hex: Hex<3> = read(&format!("\"{text}\""));
        assert_eq!(hex.as_bytes(), [0x0a, 0x1b, 0xff]);
        assert_eq!(serde_json::to_string(&hex).unwrap(), "\"0a1bff\"");
    }
}

#[test]
fn lor_q16_gps_time_is_utc_less_its_epoch_and_with_the_leap_seconds() {
    let (utc, gps) = (Seconds::from(1_722_433_373), Seconds::from(1_406_468_591));
    assert_eq!((utc.to_gps(18), gps.to_utc(18)), (gps, utc));
    assert_eq!(Seconds::from(315_964_800).to_gps(0), Seconds::from(0));
    assert_eq!(Seconds::LEAP_SECONDS, 18);
    // The captured exchange has both, and they differ by exactly that much.
    let reply = Reply::parse(RESPONSE).unwrap();
    let response: UplinkResponse = reply.answers().next().unwrap().response().unwrap().unwrap();
    let Some(Position::GnssNg(gnss)) = response.position_solution else {
        panic!()
    };
    let (gps, utc) = (gnss.capture_time_gps.unwrap(), gnss.capture_time_utc.unwrap());
    assert_eq!(gps, Seconds::from(1406468591.18046));
    assert_eq!((gps.to_utc(18), utc.to_gps(18)), (utc, gps));
}

#[test]
fn lor_q19_no_fix_is_no_error() {
    for llh in ["[]", "null", "[null,null,null]"] {
        let document =
            format!(r#"{{"algorithm_type":"gnss","llh":{llh},"capture_time_gps":null,"capture_times_gps":null}}"#);
        let position: Position = read(&document);
        assert_eq!(position, Position::Gnss(GnssPosition::default()), "{llh}");
        assert_eq!(refused(&position), at("llh", Reason::Missing));
        assert!(serde_json::to_string(&position).unwrap().contains(r#""llh":[]"#));
    }
    for nothing in ["null", "{}", r#"{"llh":[]}"#] {
        let document = format!(r#"{{"position_solution":{nothing}}}"#);
        assert_eq!(read::<UplinkResponse>(&document).position_solution, None);
    }
    for (llh, len) in [("[1,2]", 2), ("[1,2,3,4]", 4)] {
        let document = format!(r#"{{"algorithm_type":"gnss","llh":{llh}}}"#);
        assert_eq!(wrong::<Position>(&document), at("llh", Reason::Length { len }));
    }
    let unknown = wrong::<Position>(r#"{"algorithm_type":"gnss","llh":[1,null,3]}"#);
    assert_eq!(unknown, at("llh", Reason::Kind));
}
