//! LOR-9 and LOR-17 to LOR-21: what the service hands out, and the ports, both ways.

use fibocom_mqtt::profile::lora_cloud::*;

use crate::{at, read, refused, same, written, wrong};

pub const FPORTS: &str = r#"{"dmport":199,"gnssport":198,"gnssngport":192,"wifiport":197,"streamport":199}"#;

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
