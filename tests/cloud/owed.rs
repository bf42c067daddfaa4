//! A registration whose result did not come in time, or whose call was dropped: its late result is nobody else's (laws 3 and 4).

use embassy_futures::join::join;
use embassy_futures::select::{Either, select};
use fibocom_mqtt::{Error, command};

use super::*;

const LATE: &[u8] = b"\r\n+MQTTAUTHDYN: 1,\"pk\",\"dn\",\"s3cret-of-the-first\"\r\n";
const GOOD: &[u8] = b"\r\nOK\r\n\r\n+MQTTAUTHDYN: 1,\"pk\",\"dn\",\"s3cret\"\r\n";

/// A world in which the first registration gets `first`, and every later one its result.
fn world(first: &[u8]) -> fibocom_mqtt::sim::World {
    let world = online();
    world.module(|module| module.on_command_once(b"AT+MQTTAUTHDYN=1", first));
    world.on_command(b"AT+MQTTAUTHDYN=1", GOOD);
    world
}

#[test]
fn no_other_is_begun_until_the_late_result_came() {
    // With its OK, and with no answer at all.
    for first in [&b"\r\nOK\r\n"[..], b""] {
        let world = world(first);
        let mut memory = Memory::default();
        let mut modem = l610(&mut memory, &world);
        world.block_on(async {
            let mut buffer = [0; 128];
            let ended = modem.register_device(&REGISTER, &mut buffer).await.map(drop);
            assert_eq!(ended, Err(Error::Unknown));
            for _ in 0..2 {
                let ended = modem.register_device(&REGISTER, &mut buffer).await.map(drop);
                assert_eq!(ended, Err(Error::Unsettled));
            }
            // Everything else goes on.
            modem.send(&command::ReadSignal).await.unwrap();
            world.emit_raw(LATE);
            // It is read with the next command, and is none of its answer.
            modem.send(&command::ReadSignal).await.unwrap();
            let device = modem.register_device(&REGISTER, &mut buffer).await.unwrap();
            assert_eq!(device.device_secret(), SECRET);
        });
    }
}

#[test]
fn a_late_result_inside_a_question_for_the_forms_is_not_its_answer() {
    let world = world(b"\r\nOK\r\n");
    let answer = [
        LATE,
        b"\r\n+MQTTAUTHDYN: 1,<host>,<port>,<productkey>,<productsecret>,<devicename>\r\n\r\n+MQTTAUTHDYN: 3,<x>\r\n\r\nOK\r\n",
    ];
    world.on_command(b"AT+MQTTAUTHDYN=?", &answer.concat());
    let mut memory = roomy();
    let mut modem = l610(&mut memory, &world);
    world.block_on(async {
        let ended = modem.register_device(&REGISTER, &mut [0; 128]).await.map(drop);
        assert_eq!(ended, Err(Error::Unknown));
        let clouds = modem.send(&command::TestAuthDyn).await.unwrap();
        assert_eq!(clouds.as_slice(), [1, 3]);
        assert!(modem.register_device(&REGISTER, &mut [0; 128]).await.is_ok());
    });
}

#[test]
fn the_forms_that_are_asked_for_are_no_late_result() {
    let world = world(b"\r\nOK\r\n");
    world.on_command(
        b"AT+MQTTAUTHDYN=?",
        b"\r\n+MQTTAUTHDYN: 1,<host>,<port>,<productkey>,<productsecret>,<devicename>\r\n\r\nOK\r\n",
    );
    let mut memory = roomy();
    let mut modem = l610(&mut memory, &world);
    world.block_on(async {
        let mut buffer = [0; 128];
        let ended = modem.register_device(&REGISTER, &mut buffer).await.map(drop);
        assert_eq!(ended, Err(Error::Unknown));
        assert_eq!(modem.send(&command::TestAuthDyn).await.unwrap().as_slice(), [1]);
        let ended = modem.register_device(&REGISTER, &mut buffer).await.map(drop);
        assert_eq!(ended, Err(Error::Unsettled));
    });
}

#[test]
fn a_restart_or_attaching_again_ends_what_is_owed() {
    for restart in [false, true] {
        let world = world(b"\r\nOK\r\n");
        let mut memory = roomy();
        let mut modem = l610(&mut memory, &world);
        world.block_on(async {
            modem.attach(40 * SECOND).await.unwrap();
            let mut buffer = [0; 128];
            let ended = modem.register_device(&REGISTER, &mut buffer).await.map(drop);
            assert_eq!(ended, Err(Error::Unknown));
            if restart {
                world.restart();
                sleep(&world, 40 * SECOND).await;
                // The report of the restart is read with this.
                let _ = modem.send(&command::ReadSignal).await;
            } else {
                modem.attach(40 * SECOND).await.unwrap();
            }
            let device = modem.register_device(&REGISTER, &mut buffer).await.unwrap();
            assert_eq!(device.device_secret(), SECRET);
        });
    }
}

#[test]
fn a_dropped_registration_is_brought_to_its_end_and_its_result_discarded() {
    let mut dropped = 0;
    for after in 0..60 {
        let world = world(b"");
        let mut memory = roomy();
        let mut modem = memory.paced(&world, fibocom_mqtt::Dialect::default());
        modem.set_model("L610".parse().unwrap());
        let module = async {
            sleep(&world, Duration::from_millis(20)).await;
            world.emit_raw(b"\r\nOK\r\n");
            sleep(&world, Duration::from_millis(20)).await;
            world.emit_raw(LATE);
        };
        let host = async {
            let mut buffer = [0; 128];
            let pause = sleep(&world, Duration::from_millis(after));
            match select(modem.register_device(&REGISTER, &mut buffer), pause).await {
                Either::First(ended) => assert_eq!(ended.unwrap().device_secret(), "s3cret-of-the-first"),
                Either::Second(()) => dropped += 1,
            }
            // What the first came to is not shown as this one's.
            modem.send(&command::ReadSignal).await.unwrap();
            let device = modem.register_device(&REGISTER, &mut buffer).await.unwrap();
            assert_eq!(device.device_secret(), SECRET, "dropped after {after} ms");
        };
        world.block_on(join(module, host));
        let commands = world.record().commands();
        let kinds: Vec<_> = commands
            .iter()
            .map(|command| &command[..command.len().min(14)])
            .collect();
        assert_eq!(
            kinds,
            ["AT+MQTTAUTHDYN", "AT+CSQ", "AT+MQTTAUTHDYN"],
            "dropped after {after} ms"
        );
    }
    assert!(dropped > 30, "{dropped}");
}

#[test]
fn a_dropped_registration_without_a_result_is_owed_one() {
    let world = world(b"\r\nOK\r\n");
    let mut memory = roomy();
    let mut modem = l610(&mut memory, &world);
    world.block_on(async {
        let mut buffer = [0; 128];
        let pause = sleep(&world, SECOND);
        let ended = select(modem.register_device(&REGISTER, &mut buffer), pause).await;
        assert!(matches!(ended, Either::Second(())));
        let ended = modem.register_device(&REGISTER, &mut buffer).await.map(drop);
        assert_eq!(ended, Err(Error::Unsettled));
        world.emit_raw(LATE);
        modem.send(&command::ReadSignal).await.unwrap();
        let device = modem.register_device(&REGISTER, &mut buffer).await.unwrap();
        assert_eq!(device.device_secret(), SECRET);
    });
}
