//! Interoperability: a Juconn gateway on the simulated module, mosquitto, and a portal that is an ordinary MQTT client.
//!
//! Run with `cargo test --all-features --test mosquitto_juconn -- --ignored`; it fails where mosquitto is not installed. The course is that
//! of the example `juconn`.
#![cfg(all(unix, feature = "sim", feature = "juconn"))]

#[path = "../examples/common/bridge.rs"]
mod bridge;
#[path = "../examples/juconn/course.rs"]
mod course;
#[path = "tool/mosquitto.rs"]
mod mosquitto;
#[path = "../examples/juconn/plant.rs"]
mod plant;
#[path = "../examples/juconn/portal.rs"]
mod portal;
#[path = "tool/mod.rs"]
mod tool;

use std::cell::RefCell;
use std::net::{Ipv4Addr, SocketAddr};

use mosquitto::Mosquitto;

#[test]
#[ignore = "needs mosquitto"]
fn a_gateways_life_from_its_rollout_to_a_restart_without_one() {
    let server = Mosquitto::start();
    let broker = SocketAddr::from((Ipv4Addr::LOCALHOST, server.port));
    let told = RefCell::new(Vec::new());
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let done = runtime.block_on(course::run(broker, |line| told.borrow_mut().push(line.to_owned())));
    let told = told.into_inner();
    assert!(done.is_ok(), "{done:?} after {told:#?}");
    let expected = [
        "rollout 04600912_1: ids, another broker and a configuration given",
        "initialised with 3 sensors",
        "cyclic data",
        "21 is sent after 20.5 with a hysteresis of 0.5",
        "Set executed, and its value sent",
        "SetConfig executed after a stop",
        "status of /Ethernet answered",
    ];
    assert_eq!(told[..7], expected);
    assert!(
        told[7].starts_with("status of everything refused: the answer needs "),
        "{}",
        told[7]
    );
    let rest = [
        "the gateway restarts",
        "initialised with 3 sensors",
        "the restart needed no rollout, and everything was sent once",
        "done",
    ];
    assert_eq!(told[8..], rest);
}
