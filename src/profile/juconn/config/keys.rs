//! The keys of the database, their values and their defaults (manual, section 7).

use super::error::ConfigError;
use super::url::BrokerUrl;
use super::{MAX_ID, SECTIONS};
use crate::QoS;
use crate::profile::juconn::message::Format;
use crate::profile::juconn::scalar::Scalar;
use crate::profile::juconn::tixml::{Element, Text};

/// What `CloudConnType` must say.
const TYPE: &str = "FPIL_Tixi_MQTT_1";

/// When the data points of a section are sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(all(feature = "defmt", target_os = "none"), derive(defmt::Format))]
pub enum SendTime {
    /// Every so many seconds, 1 to 2^30.
    Every(u32),
    /// When they have moved by their hysteresis (section 7.2); section 1 only.
    Hysteresis {
        /// How often they are read, in seconds, 1 to 3600: `UpdateRate1`.
        poll: u16,
    },
}

/// How the gateway proves to the broker who it is: `TLS_Client_authmode`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClientAuthentication<'a> {
    /// By files of the device.
    File {
        /// Name of the key's file: `TLS_Client_key`.
        key: Option<Text<'a>>,
        /// Name of the certificate's file: `TLS_Client_cert`.
        certificate: Option<Text<'a>>,
    },
    /// By its hardware security module.
    Hsm,
}

/// How the broker proves to the gateway who it is: `TLS_Server_authmode`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ServerAuthentication<'a> {
    /// Not at all.
    None,
    /// By one of the authorities that the device knows.
    CaBundle,
    /// By the certificate in this file of the device: `TLS_Server_cert`.
    File(Option<Text<'a>>),
    /// By a certificate in the device's hardware security module.
    Hsm,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Keys<'a> {
    pub(super) url: BrokerUrl<'a>,
    pub(super) username: Option<Text<'a>>,
    pub(super) password: Option<Text<'a>>,
    pub(super) ids: Option<(&'a str, &'a str)>,
    pub(super) qos: QoS,
    pub(super) client: ClientAuthentication<'a>,
    pub(super) server: ServerAuthentication<'a>,
    pub(super) start: bool,
    pub(super) format: Format,
    pub(super) keep_alive: u16,
    pub(super) virtual_devices: bool,
    pub(super) send_times: [SendTime; SECTIONS],
}

impl<'a> Keys<'a> {
    pub(super) fn read(database: Element<'a>) -> Result<Self, ConfigError> {
        let text = |key| value(database, key);
        let url = text("CloudBaseUrl")?.ok_or(ConfigError::Missing("CloudBaseUrl"))?;
        let url = url.as_plain().and_then(|url| BrokerUrl::parse(url, None));
        let start = choice(database, "CloudConnStart", &["0", "1"], "0 or 1")?;
        let start = start.ok_or(ConfigError::Missing("CloudConnStart"))? == 1;
        choice(database, "CloudConnType", &[TYPE], TYPE)?.ok_or(ConfigError::Missing("CloudConnType"))?;
        let formats = ["TiXML", "JSON", "XML"];
        let format = match choice(database, "CloudConnDataFormat", &formats, "JSON or TiXML")? {
            None | Some(0) => Format::Tixml,
            Some(1) => Format::Json,
            Some(_) => return Err(ConfigError::XmlFormat),
        };
        let qos = match choice(database, "QoS", &["0", "1", "2"], "0, 1 or 2")? {
            Some(0) => QoS::AtMostOnce,
            None | Some(1) => QoS::AtLeastOnce,
            Some(_) => QoS::ExactlyOnce,
        };
        let client = match choice(database, "TLS_Client_authmode", &["hsm", "file"], "file or hsm")? {
            None | Some(0) => ClientAuthentication::Hsm,
            Some(_) => ClientAuthentication::File {
                key: text("TLS_Client_key")?,
                certificate: text("TLS_Client_cert")?,
            },
        };
        let modes = ["cabundle", "none", "file", "hsm"];
        let server = match choice(database, "TLS_Server_authmode", &modes, "none, cabundle, file or hsm")? {
            None | Some(0) => ServerAuthentication::CaBundle,
            Some(1) => ServerAuthentication::None,
            Some(2) => ServerAuthentication::File(text("TLS_Server_cert")?),
            Some(_) => ServerAuthentication::Hsm,
        };
        Ok(Self {
            url: url.ok_or(ConfigError::Url)?,
            username: text("username")?,
            password: text("password")?,
            ids: ids(database)?,
            qos,
            client,
            server,
            start,
            format,
            keep_alive: number(database, "MQTTKeepAlive", 1, 65_535, "seconds, 1 to 65535")?.unwrap_or(300),
            virtual_devices: choice(database, "virtual_devices", &["0", "1"], "0 or 1")? == Some(1),
            send_times: send_times(database)?,
        })
    }
}

/// The value of a key that may be there once. Letters of either case are the same (sections 7.2 and 7.3 spell some keys in two ways).
fn value<'a>(database: Element<'a>, key: &'static str) -> Result<Option<Text<'a>>, ConfigError> {
    let mut found = database
        .elements()
        .filter(|element| element.name().eq_ignore_ascii_case(key));
    let first = found.next();
    if found.next().is_some() {
        return Err(ConfigError::Several(key));
    }
    Ok(first.and_then(|element| element.value()))
}

/// Which of `choices` a key's value is.
fn choice(
    database: Element<'_>,
    key: &'static str,
    choices: &[&str],
    expected: &'static str,
) -> Result<Option<usize>, ConfigError> {
    let Some(text) = value(database, key)? else {
        return Ok(None);
    };
    let index = choices.iter().position(|choice| text == **choice);
    index.map(Some).ok_or(ConfigError::Value { key, expected })
}

fn number<T: TryFrom<u32>>(
    database: Element<'_>,
    key: &'static str,
    least: u32,
    most: u32,
    expected: &'static str,
) -> Result<Option<T>, ConfigError> {
    let Some(text) = value(database, key)? else {
        return Ok(None);
    };
    let number = Scalar::Tixml(text).parse::<u32>();
    let number = number.filter(|number| (least..=most).contains(number));
    let number = number.and_then(|number| T::try_from(number).ok());
    number.map(Some).ok_or(ConfigError::Value { key, expected })
}

fn ids<'a>(database: Element<'a>) -> Result<Option<(&'a str, &'a str)>, ConfigError> {
    let id = |key| match value(database, key)? {
        None => Ok(None),
        Some(text) => {
            let plain = text.as_plain().filter(|id| is_id(id));
            plain.map(Some).ok_or(ConfigError::Id(key))
        }
    };
    match (id("gateway_id")?, id("customer_id")?) {
        (Some(gateway), Some(customer)) => Ok(Some((gateway, customer))),
        (None, None) => Ok(None),
        _ => Err(ConfigError::OneId),
    }
}

/// Whether an id can be one level of a topic.
pub(crate) fn is_id(id: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_graphic() && !matches!(byte, b'/' | b'+' | b'#' | b'"' | b'\\');
    !id.is_empty() && id.len() <= MAX_ID && id.bytes().all(plain)
}

/// The number of one digit behind a prefix in an element's name, as in `RealTime1`.
pub(crate) fn numbered(name: &str, prefix: &str) -> Option<u8> {
    let (found, number) = name.split_at_checked(prefix.len())?;
    let digit = number.chars().next()?.to_digit(10).filter(|_| number.len() == 1)?;
    u8::try_from(digit).ok().filter(|_| found.eq_ignore_ascii_case(prefix))
}

const SEND_TIMES: [&str; SECTIONS] = [
    "RTSendTime1",
    "RTSendTime2",
    "RTSendTime3",
    "RTSendTime4",
    "RTSendTime5",
];

fn send_times(database: Element<'_>) -> Result<[SendTime; SECTIONS], ConfigError> {
    let mut times = [SendTime::Every(3); SECTIONS];
    for (index, (key, time)) in SEND_TIMES.into_iter().zip(&mut times).enumerate() {
        let hysteresis = value(database, key)?.is_some_and(|text| text == "-1");
        if hysteresis && index == 0 {
            let poll = number(database, "UpdateRate1", 1, 3600, "seconds, 1 to 3600")?;
            let poll = poll.ok_or(ConfigError::UpdateRateMissing)?;
            *time = SendTime::Hysteresis { poll };
            continue;
        }
        let expected = if index == 0 {
            "seconds, 1 to 2^30, or -1 for the hysteresis"
        } else {
            "seconds, 1 to 2^30; the hysteresis is for the first section only"
        };
        if let Some(seconds) = number(database, key, 1, 1 << 30, expected)? {
            *time = SendTime::Every(seconds);
        }
    }
    Ok(times)
}
