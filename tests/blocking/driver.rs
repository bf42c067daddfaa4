//! The blocking driver with the face of the asynchronous one, so that the same scenarios run on it: each call is over when its
//! future is made.

use std::marker::PhantomData;
use std::time::Duration;

use atat::AtatCmd;
use embedded_io_async::{Read, Write};
use fibocom_mqtt::blocking::{self, ByReadReady, ByTimeout, Idle};
use fibocom_mqtt::sim::{BlockingError, BlockingPort, VirtualClock, World};
use fibocom_mqtt::{
    Announcement, AnyConnectionId, Buffers, ConnectOptions, ConnectionId, Counters, Delivery, Dialect, Error, Event,
    Feature, Identity, Incoming, Message, Network, Publication, QoS, ReceiveMode, TopicFilter, Unsolicited,
};

use crate::shared;

type Result<T> = std::result::Result<T, Error<BlockingError>>;

/// How a blocking port becomes the driver's.
pub trait Adapter {
    type Port: Read<Error = BlockingError> + Write<Error = BlockingError>;

    fn port(world: &World) -> Self::Port;
}

pub struct Ready;

impl Adapter for Ready {
    type Port = ByReadReady<BlockingPort>;

    fn port(world: &World) -> Self::Port {
        ByReadReady::new(world.blocking_port())
    }
}

pub struct Timeout;

impl Adapter for Timeout {
    type Port = ByTimeout<BlockingPort>;

    fn port(world: &World) -> Self::Port {
        ByTimeout::new(world.blocking_port().timeout(Duration::from_millis(1)))
    }
}

/// Lets the world go on.
pub struct Tick(pub World);

impl Idle for Tick {
    fn idle(&mut self) {
        self.0.idle();
    }
}

/// The driver's memory.
pub struct Memory<A> {
    pub line: Vec<u8>,
    pub message: Vec<u8>,
    pub transmit: Vec<u8>,
    pub adapter: PhantomData<A>,
}

impl<A> Default for Memory<A> {
    fn default() -> Self {
        let shared::Memory {
            line,
            message,
            transmit,
        } = shared::Memory::default();
        let adapter = PhantomData;
        Self {
            line,
            message,
            transmit,
            adapter,
        }
    }
}

impl<A: Adapter> Memory<A> {
    pub fn modem(&mut self, world: &World) -> TestModem<'_, A> {
        self.modem_with(world, Dialect::default())
    }

    pub fn modem_with(&mut self, world: &World, dialect: Dialect) -> TestModem<'_, A> {
        let buffers = Buffers::new(&mut self.line, &mut self.message, &mut self.transmit);
        let modem = blocking::Modem::with_dialect(A::port(world), world.clock(), buffers, dialect);
        TestModem(modem.idle_with(Tick(world.clone())))
    }
}

pub struct TestModem<'b, A: Adapter>(pub blocking::Modem<'b, A::Port, VirtualClock, Tick>);

impl<'b, A: Adapter> TestModem<'b, A> {
    pub async fn attach(&mut self, wait: Duration) -> Result<Identity> {
        self.0.attach(wait)
    }

    pub async fn bring_up(&mut self, network: &Network<'_>, wait: Duration) -> Result<std::net::IpAddr> {
        self.0.bring_up(network, wait)
    }

    pub async fn send<Cmd: AtatCmd + Sync>(&mut self, command: &Cmd) -> Result<Cmd::Response> {
        self.0.send(command)
    }

    pub fn dialect(&self) -> Dialect {
        self.0.dialect()
    }

    pub async fn recv_any<'buf>(&mut self, buffer: &'buf mut [u8]) -> Result<Incoming<Message<'buf>>> {
        self.0.recv_any(buffer)
    }

    pub async fn wait_any<K: Into<AnyConnectionId> + Copy>(
        &mut self,
        ids: &[K],
        max: usize,
    ) -> Result<Incoming<Announcement>> {
        self.0.wait_any(ids, max)
    }

    pub fn counters(&self) -> Counters {
        self.0.counters()
    }

    pub fn set_feature(&mut self, feature: Feature, has: bool) {
        self.0.set_feature(feature, has);
    }

    pub fn set_receive_mode(&mut self, mode: ReceiveMode) {
        self.0.set_receive_mode(mode);
    }

    pub fn set_unsolicited(&mut self, hook: &'b mut (dyn FnMut(Unsolicited<'_>) + Send)) {
        self.0.set_unsolicited(hook);
    }

    pub fn client<K: Into<AnyConnectionId> + Copy>(&mut self, id: K) -> TestClient<'_, 'b, A, K> {
        TestClient(self.0.client(id))
    }
}

pub struct TestClient<'m, 'b, A: Adapter, K = ConnectionId>(
    pub blocking::Client<'m, 'b, A::Port, VirtualClock, Tick, K>,
);

impl<A: Adapter> TestClient<'_, '_, A> {
    pub async fn connect(&mut self, options: &ConnectOptions<'_>) -> Result<()> {
        self.0.connect(options)
    }

    pub async fn subscribe(&mut self, filter: TopicFilter<'_>, qos: QoS) -> Result<()> {
        self.0.subscribe(filter, qos)
    }

    pub async fn unsubscribe(&mut self, filter: TopicFilter<'_>) -> Result<()> {
        self.0.unsubscribe(filter)
    }

    pub async fn publish(&mut self, publication: &Publication<'_>) -> Result<Delivery> {
        self.0.publish(publication)
    }
}

impl<A: Adapter, K: Into<AnyConnectionId> + Copy> TestClient<'_, '_, A, K> {
    pub async fn disconnect(&mut self) -> Result<()> {
        self.0.disconnect()
    }

    pub async fn recv<'buf>(&mut self, buffer: &'buf mut [u8]) -> Result<Message<'buf>> {
        self.0.recv(buffer)
    }

    pub async fn skip(&mut self) -> Result<Option<Announcement>> {
        self.0.skip()
    }

    pub async fn poll(&mut self) -> Result<Event> {
        self.0.poll()
    }

    pub fn counters(&self) -> Counters {
        self.0.counters()
    }

    pub fn is_connected(&self) -> bool {
        self.0.is_connected()
    }
}

/// Connects the first connection and subscribes to everything.
pub async fn connected<'m, 'b, A: Adapter>(modem: &'m mut TestModem<'b, A>) -> TestClient<'m, 'b, A> {
    let mut client = modem.client(ConnectionId::FIRST);
    client.connect(&shared::options()).await.unwrap();
    client
        .subscribe(TopicFilter::new("#").unwrap(), QoS::ExactlyOnce)
        .await
        .unwrap();
    client
}

/// Receives for so long: a blocking caller cannot drop a `recv`.
pub async fn recv_within<'buf, A: Adapter>(
    _: &World,
    client: &mut TestClient<'_, '_, A>,
    buffer: &'buf mut [u8],
    duration: Duration,
) -> Option<Result<Message<'buf>>> {
    client.0.recv_timeout(buffer, duration).transpose()
}
