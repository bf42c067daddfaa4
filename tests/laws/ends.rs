//! Every call ends, and says what is the matter.

use std::time::Duration;

use embassy_futures::join::join;
use fibocom_mqtt::sim::{Fault, Settings, World};
use fibocom_mqtt::{Announcement, ConnectionId, Error, Feature, Limit, Will, command};

use super::support::*;
use crate::SECOND;

#[test]
fn an_answer_that_fills_the_line_buffer_is_an_error_of_its_own() {
    for len in 100..=256 {
        let world = online();
        let mut memory = Memory::default();
        memory.line.truncate(128);
        let mut modem = memory.modem(&world);
        let text = "x".repeat(len);
        world.on_command(
            b"AT+CGMI",
            format!("\r\n{text}\r\n\r\n+MQTTBREAK: 1,1\r\n\r\nOK\r\n").as_bytes(),
        );
        world.block_on(async {
            connected(&mut modem).await;
            let result = modem.send(&command::Manufacturer).await;
            assert!(
                matches!(result, Ok(_) | Err(Error::LineBuffer { max: 128 })),
                "{len}: {result:?}"
            );
            let client = modem.client(ConnectionId::FIRST);
            assert!(!client.is_connected(), "the break was not seen behind {len} bytes");
        });
    }
}

#[test]
fn any_line_buffer_ends_every_call() {
    for size in [0, 1, 2, 8, 16, 47, 48, 64] {
        let world = online();
        let mut memory = Memory::default();
        memory.line.truncate(size);
        let mut modem = memory.modem(&world);
        world.block_on(async {
            let attached = modem.attach(5 * SECOND).await;
            if size < 64 {
                assert_eq!(attached, Err(Error::LineBuffer { max: size }));
            }
        });
    }
}

#[test]
fn a_line_in_the_last_moment_does_not_keep_a_call() {
    let world = online();
    world.module(|module| module.settings_mut().faults.push(Fault::Silent));
    let mut memory = Memory::default();
    let mut modem = memory.modem(&world);
    world.block_on(async {
        let line = async {
            sleep(&world, SECOND).await;
            world.emit_raw(b"\r\n+SIM READY\r\n");
        };
        // Polled first, so that the line and the end of the second meet.
        let (_, answer) = join(line, modem.send(&command::Attention)).await;
        assert_eq!(answer, Err(Error::Silent));
    });
}

#[test]
fn any_message_and_transmit_buffer_ends_every_call() {
    let world = online();
    let mut memory = Memory::default();
    memory.message.clear();
    let mut modem = memory.modem(&world);
    world.block_on(async {
        let mut client = connected(&mut modem).await;
        world.broker().client("other").publish("t", b"1", 1, false);
        let mut buffer = [0; 64];
        assert!(matches!(client.recv(&mut buffer).await, Err(Error::TooLarge(_))));
        assert!(client.skip().await.unwrap().is_some());
    });
    let world = online();
    let mut memory = Memory::default();
    memory.transmit.clear();
    let mut modem = memory.modem(&world);
    world.block_on(async {
        assert!(matches!(modem.attach(SECOND).await, Err(Error::Invalid(_))));
        let mut client = modem.client(ConnectionId::FIRST);
        assert!(matches!(client.connect(&options()).await, Err(Error::Invalid(_))));
    });
    assert!(world.record().written().is_empty());
}

#[test]
fn a_will_longer_than_the_module_takes_is_refused_before_a_byte_is_written() {
    let world = online();
    for data_mode in [false, true] {
        let mut memory = Memory::default();
        let mut modem = memory.modem(&world);
        modem.set_feature(Feature::WillDataMode, data_mode);
        world.block_on(async {
            let payload = [b'x'; 1025];
            let options = options().will(Will::new(topic("t"), &payload));
            let refused = modem.client(ConnectionId::FIRST).connect(&options).await;
            assert_eq!(refused, Err(exceeds(Limit::WillPayload, 1025, 1024)));
        });
    }
    assert!(world.record().written().is_empty());
}

#[test]
fn a_message_that_comes_late_and_does_not_fit_is_told() {
    let world = online();
    let mut memory = Memory::default();
    memory.message.truncate(8);
    let mut modem = memory.modem(&world);
    world.block_on(async {
        let mut client = connected(&mut modem).await;
        world.module(|module| module.on_command_once(b"AT+MQTTREAD=1", b""));
        let mut buffer = [0; 64];
        assert_eq!(client.recv(&mut buffer).await, Err(Error::Silent));
        world.emit_raw(b"\r\n+MQTTREAD: 1,0,1,9,\"t\",\"ninebytes\"\r\n\r\nOK\r\n");
        let (topic_len, payload_len) = (1, 9);
        let lost = Announcement { topic_len, payload_len };
        assert_eq!(client.recv(&mut buffer).await, Err(Error::Lost(lost)));
    });
}

#[test]
fn what_comes_at_the_very_deadline_ends_no_call_and_stops_none() {
    for boot in 1..=10 {
        let world = World::new(Settings {
            boot_delay: boot * SECOND,
            ..Settings::l610()
        });
        // Each AT of attaching is given up a second after the last, and the module reports itself at such a moment.
        world.module(|module| module.restart(Duration::ZERO));
        let mut memory = Memory::default();
        let mut modem = memory.modem(&world);
        world.block_on(async {
            modem.attach(40 * SECOND).await.unwrap();
        });
    }
}
