//! A module in use: finding it, bringing it into the network, connecting, and closing what was opened.

use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use embassy_futures::select::{Either, select};
use fibocom_mqtt::cloud::CloudCredentials;
use fibocom_mqtt::{
    AnyConnectionId, Attach, Buffers, Client, Clock, Error, Identity, Modem, Network, Progress, ReceiveMode, StdClock,
    TlsProblem, TransportError,
};

use crate::failure::{Failure, Stage, code};
use crate::options::{Login, Options, Place, SnTarget, Target};
use crate::port::Port;

/// A registration can take minutes.
const NETWORK: Duration = Duration::from_secs(180);

/// How long closing may take when something else has failed.
const CLOSING: Duration = Duration::from_secs(10);

/// A wait is announced when it has lasted so long, and again whenever as much has gone by.
const PATIENCE: Duration = Duration::from_secs(3);

/// The memory the driver works in.
pub struct Memory {
    line: Vec<u8>,
    message: Vec<u8>,
    transmit: Vec<u8>,
}

impl Memory {
    /// Enough for any answer, for the largest message that modules receive (V1.3 section 1.10) and for any that they send.
    pub fn new() -> Self {
        Self {
            // A message in a line of its own has at most 255 + 1500 bytes.
            line: vec![0; 2048],
            message: vec![0; MESSAGE],
            transmit: vec![0; 2048],
        }
    }

    /// The same as the driver wants it.
    pub fn buffers(&mut self) -> Buffers<'_> {
        Buffers::new(&mut self.line, &mut self.message, &mut self.transmit)
    }
}

/// The largest message: topic and payload.
pub const MESSAGE: usize = 255 + 8192;

/// The module on its port.
pub struct Session<'b, 'o> {
    pub modem: Modem<'b, Port, StdClock>,
    pub clock: StdClock,
    options: &'o Options,
    /// The connection that was opened, or may have been.
    opened: Option<AnyConnectionId>,
    /// Room for what the module computes for a cloud.
    pub room: &'b mut [u8],
    /// What it has computed.
    pub granted: Option<CloudCredentials<'b>>,
}

/// Room for credentials of a cloud, in bytes: enough for the longest names.
pub const CREDENTIALS: usize = 1024;

/// Room for the five names that the module keeps of an MQTT-SN connection, in bytes.
pub const NAMES: usize = 5 * (4 + 255);

impl<'b, 'o> Session<'b, 'o> {
    /// In these buffers, with this room for credentials of a cloud.
    pub fn new(options: &'o Options, port: Port, buffers: Buffers<'b>, room: &'b mut [u8]) -> Self {
        let clock = StdClock::new();
        let mut modem = Modem::new(port, clock, buffers);
        if let Some(model) = options.model {
            modem.set_model(model);
        }
        Self {
            modem,
            clock,
            options,
            opened: None,
            room,
            granted: None,
        }
    }

    /// The port, for who speaks to the module without a driver.
    pub fn into_port(self) -> Port {
        self.modem.release()
    }

    /// Where the module is.
    pub fn place(&self) -> &'o Place {
        &self.options.place
    }

    /// What was asked for.
    pub fn options(&self) -> &'o Options {
        self.options
    }

    /// Whether a lost connection is brought back.
    pub fn reconnects(&self) -> bool {
        self.options.reconnect
    }

    /// How to get into the network, unless that is not wanted.
    pub fn network(&self) -> Option<Network<'o>> {
        let options = self.options;
        let mut network = options.network.then(Network::new)?;
        if let Some(apn) = &options.apn {
            network = network.apn(apn);
        }
        if let Some(pin) = &options.pin {
            network = network.pin(pin);
        }
        Some(network)
    }

    /// Whether there are SIM, registration and address to ask for.
    pub fn has_network(&self) -> bool {
        self.options.network
    }

    /// Finds the module.
    pub async fn attach(&mut self) -> Result<Identity, Failure> {
        let wait = self.options.wait;
        let attach = Attach::new().wait(wait);
        let attach = async {
            match self.options.other_bauds {
                [] => self.modem.attach_with(&attach).await,
                others => self.modem.attach_at_rates(&attach, others).await,
            }
        };
        let what = format!(
            "the module to answer (given up after {} s without an answer)",
            wait.as_secs()
        );
        let start = self.clock.now();
        let attached = patiently(self.clock, &what, attach).await;
        // One that fell silent earlier had answered.
        let waited = self.clock.now() >= start + wait;
        let stage = if waited {
            Stage::Attach { wait: wait.as_secs() }
        } else {
            Stage::Ask
        };
        match attached {
            Ok(attached) => Ok(attached.identity),
            Err(error) => Err(stage.failure(error)),
        }
    }

    /// Brings the module into the network, unless that is not wanted.
    pub async fn bring_up(&mut self) -> Result<Option<IpAddr>, Failure> {
        let Some(network) = self.network() else {
            return Ok(None);
        };
        let latest = Mutex::new(Progress::Sim);
        let mut note = |progress| *latest.lock().unwrap_or_else(PoisonError::into_inner) = progress;
        let what = || {
            let latest = latest.lock().unwrap_or_else(PoisonError::into_inner);
            format!("{latest} (at most {} s in all)", NETWORK.as_secs())
        };
        let up = self.modem.bring_up_with(&network, NETWORK, &mut note);
        let up = patiently_saying(self.clock, what, up).await;
        up.map(Some).map_err(|error| Stage::Network.failure(error))
    }

    /// Connects to the broker, with credentials of a cloud if that is wanted.
    pub async fn connect(&mut self, target: &Target) -> Result<Client<'_, 'b, Port, StdClock>, Failure> {
        if let (Login::Cloud(cloud), None) = (&target.login, self.granted) {
            self.granted = Some(self.authenticate(cloud).await?);
        }
        let granted = self.granted;
        let options = target.connect_options(granted)?;
        self.opened = Some(target.id.into());
        if target.direct {
            self.modem.set_receive_mode(ReceiveMode::Direct);
        }
        let clock = self.clock;
        let (host, port) = target.server(granted);
        let what = format!("the connection to {host}:{port} (at most 60 s)");
        let mut client = self.modem.client(target.id);
        let mut connected = patiently(clock, &what, client.connect(&options)).await;
        if let Err(Error::Tls(TlsProblem::ForeignFiles | TlsProblem::UnfinishedUpload)) = connected {
            self.clear_tls_files().await?;
            let mut client = self.modem.client(target.id);
            connected = patiently(clock, &what, client.connect(&options)).await;
        }
        connected.map_err(|error| Stage::Connect { host, port }.failure(error))?;
        Ok(self.modem.client(target.id))
    }

    /// Connects to the gateway.
    pub async fn connect_sn(&mut self, target: &SnTarget) -> Result<(), Failure> {
        let options = target.connect_options()?;
        let (host, port) = (target.host.as_str(), target.port);
        self.opened = Some(target.id.into());
        if target.direct {
            self.modem.set_receive_mode(ReceiveMode::Direct);
        }
        let what = format!("the connection to {host}:{port} (at most 60 s)");
        let clock = self.clock;
        let mut client = self.modem.client(target.id);
        patiently(clock, &what, client.connect(&options))
            .await
            .map_err(|error| Stage::ConnectSn { host, port }.failure(error))
    }

    /// Restarts the module: there is no other way to make it forget files for TLS.
    async fn clear_tls_files(&mut self) -> Result<(), Failure> {
        eprintln!("dongle: the module holds TLS files of an earlier use: restarting it to clear them");
        self.modem
            .restart()
            .await
            .map_err(|error| Stage::Restart.failure(error))?;
        self.attach().await?;
        self.bring_up().await.map(drop)
    }

    /// Attaches, brings up and connects.
    pub async fn reach(&mut self, target: &Target) -> Result<Client<'_, 'b, Port, StdClock>, Failure> {
        self.attach().await?;
        self.bring_up().await?;
        self.connect(target).await
    }

    /// The connection was closed already.
    pub fn note_closed(&mut self) {
        self.opened = None;
    }

    /// Closes what was opened. What then fails is only mentioned: the result stands.
    pub async fn close(&mut self, result: &Result<(), Failure>) {
        let gone = |failure: &Failure| matches!(failure.code, code::PORT | code::SILENT);
        let Some(id) = self.opened.filter(|_| !result.as_ref().is_err_and(gone)) else {
            return;
        };
        let until = self.clock.now() + CLOSING;
        let mut client = self.modem.client(id);
        let closed = match select(client.disconnect(), self.clock.sleep_until(until)).await {
            Either::First(closed) => closed,
            Either::Second(()) => Err(Error::Silent),
        };
        if let (Err(error), Ok(())) = (closed, result) {
            eprintln!("dongle: the connection could not be closed: {error}");
        }
    }
}

/// Awaits something, and says on the standard error what is being waited for if that takes long.
pub async fn patiently<T>(
    clock: StdClock,
    what: &str,
    awaited: impl Future<Output = Result<T, Error<TransportError>>>,
) -> Result<T, Error<TransportError>> {
    patiently_saying(clock, || what.to_owned(), awaited).await
}

/// The same, where what is being waited for changes.
async fn patiently_saying<T>(
    clock: StdClock,
    what: impl Fn() -> String,
    awaited: impl Future<Output = Result<T, Error<TransportError>>>,
) -> Result<T, Error<TransportError>> {
    let announce = async {
        let start = clock.now();
        loop {
            clock.sleep_until(clock.now() + PATIENCE).await;
            let waited = clock.now().saturating_since(start).as_secs();
            eprintln!("dongle: waiting for {}, {waited} s so far", what());
        }
    };
    match select(awaited, announce).await {
        Either::First(result) => result,
        Either::Second(never) => never,
    }
}
