//! Secrets of a full session are in none of its outputs.

use std::fs;

use fibocom_mqtt::sim::{Settings, Sim};

use crate::tool::{Served, Simulator, file, run, text};

const PASSWORD: &str = "s3cr\"et,\\22";

#[test]
fn neither_log_nor_trace_shows_a_password_or_a_pin() {
    let directory = tempfile::tempdir().unwrap();
    let (password, trace) = (file(&directory, "password"), file(&directory, "trace"));
    fs::write(&password, format!("{PASSWORD}\n")).unwrap();
    let here = Simulator::start(["--embedded-broker"]);
    let first = ["--port", &here.port, "-v", "--trace", text(&trace)];
    let login = ["-h", "any", "-u", "user-7", "--password-file", text(&password)];
    let message = ["pub", "-t", "x", "-m", "y", "-q", "1"];
    let mut seen = Vec::new();
    let mut sessions: Vec<Vec<&str>> = vec![
        [&first[..], &message, &login].concat(),
        [&first[..], &message, &["-h", "any", "-u", "user-7", "-P", PASSWORD]].concat(),
        [&first[..], &["demo"], &login].concat(),
    ];
    // An answer that prints it is what was asked for, but neither log nor trace may.
    sessions.push([&first[..], &["at", "AT+MQTTUSER?"]].concat());
    for session in sessions {
        let done = run(session).succeeded();
        seen.push(done.err);
        seen.push(fs::read_to_string(&trace).unwrap());
    }
    // Refused by this SIM, and a secret all the same.
    let done = run([&first[..], &["at", "AT+CPIN=\"7305\""]].concat());
    assert_eq!(done.code, Some(6));
    seen.push(done.err);
    seen.push(fs::read_to_string(&trace).unwrap());

    for text in &seen {
        for secret in ["s3cr", "7305"] {
            assert!(!text.contains(secret), "{text}");
        }
    }
    // They are not simply empty.
    assert!(seen.iter().all(|text| text.contains("AT+CGMR")), "{seen:?}");
    assert!(seen[1].contains("AT+MQTTUSER[") && seen[1].contains("bytes redacted]"));
}

#[test]
fn a_pin_that_is_sent_is_in_no_output() {
    let directory = tempfile::tempdir().unwrap();
    let trace = file(&directory, "trace");
    let served = Served::start(Settings {
        sim: Sim::Locked(7305),
        ..Settings::l610()
    });
    for (pin, code) in [("8416", 4), ("7305", 0)] {
        let first = ["--port", &served.port, "-v", "--trace", text(&trace), "--pin", pin];
        let done = run(first.iter().chain(&["pub", "-h", "any", "-t", "x", "-n"]));
        assert_eq!(done.code, Some(code), "{}", done.err);
        let seen = fs::read_to_string(&trace).unwrap() + &done.err + done.text();
        assert!(seen.contains("AT+CPIN=["), "{seen}");
        assert!(!seen.contains(pin), "{seen}");
    }
    let done = run(["--simulate", "--pin", "73o5", "demo"]);
    done.failed(1, &["--pin"]);
    assert!(!done.err.contains("73o5"), "{}", done.err);
}
