//! Loading the files of TLS into the module, each once.

use core::fmt;
use core::time::Duration;

use embedded_io_async::{Read, Write};

use super::Modem;
use crate::Clock;
use crate::command::{
    ReadTlsError, ReadTlsFiles, SetTlsMode, SetTlsVersion, TlsFile, TlsFiles, TlsMode, UploadTlsFile,
};
use crate::engine::{Kind, Request};
use crate::error::Error;
use crate::types::Tls;

/// Time for a file: 8192 bytes take 9 s at 9600 baud.
const UPLOAD: Duration = Duration::from_secs(30);

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

/// What the driver knows of the files of one kind in the module.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Held {
    Nothing,
    /// An upload was begun, and its end was not seen.
    Unfinished,
    /// One file, by its fingerprint.
    File(u64),
}

/// What this driver has loaded into the module.
pub(crate) struct HeldFiles([Held; TlsFile::ALL.len()]);

impl HeldFiles {
    pub(super) const fn new() -> Self {
        Self([Held::Nothing; TlsFile::ALL.len()])
    }

    pub(super) fn forget(&mut self) {
        *self = Self::new();
    }

    fn get(&self, file: TlsFile) -> Held {
        self.0.get(file as usize).copied().unwrap_or(Held::Nothing)
    }

    fn set(&mut self, file: TlsFile, held: Held) {
        if let Some(place) = self.0.get_mut(file as usize) {
            *place = held;
        }
    }

    /// The module says how many files it has. Without the trust file that was loaded it must have been restarted.
    fn note(&mut self, files: &TlsFiles) {
        if files.trust == Some(0) && matches!(self.get(TlsFile::Trust), Held::File(_)) {
            self.forget();
        }
        for file in TlsFile::ALL {
            if files.count(file) == Some(0) {
                self.set(file, Held::Nothing);
            }
        }
    }

    /// Whether a file must be uploaded, or is there already.
    fn is_missing(&self, file: TlsFile, tls: &Tls<'_>, files: &TlsFiles) -> Result<bool, TlsProblem> {
        if file == TlsFile::Trust && !tls.verify {
            return Ok(false);
        }
        let wanted = tls.file(file);
        match (files.count(file), self.get(file)) {
            (_, Held::Unfinished) => Err(TlsProblem::UnfinishedUpload),
            (Some(0) | None, Held::Nothing) if file == TlsFile::Trust && wanted.is_none() => {
                Err(TlsProblem::NothingLoaded)
            }
            (Some(0) | None, Held::Nothing) => Ok(wanted.is_some()),
            _ if tls.use_loaded => Ok(false),
            // A kind that the module does not list is taken to be as it was left.
            (Some(1) | None, Held::File(held)) if wanted.map(fingerprint) == Some(held) => Ok(false),
            _ => Err(TlsProblem::ForeignFiles),
        }
    }
}

/// FNV-1a, 64 bits: to tell files apart that the caller has chosen, not to withstand anybody.
fn fingerprint(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

impl<T, C> Modem<'_, T, C>
where
    T: Read + Write,
    C: Clock,
{
    /// Sets the module up for an open with TLS: asks what it holds, since uploads are added to that and are lost at a restart,
    /// uploads what is missing, and sets version and verification.
    pub(crate) async fn prepare_tls(&mut self, tls: &Tls<'_>) -> Result<(), Error<T::Error>> {
        let files = self.send(&ReadTlsFiles).await?;
        if self.engine.take_reboot() {
            // The module does not list what it has lost.
            self.tls.forget();
        }
        self.tls.note(&files);
        let mut missing = [None; TlsFile::ALL.len()];
        for (place, file) in missing.iter_mut().zip(TlsFile::ALL) {
            if self.tls.is_missing(file, tls, &files).map_err(Error::Tls)? {
                *place = tls.file(file).map(|bytes| (file, bytes));
            }
        }
        for (file, bytes) in missing.into_iter().flatten() {
            self.upload(file, bytes).await?;
        }
        let version = tls.version;
        self.send(&SetTlsVersion { version }).await?;
        let mode = if tls.verify {
            TlsMode::Verified
        } else {
            TlsMode::Unverified
        };
        self.send(&SetTlsMode { mode }).await.map(drop)
    }

    async fn upload(&mut self, file: TlsFile, bytes: &[u8]) -> Result<(), Error<T::Error>> {
        let size = u16::try_from(bytes.len()).unwrap_or(u16::MAX);
        let request = Request::until_final(Kind::Upload, UPLOAD);
        // From here to the exchange nothing is awaited that could be dropped.
        self.settle().await?;
        self.tls.set(file, Held::Unfinished);
        let uploaded = self.exchange(&UploadTlsFile { file, size }, bytes, request).await;
        match uploaded {
            Ok(_) => self.tls.set(file, Held::File(fingerprint(bytes))),
            // The module took nothing.
            Err(Error::Invalid(_) | Error::Module(_)) => self.tls.set(file, Held::Nothing),
            Err(_) => {}
        }
        uploaded.map(drop).map_err(|error| match error {
            Error::Cut { .. } => {
                // What was written too late may have become the start of a command.
                self.engine.require_fence();
                Error::Tls(TlsProblem::UnfinishedUpload)
            }
            error => error,
        })
    }

    /// What a refused open with TLS is: the module may know a reason.
    pub(crate) async fn tls_refusal(&mut self) -> Error<T::Error> {
        match self.send(&ReadTlsError).await {
            Ok(error) if error.0 != 0 => Error::Tls(TlsProblem::Handshake(error.0.into())),
            _ => Error::Refused,
        }
    }
}
