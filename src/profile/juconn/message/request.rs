//! Requests over the feedback channel (manual, sections 3 to 5).

use core::fmt::{self, Write};

use super::body::{Body, Node};
use super::fields::Fields;
use super::{Format, MessageError, Style};
use crate::profile::json::{self, JsonStr, Object};
use crate::profile::juconn::convert::{ConvertError, Empty, to_json, to_tixml};
use crate::profile::juconn::scalar::Scalar;
use crate::profile::juconn::tixml::Document;

/// What a request is for, which its topic says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(all(feature = "defmt", target_os = "none"), derive(defmt::Format))]
pub enum RequestKind {
    /// `config`: statements that set something.
    Config,
    /// `cmd`: any TiXML command.
    Cmd,
    /// `state`: the state of the gateway, or of a part of it.
    State,
}

impl RequestKind {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Config, Self::Cmd, Self::State];

    /// The last level of the topic that it comes on.
    pub const fn topic(self) -> &'static str {
        match self {
            Self::Config => "config",
            Self::Cmd => "cmd",
            Self::State => "state",
        }
    }

    /// The last level of the topic that its result goes to.
    pub const fn result_topic(self) -> &'static str {
        match self {
            Self::Config => "configResult",
            Self::Cmd => "cmdResult",
            Self::State => "stateResult",
        }
    }
}

impl fmt::Display for RequestKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.topic())
    }
}

/// The statements of a request, in the form they came in. `Debug` shows their length only: they may set a password.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Statements<'a> {
    /// Elements of a TiXML message.
    Tixml(Document<'a>),
    /// TiXML in a text of a JSON message, as `config_xml` has it. Not checked yet.
    Text(JsonStr<'a>),
    /// An object of a JSON message, as `cmd` has it.
    Json(Object<'a>),
    /// None: the request has no statements.
    None,
}

impl fmt::Debug for Statements<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let len = match self {
            Self::Tixml(elements) => elements.raw().len(),
            Self::Text(text) => text.raw().len(),
            Self::Json(object) => object.raw().len(),
            Self::None => 0,
        };
        write!(f, "Statements({len} bytes)")
    }
}

impl<'a> Statements<'a> {
    /// What stands in a field.
    pub(crate) fn of(node: Option<Node<'a>>) -> Self {
        match node {
            Some(Node::Tixml(element)) => Self::Tixml(element.content()),
            Some(Node::Json(value)) => match (value.as_str(), value.as_object()) {
                (Some(text), _) => Self::Text(text),
                (_, Some(object)) => Self::Json(object),
                _ => Self::None,
            },
            None => Self::None,
        }
    }

    /// Writes them in TiXML.
    ///
    /// # Errors
    ///
    /// [`ConvertError`] if they are JSON that TiXML cannot say, or the destination's failure.
    pub fn write_tixml(&self, out: &mut dyn Write) -> Result<(), ConvertError> {
        match self {
            Self::Tixml(elements) => out.write_str(elements.raw())?,
            Self::Text(text) => write!(out, "{text}")?,
            Self::Json(object) => to_tixml(*object, out)?,
            Self::None => {}
        }
        Ok(())
    }
}

/// A request from the portal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Request<'a> {
    /// What it is for.
    pub kind: RequestKind,
    /// The format it came in, which is that of its result.
    pub format: Format,
    /// Its id, which the result repeats.
    pub request_id: Scalar<'a>,
    /// The serial number of the gateway that it is meant for.
    pub serial_number: Scalar<'a>,
    /// What to execute. None for a state request.
    pub statements: Statements<'a>,
    /// Of a state request: the part that is asked for.
    pub path: Option<Scalar<'a>>,
}

impl<'a> Request<'a> {
    /// Reads it.
    ///
    /// # Errors
    ///
    /// [`MessageError`] says what is wrong with the payload. What the statements are is not looked at here.
    pub fn parse(kind: RequestKind, payload: &'a [u8]) -> Result<Self, MessageError> {
        let body = Body::parse(payload)?;
        let statements = match kind {
            RequestKind::Config => body.get("config").or_else(|| body.get("config_xml")),
            RequestKind::Cmd => body.get("cmd"),
            RequestKind::State => None,
        };
        Ok(Self {
            kind,
            format: body.format(),
            request_id: body.required("request_id")?,
            serial_number: body.value("serial_number").unwrap_or(Scalar::Plain("")),
            statements: Statements::of(statements),
            path: body.value("path").filter(|path| !path.is_blank()),
        })
    }

    /// Writes it, in the format that `style` says: what a portal sends. Statements are written if they are in TiXML.
    ///
    /// # Errors
    ///
    /// The destination's failure.
    pub fn write(&self, style: Style, out: &mut dyn Write) -> fmt::Result {
        Fields::message(style, out, |fields| {
            fields.text("request_id", self.request_id)?;
            fields.text("serial_number", self.serial_number)?;
            let elements = match self.statements {
                Statements::Tixml(elements) => elements,
                _ => Document::within(""),
            };
            match (self.kind, fields.is_json()) {
                (RequestKind::State, _) => self.path.map_or(Ok(()), |path| fields.text("path", path)),
                (RequestKind::Config, false) => fields.elements("config", elements.raw()),
                (RequestKind::Cmd, false) => fields.elements("cmd", elements.raw()),
                (RequestKind::Config, true) => {
                    fields.json("config_xml", |out| json::Writer::new(out).string(elements.raw()))
                }
                (RequestKind::Cmd, true) => fields.json("cmd", |out| to_json(elements, Empty::Text, out)),
            }
        })
    }
}
