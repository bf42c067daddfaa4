//! What comes unasked (V1.3 sections 1.4, 1.9, 1.10, 1.14, 1.19): the lines as they are printed, and on their way through the driver.

use std::sync::Mutex;
use std::time::Duration;

use atat::AtatUrc;
use fibocom_mqtt::cloud::{Tuya, TuyaEvent};
use fibocom_mqtt::sim::{self, Settings, World};
use fibocom_mqtt::{
    Announcement, BreakCause, ConnectionId, DirectMessage, Error, Event, QoS, ReceiveMode, SnConnectOptions,
    SnConnectionId, SnRegistration, SnRegistrationKind, TopicFilter, Unsolicited, Urc,
};

use super::connections::memory;
use super::support::*;
use super::table::Covered;

pub fn walk(covered: &mut Covered) {
    direct_messages(covered);
    announcements(covered);
    breaks(covered);
    assignments(covered);
    events_of_tuya(covered);
}

/// A line, and the connection, the topic and the payload in it.
type Direct<'a> = (&'a [u8], u8, &'a [u8], &'a [u8]);

fn direct_messages(covered: &mut Covered) {
    let cases: [Direct<'_>; 6] = [
        // V1.3 section 1.9, the example, with its blank.
        (br#"+MQTTMSG: 1,0, "topic","1111""#, 1, b"topic", b"1111"),
        (br#"+MQTTMSG: 1, 0, "topic", "1111""#, 1, b"topic", b"1111"),
        (br#"+MQTTMSG:1,0,"topic","1111""#, 1, b"topic", b"1111"),
        (b"+MQTTMSG: 1,0,topic,1111", 1, b"topic", b"1111"),
        (
            br#"+MQTTMSG: 1,0,"topic","{"a":"b,c"}""#,
            1,
            b"topic",
            br#"{"a":"b,c"}"#,
        ),
        // A topic id, which only MQTT-SN has.
        (br#"+MQTTMSG: 101,0,300,"1111""#, 101, b"300", b"1111"),
    ];
    for (line, id, topic, payload) in cases {
        let found = DirectMessage::parse(line).unwrap();
        assert_eq!(
            (found.id, found.qos, found.topic, found.payload),
            (id, QoS::AtMostOnce, topic, payload)
        );
    }
    let world = online();
    let mut memory = memory();
    let mut modem = memory.modem(&world);
    modem.set_receive_mode(ReceiveMode::Direct);
    world.block_on(async {
        let mut client = connected(&mut modem).await;
        world.emit_raw(b"\r\n+MQTTMSG: 1,0, \"topic\",\"1111\"\r\n");
        let mut buffer = [0; 64];
        let message = client.recv(&mut buffer).await.unwrap();
        assert_eq!((message.topic(), message.payload()), (&b"topic"[..], &b"1111"[..]));
        world.broker().inject(CLIENT_ID, "plant", "2,71", 1);
        let message = client.recv(&mut buffer).await.unwrap();
        assert_eq!((message.topic(), message.payload()), (&b"plant"[..], &b"2,71"[..]));
    });
    covered.line("+MQTTMSG");
}

fn announcements(covered: &mut Covered) {
    let announced = |id, topic_len, payload_len| {
        let size = Announcement { topic_len, payload_len };
        let qos = QoS::AtLeastOnce;
        Some(Urc::Announced { id, qos, size })
    };
    // V1.3 section 1.10, the example.
    assert_eq!(Urc::parse(b"+MQTTMSGI: 1,1,1,1"), announced(1, 1, 1));
    assert_eq!(Urc::parse(b"+MQTTMSGI:1, 1, 255, 1024"), announced(1, 255, 1024));
    // The third number is a length or a topic id: nothing tells which.
    assert_eq!(Urc::parse(b"+MQTTMSGI: 101,1,65535,1"), announced(101, 65535, 1));
    for said in ["id", "length"] {
        let mut settings = Settings::l610();
        settings.set("sn-predefined", "65535=plant/7").unwrap();
        settings.set("sn-announce", said).unwrap();
        let world = World::online(Settings {
            echo: false,
            ..settings
        });
        let mut memory = memory();
        let mut modem = memory.modem(&world);
        modem.set_model("L610".parse().unwrap());
        world.block_on(async {
            let mut client = connected(&mut modem).await;
            world.broker().inject(CLIENT_ID, "plant", "2,71", 1);
            assert_eq!(client.poll().await, Ok(Event::MessageWaiting));
            let mut buffer = [0; 16];
            assert_eq!(client.recv(&mut buffer).await.unwrap().payload(), b"2,71");
            // A topic id is no size: the message fits all the same.
            let mut client = modem.client(SnConnectionId::FIRST);
            let options = SnConnectOptions::new("gateway", 10000).client_id("sensor");
            client.connect(&options).await.unwrap();
            client
                .subscribe(TopicFilter::new("plant/7").unwrap(), QoS::AtLeastOnce)
                .await
                .unwrap();
            world.broker().inject("sensor", "plant/7", "2,71", 1);
            let message = client.recv(&mut buffer).await.unwrap();
            assert_eq!(
                (message.topic_id().map(|id| id.get()), message.payload()),
                (Some(65535), &b"2,71"[..])
            );
        });
    }
    covered.line("+MQTTMSGI");
}

fn breaks(covered: &mut Covered) {
    // V1.3 section 1.4, the example and its table.
    for (line, id, cause) in [
        (&b"+MQTTBREAK: 1,1"[..], 1, BreakCause::Server),
        (b"+MQTTBREAK:2, 2", 2, BreakCause::Link),
        (b"+MQTTBREAK: 101,3", 101, BreakCause::NotRegistered),
        (b"+MQTTBREAK: 102,4", 102, BreakCause::Unknown(4)),
    ] {
        assert_eq!(Urc::parse(line), Some(Urc::Broken { id, cause }));
    }
    for (simulated, cause) in [
        (None, BreakCause::Server),
        (Some(sim::BreakCause::Link), BreakCause::Link),
        (Some(sim::BreakCause::Registration), BreakCause::NotRegistered),
    ] {
        let world = online();
        let mut memory = memory();
        let mut modem = memory.modem(&world);
        modem.set_model("L610".parse().unwrap());
        world.block_on(async {
            let options = SnConnectOptions::new("gateway", 10000);
            modem.client(SnConnectionId::SECOND).connect(&options).await.unwrap();
            connected(&mut modem).await;
            match simulated {
                Some(cause) => world.lose_network(cause, Duration::from_secs(60)),
                None => {
                    for client in world.broker().connected() {
                        world.broker().break_connection(&client);
                    }
                }
            }
            let told = modem.client(ConnectionId::FIRST).poll().await;
            assert_eq!(told, Ok(Event::Disconnected(cause)));
            let told = modem.client(SnConnectionId::SECOND).recv(&mut [0; 64]).await.map(drop);
            assert_eq!(told, Err(Error::Disconnected(cause)));
        });
    }
    covered.line("+MQTTBREAK");
}

fn assignments(covered: &mut Covered) {
    for line in [
        &br#"+MQTTSNREG: 101,2,7,"plant/7""#[..],
        br#"+MQTTSNREG: 101, 2, 7, "plant/7""#,
        b"+MQTTSNREG:101,2,7,plant/7",
    ] {
        let found = SnRegistration::parse(line).unwrap();
        assert_eq!((found.id, found.kind), (101, SnRegistrationKind::Assigned));
        assert_eq!((found.topic_id.unwrap().get(), found.name), (7, Some(&b"plant/7"[..])));
    }
    // V1.3 section 1.14, the example: a registration is confirmed without its topic id.
    let found = SnRegistration::parse(b"+MQTTSNREG: 101,1").unwrap();
    assert_eq!(
        (found.kind, found.topic_id, found.name),
        (SnRegistrationKind::Registered, None, None)
    );

    let world = online();
    let mut memory = memory();
    let mut names = [0; 256];
    let mut names = fibocom_mqtt::TopicNames::new(&mut names);
    let buffers = fibocom_mqtt::Buffers::new(&mut memory.line, &mut memory.message, &mut memory.transmit);
    let mut modem = fibocom_mqtt::Modem::new(world.port(), world.clock(), buffers.topics(&mut names));
    modem.set_model("L610".parse().unwrap());
    world.block_on(async {
        let mut client = modem.client(SnConnectionId::FIRST);
        let options = SnConnectOptions::new("gateway", 10000).client_id("sensor");
        client.connect(&options).await.unwrap();
        let given = world.module(|module| module.register_topic(101, "plant/7")).unwrap();
        client
            .subscribe(TopicFilter::new("t").unwrap(), QoS::AtMostOnce)
            .await
            .unwrap();
        let known = client.topic(0).map(|(id, name)| (id.get(), name.to_vec()));
        assert_eq!(known, Some((given, b"plant/7".to_vec())));
    });
    covered.line("+MQTTSNREG unasked");
}

/// V1.3 section 1.19: number, text, and what each means.
const EVENTS: [(u8, &str, TuyaEvent); 7] = [
    (1, "RESET", TuyaEvent::Reset),
    (2, "BIND START", TuyaEvent::BindStart),
    (3, "BIND TOKEN ON", TuyaEvent::BindTokenOn),
    (4, "ACTIVATE SUCCESSED", TuyaEvent::ActivateSucceeded),
    (5, "MQTT CONNECTED", TuyaEvent::MqttConnected),
    (6, "MQTT DISCONNECT", TuyaEvent::MqttDisconnected),
    (7, "BIND STOP", TuyaEvent::BindStopped),
];

fn events_of_tuya(covered: &mut Covered) {
    for (number, text, event) in EVENTS {
        for plus in ["", "+"] {
            for status in [
                format!("{number}"),
                format!("\"{text}\""),
                text.to_owned(),
                format!("\"{number}\""),
            ] {
                for comma in [",", ", "] {
                    let line = format!("{plus}MQTTAUTHEVENT: 4{comma}{status}");
                    assert_eq!(Urc::parse(line.as_bytes()), Some(Urc::TuyaEvent(event)), "{line}");
                }
            }
        }
    }
    for plus in ["yes", "no"] {
        for form in ["texts", "numbers"] {
            let mut settings = Settings::l610();
            settings.set("tuya-plus", plus).unwrap();
            settings.set("tuya-events", form).unwrap();
            let world = World::online(Settings {
                echo: false,
                ..settings
            });
            let seen = Mutex::new(Vec::new());
            let mut hook = |line: Unsolicited<'_>| seen.lock().unwrap().extend(line.tuya_event());
            let mut memory = memory();
            let mut modem = memory.modem(&world);
            modem.set_model("L610".parse().unwrap());
            modem.set_unsolicited(&mut hook);
            world.block_on(async {
                modem
                    .authenticate(&Tuya::new("pk", "uuid", "ak"), &mut [0; 512])
                    .await
                    .unwrap();
                sleep(&world, Duration::from_secs(2)).await;
                modem.tuya_off().await.unwrap();
            });
            drop(modem);
            let expected: Vec<_> = EVENTS[1..5].iter().map(|(.., event)| *event).collect();
            assert_eq!(seen.into_inner().unwrap(), expected, "{plus} {form}");
        }
    }
    covered.line("+MQTTAUTHEVENT");
}
