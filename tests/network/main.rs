//! From SIM to address, at the level of bytes: every form of the answers, every failure, every time limit.
#![cfg(feature = "sim")]

mod attachment;
mod call;
mod clock;
mod course;
mod forms;
mod registration;
mod sim;
#[path = "../support/mod.rs"]
mod support;

use std::sync::Mutex;
use std::time::Duration;

use fibocom_mqtt::command::{HangUp, ReadAttachment, ReadOperator, ReadPdp, RegistrationState, Signal};
use fibocom_mqtt::sim::{
    BreakCause, Calling, Fault, Kind, MipcallForm, Radio, Registers, Settings, Sim, UrcTiming, World,
};
use fibocom_mqtt::{
    CmeError, ConnectionId, Credentials, Error, InvalidInput, ModuleError, Network, NetworkProblem, Progress, Trace,
};
use support::*;

const SECOND: Duration = Duration::from_secs(1);
const WAIT: Duration = Duration::from_secs(600);

type Outcome = Result<std::net::IpAddr, Error<fibocom_mqtt::sim::Unplugged>>;

fn settings(radio: Radio) -> Settings {
    Settings {
        echo: false,
        radio,
        ..Settings::l610()
    }
}

fn locked(pin: u16) -> Settings {
    Settings {
        sim: Sim::Locked(pin),
        ..settings(Radio::default())
    }
}

/// Brings a fresh driver up in this world; what came of it, and how long it took.
fn bring_up_within(world: &World, network: &Network<'_>, wait: Duration) -> (Outcome, Duration) {
    let mut memory = Memory::default();
    let mut modem = memory.modem(world);
    world.block_on(async {
        modem.attach(40 * SECOND).await.unwrap();
        let start = world.clock().elapsed();
        let outcome = modem.bring_up(network, wait).await;
        (outcome, world.clock().elapsed() - start)
    })
}

fn bring_up(world: &World, network: &Network<'_>) -> Outcome {
    bring_up_within(world, network, WAIT).0
}

fn address() -> Outcome {
    Ok("10.85.71.198".parse().unwrap())
}

fn problem(problem: NetworkProblem) -> Outcome {
    Err(Error::Network(problem))
}

fn cme(error: CmeError) -> Option<ModuleError> {
    Some(ModuleError::Cme(error))
}

/// The commands that were carried out and begin so.
fn commands(world: &World, start: &str) -> Vec<String> {
    let commands = world.record().commands().into_iter();
    commands.filter(|line| line.starts_with(start)).collect()
}

fn count(world: &World, start: &str) -> usize {
    commands(world, start).len()
}

/// Everything the module put on the line.
fn seen(world: &World) -> String {
    let record = world.record();
    let output = record.entries().iter().filter(|entry| entry.kind == Kind::Output);
    output.map(|entry| String::from_utf8_lossy(&entry.bytes)).collect()
}
