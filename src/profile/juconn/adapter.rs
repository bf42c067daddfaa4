//! A gateway over the module's MQTT client.

use core::convert::Infallible;
use core::fmt::Display;
use core::time::Duration;

use embedded_io_async::{Read, Write};

use super::config::{Config, ServerAuthentication};
use super::gateway::{
    Command, DataSource, Gateway, Input, Link, MAX_KEEP_ALIVE, Notice, Now, Output, Persisted, Phase,
};
use super::message::{ErrorReport, Verbosity};
use crate::client::SettledEnd;
use crate::urc::Operation;
use crate::{Client, Clock, ConnectOptions, Credentials, Error, Publication, Tls};

/// The longest user name and password that the adapter hands to the module, in bytes: what the most capable modules take.
const CREDENTIAL: usize = 256;

/// How long one wait is where no timer runs.
const IDLE: Duration = Duration::from_secs(60);

/// The device around the gateway: what an application implements, besides [the values of its data points](DataSource).
pub trait Application: DataSource {
    /// Seconds since 1970, UTC.
    fn unix_time(&mut self) -> u64;

    /// Keeps this for after a restart, when it goes to [`Gateway::new`]. It has to be kept when this returns.
    fn persist(&mut self, persisted: &Persisted);

    /// Executes a command and writes its answer: TiXML, such as `<Set/>`, or an [`ErrorReport`]. It may take as long as it takes.
    ///
    /// A `config` or `cmd` request that comes again to the byte right after its result, as messages of quality of service 1 may, gets that
    /// result again and is not executed again. After a restart of the device nobody remembers it.
    async fn execute(&mut self, command: Command<'_>, answer: &mut dyn core::fmt::Write);

    /// Enters into the system log `SupportLog` how a statement of the initial configuration ended.
    fn support_log(&mut self, statement: u16, answer: &str) {
        let _ = (statement, answer);
    }

    /// A line for the log.
    fn notice(&mut self, notice: Notice) {
        let _ = notice;
    }

    /// The module or the broker failed at something, and the gateway goes on; for the log.
    fn failed(&mut self, error: &dyn Display) {
        let _ = error;
    }
}

/// Lets a gateway live on a client for ever: connects, sends, receives, executes, and comes back after every loss of the connection.
///
/// `buffer` takes one message, received or to be sent: 1279 bytes are enough for every module. `tls` is used where the broker's address
/// is `ssl://`: load the files into it that the configuration names. The module must be attached and have its network.
///
/// ```
/// # use embedded_io_async::{Read, Write};
/// # use fibocom_mqtt::{Clock, Error, Tls};
/// use fibocom_mqtt::profile::juconn::{self, *};
/// use fibocom_mqtt::{ConnectionId, Modem};
///
/// # async fn example<T: Read + Write, C: Clock>(modem: &mut Modem<'_, T, C>, plant: &mut impl Application, database: &str)
/// # -> Result<(), Error<T::Error>> {
/// let config = Config::parse(database).expect("the configuration is checked where it is made");
/// let device = Device::new("04600912", "WT640").expect("eight digits");
/// let (mut points, mut request, mut answer) = ([PointMemory::new(); 16], [0; 1500], [0; 2048]);
/// let memory = Memory::new(&mut points, &mut request, &mut answer);
/// let mut gateway = Gateway::new(device, config, Persisted::default(), memory).expect("it fits");
/// juconn::run(&mut modem.client(ConnectionId::FIRST), &mut gateway, plant, Tls::new(), &mut [0; 1279]).await?;
/// # Ok(()) }
/// ```
///
/// # Errors
///
/// Those that it cannot mend itself: [`Error::Port`], [`Error::PortClosed`] and [`Error::Silent`], [`Error::Restarted`]: attach the module
/// again and bring its network up, and call this again; [`Error::Tls`] if the module holds other files, or a part of one, until it was
/// restarted or they were deleted; [`Error::OtherMessage`]: receive the message of the module's other connection, and
/// call this again; [`Error::Invalid`]: the module does not take what is configured. With `CloudConnStart` 0 it never ends and does
/// nothing, nor does it after `<Reset _="Secretfile"/>`, until the device starts again: with [`turn`] the application sees
/// [`Phase::PowerOn`](crate::profile::juconn::Phase::PowerOn) and tells [`Input::Start`].
///
/// # Cancel safety
///
/// As of [`turn`].
pub async fn run<T: Read + Write, C: Clock, A: Application>(
    client: &mut Client<'_, '_, T, C>,
    gateway: &mut Gateway<'_>,
    application: &mut A,
    tls: Tls<'_>,
    buffer: &mut [u8],
) -> Result<Infallible, Error<T::Error>> {
    let now = clock(client, application);
    gateway.input(now, Input::Start);
    loop {
        turn(client, gateway, application, tls, buffer).await?;
    }
}

/// One turn of [`run`]: does what the gateway wants done, then waits for a message or a timer, a minute at most, and tells the gateway. Between
/// turns the application may [tell it](Gateway::input) of events of its own; begin with [`Input::Start`].
///
/// # Errors
///
/// As of [`run`].
///
/// # Cancel safety
///
/// May be dropped at any time. A publication or a subscription that had begun goes out all the same, and the next turn learns how that
/// ended; what had not begun is for a later turn. Events of the device may be [told](Gateway::input) in between. A command that was being
/// executed is answered with an error by the next turn, and not executed again. A connection that the module was opening is taken over
/// once it is open; if that failed, or had not begun, it is opened anew after its back-off. A drop while a file for TLS is uploaded spoils
/// that file, as [`Client::connect`] says.
pub async fn turn<T: Read + Write, C: Clock, A: Application>(
    client: &mut Client<'_, '_, T, C>,
    gateway: &mut Gateway<'_>,
    application: &mut A,
    tls: Tls<'_>,
    buffer: &mut [u8],
) -> Result<(), Error<T::Error>> {
    gateway.limit_payload(client.max_payload());
    if gateway.link() != Link::Down {
        resume(client, gateway, application).await?;
    }
    let now = clock(client, application);
    if let Some((_, mut answer)) = gateway.execution() {
        answer.restart();
        let report = ErrorReport::new(500, "the execution was interrupted").class("Gateway");
        // What does not fit is counted.
        let _ = report.write(Verbosity::Short, &mut answer);
        gateway.input(now, Input::Executed);
    }
    gateway.input(now, Input::Tick);
    while act(client, gateway, application, tls, buffer).await? {}
    listen(client, gateway, application, buffer).await
}

/// Brings to its end what a turn had begun that was dropped, and tells the gateway how that ended.
async fn resume<T: Read + Write, C: Clock, A: Application>(
    client: &mut Client<'_, '_, T, C>,
    gateway: &mut Gateway<'_>,
    application: &mut A,
) -> Result<(), Error<T::Error>> {
    let woken = client.session.modem.wake().await;
    let mut last = None;
    while let Some(settled) = client.session.next_settled() {
        last = Some(settled);
    }
    let error = match (gateway.link(), last) {
        (Link::Connecting, Some((Operation::Open, SettledEnd::Succeeded))) if client.is_connected() => {
            let now = clock(client, application);
            gateway.input(now, Input::Connected);
            None
        }
        (Link::Connecting, _) => {
            let now = clock(client, application);
            gateway.input(now, Input::Disconnected);
            None
        }
        _ if !gateway.is_asked() => None,
        (_, Some((Operation::Publish | Operation::Subscribe, SettledEnd::Succeeded | SettledEnd::Accepted))) => {
            gateway.went_out();
            None
        }
        (_, Some((Operation::Publish, SettledEnd::Failed))) => {
            refused(client, gateway, application);
            None
        }
        (_, Some((Operation::Publish, SettledEnd::Cut { sent }))) => Some(Error::Cut { sent }),
        (_, Some((Operation::Subscribe, SettledEnd::Failed))) => Some(Error::Refused),
        // That nothing is known of it also means that it never began, or that it was dropped while the module was asked for the reason.
        _ => Some(Error::Unknown),
    };
    match woken.err().or(error) {
        Some(error) => lost(client, gateway, application, error).await,
        None => Ok(()),
    }
}

/// The module or the broker refused what was published last.
fn refused<T: Read + Write, C: Clock, A: Application>(
    client: &Client<'_, '_, T, C>,
    gateway: &mut Gateway<'_>,
    application: &mut A,
) {
    application.failed(&Error::<Infallible>::Refused);
    let now = clock(client, application);
    gateway.input(now, Input::NotPublished);
}

fn clock<T: Read + Write, C: Clock, A: Application>(client: &Client<'_, '_, T, C>, application: &mut A) -> Now {
    Now::new(client.session.modem.now(), application.unix_time())
}

/// Does the next thing that the gateway wants done. Whether there was one.
async fn act<T: Read + Write, C: Clock, A: Application>(
    client: &mut Client<'_, '_, T, C>,
    gateway: &mut Gateway<'_>,
    application: &mut A,
    tls: Tls<'_>,
    buffer: &mut [u8],
) -> Result<bool, Error<T::Error>> {
    let config = *gateway.config();
    if gateway.link() == Link::Up {
        // What it wants then begins at once: a drop before that would lose it, and the gateway would take it for done.
        if let Err(error) = client.session.modem.wake().await {
            lost(client, gateway, application, error).await?;
            return Ok(true);
        }
    }
    let Some(output) = gateway.output(application, buffer) else {
        return Ok(false);
    };
    let (done, told) = match output {
        Output::Persist(persisted) => {
            application.persist(persisted);
            return Ok(true);
        }
        Output::SupportLog { statement, answer } => {
            application.support_log(statement, answer);
            return Ok(true);
        }
        Output::Log(notice) => {
            application.notice(notice);
            return Ok(true);
        }
        Output::Execute { command, mut answer } => {
            application.execute(command, &mut answer).await;
            (Ok(()), Some(Input::Executed))
        }
        Output::Connect(broker) => {
            // Of the connection before.
            while client.session.next_settled().is_some() {}
            let tls = broker.tls.then(|| secured(tls, &config));
            (
                connect(client, &config, broker.host, broker.port, tls).await,
                Some(Input::Connected),
            )
        }
        Output::Disconnect => return disconnect(client).await.map(|()| true),
        Output::Subscribe(filter, qos) => (client.subscribe(filter, qos).await, None),
        Output::Publish { topic, payload, qos } => {
            let published = client.publish(&Publication::new(topic, payload).qos(qos)).await;
            if matches!(published, Err(Error::Refused)) {
                refused(client, gateway, application);
                return Ok(true);
            }
            (published.map(drop), None)
        }
    };
    match (done, told) {
        (Ok(()), Some(input)) => {
            let now = clock(client, application);
            gateway.input(now, input);
        }
        // Before anything else can fail: it would be sent again. The time stays that of the turn, or one that takes long would not end.
        (Ok(()), None) => gateway.went_out(),
        (Err(error), _) => lost(client, gateway, application, error).await?,
    }
    Ok(true)
}

/// The connection is lost, or of no use any more; the error if the gateway cannot go on.
async fn lost<T: Read + Write, C: Clock, A: Application>(
    client: &mut Client<'_, '_, T, C>,
    gateway: &mut Gateway<'_>,
    application: &mut A,
    error: Error<T::Error>,
) -> Result<(), Error<T::Error>> {
    let now = clock(client, application);
    gateway.input(now, Input::Disconnected);
    if ends(&error) {
        return Err(error);
    }
    application.failed(&Failure(&error));
    disconnect(client).await
}

/// Closes the connection. That it did not close as it should is for the next open to mend.
async fn disconnect<T: Read + Write, C: Clock>(client: &mut Client<'_, '_, T, C>) -> Result<(), Error<T::Error>> {
    match client.disconnect().await {
        Err(error) if ends(&error) => Err(error),
        _ => Ok(()),
    }
}

/// Whether the gateway cannot go on by itself.
fn ends<E>(error: &Error<E>) -> bool {
    !error.is_recoverable() || matches!(error, Error::Restarted | Error::Invalid(_))
}

/// Waits for a message, or until the gateway wants to know the time.
async fn listen<T: Read + Write, C: Clock, A: Application>(
    client: &mut Client<'_, '_, T, C>,
    gateway: &mut Gateway<'_>,
    application: &mut A,
    buffer: &mut [u8],
) -> Result<(), Error<T::Error>> {
    let now = clock(client, application);
    let until = gateway.next_tick().map(|tick| tick.saturating_since(now.instant));
    let wait = until.unwrap_or(IDLE).min(IDLE);
    // A request that came while a result waits would be ignored: it stays in the module.
    let waits = gateway.is_busy() && gateway.phase() == Phase::Running;
    if gateway.link() != Link::Up || waits {
        return match client.session.modem.pause(wait).await {
            Err(error) => lost(client, gateway, application, error).await,
            Ok(()) => Ok(()),
        };
    }
    match client.recv_timeout(buffer, wait).await {
        Ok(Some(message)) => {
            let (topic, payload) = (message.topic(), message.payload());
            let now = clock(client, application);
            gateway.input(now, Input::Message { topic, payload });
            Ok(())
        }
        Ok(None) => Ok(()),
        // Nobody else can receive it meanwhile, and a new connection would change nothing.
        Err(error @ Error::OtherMessage(_)) => Err(error),
        Err(error @ (Error::TooLarge(_) | Error::Lost(_))) => {
            application.failed(&Failure(&error));
            match error {
                Error::TooLarge(_) => match client.skip().await {
                    Ok(_) => Ok(()),
                    Err(error) => lost(client, gateway, application, error).await,
                },
                _ => Ok(()),
            }
        }
        Err(error) => lost(client, gateway, application, error).await,
    }
}

/// What the configuration says about the server's certificate, over what the application gave.
fn secured<'t>(tls: Tls<'t>, config: &Config<'_>) -> Tls<'t> {
    match config.server_authentication() {
        ServerAuthentication::None => tls.dangerously_skip_verification(),
        _ => tls,
    }
}

async fn connect<T: Read + Write, C: Clock>(
    client: &mut Client<'_, '_, T, C>,
    config: &Config<'_>,
    host: &str,
    port: u16,
    tls: Option<Tls<'_>>,
) -> Result<(), Error<T::Error>> {
    let (mut user, mut password) = ([0; CREDENTIAL], [0; CREDENTIAL]);
    let too_long = |field, size: crate::profile::TooLarge| crate::InvalidInput::TooLong {
        field,
        len: size.needed,
        max: size.max,
    };
    let user = match config.username() {
        Some(text) => text
            .decode(&mut user)
            .map_err(|size| too_long(crate::Field::User, size))?,
        None => "",
    };
    let password = match config.password() {
        Some(text) => text
            .decode(&mut password)
            .map_err(|size| too_long(crate::Field::Password, size))?,
        None => "",
    };
    let options = ConnectOptions::new(host, port)
        .credentials(Credentials::new(user, password))
        .keep_alive(config.keep_alive().min(MAX_KEEP_ALIVE));
    client.connect(&options.maybe_tls(tls)).await
}

/// An error without its port's, which need not be displayable.
struct Failure<'e, E>(&'e Error<E>);

impl<E> Display for Failure<'_, E> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self.0 {
            Error::Module(error) => error.fmt(f),
            Error::Network(problem) => problem.fmt(f),
            Error::Tls(problem) => problem.fmt(f),
            Error::Disconnected(cause) => Error::<Infallible>::Disconnected(*cause).fmt(f),
            Error::TooLarge(size) => Error::<Infallible>::TooLarge(*size).fmt(f),
            Error::Lost(size) => Error::<Infallible>::Lost(*size).fmt(f),
            Error::Refused => Error::<Infallible>::Refused.fmt(f),
            Error::Unknown => Error::<Infallible>::Unknown.fmt(f),
            Error::Cut { sent } => Error::<Infallible>::Cut { sent: *sent }.fmt(f),
            Error::NotConnected => Error::<Infallible>::NotConnected.fmt(f),
            Error::Unsettled => Error::<Infallible>::Unsettled.fmt(f),
            Error::Unexpected => Error::<Infallible>::Unexpected.fmt(f),
            Error::LineBuffer { max } => Error::<Infallible>::LineBuffer { max: *max }.fmt(f),
            _ => f.write_str("the connection failed"),
        }
    }
}
