//! How to connect to a broker.

use super::{Credentials, Tls, Will};

/// Where and how to connect: the arguments of `AT+MQTTUSER`, `AT+MQTTWILL` and `AT+MQTTOPEN`.
///
/// ```
/// use fibocom_mqtt::{ConnectOptions, Credentials};
///
/// let options = ConnectOptions::new("broker.example.com", 1883)
///     .client_id("meter-7")
///     .credentials(Credentials::new("meter", "s3cret"))
///     .keep_alive(120);
/// # let _ = options;
/// ```
///
/// `S` says whether the connection is encrypted, by its type, so that a program that never asks for TLS does not carry its code: [`Plain`],
/// [`Tls`], or `Option<Tls>` where that is decided at run time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use = "each setting gives the changed value back"]
pub struct ConnectOptions<'a, S = Plain> {
    pub(crate) host: &'a str,
    pub(crate) port: u16,
    pub(crate) client_id: Option<&'a str>,
    pub(crate) credentials: Credentials<'a>,
    pub(crate) keep_alive: u16,
    pub(crate) clean_session: bool,
    pub(crate) will: Option<Will<'a>>,
    pub(crate) security: S,
}

/// Not encrypted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Plain;

impl<'a> ConnectOptions<'a> {
    /// A clean session with a keep-alive of 60 s, anonymous, without a will, not encrypted.
    ///
    /// `host` is a name or an address of at most 255 bytes, `port` 1 to 65535; `connect` refuses anything else.
    pub const fn new(host: &'a str, port: u16) -> Self {
        Self {
            host,
            port,
            client_id: None,
            credentials: Credentials::ANONYMOUS,
            keep_alive: 60,
            clean_session: true,
            will: None,
            security: Plain,
        }
    }
}

impl<'a, S: Copy> ConnectOptions<'a, S> {
    /// MQTT's client identifier, which must be unique at the broker. Without one the driver sends the module's IMEI and the
    /// number of the connection, since some firmware would use the same bare IMEI for all its connections.
    pub const fn client_id(mut self, client_id: &'a str) -> Self {
        self.client_id = Some(client_id);
        self
    }

    /// User name and password.
    pub const fn credentials(mut self, credentials: Credentials<'a>) -> Self {
        self.credentials = credentials;
        self
    }

    /// Seconds between signs of life, 1 to 300.
    pub const fn keep_alive(mut self, seconds: u16) -> Self {
        self.keep_alive = seconds;
        self
    }

    /// Whether the broker shall forget this client when it disconnects (on by default). The module never tells whether a kept
    /// session was found, so subscribe again after every connect.
    pub const fn clean_session(mut self, clean: bool) -> Self {
        self.clean_session = clean;
        self
    }

    /// The message that the broker publishes when the connection is lost.
    pub const fn will(mut self, will: Will<'a>) -> Self {
        self.will = Some(will);
        self
    }

    /// Encrypts the connection. Brokers have a port of its own for that, mostly 8883.
    pub const fn tls(self, tls: Tls<'a>) -> ConnectOptions<'a, Tls<'a>> {
        self.secured(tls)
    }

    /// Encrypts the connection or not, as is known at run time only.
    pub const fn maybe_tls(self, tls: Option<Tls<'a>>) -> ConnectOptions<'a, Option<Tls<'a>>> {
        self.secured(tls)
    }

    const fn secured<N: Copy>(self, security: N) -> ConnectOptions<'a, N> {
        ConnectOptions {
            host: self.host,
            port: self.port,
            client_id: self.client_id,
            credentials: self.credentials,
            keep_alive: self.keep_alive,
            clean_session: self.clean_session,
            will: self.will,
            security,
        }
    }
}
