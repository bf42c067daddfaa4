//! The radio and the data connection: what can be chosen about them, and what the module knows of them while it runs.

use std::time::Duration;

use super::models::{Settings, Sim};
use super::module::{Action, Module};
use super::network::BreakCause;

/// Which of the spellings of `+MIPCALL` that were seen the module prints.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum MipcallForm {
    /// Asked `+MIPCALL: 1,10.1.2.3`; dialled `OK`, then `+MIPCALL: 10.1.2.3`.
    #[default]
    AfterOk,
    /// Asked and dialled `+MIPCALL: 1,10.1.2.3`, before `OK`.
    BeforeOk,
    /// Asked `+MIPCALL: 1`, dialled `OK`, then `+MIPCALL: 1`: where it is, only `AT+CGPADDR` tells.
    Flag,
    /// With name servers: `+MIPCALL: 1,10.1.2.3,8.8.8.8,8.8.4.4`.
    NameServers,
    /// With [a second address](Radio::second_address): `+MIPCALL: 10.1.2.3,2001:db8::1`.
    DualStack,
    /// Without a blank and without the 1: `+MIPCALL:10.1.2.3`.
    Unspaced,
}

impl MipcallForm {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::AfterOk,
        Self::BeforeOk,
        Self::Flag,
        Self::NameServers,
        Self::DualStack,
        Self::Unspaced,
    ];

    /// The line for a connection that is up: the answer to a question, or what comes of dialling.
    pub(super) fn line(self, settings: &Settings, asked: bool) -> String {
        let address = settings.address.as_str();
        match self {
            Self::AfterOk if !asked => format!("+MIPCALL: {address}"),
            Self::AfterOk | Self::BeforeOk => format!("+MIPCALL: 1,{address}"),
            Self::Flag => "+MIPCALL: 1".into(),
            Self::NameServers => format!("+MIPCALL: 1,{address},8.8.8.8,8.8.4.4"),
            Self::DualStack => format!("+MIPCALL: {address},{}", settings.radio.second_address),
            Self::Unspaced => format!("+MIPCALL:{address}"),
        }
    }
}

/// What comes of dialling.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Calling {
    /// An address.
    #[default]
    Succeeds,
    /// `ERROR`
    Refused,
    /// `OK`, then `+MIPCALL: 0`.
    Fails,
    /// `OK`, then nothing.
    Hangs,
}

/// Which registrations follow [`Settings::registration`]; the others say 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Registers {
    /// `+CEREG`
    pub eps: bool,
    /// `+CGREG`
    pub packet: bool,
    /// `+CREG`
    pub circuit: bool,
}

/// Everything that can be chosen about SIM, radio and data connection beyond [`Settings`].
#[derive(Debug, Clone)]
pub struct Radio {
    /// From power-on until the SIM card answers; before, it is `+CME ERROR: 14`.
    pub sim_delay: Duration,
    /// How many wrong PINs the card takes until it wants its PUK.
    pub pin_attempts: u8,
    /// From power-on, or from the PIN, until the module is registered; before, it is searching.
    pub registration_delay: Duration,
    /// Which registrations it reaches.
    pub registers: Registers,
    /// The reports of registration that are switched on at power-on: 0 none, 1 the state, 2 with the place.
    pub reporting: u8,
    /// The operator that `AT+COPS?` names once registered.
    pub operator: String,
    /// Whether it attaches to the packet service by itself, as on LTE.
    pub attaches: bool,
    /// The `+CME ERROR` that attaching is answered with, if it fails.
    pub attach_error: Option<u16>,
    /// How `+MIPCALL` is spelt.
    pub mipcall: MipcallForm,
    /// What comes of dialling.
    pub calling: Calling,
    /// Whether a module that is being dialled says 2 when it is asked, instead of 0.
    pub busy_while_dialling: bool,
    /// How long after power-on it says 2, as if somebody else were dialling, and refuses to dial.
    pub busy: Duration,
    /// Whether it says `1,0.0.0.0` at power-on, and refuses to dial until `AT+MIPCALL=0`.
    pub stale: bool,
    /// Whether dialling while the connection is up is answered with `ERROR`, instead of the address once more.
    pub error_when_up: bool,
    /// The IPv6 address of a dual stack.
    pub second_address: String,
    /// The time that the network tells. It does not go on.
    pub clock: String,
    /// From registration until the network sets the clock; without, it is set from the start.
    pub nitz_delay: Option<Duration>,
}

impl Default for Radio {
    fn default() -> Self {
        Self {
            sim_delay: Duration::ZERO,
            pin_attempts: 3,
            registration_delay: Duration::ZERO,
            registers: Registers {
                eps: true,
                packet: true,
                circuit: true,
            },
            reporting: 0,
            operator: "CHN-UNICOM".into(),
            attaches: true,
            attach_error: None,
            mipcall: MipcallForm::default(),
            calling: Calling::default(),
            busy_while_dialling: true,
            busy: Duration::ZERO,
            stale: false,
            error_when_up: true,
            second_address: "2409:8954:3298:9ed0:95da:7e09:a700:d58b".into(),
            clock: "26/07/20,06:51:36+00".into(),
            nitz_delay: None,
        }
    }
}

/// What the module knows of it, until it restarts.
#[derive(Debug)]
pub(super) struct RadioState {
    /// Power-on, or the end of booting.
    pub since: Duration,
    pub registers_at: Duration,
    /// `AT+CEREG=n`, `AT+CGREG=n` and `AT+CREG=n`.
    pub reporting: [u8; 3],
    /// Wrong PINs that are left. The card keeps it over a restart.
    pub pin_attempts: u8,
    /// `AT+CGATT=1`
    pub attached: bool,
    pub dialling: bool,
    pub stale: bool,
}

/// The three registrations, in the order of their numbers in [`RadioState::reporting`].
pub(super) const REGISTRATIONS: [&str; 3] = ["+CEREG", "+CGREG", "+CREG"];

impl RadioState {
    pub fn new(settings: &Settings) -> Self {
        Self {
            since: Duration::ZERO,
            registers_at: settings.radio.registration_delay,
            reporting: [settings.radio.reporting; 3],
            pin_attempts: settings.radio.pin_attempts,
            attached: settings.radio.attaches,
            dialling: false,
            stale: settings.radio.stale,
        }
    }
}

impl Module {
    /// Switched on, or restarted, with booting done at `since`.
    pub(super) fn switch_radio_on(&mut self, since: Duration) {
        self.state.radio.since = since;
        self.search(since + self.settings.radio.registration_delay);
    }

    /// From now on the module searches, until `found`.
    pub(super) fn search(&mut self, found: Duration) {
        self.state.radio.registers_at = found;
        if found > self.now {
            self.at(found, Action::Registered);
        }
    }

    /// The second number of `+CEREG: 0,1` and its like.
    pub(super) fn registration_status(&self, registration: usize) -> u8 {
        let registers = self.settings.radio.registers;
        let own = [registers.eps, registers.packet, registers.circuit];
        if self.need_sim().is_err() || !own.get(registration).is_some_and(|own| *own) {
            0
        } else if self.now < self.state.radio.registers_at {
            2
        } else {
            self.settings.registration
        }
    }

    /// Whether data can pass.
    pub(super) fn registered(&self) -> bool {
        (0..REGISTRATIONS.len()).any(|index| matches!(self.registration_status(index), 1 | 5 | 9 | 10))
    }

    /// The place behind a status, where it is reported.
    pub(super) fn place(reporting: u8, status: u8) -> &'static str {
        match (reporting, status) {
            (2, 1 | 5) => ",\"1A2B\",\"01C3D4E5\",7",
            _ => "",
        }
    }

    /// The unsolicited lines about registration, where they are switched on.
    pub(super) fn report_registration(&mut self) {
        for (index, name) in REGISTRATIONS.iter().enumerate() {
            let reporting = self.state.radio.reporting.get(index).copied().unwrap_or(0);
            if reporting > 0 {
                let status = self.registration_status(index);
                let line = format!("{name}: {status}{}", Self::place(reporting, status));
                self.urc(line.as_bytes());
            }
        }
    }

    /// Loses the network for a while: the module searches, its data connection is down, every connection breaks with that cause.
    /// Then it is registered again; the data connection must be dialled anew, and no connection opens by itself.
    pub fn lose_network_for(&mut self, cause: BreakCause, lasting: Duration, now: Duration) {
        self.poll(now);
        self.search(self.now + lasting);
        self.report_registration();
        if self.state.online {
            self.urc(b"+MIPCALL: 0");
        }
        self.state.radio.dialling = false;
        self.lose_network(cause, now);
    }

    pub(super) fn sim_is_found(&self) -> bool {
        self.now >= self.state.radio.since + self.settings.radio.sim_delay
    }

    /// The line of `AT+CCLK?`.
    pub(super) fn clock_line(&self) -> String {
        let radio = &self.settings.radio;
        let set = |delay| self.registered() && self.now >= self.state.radio.registers_at + delay;
        let time = if radio.nitz_delay.is_none_or(set) {
            radio.clock.as_str()
        } else {
            "70/01/01,00:00:05+00"
        };
        format!("+CCLK: \"{time}\"")
    }

    /// The line of `AT+COPS?`.
    pub(super) fn operator_line(&self) -> String {
        if self.registered() {
            format!("+COPS: 0,0,\"{}\",7", self.settings.radio.operator)
        } else {
            "+COPS: 0".into()
        }
    }

    /// Whether `AT+CPIN` or anything else can use the card: it is there, and not locked for good.
    pub(super) fn wants_puk(&self) -> bool {
        matches!(self.settings.sim, Sim::Locked(_)) && self.state.radio.pin_attempts == 0
    }
}
