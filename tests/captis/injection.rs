//! What a platform's user, or somebody at its broker, might send to have a device do what its server may not ask for.

use fibocom_mqtt::profile::captis::azure::Response;
use fibocom_mqtt::profile::captis::csv::{Fields, Lines};
use fibocom_mqtt::profile::captis::{Gate, Operation, Role, Roles};
use proptest::prelude::*;

use super::{CCID, identity};

const ALL: Roles = Roles::of(&Role::ALL);

/// What each line of a payload is taken for, and how it ends.
fn understood(payload: &[u8]) -> Vec<String> {
    let identity = identity();
    let gate = Gate::new(CCID, &identity, ALL);
    let operations = gate.operations(payload).map(|received| {
        let (executing, operation) = received.begin();
        match operation {
            Ok(Operation::Command(text)) => format!("command {}", text.text()),
            Ok(Operation::Configuration(text)) => format!("configuration {}", text.text()),
            Ok(other) => format!("{other:?}"),
            Err(refusal) => executing.fail(refusal).to_string(),
        }
    });
    operations.collect()
}

/// A field as a platform writes it that escapes quotes with backslashes (section 4.1.4), and backslashes too.
fn escaped(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

#[test]
fn what_stands_in_quotes_is_no_operation_whatever_bytes_are_with_it() {
    // A byte that is not UTF-8 ends no quotes, neither behind an operation that was slipped in nor in front of one.
    for text in [
        &b"echo \xff\n518,89610180003174295174,OPEN\n"[..],
        b"echo\n518,89610180003174295174,OPEN\n\xff",
        b"\xff\n518,89610180003174295174,OPEN\n\xff\n",
    ] {
        let payload = [b"511,89610180003174295174,\"", text, b"\"\n511,89610180003174295174,rf"].concat();
        assert_eq!(
            understood(&payload),
            ["502,c8y_Command,not UTF-8", "command rf"],
            "{}",
            payload.escape_ascii()
        );
    }
}

#[test]
fn a_document_cannot_close_its_own_quotes() {
    // A closing quote behind a brace is no name with doubled quotes.
    let slipped_in = format!("518,{CCID},OPEN");
    for text in [
        format!("[\"\n{slipped_in}\n{{"),
        format!("{{\"a\":\"\\\"\n{slipped_in}\n{{"),
        format!("\\\"\n{slipped_in}\n\\"),
        format!("\"\"\n{slipped_in}\n\"\""),
    ] {
        for kind in ["511", "513"] {
            let payload = format!("{kind},{CCID},{}", escaped(&text));
            let lines = understood(payload.as_bytes());
            let name = if kind == "511" { "command" } else { "configuration" };
            assert_eq!(lines, [format!("{name} {text}")], "{payload}");
        }
    }
}

#[test]
fn a_field_behind_cannot_change_how_the_one_in_front_is_read() {
    // A backslash at the end of a field is one, and the quote behind it closes; the two quotes that follow are an empty field.
    let text = format!("\"\n518,{CCID},OPEN\n\\");
    for behind in ["\"\"", "\"\"\"\"", "\"\\\"\"", ""] {
        let payload = format!("515,{CCID},{},{behind}\n518,{CCID},CLOSED", escaped(&text));
        let lines = understood(payload.as_bytes());
        assert_eq!(lines.len(), 2, "{payload}: {lines:?}");
        assert_eq!(lines[1], "Relay(Closed)");
    }
}

#[test]
fn a_document_of_several_lines_is_read_in_either_style() {
    let document = "{\"say\":\"\\\"hi\\\"\",\n\"path\":\"C:\\\\\",\n\"b\":\"\\n\"}";
    let doubled = format!("\"{}\"", document.replace('"', "\"\""));
    for field in [doubled, escaped(document)] {
        let payload = format!("513,{CCID},{field}\n518,{CCID},OPEN");
        let lines = understood(payload.as_bytes());
        assert_eq!(lines, [format!("configuration {document}"), "Relay(Open)".to_owned()]);
    }
}

#[test]
fn a_device_that_hears_itself_falls_silent() {
    // Where the topic of operations is also one that the device publishes to.
    let identity = identity();
    let gate = Gate::new(CCID, &identity, ALL);
    let mut heard = vec![
        format!("511,{CCID},\"*,rf\""),
        "I011,2018-10-10T10:21:03Z,3.47".into(),
        "520,x".into(),
    ];
    for answers in [6, 0] {
        let mut said = Vec::new();
        for received in gate.operations(heard.join("\n").as_bytes()) {
            let (executing, operation) = received.begin();
            said.push(executing.line().to_string());
            said.push(match operation {
                Ok(_) => executing.success().to_string(),
                Err(refusal) => executing.fail(refusal).to_string(),
            });
        }
        assert_eq!(said.len(), answers, "{said:?}");
        heard = said;
    }
}

/// What a cloud-to-device message is answered with, by a device that only says which command it understood.
fn answered(payload: &[u8]) -> String {
    let identity = identity();
    let gate = Gate::new(CCID, &identity, ALL).multi();
    let topic = format!("devices/{CCID}/messages/devicebound/");
    let mut buffer = [0; 1024];
    let command = gate
        .request(topic.as_bytes(), payload)
        .and_then(|request| request.command(&mut buffer));
    match command {
        Ok(command) => Response::success_with(format!("{command:?}")).to_string(),
        Err(refusal) => Response::failure(refusal).to_string(),
    }
}

#[test]
fn whatever_comes_from_azure_is_answered_in_json() {
    let deep = |depth: usize| {
        format!(
            "{{\"x\":{}{},\"command\":\"rf\"}}",
            "[".repeat(depth),
            "]".repeat(depth)
        )
    };
    for (payload, result, response) in [
        // Of two commands the last one counts, as in most readers; neither is carried out in part.
        (&br#"{"command":"sleep","command":"rf"}"#[..], "Success", "Rf"),
        (br#"{"command":"rf","\u0063ommand":"vf"}"#, "Success", "Vf"),
        (br#"{"command":"\u0072\u0066"}"#, "Success", "Rf"),
        (br#"{"command":"rf","x":1e999999999999,"y":-0.0}"#, "Success", "Rf"),
        (br#"{"command":"rf\u0000"}"#, "Failure", "unknown command"),
        (br#"{"command":"rf\r\n"}"#, "Failure", "unknown command"),
        (br#"{"command":"\ud800"}"#, "Failure", "unknown command"),
        (br#"{"command":"*,rf"}"#, "Failure", "unknown command"),
        (br#"{"command":["rf"]}"#, "Failure", "the request has no command"),
        (br#"{"Command":"rf"}"#, "Failure", "the request has no command"),
        (
            b"{\"command\":\"rf\0\"}",
            "Failure",
            "not JSON at byte 14: a control character has to be escaped",
        ),
        (
            b"{\"command\":\"rf\"}\0",
            "Failure",
            "not JSON at byte 16: something follows the end of the document",
        ),
        (
            b"{\"command\":\"r\xc0\xaf\"}",
            "Failure",
            "not JSON at byte 13: the text is not UTF-8",
        ),
        (deep(31).as_bytes(), "Success", "Rf"),
        (
            deep(32).as_bytes(),
            "Failure",
            "not JSON at byte 36: objects and arrays are nested too deep",
        ),
    ] {
        let expected = format!("{{ \"result\": \"{result}\", \"response\": \"{response}\" }}");
        assert_eq!(answered(payload), expected, "{}", payload.escape_ascii());
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..Default::default() })]

    /// A platform that escapes can put any text into a field, and it is that field and no more.
    #[test]
    fn an_escaped_field_is_one_field(
        texts in prop::collection::vec("[a-c\"\\\\,\r\n{ é]{0,12}|518,89610180003174295174,OPEN\n", 1..4),
        kind in prop_oneof![Just("511"), Just("513"), Just("520")],
    ) {
        let fields: Vec<_> = texts.iter().map(|text| escaped(text)).collect();
        let payload = format!("{kind},{}\n518,{CCID},OPEN\n", fields.join(","));
        let mut lines = Lines::new(&payload);
        let read: Vec<_> = Fields::new(lines.next().unwrap()).skip(1).map(|field| field.to_string()).collect();
        prop_assert_eq!(read, texts);
        prop_assert_eq!(lines.count(), 1);
        let understood = understood(payload.as_bytes());
        prop_assert_eq!(understood.len(), 2);
        prop_assert_eq!(&understood[1], "Relay(Open)");
    }

    /// A text with whatever bytes inside of its quotes is one line.
    #[test]
    fn bytes_in_quotes_are_one_line(bytes: Vec<u8>, seams in prop::collection::vec(0usize..40, 0..4)) {
        let mut inside: Vec<_> = bytes.into_iter().filter(|byte| !b"\"\\".contains(byte)).collect();
        for seam in seams {
            let at = seam.min(inside.len());
            inside.splice(at..at, b"\n518,89610180003174295174,OPEN\n\xff".iter().copied());
        }
        let payload = [b"511,89610180003174295174,\"", &inside[..], b"\"\n518,89610180003174295174,CLOSED"].concat();
        let lines = understood(&payload);
        prop_assert_eq!(lines.len(), 2, "{:?}", lines);
        prop_assert_eq!(&lines[1], "Relay(Closed)");
    }
}
