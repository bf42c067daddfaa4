//! Where parts of the driver meet: sleep and receiving, restarts and files, another module behind a new port.
#![cfg(feature = "sim")]

mod another_module;
mod sleep;
#[path = "../support/mod.rs"]
mod support;

use std::sync::Mutex;
use std::time::Duration;

use embassy_futures::select::{Either, select};
use fibocom_mqtt::sim::{EarlyCommand, Fault, NetworkNeed, Port, Settings, Unplugged, VirtualClock, World};
use fibocom_mqtt::{
    AnyConnectionId, Clock, ConnectionId, Dialect, Error, Event, Feature, Incoming, InvalidInput, Limit, Network,
    Publication, QoS, SnConnectOptions, SnConnectionId, Tls, TlsProblem, TopicFilter, Trace, command,
};
use support::*;

const WAIT: Duration = Duration::from_secs(40);
const SECOND: Duration = Duration::from_secs(1);
const CERTIFICATE: &[u8] = b"-----BEGIN CERTIFICATE-----\r\nTWV0ZXI=\r\n-----END CERTIFICATE-----\r\n";
const KEY: &[u8] = b"-----BEGIN PRIVATE KEY-----\r\nczNjcmV0\r\n-----END PRIVATE KEY-----\r\n";

/// A driver that is attached to a module whose data connection is up.
async fn attached<'b>(memory: &'b mut Memory, world: &World) -> TestModem<'b> {
    let mut modem = memory.modem(world);
    modem.attach(WAIT).await.unwrap();
    modem
}

/// A port that gives a few bytes every millisecond.
struct Slow(Port, VirtualClock);

impl embedded_io_async::ErrorType for Slow {
    type Error = Unplugged;
}

impl embedded_io_async::Read for Slow {
    async fn read(&mut self, buffer: &mut [u8]) -> Result<usize, Unplugged> {
        self.1.sleep_until(self.1.now() + Duration::from_millis(1)).await;
        let len = buffer.len().min(16);
        self.0.read(&mut buffer[..len]).await
    }
}

impl embedded_io_async::Write for Slow {
    async fn write(&mut self, bytes: &[u8]) -> Result<usize, Unplugged> {
        self.0.write(bytes).await
    }

    async fn flush(&mut self) -> Result<(), Unplugged> {
        self.0.flush().await
    }
}

#[test]
fn the_rest_of_a_message_whose_recv_was_dropped_is_no_line_while_attaching() {
    // Restart reports, breaks and results in the payload, and the line is slow enough to be attached to in the middle of it.
    let payload = b"\r\nAT READY\r\n\r\nOK\r\n\r\n+MQTTBREAK: 1,2\r\n\r\nOK\r\n".repeat(8);
    for after in 0..100u64 {
        let world = World::online(Settings::l610());
        let restarts = Mutex::new(0);
        let mut count = |step: Trace<'_>| *restarts.lock().unwrap() += u32::from(matches!(step, Trace::Restart));
        let mut memory = Memory::default();
        world.block_on(async {
            let mut modem = memory.modem_on(Slow(world.port(), world.clock()), &world, Dialect::default());
            modem.set_trace(&mut count);
            modem.attach(WAIT).await.unwrap();
            let mut client = connected(&mut modem).await;
            world.broker().client("elsewhere").publish("t", &payload, 1, false);
            let mut buffer = [0; 1024];
            let pause = sleep(&world, Duration::from_millis(after));
            if matches!(select(client.recv(&mut buffer), pause).await, Either::First(_)) {
                return;
            }
            modem.attach(WAIT).await.unwrap();
            let mut client = modem.client(ConnectionId::FIRST);
            assert!(client.is_connected());
            assert_eq!(
                client.recv(&mut buffer).await.unwrap().payload(),
                payload,
                "after {after} ms"
            );
        });
        assert_eq!(*restarts.lock().unwrap(), 0, "after {after} ms");
    }
}

#[test]
fn attaching_again_tells_which_connection_is_gone() {
    let world = World::online(Settings::l610());
    let mut memory = Memory::default();
    world.block_on(async {
        let mut modem = attached(&mut memory, &world).await;
        for id in [ConnectionId::FIRST, ConnectionId::SECOND] {
            let name = format!("meter-{id}");
            modem.client(id).connect(&options().client_id(&name)).await.unwrap();
        }
        // Ended behind the driver's back.
        let mut port = world.port();
        embedded_io_async::Write::write_all(&mut port, b"AT+MQTTCLOSE=1\r")
            .await
            .unwrap();
        sleep(&world, SECOND).await;
        let mut waste = vec![0; port.waiting()];
        embedded_io_async::Read::read_exact(&mut port, &mut waste)
            .await
            .unwrap();
        modem.attach(WAIT).await.unwrap();
        let mut buffer = [0; 64];
        let told = modem.recv_any(&mut buffer).await.unwrap();
        let id = ConnectionId::FIRST;
        assert!(
            matches!(told, Incoming::Disconnected { id: gone, cause: None } if gone == id),
            "{told:?}"
        );
    });
}

#[test]
fn a_connection_that_cannot_be_read_keeps_no_other_from_receiving() {
    let world = World::online(Settings::l610());
    let mut memory = Memory::default();
    world.block_on(async {
        let mut modem = attached(&mut memory, &world).await;
        for id in [ConnectionId::FIRST, ConnectionId::SECOND] {
            let name = format!("meter-{id}");
            modem.client(id).connect(&options().client_id(&name)).await.unwrap();
        }
        world.on_command(b"AT+MQTTREAD=1", b"\r\nERROR\r\n");
        assert!(world.broker().inject("meter-1", "t", "one", 1));
        assert!(world.broker().inject("meter-2", "t", "two", 1));
        let mut buffer = [0; 64];
        let mut received = Vec::new();
        for _ in 0..4 {
            if let Ok(Incoming::Message(id, message)) = modem.recv_any(&mut buffer).await {
                received.push((id, message.payload().to_vec()));
            }
        }
        assert_eq!(received, [(ConnectionId::SECOND.into(), b"two".to_vec())]);
    });
}

#[test]
fn a_network_that_is_lost_again_at_once_takes_no_feature_from_the_module() {
    // Without a data connection every MQTT command is refused, its question too, and by some firmware without a reason.
    let questions = ["AT+MQTTUSER=?", "AT+MQTTSNCID=?", "AT+MQTTAUTHCFG=?"];
    for stands in [false, true] {
        let world = World::new(Settings {
            network_need: NetworkNeed::Everything,
            ..Settings::l610()
        });
        let mut memory = Memory::default();
        world.block_on(async {
            let mut modem = attached(&mut memory, &world).await;
            modem.bring_up(&Network::new(), WAIT).await.unwrap();
            modem.attach(WAIT).await.unwrap();
            let features = Feature::ALL.map(|feature| modem.capabilities().feature(feature).value);
            for question in questions {
                world.on_command(question.as_bytes(), b"\r\nERROR\r\n");
            }
            modem.attach(WAIT).await.unwrap();
            if !stands {
                // The call stands when it is asked for the first time, and is gone when the questions are refused.
                world.module(|module| {
                    module.on_command_once(b"AT+MIPCALL?", b"\r\n+MIPCALL: 1,10.1.2.3\r\n\r\nOK\r\n");
                });
                world.on_command(b"AT+MIPCALL?", b"\r\n+MIPCALL: 0\r\n\r\nOK\r\n");
            }
            modem.bring_up(&Network::new(), WAIT).await.unwrap();
            let has = Feature::ALL.map(|feature| modem.capabilities().feature(feature).value);
            assert_eq!(has == features, !stands, "{has:?}");
        });
    }
}

#[test]
fn a_restart_between_two_pieces_of_a_key_shows_nothing_of_it() {
    // The module boots while the key is on its way, and echoes what it then takes for the beginning of a command.
    for cut in 1..KEY.len() as u64 / 8 {
        let world = World::online(Settings {
            boot_delay: Duration::ZERO,
            ..Settings::l610()
        });
        let shown = Mutex::new(String::new());
        let mut note = |step: Trace<'_>| *shown.lock().unwrap() += &step.to_string();
        let mut memory = Memory {
            // So that there are many pieces.
            transmit: vec![0; 42],
            ..Memory::default()
        };
        let tls = Tls::new()
            .client_certificate(CERTIFICATE, KEY)
            .dangerously_skip_verification();
        let options = options().tls(tls);
        world.block_on(async {
            let mut modem = memory.paced(&world, Dialect::default());
            modem.set_trace(&mut note);
            modem.attach(WAIT).await.unwrap();
            let mut client = modem.client(ConnectionId::FIRST);
            let restart = async {
                let is_key = |world: &World| world.record().commands().last().unwrap().contains("KEYFILE");
                while !(is_key(&world) && world.module(|module| module.in_data_mode())) {
                    sleep(&world, Duration::from_millis(1)).await;
                }
                sleep(&world, Duration::from_millis(cut)).await;
                world.restart();
                sleep(&world, 10 * SECOND).await;
            };
            let (connected, ()) = embassy_futures::join::join(client.connect(&options), restart).await;
            assert!(connected.is_err());
            let _ = modem.send(&command::ReadSignal).await;
            modem.attach(WAIT).await.unwrap();
        });
        let shown = shown.into_inner().unwrap();
        for piece in ["czNj", "cmV0", "PRIVATE"] {
            assert!(!shown.contains(piece), "{cut} ms: {shown}");
        }
    }
}

#[test]
fn a_module_that_goes_down_while_it_is_asked_is_waited_for() {
    for boot_lines in [&["AT READY"][..], &[]] {
        let world = World::online(Settings {
            boot_lines,
            ok_delay: Duration::from_millis(50),
            ..Settings::l610()
        });
        let mut memory = Memory::default();
        world.block_on(async {
            let mut modem = memory.modem(&world);
            let restart = async {
                while !world.record().commands().iter().any(|command| command == "AT+CGMR") {
                    sleep(&world, Duration::from_millis(10)).await;
                }
                world.restart();
            };
            let (attached, ()) = embassy_futures::join::join(modem.attach(100 * SECOND), restart).await;
            assert!(!attached.unwrap().imei.as_str().is_empty());
        });
    }
}

#[test]
fn two_restarts_before_anybody_asks_are_told_as_one() {
    let world = World::online(Settings::l610());
    let mut memory = Memory::default();
    world.block_on(async {
        let mut modem = attached(&mut memory, &world).await;
        let mut client = connected(&mut modem).await;
        for _ in 0..2 {
            world.restart();
            sleep(&world, 20 * SECOND).await;
        }
        assert_eq!(client.poll().await, Ok(Event::Restarted));
        let mut buffer = [0; 64];
        assert_eq!(client.recv(&mut buffer).await, Err(Error::NotConnected));
    });
}

#[test]
fn a_line_buffer_too_small_for_an_answer_is_named() {
    for size in 40..=200 {
        let world = World::new(Settings {
            radio: fibocom_mqtt::sim::Radio {
                mipcall: fibocom_mqtt::sim::MipcallForm::DualStack,
                ..Default::default()
            },
            ..Settings::l610()
        });
        let mut memory = Memory {
            line: vec![0; size],
            ..Memory::default()
        };
        world.block_on(async {
            let mut modem = memory.modem(&world);
            let max = size;
            let up = match modem.attach(WAIT).await {
                Ok(_) => modem.bring_up(&Network::new(), WAIT).await.map(drop),
                Err(error) => Err(error),
            };
            let named = matches!(up, Err(Error::LineBuffer { max: named }) if named == max);
            assert!(named || up.is_ok(), "{size}: {up:?}");
            assert!(up.is_ok() || size < 160, "{size}: {up:?}");
        });
    }
}
