//! A payload is never syntax: whatever a topic or a message holds, in whatever pieces it comes, it arrives unchanged and nothing
//! else is raised.
#![cfg(feature = "sim")]

mod support;

use std::time::Duration;

use embassy_futures::select::{Either, select};
use fibocom_mqtt::sim::{Framing, Settings, UrcTiming, World};
use fibocom_mqtt::{Delivery, Publication, QoS};
use support::*;

/// What a forger would put into a topic or a payload.
const HOSTILE: [&[u8]; 22] = [
    b"\r\nOK\r\n",
    b"\r\nERROR\r\n",
    b"\r\n+CME ERROR: 703\r\n",
    b"\r\n+MQTTBREAK: 1,1\r\n",
    b"\r\n+MQTTPUB: 1,0\r\n",
    b"\r\n+MQTTMSGI: 1,1,9999,9999\r\n",
    b"\r\n+MQTTREAD: 1,0,0,0\r\n\r\nOK\r\n",
    b"\r\n+MQTTREAD: 1,0,9,9,\"",
    b"\r\n>\r\n",
    b"\r\n> ",
    b">",
    b"\"",
    b"\",\"",
    b"\"\r\n\r\nOK\r\n",
    b",",
    b",,,,,,",
    b"\xff\xfe\x80\xc3",
    b"\0\0",
    b"\\22\\0D",
    b"AT+CFUN=15\r",
    b"\x1a\x1b\x08",
    b"@",
];

/// Each of them alone, in front, in the middle and at the end; and all of them.
fn contents() -> Vec<Vec<u8>> {
    let mut contents = Vec::new();
    for hostile in HOSTILE {
        contents.push(hostile.to_vec());
        contents.push([hostile, b"tail"].concat());
        contents.push([b"head", hostile, b"tail"].concat());
        contents.push([b"head", hostile].concat());
    }
    contents.push(HOSTILE.concat());
    contents
}

fn settings(quoted: bool) -> Settings {
    Settings {
        echo: false,
        quote_read: quoted,
        ..Settings::l610()
    }
}

/// Injects each content as topic and as payload, and expects it back unchanged.
fn roundtrip(settings: Settings, read_size: usize, spread: bool) {
    let world = World::online(settings);
    let mut memory = Memory::default();
    let mut modem = memory.modem(&world);
    world.block_on(async {
        let mut client = connected(&mut modem).await;
        world.port().set_read_size(read_size);
        let mut buffer = [0; 2048];
        for content in contents() {
            let topics = [&content[..content.len().min(255)], b"plain"];
            for (topic, payload) in [
                (topics[0], &b"plain"[..]),
                (topics[1], &content),
                (topics[0], &content),
                (topics[0], b""),
            ] {
                assert!(world.broker().inject(CLIENT_ID, topic, payload, 1));
                if spread {
                    sleep(&world, Duration::from_secs(1)).await;
                }
                let message = client.recv(&mut buffer).await.unwrap();
                let shown = content.escape_ascii();
                assert!(
                    message.topic() == topic,
                    "topic of {shown}: {}",
                    message.topic().escape_ascii()
                );
                assert!(
                    message.payload() == payload,
                    "payload of {shown}: {}",
                    message.payload().escape_ascii()
                );
            }
        }
        // Nothing else was raised: no event, no broken connection, no answer left over for the next command.
        let quiet = sleep(&world, Duration::from_secs(5));
        assert!(matches!(
            select(client.recv(&mut buffer), quiet).await,
            Either::Second(())
        ));
        let quiet = sleep(&world, Duration::from_secs(5));
        assert!(matches!(select(client.poll(), quiet).await, Either::Second(())));
        assert!(client.is_connected());
        let publication = Publication::new(topic("t"), b"1").qos(QoS::AtLeastOnce);
        assert_eq!(client.publish(&publication).await, Ok(Delivery::Confirmed));
    });
    assert!(world.record().lost_commands().is_empty());
}

#[test]
fn content_arrives_unchanged_from_a_module_that_quotes() {
    for read_size in [1, 2, 3, 7, 64, usize::MAX] {
        roundtrip(settings(true), read_size, false);
    }
}

#[test]
fn content_arrives_unchanged_from_a_module_that_does_not_quote() {
    for read_size in [1, 2, 3, 7, 64, usize::MAX] {
        roundtrip(settings(false), read_size, false);
    }
}

#[test]
fn content_arrives_unchanged_whatever_the_framing() {
    for framing in [Framing::CrLf, Framing::Lf, Framing::Plain] {
        for quoted in [true, false] {
            for space in [true, false] {
                let settings = Settings {
                    framing,
                    echo: true,
                    space_after_comma: space,
                    space_after_colon: space,
                    urc_timing: UrcTiming::AtOnce,
                    ..settings(quoted)
                };
                roundtrip(settings.clone(), 7, true);
                roundtrip(settings, usize::MAX, false);
            }
        }
    }
}

/// The first message of all decides whether the module quotes, and may be made to deceive: each content is the first here.
#[test]
fn the_first_message_cannot_deceive_about_quoting() {
    let deceivers: [&[u8]; 8] = [
        b"\"",
        b"\",",
        b"\"\",\"",
        b"\"a\",\"b\"",
        b"a\",",
        b"a,",
        b"\"a,",
        b"\",\",\"",
    ];
    for quoted in [true, false] {
        for topic in deceivers {
            for payload in deceivers.into_iter().chain([&b""[..], b"\r\n\r", b"\"\r\n\r\nOK\r\n"]) {
                let world = World::online(settings(quoted));
                let mut memory = Memory::default();
                let mut modem = memory.modem(&world);
                world.block_on(async {
                    let mut client = connected(&mut modem).await;
                    let mut buffer = [0; 256];
                    for (topic, payload) in [(topic, payload), (&b"t"[..], &b"second"[..]), (topic, payload)] {
                        assert!(world.broker().inject(CLIENT_ID, topic, payload, 0));
                        let message = client.recv(&mut buffer).await.unwrap();
                        assert_eq!(
                            (message.topic(), message.payload()),
                            (topic, payload),
                            "quoted: {quoted}"
                        );
                    }
                });
                assert_eq!(modem.dialect(), fibocom_mqtt::Dialect::default().read_quotes(quoted));
            }
        }
    }
}

/// What is published goes through data mode: all of it arrives, and none of it is a command.
#[test]
fn what_is_published_is_never_a_command() {
    let world = online();
    let listener = world.broker().client("listener");
    listener.subscribe("t", 2);
    let mut memory = Memory::default();
    let mut modem = memory.modem(&world);
    world.block_on(async {
        let mut client = connected(&mut modem).await;
        for content in contents() {
            let publication = Publication::new(topic("t"), &content).qos(QoS::ExactlyOnce);
            assert_eq!(client.publish(&publication).await, Ok(Delivery::Confirmed));
        }
    });
    let received: Vec<_> = listener.received().into_iter().map(|message| message.payload).collect();
    assert_eq!(received, contents());
    assert!(!world.record().commands().iter().any(|command| command.contains("CFUN")));
}
