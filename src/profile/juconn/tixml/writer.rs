//! Writing TiXML: names checked, texts escaped, tags closed by construction.

use core::fmt::{self, Write};

/// Whether `name` may name an element or an attribute: a letter or an underscore, then letters, digits, `_`, `-` and `.`, all ASCII.
///
/// ```
/// use fibocom_mqtt::profile::juconn::tixml::is_name;
///
/// assert!(is_name("Voltage_L1_N") && is_name("_"));
/// assert!(!is_name("Supply temp") && !is_name("1.8.0") && !is_name(""));
/// ```
pub fn is_name(name: &str) -> bool {
    name.bytes()
        .next()
        .is_some_and(|first| first == b'_' || first.is_ascii_alphabetic())
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.'))
}

/// Writes elements in a row.
///
/// All that is not printable ASCII is written as an entity, as section 2.2.1 wants it.
///
/// ```
/// use fibocom_mqtt::profile::juconn::tixml::Writer;
///
/// let mut out = String::new();
/// Writer::new(&mut out).element("sensors").fill(|sensors| {
///     sensors.element("unit").attribute("_", "°C")?.empty()?;
///     sensors.element("note").text("1 < 2")
/// })?;
/// assert_eq!(out, "<sensors><unit _=\"&#xb0;C\"/><note>1 &lt; 2</note></sensors>");
/// assert!(Writer::new(&mut out).element("Supply temp").empty().is_err());
/// # Ok::<(), core::fmt::Error>(())
/// ```
pub struct Writer<'w> {
    out: &'w mut dyn Write,
}

impl<'w> Writer<'w> {
    /// Writes to the end of `out`.
    pub fn new(out: &'w mut dyn Write) -> Self {
        Self { out }
    }

    /// An element; nothing of it is written before the first call on it.
    pub fn element<'m>(&'m mut self, name: &'m str) -> ElementWriter<'m> {
        ElementWriter {
            out: &mut *self.out,
            name,
            begun: false,
        }
    }

    /// An element whose value is in its attribute `_`, as most are: `<name _="value"/>`.
    ///
    /// # Errors
    ///
    /// The destination's failure, or that `name` is not [a name](is_name).
    pub fn value(&mut self, name: &str, value: impl fmt::Display) -> fmt::Result {
        self.element(name).attribute("_", value)?.empty()
    }

    /// Elements that are TiXML already, as they are.
    ///
    /// # Errors
    ///
    /// The destination's failure.
    pub fn raw(&mut self, elements: &str) -> fmt::Result {
        self.out.write_str(elements)
    }
}

/// Writes an element: its attributes, and then what ends it.
#[must_use = "an element is not closed until it is ended"]
pub struct ElementWriter<'w> {
    out: &'w mut dyn Write,
    name: &'w str,
    begun: bool,
}

impl ElementWriter<'_> {
    fn begin(&mut self) -> fmt::Result {
        if self.begun {
            return Ok(());
        }
        self.begun = true;
        if !is_name(self.name) {
            return Err(fmt::Error);
        }
        write!(self.out, "<{}", self.name)
    }

    /// One more attribute: whatever `value` displays, escaped.
    ///
    /// # Errors
    ///
    /// The destination's failure, or that the element's name or this one is not [a name](is_name).
    pub fn attribute(mut self, name: &str, value: impl fmt::Display) -> Result<Self, fmt::Error> {
        self.begin()?;
        if !is_name(name) {
            return Err(fmt::Error);
        }
        write!(self.out, " {name}=\"")?;
        write!(Escaped(self.out), "{value}")?;
        self.out.write_char('"')?;
        Ok(self)
    }

    /// Ends it with nothing in it.
    ///
    /// # Errors
    ///
    /// As of [`attribute`](Self::attribute).
    pub fn empty(mut self) -> fmt::Result {
        self.begin()?;
        self.out.write_str("/>")
    }

    /// Ends it with a text in it, escaped.
    ///
    /// # Errors
    ///
    /// As of [`attribute`](Self::attribute).
    pub fn text(mut self, text: impl fmt::Display) -> fmt::Result {
        self.begin()?;
        self.out.write_char('>')?;
        write_text(self.out, text)?;
        write!(self.out, "</{}>", self.name)
    }

    /// Ends it with what `fill` writes in it.
    ///
    /// # Errors
    ///
    /// What `fill` returns, or as of [`attribute`](Self::attribute).
    pub fn fill(mut self, fill: impl FnOnce(&mut Writer<'_>) -> fmt::Result) -> fmt::Result {
        self.begin()?;
        self.out.write_char('>')?;
        fill(&mut Writer { out: &mut *self.out })?;
        write!(self.out, "</{}>", self.name)
    }
}

/// Writes the text of an element. Spaces at its ends are entities: as they are, a reader takes them for layout.
pub(crate) fn write_text(out: &mut dyn Write, text: impl fmt::Display) -> fmt::Result {
    let mut written = Kept {
        out,
        begun: false,
        spaces: 0,
    };
    write!(written, "{text}")?;
    written.spaces("&#x20;")
}

/// Keeps spaces back until it is known whether something follows them.
struct Kept<'w> {
    out: &'w mut dyn Write,
    begun: bool,
    spaces: usize,
}

impl Kept<'_> {
    fn spaces(&mut self, each: &str) -> fmt::Result {
        (0..core::mem::take(&mut self.spaces)).try_for_each(|_| self.out.write_str(each))
    }
}

impl Write for Kept<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        for character in text.chars() {
            if character == ' ' {
                self.spaces = self.spaces.saturating_add(1);
                continue;
            }
            self.spaces(if self.begun { " " } else { "&#x20;" })?;
            self.begun = true;
            Escaped(self.out).write_char(character)?;
        }
        Ok(())
    }
}

/// Escapes what is written through it.
pub(crate) struct Escaped<'w>(pub(crate) &'w mut dyn Write);

impl Write for Escaped<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        for character in text.chars() {
            match character {
                '<' => self.0.write_str("&lt;")?,
                '>' => self.0.write_str("&gt;")?,
                '&' => self.0.write_str("&amp;")?,
                '"' => self.0.write_str("&quot;")?,
                ' '..='~' => self.0.write_char(character)?,
                _ => write!(self.0, "&#x{:x};", u32::from(character))?,
            }
        }
        Ok(())
    }
}
