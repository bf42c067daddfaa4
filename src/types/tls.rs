//! How a connection is encrypted.

use crate::error::{Field, InvalidInput};

/// The lengths of a file that modules take, in bytes.
const SHORTEST: usize = 4;
const LONGEST: usize = 8192;

/// Which protocol versions a module may agree to, the value of `AT+GTSSLVER`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[cfg_attr(all(feature = "defmt", target_os = "none"), derive(defmt::Format))]
#[repr(u8)]
pub enum TlsVersion {
    /// 0: all that the module knows. A module that starts is set so.
    All = 0,
    /// 1: SSL 3.0, which is broken.
    Ssl30 = 1,
    /// 2: TLS 1.0
    Tls10 = 2,
    /// 3: TLS 1.1
    Tls11 = 3,
    /// 4: TLS 1.2
    #[default]
    Tls12 = 4,
    /// 5: GM/T 0024, "GM 1.1"
    Gm11 = 5,
    /// 6: all but SSL 3.0
    AllButSsl30 = 6,
}

/// What a file is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(all(feature = "defmt", target_os = "none"), derive(defmt::Format))]
pub enum TlsFile {
    /// `TRUSTFILE`: the certificate of an authority that vouches for servers. Seen on a module.
    Trust,
    /// `CAFILE`: the module's own certificate. Inferred.
    Certificate,
    /// `KEYFILE`: the private key of that certificate. Inferred.
    Key,
}

impl TlsFile {
    pub(crate) const ALL: [Self; 3] = [Self::Trust, Self::Certificate, Self::Key];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Trust => "TRUSTFILE",
            Self::Certificate => "CAFILE",
            Self::Key => "KEYFILE",
        }
    }
}

/// TLS for a connection: which servers are believed, and who the module says it is. For
/// [`ConnectOptions::tls`](crate::ConnectOptions::tls).
///
/// Files are PEM, 4 to 8192 bytes each, and are not copied: keep them in flash. They go to the module in pieces when a connection
/// is opened, so the transmit buffer need not hold them. The module keeps them until it restarts, for all its connections, and its
/// version and verification, too, are one setting for all.
///
/// The server is verified unless that is switched off, and for that the module's clock must be set: with a wrong date every
/// certificate is refused. What the module checks beyond the certificate's chain and dates, as the name in it, is not documented.
///
/// ```
/// use fibocom_mqtt::{ConnectOptions, Tls};
///
/// # const AUTHORITY: &[u8] = b"-----BEGIN CERTIFICATE-----";
/// // const AUTHORITY: &[u8] = include_bytes!("authority.pem");
/// let options = ConnectOptions::new("broker.example.com", 8883).tls(Tls::new().trust(AUTHORITY));
/// # let _ = options;
/// ```
#[derive(Clone, Copy, PartialEq, Eq)]
#[must_use = "each setting gives the changed value back"]
pub struct Tls<'a> {
    pub(crate) version: TlsVersion,
    pub(crate) verify: bool,
    pub(crate) use_loaded: bool,
    trust: Option<&'a [u8]>,
    certificate: Option<&'a [u8]>,
    key: Option<&'a [u8]>,
}

impl<'a> Tls<'a> {
    /// TLS 1.2 with a server that must be verified: give what to verify it with by [`trust`](Self::trust).
    pub const fn new() -> Self {
        Self {
            version: TlsVersion::Tls12,
            verify: true,
            use_loaded: false,
            trust: None,
            certificate: None,
            key: None,
        }
    }

    /// Which protocol versions the module may agree to (`AT+GTSSLVER`).
    pub const fn version(mut self, version: TlsVersion) -> Self {
        self.version = version;
        self
    }

    /// The certificate of the authority that vouches for the server, in PEM (`TRUSTFILE`).
    pub const fn trust(mut self, pem: &'a [u8]) -> Self {
        self.trust = Some(pem);
        self
    }

    /// The module's own certificate and its private key, in PEM (`CAFILE` and `KEYFILE`), for a server that wants one.
    ///
    /// No log, trace or `Debug` output shows the key.
    pub const fn client_certificate(mut self, certificate_pem: &'a [u8], key_pem: &'a [u8]) -> Self {
        self.certificate = Some(certificate_pem);
        self.key = Some(key_pem);
        self
    }

    /// Believes any server (`AT+GTSSLMODE=0`): whoever sits between the module and the broker can read and change everything,
    /// the password included. For experiments. A trust file is then neither needed nor used.
    pub const fn dangerously_skip_verification(mut self) -> Self {
        self.verify = false;
        self
    }

    /// Accepts the files that the module already holds, whoever loaded them. Files given here are used where it holds none.
    ///
    /// Without this, files that this driver did not load are refused with
    /// [`TlsProblem::ForeignFiles`](crate::TlsProblem::ForeignFiles): the module adds files to those it has, so an authority that
    /// somebody else loaded would be believed as well.
    pub const fn use_loaded_files(mut self) -> Self {
        self.use_loaded = true;
        self
    }

    /// The file of a kind, if it is to be loaded.
    pub(crate) const fn file(&self, file: TlsFile) -> Option<&'a [u8]> {
        match file {
            TlsFile::Trust => self.trust,
            TlsFile::Certificate => self.certificate,
            TlsFile::Key => self.key,
        }
    }

    /// Refuses what no module takes.
    pub(crate) fn check(&self) -> Result<(), InvalidInput> {
        for (file, field) in [
            (TlsFile::Trust, Field::TrustFile),
            (TlsFile::Certificate, Field::CertificateFile),
            (TlsFile::Key, Field::KeyFile),
        ] {
            let len = self.file(file).map_or(SHORTEST, <[u8]>::len);
            if !(SHORTEST..=LONGEST).contains(&len) {
                return Err(InvalidInput::FileSize {
                    field,
                    len,
                    min: SHORTEST,
                    max: LONGEST,
                });
            }
        }
        if self.verify && self.trust.is_none() && !self.use_loaded {
            return Err(InvalidInput::NoTrustFile);
        }
        Ok(())
    }
}

impl Default for Tls<'_> {
    fn default() -> Self {
        Self::new()
    }
}

/// Sizes only: one of the files is a key.
impl core::fmt::Debug for Tls<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        let size = |file| self.file(file).map(<[u8]>::len);
        f.debug_struct("Tls")
            .field("version", &self.version)
            .field("verify", &self.verify)
            .field("use_loaded", &self.use_loaded)
            .field("trust_bytes", &size(TlsFile::Trust))
            .field("certificate_bytes", &size(TlsFile::Certificate))
            .field("key_bytes", &size(TlsFile::Key))
            .finish()
    }
}
