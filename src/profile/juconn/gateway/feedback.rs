//! Requests of the portal: what is refused, and what is executed (manual, sections 3 to 5).

use core::fmt::Write;

use super::signal::{Notice, Subject};
use super::work::{INVALID, Job, Step, Work};
use super::{Gateway, Phase};
use crate::profile::juconn::message::{
    ErrorReport, MessageError, Request, RequestKind, ResultMessage, Statements, Style, Verbosity,
};
use crate::profile::juconn::tixml::{Document, Writer};
use crate::profile::{Payload, TooLarge};

/// The number of a request that is meant for another gateway.
const NOT_FOUND: i32 = 404;

/// Why a request is not executed.
enum Refusal {
    Serial,
    Invalid,
    Size(TooLarge),
}

impl Gateway<'_> {
    /// A request came.
    pub(super) fn request(&mut self, kind: RequestKind, payload: &[u8]) {
        if self.phase != Phase::Running {
            return self.notice(Notice::Unexpected(Subject::Request(kind)));
        }
        if self.is_busy() {
            return self.notice(Notice::Busy(kind));
        }
        let hash = super::hash::of(payload.iter().copied());
        if self.answered_again(kind, hash) {
            return self.notice(Notice::Again(kind));
        }
        let malformed = |error| Notice::Malformed(Subject::Request(kind), error);
        let request = match Request::parse(kind, payload) {
            Ok(request) => request,
            Err(error) => return self.notice(malformed(error)),
        };
        let Some(id) = request.request_id.to_text() else {
            return self.notice(malformed(MessageError::Value("request_id")));
        };
        let taken = match request.serial_number == self.device.serial {
            true => self.take(&request),
            false => Err(Refusal::Serial),
        };
        let format = request.format;
        let job = Job::Request { kind, format, id, hash };
        match taken {
            Ok(len) => {
                self.work = Some(Work::new(job, len));
                self.advance();
            }
            Err(refusal) => self.refuse(job, refusal),
        }
    }

    /// Copies the statements into the memory for them, in TiXML, and says how long they are.
    fn take(&mut self, request: &Request<'_>) -> Result<usize, Refusal> {
        let mut memory = Payload::new(self.memory.request);
        match request.kind {
            RequestKind::State => {
                let mut writer = Writer::new(&mut memory);
                let mut get = writer.element("Get");
                if let Some(path) = request.path {
                    let path = path.to_text::<128>().ok_or(Refusal::Invalid)?;
                    let path = path.trim_end_matches('/');
                    get = get
                        .attribute("_", format_args!("{path}/"))
                        .map_err(|_| Refusal::Invalid)?;
                }
                let written = get.attribute("ver", "y").and_then(|get| get.empty());
                written.map_err(|_| Refusal::Invalid)?;
            }
            RequestKind::Config | RequestKind::Cmd => match request.statements.write_tixml(&mut memory) {
                Ok(()) => {}
                // A payload takes everything: it is no TiXML.
                Err(_) => return Err(Refusal::Invalid),
            },
        }
        let statements = memory.finish().map_err(Refusal::Size)?;
        let statements = Document::parse_bytes(statements).map_err(|_| Refusal::Invalid)?;
        let settings = |name: &str| matches!(name, "Set" | "SetConfig");
        let allowed = match request.kind {
            RequestKind::Config => statements.elements().all(|statement| settings(statement.name())),
            RequestKind::Cmd | RequestKind::State => true,
        };
        if !allowed || statements.elements().next().is_none() {
            return Err(Refusal::Invalid);
        }
        Ok(statements.raw().len())
    }

    fn refuse(&mut self, job: Job, refusal: Refusal) {
        let mut work = Work::new(job, 0);
        let mut text = heapless::String::<96>::new();
        let code = match refusal {
            Refusal::Serial => {
                let _ = text.push_str("the serial number is another gateway's");
                NOT_FOUND
            }
            Refusal::Invalid => {
                let _ = text.push_str("invalid command");
                INVALID
            }
            Refusal::Size(TooLarge { needed, max }) => {
                let _ = write!(text, "the command needs {needed} bytes and {max} is the most");
                INVALID
            }
        };
        (work.code, work.step) = (code, Step::Publish);
        self.work = Some(work);
        let report = ErrorReport::new(code, &text).class("Gateway");
        self.reply(|answer| report.write(Verbosity::Short, answer));
    }

    /// The result of the request, in its format. If it does not fit, an error that says what it needs, or a notice if not even that fits.
    pub(super) fn result<'b>(&self, work: &Work, buffer: &'b mut [u8]) -> Result<&'b [u8], TooLarge> {
        let Job::Request { kind, format, id, .. } = &work.job else {
            return Ok(&[]);
        };
        let frame = self.device.frame;
        let style = Style { format: *format, frame };
        let message = |code, answers| ResultMessage {
            kind: *kind,
            error_code: code,
            response_id: id.as_str().into(),
            result: Statements::Tixml(answers),
        };
        let max = buffer.len().min(self.max_payload);
        let buffer = buffer.get_mut(..max).unwrap_or_default();
        let mut needed = 0;
        if let Some(answers) = self.answers() {
            let mut payload = Payload::new(buffer);
            // A payload takes everything and counts.
            let _ = message(work.code, answers).write(style, &mut payload);
            needed = payload.needed();
        }
        if needed == 0 {
            // Not all of the answer is there: its length in TiXML is known, and what stands around it.
            let mut around = Payload::new(&mut []);
            let _ = message(work.code, Document::within("")).write(style, &mut around);
            needed = around.needed().saturating_add(work.answer_len);
        } else if needed <= max {
            return Ok(buffer.get(..needed).unwrap_or_default());
        }
        let mut text = heapless::String::<96>::new();
        let (len, room) = (work.answer_len, self.memory.answer.len());
        let _ = match needed > max {
            true => write!(
                text,
                "the answer needs {needed} bytes and {max} is the most: ask for a path"
            ),
            // The module would have sent it.
            false => write!(text, "the answer needs {len} bytes and there is room for {room}"),
        };
        let mut report = heapless::String::<320>::new();
        let error = ErrorReport::new(INVALID, &text);
        let _ = error.write(Verbosity::Short, &mut report);
        let mut payload = Payload::new(buffer);
        let _ = message(INVALID, Document::within(&report)).write(style, &mut payload);
        payload.finish()
    }
}
