//! Telemetry (section 5.1): measurements and events as JSON, one publication for each time.

use core::fmt;

use core::fmt::Write;

use crate::profile::captis::{Decimal, EventId, NotOnPlatform, Quantity, Role, Timestamp};
use crate::profile::json::{ObjectWriter, Style, Writer};
use crate::profile::{Payload, TooLarge};

/// A key of measurements in telemetry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(all(feature = "defmt", target_os = "none"), derive(defmt::Format))]
pub struct TelemetryKey(&'static str);

impl TelemetryKey {
    /// Signal power, dB.
    pub const RSRP: Self = Self("rsrp");
    /// Signal quality, dB.
    pub const RSRQ: Self = Self("rsrq");
    /// Signal to noise, dB.
    pub const SINR: Self = Self("sinr");
    /// How many measurements were sent.
    pub const SENT: Self = Self("m_sent");
    /// How many measurements are in memory.
    pub const STORED: Self = Self("m_stored");
    /// Whether the tamper switch has tripped ever: 1 or 0.
    pub const TAMPER: Self = Self("tamper");

    const NAMED: [Self; 6] = [
        Self::RSRP,
        Self::RSRQ,
        Self::SINR,
        Self::SENT,
        Self::STORED,
        Self::TAMPER,
    ];

    /// The key of a quantity.
    ///
    /// # Errors
    ///
    /// [`NotOnPlatform`] if Azure has no key for it.
    pub const fn of(quantity: Quantity) -> Result<Self, NotOnPlatform> {
        match quantity.azure_key() {
            Some(key) => Ok(Self(key)),
            None => Err(NotOnPlatform { quantity }),
        }
    }

    /// The key that is written so. Of `I205`, section 5.1 begins with a small L, which is taken too.
    pub fn from_name(name: &str) -> Option<Self> {
        let name = if name == "l205" { "I205" } else { name };
        Self::all().find(|key| key.0 == name)
    }

    /// The 38 keys of section 5.1.
    pub fn all() -> impl Iterator<Item = Self> {
        let quantities = Quantity::ALL.iter().filter_map(|quantity| Self::of(*quantity).ok());
        quantities.chain(Self::NAMED)
    }

    /// As it is written.
    pub const fn as_str(self) -> &'static str {
        self.0
    }
}

/// What a key has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(all(feature = "defmt", target_os = "none"), derive(defmt::Format))]
pub enum TelemetryValue {
    /// A number. States are 1 and 0, as on Cumulocity: `Decimal::from(true)`.
    Number(Decimal),
    /// `true` or `false`, for a server that wants [`Quantity::ChargeState`] so.
    Bool(bool),
    /// An event.
    Event(EventId),
}

impl From<Decimal> for TelemetryValue {
    fn from(number: Decimal) -> Self {
        Self::Number(number)
    }
}

impl From<bool> for TelemetryValue {
    fn from(state: bool) -> Self {
        Self::Bool(state)
    }
}

/// A measurement or an event, and when it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(all(feature = "defmt", target_os = "none"), derive(defmt::Format))]
pub struct Reading {
    time: Timestamp,
    key: &'static str,
    value: TelemetryValue,
}

impl Reading {
    /// A quantity: a [`Decimal`], or a `bool` to be written as one.
    ///
    /// # Errors
    ///
    /// [`NotOnPlatform`] if Azure has no key for it.
    pub fn new(time: Timestamp, quantity: Quantity, value: impl Into<TelemetryValue>) -> Result<Self, NotOnPlatform> {
        Ok(Self::with_key(time, TelemetryKey::of(quantity)?, value))
    }

    /// One of the keys that are not quantities.
    pub fn with_key(time: Timestamp, key: TelemetryKey, value: impl Into<TelemetryValue>) -> Self {
        Self {
            time,
            key: key.0,
            value: value.into(),
        }
    }

    /// An event.
    pub const fn event(time: Timestamp, event: EventId) -> Self {
        Self {
            time,
            key: "event",
            value: TelemetryValue::Event(event),
        }
    }

    /// When it was.
    pub const fn time(&self) -> Timestamp {
        self.time
    }

    /// The role that a server needs to get it.
    pub const fn role(&self) -> Role {
        match self.value {
            TelemetryValue::Event(_) => Role::Events,
            TelemetryValue::Number(_) | TelemetryValue::Bool(_) => Role::Measurements,
        }
    }

    fn write(&self, object: &mut ObjectWriter<'_>) -> fmt::Result {
        let place = object.member(self.key);
        match self.value {
            TelemetryValue::Number(number) => place.number(number),
            TelemetryValue::Bool(state) => place.bool(state),
            TelemetryValue::Event(event) => place.string(event),
        }
    }
}

/// One publication: readings of one time. It prints as its payload.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Telemetry<'a> {
    time: Timestamp,
    readings: &'a [Reading],
}

impl<'a> Telemetry<'a> {
    /// The publications for these readings, of at most `max` bytes each: one for each time, and more where they are too long, or where a
    /// key comes twice, as two events of a time do. Readings of the same time stand one after another.
    pub const fn batches(readings: &'a [Reading], max: usize) -> Batches<'a> {
        Batches { readings, max }
    }

    /// The time, for the topic.
    pub const fn time(&self) -> Timestamp {
        self.time
    }

    /// What is in it.
    pub const fn readings(&self) -> &'a [Reading] {
        self.readings
    }
}

/// As the example of section 5.1 has it, blanks included.
impl fmt::Display for Telemetry<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let place = Writer::with_style(f, Style::Spaced);
        place.object(|object| self.readings.iter().try_for_each(|reading| reading.write(object)))
    }
}

/// The publications for some readings, made by [`Telemetry::batches`].
#[derive(Debug, Clone)]
pub struct Batches<'a> {
    readings: &'a [Reading],
    max: usize,
}

impl<'a> Batches<'a> {
    /// How many readings the next publication takes, and how long it would be with one at least.
    fn next_len(&self) -> (usize, usize) {
        let Some(first) = self.readings.first() else {
            return (0, 0);
        };
        let mut needed = 0usize;
        let mut taken = 0usize;
        for reading in self.readings {
            let so_far = self.readings.get(..taken).unwrap_or_default();
            let twice = so_far.iter().any(|other| other.key == reading.key);
            let mut alone = Payload::new(&mut []);
            let _ = write!(
                alone,
                "{}",
                Telemetry {
                    time: reading.time,
                    readings: core::slice::from_ref(reading)
                }
            );
            // What a further one costs: a comma and a blank, and no braces.
            let longer = match taken {
                0 => alone.needed(),
                _ => needed.saturating_add(alone.needed()),
            };
            if taken > 0 && (reading.time != first.time || twice || longer > self.max) {
                break;
            }
            needed = longer;
            taken = taken.saturating_add(1);
            if needed > self.max {
                break;
            }
        }
        (taken, needed)
    }
}

impl<'a> Iterator for Batches<'a> {
    type Item = Result<Telemetry<'a>, TooLarge>;

    fn next(&mut self) -> Option<Self::Item> {
        let first = self.readings.first()?;
        let (taken, needed) = self.next_len();
        let (readings, rest) = self.readings.split_at_checked(taken)?;
        self.readings = rest;
        let max = self.max;
        Some(if needed > max {
            // One reading alone, which no publication takes.
            Err(TooLarge { needed, max })
        } else {
            Ok(Telemetry {
                time: first.time,
                readings,
            })
        })
    }
}
