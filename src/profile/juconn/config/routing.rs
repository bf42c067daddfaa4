//! Which interface the connection takes (manual, section 6).

use super::error::ConfigError;
use super::{Connector, find};
use crate::profile::juconn::tixml::Document;

/// The interface for a connector, from the database `ISP/ISP`.
///
/// A Fibocom module is the modem; the application of a gateway that has more than that decides by this.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[cfg_attr(all(feature = "defmt", target_os = "none"), derive(defmt::Format))]
pub enum ServiceRoute {
    /// The active LAN interface: what holds if nothing is configured.
    #[default]
    Ethernet,
    /// The mobile network.
    Modem,
    /// A VPN tunnel.
    Vpn,
}

impl ServiceRoute {
    /// Reads what `OUT` says for the connector, [`Ethernet`](Self::Ethernet) if that is nothing.
    ///
    /// ```
    /// use fibocom_mqtt::profile::juconn::{Connector, ServiceRoute};
    ///
    /// let database = r#"[<SetConfig _="ISP/ISP" ver="y"><OUT><CloudConn _="MODEM"/></OUT></SetConfig>]"#;
    /// assert_eq!(ServiceRoute::parse(database, Connector::CloudConn), Ok(ServiceRoute::Modem));
    /// ```
    ///
    /// # Errors
    ///
    /// [`ConfigError`] if the text is not TiXML, there is no `OUT` in it, or the interface is none of the three.
    pub fn parse(text: &str, connector: Connector) -> Result<Self, ConfigError> {
        let out = find(Document::parse(text)?, "OUT", 4).ok_or(ConfigError::NoDatabase("OUT"))?;
        let Some(route) = out.get(connector.name()).and_then(|element| element.value()) else {
            return Ok(Self::default());
        };
        [("Ethernet", Self::Ethernet), ("MODEM", Self::Modem), ("VPN", Self::Vpn)]
            .into_iter()
            .find(|(name, _)| route == **name)
            .map(|(_, route)| route)
            .ok_or(ConfigError::Value {
                key: connector.name(),
                expected: "Ethernet, MODEM or VPN",
            })
    }
}
