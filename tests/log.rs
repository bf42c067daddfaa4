//! What the driver says through the `log` crate, and how much weight each line has.
#![cfg(all(feature = "sim", feature = "log"))]

mod support;

use std::sync::Mutex;
use std::time::Duration;

use fibocom_mqtt::{ConnectionId, Credentials, Error, Network, Publication, QoS, TopicFilter};
use log::{LevelFilter, Log, Metadata, Record};
use support::*;

static LINES: Mutex<Vec<String>> = Mutex::new(Vec::new());

/// Keeps the lines of the driver; the simulator behind it says nothing by `log`.
struct Keeper;

impl Log for Keeper {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn log(&self, record: &Record<'_>) {
        let line = format!("{}: {}", record.level(), record.args());
        LINES.lock().unwrap().push(line);
    }

    fn flush(&self) {}
}

// The only test here: a program has one logger.
#[test]
fn each_level_has_its_lines_and_none_a_secret() {
    log::set_logger(&Keeper).unwrap();
    log::set_max_level(LevelFilter::Trace);
    let world = online();
    let mut memory = Memory::default();
    let mut modem = memory.modem(&world);
    world.block_on(async {
        modem.attach(Duration::from_secs(40)).await.unwrap();
        modem.bring_up(&Network::new(), Duration::from_secs(180)).await.unwrap();
        let mut client = modem.client(ConnectionId::FIRST);
        let options = options().credentials(Credentials::new("user", "s3cret"));
        client.connect(&options).await.unwrap();
        client
            .subscribe(TopicFilter::new("#").unwrap(), QoS::AtLeastOnce)
            .await
            .unwrap();
        let publication = Publication::new(topic("a/b"), b"2.71").qos(QoS::AtLeastOnce);
        client.publish(&publication).await.unwrap();
        let mut buffer = [0; 1279];
        assert_eq!(client.recv(&mut buffer).await.unwrap().payload(), b"2.71");
        world.emit_raw(b"\r\n+MQTTBREAK: 1,2\r\n");
        assert!(matches!(client.recv(&mut buffer).await, Err(Error::Disconnected(_))));
    });
    let lines = LINES.lock().unwrap();
    for line in [
        "INFO: the module is L610-CN-62-36 of Fibocom Wireless Inc.",
        "INFO: registration: registered at home",
        "INFO: connection 1 is open",
        "WARN: connection 1: the radio link or the IP address was lost (cause 2)",
        "DEBUG: > AT+MQTTPUB=1,\"a/b\",1,0,4",
        "DEBUG: < >",
        "DEBUG: > 4 bytes of data",
        "DEBUG: < a message: topic of 3 bytes, payload of 4",
        "TRACE: wrote 4 bytes",
    ] {
        assert!(lines.iter().any(|said| said == line), "no {line:?} in {lines:#?}");
    }
    assert!(
        lines.iter().any(|line| line.starts_with("DEBUG: > AT+MQTTUSER")),
        "{lines:#?}"
    );
    for line in lines.iter() {
        assert!(
            !line.contains("s3cret") && !line.contains("2.71") && !line.starts_with("ERROR"),
            "{line}"
        );
    }
}
