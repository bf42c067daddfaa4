//! Publishes one message through a module on a serial port, and says how that ended.
//!
//! `cargo run --example publish --features serialport -- /dev/ttyUSB2 broker.example.com`

use std::error::Error;
use std::time::Duration;

use fibocom_mqtt::{
    Buffers, ConnectOptions, ConnectionId, FlowControl, Modem, Network, Publication, QoS, SerialTransport, StdClock,
    TopicName, topic,
};

const TOPIC: TopicName = topic!("fibocom-mqtt/example");

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let (Some(port), Some(host)) = (arguments.next(), arguments.next()) else {
        return Err("give the path of the port and the name of the broker".into());
    };
    let port = SerialTransport::open(&port, 115_200, FlowControl::None)?;
    let (mut line, mut message, mut transmit) = ([0; 256], [0; 1279], [0; 1400]);
    let buffers = Buffers::new(&mut line, &mut message, &mut transmit);
    let mut modem = Modem::new(port, StdClock::new(), buffers);

    futures_lite::future::block_on(async {
        let identity = modem.attach(Duration::from_secs(40)).await?;
        println!("found {}", identity.model.as_str());
        modem.bring_up(&Network::new(), Duration::from_secs(180)).await?;
        let mut client = modem.client(ConnectionId::FIRST);
        client.connect(&ConnectOptions::new(&host, 1883)).await?;
        let delivery = client
            .publish(&Publication::new(TOPIC, b"hello").qos(QoS::AtLeastOnce))
            .await?;
        println!("{delivery:?}");
        client.disconnect().await?;
        Ok(())
    })
}
