//! What responses are wrapped in, of which the document says nothing: the forms that servers use.

use core::fmt;

use serde::{Deserialize, Serialize};

use super::DevicePorts;
use super::eui::Eui;
use super::uplinks::{eui, object};
use super::wire::{Invalid, Rules, decode_value};
use crate::profile::json::{Kind, Members, Object, Value};

/// What the service answered: for one device, for several, or that it could not. Bodies are read when they are asked for, so no more
/// than one needs room.
///
/// Taken are `{"result": …}` with `errors` or `error` beside it, the same for each device in a map of EUIs, also within another
/// `result`, and a bare response.
///
/// ```
/// use fibocom_mqtt::profile::lora_cloud::{Operation, Reply, UplinkResponse};
///
/// let reply = Reply::parse(br#"{"result": {"10-CE-45-FF-FE-01-CE-53": {"result": {"operation": "gnss"}}}}"#)?;
/// for answer in reply.answers() {
///     let response: UplinkResponse = answer.response()?.expect("an answer with a result");
///     assert_eq!(response.operation, Some(Operation::Gnss));
/// }
/// # Ok::<(), fibocom_mqtt::profile::lora_cloud::Invalid>(())
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Reply<'a> {
    value: Value<'a>,
    document: Object<'a>,
}

impl<'a> Reply<'a> {
    /// Looks at what is around the responses.
    ///
    /// # Errors
    ///
    /// [`Invalid`] if the document is no object.
    pub fn parse(document: &'a [u8]) -> Result<Self, Invalid> {
        let value = Value::parse_bytes(document)?;
        let document = object(value)?;
        Ok(Self { value, document })
    }

    /// What went wrong with the whole request, in the service's words.
    pub fn errors(&self) -> impl Iterator<Item = ServiceError<'a>> + use<'a> {
        errors(self.document)
    }

    /// The answers, a device each.
    pub fn answers(&self) -> Answers<'a> {
        let document = self.document;
        let devices = match document.get("result").and_then(|result| result.as_object()) {
            Some(result) if is_map(result) => Some(result),
            _ if is_map(document) && !is_wrapped(document) => Some(document),
            _ => None,
        };
        Answers {
            single: devices.is_none().then_some(self.value),
            devices: devices.map(|devices| devices.members()),
        }
    }
}

/// The answers in a [`Reply`].
#[derive(Debug, Clone)]
pub struct Answers<'a> {
    single: Option<Value<'a>>,
    devices: Option<Members<'a>>,
}

impl<'a> Iterator for Answers<'a> {
    type Item = Answer<'a>;

    fn next(&mut self) -> Option<Answer<'a>> {
        if let Some(value) = self.single.take() {
            return Answer::of(None, value);
        }
        // What has another name, or is no object, says nothing of a device.
        self.devices
            .as_mut()?
            .find_map(|(name, value)| Answer::of(Some(eui(name)?), value))
    }
}

/// What the service answered for one device.
#[derive(Debug, Clone, Copy)]
pub struct Answer<'a> {
    key: Option<Eui>,
    value: Value<'a>,
    body: Object<'a>,
}

impl<'a> Answer<'a> {
    fn of(key: Option<Eui>, value: Value<'a>) -> Option<Self> {
        let body = value.as_object()?;
        Some(Self { key, value, body })
    }

    /// The result itself. A body without `result`, and without errors, is the result.
    fn result(&self) -> Option<Value<'a>> {
        let bare = !is_wrapped(self.body);
        let result = self.body.get("result").filter(|result| !result.is_null());
        result.or(bare.then_some(self.value))
    }

    /// The device, where the envelope or the response names it.
    ///
    /// # Errors
    ///
    /// [`Invalid`] if what should be its EUI is none.
    pub fn deveui(&self) -> Result<Option<Eui>, Invalid> {
        if self.key.is_some() {
            return Ok(self.key);
        }
        let result = self.result().and_then(|result| result.as_object());
        let deveui = result.and_then(|result| result.get("deveui"));
        deveui.map_or(Ok(None), |deveui| {
            decode_value(deveui).map_err(|error: Invalid| error.under("deveui"))
        })
    }

    /// What went wrong, in the service's words.
    pub fn errors(&self) -> impl Iterator<Item = ServiceError<'a>> + use<'a> {
        errors(self.body)
    }

    /// The object that the service answered with: an [`UplinkResponse`](super::UplinkResponse) to an uplink. None if there are
    /// [errors](Self::errors) instead.
    ///
    /// # Errors
    ///
    /// [`Invalid`] names the field that is not as it has to be.
    pub fn response<T: Deserialize<'a>>(&self) -> Result<Option<T>, Invalid> {
        match self.result() {
            Some(result) => decode_value(result).map(Some),
            None => Ok(None),
        }
    }
}

/// Something went wrong, in the service's words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ServiceError<'a>(Value<'a>);

impl fmt::Display for ServiceError<'_> {
    /// A text without its quotes and escapes, anything else as JSON.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.as_str() {
            Some(text) => write!(f, "{text}"),
            None => f.write_str(self.0.raw()),
        }
    }
}

/// An answer as the service writes it: `{"result": …}`, or `{"errors": […]}`.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Envelope<'a, T> {
    /// With a result.
    Result(&'a T),
    /// With what went wrong.
    Errors(&'a [&'a str]),
}

impl<T: Rules> Rules for Envelope<'_, T> {
    fn check(&self, ports: &DevicePorts) -> Result<(), Invalid> {
        match self {
            Self::Result(object) => object.check(ports).map_err(|error| error.under("result")),
            Self::Errors(_) => Ok(()),
        }
    }
}

/// Whether there are EUIs among its names, of which no object of the document has one.
fn is_map(object: Object<'_>) -> bool {
    object.members().any(|(name, _)| eui(name).is_some())
}

fn is_wrapped(body: Object<'_>) -> bool {
    ["result", "errors", "error"]
        .iter()
        .any(|name| body.get(name).is_some())
}

fn errors(body: Object<'_>) -> impl Iterator<Item = ServiceError<'_>> + use<'_> {
    let errors = body.get("errors");
    let list = errors.and_then(|errors| errors.as_array());
    let several = list.into_iter().flatten();
    let single = errors.filter(|errors| errors.kind() != Kind::Array);
    let single = [single, body.get("error")].into_iter().flatten();
    several.chain(single).filter(|error| !error.is_null()).map(ServiceError)
}
