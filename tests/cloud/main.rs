//! Credentials of clouds and registrations, through bytes: the module's answers are scripted.
#![cfg(feature = "sim")]

mod authenticate;
mod blocking;
mod events;
mod owed;
mod registration;
mod secrets;
mod simulated;
#[path = "../support/mod.rs"]
mod support;

use std::time::Duration;

use embedded_io_async::{Read, Write};
use fibocom_mqtt::Dialect;
use fibocom_mqtt::cloud::*;
use fibocom_mqtt::sim::{Port, Unplugged, World};

use support::*;

const SECOND: Duration = Duration::from_secs(1);

/// What no log, trace, `Debug` or buffer may show.
const SECRET: &str = "s3cret";

const ALIYUN: Aliyun<'static> = Aliyun::new("pk", "dn", SECRET);
const REGISTER: AliyunRegistration<'static> = AliyunRegistration::new("host", 443, "pk", "product-s3cret", "dn");

/// A port that reads so few bytes at a time.
struct Chopped {
    port: Port,
    most: usize,
}

impl embedded_io_async::ErrorType for Chopped {
    type Error = Unplugged;
}

impl Read for Chopped {
    async fn read(&mut self, buffer: &mut [u8]) -> Result<usize, Self::Error> {
        let most = self.most.min(buffer.len());
        self.port.read(&mut buffer[..most]).await
    }
}

impl Write for Chopped {
    async fn write(&mut self, bytes: &[u8]) -> Result<usize, Self::Error> {
        self.port.write(bytes).await
    }

    async fn flush(&mut self) -> Result<(), Self::Error> {
        self.port.flush().await
    }
}

/// Memory for the longest answers, and a driver for an L610, which has the cloud commands.
fn roomy() -> Memory {
    Memory {
        line: vec![0; 512],
        ..Memory::default()
    }
}

fn l610<'b>(memory: &'b mut Memory, world: &World) -> TestModem<'b> {
    let mut modem = memory.modem(world);
    modem.set_model("L610".parse().unwrap());
    modem
}

fn chopped<'b>(memory: &'b mut Memory, world: &World, most: usize) -> TestModem<'b, Chopped> {
    let port = Chopped {
        port: world.port(),
        most,
    };
    let mut modem = memory.modem_on(port, world, Dialect::default());
    modem.set_model("L610".parse().unwrap());
    modem
}

/// Whether bytes hold a secret anywhere.
fn holds_secret(bytes: &[u8]) -> bool {
    bytes.windows(SECRET.len()).any(|part| part == SECRET.as_bytes())
}
