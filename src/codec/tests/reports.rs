//! Reports of `dongle selftest` in `tests/traces`: every byte of a session, replayed as it came, against a committed list of
//! events.

use std::path::Path;

use super::super::replay::Found;
use super::traces::event;
use super::*;

/// What one side wrote before the other did.
#[derive(Debug, PartialEq, Eq)]
struct Turn {
    host: bool,
    bytes: Vec<u8>,
}

/// The exchange of a report. What it means is written on top of each.
fn turns(report: &str) -> Vec<Turn> {
    let mut turns: Vec<Turn> = Vec::new();
    for line in report.lines() {
        let (host, text) = match line.split_at_checked(2) {
            Some(("> ", text)) => (true, text),
            Some(("< ", text)) => (false, text),
            _ => continue,
        };
        let mut bytes = unescaped(text);
        match turns.last_mut() {
            Some(turn) if turn.host == host => turn.bytes.append(&mut bytes),
            _ => turns.push(Turn { host, bytes }),
        }
    }
    turns
}

fn unescaped(text: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let run = rest.strip_prefix("\\{").and_then(|text| text.split_once('}'));
        let (count, one) = run.map_or((1, rest), |(count, one)| (count.parse().unwrap(), one));
        let (byte, used) = match one.as_bytes() {
            [b'\\', b'r', ..] => (b'\r', 2),
            [b'\\', b'n', ..] => (b'\n', 2),
            [b'\\', b'\\', ..] => (b'\\', 2),
            [b'\\', b'x', ..] => (u8::from_str_radix(&one[2..4], 16).unwrap(), 4),
            [byte, ..] => (*byte, 1),
            [] => panic!("{text} ends in the middle"),
        };
        bytes.extend(std::iter::repeat_n(byte, count));
        rest = &one[used..];
    }
    bytes
}

/// Whether a command ends in the size of data that follow behind a prompt.
fn wants_data(command: &[u8]) -> bool {
    let last = command
        .trim_ascii_end()
        .rsplit(|byte| *byte == b',')
        .next()
        .unwrap_or_default();
    command.starts_with(b"AT+MQTTPUB=") && last.iter().all(u8::is_ascii_digit)
}

/// What a decoder finds that is told when a prompt may come, as the engine tells it.
fn events(turns: &[Turn], size: usize) -> String {
    let (mut line, mut store) = (vec![0; 512], vec![0; 2048]);
    let mut decoder = Decoder::new(&mut line, None);
    let mut events = String::new();
    for turn in turns {
        if turn.host {
            decoder.expect_prompt(wants_data(&turn.bytes));
            continue;
        }
        for piece in turn.bytes.chunks(size) {
            for found in push(&mut decoder, &mut store, piece) {
                if found == Found::Prompt {
                    decoder.expect_prompt(false);
                }
                events += &match found {
                    Found::Message {
                        end, topic, payload, ..
                    } => format!(
                        "message {end:?}, {} bytes of topic, payload {}\n",
                        topic.len(),
                        payload.escape_ascii()
                    ),
                    other => event(&other) + "\n",
                };
            }
        }
    }
    events
}

#[test]
fn a_report_of_a_self_test_replays_as_it_was() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/traces/simulated_l610_selftest.report");
    let turns = turns(&std::fs::read_to_string(&path).unwrap());
    assert!(turns.len() > 100, "{}", turns.len());
    let expected = std::fs::read_to_string(path.with_extension("events")).unwrap_or_default();
    for size in [usize::MAX, 1, 2, 3, 7, 64] {
        let events = events(&turns, size);
        assert_eq!(events, expected, "in reads of {size} bytes it yields\n{events}");
    }
}

#[test]
fn the_escapes_of_a_report_are_bytes_again() {
    assert_eq!(unescaped("a\\r\\n\\\\r\\xff\\x20"), b"a\r\n\\r\xff ");
    assert_eq!(unescaped("\"\\{3}x\\{2}\\x00y"), b"\"xxx\0\0y");
}
