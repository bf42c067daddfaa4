//! What the way into the network is told, and what it reports.

use core::fmt;
use core::time::Duration;

use crate::command::{Dial, Signal};
use crate::error::{Field, InvalidInput};
use crate::types::RegistrationState;
use crate::types::{Credentials, Escapes, Text};

/// A SIM is ready within so long after power-on, or it is not there.
const SIM: Duration = Duration::from_secs(30);

/// A first search through every band takes minutes.
const REGISTRATION: Duration = Duration::from_secs(180);

/// Attaching took 2.5 s on a module that had just booted; a poor network lets it wait.
const ATTACH: Duration = Duration::from_secs(75);

/// As long as Fibocom's examples wait for `AT+MIPCALL=1`.
const DIAL: Duration = Duration::from_secs(150);

/// How to get into the network.
///
/// Each step has a time of its own, inside the time for all that [`Modem::bring_up`](crate::Modem::bring_up) is given.
///
/// ```
/// use core::time::Duration;
/// use fibocom_mqtt::{Credentials, Network};
///
/// let network = Network::new()
///     .pin("7305")
///     .apn("internet")
///     .credentials(Credentials::new("user", "s3cret"))
///     .dial_within(Duration::from_secs(60));
/// let shown = format!("{network:?}");
/// assert!(!shown.contains("7305") && !shown.contains("s3cret"));
/// ```
#[derive(Clone, Copy, PartialEq, Eq)]
#[must_use = "each setting gives the changed value back"]
pub struct Network<'a> {
    apn: Option<&'a str>,
    credentials: Option<Credentials<'a>>,
    pin: Option<&'a str>,
    pub(super) sim: Duration,
    pub(super) registration: Duration,
    pub(super) attach: Duration,
    pub(super) dial: Duration,
    pub(super) clock: Option<Duration>,
}

impl<'a> Network<'a> {
    /// With the access point that SIM and network agree on, and a SIM that wants no PIN.
    pub const fn new() -> Self {
        Self {
            apn: None,
            credentials: None,
            pin: None,
            sim: SIM,
            registration: REGISTRATION,
            attach: ATTACH,
            dial: DIAL,
            clock: None,
        }
    }

    /// With this access point name.
    pub const fn apn(mut self, apn: &'a str) -> Self {
        self.apn = Some(apn);
        self
    }

    /// With a user name and a password for the access point.
    pub const fn credentials(mut self, credentials: Credentials<'a>) -> Self {
        self.credentials = Some(credentials);
        self
    }

    /// The SIM's PIN, 4 to 8 digits, for a SIM that asks for it. It is sent once: a SIM locks after three wrong ones, so the same
    /// PIN is not sent again through the same [`Modem`](crate::Modem) unless the SIM has taken it.
    pub const fn pin(mut self, pin: &'a str) -> Self {
        self.pin = Some(pin);
        self
    }

    /// How long the SIM may take to be ready (30 s).
    pub const fn sim_within(mut self, limit: Duration) -> Self {
        self.sim = limit;
        self
    }

    /// How long registration may take (180 s).
    pub const fn registration_within(mut self, limit: Duration) -> Self {
        self.registration = limit;
        self
    }

    /// How long attaching to the packet service may take (75 s).
    pub const fn attach_within(mut self, limit: Duration) -> Self {
        self.attach = limit;
        self
    }

    /// How long dialling may take until there is an address (150 s).
    pub const fn dial_within(mut self, limit: Duration) -> Self {
        self.dial = limit;
        self
    }

    /// Also waits for the network to set the module's clock, so long at most. TLS needs it to judge certificates; not every network
    /// tells the time, so nothing waits for it otherwise.
    pub const fn clock_within(mut self, limit: Duration) -> Self {
        self.clock = Some(limit);
        self
    }

    /// The command that dials.
    pub(super) fn dial_command(&self) -> Result<Dial<'a>, InvalidInput> {
        // That firmware decodes `\HH` is known of its MQTT commands only.
        let escapes = Escapes::Unknown;
        let text = |field, bytes| Text::from_bytes(field, bytes, escapes);
        let login = |credentials: Credentials<'a>| {
            let user = text(Field::User, credentials.user.as_bytes())?;
            Ok((user, text(Field::Password, credentials.password)?))
        };
        Ok(Dial {
            apn: self.apn.map(|apn| text(Field::Apn, apn.as_bytes())).transpose()?,
            login: self.credentials.map(login).transpose()?,
        })
    }

    /// The PIN, if it is one.
    pub(super) fn checked_pin(&self) -> Result<Option<Pin>, InvalidInput> {
        self.pin.map(|pin| Pin::new(pin).ok_or(InvalidInput::Pin)).transpose()
    }
}

impl Default for Network<'_> {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Network<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Network")
            .field("apn", &self.apn)
            .field("credentials", &self.credentials)
            .field("pin", &self.pin.map(|_| "[redacted]"))
            .field("sim", &self.sim)
            .field("registration", &self.registration)
            .field("attach", &self.attach)
            .field("dial", &self.dial)
            .field("clock", &self.clock)
            .finish()
    }
}

/// A PIN that has been checked: 4 to 8 digits (3GPP TS 31.101 section 9.5.1).
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Pin {
    digits: [u8; 8],
    len: usize,
}

impl Pin {
    fn new(pin: &str) -> Option<Self> {
        let bytes = pin.as_bytes();
        let mut digits = [0; 8];
        digits.get_mut(..bytes.len())?.copy_from_slice(bytes);
        let whole = bytes.len() >= 4 && bytes.iter().all(u8::is_ascii_digit);
        whole.then_some(Self {
            digits,
            len: bytes.len(),
        })
    }

    /// Digits only: nothing in them has to be escaped.
    pub(super) fn text(&self) -> Result<Text<'_>, InvalidInput> {
        let digits = self.digits.get(..self.len).unwrap_or_default();
        Text::from_bytes(Field::Pin, digits, Escapes::Unknown)
    }
}

/// What [`Modem::bring_up_with`](crate::Modem::bring_up_with) is doing. It is reported when a step begins, and again about every second
/// that the step waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(all(feature = "defmt", target_os = "none"), derive(defmt::Format))]
#[non_exhaustive]
pub enum Progress {
    /// Waiting for the SIM.
    Sim,
    /// Sending the PIN.
    Pin,
    /// Waiting for registration.
    Registration {
        /// Of the three registrations the one that is nearest.
        state: RegistrationState,
        /// The signal, if the module told it.
        signal: Option<Signal>,
    },
    /// Waiting for a data connection that somebody else is dialling, or ending one that lost its address.
    Busy,
    /// Attaching to the packet service.
    Attach,
    /// Dialling, and waiting for an address.
    Dialling,
    /// Waiting for the network to set the clock.
    Clock,
}

impl fmt::Display for Progress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sim => f.write_str("the SIM"),
            Self::Pin => f.write_str("the SIM to check its PIN"),
            Self::Registration { state, signal } => {
                write!(f, "registration: {state}")?;
                match signal.and_then(|signal| signal.dbm()) {
                    Some(dbm) => write!(f, ", signal {dbm} dBm"),
                    None => f.write_str(", signal not known"),
                }
            }
            Self::Busy => f.write_str("a data connection that is being set up or ended"),
            Self::Attach => f.write_str("the packet service"),
            Self::Dialling => f.write_str("an address"),
            Self::Clock => f.write_str("the network to set the clock"),
        }
    }
}
