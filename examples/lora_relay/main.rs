//! A LoRaWAN gateway with a Fibocom module as its way out: it hands what its devices send to the LoRa Cloud services and does what
//! they answer. The module is simulated, and so is the radio.
//!
//! `cargo run --example lora_relay --features sim,lora-cloud` brings a broker and a responder along; with `-- --broker HOST:PORT` the
//! module talks to that broker, where something else has to answer.

use std::error::Error;
use std::net::{SocketAddr, ToSocketAddrs};
use std::time::Duration;

use fibocom_mqtt::profile::lora_cloud::{
    Action, Answer, DeviceUplink, Downlink, Eui, Hex, Invalid, Joining, Received, Relay, RelayError, Topics, Updf,
    UplinkMessage, UplinkResponse,
};
use fibocom_mqtt::sim::{Module, Settings, serve};
use fibocom_mqtt::{
    Buffers, Client, ConnectOptions, ConnectionId, Modem, Network, StdClock, ThreadedTransport, TransportError,
};
use tokio::time::timeout;

#[path = "../common/bridge.rs"]
mod bridge;
#[path = "../common/embedded.rs"]
mod embedded;
mod responder;

/// The topics are `lora/<deveui>/up` and `lora/<deveui>/down`.
const TOPICS: Topics<'static> = Topics::new("lora");
const DEVICE: Eui = Eui([0x10, 0xce, 0x45, 0xff, 0xfe, 0x00, 0xc7, 0xec]);

/// The largest message that the module hands out: topic and payload.
const MESSAGE: usize = 255 + 1024;

/// Texts of 64 bytes, 128 bytes of data, four of each: enough for what comes in one message.
type Response = UplinkResponse<64, 128, 4>;

type Failure = Box<dyn Error>;

fn main() -> Result<(), Failure> {
    match broker()? {
        Some(broker) => run(broker),
        None => {
            let broker = embedded::start()?;
            responder::start(broker)?;
            run(broker)
        }
    }
}

#[tokio::main]
async fn run(broker: SocketAddr) -> Result<(), Failure> {
    let module = Module::new(Settings::l610(), Box::new(bridge::Bridge::new(Some(broker))));
    let (mut reader, writer) = serve::Runner::new(module).spawn()?;
    reader.set_timeout(Some(Duration::from_millis(100)));
    let port = ThreadedTransport::new(reader, writer)?;

    let (mut line, mut message, mut transmit) = ([0; 256], [0; MESSAGE], [0; 1400]);
    let buffers = Buffers::new(&mut line, &mut message, &mut transmit);
    let mut modem = Modem::new(port, StdClock::new(), buffers);
    modem.attach(Duration::from_secs(40)).await?;
    modem.bring_up(&Network::new(), Duration::from_secs(180)).await?;
    let mut client = modem.client(ConnectionId::FIRST);
    client.connect(&ConnectOptions::new("broker.example.com", 1883)).await?;

    let relay = Relay::new(TOPICS);
    relay.subscribe(&mut client).await?;
    for uplink in uplinks()? {
        let mut buffer = [0; 1024];
        let uplink = DeviceUplink { deveui: DEVICE, uplink };
        let sent = relay.send(&mut client, &uplink, &mut buffer).await?;
        println!("{}: {sent:?}", described(&uplink.uplink));
        let answered = timeout(Duration::from_secs(30), answer(&relay, &mut client)).await;
        answered
            .map_err(|_| "nothing answers on lora/<deveui>/down within 30 s: start a responder at the broker")??;
    }
    client.disconnect().await?;
    Ok(())
}

/// The address behind `--broker`.
fn broker() -> Result<Option<SocketAddr>, Failure> {
    let mut parser = lexopt::Parser::from_env();
    let mut broker = None;
    while let Some(argument) = parser.next()? {
        match argument {
            lexopt::Arg::Long("broker") => {
                let name = parser.value()?.into_string().map_err(|_| "the broker is no text")?;
                // A server that listens everywhere listens on IPv4 at least.
                let mut addresses: Vec<_> = name.to_socket_addrs()?.collect();
                addresses.sort_by_key(SocketAddr::is_ipv6);
                broker = addresses.first().copied();
            }
            other => return Err(other.unexpected().into()),
        }
    }
    Ok(broker)
}

/// What the radio receives: a device joins, its modem reports, it has scanned satellites, and its application has something to say.
fn uplinks() -> Result<[UplinkMessage; 4], Invalid> {
    let uplink = |fcnt: u32, port: u8, payload: &[u8]| -> Result<UplinkMessage, Invalid> {
        Ok(UplinkMessage::Updf(Updf {
            fcnt,
            port: Some(port),
            payload: Some(Hex::new(payload)?),
            dr: Some(5),
            freq: Some(868_100_000),
            timestamp: Some(i64::from(1_722_433_390 + fcnt).into()),
            ..Updf::default()
        }))
    };
    let joining = Joining {
        timestamp: Some(1_722_433_390.into()),
        dr: Some(5),
        freq: Some(868_100_000),
    };
    Ok([
        UplinkMessage::Joining(joining),
        uplink(1, 199, &[0x00, 0x28, 0x01, 0x7f])?,
        uplink(2, 192, &[0x87, 0x82, 0x1f, 0x50, 0x49, 0x02])?,
        uplink(3, 2, b"21.5")?,
    ])
}

fn described(uplink: &UplinkMessage) -> String {
    match uplink {
        UplinkMessage::Updf(Updf {
            fcnt, port: Some(port), ..
        }) => format!("uplink {fcnt} on port {port}"),
        other => other.message_type().to_string(),
    }
}

/// Waits for the answer to an uplink, and does what it says.
async fn answer<T, C>(relay: &Relay<'_>, client: &mut Client<'_, '_, T, C>) -> Result<(), Failure>
where
    T: embedded_io_async::Read + embedded_io_async::Write<Error = TransportError>,
    C: fibocom_mqtt::Clock,
{
    let mut buffer = [0; MESSAGE];
    loop {
        match relay.recv(client, &mut buffer).await {
            Ok(Received::Reply { deveui, reply }) => {
                reply.errors().for_each(|error| println!("  the service: {error}"));
                let mut answered = false;
                for answer in reply.answers() {
                    // The filter lets through what is for other gateways' devices too.
                    match answer.deveui() {
                        Ok(named) if named.or(deveui) == Some(DEVICE) && deveui == Some(DEVICE) => {
                            answered = true;
                            let errors = answer.errors();
                            let untold = errors.filter(|error| !reply.errors().any(|told| told == *error));
                            untold.for_each(|error| println!("  the service: {error}"));
                            carry_out(answer);
                        }
                        Ok(_) => {}
                        Err(error) => println!("  {error}"),
                    }
                }
                if answered {
                    return Ok(());
                }
            }
            Ok(Received::Other(message)) => println!("  {} bytes on another topic", message.payload().len()),
            // One strange message is no reason to stop.
            Err(RelayError::Reply(error)) => println!("  {error}"),
            Err(error) => return Err(error.into()),
        }
    }
}

fn carry_out(answer: Answer<'_>) {
    let response = match answer.response::<Response>() {
        Ok(Some(response)) => response,
        Ok(None) => return,
        Err(error) => {
            println!("  {error}");
            // It is no reason to let the device wait for what it is to be sent.
            match answer.downlink() {
                Ok(Some(downlink)) => send(&downlink),
                Ok(None) => {}
                Err(error) => println!("  {error}"),
            }
            return;
        }
    };
    for action in response.actions() {
        match action {
            Action::Downlink(downlink) => send(downlink),
            Action::Forward => println!("  for the application"),
            Action::Position(position) => match (position.llh(), position.accuracy()) {
                (Some([latitude, longitude, _]), Some(accuracy)) => {
                    println!("  position {latitude}, {longitude}, to {accuracy} m");
                }
                (llh, _) => println!("  position {llh:?}"),
            },
            Action::File(file) => println!("  file {}: {:?}", file.sctr, file.data),
            Action::Stream(record) => println!("  stream at {}: {}", record.offset, record.data),
            Action::Log(log) => println!("  {}: {}", log.level, log.logmsg),
            other => println!("  {other:?}"),
        }
    }
}

/// What the radio sends.
fn send(downlink: &Downlink) {
    println!("  downlink on port {}: {}", downlink.port, downlink.payload);
}
