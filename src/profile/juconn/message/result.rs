//! Results of requests (manual, sections 3 to 5).

use core::fmt::{self, Write};

use super::body::Body;
use super::fields::Fields;
use super::request::{RequestKind, Statements};
use super::{MessageError, Style};
use crate::profile::json;
use crate::profile::juconn::convert::{Empty, to_json};
use crate::profile::juconn::scalar::Scalar;
use crate::profile::juconn::tixml::Document;

/// `configResult`, `cmdResult` or `stateResult`: what became of a request.
///
/// ```
/// use fibocom_mqtt::profile::juconn::{Format, RequestKind, ResultMessage, Statements, tixml::Document};
///
/// let result = ResultMessage {
///     kind: RequestKind::Cmd,
///     error_code: 0,
///     response_id: "the request id for the config".into(),
///     result: Statements::Tixml(Document::parse("<SetConfig/>")?),
/// };
/// let mut json = String::new();
/// result.write(Format::Json.into(), &mut json)?;
/// assert_eq!(json, r#"{"error_code":0,"response_id":"the request id for the config","cmd_result":{"SetConfig":null}}"#);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ResultMessage<'a> {
    /// What the request was for.
    pub kind: RequestKind,
    /// 0, or what went wrong: 404 the serial number is another, 500 the command is invalid or its result too large, or the number of the
    /// gateway's own error.
    pub error_code: i32,
    /// The id of the request.
    pub response_id: Scalar<'a>,
    /// The answers to the statements: `<SetConfig/>` for one that was executed, `<Error …>` for one that failed.
    pub result: Statements<'a>,
}

impl<'a> ResultMessage<'a> {
    /// The field that the answers are in.
    const fn field(kind: RequestKind) -> &'static str {
        match kind {
            RequestKind::Config => "config_result_xml",
            RequestKind::Cmd => "cmd_result",
            RequestKind::State => "gateway_states",
        }
    }

    /// Reads it.
    ///
    /// # Errors
    ///
    /// [`MessageError`] says what is wrong with the payload.
    pub fn parse(kind: RequestKind, payload: &'a [u8]) -> Result<Self, MessageError> {
        let body = Body::parse(payload)?;
        Ok(Self {
            kind,
            error_code: body.error_code()?,
            response_id: body.required("response_id")?,
            result: Statements::of(body.get(Self::field(kind))),
        })
    }

    /// Writes it. Answers are written if they are in TiXML, which is what a gateway's are.
    ///
    /// # Errors
    ///
    /// The destination's failure.
    pub fn write(&self, style: Style, out: &mut dyn Write) -> fmt::Result {
        Fields::message(style, out, |fields| {
            fields.literal("error_code", self.error_code)?;
            fields.text("response_id", self.response_id)?;
            let answers = match self.result {
                Statements::Tixml(answers) => answers,
                _ => Document::within(""),
            };
            let name = Self::field(self.kind);
            match (self.kind, fields.is_json()) {
                (_, false) => fields.elements(name, Bare(answers)),
                (RequestKind::Config, true) => fields.json(name, |out| json::Writer::new(out).string(Bare(answers))),
                (RequestKind::Cmd, true) => fields.json(name, |out| to_json(answers, Empty::Null, out)),
                (RequestKind::State, true) => fields.json(name, |out| to_json(answers, Empty::Text, out)),
            }
        })
    }
}

/// Answers without the frame of a command, which a result omits (section 4), and without comments.
struct Bare<'a>(Document<'a>);

impl fmt::Display for Bare<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.elements().try_for_each(|answer| f.write_str(answer.raw()))
    }
}
