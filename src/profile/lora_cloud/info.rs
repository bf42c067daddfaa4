//! INFO_FIELDS: what the service knows of a modem, each value with the time of its last update.

use serde::{Deserialize, Serialize};

use super::eui::Eui;
use super::numbers::{AdrMode, Interval};
use super::time::{Seconds, finite};
use super::wire::{Hex, Invalid, Place, Rules, Text, in_place};
use super::{DevicePorts, InfoField};

/// A value and when it was last updated.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Stamped<T> {
    /// When: UTC.
    pub timestamp: Seconds,
    /// What.
    pub value: T,
}

/// STATUS_FIELD: the modem's state, a flag each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[cfg_attr(all(feature = "defmt", target_os = "none"), derive(defmt::Format))]
#[serde(default)]
pub struct Status {
    /// It has restarted for want of power.
    pub brownout: bool,
    /// It has restarted after a crash.
    pub crash: bool,
    /// It sends nothing by itself.
    pub mute: bool,
    /// It has joined a network.
    pub joined: bool,
    /// The radio rests.
    pub suspend: bool,
    /// A file is being uploaded.
    pub upload: bool,
}

/// `signal`: how well the modem heard its last downlink.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[cfg_attr(all(feature = "defmt", target_os = "none"), derive(defmt::Format))]
pub struct Signal {
    /// Strength in dBm.
    pub rssi: i32,
    /// Signal to noise ratio in dB.
    pub snr: f64,
}

/// `firmware`: how far an update of the firmware is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Firmware {
    /// The checksum of the firmware.
    pub fwcrc: Hex<8>,
    /// How many fragments there are.
    pub fwtotal: u16,
    /// How many of them the modem has.
    pub fwcompleted: u16,
}

/// STREAMPAR: the parameters of the stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(all(feature = "defmt", target_os = "none"), derive(defmt::Format))]
pub struct StreamParameters {
    /// The port.
    pub port: u8,
    /// Whether records are encrypted.
    pub encmode: bool,
}

/// ALCSYNC_FIELD: synchronisation of the modem's clock by the application layer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(all(feature = "defmt", target_os = "none"), derive(defmt::Format))]
pub struct ClockSync {
    /// Which request: the modem chooses it.
    pub token: u8,
    /// The time that the modem reported, in seconds of GPS time.
    pub time: u32,
}

/// INFO_FIELDS: the 21 values, each absent until the modem has reported it. Texts have up to `TEXT` bytes, binary data up to `DATA`.
/// The document gives no units; these are those of the modems' own sources.
///
/// ```
/// use fibocom_mqtt::profile::lora_cloud::{InfoFields, decode};
///
/// let fields: InfoFields = decode(br#"{"temp": {"timestamp": 1708598366.5, "value": -7}, "charge": null}"#)?;
/// assert_eq!(fields.temp.map(|temp| temp.value), Some(-7));
/// assert!(fields.charge.is_none());
/// # Ok::<(), fibocom_mqtt::profile::lora_cloud::Invalid>(())
/// ```
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct InfoFields<const TEXT: usize = 64, const DATA: usize = 256> {
    /// The modem's state.
    pub status: Option<Stamped<Status>>,
    /// Charge that was drawn from the battery, in mAh.
    pub charge: Option<Stamped<u16>>,
    /// Supply voltage in V.
    pub voltage: Option<Stamped<f64>>,
    /// Temperature in °C.
    pub temp: Option<Stamped<i32>>,
    /// How well the modem heard.
    pub signal: Option<Stamped<Signal>>,
    /// How long the modem has been running, in hours.
    pub uptime: Option<Stamped<u16>>,
    /// How long ago it heard something, in hours.
    pub rxtime: Option<Stamped<u16>>,
    /// How far an update of the firmware is.
    pub firmware: Option<Stamped<Firmware>>,
    /// Who adapts the data rate.
    pub adrmode: Option<Stamped<AdrMode>>,
    /// Its join server.
    pub joineui: Option<Stamped<Eui>>,
    /// How often it reports.
    pub interval: Option<Stamped<Interval>>,
    /// The regulatory region, by a number in the device's manual.
    pub region: Option<Stamped<u8>>,
    /// What it left behind when it crashed.
    pub crashlog: Option<Stamped<Text<TEXT>>>,
    /// How often it has restarted.
    pub rstcount: Option<Stamped<u16>>,
    /// Its EUI.
    pub deveui: Option<Stamped<Eui>>,
    /// Reserved.
    pub rfu: Option<Stamped<u16>>,
    /// How often it has joined.
    pub session: Option<Stamped<u16>>,
    /// The EUI of its chip.
    pub chipeui: Option<Stamped<Eui>>,
    /// Parameters of the stream.
    pub streampar: Option<Stamped<StreamParameters>>,
    /// What its application says of itself.
    pub appstatus: Option<Stamped<Hex<DATA>>>,
    /// Synchronisation of its clock.
    pub alcsync: Option<Stamped<ClockSync>>,
}

in_place! {
    InfoFields<TEXT, DATA>, "INFO_FIELDS" {
        status: Place,
        charge: Place,
        voltage: Place,
        temp: Place,
        signal: Place,
        uptime: Place,
        rxtime: Place,
        firmware: Place,
        adrmode: Place,
        joineui: Place,
        interval: Place,
        region: Place,
        crashlog: Place,
        rstcount: Place,
        deveui: Place,
        rfu: Place,
        session: Place,
        chipeui: Place,
        streampar: Place,
        appstatus: Place,
        alcsync: Place,
    }
}

impl<const TEXT: usize, const DATA: usize> InfoFields<TEXT, DATA> {
    /// When a field was last updated, UTC; none if it is not there.
    pub fn updated(&self, field: InfoField) -> Option<Seconds> {
        fn of<T>(stamped: &Option<Stamped<T>>) -> Option<Seconds> {
            stamped.as_ref().map(|stamped| stamped.timestamp)
        }
        match field {
            InfoField::Status => of(&self.status),
            InfoField::Charge => of(&self.charge),
            InfoField::Voltage => of(&self.voltage),
            InfoField::Temp => of(&self.temp),
            InfoField::Signal => of(&self.signal),
            InfoField::Uptime => of(&self.uptime),
            InfoField::RxTime => of(&self.rxtime),
            InfoField::Firmware => of(&self.firmware),
            InfoField::AdrMode => of(&self.adrmode),
            InfoField::JoinEui => of(&self.joineui),
            InfoField::Interval => of(&self.interval),
            InfoField::Region => of(&self.region),
            InfoField::CrashLog => of(&self.crashlog),
            InfoField::RstCount => of(&self.rstcount),
            InfoField::DevEui => of(&self.deveui),
            InfoField::Rfu => of(&self.rfu),
            InfoField::Session => of(&self.session),
            InfoField::ChipEui => of(&self.chipeui),
            InfoField::StreamPar => of(&self.streampar),
            InfoField::AppStatus => of(&self.appstatus),
            InfoField::AlcSync => of(&self.alcsync),
        }
    }
}

impl<const TEXT: usize, const DATA: usize> Rules for InfoFields<TEXT, DATA> {
    fn check(&self, _: &DevicePorts) -> Result<(), Invalid> {
        for field in InfoField::ALL {
            let timestamp = self.updated(field).map_or(Ok(()), |at| at.check("timestamp"));
            timestamp.map_err(|error| error.under(field.as_str()))?;
        }
        let within = |field, checked: Result<(), Invalid>| checked.map_err(|error: Invalid| error.under(field));
        if let Some(voltage) = &self.voltage {
            within("voltage", finite("value", voltage.value))?;
        }
        if let Some(signal) = &self.signal {
            let snr = finite("snr", signal.value.snr);
            within("signal", within("value", snr))?;
        }
        if let Some(log) = &self.crashlog {
            within("crashlog", log.value.check("value"))?;
        }
        Ok(())
    }
}
