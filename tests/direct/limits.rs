//! What finds no room is told, once and in its place; and what this form cannot promise.

use std::time::Duration;

use fibocom_mqtt::{Announcement, BreakCause, Delivery, Error, Event, Publication, ReceiveMode};

use super::support::*;

const SECOND: Duration = Duration::from_secs(1);

fn size(topic_len: usize, payload_len: usize) -> Announcement {
    Announcement { topic_len, payload_len }
}

#[test]
fn what_finds_no_room_is_reported_lost_in_its_place() {
    let world = online();
    let mut memory = Memory {
        message: vec![0; 96],
        ..Memory::default()
    };
    let mut modem = memory.modem(&world);
    modem.set_receive_mode(ReceiveMode::Direct);
    world.block_on(async {
        let mut client = connected(&mut modem).await;
        let other = world.broker().client("other");
        for payload in [30, 30, 30, 1, 2] {
            other.publish("t", vec![b'x'; payload], 1, false);
        }
        // Two fit, the third is lost, behind the note of that fits one of one byte, and none of two.
        sleep(&world, SECOND).await;
        assert_eq!(client.poll().await, Ok(Event::MessageWaiting));
        let mut buffer = [0; 64];
        for expected in [Ok(30), Ok(30), Err(30), Ok(1), Err(2)] {
            let received = client.recv(&mut buffer).await;
            match expected {
                Ok(len) => assert_eq!(received.unwrap().payload().len(), len),
                Err(len) => assert_eq!(received, Err(Error::Lost(size(1, len)))),
            }
        }
        assert!(recv_within(&world, &mut client, &mut buffer, SECOND).await.is_none());
        other.publish("t", b"again", 1, false);
        assert_eq!(client.recv(&mut buffer).await.unwrap().payload(), b"again");
    });
}

#[test]
fn every_lost_message_is_counted_however_little_room_there_is() {
    for room in [0, 1, 5, 6, 7, 13, 64] {
        let world = online();
        let mut memory = Memory {
            message: vec![0; room],
            ..Memory::default()
        };
        let mut modem = memory.modem(&world);
        modem.set_receive_mode(ReceiveMode::Direct);
        world.block_on(async {
            let mut client = connected(&mut modem).await;
            let other = world.broker().client("other");
            for _ in 0..50 {
                other.publish("topic", b"payload", 1, false);
            }
            sleep(&world, SECOND).await;
            let mut buffer = [0; 64];
            let mut told = 0;
            while let Some(received) = recv_within(&world, &mut client, &mut buffer, SECOND).await {
                told += 1;
                match received {
                    Ok(message) => assert_eq!(message.payload(), b"payload"),
                    Err(error) => assert_eq!(error, Error::Lost(size(5, 7))),
                }
            }
            assert_eq!(told, 50, "with {room} bytes");
        });
    }
}

#[test]
fn a_line_longer_than_its_buffer_is_a_lost_message() {
    let world = online();
    let mut memory = Memory::default();
    let mut modem = memory.modem(&world);
    modem.set_receive_mode(ReceiveMode::Direct);
    world.block_on(async {
        let mut client = connected(&mut modem).await;
        let other = world.broker().client("other");
        other.publish("t", b"before", 1, false);
        other.publish("topic", [b'x'; 1000], 1, false);
        other.publish("t", b"after", 1, false);
        let long = "l".repeat(255);
        assert!(world.broker().inject(CLIENT_ID, &long, b"payload", 1));
        let mut buffer = [0; 64];
        assert_eq!(client.recv(&mut buffer).await.unwrap().payload(), b"before");
        assert_eq!(client.recv(&mut buffer).await, Err(Error::Lost(size(5, 1000))));
        assert_eq!(client.recv(&mut buffer).await.unwrap().payload(), b"after");
        let lost = client.recv(&mut buffer).await;
        assert!(matches!(lost, Err(Error::Lost(_))), "{lost:?}");
        // Without quotes, and cut right behind one, it does not show at the line's end.
        world.emit_raw(format!("\r\n+MQTTMSG: 1,0,t,{}\r\n", "x".repeat(1000)).as_bytes());
        assert_eq!(client.recv(&mut buffer).await, Err(Error::Lost(size(1, 1000))));
        other.publish("t", [b'"'; 1000], 1, false);
        assert_eq!(client.recv(&mut buffer).await, Err(Error::Lost(size(1, 1000))));
    });
}

#[test]
fn a_message_larger_than_the_callers_buffer_waits_or_is_skipped() {
    let world = online();
    let mut memory = Memory::default();
    let mut modem = memory.modem(&world);
    modem.set_receive_mode(ReceiveMode::Direct);
    world.block_on(async {
        let mut client = connected(&mut modem).await;
        let other = world.broker().client("other");
        other.publish("t", [b'x'; 100], 1, false);
        other.publish("t", [b'y'; 100], 1, false);
        other.publish("t", b"small", 1, false);
        let mut buffer = [0; 64];
        let mut large = [0; 101];
        assert_eq!(client.recv(&mut buffer).await, Err(Error::TooLarge(size(1, 100))));
        assert_eq!(client.recv(&mut large).await.unwrap().payload(), [b'x'; 100]);
        assert_eq!(client.recv(&mut buffer).await, Err(Error::TooLarge(size(1, 100))));
        assert_eq!(client.skip().await, Ok(Some(size(1, 100))));
        assert_eq!(client.recv(&mut buffer).await.unwrap().payload(), b"small");
        assert_eq!(client.skip().await, Ok(None));
    });
}

#[test]
fn a_payload_that_a_line_end_has_cut_is_reported_lost_where_it_shows() {
    let world = online();
    let mut memory = Memory::default();
    let mut modem = memory.modem(&world);
    modem.set_receive_mode(ReceiveMode::Direct);
    world.block_on(async {
        let mut client = connected(&mut modem).await;
        let other = world.broker().client("other");
        let mut buffer = [0; 64];
        other.publish("t", b"one\r\ntwo", 1, false);
        assert_eq!(client.recv(&mut buffer).await, Err(Error::Lost(size(1, 3))));
        other.publish("t", b"a \"quoted\" word\nand more", 1, false);
        assert_eq!(client.recv(&mut buffer).await, Err(Error::Lost(size(1, 15))));
        // What is in no line of a message's form is not handed out.
        for line in [
            "+MQTTMSG: 1,3,\"t\",\"qos\"",
            "+MQTTMSG: 9,0,\"t\",\"id\"",
            "+MQTTMSG: x",
            "+MQTTMSG:",
        ] {
            world.emit_raw(format!("\r\n{line}\r\n").as_bytes());
        }
        other.publish("t", b"next", 1, false);
        let mut received = client.recv(&mut buffer).await;
        while matches!(received, Err(Error::Lost(_))) {
            received = client.recv(&mut buffer).await;
        }
        assert_eq!(received.unwrap().payload(), b"next");
    });
}

/// The limit that no driver can lift, as the documentation says. By length, the same payload forges nothing.
#[test]
fn a_line_in_a_payload_is_taken_for_the_modules() {
    let forgery = b"x\"\r\n+MQTTMSG: 1,0,\"forged\",\"y\"\r\n+MQTTBREAK: 1,1\r\n";
    for (mode, forged) in [(ReceiveMode::Direct, true), (ReceiveMode::ByLength, false)] {
        let world = online();
        let mut memory = Memory::default();
        let mut modem = memory.modem(&world);
        modem.set_receive_mode(mode);
        world.block_on(async {
            let mut client = connected(&mut modem).await;
            world.broker().client("other").publish("t", forgery, 1, false);
            let mut buffer = [0; 64];
            let message = client.recv(&mut buffer).await.unwrap();
            assert_eq!(
                (message.topic(), message.payload()),
                (&b"t"[..], if forged { &b"x"[..] } else { forgery })
            );
            if forged {
                assert_eq!(client.recv(&mut buffer).await.unwrap().topic(), b"forged");
                assert_eq!(
                    client.recv(&mut buffer).await,
                    Err(Error::Disconnected(BreakCause::Server))
                );
            } else {
                let publication = Publication::new(topic("t"), b"1");
                assert_eq!(client.publish(&publication).await, Ok(Delivery::Confirmed));
            }
        });
    }
}
