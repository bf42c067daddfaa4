//! What Azure has for the device: its twin, and messages.

use fibocom_mqtt::TopicFilter;
use fibocom_mqtt::profile::TooLarge;
use fibocom_mqtt::profile::captis::azure::{self, Desired, DesiredVersion, Reported, Response, TwinTopic};
use fibocom_mqtt::profile::captis::{
    Answer, COMMANDS, Command, CommandError, Decimal, Gate, Identity, NetworkType, OutputState, Refusal, Role, Roles,
};
use fibocom_mqtt::profile::json::{JsonProblem, Value};
use proptest::prelude::*;
use serde_json::json;

use super::azure::{DEVICE, topics};
use super::examples;

fn with_gate<R>(test: impl FnOnce(Gate<'_>) -> R) -> R {
    let identity = Identity::new(DEVICE, "357732081910355").unwrap();
    test(Gate::new(DEVICE, &identity, Roles::of(&Role::ALL)))
}

#[test]
fn cap_a_5_the_twin_has_17_keys() {
    let config = Value::parse(r#"{"name": "Zähler", "log_rate": 900}"#).unwrap();
    let reported = Reported {
        iccid: Some(DEVICE),
        imei: Some("357732081910355"),
        imsi: Some("505013434343434"),
        lac: Some(0x30a1),
        cell_id: Some(0x0822_b40b),
        nw_type: Some(NetworkType::CatM1),
        mcc: Some("505"),
        mnc: Some("01"),
        freq: Some(700),
        m_hw: Some("ME910C1-AU"),
        m_fw: Some("30.00.608"),
        blv: Some("1.4"),
        cfg_v: Some("20"),
        d_fw: Some("1.20.6"),
        d_hw: Some("MULTI"),
        serial: Some("C0012345"),
        config: Some(config),
    };
    let expected = concat!(
        r#"{"iccid":"89610180002902447763","imei":"357732081910355","imsi":"505013434343434","LAC":"30A1","#,
        r#""cell_id":"822B40B","nw_type":"CAT_M1","mcc":"505","mnc":"01","freq":700,"m_hw":"ME910C1-AU","#,
        r#""m_fw":"30.00.608","blv":"1.4","cfg_v":"20","d_fw":"1.20.6","d_hw":"MULTI","serial":"C0012345","#,
        r#""config":{"name": "Z\u00e4hler", "log_rate": 900}}"#,
    );
    assert_eq!(reported.to_string(), expected);
    let document: serde_json::Value = serde_json::from_str(expected).unwrap();
    assert_eq!(document.as_object().unwrap().len(), 17);
    assert_eq!(document["config"]["name"], "Zähler");
    // A part of it, and nothing of the rest, which stays in the twin.
    let part = Reported {
        nw_type: Some(NetworkType::Nb1),
        ..Reported::default()
    };
    assert_eq!(part.to_string(), r#"{"nw_type":"NB1"}"#);
    assert_eq!(Reported::default().to_string(), "{}");
    assert_eq!(
        azure::twin_patch_topic("id_one").unwrap().as_str(),
        topics("twin patch")[0]
    );
    assert_eq!(azure::twin_get_topic("id_one").unwrap().as_str(), topics("twin get")[0]);
    assert_eq!(azure::twin_get_topic(7).unwrap(), "$iothub/twin/GET/?$rid=7");
}

#[test]
fn cap_a_6_a_desired_configuration_is_taken_once() {
    with_gate(|gate| {
        let mut version = DesiredVersion::default();
        let mut take = |payload: &str| {
            let desired = Desired::parse(payload.as_bytes())?;
            version
                .take(&gate, &desired)
                .map(|config| config.map(|config| config.raw().to_owned()))
        };
        // Part of a configuration, then again with another key beside it, then a whole one.
        let part = r#"{"config":{"log_rate":900},"$version":8}"#;
        assert_eq!(take(part), Ok(Some(r#"{"log_rate":900}"#.to_owned())));
        assert_eq!(take(part), Ok(None));
        assert_eq!(take(r#"{"config":{"log_rate":60},"$version":7}"#), Ok(None));
        assert_eq!(
            take(r#"{"config": {"log_rate": 60} ,"$version":9}"#),
            Ok(Some(r#"{"log_rate": 60}"#.to_owned()))
        );
        // Versions without a configuration.
        assert_eq!(take(r#"{"config":null,"$version":10}"#), Ok(None));
        assert_eq!(take(include_str!("data/twin_desired_patch.json")), Ok(None));
        assert_eq!(take(r#"{"config":{},"$version":11}"#), Ok(Some("{}".to_owned())));
        assert_eq!(take(r#"{"config":[],"$version":12}"#), Err(Refusal::NotAnObject));
        assert_eq!(take(r#"{"config":{}}"#), Err(Refusal::Truncated("$version")));
        assert_eq!(
            take(r#"{"config":{},"$version":-1}"#),
            Err(Refusal::Truncated("$version"))
        );
        assert!(matches!(take(r#"{"config":{"#), Err(Refusal::Json(_))));
        assert_eq!(version, DesiredVersion(Some(11)));
    });
    let patch = Desired::parse(include_bytes!("data/twin_desired_patch.json")).unwrap();
    assert_eq!((patch.version, patch.config), (8, None));
    let twin = Desired::parse_twin(include_bytes!("data/twin_get_response.json")).unwrap();
    assert_eq!((twin.version, twin.config), (12, None));
    let whole = br#"{"desired":{"config":{"a":1},"$version":4},"reported":{"config":{"a":0},"$version":9}}"#;
    let twin = Desired::parse_twin(whole).unwrap();
    assert_eq!((twin.version, twin.config.unwrap().raw()), (4, r#"{"a":1}"#));
    assert_eq!(Desired::parse_twin(b"{}"), Err(Refusal::Truncated("desired section")));
}

#[test]
fn cap_a_7_requests_come_on_the_devices_topic_and_answers_are_success_or_failure() {
    assert_eq!(azure::C2D_FILTER, topics("C2D filter")[0]);
    assert!(TopicFilter::new(azure::C2D_FILTER).is_ok());
    with_gate(|gate| {
        let topic = format!("devices/{DEVICE}/messages/devicebound/%24.mid=1&%24.to=x");
        let request = gate
            .request(topic.as_bytes(), examples("azure C2D request")[0].as_bytes())
            .unwrap();
        assert_eq!(request.text(), "get_pulse_total,1");
        assert_eq!(request.command(&mut []), Ok(Command::GetPulseTotal { channel: 1 }));
        let answer = Answer::PulseTotal {
            channel: 1,
            volume: Decimal::from(123),
            units: "L",
        };
        assert_eq!(
            Response::success_with(answer).to_string(),
            examples("azure C2D response")[0]
        );
        assert_eq!(Response::success().to_string(), r#"{ "result": "Success" }"#);
        let failure = Response::failure(CommandError::Unknown).to_string();
        assert_eq!(failure, r#"{ "result": "Failure", "response": "unknown command" }"#);
        let quoted = Response::success_with("RX: \"°\"\r\n").to_string();
        assert_eq!(quoted, r#"{ "result": "Success", "response": "RX: \"\u00b0\"\r\n" }"#);

        let own = format!("devices/{DEVICE}/messages/devicebound/");
        let refused = |payload: &[u8]| gate.request(own.as_bytes(), payload).unwrap_err();
        assert_eq!(refused(b"{}"), Refusal::NoCommand);
        assert_eq!(refused(br#"{"command":""}"#), Refusal::NoCommand);
        assert_eq!(refused(br#"{"command":7}"#), Refusal::NoCommand);
        assert_eq!(refused(b"[]"), Refusal::NotAnObject);
        let json = |payload: &[u8]| match refused(payload) {
            Refusal::Json(error) => error.problem,
            other => panic!("{other:?}"),
        };
        assert_eq!(json(b""), JsonProblem::End);
        assert_eq!(json(b"get_pulse_total,1"), JsonProblem::Value);
        assert_eq!(json(br#"{"command":"rf"}x"#), JsonProblem::Trailing);
        assert_eq!(json(br#"{"command":"rf""#), JsonProblem::End);
        assert_eq!(json(b"{\"command\":\"\xff\"}"), JsonProblem::NotUtf8);
        let foreign = gate.request(b"devices/other/messages/devicebound/", br#"{"command":"rf"}"#);
        assert_eq!(foreign.unwrap_err(), Refusal::ForeignClient);
    });
}

#[test]
fn cap_a_8_commands_are_those_of_cumulocity_without_a_serial_number() {
    with_gate(|gate| {
        let topic = format!("devices/{DEVICE}/messages/devicebound/");
        let command = |text: &str| {
            let payload = json!({ "command": text }).to_string();
            let request = gate.multi().request(topic.as_bytes(), payload.as_bytes()).unwrap();
            request.command(&mut [0; 256]).map(|command| format!("{command:?}"))
        };
        for info in &COMMANDS {
            match command(info.name) {
                Ok(parsed) => assert_eq!(
                    gate.multi().command(info.name).map(|command| format!("{command:?}")),
                    Ok(parsed)
                ),
                Err(refusal) => assert!(
                    matches!(refusal, Refusal::Command(CommandError::Missing(_))),
                    "{refusal}"
                ),
            }
        }
        // With it, it is no command.
        let unknown = Err(Refusal::Command(CommandError::Unknown));
        assert_eq!(command("*,rf"), unknown);
        assert_eq!(command(&format!("{DEVICE},rf")), unknown);
        // One that is not for many is for this one.
        assert_eq!(command("reset_logs"), Ok("ResetLogs".into()));
        // Escapes of JSON, and room to undo them.
        let payload = br#"{"command":"set_digital_out,\u0043LOSED"}"#;
        let request = gate.multi().request(topic.as_bytes(), payload).unwrap();
        assert_eq!(
            request.command(&mut [0; 32]),
            Ok(Command::SetDigitalOut(OutputState::Closed))
        );
        let needed = "set_digital_out,CLOSED".len();
        assert_eq!(
            request.command(&mut [0; 8]),
            Err(Refusal::TooLarge(TooLarge { needed, max: 8 }))
        );
    });
}

#[test]
fn topics_are_told_apart() {
    for topic in topics("C2D in") {
        assert_eq!(
            azure::c2d_device(topic.as_bytes()),
            Some(&b"useragent_c"[..]),
            "{topic}"
        );
        assert!(TopicFilter::new(azure::C2D_FILTER).unwrap().matches(topic.as_bytes()));
    }
    let properties = |topic: &str| -> Vec<(String, Option<String>)> {
        let properties = azure::c2d_properties(topic.as_bytes()).unwrap();
        properties
            .map(|(name, value)| (name.to_owned(), value.map(str::to_owned)))
            .collect()
    };
    let with = &topics("C2D in props")[0];
    assert_eq!(properties(with)[2], ("abc".to_owned(), Some("123".to_owned())));
    let bag = topics("C2D bag form")[0].split(' ').next().unwrap().to_owned();
    let bag = properties(&format!("devices/a/messages/devicebound/{bag}"));
    assert_eq!(bag[0], ("prop1".to_owned(), None));
    assert_eq!(bag[1], ("prop2".to_owned(), Some(String::new())));
    for topic in topics("C2D reject") {
        assert_eq!(azure::c2d_device(topic.as_bytes()), None);
    }
    let answer = |status, version| TwinTopic::Answer {
        status,
        request: "id_one",
        version,
    };
    let parse = |topic: &str| TwinTopic::parse(topic.as_bytes()).map(|parsed| format!("{parsed:?}"));
    let is = |topic: &str, expected: TwinTopic<'_>| assert_eq!(parse(topic), Some(format!("{expected:?}")), "{topic}");
    is(&topics("twin res get")[0], answer(200, None));
    is(&topics("twin res patch")[0], answer(204, Some(16)));
    is(&topics("twin res error")[0], answer(400, None));
    is(&topics("twin res error")[1], answer(504, None));
    is(&topics("desired in")[0], TwinTopic::Desired);
    for topic in topics("reject") {
        assert_eq!(parse(&topic), None, "{topic}");
    }
    assert_eq!(azure::TWIN_FILTER, topics("twin filter")[0]);
    assert_eq!(azure::DESIRED_FILTER, topics("desired filter")[0]);
    for topic in [
        topics("twin res get"),
        topics("twin res patch"),
        topics("twin res error"),
    ]
    .concat()
    {
        assert!(TopicFilter::new(azure::TWIN_FILTER).unwrap().matches(topic.as_bytes()));
    }
}

proptest! {
    #[test]
    fn a_response_is_json_whatever_the_text(text: String) {
        let written = Response::success_with(&text).to_string();
        prop_assert!(written.bytes().all(|byte| matches!(byte, b' '..=b'~')));
        let read: serde_json::Value = serde_json::from_str(&written).unwrap();
        prop_assert_eq!(read, json!({ "result": "Success", "response": text }));
    }
}
