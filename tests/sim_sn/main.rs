//! MQTT-SN on the simulated module, byte for byte: connections 101 and 102, topic ids, registrations, the will.
#![cfg(feature = "sim")]

use fibocom_mqtt::sim::Settings;

mod connections;
#[path = "../sim_bench/mod.rs"]
mod sim_bench;
mod topics;
mod will;

use sim_bench::{Bench, escaped};

const OK: &str = "\r\nOK\r\n";
const ERROR: &str = "\r\nERROR\r\n";
const PARAMETERS: &str = "\r\n+CME ERROR: 53\r\n";
const IMEI_101: &str = "864430010012345101";

fn with(knobs: &[(&str, &str)]) -> Settings {
    let mut settings = Settings::l610();
    for (knob, value) in knobs {
        settings.set(knob, value).unwrap();
    }
    settings
}

/// Echo off, numbered errors, messages stored.
fn ready(settings: Settings) -> Bench {
    let mut bench = Bench::new(settings);
    for command in ["ATE0", "AT+CMEE=1", "AT+MQTTCONF=1"] {
        bench.run(format!("{command}\r"));
    }
    bench
}

/// The same, and connection 101 is open.
fn open(knobs: &[(&str, &str)]) -> Bench {
    let mut bench = ready(with(knobs));
    ask(
        &mut bench,
        "AT+MQTTOPEN=101,\"gateway\",1885,1,60",
        &result("OPEN", "101,1"),
    );
    bench
}

#[track_caller]
fn ask(bench: &mut Bench, command: &str, expected: &str) {
    assert_eq!(bench.run(format!("{command}\r")), escaped(expected), "{command}");
}

fn result(command: &str, arguments: &str) -> String {
    format!("{OK}\r\n+MQTT{command}: {arguments}\r\n")
}

fn answer(lines: &str) -> String {
    format!("\r\n{lines}\r\n{OK}")
}
