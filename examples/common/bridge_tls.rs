//! TLS for the bridge: with exactly the files that were uploaded to the simulated module, and errors as the module numbers them.

use std::sync::Arc;

use fibocom_mqtt::sim::TlsSettings;
use rumqttc::{ConnectionError, StateError, TlsError};
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::{WebPkiServerVerifier, verify_server_name};
use rustls::crypto::{CryptoProvider, WebPkiSupportedAlgorithms, ring, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime};
use rustls::server::ParsedCertificate;
use rustls::sign::{CertifiedKey, SingleCertAndKey};
use rustls::{
    CertificateError, ClientConfig, DigitallySignedStruct, Error, InconsistentKeys, RootCertStore, SignatureScheme,
    version,
};

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

/// What a module with these settings offers and accepts, or the code of its error. The server's certificate must be for the host
/// that the connection goes to, unless the server stands for `any`.
pub fn configuration(tls: &TlsSettings, any: bool) -> Result<ClientConfig, i32> {
    // All, TLS 1.2, all but SSL 3.0: what modules and rustls have in common.
    if !matches!(tls.version, 0 | 4 | 6) {
        return Err(HANDSHAKE);
    }
    let provider = Arc::new(ring::default_provider());
    let verifier = Verifier {
        authority: tls.verify.then(|| Authority::new(tls, &provider)).transpose()?,
        any,
        algorithms: provider.signature_verification_algorithms,
    };
    let builder = ClientConfig::builder_with_provider(Arc::clone(&provider))
        .with_protocol_versions(&[&version::TLS12])
        .map_err(|_| HANDSHAKE)?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(verifier));
    if tls.certificates.is_empty() {
        return Ok(builder.with_no_client_auth());
    }
    let key = tls.keys.first().map(Vec::as_slice).unwrap_or_default();
    let key = PrivateKeyDer::from_pem_slice(key).map_err(|_| KEY)?;
    let key = provider.key_provider.load_private_key(key).map_err(|_| KEY)?;
    let identity = CertifiedKey::new(certificates(&tls.certificates, CERTIFICATE)?, key);
    if let Err(Error::InconsistentKeys(InconsistentKeys::KeyMismatch)) = identity.keys_match() {
        return Err(KEY);
    }
    // Whether the certificate is a good one, the server says: openssl makes some of version 1, which rustls takes for none.
    Ok(builder.with_client_cert_resolver(Arc::new(SingleCertAndKey::from(identity))))
}

/// Every certificate in some files; at least one, or it is this error.
fn certificates(files: &[Vec<u8>], error: i32) -> Result<Vec<CertificateDer<'static>>, i32> {
    let found = files.iter().flat_map(|file| CertificateDer::pem_slice_iter(file));
    let found: Vec<_> = found.collect::<Result<_, _>>().map_err(|_| error)?;
    if found.is_empty() { Err(error) } else { Ok(found) }
}

/// What vouches for servers.
#[derive(Debug)]
struct Authority {
    verifier: Arc<WebPkiServerVerifier>,
    certificates: Vec<CertificateDer<'static>>,
}

impl Authority {
    fn new(tls: &TlsSettings, provider: &Arc<CryptoProvider>) -> Result<Self, i32> {
        let certificates = certificates(&tls.trust, TRUST)?;
        let mut roots = RootCertStore::empty();
        for certificate in &certificates {
            roots.add(certificate.clone()).map_err(|_| TRUST)?;
        }
        let verifier = WebPkiServerVerifier::builder_with_provider(Arc::new(roots), Arc::clone(provider))
            .build()
            .map_err(|_| TRUST)?;
        Ok(Self { verifier, certificates })
    }
}

/// Verifies a server, or takes any, as `AT+GTSSLMODE` says.
#[derive(Debug)]
struct Verifier {
    authority: Option<Authority>,
    any: bool,
    algorithms: WebPkiSupportedAlgorithms,
}

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        certificate: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        ocsp: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let Some(authority) = &self.authority else {
            return Ok(ServerCertVerified::assertion());
        };
        let verified = if authority.certificates.contains(certificate) {
            // It vouches for itself, which rustls takes for an error.
            verify_server_name(&ParsedCertificate::try_from(certificate)?, name)
        } else {
            let verifier = &authority.verifier;
            let verified = verifier.verify_server_cert(certificate, intermediates, name, ocsp, now);
            verified.map(drop)
        };
        match verified {
            // Only the name was left to compare.
            Err(Error::InvalidCertificate(
                CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. },
            )) if self.any => {}
            verified => verified?,
        }
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        if self.authority.is_none() {
            return Ok(HandshakeSignatureValid::assertion());
        }
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
        Error::InvalidCertificate(_) => AUTHORITY,
        Error::AlertReceived(_) => ALERT,
        Error::InvalidMessage(_) => NO_TLS,
        _ => HANDSHAKE,
    }
}
