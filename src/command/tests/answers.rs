//! Answers of the MQTT commands, as the manuals print them. Where a scan has spoilt a digit (`(8-2)` for `(0-2)`, a letter for a
//! zero), what it must have been stands here.

use super::*;

fn ids(ids: &[u8]) -> Ids {
    Ids(heapless::Vec::from_slice(ids).unwrap())
}

const ALL: [u8; 4] = [1, 2, 101, 102];

#[test]
fn user_limits() {
    let limits = |client_id| {
        Some(UserLimits {
            ids: ids(&[1, 2]),
            user: 128,
            password: 128,
            client_id,
        })
    };
    // V1.3 section 1.1, the example: the brackets of the syntax table are on the line.
    assert_eq!(parse(&TestUser, "+MQTTUSER: (1,2),128,128[,256]"), limits(Some(256)));
    assert_eq!(parse(&TestUser, "+MQTTUSER: (1,2),128,128,256"), limits(Some(256)));
    assert_eq!(parse(&TestUser, "+MQTTUSER:(1, 2), 128, 128"), limits(None));
    for wrong in ["+MQTTUSER: 1,128,128", "+MQTTUSER: (1,2),128", "+MQTTUSER", "OK", ""] {
        assert_eq!(parse(&TestUser, wrong), None, "{wrong}");
    }
}

#[test]
fn users() {
    let user = |id, user: &[u8], client_id: Option<&[u8]>| UserSetting::<8> {
        id,
        user: heapless::Vec::from_slice(user).unwrap(),
        client_id: client_id.map(|client_id| heapless::Vec::from_slice(client_id).unwrap()),
    };
    // V1.3 and V1.0.1 section 1.1: a line per connection, none at all if none is configured.
    assert_eq!(parse(&ReadUsers::<8>, ""), Some(Users(heapless::Vec::new())));
    let answer = "+MQTTUSER: 1,\"a\",\"p\"\r\n+MQTTUSER: 2,\"\",\"\",\"device-17\"";
    let expected = [user(1, b"a", None), user(2, b"", Some(b"device-1"))];
    assert_eq!(
        parse(&ReadUsers::<8>, answer),
        Some(Users(heapless::Vec::from_slice(&expected).unwrap()))
    );
    let unquoted = parse(&ReadUsers::<8>, "+MQTTUSER: 1,a,p,c").unwrap();
    assert_eq!(unquoted.0.as_slice(), [user(1, b"a", Some(b"c"))]);
    // The password, which the module prints, is in nothing that we return.
    let printed = format!(
        "{:?}",
        parse(&ReadUsers::<8>, "+MQTTUSER: 1,\"u\",\"s3cret\",\"c\"").unwrap()
    );
    let secret = format!("{:?}", b"s3cret");
    assert!(!printed.contains("s3cret") && !printed.contains(secret.trim_matches(['[', ']'])));
    assert_eq!(parse(&ReadUsers::<8>, "+MQTTUSER: 1,\"a\""), None);
}

#[test]
fn open_limits() {
    let limits = |tls| {
        Some(OpenLimits {
            ids: ids(&ALL),
            keep_alive: Bounds { min: 1, max: 300 },
            tls,
        })
    };
    // V1.3 section 1.2, the example; both manuals print `+MPQTTOPEN:` in their syntax tables.
    let example = r#"+MQTTOPEN: (1,2,101,102),(<"Remote IP/URL">),(1-65535),(0,1),(1-300)[,(0-2)]"#;
    assert_eq!(parse(&TestOpen, example), limits(Some(Bounds { min: 0, max: 2 })));
    let typo = r#"+MPQTTOPEN: (1,2,101,102),(<"Remote IP/URL">),(1-65535),(0,1),(1-300)"#;
    assert_eq!(parse(&TestOpen, typo), limits(None));
    assert_eq!(parse(&TestOpen, "+MQTTOPEN: 1,2,101,102"), None);
}

#[test]
fn lists_of_connections() {
    // V1.3 section 1.2: one line; V1.0.1 and the syntax tables: a line each; `0` if there are none.
    for (answer, expected) in [
        ("+MQTTOPEN: 1,2,101,102", &ALL[..]),
        ("+MQTTOPEN: 1\r\n+MQTTOPEN: 2\r\n+MQTTOPEN: 101\r\n+MQTTOPEN: 102", &ALL),
        ("+MQTTOPEN:1, 2 ", &[1, 2]),
        ("+MQTTOPEN: 2", &[2]),
        ("+MQTTOPEN: 0", &[]),
        ("+MQTTOPEN:0", &[]),
    ] {
        assert_eq!(parse(&OpenableIds, answer), Some(ids(expected)), "{answer}");
        let answer = answer.replace("OPEN", "CLOSE");
        assert_eq!(parse(&ClosableIds, &answer), Some(ids(expected)), "{answer}");
    }
    for wrong in [
        "+MQTTOPEN: ",
        "+MQTTOPEN: 1,",
        "+MQTTOPEN: 1 2",
        "+MQTTOPEN: 256",
        "+MQTTCLOSE: 1",
        "+MQTTOPEN: 1,2,3,4,5,6,7,8,9",
    ] {
        assert_eq!(parse(&OpenableIds, wrong), None, "{wrong}");
    }
    let list = parse(&ClosableIds, "+MQTTCLOSE: 1,102").unwrap();
    assert_eq!(list.as_slice(), [1, 102]);
    assert!(list.contains(102) && !list.contains(2));
}

#[test]
fn a_result_and_a_list_are_told_apart_where_they_can_be() {
    // `1,1` and `1,0` are results for whoever reads the line first; as a list they would say that a connection is free twice.
    assert!(<crate::Urc as atat::AtatUrc>::parse(b"+MQTTOPEN: 1,1").is_some());
    assert!(<crate::Urc as atat::AtatUrc>::parse(b"+MQTTOPEN: 1,0").is_some());
    // `2,1` is both: no module is known to list in falling order, so it is a result.
    assert!(<crate::Urc as atat::AtatUrc>::parse(b"+MQTTOPEN: 2,1").is_some());
    for list in [&b"+MQTTOPEN: 1,2"[..], b"+MQTTOPEN: 0", b"+MQTTCLOSE: 1,101"] {
        assert!(<crate::Urc as atat::AtatUrc>::parse(list).is_none());
    }
}

#[test]
fn tested_connections() {
    // V1.3 sections 1.3 and 1.11, the examples.
    assert_eq!(parse(&TestClose, "+MQTTCLOSE: (1,2,101,102)"), Some(ids(&ALL)));
    assert_eq!(parse(&TestRead, "+MQTTREAD: (1,2)"), Some(ids(&[1, 2])));
    assert_eq!(parse(&TestRead, "+MQTTREAD: 1,2"), None);
    // MC665-CN-22 is known to have a third one.
    assert_eq!(parse(&TestClose, "+MQTTCLOSE:( 1, 2 ,3)"), Some(ids(&[1, 2, 3])));
}

#[test]
fn topic_limits() {
    let qos = Bounds { min: 0, max: 2 };
    // V1.3 section 1.5, the example, with its blank.
    let expected = SubscribeLimits {
        ids: ids(&ALL),
        topic: 255,
        qos,
    };
    assert_eq!(
        parse(&TestSubscribe, "+MQTTSUB: (1,2,101,102),255, (0-2)"),
        Some(expected.clone())
    );
    assert_eq!(
        parse(&TestSubscribe, "+MQTTSUB:(1,2,101,102),255,(0,1,2)"),
        Some(expected)
    );
    // V1.3 section 1.6.
    let expected = UnsubscribeLimits {
        ids: ids(&ALL),
        topic: 255,
    };
    assert_eq!(parse(&TestUnsubscribe, "+MQTTUNSUB: (1,2,101,102),255"), Some(expected));
    // V1.3 sections 1.7 and 1.12.
    let expected = PublishLimits {
        ids: ids(&ALL),
        topic: 255,
        qos,
        payload: 1024,
    };
    assert_eq!(
        parse(&TestPublish, "+MQTTPUB: (1,2,101,102),255,(0-2),(0,1),1024"),
        Some(expected)
    );
    let expected = WillLimits {
        ids: ids(&ALL),
        topic: 255,
        qos,
        payload: 1024,
    };
    assert_eq!(
        parse(&TestWill, "+MQTTWILL: (1,2,101,102),255,(0-2),(0,1),1024"),
        Some(expected)
    );
    for wrong in [
        "+MQTTPUB: 1,1",
        "+MQTTPUB: (1,2),255,(0-2),(0,1)",
        "+MQTTPUB: (1),(2),(3),(4),(5)",
    ] {
        assert_eq!(parse(&TestPublish, wrong), None, "{wrong}");
    }
}

#[test]
fn receive_modes() {
    // V1.3 section 1.8.
    assert_eq!(parse(&TestConf, "+MQTTCONF: (0,1)"), Some(Bounds { min: 0, max: 1 }));
    assert_eq!(parse(&ReadConf, "+MQTTCONF: 0"), Some(ReceiveMode::Direct));
    assert_eq!(parse(&ReadConf, "+MQTTCONF:1"), Some(ReceiveMode::ByLength));
    for wrong in ["+MQTTCONF: 2", "+MQTTCONF: 1,1", "+MQTTCONF: ", "1"] {
        assert_eq!(parse(&ReadConf, wrong), None, "{wrong}");
    }
}

#[test]
fn messages() {
    let read = Read::<5, 16> { id: ID };
    let message = |qos, topic: &[u8], payload: &[u8]| {
        Some(ReadMessage::Message {
            qos,
            topic: heapless::Vec::from_slice(topic).unwrap(),
            payload: heapless::Vec::from_slice(payload).unwrap(),
        })
    };
    // V1.3 section 1.11: nothing stored.
    assert_eq!(parse(&read, "+MQTTREAD: 1,0,0,0"), Some(ReadMessage::Empty));
    assert_eq!(
        parse(&read, "+MQTTREAD: 1,1,1,2,t,ab"),
        message(QoS::AtLeastOnce, b"t", b"ab")
    );
    assert_eq!(
        parse(&read, r#"+MQTTREAD: 1,0,1,2,"t","ab""#),
        message(QoS::AtMostOnce, b"t", b"ab")
    );
    assert_eq!(
        parse(&read, r#"+MQTTREAD: 1, 2, 1, 2, "t", "ab""#),
        message(QoS::ExactlyOnce, b"t", b"ab")
    );
    let (topic, payload) = (&b"\",\""[..], &b"\r\n\r\nOK\r\n\",\""[..]);
    for quoted in [false, true] {
        let hostile = crate::codec::tests::answer(topic, payload, quoted, false);
        assert_eq!(parse(&read, hostile), message(QoS::AtLeastOnce, topic, payload));
    }
    for wrong in [
        "+MQTTREAD: 2,0,0,0",
        "+MQTTREAD: 2,1,1,2,t,ab",
        "+MQTTREAD: 1,3,1,2,t,ab",
        "+MQTTREAD: 1,1,1,2,t,abc",
        "+MQTTREAD: 1,1,6,2,topics,ab",
        "+MQTTREAD: 1,1,1,2",
        "OK",
    ] {
        assert_eq!(parse(&read, wrong), None, "{wrong}");
    }
}

#[test]
fn messages_that_may_be_two_are_not_taken() {
    // A module that says 2 of every topic id's length has sent `,b` to topic 7, and the first byte of its line end stands behind it; or, as
    // the lengths say, `b` and a CR to the topic `7,`.
    let read = SnRead::<8, 16> {
        id: crate::types::SnConnectionId::FIRST,
    };
    assert_eq!(parse(&read, "+MQTTREAD: 101,1,2,2,7,,b\r"), None);
    assert_eq!(parse(&read, "+MQTTREAD: 101, 1, 2, 2, 7,, b\r"), None);
    // With quotes, or another byte in that place, there is no doubt.
    for (line, topic) in [
        ("+MQTTREAD: 101,1,2,2,\"7,\",\"b\r\"", "7,"),
        ("+MQTTREAD: 101,1,2,2,7,,bc", "7,"),
        ("+MQTTREAD: 101,1,2,2,7a,b\r", "7a"),
    ] {
        let found = parse(&read, line);
        assert!(
            matches!(&found, Some(SnReadMessage::Message { topic_id: None, topic: found, .. }) if found == topic.as_bytes()),
            "{line} {found:?}"
        );
    }
}

#[test]
fn wills() {
    let will = |id, topic: &[u8], qos, retain| WillSetting::<6> {
        id,
        topic: heapless::Vec::from_slice(topic).unwrap(),
        qos,
        retain,
    };
    assert_eq!(parse(&ReadWills::<6>, ""), Some(Wills(heapless::Vec::new())));
    // A payload that was set in data mode is printed raw, so its lines are left out.
    let answer = "+MQTTWILL: 1,\"topic1\",0,1,\"lost\"\r\nsecond line, \"1\"\r\n+MQTTWILL: 2,\"a/b\",2,0,\"\"";
    let wills = parse(&ReadWills::<6>, answer).unwrap();
    let expected = [
        will(1, b"topic1", QoS::AtMostOnce, true),
        will(2, b"a/b", QoS::ExactlyOnce, false),
    ];
    assert_eq!(wills.0.as_slice(), expected);
}

#[test]
fn an_error_of_the_module_is_passed_on() {
    let error = atat::InternalError::Error;
    assert_eq!(Attention.parse(Err(error)), Err(atat::Error::Error));
    assert_eq!(parse(&Close { id: ID.into() }, ""), Some(Done));
}
