//! An MQTT server in this process, for those who have none: rumqttd.
//!
//! QoS 0, 1 and 2, wildcards, retained messages and their clearing, wills and kept sessions work and are tested
//! (`tests/sim_bridge.rs`). One thing does not hold: it delivers a message at the QoS of the subscription, also when the
//! message was published at a lower one (3.8.4 of the standard wants the lower of the two).

use std::collections::HashMap;
use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::thread;
use std::time::{Duration, Instant};

use rumqttd::{Broker, Config, ConnectionSettings, RouterConfig, ServerSettings};

/// How long the server may take to listen.
const START: Duration = Duration::from_secs(10);

/// Starts a server on a free port of this machine, which nobody else can reach, and gives its address. It lives as long
/// as the process and says nothing.
///
/// # Errors
///
/// If it cannot be started.
pub fn start() -> io::Result<SocketAddr> {
    // The server wants to bind by itself: let the system choose a port, and leave it.
    let address = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?;
    let mut broker = Broker::new(config(address));
    thread::Builder::new()
        .name("broker".into())
        .spawn(move || drop(broker.start()))?;
    let start = Instant::now();
    loop {
        match TcpStream::connect(address) {
            Ok(_) => return Ok(address),
            Err(error) if start.elapsed() > START => return Err(error),
            Err(_) => thread::sleep(Duration::from_millis(5)),
        }
    }
}

fn config(listen: SocketAddr) -> Config {
    let connections = ConnectionSettings {
        connection_timeout_ms: 10_000,
        max_payload_size: 1024 * 1024,
        max_inflight_count: 100,
        auth: None,
        external_auth: None,
        dynamic_filters: true,
    };
    let server = ServerSettings {
        name: "embedded".into(),
        listen,
        tls: None,
        next_connection_delay_ms: 0,
        connections,
    };
    Config {
        router: RouterConfig {
            max_connections: 100,
            max_outgoing_packet_count: 200,
            max_segment_size: 10 * 1024 * 1024,
            max_segment_count: 10,
            ..RouterConfig::default()
        },
        v4: Some(HashMap::from([("1".to_owned(), server)])),
        ..Config::default()
    }
}
