//! What a gateway shows of its connection (manual, section 7.5).

use core::fmt::{self, Write};

use super::{Gateway, Link, Phase};
use crate::profile::juconn::config::BrokerUrl;
use crate::profile::juconn::tixml::Writer;

/// What the signal LED shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(all(feature = "defmt", target_os = "none"), derive(defmt::Format))]
pub enum Led {
    /// No connection.
    Off,
    /// The connection is being opened.
    FlashingRed,
    /// The connection is open.
    Green,
}

/// What is remembered for it.
#[derive(Debug, Default)]
pub(super) struct Display {
    pub(super) stamp: Option<u64>,
    pub(super) toggle: bool,
    pub(super) version: heapless::String<32>,
}

impl Display {
    /// Data were sent.
    pub(super) fn sent(&mut self, unix: u64) {
        if self.stamp != Some(unix) {
            self.toggle = !self.toggle;
        }
        self.stamp = Some(unix);
    }
}

/// The state of the connection, as `/Process/CloudConn/` of the gateway shows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ConnectionStatus<'s> {
    /// `ConnectionType`: the broker.
    pub broker: BrokerUrl<'s>,
    /// `ConnectionState`: whether the connection is open.
    pub connected: bool,
    /// `ConnectionStateMsg`: `registering`, `not connected`, `connecting` or `connected`.
    pub message: &'static str,
    /// `LastTimeStamp`: when data were sent last, in seconds since 1970; none if they never were.
    pub last_time_stamp: Option<u64>,
    /// `ChangeToggle`: changes with the time stamp.
    pub change_toggle: bool,
    /// `BrokerVersion`: what the portal says of itself; empty if it did not.
    pub broker_version: &'s str,
}

impl ConnectionStatus<'_> {
    /// Writes it as the answer to `<Get _="/Process/CloudConn/" ver="y"/>`.
    ///
    /// # Errors
    ///
    /// The destination's failure.
    pub fn write(&self, out: &mut dyn Write) -> fmt::Result {
        Writer::new(out).element("Get").fill(|get| {
            get.element("CloudConn").fill(|status| {
                status.value("ConnectionType", self.broker)?;
                status.value("ConnectionState", u8::from(self.connected))?;
                status.value("ConnectionStateMsg", self.message)?;
                status.value("LastTimeStamp", self.last_time_stamp.unwrap_or(0))?;
                status.value("ChangeToggle", u8::from(self.change_toggle))?;
                status.value("BrokerVersion", self.broker_version)
            })
        })
    }
}

impl Gateway<'_> {
    /// The state of the connection, for the application to show.
    pub fn status(&self) -> ConnectionStatus<'_> {
        ConnectionStatus {
            broker: self.broker(),
            connected: self.link == Link::Up,
            message: match (self.link, self.phase) {
                (Link::Down, _) => "not connected",
                (Link::Connecting, _) => "connecting",
                (Link::Up, Phase::Running) => "connected",
                (Link::Up, _) => "registering",
            },
            last_time_stamp: self.status.stamp,
            change_toggle: self.status.toggle,
            broker_version: &self.status.version,
        }
    }

    /// What the signal LED shows.
    pub const fn led(&self) -> Led {
        match self.link {
            Link::Down => Led::Off,
            Link::Connecting => Led::FlashingRed,
            Link::Up => Led::Green,
        }
    }
}
