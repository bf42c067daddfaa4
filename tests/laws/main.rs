//! The driver's promises, where they are hard to keep: each test is a way in which one was, or could be, broken.
#![cfg(feature = "sim")]

mod data_mode;
mod ends;
mod messages;
mod replies;
mod secrets;
#[path = "../support/mod.rs"]
mod support;

use std::time::Duration;

use fibocom_mqtt::sim::{Settings, World};

const SECOND: Duration = Duration::from_secs(1);

fn quick() -> World {
    World::online(Settings {
        echo: false,
        ok_delay: Duration::ZERO,
        ..Settings::l610()
    })
}

fn no_command_was_published(world: &World) {
    for (_, message) in world.broker().published() {
        assert!(
            !message.payload.windows(2).any(|part| part == b"AT"),
            "a command was published: {}",
            message.payload.escape_ascii()
        );
    }
}
