//! Measurements on Cumulocity (section 4.1.2, appendix 6.1): a line each.

use core::fmt;

use super::csv::Line;
use super::{Decimal, NotOnPlatform, Quantity, Timestamp};

/// A line of the measurement topic. It prints without a line end; [`Batch`](super::Batch) puts several into a payload.
///
/// Without a time the server takes the present.
///
/// ```
/// use fibocom_mqtt::profile::captis::{Decimal, Measurement, Quantity, Timestamp};
///
/// let time = Some(Timestamp::from_unix(1_539_166_863));
/// let battery = Measurement::new(Quantity::BatteryVoltage, time, Decimal::new(347, 2))?;
/// assert_eq!(battery.to_string(), "I011,2018-10-10T10:21:03Z,3.47");
/// let pulses = Measurement::new(Quantity::Pulse1, time, Decimal::from(12))?.units("L");
/// assert_eq!(pulses.to_string(), "I002,2018-10-10T10:21:03Z,12,L");
/// # Ok::<(), fibocom_mqtt::profile::captis::NotOnPlatform>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Measurement<'a>(Row<'a>);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Row<'a> {
    Cell(Cell<'a>),
    Values {
        id: &'static str,
        time: Option<Timestamp>,
        values: [Option<Decimal>; 3],
        units: &'a str,
    },
}

impl<'a> Measurement<'a> {
    /// One number.
    ///
    /// # Errors
    ///
    /// [`NotOnPlatform`] if Cumulocity has no row for it.
    pub const fn new(quantity: Quantity, time: Option<Timestamp>, value: Decimal) -> Result<Self, NotOnPlatform> {
        match quantity.c8y_id() {
            Some(id) => Ok(Self::values(id, time, [Some(value), None, None])),
            None => Err(NotOnPlatform { quantity }),
        }
    }

    /// With the unit of the number, where the row has a field for it; left out where it has none.
    pub fn units(mut self, text: &'a str) -> Self {
        if let Row::Values { id, units, .. } = &mut self.0 {
            let mut rows = Quantity::ALL.iter();
            if rows.any(|quantity| quantity.c8y_id() == Some(*id) && quantity.has_units()) {
                *units = text;
            }
        }
        self
    }

    /// The cell that the module is in: `cell`. It has no time.
    pub const fn cell(cell: Cell<'a>) -> Self {
        Self(Row::Cell(cell))
    }

    /// Signal power (RSRP) and quality (RSRQ), dB: `rf`.
    pub const fn rf(time: Option<Timestamp>, rsrp: Decimal, rsrq: Decimal) -> Self {
        Self::values("rf", time, [Some(rsrp), Some(rsrq), None])
    }

    /// Signal power (RSRP), quality (RSRQ), and signal to noise (SINR), dB: `radio`.
    pub const fn radio(time: Option<Timestamp>, rsrp: Decimal, rsrq: Decimal, sinr: Decimal) -> Self {
        Self::values("radio", time, [Some(rsrp), Some(rsrq), Some(sinr)])
    }

    /// How many logs were sent to the server, and how many are in memory: `lc`.
    pub fn log_storage(time: Option<Timestamp>, sent: u32, stored: u32) -> Self {
        Self::values("lc", time, [Some(sent.into()), Some(stored.into()), None])
    }

    /// Whether the tamper switch has tripped: `tamper`.
    pub fn tamper(time: Option<Timestamp>, tripped: bool) -> Self {
        Self::values("tamper", time, [Some(tripped.into()), None, None])
    }

    const fn values(id: &'static str, time: Option<Timestamp>, values: [Option<Decimal>; 3]) -> Self {
        Self(Row::Values {
            id,
            time,
            values,
            units: "",
        })
    }
}

impl fmt::Display for Measurement<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut line = Line::new(f);
        match self.0 {
            Row::Cell(cell) => cell.write(&mut line),
            Row::Values {
                id,
                time,
                values,
                units,
            } => {
                line.text(id)?.maybe(time)?;
                for value in values.into_iter().flatten() {
                    line.value(value)?;
                }
                line.text(units)?;
                Ok(())
            }
        }
    }
}

/// The cell that the module is in, as the network and the module name it. Numbers are text, as the module prints them: an `mnc` of `01` is
/// not 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Cell<'a> {
    /// Serial number of the device.
    pub serial: &'a str,
    /// Location area code.
    pub lac: &'a str,
    /// Cell id.
    pub cell_id: &'a str,
    /// Type of the network.
    pub network: NetworkType,
    /// Frequency of the band, MHz.
    pub frequency: u16,
    /// IMEI of the module.
    pub imei: &'a str,
    /// ICCID of the SIM.
    pub iccid: &'a str,
    /// IMSI of the SIM.
    pub imsi: &'a str,
    /// Mobile country code.
    pub mcc: &'a str,
    /// Mobile network code.
    pub mnc: &'a str,
}

impl Cell<'_> {
    fn write(&self, line: &mut Line<'_, fmt::Formatter<'_>>) -> fmt::Result {
        line.text("cell")?
            .text(self.serial)?
            .text(self.lac)?
            .text(self.cell_id)?;
        line.value(self.network)?.value(self.frequency)?;
        for text in [self.imei, self.iccid, self.imsi, self.mcc, self.mnc] {
            line.text(text)?;
        }
        Ok(())
    }
}

/// The type of the cellular network.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[cfg_attr(all(feature = "defmt", target_os = "none"), derive(defmt::Format))]
#[non_exhaustive]
pub enum NetworkType {
    /// LTE Cat M1: `CAT_M1`.
    #[default]
    CatM1,
    /// NB-IoT: `NB1`.
    Nb1,
}

impl NetworkType {
    /// As both platforms are told it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::CatM1 => "CAT_M1",
            Self::Nb1 => "NB1",
        }
    }
}

impl fmt::Display for NetworkType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
