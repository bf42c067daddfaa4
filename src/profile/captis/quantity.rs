//! What a logger measures, on either platform.

/// The quantities, their ids on Cumulocity and their keys in Azure's telemetry, from one table.
macro_rules! quantities {
    ($($name:ident $c8y:expr, $azure:expr, $units:literal, $text:literal;)*) => {
        /// A quantity that is measured as one number (section 5.1, appendix 6.1). Each platform knows a set of its own: what it does not
        /// know is refused with [`NotOnPlatform`].
        ///
        /// What is known by a name is none of them: the cell, its signal, log storage and the tamper switch have rows of their own on
        /// Cumulocity, which [`Measurement`](super::Measurement) makes, and all but the cell a
        /// [`TelemetryKey`](super::azure::TelemetryKey) on Azure.
        ///
        /// ```
        /// use fibocom_mqtt::profile::captis::Quantity;
        ///
        /// assert_eq!(Quantity::DigitalOutput.c8y_id(), Some("L186"));
        /// assert_eq!(Quantity::DigitalOutput.azure_key(), Some("I189"));
        /// assert_eq!(Quantity::Ph.azure_key(), None);
        /// ```
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        #[cfg_attr(all(feature = "defmt", target_os = "none"), derive(defmt::Format))]
        #[non_exhaustive]
        pub enum Quantity {
            $(#[doc = $text] $name,)*
        }

        impl Quantity {
            /// Every quantity.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// The id of its lines on Cumulocity (appendix 6.1), if it has one there.
            pub const fn c8y_id(self) -> Option<&'static str> {
                match self {
                    $(Self::$name => $c8y,)*
                }
            }

            /// Its key in Azure's telemetry (section 5.1), if it has one there.
            pub const fn azure_key(self) -> Option<&'static str> {
                match self {
                    $(Self::$name => $azure,)*
                }
            }

            /// Whether its lines on Cumulocity have a field for the unit.
            pub const fn has_units(self) -> bool {
                match self {
                    $(Self::$name => $units,)*
                }
            }
        }
    };
}

quantities! {
    Pulse1 Some("I002"), Some("I002"), true, "Pulses on channel 1 since the last time.";
    PulseTotal1 Some("I003"), Some("I003"), true, "Total of channel 1.";
    Analog Some("I004"), Some("I004"), true, "The analog input, scaled.";
    Ph Some("I005"), None, true, "pH. On Cumulocity only.";
    Orp Some("I006"), None, false, "Oxidation-reduction potential. On Cumulocity only.";
    BatteryVoltage Some("I011"), Some("I011"), false, "Voltage of the battery, V.";
    Temperature Some("I060"), Some("I060"), false, "Temperature of the device, °C.";
    MinimumTemperature Some("I060-1"), Some("I060_1"), false, "Lowest temperature since the last connection, °C.";
    MaximumTemperature Some("I060-2"), Some("I060_2"), false, "Highest temperature since the last connection, °C.";
    AverageTemperature Some("I060-3"), Some("I060_3"), false, "Average temperature since the last connection, °C.";
    Conductivity Some("I080"), None, false, "Conductivity. On Cumulocity only.";
    Modbus1 None, Some("I115_1"), false, "Modbus register 1. On Azure only: on Cumulocity it is a named data point of the device's health.";
    Modbus2 None, Some("I115_2"), false, "Modbus register 2, as [`Modbus1`](Self::Modbus1).";
    Modbus3 None, Some("I115_3"), false, "Modbus register 3, as [`Modbus1`](Self::Modbus1).";
    Modbus4 None, Some("I115_4"), false, "Modbus register 4, as [`Modbus1`](Self::Modbus1).";
    Modbus5 None, Some("I115_5"), false, "Modbus register 5, as [`Modbus1`](Self::Modbus1).";
    Modbus6 None, Some("I115_6"), false, "Modbus register 6, as [`Modbus1`](Self::Modbus1).";
    Modbus7 None, Some("I115_7"), false, "Modbus register 7, as [`Modbus1`](Self::Modbus1).";
    Modbus8 None, Some("I115_8"), false, "Modbus register 8, as [`Modbus1`](Self::Modbus1).";
    Modbus9 None, Some("I115_9"), false, "Modbus register 9, as [`Modbus1`](Self::Modbus1).";
    Modbus10 None, Some("I115_10"), false, "Modbus register 10, as [`Modbus1`](Self::Modbus1).";
    Humidity Some("I121"), None, false, "Relative humidity, %. On Cumulocity only.";
    Switch2 Some("I130"), Some("I130"), false, "Switch on channel 2.";
    Pulse2 Some("I137"), Some("I137"), true, "Pulses on channel 2 since the last time.";
    PulseTotal2 Some("I138"), Some("I138"), true, "Total of channel 2.";
    Latitude None, Some("I144"), false, "Latitude, degrees. On Azure only: on Cumulocity the position belongs to the device's health.";
    Longitude None, Some("I145"), false, "Longitude, degrees. On Azure only, as [`Latitude`](Self::Latitude).";
    Switch1 Some("I149"), Some("I149"), false, "Switch on channel 1.";
    ModuleCurrent Some("I174"), Some("I174"), false, "Current while connected to the network, mA.";
    SensingCurrent Some("I175"), Some("I175"), false, "Current while measuring, mA.";
    SensingEnergy Some("I176"), Some("I176"), false, "Energy that measuring has used, mAh.";
    ModuleEnergy Some("I177"), Some("I177"), false, "Energy that the module has used, mAh.";
    DigitalOutput Some("L186"), Some("I189"), false, "The digital output: 0 open, 1 closed.";
    ChargeVoltage Some("I203"), Some("I203"), false, "Voltage of the solar charger, V.";
    ChargeCurrent Some("I204"), Some("I204"), false, "Current of the solar charger, mA.";
    ChargeState Some("I205"), Some("I205"), false, "Whether the solar charger is charging: 1 or 0.";
}

/// A platform has no place for a quantity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
#[cfg_attr(all(feature = "defmt", target_os = "none"), derive(defmt::Format))]
#[error("{quantity:?} is not measured on this platform: leave it out, or send it as device health")]
pub struct NotOnPlatform {
    /// The quantity.
    pub quantity: Quantity,
}
