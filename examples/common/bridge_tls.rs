//! TLS for the bridge: with exactly the files that were uploaded to the simulated module, and errors as the module numbers them.

use std::net::IpAddr;
use std::sync::Arc;

use fibocom_mqtt::sim::TlsSettings;
use rumqttc::{ConnectionError, StateError, TlsError};
use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, WebPkiSupportedAlgorithms, ring, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime};
use rustls::{ClientConfig, DigitallySignedStruct, Error, RootCertStore, SignatureScheme, version};

/// The server's certificate cannot be verified, or is not valid now.
const AUTHORITY: i32 = -11;
/// The two sides did not agree.
const HANDSHAKE: i32 = -7;
/// The server turned the module away.
const ALERT: i32 = -8;
/// Something else answered than a TLS server.
const NO_TLS: i32 = -20;
/// A certificate that is none.
const CERTIFICATE: i32 = -13;
/// A key that is none, or of another certificate.
const KEY: i32 = -14;
/// No trust file is PEM, as a module says of bare base64.
const TRUST: i32 = -19;

/// What a module with these settings offers and accepts, or the code of its error. `server` is the address of a server that
/// stands for `host`: its certificate may be for either.
pub fn configuration(tls: &TlsSettings, host: &str, server: Option<IpAddr>) -> Result<ClientConfig, i32> {
    // All, TLS 1.2, all but SSL 3.0: what modules and rustls have in common.
    if !matches!(tls.version, 0 | 4 | 6) {
        return Err(HANDSHAKE);
    }
    let provider = Arc::new(ring::default_provider());
    let verifier = Verifier {
        authority: tls.verify.then(|| authority(tls, &provider)).transpose()?,
        names: ServerName::try_from(host.to_owned())
            .into_iter()
            .chain(server.map(ServerName::from))
            .collect(),
        algorithms: provider.signature_verification_algorithms,
    };
    let builder = ClientConfig::builder_with_provider(provider)
        .with_protocol_versions(&[&version::TLS12])
        .map_err(|_| HANDSHAKE)?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(verifier));
    if tls.certificates.is_empty() {
        return Ok(builder.with_no_client_auth());
    }
    let key = tls.keys.first().map(Vec::as_slice).unwrap_or_default();
    let key = PrivateKeyDer::from_pem_slice(key).map_err(|_| KEY)?;
    builder
        .with_client_auth_cert(certificates(&tls.certificates, CERTIFICATE)?, key)
        .map_err(|_| KEY)
}

/// Every certificate in some files; at least one, or it is this error.
fn certificates(files: &[Vec<u8>], error: i32) -> Result<Vec<CertificateDer<'static>>, i32> {
    let found = files.iter().flat_map(|file| CertificateDer::pem_slice_iter(file));
    let found: Vec<_> = found.collect::<Result<_, _>>().map_err(|_| error)?;
    if found.is_empty() { Err(error) } else { Ok(found) }
}

fn authority(tls: &TlsSettings, provider: &Arc<CryptoProvider>) -> Result<Arc<WebPkiServerVerifier>, i32> {
    let mut roots = RootCertStore::empty();
    for certificate in certificates(&tls.trust, TRUST)? {
        roots.add(certificate).map_err(|_| TRUST)?;
    }
    WebPkiServerVerifier::builder_with_provider(Arc::new(roots), Arc::clone(provider))
        .build()
        .map_err(|_| TRUST)
}

/// Verifies a server, or takes any, as `AT+GTSSLMODE` says.
#[derive(Debug)]
struct Verifier {
    authority: Option<Arc<WebPkiServerVerifier>>,
    names: Vec<ServerName<'static>>,
    algorithms: WebPkiSupportedAlgorithms,
}

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        certificate: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        ocsp: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let Some(authority) = &self.authority else {
            return Ok(ServerCertVerified::assertion());
        };
        let mut last = Err(Error::General("the server has no name".into()));
        for name in &self.names {
            last = authority.verify_server_cert(certificate, intermediates, name, ocsp, now);
            if last.is_ok() {
                break;
            }
        }
        last
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls12_signature(message, certificate, signed, &self.algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature(message, certificate, signed, &self.algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.algorithms.supported_schemes()
    }
}

/// The module's code for a connection that failed because of TLS, if it did.
pub fn code(error: &ConnectionError) -> Option<i32> {
    let io = match error {
        ConnectionError::Tls(TlsError::Io(io)) => io,
        ConnectionError::Tls(TlsError::TLS(error)) => return Some(code_of(error)),
        ConnectionError::Tls(_) => return Some(HANDSHAKE),
        ConnectionError::Io(io) | ConnectionError::MqttState(StateError::Io(io)) => {
            return io.get_ref()?.downcast_ref().map(code_of);
        }
        _ => return None,
    };
    let inner = io.get_ref().and_then(|inner| inner.downcast_ref());
    // Without a reason: the other side hung up.
    Some(inner.map_or(NO_TLS, code_of))
}

fn code_of(error: &Error) -> i32 {
    match error {
        Error::InvalidCertificate(_) | Error::General(_) => AUTHORITY,
        Error::AlertReceived(_) => ALERT,
        Error::InvalidMessage(_) => NO_TLS,
        _ => HANDSHAKE,
    }
}
