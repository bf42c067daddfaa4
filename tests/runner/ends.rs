//! How a connection or a run ends, and how all goes on.

use std::time::Duration;

use embassy_futures::join::{join, join3, join4};
use embassy_futures::select::{Either, select};
use embedded_io_async::ErrorKind;
use fibocom_mqtt::{BreakCause, ConnectionId, Delivery, Dialect, Error, Publication, QoS};

use crate::support::*;
use crate::*;

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
fn an_mqtt_sn_connection_beside_does_not_concern_it() {
    let world = online();
    let sn = SnConnectionId::FIRST;
    let mut memory = Memory::default();
    world.block_on(async {
        // Of an earlier run of the host.
        let mut modem = memory.modem(&world);
        modem.set_model("L610".parse().unwrap());
        let mut client = modem.client(sn);
        let options = SnConnectOptions::new("gateway", 1883).client_id("sn");
        client.connect(&options).await.unwrap();
        let filter = TopicFilter::new("down/#").unwrap();
        client.subscribe(filter, QoS::AtLeastOnce).await.unwrap();
    });
    let mut memory = Memory::default();
    let mut modem = memory.modem(&world);
    let runner = TestRunner::<2>::new();
    let handle = runner.handle(ConnectionId::FIRST);
    let elsewhere = world.broker().client("elsewhere");
    world.block_on(async {
        modem.attach(40 * SECOND).await.unwrap();
        assert!(modem.client(sn).is_connected());
        let tasks = async {
            // Announcements of it come while no other connection is open.
            elsewhere.publish("down/one/x", "0", 1, false);
            sleep(&world, 70 * SECOND).await;
            connect(&handle).await;
            let mut buffer = [0; 128];
            for n in 1..=3u8 {
                elsewhere.publish("down/one/x", [n], 1, false);
                let message = handle.recv(&mut buffer).await.unwrap();
                assert_eq!(message.payload(), [n]);
            }
            assert!(world.broker().break_connection("sn"));
            sleep(&world, SECOND).await;
            elsewhere.publish("down/one/x", "last", 1, false);
            let message = handle.recv(&mut buffer).await.unwrap();
            assert_eq!(message.payload(), b"last");
            assert!(handle.is_connected());
        };
        match select(runner.run(&mut modem), tasks).await {
            Either::First(Err(error)) => panic!("the runner ended: {error:?}"),
            Either::Second(()) => {}
        }
    });
}
