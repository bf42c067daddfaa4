//! What the tests on the simulated module share.

#![allow(dead_code)]

use std::time::Duration;

use fibocom_mqtt::sim::{Port, Settings, VirtualClock, World};
use fibocom_mqtt::{Buffers, Client, ConnectOptions, ConnectionId, Dialect, Modem, QoS, TopicFilter, TopicName};

pub type TestModem<'b> = Modem<'b, Port, VirtualClock>;
pub type TestClient<'m, 'b> = Client<'m, 'b, Port, VirtualClock>;

/// The driver's memory.
pub struct Memory {
    pub line: Vec<u8>,
    pub message: Vec<u8>,
    pub transmit: Vec<u8>,
}

impl Default for Memory {
    fn default() -> Self {
        Self {
            line: vec![0; 256],
            message: vec![0; 255 + 1024],
            transmit: vec![0; 1400],
        }
    }
}

impl Memory {
    pub fn modem(&mut self, world: &World) -> TestModem<'_> {
        self.modem_with(world, Dialect::default())
    }

    pub fn modem_with(&mut self, world: &World, dialect: Dialect) -> TestModem<'_> {
        let buffers = Buffers::new(&mut self.line, &mut self.message, &mut self.transmit);
        Modem::with_dialect(world.port(), world.clock(), buffers, dialect)
    }
}

/// A module that has its network, and echo off, as after attaching.
pub fn online() -> World {
    World::online(Settings {
        echo: false,
        ..Settings::l610()
    })
}

/// The name the tests connect with, under which the broker knows the connection.
pub const CLIENT_ID: &str = "meter";

pub fn options() -> ConnectOptions<'static> {
    ConnectOptions::new("broker", 1883).client_id(CLIENT_ID)
}

/// Connects the first connection and subscribes to everything.
pub async fn connected<'m, 'b>(modem: &'m mut TestModem<'b>) -> TestClient<'m, 'b> {
    let mut client = modem.client(ConnectionId::FIRST);
    client.connect(&options()).await.unwrap();
    client
        .subscribe(TopicFilter::new("#").unwrap(), QoS::ExactlyOnce)
        .await
        .unwrap();
    client
}

pub fn topic(topic: &str) -> TopicName<'_> {
    TopicName::new(topic).unwrap()
}

/// All 256 byte values, four times over: the largest payload that a module takes.
pub fn every_byte() -> Vec<u8> {
    (0..1024u32).map(|n| (n % 256) as u8).collect()
}

/// Lets virtual time pass.
pub async fn sleep(world: &World, duration: Duration) {
    use fibocom_mqtt::Clock;
    let clock = world.clock();
    clock.sleep_until(clock.now() + duration).await;
}
