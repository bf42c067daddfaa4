//! A gateway on the simulated module whose turns are dropped.

use std::time::Duration;

use embassy_futures::select::select;
use fibocom_mqtt::profile::juconn::{Input, Now, RequestKind};
use fibocom_mqtt::{Clock, ConnectionId};

use super::adapter::{KEYS, Plant, accept, gateway, next, portal, request, turn};
use super::support::{self, TestModem};

#[test]
fn a_command_whose_turn_is_dropped_is_answered_and_not_executed_again() {
    let world = support::online();
    let mut memory = support::Memory::default();
    let mut plant = Plant {
        takes: Duration::from_secs(3600),
        clock: Some(world.clock()),
        ..Plant::default()
    };
    world.block_on(async {
        let portal = portal(&world);
        let mut modem: TestModem<'_> = memory.modem(&world);
        let mut gateway = gateway(KEYS);
        let mut client = modem.client(ConnectionId::FIRST);
        gateway.input(Now::new(world.clock().now(), 0), Input::Start);
        // Every turn is dropped after five seconds, whatever it is at.
        let dropped = async {
            loop {
                let _ = select(
                    turn(&mut client, &mut gateway, &mut plant),
                    support::sleep(&world, Duration::from_secs(5)),
                )
                .await;
            }
        };
        let script = async {
            accept(&portal).await;
            next(&portal, "/data").await;
            portal
                .0
                .publish("c1/fp/g1/cmd", request(RequestKind::Cmd, "<DoOn _=\"x\"/>"), 1, false);
            let result = next(&portal, "/cmdResult").await;
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
        let world = support::online();
        let mut memory = support::Memory::default();
        let mut plant = Plant::default();
        world.block_on(async {
            let portal = portal(&world);
            let mut modem: TestModem<'_> = memory.modem(&world);
            let mut gateway = gateway(KEYS);
            let mut client = modem.client(ConnectionId::FIRST);
            gateway.input(Now::new(world.clock().now(), 0), Input::Start);
            let _ = select(
                turn(&mut client, &mut gateway, &mut plant),
                support::sleep(&world, Duration::from_millis(millis)),
            )
            .await;
            *dropped
                .entry(format!("{:?} {:?}", gateway.link(), gateway.phase()))
                .or_insert(0) += 1;
            let life = async {
                loop {
                    turn(&mut client, &mut gateway, &mut plant).await.unwrap();
                }
            };
            let script = async {
                accept(&portal).await;
                next(&portal, "/data").await;
                for kind in RequestKind::ALL {
                    let payload = request(kind, if kind == RequestKind::State { "" } else { "<Set/>" });
                    portal.0.publish(format!("c1/fp/g1/{kind}"), payload, 1, false);
                    next(&portal, kind.result_topic()).await;
                }
            };
            select(life, script).await;
        });
    }
    // While it connected, while it subscribed, and while it waited.
    assert_eq!(dropped.len(), 3, "{dropped:?}");
}
