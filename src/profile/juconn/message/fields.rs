//! Writes the fields of a message, in either format.

use core::fmt::{self, Display, Write};

use super::{Format, Frame, Style};
use crate::profile::json;
use crate::profile::juconn::tixml;

/// What stands before the fields, and what behind.
pub(super) const fn frame(style: Style) -> (&'static str, &'static str) {
    match (style.format, style.frame) {
        (Format::Json, _) => ("{", "}"),
        (Format::Tixml, Frame::Braced) => ("{\n<?xml version=\"1.0\" encoding=\"UTF-8\" ?>\n", "\n}"),
        (Format::Tixml, Frame::Bare) => ("<?xml version=\"1.0\" encoding=\"UTF-8\" ?>\n", "\n"),
    }
}

/// The fields of a message, or of an object in it.
pub(super) struct Fields<'w> {
    out: &'w mut dyn Write,
    format: Format,
    filled: bool,
}

impl<'w> Fields<'w> {
    /// A whole message with what `fill` writes.
    pub(super) fn message(
        style: Style,
        out: &mut dyn Write,
        fill: impl FnOnce(&mut Fields<'_>) -> fmt::Result,
    ) -> fmt::Result {
        let (before, behind) = frame(style);
        out.write_str(before)?;
        fill(&mut Fields::new(style.format, out))?;
        out.write_str(behind)
    }

    pub(super) fn new(format: Format, out: &'w mut dyn Write) -> Self {
        let filled = false;
        Self { out, format, filled }
    }

    /// The start of a member of JSON.
    fn member(&mut self, name: &str) -> fmt::Result {
        self.comma()?;
        json::Writer::new(self.out).string(name)?;
        self.out.write_char(':')
    }

    fn comma(&mut self) -> fmt::Result {
        if self.filled {
            self.out.write_char(',')?;
        }
        self.filled = true;
        Ok(())
    }

    /// A field that JSON has as a text.
    pub(super) fn text(&mut self, name: &str, value: impl Display) -> fmt::Result {
        match self.format {
            Format::Tixml => tixml::Writer::new(self.out).value(name, value),
            Format::Json => {
                self.member(name)?;
                json::Writer::new(self.out).string(value)
            }
        }
    }

    /// A field whose TiXML has its text between its tags, or nothing.
    pub(super) fn content(&mut self, name: &str, text: impl Display, empty: bool) -> fmt::Result {
        match self.format {
            Format::Tixml if empty => tixml::Writer::new(self.out).element(name).empty(),
            Format::Tixml => tixml::Writer::new(self.out).element(name).text(text),
            Format::Json => self.text(name, text),
        }
    }

    /// A field that JSON has as it is displayed: a number, `true` or `false`.
    pub(super) fn literal(&mut self, name: &str, value: impl Display) -> fmt::Result {
        match self.format {
            Format::Tixml => tixml::Writer::new(self.out).value(name, value),
            Format::Json => {
                self.member(name)?;
                write!(self.out, "{value}")
            }
        }
    }

    /// A field with fields in it.
    pub(super) fn group(&mut self, name: &str, fill: impl FnOnce(&mut Fields<'_>) -> fmt::Result) -> fmt::Result {
        match self.format {
            Format::Tixml => {
                write!(self.out, "<{name}>")?;
                fill(&mut Fields::new(self.format, self.out))?;
                write!(self.out, "</{name}>")
            }
            Format::Json => {
                self.member(name)?;
                self.out.write_char('{')?;
                fill(&mut Fields::new(self.format, self.out))?;
                self.out.write_char('}')
            }
        }
    }

    /// A list: an array in JSON, elements in an element in TiXML.
    pub(super) fn list(&mut self, name: &str, fill: impl FnOnce(&mut Fields<'_>) -> fmt::Result) -> fmt::Result {
        match self.format {
            Format::Tixml => self.group(name, fill),
            Format::Json => {
                self.member(name)?;
                self.out.write_char('[')?;
                fill(&mut Fields::new(self.format, self.out))?;
                self.out.write_char(']')
            }
        }
    }

    /// An item of a list: its id is the element's name in TiXML and the member `key` in JSON.
    pub(super) fn item(
        &mut self,
        key: &str,
        id: impl Display,
        fill: impl FnOnce(&mut Fields<'_>) -> fmt::Result,
    ) -> fmt::Result {
        match self.format {
            Format::Tixml => {
                write!(self.out, "<{id}>")?;
                fill(&mut Fields::new(self.format, self.out))?;
                write!(self.out, "</{id}>")
            }
            Format::Json => {
                self.comma()?;
                self.out.write_char('{')?;
                let mut fields = Fields::new(self.format, self.out);
                fields.text(key, id)?;
                fill(&mut fields)?;
                self.out.write_char('}')
            }
        }
    }

    /// Whether it writes JSON.
    pub(super) fn is_json(&self) -> bool {
        self.format == Format::Json
    }

    /// A field whose value `fill` writes as JSON.
    pub(super) fn json(&mut self, name: &str, fill: impl FnOnce(&mut dyn Write) -> fmt::Result) -> fmt::Result {
        self.member(name)?;
        fill(self.out)
    }

    /// An element with these elements in it.
    pub(super) fn elements(&mut self, name: &str, elements: impl Display) -> fmt::Result {
        write!(self.out, "<{name}>{elements}</{name}>")
    }
}
