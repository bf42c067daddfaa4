//! What breaks a rule is not sent, wherever it stands, and the error names the field.

use fibocom_mqtt::profile::lora_cloud::*;

use crate::{at, refused};

type Response = UplinkResponse<8, 8, 2>;
type Device = DeviceInfo<8, 8, 2>;

const NEVER: Seconds = Seconds::Float(f64::NAN);

fn response() -> Response {
    Response {
        operation: Some(Operation::Modem),
        fports: Some(DevicePorts::default()),
        ..Response::default()
    }
}

fn device() -> Device {
    Device {
        fports: Some(DevicePorts::default()),
        last_uplink: Some(UplinkMessage::Joining(Joining::default())),
        ..Device::default()
    }
}

fn log(timestamp: Seconds) -> LogMessage<8> {
    LogMessage {
        logmsg: Text::default(),
        level: Level::Info,
        timestamp,
    }
}

fn pending(timestamp: Seconds, request: Request<8>) -> PendingRequest<8> {
    PendingRequest {
        id: 1,
        cookie: AnyJson::default(),
        timestamp,
        request,
    }
}

fn file(timestamp: Seconds, message: Option<Text<8>>) -> FileUpload<8, 8> {
    FileUpload {
        sctr: 1,
        timestamp,
        port: None,
        data: None,
        hash: None,
        encmode: None,
        message,
    }
}

fn one<T: std::fmt::Debug>(element: T) -> List<T, 2> {
    [element].into_iter().collect()
}

/// A text of which a part is missing.
fn cut() -> Text<8> {
    crate::read(r#""123456789""#)
}

const CUT: Reason = Reason::Incomplete { omitted: 1 };

#[test]
fn times_and_numbers_that_json_has_not() {
    let position = |change: fn(&mut GnssPosition<2>)| {
        let mut position = GnssPosition {
            ecef: Some([0.0; 3]),
            llh: Some([0.0; 3]),
            capture_time_gps: Some(1.into()),
            gdop: Some(1.0),
            timestamp: Some(1.into()),
            ..GnssPosition::default()
        };
        change(&mut position);
        refused(&Position::GnssNg(position))
    };
    let range = |field| at(field, Reason::Range);
    assert_eq!(position(|it| it.ecef = Some([0.0, f64::NAN, 0.0])), range("ecef"));
    assert_eq!(position(|it| it.llh = Some([0.0, 0.0, f64::INFINITY])), range("llh"));
    assert_eq!(position(|it| it.gdop = Some(f64::NAN)), range("gdop"));
    assert_eq!(position(|it| it.accuracy = Some(f64::NAN)), range("accuracy"));
    assert_eq!(position(|it| it.timestamp = Some(NEVER)), range("timestamp"));
    assert_eq!(
        position(|it| it.capture_time_gps = Some(NEVER)),
        range("capture_time_gps")
    );
    assert_eq!(
        position(|it| it.capture_time_utc = Some(NEVER)),
        range("capture_time_utc")
    );
    assert_eq!(
        position(|it| it.capture_times_gps = one(Some(NEVER))),
        range("capture_times_gps")
    );

    let gnss = |change: fn(&mut GnssParameters)| {
        let mut gnss = GnssParameters::default();
        change(&mut gnss);
        refused(&<UplinkMessage>::Updf(Updf {
            gnss,
            ..Updf::default()
        }))
    };
    assert_eq!(gnss(|it| it.capture_time = Some(NEVER)), range("gnss_capture_time"));
    for accuracy in [
        |it: &mut GnssParameters| it.capture_time_accuracy = Some(-0.5),
        |it: &mut GnssParameters| it.capture_time_accuracy = Some(f64::INFINITY),
    ] {
        assert_eq!(gnss(accuracy), range("gnss_capture_time_accuracy"));
    }
    for position in [
        |it: &mut GnssParameters| it.assist_position = Some([90.5, 0.0]),
        |it: &mut GnssParameters| it.assist_position = Some([0.0, -180.5]),
        |it: &mut GnssParameters| it.assist_position = Some([f64::NAN, 0.0]),
    ] {
        assert_eq!(gnss(position), range("gnss_assist_position"));
    }
    let altitude = |it: &mut GnssParameters| it.assist_altitude = Some(f64::NEG_INFINITY);
    assert_eq!(gnss(altitude), range("gnss_assist_altitude"));

    let timestamp = Some(NEVER);
    for message in [
        <UplinkMessage>::Joining(Joining {
            timestamp,
            ..Joining::default()
        }),
        UplinkMessage::Updf(Updf {
            timestamp,
            ..Updf::default()
        }),
        UplinkMessage::Gnss(GnssMessage {
            timestamp,
            ..GnssMessage::default()
        }),
        UplinkMessage::Wifi(WifiMessage {
            timestamp,
            ..WifiMessage::default()
        }),
    ] {
        assert_eq!(refused(&message), range("timestamp"));
    }
}

#[test]
fn in_a_response() {
    let broken = |change: fn(&mut Response)| {
        let mut response = response();
        change(&mut response);
        refused(&response)
    };
    let range = |path| at(path, Reason::Range);
    assert_eq!(broken(|it| it.file = Some(file(NEVER, None))), range("file.timestamp"));
    assert_eq!(
        broken(|it| it.file = Some(file(1.into(), Some(cut())))),
        at("file.message", CUT)
    );
    assert_eq!(
        broken(|it| it.stream_records = crate::read(r#"[[1,""],[2,""],[3,""]]"#)),
        at("stream_records", CUT)
    );
    assert_eq!(
        broken(|it| it.position_solution = Some(Position::Wifi(WifiPosition::default()))),
        at("position_solution.llh", Reason::Missing)
    );
    assert_eq!(
        broken(|it| it.fulfilled_requests = one(pending(NEVER, Request::Rejoin))),
        range("fulfilled_requests.timestamp")
    );
    assert_eq!(
        broken(|it| it.pending_requests.requests = one(pending(1.into(), Request::Reset(Reset::Unknown(4))))),
        range("pending_requests.requests.request.param")
    );
    assert_eq!(
        broken(|it| it.log_messages = one(log(NEVER))),
        range("log_messages.timestamp")
    );
}

#[test]
fn in_the_information_fields_of_both() {
    fn stamped<T>(value: T) -> Option<Stamped<T>> {
        let timestamp = 1.into();
        Some(Stamped { timestamp, value })
    }
    type Fields = InfoFields<8, 8>;
    type Change = (fn(&mut Fields), &'static str, Reason);
    let changes: [Change; 4] = [
        (|it| it.crashlog = stamped(cut()), "info_fields.crashlog.value", CUT),
        (
            |it| it.voltage = stamped(f64::NAN),
            "info_fields.voltage.value",
            Reason::Range,
        ),
        (
            |it| it.signal = stamped(Signal { rssi: 0, snr: f64::NAN }),
            "info_fields.signal.value.snr",
            Reason::Range,
        ),
        (
            |it| {
                it.rfu = Some(Stamped {
                    timestamp: NEVER,
                    value: 1,
                })
            },
            "info_fields.rfu.timestamp",
            Reason::Range,
        ),
    ];
    for (change, path, reason) in changes {
        let (mut response, mut device) = (response(), device());
        change(&mut response.info_fields);
        change(&mut device.info_fields);
        assert_eq!(refused(&response), at(path, reason));
        assert_eq!(refused(&device), at(path, reason));
    }
}

#[test]
fn in_what_is_known_of_a_device() {
    let broken = |change: fn(&mut Device)| {
        let mut device = device();
        change(&mut device);
        refused(&device)
    };
    let range = |path| at(path, Reason::Range);
    assert_eq!(
        broken(|it| it.pending_requests.requests = one(pending(NEVER, Request::Rejoin))),
        range("pending_requests.requests.timestamp")
    );
    assert_eq!(
        broken(|it| it.log_messages = one(log(NEVER))),
        range("log_messages.timestamp")
    );
    assert_eq!(
        broken(|it| it.uploaded_files = one(file(NEVER, None))),
        range("uploaded_files.timestamp")
    );
    let record = |timestamp| StreamRecord {
        timestamp,
        port: 1,
        data: Hex::default(),
        off: 0,
    };
    let mut with_record = device();
    with_record.uploaded_stream_records = one(record(NEVER));
    assert_eq!(refused(&with_record), range("uploaded_stream_records.timestamp"));
    // The last uplink is one by the ports that stand beside it.
    assert_eq!(
        broken(|it| {
            it.fports = Some(DevicePorts {
                modem: 7,
                stream: 7,
                ..DevicePorts::default()
            });
            it.last_uplink = Some(UplinkMessage::Updf(Updf {
                port: Some(7),
                ..Updf::default()
            }));
        }),
        at("last_uplink.payload", Reason::Missing)
    );
}
