//! What tasks ask for: slots, results, drops, refusals.

use std::time::Duration;

use embassy_futures::join::{join, join3, join4};
use embassy_futures::select::{Either, select};
use embassy_sync::blocking_mutex::raw::NoopRawMutex;
use fibocom_mqtt::{ConnectionId, Credentials, Error, InvalidInput, Publication, QoS, Runner};

use crate::support::*;
use crate::*;

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
