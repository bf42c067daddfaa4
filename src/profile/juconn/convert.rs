//! TiXML to JSON and back, without a tree in memory.
//!
//! The rule is that of the manual's own pairs: an attribute `ver` is the member `-ver` and `_` is `-_`, an element is a member, elements
//! with the same name are an array in the place of the first, and an element with nothing in it is `""`, or `null` in a result. A text
//! alone is a string; beside attributes or elements it is the member `#text`, which the manual never needs.

use core::fmt::{self, Write};

use super::scalar::Scalar;
use super::tixml::{self, Document, Element, MAX_DEPTH, is_name};
use crate::profile::json::{self, Kind, Object, Value};

/// What an element with nothing in it becomes in JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(all(feature = "defmt", target_os = "none"), derive(defmt::Format))]
pub enum Empty {
    /// `""`, as in a status answer (section 5).
    Text,
    /// `null`, as in the result of a command (section 4).
    Null,
}

/// Why JSON cannot be TiXML.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[cfg_attr(all(feature = "defmt", target_os = "none"), derive(defmt::Format))]
#[non_exhaustive]
pub enum ConvertError {
    /// A member's name that cannot name an element or an attribute, such as one with a space.
    #[error(
        "a member's name is no name in TiXML: use letters, digits, '_', '-' and '.', and begin with a letter or '_'"
    )]
    Name,
    /// An object or an array where a text or a number has to be: an attribute, `#text`, an element of an array within an array.
    #[error("an attribute has to be a text or a number")]
    Value,
    /// A member that is an attribute is there twice.
    #[error("an attribute is there twice")]
    Twice,
    /// More than [`MAX_DEPTH`] objects in one another.
    #[error("objects are nested too deep")]
    Depth,
    /// The destination failed.
    #[error("the destination failed")]
    Destination,
}

impl From<fmt::Error> for ConvertError {
    fn from(_: fmt::Error) -> Self {
        Self::Destination
    }
}

/// Writes elements as the members of one JSON object.
///
/// It reads every list of elements once more for each element in it, in return for needing no memory.
///
/// ```
/// use fibocom_mqtt::profile::juconn::{Empty, tixml::Document, to_json};
///
/// let answer = Document::parse(r#"<Get><RTC _="RTC8564"/><P0 _="1"/><P0 _="2"/><VPN></VPN></Get>"#)?;
/// let mut json = String::new();
/// to_json(answer, Empty::Text, &mut json)?;
/// assert_eq!(json, r#"{"Get":{"RTC":{"-_":"RTC8564"},"P0":[{"-_":"1"},{"-_":"2"}],"VPN":""}}"#);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
///
/// The destination's failure.
pub fn to_json(elements: Document<'_>, empty: Empty, out: &mut dyn Write) -> fmt::Result {
    out.write_char('{')?;
    members(elements, &mut false, empty, out)?;
    out.write_char('}')
}

fn comma(filled: &mut bool, out: &mut dyn Write) -> fmt::Result {
    if *filled {
        out.write_char(',')?;
    }
    *filled = true;
    Ok(())
}

/// The elements as members of the object that is open, grouped by their names.
fn members(elements: Document<'_>, filled: &mut bool, empty: Empty, out: &mut dyn Write) -> fmt::Result {
    for (index, element) in elements.elements().enumerate() {
        let same = |other: &Element<'_>| other.name() == element.name();
        if elements.elements().take(index).any(|other| same(&other)) {
            continue;
        }
        comma(filled, out)?;
        json::Writer::new(out).string(element.name())?;
        out.write_char(':')?;
        let mut alike = elements.elements().skip(index).filter(same);
        alike.next();
        if alike.next().is_none() {
            member(element, empty, out)?;
            continue;
        }
        out.write_char('[')?;
        let mut within = false;
        for element in elements.elements().skip(index).filter(same) {
            comma(&mut within, out)?;
            member(element, empty, out)?;
        }
        out.write_char(']')?;
    }
    Ok(())
}

/// The value of an element's member. It calls itself no deeper than a document may be nested.
fn member(element: Element<'_>, empty: Empty, out: &mut dyn Write) -> fmt::Result {
    let text = element.text();
    if element.attributes().next().is_none() && element.elements().next().is_none() {
        return match (text, empty) {
            (Some(text), _) => json::Writer::new(out).string(text),
            (None, Empty::Text) => out.write_str("\"\""),
            (None, Empty::Null) => out.write_str("null"),
        };
    }
    out.write_char('{')?;
    let mut filled = false;
    for (name, value) in element.attributes() {
        comma(&mut filled, out)?;
        json::Writer::new(out).string(format_args!("-{name}"))?;
        out.write_char(':')?;
        json::Writer::new(out).string(value)?;
    }
    if let Some(text) = text {
        comma(&mut filled, out)?;
        out.write_str("\"#text\":")?;
        json::Writer::new(out).string(text)?;
    }
    members(element.content(), &mut filled, empty, out)?;
    out.write_char('}')
}

/// Writes the members of a JSON object as elements.
///
/// ```
/// use fibocom_mqtt::profile::{json::Value, juconn::to_tixml};
///
/// let command = Value::parse(r#"{"Set": {"value": "", "-ver": "y", "-_": "/Process/PV/Test", "-value": 10}}"#)?;
/// let mut tixml = String::new();
/// to_tixml(command.as_object().unwrap(), &mut tixml)?;
/// assert_eq!(tixml, r#"<Set ver="y" _="/Process/PV/Test" value="10"><value/></Set>"#);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
///
/// [`ConvertError`] says what in the object TiXML cannot say, or that the destination failed.
pub fn to_tixml(object: Object<'_>, out: &mut dyn Write) -> Result<(), ConvertError> {
    elements(object, MAX_DEPTH, out)
}

/// The members that are elements. It calls itself no deeper than `depth`.
fn elements(object: Object<'_>, depth: usize, out: &mut dyn Write) -> Result<(), ConvertError> {
    for (name, value) in object.members() {
        let raw = name.as_plain().ok_or(ConvertError::Name)?;
        if raw.starts_with('-') || raw == "#text" {
            continue;
        }
        if !is_name(raw) {
            return Err(ConvertError::Name);
        }
        match value.as_array() {
            Some(array) => {
                for value in array.elements() {
                    element(raw, value, depth, out)?;
                }
            }
            None => element(raw, value, depth, out)?,
        }
    }
    Ok(())
}

fn element(name: &str, value: Value<'_>, depth: usize, out: &mut dyn Write) -> Result<(), ConvertError> {
    let depth = depth.checked_sub(1).ok_or(ConvertError::Depth)?;
    let mut writer = tixml::Writer::new(out);
    let Some(object) = value.as_object() else {
        let element = writer.element(name);
        match scalar(value)? {
            Some(text) if !text.is_blank() => element.text(text)?,
            _ => element.empty()?,
        }
        return Ok(());
    };
    write!(out, "<{name}")?;
    let mut text = None;
    let mut empty = true;
    for (index, (name, value)) in object.members().enumerate() {
        let raw = name.as_plain().ok_or(ConvertError::Name)?;
        if raw == "#text" {
            text = scalar(value)?;
        } else if let Some(attribute) = raw.strip_prefix('-') {
            if !is_name(attribute) {
                return Err(ConvertError::Name);
            }
            if object.members().take(index).any(|(before, _)| before == name) {
                return Err(ConvertError::Twice);
            }
            write!(out, " {attribute}=\"")?;
            if let Some(value) = scalar(value)? {
                write!(tixml::Escaped(out), "{value}")?;
            }
            out.write_char('"')?;
        } else {
            empty = false;
        }
    }
    if empty && text.is_none() {
        return Ok(out.write_str("/>")?);
    }
    out.write_char('>')?;
    if let Some(text) = text {
        tixml::write_text(out, text)?;
    }
    elements(object, depth, out)?;
    Ok(write!(out, "</{name}>")?)
}

/// A text, a number, `true` or `false`; none for `null`.
fn scalar(value: Value<'_>) -> Result<Option<Scalar<'_>>, ConvertError> {
    match value.kind() {
        Kind::Object | Kind::Array => Err(ConvertError::Value),
        Kind::Null => Ok(None),
        _ => Ok(Scalar::of(value)),
    }
}
