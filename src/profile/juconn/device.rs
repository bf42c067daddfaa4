//! Who the gateway is, and how it writes.

use super::config::ConfigError;
use super::message::{Frame, GpsForm};

/// The gateway's device: its serial number, the name of its product, and what the messages leave open.
///
/// ```
/// use fibocom_mqtt::profile::juconn::Device;
///
/// let device = Device::new("04600912", "WT640")?.details("boiler room");
/// assert!(Device::new("4600912", "WT640").is_err());
/// # Ok::<(), fibocom_mqtt::profile::juconn::ConfigError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Device<'a> {
    pub(crate) serial: &'a str,
    pub(crate) product: &'a str,
    pub(crate) details: Option<&'a str>,
    pub(crate) controller_timeout: Option<u32>,
    pub(crate) frame: Frame,
    pub(crate) gps: GpsForm,
}

impl<'a> Device<'a> {
    /// A device, by its serial number of eight digits and the name of its product: `/System/Properties/SerialNo` and
    /// `/System/Properties/Hardware/Modules/Modem0` on the manufacturer's devices (manual, section 2.1.1).
    ///
    /// # Errors
    ///
    /// [`ConfigError::Serial`] if the serial number is not eight digits.
    pub fn new(serial: &'a str, product: &'a str) -> Result<Self, ConfigError> {
        if serial.len() != 8 || !serial.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(ConfigError::Serial);
        }
        Ok(Self {
            serial,
            product,
            details: None,
            controller_timeout: Some(360),
            frame: Frame::Braced,
            gps: GpsForm::Pair,
        })
    }

    /// With `gateway_details`, a text that the initialisation carries.
    pub const fn details(mut self, details: &'a str) -> Self {
        self.details = Some(details);
        self
    }

    /// With this `timeout` for its controllers, as the initialisation carries it: 360 if nothing is said. None leaves it out, which saves
    /// some twenty bytes for each.
    pub const fn controller_timeout(mut self, timeout: Option<u32>) -> Self {
        self.controller_timeout = timeout;
        self
    }

    /// With this around messages in TiXML.
    pub const fn frame(mut self, frame: Frame) -> Self {
        self.frame = frame;
        self
    }

    /// With positions sent so.
    pub const fn gps(mut self, gps: GpsForm) -> Self {
        self.gps = gps;
        self
    }

    /// The serial number.
    pub const fn serial(&self) -> &'a str {
        self.serial
    }

    /// The name of the product.
    pub const fn product(&self) -> &'a str {
        self.product
    }
}
