//! A message that was received, in either format.

use core::fmt;

use super::data::SensorState;
use super::{Format, MessageError};
use crate::profile::json::{self, JsonError, JsonProblem, Kind, Value};
use crate::profile::juconn::scalar::Scalar;
use crate::profile::juconn::tixml::{self, Document, Element};

/// The fields of a message. It borrows, and copies cheaply. `Debug` shows its length only: there may be passwords in it.
///
/// ```
/// use fibocom_mqtt::profile::juconn::Body;
///
/// for text in ["{ <error_code _=\"0\"/> }", "{\"error_code\": 0}"] {
///     let body = Body::parse(text.as_bytes())?;
///     assert_eq!(body.value("error_code").and_then(|code| code.parse()), Some(0));
/// }
/// # Ok::<(), fibocom_mqtt::profile::juconn::MessageError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Body<'a> {
    /// In TiXML.
    Tixml(Document<'a>),
    /// In JSON: an object.
    Json(Value<'a>),
}

impl fmt::Debug for Body<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let len = match self {
            Self::Tixml(document) => document.raw().len(),
            Self::Json(value) => value.raw().len(),
        };
        write!(f, "Body({len} bytes)")
    }
}

impl<'a> Body<'a> {
    /// Reads a payload. It is TiXML if its first character is `<`, behind a brace or not, and JSON otherwise.
    ///
    /// # Errors
    ///
    /// [`MessageError`] says what is wrong, and where.
    pub fn parse(payload: &'a [u8]) -> Result<Self, MessageError> {
        let text = core::str::from_utf8(payload).map_err(|error| JsonError {
            at: error.valid_up_to(),
            problem: JsonProblem::NotUtf8,
        })?;
        let start = text.trim_start_matches('\u{feff}').trim_start();
        let inner = start.strip_prefix('{').unwrap_or(start).trim_start();
        if inner.starts_with('<') {
            return Ok(Self::Tixml(Document::parse(text)?));
        }
        let value = Value::parse(text)?;
        match value.as_object() {
            Some(_) => Ok(Self::Json(value)),
            None => Err(MessageError::Value("body")),
        }
    }

    /// Its format.
    pub const fn format(&self) -> Format {
        match self {
            Self::Tixml(_) => Format::Tixml,
            Self::Json(_) => Format::Json,
        }
    }

    /// The field with this name.
    pub fn get(&self, name: &str) -> Option<Node<'a>> {
        match self {
            Self::Tixml(document) => document.get(name).map(Node::Tixml),
            Self::Json(value) => value.as_object()?.get(name).map(Node::Json),
        }
    }

    /// The value of the field with this name.
    pub fn value(&self, name: &str) -> Option<Scalar<'a>> {
        self.get(name)?.value()
    }

    /// The value of a field that must be there.
    pub(super) fn required(&self, name: &'static str) -> Result<Scalar<'a>, MessageError> {
        self.value(name).ok_or(MessageError::Missing(name))
    }

    /// `error_code`, which must be there.
    pub(super) fn error_code(&self) -> Result<i32, MessageError> {
        let code = self.required("error_code")?;
        code.parse().ok_or(MessageError::Value("error_code"))
    }

    /// The controllers of a message that has them.
    pub fn controllers(&self) -> Controllers<'a> {
        Controllers(Items::of(self.get("controllers")))
    }
}

/// A field: an element, or a member's value. `Debug` shows its length only: it may be a configuration with passwords.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Node<'a> {
    /// In TiXML.
    Tixml(Element<'a>),
    /// In JSON.
    Json(Value<'a>),
}

impl fmt::Debug for Node<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let len = match self {
            Self::Tixml(element) => element.content().raw().len(),
            Self::Json(value) => value.raw().len(),
        };
        write!(f, "Node({len} bytes)")
    }
}

impl<'a> Node<'a> {
    /// Its value: in TiXML the attribute `_` or the text, in JSON a text, a number, `true` or `false`.
    pub fn value(&self) -> Option<Scalar<'a>> {
        match self {
            Self::Tixml(element) => element.value().map(Scalar::Tixml),
            Self::Json(value) => match value.as_object() {
                Some(object) => Scalar::of(object.get("-_")?),
                None => Scalar::of(*value),
            },
        }
    }

    /// Whether there is nothing in it: no field and no value but white space, or `null`.
    pub(super) fn is_empty(&self) -> bool {
        let blank = self.value().is_none_or(|value| value.is_blank());
        blank
            && match self {
                Self::Tixml(element) => element.elements().next().is_none(),
                Self::Json(value) => {
                    let object = value.as_object().is_some_and(|object| object.is_empty());
                    object || matches!(value.kind(), Kind::Null | Kind::String)
                }
            }
    }

    /// The field with this name in it.
    pub fn get(&self, name: &str) -> Option<Node<'a>> {
        match self {
            Self::Tixml(element) => element.get(name).map(Node::Tixml),
            Self::Json(value) => value.as_object()?.get(name).map(Node::Json),
        }
    }

    /// The attribute with this name of an element; in JSON the member with the other name.
    fn attribute(&self, tixml: &str, json: &str) -> Option<Scalar<'a>> {
        match self {
            Self::Tixml(element) => element.attribute(tixml).map(Scalar::Tixml),
            Self::Json(_) => self.get(json)?.value(),
        }
    }

    /// The name: of the element, or in the member `key` of JSON.
    fn id(&self, key: &str) -> Option<Scalar<'a>> {
        match self {
            Self::Tixml(element) => Some(Scalar::Plain(element.name())),
            Self::Json(_) => self.get(key)?.value(),
        }
    }
}

/// The items of a list: elements in an element, or an array.
#[derive(Debug, Clone)]
enum Items<'a> {
    Tixml(tixml::Elements<'a>),
    Json(json::Elements<'a>),
    None,
}

impl<'a> Items<'a> {
    fn of(list: Option<Node<'a>>) -> Self {
        match list {
            Some(Node::Tixml(element)) => Self::Tixml(element.elements()),
            Some(Node::Json(value)) => value
                .as_array()
                .map_or(Self::None, |array| Self::Json(array.elements())),
            None => Self::None,
        }
    }

    fn next(&mut self) -> Option<Node<'a>> {
        match self {
            Self::Tixml(elements) => elements.next().map(Node::Tixml),
            Self::Json(elements) => elements.next().map(Node::Json),
            Self::None => None,
        }
    }
}

/// The controllers of a message. In JSON, those without an id are passed over.
#[derive(Debug, Clone)]
pub struct Controllers<'a>(Items<'a>);

impl<'a> Iterator for Controllers<'a> {
    type Item = ReceivedController<'a>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let node = self.0.next()?;
            if let Some(id) = node.id("external_controller_id") {
                return Some(ReceivedController { id, node });
            }
        }
    }
}

/// A controller of a message.
#[derive(Debug, Clone, Copy)]
pub struct ReceivedController<'a> {
    /// Its id.
    pub id: Scalar<'a>,
    /// Its fields.
    pub node: Node<'a>,
}

impl<'a> ReceivedController<'a> {
    /// Its sensors. In JSON, those without an id are passed over.
    pub fn sensors(&self) -> Sensors<'a> {
        Sensors(Items::of(self.node.get("sensors")))
    }
}

/// The sensors of a controller.
#[derive(Debug, Clone)]
pub struct Sensors<'a>(Items<'a>);

impl<'a> Iterator for Sensors<'a> {
    type Item = ReceivedSensor<'a>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let node = self.0.next()?;
            if let Some(id) = node.id("external_sensor_id") {
                return Some(ReceivedSensor { id, node });
            }
        }
    }
}

/// A sensor of a message: what `gatewayInit` tells about it, or what `data` tells of its value.
#[derive(Debug, Clone, Copy)]
pub struct ReceivedSensor<'a> {
    /// Its id.
    pub id: Scalar<'a>,
    /// Its fields.
    pub node: Node<'a>,
}

impl<'a> ReceivedSensor<'a> {
    /// What is told about it, such as `type` or `unit`.
    pub fn field(&self, name: &str) -> Option<Scalar<'a>> {
        self.node.get(name)?.value()
    }

    /// Its value.
    pub fn value(&self) -> Option<Scalar<'a>> {
        self.node.attribute("_", "value")
    }

    /// The longitude, if the value is a position in one element (section 2.3.2).
    pub fn longitude(&self) -> Option<Scalar<'a>> {
        self.node.attribute("lng", "lng")
    }

    /// The state of its value.
    pub fn state(&self) -> Option<SensorState> {
        let state = self.node.attribute("state", "sensor_state")?;
        SensorState::from_code(state.parse()?)
    }
}
