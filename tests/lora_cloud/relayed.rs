//! The relay over the MQTT client, on the simulated module.
#![cfg(feature = "sim")]

#[path = "../support/mod.rs"]
mod support;

use std::time::Duration;

use fibocom_mqtt::profile::TooLarge;
use fibocom_mqtt::profile::lora_cloud::*;
use fibocom_mqtt::{Delivery, Error, InvalidInput, Limit, Publication, QoS, TopicFilter};
use support::*;

const DEVICE: Eui = Eui([0x10, 0xce, 0x45, 0xff, 0xfe, 0x00, 0xc7, 0xec]);
const UP: &str = "lora/10-CE-45-FF-FE-00-C7-EC/up";
const DOWN: &str = "lora/10-CE-45-FF-FE-00-C7-EC/down";

fn relay() -> Relay<'static> {
    Relay::new(Topics::new("lora"))
}

fn joining() -> DeviceUplink {
    let uplink = UplinkMessage::Joining(Joining {
        timestamp: Some(1234.into()),
        dr: Some(3),
        freq: Some(868_100_000),
    });
    DeviceUplink { deveui: DEVICE, uplink }
}

/// Connected, and subscribed to nothing.
async fn open<'m, 'b>(modem: &'m mut TestModem<'b>) -> TestClient<'m, 'b> {
    let mut client = modem.client(fibocom_mqtt::ConnectionId::FIRST);
    client.connect(&options()).await.unwrap();
    client
}

#[test]
fn an_uplink_is_published_on_the_devices_topic() {
    let world = online();
    let mut memory = Memory::default();
    let mut modem = memory.modem(&world);
    world.block_on(async {
        let mut client = open(&mut modem).await;
        let mut buffer = [0; 256];
        let sent = relay().send(&mut client, &joining(), &mut buffer).await;
        assert_eq!(sent, Ok(Delivery::Confirmed));
        let map = [joining()];
        relay()
            .send_as(&mut client, DEVICE, &UplinkMap(&map), &mut buffer)
            .await
            .unwrap();
    });
    let published: Vec<_> = world
        .broker()
        .published()
        .into_iter()
        .map(|(_, message)| message)
        .collect();
    let expected = [
        r#"{"deveui":"10-CE-45-FF-FE-00-C7-EC","uplink":{"msgtype":"joining","timestamp":1234,"dr":3,"freq":868100000}}"#,
        r#"{"10-CE-45-FF-FE-00-C7-EC":{"msgtype":"joining","timestamp":1234,"dr":3,"freq":868100000}}"#,
    ];
    assert_eq!(published.len(), 2);
    for (message, expected) in published.iter().zip(expected) {
        assert_eq!(
            (&message.topic[..], &message.payload[..]),
            (UP.as_bytes(), expected.as_bytes())
        );
        assert_eq!((message.qos, message.retain), (1, false));
    }
}

#[test]
fn what_cannot_be_sent_is_refused_before_the_wire() {
    let world = online();
    let mut memory = Memory::default();
    let mut modem = memory.modem(&world);
    world.block_on(async {
        let mut client = open(&mut modem).await;
        let mut buffer = [0; 2048];
        // A rule.
        let uplink = DeviceUplink::<256> {
            deveui: DEVICE,
            uplink: UplinkMessage::Updf(Updf {
                port: Some(199),
                ..Updf::default()
            }),
        };
        let error = relay().send(&mut client, &uplink, &mut buffer).await.unwrap_err();
        assert_eq!(error.to_string(), "uplink.payload: is missing: add it");
        // Unless the device has other ports.
        let ports = DevicePorts {
            modem: 5,
            stream: 5,
            ..DevicePorts::default()
        };
        relay()
            .with_ports(ports)
            .send(&mut client, &uplink, &mut buffer)
            .await
            .unwrap();
        // The caller's buffer.
        let error = relay()
            .send(&mut client, &joining(), &mut buffer[..100])
            .await
            .unwrap_err();
        let (needed, max) = (108, 100);
        assert_eq!(
            error,
            RelayError::Encode(EncodeError::TooLarge(TooLarge { needed, max }))
        );
        // The module: it takes 1024 bytes.
        let large = DeviceUplink::<600> {
            deveui: DEVICE,
            uplink: UplinkMessage::Gnss(GnssMessage {
                payload: Hex::new(&[1; 600]).unwrap(),
                ..GnssMessage::default()
            }),
        };
        match relay().send(&mut client, &large, &mut buffer).await {
            Err(RelayError::Client(Error::Invalid(InvalidInput::Exceeds { limit, asked, max, .. }))) => {
                assert_eq!((limit, asked, max), (Limit::Payload, 1277, 1024));
            }
            other => panic!("{other:?}"),
        }
        // The topic.
        let wild = Relay::new(Topics::new("lora/#"));
        let error = wild.send(&mut client, &joining(), &mut buffer).await.unwrap_err();
        assert_eq!(error, RelayError::Client(Error::Invalid(InvalidInput::Wildcard)));
    });
    assert_eq!(world.broker().published().len(), 1);
}

#[test]
fn replies_are_told_from_other_messages_and_a_broken_one_is_passed_over() {
    let world = online();
    let mut memory = Memory::default();
    let mut modem = memory.modem(&world);
    world.block_on(async {
        let mut client = open(&mut modem).await;
        relay().subscribe(&mut client).await.unwrap();
        assert_eq!(world.broker().subscriptions(CLIENT_ID), [(b"lora/+/down".to_vec(), 1)]);
        client.subscribe(TopicFilter::new("other").unwrap(), QoS::AtLeastOnce).await.unwrap();
        let service = world.broker().client("service");
        service.publish(DOWN, r#"{"result":{"dnlink":{"port":199,"payload":"05"}}}"#, 1, false);
        service.publish(DOWN, "{", 1, false);
        service.publish("other", "x", 1, false);
        let mut buffer = [0; 512];
        // A recv that is dropped loses nothing.
        for _ in 0..2 {
            let relay = relay();
            let dropped = relay.recv(&mut client, &mut buffer);
            embassy_futures::select::select(dropped, std::future::ready(())).await;
        }
        match relay().recv(&mut client, &mut buffer).await {
            Ok(Received::Reply { deveui, reply }) => {
                assert_eq!(deveui, Some(DEVICE));
                let answer = reply.answers().next().unwrap();
                let response: UplinkResponse = answer.response().unwrap().unwrap();
                let downlink = Downlink { port: 199, payload: Hex::new(&[5]).unwrap() };
                assert!(response.actions().eq([Action::Downlink(&downlink)]));
            }
            other => panic!("{other:?}"),
        }
        let broken = relay().recv(&mut client, &mut buffer).await.unwrap_err();
        let said = "the reply was not understood: the document: not JSON at byte 1: the document ends here, and something is missing";
        assert_eq!(broken.to_string(), said);
        match relay().recv(&mut client, &mut buffer).await {
            Ok(Received::Other(message)) => assert_eq!(message.payload(), b"x"),
            other => panic!("{other:?}"),
        }
        // What was received otherwise.
        service.publish(DOWN, "{}", 1, false);
        let received = recv_within(&world, &mut client, &mut buffer, Duration::from_secs(5)).await;
        let message = received.unwrap().unwrap();
        assert!(matches!(relay().read(message), Ok(Received::Reply { deveui: Some(DEVICE), .. })));
        // Uplinks still go after all that.
        client.publish(&Publication::new(topic("t"), b"1")).await.unwrap();
    });
}
