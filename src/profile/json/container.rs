//! Objects and arrays: what is in them, in the order of the document.

use super::check::Scanner;
use super::string::JsonStr;
use super::value::Value;

/// An object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Object<'a>(pub(super) &'a str);

impl<'a> Object<'a> {
    /// The members, in the order of the document.
    pub fn members(&self) -> Members<'a> {
        Members(Inside::new(self.0))
    }

    /// The value of the member with this name; of the last one, if there are several.
    pub fn get(&self, name: &str) -> Option<Value<'a>> {
        self.members()
            .filter(|(found, _)| *found == name)
            .last()
            .map(|(_, value)| value)
    }

    /// Whether there is no member.
    pub fn is_empty(&self) -> bool {
        self.members().next().is_none()
    }

    /// The object as the document writes it.
    pub fn raw(&self) -> &'a str {
        self.0
    }
}

impl<'a> IntoIterator for Object<'a> {
    type Item = (JsonStr<'a>, Value<'a>);
    type IntoIter = Members<'a>;

    fn into_iter(self) -> Members<'a> {
        self.members()
    }
}

/// An array.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Array<'a>(pub(super) &'a str);

impl<'a> Array<'a> {
    /// The elements, in order.
    pub fn elements(&self) -> Elements<'a> {
        Elements(Inside::new(self.0))
    }

    /// Whether there is no element.
    pub fn is_empty(&self) -> bool {
        self.elements().next().is_none()
    }

    /// The array as the document writes it.
    pub fn raw(&self) -> &'a str {
        self.0
    }
}

impl<'a> IntoIterator for Array<'a> {
    type Item = Value<'a>;
    type IntoIter = Elements<'a>;

    fn into_iter(self) -> Elements<'a> {
        self.elements()
    }
}

/// The members of an [`Object`]: names and values.
#[derive(Debug, Clone)]
pub struct Members<'a>(Inside<'a>);

impl<'a> Iterator for Members<'a> {
    type Item = (JsonStr<'a>, Value<'a>);

    fn next(&mut self) -> Option<Self::Item> {
        let name = self.0.next()?;
        let value = self.0.next()?;
        Some((name.as_str()?, value))
    }
}

/// The elements of an [`Array`].
#[derive(Debug, Clone)]
pub struct Elements<'a>(Inside<'a>);

impl<'a> Iterator for Elements<'a> {
    type Item = Value<'a>;

    fn next(&mut self) -> Option<Value<'a>> {
        self.0.next()
    }
}

/// What is between the brackets, value by value; the names of an object are values here too.
#[derive(Debug, Clone)]
struct Inside<'a> {
    rest: &'a str,
}

impl<'a> Inside<'a> {
    fn new(container: &'a str) -> Self {
        let rest = container.get(1..).unwrap_or_default();
        Self { rest }
    }

    fn next(&mut self) -> Option<Value<'a>> {
        // The document is checked: between two values stand white space and a comma or a colon, and nothing else.
        let rest = self.rest.trim_start_matches([' ', '\t', '\n', '\r', ',', ':']);
        if rest.is_empty() || rest.starts_with(['}', ']']) {
            self.rest = "";
            return None;
        }
        let raw = Scanner::new(rest).skip();
        self.rest = rest.get(raw.len()..).unwrap_or_default();
        Some(Value::of(raw))
    }
}
