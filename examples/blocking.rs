//! Without an executor: subscribes and prints what comes for a minute, through a serial port that blocks, and publishes every
//! ten seconds.
//!
//! `cargo run --example blocking --features serialport -- /dev/ttyUSB2 broker.example.com`
//!
//! Without a dongle, `cargo simulator --pty --embedded-broker` prints the path of a simulated one; any host then does.

use std::error::Error;
use std::time::Duration;

use embedded_io_adapters::std::FromStd;
use fibocom_mqtt::blocking::{ByTimeout, Modem};
use fibocom_mqtt::{
    Buffers, ConnectOptions, ConnectionId, Network, Publication, QoS, StdClock, TopicFilter, TopicName,
};

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let (Some(path), Some(host)) = (arguments.next(), arguments.next()) else {
        return Err("give the serial port and the broker's host".into());
    };
    // Short, since every deadline is kept only so closely.
    let port = serialport::new(path, 115_200)
        .timeout(Duration::from_millis(5))
        .open()?;
    let (mut line, mut message, mut transmit) = ([0; 512], [0; 1279], [0; 1400]);
    let buffers = Buffers::new(&mut line, &mut message, &mut transmit);
    let mut modem = Modem::new(ByTimeout::new(FromStd::new(port)), StdClock::new(), buffers);
    println!("{}", modem.attach(Duration::from_secs(40))?.model.as_str());
    modem.bring_up(&Network::new(), Duration::from_secs(180))?;

    let mut client = modem.client(ConnectionId::FIRST);
    client.connect(&ConnectOptions::new(&host, 1883))?;
    client.subscribe(TopicFilter::new("meter/7/#")?, QoS::AtLeastOnce)?;
    let topic = TopicName::new("meter/7/reading")?;
    let mut buffer = [0; 1279];
    for reading in ["12.5", "12.6", "12.7", "12.8", "12.9", "13.0"] {
        let publication = Publication::new(topic, reading.as_bytes()).qos(QoS::AtLeastOnce);
        println!("published {reading}: {:?}", client.publish(&publication)?);
        while let Some(message) = client.recv_timeout(&mut buffer, Duration::from_secs(10))? {
            let (topic, payload) = (message.topic_str().unwrap_or("?"), message.payload().escape_ascii());
            println!("received {payload} on {topic}");
        }
    }
    client.disconnect()?;
    Ok(())
}
