//! Writing JSON: compact, ASCII only, commas and brackets by construction.

use core::fmt::{self, Write};

use super::number::State;
use super::value::Value;

/// The blanks of a document that is written. They mean nothing; a document that is compared as text may need them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[cfg_attr(all(feature = "defmt", target_os = "none"), derive(defmt::Format))]
pub enum Style {
    /// `{"a":1,"b":[2,3]}`
    #[default]
    Compact,
    /// `{"a": 1, "b": [2, 3]}`
    Spaced,
    /// `{ "a": 1, "b": [ 2, 3 ] }`
    Wide,
}

impl Style {
    const fn comma(self) -> &'static str {
        match self {
            Self::Compact => ",",
            Self::Spaced | Self::Wide => ", ",
        }
    }

    const fn colon(self) -> &'static str {
        match self {
            Self::Compact => ":",
            Self::Spaced | Self::Wide => ": ",
        }
    }

    const fn inside(self) -> &'static str {
        match self {
            Self::Compact | Self::Spaced => "",
            Self::Wide => " ",
        }
    }
}

/// The place of one value. Each method writes it and uses the place up; a place that is dropped leaves nothing behind.
///
/// All that is not ASCII is escaped as `\uXXXX`, as is every control character, so that the document is printable ASCII.
///
/// ```
/// use fibocom_mqtt::profile::json::Writer;
///
/// let mut out = String::new();
/// Writer::new(&mut out).object(|config| {
///     config.member("name").string("Köln")?;
///     config.member("rates").array(|rates| (1..=3).try_for_each(|rate| rates.element().number(rate)))?;
///     config.member("alarm").bool(false)
/// })?;
/// assert_eq!(out, r#"{"name":"K\u00f6ln","rates":[1,2,3],"alarm":false}"#);
/// # Ok::<(), core::fmt::Error>(())
/// ```
///
/// Every method fails only as the destination does, except [`number`](Self::number).
#[must_use = "nothing is written until the value is"]
pub struct Writer<'w> {
    out: &'w mut dyn Write,
    style: Style,
    /// Whether something stands before it in the same object or array, if it is in one.
    filled: Option<&'w mut bool>,
    name: Option<&'w str>,
}

impl<'w> Writer<'w> {
    /// The place of a whole document.
    pub fn new(out: &'w mut dyn Write) -> Self {
        Self::with_style(out, Style::Compact)
    }

    /// The place of a whole document with blanks in it.
    pub fn with_style(out: &'w mut dyn Write, style: Style) -> Self {
        Self {
            out,
            style,
            filled: None,
            name: None,
        }
    }

    /// Writes what stands before the value.
    fn place(self) -> Result<&'w mut dyn Write, fmt::Error> {
        if let Some(filled) = self.filled {
            self.out.write_str(if *filled {
                self.style.comma()
            } else {
                self.style.inside()
            })?;
            *filled = true;
        }
        if let Some(name) = self.name {
            string(self.out, format_args!("{name}"))?;
            self.out.write_str(self.style.colon())?;
        }
        Ok(self.out)
    }

    /// An object, whose members `fill` writes.
    ///
    /// # Errors
    ///
    /// What `fill` returns, or the destination's failure.
    pub fn object(self, fill: impl FnOnce(&mut ObjectWriter<'_>) -> fmt::Result) -> fmt::Result {
        let style = self.style;
        let out = self.place()?;
        out.write_char('{')?;
        let mut object = ObjectWriter {
            out: &mut *out,
            style,
            filled: false,
        };
        fill(&mut object)?;
        if object.filled {
            out.write_str(style.inside())?;
        }
        out.write_char('}')
    }

    /// An array, whose elements `fill` writes.
    ///
    /// # Errors
    ///
    /// What `fill` returns, or the destination's failure.
    pub fn array(self, fill: impl FnOnce(&mut ArrayWriter<'_>) -> fmt::Result) -> fmt::Result {
        let style = self.style;
        let out = self.place()?;
        out.write_char('[')?;
        let mut array = ArrayWriter {
            out: &mut *out,
            style,
            filled: false,
        };
        fill(&mut array)?;
        if array.filled {
            out.write_str(style.inside())?;
        }
        out.write_char(']')
    }

    /// A text: whatever `text` displays, escaped. `format_args!` serves as well as a `&str`.
    ///
    /// # Errors
    ///
    /// The destination's failure.
    pub fn string(self, text: impl fmt::Display) -> fmt::Result {
        string(self.place()?, format_args!("{text}"))
    }

    /// A number: whatever `number` displays, if that is one by JSON's grammar.
    ///
    /// # Errors
    ///
    /// The destination's failure, or that it is not a number, as a float is not that is infinite. Then the document is cut short.
    pub fn number(self, number: impl fmt::Display) -> fmt::Result {
        let mut checked = NumberText {
            out: self.place()?,
            state: State::Start,
        };
        write!(checked, "{number}")?;
        if checked.state.is_whole() {
            Ok(())
        } else {
            Err(fmt::Error)
        }
    }

    /// `true` or `false`.
    ///
    /// # Errors
    ///
    /// The destination's failure.
    pub fn bool(self, value: bool) -> fmt::Result {
        self.place()?.write_str(if value { "true" } else { "false" })
    }

    /// `null`
    ///
    /// # Errors
    ///
    /// The destination's failure.
    pub fn null(self) -> fmt::Result {
        self.place()?.write_str("null")
    }

    /// A value of another document as it is written there, but for characters beyond ASCII, which are escaped.
    ///
    /// # Errors
    ///
    /// The destination's failure.
    pub fn value(self, value: Value<'_>) -> fmt::Result {
        let out = self.place()?;
        // They can stand in its strings only, where an escape means the same.
        value.raw().chars().try_for_each(|character| match character {
            '\u{7f}'.. => escape(out, character),
            _ => out.write_char(character),
        })
    }
}

/// Writes the members of an object.
pub struct ObjectWriter<'w> {
    out: &'w mut dyn Write,
    style: Style,
    filled: bool,
}

impl ObjectWriter<'_> {
    /// The place of the next member's value.
    pub fn member<'m>(&'m mut self, name: &'m str) -> Writer<'m> {
        Writer {
            out: &mut *self.out,
            style: self.style,
            filled: Some(&mut self.filled),
            name: Some(name),
        }
    }
}

/// Writes the elements of an array.
pub struct ArrayWriter<'w> {
    out: &'w mut dyn Write,
    style: Style,
    filled: bool,
}

impl ArrayWriter<'_> {
    /// The place of the next element.
    pub fn element(&mut self) -> Writer<'_> {
        Writer {
            out: &mut *self.out,
            style: self.style,
            filled: Some(&mut self.filled),
            name: None,
        }
    }
}

fn string(out: &mut dyn Write, text: fmt::Arguments<'_>) -> fmt::Result {
    out.write_char('"')?;
    Escaped(&mut *out).write_fmt(text)?;
    out.write_char('"')
}

/// Escapes what is written through it.
struct Escaped<'w>(&'w mut dyn Write);

impl Write for Escaped<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        for character in text.chars() {
            match character {
                '"' => self.0.write_str("\\\"")?,
                '\\' => self.0.write_str("\\\\")?,
                '\n' => self.0.write_str("\\n")?,
                '\r' => self.0.write_str("\\r")?,
                '\t' => self.0.write_str("\\t")?,
                ' '..='~' => self.0.write_char(character)?,
                _ => escape(self.0, character)?,
            }
        }
        Ok(())
    }
}

fn escape(out: &mut dyn Write, character: char) -> fmt::Result {
    let mut units = [0; 2];
    for unit in character.encode_utf16(&mut units) {
        write!(out, "\\u{unit:04x}")?;
    }
    Ok(())
}

/// Follows the grammar of a number while it is written.
struct NumberText<'w> {
    out: &'w mut dyn Write,
    state: State,
}

impl Write for NumberText<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        for byte in text.bytes() {
            self.state = self.state.next(byte).ok_or(fmt::Error)?;
        }
        self.out.write_str(text)
    }
}
