//! Lines: their ends, their length, and what is kept of them as an answer.

use super::super::replay::{Found, push};
use super::*;

#[test]
fn every_kind_of_line_end_is_one() {
    for bytes in [
        &b"+CSQ: 31,99\nOK\n"[..],
        b"+CSQ: 31,99\rOK\r",
        b"+CSQ: 31,99\r\nOK\r\n",
        b"\r\n+CSQ: 31,99\r\n\r\nOK\r\n",
        b"\n\n\n+CSQ: 31,99\n\r\n\rOK\n\r",
        b"\r\n \r\n+CSQ: 31,99\r\n   OK\r\n",
    ] {
        assert_eq!(Setup::PLAIN.found(bytes), lines(&["+CSQ: 31,99", "OK"]));
    }
}

#[test]
fn a_line_without_its_end_is_none_yet() {
    assert_eq!(Setup::PLAIN.found(b"OK"), []);
    assert_eq!(Setup::PLAIN.found(b""), []);
    assert_eq!(Setup::PLAIN.found(b"\r\n\r\n"), []);
}

#[test]
fn blanks_inside_and_behind_a_line_belong_to_it() {
    assert_eq!(Setup::PLAIN.found(b" a b \r\n"), lines(&["a b "]));
}

#[test]
fn garbage_in_front_of_an_echo_stays_in_its_line() {
    // Seen from a module that had just booted (the capture is among the traces).
    let bytes = b"\xff\xfe\x00\x80\xf5AT+CGPADDR=1\r\r\n+CGPADDR: 1,\"10.72.126.184\"\r\n\r\nOK\r\n";
    let echo = Found::line(b"\xff\xfe\x00\x80\xf5AT+CGPADDR=1");
    let rest = lines(&["+CGPADDR: 1,\"10.72.126.184\"", "OK"]);
    assert_eq!(Setup::PLAIN.found(bytes), [vec![echo], rest].concat());
}

#[test]
fn a_line_longer_than_the_buffer_is_cut_and_the_next_is_whole() {
    let setup = Setup {
        line: 8,
        ..Setup::PLAIN
    };
    let long = |text: &str| Found::LongLine(text.as_bytes().to_vec());
    assert_eq!(setup.found(b"12345678\r\n"), lines(&["12345678"]));
    assert_eq!(
        setup.found(b"123456789\r\nOK\r\n"),
        [long("12345678"), Found::line("OK")]
    );
    // Not even one byte of room: blanks and prompts inside are still not at a line's start.
    let none = Setup {
        line: 0,
        prompt: true,
        ..Setup::PLAIN
    };
    assert_eq!(none.found(b"a >\r\n\r\nb\r\n"), [long(""), long("")]);
}

#[test]
fn a_header_cut_by_a_short_buffer_is_no_header() {
    let setup = Setup {
        line: 18,
        ..Setup::PLAIN
    };
    let found = setup.found(b"+MQTTREAD: 1,1,1,1,a,b\r\n");
    assert_eq!(found, [Found::LongLine(b"+MQTTREAD: 1,1,1,1".to_vec())]);
}

#[test]
fn kept_lines_are_the_answer_and_others_are_not() {
    let (mut line, mut store) = ([0; 32], [0; 8]);
    let mut decoder = Decoder::new(&mut line, None);
    assert_eq!(decoder.capacity(), 32);
    assert_eq!(decoder.kept(), b"");
    for (text, keep) in [("first", true), ("+SIM READY", false), ("second", true), ("OK", false)] {
        assert_eq!(push(&mut decoder, &mut store, text.as_bytes()), []);
        // One byte at a time: the line must still be there when it is kept.
        assert_eq!(decoder.push(b"\r", &mut store).1, Some(super::super::Frame::Line));
        assert_eq!(decoder.line(), text.as_bytes());
        if keep {
            assert!(decoder.keep());
        }
        assert_eq!(push(&mut decoder, &mut store, b"\n"), []);
    }
    assert_eq!(decoder.kept(), b"first\r\nsecond");

    // A new exchange drops the answer, not the line that has begun.
    assert_eq!(push(&mut decoder, &mut store, b"+MQTT"), []);
    decoder.begin();
    assert_eq!(decoder.kept(), b"");
    assert_eq!(
        push(&mut decoder, &mut store, b"BREAK: 1,1\r\n"),
        lines(&["+MQTTBREAK: 1,1"])
    );
    decoder.begin();
    assert_eq!(decoder.line(), b"");
}

#[test]
fn a_line_that_leaves_no_room_is_not_kept() {
    let (mut line, mut store) = ([0; 12], [0; 8]);
    let mut decoder = Decoder::new(&mut line, None);
    assert_eq!(decoder.push(b"12345\n", &mut store).1, Some(super::super::Frame::Line));
    assert!(decoder.keep());
    assert_eq!(decoder.push(b"6789\n", &mut store).1, Some(super::super::Frame::Line));
    assert!(!decoder.keep(), "four bytes and a line end do not fit into five");
    assert_eq!(decoder.kept(), b"12345");
    // What does not fit behind the answer is a long line, and an answer that fills the buffer leaves no room at all.
    assert_eq!(
        push(&mut decoder, &mut store, b"abcdef\nabc\n"),
        [Found::LongLine(b"abcde".to_vec()), Found::line("abc")]
    );
}
