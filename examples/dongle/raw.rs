//! `at`

use std::time::Duration;

use atat::{AtatCmd, AtatResp};
use fibocom_mqtt::{Error, Feature, ModuleError};
use serde_json::json;

use crate::failure::{Failure, Stage, code};
use crate::output::Output;
use crate::session::{Session, patiently};

/// The longest answer of any command: a search for networks takes minutes.
const ANSWER: Duration = Duration::from_secs(300);

struct RawCommand<'a>(&'a str);

struct Answer(Vec<String>);

impl AtatResp for Answer {}

impl AtatCmd for RawCommand<'_> {
    type Response = Answer;
    const MAX_TIMEOUT_MS: u32 = ANSWER.as_millis() as u32;

    fn write(&self, buffer: &mut [u8]) -> usize {
        let bytes = self.0.bytes().chain([b'\r']);
        let len = self.0.len() + 1;
        if len > buffer.len() {
            return 0;
        }
        buffer.iter_mut().zip(bytes).for_each(|(place, byte)| *place = byte);
        len
    }

    fn parse(&self, answer: Result<&[u8], atat::InternalError>) -> Result<Answer, atat::Error> {
        let text = String::from_utf8_lossy(answer?).into_owned();
        Ok(Answer(text.lines().map(str::to_owned).collect()))
    }
}

pub async fn run(session: &mut Session<'_, '_>, output: &mut Output, command: &str) -> Result<(), Failure> {
    session.attach().await?;
    // What the user types goes to the module, whatever its table says.
    for feature in Feature::ALL {
        session.modem.set_feature(feature, true);
    }
    let clock = session.clock;
    let raw = RawCommand(command);
    let what = format!("the answer (at most {} s)", ANSWER.as_secs());
    let sent = patiently(clock, &what, session.modem.send(&raw));
    let (lines, result) = match sent.await {
        Ok(Answer(lines)) => (lines, Ok(())),
        Err(Error::Module(error)) => (Vec::new(), Err(error)),
        Err(error) => return Err(Stage::Ask.failure(error)),
    };
    let text = || {
        let end = match &result {
            Ok(()) => "OK".to_owned(),
            Err(ModuleError::Cme(code)) => format!("+CME ERROR: {}", u16::from(*code)),
            Err(ModuleError::Cms(code)) => format!("+CMS ERROR: {code}"),
            Err(_) => "ERROR".to_owned(),
        };
        lines.iter().cloned().chain([end]).collect::<Vec<_>>().join("\n")
    };
    let object = || {
        json!({
            "event": "answer",
            "ok": result.is_ok(),
            "lines": lines,
            "error": result.err().map(|error| error.to_string()),
        })
    };
    output.result(text, object)?;
    result.map_err(|error| {
        Failure::new(
            code::REFUSED,
            format!("{error}: check the command in the module's manual"),
        )
    })
}
