//! What was published of exchanges with the service: a captured request and its response (truvami/decoder, MIT), requests that other
//! clients' tests expect (chirpstack/chirpstack and brocaar/chirpstack-application-server, MIT; TheThingsNetwork/lorawan-stack,
//! Apache-2.0), and the shape of a reply (truvami/decoder).

use fibocom_mqtt::profile::lora_cloud::*;

use crate::{at, read, refused, written};

pub const RESPONSE: &[u8] = include_bytes!("data/truvami_device_send_response.json");
const JOINING: &str = include_str!("data/chirpstack_as_joining_request.json");
const UPDF: &str = include_str!("data/chirpstack_updf_request.json");
const NESTED: &[u8] = include_bytes!("data/traxmate_nested_shape.json");
const GNSS: &str = include_str!("data/truvami_device_send_request.json");
const REQUESTS: &str = include_str!("data/ttn_requests.json");

const CHIRPSTACK: Eui = Eui([1, 2, 3, 4, 5, 6, 7, 8]);

/// Without the white space between its values.
fn compact(document: &str) -> String {
    let mut inside = false;
    let significant = |character: &char| {
        inside ^= *character == '"';
        inside || !character.is_whitespace()
    };
    document.chars().filter(significant).collect()
}

#[test]
fn every_published_file_is_tried_here() {
    let directory = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/lora_cloud/data");
    let mut files: Vec<_> = std::fs::read_dir(directory)
        .unwrap()
        .map(|entry| entry.unwrap().file_name())
        .collect();
    files.sort();
    let tried = [
        "chirpstack_as_joining_request.json",
        "chirpstack_updf_request.json",
        "traxmate_nested_shape.json",
        "truvami_device_send_request.json",
        "truvami_device_send_response.json",
        "ttn_requests.json",
    ];
    assert!(files.iter().eq(tried.iter()), "{files:?}");
}

#[test]
fn what_we_write_equals_the_joining_request_of_another_client() {
    let uplink = UplinkMessage::Joining(Joining {
        timestamp: Some(1234.into()),
        dr: Some(3),
        freq: Some(868_100_000),
    });
    let uplink = DeviceUplink::<0> {
        deveui: CHIRPSTACK,
        uplink,
    };
    assert_eq!(written(&UplinkMap(std::slice::from_ref(&uplink))), JOINING.trim_end());
    let found: Vec<_> = Uplinks::parse(JOINING.as_bytes()).unwrap().collect();
    assert_eq!(found, [(CHIRPSTACK, Ok(uplink.uplink))]);
}

#[test]
fn what_we_write_equals_the_updf_request_of_another_client() {
    let uplink = UplinkMessage::Updf(Updf {
        fcnt: 10,
        port: Some(2),
        payload: Some(Hex::default()),
        dr: Some(1),
        freq: Some(868_100_000),
        timestamp: Some(12345.0.into()),
        ..Updf::default()
    });
    let uplink = DeviceUplink::<0> {
        deveui: CHIRPSTACK,
        uplink,
    };
    assert_eq!(written(&uplink), UPDF.trim_end());
    assert_eq!(read::<DeviceUplink<0>>(UPDF), uplink);
}

#[test]
fn what_we_write_equals_the_captured_request() {
    let uplink: DeviceUplink = read(GNSS);
    assert_eq!(uplink.deveui.to_string(), "10-CE-45-FF-FE-00-C7-EC");
    let UplinkMessage::Updf(updf) = &uplink.uplink else {
        panic!("{uplink:?}")
    };
    assert_eq!((updf.fcnt, updf.port), (40437, Some(192)));
    assert_eq!(updf.payload.as_ref().unwrap().len(), 37);
    assert_eq!(uplink.uplink.protocol(&DevicePorts::default()), Some(Protocol::GnssNg));
    assert_eq!(written(&uplink), compact(GNSS));
}

#[test]
fn the_captured_response_is_read_whole() {
    let reply = Reply::parse(RESPONSE).unwrap();
    assert_eq!(reply.errors().count(), 0);
    let answers: Vec<_> = reply.answers().collect();
    assert_eq!(answers.len(), 1);
    let deveui = Eui([0x10, 0xce, 0x45, 0xff, 0xfe, 0x00, 0xc7, 0xec]);
    assert_eq!(answers[0].deveui(), Ok(Some(deveui)));
    let response: UplinkResponse = answers[0].response().unwrap().unwrap();
    assert_eq!(response.deveui, Some(deveui));
    let info = &response.info_fields;
    let there = InfoField::ALL
        .into_iter()
        .filter(|field| info.updated(*field).is_some());
    assert!(there.eq([
        InfoField::Firmware,
        InfoField::CrashLog,
        InfoField::RstCount,
        InfoField::Session,
        InfoField::AlcSync
    ]));
    let alcsync = info.alcsync.as_ref().unwrap();
    assert_eq!(
        alcsync.value,
        ClockSync {
            token: 9,
            time: 1406438051
        }
    );
    assert_eq!(alcsync.timestamp, 1722402838.0137742.into());
    assert_eq!(info.session.as_ref().unwrap().value, 31);
    assert_eq!(info.rstcount.as_ref().unwrap().value, 30);
    let crashlog = &info.crashlog.as_ref().unwrap().value;
    assert_eq!(
        crashlog.as_str(),
        "375a332fa8b53a0ace1c05a9d9fbdcc9ba5fb1fa399ca378ada710bd935d20"
    );
    assert_eq!(info.firmware.as_ref().unwrap().value.fwcrc.as_bytes(), [0; 4]);
    assert_eq!(response.fports, Some(DevicePorts::default()));
    assert_eq!((&response.dnlink, &response.file), (&None, &None));
    let expected = GnssPosition {
        ecef: Some([3979329.33, 1472.73, 4967927.89]),
        llh: Some([51.49278, 0.0212, 83.93]),
        capture_time_gps: Some(1406468591.18046.into()),
        capture_times_gps: [1406468582.06164, 1406468591.18046]
            .map(|at| Some(at.into()))
            .into_iter()
            .collect(),
        capture_time_utc: Some(1722433373.18046.into()),
        gdop: Some(2.48),
        accuracy: Some(20.7),
        timestamp: Some(1722433395.8510327.into()),
    };
    assert_eq!(response.position_solution, Some(Position::GnssNg(expected)));
    // Nothing but the position is to be done, and it may be sent on as it is.
    let actions: Vec<_> = response.actions().collect();
    assert!(matches!(actions[..], [Action::Position(_)]));
    assert_eq!(read::<UplinkResponse>(&written(&response)), response);
}

#[test]
fn the_nested_reply_is_read() {
    let answers: Vec<_> = Reply::parse(NESTED).unwrap().answers().collect();
    assert_eq!(answers.len(), 1);
    let deveui: Eui = "10-CE-45-FF-FE-01-CE-53".parse().unwrap();
    assert_eq!(answers[0].deveui(), Ok(Some(deveui)));
    let response: UplinkResponse = answers[0].response().unwrap().unwrap();
    assert_eq!(
        (response.deveui, response.operation),
        (Some(deveui), Some(Operation::Gnss))
    );
}

/// Another client's test has numbers in it that the document does not allow, and a request that it does not know. They are read and
/// kept, so that serde writes them again, and the rules keep them from being sent.
#[test]
fn requests_of_another_client_are_kept_and_only_those_by_the_document_are_sent() {
    let requests: List<Request, 8> = read(REQUESTS);
    assert_eq!(serde_json::to_string(&requests).unwrap(), compact(REQUESTS));
    let kinds: Vec<_> = requests.iter().map(Request::kind).collect();
    assert_eq!(
        kinds,
        ["RESET", "REJOIN", "MUTE", "GETINFO", "SETCONF", "FILEDONE", "FUOTA"]
    );
    assert_eq!(refused(&requests[0]), at("param", Reason::Range));
    assert_eq!(written(&requests[1]), r#"{"type":"REJOIN"}"#);
    assert_eq!(written(&requests[2]), r#"{"type":"MUTE"}"#);
    assert_eq!(
        written(&requests[3]),
        r#"{"type":"GETINFO","param":["temp","adrmode","interval"]}"#
    );
    assert_eq!(refused(&requests[4]), at("param.adrmode", Reason::Range));
    let Request::SetConf(set) = requests[4] else { panic!() };
    let set = Configuration {
        adrmode: Some(AdrMode::MobileLowPower),
        ..set
    };
    assert_eq!(refused(&<Request>::SetConf(set)), at("param.opmode", Reason::Value));
    let set = Configuration { opmode: None, ..set };
    let sent =
        r#"{"type":"SETCONF","param":{"adrmode":2,"joineui":"80-00-00-00-00-00-00-0C","interval":23,"region":34}}"#;
    assert_eq!(written(&<Request>::SetConf(set)), sent);
    assert_eq!(
        written(&requests[5]),
        r#"{"type":"FILEDONE","param":{"sid":123,"sctr":234}}"#
    );
    assert_eq!(refused(&requests[6]), at("type", Reason::Value));
    let Request::Other { param, .. } = &requests[6] else {
        panic!()
    };
    assert_eq!(param.as_ref().unwrap().as_str(), Some(r#""1223""#));
}
