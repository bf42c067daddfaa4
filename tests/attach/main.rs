//! Attaching to a module in whatever state it is, and what happens when it restarts, changes its rate or sleeps.
#![cfg(feature = "sim")]

mod connections;
mod line;
mod restart;
mod sleep;
mod states;
#[path = "../support/mod.rs"]
mod support;

use std::time::Duration;

use embedded_io_async::{Read, Write};
use fibocom_mqtt::sim::World;

use support::sleep;

/// What another host wrote before it crashed, each piece half a second after the one before. It has read what came of it.
async fn crashed_host(world: &World, pieces: &[&[u8]]) {
    let mut port = world.port();
    for piece in pieces {
        port.write_all(piece).await.unwrap();
        sleep(world, Duration::from_millis(500)).await;
        let mut read = vec![0; port.waiting()];
        port.read_exact(&mut read).await.unwrap();
    }
}

/// What it takes to open connection 1 as `meter`, subscribed to everything at QoS 2.
const OPEN: [&[u8]; 4] = [
    b"AT+MQTTUSER=1,\"\",\"\",\"meter\"\r",
    b"AT+MQTTCONF=1\r",
    b"AT+MQTTOPEN=1,\"broker\",1883,1,60\r",
    b"AT+MQTTSUB=1,\"#\",2\r",
];

/// The seconds that have gone by.
fn seconds(world: &World) -> f32 {
    world.clock().elapsed().as_secs_f32()
}
