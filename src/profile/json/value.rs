//! A value of a document that has been checked.

use super::check::Scanner;
use super::container::{Array, Object};
use super::error::{JsonError, JsonProblem};
use super::number::Number;
use super::string::JsonStr;

/// What a [`Value`] is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(all(feature = "defmt", target_os = "none"), derive(defmt::Format))]
pub enum Kind {
    /// `{ … }`
    Object,
    /// `[ … ]`
    Array,
    /// A text in double quotes.
    String,
    /// A number.
    Number,
    /// `true` or `false`.
    Bool,
    /// `null`
    Null,
}

/// A value: the document itself, or one that is in it. It borrows, and copies cheaply.
///
/// ```
/// use fibocom_mqtt::profile::json::Value;
///
/// let twin = Value::parse(r#"{"config": {"log_rate": 900}, "$version": 8}"#)?;
/// let config = twin.as_object().and_then(|twin| twin.get("config")).unwrap();
/// assert_eq!(config.raw(), r#"{"log_rate": 900}"#);
///
/// assert_eq!(Value::parse("{\"a\":1,}").unwrap_err().at, 7);
/// # Ok::<(), fibocom_mqtt::profile::json::JsonError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Value<'a> {
    raw: &'a str,
}

impl<'a> Value<'a> {
    /// Reads a document and checks all of it (RFC 8259). A surrogate without its other half is let pass, and read as U+FFFD.
    ///
    /// # Errors
    ///
    /// [`JsonError`] says where the document is not JSON, and what is wrong there.
    pub fn parse(document: &'a str) -> Result<Self, JsonError> {
        let raw = Scanner::new(document).document()?;
        Ok(Self { raw })
    }

    /// Reads a document from bytes, such as a payload, as [`parse`](Self::parse) does.
    ///
    /// # Errors
    ///
    /// As of [`parse`](Self::parse), and where the bytes are not UTF-8.
    pub fn parse_bytes(document: &'a [u8]) -> Result<Self, JsonError> {
        let text = core::str::from_utf8(document).map_err(|error| JsonError {
            at: error.valid_up_to(),
            problem: JsonProblem::NotUtf8,
        })?;
        Self::parse(text)
    }

    /// A span of a document that has been checked.
    pub(super) fn of(raw: &'a str) -> Self {
        Self { raw }
    }

    /// The value as the document writes it, without the white space around it.
    pub fn raw(&self) -> &'a str {
        self.raw
    }

    /// What the value is.
    pub fn kind(&self) -> Kind {
        match self.raw.as_bytes().first() {
            Some(b'{') => Kind::Object,
            Some(b'[') => Kind::Array,
            Some(b'"') => Kind::String,
            Some(b't' | b'f') => Kind::Bool,
            Some(b'n') => Kind::Null,
            _ => Kind::Number,
        }
    }

    /// The object, if it is one.
    pub fn as_object(&self) -> Option<Object<'a>> {
        (self.kind() == Kind::Object).then_some(Object(self.raw))
    }

    /// The array, if it is one.
    pub fn as_array(&self) -> Option<Array<'a>> {
        (self.kind() == Kind::Array).then_some(Array(self.raw))
    }

    /// The text, if it is one.
    pub fn as_str(&self) -> Option<JsonStr<'a>> {
        let text = self.raw.strip_prefix('"')?.strip_suffix('"')?;
        Some(JsonStr(text))
    }

    /// The number, if it is one.
    pub fn as_number(&self) -> Option<Number<'a>> {
        (self.kind() == Kind::Number).then_some(Number(self.raw))
    }

    /// The number, if it is a whole one in range: see [`Number::as_i64`].
    pub fn as_i64(&self) -> Option<i64> {
        self.as_number()?.as_i64()
    }

    /// The number, if it is a whole one in range: see [`Number::as_u64`].
    pub fn as_u64(&self) -> Option<u64> {
        self.as_number()?.as_u64()
    }

    /// `true` or `false`, if it is one of them.
    pub fn as_bool(&self) -> Option<bool> {
        match self.raw {
            "true" => Some(true),
            "false" => Some(false),
            _ => None,
        }
    }

    /// Whether it is `null`.
    pub fn is_null(&self) -> bool {
        self.kind() == Kind::Null
    }
}
