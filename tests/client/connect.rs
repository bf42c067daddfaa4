//! Connecting and disconnecting.

use std::time::Duration;

use fibocom_mqtt::sim::{Fault, Settings, World};
use fibocom_mqtt::{
    CmeError, ConnectionId, Credentials, Delivery, Error, Escapes, Event, Field, InvalidInput, ModuleError,
    Publication, QoS, Will,
};

use super::support::*;

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
fn a_will_goes_by_data_mode_where_the_module_has_it() {
    let world = World::online(Settings {
        echo: false,
        will_data_mode: true,
        ..Settings::l610()
    });
    let listener = world.broker().client("listener");
    listener.subscribe("alive", 1);
    let mut memory = Memory::default();
    let mut modem = memory.modem(&world);
    modem.set_feature(fibocom_mqtt::Feature::WillDataMode, true);
    world.block_on(async {
        let options = options().will(Will::new(topic("alive"), b"\r\nOK\r\n\"\\"));
        modem.client(ConnectionId::FIRST).connect(&options).await.unwrap();
    });
    world.broker().break_connection(CLIENT_ID);
    assert_eq!(listener.received()[0].payload, b"\r\nOK\r\n\"\\");
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
