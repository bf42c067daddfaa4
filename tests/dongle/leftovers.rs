//! What a host that crashed has left the module in: the next one finds it all the same, and its message arrives whole.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use fibocom_mqtt::sim::Settings;

use crate::tool::{Served, Simulator, run};

/// What opens connection 1.
const OPEN: [(&str, &str); 3] = [
    ("AT+MQTTUSER=1,\"\",\"\",\"crashed\"\r", "OK"),
    ("AT+MQTTCONF=1\r", "OK"),
    ("AT+MQTTOPEN=1,\"broker\",1883,1,60\r", "+MQTTOPEN: 1,1"),
];

/// Writes each, and waits for what follows it.
fn type_in(mut port: impl Read + Write, dialogue: &[(&str, &str)]) {
    for (text, answer) in dialogue {
        port.write_all(text.as_bytes()).unwrap();
        let mut seen = Vec::new();
        while !String::from_utf8_lossy(&seen).contains(answer) {
            let mut byte = [0];
            port.read_exact(&mut byte).unwrap();
            seen.push(byte[0]);
        }
    }
}

/// A module whose last host died with this, and what the broker has when the next one has published `whole`.
fn after(dialogue: &[(&str, &str)]) -> Vec<Vec<u8>> {
    let served = Served::start(Settings {
        // The module ends its data mode by itself: the driver waits for that, not for the clock.
        data_limit: Some(Duration::from_secs(2)),
        ..Settings::l610().online()
    });
    let address = served.port.strip_prefix("tcp:").unwrap();
    type_in(TcpStream::connect(address).unwrap(), &OPEN);
    type_in(TcpStream::connect(address).unwrap(), dialogue);
    run([
        "--port",
        &served.port,
        "pub",
        "-h",
        "any",
        "-t",
        "t",
        "-m",
        "whole",
        "-q",
        "1",
    ])
    .succeeded();
    let published = served.broker.published();
    published.into_iter().map(|(_, message)| message.payload).collect()
}

#[test]
fn an_open_connection() {
    assert_eq!(after(&[]), [b"whole"]);
}

#[test]
fn half_a_command() {
    assert_eq!(after(&[("AT+MQTTPUB=1,\"t", "")]), [b"whole"]);
}

#[test]
fn half_a_message() {
    let published = after(&[("AT+MQTTPUB=1,\"t\",1,0,100\r", ">"), ("half", "")]);
    assert_eq!(published, [&b"halfAT\r"[..], b"whole"]);
}

/// The same on a pseudo-terminal, with the limit of 30 s that modules have.
fn on_a_terminal(dialogue: &[(&str, &str)]) {
    let here = Simulator::start(["--embedded-broker"]);
    let open = || {
        serialport::new(&here.port, 115_200)
            .timeout(Duration::from_secs(60))
            .open()
            .unwrap()
    };
    type_in(open(), &[("AT+MIPCALL=1\r", "+MIPCALL: 1")]);
    type_in(open(), &OPEN);
    type_in(open(), dialogue);
    run([
        "--port", &here.port, "pub", "-h", "any", "-t", "t", "-m", "whole", "-q", "1",
    ])
    .succeeded();
}

#[test]
fn an_open_connection_and_half_a_command_on_a_terminal() {
    on_a_terminal(&[("AT+MQTTPUB=1,\"t", "")]);
}

#[test]
#[ignore = "takes half a minute: run it with --ignored"]
fn half_a_message_on_a_terminal() {
    on_a_terminal(&[("AT+MQTTPUB=1,\"t\",1,0,100\r", ">"), ("half", "")]);
}
