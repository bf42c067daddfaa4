//! A module that sleeps while its line is idle.

use std::time::Duration;

use embassy_futures::select::{Either, select};
use fibocom_mqtt::sim::{Settings, World};
use fibocom_mqtt::{Delivery, Error, Publication, QoS, command};

use crate::support::*;
use crate::{crashed_host, seconds};

const WAIT: Duration = Duration::from_secs(40);

fn is_asleep(world: &World) -> bool {
    world.module(|module| module.is_asleep())
}

#[test]
fn nothing_is_lost_to_sleep() {
    let world = World::online(Settings::l610());
    let mut memory = Memory::default();
    let mut modem = memory.modem(&world);
    world.block_on(async {
        modem.attach(WAIT).await.unwrap();
        modem.allow_sleep(true).await.unwrap();
        let mut client = connected(&mut modem).await;
        for n in 0..10u8 {
            sleep(&world, Duration::from_secs(5)).await;
            assert!(is_asleep(&world));
            let payload = [n];
            let publication = Publication::new(topic("t"), &payload).qos(QoS::AtLeastOnce);
            assert_eq!(client.publish(&publication).await, Ok(Delivery::Confirmed));
        }
        let mut buffer = [0; 64];
        for n in 0..10u8 {
            assert_eq!(client.recv(&mut buffer).await.unwrap().payload(), [n]);
        }
    });
    let commands = world.record().commands();
    assert_eq!(
        commands
            .iter()
            .filter(|command| command.starts_with("AT+MQTTPUB=1"))
            .count(),
        10
    );
    assert!(world.record().lost_commands().is_empty());
}

#[test]
fn a_module_that_is_awake_is_not_called() {
    let world = World::online(Settings::l610());
    let mut memory = Memory::default();
    let mut modem = memory.modem(&world);
    world.block_on(async {
        modem.attach(WAIT).await.unwrap();
        modem.allow_sleep(true).await.unwrap();
        let before = world.record().commands().len();
        for _ in 0..5 {
            modem.send(&command::ReadSignal).await.unwrap();
        }
        modem.wake().await.unwrap();
        assert_eq!(world.record().commands().len(), before + 5);
        sleep(&world, Duration::from_secs(1)).await;
        modem.wake().await.unwrap();
        assert!(!is_asleep(&world));
        modem.allow_sleep(false).await.unwrap();
        sleep(&world, Duration::from_secs(60)).await;
        assert!(!is_asleep(&world));
        let before = world.record().commands().len();
        modem.send(&command::ReadSignal).await.unwrap();
        assert_eq!(world.record().commands().len(), before + 1);
    });
}

#[test]
fn attaching_finds_out_that_a_module_may_sleep() {
    let world = World::online(Settings::l610());
    let mut memory = Memory::default();
    let mut modem = memory.modem(&world);
    world.block_on(async {
        crashed_host(&world, &[b"AT+CSCLK=1\r"]).await;
        modem.attach(WAIT).await.unwrap();
        for _ in 0..3 {
            sleep(&world, Duration::from_secs(5)).await;
            modem.send(&command::ReadSignal).await.unwrap();
        }
    });
    assert!(seconds(&world) < 60.0, "{}", seconds(&world));
}

#[test]
fn dtr_keeps_it_awake() {
    let world = World::online(Settings::l610());
    let mut memory = Memory::default();
    let mut modem = memory.modem(&world);
    world.block_on(async {
        modem.attach(WAIT).await.unwrap();
        modem.allow_sleep(true).await.unwrap();
        modem.set_dtr(true).unwrap();
        sleep(&world, Duration::from_secs(5)).await;
        assert!(!is_asleep(&world));
        modem.set_dtr(false).unwrap();
        assert!(is_asleep(&world));
    });
}

#[test]
fn a_dropped_message_is_completed_before_any_call() {
    let world = World::online(Settings::l610());
    let mut memory = Memory::default();
    let mut modem = memory.modem(&world);
    world.block_on(async {
        modem.attach(WAIT).await.unwrap();
        modem.allow_sleep(true).await.unwrap();
        let mut client = connected(&mut modem).await;
        world.module(|module| module.settings_mut().ok_delay = Duration::from_secs(2));
        // Dropped before the prompt; idle for longer than a module stays awake.
        let publication = Publication::new(topic("t"), b"message");
        let dropped = select(client.publish(&publication), sleep(&world, Duration::from_secs(1))).await;
        assert!(matches!(dropped, Either::Second(())));
        sleep(&world, Duration::from_secs(5)).await;
        client.publish(&Publication::new(topic("t"), b"next")).await.unwrap();
    });
    let published = world.broker().published();
    let payloads: Vec<_> = published.iter().map(|(_, message)| &message.payload[..]).collect();
    assert_eq!(payloads, [&b"message"[..], b"next"]);
}

#[test]
fn a_module_that_left_a_question_unanswered_is_woken_for_the_next_one() {
    let world = World::online(Settings::l610());
    let mut memory = Memory::default();
    let mut modem = memory.modem(&world);
    world.block_on(async {
        modem.attach(WAIT).await.unwrap();
        modem.allow_sleep(true).await.unwrap();
        world.module(|module| module.on_command_once(b"AT+CPIN?", b""));
        assert_eq!(modem.send(&command::ReadSim).await.map(drop), Err(Error::Silent));
        assert!(is_asleep(&world));
        modem.send(&command::ReadSignal).await.unwrap();
    });
}

#[test]
fn a_sleeping_module_that_is_gone_ends_the_call() {
    let world = World::online(Settings::l610());
    let mut memory = Memory::default();
    let mut modem = memory.modem(&world);
    world.block_on(async {
        modem.attach(WAIT).await.unwrap();
        modem.allow_sleep(true).await.unwrap();
        sleep(&world, Duration::from_secs(5)).await;
        let before = seconds(&world);
        world.module(|module| module.settings_mut().faults.push(fibocom_mqtt::sim::Fault::Silent));
        assert_eq!(modem.send(&command::ReadSignal).await, Err(Error::Silent));
        assert!(seconds(&world) - before < 30.0);
    });
}
