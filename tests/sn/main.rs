//! MQTT-SN on connections 101 and 102, against the simulated module and its gateway.
#![cfg(feature = "sim")]

#[path = "../support/mod.rs"]
mod support;

mod hostile;
mod outcomes;
mod receive;
mod session;
mod together;
mod topics;

use fibocom_mqtt::sim::{Port, Settings, VirtualClock, World};
use fibocom_mqtt::{Buffers, Modem, SnClient, SnConnectOptions, SnConnectionId, TopicId, TopicNames};

type TestModem<'b> = Modem<'b, Port, VirtualClock>;
type TestSnClient<'m, 'b> = SnClient<'m, 'b, Port, VirtualClock>;

/// The client id under which the broker knows connection 101.
const NAME: &str = "meter";

/// A module whose connections are open to a gateway, with echo off as after attaching; `knobs` as the simulator takes them.
fn module(knobs: &[&str]) -> World {
    let mut settings = Settings::l610();
    for knob in ["echo=no"].iter().chain(knobs) {
        let (name, value) = knob.split_once('=').expect("name=value");
        settings.set(name, value).expect("a knob");
    }
    World::online(settings)
}

fn options() -> SnConnectOptions<'static> {
    SnConnectOptions::new("gateway", 10_000).client_id(NAME)
}

fn id(number: u16) -> TopicId {
    TopicId::new(number).unwrap()
}

/// Runs `test` with a modem that has room for `names` bytes of topics.
fn with_modem(world: &World, names: usize, test: impl AsyncFnOnce(&mut TestModem<'_>)) {
    let (mut line, mut message, mut transmit, mut names) = ([0; 320], [0; 1279], [0; 1400], vec![0; names]);
    let mut names = TopicNames::new(&mut names);
    let buffers = Buffers::new(&mut line, &mut message, &mut transmit).topics(&mut names);
    let mut modem = Modem::new(world.port(), world.clock(), buffers);
    modem.set_model("L610".parse().unwrap());
    world.block_on(test(&mut modem));
}

/// Runs `test` with connection 101 open.
fn with_client(world: &World, test: impl AsyncFnOnce(&mut TestSnClient<'_, '_>)) {
    with_modem(world, 512, async |modem| {
        let mut client = modem.client(SnConnectionId::FIRST);
        client.connect(&options()).await.unwrap();
        test(&mut client).await;
    });
}

/// The commands that the module was given and that begin so.
fn commands(world: &World, begin: &str) -> Vec<String> {
    let commands = world.record().commands();
    commands
        .into_iter()
        .filter(|command| command.starts_with(begin))
        .collect()
}
