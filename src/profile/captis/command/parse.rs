//! Reading a command's text.

use super::arguments::{
    ByteOrder, DataType, MessageFormat, ModbusRegister, OutputState, Parity, PowerState, ProbeAddress, RefreshTarget,
    RegisterType, SerialMessage, SerialProtocol, SerialSetup,
};
use super::list::CommandInfo;
use super::{Command, CommandError, plain};
use crate::profile::captis::FileUrl;
use crate::profile::captis::csv::{Fields, Quotes};
use crate::profile::captis::server_roles::{BootstrapMode, BootstrapServer, ServerId};
use crate::profile::captis::tail::{Tail, TailProblem};

const BAUDS: [u32; 5] = [9_600, 19_200, 38_400, 57_600, 115_200];

impl<'a> Command<'a> {
    /// Reads a command and its arguments, as a cloud-to-device message has them: without a serial number.
    ///
    /// # Errors
    ///
    /// [`CommandError`] says what is wrong.
    pub fn parse(text: &'a str) -> Result<Self, CommandError> {
        let (info, arguments) = lookup(text)?;
        arguments.read(info)
    }
}

/// The command that a text begins with, and the arguments that follow.
pub(in crate::profile::captis) fn lookup(text: &str) -> Result<(&'static CommandInfo, Arguments<'_>), CommandError> {
    let mut fields = Fields::with_quotes(text, Quotes::Doubled);
    let name = fields.next().and_then(|field| field.plain());
    let info = name.and_then(CommandInfo::of).ok_or(CommandError::Unknown)?;
    Ok((info, Arguments(fields)))
}

type Parsed<'a> = Result<Command<'a>, CommandError>;

/// The arguments of a command, in their order.
#[derive(Debug)]
pub(in crate::profile::captis) struct Arguments<'a>(Fields<'a>);

impl<'a> Arguments<'a> {
    /// Reads them as those of this command; nothing may be left.
    pub(in crate::profile::captis) fn read(mut self, info: &CommandInfo) -> Result<Command<'a>, CommandError> {
        let command = (info.arguments)(&mut self)?;
        match self.0.next() {
            None => Ok(command),
            Some(_) => Err(CommandError::TooMany),
        }
    }

    fn optional(&mut self, name: &'static str) -> Result<Option<&'a str>, CommandError> {
        match self.0.next() {
            None => Ok(None),
            Some(field) => match field.plain() {
                Some("") => Ok(None),
                Some(text) => Ok(Some(text)),
                None => Err(CommandError::Invalid(name)),
            },
        }
    }

    fn required(&mut self, name: &'static str) -> Result<&'a str, CommandError> {
        self.optional(name)?.ok_or(CommandError::Missing(name))
    }

    fn required_as<T>(&mut self, name: &'static str, read: impl Fn(&'a str) -> Option<T>) -> Result<T, CommandError> {
        read(self.required(name)?).ok_or(CommandError::Invalid(name))
    }

    fn optional_as<T>(
        &mut self,
        name: &'static str,
        read: impl Fn(&'a str) -> Option<T>,
    ) -> Result<Option<T>, CommandError> {
        match self.optional(name)? {
            None => Ok(None),
            Some(text) => read(text).map(Some).ok_or(CommandError::Invalid(name)),
        }
    }

    /// All that is left, commas included.
    fn tail(&mut self, name: &'static str) -> Result<Tail<'a>, CommandError> {
        let tail = Tail::of(self.0.rest(), Quotes::Doubled).map_err(|problem| match problem {
            TailProblem::Truncated => CommandError::Missing(name),
            TailProblem::Trailing => CommandError::Invalid(name),
        });
        while self.0.next().is_some() {}
        tail
    }

    fn url(&mut self) -> Result<FileUrl<'a>, CommandError> {
        const NAME: &str = "file URL";
        let url = plain(self.tail(NAME)?.plain(), NAME)?;
        if url.bytes().all(|byte| byte.is_ascii_graphic()) {
            Ok(FileUrl::new(url))
        } else {
            Err(CommandError::Invalid(NAME))
        }
    }
}

pub(super) fn get_pulse_total<'a>(arguments: &mut Arguments<'a>) -> Parsed<'a> {
    let channel = arguments.optional_as("DI channel", channel)?.unwrap_or(1);
    Ok(Command::GetPulseTotal { channel })
}

pub(super) fn get_switch<'a>(arguments: &mut Arguments<'a>) -> Parsed<'a> {
    let channel = arguments.optional_as("DI channel", channel)?.unwrap_or(1);
    Ok(Command::GetSwitch { channel })
}

pub(super) fn bootstrap<'a>(arguments: &mut Arguments<'a>) -> Parsed<'a> {
    let server = arguments.optional_as("server", bootstrap_server)?.unwrap_or_default();
    let mode = arguments
        .optional_as("mode", BootstrapMode::from_name)?
        .unwrap_or_default();
    Ok(Command::Bootstrap { server, mode })
}

pub(super) fn pulse_cal<'a>(arguments: &mut Arguments<'a>) -> Parsed<'a> {
    Ok(Command::PulseCal {
        channel: arguments.required_as("channel", channel)?,
        volume: arguments.required_as("total volume", |text| text.parse().ok())?,
        units: arguments.required("units")?,
    })
}

pub(super) fn refresh_info<'a>(arguments: &mut Arguments<'a>) -> Parsed<'a> {
    arguments
        .required_as("server", refresh_target)
        .map(Command::RefreshInfo)
}

pub(super) fn set_power_out<'a>(arguments: &mut Arguments<'a>) -> Parsed<'a> {
    arguments
        .required_as("state, ON or OFF", PowerState::from_name)
        .map(Command::SetPowerOut)
}

pub(super) fn set_digital_out<'a>(arguments: &mut Arguments<'a>) -> Parsed<'a> {
    arguments
        .required_as("state, OPEN or CLOSED", OutputState::from_name)
        .map(Command::SetDigitalOut)
}

pub(super) fn setup_serial<'a>(arguments: &mut Arguments<'a>) -> Parsed<'a> {
    Ok(Command::SetupSerial(SerialSetup {
        protocol: arguments.required_as("protocol, RS232 or RS485", SerialProtocol::from_name)?,
        baud: arguments.required_as("baud", |text| number(text).filter(|baud| BAUDS.contains(baud)))?,
        parity: arguments.required("parity").map(Parity::from_name)?,
    }))
}

pub(super) fn raw_serial_cmd<'a>(arguments: &mut Arguments<'a>) -> Parsed<'a> {
    let format = arguments.required_as("type, HEX or ASCII", |text| {
        MessageFormat::from_name(text).filter(|format| *format != MessageFormat::Rtu)
    })?;
    SerialMessage::new(format, arguments.tail("message")?).map(Command::RawSerialCmd)
}

pub(super) fn modbus_packet<'a>(arguments: &mut Arguments<'a>) -> Parsed<'a> {
    let format = arguments.required_as("type, RTU", |text| {
        MessageFormat::from_name(text).filter(|format| *format == MessageFormat::Rtu)
    })?;
    SerialMessage::new(format, arguments.tail("message")?).map(Command::ModbusPacket)
}

pub(super) fn modbus_register<'a>(arguments: &mut Arguments<'a>) -> Parsed<'a> {
    Ok(Command::ModbusRegister(ModbusRegister {
        slave: arguments.required_as("slave address", |text| {
            number(text).filter(|slave| (1..=247).contains(slave))
        })?,
        register: arguments.required_as("register number", number)?,
        register_type: arguments.required_as("register type", RegisterType::from_name)?,
        data_type: arguments.required_as("data type", DataType::from_name)?,
        byte_order: arguments
            .optional_as("byte order", ByteOrder::from_name)?
            .unwrap_or(ByteOrder::Abcd),
    }))
}

pub(super) fn ow_read<'a>(arguments: &mut Arguments<'a>) -> Parsed<'a> {
    arguments
        .required_as("probe address", ProbeAddress::from_name)
        .map(Command::OwRead)
}

pub(super) fn dfota<'a>(arguments: &mut Arguments<'a>) -> Parsed<'a> {
    arguments.url().map(|url| Command::Dfota { url })
}

pub(super) fn mfota<'a>(arguments: &mut Arguments<'a>) -> Parsed<'a> {
    Ok(Command::Mfota {
        part: arguments.required("module part number")?,
        version: arguments.required("firmware version")?,
        url: arguments.url()?,
    })
}

/// Digits alone: `parse` would take a sign too.
fn number<T: core::str::FromStr>(text: &str) -> Option<T> {
    text.parse()
        .ok()
        .filter(|_| text.bytes().all(|byte| byte.is_ascii_digit()))
}

fn channel(text: &str) -> Option<u8> {
    number(text).filter(|channel| *channel != 0)
}

fn bootstrap_server(text: &str) -> Option<BootstrapServer> {
    match ServerId::from_name(text) {
        Some(name) => Some(BootstrapServer::Named(name)),
        // 0 and 1 both mean the first.
        None => number(text).map(|number: u8| BootstrapServer::Nth(number.max(1))),
    }
}

fn refresh_target(text: &str) -> Option<RefreshTarget> {
    if text == "0" {
        return Some(RefreshTarget::All);
    }
    let server = ServerId::from_name(text).or_else(|| number(text).and_then(ServerId::new));
    server.map(RefreshTarget::Server)
}
