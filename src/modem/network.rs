//! From SIM to address: the plain way up.

use core::net::IpAddr;
use core::time::Duration;

use embedded_io_async::{Read, Write};

use super::Modem;
use super::refine::Answers;
use crate::Clock;
use crate::command::{Dial, PdpState, ReadPdp, ReadRegistration, ReadSim, RegistrationState, SimState};
use crate::error::{CmeError, Error, Field, ModuleError};
use crate::types::Text;

/// A SIM is ready within so long after power-on, or it is not there.
const SIM: Duration = Duration::from_secs(30);

/// Between two questions for the same thing.
const PAUSE: Duration = Duration::from_secs(1);

/// How to get into the network.
///
/// ```
/// use fibocom_mqtt::Network;
///
/// let network = Network::new().apn("internet");
/// # let _ = network;
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Network<'a> {
    apn: Option<&'a str>,
}

impl<'a> Network<'a> {
    /// With the access point that SIM and network agree on.
    pub const fn new() -> Self {
        Self { apn: None }
    }

    /// With this access point name.
    pub const fn apn(mut self, apn: &'a str) -> Self {
        self.apn = Some(apn);
        self
    }
}

/// What keeps the module from the network.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
#[cfg_attr(all(feature = "defmt", target_os = "none"), derive(defmt::Format))]
#[non_exhaustive]
pub enum NetworkProblem {
    /// `AT+CPIN?` said something else than READY.
    #[error("the SIM is not ready: check that it is inserted, and unlock it")]
    Sim,
    /// `AT+CEREG?` never said registered. The state is the last that it named, 0 to 5.
    #[error("the module is not registered in the network (state {0}): check antenna, coverage and subscription")]
    Registration(u32),
    /// `AT+MIPCALL` gave no address.
    #[error("the network gave no address: check the access point name and the subscription")]
    Address,
}

impl<T, C> Modem<'_, T, C>
where
    T: Read + Write,
    C: Clock,
{
    /// Waits for the SIM and for registration, then for an address: an existing data connection is used, else one is dialled
    /// (`AT+CPIN?`, `AT+CEREG?`, `AT+MIPCALL`). `wait` is the time for all of it; dialling alone can take 150 s.
    ///
    /// # Errors
    ///
    /// [`Error::Network`] names the step that did not succeed in time; [`Error::Silent`] if the module stopped answering.
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
    /// use fibocom_mqtt::Network;
    ///
    /// let address = modem.bring_up(&Network::new().apn("internet"), Duration::from_secs(180)).await?;
    /// println!("{address}");
    /// # Ok(()) }
    /// ```
    pub async fn bring_up(&mut self, network: &Network<'_>, wait: Duration) -> Result<IpAddr, Error<T::Error>> {
        let until = self.now() + wait;
        let escapes = self.engine.dialect.string_escapes();
        let apn = network.apn.map(|apn| Text::new(Field::Apn, apn, escapes)).transpose()?;
        self.wait_for_sim(until.min(self.now() + SIM)).await?;
        self.wait_for_registration(until).await?;
        let mut dialled = false;
        loop {
            match self.tolerate(&ReadPdp).await? {
                Some(PdpState::Up(address)) => {
                    // What the module refused to tell without a network.
                    self.refine(Answers::Final).await?;
                    return Ok(address);
                }
                Some(PdpState::Down) | None if !dialled => {
                    dialled = true;
                    // ERROR is also the answer if a connection exists: the next question tells.
                    self.tolerate(&Dial { apn }).await?;
                    continue;
                }
                _ => {}
            }
            self.pause_until(until, NetworkProblem::Address).await?;
        }
    }

    async fn wait_for_sim(&mut self, until: crate::Instant) -> Result<(), Error<T::Error>> {
        loop {
            match self.send(&ReadSim).await {
                Ok(SimState::Ready) => return Ok(()),
                Ok(SimState::Pin | SimState::Puk) => return Err(Error::Network(NetworkProblem::Sim)),
                Err(Error::Module(ModuleError::Cme(CmeError::SimPinRequired))) => {
                    return Err(Error::Network(NetworkProblem::Sim));
                }
                Ok(_) | Err(Error::Module(_) | Error::Unexpected) => {}
                Err(error) => return Err(error),
            }
            self.pause_until(until, NetworkProblem::Sim).await?;
        }
    }

    async fn wait_for_registration(&mut self, until: crate::Instant) -> Result<(), Error<T::Error>> {
        loop {
            let registration = self.tolerate(&ReadRegistration).await?;
            if registration.is_some_and(|registration| registration.is_registered()) {
                return Ok(());
            }
            let state = registration.map_or(RegistrationState::Idle, |registration| registration.state);
            self.pause_until(until, NetworkProblem::Registration(state.into()))
                .await?;
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

    async fn pause_until(&mut self, until: crate::Instant, problem: NetworkProblem) -> Result<(), Error<T::Error>> {
        if self.now() >= until {
            return Err(Error::Network(problem));
        }
        self.pause(PAUSE).await
    }
}
