//! Writing lines and their fields.

use core::fmt::{self, Display, Write};

/// Writes a line, a field at a time.
///
/// A field without a value leaves its place empty, and no comma is written behind the last field that has one: servers take a missing
/// timestamp for the present (section 4.1).
///
/// ```
/// use fibocom_mqtt::profile::captis::csv::Line;
///
/// let mut text = String::new();
/// let mut line = Line::new(&mut text);
/// line.text("502")?.text("c8y_Command")?.text("no \"rf\" here")?.empty();
/// assert_eq!(text, r#"502,c8y_Command,"no ""rf"" here""#);
/// # Ok::<(), core::fmt::Error>(())
/// ```
#[derive(Debug)]
pub struct Line<'w, W> {
    out: &'w mut W,
    begun: bool,
    /// Commas that are written once a field follows.
    owed: usize,
}

impl<'w, W: Write> Line<'w, W> {
    /// A line that is written to `out`.
    pub const fn new(out: &'w mut W) -> Self {
        Self {
            out,
            begun: false,
            owed: 0,
        }
    }

    /// A field without a value.
    pub const fn empty(&mut self) -> &mut Self {
        if self.begun {
            self.owed = self.owed.saturating_add(1);
        }
        self.begun = true;
        self
    }

    /// A field with this text, or whatever else prints the same each time, in quotes if it needs them. Empty text is no value.
    ///
    /// # Errors
    ///
    /// That of the writer.
    pub fn text(&mut self, text: impl Display) -> Result<&mut Self, fmt::Error> {
        self.empty();
        let look = Look::at(&text)?;
        if !look.empty {
            self.settle()?;
            look.write(self.out, text)?;
        }
        Ok(self)
    }

    /// A field that has a value and never needs quotes, such as a number or a time.
    ///
    /// # Errors
    ///
    /// That of the writer.
    pub fn value(&mut self, value: impl Display) -> Result<&mut Self, fmt::Error> {
        self.empty();
        self.settle()?;
        write!(self.out, "{value}")?;
        Ok(self)
    }

    /// As [`value`](Self::value), if there is one.
    ///
    /// # Errors
    ///
    /// That of the writer.
    pub fn maybe(&mut self, value: Option<impl Display>) -> Result<&mut Self, fmt::Error> {
        match value {
            Some(value) => self.value(value),
            None => Ok(self.empty()),
        }
    }

    /// A field in quotes, whatever it prints, such as a document.
    ///
    /// # Errors
    ///
    /// That of the writer.
    pub fn quoted(&mut self, value: impl Display) -> Result<&mut Self, fmt::Error> {
        self.empty();
        self.settle()?;
        write_quoted(self.out, value)?;
        Ok(self)
    }

    fn settle(&mut self) -> fmt::Result {
        while self.owed > 0 {
            self.owed = self.owed.saturating_sub(1);
            self.out.write_char(',')?;
        }
        Ok(())
    }
}

/// Writes a field: in quotes if it holds a quote, a comma, a line end or a tab, or begins or ends with a space.
///
/// # Errors
///
/// That of the writer.
pub fn write_field(out: &mut impl Write, text: impl Display) -> fmt::Result {
    Look::at(&text)?.write(out, text)
}

/// Whether a text needs quotes, found by printing it to nowhere.
struct Look {
    empty: bool,
    quotes: bool,
    ends_with_space: bool,
}

impl Look {
    fn at(text: &impl Display) -> Result<Self, fmt::Error> {
        let mut look = Self {
            empty: true,
            quotes: false,
            ends_with_space: false,
        };
        write!(look, "{text}")?;
        Ok(look)
    }

    fn write(&self, out: &mut impl Write, text: impl Display) -> fmt::Result {
        if self.quotes || self.ends_with_space {
            write_quoted(out, text)
        } else {
            write!(out, "{text}")
        }
    }
}

impl Write for Look {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let begins_with_space = self.empty && text.starts_with(' ');
        self.quotes |= begins_with_space || text.contains(['"', ',', '\n', '\r', '\t']);
        if !text.is_empty() {
            self.empty = false;
            self.ends_with_space = text.ends_with(' ');
        }
        Ok(())
    }
}

/// Writes a field in quotes, each quote inside doubled.
///
/// # Errors
///
/// That of the writer.
pub fn write_quoted(out: &mut impl Write, value: impl Display) -> fmt::Result {
    struct Doubling<'w, W>(&'w mut W);

    impl<W: Write> Write for Doubling<'_, W> {
        fn write_str(&mut self, text: &str) -> fmt::Result {
            for (index, piece) in text.split('"').enumerate() {
                if index > 0 {
                    self.0.write_str("\"\"")?;
                }
                self.0.write_str(piece)?;
            }
            Ok(())
        }
    }

    out.write_char('"')?;
    write!(Doubling(&mut *out), "{value}")?;
    out.write_char('"')
}
