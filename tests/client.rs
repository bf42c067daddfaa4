//! The verbs of the client on the simulated module, at the level of bytes.
#![cfg(feature = "sim")]

mod support;

use std::time::Duration;

use embassy_futures::select::{Either, select};
use fibocom_mqtt::sim::{BreakCause as SimBreak, Fault, Settings, UrcTiming, World};
use fibocom_mqtt::{
    Announcement, BreakCause, CmeError, ConnectionId, Credentials, Delivery, Error, Escapes, Event, Field,
    InvalidInput, ModuleError, Network, NetworkProblem, Publication, QoS, TopicFilter, Will, command,
};
use support::*;

#[test]
fn from_power_on_to_a_message() {
    let world = World::new(Settings::l610());
    let listener = world.broker().client("listener");
    listener.subscribe("meter/#", 2);
    let mut memory = Memory::default();
    let mut modem = memory.modem(&world);
    world.block_on(async {
        let identity = modem.attach(Duration::from_secs(40)).await.unwrap();
        assert_eq!(identity.manufacturer.as_str(), "Fibocom Wireless Inc.");
        assert!(identity.model.as_str().starts_with("L610"), "{identity:?}");
        assert_eq!(identity.imei.as_str().len(), 15);
        let address = modem
            .bring_up(&Network::new().apn("internet"), Duration::from_secs(60))
            .await
            .unwrap();
        assert!(address.is_ipv4());

        let mut client = connected(&mut modem).await;
        assert!(client.is_connected());
        for qos in [QoS::AtMostOnce, QoS::AtLeastOnce, QoS::ExactlyOnce] {
            let payload = every_byte();
            let publication = Publication::new(topic("meter/7"), &payload).qos(qos);
            assert_eq!(client.publish(&publication).await, Ok(Delivery::Confirmed));
            let mut buffer = [0; 2048];
            let message = client.recv(&mut buffer).await.unwrap();
            assert_eq!(
                (message.topic(), message.payload(), message.qos()),
                (&b"meter/7"[..], &every_byte()[..], qos)
            );
            assert_eq!(message.topic_str(), Some("meter/7"));
        }
        client.unsubscribe(TopicFilter::new("#").unwrap()).await.unwrap();
        client.disconnect().await.unwrap();
        assert!(!client.is_connected());
    });
    assert_eq!(listener.received().len(), 3);
    assert!(
        listener
            .received()
            .iter()
            .all(|message| message.payload == every_byte())
    );
    assert!(
        world.record().lost_commands().is_empty(),
        "a command was sent before the last one's answer"
    );
}

#[test]
fn user_and_reading_by_length_come_before_every_open() {
    let world = online();
    let mut memory = Memory::default();
    let mut modem = memory.modem(&world);
    world.block_on(async {
        for _ in 0..2 {
            let mut client = modem.client(ConnectionId::SECOND);
            client
                .connect(&fibocom_mqtt::ConnectOptions::new("broker", 1883))
                .await
                .unwrap();
            client.disconnect().await.unwrap();
        }
    });
    let commands = world.record().commands();
    let opens = commands
        .iter()
        .enumerate()
        .filter(|(_, command)| command.starts_with("AT+MQTTOPEN="));
    let mut count = 0;
    for (at, _) in opens {
        count += 1;
        assert!(commands[at - 2].starts_with("AT+MQTTUSER=2,"), "{commands:?}");
        assert_eq!(commands[at - 1], "AT+MQTTCONF=1");
    }
    assert_eq!(count, 2);
    let opens = world.broker().opens();
    assert!(
        opens[0].client_id.ends_with(b"-2") && opens[0].client_id.len() == 17,
        "{opens:?}"
    );
}

#[test]
fn every_command_ends_in_cr_alone() {
    let world = online();
    let mut memory = Memory::default();
    let mut modem = memory.modem(&world);
    world.block_on(async {
        let mut client = connected(&mut modem).await;
        client.publish(&Publication::new(topic("t"), b"1")).await.unwrap();
    });
    assert!(!world.record().written().contains(&b'\n'));
}

#[test]
fn a_refused_open_is_a_failure_without_a_reason() {
    let world = online();
    world.broker().refuse_next_open(4);
    let mut memory = Memory::default();
    let mut modem = memory.modem(&world);
    world.block_on(async {
        let mut client = modem.client(ConnectionId::FIRST);
        assert_eq!(client.connect(&options()).await, Err(Error::Refused));
        assert!(!client.is_connected());
        assert_eq!(
            client.publish(&Publication::new(topic("t"), b"1")).await,
            Err(Error::NotConnected)
        );
        client.connect(&options()).await.unwrap();
    });
}

#[test]
fn an_open_without_a_result_is_unknown_and_the_next_one_gets_its_own() {
    let world = online();
    world.on_command(b"AT+MQTTOPEN=1", b"\r\nOK\r\n");
    world.on_command(b"AT+MQTTOPEN?", b"\r\n+MQTTOPEN: 2\r\n\r\nOK\r\n");
    let mut memory = Memory::default();
    let mut modem = memory.modem(&world);
    world.block_on(async {
        let mut client = modem.client(ConnectionId::FIRST);
        assert_eq!(client.connect(&options()).await, Err(Error::Unknown));
        // While the first one is under way, its result would be taken for the second one's.
        assert_eq!(client.connect(&options()).await, Err(Error::Unsettled));
        world.emit_raw(b"\r\n+MQTTOPEN: 1,0\r\n");
        let end = fibocom_mqtt::SettledEnd::Failed;
        assert_eq!(
            client.poll().await,
            Ok(Event::Settled {
                operation: fibocom_mqtt::Operation::Open,
                end
            })
        );
        assert!(!client.is_connected());
    });
}

#[test]
fn an_open_that_names_its_error_passes_it_on() {
    let world = World::online(Settings::l610().fault(Fault::OpenCme(703)));
    let mut memory = Memory::default();
    let mut modem = memory.modem(&world);
    world.block_on(async {
        modem.attach(Duration::from_secs(40)).await.unwrap();
        let mut client = modem.client(ConnectionId::FIRST);
        let error = client.connect(&options()).await.unwrap_err();
        assert_eq!(error, Error::Module(ModuleError::Cme(CmeError::BadCredentials)));
        assert!(error.to_string().contains("bad user name or password"), "{error}");
    });
}

#[test]
fn credentials_reach_the_broker_as_they_are() {
    let world = World::online(Settings::l610());
    world.broker().require_credentials("us\"er", "a\\22,b\"\r\n");
    let mut memory = Memory::default();
    let mut modem = memory.modem(&world);
    world.block_on(async {
        // The firmware version tells that \HH is decoded.
        modem.attach(Duration::from_secs(40)).await.unwrap();
        let options = options().credentials(Credentials::new("us\"er", "a\\22,b\"\r\n"));
        modem.client(ConnectionId::FIRST).connect(&options).await.unwrap();
    });
}

#[test]
fn what_could_be_syntax_is_refused_before_a_byte_is_written() {
    let world = online();
    let mut memory = Memory::default();
    let mut modem = memory.modem(&world);
    assert_eq!(modem.dialect(), fibocom_mqtt::Dialect::default());
    world.block_on(async {
        let mut client = modem.client(ConnectionId::FIRST);
        let refused = |field, byte| Err(Error::Invalid(InvalidInput::Character { field, byte }));
        for (text, byte) in [
            ("a\"b", b'"'),
            ("a\\22", b'\\'),
            ("a\rb", b'\r'),
            ("a\nb", b'\n'),
            ("a\0b", 0),
            ("\x1a", 0x1a),
        ] {
            let plain = options();
            assert_eq!(
                client.connect(&plain.credentials(Credentials::new(text, ""))).await,
                refused(Field::User, byte)
            );
            assert_eq!(
                client.connect(&plain.credentials(Credentials::new("", text))).await,
                refused(Field::Password, byte)
            );
            assert_eq!(
                client.connect(&plain.client_id(text)).await,
                refused(Field::ClientId, byte)
            );
            let host = fibocom_mqtt::ConnectOptions::new(text, 1);
            assert_eq!(client.connect(&host).await, refused(Field::Host, byte));
            let will = Will::new(topic("t"), text.as_bytes());
            assert_eq!(
                client.connect(&plain.will(will)).await,
                refused(Field::WillPayload, byte)
            );
        }
        for options in [
            fibocom_mqtt::ConnectOptions::new("", 1),
            fibocom_mqtt::ConnectOptions::new("h", 0),
            options().keep_alive(0),
            options().keep_alive(301),
            options().client_id(""),
        ] {
            assert!(matches!(client.connect(&options).await, Err(Error::Invalid(_))));
        }
    });
    assert!(world.record().written().is_empty());
}

#[test]
fn a_will_reaches_the_broker_and_escapes_where_it_must() {
    for (escapes, payload) in [
        (Escapes::Unknown, &b"lost, 7"[..]),
        (Escapes::Hex, b"{\"state\":\"lost\\n\"}\r\nAT"),
    ] {
        let world = online();
        let listener = world.broker().client("listener");
        listener.subscribe("alive", 1);
        let mut memory = Memory::default();
        let mut modem = memory.modem_with(&world, fibocom_mqtt::Dialect::default().escapes(escapes));
        world.block_on(async {
            let will = Will::new(topic("alive"), payload).qos(QoS::AtLeastOnce).retain();
            modem
                .client(ConnectionId::FIRST)
                .connect(&options().will(will))
                .await
                .unwrap();
        });
        world.broker().break_connection(CLIENT_ID);
        let received = listener.received();
        assert_eq!(
            (received.len(), &received[0].payload[..], received[0].qos),
            (1, payload, 1)
        );
    }
}

#[test]
fn a_will_goes_by_data_mode_where_the_dialect_has_it() {
    let world = World::online(Settings {
        echo: false,
        will_data_mode: true,
        ..Settings::l610()
    });
    let listener = world.broker().client("listener");
    listener.subscribe("alive", 1);
    let mut memory = Memory::default();
    let mut modem = memory.modem_with(&world, fibocom_mqtt::Dialect::default().will_data_mode(true));
    world.block_on(async {
        let options = options().will(Will::new(topic("alive"), b"\r\nOK\r\n\"\\"));
        modem.client(ConnectionId::FIRST).connect(&options).await.unwrap();
    });
    world.broker().break_connection(CLIENT_ID);
    assert_eq!(listener.received()[0].payload, b"\r\nOK\r\n\"\\");
}

#[test]
fn an_empty_retained_message_clears() {
    let world = online();
    let mut memory = Memory::default();
    let mut modem = memory.modem(&world);
    world.block_on(async {
        let mut client = connected(&mut modem).await;
        client
            .publish(&Publication::new(topic("kept"), b"1").retain())
            .await
            .unwrap();
        assert!(world.broker().retained("kept").is_some());
        client
            .publish(&Publication::new(topic("kept"), b"").retain())
            .await
            .unwrap();
        assert!(world.broker().retained("kept").is_none());
    });
}

#[test]
fn what_the_module_says_of_a_publication_is_what_the_caller_hears() {
    let world = online();
    let mut memory = Memory::default();
    let mut modem = memory.modem(&world);
    world.block_on(async {
        let mut client = connected(&mut modem).await;
        world.broker().refuse_publications(true);
        assert_eq!(
            client.publish(&Publication::new(topic("t"), b"1")).await,
            Err(Error::Refused)
        );
        world.broker().refuse_publications(false);
        world.broker().refuse_subscriptions(true);
        assert_eq!(
            client.subscribe(TopicFilter::new("x").unwrap(), QoS::AtMostOnce).await,
            Err(Error::Refused)
        );
        let long = [0; 1025];
        let error = client.publish(&Publication::new(topic("t"), &long)).await.unwrap_err();
        assert_eq!(
            error,
            Error::Invalid(InvalidInput::TooLong {
                field: Field::Payload,
                len: 1025,
                max: 1024
            })
        );
    });
}

#[test]
fn at_qos_0_without_results_ok_is_acceptance() {
    let world = World::online(Settings {
        echo: false,
        qos0_result: false,
        ..Settings::l610()
    });
    let mut memory = Memory::default();
    let mut modem = memory.modem_with(&world, fibocom_mqtt::Dialect::default().result_at_qos0(false));
    world.block_on(async {
        let mut client = connected(&mut modem).await;
        assert_eq!(
            client.publish(&Publication::new(topic("t"), b"1")).await,
            Ok(Delivery::Accepted)
        );
        let publication = Publication::new(topic("t"), b"1").qos(QoS::AtLeastOnce);
        assert_eq!(client.publish(&publication).await, Ok(Delivery::Confirmed));
    });
}

#[test]
fn an_unknown_outcome_is_not_resent_and_unsettles_the_connection() {
    let world = online();
    let mut memory = Memory::default();
    let mut modem = memory.modem(&world);
    world.block_on(async {
        let mut client = connected(&mut modem).await;
        world.broker().withhold_results(true);
        let publication = Publication::new(topic("t"), b"once").qos(QoS::AtLeastOnce);
        assert_eq!(client.publish(&publication).await, Err(Error::Unknown));
        assert_eq!(client.publish(&publication).await, Err(Error::Unsettled));
        // Messages are received all the same.
        world.broker().client("other").publish("t", b"in", 0, false);
        let mut buffer = [0; 64];
        while client.recv(&mut buffer).await.unwrap().payload() != b"in" {}
        // The owed line settles it, when it comes.
        world.broker().withhold_results(false);
        let settled = client.poll().await.unwrap();
        let end = fibocom_mqtt::SettledEnd::Succeeded;
        assert_eq!(
            settled,
            Event::Settled {
                operation: fibocom_mqtt::Operation::Publish,
                end
            }
        );
        assert_eq!(client.publish(&publication).await, Ok(Delivery::Confirmed));
        // So does closing.
        world.broker().withhold_results(true);
        assert_eq!(client.publish(&publication).await, Err(Error::Unknown));
        world.broker().withhold_results(false);
        client.connect(&options()).await.unwrap();
        assert_eq!(client.publish(&publication).await, Ok(Delivery::Confirmed));
    });
    let published = world.broker().published();
    assert_eq!(published.iter().filter(|(id, _)| id == CLIENT_ID).count(), 4);
}

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
            let pause = sleep(&world, Duration::from_millis(1 + round % 9));
            if let Either::First(message) = select(client.recv(&mut buffer), pause).await {
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

#[test]
fn a_connection_left_open_by_another_host_is_closed_first() {
    let world = online();
    let mut memory = Memory::default();
    world.block_on(async {
        let mut modem = memory.modem(&world);
        connected(&mut modem).await;
    });
    let mut memory = Memory::default();
    let mut modem = memory.modem(&world);
    world.block_on(async {
        let mut client = connected(&mut modem).await;
        assert_eq!(
            client.publish(&Publication::new(topic("t"), b"1")).await,
            Ok(Delivery::Confirmed)
        );
    });
}

#[test]
fn a_silent_module_ends_every_call() {
    let world = online();
    let mut memory = Memory::default();
    let mut modem = memory.modem(&world);
    world.block_on(async {
        let mut client = connected(&mut modem).await;
        world.module(|module| module.settings_mut().faults.push(Fault::Silent));
        let mut buffer = [0; 64];
        assert_eq!(client.recv(&mut buffer).await, Err(Error::Silent));
        assert_eq!(
            client.publish(&Publication::new(topic("t"), b"1")).await,
            Err(Error::Silent)
        );
        assert_eq!(
            client.subscribe(TopicFilter::new("t").unwrap(), QoS::AtMostOnce).await,
            Err(Error::Silent)
        );
        assert_eq!(modem.attach(Duration::from_secs(5)).await, Err(Error::Silent));
        // And once it is back, so is the driver.
        world.module(|module| module.settings_mut().faults.clear());
        modem.attach(Duration::from_secs(5)).await.unwrap();
        connected(&mut modem)
            .await
            .publish(&Publication::new(topic("t"), b"1"))
            .await
            .unwrap();
    });
}

#[test]
fn an_unplugged_port_is_its_own_error() {
    let world = online();
    let mut memory = Memory::default();
    let mut modem = memory.modem(&world);
    world.block_on(async {
        let mut client = connected(&mut modem).await;
        world.port().unplug();
        let mut buffer = [0; 64];
        assert!(matches!(
            client.recv(&mut buffer).await,
            Err(Error::Port(_) | Error::PortClosed)
        ));
        let publication = Publication::new(topic("t"), b"1");
        let error = client.publish(&publication).await.unwrap_err();
        assert!(!error.is_recoverable(), "{error}");
    });
}

#[test]
fn without_a_network_the_step_is_named() {
    let wait = Duration::from_secs(20);
    let cases = [
        (
            Settings {
                sim: fibocom_mqtt::sim::Sim::Absent,
                ..Settings::l610()
            },
            NetworkProblem::Sim,
        ),
        (
            Settings {
                registration: 2,
                ..Settings::l610()
            },
            NetworkProblem::Registration(2),
        ),
    ];
    for (settings, problem) in cases {
        let world = World::new(settings);
        let mut memory = Memory::default();
        let mut modem = memory.modem(&world);
        world.block_on(async {
            modem.attach(wait).await.unwrap();
            assert_eq!(
                modem.bring_up(&Network::new(), wait).await,
                Err(Error::Network(problem))
            );
        });
    }
}

#[test]
fn unsolicited_lines_inside_exchanges_disturb_nothing() {
    let settings = Settings {
        urc_timing: UrcTiming::AtOnce,
        ..Settings::l610().fault(Fault::UrcInside)
    };
    for read_size in [1, 2, 3, 7, 64, 4096] {
        let world = World::online(settings.clone());
        world.port().set_read_size(read_size);
        let mut memory = Memory::default();
        let mut modem = memory.modem(&world);
        world.block_on(async {
            modem.attach(Duration::from_secs(40)).await.unwrap();
            assert!(modem.send(&command::ReadSignal).await.unwrap().rssi <= 99);
            let mut client = connected(&mut modem).await;
            for n in 0..20u8 {
                let payload = [n];
                let publication = Publication::new(topic("t"), &payload).qos(QoS::AtLeastOnce);
                assert_eq!(client.publish(&publication).await, Ok(Delivery::Confirmed));
            }
            let mut buffer = [0; 64];
            for n in 0..20u8 {
                assert_eq!(client.recv(&mut buffer).await.unwrap().payload(), [n]);
            }
        });
    }
}
