//! Receiving, skipping, and being told.

use std::time::Duration;

use fibocom_mqtt::sim::{BreakCause as SimBreak, Fault, Settings, World};
use fibocom_mqtt::{Announcement, BreakCause, Error, Event, Publication};

use super::support::*;

#[test]
fn a_message_too_large_stays_until_skipped() {
    let world = online();
    let mut memory = Memory::default();
    let mut modem = memory.modem(&world);
    world.block_on(async {
        let mut client = connected(&mut modem).await;
        let other = world.broker().client("other");
        other.publish("big", [b'x'; 300], 1, false);
        other.publish("s", b"small", 1, false);
        let mut buffer = [0; 100];
        let size = Announcement {
            topic_len: 3,
            payload_len: 300,
        };
        for _ in 0..2 {
            let error = client.recv(&mut buffer).await.unwrap_err();
            assert_eq!(error, Error::TooLarge(size));
            assert!(error.to_string().contains("303 bytes"), "{error}");
        }
        let mut large = [0; 303];
        assert_eq!(client.recv(&mut large).await.unwrap().payload(), [b'x'; 300]);
        assert_eq!(client.recv(&mut buffer).await.unwrap().payload(), b"small");

        other.publish("big", [b'y'; 300], 1, false);
        other.publish("s", b"next", 1, false);
        assert_eq!(client.recv(&mut buffer).await, Err(Error::TooLarge(size)));
        assert_eq!(client.skip().await, Ok(Some(size)));
        assert_eq!(client.recv(&mut buffer).await.unwrap().payload(), b"next");
        assert_eq!(client.skip().await, Ok(None));
    });
}

#[test]
fn a_message_larger_than_any_buffer_can_be_skipped() {
    let world = online();
    let mut memory = Memory {
        message: vec![0; 32],
        ..Memory::default()
    };
    let mut modem = memory.modem(&world);
    world.block_on(async {
        let mut client = connected(&mut modem).await;
        let other = world.broker().client("other");
        other.publish("big", [b'x'; 5000], 1, false);
        other.publish("s", b"small", 1, false);
        let mut buffer = [0; 8192];
        let size = Announcement {
            topic_len: 3,
            payload_len: 5000,
        };
        assert_eq!(client.recv(&mut buffer).await, Err(Error::TooLarge(size)));
        assert_eq!(client.skip().await, Ok(Some(size)));
        assert_eq!(client.recv(&mut buffer).await.unwrap().payload(), b"small");
    });
}

#[test]
fn messages_whose_announcements_are_dropped_are_found() {
    let world = World::online(Settings {
        echo: false,
        ..Settings::l610().fault(Fault::DropUrc)
    });
    let mut memory = Memory::default();
    let mut modem = memory.modem(&world);
    world.block_on(async {
        let mut client = connected(&mut modem).await;
        let other = world.broker().client("other");
        for n in 0..5u8 {
            other.publish("t", [n], 1, false);
        }
        let mut buffer = [0; 64];
        for n in 0..5u8 {
            assert_eq!(client.recv(&mut buffer).await.unwrap().payload(), [n]);
        }
    });
}

#[test]
fn a_dropped_recv_loses_nothing() {
    let world = online();
    let mut memory = Memory::default();
    let mut modem = memory.modem(&world);
    world.block_on(async {
        let mut client = connected(&mut modem).await;
        let other = world.broker().client("other");
        let mut received = Vec::new();
        let mut published = 0u8;
        let mut buffer = [0; 64];
        // Drop after ever so many milliseconds, in every phase of the reading.
        for round in 0..200u64 {
            if round % 4 == 0 {
                other.publish("t", [published], 1, false);
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
        assert_eq!(received, (0..published).collect::<Vec<_>>());
    });
    assert!(world.record().lost_commands().is_empty());
}

#[test]
fn a_break_is_reported_after_what_is_left_to_read() {
    let world = online();
    let mut memory = Memory::default();
    let mut modem = memory.modem(&world);
    world.block_on(async {
        let mut client = connected(&mut modem).await;
        world.broker().client("other").publish("t", b"last", 1, false);
        sleep(&world, Duration::from_secs(1)).await;
        world.broker().break_connection(CLIENT_ID);
        let mut buffer = [0; 64];
        assert_eq!(client.recv(&mut buffer).await.unwrap().payload(), b"last");
        assert_eq!(
            client.recv(&mut buffer).await,
            Err(Error::Disconnected(BreakCause::Server))
        );
        let error = client.publish(&Publication::new(topic("t"), b"1")).await.unwrap_err();
        assert_eq!(error, Error::Disconnected(BreakCause::Server));
        assert_eq!(client.poll().await, Ok(Event::Disconnected(BreakCause::Server)));
    });
}

#[test]
fn a_lost_network_is_reported_with_its_cause() {
    let world = online();
    let mut memory = Memory::default();
    let mut modem = memory.modem(&world);
    world.block_on(async {
        let mut client = connected(&mut modem).await;
        world.module(|module| module.lose_network(SimBreak::Link, Duration::from_secs(2)));
        let mut buffer = [0; 64];
        assert_eq!(
            client.recv(&mut buffer).await,
            Err(Error::Disconnected(BreakCause::Link))
        );
        let error = client.publish(&Publication::new(topic("t"), b"1")).await.unwrap_err();
        assert!(error.to_string().contains("radio link"), "{error}");
    });
}

#[test]
fn poll_tells_of_messages_and_breaks_without_reading() {
    let world = online();
    let mut memory = Memory::default();
    let mut modem = memory.modem(&world);
    world.block_on(async {
        let mut client = connected(&mut modem).await;
        world.broker().client("other").publish("t", b"1", 1, false);
        assert_eq!(client.poll().await, Ok(Event::MessageWaiting));
        world.broker().break_connection(CLIENT_ID);
        assert_eq!(client.poll().await, Ok(Event::Disconnected(BreakCause::Server)));
    });
    assert!(
        !world
            .record()
            .commands()
            .iter()
            .any(|command| command.starts_with("AT+MQTTREAD"))
    );
}
