//! What the driver asks the module by itself, where the call that asked was dropped.
//!
//! A caller who drops each call after a moment would otherwise never come to know it: every call would ask again, and none go on.

use atat::AtatCmd;

use super::{Engine, Outcome};
use crate::command::{ClosableIds, ErrorReports, Ids, OpenableIds, ReadErrorReports};
use crate::types::AnyConnectionId;

/// A question, by its command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Asked {
    /// Which connections can be closed.
    Closable,
    /// Which can be opened.
    Openable,
    /// The error reports, which a restart switches off.
    ErrorReports,
}

impl Asked {
    pub(super) fn by(command: &[u8]) -> Option<Self> {
        match command {
            b"AT+MQTTCLOSE?" => Some(Self::Closable),
            b"AT+MQTTOPEN?" => Some(Self::Openable),
            b"AT+CMEE?" => Some(Self::ErrorReports),
            _ => None,
        }
    }
}

impl Engine<'_> {
    /// Takes the answer to a question that nobody waits for any more.
    pub(super) fn note_answer(&mut self, asked: Asked, outcome: Outcome) {
        let answer = Ok(self.decoder.kept());
        match (asked, outcome) {
            (Asked::Closable, Outcome::Final(ended)) => {
                let ids = ended.ok().and_then(|()| ClosableIds.parse(answer).ok());
                self.note_told(|told| &mut told.closable, ids.as_ref());
            }
            (Asked::Openable, Outcome::Final(ended)) => {
                let ids = ended.ok().and_then(|()| OpenableIds.parse(answer).ok());
                self.note_told(|told| &mut told.openable, ids.as_ref());
            }
            (Asked::ErrorReports, _) if self.suspects_restart() => {
                let off = outcome == Outcome::Final(Ok(())) && ReadErrorReports.parse(answer) == Ok(ErrorReports::Off);
                self.note_error_reports(!off, self.heard_at);
            }
            _ => {}
        }
    }

    fn note_told(&mut self, place: fn(&mut Told) -> &mut Option<Answer>, ids: Option<&Ids>) {
        for id in AnyConnectionId::ALL {
            if let Some(connection) = self.connections.get_mut(id) {
                *place(&mut connection.told) = Some(Answer(ids.map(|ids| ids.contains(id.get()))));
            }
        }
    }
}

/// An answer about one connection; none if the module would not say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Answer(pub(crate) Option<bool>);

/// What the module has told of a connection, and nobody has looked at yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Told {
    /// Whether it can be closed.
    pub(crate) closable: Option<Answer>,
    /// Whether it can be opened.
    pub(crate) openable: Option<Answer>,
}

impl Told {
    pub(super) const fn nothing() -> Self {
        Self {
            closable: None,
            openable: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Instant;
    use crate::engine::Connection;
    use crate::urc::Operation;

    #[test]
    fn an_answer_is_forgotten_once_it_may_be_wrong() {
        let ends: [fn(&mut Connection); 4] = [
            |connection| connection.apply(Operation::Open, true),
            |connection| connection.apply(Operation::Close, true),
            |connection| connection.adopt(),
            |connection| connection.was_empty(Instant::from_millis(0)),
        ];
        for end in ends {
            let mut connection = Connection::new();
            connection.told = Told {
                closable: Some(Answer(Some(false))),
                openable: Some(Answer(Some(true))),
            };
            end(&mut connection);
            assert_eq!(connection.told, Told::nothing());
        }
    }
}
