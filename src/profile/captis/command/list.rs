//! The list of the commands, and what is said about each.

use super::parse::{self, Arguments};
use super::{Command, CommandError};

/// What appendix 6.3 says of a command.
#[derive(Debug, Clone, Copy)]
pub struct CommandInfo {
    /// Its name.
    pub name: &'static str,
    /// Whether it may be given to many devices at once, with `*` in place of the serial number.
    pub bulk: bool,
    /// Whether the Captis Multi only has it.
    pub multi_only: bool,
    pub(super) arguments: Parse,
}

pub(super) type Parse = for<'a> fn(&mut Arguments<'a>) -> Result<Command<'a>, CommandError>;

impl CommandInfo {
    /// The command of this name.
    pub fn of(name: &str) -> Option<&'static Self> {
        COMMANDS.iter().find(|info| info.name == name)
    }
}

const fn bulk(name: &'static str, arguments: Parse) -> CommandInfo {
    CommandInfo {
        name,
        bulk: true,
        multi_only: false,
        arguments,
    }
}

const fn single(name: &'static str, arguments: Parse) -> CommandInfo {
    CommandInfo {
        name,
        bulk: false,
        multi_only: false,
        arguments,
    }
}

const fn multi(name: &'static str, arguments: Parse) -> CommandInfo {
    CommandInfo {
        name,
        bulk: true,
        multi_only: true,
        arguments,
    }
}

/// The commands of appendix 6.3, in its order.
pub static COMMANDS: [CommandInfo; 33] = [
    bulk("rf", |_| Ok(Command::Rf)),
    bulk("tamper", |_| Ok(Command::Tamper)),
    bulk("battery", |_| Ok(Command::Battery)),
    bulk("vf", |_| Ok(Command::Vf)),
    bulk("get_pulse_total", parse::get_pulse_total),
    bulk("get_switch", parse::get_switch),
    bulk("live_mode", |_| Ok(Command::LiveMode)),
    bulk("stop_live", |_| Ok(Command::StopLive)),
    bulk("get_time", |_| Ok(Command::GetTime)),
    bulk("bootstrap", parse::bootstrap),
    bulk("clear_bootstrap", |_| Ok(Command::ClearBootstrap)),
    single("sleep", |_| Ok(Command::Sleep)),
    single("reset_settings", |_| Ok(Command::ResetSettings)),
    single("reset_logs", |_| Ok(Command::ResetLogs)),
    single("reset_events", |_| Ok(Command::ResetEvents)),
    bulk("get_gps_fix", |_| Ok(Command::GetGpsFix)),
    bulk("clear_gps_fix", |_| Ok(Command::ClearGpsFix)),
    single("pulse_cal", parse::pulse_cal),
    bulk("nth_conn_override", |_| Ok(Command::NthConnOverride)),
    bulk("refresh_info", parse::refresh_info),
    multi("get_analog", |_| Ok(Command::GetAnalog)),
    multi("set_power_out", parse::set_power_out),
    multi("get_power_out", |_| Ok(Command::GetPowerOut)),
    multi("set_digital_out", parse::set_digital_out),
    multi("get_digital_out", |_| Ok(Command::GetDigitalOut)),
    multi("setup_serial", parse::setup_serial),
    multi("raw_serial_cmd", parse::raw_serial_cmd),
    multi("modbus_packet", parse::modbus_packet),
    multi("modbus_register", parse::modbus_register),
    multi("ow_search", |_| Ok(Command::OwSearch)),
    multi("ow_read", parse::ow_read),
    bulk("dfota", parse::dfota),
    bulk("mfota", parse::mfota),
];
