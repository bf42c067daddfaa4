//! The texts that answer commands, as the examples of appendix 6.3 print them.

use core::fmt;

use super::arguments::{OutputState, PowerState, ProbeAddress};
use crate::profile::captis::{Decimal, Timestamp};

/// The text that answers a command. Commands without one here are answered by success alone.
///
/// ```
/// use fibocom_mqtt::profile::captis::{Answer, Decimal};
///
/// let (rssi, rsrp) = (Decimal::from(-58), Decimal::from(-91));
/// let rf = Answer::Rf { rssi, rsrp, rsrq: Decimal::new(-160, 1), sinr: Decimal::new(66, 1) };
/// assert_eq!(rf.to_string(), "RSSI: -58 dB, RSRP: -91 dB, RSRQ: -16.0 dB, SINR: 6.6 dB");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Answer<'a> {
    /// To `rf`; all in dB.
    Rf {
        /// Received signal strength.
        rssi: Decimal,
        /// Power of the reference signal.
        rsrp: Decimal,
        /// Its quality.
        rsrq: Decimal,
        /// Signal to noise.
        sinr: Decimal,
    },
    /// To `tamper`: whether the switch has tripped.
    Tamper(bool),
    /// To `battery`.
    Battery {
        /// Voltage, V.
        voltage: Decimal,
        /// Current, mA.
        current: Decimal,
        /// Energy used, mAh.
        energy: Decimal,
        /// Temperature, °C.
        temperature: Decimal,
    },
    /// To `vf`.
    Storage {
        /// Logs in memory.
        stored: u32,
        /// Logs that were sent.
        sent: u32,
        /// How much of the memory is used, %.
        used: Decimal,
    },
    /// To `get_pulse_total`.
    PulseTotal {
        /// The digital input, from 1.
        channel: u8,
        /// The total.
        volume: Decimal,
        /// Its units.
        units: &'a str,
    },
    /// To `get_switch`.
    Switch {
        /// The digital input, from 1.
        channel: u8,
        /// Its state.
        state: OutputState,
    },
    /// To `get_time`.
    Time(Timestamp),
    /// To `get_analog`.
    Analog {
        /// The analog input, from 1.
        channel: u8,
        /// Its voltage, V.
        voltage: Decimal,
        /// What that means.
        value: Decimal,
        /// In these units.
        units: &'a str,
    },
    /// To `get_power_out`.
    PowerOut(PowerState),
    /// To `get_digital_out`.
    DigitalOut(OutputState),
    /// To `raw_serial_cmd` and `modbus_packet`: what came back, if anything did.
    Serial(Option<&'a str>),
    /// To `modbus_register`.
    Register(Decimal),
    /// To `ow_search`: what was found on each channel, the first channel first.
    WireSearch(WireAddresses<'a>),
    /// To `ow_read`.
    WireRead {
        /// The probe.
        address: ProbeAddress,
        /// Its part number, such as `DS18B20`.
        part: &'a str,
        /// Its values, such as `23.56 degC`.
        values: &'a str,
    },
}

/// The probes that were found on each 1-Wire channel. Several of one channel are printed one after another, with a blank between.
pub type WireAddresses<'a> = &'a [&'a [ProbeAddress]];

impl fmt::Display for Answer<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Rf { rssi, rsrp, rsrq, sinr } => {
                write!(f, "RSSI: {rssi} dB, RSRP: {rsrp} dB, RSRQ: {rsrq} dB, SINR: {sinr} dB")
            }
            Self::Tamper(true) => f.write_str("SET"),
            Self::Tamper(false) => f.write_str("CLEAR"),
            Self::Battery {
                voltage,
                current,
                energy,
                temperature,
            } => write!(f, "{voltage} V, {current} mA, {energy} mAh, {temperature} degC"),
            Self::Storage { stored, sent, used } => {
                write!(f, "{stored} stored, {sent} sent, {used} % storage used")
            }
            Self::PulseTotal { channel, volume, units } => write!(f, "P{channel}: {volume} {units}"),
            Self::Switch { channel, state } => write!(f, "SW{channel}: {state}"),
            Self::Time(time) => time.fmt(f),
            Self::Analog {
                channel,
                voltage,
                value,
                units,
            } => write!(f, "AI{channel}: {voltage} V, {value}{units}"),
            Self::PowerOut(state) => state.fmt(f),
            Self::DigitalOut(state) => state.fmt(f),
            Self::Serial(None) => f.write_str("RX: No response"),
            Self::Serial(Some(response)) => write!(f, "RX: {response}"),
            Self::Register(value) => write!(f, "Response: {value}"),
            Self::WireSearch(channels) => wire_search(f, channels),
            Self::WireRead { address, part, values } => write!(f, "{address} - {part}: {values}"),
        }
    }
}

fn wire_search(f: &mut fmt::Formatter<'_>, channels: WireAddresses<'_>) -> fmt::Result {
    for (channel, addresses) in (1usize..).zip(channels) {
        if channel > 1 {
            f.write_str(" ")?;
        }
        write!(f, "{channel}:")?;
        if addresses.is_empty() {
            f.write_str(" None")?;
        }
        for address in *addresses {
            write!(f, " {address}")?;
        }
    }
    Ok(())
}
