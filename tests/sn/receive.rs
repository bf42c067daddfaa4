//! Messages that come with a topic id, with a name, or with two characters.

use std::time::Duration;

use embassy_futures::select::{Either, select};
use fibocom_mqtt::{Announcement, Error, Message, QoS, ReceiveMode, TopicFilter};

use super::support::{sleep, topic};
use super::*;

/// What READ says of the length of a topic id.
const LENGTHS: [&str; 8] = [
    "sn-id-length=0",
    "sn-id-length=1",
    "sn-id-length=2",
    "sn-id-length=5",
    "sn-id-length=digits",
    "sn-id-length=id",
    "sn-id-length=255",
    "sn-id-length=65535",
];

/// Every way to print topics, ids and lengths that the simulator has.
pub fn dialects() -> Vec<Vec<&'static str>> {
    let mut dialects = Vec::new();
    for quotes in ["quote-read=yes", "quote-read=no"] {
        for announce in ["sn-announce=id", "sn-announce=length"] {
            dialects.push(vec![quotes, announce, "sn-topics=names"]);
            dialects.extend(LENGTHS.map(|length| vec![quotes, announce, length]));
        }
    }
    dialects
}

async fn next<'buf>(world: &World, client: &mut TestSnClient<'_, '_>, buffer: &'buf mut [u8]) -> Message<'buf> {
    match select(client.recv(buffer), sleep(world, Duration::from_secs(30))).await {
        Either::First(message) => message.unwrap(),
        Either::Second(()) => panic!("no message came"),
    }
}

#[test]
fn a_message_comes_under_its_name_in_every_dialect() {
    for knobs in dialects() {
        let world = module(&knobs);
        let other = world.broker().client("other");
        with_client(&world, async |client| {
            client
                .subscribe(TopicFilter::new("#").unwrap(), QoS::ExactlyOnce)
                .await
                .unwrap();
            let mut buffer = [0; 300];
            for (name, payload) in [
                ("plant/7/level", &b"2.71"[..]),
                ("t7", b"short"),
                ("plant/7/level", b""),
                ("plant/8", b"\r\nOK\r\n+MQTTBREAK: 101,1\r\n"),
                ("plant/9", &[0xff; 200]),
            ] {
                other.publish(name, payload, 1, false);
                let message = next(&world, client, &mut buffer).await;
                assert_eq!(message.topic_str(), Some(name), "{knobs:?}");
                assert_eq!(message.payload(), payload, "{knobs:?}");
                assert_eq!(message.qos(), QoS::AtLeastOnce);
                let by_id = name.len() != 2 && !knobs.contains(&"sn-topics=names");
                assert_eq!(message.topic_id().is_some(), by_id, "{knobs:?}");
            }
            assert_eq!((client.counters().received, client.counters().lost), (5, 0));
        });
    }
}

#[test]
fn an_id_whose_name_is_not_known_is_given_as_it_is() {
    let world = module(&["sn-predefined=900=plant/9"]);
    let other = world.broker().client("other");
    with_client(&world, async |client| {
        client.subscribe(id(900), QoS::AtLeastOnce).await.unwrap();
        other.publish("plant/9", "x", 1, false);
        // The payload needs no room for a name.
        let mut buffer = [0; 1];
        let message = next(&world, client, &mut buffer).await;
        assert_eq!(message.topic_id(), Some(id(900)));
        assert_eq!((message.topic(), message.payload()), (&b""[..], &b"x"[..]));
    });
}

#[test]
fn a_buffer_without_room_for_the_name_is_told_and_nothing_is_lost() {
    let world = module(&[]);
    let other = world.broker().client("other");
    with_client(&world, async |client| {
        client
            .subscribe(TopicFilter::new("plant/+").unwrap(), QoS::AtLeastOnce)
            .await
            .unwrap();
        other.publish("plant/9", "four", 1, false);
        let mut small = [0; 10];
        let size = Announcement {
            topic_len: 7,
            payload_len: 4,
        };
        let told = select(client.recv(&mut small), sleep(&world, Duration::from_secs(30))).await;
        let Either::First(told) = told else {
            panic!("nothing came")
        };
        assert_eq!(told.unwrap_err(), Error::TooLarge(size));
        let mut buffer = [0; 11];
        let message = next(&world, client, &mut buffer).await;
        assert_eq!((message.topic(), message.payload()), (&b"plant/9"[..], &b"four"[..]));
    });
}

#[test]
fn announcements_are_not_sized_and_do_not_wait_for_silence() {
    // Ids that would be sizes no buffer has.
    let world = module(&["sn-predefined=65535=plant/9"]);
    let other = world.broker().client("other");
    with_client(&world, async |client| {
        client.subscribe(id(65535), QoS::AtLeastOnce).await.unwrap();
        for n in 0..3u8 {
            other.publish("plant/9", [n], 1, false);
        }
        sleep(&world, Duration::from_secs(1)).await;
        let start = world.clock().elapsed();
        let mut buffer = [0; 16];
        for n in 0..3 {
            let message = next(&world, client, &mut buffer).await;
            assert_eq!(message.payload(), [n]);
        }
        assert!(world.clock().elapsed() - start < Duration::from_millis(1000));
    });
}

#[test]
fn messages_in_lines_have_ids_and_names_too() {
    for knobs in [&["sn-topics=ids"][..], &["sn-topics=names"]] {
        let world = module(knobs);
        let other = world.broker().client("other");
        with_modem(&world, 64, async |modem| {
            modem.set_receive_mode(ReceiveMode::Direct);
            let mut client = modem.client(SnConnectionId::FIRST);
            client.connect(&options()).await.unwrap();
            client
                .subscribe(TopicFilter::new("#").unwrap(), QoS::AtLeastOnce)
                .await
                .unwrap();
            let mut buffer = [0; 64];
            for name in ["plant/7", "12", "plant/7"] {
                other.publish(name, "text", 1, false);
                let message = next(&world, &mut client, &mut buffer).await;
                assert_eq!(
                    (message.topic_str(), message.payload()),
                    (Some(name), &b"text"[..]),
                    "{knobs:?}"
                );
                let by_id = name.len() != 2 && knobs[0] == "sn-topics=ids";
                assert_eq!(message.topic_id(), by_id.then(|| id(1)), "{knobs:?}");
            }
        });
    }
}

#[test]
fn a_registration_that_comes_between_the_answers_of_another_command_is_noted() {
    let world = module(&[]);
    with_client(&world, async |client| {
        world.emit_raw(b"\r\n+MQTTSNREG: 101,2,77,\"plant/a,\"b\"\r\n\r\n+MQTTSNREG: 102,2,77,\"other\"\r\n");
        client.register(topic("plant/1")).await.unwrap();
        assert_eq!(client.topic_name(id(77)), Some(&b"plant/a,\"b"[..]));
        // The id is given to another topic.
        world.emit_raw(b"\r\n+MQTTSNREG: 101,2,77,\"plant/b\"\r\n");
        client.register(topic("plant/1")).await.unwrap();
        assert_eq!(client.topic_name(id(77)), Some(&b"plant/b"[..]));
    });
}

#[test]
fn a_payload_too_large_stays_in_the_module() {
    let world = module(&["sn-announce=id"]);
    let other = world.broker().client("other");
    with_client(&world, async |client| {
        client
            .subscribe(TopicFilter::new("plant/9").unwrap(), QoS::AtLeastOnce)
            .await
            .unwrap();
        other.publish("plant/9", [b'x'; 40], 1, false);
        other.publish("plant/9", "small", 1, false);
        sleep(&world, Duration::from_secs(1)).await;
        let size = Announcement {
            topic_len: 0,
            payload_len: 40,
        };
        let mut small = [0; 39];
        for _ in 0..2 {
            assert_eq!(client.recv(&mut small).await.unwrap_err(), Error::TooLarge(size));
        }
        assert_eq!(commands(&world, "AT+MQTTREAD"), [""; 0]);
        assert_eq!(client.skip().await, Ok(Some(size)));
        let message = client.recv(&mut small).await.unwrap();
        assert_eq!(message.payload(), b"small");
        assert_eq!(client.counters().lost, 0);
    });
}

#[test]
fn a_message_that_waits_does_not_come_under_the_name_of_a_later_topic() {
    // In lines, so that several wait in the driver.
    for reopened in [true, false] {
        let world = module(&[]);
        with_modem(&world, 128, async |modem| {
            modem.set_receive_mode(ReceiveMode::Direct);
            let mut client = modem.client(SnConnectionId::FIRST);
            client.connect(&options()).await.unwrap();
            world.emit_raw(b"\r\n+MQTTSNREG: 101,2,77,\"former\"\r\n\r\n+MQTTMSG: 101,0,78,\"0\"\r\n");
            world.emit_raw(b"\r\n+MQTTMSG: 101,0,77,\"1\"\r\n\r\n+MQTTMSG: 101,1,77,\"2\"\r\n");
            sleep(&world, Duration::from_secs(1)).await;
            if reopened {
                client.disconnect().await.unwrap();
                client.connect(&options()).await.unwrap();
            }
            world.emit_raw(b"\r\n+MQTTSNREG: 101,2,77,\"later\"\r\n\r\n+MQTTMSG: 101,1,77,\"3\"\r\n");
            world.emit_raw(b"\r\n+MQTTSNREG: 101,2,78,\"known now\"\r\n");
            sleep(&world, Duration::from_secs(1)).await;
            let mut buffer = [0; 16];
            let expected: [(u16, &[u8], QoS, &[u8]); 4] = [
                (78, if reopened { b"" } else { b"known now" }, QoS::AtMostOnce, b"0"),
                (77, b"", QoS::AtMostOnce, b"1"),
                (77, b"", QoS::AtLeastOnce, b"2"),
                (77, b"later", QoS::AtLeastOnce, b"3"),
            ];
            for (number, name, qos, payload) in expected {
                let message = next(&world, &mut client, &mut buffer).await;
                assert_eq!(message.topic_id(), Some(id(number)));
                assert_eq!((message.topic(), message.payload()), (name, payload), "{reopened}");
                assert_eq!(message.qos(), qos);
            }
        });
    }
}

#[test]
fn a_message_that_was_read_before_another_connection_keeps_its_number() {
    let world = module(&[]);
    let other = world.broker().client("other");
    with_client(&world, async |client| {
        client
            .subscribe(TopicFilter::new("#").unwrap(), QoS::AtLeastOnce)
            .await
            .unwrap();
        other.publish("plant/9", "x", 1, false);
        // Too small for its name, so it waits in the driver.
        let mut one = [0; 1];
        let told = select(client.recv(&mut one), sleep(&world, Duration::from_secs(30))).await;
        assert!(matches!(told, Either::First(Err(Error::TooLarge(_)))));
        client.disconnect().await.unwrap();
        client.connect(&options()).await.unwrap();
        assert_eq!(client.register(topic("other")).await, Ok(Some(id(1))));
        let mut buffer = [0; 16];
        let message = next(&world, client, &mut buffer).await;
        assert_eq!((message.topic(), message.payload()), (&b""[..], &b"x"[..]));
        assert_eq!(message.topic_id(), Some(id(1)));
    });
}

#[test]
fn a_message_whose_name_leaves_no_room_in_the_message_buffer_is_lost_and_told_with_its_size() {
    let world = module(&[]);
    let other = world.broker().client("other");
    let (mut line, mut message, mut transmit) = ([0; 128], [0; 16], [0; 400]);
    let buffers = Buffers::new(&mut line, &mut message, &mut transmit);
    let mut modem = Modem::new(world.port(), world.clock(), buffers);
    modem.set_model("L610".parse().unwrap());
    world.block_on(async {
        let mut client = modem.client(SnConnectionId::FIRST);
        client.connect(&options()).await.unwrap();
        client
            .subscribe(TopicFilter::new("t2").unwrap(), QoS::AtLeastOnce)
            .await
            .unwrap();
        other.publish("t2", [b'\n'; 15], 1, false);
        other.publish("t2", "next", 1, false);
        let mut buffer = [0; 64];
        let lost = client.recv(&mut buffer).await.unwrap_err();
        let size = Announcement {
            topic_len: 2,
            payload_len: 15,
        };
        assert_eq!(lost, Error::Lost(size));
        assert_eq!(client.recv(&mut buffer).await.unwrap().payload(), b"next");
        assert_eq!((client.counters().received, client.counters().lost), (1, 1));
    });
}

#[test]
fn two_digits_without_quotes_are_not_given_a_name_that_may_not_be_meant() {
    for (length, named) in [("sn-id-length=2", false), ("sn-id-length=0", true)] {
        for direct in [false, true] {
            let world = module(&["quote-read=no", length]);
            let other = world.broker().client("other");
            with_modem(&world, 512, async |modem| {
                modem.set_receive_mode(if direct {
                    ReceiveMode::Direct
                } else {
                    ReceiveMode::ByLength
                });
                let mut client = modem.client(SnConnectionId::FIRST);
                client.connect(&options()).await.unwrap();
                let filter = TopicFilter::new("#").unwrap();
                client.subscribe(filter, QoS::AtLeastOnce).await.unwrap();
                world.emit_raw(b"\r\n+MQTTSNREG: 101,2,12,\"plant/12\"\r\n");
                let mut buffer = [0; 64];
                if direct {
                    // Without quotes, as some modules print it.
                    world.emit_raw(b"\r\n+MQTTMSG: 101,1,12,short twelve\r\n");
                } else {
                    other.publish("12", "short twelve", 1, false);
                }
                let message = next(&world, &mut client, &mut buffer).await;
                assert_eq!(message.payload(), b"short twelve");
                assert_eq!(
                    (message.topic(), message.topic_id()),
                    (&b""[..], Some(id(12))),
                    "{length} {direct}"
                );
                assert_eq!(message.topic_str(), None);
                if !direct {
                    // A topic id whose length says that it is none of two characters has its name.
                    world.on_command(
                        b"AT+MQTTREAD=101",
                        format!("\r\n+MQTTREAD: 101,1,{},1,12,x\r\n\r\nOK\r\n", &length[13..]).as_bytes(),
                    );
                    world.emit_raw(b"\r\n+MQTTMSGI: 101,1,12,1\r\n");
                    let message = next(&world, &mut client, &mut buffer).await;
                    assert_eq!(message.topic() == b"plant/12", named, "{length}");
                }
            });
        }
    }
}
