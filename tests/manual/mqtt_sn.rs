//! SNCID, SNREG, WTOPICUD, WMSGUD (V1.3 sections 1.13 to 1.16).

use fibocom_mqtt::command::*;
use fibocom_mqtt::sim::{Settings, World};
use fibocom_mqtt::{QoS, SnConnectOptions, SnConnectionId, TopicId, Will};

use super::connections::memory;
use super::support::*;
use super::table::{Covered, ids, text};

const SN: SnConnectionId = SnConnectionId::FIRST;

fn vec<const N: usize>(text: &str) -> heapless::Vec<u8, N> {
    heapless::Vec::from_slice(text.as_bytes()).unwrap()
}

fn client_ids<const N: usize>(set: [(u8, &str); N]) -> SnClientIds<32> {
    let setting = |(id, client_id)| SnClientIdSetting {
        id,
        client_id: vec(client_id),
    };
    SnClientIds(set.into_iter().map(setting).collect())
}

fn listed<const N: usize>(topics: [(u8, u16, &str); N]) -> SnRegistrations<32> {
    let topic = |(id, topic_id, name)| SnRegisteredTopic {
        id,
        topic_id: TopicId::new(topic_id).unwrap(),
        name: vec(name),
    };
    SnRegistrations(topics.into_iter().map(topic).collect())
}

/// What is registered: the manual prints the list behind `OK`, where it is no longer part of the answer; other commands in front.
const LISTINGS: [&str; 2] = ["ok-first", "ok-last"];

pub fn walk(covered: &mut Covered) {
    for listing in LISTINGS {
        with_listing(covered, listing);
    }
}

fn with_listing(covered: &mut Covered, listing: &str) {
    let mut settings = Settings::l610();
    settings.set("sn-listing", listing).unwrap();
    let world = World::online(Settings {
        echo: false,
        ..settings
    });
    let mut memory = memory();
    let mut names = [0; 512];
    let mut names = fibocom_mqtt::TopicNames::new(&mut names);
    let buffers = fibocom_mqtt::Buffers::new(&mut memory.line, &mut memory.message, &mut memory.transmit);
    let mut modem = fibocom_mqtt::Modem::new(world.port(), world.clock(), buffers.topics(&mut names));
    modem.set_model("L610".parse().unwrap());
    world.block_on(async {
        // 1.13. The manual prints no `=?` of these four; the syntax tables say what it is.
        let limits = |client_id| SnClientIdLimits {
            ids: ids(&[101, 102]),
            client_id,
        };
        let printed = [
            ("+MQTTSNCID: (101,102),256", limits(256)),
            ("+MQTTSNCID: (101,102), 23", limits(23)),
        ];
        let now = covered
            .ask((&mut modem, &world), "+MQTTSNCID", &TestSnClientId, &printed)
            .await;
        assert_eq!(now, limits(1024));
        let printed = [
            ("", client_ids([])),
            ("+MQTTSNCID: 101,\"a\"", client_ids([(101, "a")])),
            (
                "+MQTTSNCID: 101, \"a\"\r\n+MQTTSNCID:102,\"b,c\"",
                client_ids([(101, "a"), (102, "b,c")]),
            ),
        ];
        let now = covered
            .ask((&mut modem, &world), "+MQTTSNCID", &ReadSnClientIds::<32>, &printed)
            .await;
        assert_eq!(now, client_ids([]));
        let command = SnClientId {
            id: SN,
            client_id: text("5sTCkZackL3UI578mmUzME"),
        };
        let line = r#"AT+MQTTSNCID=101,"5sTCkZackL3UI578mmUzME""#;
        let last = Will::new(topic("gone"), b"lost");
        let options = SnConnectOptions::new("gateway", 10000)
            .client_id("5sTCkZackL3UI578mmUzME")
            .will(last);
        let mut client = modem.client(SN);
        covered
            .set(&world, "+MQTTSNCID", &command, line, client.connect(&options))
            .await
            .unwrap();
        assert_eq!(world.broker().connected(), ["5sTCkZackL3UI578mmUzME"]);
        let now = covered
            .ask((&mut modem, &world), "+MQTTSNCID", &ReadSnClientIds::<32>, &[])
            .await;
        assert_eq!(now, client_ids([(101, "5sTCkZackL3UI578mmUzME")]));

        // 1.14.
        let limits = SnRegisterLimits {
            ids: ids(&[101, 102]),
            topic: 255,
        };
        let printed = [("+MQTTSNREG: (101,102),255", limits.clone())];
        let now = covered
            .ask((&mut modem, &world), "+MQTTSNREG", &TestSnRegister, &printed)
            .await;
        assert_eq!(now, limits);
        for (number, name) in [(1, "plant/7/level"), (2, "2")] {
            let command = SnRegister {
                id: SN,
                topic: topic(name),
            };
            let line = format!("AT+MQTTSNREG=101,\"{name}\"");
            let mut client = modem.client(SN);
            let given = covered
                .set(&world, "+MQTTSNREG", &command, &line, client.register(topic(name)))
                .await;
            assert_eq!(given, Ok(TopicId::new(number).ok()));
        }
        let printed = [
            ("", listed([])),
            ("+MQTTSNREG: 101,7,\"n\"", listed([(101, 7, "n")])),
            // Told from an assignment by the gateway by the kind of the third field.
            (
                "+MQTTSNREG: 101,2,\"n\"\r\n+MQTTSNREG: 101,2,7,\"n\"\r\n+MQTTSNREG: 102, 65535, \"a,\"b\"",
                listed([(101, 2, "n"), (102, 65535, "a,\"b")]),
            ),
        ];
        let now = covered
            .ask((&mut modem, &world), "+MQTTSNREG", &ReadSnRegistrations::<32>, &printed)
            .await;
        let registered = listed([(101, 1, "plant/7/level"), (101, 2, "2")]);
        assert_eq!(now, if listing == "ok-last" { registered } else { listed([]) });
        // The driver knows them wherever they are printed, also one that it attaches to later.
        let mut client = modem.client(SN);
        client.registrations().await.unwrap();
        let known: Vec<_> = (0..3)
            .filter_map(|n| client.topic(n))
            .map(|(id, name)| (id.get(), name.to_vec()))
            .collect();
        assert_eq!(known, [(1, b"plant/7/level".to_vec()), (2, b"2".to_vec())]);

        // 1.15.
        let limits = UpdateWillTopicLimits {
            ids: ids(&[101, 102]),
            qos: Bounds { min: 0, max: 2 },
            topic: 255,
        };
        let printed = [
            ("+MQTTWTOPICUD: (101,102),(0-2),(0,1),255", limits.clone()),
            ("+MQTTWTOPICUD: (101, 102), (0,1,2), (0-1), 255", limits.clone()),
        ];
        let now = covered
            .ask((&mut modem, &world), "+MQTTWTOPICUD", &TestUpdateWillTopic, &printed)
            .await;
        assert_eq!(now, limits);
        let command = UpdateWillTopic {
            id: SN,
            qos: QoS::ExactlyOnce,
            retain: true,
            topic: topic("gone/7"),
        };
        let line = r#"AT+MQTTWTOPICUD=101,2,1,"gone/7""#;
        let mut client = modem.client(SN);
        let call = client.update_will_topic(topic("gone/7"), QoS::ExactlyOnce, true);
        covered
            .set(&world, "+MQTTWTOPICUD", &command, line, call)
            .await
            .unwrap();

        // 1.16.
        let limits = UpdateWillMessageLimits {
            ids: ids(&[101, 102]),
            payload: 1024,
        };
        let printed = [("+MQTTWMSGUD: (101,102),1024", limits.clone())];
        let now = covered
            .ask((&mut modem, &world), "+MQTTWMSGUD", &TestUpdateWillMessage, &printed)
            .await;
        assert_eq!(now, limits);
        let command = UpdateWillMessage {
            id: SN,
            payload: text("will message"),
        };
        let line = r#"AT+MQTTWMSGUD=101,"will message""#;
        let mut client = modem.client(SN);
        let call = client.update_will_message(b"will message");
        covered.set(&world, "+MQTTWMSGUD", &command, line, call).await.unwrap();
        for name in ["+MQTTWTOPICUD", "+MQTTWMSGUD"] {
            covered.has_no_read(&mut modem, name).await;
        }
    });
    // The gateway has the will as it was changed last, and publishes it when the connection is lost.
    let watcher = world.broker().client("watcher");
    watcher.subscribe("gone/7", 2);
    world.lose_network(fibocom_mqtt::sim::BreakCause::Link, std::time::Duration::from_secs(60));
    world.advance(std::time::Duration::from_secs(600));
    let wills = watcher.received();
    assert_eq!(wills.len(), 1, "{wills:?}");
    assert_eq!(
        (wills[0].topic.as_slice(), wills[0].payload.as_slice()),
        (&b"gone/7"[..], &b"will message"[..])
    );
}
