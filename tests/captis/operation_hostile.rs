//! Operations that are not as they should be, and those of others: each is answered.

use fibocom_mqtt::profile::captis::csv::{Fields, Quotes};
use fibocom_mqtt::profile::captis::{Gate, Operation, Role, Roles};
use proptest::prelude::*;

use super::identity;
use super::operation::answers;

#[test]
fn bad_lines_are_answered() {
    let truncated = |kind: &str, missing: &str| format!("502,{kind},truncated: {missing} is missing");
    for (payload, line) in [
        ("511", truncated("c8y_Command", "client id")),
        ("511,", truncated("c8y_Command", "client id")),
        ("511,meter-7", truncated("c8y_Command", "command")),
        ("511,meter-7,", truncated("c8y_Command", "command")),
        ("511,meter-7,\"", truncated("c8y_Command", "command")),
        ("511,meter-7,\"*,rf", truncated("c8y_Command", "command")),
        ("511,meter-7,\"*\"", truncated("c8y_Command", "command")),
        ("511,meter-7,\"*,\"", truncated("c8y_Command", "command")),
        (
            "511,meter-7,\"*,rf\",x",
            "502,c8y_Command,something follows the operation".into(),
        ),
        (
            "511,meter-7,\"*,rf\"x",
            "502,c8y_Command,something follows the operation".into(),
        ),
        ("511,meter-7,\"*,rf,1\"", "502,c8y_Command,too many arguments".into()),
        ("511,meter-7,\"*,dance\"", "502,c8y_Command,unknown command".into()),
        ("511,meter-7,\"*,rf \"", "502,c8y_Command,unknown command".into()),
        ("513,meter-7", truncated("c8y_Configuration", "configuration")),
        (
            "513,meter-7,\"{\\\"a\\\":1",
            truncated("c8y_Configuration", "configuration"),
        ),
        (
            "513,meter-7,\"{\\\"a\\\":1}\",x",
            "502,c8y_Configuration,something follows the operation".into(),
        ),
        (
            "513,meter-7,\"{\\\"a\\\":}\"",
            "502,c8y_Configuration,not JSON at byte 5: a value is expected".into(),
        ),
        ("513,meter-7,\"[1]\"", "502,c8y_Configuration,not a JSON object".into()),
        (
            "513,meter-7,\"{} {}\"",
            "502,c8y_Configuration,not JSON at byte 3: something follows the end of the document".into(),
        ),
        ("515,meter-7,a,b", truncated("c8y_Firmware", "URL")),
        ("515,meter-7,a,,c", truncated("c8y_Firmware", "version")),
        ("515,meter-7", truncated("c8y_Firmware", "name")),
        (
            "515,meter-7,a,b,c,d",
            "502,c8y_Firmware,something follows the operation".into(),
        ),
        ("515,meter-7,a,b,\"c", truncated("c8y_Firmware", "URL")),
        ("516,meter-7,a,b", truncated("c8y_Software", "URL")),
        ("518,meter-7", truncated("c8y_Relay", "state")),
        (
            "518,meter-7,OPEN,CLOSED",
            "502,c8y_Relay,something follows the operation".into(),
        ),
        (
            "518,other,OPEN",
            "502,c8y_Relay,the operation is for another client id".into(),
        ),
        ("510,meter-7", "502,510,operation 510 is not supported".into()),
        ("65535,meter-7", "502,65535,operation 65535 is not supported".into()),
        ("65536,meter-7", "502,,not an operation: it begins with no code".into()),
        ("rf", "502,,not an operation: it begins with no code".into()),
        (
            ",511,meter-7,rf",
            "502,,not an operation: it begins with no code".into(),
        ),
        (
            "+511,meter-7,rf",
            "502,,not an operation: it begins with no code".into(),
        ),
        ("-1", "502,,not an operation: it begins with no code".into()),
    ] {
        let lines = answers(payload);
        assert_eq!(lines.len(), 2, "{payload}");
        assert_eq!(
            lines[0],
            format!("501,{}", line.split(',').nth(1).unwrap()).trim_end_matches(','),
            "{payload}"
        );
        assert_eq!(lines[1], line, "{payload}");
    }
    // Nothing is asked, nothing is answered.
    assert!(answers("").is_empty() && answers("\n\r\n").is_empty());
}

#[test]
fn a_line_that_is_not_utf_8_fails_alone() {
    let payload = b"511,meter-7,\"*,rf\"\n511,meter-7,\"*,\xff\"\n\xff\xfe,1\n518,meter-7,OPEN\r\n513,meter-7,\xc3";
    assert_eq!(
        answers(payload),
        [
            "501,c8y_Command",
            "503,c8y_Command,Rf",
            "501,c8y_Command",
            "502,c8y_Command,not UTF-8",
            "501",
            "502,,not UTF-8",
            "501,c8y_Relay",
            "503,c8y_Relay,OPEN",
            "501,c8y_Configuration",
            "502,c8y_Configuration,not UTF-8",
        ]
    );
}

#[test]
fn the_platforms_own_examples_are_understood() {
    let rows = include_str!("data/static_templates.csv").lines();
    let mut seen = 0;
    for row in rows.filter_map(|row| row.strip_prefix("down\t")) {
        let (code, payload) = row.split_once('\t').unwrap();
        let payload = ["DeviceSerial", "myDeviceSerial"]
            .iter()
            .rev()
            .fold(payload.to_owned(), |payload, name| payload.replace(name, "meter-7"));
        let lines = answers(payload.replace("\\n", "\n"));
        assert_eq!(lines.len(), 2, "{row}");
        seen += 1;
        match code {
            // Texts that are no commands of a Captis, and a configuration that is no JSON.
            "511" => assert!(lines[1].starts_with("502,c8y_Command,"), "{lines:?}"),
            "513" => assert!(lines[1].starts_with("502,c8y_Configuration,not JSON"), "{lines:?}"),
            "515" => assert_eq!(lines[1], "503,c8y_Firmware,myFirmware 1.0 http://www.my.url"),
            "516" => assert_eq!(lines[1], "502,c8y_Software,one software at a time only"),
            "518" => assert_eq!(lines[1], "503,c8y_Relay,OPEN"),
            _ => assert_eq!(lines[1], format!("502,{code},operation {code} is not supported")),
        }
    }
    assert!(seen >= 8, "{seen}");
    // thin-edge.io's: two records, and quotes behind backslashes.
    let lines = answers("511,meter-7,echo hello\n511,meter-7,\"echo hello\necho world\"");
    assert_eq!(lines.len(), 4);
    let identity = identity();
    let gate = Gate::new("device", &identity, Roles::of(&Role::ALL));
    for (payload, text) in [
        ("511,device,\"echo hello\necho world\"", "echo hello\necho world"),
        (r#"511,device,"echo \"hello\"""#, r#"echo "hello""#),
        (
            r#"511,device,"echo \"hello\"; echo \"world\"""#,
            r#"echo "hello"; echo "world""#,
        ),
        (r#"511,device,"echo hello,world""#, "echo hello,world"),
    ] {
        match gate.operations(payload.as_bytes()).next().unwrap().begin().1 {
            Ok(Operation::Command(command)) => assert_eq!(command.text(), text),
            other => panic!("{other:?}"),
        }
    }
}

proptest! {
    /// Whatever comes, each line has its 501 and its 502 or 503, and each of them is a line of two or three fields.
    #[test]
    fn nothing_is_met_with_silence(payload in prop::collection::vec(prop_oneof![
        Just(b"511,meter-7,".to_vec()), Just(b"\"*,".to_vec()), Just(b"513,meter-7,".to_vec()), Just(b"\n".to_vec()),
        Just(b"\"{\\\"a".to_vec()), Just(b"51".to_vec()), Just(b"518,meter-7,OPEN".to_vec()), any::<Vec<u8>>(),
    ], 0..8)) {
        let payload = payload.concat();
        let lines = answers(&payload);
        let silent = payload.split(|byte| *byte == b'\n').all(|line| line.is_empty() || line == b"\r");
        prop_assert_eq!(lines.is_empty(), silent);
        for pair in lines.chunks(2) {
            let fields = |line| Fields::with_quotes(line, Quotes::Doubled).map(|field| field.to_string()).collect::<Vec<_>>();
            let (begin, end) = (fields(&pair[0]), fields(&pair[1]));
            prop_assert_eq!(&begin[0], "501");
            prop_assert!(begin.len() <= 2 && end.len() <= 3 && matches!(&*end[0], "502" | "503"), "{:?}", pair);
            prop_assert_eq!(begin.get(1).map_or("", |name| name), end.get(1).map_or("", |name| name));
        }
    }
}
