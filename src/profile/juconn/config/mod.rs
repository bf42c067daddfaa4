//! The CloudConn database, as a TiXML text that stays the caller's (manual, section 7).

mod error;
mod keys;
mod point;
mod routing;
mod sensor;
mod url;

use core::fmt;

pub use error::{ConfigError, PointName, PointProblem};
pub use keys::{ClientAuthentication, SendTime, ServerAuthentication};
pub use point::DataPoint;
pub use routing::ServiceRoute;
pub use sensor::SensorType;
pub use url::BrokerUrl;

use super::message::Format;
use super::tixml::{Document, Element, Text};
use crate::QoS;
use keys::Keys;
pub(crate) use keys::{is_id, numbered};

/// How many realtime sections there are (section 7.3).
pub const SECTIONS: usize = 5;

/// The names of the sections.
const REALTIME: [&str; SECTIONS] = ["Realtime1", "Realtime2", "Realtime3", "Realtime4", "Realtime5"];

/// The longest `gateway_id` and `customer_id`, in bytes.
pub const MAX_ID: usize = 48;

/// Which of a gateway's cloud connectors (section 7.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[cfg_attr(all(feature = "defmt", target_os = "none"), derive(defmt::Format))]
pub enum Connector {
    /// `CloudConn`
    #[default]
    CloudConn,
    /// `CloudConn2`
    CloudConn2,
    /// `CloudConn3`
    CloudConn3,
}

impl Connector {
    /// The connector with this name.
    pub fn named(name: &str) -> Option<Self> {
        [Self::CloudConn, Self::CloudConn2, Self::CloudConn3]
            .into_iter()
            .find(|connector| connector.name() == name)
    }

    /// Its name, which is that of its database.
    pub const fn name(self) -> &'static str {
        match self {
            Self::CloudConn => "CloudConn",
            Self::CloudConn2 => "CloudConn2",
            Self::CloudConn3 => "CloudConn3",
        }
    }
}

/// The configuration of one cloud connector. It borrows the text that it was read from, and never shows the password. A gateway that has
/// begun keeps the one it has: after a change it is to be restarted (section 7.4).
///
/// ```
/// use fibocom_mqtt::profile::juconn::{Config, SendTime};
///
/// const DATABASE: &str = r#"
///     <CloudConn>
///       <CloudBaseUrl _="tcp://portal.example.com:1883"/>
///       <CloudConnStart _="1"/>
///       <CloudConnType _="FPIL_Tixi_MQTT_1"/>
///       <RTSendTime1 _="60"/>
///       <Realtime1>
///         <Room _="/Process/PV/TEMP_OFFICE" meta_type="temperature" meta_unit="&#xb0;C"/>
///       </Realtime1>
///     </CloudConn>"#;
///
/// let config = Config::parse(DATABASE)?;
/// assert_eq!(config.send_time(1), Some(SendTime::Every(60)));
/// assert_eq!(config.points().next().unwrap().path().sensor(), "TEMP_OFFICE");
/// # Ok::<(), fibocom_mqtt::profile::juconn::ConfigError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Config<'a> {
    database: Element<'a>,
    connector: Connector,
    keys: Keys<'a>,
}

impl<'a> Config<'a> {
    /// Reads the database `CloudConn`: alone, within `ISP`, or within the `SetConfig` that writes it. Keys that the manual does not name
    /// are passed over.
    ///
    /// # Errors
    ///
    /// [`ConfigError`] says what is wrong, and with which key or data point.
    pub fn parse(text: &'a str) -> Result<Self, ConfigError> {
        Self::parse_connector(text, Connector::CloudConn)
    }

    /// As [`parse`](Self::parse), for another of the gateway's connectors.
    ///
    /// # Errors
    ///
    /// As of [`parse`](Self::parse).
    pub fn parse_connector(text: &'a str, connector: Connector) -> Result<Self, ConfigError> {
        let database =
            find(Document::parse(text)?, connector.name(), 3).ok_or(ConfigError::NoDatabase(connector.name()))?;
        let keys = Keys::read(database)?;
        let config = Self {
            database,
            connector,
            keys,
        };
        for section in 1..=SECTIONS {
            config.check_section(u8::try_from(section).unwrap_or(u8::MAX))?;
        }
        Ok(config)
    }

    fn check_section(&self, section: u8) -> Result<(), ConfigError> {
        let same = |element: &Element<'_>| numbered(element.name(), "Realtime") == Some(section);
        if self.database.elements().filter(same).count() > 1 {
            let name = usize::from(section)
                .checked_sub(1)
                .and_then(|index| REALTIME.get(index));
            return Err(ConfigError::Several(name.copied().unwrap_or("Realtime")));
        }
        for (index, element) in self.section(section).enumerate() {
            let error = |problem| DataPoint::error(section, element.name(), problem);
            let point = DataPoint::read(section, element).map_err(error)?;
            point.check(self.keys.virtual_devices).map_err(error)?;
            let within = self.section(section).take(index);
            let mut within = within.filter_map(|other| DataPoint::read(section, other).ok());
            // The same variable may stand in another section, and nothing else with its id at the portal.
            let mut before = self.points().take_while(|other| other.section() < section);
            if within.any(|other| other.collides(&point))
                || before.any(|other| other.collides(&point) && !other.has_paths_of(&point))
            {
                return Err(error(PointProblem::Twice));
            }
        }
        Ok(())
    }

    /// The elements of a section.
    fn section(&self, section: u8) -> impl Iterator<Item = Element<'a>> + use<'a> {
        let named = self.database.elements().find(move |element| {
            let number = numbered(element.name(), "Realtime");
            number == Some(section)
        });
        named.into_iter().flat_map(|section| section.elements())
    }

    /// The connector that it configures.
    pub const fn connector(&self) -> Connector {
        self.connector
    }

    /// Where the broker is: `CloudBaseUrl`.
    pub const fn url(&self) -> BrokerUrl<'a> {
        self.keys.url
    }

    /// The user name: `username`.
    pub const fn username(&self) -> Option<Text<'a>> {
        self.keys.username
    }

    /// The password: `password`.
    pub const fn password(&self) -> Option<Text<'a>> {
        self.keys.password
    }

    /// `gateway_id` and `customer_id`, if they are configured, so that no rollout is needed.
    pub const fn ids(&self) -> Option<(&'a str, &'a str)> {
        self.keys.ids
    }

    /// The quality of service of all topics: `QoS`.
    pub const fn qos(&self) -> QoS {
        self.keys.qos
    }

    /// How the gateway proves who it is.
    pub const fn client_authentication(&self) -> ClientAuthentication<'a> {
        self.keys.client
    }

    /// How the broker proves who it is.
    pub const fn server_authentication(&self) -> ServerAuthentication<'a> {
        self.keys.server
    }

    /// Whether the gateway connects when the device starts: `CloudConnStart`.
    pub const fn starts(&self) -> bool {
        self.keys.start
    }

    /// The format of what the gateway sends of itself: `CloudConnDataFormat`.
    pub const fn format(&self) -> Format {
        self.keys.format
    }

    /// Seconds between signs of life: `MQTTKeepAlive`. The module takes 300 at most.
    pub const fn keep_alive(&self) -> u16 {
        self.keys.keep_alive
    }

    /// Whether the portal groups data points by their virtual devices: `virtual_devices`.
    pub const fn virtual_devices(&self) -> bool {
        self.keys.virtual_devices
    }

    /// When the data points of a section, 1 to 5, are sent: `RTSendTime…`, 3 s unless it says otherwise. None for other numbers.
    pub fn send_time(&self, section: u8) -> Option<SendTime> {
        let index = usize::from(section).checked_sub(1)?;
        self.keys.send_times.get(index).copied()
    }

    /// All data points, section after section.
    pub fn points(&self) -> impl Iterator<Item = DataPoint<'a>> + use<'a> {
        let config = *self;
        (1u8..=5).flat_map(move |section| {
            let elements = config.section(section);
            elements.filter_map(move |element| DataPoint::read(section, element).ok())
        })
    }
}

/// Shows what is configured, but not the password.
impl fmt::Debug for Config<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Config")
            .field("connector", &self.connector)
            .field("url", &self.keys.url)
            .field("ids", &self.keys.ids)
            .field("qos", &self.keys.qos)
            .field("format", &self.keys.format)
            .field("points", &self.points().count())
            .finish_non_exhaustive()
    }
}

/// The element with this name, `depth` levels deep at most.
pub(super) fn find<'a>(elements: Document<'a>, name: &str, depth: u8) -> Option<Element<'a>> {
    let below = depth.checked_sub(1)?;
    let mut all = elements.elements();
    elements
        .get(name)
        .or_else(|| all.find_map(|element| find(element.content(), name, below)))
}
