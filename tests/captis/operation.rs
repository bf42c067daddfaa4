//! Operations on Cumulocity and their status lines.

use fibocom_mqtt::profile::captis::csv::{Fields, Quotes};
use fibocom_mqtt::profile::captis::{
    Batch, Command, ConfigurationLine, ConfigurationUpload, Gate, Identity, Operation, OperationKind, OutputState,
    Refusal, Role, Roles, SerialMessage,
};
use fibocom_mqtt::profile::json::Value;
use proptest::prelude::*;

use super::{CCID, examples, identity};

const ALL: Roles = Roles::of(&Role::ALL);

/// What a device answers to `payload` that does what `carry_out` does: the lines, in the order in which they are published.
fn answers_by(
    gate: &Gate<'_>,
    payload: &[u8],
    carry_out: impl Fn(Operation<'_>) -> Result<String, Refusal>,
) -> Vec<String> {
    let mut lines = Vec::new();
    for received in gate.operations(payload) {
        let (executing, operation) = received.begin();
        lines.push(executing.line().to_string());
        lines.push(match operation.and_then(&carry_out) {
            Ok(text) if text.is_empty() => executing.success().to_string(),
            Ok(text) => executing.success_with(text).to_string(),
            Err(refusal) => executing.fail(refusal).to_string(),
        });
    }
    lines
}

/// As [`answers_by`], of a device that can do everything and tells what it understood.
pub fn answers(payload: impl AsRef<[u8]>) -> Vec<String> {
    let identity = identity();
    let gate = Gate::new("meter-7", &identity, ALL).serial("C0012345").multi();
    answers_by(&gate, payload.as_ref(), |operation| {
        let mut buffer = [0; 512];
        Ok(match operation {
            Operation::Command(text) => format!("{:?}", text.command(&mut buffer)?),
            Operation::Configuration(text) => text.json(&mut buffer)?.raw().to_owned(),
            Operation::Firmware(image) | Operation::Software(image) => {
                format!("{} {} {}", image.name, image.version, image.url)
            }
            Operation::Relay(state) => state.to_string(),
            _ => unreachable!(),
        })
    })
}

#[test]
fn cap_o_511_is_a_command() {
    let gate = |roles| (Identity::new("89610180002841893752", "357732081910355").unwrap(), roles);
    let (identity, roles) = gate(ALL);
    let gate = Gate::new(identity.ccid(), &identity, roles);
    for (command, answer, line) in [
        (
            examples("command (C8Y 511)")[0],
            "P1: 123 L",
            "503,c8y_Command,P1: 123 L",
        ),
        (
            examples("command (bulk)")[0],
            "RSSI: -58 dB, RSRP: -91 dB, RSRQ: -16.0 dB, SINR: 6.6 dB",
            "503,c8y_Command,\"RSSI: -58 dB, RSRP: -91 dB, RSRQ: -16.0 dB, SINR: 6.6 dB\"",
        ),
        (examples("command (bulk)")[1], "", "503,c8y_Command"),
    ] {
        let payload = format!("511,89610180002841893752,\"{command}\"");
        let lines = answers_by(&gate, payload.as_bytes(), |operation| {
            let Operation::Command(text) = operation else {
                panic!("{operation:?}");
            };
            assert_eq!(text.text(), command);
            let expected = if command.ends_with(",rf") {
                Command::Rf
            } else {
                Command::GetPulseTotal { channel: 1 }
            };
            assert_eq!(text.command(&mut []), Ok(expected));
            Ok(answer.to_owned())
        });
        assert_eq!(lines, ["501,c8y_Command", line]);
    }
}

#[test]
fn cap_o_513_is_a_configuration() {
    for document in [
        r#"{"a": 1, "b": ["x", "y"]}"#,
        "{}",
        r#"{"path":"C:\\x","say":"\"hi\""}"#,
    ] {
        // As the specification and Cumulocity have it, as this device writes 113, and without any quotes around.
        let escaped = document.replace('\\', "\\\\").replace('"', "\\\"");
        let doubled = document.replace('"', "\"\"");
        for payload in [
            format!("513,meter-7,\"{escaped}\""),
            format!("513,meter-7,\"{doubled}\""),
            format!("513,meter-7,{document}"),
        ] {
            let lines = answers(&payload);
            assert_eq!(lines[0], "501,c8y_Configuration");
            let line = lines[1].strip_prefix("503,c8y_Configuration,").expect(&payload);
            let answer = Fields::with_quotes(line, Quotes::Doubled).next().unwrap();
            assert_eq!(answer, document, "{payload}");
        }
    }
}

#[test]
fn cap_o_515_is_a_firmware_of_the_device() {
    let lines = answers("515,C0012345,captis,1.20.6,http://fota.example.com/captis-1.20.6.bin");
    let done = "503,c8y_Firmware,captis 1.20.6 http://fota.example.com/captis-1.20.6.bin";
    assert_eq!(lines, ["501,c8y_Firmware", done]);
    let lines = answers("515,C0012345,\"cap,tis\",1.20.6,\"http://x/a,b\"");
    assert_eq!(
        lines,
        ["501,c8y_Firmware", "503,c8y_Firmware,\"cap,tis 1.20.6 http://x/a,b\""]
    );
}

#[test]
fn cap_o_516_is_a_firmware_of_the_module() {
    let lines = answers("516,C0012345,ME910C1,30.00.608,ftp://fota.example.com/me910");
    let done = "503,c8y_Software,ME910C1 30.00.608 ftp://fota.example.com/me910";
    assert_eq!(lines, ["501,c8y_Software", done]);
}

#[test]
fn cap_o_518_is_the_digital_output() {
    assert_eq!(answers("518,meter-7,OPEN"), ["501,c8y_Relay", "503,c8y_Relay,OPEN"]);
    assert_eq!(
        answers("518,meter-7,\"CLOSED\""),
        ["501,c8y_Relay", "503,c8y_Relay,CLOSED"]
    );
    for state in ["CLOSE", "open", "1"] {
        let lines = answers(format!("518,meter-7,{state}"));
        assert_eq!(
            lines,
            ["501,c8y_Relay", "502,c8y_Relay,the state is neither OPEN nor CLOSED"]
        );
    }
    let identity = identity();
    let mut operations = Gate::new(CCID, &identity, ALL).operations(b"518,89610180003174295174,OPEN");
    let (executing, operation) = operations.next().unwrap().begin();
    assert!(matches!(operation, Ok(Operation::Relay(OutputState::Open))));
    assert_eq!(executing.success().to_string(), "503,c8y_Relay");
}

#[test]
fn cap_o_sm_is_501_first_and_then_503_or_502_once() {
    let payloads = [
        (OperationKind::Command, "c8y_Command", "511,meter-7,\"*,rf\""),
        (
            OperationKind::Configuration,
            "c8y_Configuration",
            "513,meter-7,\"{\\\"a\\\":1}\"",
        ),
        (OperationKind::Firmware, "c8y_Firmware", "515,meter-7,a,b,c"),
        (OperationKind::Software, "c8y_Software", "516,meter-7,a,b,c"),
        (OperationKind::Relay, "c8y_Relay", "518,meter-7,OPEN"),
    ];
    assert_eq!(payloads.map(|(kind, ..)| kind), OperationKind::ALL);
    let identity = identity();
    let gate = Gate::new("meter-7", &identity, ALL);
    for (kind, string, payload) in payloads {
        assert_eq!(kind.string(), Some(string));
        assert_eq!(OperationKind::of_code(kind.code()), kind);
        let receive = || {
            let mut operations = gate.operations(payload.as_bytes());
            let received = operations.next().unwrap();
            assert!(operations.next().is_none());
            assert_eq!(received.kind(), Some(kind));
            received.begin().0
        };
        // `success` and `fail` take the operation, so that the compiler lets it end once.
        assert_eq!(receive().line().to_string(), format!("501,{string}"));
        assert_eq!(receive().success().to_string(), format!("503,{string}"));
        assert_eq!(receive().success_with("ok").to_string(), format!("503,{string},ok"));
        assert_eq!(receive().fail("no power").to_string(), format!("502,{string},no power"));
        assert_eq!(
            receive().fail("say \"when\"").to_string(),
            format!("502,{string},\"say \"\"when\"\"\"")
        );
        assert_eq!(
            receive().fail("two\nlines").to_string(),
            format!("502,{string},\"two\nlines\"")
        );
        assert_eq!(receive().fail("").to_string(), format!("502,{string}"));
    }
    // Several operations in a payload, and all their lines in one: each has its two, in order.
    let payload = payloads.map(|(.., payload)| payload).join("\n");
    let mut buffer = [0; 512];
    let mut batch = Batch::new(&mut buffer);
    for received in gate.operations(payload.as_bytes()) {
        let (executing, operation) = received.begin();
        batch.push(executing.line()).unwrap();
        assert!(operation.is_ok());
        batch.push(executing.success()).unwrap();
    }
    let expected = payloads
        .map(|(_, string, _)| format!("501,{string}\n503,{string}"))
        .join("\n");
    assert_eq!(batch.finish(), expected.as_bytes());
}

#[test]
fn cap_q06_the_string_of_516_is_that_of_the_specification_unless_told_otherwise() {
    let payload = b"516,89610180003174295174,a,b,c";
    let identity = identity();
    let gate = Gate::new(CCID, &identity, ALL);
    let begin = |gate: Gate<'_>| gate.operations(payload).next().unwrap().begin().0.line().to_string();
    assert_eq!(begin(gate), "501,c8y_Software");
    assert_eq!(begin(gate.software_string("c8y_SoftwareList")), "501,c8y_SoftwareList");
    // Of 516 only.
    let operation = gate
        .software_string("x")
        .operations(b"515,89610180003174295174,a,b,c")
        .next();
    assert_eq!(operation.unwrap().begin().0.fail("y").to_string(), "502,c8y_Firmware,y");
}

#[test]
fn cap_q08_serial_number_client_id_and_ccid_are_the_device() {
    for name in ["meter-7", "C0012345", CCID] {
        assert_eq!(answers(format!("511,{name},\"{name},vf\""))[1], "503,c8y_Command,Vf");
    }
    assert_eq!(answers("511,meter-7,\"*,vf\"")[1], "503,c8y_Command,Vf");
    let foreign = "502,c8y_Command,the command is for another serial number";
    assert_eq!(answers("511,meter-7,\"C0012346,vf\"")[1], foreign);
    // Sleep is not a bulk command.
    assert_eq!(answers("511,meter-7,\"C0012345,sleep\"")[1], "503,c8y_Command,Sleep");
    let single = "502,c8y_Command,\"not a bulk command, it needs a serial number\"";
    assert_eq!(answers("511,meter-7,\"*,sleep\"")[1], single);
    // The client id of the operation is no place for a star.
    let client = "502,c8y_Command,the operation is for another client id";
    for name in ["*", "C0012346", "meter-77"] {
        assert_eq!(answers(format!("511,{name},\"*,vf\""))[1], client);
    }
    // Without a serial number of its own, an empty one is not the device's.
    let identity = identity();
    let gate = Gate::new(CCID, &identity, ALL).serial("");
    assert_eq!(gate.command_line(",rf"), Err(Refusal::Truncated("serial number")));
    assert_eq!(gate.command_line("\"\",rf"), Err(Refusal::Truncated("serial number")));
}

#[test]
fn cap_q09_the_text_of_a_command_is_understood_with_and_without_quotes() {
    let done = "503,c8y_Command,GetPulseTotal { channel: 1 }";
    assert_eq!(answers("511,meter-7,\"C0012345,get_pulse_total,1\"")[1], done);
    assert_eq!(answers("511,meter-7,C0012345,get_pulse_total,1")[1], done);
    // Quotes in the text, encoded either way or not at all.
    let identity = identity();
    let gate = Gate::new("meter-7", &identity, ALL).multi();
    for payload in [
        r#"511,meter-7,"*,raw_serial_cmd,ASCII,say \"a,b\" \\o/""#,
        r#"511,meter-7,"*,raw_serial_cmd,ASCII,say ""a,b"" \o/""#,
        r#"511,meter-7,*,raw_serial_cmd,ASCII,say "a,b" \o/"#,
    ] {
        let (executing, operation) = gate.operations(payload.as_bytes()).next().unwrap().begin();
        let Ok(Operation::Command(text)) = operation else {
            panic!("{operation:?}");
        };
        let mut buffer = [0; 64];
        match text.command(&mut buffer) {
            Ok(Command::RawSerialCmd(message)) => assert_eq!(bytes(message), br#"say "a,b" \o/"#, "{payload}"),
            other => panic!("{other:?}"),
        }
        assert_eq!(executing.line().to_string(), "501,c8y_Command");
    }
    // What needs more room to be decoded than there is fails, and says so.
    let payload = r#"511,meter-7,"*,raw_serial_cmd,ASCII,\"\"""#;
    let (_, operation) = gate.operations(payload.as_bytes()).next().unwrap().begin();
    let Ok(Operation::Command(text)) = operation else {
        panic!("{operation:?}");
    };
    assert!(matches!(text.command(&mut [0; 8]), Err(Refusal::TooLarge(_))));
}

fn bytes(message: SerialMessage<'_>) -> Vec<u8> {
    message.bytes().collect()
}

#[test]
fn cap_q19_one_software_at_a_time() {
    let payload = "516,meter-7,softwareA,1.0,url1,softwareB,2.0,url2";
    assert_eq!(
        answers(payload),
        ["501,c8y_Software", "502,c8y_Software,one software at a time only"]
    );
    let reference = include_str!("data/static_templates.csv").lines();
    let reference = reference
        .filter_map(|row| row.strip_prefix("down\t516\t"))
        .next()
        .unwrap();
    let lines = answers(reference.replace("DeviceSerial", "meter-7"));
    assert_eq!(lines[1], "502,c8y_Software,one software at a time only");
}

#[test]
fn the_configuration_is_published_until_it_was() {
    let config = Value::parse(r#"{"key": "value", "list": [1, 2]}"#).unwrap();
    let line = ConfigurationLine(config).to_string();
    assert_eq!(line, r#"113,"{""key"": ""value"", ""list"": [1, 2]}""#);
    let published = examples("config publish")[0];
    assert!(published.starts_with("113,\"") && published.ends_with(r#"""key"": ""value"""#));
    let mut upload = ConfigurationUpload::after_boot();
    assert!(upload.is_due());
    upload.published();
    assert!(!upload.is_due());
    upload.applied();
    assert!(upload.is_due());
}

/// A JSON object of some texts, as a configuration is one.
fn configurations() -> impl Strategy<Value = String> {
    prop::collection::btree_map("[a-z\\\\\" ]{0,6}", "[ -~\n\\\\\",{}]{0,12}", 0..5)
        .prop_map(|map| serde_json::to_string_pretty(&map).unwrap())
}

proptest! {
    /// What was written as 113 is read as 513 in the same style, and in the platform's, to the byte.
    #[test]
    fn a_configuration_survives_both_styles_of_quotes(document in configurations()) {
        let doubled = ConfigurationLine(Value::parse(&document).unwrap()).to_string();
        let doubled = doubled.strip_prefix("113,").unwrap();
        // An independent reader of comma-separated values agrees.
        let mut oracle = ::csv::ReaderBuilder::new().has_headers(false).from_reader(doubled.as_bytes());
        prop_assert_eq!(&oracle.records().next().unwrap().unwrap()[0], &document);
        let escaped = format!("\"{}\"", document.replace('\\', "\\\\").replace('"', "\\\""));
        let identity = identity();
        let gate = Gate::new("meter-7", &identity, ALL);
        for field in [doubled, &escaped] {
            let payload = format!("513,meter-7,{field}");
            let mut operations = gate.operations(payload.as_bytes());
            let (_, operation) = operations.next().unwrap().begin();
            let mut buffer = [0; 1024];
            match operation {
                Ok(Operation::Configuration(text)) => prop_assert_eq!(text.json(&mut buffer).unwrap().raw(), &document),
                other => prop_assert!(false, "{:?} of {}", other, payload),
            }
        }
    }
}
