//! The last field of a line, which may hold commas without standing in quotes.

use super::configuration::Hidden;
use super::csv::{Field, Fields, Quotes, Shape};
use crate::profile::TooLarge;

/// The last field of a line: a command's text, a document, a message. Platforms put it into quotes where it has commas; a server that does
/// not is understood too, since nothing can follow it.
#[derive(Debug, Clone, Copy)]
pub struct Tail<'a>(Kind<'a>);

#[derive(Debug, Clone, Copy)]
enum Kind<'a> {
    Bare(&'a str),
    Quoted(Field<'a>),
}

/// The last field of a line is not right.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TailProblem {
    /// There is none, or it is cut.
    Truncated,
    /// Something follows its closing quote.
    Trailing,
}

impl<'a> Tail<'a> {
    /// What is left of a line; its quotes, if it begins with one, read so.
    pub(super) fn of(rest: Option<&'a str>, quotes: Quotes) -> Result<Self, TailProblem> {
        let rest = rest.filter(|rest| !rest.is_empty()).ok_or(TailProblem::Truncated)?;
        if !rest.starts_with('"') {
            return Ok(Self(Kind::Bare(rest)));
        }
        let mut fields = Fields::with_quotes(rest, quotes);
        let field = fields.next().ok_or(TailProblem::Truncated)?;
        match (field.shape(), fields.rest()) {
            (Shape::Whole, None) => Ok(Self(Kind::Quoted(field))),
            (Shape::Open, None) => Err(TailProblem::Truncated),
            _ => Err(TailProblem::Trailing),
        }
    }

    /// The text, written into `buffer` where it does not stand in the line as it is meant.
    ///
    /// # Errors
    ///
    /// [`TooLarge`] if it had to be written, and did not fit.
    pub fn text<'b>(&self, buffer: &'b mut [u8]) -> Result<&'b str, TooLarge>
    where
        'a: 'b,
    {
        match self.0 {
            Kind::Bare(text) => Ok(text),
            Kind::Quoted(field) => field.text(buffer),
        }
    }

    /// The text where it stands in the line as it is meant: not if a quote or a backslash in it had to be encoded.
    pub fn plain(&self) -> Option<&'a str> {
        match self.0 {
            Kind::Bare(text) => Some(text),
            Kind::Quoted(field) => field.plain(),
        }
    }

    /// How long the text is.
    pub(super) fn hidden(&self) -> Hidden {
        Hidden(self.chars().map(char::len_utf8).sum())
    }

    /// The characters of the text.
    pub fn chars(&self) -> impl Iterator<Item = char> + use<'a> {
        let (bare, quoted) = match self.0 {
            Kind::Bare(text) => (text, None),
            Kind::Quoted(field) => ("", Some(field)),
        };
        bare.chars().chain(quoted.into_iter().flat_map(|field| field.chars()))
    }
}

by_characters!(Tail);
