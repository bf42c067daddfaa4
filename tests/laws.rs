//! The driver's promises, where they are hard to keep: each test is a way in which one was, or could be, broken.
#![cfg(feature = "sim")]

mod support;

use std::time::Duration;

use embassy_futures::join::join;
use embassy_futures::select::{Either, select};
use fibocom_mqtt::sim::{Fault, Settings, World};
use fibocom_mqtt::{
    Announcement, Buffers, ConnectionId, Credentials, Dialect, Error, Event, Field, InvalidInput, ModuleError,
    Operation, Publication, QoS, SettledEnd, TopicFilter, Trace, Will, command,
};
use support::*;

const SECOND: Duration = Duration::from_secs(1);

fn quick() -> World {
    World::online(Settings {
        echo: false,
        ok_delay: Duration::ZERO,
        ..Settings::l610()
    })
}

fn no_command_was_published(world: &World) {
    for (_, message) in world.broker().published() {
        assert!(
            !message.payload.windows(2).any(|part| part == b"AT"),
            "a command was published: {}",
            message.payload.escape_ascii()
        );
    }
}

// Law 4: nothing but the message goes into data mode.

#[test]
fn after_a_lost_prompt_no_command_becomes_payload() {
    for attach in [false, true] {
        let world = online();
        let mut memory = Memory::default();
        let mut modem = memory.modem(&world);
        world.block_on(async {
            let mut client = connected(&mut modem).await;
            world.module(|module| module.settings_mut().faults.push(Fault::NoPrompt));
            assert_eq!(
                client.publish(&Publication::new(topic("t"), &[b'x'; 100])).await,
                Err(Error::Silent)
            );
            world.module(|module| module.settings_mut().faults.clear());
            if attach {
                modem.attach(40 * SECOND).await.unwrap();
            }
            assert!(modem.send(&command::ReadSignal).await.is_ok());
            sleep(&world, 60 * SECOND).await;
        });
        no_command_was_published(&world);
    }
}

#[test]
fn a_prompt_after_all_waiting_swallows_no_command() {
    for late in [29, 31, 33, 35, 40] {
        for attach in [false, true] {
            let world = online();
            let mut memory = Memory::default();
            let mut modem = memory.modem(&world);
            world.block_on(async {
                let mut client = connected(&mut modem).await;
                world.module(|module| module.settings_mut().faults.push(Fault::LateOk(late * SECOND)));
                let publication = Publication::new(topic("t"), &[b'x'; 100]);
                assert!(
                    join(client.publish(&publication), async {
                        sleep(&world, SECOND).await;
                        world.module(|module| module.settings_mut().faults.clear());
                    })
                    .await
                    .0
                    .is_err()
                );
                for _ in 0..4 {
                    if attach {
                        let _ = modem.attach(5 * SECOND).await;
                    }
                    let _ = modem.send(&command::ReadSignal).await;
                }
                assert!(modem.send(&command::ReadSignal).await.is_ok(), "prompt after {late} s");
                sleep(&world, 60 * SECOND).await;
            });
            no_command_was_published(&world);
        }
    }
}

#[test]
fn a_port_that_stalls_within_a_command_swallows_no_command() {
    for taken in 1..33 {
        let world = quick();
        let mut memory = Memory::default();
        let mut modem = memory.paced(&world, Dialect::default());
        world.block_on(async {
            let mut client = connected(&mut modem).await;
            let before = world.record().written().len();
            let port = world.port();
            port.set_write_size(1);
            let stalling = async {
                while world.record().written().len() < before + taken {
                    sleep(&world, Duration::from_millis(1)).await;
                }
                port.stall(true);
            };
            let publication = Publication::new(topic("some/topic"), &[b'x'; 100]).qos(QoS::AtLeastOnce);
            let (result, ()) = join(client.publish(&publication), stalling).await;
            assert!(result.is_err(), "{result:?}");
            port.stall(false);
            port.set_write_size(usize::MAX);
            assert!(modem.send(&command::ReadSignal).await.is_ok(), "after {taken} bytes");
            sleep(&world, 60 * SECOND).await;
            assert!(modem.send(&command::ReadSignal).await.is_ok(), "after {taken} bytes");
        });
        no_command_was_published(&world);
        assert!(
            world.record().commands().iter().all(|command| !command.contains("xx")),
            "payload became a command"
        );
    }
}

/// A port that loses a byte of whatever is written in one piece of 64 bytes, as a line without flow control may.
struct Lossy(fibocom_mqtt::sim::Port);

impl embedded_io_async::ErrorType for Lossy {
    type Error = fibocom_mqtt::sim::Unplugged;
}

impl embedded_io_async::Read for Lossy {
    async fn read(&mut self, buffer: &mut [u8]) -> Result<usize, Self::Error> {
        self.0.read(buffer).await
    }
}

impl embedded_io_async::Write for Lossy {
    async fn write(&mut self, bytes: &[u8]) -> Result<usize, Self::Error> {
        let lost = usize::from(bytes.len() == 64);
        embedded_io_async::Write::write_all(&mut self.0, &bytes[lost..])
            .await
            .map(|()| bytes.len())
    }

    async fn flush(&mut self) -> Result<(), Self::Error> {
        embedded_io_async::Write::flush(&mut self.0).await
    }
}

#[test]
fn data_that_was_lost_on_the_way_is_not_made_up_with_a_command() {
    let world = online();
    let mut memory = Memory::default();
    let mut modem = memory.modem_on(Lossy(world.port()), &world, Dialect::default());
    world.block_on(async {
        let mut client = connected(&mut modem).await;
        let result = client.publish(&Publication::new(topic("t"), &[b'x'; 100])).await;
        assert_eq!(result, Err(Error::Cut { sent: 100 }));
        assert!(modem.send(&command::ReadSignal).await.is_ok());
        sleep(&world, 60 * SECOND).await;
    });
    assert_eq!(world.broker().published()[0].1.payload, [b'x'; 99]);
    no_command_was_published(&world);
}

#[test]
fn a_dropped_connect_is_seen_by_disconnect() {
    for after in [1, 20, 40, 60, 80, 100, 140] {
        let world = quick();
        world.module(|module| module.settings_mut().ok_delay = Duration::from_millis(20));
        let mut memory = Memory::default();
        let mut modem = memory.modem(&world);
        world.block_on(async {
            let mut client = modem.client(ConnectionId::FIRST);
            let pause = sleep(&world, Duration::from_millis(after));
            let _ = select(client.connect(&options()), pause).await;
            let disconnected = client.disconnect().await;
            sleep(&world, 60 * SECOND).await;
            assert!(!client.is_connected(), "{disconnected:?} after {after} ms");
            assert!(
                !world.module(|module| module.is_open(1)),
                "{disconnected:?} after {after} ms, and the connection is open"
            );
        });
    }
}

#[test]
fn each_dropped_call_is_told_even_if_two_ended_alike() {
    let world = online();
    let mut memory = Memory::default();
    let mut modem = memory.paced(&world, Dialect::default());
    world.block_on(async {
        let mut client = connected(&mut modem).await;
        client.unsubscribe(TopicFilter::new("#").unwrap()).await.unwrap();
        for _ in 0..2 {
            let publication = Publication::new(topic("t"), b"payload");
            let pause = sleep(&world, Duration::from_millis(30));
            // Before this one begins, the one before it is brought to its end.
            let dropped = select(client.publish(&publication), pause).await;
            assert!(matches!(dropped, Either::Second(())), "{dropped:?}");
            sleep(&world, SECOND).await;
        }
        for _ in 0..2 {
            let told = select(client.poll(), sleep(&world, 60 * SECOND)).await;
            let end = SettledEnd::Succeeded;
            let operation = Operation::Publish;
            assert!(
                matches!(told, Either::First(Ok(event)) if event == Event::Settled { operation, end }),
                "{told:?}"
            );
        }
        let told = select(client.poll(), sleep(&world, 60 * SECOND)).await;
        assert!(matches!(told, Either::Second(())), "{told:?}");
    });
}

#[test]
fn what_came_in_time_counts_however_late_it_is_read() {
    let world = online();
    world.module(|module| module.settings_mut().ok_delay = SECOND);
    let mut memory = Memory::default();
    let mut modem = memory.modem(&world);
    world.block_on(async {
        let mut client = connected(&mut modem).await;
        let pause = sleep(&world, SECOND / 2);
        let filter = TopicFilter::new("x").unwrap();
        let dropped = select(client.subscribe(filter, QoS::AtMostOnce), pause).await;
        assert!(matches!(dropped, Either::Second(())));
        sleep(&world, 3600 * SECOND).await;
        let (operation, end) = (Operation::Subscribe, SettledEnd::Succeeded);
        assert_eq!(client.poll().await, Ok(Event::Settled { operation, end }));
    });
}

// Law 3: a reply answers its own command.

#[test]
fn a_fence_is_not_answered_by_the_command_it_fences() {
    // Whichever query is due, the abandoned command is never the same.
    for earlier in 0..4 {
        let world = online();
        let mut memory = Memory::default();
        let mut modem = memory.modem(&world);
        world.block_on(async {
            modem.send(&command::Attention).await.unwrap();
            for _ in 0..earlier {
                world.module(|module| module.on_command_once(b"AT+CGMI", b""));
                assert_eq!(modem.send(&command::Manufacturer).await, Err(Error::Silent));
                modem.send(&command::Attention).await.unwrap();
            }
            world.module(|module| module.on_command_once(b"AT+CSQ", b""));
            assert_eq!(modem.send(&command::ReadSignal).await, Err(Error::Silent));
            // The module works through its backlog: the late answer, that of the fence, and then the command's own.
            let from = world.record().commands().len();
            for fence in [&b"AT+CMEE?"[..], b"AT+CFUN?", b"AT+CSQ", b"AT+CCLK?"] {
                world.on_command(fence, b"");
            }
            world.on_command(b"AT+CMEE=1", b"");
            let backlog = async {
                sleep(&world, SECOND).await;
                let fence = world.record().commands()[from].clone();
                let name = fence.trim_start_matches("AT").trim_end_matches('?').to_owned();
                world.emit_raw(b"\r\n+CSQ: 24,99\r\n\r\nOK\r\n");
                sleep(&world, SECOND).await;
                world.emit_raw(format!("\r\n{name}: 1\r\n\r\nOK\r\n").as_bytes());
                sleep(&world, SECOND).await;
                world.emit_raw(b"\r\nERROR\r\n");
            };
            let (result, ()) = join(modem.send(&command::ErrorReports::Numbers), backlog).await;
            assert_eq!(result, Err(Error::Module(ModuleError::Error)), "{earlier}");
        });
    }
}

#[test]
fn a_result_that_comes_before_the_data_is_not_the_datas() {
    // A module that sometimes gives a result at QoS 0, late, though it was said to give none.
    let world = online();
    let mut memory = Memory::default();
    let mut modem = memory.modem_with(&world, Dialect::default().result_at_qos0(false));
    world.block_on(async {
        let mut client = connected(&mut modem).await;
        world.module(|module| module.settings_mut().ok_delay = SECOND);
        world.broker().refuse_publications(true);
        let publication = Publication::new(topic("t"), b"1").qos(QoS::AtLeastOnce);
        let stale = async {
            sleep(&world, SECOND / 2).await;
            world.emit_raw(b"\r\n+MQTTPUB: 1,1\r\n");
        };
        let (result, ()) = join(client.publish(&publication), stale).await;
        assert_eq!(result, Err(Error::Refused));
    });
}

#[test]
fn a_late_result_is_not_the_next_ones() {
    let world = online();
    let mut memory = Memory::default();
    let mut modem = memory.modem(&world);
    world.block_on(async {
        let mut client = connected(&mut modem).await;
        world.on_command(b"AT+MQTTCLOSE=1", b"\r\nOK\r\n");
        assert_eq!(client.disconnect().await, Err(Error::Unknown));
        let late = async {
            sleep(&world, SECOND).await;
            world.emit_raw(b"\r\n+MQTTCLOSE: 1,0\r\n");
            sleep(&world, SECOND).await;
            world.emit_raw(b"\r\n+MQTTCLOSE: 1,1\r\n");
        };
        assert_eq!(join(client.disconnect(), late).await.0, Ok(()));
    });
}

// Law 5: nothing is sent twice.

#[test]
fn nothing_without_a_result_is_sent_again() {
    let world = online();
    let mut memory = Memory::default();
    let mut modem = memory.modem(&world);
    world.block_on(async {
        let mut client = connected(&mut modem).await;
        for command in [&b"AT+MQTTUNSUB"[..], b"AT+MQTTPUB", b"AT+MQTTCLOSE=1"] {
            world.on_command(command, b"\r\nOK\r\n");
        }
        let filter = TopicFilter::new("#").unwrap();
        assert_eq!(client.unsubscribe(filter).await, Err(Error::Unknown));
        world.emit_raw(b"\r\n+MQTTUNSUB: 1,1\r\n");
        assert!(client.poll().await.is_ok());
        let publication = Publication::new(topic("t"), b"");
        assert_eq!(client.publish(&publication).await, Err(Error::Unknown));
        assert_eq!(client.disconnect().await, Err(Error::Unknown));
    });
    let commands = world.record().commands();
    for name in ["AT+MQTTUNSUB=", "AT+MQTTPUB=", "AT+MQTTCLOSE="] {
        let times = commands.iter().filter(|command| command.starts_with(name)).count();
        assert_eq!(times, 1, "{name}");
    }
}

// Law 1: a payload is never syntax.

const FORGERY: &[u8] = b"\r\n+MQTTBREAK: 1,1\r\n\r\nERROR\r\n\r\n+MQTTPUB: 1,0\r\n>\r\n";

#[test]
fn the_command_read_sent_by_hand_forges_nothing() {
    let world = online();
    let mut memory = Memory::default();
    let mut modem = memory.modem(&world);
    world.block_on(async {
        connected(&mut modem).await;
        assert!(world.broker().inject(CLIENT_ID, "t", FORGERY, 1));
        sleep(&world, SECOND).await;
        let id = ConnectionId::FIRST;
        assert_eq!(
            modem.send(&command::Read::<64, 64> { id }).await,
            Err(Error::Unexpected)
        );
        let mut client = modem.client(id);
        assert!(client.is_connected());
        let mut buffer = [0; 256];
        assert_eq!(client.recv(&mut buffer).await.unwrap().payload(), FORGERY);
    });
}

#[test]
fn a_message_of_another_connection_forges_nothing() {
    let world = online();
    let mut memory = Memory::default();
    let mut modem = memory.modem(&world);
    world.block_on(async {
        let mut client = connected(&mut modem).await;
        let answer = [
            b"\r\n+MQTTREAD: 2,0,1,48,\"t\",\"".as_slice(),
            FORGERY,
            b"\"\r\n\r\nOK\r\n",
        ]
        .concat();
        assert_eq!(FORGERY.len(), 48);
        world.module(|module| module.on_command_once(b"AT+MQTTREAD=1", &answer));
        world.emit_raw(b"\r\n+MQTTMSGI: 1,0,1,1\r\n");
        let mut buffer = [0; 256];
        assert_eq!(
            client.recv(&mut buffer).await,
            Err(Error::OtherMessage(ConnectionId::SECOND))
        );
        assert!(client.is_connected());
        let mut other = modem.client(ConnectionId::SECOND);
        assert_eq!(other.recv(&mut buffer).await.unwrap().payload(), FORGERY);
    });
}

// Law 6: nothing is lost silently.

#[test]
fn a_lost_announcement_is_found_by_a_device_that_is_never_quiet() {
    let world = online();
    let mut memory = Memory::default();
    let mut modem = memory.modem(&world);
    world.block_on(async {
        let mut client = connected(&mut modem).await;
        client.unsubscribe(TopicFilter::new("#").unwrap()).await.unwrap();
        let mut buffer = [0; 64];
        let pause = sleep(&world, SECOND);
        assert!(matches!(
            select(client.recv(&mut buffer), pause).await,
            Either::Second(())
        ));
        world.module(|module| module.settings_mut().faults.push(Fault::DropUrc));
        assert!(world.broker().inject(CLIENT_ID, "t", b"unseen", 1));
        sleep(&world, SECOND).await;
        for _ in 0..20 {
            client.publish(&Publication::new(topic("t"), b"1")).await.unwrap();
            let pause = sleep(&world, 10 * SECOND);
            if let Either::First(message) = select(client.recv(&mut buffer), pause).await {
                assert_eq!(message.unwrap().payload(), b"unseen");
                return;
            }
        }
        panic!("the message was never found");
    });
}

#[test]
fn a_lost_break_does_not_make_recv_wait_for_ever() {
    let world = online();
    let mut memory = Memory::default();
    let mut modem = memory.modem(&world);
    world.block_on(async {
        let mut client = connected(&mut modem).await;
        let mut buffer = [0; 64];
        let pause = sleep(&world, 100 * SECOND);
        assert!(matches!(
            select(client.recv(&mut buffer), pause).await,
            Either::Second(())
        ));
        // The module was restarted, or its line was disturbed when it told.
        world.port().unplug();
        world.broker().break_connection(CLIENT_ID);
        sleep(&world, SECOND).await;
        world.port().plug();
        let pause = sleep(&world, 600 * SECOND);
        let ended = select(client.recv(&mut buffer), pause).await;
        assert!(matches!(ended, Either::First(Err(Error::NotConnected))), "{ended:?}");
    });
}

#[test]
fn unannounced_messages_of_a_kept_session_come_at_once_and_without_a_pause_between() {
    let world = World::online(Settings {
        echo: false,
        ..Settings::l610().fault(Fault::DropUrc)
    });
    let mut memory = Memory::default();
    let mut modem = memory.modem(&world);
    world.block_on(async {
        let options = options().clean_session(false);
        let mut client = modem.client(ConnectionId::FIRST);
        client.connect(&options).await.unwrap();
        client
            .subscribe(TopicFilter::new("t").unwrap(), QoS::AtLeastOnce)
            .await
            .unwrap();
        client.disconnect().await.unwrap();
        for n in 0..5u8 {
            world.broker().client("other").publish("t", [n], 1, false);
        }
        client.connect(&options).await.unwrap();
        let mut buffer = [0; 64];
        for n in 0..5u8 {
            let pause = sleep(&world, 5 * SECOND);
            let received = select(client.recv(&mut buffer), pause).await;
            assert!(
                matches!(received, Either::First(Ok(message)) if message.payload() == [n]),
                "message {n}: {received:?}"
            );
        }
    });
}

// Law 8: every call ends, and says what is the matter.

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
        let mut modem = memory.modem_with(&world, Dialect::default().will_data_mode(data_mode));
        world.block_on(async {
            let payload = [b'x'; 1025];
            let options = options().will(Will::new(topic("t"), &payload));
            let (field, len, max) = (Field::WillPayload, 1025, 1024);
            assert_eq!(
                modem.client(ConnectionId::FIRST).connect(&options).await,
                Err(Error::Invalid(InvalidInput::TooLong { field, len, max }))
            );
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

// Law 9: secrets stay secret.

/// Everything that the trace shows while `act` runs on a driver on this world.
fn traced(world: &World, act: impl AsyncFnOnce(&mut TestModem<'_>)) -> String {
    let shown = std::sync::Mutex::new(String::new());
    let mut hook = |step: Trace<'_>| *shown.lock().unwrap() += &format!("{step}\n{step:?}\n");
    let mut memory = Memory::default();
    let mut modem = memory.modem(world);
    modem.set_trace(&mut hook);
    world.block_on(act(&mut modem));
    drop(modem);
    shown.into_inner().unwrap()
}

#[test]
fn a_cut_echo_that_comes_late_shows_no_password() {
    for attach in [false, true] {
        let world = online();
        world.on_command(b"AT+MQTTUSER", b"");
        let shown = traced(&world, async |modem| {
            let options = options().credentials(Credentials::new("user", "s3cret"));
            let mut client = modem.client(ConnectionId::FIRST);
            assert_eq!(client.connect(&options).await, Err(Error::Silent));
            world.emit_raw(b"SER=1,\"user\",\"s3cret\",\"meter\"\r\r\nOK\r\n");
            if attach {
                modem.attach(SECOND).await.unwrap();
            }
            modem.send(&command::ReadSignal).await.unwrap();
        });
        assert!(!shown.contains("s3cret"), "{shown}");
        // A line feed behind a command could become the first byte of a message.
        assert!(!world.record().written().contains(&b'\n'));
    }
}

#[test]
fn a_mutilated_list_of_users_shows_no_password() {
    let world = online();
    world.on_command(
        b"AT+MQTTUSER?",
        b"\r\n+MQTTU\xffER: 1,\"user\",\"s3cret\"\r\n\r\nOK\r\n",
    );
    let shown = traced(&world, async |modem| {
        let _ = modem.send(&command::ReadUsers::<64>).await;
    });
    assert!(!shown.contains("s3cret"), "{shown}");
}

#[test]
fn buffers_that_held_a_password_do_not_show_it() {
    let (mut line, mut message, mut transmit) = (*b"+MQTTUSER: 1,\"user\",\"s3cret\"", [0; 8], *b"s3cret");
    let shown = format!("{:?}", Buffers::new(&mut line, &mut message, &mut transmit));
    let secret = format!("{:?}", b"s3cret");
    assert!(!shown.contains(secret.trim_matches(['[', ']'])), "{shown}");
}

#[test]
fn a_foreign_command_shows_no_secret_and_ends_in_cr_alone() {
    struct Foreign(&'static str);
    impl atat::AtatCmd for Foreign {
        type Response = command::Done;
        fn write(&self, buffer: &mut [u8]) -> usize {
            buffer[..self.0.len()].copy_from_slice(self.0.as_bytes());
            self.0.len()
        }
        fn parse(&self, _: Result<&[u8], atat::InternalError>) -> Result<command::Done, atat::Error> {
            Ok(command::Done)
        }
    }
    for command in [
        "at+mqttuser=1,\"user\",\"s3cret\"\r\n",
        "AT+MQTTAUTHDYN=1,\"host\",1,\"key\",\"s3cret\",\"name\"\r",
        "AT+MQTTAUTHCFG=1,\"key\",\"name\",\"s3cret\",0\r",
        "AT+MIPCALL=1,\"apn\",\"user\",\"s3cret\"\r",
        "AT+CGAUTH=1,1,\"user\",\"s3cret\"\r",
        "AT+CPIN=s3cret\r",
        "AT+CPWD=\"SC\",\"1234\",\"s3cret\"\r",
        "AT+CLCK=\"SC\",1,\"s3cret\"\r",
        "AT+GTSSLPSK=\"s3cret\"\r",
        "AT+GTSSLFILE=\"s3cret\"\r",
    ] {
        let world = World::online(Settings::l610());
        let shown = traced(&world, async |modem| {
            let _ = modem.send(&Foreign(command)).await;
        });
        assert!(shown.contains("redacted") && !shown.contains("s3cret"), "{shown}");
        // A line feed behind a command could become the first byte of a message.
        assert!(!world.record().written().contains(&b'\n'));
    }
}

#[test]
fn a_list_of_users_never_takes_a_password_for_a_client_id() {
    let world = online();
    world.on_command(
        b"AT+MQTTUSER?",
        b"\r\n+MQTTUSER: 1,\"user\",\"a\",\"s3cret\",\"meter\"\r\n\r\nOK\r\n",
    );
    let mut memory = Memory::default();
    let mut modem = memory.modem(&world);
    world.block_on(async {
        assert_eq!(modem.send(&command::ReadUsers::<64>).await, Err(Error::Unexpected));
    });
}
