//! What a data point measures (manual, table 2-4).

use core::fmt;

/// The type of a sensor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(all(feature = "defmt", target_os = "none"), derive(defmt::Format))]
#[non_exhaustive]
pub enum SensorType {
    /// Temperature.
    Temperature,
    /// Relative humidity.
    Humidity,
    /// Pressure of air.
    AirPressure,
    /// Pressure of water.
    WaterPressure,
    /// Light.
    Light,
    /// On or off.
    Switch,
    /// Content of a gas.
    GasContent,
    /// Volume.
    Volume,
    /// Speed.
    Speed,
    /// A position: longitude and latitude.
    Gps,
    /// Power.
    Power,
    /// Current.
    Current,
    /// Voltage.
    Voltage,
    /// Anything: its values are texts that nobody interprets, such as a cell's id.
    Custom,
}

impl SensorType {
    /// All of them, in the order of table 2-4.
    pub const ALL: [Self; 14] = [
        Self::Temperature,
        Self::Humidity,
        Self::AirPressure,
        Self::WaterPressure,
        Self::Light,
        Self::Switch,
        Self::GasContent,
        Self::Volume,
        Self::Speed,
        Self::Gps,
        Self::Power,
        Self::Current,
        Self::Voltage,
        Self::Custom,
    ];

    /// The type with this name in table 2-4.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|known| known.name() == name)
    }

    /// Its name in table 2-4.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Temperature => "temperature",
            Self::Humidity => "humidity",
            Self::AirPressure => "air pressure",
            Self::WaterPressure => "water pressure",
            Self::Light => "light",
            Self::Switch => "switch",
            Self::GasContent => "gas content",
            Self::Volume => "volume",
            Self::Speed => "speed",
            Self::Gps => "gps",
            Self::Power => "power",
            Self::Current => "current",
            Self::Voltage => "voltage",
            Self::Custom => "custom",
        }
    }

    /// Its units: the base unit, then the others. A `meta_unit` that is none of them is passed on all the same: the manual's own
    /// example has one.
    pub const fn units(self) -> &'static [&'static str] {
        match self {
            Self::Temperature => &["°C", "°F", "°K"],
            Self::Humidity | Self::GasContent => &["%"],
            Self::AirPressure | Self::WaterPressure => &["Pa", "bar", "psi", "atm"],
            Self::Light => &["lm", "lx"],
            Self::Switch => &["true / false"],
            Self::Volume => &["l", "cm^3"],
            Self::Speed => &["km/h", "m/sec", "miles/h"],
            Self::Gps => &["long/lat"],
            Self::Power => &["W", "mW"],
            Self::Current => &["A", "mA"],
            Self::Voltage => &["V", "mV"],
            Self::Custom => &[],
        }
    }

    /// Whether its values are texts in JSON even where they look like numbers.
    pub(crate) const fn is_text(self) -> bool {
        matches!(self, Self::Custom | Self::Gps)
    }
}

impl fmt::Display for SensorType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
