//! The runner: many tasks on one modem, on the simulated module and the virtual clock.
#![cfg(all(feature = "sim", feature = "runner"))]

mod support;

use std::time::Duration;

use embassy_futures::join::{join, join3, join4};
use embassy_futures::select::{Either, select};
use embassy_sync::blocking_mutex::raw::NoopRawMutex;
use embedded_io_async::ErrorKind;
use fibocom_mqtt::sim::{Settings, UrcTiming, World};
use fibocom_mqtt::{
    Announcement, BreakCause, ConnectOptions, ConnectionId, Counters, Credentials, Delivery, Dialect, Error, Handle,
    InvalidInput, Publication, QoS, Runner, TopicFilter,
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
fn results_reach_the_task_that_asked() {
    let world = online();
    served::<_, 2>(&world, async |[one, two], _| {
        connect(&one).await;
        let good = async {
            for n in 0..100u8 {
                let payload = [n];
                let publication = Publication::new(topic("good"), &payload).qos(QoS::AtLeastOnce);
                assert!(one.publish(&publication).await.is_ok());
            }
        };
        let not_connected = async {
            for _ in 0..300 {
                let ended = two.publish(&Publication::new(topic("bad"), b"bad")).await;
                assert_eq!(ended, Err(Error::NotConnected));
                sleep(&world, Duration::from_millis(7)).await;
            }
        };
        let skipping = async {
            for _ in 0..50 {
                assert_eq!(one.skip().await, Ok(None));
            }
        };
        join3(good, not_connected, skipping).await;
    });
    let published = world.broker().published();
    let published: Vec<_> = published.iter().map(|(_, message)| message.payload[0]).collect();
    assert_eq!(published, (0..100).collect::<Vec<_>>());
}

#[test]
fn a_dropped_publication_is_sent_and_its_outcome_is_nobody_elses() {
    for after in 0..60 {
        let world = online();
        served::<_, 2>(&world, async |[one, two], _| {
            join(connect(&one), connect(&two)).await;
            // Refused for the one that is dropped, confirmed for the next.
            world.broker().refuse_publications(true);
            let publication = Publication::new(topic("t"), b"dropped").qos(QoS::AtLeastOnce);
            let pause = sleep(&world, Duration::from_millis(after));
            let dropped = select(one.publish(&publication), pause).await;
            assert!(matches!(
                dropped,
                Either::Second(()) | Either::First(Err(Error::Refused))
            ));
            while one.counters().refused == 0 {
                sleep(&world, Duration::from_millis(1)).await;
            }
            world.broker().refuse_publications(false);
            let next = Publication::new(topic("t"), b"next").qos(QoS::AtLeastOnce);
            assert!(join(one.publish(&next), two.publish(&next)).await.0.is_ok());
            let counters = one.counters();
            assert_eq!((counters.sent, counters.refused, counters.confirmed), (2, 1, 1));
        });
    }
}

#[test]
fn a_request_waits_for_a_slot_and_one_dropped_meanwhile_is_never_sent() {
    let world = online();
    served::<_, 1>(&world, async |[one, _], _| {
        connect(&one).await;
        let publish = async |payload: u8| {
            let payload = [payload];
            let publication = Publication::new(topic("t"), &payload).qos(QoS::AtLeastOnce);
            one.publish(&publication).await.unwrap();
        };
        let impatient = async {
            let pause = sleep(&world, Duration::from_millis(1));
            assert!(matches!(select(publish(99), pause).await, Either::Second(())));
        };
        join4(
            join3(publish(0), publish(1), publish(2)),
            join3(publish(3), publish(4), publish(5)),
            join3(publish(6), publish(7), publish(8)),
            impatient,
        )
        .await;
    });
    let published = world.broker().published();
    let mut published: Vec<_> = published.iter().map(|(_, message)| message.payload[0]).collect();
    published.sort_unstable();
    assert_eq!(published, [0, 1, 2, 3, 4, 5, 6, 7, 8]);
}

#[test]
fn a_break_is_told_to_everybody_who_waits_and_the_other_connection_goes_on() {
    let world = online();
    served::<_, 4>(&world, async |[one, two], _| {
        join(connect(&one), connect(&two)).await;
        let lost = Error::Disconnected(BreakCause::Server);
        for _ in 0..2 {
            let told = async || {
                let mut buffer = [0; 128];
                assert_eq!(one.recv(&mut buffer).await, Err(lost));
                assert!(!one.is_connected());
            };
            let other = async {
                let mut buffer = [0; 128];
                assert_eq!(two.recv(&mut buffer).await.unwrap().payload(), b"alive");
            };
            let breaks = async {
                sleep(&world, SECOND).await;
                assert!(world.broker().break_connection("one"));
                sleep(&world, SECOND).await;
                world.broker().client("other").publish("down/two/x", "alive", 1, false);
            };
            join4(told(), told(), other, breaks).await;
            // And to everybody who asks later.
            let publication = Publication::new(topic("t"), b"1").qos(QoS::AtLeastOnce);
            assert_eq!(one.publish(&publication).await, Err(lost));
            told().await;
            assert!(two.publish(&publication).await.is_ok());
            // Nothing reconnects by itself; on request it does.
            sleep(&world, 100 * SECOND).await;
            assert_eq!(world.broker().connected(), ["other", "two"]);
            connect(&one).await;
            world.broker().client("other").publish("down/one/x", "again", 1, false);
            let mut buffer = [0; 128];
            assert_eq!(one.recv(&mut buffer).await.unwrap().payload(), b"again");
        }
    });
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

#[test]
fn a_connection_without_an_inbox_publishes_and_receives_nothing() {
    let world = online();
    let mut memory = Memory::default();
    let mut modem = memory.modem(&world);
    let runner = Runner::<NoopRawMutex, 1, 1, 128>::new();
    let two = runner.handle(ConnectionId::SECOND);
    world.block_on(async {
        let tasks = async {
            two.connect(&options()).await.unwrap();
            two.publish(&Publication::new(topic("t"), b"1")).await.unwrap();
            assert_eq!(two.recv(&mut [0; 8]).await, Err(Error::NotConnected));
        };
        assert!(matches!(
            select(runner.run(&mut modem), tasks).await,
            Either::Second(())
        ));
    });
}

#[test]
fn what_a_slot_cannot_hold_is_refused_with_what_it_needs() {
    let world = online();
    served::<_, 1>(&world, async |[one, _], _| {
        let ended = one.publish(&Publication::new(topic("t"), &[0; 128])).await;
        let too_long = InvalidInput::RequestSlot { len: 129, max: 128 };
        assert_eq!(ended, Err(Error::Invalid(too_long)));
        let password = "x".repeat(200);
        let options = options().credentials(Credentials::new("user", &password));
        let ended = one.connect(&options).await;
        assert!(matches!(ended, Err(Error::Invalid(InvalidInput::RequestSlot { .. }))));
    });
    assert!(world.record().commands().is_empty());
}

#[test]
fn everybody_is_told_when_the_port_fails_and_all_goes_on_with_the_next_run() {
    let world = online();
    let mut memory = Memory::default();
    let mut modem = memory.modem(&world);
    let runner = TestRunner::<2>::new();
    let one = runner.handle(ConnectionId::FIRST);
    world.block_on(async {
        let gone = Error::Port(ErrorKind::NotConnected);
        let receive = async {
            connect(&one).await;
            let mut buffer = [0; 128];
            assert_eq!(one.recv(&mut buffer).await, Err(gone));
        };
        let unplug = async {
            sleep(&world, 10 * SECOND).await;
            world.port().unplug();
        };
        let (ended, ..) = join3(runner.run(&mut modem), receive, unplug).await;
        assert!(matches!(ended, Err(Error::Port(_))), "{ended:?}");
        let publication = Publication::new(topic("t"), b"1").qos(QoS::AtLeastOnce);
        assert_eq!(one.publish(&publication).await, Err(gone));
        world.port().plug();
        let again = async {
            // Once it runs again.
            while one.publish(&publication).await == Err(gone) {
                sleep(&world, SECOND).await;
            }
            assert!(one.is_connected(), "a connection that is still open is taken over");
            assert!(one.publish(&publication).await.is_ok());
        };
        assert!(matches!(
            select(runner.run(&mut modem), again).await,
            Either::Second(())
        ));
    });
}

#[test]
fn a_silent_module_ends_the_run() {
    let world = online();
    let mut memory = Memory::default();
    let mut modem = memory.modem(&world);
    let runner = TestRunner::<2>::new();
    let one = runner.handle(ConnectionId::FIRST);
    world.block_on(async {
        let receive = async {
            connect(&one).await;
            world.module(|module| module.settings_mut().faults.push(fibocom_mqtt::sim::Fault::Silent));
            let mut buffer = [0; 128];
            assert_eq!(one.recv(&mut buffer).await, Err(Error::Silent));
        };
        let (ended, ()) = join(runner.run(&mut modem), receive).await;
        assert!(matches!(ended, Err(Error::Silent)), "{ended:?}");
    });
}

#[test]
fn a_restart_of_the_module_ends_the_run_for_everybody_whoever_notices() {
    for publish_first in [false, true] {
        let world = online();
        let mut memory = Memory::default();
        let mut modem = memory.modem(&world);
        let runner = TestRunner::<2>::new();
        let (one, two) = (runner.handle(ConnectionId::FIRST), runner.handle(ConnectionId::SECOND));
        world.block_on(async {
            modem.attach(Duration::from_secs(40)).await.unwrap();
            let tasks = async {
                connect(&one).await;
                connect(&two).await;
                world.restart();
                let publish = async {
                    if publish_first {
                        let publication = Publication::new(topic("t"), b"1").qos(QoS::AtLeastOnce);
                        assert!(one.publish(&publication).await.is_err());
                    }
                };
                let (mut first, mut second) = ([0; 128], [0; 128]);
                let (_, one, two) = join3(publish, one.recv(&mut first), two.recv(&mut second)).await;
                for received in [one, two] {
                    assert!(
                        matches!(received, Err(Error::Restarted | Error::NotConnected)),
                        "{received:?}"
                    );
                }
            };
            let (ended, ()) = join(runner.run(&mut modem), tasks).await;
            assert!(matches!(ended, Err(Error::Restarted)), "{ended:?}");

            modem.attach(Duration::from_secs(40)).await.unwrap();
            modem
                .bring_up(&fibocom_mqtt::Network::new(), Duration::from_secs(60))
                .await
                .unwrap();
            let again = async {
                connect(&two).await;
                let publication = Publication::new(topic("t"), b"1").qos(QoS::AtLeastOnce);
                assert_eq!(two.publish(&publication).await, Ok(Delivery::Confirmed));
            };
            let run = runner.run(&mut modem);
            assert!(matches!(select(run, again).await, Either::Second(())));
        });
    }
}

#[test]
fn when_the_run_is_dropped_nothing_waits_for_ever_and_what_was_begun_is_unknown() {
    let world = online();
    let mut memory = Memory::default();
    let mut modem = memory.paced(&world, Dialect::default());
    let runner = TestRunner::<3>::new();
    let one = runner.handle(ConnectionId::FIRST);
    world.block_on(async {
        let tasks = async {
            connect(&one).await;
            let publish = async || {
                let publication = Publication::new(topic("t"), &[b'x'; 100]).qos(QoS::AtLeastOnce);
                one.publish(&publication).await
            };
            let mut buffer = [0; 128];
            let (begun, behind, received) = join3(publish(), publish(), one.recv(&mut buffer)).await;
            assert_eq!((begun, behind), (Err(Error::Unknown), Err(Error::NotRunning)));
            assert_eq!(received, Err(Error::NotRunning));
            assert_eq!(publish().await, Err(Error::NotRunning));
        };
        let serve = async {
            let in_the_middle = async {
                while !world.module(|module| module.in_data_mode()) {
                    sleep(&world, Duration::from_millis(1)).await;
                }
            };
            assert!(matches!(
                select(runner.run(&mut modem), in_the_middle).await,
                Either::Second(())
            ));
        };
        join(serve, tasks).await;
        // What was begun is brought to its end by the next call on the modem.
        modem.client(ConnectionId::FIRST).poll().await.unwrap();
    });
    assert_eq!(world.broker().published().len(), 1);
}

#[test]
fn a_trace_shows_what_the_runner_does_and_no_secret() {
    let world = online();
    let mut memory = Memory::default();
    let mut steps = Vec::new();
    let mut show = |step: fibocom_mqtt::Trace<'_>| steps.push(step.to_string());
    let mut modem = memory.modem(&world);
    modem.set_trace(&mut show);
    let runner = TestRunner::<1>::new();
    let one = runner.handle(ConnectionId::FIRST);
    world.block_on(async {
        let options = options().credentials(Credentials::new("user", "s3cret"));
        let tasks = async { one.connect(&options).await.unwrap() };
        assert!(matches!(
            select(runner.run(&mut modem), tasks).await,
            Either::Second(())
        ));
    });
    drop(modem);
    assert!(
        steps.iter().any(|step| step.starts_with("> AT+MQTTOPEN=1,")),
        "{steps:?}"
    );
    assert!(!steps.iter().any(|step| step.contains("s3cret")), "{steps:?}");
}
