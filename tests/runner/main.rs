//! The runner: many tasks on one modem, on the simulated module and the virtual clock.
#![cfg(all(feature = "sim", feature = "runner"))]

mod ends;
mod requests;
#[path = "../support/mod.rs"]
mod support;

use std::time::Duration;

use embassy_futures::join::{join, join3, join4};
use embassy_futures::select::{Either, select};
use embassy_sync::blocking_mutex::raw::NoopRawMutex;
use fibocom_mqtt::sim::{Settings, UrcTiming, World};
use fibocom_mqtt::{
    Announcement, ConnectOptions, ConnectionId, Counters, Error, Handle, Publication, QoS, Runner, SnConnectOptions,
    SnConnectionId, TopicFilter,
};
use support::*;

const IDS: [ConnectionId; 2] = [ConnectionId::FIRST, ConnectionId::SECOND];
const NAMES: [&str; 2] = ["one", "two"];
const MANY: usize = 500;
const SECOND: Duration = Duration::from_secs(1);

type TestRunner<const SLOTS: usize> = Runner<NoopRawMutex, 2, SLOTS, 128>;
type TestHandle<'r, const SLOTS: usize> = Handle<'r, NoopRawMutex, 2, SLOTS, 128>;

/// Serves `tasks` until they have ended.
fn served<R, const SLOTS: usize>(
    world: &World,
    tasks: impl AsyncFnOnce([TestHandle<'_, SLOTS>; 2], &TestRunner<SLOTS>) -> R,
) -> R {
    let mut memory = Memory::default();
    let mut modem = memory.modem(world);
    let runner = TestRunner::new();
    let handles = IDS.map(|id| runner.handle(id));
    world.block_on(async {
        match select(runner.run(&mut modem), tasks(handles, &runner)).await {
            Either::First(Err(error)) => panic!("the runner ended: {error:?}"),
            Either::Second(result) => result,
        }
    })
}

fn name_of<const SLOTS: usize>(handle: &TestHandle<'_, SLOTS>) -> &'static str {
    NAMES[usize::from(handle.id().get() - 1)]
}

async fn connect<const SLOTS: usize>(handle: &TestHandle<'_, SLOTS>) {
    let name = name_of(handle);
    handle
        .connect(&ConnectOptions::new("broker", 1883).client_id(name))
        .await
        .unwrap();
    let filter = format!("down/{name}/#");
    handle
        .subscribe(TopicFilter::new(&filter).unwrap(), QoS::ExactlyOnce)
        .await
        .unwrap();
    assert!(handle.is_connected());
}

fn payload(name: &str, n: usize) -> Vec<u8> {
    format!("{n} of {name}\r\nOK\r\n>").into_bytes()
}

async fn publish_many<const SLOTS: usize>(handle: TestHandle<'_, SLOTS>) {
    let topic_name = format!("up/{}", name_of(&handle));
    for n in 0..MANY {
        let payload = payload(name_of(&handle), n);
        let qos = [QoS::AtLeastOnce, QoS::ExactlyOnce][n % 2];
        let publication = Publication::new(topic(&topic_name), &payload).qos(qos);
        handle.publish(&publication).await.unwrap();
    }
}

async fn receive_many<const SLOTS: usize>(handle: TestHandle<'_, SLOTS>) {
    let mut buffer = [0; 128];
    for n in 0..MANY {
        let message = handle.recv(&mut buffer).await.unwrap();
        let (name, topic) = (name_of(&handle), message.topic_str().unwrap());
        assert_eq!(topic, format!("down/{name}/{}", n % 7));
        assert_eq!(message.payload(), payload(name, n));
    }
}

/// Publishes to a connection, never more than the module's store holds.
async fn flood(world: &World, index: usize) {
    let (broker, name) = (world.broker(), NAMES[index]);
    let peer = broker.client("flood");
    for n in 0..MANY {
        while broker.queued(name) > 4 || world.module(|module| module.stored(IDS[index].get().into())) > 8 {
            sleep(world, Duration::from_millis(3)).await;
        }
        peer.publish(
            format!("down/{name}/{}", n % 7),
            payload(name, n),
            1 + (n % 2) as u8,
            false,
        );
        world.module(|module| module.emit_urc(b"+CREG: 1"));
    }
}

fn four_tasks<const SLOTS: usize>(settings: Settings, read_size: usize) {
    let world = World::online(Settings {
        echo: false,
        ..settings
    });
    world.port().set_read_size(read_size);
    served::<_, SLOTS>(&world, async |handles, runner| {
        let [one, two] = handles;
        join(connect(&one), connect(&two)).await;
        let tasks = join4(
            publish_many(one),
            receive_many(one),
            publish_many(two),
            receive_many(two),
        );
        join3(tasks, flood(&world, 0), flood(&world, 1)).await;
        for handle in handles {
            let Counters {
                sent,
                confirmed,
                received,
                lost,
                ..
            } = handle.counters();
            assert_eq!((sent, confirmed, received, lost), (500, 500, 500, 0));
        }
        assert_eq!(runner.counters().confirmed, 1000);
    });
    let published = world.broker().published();
    for name in NAMES {
        let ours = published.iter().filter(|(client, _)| client == name);
        let ours: Vec<_> = ours.map(|(_, message)| message.payload.clone()).collect();
        let expected: Vec<_> = (0..MANY).map(|n| payload(name, n)).collect();
        assert!(ours == expected, "{name}: {} messages", ours.len());
    }
    assert!(world.record().lost_commands().is_empty());
}

#[test]
fn five_hundred_messages_each_way_on_two_connections_from_four_tasks() {
    four_tasks::<4>(Settings::l610(), usize::MAX);
}

#[test]
fn five_hundred_messages_each_way_through_a_single_slot_in_odd_reads() {
    let settings = Settings {
        urc_timing: UrcTiming::AtOnce,
        ..Settings::l610()
    };
    four_tasks::<1>(settings, 5);
}

#[test]
fn what_nobody_takes_stays_in_the_module_and_holds_up_no_other_connection() {
    let world = online();
    served::<_, 2>(&world, async |[one, two], _| {
        join(connect(&one), connect(&two)).await;
        let other = world.broker().client("other");
        for n in 0..10u8 {
            other.publish("down/one/x", [n], 1, false);
        }
        other.publish("down/two/x", "two", 1, false);
        let mut buffer = [0; 128];
        assert_eq!(two.recv(&mut buffer).await.unwrap().payload(), b"two");
        sleep(&world, 100 * SECOND).await;
        // One in its inbox, at most one more on its way.
        assert!(world.module(|module| module.stored(1)) >= 8);
        let publication = Publication::new(topic("t"), b"1").qos(QoS::AtLeastOnce);
        assert!(one.publish(&publication).await.is_ok());
        for n in 0..10u8 {
            assert_eq!(one.recv(&mut buffer).await.unwrap().payload(), [n]);
        }
    });
}

#[test]
fn messages_too_large_for_the_buffer_or_the_inbox_stay_until_skipped() {
    let world = online();
    served::<_, 2>(&world, async |[one, _], _| {
        connect(&one).await;
        let other = world.broker().client("other");
        let size = |payload_len| Announcement {
            topic_len: 10,
            payload_len,
        };
        for len in [60, 60, 300, 5] {
            other.publish("down/one/x", vec![b'x'; len], 1, false);
        }
        let (mut small, mut large) = ([0; 20], [0; 1000]);
        for _ in 0..2 {
            assert_eq!(one.recv(&mut small).await, Err(Error::TooLarge(size(60))));
        }
        assert_eq!(one.recv(&mut large).await.unwrap().payload().len(), 60);
        assert_eq!(one.recv(&mut small).await, Err(Error::TooLarge(size(60))));
        assert_eq!(one.skip().await, Ok(Some(size(60))));
        for _ in 0..2 {
            assert_eq!(one.recv(&mut large).await, Err(Error::TooLarge(size(300))));
        }
        assert_eq!(one.skip().await, Ok(Some(size(300))));
        assert_eq!(one.recv(&mut small).await.unwrap().payload(), b"xxxxx");
    });
}

#[test]
fn a_receiver_dropped_at_any_moment_loses_nothing() {
    let world = online();
    served::<_, 2>(&world, async |[one, _], _| {
        connect(&one).await;
        let other = world.broker().client("other");
        let (mut received, mut buffer) = (Vec::new(), [0; 128]);
        for n in 0..100u8 {
            other.publish("down/one/x", [n], 1, false);
            let pause = sleep(&world, Duration::from_millis(u64::from(n % 13)));
            if let Either::First(message) = select(one.recv(&mut buffer), pause).await {
                received.push(message.unwrap().payload()[0]);
            }
            while world.module(|module| module.stored(1)) > 8 {
                received.push(one.recv(&mut buffer).await.unwrap().payload()[0]);
            }
        }
        while received.len() < 100 {
            received.push(one.recv(&mut buffer).await.unwrap().payload()[0]);
        }
        assert_eq!(received, (0..100).collect::<Vec<_>>());
    });
}

#[test]
fn tasks_that_publish_without_a_pause_do_not_keep_messages_from_being_received() {
    let world = online();
    served::<_, 2>(&world, async |[one, _], _| {
        connect(&one).await;
        let publish = async || {
            for _ in 0..300 {
                let publication = Publication::new(topic("t"), b"1").qos(QoS::AtLeastOnce);
                one.publish(&publication).await.unwrap();
            }
            panic!("nothing was received meanwhile");
        };
        let receive = async {
            let (other, mut buffer) = (world.broker().client("other"), [0; 128]);
            for n in 0..50u8 {
                other.publish("down/one/x", [n], 1, false);
                assert_eq!(one.recv(&mut buffer).await.unwrap().payload(), [n]);
            }
        };
        let publishers = join3(publish(), publish(), publish());
        assert!(matches!(select(publishers, receive).await, Either::Second(())));
    });
}
