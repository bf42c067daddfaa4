//! How to connect to an MQTT-SN gateway.

use super::Will;

/// Where and how to connect to a gateway: the arguments of `AT+MQTTSNCID`, `AT+MQTTWILL` and `AT+MQTTOPEN`.
///
/// ```
/// use fibocom_mqtt::SnConnectOptions;
///
/// let options = SnConnectOptions::new("gateway.example.com", 10000).client_id("meter-7").keep_alive(120);
/// # let _ = options;
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use = "each setting gives the changed value back"]
pub struct SnConnectOptions<'a> {
    pub(crate) host: &'a str,
    pub(crate) port: u16,
    pub(crate) client_id: Option<&'a str>,
    pub(crate) keep_alive: u16,
    pub(crate) clean_session: bool,
    pub(crate) will: Option<Will<'a>>,
}

impl<'a> SnConnectOptions<'a> {
    /// A clean session with a keep-alive of 60 s, without a will.
    ///
    /// `host` is the gateway's name or address, up to 255 bytes; `port` its UDP port, 1 to 65535.
    pub const fn new(host: &'a str, port: u16) -> Self {
        Self {
            host,
            port,
            client_id: None,
            keep_alive: 60,
            clean_session: true,
            will: None,
        }
    }

    /// With this client id, up to 256 bytes, on some models 23 or 1024. Without one, the driver makes one from IMEI and connection
    /// where the module has a command for it; elsewhere the module does the same.
    pub const fn client_id(mut self, client_id: &'a str) -> Self {
        self.client_id = Some(client_id);
        self
    }

    /// With this keep-alive in seconds, 1 to 300.
    pub const fn keep_alive(mut self, seconds: u16) -> Self {
        self.keep_alive = seconds;
        self
    }

    /// Whether the gateway forgets subscriptions and registrations when the client disconnects.
    pub const fn clean_session(mut self, clean: bool) -> Self {
        self.clean_session = clean;
        self
    }

    /// With a will, which the broker publishes if the module is lost. No later connect clears it in the module.
    pub const fn will(mut self, will: Will<'a>) -> Self {
        self.will = Some(will);
        self
    }
}
