//! Events (sections 4.1.1, 5.1 and 6.2).

mod cell_module;
mod link;
mod list;
mod source;

use core::fmt::{self, Write};
use core::str::FromStr;

pub use link::LinkEvent;

use super::Timestamp;
use super::csv::Line;

/// The largest number that five digits hold.
const LARGEST: u32 = 99_999;

/// What happened, as both platforms are told it: `a00064-00010`.
///
/// The 308 rows of appendix 6.2 are the constants here, [`cell_module`](Self::cell_module), and [`LinkEvent`]. Other numbers are kept
/// as they are. A constant costs its eight bytes; the texts are linked only where [`description`](Self::description) is called.
///
/// ```
/// use fibocom_mqtt::profile::captis::EventId;
///
/// let event = EventId::CONFIG_CHANGED;
/// assert_eq!(event.to_string(), "a00083-00012");
/// assert_eq!(event.event_type().to_string(), "alarm83-12");
/// assert_eq!(event.description().unwrap().to_string(), "Config - Changed");
/// assert_eq!("a00083-00012".parse(), Ok(event));
/// assert_eq!(EventId::from_type("alarm83-12"), Ok(event));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(all(feature = "defmt", target_os = "none"), derive(defmt::Format))]
pub struct EventId {
    major: u32,
    minor: u32,
}

/// Neither an event's id nor its type.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
#[cfg_attr(all(feature = "defmt", target_os = "none"), derive(defmt::Format))]
#[error("this is no event: an id is as a00064-00010, a type as alarm64-10")]
pub struct NotAnEvent;

impl EventId {
    /// `Cell Module Error - unknown`, for an error without a number.
    pub const CELL_MODULE_UNKNOWN: Self = Self {
        major: cell_module::MAJOR,
        minor: 100,
    };

    /// An event by its two numbers, of five digits at most.
    pub const fn new(major: u32, minor: u32) -> Option<Self> {
        if major > LARGEST || minor > LARGEST {
            return None;
        }
        Some(Self { major, minor })
    }

    /// An event by its type, such as `alarm64-10`.
    ///
    /// # Errors
    ///
    /// [`NotAnEvent`] for any other text.
    pub fn from_type(text: &str) -> Result<Self, NotAnEvent> {
        let numbers = text.strip_prefix("alarm").and_then(|rest| rest.split_once('-'));
        let (major, minor) = numbers.ok_or(NotAnEvent)?;
        let unpadded = |digits: &str| digits == "0" || !digits.starts_with('0');
        if !unpadded(major) || !unpadded(minor) {
            return Err(NotAnEvent);
        }
        Self::of_digits(major, minor)
    }

    /// The numbers of the id.
    pub const fn numbers(self) -> (u32, u32) {
        (self.major, self.minor)
    }

    /// The type, with the numbers as they are: `alarm64-10`.
    pub const fn event_type(self) -> EventType {
        EventType(self)
    }

    /// The type as the specification's own list prints it, where zeros are missing: `alarm64-1` for `a00064-00010`, `-00100` and
    /// `-01000` alike. For people who read that list; nothing on the wire carries it.
    pub const fn printed_label(self) -> PrintedLabel {
        PrintedLabel(self)
    }

    /// How the list describes it. `None` for what is not listed.
    pub fn description(self) -> Option<Description> {
        let (family, text) = if self.major == cell_module::MAJOR {
            (cell_module::FAMILY, cell_module::text(self.minor)?)
        } else if let Some(link) = LinkEvent::of(self) {
            ("", link.text())
        } else {
            ("", list::text(self.major, self.minor)?)
        };
        Some(Description { family, text })
    }

    /// Every listed event, those of a [`LinkEvent`] for the numbers 0 to 9.
    pub fn all() -> impl Iterator<Item = Self> {
        let links = LinkEvent::ALL
            .iter()
            .flat_map(|link| (0..=9).filter_map(|number| link.on(number)));
        list::all().chain(cell_module::all()).chain(links)
    }

    fn of_digits(major: &str, minor: &str) -> Result<Self, NotAnEvent> {
        let number = |digits: &str| {
            let all_digits = (1..=5).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit());
            all_digits.then(|| digits.parse().ok()).flatten().ok_or(NotAnEvent)
        };
        let (major, minor) = (number(major)?, number(minor)?);
        Ok(Self { major, minor })
    }
}

/// The id, as both platforms carry it.
impl fmt::Display for EventId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a{:05}-{:05}", self.major, self.minor)
    }
}

impl FromStr for EventId {
    type Err = NotAnEvent;

    fn from_str(text: &str) -> Result<Self, NotAnEvent> {
        let numbers = text.strip_prefix('a').and_then(|rest| rest.split_once('-'));
        match numbers {
            Some((major, minor)) if major.len() == 5 && minor.len() == 5 => Self::of_digits(major, minor),
            _ => Err(NotAnEvent),
        }
    }
}

/// Prints an event's type: [`EventId::event_type`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EventType(EventId);

impl fmt::Display for EventType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "alarm{}-{}", self.0.major, self.0.minor)
    }
}

/// Prints an event's type as the list does: [`EventId::printed_label`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PrintedLabel(EventId);

impl fmt::Display for PrintedLabel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let EventId { major, minor } = self.0;
        f.write_str("alarm")?;
        write!(WithoutZeros(&mut *f), "{major}-")?;
        // A lone 0 was spared, but for that of Boot.
        if minor == 0 && self.0 != EventId::BOOT {
            f.write_char('0')
        } else {
            write!(WithoutZeros(f), "{minor}")
        }
    }
}

struct WithoutZeros<'f, 'a>(&'f mut fmt::Formatter<'a>);

impl fmt::Write for WithoutZeros<'_, '_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        text.split('0').try_for_each(|piece| self.0.write_str(piece))
    }
}

/// Prints how the list describes an event: [`EventId::description`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Description {
    family: &'static str,
    text: &'static str,
}

impl fmt::Display for Description {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.family)?;
        f.write_str(self.text)
    }
}

/// Something that happened, and when: a line of Cumulocity's event topic (section 4.1.1). It prints without a line end;
/// [`Batch`](super::Batch) puts several into a payload.
///
/// ```
/// use fibocom_mqtt::profile::captis::{Event, EventId, Timestamp};
///
/// let event = Event::new(EventId::BOOT, Some(Timestamp::from_unix(1_539_166_863)));
/// assert_eq!(event.to_string(), "a00018-00000,2018-10-10T10:21:03Z");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(all(feature = "defmt", target_os = "none"), derive(defmt::Format))]
pub struct Event {
    /// What happened.
    pub id: EventId,
    /// When. Without a time the server takes the present.
    pub time: Option<Timestamp>,
}

impl Event {
    /// An event at a time.
    pub const fn new(id: EventId, time: Option<Timestamp>) -> Self {
        Self { id, time }
    }
}

impl fmt::Display for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Line::new(f).value(self.id)?.maybe(self.time).map(drop)
    }
}
