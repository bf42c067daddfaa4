//! The bytes of a message in data mode, as they are or in digits.

use fibocom_mqtt::sim::{Settings, World};
use fibocom_mqtt::{ConnectionId, DataForm, Delivery, Dialect, Error, Feature, InvalidInput, Limit, Publication, Will};

use super::support::*;

/// A module that takes digits and passes them on: what it was given is seen at the broker.
#[test]
fn digits_that_are_counted_as_digits() {
    let world = World::online(Settings {
        echo: false,
        will_data_mode: true,
        ..Settings::l610()
    });
    let listener = world.broker().client("listener");
    listener.subscribe("alive", 1);
    let mut memory = Memory::default();
    let mut modem = memory.modem_with(&world, Dialect::default().data_form(DataForm::HexDigits));
    modem.set_feature(Feature::WillDataMode, true);
    world.block_on(async {
        let mut client = modem.client(ConnectionId::FIRST);
        let will = Will::new(topic("alive"), b"lost");
        client.connect(&options().will(will)).await.unwrap();
        let publication = Publication::new(topic("t"), b"\x00\xff\r\n\"z");
        assert_eq!(client.publish(&publication).await, Ok(Delivery::Confirmed));
        let publication = Publication::new(topic("t"), &[0xab; 512]);
        assert_eq!(client.publish(&publication).await, Ok(Delivery::Confirmed));
        assert_eq!(
            client.publish(&Publication::new(topic("t"), b"")).await,
            Ok(Delivery::Confirmed)
        );

        // What is announced counts.
        let result = client.publish(&Publication::new(topic("t"), &[0; 513])).await;
        assert_eq!(result, Err(exceeds(Limit::Payload, 1026, 1024)));
        let will = Will::new(topic("alive"), &[0; 513]);
        assert_eq!(
            client.connect(&options().will(will)).await,
            Err(exceeds(Limit::WillPayload, 1026, 1024))
        );
    });
    world.broker().break_connection(CLIENT_ID);
    assert_eq!(listener.received()[0].payload, b"6C6F7374");
    let published: Vec<_> = world
        .broker()
        .published()
        .into_iter()
        .map(|(_, message)| message.payload)
        .collect();
    assert_eq!(published[0], b"00FF0D0A227A");
    assert_eq!(published[1], b"AB".repeat(512));
    assert_eq!(published[2], b"");
}

#[test]
fn digits_that_are_counted_as_bytes() {
    for (payload, digits) in [(vec![0x5a; 1], b"5A".to_vec()), (vec![0xf0; 1024], b"F0".repeat(1024))] {
        let world = online();
        world.on_command(b"AT+MQTTPUB=1,\"t\",0,0", b"\r\n>\r\n");
        let mut memory = Memory {
            transmit: vec![0; 2100],
            ..Memory::default()
        };
        let mut modem = memory.modem_with(&world, Dialect::default().data_form(DataForm::HexBytes));
        world.block_on(async {
            let mut client = connected(&mut modem).await;
            let publication = Publication::new(topic("t"), &payload);
            // The scripted module ends nothing by itself.
            assert_eq!(client.publish(&publication).await, Err(Error::Unknown));
        });
        let size = payload.len();
        let written = world.record().written().to_vec();
        let expected = [format!("AT+MQTTPUB=1,\"t\",0,0,{size}\r").as_bytes(), &digits].concat();
        assert!(
            written.windows(expected.len()).any(|part| part == expected),
            "{size} bytes"
        );
    }
}

#[test]
fn digits_need_twice_the_transmit_buffer() {
    let world = online();
    let mut memory = Memory::default();
    let mut modem = memory.modem_with(&world, Dialect::default().data_form(DataForm::HexBytes));
    world.block_on(async {
        let mut client = connected(&mut modem).await;
        let result = client.publish(&Publication::new(topic("t"), &[0; 1024])).await;
        assert!(
            matches!(result, Err(Error::Invalid(InvalidInput::TransmitBuffer { len, max: 1400 })) if len > 2048),
            "{result:?}"
        );
        let result = client.publish(&Publication::new(topic("t"), &[0; 1025])).await;
        assert!(
            matches!(result, Err(Error::Invalid(InvalidInput::Exceeds { max: 1024, .. }))),
            "{result:?}"
        );
    });
}
