//! Errors of commands, in three degrees of detail (manual, section 1.3, table 1-4).

use core::fmt::{self, Write};

use crate::profile::juconn::tixml::{Document, Element, Writer};

/// How much an error tells: what the attribute `ver` of a command asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[cfg_attr(all(feature = "defmt", target_os = "none"), derive(defmt::Format))]
pub enum Verbosity {
    /// `n`: its number. What holds for a command without `ver`.
    #[default]
    Number,
    /// `y`: number, text and cause.
    Short,
    /// `v`: also the line and the module of the program.
    Long,
}

impl Verbosity {
    /// What a command asks for.
    pub fn of(command: &Element<'_>) -> Self {
        match command.attribute("ver") {
            Some(ver) if ver == "y" => Self::Short,
            Some(ver) if ver == "v" => Self::Long,
            _ => Self::Number,
        }
    }
}

/// An error of a command.
///
/// ```
/// use fibocom_mqtt::profile::juconn::{ErrorReport, Verbosity};
///
/// let error = ErrorReport::new(-2196, "path to key not found").class("TXSTCPGetSetValueCmd");
/// let mut answer = String::new();
/// error.write(Verbosity::Number, &mut answer)?;
/// assert_eq!(answer, r#"<Error _="-2196"/>"#);
/// # Ok::<(), core::fmt::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ErrorReport<'a> {
    number: i32,
    text: &'a str,
    class: Option<&'a str>,
    place: Option<(u32, &'a str)>,
}

impl<'a> ErrorReport<'a> {
    /// An error with its number and its text.
    pub const fn new(number: i32, text: &'a str) -> Self {
        Self {
            number,
            text,
            class: None,
            place: None,
        }
    }

    /// With the part of the program that found it.
    pub const fn class(mut self, class: &'a str) -> Self {
        self.class = Some(class);
        self
    }

    /// With its place in the program, which only [`Verbosity::Long`] tells.
    pub const fn place(mut self, module: &'a str, line: u32) -> Self {
        self.place = Some((line, module));
        self
    }

    /// Writes it.
    ///
    /// # Errors
    ///
    /// The destination's failure.
    pub fn write(&self, verbosity: Verbosity, out: &mut dyn Write) -> fmt::Result {
        let mut writer = Writer::new(out);
        if verbosity == Verbosity::Number {
            return writer.value("Error", self.number);
        }
        writer.element("Error").fill(|error| {
            error.value("ErrNo", self.number)?;
            error.value("ErrText", self.text)?;
            error.element("ErrorCause").fill(|cause| {
                cause.value("ErrNo", self.number)?;
                cause.value("ErrText", self.text)?;
                if let Some((line, module)) = self.place.filter(|_| verbosity == Verbosity::Long) {
                    cause.value("Line", line)?;
                    cause.value("Module", module)?;
                }
                self.class.map_or(Ok(()), |class| cause.value("Class", class))
            })
        })
    }
}

/// The number of the error that an answer is, in any of the three forms; none if it is no error. An error without a number is -1.
///
/// ```
/// use fibocom_mqtt::profile::juconn::{error_number, tixml::Document};
///
/// let number = |answer| error_number(Document::parse(answer).unwrap());
/// assert_eq!(number("<SetConfig/>"), None);
/// assert_eq!(number(r#"<Error _="-2196" />"#), Some(-2196));
/// assert_eq!(number(r#"<Error><ErrNo _="-2196"/></Error>"#), Some(-2196));
/// ```
pub fn error_number(answer: Document<'_>) -> Option<i32> {
    let error = answer.get("Error")?;
    let number = error.attribute("_").or_else(|| error.get("ErrNo")?.value());
    let number = number.and_then(|number| super::super::Scalar::Tixml(number).parse());
    Some(number.filter(|number| *number != 0).unwrap_or(-1))
}
