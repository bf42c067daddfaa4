//! Several tasks of a tokio program share one module: one task owns it, a sensor publishes, another task receives commands, and a
//! third watches the counters. The module is simulated, in real time, in front of a broker in memory.
//!
//! `cargo run --example runner --features sim,runner`

use std::error::Error;
use std::time::Duration;

use embassy_sync::blocking_mutex::raw::CriticalSectionRawMutex;
use embedded_io_async::ErrorKind;
use fibocom_mqtt::sim::{MemoryBroker, Module, Settings, serve};
use fibocom_mqtt::{
    Buffers, ConnectOptions, ConnectionId, Handle, Modem, Network, Publication, QoS, Runner, StdClock,
    ThreadedTransport, TopicFilter, TopicName, filter, topic,
};

/// One connection to receive on, two requests on their way at a time, 512 bytes each.
static RUNNER: Runner<CriticalSectionRawMutex, 1, 2, 512> = Runner::new();

type Meter = Handle<'static, CriticalSectionRawMutex, 1, 2, 512>;
type Failure = fibocom_mqtt::Error<ErrorKind>;

const READING: TopicName = topic!("meter/7/reading");
const COMMANDS: TopicFilter = filter!("meter/7/command");

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let broker = MemoryBroker::new();
    let (mut reader, writer) = serve::Runner::new(Module::new(Settings::l610(), Box::new(broker.network()))).spawn()?;
    reader.set_timeout(Some(Duration::from_millis(100)));
    let served = tokio::spawn(own_the_modem(ThreadedTransport::new(reader, writer)?));

    let meter: Meter = RUNNER.handle(ConnectionId::FIRST);
    meter.connect(&ConnectOptions::new("broker.example.com", 1883)).await?;
    meter.subscribe(COMMANDS, QoS::AtLeastOnce).await?;
    println!("connected");

    let commands = tokio::spawn(receive_commands(meter));
    let readings = tokio::spawn(publish_readings(meter));
    let operator = broker.client("operator");
    for command in ["report", "calibrate", "stop"] {
        tokio::time::sleep(Duration::from_millis(300)).await;
        operator.publish("meter/7/command", command, 1, false);
    }
    commands.await??;
    readings.await??;
    meter.disconnect().await?;
    println!("{:?}", meter.counters());
    served.abort();
    Ok(())
}

/// Runs until the port fails. A program for a real module would attach again after `Error::Silent`.
async fn own_the_modem(port: impl embedded_io_async::Read + embedded_io_async::Write) {
    let (mut line, mut message, mut transmit) = ([0; 256], [0; 1279], [0; 1400]);
    let buffers = Buffers::new(&mut line, &mut message, &mut transmit);
    let mut modem = Modem::new(port, StdClock::new(), buffers);
    let served = async {
        modem.attach(Duration::from_secs(40)).await?;
        modem.bring_up(&Network::new(), Duration::from_secs(180)).await?;
        RUNNER.run(&mut modem).await
    };
    let Err(error) = served.await;
    eprintln!("{error}");
}

async fn receive_commands(meter: Meter) -> Result<(), Failure> {
    let mut buffer = [0; 512];
    loop {
        let message = meter.recv(&mut buffer).await?;
        println!("received {}", message.payload().escape_ascii());
        if message.payload() == b"stop" {
            return Ok(());
        }
    }
}

async fn publish_readings(meter: Meter) -> Result<(), Failure> {
    for reading in ["12.5", "12.6", "12.7", "12.8"] {
        let publication = Publication::new(READING, reading.as_bytes()).qos(QoS::AtLeastOnce);
        println!("published {reading}: {:?}", meter.publish(&publication).await?);
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    Ok(())
}
