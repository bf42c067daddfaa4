//! SUB, UNSUB, PUB, READ (V1.3 and V1.0.1 sections 1.5 to 1.7, 1.11), on MQTT and on MQTT-SN connections.

use fibocom_mqtt::command::*;
use fibocom_mqtt::sim::{Settings, World};
use fibocom_mqtt::{
    ConnectionId, Delivery, Publication, QoS, ShortTopic, SnConnectOptions, SnConnectionId, SnFilter, SnTopic,
    TopicFilter, TopicId,
};

use super::connections::memory;
use super::support::*;
use super::table::{Covered, ids, parse, text};

const ALL: [u8; 4] = [1, 2, 101, 102];
const QOS: Bounds = Bounds { min: 0, max: 2 };
const FIRST: ConnectionId = ConnectionId::FIRST;
const SN: SnConnectionId = SnConnectionId::FIRST;

pub fn walk(covered: &mut Covered) {
    limits(covered);
    on_mqtt(covered);
    on_mqtt_sn(covered);
}

fn module(knobs: &[(&str, &str)]) -> World {
    let mut settings = Settings::l610();
    for (knob, value) in knobs {
        settings.set(knob, value).unwrap();
    }
    World::online(Settings {
        echo: false,
        ..settings
    })
}

fn limits(covered: &mut Covered) {
    let world = module(&[]);
    let mut memory = memory();
    let mut modem = memory.modem(&world);
    world.block_on(async {
        let topics = SubscribeLimits {
            ids: ids(&ALL),
            topic: 255,
            qos: QOS,
        };
        let printed = [
            // V1.3 section 1.5, the example, with its blank.
            ("+MQTTSUB: (1,2,101,102),255, (0-2)", topics.clone()),
            ("+MQTTSUB:(1, 2, 101, 102), 255, (0,1,2)", topics.clone()),
        ];
        let now = covered
            .ask((&mut modem, &world), "+MQTTSUB", &TestSubscribe, &printed)
            .await;
        assert_eq!(now, topics);
        let topics = UnsubscribeLimits {
            ids: ids(&ALL),
            topic: 255,
        };
        let printed = [
            ("+MQTTUNSUB: (1,2,101,102),255", topics.clone()),
            ("+MQTTUNSUB: (1,2,101,102), 255", topics.clone()),
        ];
        let now = covered
            .ask((&mut modem, &world), "+MQTTUNSUB", &TestUnsubscribe, &printed)
            .await;
        assert_eq!(now, topics);
        let messages = PublishLimits {
            ids: ids(&ALL),
            topic: 255,
            qos: QOS,
            payload: 1024,
        };
        let printed = [
            ("+MQTTPUB: (1,2,101,102),255,(0-2),(0,1),1024", messages.clone()),
            ("+MQTTPUB: (1,2,101,102), 255, (0-2), (0-1), 1024", messages.clone()),
        ];
        let now = covered
            .ask((&mut modem, &world), "+MQTTPUB", &TestPublish, &printed)
            .await;
        assert_eq!(now, messages);
        let printed = [
            ("+MQTTREAD: (1,2)", ids(&[1, 2])),
            ("+MQTTREAD: (1, 2, 101, 102)", ids(&ALL)),
        ];
        let now = covered
            .ask((&mut modem, &world), "+MQTTREAD", &TestRead, &printed)
            .await;
        assert_eq!(now, ids(&[1, 2]));
        for name in ["+MQTTSUB", "+MQTTUNSUB", "+MQTTPUB", "+MQTTREAD"] {
            covered.has_no_read(&mut modem, name).await;
        }
    });
}

fn on_mqtt(covered: &mut Covered) {
    let world = module(&[]);
    let mut memory = memory();
    let mut modem = memory.modem(&world);
    world.block_on(async {
        let mut client = modem.client(FIRST);
        client.connect(&options()).await.unwrap();
        let filter = TopicFilter::new("plant/+/level").unwrap();
        for (qos, digit) in [(QoS::AtMostOnce, 0), (QoS::AtLeastOnce, 1), (QoS::ExactlyOnce, 2)] {
            let command = Subscribe { id: FIRST, filter, qos };
            let line = format!("AT+MQTTSUB=1,\"plant/+/level\",{digit}");
            covered
                .set(&world, "+MQTTSUB", &command, &line, client.subscribe(filter, qos))
                .await
                .unwrap();
        }
        // Inline, which carries what data mode cannot: nothing.
        let name = topic("plant/7/level");
        let command = Publish {
            id: FIRST,
            topic: name,
            qos: QoS::AtLeastOnce,
            retain: false,
            payload: text(""),
        };
        let line = "AT+MQTTPUB=1,\"plant/7/level\",1,0,\"\"";
        let publication = Publication::new(name, b"").qos(QoS::AtLeastOnce);
        let sent = covered
            .set(&world, "+MQTTPUB", &command, line, client.publish(&publication))
            .await;
        assert_eq!(sent, Ok(Delivery::Confirmed));
        // The manual's own payload, inline.
        let command = Publish {
            payload: text("message"),
            ..command
        };
        super::table::encodes(&command, "AT+MQTTPUB=1,\"plant/7/level\",1,0,\"message\"");
        // By size: raw bytes, behind a prompt.
        let payload = b"\r\nOK\r\n\"\xff\x00";
        let command = PublishData {
            id: FIRST,
            topic: name,
            qos: QoS::ExactlyOnce,
            retain: true,
            size: payload.len() as u16,
        };
        let line = format!("AT+MQTTPUB=1,\"plant/7/level\",2,1,{}", payload.len());
        let publication = Publication::new(name, payload).qos(QoS::ExactlyOnce).retain();
        let sent = covered
            .set(
                &world,
                "+MQTTPUB by size",
                &command,
                &line,
                client.publish(&publication),
            )
            .await;
        assert_eq!(sent, Ok(Delivery::Confirmed));
        assert_eq!(world.record().data(), [payload]);

        // 1.11: what has come, and that there is no more.
        let read = Read::<32, 32> { id: FIRST };
        let mut buffer = [0; 64];
        let message = covered
            .set(&world, "+MQTTREAD", &read, "AT+MQTTREAD=1", client.recv(&mut buffer))
            .await
            .unwrap();
        assert_eq!((message.topic(), message.payload()), (&b"plant/7/level"[..], &b""[..]));
        let message = client.recv(&mut buffer).await.unwrap();
        assert_eq!(
            (message.topic(), message.payload()),
            (&b"plant/7/level"[..], &payload[..])
        );
        assert_eq!(client.skip().await, Ok(None));

        let command = Unsubscribe { id: FIRST, filter };
        let line = "AT+MQTTUNSUB=1,\"plant/+/level\"";
        covered
            .set(&world, "+MQTTUNSUB", &command, line, client.unsubscribe(filter))
            .await
            .unwrap();
        assert!(world.broker().subscriptions(CLIENT_ID).is_empty());
    });
    let read = Read::<32, 32> { id: FIRST };
    let message = |qos| {
        let (topic, payload) = (b"plant/7", b"2,71");
        Some(ReadMessage::Message {
            qos,
            topic: heapless::Vec::from_slice(topic).unwrap(),
            payload: heapless::Vec::from_slice(payload).unwrap(),
        })
    };
    for (answer, expected) in [
        ("+MQTTREAD: 1,0,0,0", Some(ReadMessage::Empty)),
        ("+MQTTREAD: 1, 0, 0, 0", Some(ReadMessage::Empty)),
        (r#"+MQTTREAD: 1,1,7,4,"plant/7","2,71""#, message(QoS::AtLeastOnce)),
        ("+MQTTREAD: 1,0,7,4,plant/7,2,71", message(QoS::AtMostOnce)),
        (r#"+MQTTREAD: 1, 2, 7, 4, "plant/7", "2,71""#, message(QoS::ExactlyOnce)),
        // Of another connection.
        ("+MQTTREAD: 2,0,0,0", None),
    ] {
        assert_eq!(parse(&read, answer), expected, "{answer}");
    }
}

fn on_mqtt_sn(covered: &mut Covered) {
    let world = module(&[("sn-predefined", "7=plant/7"), ("sn-predefined", "65535=plant/last")]);
    let mut memory = memory();
    let mut modem = memory.modem(&world);
    modem.set_model("L610".parse().unwrap());
    world.block_on(async {
        let mut client = modem.client(SN);
        let options = SnConnectOptions::new("gateway", 10000).client_id("sensor");
        client.connect(&options).await.unwrap();
        let qos = QoS::ExactlyOnce;
        let (seven, last) = (TopicId::new(7).unwrap(), TopicId::new(65535).unwrap());
        let short = ShortTopic::new("t7").unwrap();
        let filters: [(SnFilter<'_>, &str); 4] = [
            (TopicFilter::new("plant/#").unwrap().into(), "\"plant/#\""),
            (short.into(), "\"t7\""),
            (seven.into(), "7"),
            (last.into(), "65535"),
        ];
        for (filter, written) in filters {
            let command = SnSubscribe { id: SN, filter, qos };
            let line = format!("AT+MQTTSUB=101,{written},2");
            covered
                .set(&world, "+MQTTSUB", &command, &line, client.subscribe(filter, qos))
                .await
                .unwrap();
            let command = SnUnsubscribe { id: SN, filter };
            let line = format!("AT+MQTTUNSUB=101,{written}");
            covered
                .set(&world, "+MQTTUNSUB", &command, &line, client.unsubscribe(filter))
                .await
                .unwrap();
        }
        client.subscribe(TopicFilter::new("#").unwrap(), qos).await.unwrap();
        let topics: [(SnTopic<'_>, &str, &[u8], bool); 4] = [
            (topic("a/name").into(), "\"a/name\"", b"a/name", true),
            (short.into(), "\"t7\"", b"t7", false),
            (seven.into(), "7", b"plant/7", true),
            (last.into(), "65535", b"plant/last", true),
        ];
        let mut buffer = [0; 64];
        for (target, written, name, comes_as_id) in topics {
            for payload in [&b""[..], b",\r\nOK\r\n\""] {
                let publication = Publication::new(target, payload).qos(QoS::AtLeastOnce);
                let size = payload.len() as u16;
                let sent = if payload.is_empty() {
                    let command = SnPublish {
                        id: SN,
                        topic: target,
                        qos: QoS::AtLeastOnce,
                        retain: false,
                        payload: text(""),
                    };
                    let line = format!("AT+MQTTPUB=101,{written},1,0,\"\"");
                    covered
                        .set(&world, "+MQTTPUB", &command, &line, client.publish(&publication))
                        .await
                } else {
                    let command = SnPublishData {
                        id: SN,
                        topic: target,
                        qos: QoS::AtLeastOnce,
                        retain: false,
                        size,
                    };
                    let line = format!("AT+MQTTPUB=101,{written},1,0,{size}");
                    covered
                        .set(
                            &world,
                            "+MQTTPUB by size",
                            &command,
                            &line,
                            client.publish(&publication),
                        )
                        .await
                };
                assert_eq!(sent, Ok(Delivery::Confirmed), "{written}");
                assert_eq!(world.broker().published().last().unwrap().1.topic, name);
                let read = SnRead::<8, 8> { id: SN };
                let message = covered
                    .set(&world, "+MQTTREAD", &read, "AT+MQTTREAD=101", client.recv(&mut buffer))
                    .await
                    .unwrap();
                assert_eq!(
                    (message.payload(), message.topic_id().is_some()),
                    (payload, comes_as_id),
                    "{written}"
                );
                assert_eq!(message.topic(), if comes_as_id { b"" } else { name }, "{written}");
            }
        }
    });
    let read = SnRead::<32, 32> { id: SN };
    let message = |qos, id: Option<u16>, topic: &str| {
        Some(SnReadMessage::Message {
            qos,
            topic_id: id.map(|id| TopicId::new(id).unwrap()),
            topic: heapless::Vec::from_slice(topic.as_bytes()).unwrap(),
            payload: heapless::Vec::from_slice(b"2,71").unwrap(),
        })
    };
    for (answer, expected) in [
        ("+MQTTREAD: 101,0,0,0", Some(SnReadMessage::Empty)),
        // The length of a topic id is undefined (V1.3 section 1.11).
        (
            "+MQTTREAD: 101,1,2,4,300,2,71",
            message(QoS::AtLeastOnce, Some(300), ""),
        ),
        (
            r#"+MQTTREAD: 101,1,300,4,300,"2,71""#,
            message(QoS::AtLeastOnce, Some(300), ""),
        ),
        (
            r#"+MQTTREAD: 101, 0, 0, 4, 65535, "2,71""#,
            message(QoS::AtMostOnce, Some(65535), ""),
        ),
        (
            r#"+MQTTREAD: 101,2,7,4,"plant/7","2,71""#,
            message(QoS::ExactlyOnce, None, "plant/7"),
        ),
        ("+MQTTREAD: 101,2,2,4,t7,2,71", message(QoS::ExactlyOnce, None, "t7")),
        ("+MQTTREAD: 102,0,0,0", None),
    ] {
        assert_eq!(parse(&read, answer), expected, "{answer}");
    }
}
