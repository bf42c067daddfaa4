//! What is closed already is not closed again, and what was said of a closed connection is not said of the next.

use std::time::Duration;

use embassy_futures::select::{Either, select};
use fibocom_mqtt::Event;
use fibocom_mqtt::sim::{Settings, World};

use super::support::*;

/// How often the module was asked to close a connection.
fn closes(world: &World) -> usize {
    let commands = world.record().commands();
    commands
        .iter()
        .filter(|command| command.starts_with("AT+MQTTCLOSE="))
        .count()
}

#[test]
fn what_is_closed_or_lost_is_not_closed_again() {
    let world = online();
    let mut memory = Memory::default();
    let mut modem = memory.modem(&world);
    world.block_on(async {
        let mut client = connected(&mut modem).await;
        assert_eq!(client.disconnect().await, Ok(()));
        assert_eq!(closes(&world), 1);
        assert_eq!(client.disconnect().await, Ok(()));
        assert_eq!(closes(&world), 1);

        let mut client = connected(&mut modem).await;
        world.emit_raw(b"\r\n+MQTTBREAK: 1,1\r\n");
        assert!(matches!(client.poll().await, Ok(Event::Disconnected(_))));
        assert_eq!(client.disconnect().await, Ok(()));
        assert_eq!(closes(&world), 1);
    });
}

#[test]
fn a_close_that_was_dropped_half_way_is_brought_to_its_end_and_not_sent_again() {
    let world = World::online(Settings {
        echo: false,
        ok_delay: Duration::from_millis(20),
        ..Settings::l610()
    });
    let mut memory = Memory::default();
    let mut modem = memory.modem(&world);
    world.block_on(async {
        let mut client = connected(&mut modem).await;
        let pause = sleep(&world, Duration::from_millis(10));
        assert!(matches!(select(client.disconnect(), pause).await, Either::Second(())));
        assert_eq!(client.disconnect().await, Ok(()));
        assert_eq!(closes(&world), 1);
    });
}

#[test]
fn what_a_restart_ended_is_not_closed_again() {
    let world = online();
    let mut memory = Memory::default();
    let mut modem = memory.modem(&world);
    world.block_on(async {
        modem.attach(Duration::from_secs(40)).await.unwrap();
        let mut client = connected(&mut modem).await;
        world.restart();
        assert_eq!(client.poll().await, Ok(Event::Restarted));
        let written = world.record().written().len();
        assert_eq!(client.disconnect().await, Ok(()));
        assert_eq!(closes(&world), 0);
        assert_eq!(world.record().written().len(), written);
    });
}

#[test]
fn an_announcement_does_not_outlive_its_connection() {
    let world = online();
    let mut memory = Memory::default();
    let mut modem = memory.modem(&world);
    world.block_on(async {
        let mut client = connected(&mut modem).await;
        // It is announced, and not read.
        assert!(world.broker().inject(CLIENT_ID, "t", "1", 1));
        sleep(&world, Duration::from_secs(1)).await;
        client.disconnect().await.unwrap();
        let mut client = connected(&mut modem).await;
        let event = select(client.poll(), sleep(&world, Duration::from_secs(1))).await;
        assert!(matches!(event, Either::Second(())), "{event:?}");
    });
}
