//! What servers send to a Captis device.

use std::string::{String, ToString};
use std::{format, vec};

use crate::Field;
use crate::profile::captis::azure::{self, Desired, DesiredVersion, Response, TwinTopic};
use crate::profile::captis::csv::{Fields, Line, Lines, Quotes};
use crate::profile::captis::{
    Command, CommandText, ConfigurationLine, Decimal, EventId, Gate, Identity, Operation, Refusal, Role, Roles,
};
use crate::profile::json::{Kind, Value, Writer};

const CLIENT: &str = "7";

/// The formats of the Captis profile. The first byte has the roles of the server, and whether the device is a Multi; what follows is taken
/// for operations, for a cloud-to-device message, for the device twin, for a command, and for a document.
pub fn captis(data: &[u8]) {
    let Some((flags, payload)) = data.split_first() else {
        return;
    };
    let Ok(identity) = Identity::new("89610180002841893752", "357732081910355") else {
        return;
    };
    let roles: vec::Vec<_> = (0u8..)
        .zip(Role::ALL)
        .filter(|(bit, _)| flags >> bit & 1 != 0)
        .map(|(_, role)| role)
        .collect();
    let gate = Gate::new(CLIENT, &identity, Roles::of(&roles)).serial("S1");
    let gate = if flags >> 7 != 0 { gate.multi() } else { gate };
    operations(&gate, payload);
    messages(&gate, payload);
    if let Ok(text) = core::str::from_utf8(payload) {
        command(&gate, text);
        content(&gate, text);
        fields(text);
        document(&gate, text);
        let expanded = identity.expand(Field::Topic, text);
        assert!(
            expanded.is_ok() || text.len() > 30,
            "a short text becomes a short topic"
        );
        if let Ok(decimal) = text.parse::<Decimal>() {
            assert_eq!(decimal.to_string().parse(), Ok(decimal));
        }
        if let Ok(event) = text.parse::<EventId>() {
            assert_eq!(event.to_string(), text);
        }
        if let Ok(event) = EventId::from_type(text) {
            assert_eq!(event.event_type().to_string(), text);
        }
    }
}

/// A status line is one line of at most three fields, whatever was in the operation.
fn is_status(line: &str, code: &str) {
    let mut lines = Lines::with_quotes(line, Quotes::Doubled);
    assert_eq!(lines.next(), Some(line));
    assert_eq!(lines.next(), None);
    let mut fields = Fields::with_quotes(line, Quotes::Doubled);
    assert!(fields.next().is_some_and(|field| field == code));
    assert!(fields.count() <= 2);
}

fn operations(gate: &Gate<'_>, payload: &[u8]) {
    let mut buffer = vec![0; payload.len()];
    let mut answered = 0usize;
    for received in gate.operations(payload) {
        let (kind, (executing, operation)) = (received.kind(), received.begin());
        is_status(&executing.line().to_string(), "501");
        let done = operation.and_then(|operation| match operation {
            Operation::Command(text) => text.command(&mut buffer).map(|command| format!("{command:?}")),
            Operation::Configuration(text) => text.json(&mut buffer).map(|config| config.raw().to_string()),
            Operation::Firmware(image) | Operation::Software(image) => Ok(image.url.to_string()),
            Operation::Relay(state) => Ok(state.to_string()),
        });
        match done {
            Ok(text) => {
                let role = kind.and_then(|kind| kind.role());
                assert!(role.is_some_and(|role| gate.allow(role).is_ok()), "without its role");
                is_status(&executing.success_with(text).to_string(), "503");
            }
            Err(refusal) => {
                assert!(
                    !matches!(refusal, Refusal::TooLarge(_)),
                    "the payload's length is always enough"
                );
                is_status(&executing.fail(refusal).to_string(), "502");
            }
        }
        answered = answered.saturating_add(1);
    }
    let silent = payload
        .split(|byte| *byte == b'\n')
        .all(|line| line.is_empty() || line == b"\r");
    // But the device's own status lines, which have no answer.
    let own = payload
        .windows(3)
        .any(|code| [b"501", b"502", b"503"].iter().any(|own| code == *own));
    assert!(answered == 0 || !silent, "nobody asked");
    assert!(answered > 0 || silent || own, "silence");
}

/// The content of a field with doubled quotes is that, and no operation.
fn content(gate: &Gate<'_>, text: &str) {
    let payload = format!("511,{CLIENT},\"{}\"\n", text.replace('"', "\"\""));
    for operation in gate.operations(payload.as_bytes()).map(|received| received.begin().1) {
        // In a field without a quote two backslashes are one.
        let same = |found: CommandText<'_>| found.text() == text || found.text() == *text.replace("\\\\", "\\");
        assert!(
            operation.is_err() || matches!(operation, Ok(Operation::Command(found)) if same(found)),
            "an operation of its content: {payload:?}"
        );
    }
}

fn messages(gate: &Gate<'_>, payload: &[u8]) {
    let topic = format!("devices/{CLIENT}/messages/devicebound/");
    let mut buffer = vec![0; payload.len()];
    let request = gate.request(topic.as_bytes(), payload);
    let response = match request.and_then(|request| request.command(&mut buffer)) {
        Ok(command) => {
            assert!(gate.allow(Role::Shell).is_ok(), "without its role");
            Response::success_with(format!("{command:?}")).to_string()
        }
        Err(refusal) => Response::failure(refusal.to_string()).to_string(),
    };
    assert!(response.bytes().all(|byte| matches!(byte, b' '..=b'~')));
    let response = Value::parse(&response).ok().and_then(|response| response.as_object());
    assert!(response.is_some_and(|response| response.get("result").is_some()));

    let mut version = DesiredVersion::default();
    for desired in [Desired::parse(payload), Desired::parse_twin(payload)]
        .into_iter()
        .flatten()
    {
        if let Ok(Some(config)) = version.take(gate, &desired) {
            assert_eq!(config.kind(), Kind::Object);
            assert!(gate.allow(Role::Configuration).is_ok(), "without its role");
            assert_eq!(version.take(gate, &desired), Ok(None), "taken twice");
        }
    }
    let device = azure::c2d_device(payload);
    assert!(device.is_none_or(|device| device.len() < payload.len()));
    let _ = azure::c2d_properties(payload).map(Iterator::count);
    if let Some(TwinTopic::Answer { request, .. }) = TwinTopic::parse(payload) {
        assert!(request.len() < payload.len());
    }
}

fn command(gate: &Gate<'_>, text: &str) {
    let parsed = Command::parse(text);
    if let Ok(command) = gate.command(text) {
        assert_eq!(parsed, Ok(command));
    }
    if let Ok(command) = gate.command_line(text) {
        let alone = text.split_once(',').map(|(_, command)| command);
        // A serial number in quotes may hold no comma either.
        assert_eq!(alone.map(Command::parse), Some(Ok(command)));
    }
    if let Ok(Command::RawSerialCmd(message) | Command::ModbusPacket(message)) = parsed {
        assert!(message.bytes().next().is_some());
    }
}

/// A text in a field comes out as it went in.
fn fields(text: &str) {
    let mut written = String::new();
    let mut line = Line::new(&mut written);
    let result = line
        .text("513")
        .and_then(|line| line.text(text))
        .and_then(|line| line.value(1).map(|_| ()));
    assert_eq!(result, Ok(()));
    let mut fields = Fields::with_quotes(&written, Quotes::Doubled);
    assert!(fields.next().is_some_and(|field| field == "513"));
    assert!(fields.next().is_some_and(|field| field == text && field.is_whole()));
    assert_eq!(fields.rest(), Some("1"));
}

/// A document is written again the same, and a configuration survives its quotes.
fn document(gate: &Gate<'_>, text: &str) {
    let Ok(value) = Value::parse(text) else {
        return;
    };
    assert_eq!(value.raw(), text.trim_matches([' ', '\t', '\r', '\n']));
    let mut written = String::new();
    assert_eq!(Writer::new(&mut written).value(value), Ok(()));
    assert!(written.is_ascii());
    match Value::parse(&written) {
        Ok(again) => assert!(same(value, again)),
        Err(error) => assert_eq!(Some(error), None, "{written}"),
    }
    if value.kind() != Kind::Object || gate.allow(Role::Configuration).is_err() {
        return;
    }
    let line = ConfigurationLine(value).to_string().replacen("113,", "513,7,", 1);
    let mut received = gate.operations(line.as_bytes());
    let mut buffer = vec![0; line.len()];
    match received.next().map(|received| received.begin().1) {
        Some(Ok(Operation::Configuration(config))) => {
            assert_eq!(config.json(&mut buffer).map(|config| config.raw()), Ok(value.raw()));
        }
        other => assert!(other.is_none(), "{other:?}"),
    }
    assert!(received.next().is_none());
}

/// As deep as the reader lets a document be.
fn same(one: Value<'_>, other: Value<'_>) -> bool {
    match (one.as_object(), other.as_object(), one.as_array(), other.as_array()) {
        (Some(one), Some(other), ..) => {
            let mut others = other.members();
            one.members().all(|(name, value)| {
                others
                    .next()
                    .is_some_and(|other| name == other.0 && same(value, other.1))
            }) && others.next().is_none()
        }
        (_, _, Some(one), Some(other)) => {
            let mut others = other.elements();
            one.elements()
                .all(|value| others.next().is_some_and(|other| same(value, other)))
                && others.next().is_none()
        }
        _ => match (one.as_str(), other.as_str()) {
            (Some(one), Some(other)) => one == other,
            _ => one == other,
        },
    }
}
