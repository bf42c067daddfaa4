//! The logger of `examples/captis` in front of mosquitto, with mosquitto's clients in the fleet server's place.
//!
//! Run with `cargo test --all-features --test mosquitto_captis -- --ignored`, after a build of the examples; it fails where mosquitto is not
//! installed.
#![cfg(all(
    unix,
    feature = "captis",
    feature = "sim",
    feature = "serialport",
    feature = "std",
    feature = "log"
))]

#[path = "tool/mosquitto.rs"]
mod mosquitto;
#[path = "tool/mod.rs"]
mod tool;

use std::process::Command;

use mosquitto::Mosquitto;
use tool::{Running, program};

const DEVICE: &str = "89860012345678901234";

/// A line for each message, `payload` and topic, once the server has the subscriptions.
fn watch(server: &Mosquitto, filters: &[&str], messages: usize) -> Running {
    // One more is the message that tells that it is subscribed.
    let count = (messages + 1).to_string();
    let mut arguments = vec!["-N", "-F", "%p %t\\n", "-q", "1", "-C", &count];
    for filter in filters {
        arguments.extend(["-t", filter]);
    }
    server.subscriber(&arguments)
}

/// What it saw, without the message that told that it is subscribed, and `TIME` for each time.
fn seen(watcher: Running) -> String {
    let done = watcher.end().succeeded();
    let (_, text) = done.text().split_once('\n').unwrap();
    let mut text = text.to_owned();
    let year = text
        .find("20")
        .map(|at| text[at..at + 5].to_owned())
        .unwrap_or_default();
    while let Some(at) = text.find(&year).filter(|_| year.ends_with('-')) {
        text.replace_range(at..at + "2018-10-10T10:21:03Z".len(), "TIME");
    }
    text
}

fn logger(server: &Mosquitto, options: &[&str]) -> Running {
    let broker = format!("127.0.0.1:{}", server.port);
    Running::start(
        Command::new(program("captis"))
            .args(["--broker", &broker])
            .args(options),
    )
}

#[test]
#[ignore = "needs mosquitto"]
fn a_logger_on_cumulocity() {
    let server = Mosquitto::start();
    let watcher = watch(&server, &["s/us", "s/uc/#"], 11);
    let measured = server.subscriber(&["-t", "s/uc/mpd", "-C", "2"]);
    let logger = logger(&server, &[]);
    measured.end().succeeded();
    let wish = |line: &str| server.publish(&["-t", "s/ds", "-q", "1", "-m", line]);
    wish(&format!("511,{DEVICE},\"{DEVICE},get_pulse_total,1\""));
    wish(&format!(r#"511,{DEVICE},"{DEVICE},get_analog""#));
    wish(&format!(r#"513,{DEVICE},"{{\"log_rate\": 900}}""#));
    let done = logger.end().succeeded();
    assert!(
        done.text().contains("configuration: {\"log_rate\": 900}"),
        "{}",
        done.text()
    );
    let expected = r#"100,CPT-7,Logger
114,c8y_Command,c8y_Configuration,c8y_Firmware,c8y_Software,c8y_Relay
117,60 s/us
a00018-00000,TIME s/uc/mpa
I002,TIME,12,L
I011,TIME,3.47
I060,TIME,25.2 s/uc/mpd
113,"{""log_rate"": 3600}" s/us
501,c8y_Command s/us
503,c8y_Command,P1: 123 L s/us
501,c8y_Command s/us
502,c8y_Command,only a Captis Multi has this command s/us
501,c8y_Configuration s/us
503,c8y_Configuration s/us
113,"{""log_rate"": 900}" s/us
"#;
    assert_eq!(seen(watcher), expected);
}

#[test]
#[ignore = "needs mosquitto"]
fn a_logger_on_azure() {
    let server = Mosquitto::start();
    let filters = [
        "devices/+/messages/events/#",
        "$iothub/twin/PATCH/properties/reported/#",
    ];
    let watcher = watch(&server, &filters, 5);
    let measured = server.subscriber(&["-t", filters[0], "-C", "2"]);
    let logger = logger(&server, &["--azure"]);
    measured.end().succeeded();
    let command = |payload: &str| {
        let topic = format!("devices/{DEVICE}/messages/devicebound/");
        server.publish(&["-t", &topic, "-q", "1", "-m", payload]);
    };
    command(r#"{ "command": "get_pulse_total,1" }"#);
    command("get_pulse_total,1");
    let desired = "$iothub/twin/PATCH/properties/desired/?$version=8";
    server.publish(&[
        "-t",
        desired,
        "-q",
        "1",
        "-m",
        r#"{"config":{"log_rate":900},"$version":8}"#,
    ]);
    logger.end().succeeded();
    let telemetry = format!("devices/{DEVICE}/messages/events/%24.ctime=TIME");
    let twin = "$iothub/twin/PATCH/properties/reported/?$rid=config";
    let expected = format!(
        r#"{{"I002": 12, "I011": 3.47, "I060": 25.2, "event": "a00018-00000"}} {telemetry}
{{"serial":"CPT-7","config":{{"log_rate": 3600}}}} {twin}
{{ "result": "Success", "response": "P1: 123 L" }} {telemetry}
{{ "result": "Failure", "response": "not JSON at byte 0: a value is expected" }} {telemetry}
{{"serial":"CPT-7","config":{{"log_rate":900}}}} {twin}
"#
    );
    assert_eq!(seen(watcher), expected);
}
