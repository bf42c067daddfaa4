//! The same bytes to atat's own digester, which frames by text: it documents why the driver brings its own decoder.

use atat::digest::parser::{try_urc, urc_helper};
use atat::{AtDigester, DigestResult, Digester, InternalError, Parser};

use super::super::replay::Found;
use super::*;

/// The unsolicited line that a payload will try to forge.
struct Break;

impl Parser for Break {
    fn parse(buffer: &[u8]) -> Result<(&[u8], usize), atat::digest::ParseError> {
        let line = urc_helper::<_, atat::nom::error::Error<&[u8]>>("+MQTTBREAK");
        try_urc(line, buffer).unwrap_or(Err(atat::digest::ParseError::NoMatch))
    }
}

#[derive(Debug, PartialEq, Eq)]
enum Digested {
    Urc(Vec<u8>),
    Answer(Vec<u8>),
    Error,
    Prompt(u8),
}

/// Feeds a digester as atat's ingress does: after each read until it has nothing more to say.
fn digest(reads: &[&[u8]]) -> Vec<Digested> {
    let mut digester = AtDigester::<Break>::new();
    let mut buffer: Vec<u8> = Vec::new();
    let mut found = Vec::new();
    for read in reads {
        buffer.extend_from_slice(read);
        loop {
            let (result, used) = digester.digest(&buffer);
            found.push(match result {
                DigestResult::Urc(line) => Digested::Urc(line.to_vec()),
                DigestResult::Response(Ok(answer)) => Digested::Answer(answer.to_vec()),
                DigestResult::Response(Err(error)) => {
                    assert_eq!(error, InternalError::Error);
                    Digested::Error
                }
                DigestResult::Prompt(prompt) => Digested::Prompt(prompt),
                DigestResult::None if used == 0 => break,
                DigestResult::None => {
                    buffer.drain(..used);
                    continue;
                }
            });
            buffer.drain(..used);
        }
    }
    found
}

/// What our decoder makes of the same reads.
fn decoded(reads: &[&[u8]]) -> Vec<Found> {
    Setup::PLAIN.run(reads.iter().copied()).0
}

#[test]
fn a_plain_answer_is_understood_by_both() {
    let reads = [&b"\r\n+MQTTREAD: 1,1,1,2,t,ab\r\n\r\nOK\r\n"[..]];
    assert_eq!(digest(&reads), [Digested::Answer(b"+MQTTREAD: 1,1,1,2,t,ab".to_vec())]);
    assert_eq!(decoded(&reads), [message(b"t", b"ab", false), Found::line("OK")]);
}

#[test]
fn an_ok_in_a_payload_ends_its_answer_and_leaves_one_too_many() {
    let payload = b"ab\r\nOK\r\ncd";
    let reads = [&b"\r\n+MQTTREAD: 1,1,1,10,t,ab\r\nOK\r\ncd\r\n\r\nOK\r\n"[..]];
    let digested = digest(&reads);
    assert_eq!(
        digested[0],
        Digested::Answer(b"+MQTTREAD: 1,1,1,10,t,ab".to_vec()),
        "cut"
    );
    // The second answers whatever command comes next.
    assert_eq!(digested.len(), 2, "{digested:?}");
    assert!(matches!(digested[1], Digested::Answer(_)));
    assert_eq!(decoded(&reads), [message(b"t", payload, false), Found::line("OK")]);
}

#[test]
fn an_error_in_a_payload_fails_a_read_that_succeeded() {
    let reads = [&b"\r\n+MQTTREAD: 1,1,1,13,t,ab\r\nERROR\r\n"[..], b"cd\r\n\r\nOK\r\n"];
    assert_eq!(digest(&reads)[0], Digested::Error);
    assert_eq!(
        decoded(&reads),
        [message(b"t", b"ab\r\nERROR\r\ncd", false), Found::line("OK")]
    );
}

#[test]
fn a_prompt_in_a_payload_swallows_half_of_its_answer() {
    let reads = [&b"\r\n+MQTTREAD: 1,1,1,5,t,a>"[..], b"bcd\r\n\r\nOK\r\n"];
    assert_eq!(digest(&reads), [Digested::Prompt(b'>'), Digested::Answer(b"".to_vec())]);
    assert_eq!(decoded(&reads), [message(b"t", b"a>bcd", false), Found::line("OK")]);
}

#[test]
fn whoever_may_publish_can_forge_an_unsolicited_line() {
    let reads = [
        &b"\r\n+MQTTREAD: 1,1,1,20,t,\r\n+MQTTBREAK: 1,1\r\n"[..],
        b"x\r\n\r\nOK\r\n",
    ];
    let forged = Digested::Urc(b"+MQTTBREAK: 1,1".to_vec());
    let digested = digest(&reads);
    assert!(digested.contains(&forged), "{digested:?}");
    let payload = b"\r\n+MQTTBREAK: 1,1\r\nx";
    assert_eq!(decoded(&reads), [message(b"t", payload, false), Found::line("OK")]);
}
