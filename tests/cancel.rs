//! Every await may be dropped, and a reply answers its own command: on the simulated module, dropped at every step.
#![cfg(feature = "sim")]

mod support;

use std::time::Duration;

use embassy_futures::select::{Either, select};
use fibocom_mqtt::sim::{Fault, Settings, World};
use fibocom_mqtt::{Delivery, Dialect, Error, Event, Operation, Publication, QoS, SettledEnd, TopicFilter, command};
use support::*;

/// Drops a publish after so many virtual milliseconds, and says whether it had ended by then.
async fn dropped_publish(world: &World, client: &mut TestClient<'_, '_, Paced>, payload: &[u8], after: u64) -> bool {
    let publication = Publication::new(topic("t"), payload).qos(QoS::AtLeastOnce);
    let pause = sleep(world, Duration::from_millis(after));
    matches!(select(client.publish(&publication), pause).await, Either::First(_))
}

fn slow() -> World {
    // An OK that takes its time, so that there is a moment between each two steps.
    World::online(Settings {
        echo: false,
        ok_delay: Duration::from_millis(7),
        ..Settings::l610()
    })
}

#[test]
fn a_dropped_publish_is_completed_by_the_next_call() {
    let payload = every_byte();
    for after in 0..100 {
        let world = slow();
        let mut memory = Memory::default();
        let mut modem = memory.paced(&world, Dialect::default());
        let ended = world.block_on(async {
            let mut client = connected(&mut modem).await;
            let ended = dropped_publish(&world, &mut client, &payload, after).await;
            // The next call must neither be taken for payload nor take the owed answer.
            client
                .subscribe(TopicFilter::new("x").unwrap(), QoS::AtMostOnce)
                .await
                .unwrap();
            assert_eq!(
                client.publish(&Publication::new(topic("t"), b"next")).await,
                Ok(Delivery::Confirmed)
            );
            ended
        });
        let published: Vec<_> = world
            .broker()
            .published()
            .into_iter()
            .map(|(_, message)| message.payload)
            .collect();
        let begun = world
            .record()
            .commands()
            .iter()
            .any(|command| command.ends_with(",1,0,1024"));
        assert_eq!(published.len(), if begun { 2 } else { 1 }, "dropped after {after} ms");
        assert!(!begun || published[0] == payload, "dropped after {after} ms");
        assert!(begun || !ended);
        assert_eq!(published.last().unwrap(), b"next");
    }
}

#[test]
fn what_a_dropped_publish_came_to_is_told_by_poll() {
    let world = slow();
    let mut memory = Memory::default();
    let mut modem = memory.paced(&world, Dialect::default());
    world.block_on(async {
        let mut client = connected(&mut modem).await;
        client.unsubscribe(TopicFilter::new("#").unwrap()).await.unwrap();
        assert!(!dropped_publish(&world, &mut client, b"payload", 8).await);
        let end = SettledEnd::Succeeded;
        assert_eq!(
            client.poll().await,
            Ok(Event::Settled {
                operation: Operation::Publish,
                end
            })
        );
    });
}

#[test]
fn after_the_modules_limit_nothing_more_is_sent_and_the_cut_is_reported() {
    for left_for in [28u64, 29, 31, 45] {
        let world = slow();
        let mut memory = Memory::default();
        let mut modem = memory.paced(&world, Dialect::default());
        world.block_on(async {
            let mut client = connected(&mut modem).await;
            client.unsubscribe(TopicFilter::new("#").unwrap()).await.unwrap();
            // Drop it in the middle of the data, and do nothing until the module has run out of patience, or is about to.
            assert!(!dropped_publish(&world, &mut client, &[b'x'; 1000], 30).await);
            assert!(world.module(|module| module.in_data_mode()));
            sleep(&world, Duration::from_secs(left_for)).await;
            let written = world.record().written().len();
            let event = client.poll().await.unwrap();
            let Event::Settled {
                operation: Operation::Publish,
                end: SettledEnd::Cut { .. },
            } = event
            else {
                panic!("after {left_for} s: {event:?}");
            };
            let rest = world.record().written()[written..].to_vec();
            assert!(!rest.contains(&b'x'), "data was sent after {left_for} s");
            assert_eq!(
                client.publish(&Publication::new(topic("t"), b"next")).await,
                Ok(Delivery::Confirmed)
            );
        });
        assert!(
            world
                .record()
                .commands()
                .iter()
                .all(|command| command.starts_with("AT"))
        );
        let published = world.broker().published();
        assert_eq!(published.last().unwrap().1.payload, b"next");
    }
}

#[test]
fn without_a_limit_the_rest_is_always_sent() {
    let world = World::online(Settings {
        echo: false,
        data_limit: None,
        ..Settings::l610()
    });
    let mut memory = Memory::default();
    let mut modem = memory.paced(&world, Dialect::default().data_mode_limit(None));
    world.block_on(async {
        let mut client = connected(&mut modem).await;
        client.unsubscribe(TopicFilter::new("#").unwrap()).await.unwrap();
        assert!(!dropped_publish(&world, &mut client, &every_byte(), 30).await);
        assert!(world.module(|module| module.in_data_mode()));
        sleep(&world, Duration::from_secs(3600)).await;
        let end = SettledEnd::Succeeded;
        assert_eq!(
            client.poll().await,
            Ok(Event::Settled {
                operation: Operation::Publish,
                end
            })
        );
    });
    assert_eq!(world.broker().published()[0].1.payload, every_byte());
}

#[test]
fn a_prompt_that_never_comes_ends_without_a_byte_of_data() {
    let world = World::online(Settings {
        echo: false,
        ..Settings::l610()
    });
    let mut memory = Memory::default();
    let mut modem = memory.modem(&world);
    world.block_on(async {
        let mut client = connected(&mut modem).await;
        world.module(|module| module.settings_mut().faults.push(Fault::NoPrompt));
        let error = client
            .publish(&Publication::new(topic("t"), b"secret data"))
            .await
            .unwrap_err();
        assert_eq!(error, Error::Silent);
        world.module(|module| module.settings_mut().faults.clear());
        sleep(&world, Duration::from_secs(60)).await;
    });
    let written = world.record().written().to_vec();
    assert!(!written.windows(11).any(|part| part == b"secret data"));
}

#[test]
fn an_answer_that_comes_late_is_never_the_next_commands() {
    // An ERROR for a command that was given up must not be taken for the next one's.
    for late in [11_000u64, 13_000, 19_000] {
        let world = World::online(Settings {
            echo: false,
            ..Settings::l610()
        });
        let mut memory = Memory::default();
        let mut modem = memory.modem(&world);
        world.block_on(async {
            let mut client = connected(&mut modem).await;
            world.module(|module| {
                module
                    .settings_mut()
                    .faults
                    .push(Fault::LateOk(Duration::from_millis(late)))
            });
            let error = client
                .subscribe(TopicFilter::new("x").unwrap(), QoS::AtMostOnce)
                .await
                .unwrap_err();
            assert_eq!(error, Error::Silent);
            world.module(|module| module.settings_mut().faults.clear());
            // Until the module is done with it, it answers nothing else; then everything is in step again.
            sleep(&world, Duration::from_secs(20)).await;
            let signal = modem.send(&command::ReadSignal).await.unwrap();
            assert!(signal.dbm().is_some());
            assert_eq!(
                modem.send(&command::ReadErrorReports).await.unwrap(),
                command::ErrorReports::Off
            );
        });
    }
}

#[test]
fn dropped_calls_leave_the_line_in_step() {
    // Whatever is dropped, whenever, the next command gets its own answer.
    for after in 0..120 {
        let world = slow();
        let mut memory = Memory::default();
        let mut modem = memory.modem(&world);
        world.block_on(async {
            connected(&mut modem).await;
            let pause = sleep(&world, Duration::from_millis(after));
            let mut client = modem.client(fibocom_mqtt::ConnectionId::FIRST);
            let _ = match after % 3 {
                0 => {
                    select(
                        async {
                            client
                                .subscribe(TopicFilter::new("y").unwrap(), QoS::AtMostOnce)
                                .await
                                .map(drop)
                        },
                        pause,
                    )
                    .await
                }
                1 => select(async { client.disconnect().await }, pause).await,
                _ => select(async { client.connect(&options()).await }, pause).await,
            };
            assert!(modem.send(&command::ReadSignal).await.unwrap().dbm().is_some());
            let ids = modem.send(&command::OpenableIds).await.unwrap();
            assert!(ids.contains(2), "{ids:?}");
            assert_eq!(
                modem.send(&command::ReadConf).await.unwrap(),
                command::ReceiveMode::ByLength
            );
        });
        assert!(world.record().lost_commands().is_empty(), "after {after} ms");
    }
}
