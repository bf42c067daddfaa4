//! Elements of a text that has been checked.

use core::fmt;

use super::MAX_DEPTH;
use super::error::{TixmlError, TixmlProblem};
use super::scanner::{Scanner, Token, attribute};
use super::text::Text;

/// A whole text: elements in a row. It borrows, and copies cheaply. `Debug` shows its length only: there may be passwords in it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Document<'a>(&'a str);

impl fmt::Debug for Document<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Document({} bytes)", self.0.len())
    }
}

impl<'a> Document<'a> {
    /// Reads a text and checks all of it.
    ///
    /// # Errors
    ///
    /// [`TixmlError`] says where the text is not TiXML, and what is wrong there.
    pub fn parse(text: &'a str) -> Result<Self, TixmlError> {
        let mut open: heapless::Vec<&str, MAX_DEPTH> = heapless::Vec::new();
        let mut scanner = Scanner::new(text);
        loop {
            let at = scanner.at();
            let error = |problem| TixmlError { at, problem };
            match scanner.token()? {
                Some(Token::Open {
                    name,
                    attributes,
                    empty,
                }) => {
                    if has_twins(attributes) {
                        let at = scanner.start();
                        let problem = TixmlProblem::Twice;
                        return Err(TixmlError { at, problem });
                    }
                    open.push(name).map_err(|_| error(TixmlProblem::Depth))?;
                    if empty {
                        open.pop();
                    }
                }
                Some(Token::Close { name }) => {
                    if open.pop() != Some(name) {
                        return Err(error(TixmlProblem::Close));
                    }
                }
                // The braces of a message, the brackets of a command, and a byte order mark.
                Some(Token::Text(text)) => {
                    let frame = |c: char| c.is_whitespace() || matches!(c, '{' | '}' | '[' | ']' | '\u{feff}');
                    if open.is_empty() && !text.chars().all(frame) {
                        return Err(error(TixmlProblem::Text));
                    }
                }
                None if open.is_empty() => return Ok(Self(text)),
                None => return Err(error(TixmlProblem::End)),
            }
        }
    }

    /// Reads a text from bytes, such as a payload, as [`parse`](Self::parse) does.
    ///
    /// # Errors
    ///
    /// As of [`parse`](Self::parse), and where the bytes are not UTF-8.
    pub fn parse_bytes(bytes: &'a [u8]) -> Result<Self, TixmlError> {
        let text = core::str::from_utf8(bytes).map_err(|error| TixmlError {
            at: error.valid_up_to(),
            problem: TixmlProblem::NotUtf8,
        })?;
        Self::parse(text)
    }

    /// A span of a text that has been checked: what stands in an element.
    pub(crate) const fn within(content: &'a str) -> Self {
        Self(content)
    }

    /// The outermost elements, in the order of the text.
    pub const fn elements(&self) -> Elements<'a> {
        Elements(Scanner::new(self.0))
    }

    /// The first of the outermost elements with this name.
    pub fn get(&self, name: &str) -> Option<Element<'a>> {
        self.elements().find(|element| element.name == name)
    }

    /// The text as it was read.
    pub const fn raw(&self) -> &'a str {
        self.0
    }
}

/// An element: its name, its attributes and what is in it. `Debug` shows its name and its length only.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Element<'a> {
    name: &'a str,
    attributes: &'a str,
    content: &'a str,
    raw: &'a str,
}

impl fmt::Debug for Element<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Element({}, {} bytes)", self.name, self.raw.len())
    }
}

impl<'a> Element<'a> {
    /// The name.
    pub const fn name(&self) -> &'a str {
        self.name
    }

    /// The attributes, in the order of the text.
    pub const fn attributes(&self) -> Attributes<'a> {
        Attributes(self.attributes)
    }

    /// The attribute with this name.
    pub fn attribute(&self, name: &str) -> Option<Text<'a>> {
        self.attributes()
            .find(|(found, _)| *found == name)
            .map(|(_, value)| value)
    }

    /// The elements in it, in the order of the text.
    pub const fn elements(&self) -> Elements<'a> {
        self.content().elements()
    }

    /// The first element in it with this name.
    pub fn get(&self, name: &str) -> Option<Element<'a>> {
        self.content().get(name)
    }

    /// What is in it.
    pub const fn content(&self) -> Document<'a> {
        Document(self.content)
    }

    /// The text in it, without the white space around it; none if there is nothing but white space. Of text that elements or comments
    /// interrupt, the first piece.
    pub fn text(&self) -> Option<Text<'a>> {
        let mut scanner = Scanner::new(self.content);
        let mut depth = 0u32;
        while let Ok(Some(token)) = scanner.token() {
            match token {
                Token::Open { empty: false, .. } => depth = depth.saturating_add(1),
                Token::Open { .. } => {}
                Token::Close { .. } => depth = depth.saturating_sub(1),
                Token::Text(text) if depth == 0 && !text.trim().is_empty() => return Some(Text::new(text.trim())),
                Token::Text(_) => {}
            }
        }
        None
    }

    /// The value: the attribute `_`, or else the text in it.
    pub fn value(&self) -> Option<Text<'a>> {
        self.attribute("_").or_else(|| self.text())
    }

    /// The element as the text writes it, with its tags.
    pub const fn raw(&self) -> &'a str {
        self.raw
    }
}

/// Elements in a row.
#[derive(Debug, Clone)]
pub struct Elements<'a>(Scanner<'a>);

impl<'a> Iterator for Elements<'a> {
    type Item = Element<'a>;

    fn next(&mut self) -> Option<Element<'a>> {
        let (name, attributes, empty) = loop {
            match self.0.token().ok()?? {
                Token::Open {
                    name,
                    attributes,
                    empty,
                } => break (name, attributes, empty),
                Token::Close { .. } => return None,
                Token::Text(_) => {}
            }
        };
        let (tag, start) = (self.0.start(), self.0.at());
        let mut end = start;
        let mut depth = u32::from(!empty);
        while depth > 0 {
            match self.0.token().ok()?? {
                Token::Open { empty: false, .. } => depth = depth.saturating_add(1),
                Token::Close { .. } => depth = depth.saturating_sub(1),
                _ => {}
            }
            end = self.0.start();
        }
        Some(Element {
            name,
            attributes,
            content: self.0.span(start, end),
            raw: self.0.span(tag, self.0.at()),
        })
    }
}

/// The attributes of an element: names and values. `Debug` shows their length only.
#[derive(Clone)]
pub struct Attributes<'a>(&'a str);

impl fmt::Debug for Attributes<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Attributes({} bytes)", self.0.len())
    }
}

fn has_twins(attributes: &str) -> bool {
    let all = Attributes(attributes);
    let mut names = all.clone().enumerate();
    names.any(|(index, (name, _))| all.clone().take(index).any(|(before, _)| before == name))
}

impl<'a> Iterator for Attributes<'a> {
    type Item = (&'a str, Text<'a>);

    fn next(&mut self) -> Option<Self::Item> {
        let (name, value, rest) = attribute(self.0.trim_start()).ok()?;
        self.0 = rest;
        Some((name, Text::new(value)))
    }
}
