//! What happens between a turn that was dropped and the next one, and what the next one makes of it.

use std::time::Duration;

use embassy_futures::select::select;
use fibocom_mqtt::profile::juconn::{self, CloudSendRealtimeData, Gateway, Input, Link, Now, Phase, RequestKind};
use fibocom_mqtt::sim::{Fault, Port, VirtualClock, World};
use fibocom_mqtt::{Client, Clock, ConnectionId, Tls};

use super::adapter::{KEYS, Plant, Portal, accept, gateway, next, portal, request, turn};
use super::dropped::live;
use super::support::{self, TestModem};
use crate::bench::{init_result, request_id};

const MILLI: Duration = Duration::from_millis(1);

type TestClient<'m, 'b> = Client<'m, 'b, Port, VirtualClock>;

/// A gateway that runs, in front of a portal that has heard its first data.
fn running(
    plant: &mut Plant,
    script: impl AsyncFnOnce(&World, &Portal<'_>, &mut TestClient<'_, '_>, &mut Gateway<'static>, &mut Plant),
) {
    let world = support::online();
    let mut memory = support::Memory::default();
    world.block_on(async {
        let portal = portal(&world);
        let mut modem: TestModem<'_> = memory.modem(&world);
        let mut gateway = gateway(KEYS);
        let mut client = modem.client(ConnectionId::FIRST);
        gateway.input(Now::new(world.clock().now(), 0), Input::Start);
        let login = async {
            accept(&portal).await;
            next(&portal, "/data").await;
            support::sleep(&world, Duration::from_secs(1)).await;
        };
        select(live(&mut client, &mut gateway, plant), login).await;
        script(&world, &portal, &mut client, &mut gateway, plant).await;
    });
}

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
    eprintln!("{millis} {between:?}");
    let mut plant = Plant::default();
    running(&mut plant, async |world, portal, client, gateway, plant| {
        refuse(world, true);
        command(portal, 7);
        let mut dropped = world.clock().now();
        dropped = dropped + millis * MILLI;
        let turns = async {
            loop {
                turn(client, gateway, plant).await.unwrap();
            }
        };
        select(turns, world.clock().sleep_until(dropped)).await;
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
