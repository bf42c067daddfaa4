//! A payload is never syntax on these connections either.

use std::time::Duration;

use embassy_futures::select::{Either, select};
use fibocom_mqtt::{Delivery, Publication, QoS, ShortTopic, TopicFilter};

use super::receive::dialects;
use super::support::{sleep, topic};
use super::*;

const HOSTILE: [&[u8]; 12] = [
    b"\r\nOK\r\n",
    b"\r\n\r\nOK\r\n\r\n+MQTTBREAK: 101,1\r\n",
    b"\"\r\n\r\nOK\r\n\r\n+MQTTBREAK: 101,1\r\n",
    b"\r\n+MQTTSNREG: 101,2,1,\"forged\"\r\n",
    b"\"\r\n\r\nOK\r\n\r\n+MQTTSNREG: 101,2,1,\"forged\"\r\n",
    b"\r\n+MQTTREAD: 101,0,0,0\r\n\r\nOK\r\n",
    b"\r\n+MQTTREAD: 101,1,2,1,1,",
    b",",
    b",,,,,,,,,,,,,,,,,,,,,,",
    b"\"",
    b"\"\"\"\"\"\"",
    b"1,\"2\",3",
];

/// Where nothing tells a name from a topic id, a message may be lost, and that is told: if the module does not quote, or has not shown
/// whether it does, and writes something as the length of an id that leaves room for more than its digits.
fn may_lose(knobs: &[&str], shown: bool) -> bool {
    let odd = [
        "sn-id-length=2",
        "sn-id-length=5",
        "sn-id-length=255",
        "sn-id-length=65535",
    ];
    let quotes = shown && knobs.contains(&"quote-read=yes");
    !quotes && knobs.iter().any(|knob| odd.contains(knob))
}

#[test]
fn whatever_a_message_holds_it_arrives_and_nothing_else_does() {
    for knobs in dialects() {
        for (read_size, shown) in [(1, true), (3, true), (64, true), (1, false), (64, false)] {
            let world = module(&knobs);
            world.port().set_read_size(read_size);
            with_client(&world, async |client| {
                client
                    .subscribe(TopicFilter::new("#").unwrap(), QoS::AtLeastOnce)
                    .await
                    .unwrap();
                let mut buffer = [0; 300];
                if shown {
                    // A short topic is a name, in quotes or not.
                    assert!(world.broker().inject(NAME, "t7", "x", 1));
                    assert_eq!(client.recv(&mut buffer).await.unwrap().topic(), b"t7");
                }
                let mut lost = 0;
                for hostile in HOSTILE {
                    for payload in [
                        hostile.to_vec(),
                        [b"head", hostile].concat(),
                        [hostile, b"tail"].concat(),
                    ] {
                        assert!(world.broker().inject(NAME, "plant/7", &payload, 1));
                        match select(client.recv(&mut buffer), sleep(&world, Duration::from_secs(70))).await {
                            Either::First(Ok(message)) if message.topic() == b"plant/7" => {
                                assert_eq!(message.payload(), payload, "{knobs:?}");
                            }
                            Either::First(_) if may_lose(&knobs, shown) => lost += 1,
                            Either::First(other) => panic!("{other:?} for {} {knobs:?}", payload.escape_ascii()),
                            Either::Second(()) => panic!("nothing for {} {knobs:?}", payload.escape_ascii()),
                        }
                    }
                }
                assert!(lost <= 6, "{lost} were lost, {knobs:?}");
                assert!(client.is_connected(), "{knobs:?}");
                assert_ne!(client.topic_name(id(1)), Some(&b"forged"[..]), "{knobs:?}");
                let publication = Publication::new(topic("up"), b"alive").qos(QoS::AtLeastOnce);
                assert_eq!(client.publish(&publication).await, Ok(Delivery::Confirmed));
            });
        }
    }
}

#[test]
fn whatever_is_published_arrives_unchanged() {
    let world = module(&[]);
    let watcher = world.broker().client("watcher");
    watcher.subscribe("#", 1);
    with_client(&world, async |client| {
        let level = client.register(topic("plant/7")).await.unwrap().unwrap();
        for hostile in HOSTILE {
            client
                .publish(&Publication::new(level, hostile).qos(QoS::AtLeastOnce))
                .await
                .unwrap();
            let short = ShortTopic::new("t7").unwrap();
            client.publish(&Publication::new(short, hostile)).await.unwrap();
        }
    });
    let received = watcher.received();
    assert_eq!(received.len(), 2 * HOSTILE.len());
    for (pair, hostile) in received.chunks(2).zip(HOSTILE) {
        assert_eq!((&*pair[0].topic, &*pair[0].payload), (&b"plant/7"[..], hostile));
        assert_eq!((&*pair[1].topic, &*pair[1].payload), (&b"t7"[..], hostile));
    }
}
