//! From characters to tags, one after the other.

use core::fmt;

use super::error::{TixmlError, TixmlProblem};

/// A tag, or the text between two.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Token<'a> {
    /// `<name …>` or `<name …/>`
    Open {
        /// The element's name.
        name: &'a str,
        /// What stands behind the name, as written.
        attributes: &'a str,
        /// Whether the element ends with this tag.
        empty: bool,
    },
    /// `</name>`
    Close {
        /// The element's name.
        name: &'a str,
    },
    /// What stands between two tags, as written. Never empty.
    Text(&'a str),
}

/// Pulls tokens out of a text. Comments and declarations are passed over, and nothing is remembered: whether tags match, and attributes are
/// there once, is for [`Document::parse`](super::Document::parse) to say. `Debug` shows where it is only.
///
/// ```
/// use fibocom_mqtt::profile::juconn::tixml::{Scanner, Token};
///
/// let mut scanner = Scanner::new("<!------- a comment -------><P0 _=\"1\"/>");
/// let open = Token::Open { name: "P0", attributes: " _=\"1\"", empty: true };
/// assert_eq!(scanner.token(), Ok(Some(open)));
/// assert_eq!(scanner.token(), Ok(None));
/// ```
#[derive(Clone)]
pub struct Scanner<'a> {
    text: &'a str,
    at: usize,
    /// Where the last token began.
    start: usize,
}

impl fmt::Debug for Scanner<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Scanner({} of {} bytes)", self.at, self.text.len())
    }
}

impl<'a> Scanner<'a> {
    /// Begins at the start of `text`.
    pub const fn new(text: &'a str) -> Self {
        Self { text, at: 0, start: 0 }
    }

    /// How far it has come, in bytes from the start.
    pub const fn at(&self) -> usize {
        self.at
    }

    /// Where the token that was pulled last began, in bytes from the start.
    pub const fn start(&self) -> usize {
        self.start
    }

    /// A part of the text.
    pub(super) fn span(&self, start: usize, end: usize) -> &'a str {
        self.text.get(start..end).unwrap_or_default()
    }

    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn error(&self, problem: TixmlProblem) -> TixmlError {
        TixmlError { at: self.at, problem }
    }

    fn advance(&mut self, bytes: usize) {
        self.at = self.at.saturating_add(bytes).min(self.text.len());
    }

    /// Passes over everything up to the end of `mark`, which must come.
    fn pass(&mut self, from: usize, mark: &str) -> Result<(), TixmlError> {
        let rest = self.rest().get(from..).unwrap_or_default();
        let found = rest.find(mark).ok_or_else(|| self.error(TixmlProblem::End))?;
        self.advance(from.saturating_add(found).saturating_add(mark.len()));
        Ok(())
    }

    /// The next token; none at the end of the text.
    ///
    /// # Errors
    ///
    /// [`TixmlError`] says where the text is not TiXML.
    pub fn token(&mut self) -> Result<Option<Token<'a>>, TixmlError> {
        loop {
            let rest = self.rest();
            self.start = self.at;
            if rest.is_empty() {
                return Ok(None);
            } else if rest.starts_with("<!--") {
                self.pass(4, "-->")?;
            } else if rest.starts_with("<?") {
                self.pass(2, "?>")?;
            } else if rest.starts_with("<!") {
                return Err(self.error(TixmlProblem::Markup));
            } else if let Some(tag) = rest.strip_prefix("</") {
                let end = tag.find('>').ok_or_else(|| self.error(TixmlProblem::End))?;
                let name = tag.get(..end).unwrap_or_default().trim();
                self.advance(end.saturating_add(3));
                return Ok(Some(Token::Close { name }));
            } else if rest.starts_with('<') {
                return self.open().map(Some);
            } else {
                let end = rest.find('<').unwrap_or(rest.len());
                self.advance(end);
                return Ok(Some(Token::Text(rest.get(..end).unwrap_or_default())));
            }
        }
    }

    fn open(&mut self) -> Result<Token<'a>, TixmlError> {
        self.advance(1);
        let rest = self.rest();
        let end = rest.find(ends_name).unwrap_or(rest.len());
        let name = rest.get(..end).unwrap_or_default();
        if name.is_empty() {
            return Err(self.error(TixmlProblem::Name));
        }
        self.advance(end);
        let start = self.at;
        loop {
            let rest = self.rest();
            let behind = rest.trim_start();
            let attributes = self.text.get(start..self.at).unwrap_or_default();
            let spaces = rest.len().saturating_sub(behind.len());
            if behind.starts_with("/>") {
                self.advance(spaces.saturating_add(2));
                return Ok(Token::Open {
                    name,
                    attributes,
                    empty: true,
                });
            } else if behind.starts_with('>') {
                self.advance(spaces.saturating_add(1));
                return Ok(Token::Open {
                    name,
                    attributes,
                    empty: false,
                });
            }
            match attribute(behind) {
                Ok((_, _, after)) => self.at = self.text.len().saturating_sub(after.len()),
                Err(problem) => {
                    self.advance(spaces);
                    return Err(self.error(problem));
                }
            }
        }
    }
}

/// What a name cannot contain, in a text that is read.
fn ends_name(character: char) -> bool {
    character.is_whitespace() || matches!(character, '<' | '>' | '/' | '=' | '"' | '\'')
}

/// The attribute that `text` begins with: its name, its value as written, and what follows.
pub(super) fn attribute(text: &str) -> Result<(&str, &str, &str), TixmlProblem> {
    let Some(end) = text.find(ends_name) else {
        return Err(TixmlProblem::End);
    };
    let (name, rest) = text.split_at_checked(end).ok_or(TixmlProblem::End)?;
    let value = rest.trim_start().strip_prefix('=').map(str::trim_start);
    let Some(value) = value.filter(|_| !name.is_empty()) else {
        return Err(TixmlProblem::Attribute);
    };
    for quote in ['"', '\''] {
        if let Some(quoted) = value.strip_prefix(quote) {
            let (value, rest) = quoted.split_once(quote).ok_or(TixmlProblem::End)?;
            return Ok((name, value, rest));
        }
    }
    // Without quotes, as section 7.3 prints it.
    let ends = |character: char| character.is_whitespace() || matches!(character, '<' | '>' | '"' | '\'');
    let end = value.find(ends).unwrap_or(value.len());
    let (bare, _) = value.split_at_checked(end).ok_or(TixmlProblem::End)?;
    let bare = bare.strip_suffix('/').unwrap_or(bare);
    if bare.is_empty() {
        return Err(TixmlProblem::Attribute);
    }
    Ok((name, bare, value.get(bare.len()..).unwrap_or_default()))
}
