//! The states a module can be found in.

use std::time::Duration;

use fibocom_mqtt::sim::{Fault, Settings, UrcTiming, World};
use fibocom_mqtt::{Attach, Delivery, Dialect, Error, Publication, command};

use crate::support::*;
use crate::{OPEN, crashed_host, seconds};

const WAIT: Duration = Duration::from_secs(40);

/// How many `AT` without a command the host has written, whether the module read them or not.
fn calls(world: &World) -> usize {
    let written = world.record().written().to_vec();
    written.windows(3).filter(|part| part == b"AT\r").count()
}

/// After attaching, the module speaks as the driver expects: no echo, numbers for errors.
async fn is_tamed(modem: &mut TestModem<'_>) {
    assert_eq!(
        modem.send(&command::ReadErrorReports).await,
        Ok(command::ErrorReports::Numbers)
    );
}

#[test]
fn a_module_that_answers_is_called_once_and_not_waited_for() {
    for echo in [true, false] {
        let world = World::online(Settings {
            echo,
            ..Settings::l610()
        });
        let mut memory = Memory::default();
        let mut modem = memory.modem(&world);
        world.block_on(async {
            modem.attach(WAIT).await.unwrap();
            is_tamed(&mut modem).await;
        });
        assert_eq!(calls(&world), 1);
        assert!(seconds(&world) < 1.0, "{}", seconds(&world));
        assert!(world.record().lost_commands().is_empty());
    }
}

#[test]
fn half_a_command_is_ended_and_not_carried_out() {
    for half in [
        &b"AT+MQTTPUB=1,\"t"[..],
        b"A",
        b"AT",
        b"AT+MQTTPUB=1,\"t\",0,0,1",
        b"AT+MQTTCLOSE=1",
        b"AT+MQTTUSER=1,\"u\",\"s3cret",
        b"\xff\x00garbage",
    ] {
        let world = online();
        let mut memory = Memory::default();
        let shown = std::sync::Mutex::new(String::new());
        let mut trace = |step: fibocom_mqtt::Trace<'_>| *shown.lock().unwrap() += &format!("{step}\n");
        let mut modem = memory.modem(&world);
        modem.set_trace(&mut trace);
        world.block_on(async {
            crashed_host(&world, &OPEN).await;
            crashed_host(&world, &[b"ATE1\r", half]).await;
            modem.attach(WAIT).await.unwrap();
            is_tamed(&mut modem).await;
        });
        drop(modem);
        assert!(world.module(|module| module.is_open(1)), "{}", half.escape_ascii());
        assert!(
            seconds(&world) < 10.0,
            "{} after {}",
            seconds(&world),
            half.escape_ascii()
        );
        assert!(!shown.into_inner().unwrap().contains("s3cret"));
    }
}

#[test]
fn a_module_that_boots_is_found_by_its_report() {
    for delay in [1, 8, 30] {
        let world = World::new(Settings {
            boot_delay: Duration::from_secs(delay),
            ..Settings::l610()
        });
        world.restart();
        let mut memory = Memory::default();
        let mut modem = memory.modem(&world);
        world.block_on(async {
            modem.attach(WAIT).await.unwrap();
            is_tamed(&mut modem).await;
        });
        assert!(seconds(&world) < delay as f32 + 1.0, "{}", seconds(&world));
    }
}

#[test]
fn a_module_that_boots_without_a_word_is_found_within_the_wait() {
    for delay in [30, 33, 38] {
        let world = World::new(Settings {
            boot_delay: Duration::from_secs(delay),
            boot_lines: &[],
            ..Settings::l610()
        });
        world.restart();
        let mut memory = Memory::default();
        let mut modem = memory.modem(&world);
        world.block_on(async { modem.attach(WAIT).await.unwrap() });
        assert!(seconds(&world) < 40.0, "{}", seconds(&world));
    }
}

#[test]
fn a_module_that_measures_its_rate_is_found() {
    for (fresh, limit) in [(false, 33.0), (true, 1.0)] {
        let world = World::online(Settings {
            baud: 0,
            ..Settings::l610()
        });
        let mut memory = Memory::default();
        let mut modem = memory.modem(&world);
        world.block_on(async {
            let attach = if fresh { Attach::new().fresh() } else { Attach::new() };
            modem.attach_with(&attach).await.unwrap();
            is_tamed(&mut modem).await;
        });
        assert!(seconds(&world) < limit, "{}", seconds(&world));
    }
}

#[test]
fn a_module_that_sleeps_is_found() {
    for (fresh, limit) in [(false, 35.0), (true, 3.0)] {
        let world = online();
        let mut memory = Memory::default();
        let mut modem = memory.modem(&world);
        world.block_on(async {
            crashed_host(&world, &[b"AT+CSCLK=1\r"]).await;
            sleep(&world, Duration::from_secs(1)).await;
            assert!(world.module(|module| module.is_asleep()));
            let attach = if fresh { Attach::new().fresh() } else { Attach::new() };
            modem.attach_with(&attach).await.unwrap();
            is_tamed(&mut modem).await;
        });
        assert!(seconds(&world) < limit, "{}", seconds(&world));
    }
}

/// A host that crashed in data mode, with so much of its message written.
async fn crashed_in_data_mode(world: &World, size: usize, written: &[u8]) {
    crashed_host(world, &OPEN).await;
    let command = format!("AT+MQTTPUB=1,\"t\",0,0,{size}\r");
    crashed_host(world, &[command.as_bytes(), written]).await;
    assert!(world.module(|module| module.in_data_mode()));
}

#[test]
fn of_an_unfinished_message_the_broker_receives_no_more_than_one_call() {
    for timing in [UrcTiming::AfterFinal, UrcTiming::AtOnce] {
        for (size, written) in [(1024, &b"half"[..]), (100, b""), (7, b"half"), (8, b"half")] {
            let world = World::online(Settings {
                urc_timing: timing,
                ..Settings::l610()
            });
            let mut memory = Memory::default();
            let mut modem = memory.modem(&world);
            world.block_on(async {
                crashed_in_data_mode(&world, size, written).await;
                modem.attach(WAIT).await.unwrap();
                is_tamed(&mut modem).await;
                let mut client = modem.client(fibocom_mqtt::ConnectionId::FIRST);
                let publication = Publication::new(topic("next"), b"whole");
                assert_eq!(client.publish(&publication).await, Ok(Delivery::Confirmed));
            });
            let published = world.broker().published();
            let payloads: Vec<_> = published.iter().map(|(_, message)| &message.payload[..]).collect();
            assert_eq!(payloads, [&[written, b"AT\r"].concat()[..], b"whole"]);
            assert!(seconds(&world) < 40.0, "{}", seconds(&world));
        }
    }
}

#[test]
fn a_message_that_lacked_less_than_one_call_is_full_at_once() {
    for (size, published) in [(5, &b"halfA"[..]), (6, b"halfAT"), (7, b"halfAT\r")] {
        let world = online();
        let mut memory = Memory::default();
        let mut modem = memory.modem(&world);
        world.block_on(async {
            crashed_in_data_mode(&world, size, b"half").await;
            modem.attach(WAIT).await.unwrap();
            is_tamed(&mut modem).await;
        });
        assert_eq!(world.broker().published()[0].1.payload, published);
        assert!(seconds(&world) < 10.0, "{}", seconds(&world));
    }
}

#[test]
fn a_prompt_on_the_line_starts_the_listening_anew() {
    // The command that raises it was the last thing the crashed host wrote, and the module takes its time. The call comes before
    // the prompt and is lost: nothing of it is published.
    let world = online();
    let mut memory = Memory::default();
    let mut modem = memory.modem(&world);
    world.block_on(async {
        crashed_host(&world, &OPEN).await;
        world.module(|module| module.settings_mut().ok_delay = Duration::from_secs(5));
        crashed_host(&world, &[b"AT+MQTTPUB=1,\"t\",0,0,100\r"]).await;
        world.module(|module| module.settings_mut().ok_delay = Duration::from_millis(5));
        modem.attach(WAIT).await.unwrap();
    });
    assert_eq!(world.record().data(), [b""]);
    let published = world.broker().published();
    assert!(published.is_empty(), "{published:?}");
}

#[test]
fn a_limit_that_the_caller_knows_shortens_the_listening() {
    let world = World::online(Settings {
        data_limit: Some(Duration::from_secs(3)),
        ..Settings::l610()
    });
    let mut memory = Memory::default();
    let dialect = Dialect::default().data_mode_limit(Some(Duration::from_secs(3)));
    let mut modem = memory.modem_with(&world, dialect);
    world.block_on(async {
        crashed_in_data_mode(&world, 1000, b"half").await;
        modem.attach(Duration::from_secs(10)).await.unwrap();
    });
    assert_eq!(world.broker().published()[0].1.payload, b"halfAT\r");
    assert!(seconds(&world) < 9.0, "{}", seconds(&world));
}

#[test]
fn what_is_left_on_the_line_disturbs_nothing() {
    let leftovers: [&[u8]; 6] = [
        b"\r\n+MQTTPUB: 1,1\r\n",
        b"TMSGI: 1,0,1,1\r\n",
        b"\r\n+MQTTBREAK: 1,1\r\n\r\n+MQTTMSGI: 1,0,4,4\r\n",
        b"\xff\xfe\x00\x80\xc1",
        b"\r\n+MQTTMSG: 1,0,\"t\",\"cut off",
        &[b'x'; 2000],
    ];
    for leftover in leftovers {
        for fault in [None, Some(Fault::Garbage), Some(Fault::UrcInside)] {
            let world = World::online(Settings {
                faults: fault.into_iter().collect(),
                ..Settings::l610()
            });
            world.emit_raw(leftover);
            let mut memory = Memory::default();
            let mut modem = memory.modem(&world);
            world.block_on(async {
                modem.attach(WAIT).await.unwrap();
                is_tamed(&mut modem).await;
            });
            assert!(
                seconds(&world) < 10.0,
                "{} {}",
                seconds(&world),
                leftover.escape_ascii()
            );
        }
    }
}

#[test]
fn what_is_left_of_a_secret_is_not_shown() {
    let world = World::online(Settings::l610());
    world.emit_raw(b"ser\",\"s3cret\"\r\n\r\nOK\r\n");
    let shown = std::sync::Mutex::new(String::new());
    let mut trace = |step: fibocom_mqtt::Trace<'_>| *shown.lock().unwrap() += &format!("{step}\n");
    let mut memory = Memory::default();
    let mut modem = memory.modem(&world);
    modem.set_trace(&mut trace);
    world.block_on(async { modem.attach(WAIT).await.unwrap() });
    drop(modem);
    let shown = shown.into_inner().unwrap();
    assert!(shown.contains("redacted") && !shown.contains("s3cret"), "{shown}");
}

#[test]
fn a_module_that_never_answers_is_called_once_while_it_may_take_a_message() {
    let world = online();
    world.module(|module| module.settings_mut().faults.push(Fault::Silent));
    let mut memory = Memory::default();
    let mut modem = memory.modem(&world);
    assert_eq!(
        world.block_on(modem.attach(Duration::from_secs(30))),
        Err(Error::Silent)
    );
    assert_eq!((calls(&world), seconds(&world)), (1, 30.0));
    assert_eq!(world.block_on(modem.attach(WAIT)), Err(Error::Silent));
    assert!(calls(&world) > 10);
    assert!(seconds(&world) < 72.0, "{}", seconds(&world));
}
