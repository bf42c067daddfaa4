//! One data point of a realtime section, and what is told about it.

use super::error::{ConfigError, PointName, PointProblem};
use super::sensor::SensorType;
use crate::profile::juconn::decimal::Decimal;
use crate::profile::juconn::path::DataPath;
use crate::profile::juconn::scalar::Scalar;
use crate::profile::juconn::tixml::{Element, Text, is_name};

/// A data point as the configuration defines it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DataPoint<'a> {
    section: u8,
    element: Element<'a>,
    path: DataPath<'a>,
    second: Option<DataPath<'a>>,
    sensor: SensorType,
    hysteresis: Decimal,
}

impl<'a> DataPoint<'a> {
    pub(super) fn read(section: u8, element: Element<'a>) -> Result<Self, PointProblem> {
        let path = |text: Option<Text<'a>>| text.and_then(|text| DataPath::new(text.as_plain()?));
        if !is_name(element.name()) {
            return Err(PointProblem::Name);
        }
        let kind = element.attribute("meta_type").ok_or(PointProblem::TypeMissing)?;
        let kind = Scalar::Tixml(kind).to_text::<16>();
        let sensor = kind
            .and_then(|kind| SensorType::named(&kind))
            .ok_or(PointProblem::Type)?;
        let mut first = path(element.attribute("_")).ok_or(PointProblem::Path)?;
        let mut second = None;
        if sensor == SensorType::Gps {
            // The database's comment calls the second value `lng`, the text of section 7.1 calls it `lat`.
            let (longitude, latitude) = (element.attribute("lng"), element.attribute("lat"));
            let other = path(longitude.or(latitude)).ok_or(PointProblem::SecondPath)?;
            if other.controller() != first.controller() || other.sensor() == first.sensor() {
                return Err(PointProblem::SecondPath);
            }
            second = Some(other);
            if longitude.is_none() {
                second = Some(core::mem::replace(&mut first, other));
            }
        }
        let hysteresis = match element.attribute("hysteresis") {
            Some(text) => amount(text).ok_or(PointProblem::Hysteresis)?,
            None => Decimal::ZERO,
        };
        Ok(Self {
            section,
            element,
            path: first,
            second,
            sensor,
            hysteresis,
        })
    }

    /// Checks what the gateway only passes on.
    pub(super) fn check(&self, virtual_devices: bool) -> Result<(), PointProblem> {
        if self
            .virtual_sensor()
            .is_some_and(|text| text != "true" && text != "false")
        {
            return Err(PointProblem::Virtual);
        }
        if self
            .receive_signal()
            .is_some_and(|text| text != "REGULAR" && text != "IRREGULAR")
        {
            return Err(PointProblem::ReceiveSignal);
        }
        let frequency = self.signal_frequency();
        if frequency.is_some_and(|text| Scalar::Tixml(text).parse::<u32>().is_none()) {
            return Err(PointProblem::SignalFrequency);
        }
        match self.virtual_device() {
            Some(name) if name.is_empty() || !name.chars().all(|c| c.is_ascii_graphic()) => {
                return Err(PointProblem::VirtualDevice);
            }
            None if virtual_devices => return Err(PointProblem::VirtualDeviceMissing),
            _ => {}
        }
        let custom = self.custom_fields();
        if custom.is_some_and(|mut fields| !fields.all(|(name, _)| is_name(name))) {
            return Err(PointProblem::CustomFields);
        }
        Ok(())
    }

    /// Whether one of its sensors has the id that one of `other` has: the portal would take them for one.
    pub(super) fn collides(&self, other: &Self) -> bool {
        self.paths()
            .any(|path| other.paths().any(|other| path.is_same_sensor(&other)))
    }

    /// Whether it is the same variable, or the same two.
    pub(super) fn has_paths_of(&self, other: &Self) -> bool {
        self.paths().eq(other.paths())
    }

    fn paths(&self) -> impl Iterator<Item = DataPath<'a>> + use<'a> {
        core::iter::once(self.path).chain(self.second)
    }

    pub(super) fn error(section: u8, name: &str, problem: PointProblem) -> ConfigError {
        ConfigError::Point {
            point: PointName::new(section, name),
            problem,
        }
    }

    /// The number of its section, 1 to 5.
    pub const fn section(&self) -> u8 {
        self.section
    }

    /// The name of the sensor: that of its element.
    pub const fn name(&self) -> &'a str {
        self.element.name()
    }

    /// Where its value is. Of a position: the latitude.
    pub const fn path(&self) -> DataPath<'a> {
        self.path
    }

    /// Of a position: where the longitude is (section 7.1).
    pub const fn second_path(&self) -> Option<DataPath<'a>> {
        self.second
    }

    /// What it measures: `meta_type`.
    pub const fn sensor_type(&self) -> SensorType {
        self.sensor
    }

    /// How far the value must move from the one sent last to be sent again, if its section goes by hysteresis. Zero: any change.
    pub const fn hysteresis(&self) -> Decimal {
        self.hysteresis
    }

    /// The unit: `meta_unit`.
    pub fn unit(&self) -> Option<Text<'a>> {
        self.element.attribute("meta_unit")
    }

    /// The set point: `meta_setpoint`. The portal's own spelling is taken too.
    pub fn set_point(&self) -> Option<Text<'a>> {
        let set_point = self.element.attribute("meta_setpoint");
        set_point.or_else(|| self.element.attribute("meta_set_point"))
    }

    /// `true` or `false`: `meta_virtual`.
    pub fn virtual_sensor(&self) -> Option<Text<'a>> {
        self.element.attribute("meta_virtual")
    }

    /// The virtual device that it belongs to: `meta_virtual_device`.
    pub fn virtual_device(&self) -> Option<Text<'a>> {
        self.element.attribute("meta_virtual_device")
    }

    /// `REGULAR` or `IRREGULAR`: `meta_receive_signal`.
    pub fn receive_signal(&self) -> Option<Text<'a>> {
        self.element.attribute("meta_receive_signal")
    }

    /// How often it is sent, in seconds: `meta_signal_frequency`.
    pub fn signal_frequency(&self) -> Option<Text<'a>> {
        self.element.attribute("meta_signal_frequency")
    }

    /// Fields of the customer's own, names and values: `meta_custom_fields`, written `plant=Plant 1;loop=loop 1`, with `&#x3b;` for a semicolon
    /// in a value. The manual gives them no form in the configuration, so this one is the gateway's.
    pub fn custom_fields(&self) -> Option<impl Iterator<Item = (&'a str, Text<'a>)> + use<'a>> {
        let mut left = Some(self.element.attribute("meta_custom_fields")?);
        Some(core::iter::from_fn(move || {
            let fields = left?;
            let (field, behind) = fields.split_once(';').unzip();
            left = behind;
            let field = field.unwrap_or(fields);
            let (name, value) = field.split_once('=').unwrap_or((Text::new(""), field));
            Some((name.raw().trim(), Text::new(value.raw().trim())))
        }))
    }
}

/// `1.5`: not negative, at most two digits behind the point (section 7.2).
fn amount(text: Text<'_>) -> Option<Decimal> {
    let text = text.as_plain()?;
    let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    if !digits(whole) || !digits(fraction) || fraction.len() > 2 {
        return None;
    }
    Decimal::parse(text)
}
