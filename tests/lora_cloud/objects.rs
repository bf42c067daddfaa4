//! LOR-1 to LOR-21: each object of the document, field by field, both ways.

use fibocom_mqtt::profile::lora_cloud::*;

use crate::{at, read, refused, same, written, wrong};

const FPORTS: &str = r#"{"dmport":199,"gnssport":198,"gnssngport":192,"wifiport":197,"streamport":199}"#;

const NO_INFO: &str = concat!(
    r#"{"status":null,"charge":null,"voltage":null,"temp":null,"signal":null,"uptime":null,"rxtime":null,"firmware":null,"#,
    r#""adrmode":null,"joineui":null,"interval":null,"region":null,"crashlog":null,"rstcount":null,"deveui":null,"rfu":null,"#,
    r#""session":null,"chipeui":null,"streampar":null,"appstatus":null,"alcsync":null}"#
);

#[test]
fn lor_1_device_info_has_its_seven_fields() {
    let document = [
        r#"{"fports":"#,
        FPORTS,
        r#","info_fields":"#,
        NO_INFO,
        r#","pending_requests":{"requests":[{"id":7,"cookie":"a","timestamp":1.5,"request":{"type":"REJOIN"}}]}"#,
        r#","log_messages":[{"logmsg":"hello","level":"INFO","timestamp":2.5}]"#,
        r#","uploaded_files":[{"sctr":1,"timestamp":3.5,"port":2,"data":"00ff","hash":"0102030405060708","encmode":false}]"#,
        r#","uploaded_stream_records":[{"timestamp":4.5,"port":3,"data":"aa","off":10}]"#,
        r#","last_uplink":{"msgtype":"updf","fcnt":9}}"#,
    ]
    .concat();
    let info: DeviceInfo = same(&document);
    assert_eq!(info.fports, Some(DevicePorts::default()));
    assert_eq!(info.pending_requests.requests[0].request, Request::Rejoin);
    assert_eq!(info.log_messages[0].logmsg.as_str(), "hello");
    assert_eq!(info.uploaded_files[0].data.as_ref().unwrap().as_bytes(), [0, 0xff]);
    assert_eq!(info.uploaded_stream_records[0].off, 10);
    assert!(matches!(&info.last_uplink, Some(UplinkMessage::Updf(message)) if message.fcnt == 9));
    // Each is required of what is sent.
    let without = DeviceInfo {
        fports: None,
        ..info.clone()
    };
    assert_eq!(refused(&without), at("fports", Reason::Missing));
    let without = DeviceInfo {
        last_uplink: None,
        ..info
    };
    assert_eq!(refused(&without), at("last_uplink", Reason::Missing));
}

#[test]
fn lor_2_uplink_response_has_its_ten_fields_and_other_is_for_the_application() {
    let document = [
        r#"{"operation":"modem","file":null,"stream_records":[[43,"0815a7"]],"position_solution":null"#,
        r#","fulfilled_requests":[{"id":1,"cookie":null,"timestamp":1.5,"request":{"type":"RESET","param":1}}]"#,
        r#","dnlink":{"port":199,"payload":"0102"},"fports":"#,
        FPORTS,
        r#","info_fields":"#,
        NO_INFO,
        r#","pending_requests":{"requests":[]},"log_messages":[]}"#,
    ]
    .concat();
    let response: UplinkResponse = same(&document);
    assert_eq!(response.operation, Some(Operation::Modem));
    assert_eq!(response.stream_records[0].offset, 43);
    assert_eq!(response.fulfilled_requests[0].request, Request::Reset(Reset::Modem));
    assert_eq!(response.dnlink.as_ref().unwrap().payload.as_bytes(), [1, 2]);
    assert!(!response.actions().any(|action| action == Action::Forward));

    for (operation, name) in [
        (Operation::Gnss, "gnss"),
        (Operation::Wifi, "wifi"),
        (Operation::Application, "other"),
    ] {
        let document = document.replacen("modem", name, 1);
        let response: UplinkResponse = same(&document);
        assert_eq!(response.operation, Some(operation.clone()));
        let forwards = response.actions().any(|action| action == Action::Forward);
        assert_eq!(forwards, operation == Operation::Application);
    }
}

#[test]
fn lor_3_info_fields_are_21_each_null_or_stamped() {
    let values = [
        (
            "status",
            r#"{"brownout":false,"crash":false,"mute":false,"joined":true,"suspend":false,"upload":false}"#,
        ),
        ("charge", "65535"),
        ("voltage", "3.6"),
        ("temp", "-40"),
        ("signal", r#"{"rssi":-101,"snr":-7.25}"#),
        ("uptime", "1"),
        ("rxtime", "2"),
        ("firmware", r#"{"fwcrc":"00ff00ff","fwtotal":65535,"fwcompleted":3}"#),
        ("adrmode", "1"),
        ("joineui", r#""80-00-00-00-00-00-00-0C""#),
        ("interval", "129"),
        ("region", "255"),
        ("crashlog", r#""at line 7""#),
        ("rstcount", "30"),
        ("deveui", r#""10-CE-45-FF-FE-00-C7-EC""#),
        ("rfu", "4"),
        ("session", "31"),
        ("chipeui", r#""00-00-00-00-00-00-00-01""#),
        ("streampar", r#"{"port":199,"encmode":true}"#),
        ("appstatus", r#""0a0b""#),
        ("alcsync", r#"{"token":9,"time":4294967295}"#),
    ];
    assert!(
        values
            .iter()
            .map(|(name, _)| *name)
            .eq(InfoField::ALL.map(InfoField::as_str))
    );
    for (name, value) in values {
        let stamped = format!(r#"{{"timestamp":1722402838.0137742,"value":{value}}}"#);
        let fields: InfoFields = same(&NO_INFO.replace(&format!("\"{name}\":null"), &format!("\"{name}\":{stamped}")));
        for field in InfoField::ALL {
            let stamp = (field.as_str() == name).then_some(Seconds::from(1722402838.0137742));
            assert_eq!(fields.updated(field), stamp, "{field} where {name} is there");
        }
        // Wrong values are refused, and the error says where.
        let wrong = wrong::<InfoFields>(&format!(r#"{{"{name}":{{"timestamp":1,"value":[]}}}}"#));
        assert_eq!(wrong, at(&format!("{name}.value"), Reason::Kind));
    }
    let unsigned = ["charge", "uptime", "rxtime", "rstcount", "rfu", "session"];
    for (names, one_more) in [(&unsigned[..], "65536"), (&["region", "adrmode", "interval"], "256")] {
        for name in names {
            let wrong = wrong::<InfoFields>(&format!(r#"{{"{name}":{{"timestamp":1,"value":{one_more}}}}}"#));
            assert_eq!(wrong, at(&format!("{name}.value"), Reason::Range));
        }
    }
    let fields: InfoFields = read(&values.iter().fold(NO_INFO.to_string(), |document, (name, value)| {
        let stamped = format!(r#""{name}":{{"timestamp":5,"value":{value}}}"#);
        document.replace(&format!("\"{name}\":null"), &stamped)
    }));
    assert_eq!(fields.charge.unwrap().value, 65535);
    assert_eq!(fields.voltage.unwrap().value, 3.6);
    assert_eq!(fields.temp.unwrap().value, -40);
    assert_eq!(fields.signal.unwrap().value, Signal { rssi: -101, snr: -7.25 });
    assert_eq!(fields.firmware.unwrap().value.fwcrc.as_bytes(), [0, 0xff, 0, 0xff]);
    assert_eq!(fields.interval.unwrap().value, Interval(0x81));
    assert_eq!(fields.crashlog.unwrap().value.as_str(), "at line 7");
    assert_eq!(fields.chipeui.unwrap().value, Eui([0, 0, 0, 0, 0, 0, 0, 1]));
    assert_eq!(
        fields.streampar.unwrap().value,
        StreamParameters {
            port: 199,
            encmode: true
        }
    );
    assert_eq!(fields.appstatus.unwrap().value.as_bytes(), [10, 11]);
    assert_eq!(
        fields.alcsync.unwrap().value,
        ClockSync {
            token: 9,
            time: u32::MAX
        }
    );
}

#[test]
fn lor_4_status_has_six_flags() {
    let names = ["brownout", "crash", "mute", "joined", "suspend", "upload"];
    for set in names {
        let flags = names.map(|name| format!("\"{name}\":{}", name == set));
        let document = format!("{{{}}}", flags.join(","));
        let status: Status = read(&document);
        let found = [
            status.brownout,
            status.crash,
            status.mute,
            status.joined,
            status.suspend,
            status.upload,
        ];
        assert_eq!(found, names.map(|name| name == set));
        assert_eq!(serde_json::to_string(&status).unwrap(), document);
    }
    assert_eq!(wrong::<Status>(r#"{"mute":1}"#), at("mute", Reason::Kind));
}

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
    assert_eq!(
        wrong::<Request>(r#"{"type":"RESET","param":null}"#),
        at("param", Reason::Missing)
    );
    assert_eq!(
        wrong::<Request>(r#"{"type":"RESET","param":"1"}"#),
        at("param", Reason::Kind)
    );
    assert_eq!(
        wrong::<Request>(r#"{"type":"RESET","param":256}"#),
        at("param", Reason::Range)
    );
    assert_eq!(wrong::<Request>(r#"{"param":256,"type":"RESET"}"#).1, Reason::Range);
    assert_eq!(
        wrong::<Request>(r#"{"type":"FILEDONE","param":{"sid":1}}"#),
        at("param.sctr", Reason::Missing)
    );
    assert_eq!(
        wrong::<Request>(r#"{"type":"SETCONF","param":{"joineui":"01"}}"#),
        at("param.joineui", Reason::Value)
    );
    for (document, twice) in [
        (r#"{"type":"REJOIN","type":"REJOIN"}"#, "type"),
        (r#"{"type":"RESET","param":1,"param":1}"#, "param"),
        (r#"{"param":1,"param":1,"type":"RESET"}"#, "param"),
    ] {
        assert_eq!(wrong::<Request>(document), at(twice, Reason::Duplicate));
    }
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
    // A number that no float can be is kept, and not sent as something else.
    for cookie in ["1e400", r#"{"a":[-1e999]}"#] {
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

#[test]
fn lor_9_stream_updates_are_pairs_and_are_handed_out_in_order() {
    let response: UplinkResponse = read(r#"{"stream_records":[[4294967295,"cc"],[0,"aa"],[10,"B1"],[10,"b2"]]}"#);
    let pairs: Vec<String> = response.stream_records.iter().map(written).collect();
    assert_eq!(
        pairs,
        [r#"[4294967295,"cc"]"#, r#"[0,"aa"]"#, r#"[10,"b1"]"#, r#"[10,"b2"]"#]
    );
    let in_order = response.actions().map(|action| match action {
        Action::Stream(record) => (record.offset, record.data.as_bytes()[0]),
        other => panic!("{other:?}"),
    });
    assert!(in_order.eq([(0, 0xaa), (10, 0xb1), (10, 0xb2), (u32::MAX, 0xcc)]));
    for (records, found) in [
        ("[[]]", at("stream_records.off", Reason::Missing)),
        ("[[1]]", at("stream_records.data", Reason::Missing)),
        ("[[-1,\"\"]]", at("stream_records", Reason::Range)),
        ("[[1,\"abc\"]]", at("stream_records", Reason::Value)),
        ("[1]", at("stream_records", Reason::Kind)),
    ] {
        assert_eq!(
            wrong::<UplinkResponse>(&format!(r#"{{"stream_records":{records}}}"#)),
            found
        );
    }
}

const GNSS: &str = concat!(
    r#"{"algorithm_type":"gnss","ecef":[3979329.33,1472.73,4967927.89],"llh":[51.49278,0.0212,83.93],"#,
    r#""capture_time_gps":1406468591.18046,"gdop":2.48,"accuracy":20.7,"timestamp":1722433395.8510327}"#
);

#[test]
fn lor_10_gnss_position() {
    let position: Position = same(GNSS);
    let Position::Gnss(gnss) = &position else {
        panic!("{position:?}")
    };
    assert_eq!(gnss.ecef, Some([3979329.33, 1472.73, 4967927.89]));
    assert_eq!(position.llh(), Some([51.49278, 0.0212, 83.93]));
    assert_eq!(gnss.capture_time_gps, Some(1406468591.18046.into()));
    assert_eq!((gnss.gdop, position.accuracy()), (Some(2.48), Some(20.7)));
    assert_eq!(gnss.timestamp, Some(1722433395.8510327.into()));
    // 0.0: not known. It is required, so it is written all the same.
    let unknown = GNSS.replace("20.7", "0.0");
    assert_eq!(same::<Position>(&unknown).accuracy(), None);
    for (field, part) in [
        ("ecef", "\"ecef\":[3979329.33,1472.73,4967927.89],"),
        ("llh", "\"llh\":[51.49278,0.0212,83.93],"),
        ("capture_time_gps", "\"capture_time_gps\":1406468591.18046,"),
        ("gdop", "\"gdop\":2.48,"),
        ("timestamp", ",\"timestamp\":1722433395.8510327"),
    ] {
        let without: Position = read(&GNSS.replace(part, ""));
        assert_eq!(refused(&without), at(field, Reason::Missing));
    }
    // Metres are never less, and the times of a group are not of this kind.
    let negative: Position = read(&GNSS.replace("20.7", "-20.7"));
    assert_eq!(refused(&negative), at("accuracy", Reason::Range));
    let group: Position = read(&GNSS.replace("\"gdop\"", "\"capture_times_gps\":[1],\"gdop\""));
    assert_eq!(refused(&group), at("capture_times_gps", Reason::Value));
    let never = Position::Gnss(GnssPosition {
        capture_time_utc: Some(f64::NAN.into()),
        ..gnss.clone()
    });
    assert_eq!(refused(&never), at("capture_time_utc", Reason::Range));
    assert_eq!(
        wrong::<Position>(r#"{"llh":[1,2,3]}"#),
        at("algorithm_type", Reason::Missing)
    );
    assert_eq!(
        wrong::<Position>(r#"{"llh":[1,2],"algorithm_type":"gnss"}"#),
        at("llh", Reason::Length { len: 2 })
    );
}

#[test]
fn lor_11_gnssng_position_has_the_times_of_its_scans() {
    let document = GNSS.replace("\"gnss\"", "\"gnssng\"").replace(
        "\"gdop\"",
        "\"capture_times_gps\":[1406468582.06164,null,1406468591.18046],\"gdop\"",
    );
    let position: Position = same(&document);
    let Position::GnssNg(group) = &position else {
        panic!("{position:?}")
    };
    let times = [Some(1406468582.06164.into()), None, Some(1406468591.18046.into())];
    assert_eq!(group.capture_times_gps[..], times);
    // More than there is room for are counted, and not sent on.
    let position: Position<2> = read(&document);
    let Position::GnssNg(group) = &position else {
        panic!("{position:?}")
    };
    assert_eq!(
        (&group.capture_times_gps[..], group.capture_times_gps.omitted()),
        (&times[..2], 1)
    );
    assert_eq!(
        refused(&position),
        at("capture_times_gps", Reason::Incomplete { omitted: 1 })
    );
}

#[test]
fn lor_12_wifi_position() {
    let document = r#"{"algorithm_type":"wifi","llh":[51.49278,0.0212,83.93],"timestamp":1722433395.5}"#;
    let position: Position = same(document);
    let timestamp = Some(1722433395.5.into());
    let llh = Some([51.49278, 0.0212, 83.93]);
    assert_eq!(
        position,
        Position::Wifi(WifiPosition {
            llh,
            accuracy: None,
            timestamp
        })
    );
    let without = Position::<4>::Wifi(WifiPosition {
        llh,
        accuracy: None,
        timestamp: None,
    });
    assert_eq!(refused(&without), at("timestamp", Reason::Missing));
}

#[test]
fn lor_13_joining() {
    let document = r#"{"msgtype":"joining","timestamp":1234.5,"dr":12,"freq":4294967295}"#;
    let message: UplinkMessage = same(document);
    let joining = Joining {
        timestamp: Some(1234.5.into()),
        dr: Some(12),
        freq: Some(u32::MAX),
    };
    assert_eq!(message, UplinkMessage::Joining(joining));
    assert_eq!(
        same::<UplinkMessage>(r#"{"msgtype":"joining"}"#),
        UplinkMessage::Joining(Joining::default())
    );
    let message = <UplinkMessage>::Joining(Joining {
        dr: Some(13),
        ..joining
    });
    assert_eq!(refused(&message), at("dr", Reason::Range));
    let found = wrong::<UplinkMessage>(r#"{"msgtype":"joining","freq":4294967296}"#);
    assert_eq!(found, at("freq", Reason::Range));
}

#[test]
fn lor_14_updf_and_the_protocol_of_its_port() {
    let document = concat!(
        r#"{"msgtype":"updf","fcnt":4294967295,"port":198,"dr":5,"freq":868100000,"timestamp":1.5,"payload":"01ff","dn_mtu":51,"#,
        r#""gnss_capture_time":1406468591.25,"gnss_capture_time_accuracy":15.0,"gnss_assist_position":[55.341414,11.030974],"#,
        r#""gnss_assist_altitude":-3.5,"gnss_use_2D_solver":true}"#
    );
    let message: UplinkMessage = same(document);
    let updf = Updf {
        fcnt: u32::MAX,
        port: Some(198),
        payload: Some(Hex::new(&[1, 0xff]).unwrap()),
        dr: Some(5),
        freq: Some(868_100_000),
        timestamp: Some(1.5.into()),
        dn_mtu: Some(51),
        gnss: GnssParameters {
            capture_time: Some(1406468591.25.into()),
            capture_time_accuracy: Some(15.0),
            assist_position: Some([55.341414, 11.030974]),
            assist_altitude: Some(-3.5),
            use_2d_solver: Some(true),
        },
    };
    assert_eq!(message, UplinkMessage::Updf(updf.clone()));
    // Without its type it is one too, but not without its counter; without port and payload it is an opportunity for a downlink.
    assert_eq!(
        read::<UplinkMessage>(&document.replace("\"msgtype\":\"updf\",", "")),
        message
    );
    assert_eq!(
        wrong::<UplinkMessage>(r#"{"port":2,"payload":""}"#),
        at("fcnt", Reason::Missing)
    );
    same::<UplinkMessage>(r#"{"msgtype":"updf","fcnt":1}"#);

    let ports = DevicePorts::default();
    for (port, protocol) in [
        (199, Some(Protocol::Modem)),
        (198, Some(Protocol::Gnss)),
        (192, Some(Protocol::GnssNg)),
        (197, Some(Protocol::Wifi)),
        (2, None),
    ] {
        let without = <UplinkMessage>::Updf(Updf {
            port: Some(port),
            payload: None,
            ..updf.clone()
        });
        assert_eq!(without.protocol(&ports), protocol);
        match protocol {
            Some(_) => assert_eq!(refused(&without), at("payload", Reason::Missing)),
            None => drop(written(&without)),
        }
        // On other ports it is another protocol, or none.
        let moved = DevicePorts {
            modem: 1,
            gnss: 3,
            gnssng: 4,
            wifi: 5,
            stream: 2,
        };
        let found = without.protocol(&moved);
        assert_eq!(found, (port == 2).then_some(Protocol::Stream));
        assert_eq!(encode_for(&without, &moved, &mut [0; 512]).is_err(), port == 2);
    }
    for dr in 0..=255 {
        let message = <UplinkMessage>::Updf(Updf {
            dr: Some(dr),
            ..updf.clone()
        });
        match dr {
            0..=12 => drop(written(&message)),
            _ => assert_eq!(refused(&message), at("dr", Reason::Range)),
        }
    }
}

#[test]
fn lor_15_gnss_messages_and_what_their_position_needs() {
    for kind in ["gnss", "gnssng"] {
        let document = [
            r#"{"msgtype":""#,
            kind,
            r#"","timestamp":1.5,"payload":"87821f","dn_mtu":51,"gnss_capture_time":7,"gnss_capture_time_accuracy":20.0,"#,
            r#""gnss_assist_position":[37.819222,-122.478521],"gnss_assist_altitude":10.0,"gnss_use_2D_solver":false}"#,
        ]
        .concat();
        let message: UplinkMessage = same(&document);
        let (UplinkMessage::Gnss(gnss) | UplinkMessage::GnssNg(gnss)) = &message else {
            panic!("{message:?}")
        };
        assert_eq!(message.message_type().as_str(), kind);
        assert_eq!(gnss.payload.as_bytes(), [0x87, 0x82, 0x1f]);
        assert_eq!(
            (gnss.gnss.time_tolerance(), gnss.gnss.encoded_time_is_ignored()),
            (20.0, false)
        );
        let found = wrong::<UplinkMessage>(&document.replace("\"payload\":\"87821f\",", ""));
        assert_eq!(found, at("payload", Reason::Missing));
        let empty: UplinkMessage = read(&document.replace("87821f", ""));
        assert_eq!(refused(&empty), at("payload", Reason::Missing));
        let flat: UplinkMessage = read(
            &document
                .replace(":false", ":true")
                .replace("\"gnss_assist_altitude\":10.0,", ""),
        );
        assert_eq!(refused(&flat), at("gnss_assist_altitude", Reason::Missing));
    }
    let nothing = GnssParameters::default();
    assert_eq!(
        (nothing.time_tolerance(), nothing.encoded_time_is_ignored()),
        (300.0, false)
    );
    for (accuracy, ignored) in [(0.0, true), (15.9, true), (16.0, false)] {
        let parameters = GnssParameters {
            capture_time_accuracy: Some(accuracy),
            ..nothing
        };
        assert_eq!(parameters.encoded_time_is_ignored(), ignored);
    }
    // U-GNSSLOC-REQAID asks for an aiding position; as a message of its own and on the port of the protocol.
    for (document, needs) in [
        (r#"{"msgtype":"gnss","payload":"00"}"#, true),
        (r#"{"fcnt":1,"port":198,"payload":"00"}"#, true),
        (r#"{"msgtype":"gnssng","payload":"00"}"#, false),
        (r#"{"fcnt":1,"port":199,"payload":"00"}"#, false),
        (r#"{"msgtype":"gnss","payload":"01"}"#, false),
    ] {
        let message: UplinkMessage = read(document);
        match needs {
            true => assert_eq!(refused(&message), at("gnss_assist_position", Reason::Missing)),
            false => drop(written(&message)),
        }
        let aided = document.replace('}', r#","gnss_assist_position":[-33.852482,151.210686]}"#);
        written(&read::<UplinkMessage>(&aided));
    }
}

#[test]
fn lor_16_wifi_messages_have_two_addresses() {
    let document = r#"{"msgtype":"wifi","timestamp":1.5,"payload":"00010203040506111213141516"}"#;
    let message: UplinkMessage = same(document);
    assert!(matches!(&message, UplinkMessage::Wifi(WifiMessage { payload, .. }) if payload.len() == 13));
    for (tag, each, counted) in [("00", 6, true), ("01", 7, true), ("02", 7, false)] {
        for addresses in 0..5 {
            let payload = format!("{tag}{}", "a5".repeat(each * addresses));
            let len = payload.len() / 2;
            for document in [
                format!(r#"{{"msgtype":"wifi","payload":"{payload}"}}"#),
                format!(r#"{{"fcnt":1,"port":197,"payload":"{payload}"}}"#),
            ] {
                let message: UplinkMessage = read(&document);
                match addresses < 2 && counted {
                    true => assert_eq!(refused(&message), at("payload", Reason::Length { len })),
                    false => drop(written(&message)),
                }
            }
        }
    }
    let found = wrong::<UplinkMessage>(r#"{"msgtype":"wifi","timestamp":1}"#);
    assert_eq!(found, at("payload", Reason::Missing));
}

#[test]
fn lor_17_downlink() {
    let downlink: Downlink = same(r#"{"port":199,"payload":"0a1bff"}"#);
    assert_eq!(
        (downlink.port, downlink.payload.as_bytes()),
        (199, &[0x0a, 0x1b, 0xff][..])
    );
    // 0 is undefined, and is let pass.
    same::<Downlink>(r#"{"port":0,"payload":""}"#);
    for (document, found) in [
        (r#"{"port":256,"payload":""}"#, at("port", Reason::Range)),
        (r#"{"port":1}"#, at("payload", Reason::Missing)),
        (r#"{"payload":""}"#, at("port", Reason::Missing)),
        (r#"{"port":1,"payload":"0"}"#, at("payload", Reason::Value)),
        (r#"{"port":1,"payload":"0g"}"#, at("payload", Reason::Value)),
        (r#"{"port":1,"payload":5}"#, at("payload", Reason::Kind)),
    ] {
        assert_eq!(wrong::<Downlink>(document), found);
    }
    // As long as LoRaWAN carries, and no longer.
    let longest = format!(r#"{{"port":1,"payload":"{}"}}"#, "5a".repeat(242));
    assert_eq!(same::<Downlink>(&longest).payload.len(), 242);
    let longer = longest.replacen("5a", "5a5a", 1);
    assert_eq!(wrong::<Downlink>(&longer), at("payload", Reason::Length { len: 243 }));
}

#[test]
fn lor_18_file_and_its_short_hash() {
    let plain = r#"{"sctr":255,"timestamp":1.5,"port":2,"data":"00ff","hash":"0102030405060708","encmode":false,"message":"done"}"#;
    let file: FileUpload = same(plain);
    assert_eq!((file.sctr, file.port, file.encmode), (255, Some(2), Some(false)));
    assert_eq!(file.message.unwrap().as_str(), "done");
    let failed = r#"{"sctr":1,"timestamp":1.5,"port":null,"data":null,"hash":null,"encmode":null}"#;
    let file: FileUpload = same(failed);
    assert_eq!(
        (file.port, file.data, file.hash, file.encmode, file.message),
        (None, None, None, None, None)
    );
    let encrypted = plain.replace("false", "true");
    let short = encrypted.replace("0102030405060708", "01020304");
    same::<FileUpload>(&short);
    assert_eq!(
        refused(&read::<FileUpload>(&encrypted)),
        at("hash", Reason::Length { len: 8 })
    );
    let short = short.replace("true", "false");
    assert_eq!(
        refused(&read::<FileUpload>(&short)),
        at("hash", Reason::Length { len: 4 })
    );
    assert_eq!(wrong::<FileUpload>(r#"{"timestamp":1}"#), at("sctr", Reason::Missing));
    assert_eq!(wrong::<FileUpload>(r#"{"sctr":1}"#), at("timestamp", Reason::Missing));
}

#[test]
fn lor_19_stream_record() {
    let record: StreamRecord = same(r#"{"timestamp":1.5,"port":199,"data":"0102","off":65535}"#);
    assert_eq!(
        (record.port, record.data.as_bytes(), record.off),
        (199, &[1, 2][..], 65535)
    );
    let found = wrong::<StreamRecord>(r#"{"timestamp":1,"port":1,"data":"","off":65536}"#);
    assert_eq!(found, at("off", Reason::Range));
}

#[test]
fn lor_20_log_message() {
    for (level, name) in [
        (Level::Warning, "WARNING"),
        (Level::Info, "INFO"),
        (Level::Error, "ERROR"),
    ] {
        let document = format!(r#"{{"logmsg":"a \"b\"\n","level":"{name}","timestamp":1.5}}"#);
        let message: LogMessage = same(&document);
        assert_eq!((message.logmsg.as_str(), message.level), ("a \"b\"\n", level));
    }
    let message: LogMessage = read(r#"{"logmsg":"","level":"DEBUG","timestamp":1}"#);
    assert_eq!(message.level.as_str(), "DEBUG");
    assert_eq!(refused(&message), at("level", Reason::Value));
}

#[test]
fn lor_21_ports_and_their_defaults() {
    let ports: DevicePorts = same(FPORTS);
    assert_eq!(ports, DevicePorts::default());
    assert_eq!(read::<DevicePorts>("{}"), ports);
    // Unless it is set, the stream goes where the modem's messages go.
    let moved: DevicePorts = read(r#"{"dmport":7}"#);
    assert_eq!((moved.modem, moved.stream, moved.gnss), (7, 7, 198));
    assert_eq!(
        wrong::<DevicePorts>(r#"{"wifiport":256}"#),
        at("wifiport", Reason::Range)
    );
}
