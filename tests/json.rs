//! The JSON of the profiles, against RFC 8259 and against serde_json.
#![cfg(any(feature = "captis", feature = "juconn"))]

use fibocom_mqtt::profile::TooLarge;
use fibocom_mqtt::profile::json::{JsonError, JsonProblem, Kind, MAX_DEPTH, Number, Value, Writer};
use proptest::prelude::*;
use serde_json::Value as Oracle;

/// Random documents, of the depth that suffices to meet every nesting.
fn documents() -> impl Strategy<Value = Oracle> {
    let leaf = prop_oneof![
        Just(Oracle::Null),
        any::<bool>().prop_map(Oracle::from),
        any::<i64>().prop_map(Oracle::from),
        any::<u64>().prop_map(Oracle::from),
        // Of few digits: serde_json is not exact in the last one.
        any::<i32>().prop_map(|number| Oracle::from(f64::from(number) / 8.0)),
        any::<String>().prop_map(Oracle::from),
        "[ -~\\\\\"\u{0}-\u{1f}°ö😀\u{7f}]{0,12}".prop_map(Oracle::from),
    ];
    leaf.prop_recursive(6, 48, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Oracle::from),
            prop::collection::vec((any::<String>(), inner), 0..6)
                .prop_map(|members| Oracle::Object(members.into_iter().collect())),
        ]
    })
}

fn read(value: Value<'_>) -> Oracle {
    match value.kind() {
        Kind::Object => {
            let object = value.as_object().unwrap();
            for (name, member) in object {
                assert_eq!(object.get(&name.to_string()), Some(member), "names are unique here");
            }
            Oracle::Object(
                object
                    .members()
                    .map(|(name, value)| (name.to_string(), read(value)))
                    .collect(),
            )
        }
        Kind::Array => value.as_array().unwrap().elements().map(read).collect(),
        Kind::String => {
            let text = value.as_str().unwrap();
            let decoded = text.to_string();
            assert_eq!(text, decoded.as_str());
            assert_eq!(text.decode(&mut vec![0; text.raw().len()]), Ok(decoded.as_str()));
            assert!(text.as_plain().is_none_or(|plain| plain == decoded));
            Oracle::from(decoded)
        }
        Kind::Number => {
            let number = value.as_number().unwrap();
            match (number.as_u64(), number.as_i64()) {
                _ if number.raw().contains(['.', 'e', 'E']) => Oracle::from(number.raw().parse::<f64>().unwrap()),
                (Some(number), _) => Oracle::from(number),
                (None, Some(number)) => Oracle::from(number),
                (None, None) => panic!("{} is out of range", number.raw()),
            }
        }
        Kind::Bool => Oracle::from(value.as_bool().unwrap()),
        Kind::Null => Oracle::Null,
    }
}

fn write(place: Writer<'_>, value: &Oracle) -> std::fmt::Result {
    match value {
        Oracle::Null => place.null(),
        Oracle::Bool(value) => place.bool(*value),
        Oracle::Number(number) => place.number(number),
        Oracle::String(text) => place.string(text),
        Oracle::Array(values) => place.array(|array| values.iter().try_for_each(|value| write(array.element(), value))),
        Oracle::Object(members) => place.object(|object| {
            members
                .iter()
                .try_for_each(|(name, value)| write(object.member(name), value))
        }),
    }
}

fn written(value: &Oracle) -> String {
    let mut out = String::new();
    write(Writer::new(&mut out), value).unwrap();
    out
}

proptest! {
    #[test]
    fn a_document_is_read_as_serde_json_wrote_it(document in documents(), pretty: bool) {
        let text = if pretty { serde_json::to_string_pretty(&document) } else { serde_json::to_string(&document) }.unwrap();
        let value = Value::parse_bytes(text.as_bytes()).unwrap();
        prop_assert_eq!(value.raw(), &text);
        prop_assert_eq!(read(value), document);
    }

    #[test]
    fn serde_json_reads_what_is_written(document in documents()) {
        let text = written(&document);
        prop_assert!(text.bytes().all(|byte| matches!(byte, b' '..=b'~')), "{}", text);
        prop_assert_eq!(serde_json::from_str::<Oracle>(&text).unwrap(), document);
        // And so does the reader, and what it read is written again the same.
        let mut again = String::new();
        Writer::new(&mut again).value(Value::parse(&text).unwrap()).unwrap();
        prop_assert_eq!(again, text);
    }

    #[test]
    fn a_value_embedded_means_the_same(document in documents()) {
        let text = serde_json::to_string_pretty(&document).unwrap();
        let mut out = String::new();
        Writer::new(&mut out).object(|object| object.member("config").value(Value::parse(&text).unwrap())).unwrap();
        prop_assert!(out.bytes().all(|byte| matches!(byte, b' '..=b'~' | b'\n')));
        prop_assert_eq!(&serde_json::from_str::<Oracle>(&out).unwrap()["config"], &document);
    }

    /// Whatever is done to a document: both take it, or neither. serde_json also refuses halves of surrogate pairs, and numbers that
    /// no `f64` holds; what it reads differently from us is compared by the other properties.
    #[test]
    fn both_take_the_same_documents(document in documents(), at: prop::sample::Index, with in "[\\[\\]{}\",:0-9.eE+tfn\\\\u \\-\n]{0,3}", cut in 0usize..4) {
        let mut bytes = serde_json::to_vec(&document).unwrap();
        let at = at.index(bytes.len() + 1);
        let end = bytes.len().min(at + cut);
        bytes.splice(at..end, with.bytes());
        let ours = Value::parse_bytes(&bytes);
        match serde_json::from_slice::<Oracle>(&bytes) {
            Ok(_) => prop_assert!(ours.is_ok(), "{:?} of {}", ours, String::from_utf8_lossy(&bytes)),
            Err(error) => {
                let lenient = ["surrogate", "out of range", "unexpected end of hex escape"].iter().any(|reason| error.to_string().contains(reason));
                prop_assert!(lenient || ours.is_err(), "{} but {}", error, String::from_utf8_lossy(&bytes));
            }
        }
        if let Err(error) = ours {
            prop_assert!(error.at <= bytes.len());
        }
    }

    #[test]
    fn any_bytes_are_read_or_refused(bytes: Vec<u8>) {
        if let Ok(value) = Value::parse_bytes(&bytes) {
            read(value);
        }
    }

    #[test]
    fn whole_numbers_are_exact(number: i128, zeros in 0usize..3, exponent in 0u32..3) {
        let number = number >> 61;
        let scaled = number.checked_mul(10i128.pow(exponent));
        let text = format!("{number}.{}e{exponent}", "0".repeat(zeros + 1));
        let read = Number::new(&text).unwrap();
        prop_assert_eq!(read.as_i64(), scaled.and_then(|number| i64::try_from(number).ok()));
        prop_assert_eq!(read.as_u64(), scaled.and_then(|number| u64::try_from(number).ok()));
        // The other way, digits behind the point that are not zero make it no whole number.
        let text = format!("{number}e-{exponent}");
        let whole = number % 10i128.pow(exponent) == 0;
        prop_assert_eq!(Number::new(&text).unwrap().as_i64().is_some(), whole && i64::try_from(number / 10i128.pow(exponent)).is_ok());
    }
}

#[test]
fn an_error_names_the_place_and_what_is_wrong() {
    for (document, at, problem) in [
        ("", 0, JsonProblem::End),
        (" \n", 2, JsonProblem::End),
        ("{", 1, JsonProblem::End),
        ("{\"a\"", 4, JsonProblem::End),
        ("{\"a\":", 5, JsonProblem::End),
        ("[1", 2, JsonProblem::End),
        ("\"a", 2, JsonProblem::End),
        ("tru", 3, JsonProblem::End),
        ("-", 1, JsonProblem::End),
        ("1.", 2, JsonProblem::End),
        ("[,1]", 1, JsonProblem::Value),
        ("[1,]", 3, JsonProblem::Value),
        ("trie", 2, JsonProblem::Value),
        ("\u{feff}1", 0, JsonProblem::Value),
        ("{a:1}", 1, JsonProblem::Name),
        ("{\"a\":1,}", 7, JsonProblem::Name),
        ("{\"a\" 1}", 5, JsonProblem::Colon),
        ("{\"a\":1]", 6, JsonProblem::CommaOrBrace),
        ("[1}", 2, JsonProblem::CommaOrBracket),
        ("[01]", 2, JsonProblem::Number),
        ("[1.]", 3, JsonProblem::Number),
        ("[-a]", 2, JsonProblem::Number),
        ("[1.2.3]", 4, JsonProblem::Number),
        (r#""\x""#, 2, JsonProblem::Escape),
        (r#""\u12g4""#, 5, JsonProblem::Escape),
        (r#""\v""#, 2, JsonProblem::Escape),
        (r#""\0""#, 2, JsonProblem::Escape),
        (r#""\'""#, 2, JsonProblem::Escape),
        ("\"a\u{0}\"", 2, JsonProblem::Control),
        ("\"a\u{1f}\"", 2, JsonProblem::Control),
        ("1 2", 2, JsonProblem::Trailing),
        ("{}}", 2, JsonProblem::Trailing),
    ] {
        assert_eq!(Value::parse(document), Err(JsonError { at, problem }), "{document:?}");
    }
    let not_utf8 = Value::parse_bytes(b"\"ab\xff\"").unwrap_err();
    assert_eq!((not_utf8.at, not_utf8.problem), (3, JsonProblem::NotUtf8));
    assert_eq!(not_utf8.to_string(), "not JSON at byte 3: the text is not UTF-8");
}

#[test]
fn what_is_written_is_printable_ascii() {
    let text = "\0\u{1f} ~\u{7f}\u{80}\u{ffff}";
    let escaped = r#""\u0000\u001f ~\u007f\u0080\uffff""#;
    let mut out = String::new();
    Writer::new(&mut out).string(text).unwrap();
    assert_eq!(out, escaped);
    // A document may hold the last three as they are.
    let mut out = String::new();
    let document = "\"\\u0000\\u001f ~\u{7f}\u{80}\u{ffff}\"";
    Writer::new(&mut out).value(Value::parse(document).unwrap()).unwrap();
    assert_eq!(out, escaped);
}

#[test]
fn depth_is_bounded() {
    let depth = MAX_DEPTH as usize;
    for (open, close) in [("[", "]"), ("{\"a\":", "}")] {
        let nested = |depth: usize| format!("{}1{}", open.repeat(depth), close.repeat(depth));
        assert!(Value::parse(&nested(depth)).is_ok());
        let error = Value::parse(&nested(depth + 1)).unwrap_err();
        assert_eq!(
            error,
            JsonError {
                at: open.len() * depth,
                problem: JsonProblem::Depth
            }
        );
    }
    // As many as one likes beside one another.
    assert!(Value::parse(&format!("[{}[]]", "[],".repeat(10_000))).is_ok());
    assert!(Value::parse(&"[".repeat(1_000_000)).is_err());
}

#[test]
fn surrogates_are_paired_or_replaced() {
    for (escaped, text) in [
        (r"\ud83d\ude00", "😀"),
        (r"\uD83D\uDE00!", "😀!"),
        (r"\ud83d", "\u{fffd}"),
        (r"\ude00", "\u{fffd}"),
        (r"\ud83d\ud83d\ude00", "\u{fffd}😀"),
        (r"\ud83dx", "\u{fffd}x"),
        (r"\ud83d\n", "\u{fffd}\n"),
        (r"\ud83d\u0041", "\u{fffd}A"),
        (r#"\"\\\/\b\f\n\r\t\u0000"#, "\"\\/\u{8}\u{c}\n\r\t\0"),
        (r"\udbff\udfff", "\u{10ffff}"),
        (r"\ud800\udc00", "\u{10000}"),
        // The neighbours of the halves are characters of their own.
        (r"\ud800\udbff", "\u{fffd}\u{fffd}"),
        (r"\ud800\ue000", "\u{fffd}\u{e000}"),
        (r"\ud7ff\udc00", "\u{d7ff}\u{fffd}"),
    ] {
        let document = format!("\"{escaped}\"");
        let read = Value::parse(&document).unwrap().as_str().unwrap();
        assert_eq!(read, text, "{escaped}");
        assert_eq!(read.to_string(), text);
    }
}

#[test]
fn a_text_that_does_not_fit_says_how_long_it_is() {
    let text = Value::parse(r#""a\u00e9b""#).unwrap().as_str().unwrap();
    assert_eq!(text.decode(&mut [0; 3]), Err(TooLarge { needed: 4, max: 3 }));
    assert_eq!(text.decode(&mut [0; 4]), Ok("aéb"));
}

#[test]
fn the_last_of_equal_names_counts() {
    let object = Value::parse(r#"{"a":1,"b":2,"\u0061":3}"#)
        .unwrap()
        .as_object()
        .unwrap();
    assert_eq!(object.get("a").unwrap().as_i64(), Some(3));
    assert_eq!(object.get("c"), None);
    assert_eq!(object.members().count(), 3);
}

#[test]
fn kinds_are_told_apart() {
    let document = r#" { "o" : { } , "a" : [ ] , "s" : "" , "n" : -0 , "t" : true , "z" : null } "#;
    let object = Value::parse(document).unwrap().as_object().unwrap();
    let get = |name| object.get(name).unwrap();
    assert!(get("o").as_object().unwrap().is_empty() && get("a").as_array().unwrap().is_empty());
    assert!(get("s").as_str().unwrap().is_empty() && get("z").is_null());
    assert_eq!(
        (get("n").as_u64(), get("n").as_i64(), get("n").raw()),
        (Some(0), Some(0), "-0")
    );
    assert_eq!((get("t").as_bool(), get("s").as_bool()), (Some(true), None));
    assert!(get("s").as_number().is_none() && get("n").as_str().is_none() && get("t").as_object().is_none());
    assert_eq!(object.raw(), document.trim());
}

#[test]
fn numbers_out_of_range_are_none() {
    let whole = |text| Number::new(text).map(|number| (number.as_u64(), number.as_i64()));
    assert_eq!(whole("18446744073709551615"), Some((Some(u64::MAX), None)));
    assert_eq!(whole("18446744073709551616"), Some((None, None)));
    assert_eq!(whole("-9223372036854775808"), Some((None, Some(i64::MIN))));
    assert_eq!(whole("-9223372036854775809"), Some((None, None)));
    assert_eq!(whole("1e99999999999999999999"), Some((None, None)));
    assert_eq!(whole("0e99999999999999999999"), Some((Some(0), Some(0))));
    assert_eq!(whole("1e-99999999999999999999"), Some((None, None)));
    assert_eq!(whole("12.50e1"), Some((Some(125), Some(125))));
    for text in ["", "-", "+1", "01", "1.", ".5", "1e", "1e+", "0x1", "1 ", "NaN"] {
        assert_eq!(Number::new(text), None, "{text}");
    }
}

#[test]
fn the_writer_takes_no_number_that_is_none_and_leaves_no_trace_of_an_unused_place() {
    let mut out = String::new();
    assert!(Writer::new(&mut out).number(f64::INFINITY).is_err());
    assert!(Writer::new(&mut String::new()).number("1,2").is_err());
    assert!(Writer::new(&mut String::new()).number("").is_err());
    let mut out = String::new();
    Writer::new(&mut out)
        .object(|object| {
            object.member("a").number(1)?;
            let _unused = object.member("b");
            object.member("c\n").string(format_args!("{:02}", 7))
        })
        .unwrap();
    assert_eq!(out, r#"{"a":1,"c\n":"07"}"#);
}
