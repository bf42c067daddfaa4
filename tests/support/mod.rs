//! What the tests on the simulated module share.

#![allow(dead_code)]

use std::time::Duration;

use embassy_futures::select::{Either, select};
use embedded_io_async::{Read, Write};
use fibocom_mqtt::sim::{Port, Settings, VirtualClock, World};
use fibocom_mqtt::{
    Buffers, Client, ConnectOptions, ConnectionId, Dialect, Error, InvalidInput, Limit, Message, Model, Modem, QoS,
    Source, TopicFilter, TopicName,
};

pub type TestModem<'b, T = Port> = Modem<'b, T, VirtualClock>;
pub type TestClient<'m, 'b, T = Port> = Client<'m, 'b, T, VirtualClock>;

/// The driver's memory.
pub struct Memory {
    pub line: Vec<u8>,
    pub message: Vec<u8>,
    pub transmit: Vec<u8>,
}

impl Default for Memory {
    fn default() -> Self {
        Self {
            line: vec![0; 256],
            message: vec![0; 255 + 1024],
            transmit: vec![0; 1400],
        }
    }
}

impl Memory {
    pub fn modem(&mut self, world: &World) -> TestModem<'_> {
        self.modem_with(world, Dialect::default())
    }

    pub fn modem_with(&mut self, world: &World, dialect: Dialect) -> TestModem<'_> {
        self.modem_on(world.port(), world, dialect)
    }

    /// A driver on a port of which each write takes a while.
    pub fn paced(&mut self, world: &World, dialect: Dialect) -> TestModem<'_, Paced> {
        self.modem_on(Paced::new(world), world, dialect)
    }

    pub fn modem_on<T: Read + Write>(&mut self, port: T, world: &World, dialect: Dialect) -> TestModem<'_, T> {
        let buffers = Buffers::new(&mut self.line, &mut self.message, &mut self.transmit);
        Modem::with_dialect(port, world.clock(), buffers, dialect)
    }
}

/// A port at which each write takes a millisecond and at most 16 bytes, so that time passes within a message.
pub struct Paced {
    port: Port,
    clock: VirtualClock,
}

impl Paced {
    pub fn new(world: &World) -> Self {
        Self {
            port: world.port(),
            clock: world.clock(),
        }
    }
}

impl embedded_io_async::ErrorType for Paced {
    type Error = fibocom_mqtt::sim::Unplugged;
}

impl embedded_io_async::Read for Paced {
    async fn read(&mut self, buffer: &mut [u8]) -> Result<usize, Self::Error> {
        self.port.read(buffer).await
    }
}

impl embedded_io_async::Write for Paced {
    async fn write(&mut self, bytes: &[u8]) -> Result<usize, Self::Error> {
        use fibocom_mqtt::Clock;
        self.clock
            .sleep_until(self.clock.now() + Duration::from_millis(1))
            .await;
        self.port.write(&bytes[..bytes.len().min(16)]).await
    }

    async fn flush(&mut self) -> Result<(), Self::Error> {
        self.port.flush().await
    }
}

/// A module that has its network, and echo off, as after attaching.
pub fn online() -> World {
    World::online(Settings {
        echo: false,
        ..Settings::l610()
    })
}

/// The name the tests connect with, under which the broker knows the connection.
pub const CLIENT_ID: &str = "meter";

pub fn options() -> ConnectOptions<'static> {
    ConnectOptions::new("broker", 1883).client_id(CLIENT_ID)
}

/// Connects the first connection and subscribes to everything.
pub async fn connected<'m, 'b, T>(modem: &'m mut TestModem<'b, T>) -> TestClient<'m, 'b, T>
where
    T: Read + Write<Error: std::fmt::Debug>,
{
    let mut client = modem.client(ConnectionId::FIRST);
    client.connect(&options()).await.unwrap();
    client
        .subscribe(TopicFilter::new("#").unwrap(), QoS::ExactlyOnce)
        .await
        .unwrap();
    client
}

pub fn topic(topic: &str) -> TopicName<'_> {
    TopicName::new(topic).unwrap()
}

/// All 256 byte values, four times over: the largest payload that a module takes.
pub fn every_byte() -> Vec<u8> {
    (0..1024u32).map(|n| (n % 256) as u8).collect()
}

/// Lets virtual time pass.
pub async fn sleep(world: &World, duration: Duration) {
    use fibocom_mqtt::Clock;
    let clock = world.clock();
    clock.sleep_until(clock.now() + duration).await;
}

/// The refusal of an unknown model: the manuals' common limits.
pub fn exceeds<E>(limit: Limit, asked: usize, max: u16) -> Error<E> {
    Error::Invalid(InvalidInput::Exceeds {
        model: Model::UNKNOWN,
        limit,
        asked,
        max,
        said_by: Source::Table,
    })
}

/// Receives for so long, and drops the `recv` that has not ended by then.
pub async fn recv_within<'buf, T>(
    world: &World,
    client: &mut TestClient<'_, '_, T>,
    buffer: &'buf mut [u8],
    duration: Duration,
) -> Option<Result<Message<'buf>, Error<T::Error>>>
where
    T: Read + Write,
{
    match select(client.recv(buffer), sleep(world, duration)).await {
        Either::First(received) => Some(received),
        Either::Second(()) => None,
    }
}
