//! Somebody at the broker who plays the fleet server: prints what the device publishes, and once its first data are there gives it a command
//! and a configuration.

use std::thread;
use std::time::Duration;

use fibocom_mqtt::profile::captis::Variant;
use fibocom_mqtt::sim::MemoryBroker;

pub fn start(broker: &MemoryBroker, variant: Variant, device: String) {
    let fleet = broker.client("fleet");
    let (filters, data) = match variant {
        Variant::C8y => (["s/us", "s/uc/#"], "s/uc/mpd"),
        Variant::Azure => (
            [
                "devices/+/messages/events/#",
                "$iothub/twin/PATCH/properties/reported/#",
            ],
            "devices/",
        ),
    };
    for filter in filters {
        fleet.subscribe(filter, 1);
    }
    thread::spawn(move || {
        let mut wishes = Some(wishes(variant, &device));
        loop {
            for message in fleet.received() {
                let (topic, payload) = (
                    String::from_utf8_lossy(&message.topic),
                    String::from_utf8_lossy(&message.payload),
                );
                println!("{topic}\n    {}", payload.replace('\n', "\n    "));
                if message.topic.starts_with(data.as_bytes()) {
                    for (topic, payload) in wishes.take().into_iter().flatten() {
                        fleet.publish(topic, payload, 1, false);
                    }
                }
            }
            thread::sleep(Duration::from_millis(50));
        }
    });
}

fn wishes(variant: Variant, device: &str) -> [(String, String); 2] {
    match variant {
        Variant::C8y => [
            ("s/ds".into(), format!(r#"511,{device},"{device},get_pulse_total,1""#)),
            ("s/ds".into(), format!(r#"513,{device},"{{\"log_rate\": 900}}""#)),
        ],
        Variant::Azure => [
            (
                format!("devices/{device}/messages/devicebound/"),
                r#"{ "command": "get_pulse_total,1" }"#.into(),
            ),
            (
                "$iothub/twin/PATCH/properties/desired/?$version=8".into(),
                r#"{"config":{"log_rate":900},"$version":8}"#.into(),
            ),
        ],
    }
}
