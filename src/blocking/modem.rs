//! The module on a blocking port.

use core::fmt;
use core::net::IpAddr;
use core::time::Duration;

use atat::AtatCmd;
use embedded_io_async::{Read, Write};

use super::idle::drive;
use super::{Client, Idle, Pause, verbs};
use crate::Clock;
use crate::client::Incoming;
use crate::cloud::{self, CloudCredentials};
use crate::command::{ModuleTime, ReceiveMode};
use crate::engine::Buffers;
use crate::error::Error;
use crate::line::{FlowControl, SerialLine};
use crate::model::{Capabilities, Dialect, Feature, Limit, Model};
use crate::modem::{self, Attach, Attached, Identity, Network, Progress};
use crate::trace::Trace;
use crate::types::{Announcement, AnyConnectionId, Counters, Message};
use crate::unsolicited::Unsolicited;

/// A Fibocom module on a blocking port: [`crate::Modem`], whose verbs return when they are done.
///
/// `T` is the port in its adapter, [`ByReadReady`](super::ByReadReady) or [`ByTimeout`](super::ByTimeout), `C` the clock, `I`
/// what to do while there is nothing to do. See [`blocking`](crate::blocking) for an example.
pub struct Modem<'b, T, C, I = Pause> {
    modem: modem::Modem<'b, T, C>,
    idle: I,
}

impl<T, C, I> fmt::Debug for Modem<'_, T, C, I> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.modem.fmt(f)
    }
}

impl<'b, T, C> Modem<'b, T, C>
where
    T: Read + Write,
    C: Clock,
{
    /// A module on `port`, with what the manuals say about it.
    pub fn new(port: T, clock: C, buffers: Buffers<'b>) -> Self {
        Self::with_dialect(port, clock, buffers, Dialect::default())
    }

    /// A module on `port` that is known to speak a certain dialect.
    pub fn with_dialect(port: T, clock: C, buffers: Buffers<'b>, dialect: Dialect) -> Self {
        Self {
            modem: modem::Modem::with_dialect(port, clock, buffers, dialect),
            idle: Pause,
        }
    }
}

impl<'b, T, C, I> Modem<'b, T, C, I>
where
    T: Read + Write,
    C: Clock,
    I: Idle,
{
    /// The same, with something else to do while there is nothing to do.
    ///
    /// ```
    /// # use embedded_io_async::{Read, Write};
    /// # use fibocom_mqtt::{Buffers, Clock, blocking::{Idle, Modem}};
    /// # fn wfi() {}
    /// # fn example<T: Read + Write, C: Clock>(port: T, clock: C, buffers: Buffers<'_>) -> Modem<'_, T, C, impl Idle> {
    /// Modem::new(port, clock, buffers).idle_with(wfi)
    /// # }
    /// ```
    pub fn idle_with<J: Idle>(self, idle: J) -> Modem<'b, T, C, J> {
        let modem = self.modem;
        Modem { modem, idle }
    }

    /// Reports every step of the exchange to `hook`, secrets redacted. See [`crate::Modem::set_trace`].
    pub fn set_trace(&mut self, hook: &'b mut (dyn FnMut(Trace<'_>) + Send)) {
        self.modem.set_trace(hook);
    }

    /// Offers to `hook` the lines that the module sends unasked and that the driver makes nothing of. See
    /// [`crate::Modem::set_unsolicited`].
    pub fn set_unsolicited(&mut self, hook: &'b mut (dyn FnMut(Unsolicited<'_>) + Send)) {
        self.modem.set_unsolicited(hook);
    }

    /// In which form messages are to come. See [`crate::Modem::set_receive_mode`].
    pub fn set_receive_mode(&mut self, mode: ReceiveMode) {
        self.modem.set_receive_mode(mode);
    }

    /// One of the module's connections: an MQTT client for a [`ConnectionId`](crate::ConnectionId), an [`SnClient`](super::SnClient) for a
    /// [`SnConnectionId`](crate::SnConnectionId).
    pub fn client<K: Into<AnyConnectionId> + Copy>(&mut self, id: K) -> Client<'_, 'b, T, C, I, K> {
        Client::new(self.modem.client(id), &mut self.idle)
    }

    /// What the driver holds for this module's dialect.
    pub fn dialect(&self) -> Dialect {
        self.modem.dialect()
    }

    /// What this module can do and take, and who said so.
    pub fn capabilities(&self) -> &Capabilities {
        self.modem.capabilities()
    }

    /// Overrules what the module calls itself. See [`crate::Modem::set_model`].
    pub fn set_model(&mut self, model: Model) {
        self.modem.set_model(model);
    }

    /// Overrules a limit. See [`crate::Modem::set_limit`].
    pub fn set_limit(&mut self, limit: Limit, value: u16) {
        self.modem.set_limit(limit, value);
    }

    /// Overrules whether the module can do something. See [`crate::Modem::set_feature`].
    pub fn set_feature(&mut self, feature: Feature, has: bool) {
        self.modem.set_feature(feature, has);
    }

    /// What was counted on all connections since the driver was started. [`Client::counters`] has those of one.
    pub fn counters(&self) -> Counters {
        self.modem.counters()
    }

    /// Goes on through another port, and gives the old one back. See [`crate::Modem::replace_port`].
    pub fn replace_port(&mut self, port: T) -> T {
        self.modem.replace_port(port)
    }

    /// The port in its adapter, given back.
    pub fn release(self) -> T {
        self.modem.release()
    }

    /// Runs whatever is asynchronous on the modem itself, to its end: for what has no function of its own here.
    ///
    /// ```
    /// # use embedded_io_async::{Read, Write};
    /// # use fibocom_mqtt::{Clock, Error, blocking::{Idle, Modem}, command};
    /// # fn example<T: Read + Write, C: Clock, I: Idle>(modem: &mut Modem<'_, T, C, I>) -> Result<(), Error<T::Error>> {
    /// let (signal, sim) = modem.run(async |modem| {
    ///     Ok::<_, Error<T::Error>>((modem.send(&command::ReadSignal).await?, modem.send(&command::ReadSim).await?))
    /// })?;
    /// # Ok(()) }
    /// ```
    pub fn run<R>(&mut self, act: impl AsyncFnOnce(&mut modem::Modem<'b, T, C>) -> R) -> R {
        drive(act(&mut self.modem), &mut self.idle)
    }

    /// As [`Modem::send`](crate::Modem::send), and returns when it is done.
    ///
    /// # Errors
    ///
    /// The same.
    pub fn send<Cmd: AtatCmd + Sync>(&mut self, command: &Cmd) -> Result<Cmd::Response, Error<T::Error>> {
        drive(self.modem.send(command), &mut self.idle)
    }

    verbs! { modem of "Modem":
        attach(wait: Duration) -> Identity;
        attach_with(attach: &Attach) -> Attached;
        bring_up(network: &Network<'_>, wait: Duration) -> IpAddr;
        bring_up_with(network: &Network<'_>, wait: Duration, progress: &mut (dyn FnMut(Progress) + Send)) -> IpAddr;
        clock() -> ModuleTime;
        restart() -> ();
        allow_sleep(allowed: bool) -> ();
        wake() -> ();
        tuya_off() -> ();
    }

    /// As [`Modem::wait_any`](crate::Modem::wait_any), and returns when it is done.
    ///
    /// # Errors
    ///
    /// The same.
    pub fn wait_any<K: Into<AnyConnectionId> + Copy>(
        &mut self,
        ids: &[K],
        max: usize,
    ) -> Result<Incoming<Announcement>, Error<T::Error>> {
        drive(self.modem.wait_any(ids, max), &mut self.idle)
    }

    /// As [`Modem::authenticate`](crate::Modem::authenticate), and returns when it is done.
    ///
    /// # Errors
    ///
    /// The same.
    ///
    /// ```
    /// # use embedded_io_async::{Read, Write};
    /// # use fibocom_mqtt::{Clock, ConnectionId, Error, blocking::{Idle, Modem}};
    /// use fibocom_mqtt::cloud::Huawei;
    ///
    /// # fn example<T: Read + Write, C: Clock, I: Idle>(modem: &mut Modem<'_, T, C, I>) -> Result<(), Error<T::Error>> {
    /// let mut buffer = [0; 512];
    /// let credentials = modem.authenticate(&Huawei::new("device-id", "s3cret"), &mut buffer)?;
    /// modem.client(ConnectionId::FIRST).connect(&credentials.options("iot-mqtts.example.com", 1883))?;
    /// # Ok(()) }
    /// ```
    pub fn authenticate<'buf>(
        &mut self,
        request: &impl cloud::Request,
        buffer: &'buf mut [u8],
    ) -> Result<CloudCredentials<'buf>, Error<T::Error>> {
        drive(self.modem.authenticate(request, buffer), &mut self.idle)
    }

    /// As [`Modem::register_device`](crate::Modem::register_device), and returns when it is done.
    ///
    /// # Errors
    ///
    /// The same.
    pub fn register_device<'buf, R>(
        &mut self,
        request: &R,
        buffer: &'buf mut [u8],
    ) -> Result<R::Device<'buf>, Error<T::Error>>
    where
        R: cloud::Registration + 'buf,
    {
        drive(self.modem.register_device(request, buffer), &mut self.idle)
    }

    /// As [`wait_any`](Self::wait_any), but returns `None` if nothing came for so long.
    ///
    /// # Errors
    ///
    /// The same.
    pub fn wait_any_timeout<K: Into<AnyConnectionId> + Copy>(
        &mut self,
        ids: &[K],
        max: usize,
        timeout: Duration,
    ) -> Result<Option<Incoming<Announcement>>, Error<T::Error>> {
        drive(self.modem.wait_any_timeout(ids, max, timeout), &mut self.idle)
    }

    /// As [`Modem::recv_any`](crate::Modem::recv_any), and returns when it is done.
    ///
    /// # Errors
    ///
    /// The same.
    pub fn recv_any<'buf>(&mut self, buffer: &'buf mut [u8]) -> Result<Incoming<Message<'buf>>, Error<T::Error>> {
        drive(self.modem.recv_any(buffer), &mut self.idle)
    }

    /// As [`recv_any`](Self::recv_any), but returns `None` if nothing came for so long. What is being read from the module by then
    /// is brought to its end first.
    ///
    /// # Errors
    ///
    /// The same.
    ///
    /// ```
    /// # use core::time::Duration;
    /// # use embedded_io_async::{Read, Write};
    /// # use fibocom_mqtt::{Clock, Error, blocking::{Idle, Modem}};
    /// use fibocom_mqtt::Incoming;
    ///
    /// # fn example<T: Read + Write, C: Clock, I: Idle>(modem: &mut Modem<'_, T, C, I>) -> Result<(), Error<T::Error>> {
    /// let mut buffer = [0; 1279];
    /// match modem.recv_any_timeout(&mut buffer, Duration::from_secs(10))? {
    ///     Some(Incoming::Message(id, message)) => println!("{id}: {} bytes", message.payload().len()),
    ///     Some(other) => println!("{other:?}"),
    ///     None => println!("nothing came"),
    /// }
    /// # Ok(()) }
    /// ```
    pub fn recv_any_timeout<'buf>(
        &mut self,
        buffer: &'buf mut [u8],
        timeout: Duration,
    ) -> Result<Option<Incoming<Message<'buf>>>, Error<T::Error>> {
        drive(self.modem.recv_any_timeout(buffer, timeout), &mut self.idle)
    }
}

impl<T, C, I> Modem<'_, T, C, I>
where
    T: Read + Write + SerialLine,
    C: Clock,
    I: Idle,
{
    verbs! { modem of "Modem":
        attach_at_rates(attach: &Attach, rates: &[u32]) -> Attached;
        set_baud(baud: u32) -> ();
        set_flow_control(flow_control: FlowControl) -> ();
    }

    /// Sets the line DTR of the port. See [`crate::Modem::set_dtr`].
    ///
    /// # Errors
    ///
    /// [`Error::Port`] if the port cannot.
    pub fn set_dtr(&mut self, on: bool) -> Result<(), Error<T::Error>> {
        self.modem.set_dtr(on)
    }
}
