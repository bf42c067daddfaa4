//! How the way into the network fails.

use core::fmt;

use super::ModuleError;
use crate::types::RegistrationState;

/// What keeps the module from the network: the step, and what the module said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
#[cfg_attr(all(feature = "defmt", target_os = "none"), derive(defmt::Format))]
#[non_exhaustive]
pub enum NetworkProblem {
    /// `AT+CPIN?` did not say READY in time; the error is the last that it answered with, if it did.
    #[error("the SIM is not ready{}: check that it is inserted well and accepted by this module", Said(.0))]
    Sim(Option<ModuleError>),
    /// There is no SIM.
    #[error("there is no SIM: insert one, then restart the module")]
    SimAbsent,
    /// The SIM wants its PIN, and none was given.
    #[error("the SIM wants its PIN: give it, or switch the PIN off")]
    PinRequired,
    /// The SIM did not take the PIN, which was sent once. `None`: it was sent earlier and has not been taken, so it was not sent again.
    /// How many attempts are left is not known.
    #[error(
        "the SIM did not take the PIN{}: it was sent once and is not sent again, since a SIM locks after three wrong ones; how many \
         attempts are left is not known; check the PIN",
        Said(.0)
    )]
    PinWrong(Option<ModuleError>),
    /// The SIM is locked and wants its PUK.
    #[error("the SIM is locked: unlock it with its PUK in a telephone")]
    PukRequired,
    /// None of `AT+CEREG?`, `AT+CGREG?` and `AT+CREG?` said registered in time. The state is the nearest of their last ones; it is
    /// `Denied` only if none of them was searching any more.
    #[error("the module is not registered in the network ({0}): check antenna, coverage and subscription")]
    Registration(RegistrationState),
    /// `AT+CGATT=1` did not attach in time; the error is the last that it answered with, if it did.
    #[error("the module did not attach to the packet service{}: check subscription and coverage", Said(.0))]
    Attach(Option<ModuleError>),
    /// `AT+MIPCALL` gave no address; the error is what it answered with, if it did.
    #[error("the network gave no address{}: check the access point name and the subscription", Said(.0))]
    Address(Option<ModuleError>),
    /// The network did not set the module's clock in time.
    #[error("the network did not set the module's clock: set it with AT+CCLK, or do not wait for it")]
    Clock,
}

/// What the module said, in parentheses, if it said anything.
struct Said<'e>(&'e Option<ModuleError>);

impl fmt::Display for Said<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(error) => write!(f, " ({error})"),
            None => Ok(()),
        }
    }
}
