//! Where a broker is.

use core::fmt;

/// The address of a broker: `tcp://host:1883`, or `ssl://host:8883` for TLS (manual, section 7.4).
///
/// ```
/// use fibocom_mqtt::profile::juconn::BrokerUrl;
///
/// let base = BrokerUrl::parse("ssl://portal.example.com:8883", None).unwrap();
/// assert_eq!((base.host, base.port, base.tls), ("portal.example.com", 8883, true));
/// assert_eq!(base.to_string(), "mqtt+ssl:portal.example.com:8883");
/// // A rollout's answer may give the host alone: the rest stays what it was.
/// assert_eq!(BrokerUrl::parse("broker.juconn.io", Some(base)).unwrap().port, 8883);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BrokerUrl<'a> {
    /// Name or address.
    pub host: &'a str,
    /// TCP port.
    pub port: u16,
    /// Whether the connection is encrypted.
    pub tls: bool,
}

impl<'a> BrokerUrl<'a> {
    /// Reads an address. What it leaves out, scheme or port, is as in `base`; without one, the scheme must be there, and the port is 1883, or
    /// 8883 with TLS. None if it is no address.
    pub fn parse(url: &'a str, base: Option<BrokerUrl<'_>>) -> Option<Self> {
        let url = url.trim();
        let (tls, address) = match url.split_once("://") {
            Some(("tcp" | "mqtt", address)) => (Some(false), address),
            Some(("ssl" | "mqtts", address)) => (Some(true), address),
            Some(_) => return None,
            None => (None, url),
        };
        let address = address.strip_suffix('/').unwrap_or(address);
        let (host, port) = match address.rsplit_once(':') {
            Some((host, port)) => (host, Some(port.parse::<u16>().ok().filter(|port| *port != 0)?)),
            None => (address, None),
        };
        let known = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_');
        if host.is_empty() || !host.bytes().all(known) {
            return None;
        }
        let (tls, kept) = match (tls, base) {
            (Some(tls), Some(base)) => (tls, (tls == base.tls).then_some(base.port)),
            (Some(tls), None) => (tls, None),
            (None, Some(base)) => (base.tls, Some(base.port)),
            (None, None) => return None,
        };
        let port = port.or(kept).unwrap_or(if tls { 8883 } else { 1883 });
        Some(Self { host, port, tls })
    }
}

/// As `ConnectionType` shows it (section 7.5).
impl fmt::Display for BrokerUrl<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = if self.tls { "mqtt+ssl" } else { "mqtt" };
        write!(f, "{scheme}:{}:{}", self.host, self.port)
    }
}
