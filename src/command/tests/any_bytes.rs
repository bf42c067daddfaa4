//! No answer makes a parser panic, and what is parsed keeps what was printed.

use proptest::prelude::*;

use super::*;
use crate::codec::tests::config;
use crate::fuzzing;
use crate::types::{SnConnectionId, TopicId};
use crate::{SnRegistration, SnRegistrationKind};

/// Answers that get far into the grammars: a name, then numbers and separators.
fn answer() -> impl Strategy<Value = Vec<u8>> {
    let name = prop::sample::select(fuzzing::NAMES.to_vec());
    let token = prop_oneof![
        prop::sample::select(vec![
            ",",
            "(",
            ")",
            "-",
            "[",
            "]",
            "\"",
            " ",
            ":",
            "0",
            "1",
            "2",
            "101",
            "1024",
            "4294967295",
            "99999999999",
            "\r\n",
            "0.0.0.0",
        ])
        .prop_map(|token| token.as_bytes().to_vec()),
        prop::collection::vec(any::<u8>(), 0..4),
    ];
    let line = (name, prop::collection::vec(token, 0..16));
    prop::collection::vec(line, 0..3).prop_map(|lines| {
        let mut answer = Vec::new();
        for (name, tokens) in lines {
            answer.extend_from_slice(name);
            answer.extend_from_slice(b": ");
            answer.extend(tokens.concat());
            answer.extend_from_slice(b"\r\n");
        }
        answer
    })
}

proptest! {
    #![proptest_config(config(4000))]

    #[test]
    fn no_answer_makes_a_parser_panic(near in answer(), any in prop::collection::vec(any::<u8>(), 0..60)) {
        fuzzing::grammar(&near);
        fuzzing::grammar(&any);
    }

    #[test]
    fn any_message_is_returned_as_it_is(
        topic in prop::collection::vec(any::<u8>(), 0..8),
        payload in prop::collection::vec(any::<u8>(), 0..32),
        (quoted, spaced) in (any::<bool>(), any::<bool>()),
    ) {
        let answer = crate::codec::tests::answer(&topic, &payload, quoted, spaced);
        let expected = ReadMessage::Message {
            qos: QoS::AtLeastOnce,
            topic: heapless::Vec::from_slice(&topic).unwrap(),
            payload: heapless::Vec::from_slice(&payload).unwrap(),
        };
        prop_assert_eq!(parse(&Read::<8, 32> { id: ID }, &answer), Some(expected));
    }

    #[test]
    fn limits_are_read_as_they_are_printed(user in any::<u32>(), password in any::<u32>(), client_id in any::<Option<u32>>()) {
        let mut answer = format!("+MQTTUSER: (1,2),{user},{password}");
        answer.extend(client_id.map(|client_id| format!("[,{client_id}]")));
        let limits = parse(&TestUser, &answer).unwrap();
        prop_assert_eq!((limits.user, limits.password, limits.client_id), (user, password, client_id));
    }

    #[test]
    fn any_message_with_a_topic_id_is_returned_as_it_is(
        id in 1u16..,
        length in 0usize..70000,
        payload in prop::collection::vec(any::<u8>(), 0..32),
        (quoted, spaced) in (any::<bool>(), any::<bool>()),
    ) {
        let topic_id = TopicId::new(id).unwrap();
        let answer = crate::codec::replay::sn_answer(id.to_string().as_bytes(), Some(length), &payload, quoted, spaced);
        let expected = SnReadMessage::Message {
            qos: QoS::AtLeastOnce,
            topic_id: Some(topic_id),
            topic: heapless::Vec::new(),
            payload: heapless::Vec::from_slice(&payload).unwrap(),
        };
        prop_assert_eq!(parse(&SnRead::<8, 32> { id: SnConnectionId::FIRST }, &answer), Some(expected));
    }

    #[test]
    fn registrations_are_read_as_they_are_printed(
        status in prop::sample::select(vec![None, Some(SnRegistrationKind::Registered), Some(SnRegistrationKind::Assigned)]),
        id in 1u16..,
        name in prop::collection::vec(prop_oneof![Just(b'"'), Just(b','), Just(b'7'), Just(b' '), 0x20u8..0x7f], 1..16),
        comma in prop::sample::select(vec![",", ", "]),
    ) {
        let number = match status {
            None => "",
            Some(SnRegistrationKind::Registered) => "1",
            Some(_) => "2",
        };
        let status_and_comma = if number.is_empty() { String::new() } else { format!("{number}{comma}") };
        let head = format!("+MQTTSNREG: 101{comma}{status_and_comma}{id}{comma}\"");
        let line = [head.as_bytes(), &name, b"\""].concat();
        let found = SnRegistration::parse(&line).unwrap();
        prop_assert_eq!(found.kind, status.unwrap_or(SnRegistrationKind::Listed));
        prop_assert_eq!((found.id, found.topic_id.map(|id| id.get()), found.name), (101, Some(id), Some(&name[..])));
    }

    #[test]
    fn limits_of_mqtt_sn_are_read_as_they_are_printed(length in any::<u32>(), comma in prop::sample::select(vec![",", ", "])) {
        let answer = |name: &str, between: &str| format!("+MQTT{name}: (101,102){comma}{between}{length}");
        let qos = format!("(0-2){comma}(0,1){comma}");
        prop_assert_eq!(parse(&TestSnClientId, answer("SNCID", "")).unwrap().client_id, length);
        prop_assert_eq!(parse(&TestSnRegister, answer("SNREG", "")).unwrap().topic, length);
        prop_assert_eq!(parse(&TestUpdateWillTopic, answer("WTOPICUD", &qos)).unwrap().topic, length);
        prop_assert_eq!(parse(&TestUpdateWillMessage, answer("WMSGUD", "")).unwrap().payload, length);
    }

    #[test]
    fn credentials_are_read_as_they_are_printed(
        strings in prop::collection::vec("[ !#-~]{0,16}", 3),
        port in any::<u16>(),
        comma in prop::sample::select(vec![",", ", "]),
    ) {
        use crate::cloud::{Aep, Tuya};
        let printed = strings.join(&format!("\"{comma}\""));
        let bytes = |text: &str| heapless::Vec::<u8, 16>::from_slice(text.as_bytes()).unwrap();
        let expected = AuthAnswer {
            server: None,
            user: bytes(&strings[0]),
            password: bytes(&strings[1]),
            client_id: bytes(&strings[2]),
        };
        let aep = AuthCfg::<_, 16>::new(Aep::new("a", "b", "c", "d"), Escapes::Unknown).unwrap();
        prop_assert_eq!(parse(&aep, format!("+MQTTAUTHCFG: 8{comma}\"{printed}\"")), Some(expected.clone()));
        let tuya = AuthCfg::<_, 16>::new(Tuya::new("a", "b", "c"), Escapes::Unknown).unwrap();
        let answer = format!("+MQTTAUTHCFG: 4{comma}\"host\"{comma}{port}{comma}\"{printed}\"");
        let server = Some((bytes("host"), port));
        prop_assert_eq!(parse(&tuya, answer), Some(AuthAnswer { server, ..expected }));
    }
}
