//! User name and password.

/// A user name and a password for the broker. Neither `Debug` nor a log line ever shows the password.
///
/// ```
/// use fibocom_mqtt::Credentials;
///
/// let credentials = Credentials::new("meter-7", "s3cret");
/// assert!(!format!("{credentials:?}").contains("s3cret"));
/// ```
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Credentials<'a> {
    pub(crate) user: &'a str,
    pub(crate) password: &'a [u8],
}

impl<'a> Credentials<'a> {
    /// No user name and no password.
    pub const ANONYMOUS: Self = Self {
        user: "",
        password: b"",
    };

    /// A user name and a password in text.
    pub const fn new(user: &'a str, password: &'a str) -> Self {
        Self {
            user,
            password: password.as_bytes(),
        }
    }

    /// A password that is not text. MQTT allows any bytes; what the module cannot take is refused by `connect`.
    pub const fn with_binary_password(user: &'a str, password: &'a [u8]) -> Self {
        Self { user, password }
    }
}

impl core::fmt::Debug for Credentials<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Credentials")
            .field("user", &self.user)
            .field("password", &"[redacted]")
            .finish()
    }
}

#[cfg(all(feature = "defmt", target_os = "none"))]
impl defmt::Format for Credentials<'_> {
    fn format(&self, f: defmt::Formatter) {
        defmt::write!(f, "Credentials {{ user: {=str}, password: [redacted] }}", self.user);
    }
}
