//! Names, ids, short topics: registering, publishing, subscribing.

use fibocom_mqtt::{Delivery, Error, ModuleError, Publication, QoS, ShortTopic, SnTopic, TopicFilter};

use super::support::topic;
use super::*;

const LEVELS: [QoS; 3] = [QoS::AtMostOnce, QoS::AtLeastOnce, QoS::ExactlyOnce];

#[test]
fn a_message_goes_to_a_name_an_id_or_two_characters_at_each_quality_of_service() {
    let world = module(&["sn-predefined=900=plant/9"]);
    let watcher = world.broker().client("watcher");
    watcher.subscribe("#", 2);
    with_client(&world, async |client| {
        let level = client.register(topic("plant/7/level")).await.unwrap().unwrap();
        for qos in LEVELS {
            let payload = [u8::from(qos)];
            let to: [SnTopic<'_>; 4] = [
                topic("plant/7/name").into(),
                level.into(),
                ShortTopic::new("t7").unwrap().into(),
                id(900).into(),
            ];
            for to in to {
                let publication = Publication::new(to, &payload).qos(qos);
                assert_eq!(
                    client.publish(&publication).await,
                    Ok(Delivery::Confirmed),
                    "{to:?} {qos:?}"
                );
            }
        }
        // An empty payload goes in the command line.
        let publication = Publication::new(level, b"").retain();
        assert_eq!(client.publish(&publication).await, Ok(Delivery::Confirmed));
        assert_eq!(client.counters().confirmed, 13);
    });
    let got: Vec<_> = watcher
        .received()
        .into_iter()
        .map(|message| (String::from_utf8(message.topic).unwrap(), message.qos, message.payload))
        .collect();
    let mut expected = Vec::new();
    for qos in 0..3 {
        for name in ["plant/7/name", "plant/7/level", "t7", "plant/9"] {
            expected.push((name.to_owned(), qos, vec![qos]));
        }
    }
    expected.push(("plant/7/level".into(), 0, vec![]));
    assert_eq!(got, expected);
    let sent = commands(&world, "AT+MQTTPUB=");
    assert_eq!(
        sent[..4],
        [
            "AT+MQTTPUB=101,\"plant/7/name\",0,0,1",
            "AT+MQTTPUB=101,1,0,0,1",
            "AT+MQTTPUB=101,\"t7\",0,0,1",
            "AT+MQTTPUB=101,900,0,0,1"
        ]
    );
    assert_eq!(sent[12], "AT+MQTTPUB=101,1,0,1,\"\"");
}

#[test]
fn each_kind_of_topic_is_subscribed_to_and_given_up_by_itself() {
    let world = module(&["sn-predefined=900=plant/9"]);
    with_client(&world, async |client| {
        client
            .subscribe(TopicFilter::new("plant/+").unwrap(), QoS::ExactlyOnce)
            .await
            .unwrap();
        client.subscribe(id(900), QoS::AtLeastOnce).await.unwrap();
        client
            .subscribe(ShortTopic::new("t7").unwrap(), QoS::AtMostOnce)
            .await
            .unwrap();
        let subscriptions = world.broker().subscriptions(NAME);
        let expected: [(&[u8], u8); 3] = [(b"plant/+", 2), (b"plant/9", 1), (b"t7", 0)];
        assert_eq!(subscriptions, expected.map(|(filter, qos)| (filter.to_vec(), qos)));
        client.unsubscribe(TopicFilter::new("plant/+").unwrap()).await.unwrap();
        client.unsubscribe(ShortTopic::new("t7").unwrap()).await.unwrap();
        client.unsubscribe(id(900)).await.unwrap();
        assert_eq!(world.broker().subscriptions(NAME), []);
        // The gateway does not know it.
        assert_eq!(client.subscribe(id(901), QoS::AtLeastOnce).await, Err(Error::Refused));
        let publication = Publication::new(id(901), b"x").qos(QoS::AtLeastOnce);
        assert_eq!(client.publish(&publication).await, Err(Error::Refused));
    });
}

#[test]
fn a_topic_keeps_its_id_and_the_sixth_gets_the_modules_answer() {
    for (knob, refusal) in [
        ("sn-full=status", Error::Refused),
        ("sn-full=error", Error::Module(ModuleError::Error)),
    ] {
        let world = module(&[knob]);
        with_client(&world, async |client| {
            for n in 1..=5u16 {
                let name = format!("plant/{n}");
                assert_eq!(client.register(topic(&name)).await, Ok(Some(id(n))));
                assert_eq!(client.register(topic(&name)).await, Ok(Some(id(n))));
            }
            assert_eq!(client.register(topic("plant/6")).await, Err(refusal));
            assert_eq!(client.register(topic("plant/3")).await, Ok(Some(id(3))));
            let known: Vec<_> = (0..).map_while(|n| client.topic(n)).collect();
            assert_eq!(known.len(), 5);
            for (n, (topic_id, name)) in known.into_iter().enumerate() {
                assert_eq!(usize::from(topic_id.get()), n + 1);
                assert_eq!(name, format!("plant/{}", n + 1).as_bytes());
            }
            let publication = Publication::new(id(5), b"x").qos(QoS::AtLeastOnce);
            assert_eq!(client.publish(&publication).await, Ok(Delivery::Confirmed));
        });
    }
}

#[test]
fn a_success_without_an_id_is_said_to_have_none() {
    let world = module(&["sn-bare-success=yes"]);
    with_client(&world, async |client| {
        assert_eq!(client.register(topic("plant/7")).await, Ok(None));
        assert_eq!(client.topic(0), None);
        // The list knows it.
        client.registrations().await.unwrap();
        assert_eq!(client.topic(0), Some((id(1), &b"plant/7"[..])));
    });
}

#[test]
fn the_list_is_understood_in_either_order_and_late() {
    for knobs in [
        &["sn-listing=ok-first"][..],
        &["sn-listing=ok-last"],
        &["sn-listing=ok-first", "sn-listing-delay=250"],
    ] {
        let world = module(knobs);
        let long = format!("plant/{}", "x".repeat(100));
        with_client(&world, async |client| {
            for name in ["plant/1", &*long, "plant/3"] {
                client.register(topic(name)).await.unwrap();
            }
        });
        // Another host finds the connection open.
        with_modem(&world, 512, async |modem| {
            modem.attach(std::time::Duration::from_secs(40)).await.unwrap();
            let mut client = modem.client(SnConnectionId::FIRST);
            assert_eq!(client.topic(0), None);
            client.registrations().await.unwrap();
            assert_eq!(client.topic_name(id(1)), Some(&b"plant/1"[..]), "{knobs:?}");
            assert_eq!(client.topic_name(id(2)), Some(long.as_bytes()), "{knobs:?}");
            assert_eq!(client.topic_name(id(3)), Some(&b"plant/3"[..]), "{knobs:?}");
            assert_eq!(client.topic_name(id(4)), None);
            // It is settled: the next command is answered as ever.
            let publication = Publication::new(id(3), b"x").qos(QoS::AtLeastOnce);
            assert_eq!(client.publish(&publication).await, Ok(Delivery::Confirmed));
        });
    }
}

#[test]
fn names_that_find_no_room_stay_numbers() {
    let world = module(&[]);
    with_modem(&world, 4 + 7, async |modem| {
        let mut client = modem.client(SnConnectionId::FIRST);
        client.connect(&options()).await.unwrap();
        assert_eq!(client.register(topic("plant/1")).await, Ok(Some(id(1))));
        assert_eq!(client.register(topic("plant/2")).await, Ok(Some(id(2))));
        assert_eq!(client.topic_name(id(1)), Some(&b"plant/1"[..]));
        assert_eq!(client.topic_name(id(2)), None);
        let publication = Publication::new(id(2), b"x").qos(QoS::AtLeastOnce);
        assert_eq!(client.publish(&publication).await, Ok(Delivery::Confirmed));
    });
}

#[test]
fn a_new_connection_knows_no_topic_of_the_former() {
    let world = module(&[]);
    with_client(&world, async |client| {
        client.register(topic("plant/1")).await.unwrap();
        client.disconnect().await.unwrap();
        assert_eq!(client.topic(0), None);
        client.connect(&options()).await.unwrap();
        assert_eq!(client.topic(0), None);
        assert_eq!(client.register(topic("plant/2")).await, Ok(Some(id(1))));
        assert_eq!(client.topic_name(id(1)), Some(&b"plant/2"[..]));
    });
}

#[test]
fn a_name_longer_than_the_line_buffer_leaves_its_id() {
    let world = module(&[]);
    let name = format!("plant/{}\"", "x".repeat(240));
    let (mut line, mut message, mut transmit, mut names) = ([0; 128], [0; 300], [0; 400], [0; 1024]);
    let mut names = TopicNames::new(&mut names);
    let buffers = Buffers::new(&mut line, &mut message, &mut transmit).topics(&mut names);
    let mut modem = Modem::new(world.port(), world.clock(), buffers);
    modem.set_model("L610".parse().unwrap());
    world.block_on(async {
        let mut client = modem.client(SnConnectionId::FIRST);
        client.connect(&options()).await.unwrap();
        world.emit_raw(b"\r\n+MQTTSNREG: 101,2,1,\"former\"\r\n");
        world.emit_raw(format!("\r\n+MQTTSNREG: 101,2,1,\"{name}{name}\"\r\n").as_bytes());
        let name = name.trim_end_matches('"');
        world.on_command(
            format!("AT+MQTTSNREG=101,\"{name}\"").as_bytes(),
            format!("\r\nOK\r\n\r\n+MQTTSNREG: 101,1,7,\"{name}\"\r\n").as_bytes(),
        );
        assert_eq!(client.register(topic(name)).await, Ok(Some(id(7))));
        // This one the caller gave, that one nobody knows.
        assert_eq!(client.topic_name(id(7)), Some(name.as_bytes()));
        assert_eq!(client.topic_name(id(1)), None);
    });
}

#[test]
fn a_list_with_something_else_in_it_is_one() {
    let world = module(&[]);
    with_client(&world, async |client| {
        world.on_command(
            b"AT+MQTTSNREG?",
            b"\r\nnoise\r\n+MQTTSNREG: 101,3,\"plant/3\"\r\n+MQTTSNREG: 101,4,\"\"\r\n+MQTTSNREG: 101,5,\"plant/5\"\r\n\r\nOK\r\n",
        );
        assert_eq!(client.registrations().await, Ok(()));
        assert_eq!(client.topic_name(id(3)), Some(&b"plant/3"[..]));
        assert_eq!(client.topic_name(id(5)), Some(&b"plant/5"[..]));
    });
}
