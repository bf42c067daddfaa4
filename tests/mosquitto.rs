//! Interoperability: `dongle` and the simulated module on one side, mosquitto and its clients on the other.
//!
//! Run with `cargo test --all-features --test mosquitto -- --ignored`; it fails where mosquitto is not installed. No test depends on how
//! long anything takes.
#![cfg(all(unix, feature = "sim", feature = "serialport", feature = "std", feature = "log"))]

#[path = "tool/mosquitto.rs"]
mod mosquitto;
#[path = "tool/mod.rs"]
mod tool;

use std::process::Command;

use embassy_futures::select::{Either, select};
use embassy_futures::yield_now;
use fibocom_mqtt::{
    Buffers, ConnectOptions, ConnectionId, FlowControl, Incoming, Modem, Network, Publication, QoS, SerialTransport,
    StdClock, TopicFilter, TopicName,
};
use futures_lite::future::block_on;
use mosquitto::{Mosquitto, installed, readable_by_all};
use tool::{PATIENCE, all_bytes, output, run, text};

/// The numbers 1 to `count`, a line each.
fn numbers(count: u32) -> Vec<u8> {
    (1..=count)
        .flat_map(|number| format!("{number}\n").into_bytes())
        .collect()
}

#[test]
#[ignore = "needs mosquitto"]
fn every_byte_reaches_mosquitto_sub() {
    let server = Mosquitto::start();
    let module = server.module();
    let payload = server.file("payload");
    std::fs::write(&payload, all_bytes(4)).unwrap();
    for qos in ["0", "1", "2"] {
        let topic = format!("up/{qos}");
        let subscriber = server.subscriber(&["-t", &topic, "-q", qos, "-C", "2", "-N"]);
        server
            .dongle_pub(&module, &["-t", &topic, "-q", qos, "-f", text(&payload)])
            .succeeded();
        let done = subscriber.end().succeeded();
        assert!(done.out == all_bytes(4), "QoS {qos}: {} bytes", done.out.len());
    }
}

#[test]
#[ignore = "needs mosquitto"]
fn every_byte_arrives_from_mosquitto_pub() {
    let server = Mosquitto::start();
    let module = server.module();
    let payload = server.file("payload");
    std::fs::write(&payload, all_bytes(4)).unwrap();
    for qos in ["0", "1", "2"] {
        let topic = format!("down/{qos}");
        let subscriber = server.dongle_sub(&module, 1, &["-t", &topic, "-q", qos, "-C", "1", "-N"]);
        server.publish(&["-t", &topic, "-q", qos, "-f", text(&payload)]);
        let done = subscriber.end().succeeded();
        assert!(done.out == all_bytes(4), "QoS {qos}: {} bytes", done.out.len());
    }
}

#[test]
#[ignore = "needs mosquitto"]
fn retained_messages_arrive_and_are_cleared() {
    let server = Mosquitto::start();
    let module = server.module();
    server.publish(&["-t", "kept/theirs", "-r", "-m", "theirs", "-q", "1"]);
    let receive = ["--port", &module.port, "sub", "-h", "any", "-q", "1", "-t"];
    let done = run(receive.iter().chain(&["kept/theirs", "-C", "1"])).succeeded();
    assert_eq!(done.text(), "theirs\n");

    server
        .dongle_pub(&module, &["-t", "kept/ours", "-r", "-m", "ours", "-q", "1"])
        .succeeded();
    let seen = output(&mut server.client("mosquitto_sub", &["-t", "kept/ours", "-C", "1"]));
    assert_eq!(seen.stdout, b"ours\n");
    server
        .dongle_pub(&module, &["-t", "kept/ours", "-n", "-r", "-q", "1"])
        .succeeded();
    // Both at once: only the other one is still there.
    let seen = output(&mut server.client("mosquitto_sub", &["-t", "kept/#", "-C", "1"]));
    assert_eq!(seen.stdout, b"theirs\n");
    let done = run(receive.iter().chain(&["kept/ours", "-W", "1"]));
    assert_eq!((done.code, done.text()), (Some(27), ""));
}

#[test]
#[ignore = "needs mosquitto"]
fn a_will_arrives_when_the_module_is_lost() {
    let server = Mosquitto::start();
    for (qos, payload) in [
        ("0", "gone"),
        ("1", r#"{"state":"lost","code":[1,2]}"#),
        ("2", "a\\22,\"b\"\r\nOK\r\n"),
    ] {
        let mut module = server.module();
        let topic = format!("will/{qos}");
        let watcher = server.subscriber(&["-t", &topic, "-C", "2", "-q", "2", "-N"]);
        let will = ["--will-topic", &topic, "--will-payload", payload, "--will-qos", qos];
        let _doomed = server.dongle_sub(&module, 1, &[&["-t", "x"], &will[..]].concat());
        module.kill();
        assert_eq!(watcher.end().succeeded().out, payload.as_bytes());
    }
}

#[test]
#[ignore = "needs mosquitto"]
fn two_filters_with_wildcards() {
    let server = Mosquitto::start();
    let module = server.module();
    let filters = [
        "-t",
        "plant/+/alarm",
        "-t",
        "office/#",
        "-C",
        "3",
        "-F",
        "%t %p",
        "-q",
        "1",
    ];
    let subscriber = server.dongle_sub(&module, 2, &filters);
    for (topic, payload) in [
        ("plant/7/alarm", "hot"),
        ("plant/7/status", "not wanted"),
        ("plant/7/8/alarm", "not wanted"),
        ("office", "door"),
        ("offices", "not wanted"),
        ("office/2/desk/4", "lamp"),
    ] {
        server.publish(&["-t", topic, "-m", payload, "-q", "1"]);
    }
    let done = subscriber.end().succeeded();
    assert_eq!(done.text(), "plant/7/alarm hot\noffice door\noffice/2/desk/4 lamp\n");
}

#[test]
#[ignore = "needs mosquitto"]
fn five_hundred_messages_arrive_each_once_and_in_order() {
    let server = Mosquitto::start();
    let module = server.module();
    let lines = server.file("lines");
    std::fs::write(&lines, numbers(500)).unwrap();
    let subscriber = server.dongle_sub(&module, 1, &["-t", "many", "-q", "1", "-C", "501"]);
    let mut flood = server.client("mosquitto_pub", &["-t", "many", "-q", "1", "-l"]);
    let flooded = flood.stdin(std::fs::File::open(&lines).unwrap()).status().unwrap();
    assert!(flooded.success());
    // Behind the last one, so that one too many would be seen.
    server.publish(&["-t", "many", "-q", "1", "-m", "end"]);
    let done = subscriber.end().succeeded();
    assert!(done.out == [&numbers(500)[..], b"end\n"].concat(), "{}", done.text());
}

#[test]
#[ignore = "needs mosquitto"]
fn five_hundred_messages_are_published_each_once() {
    let server = Mosquitto::start();
    let module = server.module();
    let subscriber = server.subscriber(&["-t", "many", "-q", "2", "-C", "502"]);
    server
        .dongle_pub(&module, &["-t", "many", "-q", "1", "-m", "again", "--repeat", "500"])
        .succeeded();
    server.publish(&["-t", "many", "-q", "1", "-m", "end"]);
    let done = subscriber.end().succeeded();
    assert!(
        done.out == [&b"again\n".repeat(500)[..], b"end\n"].concat(),
        "{}",
        done.text()
    );
}

#[test]
#[ignore = "needs mosquitto"]
fn five_hundred_messages_each_way_on_two_connections_at_once() {
    const IDS: [(ConnectionId, &str); 2] = [(ConnectionId::FIRST, "one"), (ConnectionId::SECOND, "two")];
    let server = Mosquitto::start();
    let module = server.module();
    let watchers = IDS.map(|(_, name)| server.subscriber(&["-t", &format!("up/{name}"), "-q", "2", "-C", "501"]));
    let lines = server.file("lines");
    std::fs::write(&lines, numbers(500)).unwrap();

    let (mut line, mut message, mut transmit) = ([0; 256], [0; 1279], [0; 1400]);
    let port = SerialTransport::open(&module.port, 115_200, FlowControl::None).unwrap();
    let mut modem = Modem::new(
        port,
        StdClock::new(),
        Buffers::new(&mut line, &mut message, &mut transmit),
    );
    let received = block_on(async {
        modem.attach(PATIENCE).await.unwrap();
        modem.bring_up(&Network::new(), PATIENCE).await.unwrap();
        for (id, name) in IDS {
            let mut client = modem.client(id);
            client.connect(&ConnectOptions::new("any", 1883)).await.unwrap();
            let filter = format!("down/{name}");
            let filter = TopicFilter::new(&filter).unwrap();
            client.subscribe(filter, QoS::ExactlyOnce).await.unwrap();
        }
        let mut floods = ["1", "2"].into_iter().zip(IDS).map(|(qos, (_, name))| {
            let arguments = ["-t", &format!("down/{name}"), "-q", qos, "-l"];
            let lines = std::fs::File::open(&lines).unwrap();
            server.client("mosquitto_pub", &arguments).stdin(lines).spawn().unwrap()
        });
        let mut floods = [floods.next().unwrap(), floods.next().unwrap()];
        let (mut received, mut published, mut buffer) = ([Vec::new(), Vec::new()], 0, [0; 64]);
        while received.iter().any(|of_one| of_one.len() < numbers(500).len()) || published < 500 {
            if published < 500 {
                published += 1;
                for (id, name) in IDS {
                    let (topic, payload) = (format!("up/{name}"), published.to_string());
                    let publication = Publication::new(TopicName::new(&topic).unwrap(), payload.as_bytes());
                    let qos = QoS::try_from(1 + u8::from(published % 2 == 0)).unwrap();
                    modem.client(id).publish(&publication.qos(qos)).await.unwrap();
                }
            }
            // As long as there is something to publish, recv_any is dropped wherever it stands.
            let pause = async {
                for _ in 0..3 {
                    yield_now().await;
                }
                if published == 500 {
                    std::future::pending().await
                }
            };
            match select(modem.recv_any(&mut buffer), pause).await {
                Either::First(Ok(Incoming::Message(id, message))) => {
                    let (index, (_, name)) = IDS.into_iter().enumerate().find(|(_, of)| id == of.0).unwrap();
                    assert_eq!(message.topic_str(), Some(&*format!("down/{name}")));
                    received[index].extend([message.payload(), b"\n"].concat());
                }
                Either::First(other) => panic!("{other:?}"),
                Either::Second(()) => {}
            }
        }
        assert!(floods.iter_mut().all(|flood| flood.wait().unwrap().success()));
        received
    });
    assert!(received.iter().all(|received| *received == numbers(500)));
    for watcher in watchers {
        let done = watcher.end().succeeded();
        assert!(done.out == numbers(500), "{}", done.text());
    }
}

#[test]
#[ignore = "needs mosquitto"]
fn a_password_reaches_the_server_as_it_is() {
    const PASSWORD: &str = r"a\22,b";
    let server = Mosquitto::with(
        "allow_anonymous false\npassword_file DIRECTORY/passwords\n",
        |directory| {
            let passwords = directory.join("passwords");
            // Created here, so that the server may read it whoever it runs as.
            output(Command::new(installed("mosquitto_passwd")).args(["-b", "-c", text(&passwords), "meter", PASSWORD]));
            readable_by_all(directory);
            readable_by_all(&passwords);
        },
    );
    let module = server.module();
    let send = |password: &str| {
        server.dongle_pub(
            &module,
            &["-t", "x", "-m", "y", "-q", "1", "-u", "meter", "-P", password],
        )
    };
    send(PASSWORD).succeeded();
    // What the module would make of it if it were sent as it is.
    send("a\",b").failed(5, &["gave no reason", "password"]);
    send("wrong").failed(5, &["gave no reason", "password"]);
    server
        .dongle_pub(&module, &["-t", "x", "-m", "y"])
        .failed(5, &["gave no reason"]);
}
