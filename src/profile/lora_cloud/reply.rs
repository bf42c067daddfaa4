//! What responses are wrapped in, of which the document says nothing: the forms that servers use.

use core::fmt;

use serde::{Deserialize, Serialize};

use super::DevicePorts;
use super::eui::Eui;
use super::items::Downlink;
use super::uplinks::{eui, object};
use super::wire::{Invalid, Reason, Rules, decode_value, decode_value_into};
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
        let devices = match document.get("result").filter(|result| !result.is_null()) {
            Some(result) => result.as_object().filter(|result| is_map(*result)),
            // Errors beside the devices hide none of them.
            None if is_map(document) => Some(document),
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
            return Some(Answer { key: None, value });
        }
        // What has another name says nothing of a device.
        let (key, value) = self
            .devices
            .as_mut()?
            .find_map(|(name, value)| Some((eui(name)?, value)))?;
        Some(Answer { key: Some(key), value })
    }
}

/// What the service answered for one device. Each is read on its own: what is wrong with one is an error of that one alone.
#[derive(Debug, Clone, Copy)]
pub struct Answer<'a> {
    key: Option<Eui>,
    value: Value<'a>,
}

/// Of a response no more than its downlink.
#[derive(Deserialize)]
#[serde(rename = "UPLINK_RESPONSE")]
struct DownlinkOnly {
    dnlink: Option<Downlink>,
}

impl<'a> Answer<'a> {
    /// The result itself. A body without `result`, and without errors, is the result; so is one that is no object, and cannot be read.
    fn result(&self) -> Option<Value<'a>> {
        let result = match self.value.as_object() {
            Some(body) => match body.get("result") {
                Some(result) => Some(result),
                None => errors(body).next().is_none().then_some(self.value),
            },
            None => Some(self.value),
        };
        result.filter(|result| !result.is_null())
    }

    /// The device, where the envelope or the response names it.
    ///
    /// # Errors
    ///
    /// [`Invalid`] if the envelope names none and what should be its EUI is none, or if the two name different devices.
    pub fn deveui(&self) -> Result<Option<Eui>, Invalid> {
        let result = self.result().and_then(|result| result.as_object());
        let deveui = result.and_then(|result| result.get("deveui"));
        let deveui = deveui.map_or(Ok(None), decode_value::<Option<Eui>>);
        match (self.key, deveui) {
            (Some(key), Ok(Some(other))) if key != other => Err(Invalid::new("deveui", Reason::Contradiction)),
            (Some(key), _) => Ok(Some(key)),
            (None, deveui) => deveui.map_err(|error| error.under("deveui")),
        }
    }

    /// What went wrong, in the service's words.
    pub fn errors(&self) -> impl Iterator<Item = ServiceError<'a>> + use<'a> {
        self.value.as_object().into_iter().flat_map(errors)
    }

    /// The object that the service answered with: an [`UplinkResponse`](super::UplinkResponse) to an uplink. None if there are
    /// [errors](Self::errors) instead.
    ///
    /// An object with fewer fields, of the caller's own, needs less room, and fails for no other field than those.
    ///
    /// # Errors
    ///
    /// [`Invalid`] names the field that is not as it has to be.
    pub fn response<T: Deserialize<'a>>(&self) -> Result<Option<T>, Invalid> {
        self.result().map(decode_value).transpose()
    }

    /// As [`response`](Self::response), into a place that is there already: see [`decode_into`](super::decode_into). Whether there is
    /// a response; if not, the place is left as it is.
    ///
    /// # Errors
    ///
    /// As [`response`](Self::response).
    pub fn response_into<T: Deserialize<'a>>(&self, place: &mut T) -> Result<bool, Invalid> {
        match self.result() {
            Some(result) => decode_value_into(result, place).map(|()| true),
            None => Ok(false),
        }
    }

    /// The downlink of an [`UplinkResponse`](super::UplinkResponse) alone. The device listens for a short time only, so it should not
    /// wait for another answer because some other field of this one is not as it has to be.
    ///
    /// ```
    /// use fibocom_mqtt::profile::lora_cloud::{Reply, UplinkResponse};
    ///
    /// let payload = br#"{"result": {"log_messages": [{}], "dnlink": {"port": 199, "payload": "0500"}}}"#;
    /// let answer = Reply::parse(payload)?.answers().next().expect("an answer");
    /// let error = answer.response::<UplinkResponse>().expect_err("a log message has a text");
    /// assert_eq!(error.to_string(), "log_messages.logmsg: is missing: add it");
    /// assert_eq!(answer.downlink()?.map(|downlink| downlink.port), Some(199));
    /// # Ok::<(), fibocom_mqtt::profile::lora_cloud::Invalid>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`Invalid`] if the response is no object, or the downlink is not as it has to be.
    pub fn downlink(&self) -> Result<Option<Downlink>, Invalid> {
        let response = self.response::<DownlinkOnly>()?;
        Ok(response.and_then(|response| response.dnlink))
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

fn errors(body: Object<'_>) -> impl Iterator<Item = ServiceError<'_>> + use<'_> {
    let errors = body.get("errors");
    let list = errors.and_then(|errors| errors.as_array());
    let several = list.into_iter().flatten();
    let single = errors.filter(|errors| errors.kind() != Kind::Array);
    let single = [single, body.get("error")].into_iter().flatten();
    several.chain(single).filter(|error| !error.is_null()).map(ServiceError)
}
