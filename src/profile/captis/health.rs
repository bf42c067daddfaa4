//! The device's health on Cumulocity (section 4.1.5): what it is, where it is, and how it is connected.

use core::fmt;

use super::csv::Line;
use super::{Decimal, FileUrl, Timestamp};

/// A line of the device health topic. It prints without a line end; [`Batch`](super::Batch) puts several into a payload. Empty text is
/// a field without a value.
///
/// ```
/// use fibocom_mqtt::profile::captis::{FileUrl, Health};
///
/// let firmware = Health::Firmware { name: "logger", version: "1.20.6", url: FileUrl::new("") };
/// assert_eq!(firmware.to_string(), "115,logger,1.20.6");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(all(feature = "defmt", target_os = "none"), derive(defmt::Format))]
#[non_exhaustive]
pub enum Health<'a> {
    /// 100: the kind of device.
    DeviceType {
        /// Serial number.
        serial: &'a str,
        /// What kind of device it is.
        device_type: &'a str,
    },
    /// 110: the hardware.
    Hardware {
        /// Serial number.
        serial: &'a str,
        /// Model.
        model: &'a str,
        /// Revision.
        revision: &'a str,
    },
    /// 111: module, SIM and cell. Numbers are text, as the module prints them.
    Cellular {
        /// IMEI of the module.
        imei: &'a str,
        /// ICCID of the SIM.
        iccid: &'a str,
        /// IMSI of the SIM.
        imsi: &'a str,
        /// Mobile country code.
        mcc: &'a str,
        /// Mobile network code.
        mnc: &'a str,
        /// Location area code.
        lac: &'a str,
        /// Cell id.
        cell_id: &'a str,
    },
    /// 112: the position.
    Position {
        /// Degrees north.
        latitude: Decimal,
        /// Degrees east.
        longitude: Decimal,
        /// Metres above the sea.
        altitude: Option<Decimal>,
        /// Accuracy in metres, which the platform takes as a whole number.
        accuracy: Option<u32>,
    },
    /// 114: the operations that the device accepts, by their strings, such as `c8y_Command`.
    Operations(&'a [&'a str]),
    /// 115: the firmware that runs.
    Firmware {
        /// Name.
        name: &'a str,
        /// Version.
        version: &'a str,
        /// Where it came from, if that applies.
        url: FileUrl<'a>,
    },
    /// 116: the software that is installed.
    Software {
        /// Name.
        name: &'a str,
        /// Version.
        version: &'a str,
        /// Where it came from, if that applies.
        url: FileUrl<'a>,
    },
    /// 117: how often the device connects, in minutes.
    ConnectionInterval(u32),
    /// 200: a named data point, for what has no [`Quantity`](super::Quantity) on Cumulocity: sensors on Modbus and 1-Wire, Maxsonar, and
    /// Aanderaa 4319.
    DataPoint {
        /// Name of the group.
        group: &'a str,
        /// Name of the trend.
        name: &'a str,
        /// Value.
        value: Decimal,
        /// Unit.
        units: &'a str,
        /// When it was measured.
        time: Option<Timestamp>,
    },
    /// 210: the signal. The platform expects the RSSI in dBm, as in -90, under the manual's "dB".
    Signal {
        /// RSSI, dBm.
        rssi: Decimal,
        /// Bit error rate.
        ber: Option<Decimal>,
        /// When it was measured.
        time: Option<Timestamp>,
    },
    /// 211: the temperature of the device.
    Temperature {
        /// °C.
        celsius: Decimal,
        /// When it was measured.
        time: Option<Timestamp>,
    },
}

impl Health<'_> {
    /// The number that the line begins with.
    pub const fn id(&self) -> u16 {
        match self {
            Self::DeviceType { .. } => 100,
            Self::Hardware { .. } => 110,
            Self::Cellular { .. } => 111,
            Self::Position { .. } => 112,
            Self::Operations(_) => 114,
            Self::Firmware { .. } => 115,
            Self::Software { .. } => 116,
            Self::ConnectionInterval(_) => 117,
            Self::DataPoint { .. } => 200,
            Self::Signal { .. } => 210,
            Self::Temperature { .. } => 211,
        }
    }
}

impl fmt::Display for Health<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut line = Line::new(f);
        line.value(self.id())?;
        match *self {
            Self::DeviceType { serial, device_type } => texts(&mut line, &[serial, device_type]),
            Self::Hardware {
                serial,
                model,
                revision,
            } => texts(&mut line, &[serial, model, revision]),
            Self::Cellular {
                imei,
                iccid,
                imsi,
                mcc,
                mnc,
                lac,
                cell_id,
            } => texts(&mut line, &[imei, iccid, imsi, mcc, mnc, lac, cell_id]),
            Self::Position {
                latitude,
                longitude,
                altitude,
                accuracy,
            } => {
                line.value(latitude)?
                    .value(longitude)?
                    .maybe(altitude)?
                    .maybe(accuracy)?;
                Ok(())
            }
            Self::Operations(operations) => texts(&mut line, operations),
            Self::Firmware { name, version, url } | Self::Software { name, version, url } => {
                texts(&mut line, &[name, version, url.as_str()])
            }
            Self::ConnectionInterval(minutes) => line.value(minutes).map(drop),
            Self::DataPoint {
                group,
                name,
                value,
                units,
                time,
            } => {
                texts(&mut line, &[group, name])?;
                line.value(value)?.text(units)?.maybe(time)?;
                Ok(())
            }
            Self::Signal { rssi, ber, time } => line.value(rssi)?.maybe(ber)?.maybe(time).map(drop),
            Self::Temperature { celsius, time } => line.value(celsius)?.maybe(time).map(drop),
        }
    }
}

fn texts(line: &mut Line<'_, fmt::Formatter<'_>>, texts: &[&str]) -> fmt::Result {
    texts.iter().try_for_each(|text| line.text(text).map(drop))
}
