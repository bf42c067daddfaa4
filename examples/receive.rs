//! Receives on a simulated module, and publishes every ten seconds while it waits: `select` drops the one for the other, and nothing is
//! lost. It runs on virtual time, so half a minute takes none.
//!
//! `cargo run --example receive --features sim`

use std::error::Error;
use std::time::Duration;

use embassy_futures::select::{Either, select};
use fibocom_mqtt::sim::{Settings, World};
use fibocom_mqtt::{
    Buffers, Clock, ConnectOptions, ConnectionId, Modem, Network, Publication, QoS, TopicFilter, TopicName,
};

fn main() -> Result<(), Box<dyn Error>> {
    let world = World::new(Settings::l610());
    world.block_on(run(&world))
}

async fn run(world: &World) -> Result<(), Box<dyn Error>> {
    let clock = world.clock();
    let (mut line, mut message, mut transmit) = ([0; 256], [0; 1279], [0; 1400]);
    let buffers = Buffers::new(&mut line, &mut message, &mut transmit);
    let mut modem = Modem::new(world.port(), clock.clone(), buffers);
    modem.attach(Duration::from_secs(40)).await?;
    modem.bring_up(&Network::new(), Duration::from_secs(180)).await?;

    let mut client = modem.client(ConnectionId::FIRST);
    client.connect(&ConnectOptions::new("broker", 1883)).await?;
    client
        .subscribe(TopicFilter::new("meter/7/#")?, QoS::AtLeastOnce)
        .await?;

    let mut next = clock.now() + Duration::from_secs(10);
    let mut buffer = [0; 1279];
    for reading in ["12.5", "12.6", "12.7"] {
        // Another client sends a command now and then.
        world
            .broker()
            .client("operator")
            .publish("meter/7/command", "report", 1, false);
        while let Either::First(message) = select(client.recv(&mut buffer), clock.sleep_until(next)).await {
            let message = message?;
            let (topic, payload) = (message.topic_str().unwrap_or("?"), message.payload().escape_ascii());
            println!("{:>6} ms  received {payload} on {topic}", clock.now().as_millis());
        }
        let publication = Publication::new(TopicName::new("meter/7/reading")?, reading.as_bytes());
        let delivery = client.publish(&publication.qos(QoS::AtLeastOnce)).await?;
        println!("{:>6} ms  published {reading}: {delivery:?}", clock.now().as_millis());
        next = next + Duration::from_secs(10);
    }
    client.disconnect().await?;
    Ok(())
}
