//! The decision whether a module quotes in READ: it rests on the byte that only the module can have written.

use super::super::replay::Found;
use super::*;

/// A topic and a payload, and what the module writes behind the information line.
type Attack<'a> = (&'a [u8], &'a [u8], &'a str);

/// Contents that look like the other form as far as content can: the answer begins like a quoted one, and quotes stand in all
/// places but the last, which the module fills.
const UNQUOTED: [Attack<'_>; 6] = [
    // The documented ambiguity: the first message ever begins with a quote.
    (b"\"t", b"p", "\r\n\r\nOK\r\n"),
    // Quotes where a quoted answer with these lengths (3 and 4) has them, but for the closing one.
    (b"\"ab", b"\"\"\",", "\r\n\r\nOK\r\n"),
    (b"\"\"\"", b"\"\"\"\"", "\nOK\n"),
    (b"\"", b"", "\nOK\n"),
    (b"\",", b"\"\"", "\rOK\r"),
    // Four bytes that look like a whole result inside of what a quoted answer would still need.
    (b"\"\",\"\"", b"\nOK\n", "\nOK\n"),
];

#[test]
fn an_unquoted_message_cannot_pretend_to_be_quoted() {
    for (topic, payload, after) in UNQUOTED {
        let bytes = [&answer(topic, payload, false, false)[..], after.as_bytes()].concat();
        assert_eq!(
            Setup::PLAIN.found(&bytes),
            [message(topic, payload, false), Found::line("OK")],
            "{}",
            bytes.escape_ascii()
        );
        assert_eq!(Setup::PLAIN.run([&bytes[..]]).1, Some(false));
    }
}

#[test]
fn a_quoted_message_cannot_pretend_to_be_unquoted() {
    for (topic, payload, after) in [
        (&b"a,b"[..], &b"c"[..], "\r\n\r\nOK\r\n"),
        // Commas wherever an unquoted answer could have its own.
        (b",,,", b",,,,", "\nOK\n"),
        (b"", b"\r\nOK\r\n", "\r\n\r\nOK\r\n"),
        (b"", b"", "\r\n\r\nOK\r\n"),
    ] {
        let bytes = [&answer(topic, payload, true, false)[..], after.as_bytes()].concat();
        assert_eq!(
            Setup::PLAIN.found(&bytes),
            [message(topic, payload, false), Found::line("OK")],
            "{}",
            bytes.escape_ascii()
        );
        assert_eq!(Setup::PLAIN.run([&bytes[..]]).1, Some(true));
    }
}

#[test]
fn a_line_behind_the_message_is_not_lost_to_the_decision() {
    // The four bytes that were taken for the rest of a quoted message are read again: no more, no less.
    for after in ["\r\n+MQTTBREAK: 1,1\r\n\r\nOK\r\n", "\n+MQTTBREAK: 1,1\nOK\n"] {
        let bytes = [&answer(b"\"t", b"p", false, false)[..], after.as_bytes()].concat();
        let rest = lines(&["+MQTTBREAK: 1,1", "OK"]);
        assert_eq!(
            Setup::PLAIN.found(&bytes),
            [vec![message(b"\"t", b"p", false)], rest].concat()
        );
    }
}

#[test]
fn the_decision_waits_for_the_bytes_that_make_it() {
    let bytes = answer(b"\"t", b"p", false, false);
    assert_eq!(Setup::PLAIN.found(&bytes), []);
    assert_eq!(Setup::PLAIN.found(&[&bytes[..], b"\r\nO"].concat()), []);
    let whole = Setup::PLAIN.found(&[&bytes[..], b"\r\nOK"].concat());
    assert_eq!(whole, [message(b"\"t", b"p", false)]);
    // A topic that begins with anything else decides at once.
    let other = answer(b"t", b"p", false, false);
    assert_eq!(Setup::PLAIN.found(&other), [message(b"t", b"p", false)]);
}

#[test]
fn what_was_not_stored_teaches_nothing() {
    let bytes = [&answer(b"topic", b"payload", true, false)[..], b"\r\n\r\nOK\r\n"].concat();
    let setup = Setup {
        store: 3,
        ..Setup::PLAIN
    };
    assert_eq!(setup.run([&bytes[..]]).1, None);
}
