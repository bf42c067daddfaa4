//! An FP gateway on a simulated module, and a small portal that plays through its life with it: rollout, initialisation, data, the feedback
//! channel, and a restart that needs no rollout.
//!
//! `cargo run --example juconn --features sim,juconn [-- --broker HOST:PORT]`; without a broker it brings one along.

#[path = "../common/bridge.rs"]
mod bridge;
mod course;
#[path = "../common/embedded.rs"]
mod embedded;
mod plant;
mod portal;

use std::error::Error;
use std::net::{SocketAddr, ToSocketAddrs};

use lexopt::ValueExt;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let broker = match broker()? {
        Some(broker) => broker,
        None => embedded::start()?,
    };
    course::run(broker, |line| println!("{line}")).await
}

/// The broker of the command line.
fn broker() -> Result<Option<SocketAddr>, Box<dyn Error>> {
    let mut arguments = lexopt::Parser::from_env();
    let mut broker = None;
    while let Some(argument) = arguments.next()? {
        match argument {
            lexopt::Arg::Long("broker") => {
                let address = arguments.value()?.string()?;
                let mut found = address
                    .to_socket_addrs()
                    .map_err(|error| format!("{address}: {error}"))?;
                broker = Some(found.next().ok_or_else(|| format!("{address} has no address"))?);
            }
            lexopt::Arg::Long("help") => {
                println!("juconn [--broker HOST:PORT]");
                std::process::exit(0);
            }
            other => return Err(other.unexpected().into()),
        }
    }
    Ok(broker)
}
