//! A logger that speaks the Captis data specification: it publishes device health, measurements and an event, answers a command, and
//! takes a configuration. The module is simulated, in real time; its broker is in memory, and somebody there plays the fleet server,
//! unless `--broker` names a real one, where mosquitto can watch and play:
//!
//! ```text
//! mosquitto_sub -v -t '#' &
//! cargo run --example captis --features captis,sim -- --broker localhost:1883 &
//! mosquitto_pub -t s/ds -m '511,89860012345678901234,"89860012345678901234,get_pulse_total,1"'
//! mosquitto_pub -t s/ds -m '513,89860012345678901234,"{""log_rate"": 900}"'
//! ```
//!
//! `--azure` speaks the Azure format instead, which Azure itself takes over TLS only. It ends once it was configured.

#[path = "../common/bridge.rs"]
mod bridge;

mod azure;
mod c8y;
mod fleet;
mod logger;

use std::error::Error;
use std::net::ToSocketAddrs;
use std::time::Duration;

use bridge::Bridge;
use fibocom_mqtt::profile::captis::{Identity, Variant};
use fibocom_mqtt::sim::{self, MemoryBroker, Module, Settings, serve};
use fibocom_mqtt::{Buffers, ConnectionId, Modem, Network, StdClock, ThreadedTransport};
use logger::Logger;

fn main() -> Result<(), Box<dyn Error>> {
    let (variant, broker) = arguments()?;
    let settings = Settings::l610();
    let network: Box<dyn sim::Network> = match broker {
        Some(name) => {
            let server = name.to_socket_addrs()?.next().ok_or("the broker has no address")?;
            Box::new(Bridge::new(Some(server)))
        }
        None => {
            let broker = MemoryBroker::new();
            fleet::start(&broker, variant, settings.iccid.clone());
            Box::new(broker.network())
        }
    };
    let module = Module::new(settings, network);
    let (mut reader, writer) = serve::Runner::new(module).spawn()?;
    reader.set_timeout(Some(Duration::from_millis(100)));
    let port = ThreadedTransport::new(reader, writer)?;

    let (mut line, mut message, mut transmit) = ([0; 256], [0; 1279], [0; 1400]);
    let buffers = Buffers::new(&mut line, &mut message, &mut transmit);
    let mut modem = Modem::new(port, StdClock::new(), buffers);
    futures_lite::future::block_on(async {
        modem.attach(Duration::from_secs(40)).await?;
        modem.bring_up(&Network::new(), Duration::from_secs(180)).await?;
        let identity = Identity::read(&mut modem).await?;
        println!("this is {} in {}", identity.ccid(), identity.imei());

        let mut logger = Logger::new();
        let client = modem.client(ConnectionId::FIRST);
        match variant {
            Variant::C8y => c8y::run(client, &identity, &mut logger).await,
            Variant::Azure => azure::run(client, &identity, &mut logger).await,
        }
    })
}

fn arguments() -> Result<(Variant, Option<String>), lexopt::Error> {
    let (mut variant, mut broker) = (Variant::C8y, None);
    let mut parser = lexopt::Parser::from_env();
    while let Some(argument) = parser.next()? {
        match argument {
            lexopt::Arg::Long("azure") => variant = Variant::Azure,
            lexopt::Arg::Long("broker") => broker = Some(parser.value()?.to_string_lossy().into_owned()),
            other => return Err(other.unexpected()),
        }
    }
    Ok((variant, broker))
}
