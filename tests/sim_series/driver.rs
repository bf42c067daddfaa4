//! The driver's main job on every model, and on firmware that speaks otherwise.

use std::time::Duration;

use fibocom_mqtt::sim::{Settings, World};
use fibocom_mqtt::{Delivery, Network, Publication, QoS};

use crate::BARE;
use crate::support::{Memory, connected, every_byte, topic};

/// From power-on to a message that comes back.
fn main_job(settings: Settings, what: &str) {
    let world = World::new(settings);
    let mut memory = Memory::default();
    let mut modem = memory.modem(&world);
    world.block_on(async {
        let identity = modem.attach(Duration::from_secs(40)).await;
        let expected = world.module(|module| module.settings_mut().model.clone());
        let model = identity.unwrap_or_else(|error| panic!("{what}: {error:?}")).model;
        assert!(model.as_str().contains(&expected), "{what}: {model:?}");
        let up = modem.bring_up(&Network::new(), Duration::from_secs(60)).await;
        assert!(up.is_ok(), "{what}: {up:?}");
        let mut client = connected(&mut modem).await;
        let payload = every_byte();
        let publication = Publication::new(topic("meter/7"), &payload).qos(QoS::AtLeastOnce);
        assert_eq!(client.publish(&publication).await, Ok(Delivery::Confirmed), "{what}");
        let mut buffer = [0; 2048];
        let message = client.recv(&mut buffer).await.unwrap();
        assert_eq!(message.payload(), payload, "{what}");
        client.disconnect().await.unwrap();
    });
}

#[test]
fn every_model_with_mqtt_commands_does_the_main_job() {
    for name in Settings::NAMES {
        if BARE.iter().all(|bare| bare.0 != *name) {
            main_job(Settings::by_name(name).unwrap(), name);
        }
    }
}

#[test]
fn a_dialect_that_shows_in_every_line_needs_no_telling() {
    for (knob, value) in [
        ("prompt", "framed"),
        ("prompt", "stock"),
        ("prompt", "bare"),
        ("prompt", "spaced"),
        ("framing", "lf"),
        ("framing", "plain"),
        ("result-order", "result-first"),
        ("result-order", "together"),
        ("urc-timing", "at-once"),
        ("model-spelling", "prefixed"),
        ("model-spelling", "with-short"),
        ("quote-read", "no"),
        ("space-after-colon", "no"),
        ("network-need", "everything"),
        ("network-need", "nothing"),
        ("open-typo", "yes"),
        ("id-per-line", "yes"),
        ("store", "1"),
        ("echo", "no"),
        ("decode-escapes", "no"),
    ] {
        let mut settings = Settings::l610();
        settings.set(knob, value).unwrap();
        main_job(settings, &format!("{knob}={value}"));
    }
}
