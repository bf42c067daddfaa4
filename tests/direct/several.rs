//! Lines of several connections, and what was read by its length beside them.

use std::time::Duration;

use fibocom_mqtt::sim::World;
use fibocom_mqtt::{
    Announcement, AnyConnectionId, BreakCause, ConnectOptions, ConnectionId, Error, Event, Incoming, QoS, ReceiveMode,
    TopicFilter,
};

use super::support::*;

const SECOND: Duration = Duration::from_secs(1);
const ONE: AnyConnectionId = AnyConnectionId::Mqtt(ConnectionId::FIRST);
const TWO: AnyConnectionId = AnyConnectionId::Mqtt(ConnectionId::SECOND);

/// The name under which the broker knows the second connection.
const OTHER: &str = "second";

async fn connect_second(modem: &mut TestModem<'_>) {
    let mut second = modem.client(ConnectionId::SECOND);
    let options = ConnectOptions::new("broker", 1883).client_id(OTHER);
    second.connect(&options).await.unwrap();
    let filter = TopicFilter::new("#").unwrap();
    second.subscribe(filter, QoS::AtLeastOnce).await.unwrap();
}

/// Runs `test` with a message buffer of so many bytes and both connections open, their messages in lines.
fn with_both(message: usize, test: impl AsyncFnOnce(&World, &mut TestModem<'_>)) {
    let world = online();
    let mut memory = Memory {
        message: vec![0; message],
        ..Memory::default()
    };
    let mut modem = memory.modem(&world);
    modem.set_receive_mode(ReceiveMode::Direct);
    world.block_on(async {
        connected(&mut modem).await;
        connect_second(&mut modem).await;
        test(&world, &mut modem).await;
    });
}

fn deliver(world: &World, id: AnyConnectionId, payload: &[u8]) {
    let name = if id == ONE { CLIENT_ID } else { OTHER };
    assert!(world.broker().inject(name, "t", payload, 1));
}

#[test]
fn receiving_on_any_connection_takes_turns_and_keeps_the_order_of_each() {
    with_both(512, async |world, modem| {
        for n in 0..20u8 {
            deliver(world, if n % 4 == 0 { TWO } else { ONE }, &[b'a' + n]);
        }
        sleep(world, SECOND).await;
        let (mut buffer, mut received) = ([0; 64], [Vec::new(), Vec::new()]);
        for turn in 0..20 {
            let Ok(Incoming::Message(id, message)) = modem.recv_any(&mut buffer).await else {
                panic!("no message {turn}");
            };
            assert!(
                turn >= 10 || usize::from(id == TWO) == turn % 2,
                "turn {turn} is of {id}"
            );
            received[usize::from(id == TWO)].extend_from_slice(message.payload());
        }
        assert_eq!(received[0], b"bcdfghjklnoprst");
        assert_eq!(received[1], b"aeimq");
        let counters = [ONE, TWO].map(|id| modem.client(id).counters());
        assert_eq!(
            counters.map(|counters| (counters.received, counters.lost)),
            [(15, 0), (5, 0)]
        );
    });
}

#[test]
fn what_was_lost_on_one_is_told_in_its_place_and_counted() {
    with_both(32, async |world, modem| {
        deliver(world, ONE, b"kept");
        deliver(world, TWO, &[b'x'; 40]);
        deliver(world, TWO, b"y");
        sleep(world, SECOND).await;
        let size = Announcement {
            topic_len: 1,
            payload_len: 40,
        };
        let mut buffer = [0; 64];
        let mut told = [Vec::new(), Vec::new()];
        for _ in 0..3 {
            let (id, what) = match modem.recv_any(&mut buffer).await.unwrap() {
                Incoming::Message(id, message) => (id, message.payload().to_vec()),
                Incoming::Lost(id, lost) if lost == size => (id, b"lost".to_vec()),
                other => panic!("{other:?}"),
            };
            told[usize::from(id == TWO)].push(what);
        }
        assert_eq!(told[0], [b"kept"]);
        assert_eq!(told[1], [&b"lost"[..], b"y"]);
        let (all, second) = (modem.counters(), modem.client(TWO).counters());
        assert_eq!((all.received, all.lost), (2, 1));
        assert_eq!((second.received, second.lost), (1, 1));
    });
}

#[test]
fn lines_of_a_connection_that_is_not_asked_for_wait() {
    with_both(512, async |world, modem| {
        deliver(world, ONE, b"of one");
        deliver(world, TWO, b"of two");
        let mut buffer = [0; 64];
        let Ok(Incoming::Message(TWO, size)) = modem.wait_any(&[TWO], buffer.len()).await else {
            panic!("no message of the second");
        };
        assert_eq!((size.topic_len, size.payload_len), (1, 6));
        // A buffer too small is said for each, and nothing is lost.
        assert_eq!(modem.wait_any(&[TWO], 6).await, Ok(Incoming::TooLarge(TWO, size)));
        assert_eq!(modem.client(TWO).skip().await, Ok(Some(size)));
        let mut first = modem.client(ONE);
        assert_eq!(first.poll().await, Ok(Event::MessageWaiting));
        assert_eq!(first.recv(&mut buffer).await.unwrap().payload(), b"of one");
        // Nor is it told what such a connection has lost.
        deliver(world, ONE, &[b'x'; 600]);
        deliver(world, TWO, b"of two");
        assert_eq!(modem.client(ONE).poll().await, Ok(Event::MessageWaiting));
        assert_eq!(
            modem.wait_any(&[TWO], buffer.len()).await,
            Ok(Incoming::Message(TWO, size))
        );
        let lost = modem.client(ONE).recv(&mut buffer).await;
        assert!(matches!(lost, Err(Error::Lost(_))), "{lost:?}");
    });
}

#[test]
fn a_break_of_one_is_told_behind_its_lines() {
    with_both(512, async |world, modem| {
        deliver(world, ONE, b"last");
        sleep(world, SECOND).await;
        assert!(world.broker().break_connection(CLIENT_ID));
        sleep(world, SECOND).await;
        let mut buffer = [0; 64];
        let Ok(Incoming::Message(ONE, message)) = modem.recv_any(&mut buffer).await else {
            panic!("the message is lost");
        };
        assert_eq!(message.payload(), b"last");
        let ended = modem.recv_any(&mut buffer).await;
        assert!(
            matches!(
                ended,
                Ok(Incoming::Disconnected {
                    id: ONE,
                    cause: Some(BreakCause::Server)
                })
            ),
            "{ended:?}"
        );
        deliver(world, TWO, b"goes on");
        let Ok(Incoming::Message(TWO, message)) = modem.recv_any(&mut buffer).await else {
            panic!("the other one is quiet");
        };
        assert_eq!(message.payload(), b"goes on");
    });
}

/// The form is one for all: when the second connection opens, the first has messages in the module.
#[test]
fn what_the_module_had_before_is_read_by_its_length() {
    let world = online();
    let mut memory = Memory::default();
    let mut modem = memory.modem(&world);
    world.block_on(async {
        let mut client = connected(&mut modem).await;
        for payload in [&b"OK\r\n"[..], b"\r\n+MQTTBREAK: 1,1\r\n"] {
            deliver(&world, ONE, payload);
        }
        sleep(&world, SECOND).await;
        assert_eq!(client.poll().await, Ok(Event::MessageWaiting));
        modem.set_receive_mode(ReceiveMode::Direct);
        connect_second(&mut modem).await;
        deliver(&world, TWO, b"a line");
        let mut buffer = [0; 64];
        let mut first = modem.client(ONE);
        for payload in [&b"OK\r\n"[..], b"\r\n+MQTTBREAK: 1,1\r\n"] {
            assert_eq!(first.recv(&mut buffer).await.unwrap().payload(), payload);
        }
        deliver(&world, ONE, b"a line, too");
        assert_eq!(first.recv(&mut buffer).await.unwrap().payload(), b"a line, too");
        let mut second = modem.client(TWO);
        assert_eq!(second.recv(&mut buffer).await.unwrap().payload(), b"a line");
        assert_eq!(world.module(|module| module.stored(1)), 0);
    });
}

#[test]
fn lines_that_fill_the_buffer_keep_a_message_in_the_module() {
    let world = online();
    let mut memory = Memory {
        message: vec![0; 64],
        ..Memory::default()
    };
    let mut modem = memory.modem(&world);
    world.block_on(async {
        let mut client = connected(&mut modem).await;
        deliver(&world, ONE, &[b'x'; 50]);
        sleep(&world, SECOND).await;
        assert_eq!(client.poll().await, Ok(Event::MessageWaiting));
        modem.set_receive_mode(ReceiveMode::Direct);
        connect_second(&mut modem).await;
        deliver(&world, TWO, &[b'y'; 20]);
        assert_eq!(modem.client(TWO).poll().await, Ok(Event::MessageWaiting));
        let mut buffer = [0; 64];
        let error = modem.client(ONE).recv(&mut buffer).await.unwrap_err();
        assert_eq!(error, Error::OtherMessage(TWO));
        assert_eq!(modem.client(TWO).recv(&mut buffer).await.unwrap().payload(), [b'y'; 20]);
        assert_eq!(modem.client(ONE).recv(&mut buffer).await.unwrap().payload(), [b'x'; 50]);
    });
}
