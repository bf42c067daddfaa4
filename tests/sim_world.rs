//! The world around the simulated module: virtual time, the line, and the broker in memory.
#![cfg(feature = "sim")]

use std::time::Duration;

use embedded_io_async::{Read, Write};
use fibocom_mqtt::sim::{MemoryBroker, Module, Network, NetworkEvent, OpenRequest, Refusal, Settings, Token, World};
use fibocom_mqtt::{Clock, Instant};
use futures_lite::future;

/// Writes a command and reads until the answer ends with `end`.
async fn ask(port: &mut (impl Read + Write), command: &[u8], end: &[u8]) -> Vec<u8> {
    port.write_all(command).await.unwrap();
    let mut answer = Vec::new();
    while !answer.ends_with(end) {
        let mut buffer = [0; 64];
        let count = port.read(&mut buffer).await.unwrap();
        answer.extend(&buffer[..count]);
    }
    answer
}

#[test]
fn waiting_takes_no_time() {
    let world = World::new(Settings::l610());
    let clock = world.clock();
    world.block_on(async {
        let mut port = world.port();
        ask(&mut port, b"AT\r", b"OK\r\n").await;
        assert_eq!(clock.elapsed(), Duration::from_millis(5));
        clock.sleep_until(Instant::from_millis(3_600_000)).await;
        clock.sleep_until(Instant::from_millis(1)).await;
    });
    assert_eq!(clock.now(), Instant::from_millis(3_600_000));
    world.advance(Duration::from_millis(7));
    assert_eq!(clock.now(), Instant::from_millis(3_600_007));
}

#[test]
fn a_read_gives_as_little_as_is_wanted() {
    for size in [1, 2, 3, 7, 64, usize::MAX] {
        let world = World::new(Settings::l610());
        let mut port = world.port();
        port.set_read_size(size);
        port.set_write_size(size);
        let mut largest = 0;
        let answer = world.block_on(async {
            port.write_all(b"AT+CGMI\r").await.unwrap();
            let mut answer = Vec::new();
            while !answer.ends_with(b"\r\nOK\r\n") {
                let mut buffer = [0; 100];
                let count = port.read(&mut buffer).await.unwrap();
                largest = largest.max(count);
                answer.extend(&buffer[..count]);
            }
            answer
        });
        assert_eq!(answer, b"AT+CGMI\r\r\nFibocom Wireless Inc.\r\n\r\nOK\r\n");
        assert!(largest <= size);
    }
}

#[test]
fn an_abandoned_read_loses_nothing() {
    let world = World::new(Settings::l610());
    let clock = world.clock();
    let mut port = world.port();
    world.block_on(async {
        port.write_all(b"AT\r").await.unwrap();
        let mut byte = [0; 1];
        let mut read = 0;
        // Nothing can come within 1 ms of the last byte.
        for _ in 0..3 {
            let wait = async {
                clock.sleep_until(clock.now() + Duration::from_millis(1)).await;
                false
            };
            let some = async { port.read(&mut byte).await.is_ok() };
            read += u32::from(future::or(some, wait).await);
        }
        // The echo.
        assert_eq!(read, 3);
        port.read_exact(&mut [0; 6]).await.unwrap();
    });
    assert_eq!(port.waiting(), 0);
}

#[test]
fn plugs_are_pulled_and_lines_stall() {
    let world = World::new(Settings::l610());
    let clock = world.clock();
    let mut port = world.port();
    world.block_on(async {
        port.stall(true);
        let later = async {
            clock.sleep_until(Instant::from_millis(500)).await;
            world.port().stall(false);
        };
        let (answer, ()) = future::zip(ask(&mut port, b"AT\r", b"OK\r\n"), later).await;
        assert_eq!(answer, b"AT\r\r\nOK\r\n");
        assert_eq!(clock.now(), Instant::from_millis(505));

        let later = async {
            clock.sleep_until(Instant::from_millis(900)).await;
            world.port().unplug();
        };
        let mut buffer = [0; 8];
        let (read, ()) = future::zip(port.read(&mut buffer), later).await;
        assert!(read.is_err());
        assert!(port.write(b"AT\r").await.is_err());
        assert!(port.flush().await.is_err());
        port.plug();
        ask(&mut port, b"AT\r", b"OK\r\n").await;
    });
}

#[test]
#[should_panic(expected = "deadlock")]
fn a_wait_for_nothing_is_an_error() {
    let world = World::new(Settings::l610());
    let mut port = world.port();
    let _ = world.block_on(async { port.read(&mut [0; 1]).await });
}

#[test]
#[should_panic(expected = "no time passes")]
fn a_future_that_never_rests_is_an_error() {
    World::new(Settings::l610()).block_on(std::future::poll_fn(|context| {
        context.waker().wake_by_ref();
        std::task::Poll::<()>::Pending
    }));
}

#[test]
fn two_modules_meet_at_the_broker() {
    let world = World::online(Settings::l610());
    let other = world.add(Settings::l610().online());
    world.block_on(async {
        for (mut port, name) in [(world.port(), "a"), (other.port(), "b")] {
            ask(
                &mut port,
                format!("AT+MQTTUSER=1,\"\",\"\",\"{name}\"\r").as_bytes(),
                b"OK\r\n",
            )
            .await;
            ask(&mut port, b"AT+MQTTOPEN=1,\"h\",1883,1,60\r", b"+MQTTOPEN: 1,1\r\n").await;
        }
        ask(&mut other.port(), b"AT+MQTTSUB=1,\"#\",0\r", b"+MQTTSUB: 1,1\r\n").await;
        ask(
            &mut world.port(),
            b"AT+MQTTPUB=1,\"t\",0,0,\"hello\"\r",
            b"+MQTTPUB: 1,1\r\n",
        )
        .await;
        let mut line = [0; 29];
        other.port().read_exact(&mut line).await.unwrap();
        assert_eq!(line, *b"\r\n+MQTTMSG: 1,0,\"t\",\"hello\"\r\n");
    });
    assert_eq!(world.record().commands().len(), 3);
    assert!(world.record().written().ends_with(b"\"hello\"\r"));
}

#[test]
fn anything_can_be_put_on_the_line() {
    let world = World::new(Settings::l610());
    world.emit_raw(b"\xFFnoise");
    world.on_command(b"AT+CSQ", b"\r\nBUSY\r\n");
    let mut port = world.port();
    let answer = world.block_on(ask(&mut port, b"AT+CSQ\r", b"BUSY\r\n"));
    assert_eq!(answer, b"\xFFnoiseAT+CSQ\r\r\nBUSY\r\n");
    world.module(Module::forget_scripts);
    world.block_on(ask(&mut port, b"AT+CSQ\r", b"OK\r\n"));
}

#[test]
fn retained_messages() {
    let broker = MemoryBroker::new();
    let client = broker.client("a");
    client.publish("r/1", "old", 1, true);
    client.publish("r/1", "new", 1, true);
    client.publish("r/2", "x", 0, true);
    client.publish("r/2", "", 0, true);
    client.subscribe("r/+", 0);
    let received = client.received();
    assert_eq!(received.len(), 1);
    assert_eq!(
        (received[0].payload.as_slice(), received[0].qos, received[0].retain),
        (b"new".as_slice(), 0, true)
    );
    client.publish("r/1", "live", 1, true);
    assert!(!client.received()[0].retain);
    assert!(broker.retained("r/2").is_none());
}

#[test]
fn the_lower_qos_and_one_copy() {
    let broker = MemoryBroker::new();
    let client = broker.client("a");
    assert!(client.subscribe("q/#", 1) && client.subscribe("q/+", 2) && client.subscribe("q/1", 0));
    assert!(!client.subscribe("q/#/x", 0));
    for qos in 0..=2 {
        client.publish("q/1", [qos], qos, false);
    }
    let received: Vec<u8> = client.received().iter().map(|message| message.qos).collect();
    assert_eq!(received, [0, 1, 2]);
    client.unsubscribe("q/+");
    client.publish("q/1", "", 2, false);
    assert_eq!(client.received()[0].qos, 1);
}

/// What a module's network tells, messages included.
fn events(network: &mut impl Network) -> Vec<NetworkEvent> {
    std::iter::from_fn(|| network.poll(Duration::ZERO, &|_| true)).collect()
}

fn request(client_id: &str, clean: bool) -> OpenRequest {
    OpenRequest {
        client_id: client_id.into(),
        clean,
        ..OpenRequest::default()
    }
}

#[test]
fn sessions_sleep_or_end() {
    let broker = MemoryBroker::new();
    let mut network = broker.network();
    let writer = broker.client("writer");
    network.open(1, Token(1), request("kept", false));
    network.subscribe(1, Token(2), b"s".to_vec(), 1);
    network.close(1, Token(3));
    assert_eq!(events(&mut network).len(), 3);
    writer.publish("s", "at QoS 0", 0, false);
    writer.publish("s", "at QoS 1", 1, false);
    assert!(events(&mut network).is_empty());
    network.open(1, Token(4), request("kept", false));
    let after = events(&mut network);
    assert_eq!(after.len(), 2);
    assert!(matches!(&after[1], NetworkEvent::Message { message, .. } if message.payload == b"at QoS 1"));
    // A clean one forgets.
    network.close(1, Token(5));
    network.open(1, Token(6), request("kept", true));
    writer.publish("s", "again", 1, false);
    assert_eq!(events(&mut network).len(), 2);
    assert!(broker.subscriptions("kept").is_empty());
}

#[test]
fn wills_takeovers_and_credentials() {
    let broker = MemoryBroker::new();
    let watcher = broker.client("watcher");
    watcher.subscribe("will", 1);
    let mut network = broker.network();
    let will = fibocom_mqtt::sim::Message {
        topic: b"will".to_vec(),
        payload: b"gone".to_vec(),
        ..Default::default()
    };
    let with_will = OpenRequest {
        will: Some(will),
        ..request("a", true)
    };
    network.open(1, Token(1), with_will.clone());
    network.close(1, Token(2));
    assert!(watcher.received().is_empty());
    network.open(1, Token(3), with_will.clone());
    network.abandon(1);
    assert_eq!(watcher.received().len(), 1);
    network.open(1, Token(4), with_will);
    events(&mut network);
    // The same id on the other connection: the first is thrown off.
    network.open(2, Token(5), request("a", true));
    assert_eq!(watcher.received().len(), 1);
    assert!(matches!(
        events(&mut network)[0],
        NetworkEvent::Lost { connection: 1, .. }
    ));

    broker.require_credentials("u", "p");
    network.open(1, Token(6), request("b", true));
    let refused = NetworkEvent::Opened {
        connection: 1,
        token: Token(6),
        result: Err(Refusal::Code(4)),
    };
    assert_eq!(events(&mut network), [refused]);
    let with_user = OpenRequest {
        user: b"u".to_vec(),
        password: b"p".to_vec(),
        ..request("b", true)
    };
    network.open(1, Token(7), with_user);
    assert_eq!(
        events(&mut network),
        [NetworkEvent::Opened {
            connection: 1,
            token: Token(7),
            result: Ok(())
        }]
    );
}

#[test]
fn without_room_messages_stay_where_they_are() {
    let broker = MemoryBroker::new();
    let mut network = broker.network();
    network.open(1, Token(1), request("a", true));
    network.open(2, Token(2), request("b", true));
    events(&mut network);
    broker.inject("a", "t", "1", 0);
    broker.inject("b", "t", "2", 0);
    let next = network.poll(Duration::ZERO, &|connection| connection == 2);
    assert!(matches!(next, Some(NetworkEvent::Message { connection: 2, .. })));
    assert_eq!(network.poll(Duration::ZERO, &|connection| connection == 2), None);
    assert_eq!(broker.queued("a"), 1);
    assert!(!broker.inject("nobody", "t", "", 0));
}
