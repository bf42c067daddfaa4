//! The `AT+GTSSL…` commands: what the module knows of TLS. All of it is forgotten at a restart, and files are appended.

use std::fmt;

use super::answer::{
    Answer, CmeError, DataPurpose, DataRequest, Final, INVALID_PARAMETERS, NO_SUCH_COMMAND, NO_SUCH_FORM,
};
use super::arguments::Arguments;
use super::interpreter::Form;
use super::module::Module;

/// The lengths of a file, in bytes.
const SHORTEST: u32 = 4;
const LONGEST: u32 = 8192;

/// `AT+GTSSLERR`: the server is to be verified, and there is nothing to verify it with.
const NO_TRUST_FILE: i32 = -12;
/// `AT+GTSSLERR`: of certificate and key one is missing.
const HALF_A_PAIR: i32 = -13;

/// What a file is for, by its name in `AT+GTSSLFILE`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TlsFile {
    Trust,
    Certificate,
    Key,
}

/// The names, in the order in which they are listed.
const NAMES: [(&str, TlsFile); 3] = [
    ("TRUSTFILE", TlsFile::Trust),
    ("CAFILE", TlsFile::Certificate),
    ("KEYFILE", TlsFile::Key),
];

/// How a connection is to be encrypted: the module's settings and files at the moment of the open.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct TlsSettings {
    /// `AT+GTSSLVER`: 0 all, 1 SSL 3.0, 2 TLS 1.0, 3 TLS 1.1, 4 TLS 1.2, 5 GM 1.1, 6 all but SSL 3.0.
    pub version: u8,
    /// `AT+GTSSLMODE=1`: the server must have a certificate that a trust file vouches for.
    pub verify: bool,
    /// Every `TRUSTFILE`, as it was uploaded.
    pub trust: Vec<Vec<u8>>,
    /// Every `CAFILE`: the module's own certificate.
    pub certificates: Vec<Vec<u8>>,
    /// Every `KEYFILE`: the key of that certificate.
    pub keys: Vec<Vec<u8>>,
}

impl fmt::Debug for TlsSettings {
    /// How many files there are, and nothing of what is in them.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TlsSettings")
            .field("version", &self.version)
            .field("verify", &self.verify)
            .field("trust", &self.trust.len())
            .field("certificates", &self.certificates.len())
            .field("keys", &self.keys.len())
            .finish()
    }
}

impl TlsSettings {
    fn files(&self, file: TlsFile) -> &Vec<Vec<u8>> {
        match file {
            TlsFile::Trust => &self.trust,
            TlsFile::Certificate => &self.certificates,
            TlsFile::Key => &self.keys,
        }
    }
}

impl Module {
    /// Commands that begin with `+GTSSL`.
    pub(super) fn tls(&mut self, name: &str, form: Form) -> Result<Answer, CmeError> {
        let tls = &self.state.tls;
        let values = match name {
            "+GTSSLVER" => ("(0-6)", tls.version),
            "+GTSSLMODE" => ("(0,1)", u8::from(tls.verify)),
            "+GTSSLFILE" => return self.tls_file(form),
            "+GTSSLERR" => {
                return match form {
                    Form::Read => Ok(Answer::line(format!("+GTSSLERR: {}", self.state.tls_error))),
                    _ => Err(NO_SUCH_FORM),
                };
            }
            _ => return Err(NO_SUCH_COMMAND),
        };
        match form {
            Form::Test => Ok(Answer::line(format!("{name}: {}", values.0))),
            Form::Read => Ok(Answer::line(format!("{name}: {}", values.1))),
            Form::Execute => Err(NO_SUCH_FORM),
            Form::Set(mut arguments) => {
                let version = name == "+GTSSLVER";
                let value = arguments.number(if version { 0..=6 } else { 0..=1 })? as u8;
                arguments.end()?;
                if version {
                    self.state.tls.version = value;
                } else {
                    self.state.tls.verify = value == 1;
                }
                Ok(Answer::ok())
            }
        }
    }

    fn tls_file(&mut self, form: Form) -> Result<Answer, CmeError> {
        match form {
            Form::Read => {
                let count = |(name, file)| {
                    let count = self.state.tls.files(file).len();
                    // What was never loaded is not mentioned, the trust file excepted.
                    (count > 0 || file == TlsFile::Trust).then(|| format!("+GTSSLFILE: {name},{count}").into_bytes())
                };
                Ok(Answer::lines(NAMES.into_iter().filter_map(count).collect()))
            }
            Form::Set(arguments) => self.upload(arguments),
            Form::Test => Ok(Answer::ok()),
            Form::Execute => Err(NO_SUCH_FORM),
        }
    }

    fn upload(&mut self, mut arguments: Arguments) -> Result<Answer, CmeError> {
        let name = arguments.string(1..=16)?;
        let size = arguments.number(SHORTEST..=LONGEST)? as usize;
        arguments.end()?;
        let mut known = NAMES.into_iter();
        let (_, file) = known
            .find(|(known, _)| known.as_bytes() == name)
            .ok_or(INVALID_PARAMETERS)?;
        let purpose = DataPurpose::File(file);
        Ok(Answer::with(Final::Prompt(DataRequest { size, purpose })))
    }

    /// A file is complete, or all that came of it. It joins those that are there.
    pub(super) fn add_tls_file(&mut self, file: TlsFile, bytes: Vec<u8>) -> Answer {
        let tls = &mut self.state.tls;
        let files = match file {
            TlsFile::Trust => &mut tls.trust,
            TlsFile::Certificate => &mut tls.certificates,
            TlsFile::Key => &mut tls.keys,
        };
        files.push(bytes);
        Answer::ok()
    }

    /// The settings for an open, or the error that `AT+GTSSLERR` then tells.
    pub(super) fn tls_settings(&mut self) -> Result<TlsSettings, i32> {
        let tls = &self.state.tls;
        let error = if tls.verify && tls.trust.is_empty() {
            NO_TRUST_FILE
        } else if tls.certificates.is_empty() != tls.keys.is_empty() {
            HALF_A_PAIR
        } else {
            return Ok(tls.clone());
        };
        self.state.tls_error = error;
        Err(error)
    }
}
