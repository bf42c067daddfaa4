//! The credentials that a module has computed for a cloud.

use crate::types::{ConnectOptions, Credentials};

/// User name, password and client id for a cloud, as [`Modem::authenticate`](crate::Modem::authenticate) gives them. Neither `Debug` nor a
/// log line shows the password.
#[derive(Clone, Copy, PartialEq, Eq, Default)]
pub struct CloudCredentials<'a> {
    pub(crate) server: Option<(&'a str, u16)>,
    pub(crate) user: &'a str,
    pub(crate) password: &'a str,
    pub(crate) client_id: &'a str,
}

impl<'a> CloudCredentials<'a> {
    /// Host and port of the server, where the cloud names them: Tuya does.
    pub const fn server(&self) -> Option<(&'a str, u16)> {
        self.server
    }

    /// The user name. Empty for AWS, which has none.
    pub const fn user(&self) -> &'a str {
        self.user
    }

    /// The password. Empty for AWS, which has none.
    pub const fn password(&self) -> &'a str {
        self.password
    }

    /// MQTT's client identifier. Empty for AWS, which prescribes none.
    pub const fn client_id(&self) -> &'a str {
        self.client_id
    }

    /// The options to connect with: these credentials and this client id, else as [`ConnectOptions::new`] has them. Where the module
    /// gave none (AWS), they are anonymous, with the client id that the driver makes.
    ///
    /// `connect` refuses a string that cannot stand in a command, should the module have given one with a backslash or a control character.
    pub const fn options<'o>(&self, host: &'o str, port: u16) -> ConnectOptions<'o>
    where
        'a: 'o,
    {
        let options = ConnectOptions::new(host, port).credentials(Credentials::new(self.user, self.password));
        if self.client_id.is_empty() {
            options
        } else {
            options.client_id(self.client_id)
        }
    }
}

impl core::fmt::Debug for CloudCredentials<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("CloudCredentials")
            .field("server", &self.server)
            .field("user", &self.user)
            .field("password", &"[redacted]")
            .field("client_id", &self.client_id)
            .finish()
    }
}

#[cfg(all(feature = "defmt", target_os = "none"))]
impl defmt::Format for CloudCredentials<'_> {
    fn format(&self, f: defmt::Formatter) {
        defmt::write!(
            f,
            "CloudCredentials {{ user: {=str}, password: [redacted], client_id: {=str} }}",
            self.user,
            self.client_id
        );
    }
}
