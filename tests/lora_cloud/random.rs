//! Random objects that obey the rules.

use fibocom_mqtt::profile::lora_cloud::*;
use proptest::collection::vec;
use proptest::option::of;
use proptest::prelude::*;

pub type Response = UplinkResponse<40, 24, 3>;
pub type Device = DeviceInfo<40, 24, 3>;

fn seconds() -> impl Strategy<Value = Seconds> + Clone {
    prop_oneof![
        (0..5_000_000_000i64).prop_map(Seconds::from),
        (-1e12..1e12f64).prop_map(Seconds::from),
        any::<i64>().prop_map(Seconds::from),
    ]
}

fn float() -> impl Strategy<Value = f64> + Clone {
    any::<f64>().prop_filter("JSON has no others", |number| number.is_finite())
}

fn text() -> impl Strategy<Value = Text<40>> {
    any::<String>().prop_map(|text| {
        let mut text = text;
        while text.len() > 40 {
            text.pop();
        }
        Text::new(&text).unwrap()
    })
}

fn hex<const N: usize>() -> impl Strategy<Value = Hex<N>> {
    vec(any::<u8>(), 0..=N).prop_map(|bytes| Hex::new(&bytes).unwrap())
}

fn hash(len: usize) -> Hex<8> {
    Hex::new(&[7; 8][..len]).unwrap()
}

pub fn eui() -> impl Strategy<Value = Eui> {
    any::<[u8; 8]>().prop_map(Eui)
}

fn list<T: std::fmt::Debug>(of: impl Strategy<Value = T>) -> impl Strategy<Value = List<T, 3>> {
    vec(of, 0..=3).prop_map(|elements| elements.into_iter().collect())
}

fn stamped<T: std::fmt::Debug>(value: impl Strategy<Value = T>) -> impl Strategy<Value = Option<Stamped<T>>> {
    of((seconds(), value).prop_map(|(timestamp, value)| Stamped { timestamp, value }))
}

fn coordinates<const N: usize>() -> impl Strategy<Value = [f64; N]> {
    vec(float(), N).prop_map(|numbers| numbers.try_into().unwrap())
}

prop_compose! {
    fn info()(
        status in stamped(any::<[bool; 6]>()), charge in stamped(any::<u16>()), voltage in stamped(float()),
        temp in stamped(any::<i32>()), signal in stamped((any::<i32>(), float())), uptime in stamped(any::<u16>()),
        firmware in stamped((hex(), any::<u16>(), any::<u16>())), adrmode in stamped(any::<u8>()), joineui in stamped(eui()),
        interval in stamped(any::<u8>()), crashlog in stamped(text()), appstatus in stamped(hex()),
    )(
        rxtime in stamped(any::<u16>()), region in stamped(any::<u8>()), rstcount in stamped(any::<u16>()),
        deveui in stamped(eui()), rfu in stamped(any::<u16>()), session in stamped(any::<u16>()), chipeui in stamped(eui()),
        streampar in stamped(any::<(u8, bool)>()), alcsync in stamped(any::<(u8, u32)>()),
        status in Just(status), charge in Just(charge), voltage in Just(voltage), temp in Just(temp), signal in Just(signal),
        uptime in Just(uptime), firmware in Just(firmware), adrmode in Just(adrmode), joineui in Just(joineui),
        interval in Just(interval), crashlog in Just(crashlog), appstatus in Just(appstatus),
    ) -> InfoFields<40, 24> {
        fn of<T, U>(stamped: Option<Stamped<T>>, value: impl FnOnce(T) -> U) -> Option<Stamped<U>> {
            stamped.map(|Stamped { timestamp, value: from }| Stamped { timestamp, value: value(from) })
        }
        InfoFields {
            status: of(status, |[brownout, crash, mute, joined, suspend, upload]| Status {
                brownout, crash, mute, joined, suspend, upload
            }),
            signal: of(signal, |(rssi, snr)| Signal { rssi, snr }),
            firmware: of(firmware, |(fwcrc, fwtotal, fwcompleted)| Firmware { fwcrc, fwtotal, fwcompleted }),
            adrmode: of(adrmode, AdrMode::from),
            interval: of(interval, Interval),
            streampar: of(streampar, |(port, encmode)| StreamParameters { port, encmode }),
            alcsync: of(alcsync, |(token, time)| ClockSync { token, time }),
            charge, voltage, temp, uptime, rxtime, joineui, region, crashlog, rstcount, deveui, rfu, session, chipeui, appstatus,
        }
    }
}

fn request() -> BoxedStrategy<Request<40>> {
    let field =
        proptest::sample::select(&InfoField::ALL[..]).prop_filter("may be asked for", |field| field.is_requestable());
    let configuration = (of(0..=2u8), of(eui()), of(any::<u8>()), of(any::<u8>()));
    prop_oneof![
        (1..=3u8).prop_map(|what| Request::Reset(what.into())),
        Just(Request::Rejoin),
        of(any::<u8>()).prop_map(|days| Request::Mute(days.map(Mute::from))),
        vec(field, 1..=21).prop_map(|fields| Request::GetInfo(fields.into_iter().collect())),
        configuration.prop_map(|(adrmode, joineui, interval, region)| Request::SetConf(Configuration {
            adrmode: adrmode.map(AdrMode::from),
            joineui,
            interval: interval.map(Interval),
            region,
            opmode: None,
        })),
        any::<(i64, i64)>().prop_map(|(sid, sctr)| Request::FileDone(FileDone { sid, sctr })),
    ]
    .boxed()
}

pub fn pending() -> BoxedStrategy<PendingRequest<40>> {
    let cookie = prop_oneof![
        Just("null".to_string()),
        any::<i64>().prop_map(|number| number.to_string()),
        any::<bool>().prop_map(|flag| flag.to_string()),
        "[a-zé\"\\\\]{0,5}".prop_map(|text| serde_json::to_string(&[text]).unwrap()),
        any::<(u8, bool)>().prop_map(|(a, b)| format!(r#"{{"a":{a},"b":[{b},{{}}]}}"#)),
    ];
    (any::<i64>(), cookie, seconds(), request())
        .prop_map(|(id, cookie, timestamp, request)| {
            let cookie = AnyJson::new(&cookie).unwrap();
            PendingRequest {
                id,
                cookie,
                timestamp,
                request,
            }
        })
        .boxed()
}

fn position() -> BoxedStrategy<Position<3>> {
    let gnss = (
        coordinates(),
        coordinates(),
        seconds(),
        list(of(seconds())),
        of(seconds()),
        float(),
        of(0.1..1e6),
        seconds(),
    );
    let wifi = (coordinates(), of(0.1..1e6), seconds());
    prop_oneof![
        (gnss, any::<bool>()).prop_map(|((ecef, llh, at, times, utc, gdop, accuracy, timestamp), group)| {
            let position = GnssPosition {
                ecef: Some(ecef),
                llh: Some(llh),
                capture_time_gps: Some(at),
                capture_times_gps: if group { times } else { List::new() },
                capture_time_utc: utc,
                gdop: Some(gdop),
                accuracy,
                timestamp: Some(timestamp),
            };
            if group {
                Position::GnssNg(position)
            } else {
                Position::Gnss(position)
            }
        }),
        wifi.prop_map(|(llh, accuracy, timestamp)| {
            Position::Wifi(WifiPosition {
                llh: Some(llh),
                accuracy,
                timestamp: Some(timestamp),
            })
        }),
    ]
    .boxed()
}

fn parameters() -> impl Strategy<Value = GnssParameters> + Clone {
    let position = of((-90.0..=90.0, -180.0..=180.0).prop_map(|(latitude, longitude)| [latitude, longitude]));
    (of(seconds()), of(0.0..1e9), position, of(float()), of(any::<bool>())).prop_map(
        |(capture_time, capture_time_accuracy, assist_position, assist_altitude, flat)| GnssParameters {
            capture_time,
            capture_time_accuracy,
            assist_position,
            assist_altitude,
            use_2d_solver: flat.map(|flat| flat && assist_altitude.is_some()),
        },
    )
}

pub fn uplink() -> BoxedStrategy<UplinkMessage<24>> {
    let radio = (of(seconds()), of(0..=12u8), of(any::<u32>()));
    let payload = vec(1..=255u8, 16..=24).prop_map(|bytes| Hex::new(&bytes).unwrap());
    let message = (payload.clone(), of(any::<u32>()), of(seconds()), parameters());
    let message = message.prop_map(|(payload, dn_mtu, timestamp, gnss)| GnssMessage {
        payload,
        dn_mtu,
        timestamp,
        gnss,
    });
    prop_oneof![
        radio
            .clone()
            .prop_map(|(timestamp, dr, freq)| UplinkMessage::Joining(Joining { timestamp, dr, freq })),
        (
            any::<u32>(),
            of(any::<u8>()),
            payload.clone(),
            radio,
            of(any::<u32>()),
            parameters()
        )
            .prop_map(|(fcnt, port, payload, (timestamp, dr, freq), dn_mtu, gnss)| {
                let payload = Some(payload);
                UplinkMessage::Updf(Updf {
                    fcnt,
                    port,
                    payload,
                    dr,
                    freq,
                    timestamp,
                    dn_mtu,
                    gnss,
                })
            }),
        message.clone().prop_map(UplinkMessage::Gnss),
        message.prop_map(UplinkMessage::GnssNg),
        (payload, of(seconds()))
            .prop_map(|(payload, timestamp)| UplinkMessage::Wifi(WifiMessage { payload, timestamp })),
    ]
    .boxed()
}

fn file() -> BoxedStrategy<FileUpload<40, 24>> {
    (
        any::<u8>(),
        seconds(),
        of(any::<u8>()),
        of(hex()),
        of(any::<bool>()),
        of(text()),
    )
        .prop_map(|(sctr, timestamp, port, data, encmode, message)| {
            let hash = encmode.map(|encrypted| hash(if encrypted { 4 } else { 8 }));
            FileUpload {
                sctr,
                timestamp,
                port,
                data,
                hash,
                encmode,
                message,
            }
        })
        .boxed()
}

fn log() -> BoxedStrategy<LogMessage<40>> {
    let level = prop_oneof![Just(Level::Warning), Just(Level::Info), Just(Level::Error)];
    (text(), level, seconds())
        .prop_map(|(logmsg, level, timestamp)| LogMessage {
            logmsg,
            level,
            timestamp,
        })
        .boxed()
}

fn operation() -> impl Strategy<Value = Operation> {
    use Operation::{Application, Gnss, Modem, Wifi};
    proptest::sample::select(vec![Gnss, Wifi, Modem, Application])
}

prop_compose! {
    pub fn response()(
        deveui in of(eui()), operation in operation(), file in of(file()), position_solution in of(position()),
        stream in list((any::<u32>(), hex())), fulfilled_requests in list(pending()), downlink in of((any::<u8>(), hex())),
        info_fields in info().boxed(), requests in list(pending()), log_messages in list(log()),
    ) -> Response {
        let update = |(offset, data): &(u32, Hex<24>)| StreamUpdate { offset: *offset, data: data.clone() };
        UplinkResponse {
            deveui,
            operation: Some(operation),
            file,
            stream_records: stream.iter().map(update).collect(),
            position_solution,
            fulfilled_requests,
            dnlink: downlink.map(|(port, payload)| Downlink { port, payload }),
            fports: Some(DevicePorts::default()),
            info_fields,
            pending_requests: PendingRequests { requests },
            log_messages,
        }
    }
}

prop_compose! {
    pub fn device()(
        info_fields in info().boxed(), requests in list(pending()), log_messages in list(log()), uploaded_files in list(file()),
        records in list((seconds(), any::<u8>(), hex(), any::<u16>())), last_uplink in uplink(),
    ) -> Device {
        let record = |(timestamp, port, data, off): &(Seconds, u8, Hex<24>, u16)| StreamRecord {
            timestamp: *timestamp, port: *port, data: data.clone(), off: *off
        };
        DeviceInfo {
            fports: Some(DevicePorts::default()),
            info_fields,
            pending_requests: PendingRequests { requests },
            log_messages,
            uploaded_files,
            uploaded_stream_records: records.iter().map(record).collect(),
            last_uplink: Some(last_uplink),
        }
    }
}
