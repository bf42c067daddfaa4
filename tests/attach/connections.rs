//! Connections that an earlier run of the host has left open.

use std::time::Duration;

use fibocom_mqtt::sim::{NetworkNeed, Settings, World};
use fibocom_mqtt::{Attach, ConnectionId, Delivery, Error, OpenConnections, Publication, ReceiveMode};

use crate::support::*;
use crate::{OPEN, crashed_host};

/// What opens connection 2 as `second`.
const SECOND: [&[u8]; 2] = [
    b"AT+MQTTUSER=2,\"\",\"\",\"second\"\r",
    b"AT+MQTTOPEN=2,\"broker\",1883,1,60\r",
];

#[test]
fn an_open_connection_is_adopted_with_its_messages() {
    let world = World::online(Settings::l610());
    let mut memory = Memory::default();
    let mut modem = memory.modem(&world);
    world.block_on(async {
        crashed_host(&world, &OPEN).await;
        // Announced to the host that crashed, and not read by it.
        for n in 0..3u8 {
            world.broker().client("other").publish("t", [n], 1, false);
        }
        sleep(&world, Duration::from_secs(1)).await;
        assert_eq!(world.module(|module| module.stored(1)), 3);

        let attached = modem.attach_with(&Attach::new()).await.unwrap();
        assert_eq!(attached.open.unwrap().as_slice(), [1]);
        assert!(!modem.client(ConnectionId::SECOND).is_connected());
        let mut client = modem.client(ConnectionId::FIRST);
        assert!(client.is_connected());
        let mut buffer = [0; 64];
        for n in 0..3u8 {
            assert_eq!(client.recv(&mut buffer).await.unwrap().payload(), [n]);
        }
        let publication = Publication::new(topic("mine"), b"1");
        assert_eq!(client.publish(&publication).await, Ok(Delivery::Confirmed));
        assert_eq!(client.recv(&mut buffer).await.unwrap().topic(), b"mine");
    });
    assert_eq!(world.broker().opens().len(), 1, "it was not opened again");
}

#[test]
fn a_connection_that_printed_its_messages_is_read_by_length_from_now_on() {
    let world = World::online(Settings::l610());
    let mut memory = Memory::default();
    let mut modem = memory.modem(&world);
    world.block_on(async {
        let direct: Vec<&[u8]> = OPEN
            .into_iter()
            .filter(|command| !command.starts_with(b"AT+MQTTCONF"))
            .collect();
        crashed_host(&world, &direct).await;
        modem.attach_with(&Attach::new()).await.unwrap();
        world.broker().client("other").publish("t", b"\r\nOK\r\n", 1, false);
        let mut client = modem.client(ConnectionId::FIRST);
        let mut buffer = [0; 64];
        assert_eq!(client.recv(&mut buffer).await.unwrap().payload(), b"\r\nOK\r\n");
    });
}

#[test]
fn where_messages_come_in_lines_what_the_module_has_stored_is_read_first() {
    let world = World::online(Settings::l610());
    let mut memory = Memory::default();
    let mut modem = memory.modem(&world);
    modem.set_receive_mode(ReceiveMode::Direct);
    world.block_on(async {
        crashed_host(&world, &OPEN).await;
        let other = world.broker().client("other");
        for n in 0..3u8 {
            other.publish("t", [n], 1, false);
        }
        sleep(&world, Duration::from_secs(1)).await;
        modem.attach_with(&Attach::new()).await.unwrap();
        let mut client = modem.client(ConnectionId::FIRST);
        let mut buffer = [0; 64];
        for n in 0..3u8 {
            assert_eq!(client.recv(&mut buffer).await.unwrap().payload(), [n]);
        }
        other.publish("t", b"in a line", 1, false);
        assert_eq!(client.recv(&mut buffer).await.unwrap().payload(), b"in a line");
        // Until nothing was left, and no more.
        assert!(
            recv_within(&world, &mut client, &mut buffer, Duration::from_secs(90))
                .await
                .is_none()
        );
        let commands = world.record().commands();
        let read = commands.iter().filter(|command| command.starts_with("AT+MQTTREAD"));
        assert_eq!(read.count(), 4);
        assert!(commands.contains(&"AT+MQTTCONF=0".into()), "{commands:?}");
    });
}

#[test]
fn both_connections_are_closed_if_that_is_wanted() {
    let world = World::online(Settings::l610());
    let mut memory = Memory::default();
    let mut modem = memory.modem(&world);
    world.block_on(async {
        crashed_host(&world, &OPEN).await;
        crashed_host(&world, &SECOND).await;
        assert_eq!(world.broker().connected().len(), 2);
        let close = Attach::new().open_connections(OpenConnections::Close);
        let attached = modem.attach_with(&close).await.unwrap();
        assert_eq!(attached.open.unwrap().as_slice(), [1, 2]);
        for id in [ConnectionId::FIRST, ConnectionId::SECOND] {
            assert!(!modem.client(id).is_connected());
        }
        assert!(world.broker().connected().is_empty());
        connected(&mut modem).await;
    });
}

#[test]
fn a_module_that_does_not_say_leaves_it_open_whether_there_are_any() {
    let world = World::new(Settings {
        network_need: NetworkNeed::Everything,
        ..Settings::l610()
    });
    let mut memory = Memory::default();
    let mut modem = memory.modem(&world);
    world.block_on(async {
        let attached = modem.attach_with(&Attach::new()).await.unwrap();
        assert_eq!(attached.open, None);
        assert!(!modem.client(ConnectionId::FIRST).is_connected());
    });
}

#[test]
fn attaching_again_keeps_what_is_open_and_finds_what_is_not() {
    let world = World::online(Settings::l610());
    let mut memory = Memory::default();
    let mut modem = memory.modem(&world);
    world.block_on(async {
        modem.attach(Duration::from_secs(40)).await.unwrap();
        connected(&mut modem).await;
        modem.attach(Duration::from_secs(40)).await.unwrap();
        assert!(modem.client(ConnectionId::FIRST).is_connected());
        // It ends, and the report is lost.
        world.port().unplug();
        world.broker().break_connection(CLIENT_ID);
        sleep(&world, Duration::from_secs(1)).await;
        world.port().plug();
        modem.attach(Duration::from_secs(40)).await.unwrap();
        let mut client = modem.client(ConnectionId::FIRST);
        assert!(!client.is_connected());
        let publication = Publication::new(topic("mine"), b"1");
        assert_eq!(client.publish(&publication).await, Err(Error::NotConnected));
    });
}
