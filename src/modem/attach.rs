//! Finding the module, and asking who it is.

use core::time::Duration;

use embedded_io_async::{Read, Write};

use super::Modem;
use super::refine::Answers;
use super::sleep::CALL;
use crate::command::{
    Attention, ClosableIds, Conf, Echo, ErrorReports, Ids, Manufacturer, ModelName, Revision, SerialNumber, Value,
};
use crate::engine::ENGINE_LINE;
use crate::error::{Error, InvalidInput};
use crate::{AnyConnectionId, Clock, Instant, SerialLine};

/// Who answered: what the identification commands printed (3GPP TS 27.007 section 5). Empty where the module refused.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[cfg_attr(all(feature = "defmt", target_os = "none"), derive(defmt::Format))]
#[non_exhaustive]
pub struct Identity {
    /// `AT+CGMI`
    pub manufacturer: Value,
    /// `AT+CGMM`
    pub model: Value,
    /// `AT+CGMR`
    pub revision: Value,
    /// `AT+CGSN`
    pub imei: Value,
}

/// What to do with connections that are found open: those of an earlier run of the host, or of its crash.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[cfg_attr(all(feature = "defmt", target_os = "none"), derive(defmt::Format))]
#[non_exhaustive]
pub enum OpenConnections {
    /// They stay open and can be used at once. Subscriptions are what the earlier run made them; messages that the module
    /// holds are received.
    #[default]
    Adopt,
    /// They are closed. The broker does not publish their wills.
    Close,
}

/// How to attach to a module.
///
/// ```
/// use core::time::Duration;
/// use fibocom_mqtt::{Attach, OpenConnections};
///
/// let attach = Attach::new().wait(Duration::from_secs(60)).open_connections(OpenConnections::Close);
/// # let _ = attach;
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use = "each setting gives the changed value back"]
pub struct Attach {
    wait: Duration,
    open: OpenConnections,
    fresh: bool,
}

impl Default for Attach {
    fn default() -> Self {
        Self::new()
    }
}

impl Attach {
    /// With 40 s for the module to answer, adopting open connections.
    pub const fn new() -> Self {
        Self {
            wait: Duration::from_secs(40),
            open: OpenConnections::Adopt,
            fresh: false,
        }
    }

    /// How long the module may take to answer: 40 s for one that may boot or sleep.
    pub const fn wait(mut self, wait: Duration) -> Self {
        self.wait = wait;
        self
    }

    /// What to do with connections that are found open.
    pub const fn open_connections(mut self, open: OpenConnections) -> Self {
        self.open = open;
        self
    }

    /// Says that the module has just been switched on or reset by this host, so that it cannot be in a data mode: it is then called
    /// again and again from the start, and one that measures its rate or sleeps is found at once.
    pub const fn fresh(mut self) -> Self {
        self.fresh = true;
        self
    }
}

/// What attaching found.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Attached {
    /// Who answered.
    pub identity: Identity,
    /// The connections that were found open (`AT+MQTTCLOSE?`). `None` if the module would not say, as some do without a network:
    /// then a connection is closed by connecting, if need be.
    pub open: Option<Ids>,
}

/// At which rates to look for the module, and how to set one.
struct Scan<'r, T: embedded_io_async::ErrorType> {
    rates: &'r [u32],
    own: u32,
    set: fn(&mut T, u32) -> Result<(), T::Error>,
}

impl<'r, T: embedded_io_async::ErrorType> Scan<'r, T> {
    /// Every rate once, the port's own first.
    fn round(&self) -> impl Iterator<Item = u32> + Clone + use<'r, T> {
        let own = self.own;
        core::iter::once(own).chain(self.rates.iter().copied().filter(move |rate| *rate != own))
    }
}

/// How long beyond the limit of a data mode the line is listened to.
const BEYOND: Duration = Duration::from_secs(1);

/// How long a call may go unanswered: two behind each other wake a module that sleeps, since the second comes before it sleeps again.
const CALLS: [Duration; 2] = [CALL, Duration::from_millis(900)];

/// The same while rates are tried: all eight of them take less than the 9 s that a wait of 40 s leaves behind the listening.
const SCANNING_CALLS: [Duration; 2] = [CALL, Duration::from_millis(500)];

impl<T, C> Modem<'_, T, C>
where
    T: Read + Write,
    C: Clock,
{
    /// Finds the module in whatever state it is, switches echo off and error numbers on, and asks who it is and what it takes: its
    /// model gives the [`Capabilities`](crate::Capabilities), its answers to `=?` forms refine them, its firmware version refines the
    /// [`Dialect`](crate::Dialect). What it refuses to answer while it has no network, [`bring_up`](Self::bring_up) asks again.
    /// Connections that are open are adopted: [`attach_with`](Self::attach_with) says more.
    ///
    /// A module that boots takes up to 30 s, so give `wait` 40 s.
    ///
    /// # Errors
    ///
    /// As [`attach_with`](Self::attach_with).
    ///
    /// # Cancel safety
    ///
    /// May be dropped; attach again.
    ///
    /// ```
    /// # use embedded_io_async::{Read, Write};
    /// # use fibocom_mqtt::{Clock, Error, Modem};
    /// # async fn example<T: Read + Write, C: Clock>(modem: &mut Modem<'_, T, C>) -> Result<(), Error<T::Error>> {
    /// use core::time::Duration;
    ///
    /// let identity = modem.attach(Duration::from_secs(40)).await?;
    /// println!("{} with firmware {}", identity.model.as_str(), identity.revision.as_str());
    /// # Ok(()) }
    /// ```
    pub async fn attach(&mut self, wait: Duration) -> Result<Identity, Error<T::Error>> {
        let attached = self.attach_with(&Attach::new().wait(wait)).await?;
        Ok(attached.identity)
    }

    /// Attaches as [`attach`](Self::attach) does, and takes over or closes what an earlier run of the host has left open.
    ///
    /// How the module is found:
    ///
    /// 1. One `AT` goes out. A module that is ready answers it, with an error if a host that crashed had left half a command; then
    ///    nothing is waited for.
    /// 2. If no answer comes, the line is listened to for as long as a data mode can last and a second more (31 s, see
    ///    [`Dialect::data_mode_limit`](crate::Dialect::data_mode_limit)), and nothing is written: a host that crashed in the middle of a
    ///    message has left the module in its data mode, where everything is payload. The module ends it by itself and publishes what it
    ///    has (V1.0.1 section 1.7.4). So the broker may receive that message cut short and with the three bytes of this one `AT` and its
    ///    CR in it, and never more. Any answer, and the lines with which a module reports that it has booted, end the listening.
    /// 3. Then `AT` is repeated, in pairs, which wakes a module that sleeps, and sets the rate of one that measures it. A module that
    ///    boots, sleeps or measures is thus found within the 40 s, if not by its boot lines then at the latest 32 s after the start.
    ///    [`Attach::fresh`] begins here.
    ///
    /// A prompt that comes meanwhile shows that the module has just entered its data mode: the end of that is awaited, beyond the wait
    /// if need be. Where the dialect says that a data mode never ends by itself, listening would be in vain and is left out.
    ///
    /// A `wait` below 32 s finds only a module that answers the first `AT`, unless it is `fresh`.
    ///
    /// # Errors
    ///
    /// [`Error::Silent`] if nothing answered within the wait, or the module fell silent again. What closing a connection that was found
    /// open ends with, if that was wanted.
    ///
    /// # Cancel safety
    ///
    /// May be dropped; attach again.
    ///
    /// ```
    /// # use embedded_io_async::{Read, Write};
    /// # use fibocom_mqtt::{Clock, Error, Modem};
    /// # async fn example<T: Read + Write, C: Clock>(modem: &mut Modem<'_, T, C>) -> Result<(), Error<T::Error>> {
    /// use fibocom_mqtt::{Attach, ConnectionId};
    ///
    /// let attached = modem.attach_with(&Attach::new()).await?;
    /// println!("{}", attached.identity.model.as_str());
    /// let mut client = modem.client(ConnectionId::FIRST);
    /// if client.is_connected() {
    ///     println!("still connected from before");
    /// }
    /// # Ok(()) }
    /// ```
    pub async fn attach_with(&mut self, attach: &Attach) -> Result<Attached, Error<T::Error>> {
        self.take_hold(attach, None).await
    }

    async fn take_hold(&mut self, attach: &Attach, scan: Option<Scan<'_, T>>) -> Result<Attached, Error<T::Error>> {
        self.engine.expect_anything();
        let until = self.now() + attach.wait;
        let mut fresh = attach.fresh;
        loop {
            // Until it is asked. One that sleeps is woken by the calls.
            self.sleep.allowed = false;
            self.find(fresh, until, scan.as_ref()).await?;
            match self.get_to_know(attach.open).await {
                // It went down again: it takes no data, and boots.
                Err(Error::Restarted | Error::Silent) if self.now() < until => fresh = true,
                attached => return attached,
            }
        }
    }

    /// Asks a module that answers who it is, what it has open, and what it can do.
    async fn get_to_know(&mut self, wanted: OpenConnections) -> Result<Attached, Error<T::Error>> {
        let identity = self.identify().await?;
        self.note_imei(&identity.imei);
        self.learn_model(&identity);
        self.find_sleep().await?;
        let now = self.now();
        self.engine.note_attached(now);
        let open = self.take_over(wanted).await?;
        self.refine(Answers::Perhaps).await?;
        Ok(Attached { identity, open })
    }

    /// Calls until the module answers.
    async fn find(&mut self, fresh: bool, until: Instant, scan: Option<&Scan<'_, T>>) -> Result<(), Error<T::Error>> {
        let limit = self.engine.dialect.data_mode_limit.filter(|_| !fresh);
        let calls = if scan.is_some() { SCANNING_CALLS } else { CALLS };
        let mut patience = limit.map_or(CALL, |limit| limit.saturating_add(BEYOND));
        // The second call of a pair is next if the first one was no listening.
        let mut second = limit.is_none();
        let mut rates = scan.into_iter().flat_map(Scan::round).cycle();
        loop {
            self.engine.waive_fence();
            let left = until.saturating_since(self.now());
            match self.greet(patience.min(left)).await {
                Ok(()) => return Ok(()),
                // Of a long line that had begun before.
                Err(Error::LineBuffer { max }) if max >= ENGINE_LINE && self.now() < until => {}
                Err(Error::Silent | Error::Module(_) | Error::Unexpected | Error::Restarted) if self.now() < until => {}
                Err(error) => {
                    if let Some(scan) = scan {
                        (scan.set)(&mut self.port, scan.own).map_err(Error::Port)?;
                    }
                    return Err(error);
                }
            }
            if let Some(scan) = scan.filter(|_| !second) {
                // A rate that the port lacks is passed over; a port that is gone says so when it is written to.
                let _ = (scan.set)(&mut self.port, rates.next().unwrap_or(scan.own));
            }
            let [first_call, second_call] = calls;
            patience = if second { second_call } else { first_call };
            second = !second;
        }
    }

    /// Once the module answers within that time, makes it answer in the way that the driver expects.
    async fn greet(&mut self, patience: Duration) -> Result<(), Error<T::Error>> {
        // Of a command that another host has sent.
        self.engine.expect_foreign_prompt();
        self.send_for(&Attention, patience).await?;
        // Earlier attempts may still be answered.
        self.engine.require_fence();
        self.send(&Echo { on: false }).await?;
        self.send(&ErrorReports::Numbers).await?;
        Ok(())
    }

    async fn identify(&mut self) -> Result<Identity, Error<T::Error>> {
        Ok(Identity {
            manufacturer: self.ask(&Manufacturer).await?,
            model: self.ask(&ModelName).await?,
            revision: self.ask(&Revision).await?,
            imei: self.ask(&SerialNumber).await?,
        })
    }

    /// Finds out which connections are open, whoever opened them, and adopts or closes them.
    async fn take_over(&mut self, wanted: OpenConnections) -> Result<Option<Ids>, Error<T::Error>> {
        let open = match self.send(&ClosableIds).await {
            Ok(open) => open,
            // Without a network some modules do not say, and a few have no MQTT at all.
            Err(Error::Module(_) | Error::Unexpected | Error::Invalid(InvalidInput::Unsupported { .. })) => {
                return Ok(None);
            }
            Err(error) => return Err(error),
        };
        self.learn_open(&open);
        let mut adopted = false;
        for id in AnyConnectionId::ALL {
            if let Some(connection) = self.engine.connection_mut(id) {
                if open.contains(id.get()) {
                    connection.adopt();
                    adopted = true;
                } else {
                    connection.disown();
                }
            }
        }
        if adopted && wanted == OpenConnections::Adopt {
            let mode = self.engine.receive_mode;
            self.send(&Conf { mode }).await?;
        }
        if wanted == OpenConnections::Close {
            for id in open.as_slice().iter().copied().filter_map(AnyConnectionId::new) {
                self.disconnect(id).await?;
            }
        }
        Ok(Some(open))
    }

    /// The module's serial number, asked once.
    pub(crate) async fn imei(&mut self) -> Result<&str, Error<T::Error>> {
        if self.imei.is_empty() {
            let imei = self.ask(&SerialNumber).await?;
            self.note_imei(&imei);
        }
        Ok(&self.imei)
    }

    /// The module's serial number, empty if nobody has asked.
    pub(crate) fn known_imei(&self) -> &str {
        &self.imei
    }

    fn note_imei(&mut self, imei: &Value) {
        let digits = imei.as_str().chars().filter(char::is_ascii_digit).take(15);
        let former = core::mem::replace(&mut self.imei, digits.collect());
        if !former.is_empty() && former != self.imei {
            // It is another module, and what that one holds is not known.
            self.tls.forget();
        }
    }

    /// An identification command; a module that refuses it has no such name.
    async fn ask<Cmd: atat::AtatCmd<Response = Value> + Sync>(
        &mut self,
        command: &Cmd,
    ) -> Result<Value, Error<T::Error>> {
        match self.send(command).await {
            Err(Error::Module(_) | Error::Unexpected) => Ok(Value::default()),
            answer => answer,
        }
    }
}

impl<T, C> Modem<'_, T, C>
where
    T: Read + Write + SerialLine,
    C: Clock,
{
    /// Attaches as [`attach_with`](Self::attach_with) does, to a module whose rate may be another than the port's: once the line has been
    /// listened to, each of `rates` is tried in turn with two calls. The port is then at the module's rate
    /// ([`release`](Self::release) gives it back with it).
    ///
    /// Rates in use are 115200, 9600, 57600, 38400, 19200, 230400, 460800 and 921600 bit/s; trying these eight takes 7 s, so that a wait of 40 s
    /// suffices.
    ///
    /// # Errors
    ///
    /// As [`attach_with`](Self::attach_with). If the module was not found, the port is at its former rate again.
    ///
    /// # Cancel safety
    ///
    /// May be dropped; the port may then be at any of the rates. Attach again.
    ///
    /// ```
    /// # use embedded_io_async::{Read, Write};
    /// # use fibocom_mqtt::{Clock, Error, Modem, SerialLine};
    /// # async fn example<T: Read + Write + SerialLine, C: Clock>(modem: &mut Modem<'_, T, C>) -> Result<(), Error<T::Error>> {
    /// use fibocom_mqtt::Attach;
    ///
    /// let attached = modem.attach_at_rates(&Attach::new(), &[115_200, 9600, 57_600]).await?;
    /// println!("{}", attached.identity.model.as_str());
    /// # Ok(()) }
    /// ```
    pub async fn attach_at_rates(&mut self, attach: &Attach, rates: &[u32]) -> Result<Attached, Error<T::Error>> {
        let (own, set) = (self.port.baud(), T::set_baud);
        self.take_hold(attach, Some(Scan { rates, own, set })).await
    }
}
