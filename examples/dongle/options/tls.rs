//! Options about TLS, named as those of mosquitto_pub.

use std::fs;

use fibocom_mqtt::Tls;
use lexopt::{Parser, ValueExt};

use crate::failure::Failure;

/// The longest file that modules take, in bytes.
const LONGEST: usize = 8192;

/// The files. No `Debug`: one of them is a key.
pub struct TlsOptions {
    trust: Option<Vec<u8>>,
    identity: Option<(Vec<u8>, Vec<u8>)>,
    insecure: bool,
}

impl TlsOptions {
    /// The same as the driver wants it.
    pub fn tls(&self) -> Tls<'_> {
        let mut tls = Tls::new();
        if let Some(trust) = &self.trust {
            tls = tls.trust(trust);
        }
        if let Some((certificate, key)) = &self.identity {
            tls = tls.client_certificate(certificate, key);
        }
        if self.insecure {
            tls = tls.dangerously_skip_verification();
        }
        tls
    }
}

/// The same options, not yet seen as a whole.
#[derive(Default)]
pub(super) struct Raw {
    tls: bool,
    cafile: Option<String>,
    cert: Option<String>,
    key: Option<String>,
    insecure: bool,
}

impl Raw {
    /// Takes an option if it is one of these.
    pub(super) fn long(&mut self, name: &str, parser: &mut Parser) -> Result<bool, Failure> {
        match name {
            "tls" => self.tls = true,
            "cafile" => self.cafile = Some(parser.value()?.string()?),
            "cert" => self.cert = Some(parser.value()?.string()?),
            "key" => self.key = Some(parser.value()?.string()?),
            "insecure" => self.insecure = true,
            _ => return Ok(false),
        }
        Ok(true)
    }

    /// The first of them that was given.
    pub(super) fn first(&self) -> Option<&'static str> {
        let given = [
            (self.tls, "--tls"),
            (self.cafile.is_some(), "--cafile"),
            (self.cert.is_some(), "--cert"),
            (self.key.is_some(), "--key"),
            (self.insecure, "--insecure"),
        ];
        given.into_iter().find_map(|(given, name)| given.then_some(name))
    }

    /// Checks all of it and reads the files. Nothing if there is to be no TLS.
    pub(super) fn whole(self) -> Result<Option<TlsOptions>, Failure> {
        let Some(first) = self.first() else { return Ok(None) };
        if !self.tls && self.cafile.is_none() {
            // As with mosquitto_pub, these alone do not switch it on.
            return Err(Failure::usage(format!(
                "{first} is for TLS: give --tls or --cafile, too"
            )));
        }
        if self.cafile.is_none() && !self.insecure {
            return Err(Failure::usage(
                "TLS verifies the broker: give the certificate of its authority with --cafile, or --insecure to believe anybody",
            ));
        }
        let identity = match (self.cert, self.key) {
            (None, None) => None,
            (Some(certificate), Some(key)) => Some((
                read("--cert", &certificate, "CERTIFICATE-----")?,
                read("--key", &key, "PRIVATE KEY-----")?,
            )),
            (Some(_), None) => {
                return Err(Failure::usage(
                    "--cert needs the key of the certificate: give it with --key",
                ));
            }
            (None, Some(_)) => return Err(Failure::usage("--key needs its certificate: give it with --cert")),
        };
        let trust = self.cafile.map(|path| read("--cafile", &path, "CERTIFICATE-----"));
        Ok(Some(TlsOptions {
            trust: trust.transpose()?,
            identity,
            insecure: self.insecure,
        }))
    }
}

/// A file in PEM that modules take, and that holds something of a kind.
fn read(option: &str, path: &str, label: &str) -> Result<Vec<u8>, Failure> {
    let refused = |reason: String| Failure::usage(format!("{option} {path} {reason}"));
    let file = fs::read(path).map_err(|error| refused(format!("cannot be read ({error}): check its name")))?;
    let text = String::from_utf8_lossy(&file);
    if text.contains("ENCRYPTED") {
        return Err(refused(
            "is encrypted, which modules cannot read: decrypt it first".into(),
        ));
    }
    let begins = |line: &str| line.starts_with("-----BEGIN ") && line.trim_end().ends_with(label);
    if !text.lines().any(begins) {
        return Err(refused(format!(
            "is no such file in PEM: a line -----BEGIN …{label} is missing; convert it with openssl"
        )));
    }
    if file.len() > LONGEST {
        return Err(refused(format!(
            "is {} bytes long, and modules take {LONGEST}: leave in it only what is needed",
            file.len()
        )));
    }
    Ok(file)
}
