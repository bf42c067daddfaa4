//! MQTT and MQTT-SN connections of one module, side by side.

use fibocom_mqtt::{AnyConnectionId, ConnectOptions, ConnectionId, Error, Incoming, Publication, QoS, TopicFilter};

use super::support::topic;
use super::*;

const MQTT: AnyConnectionId = AnyConnectionId::Mqtt(ConnectionId::SECOND);
const SN: AnyConnectionId = AnyConnectionId::Sn(SnConnectionId::SECOND);

async fn connect_both(modem: &mut TestModem<'_>) {
    let filter = TopicFilter::new("down/#").unwrap();
    let mut mqtt = modem.client(ConnectionId::SECOND);
    mqtt.connect(&ConnectOptions::new("broker", 1883).client_id("mqtt"))
        .await
        .unwrap();
    mqtt.subscribe(filter, QoS::AtLeastOnce).await.unwrap();
    let mut sn = modem.client(SnConnectionId::SECOND);
    sn.connect(&SnConnectOptions::new("gateway", 1883).client_id("sn"))
        .await
        .unwrap();
    sn.subscribe(filter, QoS::AtLeastOnce).await.unwrap();
}

#[test]
fn each_gets_its_own_messages_and_publishes_beside_the_other() {
    let world = module(&[]);
    let other = world.broker().client("other");
    other.subscribe("up/#", 1);
    with_modem(&world, 128, async |modem| {
        connect_both(modem).await;
        let mut buffer = [0; 64];
        for n in 0..20u8 {
            other.publish("down/x", [n], 1, false);
            let mut from = Vec::new();
            for _ in 0..2 {
                let Ok(Incoming::Message(id, message)) = modem.recv_any(&mut buffer).await else {
                    panic!("a message of each");
                };
                assert_eq!((message.topic(), message.payload()), (&b"down/x"[..], &[n][..]));
                assert_eq!(message.topic_id().is_some(), id == SN);
                from.push(id);
            }
            from.sort();
            assert_eq!(from, [MQTT, SN]);
            let publication = Publication::new(topic("up/x"), &buffer[..1]).qos(QoS::AtLeastOnce);
            modem.client(ConnectionId::SECOND).publish(&publication).await.unwrap();
            modem
                .client(SnConnectionId::SECOND)
                .publish(&publication)
                .await
                .unwrap();
        }
        assert_eq!(modem.counters().confirmed, 40);
        assert_eq!(modem.client(SnConnectionId::SECOND).counters().received, 20);
    });
    assert_eq!(other.received().len(), 40);
}

#[test]
fn only_those_are_waited_for_that_are_asked_for() {
    let world = module(&[]);
    let other = world.broker().client("other");
    with_modem(&world, 128, async |modem| {
        connect_both(modem).await;
        let mut buffer = [0; 64];
        other.publish("down/x", "1", 1, false);
        let Ok(Incoming::Message(SN, size)) = modem.wait_any(&[SnConnectionId::SECOND], buffer.len()).await else {
            panic!("a message");
        };
        assert_eq!(size.size(), 7);
        // It waits in the message buffer, and leaves room for one whose size is known.
        let message = modem.client(ConnectionId::SECOND).recv(&mut buffer).await.unwrap();
        assert_eq!(message.payload(), b"1");
        // Skipping does not need to know the protocol.
        assert_eq!(modem.client(SN).skip().await, Ok(Some(size)));
    });
}

#[test]
fn a_message_whose_size_is_not_known_waits_for_the_whole_buffer() {
    let world = module(&[]);
    let other = world.broker().client("other");
    with_modem(&world, 128, async |modem| {
        connect_both(modem).await;
        let mut buffer = [0; 64];
        other.publish("down/x", "1", 1, false);
        let waiting = modem.wait_any(&[ConnectionId::SECOND], buffer.len()).await;
        assert!(matches!(waiting, Ok(Incoming::Message(MQTT, _))), "{waiting:?}");
        let blocked = modem.client(SnConnectionId::SECOND).recv(&mut buffer).await;
        assert_eq!(blocked.unwrap_err(), Error::OtherMessage(MQTT));
        for _ in 0..2 {
            let next = modem.recv_any(&mut buffer).await;
            assert!(matches!(next, Ok(Incoming::Message(..))), "{next:?}");
        }
    });
}

#[test]
fn four_connections_take_turns_in_a_message_buffer_for_one_message() {
    let world = module(&[]);
    let other = world.broker().client("other");
    let (mut line, mut message, mut transmit) = ([0; 128], [0; 12], [0; 400]);
    let buffers = Buffers::new(&mut line, &mut message, &mut transmit);
    let mut modem = Modem::new(world.port(), world.clock(), buffers);
    modem.set_model("L610".parse().unwrap());
    world.block_on(async {
        let filter = TopicFilter::new("d2").unwrap();
        let ids = [1, 2, 101, 102].map(|id| AnyConnectionId::new(id).unwrap());
        for id in ids {
            let name = id.to_string();
            match id {
                AnyConnectionId::Mqtt(id) => {
                    let mut client = modem.client(id);
                    let options = ConnectOptions::new("broker", 1883).client_id(&name);
                    client.connect(&options).await.unwrap();
                    client.subscribe(filter, QoS::AtLeastOnce).await.unwrap();
                }
                AnyConnectionId::Sn(id) => {
                    let mut client = modem.client(id);
                    let options = SnConnectOptions::new("gateway", 1883).client_id(&name);
                    client.connect(&options).await.unwrap();
                    client.subscribe(filter, QoS::AtLeastOnce).await.unwrap();
                }
            }
        }
        for n in 0..5u8 {
            other.publish("d2", [b'0' + n; 10], 1, false);
        }
        let mut buffer = [0; 12];
        let mut got = vec![Vec::new(); 4];
        for count in 1..=20 {
            // Some calls are dropped, so that a message waits in the driver.
            let pause = support::sleep(&world, std::time::Duration::from_millis(count % 3 * 7));
            let _ = embassy_futures::select::select(modem.wait_any(&ids, 12), pause).await;
            let Ok(Incoming::Message(id, message)) = modem.recv_any(&mut buffer).await else {
                panic!("a message")
            };
            let place = ids.iter().position(|other| *other == id).unwrap();
            got[place].push(message.payload()[0]);
            // None is served twice while another waits.
            let lens = got.iter().map(Vec::len);
            assert!(lens.clone().max().unwrap() - lens.min().unwrap() <= 1, "{got:?}");
        }
        assert!(got.iter().all(|got| got == b"01234"), "{got:?}");
        // One that breaks is told, and disturbs no other.
        world.broker().break_connection("101");
        other.publish("d2", "x", 1, false);
        let mut told = 0;
        for _ in 0..4 {
            match modem.recv_any(&mut buffer).await {
                Ok(Incoming::Message(..)) => {}
                Ok(Incoming::Disconnected { id, .. }) if id == ids[2] => told += 1,
                other => panic!("{other:?}"),
            }
        }
        assert_eq!(told, 1);
        // One that is too large for the buffer leaves the others alone; on MQTT-SN connections only its payload is known.
        other.publish("d2", "too large for it", 1, false);
        other.publish("d2", "y", 1, false);
        let (mut too_large, mut last) = (0, 0);
        while last < 3 {
            match modem.recv_any(&mut buffer).await {
                Ok(Incoming::Message(_, message)) => last += usize::from(message.payload() == b"y"),
                Ok(Incoming::TooLarge(id, size)) => {
                    assert_eq!((size.topic_len, size.payload_len), (if id.is_sn() { 0 } else { 2 }, 16));
                    let skipped = modem.client(id).skip().await.unwrap().unwrap();
                    assert_eq!((skipped.topic_len, skipped.payload_len), (2, 16));
                    too_large += 1;
                }
                other => panic!("{other:?}"),
            }
        }
        assert_eq!(too_large, 3);
    });
}
