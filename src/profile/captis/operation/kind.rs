//! Which operations there are.

use crate::profile::captis::Role;

/// A kind of operation, by its code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(all(feature = "defmt", target_os = "none"), derive(defmt::Format))]
#[non_exhaustive]
pub enum OperationKind {
    /// 511: carry a command out.
    Command,
    /// 513: configure the device.
    Configuration,
    /// 515: update the device's firmware.
    Firmware,
    /// 516: update the module's firmware.
    Software,
    /// 518: change the digital output.
    Relay,
    /// An operation of the platform that a Captis does not have.
    Unknown(u16),
}

impl OperationKind {
    /// The kinds that a Captis has.
    pub const ALL: [Self; 5] = [
        Self::Command,
        Self::Configuration,
        Self::Firmware,
        Self::Software,
        Self::Relay,
    ];

    /// The kind that a line begins with.
    pub const fn of_code(code: u16) -> Self {
        match code {
            511 => Self::Command,
            513 => Self::Configuration,
            515 => Self::Firmware,
            516 => Self::Software,
            518 => Self::Relay,
            other => Self::Unknown(other),
        }
    }

    /// The code.
    pub const fn code(self) -> u16 {
        match self {
            Self::Command => 511,
            Self::Configuration => 513,
            Self::Firmware => 515,
            Self::Software => 516,
            Self::Relay => 518,
            Self::Unknown(code) => code,
        }
    }

    /// Its operation string in status lines (section 4.1.4); none for an unknown one. Where Cumulocity itself gave a 516, it expects
    /// `c8y_SoftwareList`: see [`Gate::software_string`](crate::profile::captis::Gate::software_string).
    pub const fn string(self) -> Option<&'static str> {
        match self {
            Self::Command => Some("c8y_Command"),
            Self::Configuration => Some("c8y_Configuration"),
            Self::Firmware => Some("c8y_Firmware"),
            Self::Software => Some("c8y_Software"),
            Self::Relay => Some("c8y_Relay"),
            Self::Unknown(_) => None,
        }
    }

    /// The role that a server needs for it (section 5.5, which names none for the digital output: it is taken for a command).
    pub const fn role(self) -> Option<Role> {
        match self {
            Self::Command | Self::Relay => Some(Role::Shell),
            Self::Configuration => Some(Role::Configuration),
            Self::Firmware | Self::Software => Some(Role::FotaOperations),
            Self::Unknown(_) => None,
        }
    }
}
