//! A gateway on the simulated module whose turns are dropped.

use std::convert::Infallible;
use std::time::Duration;

use embassy_futures::select::select;
use fibocom_mqtt::profile::juconn::{CloudSendRealtimeData, Gateway, Input, Link, Now, RequestKind};
use fibocom_mqtt::sim::World;
use fibocom_mqtt::{Clock, ConnectOptions, ConnectionId, Error, QoS, TopicFilter};

use super::adapter::{Driver, KEYS, Plant, Portal, accept, gateway, next, portal, request, turn};
use super::support::{self, TestModem};

#[test]
fn a_command_whose_turn_is_dropped_is_answered_and_not_executed_again() {
    let world = support::online();
    let mut plant = Plant {
        takes: Duration::from_secs(3600),
        clock: Some(world.clock()),
        ..Plant::default()
    };
    started(&world, &mut plant, async |portal, client, gateway, plant| {
        // Every turn is dropped after five seconds, whatever it is at.
        let dropped = async {
            loop {
                let pause = support::sleep(&world, Duration::from_secs(5));
                let _ = select(turn(client, gateway, plant), pause).await;
            }
        };
        let script = async {
            accept(portal).await;
            next(portal, "/data").await;
            portal
                .0
                .publish("c1/fp/g1/cmd", request(RequestKind::Cmd, "<DoOn _=\"x\"/>"), 1, false);
            let result = next(portal, "/cmdResult").await;
            assert!(result.contains("<error_code _=\"500\"/>"), "{result}");
            assert!(
                result.contains("the execution was interrupted") && !result.contains("<DoOn"),
                "{result}"
            );
            support::sleep(&world, Duration::from_secs(60)).await;
        };
        select(dropped, script).await;
    });
    assert_eq!(*plant.executed.borrow(), ["<DoOn _=\"x\"/>"]);
}

#[test]
fn a_login_whose_turn_is_dropped_anywhere_is_whole_in_the_end() {
    let mut dropped = std::collections::BTreeMap::new();
    for millis in (0..350).step_by(7) {
        let (world, mut plant) = (support::online(), Plant::default());
        started(&world, &mut plant, async |portal, client, gateway, plant| {
            let pause = support::sleep(&world, Duration::from_millis(millis));
            let _ = select(turn(client, gateway, plant), pause).await;
            *dropped
                .entry(format!("{:?} {:?}", gateway.link(), gateway.phase()))
                .or_insert(0) += 1;
            select(live(client, gateway, plant), every_kind_is_answered(portal)).await;
        });
    }
    // While it connected, while it subscribed, and while it waited.
    assert_eq!(dropped.len(), 3, "{dropped:?}");
}

#[test]
fn a_turn_that_is_dropped_again_before_anything_began_loses_nothing() {
    for first in (0..350).step_by(7) {
        // The second drop comes while what the first left behind is brought to its end.
        for second in [1, 8, 25] {
            let (world, mut plant) = (support::online(), Plant::default());
            started(&world, &mut plant, async |portal, client, gateway, plant| {
                for millis in [first, second] {
                    let pause = support::sleep(&world, Duration::from_millis(millis));
                    let _ = select(turn(client, gateway, plant), pause).await;
                }
                let script = async {
                    let begun = world.clock().now();
                    every_kind_is_answered(portal).await;
                    // Nothing was waited for that had not been asked for.
                    let took = world.clock().now().saturating_since(begun);
                    assert!(took < Duration::from_secs(5), "{first} {second} {took:?}");
                };
                select(live(client, gateway, plant), script).await;
            });
        }
    }
}

#[test]
fn a_message_of_the_other_connection_is_the_callers_to_receive_and_costs_no_connection() {
    let world = support::online();
    let mut memory = support::Memory::default();
    let mut plant = Plant::default();
    world.block_on(async {
        let portal = portal(&world);
        let mut modem: TestModem<'_> = memory.modem(&world);
        let mut other = modem.client(ConnectionId::SECOND);
        let options = ConnectOptions::new("portal", 1883).client_id("other");
        other.connect(&options).await.unwrap();
        let filter = TopicFilter::new("other/#").unwrap();
        other.subscribe(filter, QoS::AtLeastOnce).await.unwrap();
        let mut gateway = gateway(KEYS);
        gateway.input(Now::new(world.clock().now(), 0), Input::Start);
        let life = async {
            let mut client = modem.client(ConnectionId::FIRST);
            loop {
                turn(&mut client, &mut gateway, &mut plant).await.unwrap();
            }
        };
        let script = async {
            accept(&portal).await;
            next(&portal, "/data").await;
        };
        select(life, script).await;
        // Its message is read and left in the driver's buffer, and so is no room for the gateway's.
        portal.0.publish("other/x", [b'x'; 900], 1, false);
        let read = async {
            while world.module(|module| module.stored(2)) == 0 {
                support::sleep(&world, Duration::from_millis(1)).await;
            }
            while world.module(|module| module.stored(2)) > 0 {
                support::sleep(&world, Duration::from_millis(1)).await;
            }
        };
        let mut buffer = [0; 1279];
        select(modem.client(ConnectionId::SECOND).recv(&mut buffer), read).await;
        let long = format!("<Set _=\"{}\"/>", "y".repeat(700));
        portal
            .0
            .publish("c1/fp/g1/cmd", request(RequestKind::Cmd, &long), 1, false);
        let mut client = modem.client(ConnectionId::FIRST);
        for _ in 0..2 {
            let error = turn(&mut client, &mut gateway, &mut plant).await.unwrap_err();
            assert_eq!(error, Error::OtherMessage(ConnectionId::SECOND.into()));
            assert_eq!(gateway.link(), Link::Up);
        }
        let mut other = modem.client(ConnectionId::SECOND);
        assert_eq!(other.recv(&mut buffer).await.unwrap().topic(), b"other/x");
        let mut client = modem.client(ConnectionId::FIRST);
        let life = live(&mut client, &mut gateway, &mut plant);
        select(life, next(&portal, "/cmdResult")).await;
    });
    // One connection each.
    assert_eq!(world.broker().opens().len(), 2);
    assert!(plant.failures.borrow().is_empty(), "{:?}", plant.failures);
}

#[test]
fn data_that_were_refused_after_their_turn_was_dropped_are_sent_after_a_while() {
    let mut held = 0;
    for millis in 0..60 {
        let mut plant = Plant::default();
        running(&mut plant, async |world, portal, client, gateway, plant| {
            world.broker().refuse_publications(true);
            let event = Input::SendRealtimeData(CloudSendRealtimeData::ALL);
            gateway.input(Now::new(world.clock().now(), 0), event);
            let turn = turn(client, gateway, plant);
            select(turn, support::sleep(world, Duration::from_millis(millis))).await;
            // What had begun is refused meanwhile.
            support::sleep(world, Duration::from_millis(200)).await;
            world.broker().refuse_publications(false);
            let begun = world.clock().now();
            select(live(client, gateway, plant), next(portal, "/data")).await;
            let took = world.clock().now().saturating_since(begun);
            assert!(took < Duration::from_secs(15), "{millis} {took:?}");
        });
        held += plant.failures.borrow().len();
    }
    assert!(held > 10, "{held}");
}

#[test]
fn a_subscription_that_was_refused_after_its_turn_was_dropped_is_made_again() {
    let mut refused = 0;
    for millis in (0..300).step_by(4) {
        let (world, mut plant) = (support::online(), Plant::default());
        started(&world, &mut plant, async |portal, client, gateway, plant| {
            let refusing = async {
                support::sleep(&world, Duration::from_millis(millis)).await;
                world.broker().refuse_subscriptions(true);
                support::sleep(&world, Duration::from_millis(12)).await;
            };
            select(turn(client, gateway, plant), refusing).await;
            support::sleep(&world, Duration::from_millis(200)).await;
            world.broker().refuse_subscriptions(false);
            select(live(client, gateway, plant), every_kind_is_answered(portal)).await;
        });
        refused += plant.failures.borrow().len();
    }
    assert!(refused > 0, "{refused}");
}

/// The gateway logs in, sends its data, and answers a request of each kind.
async fn every_kind_is_answered(portal: &Portal<'_>) {
    accept(portal).await;
    next(portal, "/data").await;
    for kind in RequestKind::ALL {
        let payload = request(kind, if kind == RequestKind::State { "" } else { "<Set/>" });
        portal.0.publish(format!("c1/fp/g1/{kind}"), payload, 1, false);
        next(portal, kind.result_topic()).await;
    }
}

/// A gateway that was told to start, and had no turn yet.
pub fn started(
    world: &World,
    plant: &mut Plant,
    script: impl AsyncFnOnce(&Portal<'_>, &mut Driver<'_, '_>, &mut Gateway<'static>, &mut Plant),
) {
    let mut memory = support::Memory::default();
    world.block_on(async {
        let portal = portal(world);
        let mut modem: TestModem<'_> = memory.modem(world);
        let mut gateway = gateway(KEYS);
        let mut client = modem.client(ConnectionId::FIRST);
        gateway.input(Now::new(world.clock().now(), 0), Input::Start);
        script(&portal, &mut client, &mut gateway, plant).await;
    });
}

/// A gateway that runs, in front of a portal that has heard its first data.
pub fn running(
    plant: &mut Plant,
    script: impl AsyncFnOnce(&World, &Portal<'_>, &mut Driver<'_, '_>, &mut Gateway<'static>, &mut Plant),
) {
    let world = support::online();
    started(&world, plant, async |portal, client, gateway, plant| {
        let login = async {
            accept(portal).await;
            next(portal, "/data").await;
            support::sleep(&world, Duration::from_secs(1)).await;
        };
        select(live(client, gateway, plant), login).await;
        script(&world, portal, client, gateway, plant).await;
    });
}

/// Turns, one after the other.
pub async fn live(client: &mut Driver<'_, '_>, gateway: &mut Gateway<'_>, plant: &mut Plant) -> Infallible {
    loop {
        turn(client, gateway, plant).await.unwrap();
    }
}
