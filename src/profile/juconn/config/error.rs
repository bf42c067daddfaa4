//! What is wrong with a configuration.

use core::fmt;

use crate::profile::juconn::tixml::TixmlError;

/// A configuration that the gateway cannot work with.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ConfigError {
    /// The text is not TiXML.
    #[error("the configuration is {0}")]
    Tixml(#[from] TixmlError),
    /// The database is not in the text.
    #[error("there is no <{0}> in the configuration: pass the database, or the SetConfig that writes it")]
    NoDatabase(&'static str),
    /// A key that must be there is not (section 7.4).
    #[error("<{0}> is missing, and it is mandatory")]
    Missing(&'static str),
    /// A key that may be there once is there several times.
    #[error("<{0}> is there more than once: keep one")]
    Several(&'static str),
    /// `CloudBaseUrl` is no address of a broker.
    #[error("CloudBaseUrl is no address of a broker: write tcp://host:1883, or ssl://host:8883 for TLS")]
    Url,
    /// A value that the key does not take.
    #[error("<{key}> takes {expected}")]
    Value {
        /// The key.
        key: &'static str,
        /// What it takes.
        expected: &'static str,
    },
    /// `CloudConnDataFormat` is `XML`, which no document defines.
    #[error("CloudConnDataFormat XML is defined nowhere: choose TiXML or JSON")]
    XmlFormat,
    /// `RTSendTime1` is -1, and nothing says how often the values are to be read.
    #[error("RTSendTime1 is -1, which is the hysteresis: add UpdateRate1, 1 to 3600 seconds")]
    UpdateRateMissing,
    /// Only one of the two ids is there.
    #[error("gateway_id and customer_id go together: give both, or none for a rollout")]
    OneId,
    /// An id that cannot be a part of a topic, or has more than 48 bytes.
    #[error("<{0}> cannot be a part of a topic: 1 to 48 printable characters without '/', '+', '#', '\"' and '\\'")]
    Id(&'static str),
    /// Something is wrong with one data point.
    #[error("data point {point}: {problem}")]
    Point {
        /// Which one.
        point: PointName,
        /// What is wrong with it.
        problem: PointProblem,
    },
    /// The device's serial number is not eight digits.
    #[error("the serial number has to be eight digits")]
    Serial,
    /// There are more data points than memory was given for.
    #[error("there are {needed} data points and memory for {max}: pass more")]
    TooManyPoints {
        /// How many there are.
        needed: usize,
        /// How many slots there are.
        max: usize,
    },
    /// The message that announces all data points does not fit; the manual knows no way to split it.
    #[error(
        "gatewayInit needs {needed} bytes and the module takes {max}: configure fewer data points, or less about each"
    )]
    InitTooLarge {
        /// The length of the whole message, in bytes.
        needed: usize,
        /// What there is room for, in bytes.
        max: usize,
    },
}

/// What is wrong with a data point.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[cfg_attr(all(feature = "defmt", target_os = "none"), derive(defmt::Format))]
#[non_exhaustive]
pub enum PointProblem {
    /// The path is missing, or its names cannot be those of elements.
    #[error("its path is missing or has names that TiXML does not take, such as one with a space")]
    Path,
    /// The element's name cannot be written.
    #[error("its name has characters that TiXML does not take")]
    Name,
    /// Another data point has its id at the portal: the same path in the same section, or a path that differs only where the names of
    /// controllers do not, such as `/A_B/x` and `/A/B/x`.
    #[error("its path is in the section already, or another one has the same controller and sensor for the portal")]
    Twice,
    /// `meta_type` is missing.
    #[error("meta_type is missing, and it is mandatory")]
    TypeMissing,
    /// `meta_type` is none of table 2-4.
    #[error("meta_type is none of the sensor types; 'custom' takes any value")]
    Type,
    /// A `gps` point without its second path.
    #[error("a gps point needs a second path, in lng, that differs from the first in its last name only")]
    SecondPath,
    /// `meta_virtual` is neither `true` nor `false`.
    #[error("meta_virtual is true or false")]
    Virtual,
    /// `meta_receive_signal` is neither `REGULAR` nor `IRREGULAR`.
    #[error("meta_receive_signal is REGULAR or IRREGULAR")]
    ReceiveSignal,
    /// `meta_signal_frequency` is no number of seconds.
    #[error("meta_signal_frequency is a number of seconds")]
    SignalFrequency,
    /// `meta_virtual_device` is missing, and `virtual_devices` is 1.
    #[error("meta_virtual_device is missing, and with virtual_devices 1 every data point needs it")]
    VirtualDeviceMissing,
    /// `meta_virtual_device` has spaces, or characters beyond ASCII.
    #[error("meta_virtual_device is ASCII without spaces")]
    VirtualDevice,
    /// `meta_custom_fields` is not `name=value;name=value`.
    #[error("meta_custom_fields is name=value, several of them with ';' between")]
    CustomFields,
    /// `hysteresis` is no number of the form that section 7.2 defines.
    #[error("hysteresis is a number from 0 with at most two digits after the point")]
    Hysteresis,
}

/// Which data point: its section and the beginning of its name.
#[derive(Clone, PartialEq, Eq)]
pub struct PointName {
    section: u8,
    name: heapless::String<32>,
}

impl PointName {
    pub(super) fn new(section: u8, full: &str) -> Self {
        let mut name = heapless::String::new();
        for character in full.chars() {
            if name.push(character).is_err() {
                break;
            }
        }
        Self { section, name }
    }

    /// The number of its section, 1 to 5.
    pub const fn section(&self) -> u8 {
        self.section
    }

    /// Its name, as far as 32 bytes hold it.
    pub fn name(&self) -> &str {
        &self.name
    }
}

impl fmt::Display for PointName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Realtime{}/{}", self.section, self.name)
    }
}

impl fmt::Debug for PointName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
