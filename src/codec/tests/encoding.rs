//! Command lines: escapes, numbers, and buffers that are too short.

use proptest::prelude::*;

use super::super::Encoder;
use super::config;
use crate::error::Field;
use crate::types::{Escapes, Text};

fn encode(text: &[u8], escapes: Escapes, buffer: &mut [u8]) -> usize {
    let text = Text::from_bytes(Field::Password, text, escapes).unwrap();
    Encoder::new(buffer, "+X").number(1u8).text(text).end()
}

fn encoded(text: &[u8], escapes: Escapes) -> Vec<u8> {
    let mut buffer = vec![0; encode(text, escapes, &mut [])];
    assert_eq!(encode(text, escapes, &mut buffer), buffer.len());
    buffer
}

#[test]
fn numbers_are_written_in_full() {
    for number in [0, 1, 9, 10, 255, 1024, 65_535, u32::MAX] {
        let mut buffer = [0; 32];
        let len = Encoder::new(&mut buffer, "+X").number(number).end();
        assert_eq!(&buffer[..len], format!("AT+X={number}\r").as_bytes());
    }
}

#[test]
fn what_could_end_a_string_is_escaped() {
    for (text, expected) in [
        (&b"a\"b"[..], &br#"AT+X=1,"a\22b""#[..]),
        (b"a\\b", br#"AT+X=1,"a\5Cb""#),
        (br"a\22b", br#"AT+X=1,"a\5C22b""#),
        (b"\r\n", br#"AT+X=1,"\0D\0A""#),
        (b"\x01\x1f\x7f", br#"AT+X=1,"\01\1F\7F""#),
        (b" ~,>+\x80\xff", b"AT+X=1,\" ~,>+\x80\xff\""),
        (b"", br#"AT+X=1,"""#),
    ] {
        assert_eq!(encoded(text, Escapes::Hex), [expected, b"\r"].concat());
    }
}

/// What UNISOC firmware makes of a string: `\` and two alphanumeric characters are a byte.
fn decoded(mut line: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::new();
    while let [first, rest @ ..] = line {
        line = match (first, rest) {
            (b'\\', [high, low, rest @ ..]) if high.is_ascii_alphanumeric() && low.is_ascii_alphanumeric() => {
                let digits = [*high, *low];
                let digits = core::str::from_utf8(&digits).unwrap();
                bytes.push(u8::from_str_radix(digits, 16).unwrap());
                rest
            }
            _ => {
                bytes.push(*first);
                rest
            }
        };
    }
    bytes
}

proptest! {
    #![proptest_config(config(512))]

    #[test]
    fn any_string_arrives_as_it_is(text in prop::collection::vec(1u8.., 0..40)) {
        let line = encoded(&text, Escapes::Hex);
        let inner = line.strip_prefix(b"AT+X=1,\"").and_then(|rest| rest.strip_suffix(b"\"\r")).unwrap();
        prop_assert!(inner.iter().all(|byte| *byte >= 0x20 && *byte != b'"'));
        prop_assert_eq!(decoded(inner), text);
    }

    #[test]
    fn without_escapes_a_string_is_itself_or_refused(text in prop::collection::vec(any::<u8>(), 0..12)) {
        let syntax = |byte: &u8| *byte < 0x20 || matches!(*byte, b'"' | b'\\' | 0x7f);
        let refused = Text::from_bytes(Field::Password, &text, Escapes::Unknown).is_err();
        prop_assert_eq!(refused, text.iter().any(syntax));
        if !refused {
            let expected = [b"AT+X=1,\"", &text[..], b"\"\r"].concat();
            prop_assert_eq!(encoded(&text, Escapes::Unknown), expected);
        }
    }
}
