//! CONF and WILL (V1.3 and V1.0.1 sections 1.8 and 1.12).

use fibocom_mqtt::command::*;
use fibocom_mqtt::sim::{Settings, World};
use fibocom_mqtt::{ConnectOptions, ConnectionId, QoS, ReceiveMode, SnConnectOptions, SnConnectionId, Will};

use super::connections::memory;
use super::support::*;
use super::table::{Covered, ids, text};

const ALL: [u8; 4] = [1, 2, 101, 102];
const FIRST: ConnectionId = ConnectionId::FIRST;

pub fn walk(covered: &mut Covered) {
    conf_and_will(covered);
    wills_by_size(covered);
}

fn will(id: u8, topic: &str, qos: QoS, retain: bool) -> WillSetting<32> {
    WillSetting {
        id,
        topic: heapless::Vec::from_slice(topic.as_bytes()).unwrap(),
        qos,
        retain,
    }
}

fn wills<const N: usize>(wills: [WillSetting<32>; N]) -> Wills<32> {
    Wills(wills.into_iter().collect())
}

fn will_limits() -> WillLimits {
    WillLimits {
        ids: ids(&ALL),
        topic: 255,
        qos: Bounds { min: 0, max: 2 },
        payload: 1024,
    }
}

fn conf_and_will(covered: &mut Covered) {
    let world = online();
    let mut memory = memory();
    let mut modem = memory.modem(&world);
    modem.set_model("L610".parse().unwrap());
    world.block_on(async {
        // 1.8.
        let modes = Bounds { min: 0, max: 1 };
        let printed = [
            ("+MQTTCONF: (0,1)", modes),
            ("+MQTTCONF: (0-1)", modes),
            ("+MQTTCONF:(0, 1)", modes),
        ];
        let limits = covered
            .ask((&mut modem, &world), "+MQTTCONF", &TestConf, &printed)
            .await;
        assert_eq!(limits, modes);
        let printed = [
            ("+MQTTCONF: 0", ReceiveMode::Direct),
            ("+MQTTCONF:1", ReceiveMode::ByLength),
        ];
        for (mode, line) in [
            (ReceiveMode::Direct, "AT+MQTTCONF=0"),
            (ReceiveMode::ByLength, "AT+MQTTCONF=1"),
        ] {
            modem.set_receive_mode(mode);
            let options = ConnectOptions::new("broker", 1883);
            let mut client = modem.client(FIRST);
            covered
                .set(&world, "+MQTTCONF", &Conf { mode }, line, client.connect(&options))
                .await
                .unwrap();
            client.disconnect().await.unwrap();
            let set = covered
                .ask((&mut modem, &world), "+MQTTCONF", &ReadConf, &printed)
                .await;
            assert_eq!(set, mode);
        }

        // 1.12.
        let printed = [
            ("+MQTTWILL: (1,2,101,102),255,(0-2),(0,1),1024", will_limits()),
            ("+MQTTWILL: (1, 2, 101, 102), 255, (0-2), (0-1), 1024", will_limits()),
        ];
        let limits = covered
            .ask((&mut modem, &world), "+MQTTWILL", &TestWill, &printed)
            .await;
        assert_eq!(limits, will_limits());
        let set = covered
            .ask((&mut modem, &world), "+MQTTWILL", &ReadWills::<32>, &[("", wills([]))])
            .await;
        assert_eq!(set, wills([]));
        let mut command = SetWill {
            id: FIRST.into(),
            topic: topic("topic1"),
            qos: QoS::AtMostOnce,
            retain: false,
            payload: text("disconnect unexpectly"),
        };
        let line = r#"AT+MQTTWILL=1,"topic1",0,0,"disconnect unexpectly""#;
        let last = Will::new(topic("topic1"), b"disconnect unexpectly");
        let options = ConnectOptions::new("broker", 1883).will(last);
        let mut client = modem.client(FIRST);
        covered
            .set(&world, "+MQTTWILL", &command, line, client.connect(&options))
            .await
            .unwrap();
        client.disconnect().await.unwrap();
        command.id = SnConnectionId::SECOND.into();
        let line = r#"AT+MQTTWILL=102,"topic1",0,0,"disconnect unexpectly""#;
        let mut gateway = modem.client(SnConnectionId::SECOND);
        let options = SnConnectOptions::new("gateway", 10000).will(last);
        covered
            .set(&world, "+MQTTWILL", &command, line, gateway.connect(&options))
            .await
            .unwrap();
        let both = wills([
            will(1, "topic1", QoS::AtMostOnce, false),
            will(102, "topic1", QoS::AtMostOnce, false),
        ]);
        // A payload is printed as it is, with whatever it has for quotes and line ends.
        let printed = [
            (
                "+MQTTWILL: 1,\"topic1\",0,0,\"a\"b\",\"\r\n\"\r\n+MQTTWILL: 102, \"topic1\", 0, 0, \"\"",
                both.clone(),
            ),
            (
                "+MQTTWILL: 102,topic1,0,0,x",
                wills([will(102, "topic1", QoS::AtMostOnce, false)]),
            ),
        ];
        let set = covered
            .ask((&mut modem, &world), "+MQTTWILL", &ReadWills::<32>, &printed)
            .await;
        assert_eq!(set, both);
    });
}

/// Only MC66x, MG66x and FG13x take a will in data mode (V1.3 section 1.12), and it may be empty there.
fn wills_by_size(covered: &mut Covered) {
    for model in ["MC661", "MG661", "FG132"] {
        let world = World::online(Settings {
            echo: false,
            ..Settings::by_name(model).unwrap()
        });
        let mut memory = memory();
        let mut modem = memory.modem(&world);
        modem.set_model(fibocom_mqtt::Model::identify(model));
        world.block_on(async {
            for payload in [&b"a\"\r\nOK\r\n\xff"[..], b""] {
                let command = SetWillData {
                    id: FIRST.into(),
                    topic: topic("topic1"),
                    qos: QoS::ExactlyOnce,
                    retain: true,
                    size: payload.len() as u16,
                };
                let last = Will::new(topic("topic1"), payload).qos(QoS::ExactlyOnce).retain();
                let line = format!("AT+MQTTWILL=1,\"topic1\",2,1,{}", payload.len());
                let options = options().will(last);
                let mut client = modem.client(FIRST);
                if payload.is_empty() {
                    // The driver writes an empty one inline, which every model takes.
                    client.connect(&options).await.unwrap();
                    super::table::encodes(&command, &line);
                } else {
                    covered
                        .set(&world, "+MQTTWILL by size", &command, &line, client.connect(&options))
                        .await
                        .unwrap();
                    assert_eq!(world.record().data(), [payload]);
                }
                client.disconnect().await.unwrap();
                let opened = world.broker().opens().last().unwrap().will.clone().unwrap();
                assert_eq!(
                    (opened.payload.as_slice(), opened.qos, opened.retain),
                    (payload, 2, true)
                );
            }
        });
    }
}
