//! How a module stands to the network.

use core::fmt;

/// The second number of `+CEREG: n,state`, as 3GPP TS 27.007 section 10.1.22 lists them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(all(feature = "defmt", target_os = "none"), derive(defmt::Format))]
#[non_exhaustive]
pub enum RegistrationState {
    /// 0: not registered, not searching.
    Idle,
    /// 1: registered at home.
    Home,
    /// 2: searching.
    Searching,
    /// 3: denied.
    Denied,
    /// 4: not known, for instance out of coverage.
    NoCoverage,
    /// 5: registered abroad.
    Roaming,
    /// 6: registered at home, for short messages only.
    SmsOnlyHome,
    /// 7: registered abroad, for short messages only.
    SmsOnlyRoaming,
    /// 8: for emergency calls only.
    EmergencyOnly,
    /// 9: registered at home, calls are better made elsewhere ("CSFB not preferred").
    CsfbNotPreferredHome,
    /// 10: registered abroad, calls are better made elsewhere.
    CsfbNotPreferredRoaming,
    /// Any other number.
    Unknown(u32),
}

impl RegistrationState {
    /// Whether data can pass: registered, and not only for short messages or emergency calls.
    ///
    /// ```
    /// use fibocom_mqtt::command::RegistrationState;
    ///
    /// assert!(RegistrationState::Roaming.is_registered());
    /// assert!(!RegistrationState::SmsOnlyHome.is_registered());
    /// ```
    pub const fn is_registered(self) -> bool {
        matches!(
            self,
            Self::Home | Self::Roaming | Self::CsfbNotPreferredHome | Self::CsfbNotPreferredRoaming
        )
    }

    /// Of several registrations the one that tells most: how near it is to what is wanted.
    pub(crate) const fn weight(self) -> u8 {
        match self {
            Self::Idle => 0,
            Self::NoCoverage | Self::Unknown(_) => 1,
            Self::Denied => 2,
            Self::Searching => 3,
            Self::SmsOnlyHome | Self::SmsOnlyRoaming | Self::EmergencyOnly => 4,
            Self::Home | Self::Roaming | Self::CsfbNotPreferredHome | Self::CsfbNotPreferredRoaming => 5,
        }
    }
}

impl From<u32> for RegistrationState {
    fn from(state: u32) -> Self {
        match state {
            0 => Self::Idle,
            1 => Self::Home,
            2 => Self::Searching,
            3 => Self::Denied,
            4 => Self::NoCoverage,
            5 => Self::Roaming,
            6 => Self::SmsOnlyHome,
            7 => Self::SmsOnlyRoaming,
            8 => Self::EmergencyOnly,
            9 => Self::CsfbNotPreferredHome,
            10 => Self::CsfbNotPreferredRoaming,
            other => Self::Unknown(other),
        }
    }
}

impl From<RegistrationState> for u32 {
    fn from(state: RegistrationState) -> Self {
        match state {
            RegistrationState::Idle => 0,
            RegistrationState::Home => 1,
            RegistrationState::Searching => 2,
            RegistrationState::Denied => 3,
            RegistrationState::NoCoverage => 4,
            RegistrationState::Roaming => 5,
            RegistrationState::SmsOnlyHome => 6,
            RegistrationState::SmsOnlyRoaming => 7,
            RegistrationState::EmergencyOnly => 8,
            RegistrationState::CsfbNotPreferredHome => 9,
            RegistrationState::CsfbNotPreferredRoaming => 10,
            RegistrationState::Unknown(other) => other,
        }
    }
}

impl fmt::Display for RegistrationState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Idle => "not registered",
            Self::Home | Self::CsfbNotPreferredHome => "registered at home",
            Self::Searching => "searching",
            Self::Denied => "denied",
            Self::NoCoverage => "no coverage",
            Self::Roaming | Self::CsfbNotPreferredRoaming => "registered abroad",
            Self::SmsOnlyHome | Self::SmsOnlyRoaming => "registered for short messages only",
            Self::EmergencyOnly => "emergency calls only",
            Self::Unknown(other) => return write!(f, "state {other}"),
        })
    }
}
