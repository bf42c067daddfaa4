//! The LoRa Cloud relay: the example on the simulated module, mosquitto between, and an ordinary MQTT client that answers.
//!
//! Run with `cargo test --all-features --test mosquitto_lora_cloud -- --ignored`; it fails where mosquitto is not installed. No test
//! depends on how long anything takes.
#![cfg(all(
    unix,
    feature = "sim",
    feature = "serialport",
    feature = "std",
    feature = "log",
    feature = "lora-cloud"
))]

#[path = "tool/mosquitto.rs"]
mod mosquitto;
#[path = "../examples/lora_relay/responder.rs"]
mod responder;
#[path = "tool/mod.rs"]
mod tool;

use std::process::{Command, Stdio};

use mosquitto::Mosquitto;
use serde_json::{Value, json};
use tool::{Running, program};

#[test]
#[ignore = "needs mosquitto"]
fn a_joining_three_uplinks_a_position_and_a_downlink() {
    let server = Mosquitto::start();
    // What passes through the server: four uplinks, four replies, and before them what tells that the watcher is there.
    let watcher = server.subscriber(&["-t", "lora/#", "-q", "1", "-C", "9"]);
    responder::start(([127, 0, 0, 1], server.port).into()).unwrap();
    let broker = format!("127.0.0.1:{}", server.port);
    let mut relay = Command::new(program("lora_relay"));
    let done = Running::start(relay.args(["--broker", &broker]).stdin(Stdio::null()))
        .end()
        .succeeded();
    let expected = "\
joining: Confirmed
  INFO: session reset
uplink 1 on port 199: Confirmed
  downlink on port 199: 00000103
  stream at 0: 68656c6c
  stream at 16: 6f726c64
uplink 2 on port 192: Confirmed
  position 51.49278, 0.0212, to 20.7 m
uplink 3 on port 2: Confirmed
  for the application
";
    assert_eq!(done.text(), expected);

    let watched = watcher.end().succeeded();
    let passed: Vec<Value> = watched
        .text()
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(passed.len(), 8, "{}", watched.text());
    let uplinks = [
        json!({ "msgtype": "joining", "timestamp": 1722433390, "dr": 5, "freq": 868100000 }),
        json!({ "msgtype": "updf", "fcnt": 1, "port": 199, "payload": "0028017f" }),
        json!({ "msgtype": "updf", "fcnt": 2, "port": 192, "payload": "87821f504902" }),
        json!({ "msgtype": "updf", "fcnt": 3, "port": 2, "payload": "32312e35" }),
    ];
    for (pair, expected) in passed.chunks(2).zip(uplinks) {
        assert_eq!(pair[0]["deveui"], "10-CE-45-FF-FE-00-C7-EC");
        for (name, value) in expected.as_object().unwrap() {
            assert_eq!(&pair[0]["uplink"][name], value);
        }
        assert_eq!(pair[1], responder::reply(&pair[0]));
    }
}
