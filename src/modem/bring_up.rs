//! From SIM to address, a step at a time.

use core::net::IpAddr;
use core::time::Duration;

use embedded_io_async::{Read, Write};

use super::Modem;
use super::network::{Network, Pin, Progress};
use super::refine::Answers;
use crate::command::{
    AttachPacket, DefineContext, Dial, Domain, EnterPin, HangUp, ModuleTime, PdpState, ReadAddress, ReadAttachment,
    ReadClock, ReadPdp, ReadRegistration, ReadSignal, ReadSim, SimState,
};
use crate::error::{CmeError, Error, ModuleError, NetworkProblem};
use crate::types::RegistrationState;
use crate::{Clock, Instant};

/// Between two questions for the same thing.
const PAUSE: Duration = Duration::from_secs(1);

/// How long a data connection that was ended may take to say so.
const HANG_UP: Duration = Duration::from_secs(5);

/// Who is told.
type Report<'r> = &'r mut (dyn FnMut(Progress) + Send);

impl<T, C> Modem<'_, T, C>
where
    T: Read + Write,
    C: Clock,
{
    /// Brings the module into the network: waits for the SIM and unlocks it, waits for registration, and returns the address of the
    /// data connection that there is. If there is none, sets the access point, attaches and dials (`AT+CPIN`, `AT+CEREG?`, `AT+CGREG?`,
    /// `AT+CREG?`, `AT+MIPCALL`, `AT+CGDCONT`, `AT+CGATT`). A connection that is being dialled by somebody else is waited for; one that has
    /// lost its address is ended first.
    ///
    /// `wait` is the time for all of it, and each step has its own in [`Network`]; a first registration can take minutes, dialling
    /// 150 s. A step ends with the answer to its last question, so 10 s later at most.
    ///
    /// # Errors
    ///
    /// [`Error::Network`] names the step that did not succeed, and what the module said; [`Error::Silent`] if the module stopped
    /// answering; [`Error::Restarted`] if it restarted meanwhile: attach again; [`Error::Invalid`] if PIN, access point or credentials
    /// cannot be sent.
    ///
    /// # Cancel safety
    ///
    /// May be dropped; call again. A PIN that was on its way is not sent a second time.
    ///
    /// ```
    /// # use embedded_io_async::{Read, Write};
    /// # use fibocom_mqtt::{Clock, Error, Modem};
    /// # async fn example<T: Read + Write, C: Clock>(modem: &mut Modem<'_, T, C>) -> Result<(), Error<T::Error>> {
    /// use core::time::Duration;
    /// use fibocom_mqtt::Network;
    ///
    /// let address = modem.bring_up(&Network::new().apn("internet"), Duration::from_secs(180)).await?;
    /// println!("{address}");
    /// # Ok(()) }
    /// ```
    pub async fn bring_up(&mut self, network: &Network<'_>, wait: Duration) -> Result<IpAddr, Error<T::Error>> {
        self.bring_up_with(network, wait, &mut |_| {}).await
    }

    /// As [`bring_up`](Self::bring_up), and tells what it is waiting for: at the start of each step, and about every second.
    ///
    /// # Errors
    ///
    /// Those of [`bring_up`](Self::bring_up).
    ///
    /// # Cancel safety
    ///
    /// May be dropped; call again.
    ///
    /// ```
    /// # use embedded_io_async::{Read, Write};
    /// # use fibocom_mqtt::{Clock, Error, Modem};
    /// # async fn example<T: Read + Write, C: Clock>(modem: &mut Modem<'_, T, C>) -> Result<(), Error<T::Error>> {
    /// use core::time::Duration;
    /// use fibocom_mqtt::{Network, Progress};
    ///
    /// let mut show = |progress: Progress| println!("waiting for {progress}");
    /// modem.bring_up_with(&Network::new(), Duration::from_secs(300), &mut show).await?;
    /// # Ok(()) }
    /// ```
    pub async fn bring_up_with(
        &mut self,
        network: &Network<'_>,
        wait: Duration,
        progress: &mut (dyn FnMut(Progress) + Send),
    ) -> Result<IpAddr, Error<T::Error>> {
        let until = self.now() + wait;
        let dial = network.dial_command()?;
        let pin = network.checked_pin()?;
        let sim = until.min(self.now() + network.sim);
        self.wait_for_sim(pin, sim, progress).await?;
        let registration = until.min(self.now() + network.registration);
        self.wait_for_registration(registration, progress).await?;
        let address = self.call(&dial, network, until, progress).await?;
        // What the module refused to tell without a network.
        self.refine(Answers::Final).await?;
        if let Some(limit) = network.clock {
            let clock = until.min(self.now() + limit);
            self.wait_for_clock(clock, progress).await?;
        }
        Ok(address)
    }

    /// The module's clock (`AT+CCLK?`). Until the network has set it, [`ModuleTime::is_set`] is false.
    ///
    /// # Errors
    ///
    /// Those of [`send`](Self::send).
    ///
    /// # Cancel safety
    ///
    /// May be dropped.
    ///
    /// ```
    /// # use embedded_io_async::{Read, Write};
    /// # use fibocom_mqtt::{Clock, Error, Modem};
    /// # async fn example<T: Read + Write, C: Clock>(modem: &mut Modem<'_, T, C>) -> Result<(), Error<T::Error>> {
    /// let time = modem.clock().await?;
    /// if !time.is_set() {
    ///     println!("certificates cannot be judged yet");
    /// }
    /// # Ok(()) }
    /// ```
    pub async fn clock(&mut self) -> Result<ModuleTime, Error<T::Error>> {
        self.send(&ReadClock).await
    }

    async fn wait_for_sim(
        &mut self,
        pin: Option<Pin>,
        until: Instant,
        progress: Report<'_>,
    ) -> Result<(), Error<T::Error>> {
        let mut entered = false;
        loop {
            progress(Progress::Sim);
            let problem = match self.send(&ReadSim).await {
                Ok(SimState::Ready) => {
                    self.pin_tried = None;
                    return Ok(());
                }
                Ok(SimState::Pin) | Err(Error::Module(ModuleError::Cme(CmeError::SimPinRequired))) if !entered => {
                    progress(Progress::Pin);
                    self.enter_pin(pin).await?;
                    entered = true;
                    continue;
                }
                Ok(SimState::Puk) | Err(Error::Module(ModuleError::Cme(CmeError::SimPukRequired))) => {
                    return Err(Error::Network(NetworkProblem::PukRequired));
                }
                // A module that has just booted may not have found it yet.
                Ok(SimState::Absent) | Err(Error::Module(ModuleError::Cme(CmeError::SimNotInserted))) => {
                    NetworkProblem::SimAbsent
                }
                Err(Error::Module(error)) => NetworkProblem::Sim(Some(error)),
                Ok(_) | Err(Error::Unexpected) => NetworkProblem::Sim(None),
                Err(error) => return Err(error),
            };
            self.pause_until(until, problem).await?;
        }
    }

    /// Sends the PIN, but never one that was sent before and not taken.
    async fn enter_pin(&mut self, pin: Option<Pin>) -> Result<(), Error<T::Error>> {
        let Some(pin) = pin else {
            return Err(Error::Network(NetworkProblem::PinRequired));
        };
        if self.pin_tried == Some(pin) {
            return Err(Error::Network(NetworkProblem::PinWrong(None)));
        }
        // The module has just answered, so nothing keeps the command from the wire: if this future is dropped, the PIN is sent.
        self.pin_tried = Some(pin);
        let entered = self.send(&EnterPin { pin: pin.text()? }).await;
        if matches!(entered, Ok(_) | Err(Error::Module(ModuleError::Cme(CmeError::SimBusy)))) {
            self.pin_tried = None;
        }
        match entered {
            Ok(_) => Ok(()),
            Err(Error::Module(error)) => Err(Error::Network(NetworkProblem::PinWrong(Some(error)))),
            Err(error) => Err(error),
        }
    }

    async fn wait_for_registration(&mut self, until: Instant, progress: Report<'_>) -> Result<(), Error<T::Error>> {
        loop {
            let mut nearest = RegistrationState::Idle;
            for domain in Domain::ALL {
                let Some(registration) = self.tolerate(&ReadRegistration { domain }).await? else {
                    continue;
                };
                if registration.is_registered() {
                    info!("registration: {}", registration.state);
                    return Ok(());
                }
                if registration.state.weight() > nearest.weight() {
                    nearest = registration.state;
                }
            }
            let signal = self.tolerate(&ReadSignal).await?;
            progress(Progress::Registration { state: nearest, signal });
            self.pause_until(until, NetworkProblem::Registration(nearest)).await?;
        }
    }

    /// The address of the data connection. One that exists is used, one that is being dialled is waited for, else it is dialled, once.
    async fn call(
        &mut self,
        dial: &Dial<'_>,
        network: &Network<'_>,
        all_until: Instant,
        progress: Report<'_>,
    ) -> Result<IpAddr, Error<T::Error>> {
        let mut until = all_until.min(self.now() + network.dial);
        let (mut hung_up, mut dialled, mut refused) = (false, false, None);
        let boots = self.engine.boots();
        self.engine.use_call_news();
        // What it said of an earlier connection.
        let _ = self.engine.take_call_news();
        loop {
            let state = self.tolerate(&ReadPdp).await?;
            // Whether there is a connection that is of no use.
            let mut useless = state == Some(PdpState::Stale);
            match state {
                Some(PdpState::Up(address)) => return Ok(address),
                Some(PdpState::Stale | PdpState::Unnamed) if dialled || !useless => {
                    if let Some(context) = self.tolerate(&ReadAddress).await? {
                        match context.address {
                            Some(address) => return Ok(address),
                            None => useless = true,
                        }
                    }
                }
                _ => {}
            }
            match state {
                Some(PdpState::Busy) => {}
                _ if useless && !hung_up && !dialled => {
                    progress(Progress::Busy);
                    hung_up = true;
                    self.hang_up().await?;
                    continue;
                }
                // It stands, and nobody says where: ending it would help nobody.
                Some(PdpState::Unnamed) if dialled || !useless => {}
                _ if !dialled => {
                    dialled = true;
                    self.prepare(dial, network, all_until, progress).await?;
                    until = all_until.min(self.now() + network.dial);
                    progress(Progress::Dialling);
                    let _ = self.engine.take_call_news();
                    match self.send_within(dial, until).await {
                        Ok(PdpState::Up(address)) => return Ok(address),
                        Ok(PdpState::Down) => return Err(Error::Network(NetworkProblem::Address(None))),
                        // The address may come in a line of its own.
                        Ok(_) => {}
                        // ERROR is also the answer if a connection exists: the next question tells, as where none came.
                        Err(Error::Module(error)) => {
                            refused = Some(error);
                            continue;
                        }
                        Err(Error::Silent | Error::Unexpected) => continue,
                        Err(error) => return Err(error),
                    }
                }
                _ if refused.is_some() => return Err(Error::Network(NetworkProblem::Address(refused))),
                _ => {}
            }
            progress(if dialled { Progress::Dialling } else { Progress::Busy });
            let news = self.pause_for_call(until, refused).await?;
            if self.engine.boots() != boots {
                // What it was dialling is gone, as all else.
                return Err(Error::Restarted);
            }
            match news {
                Some(PdpState::Up(address)) => return Ok(address),
                // Down, said unasked: it was tried, and failed.
                Some(PdpState::Down) if dialled => return Err(Error::Network(NetworkProblem::Address(refused))),
                _ => {}
            }
        }
    }

    /// What dialling needs: the access point, and the packet service.
    async fn prepare(
        &mut self,
        dial: &Dial<'_>,
        network: &Network<'_>,
        all_until: Instant,
        progress: Report<'_>,
    ) -> Result<(), Error<T::Error>> {
        if let Some(apn) = dial.apn {
            // Where this is refused, dialling names it again.
            self.tolerate(&DefineContext { apn }).await?;
        }
        let until = all_until.min(self.now() + network.attach);
        self.attach_packet(until, progress).await
    }

    /// Whether the data connection stands, as far as the module tells.
    pub(super) async fn has_call(&mut self) -> Result<bool, Error<T::Error>> {
        Ok(self.tolerate(&ReadPdp).await? != Some(PdpState::Down))
    }

    /// Ends a data connection that is of no use, and waits for the line that says so: it must not be taken for the next one's end.
    async fn hang_up(&mut self) -> Result<(), Error<T::Error>> {
        let _ = self.engine.take_call_news();
        if self.tolerate(&HangUp).await? == Some(PdpState::Busy) {
            let until = self.now() + HANG_UP;
            while self.now() < until && self.engine.take_call_news().is_none() {
                self.wait(Some(until)).await?;
            }
        }
        Ok(())
    }

    async fn attach_packet(&mut self, until: Instant, progress: Report<'_>) -> Result<(), Error<T::Error>> {
        let mut said = None;
        loop {
            progress(Progress::Attach);
            match self.tolerate(&ReadAttachment).await? {
                Some(attachment) if !attachment.attached => {}
                // A module that does not know the question attaches when it dials.
                _ => return Ok(()),
            }
            if self.now() >= until {
                return Err(Error::Network(NetworkProblem::Attach(said)));
            }
            match self.send_within(&AttachPacket, until).await {
                Ok(_) => return Ok(()),
                Err(Error::Module(error)) => said = Some(error),
                // Asking again tells whether the module is there.
                Err(Error::Silent | Error::Unexpected) => {}
                Err(error) => return Err(error),
            }
            self.pause_until(until, NetworkProblem::Attach(said)).await?;
        }
    }

    async fn wait_for_clock(&mut self, until: Instant, progress: Report<'_>) -> Result<(), Error<T::Error>> {
        loop {
            if self.tolerate(&ReadClock).await?.is_some_and(|time| time.is_set()) {
                return Ok(());
            }
            progress(Progress::Clock);
            self.pause_until(until, NetworkProblem::Clock).await?;
        }
    }

    /// A question that a module without a network may answer with an error.
    async fn tolerate<Cmd: atat::AtatCmd + Sync>(
        &mut self,
        command: &Cmd,
    ) -> Result<Option<Cmd::Response>, Error<T::Error>> {
        match self.send(command).await {
            Ok(answer) => Ok(Some(answer)),
            Err(Error::Module(_) | Error::Unexpected) => Ok(None),
            Err(error) => Err(error),
        }
    }

    async fn pause_until(&mut self, until: Instant, problem: NetworkProblem) -> Result<(), Error<T::Error>> {
        if self.now() >= until {
            return Err(Error::Network(problem));
        }
        let rest = until.saturating_since(self.now());
        self.pause(PAUSE.min(rest)).await
    }

    /// The pause between two questions about the data connection. It ends when the module says something about it unasked.
    async fn pause_for_call(
        &mut self,
        until: Instant,
        refused: Option<ModuleError>,
    ) -> Result<Option<PdpState>, Error<T::Error>> {
        let next = until.min(self.now() + PAUSE);
        loop {
            let news = self.engine.take_call_news();
            if news.is_some() {
                return Ok(news);
            }
            if self.now() >= until {
                return Err(Error::Network(NetworkProblem::Address(refused)));
            }
            if self.now() >= next {
                return Ok(None);
            }
            self.wait(Some(next)).await?;
        }
    }
}
