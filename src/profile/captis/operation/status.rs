//! Status lines: 501 when an operation begins, 503 or 502 when it ends.

use core::fmt;

use super::OperationKind;
use crate::profile::captis::csv::Line;

/// An operation that has begun. [`line`](Self::line) is published first; the operation is then carried out, and ends with
/// [`success`](Self::success) or [`fail`](Self::fail): either uses it up, so it ends once.
#[derive(Debug)]
#[must_use = "an operation has to be answered"]
pub struct Executing<'a> {
    name: Name<'a>,
}

/// The operation string of a status line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Name<'a> {
    Text(&'a str),
    /// Unknown: there is no string, so its code stands for it.
    Code(u16),
    None,
}

impl<'a> Executing<'a> {
    pub(super) fn of(kind: Option<OperationKind>, software: &'a str) -> Self {
        let name = match kind {
            Some(OperationKind::Software) => Name::Text(software),
            Some(kind) => kind.string().map_or(Name::Code(kind.code()), Name::Text),
            None => Name::None,
        };
        Self { name }
    }

    /// 501: it is being carried out.
    pub const fn line(&self) -> StatusLine<'a, &'static str> {
        self.status(501, "")
    }

    /// 503: it was carried out.
    pub const fn success(self) -> StatusLine<'a, &'static str> {
        self.status(503, "")
    }

    /// 503: it was carried out, with this text.
    pub const fn success_with<T: fmt::Display>(self, text: T) -> StatusLine<'a, T> {
        self.status(503, text)
    }

    /// 502: it was not carried out, and why.
    pub const fn fail<T: fmt::Display>(self, reason: T) -> StatusLine<'a, T> {
        self.status(502, reason)
    }

    const fn status<T>(&self, code: u16, text: T) -> StatusLine<'a, T> {
        StatusLine {
            code,
            name: self.name,
            text,
        }
    }
}

/// A status line. It prints without a line end; [`Batch`](crate::profile::captis::Batch) puts several into a payload.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use = "a status line has to be published"]
pub struct StatusLine<'a, T> {
    code: u16,
    name: Name<'a>,
    text: T,
}

impl<T: fmt::Display> fmt::Display for StatusLine<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut line = Line::new(f);
        line.value(self.code)?;
        match self.name {
            Name::Text(name) => line.text(name)?,
            Name::Code(code) => line.value(code)?,
            Name::None => line.empty(),
        };
        line.text(&self.text)?;
        Ok(())
    }
}
