//! Two connections at once, served by one task: nothing is lost, nothing is crossed, and what befalls one leaves the other alone.
#![cfg(feature = "sim")]

mod support;

use std::time::Duration;

use embassy_futures::join::join;
use embassy_futures::select::{Either, select};
use fibocom_mqtt::sim::{Fault, MemoryBroker, Settings, TestClient as Peer, UrcTiming, World};
use fibocom_mqtt::{
    Announcement, BreakCause, ConnectOptions, ConnectionId, Dialect, Error, Incoming, Publication, QoS, TopicFilter,
};
use support::*;

const IDS: [ConnectionId; 2] = [ConnectionId::FIRST, ConnectionId::SECOND];

/// The names under which the broker knows the two connections.
const NAMES: [&str; 2] = ["one", "two"];

const MANY: usize = 500;

/// Connects both, each subscribed to what lies under its own name.
async fn both_connected(modem: &mut TestModem<'_, impl PortLike>) {
    for (id, name) in IDS.into_iter().zip(NAMES) {
        let mut client = modem.client(id);
        let options = ConnectOptions::new("broker", 1883).client_id(name);
        client.connect(&options).await.unwrap();
        let filter = format!("down/{name}/#");
        client
            .subscribe(TopicFilter::new(&filter).unwrap(), QoS::ExactlyOnce)
            .await
            .unwrap();
    }
}

trait PortLike: embedded_io_async::Read<Error: std::fmt::Debug> + embedded_io_async::Write {}
impl<T: embedded_io_async::Read<Error: std::fmt::Debug> + embedded_io_async::Write> PortLike for T {}

/// Publishes to one of the connections, twelve at a time at most, so that the module's store never overflows.
async fn flood(world: &World, index: usize) {
    let (broker, peer): (MemoryBroker, Peer) = (world.broker(), world.broker().client("flood"));
    for n in 0..MANY {
        while broker.queued(NAMES[index]) > 4 || world.module(|module| module.stored(IDS[index].get().into())) > 8 {
            sleep(world, Duration::from_millis(3)).await;
        }
        let topic = format!("down/{}/{}", NAMES[index], n % 7);
        peer.publish(&topic, payload(index, n), 1 + (n % 2) as u8, false);
        if n % 5 == 0 {
            // What modules say of their own accord, between two of our lines.
            world.module(|module| module.emit_urc(b"+CREG: 1"));
        }
    }
}

/// A payload that says whose it is, and looks like the module's lines.
fn payload(index: usize, n: usize) -> Vec<u8> {
    let forgery = "\r\n+MQTTBREAK: 1,1\r\n\r\nOK\r\n>";
    format!("{n} of {}{}", NAMES[index], &forgery[..n % forgery.len()]).into_bytes()
}

/// Receives until both have all, and publishes as many on each, at QoS 1 and 2, whenever nothing has come for a moment.
async fn serve(world: &World, modem: &mut TestModem<'_, impl PortLike>) -> [Vec<Vec<u8>>; 2] {
    let mut received = [Vec::new(), Vec::new()];
    let mut published = [0; 2];
    let mut buffer = [0; 128];
    while received.iter().any(|of_one| of_one.len() < MANY) || published.iter().any(|count| *count < MANY) {
        // Dropped wherever it stands, for a publication.
        let pause = sleep(world, Duration::from_millis(1 + (published[0] % 9) as u64));
        match select(modem.recv_any(&mut buffer), pause).await {
            Either::First(Ok(Incoming::Message(id, message))) => {
                let index = usize::from(id.get() - 1);
                assert!(
                    message
                        .topic()
                        .starts_with(format!("down/{}/", NAMES[index]).as_bytes())
                );
                received[index].push(message.payload().to_vec());
            }
            Either::First(other) => panic!("{other:?}"),
            Either::Second(()) => {}
        }
        for index in 0..2 {
            if published[index] < MANY {
                let (topic_name, n) = (format!("up/{}", NAMES[index]), published[index]);
                let qos = if n % 2 == 0 { QoS::AtLeastOnce } else { QoS::ExactlyOnce };
                let payload = payload(index, n);
                let publication = Publication::new(topic(&topic_name), &payload).qos(qos);
                modem.client(IDS[index]).publish(&publication).await.unwrap();
                published[index] += 1;
            }
        }
    }
    received
}

/// 500 each way on each connection, over a line that gives and takes so many bytes at a time.
fn both_ways(settings: Settings, read_size: usize, write_size: usize) {
    let world = World::online(Settings {
        echo: false,
        ..settings
    });
    world.port().set_read_size(read_size);
    world.port().set_write_size(write_size);
    let mut memory = Memory::default();
    let mut modem = memory.modem(&world);
    let received = world.block_on(async {
        both_connected(&mut modem).await;
        let (received, _) = join(serve(&world, &mut modem), join(flood(&world, 0), flood(&world, 1))).await;
        received
    });
    let published = world.broker().published();
    for index in 0..2 {
        let expected: Vec<_> = (0..MANY).map(|n| payload(index, n)).collect();
        assert_eq!(received[index], expected, "received on {}", NAMES[index]);
        let ours = published.iter().filter(|(client, _)| client == NAMES[index]);
        let ours: Vec<_> = ours.map(|(_, message)| message.payload.clone()).collect();
        assert_eq!(ours, expected, "published on {}", NAMES[index]);
    }
    assert!(world.record().lost_commands().is_empty());
}

#[test]
fn five_hundred_messages_each_way_on_each() {
    both_ways(Settings::l610(), usize::MAX, usize::MAX);
}

#[test]
fn five_hundred_messages_each_way_on_each_in_odd_pieces() {
    both_ways(Settings::l610(), 3, 7);
}

#[test]
fn five_hundred_messages_each_way_on_each_with_lines_in_every_gap() {
    let settings = Settings {
        urc_timing: UrcTiming::AtOnce,
        quote_read: false,
        ..Settings::l610().fault(Fault::UrcInside)
    };
    both_ways(settings, 13, 64);
}

/// Runs `test` on a modem with both connections open.
fn with_both(test: impl AsyncFnOnce(&World, &mut TestModem<'_>)) {
    let world = online();
    let mut memory = Memory::default();
    let mut modem = memory.modem(&world);
    world.block_on(async {
        both_connected(&mut modem).await;
        test(&world, &mut modem).await;
    });
}

/// Whether nothing comes for two minutes, the line being probed meanwhile.
async fn nothing_more(world: &World, modem: &mut TestModem<'_>) -> bool {
    let mut buffer = [0; 128];
    let pause = sleep(world, Duration::from_secs(120));
    matches!(select(modem.recv_any(&mut buffer), pause).await, Either::Second(()))
}

#[test]
fn a_break_of_one_is_told_once_and_leaves_the_other_alone() {
    for broken in 0..2 {
        with_both(async |world, modem| {
            let whole = 1 - broken;
            let other = world.broker().client("other");
            other.publish(format!("down/{}/x", NAMES[broken]), "last", 1, false);
            sleep(world, Duration::from_secs(1)).await;
            assert!(world.broker().break_connection(NAMES[broken]));
            let mut buffer = [0; 128];
            let Ok(Incoming::Message(id, message)) = modem.recv_any(&mut buffer).await else {
                panic!("what was left to read comes first");
            };
            assert_eq!((id, message.payload()), (IDS[broken].into(), &b"last"[..]));
            let ended = Incoming::Disconnected {
                id: IDS[broken].into(),
                cause: Some(BreakCause::Server),
            };
            assert_eq!(modem.recv_any(&mut buffer).await, Ok(ended));
            assert!(nothing_more(world, modem).await);
            other.publish(format!("down/{}/x", NAMES[whole]), "alive", 2, false);
            let Ok(Incoming::Message(id, message)) = modem.recv_any(&mut buffer).await else {
                panic!("the other goes on");
            };
            assert_eq!((id, message.payload()), (IDS[whole].into(), &b"alive"[..]));
            let publication = Publication::new(topic("up"), b"1").qos(QoS::AtLeastOnce);
            assert!(modem.client(IDS[whole]).publish(&publication).await.is_ok());
            // Whoever asks the broken one is told the reason, as often as they ask.
            let mut client = modem.client(IDS[broken]);
            let error = client.publish(&publication).await.unwrap_err();
            assert_eq!(error, Error::Disconnected(BreakCause::Server));
            let options = ConnectOptions::new("broker", 1883).client_id(NAMES[broken]);
            client.connect(&options).await.unwrap();
            assert!(world.broker().break_connection(NAMES[broken]));
            assert_eq!(
                modem.recv_any(&mut buffer).await,
                Ok(ended),
                "a new connection, a new break"
            );
        });
    }
}

#[test]
fn both_breaks_are_told_and_then_there_is_nothing_to_wait_for() {
    with_both(async |world, modem| {
        sleep(world, Duration::from_secs(1)).await;
        assert!(NAMES.iter().all(|name| world.broker().break_connection(name)));
        let mut buffer = [0; 128];
        for id in IDS {
            let cause = Some(BreakCause::Server);
            let id = id.into();
            let ended = Incoming::Disconnected { id, cause };
            assert_eq!(modem.recv_any(&mut buffer).await, Ok(ended));
        }
        assert_eq!(modem.recv_any(&mut buffer).await, Err(Error::NotConnected));
        for id in IDS {
            // Told already.
            let (mut client, pause) = (modem.client(id), sleep(world, Duration::from_secs(5)));
            assert!(matches!(select(client.poll(), pause).await, Either::Second(())));
        }
    });
}

#[test]
fn a_break_whose_report_was_lost_is_found_and_told_once() {
    with_both(async |world, modem| {
        assert!(nothing_more(world, modem).await);
        world.port().unplug();
        world.broker().break_connection(NAMES[0]);
        sleep(world, Duration::from_secs(1)).await;
        world.port().plug();
        let mut buffer = [0; 128];
        let ended = Incoming::Disconnected {
            id: IDS[0].into(),
            cause: None,
        };
        assert_eq!(modem.recv_any(&mut buffer).await, Ok(ended));
        assert!(nothing_more(world, modem).await);
    });
}

#[test]
fn a_message_that_waits_in_the_buffer_does_not_keep_the_other_connection_from_receiving() {
    with_both(async |world, modem| {
        let other = world.broker().client("other");
        let mut buffer = [0; 128];
        assert!(nothing_more(world, modem).await);
        other.publish("down/two/x", "of two", 1, false);
        leave_in_buffer(world, modem).await;
        other.publish("down/one/x", "of one", 1, false);
        let message = modem.client(IDS[0]).recv(&mut buffer).await.unwrap();
        assert_eq!(message.payload(), b"of one");
        let message = modem.client(IDS[1]).recv(&mut buffer).await.unwrap();
        assert_eq!(message.payload(), b"of two");
        assert!(nothing_more(world, modem).await);
    });
}

/// Drops the recv of connection 2 once the module has handed its message out, so that the next call finds it in the buffer.
async fn leave_in_buffer(world: &World, modem: &mut TestModem<'_>) {
    let handed_out = async {
        while world.module(|module| module.stored(2)) == 0 {
            sleep(world, Duration::from_millis(1)).await;
        }
        while world.module(|module| module.stored(2)) > 0 {
            sleep(world, Duration::from_millis(1)).await;
        }
    };
    let mut buffer = [0; 2048];
    let mut client = modem.client(IDS[1]);
    assert!(matches!(
        select(client.recv(&mut buffer), handed_out).await,
        Either::Second(())
    ));
}

#[test]
fn without_room_for_both_the_error_names_whose_message_is_in_the_way_and_nothing_is_lost() {
    with_both(async |world, modem| {
        let other = world.broker().client("other");
        assert!(nothing_more(world, modem).await);
        let mut buffer = [0; 2048];
        other.publish("down/two/x", [b'2'; 900], 1, false);
        leave_in_buffer(world, modem).await;
        other.publish("down/one/x", [b'1'; 900], 1, false);
        sleep(world, Duration::from_secs(1)).await;
        for _ in 0..2 {
            let error = modem.client(IDS[0]).recv(&mut buffer).await.unwrap_err();
            assert_eq!(error, Error::OtherMessage(IDS[1].into()));
        }
        // Serving both, it cannot happen.
        let mut payloads = Vec::new();
        for _ in 0..2 {
            let Ok(Incoming::Message(id, message)) = modem.recv_any(&mut buffer).await else {
                panic!("a message of each");
            };
            payloads.push((id, message.payload().to_vec()));
        }
        payloads.sort();
        assert_eq!(
            payloads,
            [(IDS[0].into(), vec![b'1'; 900]), (IDS[1].into(), vec![b'2'; 900])]
        );
    });
}

#[test]
fn a_message_too_large_on_one_connection_holds_up_no_other() {
    with_both(async |world, modem| {
        let other = world.broker().client("other");
        let size = Announcement {
            topic_len: 10,
            payload_len: 300,
        };
        other.publish("down/one/x", [b'x'; 300], 1, false);
        for n in 0..5 {
            other.publish("down/two/x", format!("{n}"), 1, false);
        }
        sleep(world, Duration::from_secs(1)).await;
        let mut buffer = [0; 128];
        let mut got = Vec::new();
        while got.len() < 5 {
            match modem.recv_any(&mut buffer).await.unwrap() {
                Incoming::Message(id, message) => got.push((id, message.payload().to_vec())),
                other => assert_eq!(other, Incoming::TooLarge(IDS[0].into(), size)),
            }
        }
        let expected: Vec<_> = (0..5).map(|n| (IDS[1].into(), format!("{n}").into_bytes())).collect();
        assert_eq!(got, expected);
        assert_eq!(modem.client(IDS[0]).skip().await, Ok(Some(size)));
        assert!(nothing_more(world, modem).await);
    });
}

#[test]
fn a_dropped_recv_that_lost_a_message_still_tells_its_own_connection() {
    let world = World::online(Settings {
        echo: false,
        ..Settings::l610().fault(Fault::DropUrc)
    });
    let mut memory = Memory {
        message: vec![0; 64],
        ..Memory::default()
    };
    let mut modem = memory.modem_with(&world, Dialect::default());
    world.block_on(async {
        both_connected(&mut modem).await;
        world
            .broker()
            .client("other")
            .publish("down/two/x", [b'x'; 100], 1, false);
        let mut buffer = [0; 64];
        leave_in_buffer(&world, &mut modem).await;
        let size = Announcement {
            topic_len: 10,
            payload_len: 100,
        };
        let pause = sleep(&world, Duration::from_secs(5));
        let mut client = modem.client(IDS[0]);
        assert!(matches!(
            select(client.recv(&mut buffer), pause).await,
            Either::Second(())
        ));
        assert_eq!(
            modem.recv_any(&mut buffer).await,
            Ok(Incoming::Lost(IDS[1].into(), size))
        );
    });
}
