//! Lines that only some programs have to do with. Each is taken by a function that is installed by the call that asks for it, so that a
//! program which never makes that call does not carry its code.

use super::Engine;
use crate::urc::Urc;

type Parse = fn(&[u8]) -> Option<Urc>;

/// What is installed.
#[derive(Default)]
pub(super) struct Extras {
    /// Messages in lines; with the bytes of the line that found no room.
    direct: Option<fn(&mut Engine<'_>, usize)>,
    /// The answer to a registration with a cloud; false if it is not that.
    dynamic: Option<fn(&mut Engine<'_>) -> bool>,
    /// The same, longer than the line buffer.
    long_dynamic: Option<fn(&mut Engine<'_>) -> bool>,
    /// Unsolicited lines beyond those of every program.
    cloud_event: Option<Parse>,
    sn_registration: Option<Parse>,
    /// Topics and their ids; whether the line is whole.
    registration: Option<fn(&mut Engine<'_>, bool)>,
    /// News of the data connection.
    call: Option<fn(&mut Engine<'_>)>,
}

/// What installs them.
impl Engine<'_> {
    /// Messages may come in lines.
    pub(crate) fn use_direct(&mut self) {
        self.extras.direct = Some(|engine, excess| engine.on_direct(excess));
    }

    /// Devices are registered with clouds.
    pub(crate) fn use_dynamic(&mut self) {
        self.extras.dynamic = Some(|engine| engine.on_dynamic());
        self.extras.long_dynamic = Some(|engine| engine.on_long_dynamic());
    }

    /// Clouds may have events.
    pub(crate) fn use_cloud_events(&mut self) {
        self.extras.cloud_event = Some(Urc::cloud_event);
    }

    /// Topics have ids, on MQTT-SN connections.
    pub(crate) fn use_registrations(&mut self) {
        self.extras.sn_registration = Some(Urc::sn_registration);
        self.extras.registration = Some(|engine, whole| engine.on_registration(whole));
    }

    /// It matters what becomes of the data connection.
    pub(crate) fn use_call_news(&mut self) {
        self.extras.call = Some(|engine| engine.note_call());
    }
}

/// What is done with a line.
impl Engine<'_> {
    /// The line, if it is an unsolicited one that this program has to do with.
    pub(super) fn unsolicited(&self, line: &[u8]) -> Option<Urc> {
        let also = [self.extras.cloud_event, self.extras.sn_registration];
        Urc::of_client(line).or_else(|| also.into_iter().flatten().find_map(|parse| parse(line)))
    }

    pub(super) fn take_direct(&mut self, excess: usize) {
        if let Some(take) = self.extras.direct {
            take(self, excess);
        }
    }

    pub(super) fn take_dynamic(&mut self) -> bool {
        self.extras.dynamic.is_some_and(|take| take(self))
    }

    pub(super) fn take_long_dynamic(&mut self) -> bool {
        self.extras.long_dynamic.is_some_and(|take| take(self))
    }

    pub(super) fn take_registration(&mut self, whole: bool) {
        if let Some(take) = self.extras.registration {
            take(self, whole);
        }
    }

    pub(super) fn take_call_line(&mut self) {
        if let Some(take) = self.extras.call {
            take(self);
        }
    }
}
