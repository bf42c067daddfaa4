//! The `AT+GTSSL…` commands: version, verification, files and errors of TLS.
//!
//! Neither MQTT manual describes them. That they exist, their values, `TRUSTFILE` as the list of trusted authorities, its count
//! that grows with every upload, the raw upload behind a prompt, and that all of it is forgotten at a restart was seen on an
//! L610-CN-62-36 and read in Fibocom's own headers. That `CAFILE` is the module's own certificate and `KEYFILE` its key is inferred:
//! public code for AWS, where both sides show a certificate, loads all three, and the headers call the key the one of the `CAFILE`.

use super::{ANSWER, Done, at_command};
use crate::codec::{Encoder, grammar};
use crate::types::{TlsFile, TlsVersion};

impl atat::AtatResp for TlsVersion {}

/// `AT+GTSSLVER=version`
#[derive(Debug, Clone, Copy)]
pub struct SetTlsVersion {
    /// What the module may agree to.
    pub version: TlsVersion,
}

impl SetTlsVersion {
    fn encode(&self, buffer: &mut [u8]) -> usize {
        Encoder::new(buffer, "+GTSSLVER").number(self.version as u8).end()
    }
}

at_command!([] SetTlsVersion => Done, ANSWER, |_, _| Some(Done));

/// `AT+GTSSLVER?`
#[derive(Debug, Clone, Copy)]
pub struct ReadTlsVersion;

impl ReadTlsVersion {
    fn encode(&self, buffer: &mut [u8]) -> usize {
        Encoder::new(buffer, "+GTSSLVER?").end()
    }

    fn answer(&self, answer: &[u8]) -> Option<TlsVersion> {
        Some(match grammar::numbers(b"+GTSSLVER", grammar::lines(answer).next()?)? {
            [0] => TlsVersion::All,
            [1] => TlsVersion::Ssl30,
            [2] => TlsVersion::Tls10,
            [3] => TlsVersion::Tls11,
            [4] => TlsVersion::Tls12,
            [5] => TlsVersion::Gm11,
            [6] => TlsVersion::AllButSsl30,
            _ => return None,
        })
    }
}

at_command!([] ReadTlsVersion => TlsVersion, ANSWER, Self::answer);

/// Whether the server must prove who it is, the value of `AT+GTSSLMODE`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum TlsMode {
    /// 0: any server is taken. A module that starts is set so.
    Unverified = 0,
    /// 1: the server's certificate must be vouched for by a trust file, and one must be loaded.
    Verified = 1,
}

impl atat::AtatResp for TlsMode {}

/// `AT+GTSSLMODE=mode`
#[derive(Debug, Clone, Copy)]
pub struct SetTlsMode {
    /// Whether the server is verified.
    pub mode: TlsMode,
}

impl SetTlsMode {
    fn encode(&self, buffer: &mut [u8]) -> usize {
        Encoder::new(buffer, "+GTSSLMODE").number(self.mode as u8).end()
    }
}

at_command!([] SetTlsMode => Done, ANSWER, |_, _| Some(Done));

/// `AT+GTSSLMODE?`
#[derive(Debug, Clone, Copy)]
pub struct ReadTlsMode;

impl ReadTlsMode {
    fn encode(&self, buffer: &mut [u8]) -> usize {
        Encoder::new(buffer, "+GTSSLMODE?").end()
    }

    fn answer(&self, answer: &[u8]) -> Option<TlsMode> {
        match grammar::numbers(b"+GTSSLMODE", grammar::lines(answer).next()?)? {
            [0] => Some(TlsMode::Unverified),
            [1] => Some(TlsMode::Verified),
            _ => None,
        }
    }
}

at_command!([] ReadTlsMode => TlsMode, ANSWER, Self::answer);

/// `AT+GTSSLFILE="name",size`. The module prompts with `>`, takes exactly `size` bytes of a PEM file and nothing behind them, and
/// answers `OK`. The file is added to those that are loaded.
#[derive(Debug, Clone, Copy)]
pub struct UploadTlsFile {
    /// What the file is for.
    pub file: TlsFile,
    /// Bytes of the file, 4 to 8192.
    pub size: u16,
}

impl UploadTlsFile {
    fn encode(&self, buffer: &mut [u8]) -> usize {
        Encoder::new(buffer, "+GTSSLFILE")
            .constant(self.file.name())
            .number(self.size)
            .end()
    }
}

at_command!([] UploadTlsFile => Done, ANSWER, |_, _| Some(Done));

/// `AT+GTSSLFILE?`: how many files are loaded.
#[derive(Debug, Clone, Copy)]
pub struct ReadTlsFiles;

/// How many files of each kind are loaded, `None` for a kind that the module does not list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct TlsFiles {
    /// Trusted authorities.
    pub trust: Option<u32>,
    /// The module's certificates.
    pub certificate: Option<u32>,
    /// Their keys.
    pub key: Option<u32>,
}

impl atat::AtatResp for TlsFiles {}

impl TlsFiles {
    /// How many of one kind.
    pub const fn count(&self, file: TlsFile) -> Option<u32> {
        match file {
            TlsFile::Trust => self.trust,
            TlsFile::Certificate => self.certificate,
            TlsFile::Key => self.key,
        }
    }
}

impl ReadTlsFiles {
    fn encode(&self, buffer: &mut [u8]) -> usize {
        Encoder::new(buffer, "+GTSSLFILE?").end()
    }

    fn answer(&self, answer: &[u8]) -> Option<TlsFiles> {
        let mut files = TlsFiles::default();
        for line in grammar::lines(answer) {
            let (rest, name) = grammar::string(grammar::prefix(b"+GTSSLFILE", line)?).ok()?;
            let (_, count) = grammar::next_number(rest).ok()?;
            match name {
                b"TRUSTFILE" => files.trust = Some(count),
                b"CAFILE" => files.certificate = Some(count),
                b"KEYFILE" => files.key = Some(count),
                _ => {}
            }
        }
        Some(files)
    }
}

at_command!([] ReadTlsFiles => TlsFiles, ANSWER, Self::answer);

/// `AT+GTSSLERR?`: why TLS failed last.
#[derive(Debug, Clone, Copy)]
pub struct ReadTlsError;

/// The answer to [`ReadTlsError`]: 0, or a negative code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TlsErrorCode(
    /// The code as the module gave it.
    pub i32,
);

impl atat::AtatResp for TlsErrorCode {}

impl ReadTlsError {
    fn encode(&self, buffer: &mut [u8]) -> usize {
        Encoder::new(buffer, "+GTSSLERR?").end()
    }

    fn answer(&self, answer: &[u8]) -> Option<TlsErrorCode> {
        grammar::signed(b"+GTSSLERR", grammar::lines(answer).next()?).map(TlsErrorCode)
    }
}

at_command!([] ReadTlsError => TlsErrorCode, ANSWER, Self::answer);
