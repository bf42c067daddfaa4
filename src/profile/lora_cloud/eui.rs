//! DEVEUI and JOINEUI.

use core::fmt;
use core::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::wire::{FromChars, Invalid, Reason, Refused, from_chars, hex_digit, read_chars};

/// An EUI-64: of a device, of a join server, of a chip.
///
/// Written in upper case with dashes, as the service wants it; read with dashes or without, in either case, since the service
/// writes both.
///
/// ```
/// use fibocom_mqtt::profile::lora_cloud::Eui;
///
/// let eui: Eui = "10ce45fffe00c7ec".parse()?;
/// assert_eq!(eui, Eui([0x10, 0xce, 0x45, 0xff, 0xfe, 0x00, 0xc7, 0xec]));
/// assert_eq!(eui.to_string(), "10-CE-45-FF-FE-00-C7-EC");
/// # Ok::<(), fibocom_mqtt::profile::lora_cloud::Invalid>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(all(feature = "defmt", target_os = "none"), derive(defmt::Format))]
pub struct Eui(
    /// In the order in which it is written.
    pub [u8; 8],
);

impl FromStr for Eui {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        from_chars(text).map_err(|_| Invalid::new("EUI", Reason::Value))
    }
}

impl FromChars for Eui {
    const EXPECTED: &'static str = "16 hexadecimal digits, dashes between all pairs or none";

    fn from_chars(chars: &mut dyn Iterator<Item = char>) -> Result<Self, Refused> {
        let mut chars = chars.peekable();
        let digit = |chars: &mut dyn Iterator<Item = char>| chars.next().and_then(hex_digit).ok_or(Refused::Value);
        let mut eui = [0; 8];
        let mut dashes = None;
        for (nth, byte) in eui.iter_mut().enumerate() {
            if nth > 0 {
                // The first gap says whether there are dashes.
                let dashed = chars.next_if_eq(&'-').is_some();
                if *dashes.get_or_insert(dashed) != dashed {
                    return Err(Refused::Value);
                }
            }
            *byte = digit(&mut chars)?.wrapping_shl(4) | digit(&mut chars)?;
        }
        match chars.next() {
            Some(_) => Err(Refused::Value),
            None => Ok(Self(eui)),
        }
    }
}

impl fmt::Display for Eui {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (nth, byte) in self.0.iter().enumerate() {
            if nth > 0 {
                f.write_str("-")?;
            }
            write!(f, "{byte:02X}")?;
        }
        Ok(())
    }
}

impl fmt::Debug for Eui {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Eui({self})")
    }
}

impl Serialize for Eui {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Eui {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        read_chars(deserializer)
    }
}
