//! MQTT-SN to a real server: `dongle`, and the library itself, over the simulated module and the gateway in it to mosquitto.
//!
//! Run with `cargo test --all-features --test mosquitto_sn -- --ignored`; it fails where mosquitto is not installed. No test depends on
//! how long anything takes.
#![cfg(all(unix, feature = "sim", feature = "serialport", feature = "std", feature = "log"))]

#[path = "tool/mosquitto.rs"]
mod mosquitto;
#[path = "tool/mod.rs"]
mod tool;

use fibocom_mqtt::{
    Buffers, Delivery, Error, FlowControl, Modem, ModuleError, Network, Publication, QoS, SerialTransport, ShortTopic,
    SnClient, SnConnectOptions, SnConnectionId, StdClock, TopicFilter, TopicId, TopicName, TopicNames, Will,
};
use futures_lite::future::block_on;
use mosquitto::Mosquitto;
use tool::{Done, PATIENCE, Running, Simulator, all_bytes, run, text, wait_for};

/// What gateway and module know of topic 300.
const PREDEFINED: [&str; 2] = ["--set", "sn-predefined=300=plant/300"];
const QOS: [(&str, QoS); 3] = [("0", QoS::AtMostOnce), ("1", QoS::AtLeastOnce), ("2", QoS::ExactlyOnce)];

/// A simulated module in front of the server.
fn module(server: &Mosquitto, more: &[&str]) -> Simulator {
    let broker = format!("127.0.0.1:{}", server.port);
    Simulator::start(["--broker", &broker].iter().chain(&PREDEFINED).chain(more))
}

fn dongle_pub(module: &Simulator, arguments: &[&str]) -> Done {
    let first = ["--port", &module.port, "pub", "--id", "101", "-h", "gateway"];
    run(first.iter().chain(arguments))
}

fn dongle_sub(server: &Mosquitto, module: &Simulator, arguments: &[&str]) -> Running {
    let format = ["-F", "%t %p", "-C", "1", "-q", "1"];
    server.dongle_sub_on(101, module, 1, &[&format, arguments].concat())
}

/// The library on the module's port, connected to the gateway.
fn connected<T>(
    module: &Simulator,
    options: &SnConnectOptions<'_>,
    work: impl AsyncFnOnce(SnClient<'_, '_, SerialTransport, StdClock>) -> T,
) -> T {
    let (mut line, mut message, mut transmit, mut names) = ([0; 512], [0; 1279], [0; 1400], [0; 5 * 64]);
    let mut topics = TopicNames::new(&mut names);
    let buffers = Buffers::new(&mut line, &mut message, &mut transmit).topics(&mut topics);
    let port = SerialTransport::open(&module.port, 115_200, FlowControl::None).unwrap();
    let mut modem = Modem::new(port, StdClock::new(), buffers);
    block_on(async {
        modem.attach(PATIENCE).await.unwrap();
        modem.bring_up(&Network::new(), PATIENCE).await.unwrap();
        let mut client = modem.client(SnConnectionId::FIRST);
        client.connect(options).await.unwrap();
        work(client).await
    })
}

const GATEWAY: SnConnectOptions<'static> = SnConnectOptions::new("gateway", 10_000);

#[test]
#[ignore = "needs mosquitto"]
fn every_byte_of_dongle_reaches_mosquitto_sub_however_its_topic_is_named() {
    let server = Mosquitto::start();
    let module = module(&server, &[]);
    let payload = server.file("payload");
    std::fs::write(&payload, all_bytes(4)).unwrap();
    for (topic, named) in [
        ("plant/7", &["-t", "plant/7"][..]),
        ("plant/8", &["-t", "plant/8", "--register"]),
        ("p7", &["-t", "p7"]),
        ("plant/300", &["--topic-id", "300"]),
    ] {
        for (qos, _) in QOS {
            let subscriber = server.subscriber(&["-t", topic, "-q", qos, "-C", "2", "-N"]);
            let done = dongle_pub(&module, &[named, &["-q", qos, "-f", text(&payload)]].concat()).succeeded();
            assert!(done.text().ends_with("confirmed\n"), "{}", done.text());
            let seen = subscriber.end().succeeded().out;
            assert!(seen == all_bytes(4), "{topic} at {qos}: {} bytes", seen.len());
        }
    }
}

#[test]
#[ignore = "needs mosquitto"]
fn messages_of_mosquitto_pub_reach_dongle_under_their_names() {
    let server = Mosquitto::start();
    let module = module(&server, &[]);
    for (named, topic, seen) in [
        (&["-t", "plant/+/alarm"][..], "plant/9/alarm", "plant/9/alarm hot\n"),
        (&["-t", "plant/7", "--register"], "plant/7", "plant/7 hot\n"),
        (&["-t", "plant/7"], "plant/7", "id:1 hot\n"),
        (&["-t", "p7"], "p7", "p7 hot\n"),
        (&["--topic-id", "300"], "plant/300", "id:300 hot\n"),
        (&["-t", "plant/#", "--direct"], "plant/9", "plant/9 hot\n"),
    ] {
        let subscriber = dongle_sub(&server, &module, named);
        server.publish(&["-t", topic, "-m", "hot", "-q", "1"]);
        assert_eq!(subscriber.end().succeeded().text(), seen, "{named:?}");
        if named[1].contains(['+', '#']) {
            // The gateway has told the name, unasked.
            wait_for(&server.file("trace"), &format!("< +MQTTSNREG: 101,2,1,\"{topic}\""));
        }
    }
}

#[test]
#[ignore = "needs mosquitto"]
fn the_will_of_dongle_arrives_when_the_module_is_lost() {
    let server = Mosquitto::start();
    let mut module = module(&server, &[]);
    let watcher = server.subscriber(&["-t", "will/sn", "-C", "2", "-q", "1", "-N"]);
    let will = ["--will-topic", "will/sn", "--will-payload", "gone", "--will-qos", "1"];
    let _doomed = dongle_sub(&server, &module, &[&["-t", "x/y"], &will[..]].concat());
    module.kill();
    assert_eq!(watcher.end().succeeded().out, b"gone");
}

#[test]
#[ignore = "needs mosquitto"]
fn a_registered_topic_is_published_to_at_each_quality_of_service() {
    let server = Mosquitto::start();
    let module = module(&server, &[]);
    let subscriber = server.subscriber(&["-t", "plant/7/level", "-q", "2", "-C", "4"]);
    connected(&module, &GATEWAY, async |mut client| {
        let level = TopicName::new("plant/7/level").unwrap();
        let id = client.register(level).await.unwrap().expect("this module tells it");
        assert_eq!(client.topic_name(id), Some(&b"plant/7/level"[..]));
        for (payload, qos) in QOS {
            let publication = Publication::new(id, payload.as_bytes()).qos(qos);
            assert_eq!(client.publish(&publication).await, Ok(Delivery::Confirmed));
        }
        client.disconnect().await.unwrap();
    });
    assert_eq!(subscriber.end().succeeded().text(), "0\n1\n2\n");
}

#[test]
#[ignore = "needs mosquitto"]
fn a_wildcard_brings_an_unasked_registration_and_then_the_message_under_its_name() {
    let server = Mosquitto::start();
    let module = module(&server, &[]);
    connected(&module, &GATEWAY, async |mut client| {
        let filter = TopicFilter::new("plant/+/alarm").unwrap();
        client.subscribe(filter, QoS::AtLeastOnce).await.unwrap();
        assert_eq!(client.topic(0), None);
        let mut buffer = [0; 300];
        for (topic, number) in [("plant/3/alarm", 1), ("plant/4/alarm", 2), ("plant/3/alarm", 1)] {
            server.publish(&["-t", topic, "-m", "hot", "-q", "1"]);
            let message = client.recv(&mut buffer).await.unwrap();
            assert_eq!((message.topic_str(), message.payload()), (Some(topic), &b"hot"[..]));
            assert_eq!(message.topic_id().map(TopicId::get), Some(number));
            assert_eq!(message.qos(), QoS::AtLeastOnce);
        }
        assert_eq!(client.topic(1), Some((TopicId::new(2).unwrap(), &b"plant/4/alarm"[..])));
    });
}

#[test]
#[ignore = "needs mosquitto"]
fn short_and_predefined_topics_go_both_ways() {
    let server = Mosquitto::start();
    let module = module(&server, &[]);
    let up = server.subscriber(&["-t", "u1", "-t", "plant/300", "-q", "1", "-C", "3"]);
    connected(&module, &GATEWAY, async |mut client| {
        let known = TopicId::new(300).unwrap();
        client
            .publish(&Publication::new(ShortTopic::new("u1").unwrap(), b"short").qos(QoS::AtLeastOnce))
            .await
            .unwrap();
        client
            .publish(&Publication::new(known, b"by number").qos(QoS::AtLeastOnce))
            .await
            .unwrap();
        let short = ShortTopic::new("d1").unwrap();
        client.subscribe(short, QoS::AtLeastOnce).await.unwrap();
        let mut buffer = [0; 300];
        server.publish(&["-t", "d1", "-m", "down", "-q", "1"]);
        let message = client.recv(&mut buffer).await.unwrap();
        assert_eq!((message.topic_str(), message.topic_id()), (Some("d1"), None));
        client.subscribe(known, QoS::AtLeastOnce).await.unwrap();
        server.publish(&["-t", "plant/300", "-m", "down", "-q", "1"]);
        let message = client.recv(&mut buffer).await.unwrap();
        assert_eq!((message.topic(), message.topic_id()), (&b""[..], Some(known)));
        client.unsubscribe(known).await.unwrap();
        client.unsubscribe(short).await.unwrap();
    });
    assert_eq!(up.end().succeeded().text(), "short\nby number\n");
}

#[test]
#[ignore = "needs mosquitto"]
fn the_updated_will_arrives_when_the_module_is_lost() {
    let server = Mosquitto::start();
    let mut module = module(&server, &[]);
    let watcher = server.subscriber(&["-t", "will/new", "-q", "1", "-C", "2"]);
    // The will of the connection itself would be seen here.
    let former = server.subscriber(&["-t", "will/old", "-t", "end", "-q", "1", "-C", "2"]);
    let old = TopicName::new("will/old").unwrap();
    connected(
        &module,
        &GATEWAY.will(Will::new(old, b"never sent")),
        async |mut client| {
            let new = TopicName::new("will/new").unwrap();
            client.update_will_topic(new, QoS::AtLeastOnce, false).await.unwrap();
            client.update_will_message(b"lost while moving").await.unwrap();
            assert!(client.is_connected());
        },
    );
    module.kill();
    assert_eq!(watcher.end().succeeded().text(), "lost while moving\n");
    server.publish(&["-t", "end", "-m", "end", "-q", "1"]);
    assert_eq!(former.end().succeeded().text(), "end\n");
}

#[test]
#[ignore = "needs mosquitto"]
fn a_sixth_registration_is_answered_as_the_module_does() {
    let server = Mosquitto::start();
    for (full, error) in [
        ("sn-full=status", Error::Refused),
        ("sn-full=error", Error::Module(ModuleError::Error)),
    ] {
        let module = module(&server, &["--set", full]);
        connected(&module, &GATEWAY, async |mut client| {
            for number in 1..=5 {
                let name = format!("plant/{number}");
                let id = client.register(TopicName::new(&name).unwrap()).await.unwrap();
                assert_eq!(id.map(TopicId::get), Some(number));
            }
            let sixth = TopicName::new("plant/6").unwrap();
            assert_eq!(client.register(sixth).await, Err(error), "{full}");
            // It goes on by name.
            let publication = Publication::new(sixth, b"x").qos(QoS::AtLeastOnce);
            assert_eq!(client.publish(&publication).await, Ok(Delivery::Confirmed));
        });
    }
}
