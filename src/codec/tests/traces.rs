//! The captured lines in `tests/traces`, in three framings, whole and byte by byte, against a committed list of events.

use std::path::{Path, PathBuf};

use atat::AtatUrc;

use super::super::grammar;
use super::super::replay::Found;
use super::*;
use crate::urc::{DirectMessage, Urc};

/// The lines that the module wrote.
fn module_lines(trace: &str) -> Vec<&str> {
    trace.lines().filter_map(|line| line.strip_prefix("< ")).collect()
}

fn ended_by(lines: &[&str], end: &str) -> Vec<u8> {
    lines
        .iter()
        .flat_map(|line| [*line, end])
        .collect::<String>()
        .into_bytes()
}

/// As the source of UNISOC firmware predicts: see the README beside the traces.
fn firmware(lines: &[&str]) -> Vec<u8> {
    let mut bytes = String::new();
    let mut information = false;
    for line in lines {
        let result = grammar::final_result(line.as_bytes()).is_some();
        let unsolicited = Urc::parse(line.as_bytes()).is_some();
        let echo = line.trim_start_matches('\u{fffd}').starts_with("AT");
        if echo {
            bytes += line;
            bytes.push('\r');
        } else if information && !result && !unsolicited {
            bytes += &format!("{line}\r\n");
        } else {
            bytes += &format!("\r\n{line}\r\n");
        }
        information = !echo && !result && !unsolicited;
    }
    bytes.into_bytes()
}

pub(super) fn event(found: &Found) -> String {
    match found {
        Found::Line(line) => match (grammar::final_result(line), Urc::parse(line)) {
            (Some(Ok(())), _) => "final OK".into(),
            (Some(Err(error)), _) => format!("final {error:?}"),
            (None, Some(urc)) => format!("unsolicited {urc:?}"),
            (None, None) => match DirectMessage::parse(line) {
                Some(direct) => {
                    let (topic, payload) = (
                        String::from_utf8_lossy(direct.topic),
                        String::from_utf8_lossy(direct.payload),
                    );
                    format!(
                        "message of connection {} at {:?}, topic {topic}, payload {payload}",
                        direct.id, direct.qos
                    )
                }
                None => format!("line {}", String::from_utf8_lossy(line)),
            },
        },
        Found::LongLine(line) => format!("long line {}", String::from_utf8_lossy(line)),
        Found::Prompt => "prompt".into(),
        Found::Message { .. } => panic!("no trace holds a message: {found:?}"),
    }
}

fn traces() -> Vec<PathBuf> {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/traces");
    let entries = std::fs::read_dir(directory).unwrap();
    let paths = entries.map(|entry| entry.unwrap().path());
    let mut traces: Vec<_> = paths
        .filter(|path| path.extension().is_some_and(|end| end == "txt"))
        .collect();
    traces.sort();
    traces
}

#[test]
fn every_capture_yields_its_events_in_every_framing() {
    // No captured line but the prompt itself begins with `>`, so one may be expected throughout.
    let setup = Setup {
        prompt: true,
        line: 512,
        ..Setup::PLAIN
    };
    let traces = traces();
    assert!(traces.len() >= 9, "captures are missing: {traces:?}");
    for path in traces {
        let trace = std::fs::read_to_string(&path).unwrap();
        let list = path.with_extension("events");
        let expected = std::fs::read_to_string(&list).unwrap_or_default();
        let lines = module_lines(&trace);
        for (framing, bytes) in [
            ("LF", ended_by(&lines, "\n")),
            ("CR LF", ended_by(&lines, "\r\n")),
            ("firmware", firmware(&lines)),
        ] {
            let events: String = setup.found(&bytes).iter().map(|found| event(found) + "\n").collect();
            assert!(!events.is_empty());
            assert_eq!(
                events,
                expected,
                "{} in framing {framing} yields\n{events}",
                list.display()
            );
        }
    }
}

#[test]
fn the_predicted_framing_is_that_of_the_firmware() {
    let lines = ["AT+MQTTOPEN=1", "OK", "+MQTTOPEN: 1,1"];
    assert_eq!(firmware(&lines), b"AT+MQTTOPEN=1\r\r\nOK\r\n\r\n+MQTTOPEN: 1,1\r\n");
    let lines = ["AT+X?", "+X: 1", "+X: 2", "OK"];
    assert_eq!(firmware(&lines), b"AT+X?\r\r\n+X: 1\r\n+X: 2\r\n\r\nOK\r\n");
}
