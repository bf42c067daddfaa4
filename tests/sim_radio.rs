//! The simulated module's SIM, registration and data connection, as bytes.
#![cfg(feature = "sim")]

#[path = "sim_bench/mod.rs"]
mod sim_bench;

use std::time::Duration;

use fibocom_mqtt::sim::{BreakCause, Calling, MipcallForm, Radio, Registers, Settings, Sim};
use sim_bench::{Bench, escaped};

const SECOND: Duration = Duration::from_secs(1);

/// Echo is off, and errors have numbers.
fn bench(settings: Settings) -> Bench {
    let mut bench = Bench::offline(Settings {
        echo: false,
        ..settings
    });
    bench.run("AT+CMEE=1\r");
    bench
}

fn radio(radio: Radio) -> Bench {
    bench(Settings {
        radio,
        ..Settings::l610()
    })
}

#[track_caller]
fn answers(bench: &mut Bench, command: &str, lines: &[&str]) {
    let expected = lines.iter().map(|line| format!("\r\n{line}\r\n")).collect::<String>();
    assert_eq!(bench.run(format!("{command}\r")), escaped(&expected), "{command}");
}

#[test]
fn three_wrong_pins_lock_the_card_and_a_restart_does_not_help() {
    let mut bench = bench(Settings {
        sim: Sim::Locked(42),
        ..Settings::l610()
    });
    for _ in 0..2 {
        answers(&mut bench, "AT+CPIN=\"1111\"", &["+CME ERROR: 16"]);
    }
    // A right one gives all attempts back.
    answers(&mut bench, "AT+CPIN=\"0042\"", &["OK"]);
    bench.module.restart(bench.now);
    bench.wait(10 * SECOND);
    bench.run("AT+CMEE=1\r");
    for _ in 0..3 {
        answers(&mut bench, "AT+CPIN?", &["+CPIN: SIM PIN", "OK"]);
        answers(&mut bench, "AT+CPIN=\"1111\"", &["+CME ERROR: 16"]);
    }
    for _ in 0..2 {
        answers(&mut bench, "AT+CPIN?", &["+CPIN: SIM PUK", "OK"]);
        answers(&mut bench, "AT+CPIN=\"0042\"", &["+CME ERROR: 12"]);
        answers(&mut bench, "AT+MIPCALL=1", &["+CME ERROR: 12"]);
        bench.module.restart(bench.now);
        bench.wait(10 * SECOND);
        bench.run("AT+CMEE=1\r");
    }
}

#[test]
fn registration_comes_after_a_while_and_is_reported_where_that_is_switched_on() {
    let mut bench = radio(Radio {
        sim_delay: 3 * SECOND,
        registration_delay: 10 * SECOND,
        registers: Registers {
            eps: true,
            packet: false,
            circuit: true,
        },
        nitz_delay: Some(5 * SECOND),
        ..Radio::default()
    });
    answers(&mut bench, "AT+CPIN?", &["+CME ERROR: 14"]);
    bench.wait(3 * SECOND);
    answers(&mut bench, "AT+CPIN?", &["+CPIN: READY", "OK"]);
    answers(&mut bench, "AT+CEREG=2", &["OK"]);
    answers(&mut bench, "AT+CGREG=1", &["OK"]);
    assert_eq!(bench.now, 8 * SECOND);
    answers(&mut bench, "AT+CEREG?", &["+CEREG: 2,2", "OK"]);
    let reports = bench.wait(2 * SECOND);
    let expected = b"\r\n+CEREG: 1,\"1A2B\",\"01C3D4E5\",7\r\n\r\n+CGREG: 0\r\n";
    assert_eq!(reports.escape_ascii().to_string(), expected.escape_ascii().to_string());
    answers(&mut bench, "AT+CEREG?", &["+CEREG: 2,1,\"1A2B\",\"01C3D4E5\",7", "OK"]);
    answers(&mut bench, "AT+CGREG?", &["+CGREG: 1,0", "OK"]);
    answers(&mut bench, "AT+CREG?", &["+CREG: 0,1", "OK"]);
    answers(&mut bench, "AT+CCLK?", &["+CCLK: \"70/01/01,00:00:05+00\"", "OK"]);
    bench.wait(2 * SECOND);
    answers(&mut bench, "AT+CCLK?", &["+CCLK: \"26/07/20,06:51:36+00\"", "OK"]);
    answers(&mut bench, "AT+COPS?", &["+COPS: 0,0,\"CHN-UNICOM\",7", "OK"]);
}

#[test]
fn mipcall_is_spelt_as_it_was_seen() {
    let dual = "+MIPCALL: 10.85.71.198,2409:8954:3298:9ed0:95da:7e09:a700:d58b";
    for (mipcall, dialled, asked) in [
        (
            MipcallForm::AfterOk,
            ["OK", "+MIPCALL: 10.85.71.198"],
            "+MIPCALL: 1,10.85.71.198",
        ),
        (
            MipcallForm::BeforeOk,
            ["+MIPCALL: 1,10.85.71.198", "OK"],
            "+MIPCALL: 1,10.85.71.198",
        ),
        (MipcallForm::Flag, ["OK", "+MIPCALL: 1"], "+MIPCALL: 1"),
        (
            MipcallForm::NameServers,
            ["OK", "+MIPCALL: 1,10.85.71.198,8.8.8.8,8.8.4.4"],
            "+MIPCALL: 1,10.85.71.198,8.8.8.8,8.8.4.4",
        ),
        (MipcallForm::DualStack, ["OK", dual], dual),
        (
            MipcallForm::Unspaced,
            ["OK", "+MIPCALL:10.85.71.198"],
            "+MIPCALL:10.85.71.198",
        ),
    ] {
        let mut bench = radio(Radio {
            mipcall,
            ..Radio::default()
        });
        answers(&mut bench, "AT+MIPCALL?", &["+MIPCALL: 0", "OK"]);
        answers(&mut bench, "AT+CGPADDR=1", &["+CGPADDR: 1,\"0.0.0.0\"", "OK"]);
        answers(&mut bench, "AT+MIPCALL=1", &dialled);
        answers(&mut bench, "AT+MIPCALL?", &[asked, "OK"]);
        answers(&mut bench, "AT+CGPADDR=1", &["+CGPADDR: 1,\"10.85.71.198\"", "OK"]);
        answers(&mut bench, "AT+MIPCALL=1", &["ERROR"]);
        bench.module.settings_mut().radio.error_when_up = false;
        answers(&mut bench, "AT+MIPCALL=1", &dialled);
        answers(&mut bench, "AT+MIPCALL=0", &["OK", "+MIPCALL: 0"]);
        answers(&mut bench, "AT+MIPCALL=0", &["ERROR"]);
    }
}

#[test]
fn a_call_may_be_refused_fail_or_hang() {
    for (calling, dialled, asked) in [
        (Calling::Refused, &["ERROR"][..], "+MIPCALL: 0"),
        (Calling::Fails, &["OK", "+MIPCALL: 0"], "+MIPCALL: 0"),
        (Calling::Hangs, &["OK"], "+MIPCALL: 2"),
    ] {
        let mut bench = radio(Radio {
            calling,
            ..Radio::default()
        });
        answers(&mut bench, "AT+MIPCALL=1", dialled);
        answers(&mut bench, "AT+MIPCALL?", &[asked, "OK"]);
    }
    let mut bench = radio(Radio {
        busy: 5 * SECOND,
        stale: true,
        ..Radio::default()
    });
    answers(&mut bench, "AT+MIPCALL?", &["+MIPCALL: 2", "OK"]);
    answers(&mut bench, "AT+MIPCALL=1", &["ERROR"]);
    bench.wait(2 * SECOND);
    answers(&mut bench, "AT+MIPCALL?", &["+MIPCALL: 1,0.0.0.0", "OK"]);
    answers(&mut bench, "AT+MIPCALL=1", &["ERROR"]);
    answers(&mut bench, "AT+MIPCALL=0", &["OK", "+MIPCALL: 0"]);
    answers(&mut bench, "AT+MIPCALL=1", &["OK", "+MIPCALL: 10.85.71.198"]);
}

#[test]
fn attaching_may_be_needed_and_may_fail() {
    let mut bench = radio(Radio {
        attaches: false,
        attach_error: Some(107),
        ..Radio::default()
    });
    answers(&mut bench, "AT+CGATT?", &["+CGATT: 0", "OK"]);
    answers(&mut bench, "AT+CGATT=1", &["+CME ERROR: 107"]);
    bench.module.settings_mut().radio.attach_error = None;
    answers(&mut bench, "AT+CGATT=1", &["OK"]);
    answers(&mut bench, "AT+CGATT?", &["+CGATT: 1", "OK"]);
    bench.module.settings_mut().registration = 3;
    answers(&mut bench, "AT+CGATT=1", &["+CME ERROR: 30"]);
    answers(&mut bench, "AT+COPS?", &["+COPS: 0", "OK"]);
}

#[test]
fn a_lost_network_comes_back() {
    let mut bench = Bench::connected(Settings {
        radio: Radio {
            reporting: 1,
            ..Radio::default()
        },
        ..Settings::l610()
    });
    bench
        .module
        .lose_network_for(BreakCause::Registration, 30 * SECOND, bench.now);
    let lines = ["+CEREG: 2", "+CGREG: 2", "+CREG: 2", "+MIPCALL: 0", "+MQTTBREAK: 1,3"];
    answers(&mut bench, "", &lines);
    assert!(bench.broker.connected().is_empty());
    answers(&mut bench, "AT+CEREG?", &["+CEREG: 1,2", "OK"]);
    answers(&mut bench, "AT+MIPCALL?", &["+MIPCALL: 0", "OK"]);
    answers(&mut bench, "AT+MIPCALL=1", &["+CME ERROR: 30"]);
    bench.wait(20 * SECOND);
    let lines = bench.wait(10 * SECOND).escape_ascii().to_string();
    let expected = "\r\n+CEREG: 1\r\n\r\n+CGREG: 1\r\n\r\n+CREG: 1\r\n";
    assert_eq!(lines, escaped(expected));
    answers(&mut bench, "AT+MIPCALL=1", &["OK", "+MIPCALL: 10.85.71.198"]);
}
