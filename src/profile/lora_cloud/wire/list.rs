//! Lists of bounded length.

use core::fmt;
use core::ops::Deref;

use serde::de::{IgnoredAny, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::encode::Rules;
use super::error::{Invalid, Reason};
use crate::profile::lora_cloud::DevicePorts;

/// A list of at most `N` elements. When one that is longer is read, its first elements are kept and the others are counted.
///
/// ```
/// use fibocom_mqtt::profile::lora_cloud::{List, decode};
///
/// let list: List<u8, 2> = decode(b"[1, 2, 3]")?;
/// assert_eq!((&list[..], list.omitted()), (&[1, 2][..], 1));
/// # Ok::<(), fibocom_mqtt::profile::lora_cloud::Invalid>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct List<T, const N: usize> {
    elements: heapless::Vec<T, N>,
    omitted: usize,
}

impl<T, const N: usize> List<T, N> {
    /// A list of nothing.
    pub const fn new() -> Self {
        Self {
            elements: heapless::Vec::new(),
            omitted: 0,
        }
    }

    /// Appends an element.
    ///
    /// # Errors
    ///
    /// The element, if there are `N` already.
    pub fn push(&mut self, element: T) -> Result<(), T> {
        self.elements.push(element)
    }

    /// How many elements were read that are not here: for want of room, or, of names, since they are not known.
    pub fn omitted(&self) -> usize {
        self.omitted
    }

    /// Counts an element that is not kept.
    pub(in super::super) fn omit(&mut self) {
        self.omitted = self.omitted.saturating_add(1);
    }

    pub(in super::super) fn check_whole(&self, field: &'static str) -> Result<(), Invalid> {
        match self.omitted {
            0 => Ok(()),
            omitted => Err(Invalid::new(field, Reason::Incomplete { omitted })),
        }
    }
}

impl<T: Rules, const N: usize> List<T, N> {
    /// Each element, and that all are here.
    pub(in super::super) fn check(&self, field: &'static str, ports: &DevicePorts) -> Result<(), Invalid> {
        self.check_whole(field)?;
        let mut elements = self.elements.iter();
        elements.try_for_each(|element| element.check(ports).map_err(|error| error.under(field)))
    }
}

impl<T, const N: usize> Default for List<T, N> {
    fn default() -> Self {
        Self::new()
    }
}

impl<T, const N: usize> Deref for List<T, N> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        &self.elements
    }
}

impl<'l, T, const N: usize> IntoIterator for &'l List<T, N> {
    type Item = &'l T;
    type IntoIter = core::slice::Iter<'l, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.elements.iter()
    }
}

/// The first elements that there are; the others are counted.
impl<T, const N: usize> FromIterator<T> for List<T, N> {
    fn from_iter<I: IntoIterator<Item = T>>(elements: I) -> Self {
        let mut list = Self::new();
        for element in elements {
            if list.push(element).is_err() {
                list.omit();
            }
        }
        list
    }
}

impl<T: Serialize, const N: usize> Serialize for List<T, N> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.elements.serialize(serializer)
    }
}

impl<'de, T: Deserialize<'de>, const N: usize> Deserialize<'de> for List<T, N> {
    /// `null` is a list of nothing.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut list = Self::new();
        Self::deserialize_in_place(deserializer, &mut list)?;
        Ok(list)
    }

    fn deserialize_in_place<D: Deserializer<'de>>(deserializer: D, place: &mut Self) -> Result<(), D::Error> {
        place.elements.clear();
        place.omitted = 0;
        deserializer.deserialize_option(Elements(place))
    }
}

struct Elements<'p, T, const N: usize>(&'p mut List<T, N>);

impl<'de, T: Deserialize<'de>, const N: usize> Visitor<'de> for Elements<'_, T, N> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list")
    }

    fn visit_none<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_seq(self)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<(), A::Error> {
        let Self(list) = self;
        while !list.elements.is_full() {
            match elements.next_element()? {
                // There is room.
                Some(element) => drop(list.push(element)),
                None => return Ok(()),
            }
        }
        while elements.next_element::<IgnoredAny>()?.is_some() {
            list.omit();
        }
        Ok(())
    }
}
