//! How TLS fails.

use core::fmt;

/// Why TLS failed, as the module's `AT+GTSSLERR?` numbers it. No manual names the codes; these meanings are those that users found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(all(feature = "defmt", target_os = "none"), derive(defmt::Format))]
#[non_exhaustive]
pub enum TlsError {
    /// -11: no trust file vouches for the server's certificate, or the certificate is not valid by the module's clock.
    Authority,
    /// -7, -8, -9 and -20: the two sides did not agree.
    Handshake(i32),
    /// -12 to -19: the files in the module are incomplete, or are no PEM.
    Certificates(i32),
    /// Any other number.
    Unknown(i32),
}

impl TlsError {
    /// The number as the module gave it.
    pub const fn code(self) -> i32 {
        match self {
            Self::Authority => -11,
            Self::Handshake(code) | Self::Certificates(code) | Self::Unknown(code) => code,
        }
    }
}

impl From<i32> for TlsError {
    fn from(code: i32) -> Self {
        match code {
            -11 => Self::Authority,
            -7 | -8 | -9 | -20 => Self::Handshake(code),
            -19..=-12 => Self::Certificates(code),
            _ => Self::Unknown(code),
        }
    }
}

impl fmt::Display for TlsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = match self {
            Self::Authority => {
                "the server's certificate could not be verified: check that the trust file is the one of its authority, \
                 and that the module's clock is set"
            }
            Self::Handshake(_) => {
                "the handshake failed: check that the port is one for TLS, the TLS version, and whether the server wants \
                 a client certificate, or another one"
            }
            Self::Certificates(_) => {
                "the certificates in the module cannot be used: check that the files are PEM and belong together"
            }
            Self::Unknown(_) => "a code whose meaning is not known",
        };
        write!(f, "{text} (+GTSSLERR: {})", self.code())
    }
}

/// What stands in the way of TLS.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
#[cfg_attr(all(feature = "defmt", target_os = "none"), derive(defmt::Format))]
#[non_exhaustive]
pub enum TlsProblem {
    /// The module holds files that this driver did not load, or others than are wanted now. It adds new ones to them, so that an
    /// authority among them would be believed as well.
    #[error(
        "the module holds TLS files of an earlier use, and would trust them too: restart it to clear them, or accept what it holds"
    )]
    ForeignFiles,
    /// A file did not reach the module as a whole.
    #[error("a TLS file was not uploaded as a whole: restart the module to clear it, and connect again")]
    UnfinishedUpload,
    /// The files in the module were to be used, and there is no trust file among them.
    #[error("the module holds no trust file to verify the server with: give one")]
    NothingLoaded,
    /// The module reported failure of the open, and this is the last error of TLS that it knows. Whether firmware forgets an
    /// older one when a handshake succeeds is not documented: what failed may have come after it, as with a wrong password.
    #[error("the module reported failure, and its TLS error is: {0}")]
    Handshake(TlsError),
}
