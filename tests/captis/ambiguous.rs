//! Quotes that can be read in two ways: what is content where quotes are doubled must not be an operation where they are escaped.

use fibocom_mqtt::profile::captis::{Gate, Operation, Role, Roles};
use proptest::prelude::*;

use super::{CCID, identity};

const REFUSED: &str = "ambiguous quotes";

/// What each line of a payload is taken for, and why it is refused otherwise.
fn understood(payload: &str) -> Vec<String> {
    let identity = identity();
    let gate = Gate::new(CCID, &identity, Roles::of(&Role::ALL));
    let operations = gate.operations(payload.as_bytes()).map(|received| {
        let (_, operation) = received.begin();
        match operation {
            Ok(Operation::Command(text)) => format!("511 {}", text.text()),
            Ok(Operation::Configuration(text)) => format!("513 {}", text.text()),
            Ok(Operation::Relay(state)) => format!("518 {state}"),
            Ok(Operation::Firmware(image) | Operation::Software(image)) => format!("515 {}", image.url),
            Ok(other) => panic!("{other:?}"),
            Err(refusal) => refusal.to_string(),
        }
    });
    operations.collect()
}

fn doubled(text: &str) -> String {
    format!("\"{}\"", text.replace('"', "\"\""))
}

fn escaped(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

#[test]
fn cap_q05_a_doubled_field_with_a_backslash_gives_no_operation_away() {
    let open = format!("518,{CCID},OPEN");
    for end in ["\n", "\r\n"] {
        for text in [
            format!("*,rf\\\"{end}{open}{end}"),
            format!("*,rf\\\",x{end}{open}{end}\"\"{end}"),
            format!("*,rf\\\\\\\"x{end}{open}{end}x"),
            format!("*,rf\\\"{end}{open}{end}515,{CCID},a,b,"),
        ] {
            let lines = understood(&format!("511,{CCID},{}", doubled(&text)));
            assert_eq!(lines[1], REFUSED, "{text}");
            assert!(lines.iter().all(|line| !line.starts_with("51")), "{text}: {lines:?}");
        }
        // Content of two fields, the first of which ends with a backslash: what is between them is taken for quoted, and they are not.
        let second = format!("{end}{open}{end}");
        let payload = format!(
            "518,{CCID},CLOSED{end}511,{CCID},{}{end}511,{CCID},{}",
            doubled("*,rf\\"),
            doubled(&second)
        );
        let lines = understood(&payload);
        assert_eq!(lines[..3], ["518 CLOSED", REFUSED, REFUSED]);
        assert_eq!(lines[3..], ["not an operation: it begins with no code"]);
    }
}

#[test]
fn cap_q05_only_what_follows_a_quote_with_a_backslash_can_be_ambiguous() {
    let open = format!("518,{CCID},OPEN");
    let say = format!("511,{CCID},\"echo \\\"hi\\\"\"");
    let bare = format!("511,{CCID},say \"hi\"");
    let array = format!("513,{CCID},{{\"a\": [\"x\",\"y\\\"z\"]}}");
    let taken = [
        "518 OPEN",
        "511 echo \"hi\"",
        "511 say \"hi\"",
        "513 {\"a\": [\"x\",\"y\\\"z\"]}",
    ];
    // No platform writes a quote into a field without quotes, so what comes behind one says nothing of how it writes quotes.
    assert_eq!(
        understood(&[&*open, &bare, &say, &array].join("\n")),
        [taken[0], taken[2], taken[1], taken[3]]
    );
    assert_eq!(understood(&array), [taken[3]]);
    assert_eq!(
        understood(&[&*open, &say, &open].join("\r\n")),
        [taken[0], taken[1], taken[0]]
    );
    // In front of one it does.
    assert_eq!(
        understood(&[&*open, &say, &bare].join("\n")),
        [taken[0], REFUSED, REFUSED]
    );
    // What is wrong besides is still said.
    let cut = format!("{say}\n511,{CCID},\"echo");
    assert_eq!(understood(&cut), [REFUSED, "truncated: command is missing"]);
    assert_eq!(
        understood(&format!("{say}\n{open},\"x")),
        [REFUSED, "something follows the operation"]
    );
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1500, failure_persistence: None, ..Default::default() })]

    /// Any texts: of a platform that escapes quotes each is understood, of one that doubles them nothing is that was not sent.
    #[test]
    fn cap_q05_nothing_is_understood_that_was_not_sent(
        texts in prop::collection::vec(
            prop::collection::vec(prop_oneof![
                Just("\\".to_owned()), Just("\"".to_owned()), Just("\\\"".to_owned()), Just(",".to_owned()), Just("\n".to_owned()),
                Just("\"\"".to_owned()), Just(format!("\n518,{CCID},OPEN\n")), Just(format!("\n511,{CCID},")), "[a é\r]",
            ], 1..7).prop_map(|pieces| pieces.concat()),
            1..4,
        ),
        end in prop_oneof![Just("\n"), Just("\r\n")],
        last in any::<bool>(),
    ) {
        let payload = |quoted: &dyn Fn(&str) -> String| {
            let lines: Vec<_> = texts.iter().map(|text| format!("511,{CCID},{}", quoted(text))).collect();
            lines.join(end) + if last { end } else { "" }
        };
        let sent: Vec<_> = texts.iter().map(|text| format!("511 {text}")).collect();
        prop_assert_eq!(&understood(&payload(&escaped)), &sent);
        // Two backslashes are one in a field without a quote, whoever sent it: that moves no end.
        let halved = texts.iter().map(|text| format!("511 {}", text.replace("\\\\", "\\")));
        let sent: Vec<_> = sent.into_iter().chain(halved).collect();
        for line in understood(&payload(&doubled)) {
            prop_assert!(!line.starts_with("51") || sent.contains(&line), "{:?}", line);
        }
    }
}
