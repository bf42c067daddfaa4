//! LOR-1 to LOR-4: what the service says of a device, field by field, both ways.

use fibocom_mqtt::profile::lora_cloud::*;

use crate::items::FPORTS;
use crate::{at, read, refused, same, wrong};

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
fn what_is_to_be_done_comes_in_an_order_and_the_downlink_first() {
    let document = concat!(
        r#"{"log_messages":[{"logmsg":"l","level":"ERROR","timestamp":1}],"stream_records":[[8,"bb"],[4,"aa"]],"#,
        r#""file":{"sctr":3,"timestamp":1},"position_solution":{"algorithm_type":"wifi","llh":[1,2,3]},"#,
        r#""operation":"other","dnlink":{"port":199,"payload":"05"}}"#
    );
    let response: UplinkResponse = read(document);
    let done: Vec<String> = response
        .actions()
        .map(|action| match action {
            Action::Downlink(downlink) => format!("downlink {} {}", downlink.port, downlink.payload),
            Action::Forward => "forward".to_string(),
            Action::Position(position) => format!("position {:?}", position.llh()),
            Action::File(file) => format!("file {}", file.sctr),
            Action::Stream(record) => format!("stream {} {}", record.offset, record.data),
            Action::Log(log) => format!("{} {}", log.level, log.logmsg),
            other => panic!("{other:?}"),
        })
        .collect();
    let expected = [
        "downlink 199 05",
        "forward",
        "position Some([1.0, 2.0, 3.0])",
        "file 3",
        "stream 4 aa",
        "stream 8 bb",
        "ERROR l",
    ];
    assert_eq!(done, expected);
    assert_eq!(UplinkResponse::<0, 0, 0>::default().actions().count(), 0);
}
