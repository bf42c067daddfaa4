//! Where values come from.

use core::fmt::{Display, Write};

use crate::profile::juconn::message::SensorState;

/// The values of the gateway's data points: what the application implements.
pub trait DataSource {
    /// Reads the data point at `path`, such as `/Process/Bus1/Device0/Var0`. A point that is left as it is has no value: it is sent
    /// empty, and as invalid.
    fn read(&mut self, path: &str, reading: &mut Reading);
}

/// A value that is being read.
#[derive(Debug, Clone, Default)]
pub struct Reading {
    text: heapless::String<{ Self::MAX }>,
    state: Option<SensorState>,
}

impl Reading {
    /// The longest value, in bytes. A longer one is none, as if it had not been read: of a number whose end is missing, another one is left.
    pub const MAX: usize = 128;

    /// The value of a variable of the process, of an expansion module, a position: one that has no state (manual, table 2-5). Numbers
    /// are written as they are displayed.
    pub fn set(&mut self, value: impl Display) {
        self.write(value, SensorState::Stateless);
    }

    /// The value of a variable of a bus, and whether it is valid.
    pub fn bus(&mut self, value: impl Display, valid: bool) {
        let state = if valid {
            SensorState::Valid
        } else {
            SensorState::Invalid
        };
        self.write(value, state);
    }

    fn write(&mut self, value: impl Display, state: SensorState) {
        self.text.clear();
        self.state = match write!(self.text, "{value}") {
            Ok(()) => Some(state),
            Err(_) => {
                self.text.clear();
                None
            }
        };
    }

    pub(super) fn take(source: &mut impl DataSource, path: &str) -> Self {
        let mut reading = Self::default();
        source.read(path, &mut reading);
        reading
    }

    pub(super) fn text(&self) -> &str {
        &self.text
    }

    pub(super) fn state(&self) -> SensorState {
        self.state.unwrap_or(SensorState::Invalid)
    }
}
