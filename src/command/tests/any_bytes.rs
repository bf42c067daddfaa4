//! No answer makes a parser panic (law 8), and what is parsed keeps what was printed.

use proptest::prelude::*;

use super::*;
use crate::codec::tests::config;
use crate::fuzzing;

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
}
