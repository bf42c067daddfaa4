//! What comes in lines arrives, whole and in its order.

use std::time::Duration;

use fibocom_mqtt::sim::{BreakCause as SimBreak, Settings, World};
use fibocom_mqtt::{
    BreakCause, ConnectOptions, ConnectionId, Delivery, Error, Event, Publication, QoS, ReceiveMode, TopicFilter,
    command,
};

use super::support::*;

const SECOND: Duration = Duration::from_secs(1);

#[test]
fn every_form_of_the_line_is_understood_and_nothing_is_read() {
    let world = online();
    let mut memory = Memory::default();
    let mut modem = memory.modem(&world);
    modem.set_receive_mode(ReceiveMode::Direct);
    world.block_on(async {
        let mut client = connected(&mut modem).await;
        let mut buffer = [0; 64];
        for (line, topic, payload, qos) in [
            (r#"+MQTTMSG: 1,0,"t/1","plain""#, "t/1", "plain", QoS::AtMostOnce),
            (r#"+MQTTMSG: 1, 1, "t/1", "spaced""#, "t/1", "spaced", QoS::AtLeastOnce),
            (
                r#"+MQTTMSG:1,2,"t","{"a":"b","c":1}""#,
                "t",
                r#"{"a":"b","c":1}"#,
                QoS::ExactlyOnce,
            ),
            (r#"+MQTTMSG: 1,0,"t","""#, "t", "", QoS::AtMostOnce),
            (r#"+MQTTMSG: 1,0,"t",""""#, "t", "\"", QoS::AtMostOnce),
            (
                "+MQTTMSG: 1,0,t,no quotes, but commas",
                "t",
                "no quotes, but commas",
                QoS::AtMostOnce,
            ),
            ("+MQTTMSG: 1,0,t,AT+CSQ", "t", "AT+CSQ", QoS::AtMostOnce),
        ] {
            world.emit_raw(format!("\r\n{line}\r\n").as_bytes());
            let message = client.recv(&mut buffer).await.unwrap();
            assert_eq!(
                (message.topic(), message.payload(), message.qos()),
                (topic.as_bytes(), payload.as_bytes(), qos),
                "{line}"
            );
        }
        world.emit_raw(b"\r\n+MQTTMSG: 1,1,\"t\",\"\xff\x00>\"\r\n");
        assert_eq!(client.recv(&mut buffer).await.unwrap().payload(), b"\xff\x00>");
    });
    let commands = world.record().commands();
    assert!(commands.contains(&"AT+MQTTCONF=0".into()), "{commands:?}");
    assert!(
        !commands.iter().any(|command| command.starts_with("AT+MQTTREAD")),
        "{commands:?}"
    );
}

#[test]
fn what_comes_while_nobody_receives_waits_in_its_order() {
    for (read_size, space_after_comma) in [(1, false), (7, true), (4096, false)] {
        let world = World::online(Settings {
            echo: false,
            space_after_comma,
            ..Settings::l610()
        });
        world.port().set_read_size(read_size);
        let mut memory = Memory::default();
        let mut modem = memory.modem(&world);
        modem.set_receive_mode(ReceiveMode::Direct);
        world.block_on(async {
            let mut client = connected(&mut modem).await;
            let other = world.broker().client("other");
            let payloads: Vec<_> = (0..20).map(|n| "x".repeat(n)).collect();
            for payload in &payloads {
                other.publish("from/other", payload.as_bytes(), 1, false);
                // The driver is busy with something else, in the middle of whose answers they come.
                let publication = Publication::new(topic("t"), b"own").qos(QoS::AtLeastOnce);
                assert_eq!(client.publish(&publication).await, Ok(Delivery::Confirmed));
            }
            let mut buffer = [0; 64];
            let mut received = Vec::new();
            while received.len() < payloads.len() {
                let message = client.recv(&mut buffer).await.unwrap();
                if message.topic() == b"from/other" {
                    received.push(String::from_utf8(message.payload().into()).unwrap());
                }
            }
            assert_eq!(received, payloads);
        });
    }
}

#[test]
fn a_dropped_recv_loses_nothing() {
    let world = online();
    let mut memory = Memory::default();
    let mut modem = memory.modem(&world);
    modem.set_receive_mode(ReceiveMode::Direct);
    world.block_on(async {
        let mut client = connected(&mut modem).await;
        let other = world.broker().client("other");
        let (mut received, mut published) = (Vec::new(), 0u8);
        let mut buffer = [0; 64];
        for round in 0..200u64 {
            if round % 4 == 0 {
                other.publish("t", [b'A' + published % 26], 1, false);
                published += 1;
            }
            let pause = Duration::from_millis(1 + round % 9);
            if let Some(message) = recv_within(&world, &mut client, &mut buffer, pause).await {
                received.push(message.unwrap().payload()[0]);
            }
        }
        while received.len() < usize::from(published) {
            received.push(client.recv(&mut buffer).await.unwrap().payload()[0]);
        }
        assert_eq!(received, (0..published).map(|n| b'A' + n % 26).collect::<Vec<_>>());
    });
}

#[test]
fn each_of_two_connections_receives_its_own() {
    let world = online();
    let mut memory = Memory::default();
    let mut modem = memory.modem(&world);
    modem.set_receive_mode(ReceiveMode::Direct);
    world.block_on(async {
        connected(&mut modem).await;
        let mut second = modem.client(ConnectionId::SECOND);
        second
            .connect(&ConnectOptions::new("broker", 1883).client_id("second"))
            .await
            .unwrap();
        second
            .subscribe(TopicFilter::new("two").unwrap(), QoS::AtLeastOnce)
            .await
            .unwrap();
        for n in 0..5u8 {
            assert!(world.broker().inject(CLIENT_ID, "one", [b'0' + n], 1));
            assert!(world.broker().inject("second", "two", [b'a' + n], 1));
        }
        let mut buffer = [0; 64];
        for n in 0..5u8 {
            assert_eq!(second.recv(&mut buffer).await.unwrap().payload(), [b'a' + n]);
        }
        assert!(recv_within(&world, &mut second, &mut buffer, SECOND).await.is_none());
        let mut first = modem.client(ConnectionId::FIRST);
        for n in 0..5u8 {
            assert_eq!(first.recv(&mut buffer).await.unwrap().payload(), [b'0' + n]);
        }
    });
}

#[test]
fn a_break_is_reported_after_what_came_before_it() {
    let world = online();
    let mut memory = Memory::default();
    let mut modem = memory.modem(&world);
    modem.set_receive_mode(ReceiveMode::Direct);
    world.block_on(async {
        let mut client = connected(&mut modem).await;
        world.broker().client("other").publish("t", b"last", 1, false);
        sleep(&world, SECOND).await;
        world.module(|module| module.lose_network(SimBreak::Link, SECOND));
        sleep(&world, 5 * SECOND).await;
        assert_eq!(client.poll().await, Ok(Event::MessageWaiting));
        let mut buffer = [0; 64];
        assert_eq!(client.recv(&mut buffer).await.unwrap().payload(), b"last");
        assert_eq!(
            client.recv(&mut buffer).await,
            Err(Error::Disconnected(BreakCause::Link))
        );
    });
}

#[test]
fn a_silent_module_and_an_unheard_end_are_noticed() {
    let world = online();
    let mut memory = Memory::default();
    let mut modem = memory.modem(&world);
    modem.set_receive_mode(ReceiveMode::Direct);
    world.block_on(async {
        let mut client = connected(&mut modem).await;
        let mut buffer = [0; 64];
        assert!(
            recv_within(&world, &mut client, &mut buffer, 100 * SECOND)
                .await
                .is_none()
        );
        world.port().unplug();
        world.broker().break_connection(CLIENT_ID);
        sleep(&world, SECOND).await;
        world.port().plug();
        let ended = recv_within(&world, &mut client, &mut buffer, 600 * SECOND).await;
        assert!(matches!(ended, Some(Err(Error::NotConnected))), "{ended:?}");
    });
    assert!(
        !world
            .record()
            .commands()
            .iter()
            .any(|command| command.starts_with("AT+MQTTREAD"))
    );
}

#[test]
fn by_length_again_after_the_next_connect() {
    let world = online();
    let mut memory = Memory::default();
    let mut modem = memory.modem(&world);
    modem.set_receive_mode(ReceiveMode::Direct);
    world.block_on(async {
        let mut client = connected(&mut modem).await;
        world.broker().client("other").publish("t", b"line", 1, false);
        let mut buffer = [0; 64];
        assert_eq!(client.recv(&mut buffer).await.unwrap().payload(), b"line");
        modem.set_receive_mode(ReceiveMode::ByLength);
        let mut client = connected(&mut modem).await;
        world.broker().client("other").publish("t", b"\r\nlengths", 1, false);
        assert_eq!(client.recv(&mut buffer).await.unwrap().payload(), b"\r\nlengths");
    });
}

#[test]
fn a_message_of_nothing_is_handed_out_once() {
    let world = online();
    let mut memory = Memory::default();
    let mut modem = memory.modem(&world);
    modem.set_receive_mode(ReceiveMode::Direct);
    world.block_on(async {
        let mut client = connected(&mut modem).await;
        world.emit_raw(b"\r\n+MQTTMSG: 1,0,\"\",\"\"\r\n");
        let mut buffer = [0; 64];
        assert_eq!(client.recv(&mut buffer).await.unwrap().payload(), b"");
        let next = recv_within(&world, &mut client, &mut buffer, SECOND).await;
        assert!(next.is_none(), "{next:?}");
    });
}

#[test]
fn a_message_that_ends_like_an_echo_or_a_report_is_none() {
    let world = online();
    let mut memory = Memory::default();
    let mut modem = memory.modem(&world);
    modem.set_receive_mode(ReceiveMode::Direct);
    world.block_on(async {
        connected(&mut modem).await;
        let answer = b"\r\n+MQTTMSG: 1,0,t,AT+CSQ\r\n\r\n+CSQ: 24,99\r\n\r\nOK\r\n";
        world.module(|module| module.on_command_once(b"AT+CSQ", answer));
        assert_eq!(modem.send(&command::ReadSignal).await.unwrap().rssi, 24);
        let mut buffer = [0; 64];
        let mut client = modem.client(ConnectionId::FIRST);
        assert_eq!(client.recv(&mut buffer).await.unwrap().payload(), b"AT+CSQ");
        world.emit_raw(b"\r\n+MQTTMSG: 1,0,t,AT command ready\r\n");
        assert_eq!(client.recv(&mut buffer).await.unwrap().payload(), b"AT command ready");
        assert!(client.is_connected());
    });
}
