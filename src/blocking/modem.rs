//! The module on a blocking port.

use core::net::IpAddr;
use core::time::Duration;

use atat::AtatCmd;
use embedded_io_async::{Read, Write};

use super::idle::drive;
use super::{Client, Idle, Pause, verbs};
use crate::command::ReceiveMode;
use crate::error::Error;
use crate::modem::{self, Buffers, Identity, Network};
use crate::trace::Trace;
use crate::types::ConnectionId;
use crate::unsolicited::Unsolicited;
use crate::{Clock, Dialect};

/// A Fibocom module on a blocking port: [`crate::Modem`], whose verbs return when they are done.
///
/// `T` is the port in its adapter, [`ByReadReady`](super::ByReadReady) or [`ByTimeout`](super::ByTimeout), `C` the clock, `I`
/// what to do while there is nothing to do. See [`blocking`](crate::blocking) for an example.
pub struct Modem<'b, T, C, I = Pause> {
    modem: modem::Modem<'b, T, C>,
    idle: I,
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

    /// One of the module's connections.
    pub fn client(&mut self, id: ConnectionId) -> Client<'_, 'b, T, C, I> {
        Client::new(self.modem.client(id), &mut self.idle)
    }

    /// What the driver holds for this module's dialect.
    pub fn dialect(&self) -> Dialect {
        self.modem.dialect()
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
        bring_up(network: &Network<'_>, wait: Duration) -> IpAddr;
    }
}
