//! What the arguments of commands may be.

use core::fmt;

use super::CommandError;
use crate::profile::captis::{ServerId, Tail};

/// An enumeration by the words that the specification has for it.
macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $word:literal,)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        #[cfg_attr(all(feature = "defmt", target_os = "none"), derive(defmt::Format))]
        pub enum $name {
            $($(#[$variant_doc])* $variant,)*
        }

        impl $name {
            /// By its word, which is in capitals.
            pub fn from_name(name: &str) -> Option<Self> {
                Some(match name {
                    $($word => Self::$variant,)*
                    _ => return None,
                })
            }

            /// Its word.
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $word,)*
                }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.name())
            }
        }
    };
}

words! {
    /// The digital output, or a switch.
    OutputState {
        /// No current flows.
        Open = "OPEN",
        /// Current flows.
        Closed = "CLOSED",
    }
}

words! {
    /// The external power.
    PowerState {
        /// Switched on.
        On = "ON",
        /// Switched off.
        Off = "OFF",
    }
}

words! {
    /// The electrical side of the serial port.
    SerialProtocol {
        /// RS-232.
        Rs232 = "RS232",
        /// RS-485.
        Rs485 = "RS485",
    }
}

words! {
    /// How a message for the serial port is written.
    MessageFormat {
        /// Two hexadecimal digits a byte.
        Hex = "HEX",
        /// As it is.
        Ascii = "ASCII",
        /// A Modbus packet without its CRC, two hexadecimal digits a byte.
        Rtu = "RTU",
    }
}

words! {
    /// A kind of Modbus registers.
    RegisterType {
        /// A holding register.
        Holding = "HOLDING_REG",
        /// An input register.
        Input = "INPUT_REG",
    }
}

words! {
    /// What a Modbus register holds.
    DataType {
        /// 16 bits, unsigned.
        Uint16 = "UINT16",
        /// An IEEE 754 number of 32 bits.
        Float = "FLOAT",
        /// 32 bits, unsigned.
        Uint32 = "UINT32",
        /// 16 bits, signed.
        Sint16 = "SINT16",
        /// 32 bits, signed.
        Sint32 = "SINT32",
    }
}

words! {
    /// The order of the bytes in Modbus registers.
    ByteOrder {
        /// Most significant byte first: what counts if a command names none.
        Abcd = "ABCD",
        /// Least significant byte first.
        Dcba = "DCBA",
        /// Less significant word first.
        Cdab = "CDAB",
        /// The bytes of each word swapped.
        Badc = "BADC",
    }
}

/// The parity of the serial port. The specification lists no values: `NONE`, `EVEN`, `ODD` and their first letters are known, and anything else
/// is handed on for the device to judge.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(all(feature = "defmt", target_os = "none"), derive(defmt::Format))]
pub enum Parity<'a> {
    /// `NONE` or `N`.
    None,
    /// `EVEN` or `E`.
    Even,
    /// `ODD` or `O`.
    Odd,
    /// Another word.
    Other(&'a str),
}

impl<'a> Parity<'a> {
    /// By its word.
    pub fn from_name(name: &'a str) -> Self {
        match name {
            "NONE" | "N" => Self::None,
            "EVEN" | "E" => Self::Even,
            "ODD" | "O" => Self::Odd,
            other => Self::Other(other),
        }
    }
}

/// `setup_serial`
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(all(feature = "defmt", target_os = "none"), derive(defmt::Format))]
pub struct SerialSetup<'a> {
    /// RS-232 or RS-485.
    pub protocol: SerialProtocol,
    /// Bits per second: 9600, 19200, 38400, 57600 or 115200.
    pub baud: u32,
    /// Its parity.
    pub parity: Parity<'a>,
}

/// Which servers `refresh_info` is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(all(feature = "defmt", target_os = "none"), derive(defmt::Format))]
pub enum RefreshTarget {
    /// `0`: all of them.
    All,
    /// `1` or `s1`, to `9` or `s9`.
    Server(ServerId),
}

/// `modbus_register`
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(all(feature = "defmt", target_os = "none"), derive(defmt::Format))]
pub struct ModbusRegister {
    /// Address of the slave, 1 to 247.
    pub slave: u8,
    /// Number of the register.
    pub register: u16,
    /// Which kind of register.
    pub register_type: RegisterType,
    /// What it holds.
    pub data_type: DataType,
    /// In which order.
    pub byte_order: ByteOrder,
}

/// The address of a 1-Wire probe, printed as sixteen hexadecimal digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(all(feature = "defmt", target_os = "none"), derive(defmt::Format))]
pub struct ProbeAddress(pub u64);

impl ProbeAddress {
    /// An address as it is printed.
    pub fn from_name(name: &str) -> Option<Self> {
        let digits = name.len() == 16 && name.bytes().all(|byte| byte.is_ascii_hexdigit());
        u64::from_str_radix(name, 16).ok().filter(|_| digits).map(Self)
    }
}

impl fmt::Display for ProbeAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016X}", self.0)
    }
}

/// `raw_serial_cmd` and `modbus_packet`: a message for the serial port.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SerialMessage<'a> {
    format: MessageFormat,
    message: Tail<'a>,
}

impl<'a> SerialMessage<'a> {
    pub(super) fn new(format: MessageFormat, message: Tail<'a>) -> Result<Self, CommandError> {
        let digits = || message.chars().filter(|char| *char != ' ');
        if digits().next().is_none() {
            return Err(CommandError::Missing("message"));
        }
        let hex = format != MessageFormat::Ascii;
        if hex && (digits().any(|char| !char.is_ascii_hexdigit()) || digits().count() % 2 != 0) {
            return Err(CommandError::Invalid("message, two hexadecimal digits a byte"));
        }
        Ok(Self { format, message })
    }

    /// How it is written.
    pub fn format(&self) -> MessageFormat {
        self.format
    }

    /// The message as it is written.
    pub fn message(&self) -> Tail<'a> {
        self.message
    }

    /// The bytes for the serial port: those that hexadecimal digits stand for, or those of the text. A Modbus packet is without its CRC.
    pub fn bytes(&self) -> impl Iterator<Item = u8> + use<'a> {
        let (hex, text) = match self.format {
            MessageFormat::Ascii => (None, Some(self.message.chars())),
            MessageFormat::Hex | MessageFormat::Rtu => (Some(self.message.chars()), None),
        };
        let mut digits = hex.into_iter().flatten().filter_map(|char| char.to_digit(16));
        let hex = core::iter::from_fn(move || {
            let (high, low) = (digits.next()?, digits.next()?);
            u8::try_from(high.wrapping_shl(4) | low).ok()
        });
        let text = text.into_iter().flatten().flat_map(|char| {
            let mut bytes = [0; 4];
            let len = char.encode_utf8(&mut bytes).len();
            bytes.into_iter().take(len)
        });
        hex.chain(text)
    }
}
