//! A program for the host that has neither the standard library nor an allocator: it links only if the driver, and all that it brings
//! along, needs neither. `.ci/no_std` builds it, and sees it fail with each of its negative cases.
#![no_std]
#![no_main]

mod profiles;

use core::convert::Infallible;
use core::ffi::{c_char, c_int};
use core::task::Poll;
use core::time::Duration;

use fibocom_mqtt::cloud::Aliyun;
use fibocom_mqtt::{
    Buffers, Clock, ConnectOptions, ConnectionId, Error, Instant, Modem, Network, Publication, QoS, Recovery,
    SnConnectOptions, SnConnectionId, Tls, TopicFilter, TopicName, TopicNames,
};

#[link(name = "c")]
unsafe extern "C" {
    fn abort() -> !;
}

#[panic_handler]
fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
    // SAFETY: it takes nothing and does not return.
    unsafe { abort() }
}

/// The core library asks for it; nothing unwinds here.
#[unsafe(no_mangle)]
extern "C" fn rust_eh_personality() {}

/// A line on which nothing ever comes.
struct Silence;

impl embedded_io_async::ErrorType for Silence {
    type Error = Infallible;
}

impl embedded_io_async::Read for Silence {
    async fn read(&mut self, _: &mut [u8]) -> Result<usize, Infallible> {
        core::future::pending().await
    }
}

impl embedded_io_async::Write for Silence {
    async fn write(&mut self, bytes: &[u8]) -> Result<usize, Infallible> {
        Ok(bytes.len())
    }

    async fn flush(&mut self) -> Result<(), Infallible> {
        Ok(())
    }
}

/// Time stands still.
struct Stopped;

impl Clock for Stopped {
    fn now(&self) -> Instant {
        Instant::from_millis(0)
    }

    async fn sleep_until(&self, _: Instant) {
        core::future::pending().await
    }
}

/// All that the driver has.
async fn everything(modem: &mut Modem<'_, Silence, Stopped>) -> Result<(), Error<Infallible>> {
    let mut buffer = [0; 512];
    modem.attach(Duration::from_secs(40)).await?;
    modem.bring_up(&Network::new(), Duration::from_secs(180)).await?;
    let credentials = modem
        .authenticate(&Aliyun::new("key", "name", "secret"), &mut buffer)
        .await?;
    let options = credentials.options("broker", 8883).tls(Tls::new().use_loaded_files());
    let mut client = modem.client(ConnectionId::FIRST);
    client.connect(&options).await?;
    client.subscribe(TopicFilter::new("a/#")?, QoS::AtLeastOnce).await?;
    let recovery = Recovery::new(ConnectOptions::new("broker", 1883));
    client.recover(&recovery, &mut (), &mut |_| {}).await?;
    let mut client = modem.client(SnConnectionId::FIRST);
    client.connect(&SnConnectOptions::new("gateway", 10_000)).await?;
    client.register(TopicName::new("a/b")?).await?;
    let mut message = [0; 64];
    let payload = client.recv(&mut message).await?.payload();
    client
        .publish(&Publication::new(TopicName::new("a/b")?, payload))
        .await?;
    Ok(())
}

#[unsafe(no_mangle)]
extern "C" fn main(_: c_int, _: *const *const c_char) -> c_int {
    let (mut line, mut message, mut transmit, mut names) = ([0; 256], [0; 512], [0; 512], [0; 64]);
    let mut names = TopicNames::new(&mut names);
    let buffers = Buffers::new(&mut line, &mut message, &mut transmit).topics(&mut names);
    let mut modem = Modem::new(Silence, Stopped, buffers);
    #[cfg(feature = "allocator")]
    if allocates::allocate(16) != 16 {
        return 2;
    }
    if !profiles::work() {
        return 3;
    }
    // It waits for an answer, and cannot have one.
    match embassy_futures::poll_once(everything(&mut modem)) {
        Poll::Pending => 0,
        Poll::Ready(_) => 1,
    }
}
