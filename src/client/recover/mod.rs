//! Bringing a lost connection back, where the caller asks for it.

mod backoff;

use core::fmt;
use core::time::Duration;

use embedded_io_async::{Read, Write};

pub use backoff::Backoff;
use backoff::Chance;

use super::Client;
use crate::Clock;
use crate::engine::Link;
use crate::error::{CmeError, Error, ModuleError, NetworkProblem, TlsProblem};
use crate::modem::{Attach, Network, Progress, Security};
use crate::power::PowerControl;
use crate::types::{BreakCause, ConnectOptions, Plain, QoS, TopicFilter};

/// Registering anew takes minutes.
const NETWORK: Duration = Duration::from_secs(180);

/// What a lost connection is brought back to, and how patiently.
///
/// ```
/// use fibocom_mqtt::{Backoff, ConnectOptions, Network, QoS, Recovery, TopicFilter};
///
/// let options = ConnectOptions::new("broker.example.com", 1883).client_id("meter-7").clean_session(false);
/// let subscriptions = [(TopicFilter::new("meter/7/command")?, QoS::AtLeastOnce)];
/// let recovery = Recovery::new(options)
///     .subscriptions(&subscriptions)
///     .network(Network::new().apn("internet"))
///     .backoff(Backoff::new().attempts(100));
/// # let _ = recovery;
/// # Ok::<(), fibocom_mqtt::InvalidInput>(())
/// ```
#[derive(Debug, Clone, Copy)]
#[must_use = "each setting gives the changed value back"]
pub struct Recovery<'a, S = Plain> {
    options: ConnectOptions<'a, S>,
    subscriptions: &'a [(TopicFilter<'a>, QoS)],
    network: Option<Network<'a>>,
    backoff: Backoff,
}

impl<'a, S: Security> Recovery<'a, S> {
    /// To a connection with these options, without subscriptions, through a port where only MQTT commands answer.
    pub const fn new(options: ConnectOptions<'a, S>) -> Self {
        Self {
            options,
            subscriptions: &[],
            network: None,
            backoff: Backoff::new(),
        }
    }

    /// With these subscriptions, each time: the module never says whether the broker kept the session.
    pub const fn subscriptions(mut self, subscriptions: &'a [(TopicFilter<'a>, QoS)]) -> Self {
        self.subscriptions = subscriptions;
        self
    }

    /// Through this network, as [`Modem::bring_up`](crate::Modem::bring_up) does it, with 180 s for each attempt.
    pub const fn network(mut self, network: Network<'a>) -> Self {
        self.network = Some(network);
        self
    }

    /// With these pauses, and so many attempts.
    pub const fn backoff(mut self, backoff: Backoff) -> Self {
        self.backoff = backoff;
        self
    }
}

/// What [`Client::recover`] is doing. `E` is the error of the port.
#[derive(Debug, Clone, Copy)]
#[cfg_attr(all(feature = "defmt", target_os = "none"), derive(defmt::Format))]
#[non_exhaustive]
pub enum Recovering<'e, E> {
    /// An attempt begins when this pause is over.
    Pause {
        /// The number of the attempt, from 1.
        attempt: u16,
        /// How many there are at most.
        of: u16,
        /// How long the pause is.
        pause: Duration,
    },
    /// The module does not answer, and is restarted by its power key or what the caller has for that.
    Power,
    /// That failed.
    PowerFailed,
    /// Attaching to the module.
    Attach,
    /// Bringing the network up.
    Network(Progress),
    /// Connecting to the broker.
    Connect,
    /// Subscribing, to that filter of the list, from 0.
    Subscribe(usize),
    /// The attempt failed.
    Failed(&'e Error<E>),
}

impl<E: fmt::Display> fmt::Display for Recovering<'_, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Pause { attempt, of, pause } => {
                // In 64 bits: the formatting of 128 is not small.
                let millis = u64::try_from(pause.as_millis()).unwrap_or(u64::MAX);
                write!(f, "attempt {attempt} of {of} begins in {millis} ms")
            }
            Self::Power => f.write_str("restarting the module by its power key"),
            Self::PowerFailed => f.write_str("the power key could not be used"),
            Self::Attach => f.write_str("attaching to the module"),
            Self::Network(progress) => write!(f, "bringing the network up: {progress}"),
            Self::Connect => f.write_str("connecting to the broker"),
            Self::Subscribe(_) => f.write_str("subscribing again"),
            Self::Failed(error) => write!(f, "the attempt failed: {error}"),
        }
    }
}

/// How a connection came back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(all(feature = "defmt", target_os = "none"), derive(defmt::Format))]
pub struct Recovered {
    /// How many attempts it took.
    pub attempts: u16,
    /// How many filters were subscribed to again.
    pub subscriptions: usize,
    /// Whether a clean session was asked for. If not, the broker may have kept the session and deliver what came meanwhile, or may have
    /// lost it: the module does not tell.
    pub clean_session: bool,
}

/// Where an attempt begins. What stands above is done in each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Rung {
    /// The power key, then everything below.
    Power,
    /// Finding the module.
    Attach,
    /// The network.
    Network,
    /// The broker.
    Connect,
}

impl Rung {
    /// Where to begin after this error at this rung.
    fn after<E>(self, error: &Error<E>) -> Self {
        match error {
            Error::Silent if self <= Self::Attach => Self::Power,
            Error::Silent | Error::Restarted | Error::LineBuffer { .. } | Error::Unexpected => Self::Attach,
            _ => Self::Network,
        }
    }
}

/// Whether another attempt cannot end otherwise.
fn is_final<E>(error: &Error<E>) -> bool {
    use CmeError::{BadCredentials, IdentifierRejected, NotAuthorized, ProtocolVersion};
    match error {
        Error::Invalid(_) | Error::Port(_) | Error::PortClosed => true,
        Error::Module(ModuleError::Cme(code)) => {
            matches!(
                code,
                BadCredentials | IdentifierRejected | NotAuthorized | ProtocolVersion
            )
        }
        Error::Network(problem) => matches!(
            problem,
            NetworkProblem::PinRequired | NetworkProblem::PinWrong(_) | NetworkProblem::PukRequired
        ),
        Error::Tls(problem) => !matches!(problem, TlsProblem::Handshake(_)),
        _ => false,
    }
}

impl<T, C> Client<'_, '_, T, C>
where
    T: Read + Write,
    C: Clock,
{
    /// Brings this connection back: as far down as its loss demands, it restarts the module by `power` if that does not answer, attaches,
    /// brings the network up, loads the files of TLS if they are gone, connects, and subscribes. It pauses before each attempt, longer
    /// each time, and tells `watch` what it does.
    ///
    /// Nothing calls this but you: after [`Error::Disconnected`], [`Error::Restarted`], [`Error::Silent`], or a failed `connect`. Receive
    /// first what the module still holds ([`recv`](Self::recv) ends with `Disconnected` only behind that). Messages are not sent again:
    /// what had no result before stays unknown.
    ///
    /// `power` may be `&mut ()` on a board that has nothing for it. It restarts the module for every connection; each of the others then
    /// learns of it, and is brought back by a call of its own.
    ///
    /// # Errors
    ///
    /// That of the last attempt. At once where another attempt cannot end otherwise: [`Error::Invalid`], [`Error::Port`] and
    /// [`Error::PortClosed`], a broker that names credentials or client id as the reason (where the firmware tells), a SIM that wants its
    /// PIN or PUK, files of TLS that only a restart of the module clears.
    ///
    /// # Cancel safety
    ///
    /// May be dropped, as any of its steps may; the connection is then in whatever state was reached. Call it again, or connect.
    ///
    /// ```
    /// # use embedded_io_async::{Read, Write};
    /// # use fibocom_mqtt::{Client, Clock, Error};
    /// use fibocom_mqtt::{Recovering, Recovery};
    ///
    /// # async fn example<T: Read + Write, C: Clock>(client: &mut Client<'_, '_, T, C>, recovery: &Recovery<'_>) -> Result<(), Error<T::Error>>
    /// # where T::Error: core::fmt::Display {
    /// let mut buffer = [0; 1279];
    /// loop {
    ///     match client.recv(&mut buffer).await {
    ///         Ok(message) => println!("{} bytes", message.payload().len()),
    ///         Err(lost) => {
    ///             println!("{lost}");
    ///             let mut show = |step: Recovering<'_, T::Error>| println!("{step}");
    ///             client.recover(recovery, &mut (), &mut show).await?;
    ///         }
    ///     }
    /// }
    /// # }
    /// ```
    pub async fn recover<P: PowerControl, S: Security>(
        &mut self,
        recovery: &Recovery<'_, S>,
        power: &mut P,
        watch: &mut (dyn FnMut(Recovering<'_, T::Error>) + Send),
    ) -> Result<Recovered, Error<T::Error>> {
        let backoff = &recovery.backoff;
        let now = self.session.modem.now().as_millis().to_le_bytes();
        let seed = self
            .session
            .modem
            .known_imei()
            .bytes()
            .chain(now)
            .chain([self.id.get()]);
        let mut chance = Chance::new(seed);
        let mut rung = self.lowest_rung();
        let of = backoff.count();
        let mut attempt = 1;
        loop {
            let pause = backoff.pause(attempt, &mut chance);
            watch(Recovering::Pause { attempt, of, pause });
            self.session.modem.pause(pause).await?;
            let error = match self.climb(rung, recovery, power, watch).await {
                Ok(()) => break,
                Err(error) => error,
            };
            watch(Recovering::Failed(&error));
            if is_final(&error) || attempt >= of {
                return Err(error);
            }
            rung = rung.after(&error);
            attempt = attempt.saturating_add(1);
        }
        Ok(Recovered {
            attempts: attempt,
            subscriptions: recovery.subscriptions.len(),
            clean_session: recovery.options.clean_session,
        })
    }

    /// Where the first attempt begins, by how the connection ended.
    fn lowest_rung(&self) -> Rung {
        if self.session.modem.engine.has_restarted() {
            return Rung::Attach;
        }
        match self.session.link() {
            Link::Broken(BreakCause::Server) => Rung::Connect,
            Link::Broken(_) | Link::Closed | Link::Open => Rung::Network,
            Link::Restarted | Link::Unknown => Rung::Attach,
        }
    }

    /// One attempt.
    async fn climb<P: PowerControl, S: Security>(
        &mut self,
        rung: Rung,
        recovery: &Recovery<'_, S>,
        power: &mut P,
        watch: &mut (dyn FnMut(Recovering<'_, T::Error>) + Send),
    ) -> Result<(), Error<T::Error>> {
        let mut attach = Attach::new();
        if rung <= Rung::Power {
            watch(Recovering::Power);
            match power.restart(self.session.modem.clock_ref()).await {
                // It boots: there is no data mode to wait for.
                Ok(()) => attach = attach.fresh(),
                Err(_) => watch(Recovering::PowerFailed),
            }
        }
        if rung <= Rung::Attach {
            watch(Recovering::Attach);
            self.session.modem.attach_with(&attach).await?;
        }
        if let (true, Some(network)) = (rung <= Rung::Network, &recovery.network) {
            let mut progress = |progress| watch(Recovering::Network(progress));
            self.session
                .modem
                .bring_up_with(network, NETWORK, &mut progress)
                .await?;
        }
        watch(Recovering::Connect);
        self.connect(&recovery.options).await?;
        for (number, &(filter, qos)) in recovery.subscriptions.iter().enumerate() {
            watch(Recovering::Subscribe(number));
            self.subscribe(filter, qos).await?;
        }
        Ok(())
    }
}
