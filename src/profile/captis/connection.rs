//! Connecting to a server (sections 2 and 3).

use core::fmt;

use super::identity::{Expanded, Identity};
#[cfg(feature = "captis-sas")]
use super::sas::{Sas, SasError};
use crate::error::{Field, InvalidInput};
#[cfg(feature = "captis-sas")]
use crate::profile::Payload;
use crate::types::{ConnectOptions, Credentials, Plain, Tls};
use crate::{QoS, Security};

/// The longest user name, in bytes: that of a signature holds host and client id.
const LONGEST_USER: usize = 256;

/// The longest signature, in bytes.
#[cfg(feature = "captis-sas")]
const LONGEST_SIGNATURE: usize = 384;

/// The platform that a server is, which decides the format of everything and whether the session is clean (section 3, `variant`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(all(feature = "defmt", target_os = "none"), derive(defmt::Format))]
pub enum Variant {
    /// Cumulocity: `C8Y`.
    C8y,
    /// Azure IoT Hub: `AZURE`.
    Azure,
}

impl Variant {
    /// The variant that the device's configuration names so.
    pub fn of_name(name: &str) -> Option<Self> {
        [Self::C8y, Self::Azure]
            .into_iter()
            .find(|variant| variant.as_str() == name)
    }

    /// Its name in the device's configuration.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::C8y => "C8Y",
            Self::Azure => "AZURE",
        }
    }

    /// Whether the server forgets the device between connections: always on Cumulocity, never on Azure.
    pub const fn clean_session(self) -> bool {
        matches!(self, Self::C8y)
    }

    /// The highest quality of service that the platform takes: Azure closes the connection at QoS 2.
    pub const fn max_qos(self) -> QoS {
        match self {
            Self::C8y => QoS::ExactlyOnce,
            Self::Azure => QoS::AtLeastOnce,
        }
    }
}

/// Why a server cannot be connected to as it is configured. Nothing was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[cfg_attr(all(feature = "defmt", target_os = "none"), derive(defmt::Format))]
#[non_exhaustive]
pub enum ServerError {
    /// Client id or user name are too long.
    #[error("{0}")]
    Invalid(InvalidInput),
    /// Azure IoT Hub takes encrypted connections only.
    #[error("Azure IoT Hub takes encrypted connections only: give the server TLS")]
    TlsRequired,
    /// There is no signature to sign in with.
    #[cfg(feature = "captis-sas")]
    #[error("{0}")]
    Sas(SasError),
}

impl From<InvalidInput> for ServerError {
    fn from(error: InvalidInput) -> Self {
        Self::Invalid(error)
    }
}

#[cfg(feature = "captis-sas")]
impl From<SasError> for ServerError {
    fn from(error: SasError) -> Self {
        Self::Sas(error)
    }
}

/// A server as the device's configuration describes it. Neither `Debug` nor a log line shows the password or the key.
///
/// ```
/// use fibocom_mqtt::profile::captis::{Identity, Server, Variant};
///
/// let identity = Identity::new("89610180003174295174", "357732081910355")?;
/// let server = Server::new(Variant::C8y, "tenant.cumulocity.com").basic("tenant/device_%CCID%", "s3cret");
/// let login = server.login(&identity)?;
/// assert_eq!(login.client_id(), "89610180003174295174");
/// let options = login.options(); // for Client::connect
/// # let _ = options;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// `S` says whether the connection is encrypted, as that of [`ConnectOptions`].
#[derive(Debug, Clone, Copy)]
pub struct Server<'a, S = Plain> {
    variant: Variant,
    host: &'a str,
    port: Option<u16>,
    client_id: &'a str,
    auth: Auth<'a>,
    keep_alive: u16,
    azure_without_tls: bool,
    security: S,
}

/// How the device says who it is (section 3, `auth_type`).
#[derive(Debug, Clone, Copy)]
enum Auth<'a> {
    Basic(Credentials<'a>),
    #[cfg(feature = "captis-sas")]
    Sas(Sas<'a>),
}

impl<'a> Server<'a> {
    /// A server without encryption: protocol `MQTT`. The client id is the SIM's ICCID, user name and password are empty.
    pub const fn new(variant: Variant, host: &'a str) -> Self {
        Self {
            variant,
            host,
            port: None,
            client_id: "%CCID%",
            auth: Auth::Basic(Credentials::ANONYMOUS),
            keep_alive: 60,
            azure_without_tls: false,
            security: Plain,
        }
    }
}

impl<'a, S: Copy> Server<'a, S> {
    /// The port, where it is not 1883, or 8883 for an encrypted connection.
    pub const fn port(mut self, port: u16) -> Self {
        self.port = Some(port);
        self
    }

    /// The client id, with placeholders.
    pub const fn client_id(mut self, template: &'a str) -> Self {
        self.client_id = template;
        self
    }

    /// User name, with placeholders, and password (`auth_type` `BASIC`).
    pub const fn basic(mut self, user_template: &'a str, password: &'a str) -> Self {
        self.auth = Auth::Basic(Credentials::new(user_template, password));
        self
    }

    /// Signs in with a signature that is made for host and client id when it is needed (`auth_type` `SAS`).
    #[cfg(feature = "captis-sas")]
    pub const fn sas(mut self, sas: Sas<'a>) -> Self {
        self.auth = Auth::Sas(sas);
        self
    }

    /// Seconds between signs of life, 1 to 300; 60 if it is not set.
    pub const fn keep_alive(mut self, seconds: u16) -> Self {
        self.keep_alive = seconds;
        self
    }

    /// Encrypts the connection: protocol `MQTTS`.
    pub const fn tls(self, tls: Tls<'a>) -> Server<'a, Tls<'a>> {
        self.secured(tls)
    }

    /// Encrypts the connection or not, as is known at run time only.
    pub const fn maybe_tls(self, tls: Option<Tls<'a>>) -> Server<'a, Option<Tls<'a>>> {
        self.secured(tls)
    }

    /// Lets the Azure format be spoken without encryption, to a broker on the desk. Azure itself refuses that.
    pub const fn dangerously_without_tls(mut self) -> Self {
        self.azure_without_tls = true;
        self
    }

    /// The platform.
    pub const fn variant(&self) -> Variant {
        self.variant
    }

    const fn secured<N: Copy>(self, security: N) -> Server<'a, N> {
        Server {
            variant: self.variant,
            host: self.host,
            port: self.port,
            client_id: self.client_id,
            auth: self.auth,
            keep_alive: self.keep_alive,
            azure_without_tls: self.azure_without_tls,
            security,
        }
    }
}

impl<'a, S: Security> Server<'a, S> {
    /// What this device connects with: placeholders filled in, a signature made.
    ///
    /// What the module's model does not take of it, as a signature where passwords have 128 bytes at most, is refused by
    /// [`Client::connect`](crate::Client::connect), before a byte is written.
    ///
    /// # Errors
    ///
    /// [`ServerError`].
    pub fn login(&self, identity: &Identity) -> Result<Login<'a, S>, ServerError> {
        let encrypted = self.security.is_encrypted();
        if self.variant == Variant::Azure && !encrypted && !self.azure_without_tls {
            return Err(ServerError::TlsRequired);
        }
        let mut login = Login {
            variant: self.variant,
            host: self.host,
            port: self.port.unwrap_or(if encrypted { 8883 } else { 1883 }),
            client_id: identity.expand(Field::ClientId, self.client_id)?,
            user: heapless::String::new(),
            password: b"",
            #[cfg(feature = "captis-sas")]
            signature: heapless::String::new(),
            keep_alive: self.keep_alive,
            security: self.security,
        };
        match self.auth {
            Auth::Basic(credentials) => {
                // There is room for more than a string becomes by its placeholders.
                let _ = login.user.push_str(&identity.expand(Field::User, credentials.user)?);
                login.password = credentials.password;
            }
            #[cfg(feature = "captis-sas")]
            Auth::Sas(sas) => {
                let (host, device) = (self.host, login.client_id.as_str());
                login.user = written(Field::User, |text| Ok(Sas::write_user(text, host, device)?))?;
                login.signature = written(Field::Password, |text| sas.write_password(text, host, device))?;
            }
        }
        Ok(login)
    }
}

/// What a device connects to a server with, made by [`Server::login`].
#[derive(Clone)]
pub struct Login<'a, S = Plain> {
    variant: Variant,
    host: &'a str,
    port: u16,
    client_id: Expanded,
    user: heapless::String<LONGEST_USER>,
    password: &'a [u8],
    /// The password, if it is a signature.
    #[cfg(feature = "captis-sas")]
    signature: heapless::String<LONGEST_SIGNATURE>,
    keep_alive: u16,
    security: S,
}

impl<S: Copy> Login<'_, S> {
    /// The platform.
    pub const fn variant(&self) -> Variant {
        self.variant
    }

    /// The client id, which on Azure is the device's name in topics.
    pub fn client_id(&self) -> &str {
        &self.client_id
    }

    /// The options for [`Client::connect`](crate::Client::connect). There is never a will (section 3).
    pub fn options(&self) -> ConnectOptions<'_, S> {
        let password = self.password;
        #[cfg(feature = "captis-sas")]
        let password = if self.signature.is_empty() {
            password
        } else {
            self.signature.as_bytes()
        };
        ConnectOptions {
            host: self.host,
            port: self.port,
            client_id: Some(&self.client_id),
            credentials: Credentials::with_binary_password(&self.user, password),
            keep_alive: self.keep_alive,
            clean_session: self.variant.clean_session(),
            will: None,
            security: self.security,
        }
    }
}

impl<S: Copy + fmt::Debug> fmt::Debug for Login<'_, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.options().fmt(f)
    }
}

/// What `write` writes, if it has the room.
#[cfg(feature = "captis-sas")]
fn written<const N: usize>(
    field: Field,
    write: impl FnOnce(&mut Payload<'_>) -> Result<(), SasError>,
) -> Result<heapless::String<N>, ServerError> {
    let mut buffer = [0; N];
    let mut text = Payload::new(&mut buffer);
    write(&mut text)?;
    let too_long = InvalidInput::TooLong {
        field,
        len: text.needed(),
        max: N,
    };
    let text = text.finish().ok().and_then(|text| core::str::from_utf8(text).ok());
    Ok(text.and_then(|text| text.try_into().ok()).ok_or(too_long)?)
}
