//! What happens between a turn that was dropped and the next one, and what the next one makes of it.

use std::time::Duration;

use embassy_futures::select::{Either, select};
use fibocom_mqtt::profile::juconn::{self, CloudSendRealtimeData, Gateway, Input, Link, Now, Phase, RequestKind};
use fibocom_mqtt::sim::{Fault, Unplugged, World};
use fibocom_mqtt::{Clock, ConnectionId, Dialect, Error, Tls};

use super::adapter::{Driver, KEYS, Plant, Portal, accept, gateway, next, portal, request, turn};
use super::dropped::{live, running, started};
use super::support::{self, TestModem};
use crate::bench::{init_result, request_id};

const MILLI: Duration = Duration::from_millis(1);

fn command(portal: &Portal<'_>, number: u32) {
    let command = format!("<DoOn _=\"{number}\"/>");
    let payload = request(RequestKind::Cmd, &command);
    portal.0.publish("c1/fp/g1/cmd", payload, 1, false);
}

/// Takes every initialisation, until it hears what is waited for.
pub async fn hears((client, world): &Portal<'_>, mut wanted: impl FnMut(&str, &str) -> bool) {
    let until = world.clock().now() + Duration::from_secs(3600);
    while world.clock().now() < until {
        let mut heard = false;
        for message in client.received() {
            let (topic, payload) = (
                String::from_utf8(message.topic).unwrap(),
                String::from_utf8(message.payload).unwrap(),
            );
            if topic.ends_with("/gatewayInit") {
                let answer = init_result(0, &request_id(&payload));
                client.publish("c1/fp/g1/gatewayInitResult", answer, 1, false);
            }
            heard |= wanted(&topic, &payload);
        }
        if heard {
            return;
        }
        support::sleep(world, 100 * MILLI).await;
    }
    panic!("not heard in an hour");
}

/// What an application may do once its turn was dropped.
#[derive(Clone, Copy, Debug)]
enum Between {
    Nothing,
    Event,
    Start,
}

/// Drops a turn after so many milliseconds while the module refuses what is published, then lets the gateway live: the result must come.
fn refused(millis: u32, between: Between, refuse: impl Fn(&World, bool)) {
    let mut plant = Plant::default();
    running(&mut plant, async |world, portal, client, gateway, plant| {
        refuse(world, true);
        command(portal, 7);
        let dropped = world.clock().now() + millis * MILLI;
        select(live(client, gateway, plant), world.clock().sleep_until(dropped)).await;
        support::sleep(world, 200 * MILLI).await;
        refuse(world, false);
        let now = Now::new(world.clock().now(), 0);
        match between {
            Between::Nothing => {}
            Between::Event => gateway.input(now, Input::SendRealtimeData(CloudSendRealtimeData::ALL)),
            Between::Start => gateway.input(now, Input::Start),
        }
        let result = hears(portal, |topic, payload| {
            topic.ends_with("/cmdResult") && payload.contains("<DoOn/>")
        });
        select(live(client, gateway, plant), result).await;
    });
    assert_eq!(*plant.executed.borrow(), ["<DoOn _=\"7\"/>"], "{millis} {between:?}");
}

#[test]
fn an_answer_that_was_refused_is_sent_again_whatever_is_told_between_the_turns() {
    for between in [Between::Nothing, Between::Event, Between::Start] {
        for millis in (0..120).step_by(3) {
            refused(millis, between, |world, refuse| {
                world.broker().refuse_publications(refuse)
            });
        }
    }
}

#[test]
fn an_answer_is_sent_again_whose_turn_was_dropped_while_the_module_was_asked_why_it_refused_it() {
    for millis in (0..120).step_by(3) {
        refused(millis, Between::Nothing, |world, refuse| match refuse {
            true => world.on_command(b"AT+MQTTPUB=", b"\r\nERROR\r\n"),
            false => world.module(|module| module.forget_scripts()),
        });
    }
}

#[test]
fn a_connection_that_opens_slower_than_turns_are_dropped_is_taken_over() {
    let (world, mut plant) = (support::online(), Plant::default());
    world.module(|module| module.settings_mut().open_delay = 4 * Duration::from_secs(1));
    started(&world, &mut plant, async |portal, client, gateway, plant| {
        let life = async {
            loop {
                let turn = turn(client, gateway, plant);
                select(turn, support::sleep(&world, 1500 * MILLI)).await;
            }
        };
        select(life, hears(portal, |topic, _| topic.ends_with("/data"))).await;
    });
    assert_eq!(world.broker().opens().len(), 1);
    assert!(plant.failures.borrow().is_empty(), "{:?}", plant.failures);
}

#[test]
fn a_reset_while_the_connection_opens_closes_it() {
    for millis in (0..200).step_by(5) {
        let (world, mut plant) = (support::online(), Plant::default());
        started(&world, &mut plant, async |_, client, gateway, plant| {
            let dropped = turn(client, gateway, plant);
            select(dropped, support::sleep(&world, millis * MILLI)).await;
            gateway.input(Now::new(world.clock().now(), 0), Input::FactoryReset);
            let life = live(client, gateway, plant);
            select(life, support::sleep(&world, Duration::from_secs(100))).await;
            assert_eq!((gateway.phase(), gateway.link()), (Phase::PowerOn, Link::Down));
        });
        assert!(!world.module(|module| module.is_open(1)), "{millis}");
    }
}

#[test]
fn a_request_waits_in_the_module_while_a_result_does() {
    let mut plant = Plant::default();
    running(&mut plant, async |world, portal, client, gateway, plant| {
        let script = async {
            world.broker().refuse_publications(true);
            command(portal, 1);
            support::sleep(world, Duration::from_secs(2)).await;
            command(portal, 2);
            support::sleep(world, Duration::from_secs(2)).await;
            world.broker().refuse_publications(false);
            let mut results = 0;
            hears(portal, |topic, _| {
                results += u32::from(topic.ends_with("/cmdResult"));
                results == 2
            })
            .await;
        };
        select(live(client, gateway, plant), script).await;
    });
    assert_eq!(*plant.executed.borrow(), ["<DoOn _=\"1\"/>", "<DoOn _=\"2\"/>"]);
    assert!(!plant.notices.borrow().contains(&juconn::Notice::Busy(RequestKind::Cmd)));
}

#[test]
fn data_that_the_module_cut_short_have_not_gone_out() {
    let world = support::online();
    let mut memory = support::Memory::default();
    let mut plant = Plant::default();
    world.block_on(async {
        let portal = portal(&world);
        let mut modem = memory.paced(&world, Dialect::default());
        let mut gateway = gateway(KEYS);
        let mut client = modem.client(ConnectionId::FIRST);
        let mut buffer = [0; 1279];
        let run = juconn::run(&mut client, &mut gateway, &mut plant, Tls::new(), &mut buffer);
        let in_the_middle = async {
            accept(&portal).await;
            while !world.module(|module| module.in_data_mode()) {
                support::sleep(&world, MILLI).await;
            }
            support::sleep(&world, 5 * MILLI).await;
        };
        assert!(matches!(select(run, in_the_middle).await, Either::Second(())));
        // The module runs out of patience, and publishes what it has.
        support::sleep(&world, Duration::from_secs(40)).await;
        assert_eq!(gateway.link(), Link::Up);
        portal.0.received().clear();
        let turns = async {
            loop {
                let turn = juconn::turn(&mut client, &mut gateway, &mut plant, Tls::new(), &mut buffer);
                turn.await.unwrap();
            }
        };
        select(turns, hears(&portal, |topic, _| topic.ends_with("/data"))).await;
    });
    assert_eq!(world.broker().opens().len(), 2);
    let failures = plant.failures.borrow();
    assert!(failures[0].contains("data mode ran out"), "{failures:?}");
}

/// Turns until one fails.
async fn end(client: &mut Driver<'_, '_>, gateway: &mut Gateway<'_>, plant: &mut Plant) -> Error<Unplugged> {
    loop {
        if let Err(error) = turn(client, gateway, plant).await {
            return error;
        }
    }
}

#[test]
fn what_was_confirmed_is_not_sent_again_when_the_module_falls_silent_behind_it() {
    // The last is not dropped.
    for millis in (0..120).step_by(2).chain([1_000_000]) {
        let world = support::online();
        let mut memory = support::Memory::default();
        let mut plant = Plant::default();
        world.block_on(async {
            let portal = portal(&world);
            let mut modem: TestModem<'_> = memory.modem(&world);
            modem.attach(Duration::from_secs(40)).await.unwrap();
            let mut gateway = gateway(KEYS);
            gateway.input(Now::new(world.clock().now(), 0), Input::Start);
            let mut client = modem.client(ConnectionId::FIRST);
            let data = |topic: &str, _: &str| topic.ends_with("/data");
            select(live(&mut client, &mut gateway, &mut plant), hears(&portal, data)).await;
            let idle = support::sleep(&world, Duration::from_secs(2));
            select(live(&mut client, &mut gateway, &mut plant), idle).await;
            command(&portal, 1);
            let silence = async {
                next(&portal, "/cmdResult").await;
                // It looks like a restart, so that the driver asks whether it was one, and gets no answer.
                world.module(|module| module.emit_urc(b"+SIM READY"));
                world.module(|module| module.settings_mut().faults.push(Fault::Silent));
                std::future::pending::<()>().await;
            };
            let ends = async {
                let dropped = end(&mut client, &mut gateway, &mut plant);
                select(dropped, support::sleep(&world, millis * MILLI)).await;
                if gateway.link() == Link::Up {
                    support::sleep(&world, 200 * MILLI).await;
                    assert_eq!(end(&mut client, &mut gateway, &mut plant).await, Error::Silent);
                }
            };
            select(ends, silence).await;
            world.module(|module| module.settings_mut().faults.clear());
            modem.attach(Duration::from_secs(40)).await.unwrap();
            let mut client = modem.client(ConnectionId::FIRST);
            let quiet = async {
                let begun = world.clock().now();
                hears(&portal, |topic, payload| {
                    assert!(!topic.ends_with("/cmdResult") || !payload.contains("<DoOn"), "{millis}");
                    world.clock().now() >= begun + Duration::from_secs(100) && topic.ends_with("/data")
                })
                .await;
            };
            let life = live(&mut client, &mut gateway, &mut plant);
            let event = async {
                support::sleep(&world, Duration::from_secs(110)).await;
                portal.0.publish(
                    "c1/fp/g1/cmd",
                    request(RequestKind::Cmd, "<CloudSendRealtimeData/>"),
                    1,
                    false,
                );
                std::future::pending::<()>().await;
            };
            select(life, select(quiet, event)).await;
            assert_eq!(gateway.phase(), Phase::Running);
        });
    }
}

#[test]
fn a_port_that_ends_while_a_result_waits_ends_the_turn() {
    let mut plant = Plant::default();
    running(&mut plant, async |world, portal, client, gateway, plant| {
        world.broker().refuse_publications(true);
        command(portal, 1);
        let some = support::sleep(world, Duration::from_secs(2));
        select(live(client, gateway, plant), some).await;
        assert!(gateway.is_busy());
        world.port().unplug();
        assert_eq!(turn(client, gateway, plant).await, Err(Error::Port(Unplugged)));
        assert_eq!(gateway.link(), Link::Down);
    });
}

#[test]
fn a_connection_of_no_use_is_closed_before_the_back_off() {
    let (world, mut plant) = (support::online(), Plant::default());
    world.broker().refuse_subscriptions(true);
    started(&world, &mut plant, async |_, client, gateway, plant| {
        let some = support::sleep(&world, 900 * MILLI);
        select(live(client, gateway, plant), some).await;
    });
    assert_eq!((world.broker().opens().len(), plant.failures.borrow().len()), (1, 1));
    assert!(!world.module(|module| module.is_open(1)));
}
