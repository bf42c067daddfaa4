//! The commands of appendix 6.3: parsed to types, and the texts that answer them.

mod answer;
mod arguments;
mod list;
mod parse;

pub use answer::{Answer, WireAddresses};
pub use arguments::{
    ByteOrder, DataType, MessageFormat, ModbusRegister, OutputState, Parity, PowerState, ProbeAddress, RefreshTarget,
    RegisterType, SerialMessage, SerialProtocol, SerialSetup,
};
pub use list::{COMMANDS, CommandInfo};
pub(super) use parse::lookup;

use super::role::Role;
use super::server_roles::{BootstrapMode, BootstrapServer};
use super::{Decimal, FileUrl};

/// A command and its arguments (appendix 6.3).
///
/// ```
/// use fibocom_mqtt::profile::captis::{BootstrapMode, BootstrapServer, Command, CommandError};
///
/// assert_eq!(Command::parse("get_pulse_total,2"), Ok(Command::GetPulseTotal { channel: 2 }));
/// let bootstrap = Command::Bootstrap { server: BootstrapServer::Nth(2), mode: BootstrapMode::Data };
/// assert_eq!(Command::parse("bootstrap,2,data"), Ok(bootstrap));
/// assert_eq!(Command::parse("dance"), Err(CommandError::Unknown));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Command<'a> {
    /// `rf`: signal strength.
    Rf,
    /// `tamper`: the tamper switch.
    Tamper,
    /// `battery`: the battery.
    Battery,
    /// `vf`: log storage.
    Vf,
    /// `get_pulse_total`: the total volume on a channel.
    GetPulseTotal {
        /// The digital input, from 1; the first if the command names none.
        channel: u8,
    },
    /// `get_switch`: a switch.
    GetSwitch {
        /// The digital input, from 1; the first if the command names none.
        channel: u8,
    },
    /// `live_mode`: listen for operations for two minutes.
    LiveMode,
    /// `stop_live`: stop listening.
    StopLive,
    /// `get_time`: the device's time.
    GetTime,
    /// `bootstrap`: attempt bootstrap or DPS.
    Bootstrap {
        /// Which bootstrap server.
        server: BootstrapServer,
        /// What becomes of the roles.
        mode: BootstrapMode,
    },
    /// `clear_bootstrap`: stop attempts.
    ClearBootstrap,
    /// `sleep`: sleep for good.
    Sleep,
    /// `reset_settings`: default settings.
    ResetSettings,
    /// `reset_logs`: wipe the measurements.
    ResetLogs,
    /// `reset_events`: wipe the events.
    ResetEvents,
    /// `get_gps_fix`: a fix on the next connection.
    GetGpsFix,
    /// `clear_gps_fix`: no more attempts of a fix.
    ClearGpsFix,
    /// `pulse_cal`: an offset of the pulse total, from a meter reading.
    PulseCal {
        /// The digital input, from 1.
        channel: u8,
        /// What the meter shows.
        volume: Decimal,
        /// Its units, which must be those of the channel's configuration.
        units: &'a str,
    },
    /// `nth_conn_override`: connect to all servers, this time and the next.
    NthConnOverride,
    /// `refresh_info`: set servers up again.
    RefreshInfo(RefreshTarget),
    /// `get_analog`: the analog input. Multi only.
    GetAnalog,
    /// `set_power_out`: the external 5 V and 12 V. Multi only.
    SetPowerOut(PowerState),
    /// `get_power_out`: their state. Multi only.
    GetPowerOut,
    /// `set_digital_out`: the digital output. Multi only.
    SetDigitalOut(OutputState),
    /// `get_digital_out`: its state. Multi only.
    GetDigitalOut,
    /// `setup_serial`: the serial port, for as long as operations are listened for. Multi only.
    SetupSerial(SerialSetup<'a>),
    /// `raw_serial_cmd`: a message on the serial port, and what comes back. Multi only.
    RawSerialCmd(SerialMessage<'a>),
    /// `modbus_packet`: a packet for which the device computes the CRC, and what comes back. Multi only.
    ModbusPacket(SerialMessage<'a>),
    /// `modbus_register`: read a register. Multi only.
    ModbusRegister(ModbusRegister),
    /// `ow_search`: the probes on the 1-Wire channels. Multi only.
    OwSearch,
    /// `ow_read`: the values of a 1-Wire probe. Multi only.
    OwRead(ProbeAddress),
    /// `dfota`: fetch a firmware for the device.
    Dfota {
        /// Where it is.
        url: FileUrl<'a>,
    },
    /// `mfota`: fetch a firmware for the module.
    Mfota {
        /// Part number of the module.
        part: &'a str,
        /// Version of the firmware.
        version: &'a str,
        /// Where it is.
        url: FileUrl<'a>,
    },
}

/// Why a command is not carried out. What it prints is fit for the answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[cfg_attr(all(feature = "defmt", target_os = "none"), derive(defmt::Format))]
#[non_exhaustive]
pub enum CommandError {
    /// No command of appendix 6.3.
    #[error("unknown command")]
    Unknown,
    /// The command is for another device.
    #[error("the command is for another serial number")]
    ForeignSerial,
    /// `*` in front of a command that is not for many devices at once.
    #[error("not a bulk command, it needs a serial number")]
    NotBulk,
    /// A command of the Captis Multi, and this device is none.
    #[error("only a Captis Multi has this command")]
    MultiOnly,
    /// An argument that has to be there is not.
    #[error("missing argument: {0}")]
    Missing(&'static str),
    /// An argument is not what it may be.
    #[error("invalid argument: {0}")]
    Invalid(&'static str),
    /// More arguments than the command has.
    #[error("too many arguments")]
    TooMany,
}

impl Command<'_> {
    /// The role that a server needs to give commands.
    pub const ROLE: Role = Role::Shell;
}

/// Text that has to stand in a command as it is meant.
fn plain<'a>(text: Option<&'a str>, name: &'static str) -> Result<&'a str, CommandError> {
    match text {
        Some("") => Err(CommandError::Missing(name)),
        Some(text) => Ok(text),
        None => Err(CommandError::Invalid(name)),
    }
}
