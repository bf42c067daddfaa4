//! The JSON text of a value that a deserializer hands out piece by piece.

use core::fmt::{self, Write};

use serde::Deserializer;
use serde::de::{DeserializeSeed, Error, MapAccess, SeqAccess, Visitor};

use crate::profile::json::{MAX_DEPTH, Writer};

/// Writes a value as compact JSON.
pub(super) struct Transcript<'w> {
    out: &'w mut dyn Write,
    depth: u32,
}

impl<'w> Transcript<'w> {
    pub(super) fn new(out: &'w mut dyn Write) -> Self {
        Self { out, depth: 0 }
    }

    /// For the next value in this one.
    fn inner<E: Error>(&mut self) -> Result<Transcript<'_>, E> {
        if self.depth >= MAX_DEPTH {
            return Err(E::custom("objects and lists are nested too deep"));
        }
        Ok(Transcript {
            out: &mut *self.out,
            depth: self.depth.saturating_add(1),
        })
    }

    fn write<E: Error>(&mut self, text: fmt::Arguments<'_>) -> Result<(), E> {
        self.out.write_fmt(text).map_err(E::custom)
    }
}

impl<'de> DeserializeSeed<'de> for Transcript<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Transcript<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_unit<E: Error>(mut self) -> Result<(), E> {
        self.write(format_args!("null"))
    }

    fn visit_bool<E: Error>(mut self, value: bool) -> Result<(), E> {
        self.write(format_args!("{value}"))
    }

    fn visit_i64<E: Error>(mut self, value: i64) -> Result<(), E> {
        self.write(format_args!("{value}"))
    }

    fn visit_u64<E: Error>(mut self, value: u64) -> Result<(), E> {
        self.write(format_args!("{value}"))
    }

    fn visit_f64<E: Error>(mut self, value: f64) -> Result<(), E> {
        // With an exponent where it is shorter, which JSON knows too.
        self.write(format_args!("{value:?}"))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<(), E> {
        Writer::new(self.out).string(text).map_err(E::custom)
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut elements: A) -> Result<(), A::Error> {
        self.write(format_args!("["))?;
        let mut comma = "";
        loop {
            // The comma belongs to the element that follows, and whether one does is known afterwards.
            let mut inner = Preceded {
                by: comma,
                value: self.inner()?,
            };
            if elements.next_element_seed(&mut inner)?.is_none() {
                return self.write(format_args!("]"));
            }
            comma = ",";
        }
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut members: A) -> Result<(), A::Error> {
        self.write(format_args!("{{"))?;
        let mut comma = "";
        loop {
            let mut name = Preceded {
                by: comma,
                value: self.inner()?,
            };
            if members.next_key_seed(&mut name)?.is_none() {
                return self.write(format_args!("}}"));
            }
            let mut value = Preceded {
                by: ":",
                value: self.inner()?,
            };
            members.next_value_seed(&mut value)?;
            comma = ",";
        }
    }
}

/// A value, and what stands before it.
struct Preceded<'w> {
    by: &'static str,
    value: Transcript<'w>,
}

impl<'de> DeserializeSeed<'de> for &mut Preceded<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        let by = self.by;
        self.value.write(format_args!("{by}"))?;
        let depth = self.value.depth;
        let out = &mut *self.value.out;
        deserializer.deserialize_any(Transcript { out, depth })
    }
}
