//! Loading the files of TLS into the module, each once.

use core::time::Duration;

use embedded_io_async::{Read, Write};

use super::Modem;
use crate::Clock;
use crate::command::{ReadTlsError, ReadTlsFiles, SetTlsMode, SetTlsVersion, TlsFiles, TlsMode, UploadTlsFile};
use crate::engine::{Kind, Request};
use crate::error::{Error, TlsProblem};
use crate::types::{Tls, TlsFile};

/// Time for a file: 8192 bytes take 9 s at 9600 baud.
const UPLOAD: Duration = Duration::from_secs(30);

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
