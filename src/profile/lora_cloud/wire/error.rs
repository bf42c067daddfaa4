//! What is wrong with an object, and where in it.

use core::fmt;

use crate::profile::TooLarge;
use crate::profile::json::JsonError;

/// How many names a [`Path`] keeps. No object of the document is nested deeper.
const DEPTH: usize = 6;

/// Where something stands in a document: the names of the fields that lead to it, such as `info_fields.charge.value`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(all(feature = "defmt", target_os = "none"), derive(defmt::Format))]
pub struct Path {
    /// From the inside out.
    names: [&'static str; DEPTH],
    len: usize,
}

impl Path {
    /// The whole document.
    const ROOT: Self = Self {
        names: [""; DEPTH],
        len: 0,
    };

    const fn of(field: &'static str) -> Self {
        let names = [field, "", "", "", "", ""];
        Self { names, len: 1 }
    }

    /// The same place, seen from outside of the field.
    fn under(mut self, field: &'static str) -> Self {
        if let Some(place) = self.names.get_mut(self.len) {
            *place = field;
            self.len = self.len.saturating_add(1);
        }
        self
    }

    /// The innermost field. Empty if the document itself is meant.
    pub fn field(&self) -> &'static str {
        self.names.first().copied().unwrap_or_default()
    }
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = self.names.get(..self.len).unwrap_or_default();
        if names.is_empty() {
            return f.write_str("the document");
        }
        for (nth, name) in names.iter().rev().enumerate() {
            if nth > 0 {
                f.write_str(".")?;
            }
            f.write_str(name)?;
        }
        Ok(())
    }
}

/// What is wrong with a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[cfg_attr(all(feature = "defmt", target_os = "none"), derive(defmt::Format))]
#[non_exhaustive]
pub enum Reason {
    /// The bytes are not a JSON document.
    #[error("{0}")]
    Json(JsonError),
    /// It is not there, and has to be.
    #[error("is missing: add it")]
    Missing,
    /// It is there twice.
    #[error("is there twice: keep one")]
    Duplicate,
    /// A text where a number has to be, or the like.
    #[error("has a value of the wrong kind: see the type of the field")]
    Kind,
    /// A number that is too small, too large, not whole where it has to be, or not finite.
    #[error("is a number outside of its range: see the type of the field")]
    Range,
    /// A text that says something else than it may, such as one that is not hexadecimal.
    #[error("has a value that is not known there: see the type of the field")]
    Value,
    /// More than the caller made room for, or another length than it has to have.
    #[error("has a length of {len}, which does not fit: see the type of the field, or choose larger sizes")]
    Length {
        /// How many elements, bytes or characters there are, at least.
        len: usize,
    },
    /// A part of it found no room when it was read, so it cannot be sent on.
    #[error("was not kept whole when it was read ({omitted} did not fit): choose larger sizes")]
    Incomplete {
        /// How many elements or bytes did not fit.
        omitted: usize,
    },
    /// The port of another protocol.
    #[error("is the port of another protocol too: give each its own")]
    Conflict,
    /// The response names another device than what it is wrapped in.
    #[error("is another device than the envelope names: ask the service which is meant")]
    Contradiction,
}

/// A field of an object is not as it has to be: in a document that was received, or in what was to be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[cfg_attr(all(feature = "defmt", target_os = "none"), derive(defmt::Format))]
#[error("{path}: {reason}")]
pub struct Invalid {
    /// Where it stands.
    pub path: Path,
    /// What is wrong there.
    pub reason: Reason,
}

impl Invalid {
    pub(crate) const fn new(field: &'static str, reason: Reason) -> Self {
        Self {
            path: Path::of(field),
            reason,
        }
    }

    pub(crate) const fn document(reason: Reason) -> Self {
        Self {
            path: Path::ROOT,
            reason,
        }
    }

    pub(crate) fn under(mut self, field: &'static str) -> Self {
        self.path = self.path.under(field);
        self
    }
}

impl From<JsonError> for Invalid {
    fn from(error: JsonError) -> Self {
        Self::document(Reason::Json(error))
    }
}

/// An object cannot be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[cfg_attr(all(feature = "defmt", target_os = "none"), derive(defmt::Format))]
#[non_exhaustive]
pub enum EncodeError {
    /// A field breaks a rule of the service.
    #[error("{0}")]
    Invalid(Invalid),
    /// The document does not fit.
    #[error("{0}")]
    TooLarge(TooLarge),
}

impl From<Invalid> for EncodeError {
    fn from(error: Invalid) -> Self {
        Self::Invalid(error)
    }
}

impl From<TooLarge> for EncodeError {
    fn from(error: TooLarge) -> Self {
        Self::TooLarge(error)
    }
}
