//! Operations that a server gives (section 4.1.4), from the line to the status.

mod kind;
mod lines;
mod status;

pub use kind::OperationKind;
pub use lines::Operations;
pub use status::{Executing, StatusLine};

use core::fmt;

use super::FileUrl;
use super::command::{Command, OutputState};
use super::csv::{Field, Fields, Quotes};
use super::gate::{Gate, Refusal};
use super::tail::Tail;
use crate::profile::json::Value;

/// What a server wants done.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub enum Operation<'a> {
    /// 511: carry a command out.
    Command(CommandText<'a>),
    /// 513: take this configuration, or part of one.
    Configuration(ConfigurationText<'a>),
    /// 515: a new firmware for the device.
    Firmware(Image<'a>),
    /// 516: a new firmware for the module.
    Software(Image<'a>),
    /// 518: the digital output.
    Relay(OutputState),
}

/// An operation as it came: what is wanted, or why it is refused. Either way it has its two status lines, which
/// [`begin`](Self::begin) leads to.
#[derive(Debug)]
#[must_use = "an operation has to be answered"]
pub struct Received<'a> {
    pub(super) kind: Option<OperationKind>,
    pub(super) operation: Result<Operation<'a>, Refusal>,
    pub(super) executing: Executing<'a>,
}

impl<'a> Received<'a> {
    /// What kind of operation it is; none if the line has no code.
    pub const fn kind(&self) -> Option<OperationKind> {
        self.kind
    }

    /// Begins with it. What is returned first has the line for that, 501, which is published before anything is done, and
    /// the lines for its end, 503 and 502.
    ///
    /// # Errors
    ///
    /// Why the operation is refused. The end is then [`Executing::fail`] with this [`Refusal`].
    pub fn begin(self) -> (Executing<'a>, Result<Operation<'a>, Refusal>) {
        (self.executing, self.operation)
    }
}

/// The text of a command operation: `89610180002841893752,get_pulse_total,1`.
#[derive(Clone, Copy)]
pub struct CommandText<'a> {
    pub(super) gate: Gate<'a>,
    pub(super) text: Tail<'a>,
}

/// Without the text, of which a [`FileUrl`] may be a part.
impl fmt::Debug for CommandText<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("CommandText").field(&self.text.hidden()).finish()
    }
}

impl<'a> CommandText<'a> {
    /// The text.
    pub fn text(&self) -> Tail<'a> {
        self.text
    }

    /// The command. `buffer` is needed where quotes in the text are encoded, and is long enough if it is as long as the payload.
    ///
    /// # Errors
    ///
    /// [`Refusal`] if it is none, is for another device, or may not be given so.
    pub fn command<'b>(&self, buffer: &'b mut [u8]) -> Result<Command<'b>, Refusal>
    where
        'a: 'b,
    {
        self.gate.command_line(self.text.text(buffer)?)
    }
}

/// The document of a configuration operation, in its quotes.
#[derive(Clone, Copy)]
pub struct ConfigurationText<'a>(pub(super) Tail<'a>);

impl fmt::Debug for ConfigurationText<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("ConfigurationText").field(&self.0.hidden()).finish()
    }
}

impl<'a> ConfigurationText<'a> {
    /// The document as it is meant, whichever way its quotes are encoded: doubled, or with backslashes.
    pub(super) fn of(rest: Option<&'a str>) -> Result<Self, Refusal> {
        let text = Tail::of(rest, Quotes::DoubledOrEscaped);
        let text = text.map_err(|problem| Refusal::tail(problem, "configuration"))?;
        Ok(Self(text))
    }

    /// The text.
    pub fn text(&self) -> Tail<'a> {
        self.0
    }

    /// The document, which may be a part of a configuration. `buffer` is needed where its quotes are encoded, and is long enough if it is as
    /// long as the payload.
    ///
    /// # Errors
    ///
    /// [`Refusal`] if it is not a JSON object, or `buffer` is too small.
    pub fn json<'b>(&self, buffer: &'b mut [u8]) -> Result<Value<'b>, Refusal>
    where
        'a: 'b,
    {
        Refusal::unless_object(Value::parse(self.0.text(buffer)?)?)
    }
}

/// A firmware to fetch.
#[derive(Clone, Copy)]
pub struct Image<'a> {
    /// Its name; of a firmware for the module, the module's part number.
    pub name: Field<'a>,
    /// Its version.
    pub version: Field<'a>,
    /// Where it is.
    pub url: Field<'a>,
}

/// Of the URL no more than a [`FileUrl`] shows.
impl fmt::Debug for Image<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Image")
            .field("name", &self.name)
            .field("version", &self.version)
            .field("url", &FileUrl::new(self.url.plain().unwrap_or(self.url.raw())))
            .finish()
    }
}

impl<'a> Image<'a> {
    pub(super) fn of(fields: &mut Fields<'a>) -> Result<Self, Refusal> {
        let mut field = |name| match fields.next() {
            Some(field) if field.is_whole() && !field.is_empty() => Ok(field),
            _ => Err(Refusal::Truncated(name)),
        };
        let image = Self {
            name: field("name")?,
            version: field("version")?,
            url: field("URL")?,
        };
        match fields.rest() {
            None => Ok(image),
            Some(_) => Err(Refusal::Trailing),
        }
    }
}
