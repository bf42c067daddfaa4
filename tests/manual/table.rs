//! The table of commands, and the proof that each of its cells was tried.

use std::collections::BTreeSet;
use std::fmt::Debug;

use atat::AtatCmd;
use fibocom_mqtt::command::Done;
use fibocom_mqtt::sim::World;
use fibocom_mqtt::{Error, Escapes, Field, ModuleError, Text};

use crate::support::TestModem;

/// A form of a command, or a line that comes unasked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Form {
    /// `AT+NAME=…`
    Set,
    /// `AT+NAME?`
    Read,
    /// `AT+NAME?`, which the manual does not have: the module refuses it.
    NoRead,
    /// `AT+NAME=?`
    Test,
    /// A line of the module.
    Line,
}

use Form::{Line, NoRead, Read, Set, Test};

const ALL: [Form; 3] = [Set, Read, Test];
const WRITE_ONLY: [Form; 3] = [Set, NoRead, Test];

/// Sections 1.1 to 1.16 of V1.3, the clouds of 1.17 and 1.18, and what comes unasked. A cloud shares `?` and `=?` with the others.
const ROWS: [(&str, &[Form]); 34] = [
    ("+MQTTUSER", &ALL),
    ("+MQTTOPEN", &ALL),
    ("+MQTTCLOSE", &ALL),
    ("+MQTTSUB", &WRITE_ONLY),
    ("+MQTTUNSUB", &WRITE_ONLY),
    ("+MQTTPUB", &WRITE_ONLY),
    ("+MQTTPUB by size", &[Set]),
    ("+MQTTCONF", &ALL),
    ("+MQTTREAD", &WRITE_ONLY),
    ("+MQTTWILL", &ALL),
    ("+MQTTWILL by size", &[Set]),
    ("+MQTTSNCID", &ALL),
    ("+MQTTSNREG", &ALL),
    ("+MQTTWTOPICUD", &WRITE_ONLY),
    ("+MQTTWMSGUD", &WRITE_ONLY),
    ("+MQTTAUTHDYN", &[NoRead, Test]),
    ("+MQTTAUTHDYN 1", &[Set]),
    ("+MQTTAUTHDYN 2", &[Set]),
    ("+MQTTAUTHDYN 3", &[Set]),
    ("+MQTTAUTHCFG", &[NoRead, Test]),
    ("+MQTTAUTHCFG 1", &[Set]),
    ("+MQTTAUTHCFG 2", &[Set]),
    ("+MQTTAUTHCFG 3", &[Set]),
    ("+MQTTAUTHCFG 4", &[Set]),
    ("+MQTTAUTHCFG 5", &[Set]),
    ("+MQTTAUTHCFG 6", &[Set]),
    ("+MQTTAUTHCFG 7", &[Set]),
    ("+MQTTAUTHCFG 8", &[Set]),
    ("+MQTTAUTHCFG 9", &[Set]),
    ("+MQTTMSG", &[Line]),
    ("+MQTTMSGI", &[Line]),
    ("+MQTTBREAK", &[Line]),
    ("+MQTTSNREG unasked", &[Line]),
    ("+MQTTAUTHEVENT", &[Line]),
];

/// The cells that were tried. One is noted only by what tries it.
#[derive(Default)]
pub struct Covered(BTreeSet<(&'static str, Form)>);

impl Covered {
    fn note(&mut self, row: &'static str, form: Form) {
        let known = ROWS.iter().any(|(name, forms)| *name == row && forms.contains(&form));
        assert!(known, "{row} {form:?} is not in the table");
        self.0.insert((row, form));
    }

    /// Every cell of the table was.
    pub fn check(&self) {
        for (row, forms) in ROWS {
            for form in forms {
                assert!(self.0.contains(&(row, *form)), "{row} {form:?} was not tried");
            }
        }
    }

    /// A `?` or `=?` form: its bytes, what the manuals print, and what the module answers now.
    pub async fn ask<C>(
        &mut self,
        (modem, world): (&mut TestModem<'_>, &World),
        row: &'static str,
        command: &C,
        printed: &[(&str, C::Response)],
    ) -> C::Response
    where
        C: AtatCmd<Response: PartialEq + Debug> + Sync,
    {
        let (form, mark) = if encoded(command).ends_with("=?") {
            (Test, "=?")
        } else {
            (Read, "?")
        };
        encodes(command, &format!("AT{row}{mark}"));
        for (answer, expected) in printed {
            assert_eq!(parse(command, answer).as_ref(), Some(expected), "{answer}");
        }
        let before = world.record().commands().len();
        let answer = modem.send(command).await.unwrap();
        assert_eq!(world.record().commands()[before..], [format!("AT{row}{mark}")]);
        self.note(row, form);
        answer
    }

    /// A `?` form that the manual does not have.
    pub async fn has_no_read(&mut self, modem: &mut TestModem<'_>, row: &'static str) {
        let refused = modem.send(&Raw(format!("AT{row}?\r"))).await;
        assert!(
            matches!(refused, Err(Error::Module(ModuleError::Cme(_) | ModuleError::Error))),
            "{row}? {refused:?}"
        );
        self.note(row, NoRead);
    }

    /// A set form: the bytes of the command, and that a call writes just these, once.
    pub async fn set<C: AtatCmd, R>(
        &mut self,
        world: &World,
        row: &'static str,
        command: &C,
        text: &str,
        call: impl Future<Output = R>,
    ) -> R {
        encodes(command, text);
        let before = world.record().commands().len();
        let outcome = call.await;
        let commands = &world.record().commands()[before..];
        let written = commands.iter().filter(|command| *command == text).count();
        assert_eq!(written, 1, "{text} is not once in {commands:?}");
        self.note(row, Set);
        outcome
    }

    /// A line that the driver has taken in a form of the manual.
    pub fn line(&mut self, row: &'static str) {
        self.note(row, Line);
    }
}

/// Bytes as they are.
struct Raw(String);

impl AtatCmd for Raw {
    type Response = Done;

    fn write(&self, buffer: &mut [u8]) -> usize {
        buffer[..self.0.len()].copy_from_slice(self.0.as_bytes());
        self.0.len()
    }

    fn parse(&self, _: Result<&[u8], atat::InternalError>) -> Result<Done, atat::Error> {
        Ok(Done)
    }
}

fn encoded(command: &impl AtatCmd) -> String {
    let mut buffer = [0; 2048];
    let len = command.write(&mut buffer);
    let text = String::from_utf8(buffer[..len].to_vec()).unwrap();
    text.strip_suffix('\r').unwrap().to_owned()
}

#[track_caller]
pub fn encodes(command: &impl AtatCmd, text: &str) {
    assert_eq!(encoded(command), text);
}

/// What a command makes of an answer's information lines.
pub fn parse<C: AtatCmd>(command: &C, answer: &str) -> Option<C::Response> {
    command.parse(Ok(answer.as_bytes())).ok()
}

pub fn text(text: &str) -> Text<'_> {
    Text::new(Field::Payload, text, Escapes::Unknown).unwrap()
}

/// A list of connections, read from a line of the manual's own form.
pub fn ids(ids: &[u8]) -> fibocom_mqtt::command::Ids {
    let list: Vec<_> = ids.iter().map(u8::to_string).collect();
    let found = parse(
        &fibocom_mqtt::command::TestClose,
        &format!("+MQTTCLOSE: ({})", list.join(",")),
    )
    .unwrap();
    assert_eq!(found.as_slice(), ids);
    found
}
