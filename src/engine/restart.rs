//! A restart of the module while it is in use: how it shows, and what it ends.
//!
//! Nothing survives it (V1.3: no command's setting is stored), but a host that did not ask for it learns of it only from what the module
//! prints when it is up again.

use core::time::Duration;

use super::exchange::{Exchange, Phase};
use super::{DATA_MODE_MARGIN, Engine, Link, Outcome};
use crate::Instant;
use crate::error::Error;
use crate::trace::Trace;
use crate::types::AnyConnectionId;

/// What a module prints when it has booted, and never else.
pub(super) const REPORTS: [&[u8]; 2] = [b"AT command ready", b"AT READY"];

/// What a module prints when it has booted, but also when it finds its SIM again (seen inside `AT+CGATT=1`).
pub(super) const HINT: &[u8] = b"+SIM READY";

/// No module boots in so short a time.
const BOOT: Duration = Duration::from_secs(1);

/// The report that the module has booted, if a line ends with one. Garbage may stand in front of it.
fn report(line: &[u8]) -> Option<&'static [u8]> {
    REPORTS.into_iter().find(|report| line.ends_with(report))
}

/// What is known about restarts.
#[derive(Debug)]
pub(super) struct Watch {
    /// The driver is attaching: the line may hold what another host has brought about.
    attaching: bool,
    /// The driver has attached: it knows what state the module was in.
    attached: bool,
    /// Since then the module has restarted.
    restarted: bool,
    /// Error numbers and no echo are in force, so their absence says that they were lost.
    settings: bool,
    /// Something looks like a restart.
    suspected: bool,
    /// When the settings were last seen to be in force.
    seen_at: Instant,
}

impl Watch {
    pub(super) const fn new() -> Self {
        Self {
            attaching: false,
            attached: false,
            restarted: false,
            settings: false,
            suspected: false,
            seen_at: Instant::from_millis(0),
        }
    }
}

impl Engine<'_> {
    /// Attaching begins: whatever the module reports is no surprise.
    pub(crate) fn expect_anything(&mut self) {
        self.watch = Watch {
            attaching: true,
            ..Watch::new()
        };
        // The line may hold the rest of what another host has asked.
        self.secretive = true;
    }

    /// A final result came: if a prompt had come of a command of another host, its data mode is over.
    pub(super) fn end_foreign_data(&mut self) {
        if self.watch.attaching {
            self.quiet_until = None;
        }
    }

    /// The module was attached to, and has the settings that the driver wants.
    pub(crate) fn note_attached(&mut self, now: Instant) {
        self.waive_dynamic();
        self.watch = Watch {
            attached: true,
            settings: true,
            seen_at: now,
            ..Watch::new()
        };
    }

    /// Whether the module has restarted since it was attached to.
    pub(crate) fn has_restarted(&self) -> bool {
        self.watch.restarted
    }

    /// Whether the module has restarted since this was asked last, while attaching or otherwise.
    pub(crate) fn take_reboot(&mut self) -> bool {
        core::mem::take(&mut self.rebooted)
    }

    /// How often it has restarted, to be compared.
    pub(crate) fn boots(&self) -> u32 {
        self.boots
    }

    /// Whether something looks like a restart, which [`note_error_reports`](Self::note_error_reports) is to settle.
    pub(crate) fn suspects_restart(&self) -> bool {
        self.watch.suspected
    }

    /// The module was asked for its error reports, which a restart switches off.
    pub(crate) fn note_error_reports(&mut self, on: bool, now: Instant) {
        self.watch.suspected = false;
        self.watch.seen_at = now;
        if !on {
            self.restarted();
        }
    }

    /// The caller has the module print no error numbers: their absence says nothing any more.
    pub(super) fn note_command(&mut self) {
        if self.transmit.command() == b"AT+CMEE=0" {
            self.watch.settings = false;
        }
    }

    /// An echo has come, although the driver has switched it off.
    pub(super) fn on_echo(&mut self, now: Instant) {
        self.suspect(now);
    }

    /// Takes a line that reports that the module has booted, and gives the report if it is one.
    pub(super) fn on_report(&mut self, now: Instant) -> Option<&'static [u8]> {
        let line = self.decoder.line();
        let booted = report(line);
        if booted.is_some() {
            self.restarted();
        } else if line == HINT {
            self.suspect(now);
        }
        booted
    }

    fn suspect(&mut self, now: Instant) {
        self.watch.suspected |= self.watch.settings && now >= self.watch.seen_at + BOOT;
    }

    /// Everything that the module had is gone, what it was asked included.
    fn restarted(&mut self) {
        warning!("the module has restarted");
        if let Some(trace) = &mut self.trace {
            trace(Trace::Restart);
        }
        self.rebooted = true;
        self.boots = self.boots.wrapping_add(1);
        self.give_up_body();
        self.waive_dynamic();
        let in_use = self.connections.restarted();
        self.forget_all_topics();
        self.watch.restarted |= self.watch.attached || in_use;
        (self.watch.settings, self.watch.suspected) = (false, false);
        self.stop();
    }

    /// The driver goes on through another port, and what is behind it is not known.
    pub(crate) fn give_up(&mut self, now: Instant) {
        let data_mode = self.data_mode_until(now);
        self.give_up_body();
        self.waive_dynamic();
        self.decoder.forget_quoting(self.dialect.read_quotes);
        self.forget_connections();
        self.watch = Watch::new();
        self.stop();
        // It may be the same module, and then it still waits for the rest.
        self.quiet_until = data_mode;
        if data_mode.is_some() {
            // Its prompt may still come, and then it waits from there on.
            self.decoder.expect_prompt(true);
            self.fence.require();
        }
    }

    /// Until when the module may be in a data mode, should the rest of the data not come.
    fn data_mode_until(&self, now: Instant) -> Option<Instant> {
        let limit = self.dialect.data_mode_limit?;
        let may_take_data = |exchange: &&Exchange| exchange.prompt && exchange.awaits_final();
        let Some(exchange) = self.exchange.as_ref().filter(may_take_data) else {
            return self.quiet_until;
        };
        Some(exchange.data_until.unwrap_or(now + limit) + DATA_MODE_MARGIN)
    }

    /// Nothing that is under way goes on.
    fn stop(&mut self) {
        self.quiet_until = None;
        // What was written only in part would become the beginning of the next command, and a question went unheard.
        if self.transmit.is_incomplete() || self.fence.is_active() {
            self.fence.require();
        }
        self.transmit.clear();
        if let Some(exchange) = &self.exchange {
            let sent = match exchange.phase {
                Phase::Command | Phase::Data => false,
                Phase::Answer => !exchange.prompt,
                Phase::AfterData | Phase::Result => true,
            };
            self.finish(Outcome::Restarted { sent });
        }
    }

    /// The error of a call on a connection that a restart has ended: the first one tells it.
    pub(crate) fn tell_restart<E>(&mut self, id: AnyConnectionId) -> Error<E> {
        match self.connection_mut(id) {
            Some(connection) if connection.link == Link::Restarted && connection.break_unreported => {
                connection.break_unreported = false;
                Error::Restarted
            }
            _ => Error::NotConnected,
        }
    }
}
