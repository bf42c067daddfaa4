//! What a server may do with a device (section 5.5).

use core::fmt;

/// A role of a server.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(all(feature = "defmt", target_os = "none"), derive(defmt::Format))]
#[non_exhaustive]
pub enum Role {
    /// Gets the device's health: who it is, its versions, signal and position.
    Info,
    /// Gets sensor data that were not yet sent.
    Measurements,
    /// Gets events that were not yet sent.
    Events,
    /// Configures the device, by operation 513 or by the desired section of the device twin.
    Configuration,
    /// Updates the firmware of device and module, by operations 515 and 516.
    FotaOperations,
    /// Tells the device which servers to use: bootstrap, or DPS on Azure.
    Bootstrap,
    /// Gives commands, by operation 511 or by cloud-to-device messages; and sets the digital output, by operation 518.
    Shell,
}

impl Role {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::Info,
        Self::Measurements,
        Self::Events,
        Self::Configuration,
        Self::FotaOperations,
        Self::Bootstrap,
        Self::Shell,
    ];

    /// The name that section 6.3 gives the role. It gives none to [`Bootstrap`](Self::Bootstrap).
    pub const fn name(self) -> Option<&'static str> {
        match self {
            Self::Info => Some("INFO"),
            Self::Measurements => Some("MEAS"),
            Self::Events => Some("EVENTS"),
            Self::Configuration => Some("CONFIG"),
            Self::FotaOperations => Some("FOTA_OPS"),
            Self::Bootstrap => None,
            Self::Shell => Some("SHELL"),
        }
    }

    const fn bit(self) -> u8 {
        1 << self as u8
    }
}

/// As section 5.5 calls it.
impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Info => "Info",
            Self::Measurements => "Measurements",
            Self::Events => "Events",
            Self::Configuration => "Configuration",
            Self::FotaOperations => "FOTA operations",
            Self::Bootstrap => "Bootstrap/DPS",
            Self::Shell => "Shell commands",
        })
    }
}

/// The roles of a server.
///
/// ```
/// use fibocom_mqtt::profile::captis::{Role, Roles};
///
/// const DATA: Roles = Roles::of(&[Role::Info, Role::Measurements, Role::Events]);
/// assert!(DATA.contains(Role::Events) && !DATA.contains(Role::Shell));
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default)]
#[cfg_attr(all(feature = "defmt", target_os = "none"), derive(defmt::Format))]
pub struct Roles(u8);

impl Roles {
    /// No role.
    pub const NONE: Self = Self(0);

    /// Every role but [`Role::Bootstrap`]: what a server can get by bootstrap.
    pub const WORK: Self = Self::of(&[
        Role::Measurements,
        Role::Configuration,
        Role::Events,
        Role::Info,
        Role::FotaOperations,
        Role::Shell,
    ]);

    /// These roles.
    #[allow(clippy::indexing_slicing, clippy::arithmetic_side_effects)] // `const`, hence the loop by index.
    pub const fn of(roles: &[Role]) -> Self {
        let mut bits = 0;
        let mut at = 0;
        while at < roles.len() {
            bits |= roles[at].bit();
            at += 1;
        }
        Self(bits)
    }

    /// Whether `role` is among them.
    pub const fn contains(self, role: Role) -> bool {
        self.0 & role.bit() != 0
    }

    /// Both these roles and those.
    pub const fn and(self, roles: Self) -> Self {
        Self(self.0 | roles.0)
    }

    /// These roles without that one.
    pub const fn without(self, role: Role) -> Self {
        Self(self.0 & !role.bit())
    }

    /// The roles, one by one.
    pub fn iter(self) -> impl Iterator<Item = Role> {
        Role::ALL.into_iter().filter(move |role| self.contains(*role))
    }
}

impl fmt::Debug for Roles {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter()).finish()
    }
}
