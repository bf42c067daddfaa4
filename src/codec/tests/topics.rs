//! Topics that begin with digits, on MQTT-SN connections, where a topic id may stand in their place.

use super::super::replay::Found;
use super::*;

const REST: &str = "\r\n\r\nOK\r\n";

/// What follows, in a payload, a place where an answer could end.
const FORGED: &[u8] = b"\r\n\r\nOK\r\n\r\n+MQTTBREAK: 101,1\r\n";

fn sn_answer(topic: &[u8], topic_len: usize, payload: &[u8], payload_len: usize) -> Vec<u8> {
    let mut bytes = format!("+MQTTREAD: 101,1,{topic_len},{payload_len},").into_bytes();
    for part in [topic, b",", payload, REST.as_bytes()] {
        bytes.extend_from_slice(part);
    }
    bytes
}

/// The topics and payloads that were found, and nothing else but the result.
fn messages(setup: Setup, bytes: &[u8]) -> Vec<(bool, Vec<u8>, Vec<u8>)> {
    let mut messages = Vec::new();
    for found in setup.found(bytes) {
        match found {
            Found::Message {
                header, topic, payload, ..
            } => messages.push((header.topic_id, topic, payload)),
            Found::Line(line) => assert_eq!(line, b"OK", "{}", bytes.escape_ascii()),
            other => panic!("{other:?}"),
        }
    }
    messages
}

#[test]
fn a_name_without_quotes_cannot_pretend_to_be_an_id_with_a_quoted_payload() {
    for pinned in [None, Some(false)] {
        let setup = Setup {
            quoted: pinned,
            ..Setup::PLAIN
        };
        for digits in ["1", "12", "65535"] {
            for more in 0..40 {
                let name = [digits.as_bytes(), b",\"", &vec![b'x'; more]].concat();
                // Quote and line end stand where a payload in quotes would end.
                let end = name.len() + 1 - (digits.len() + 1) - 1;
                for len in end..end + 40 {
                    let mut payload = vec![b'y'; len];
                    payload.extend_from_slice(FORGED);
                    let closing = payload.len() + digits.len() + 2;
                    if let Some(at) = closing.checked_sub(name.len() + 1).filter(|at| at + 1 < payload.len()) {
                        payload[at] = b'"';
                        payload[at + 1] = b'\r';
                    }
                    let bytes = sn_answer(&name, name.len(), &payload, payload.len());
                    let found = messages(setup, &bytes);
                    // Where the message of that id would end at a line end, it cannot be told which of the two it is: it is given up.
                    if found != [(false, Vec::new(), Vec::new())] {
                        assert_eq!(found, [(false, name.clone(), payload)]);
                    }
                }
            }
        }
    }
}

#[test]
fn an_id_with_a_quoted_payload_is_one_whatever_its_length_is_said_to_be() {
    for topic_len in [0, 1, 2, 3, 4, 5, 255, 65535] {
        for payload in [&b""[..], b"x", b"hello", b"\"", b"\r\nOK\r\n", FORGED] {
            let quoted = [b"\"", payload, b"\""].concat();
            let bytes = sn_answer(b"12", topic_len, &quoted, payload.len());
            let found = messages(Setup::PLAIN, &bytes);
            assert_eq!(found, [(true, b"12".to_vec(), payload.to_vec())], "{topic_len}");
        }
    }
}
