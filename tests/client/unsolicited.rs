//! Lines that the module sends unasked: the caller is offered those that are nobody else's, and no others.

use std::sync::Mutex;
use std::time::Duration;

use fibocom_mqtt::sim::{Fault, Settings, UrcTiming, World};
use fibocom_mqtt::{Credentials, Error, Network, Publication, QoS, ReceiveMode, Unsolicited, command};

use super::support::*;

#[test]
fn what_means_nothing_to_the_driver_is_offered() {
    let offered = Mutex::new(Vec::new());
    let mut hook = |line: Unsolicited<'_>| offered.lock().unwrap().push(line.as_str().to_owned());
    let world = online();
    let mut memory = Memory::default();
    let mut modem = memory.modem(&world);
    modem.set_unsolicited(&mut hook);
    let lines = [
        "+SIM READY",
        "+CREG: 1",
        "+MIPCALL: 1,10.0.0.1",
        "+CTZV: 26/11/22,01:02:03+04",
        "RDY",
        // This program has no MQTT-SN client.
        "+MQTTSNREG: 101,2,7,\"n\"",
        "+MQTTAUTHEVENT: 1,0",
        "+MQTTMSG: 1,0,\"t\",\"by length is chosen\"",
    ];
    world.block_on(async {
        let mut client = connected(&mut modem).await;
        for line in lines {
            world.emit_raw(format!("\r\n{line}\r\n").as_bytes());
        }
        for line in [
            &b"+MQTTPUB: 1,1"[..],
            b"+MQTTBREAK: 2,1",
            b"OK",
            b"ERROR",
            b"+CME ERROR: 3",
            b"+MQTTUSER: 1,\"user\",\"s3cret\"",
            b"+CR\xffEG: 1",
            b"\x00\x01",
        ] {
            world.emit_raw(&[b"\r\n", line, b"\r\n"].concat());
        }
        let mut buffer = [0; 64];
        assert!(
            recv_within(&world, &mut client, &mut buffer, Duration::from_secs(1))
                .await
                .is_none()
        );
    });
    assert_eq!(*offered.lock().unwrap(), lines);
}

#[test]
fn no_answer_is_offered() {
    let offered = Mutex::new(Vec::new());
    let mut hook = |line: Unsolicited<'_>| offered.lock().unwrap().push(line.to_string());
    let world = World::new(Settings {
        urc_timing: UrcTiming::AtOnce,
        ..Settings::l610().fault(Fault::UrcInside).fault(Fault::Garbage)
    });
    let mut memory = Memory::default();
    let mut modem = memory.modem(&world);
    modem.set_unsolicited(&mut hook);
    for mode in [ReceiveMode::ByLength, ReceiveMode::Direct] {
        modem.set_receive_mode(mode);
        world.block_on(async {
            modem.attach(Duration::from_secs(40)).await.unwrap();
            modem.bring_up(&Network::new(), Duration::from_secs(60)).await.unwrap();
            modem.send(&command::TestPublish).await.unwrap();
            modem.send(&command::ReadSignal).await.unwrap();
            let mut client = connected(&mut modem).await;
            let publication = Publication::new(topic("t"), b"1").qos(QoS::AtLeastOnce);
            client.publish(&publication).await.unwrap();
            let mut buffer = [0; 64];
            client.recv(&mut buffer).await.unwrap();
            client.disconnect().await.unwrap();
        });
    }
    drop(modem);
    let mut offered = offered.into_inner().unwrap();
    // The address comes behind the OK of the call.
    let before = offered.len();
    offered.retain(|line| !line.starts_with("+MIPCALL: 10."));
    assert_eq!(before - offered.len(), 1, "{offered:?}");
    assert!(offered.len() > 10, "{offered:?}");
    assert!(offered.iter().all(|line| line == "+SIM READY"), "{offered:?}");
}

#[test]
fn no_late_answer_and_no_secret_is_offered() {
    let offered = Mutex::new(Vec::new());
    let mut hook = |line: Unsolicited<'_>| offered.lock().unwrap().push(format!("{line:?}"));
    let world = online();
    let mut memory = Memory::default();
    let mut modem = memory.modem(&world);
    modem.set_unsolicited(&mut hook);
    world.block_on(async {
        world.module(|module| module.on_command_once(b"AT+CGMI", b""));
        assert_eq!(modem.send(&command::Manufacturer).await, Err(Error::Silent));
        world.emit_raw(b"\r\nFibocom\r\n\r\n+CGMI: Fibocom\r\n");
        modem.send(&command::Attention).await.unwrap();

        world.module(|module| module.on_command_once(b"AT+MQTTUSER", b""));
        let options = options().credentials(Credentials::new("user", "s3cret"));
        let mut client = modem.client(fibocom_mqtt::ConnectionId::FIRST);
        assert_eq!(client.connect(&options).await, Err(Error::Silent));
        world.emit_raw(b"+MQTTU: 1,\"user\",\"s3cret\"\r\nSER=1,\"user\",\"s3cret\"\r\r\nOK\r\n");
        modem.send(&command::Attention).await.unwrap();
        let answer = b"\r\n+MQTTU: 1,\"user\",\"s3cret\"\r\n\r\nOK\r\n";
        world.module(|module| module.on_command_once(b"AT+MQTTUSER?", answer));
        let _ = modem.send(&command::ReadUsers::<64>).await;
        let mut client = modem.client(fibocom_mqtt::ConnectionId::FIRST);
        client.connect(&options).await.unwrap();
        // While a data mode may still end, before the fence.
        world.module(|module| module.settings_mut().faults.push(Fault::NoPrompt));
        let publication = Publication::new(topic("t"), b"1");
        assert_eq!(client.publish(&publication).await, Err(Error::Silent));
        world.module(|module| module.settings_mut().faults.clear());
        world.emit_raw(b"\r\n+LATE: 1\r\n");
        modem.send(&command::Attention).await.unwrap();

        world.emit_raw(b"\r\n+CREG: 5\r\n");
        modem.send(&command::Attention).await.unwrap();
    });
    assert_eq!(*offered.lock().unwrap(), ["+CREG: 5"]);
}

#[test]
fn the_report_of_a_restart_is_offered_whatever_was_under_way() {
    let offered = Mutex::new(Vec::new());
    let mut hook = |line: Unsolicited<'_>| offered.lock().unwrap().push(line.as_str().to_owned());
    let world = online();
    let mut memory = Memory::default();
    let mut modem = memory.modem(&world);
    modem.set_unsolicited(&mut hook);
    world.block_on(async {
        let mut client = connected(&mut modem).await;
        // In place of the answer to a command with a secret, and behind a piece of its echo.
        let boot = b"\r\n\"s3cretAT command ready\r\n\r\n+SIM READY\r\n";
        world.module(|module| module.on_command_once(b"AT+MQTTUSER=1", boot));
        let options = options().credentials(Credentials::new("user", "s3cret"));
        assert_eq!(client.connect(&options).await, Err(Error::Restarted));
    });
    assert_eq!(*offered.lock().unwrap(), ["AT command ready", "+SIM READY"]);
}
