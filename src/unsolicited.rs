//! Lines that the module sends unasked and that are not the driver's business.

use core::fmt;

use crate::codec::cloud::tuya_event;
use crate::trace::Line;
use crate::types::cloud::TuyaEvent;

/// A line that answers nothing and means nothing to the driver, such as `+SIM READY`, `+CREG: 1`, `+CTZV: …`,
/// as [`Modem::set_unsolicited`](crate::Modem::set_unsolicited) offers it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Unsolicited<'a>(&'a str);

impl<'a> Unsolicited<'a> {
    pub(crate) const fn new(line: &'a str) -> Self {
        Self(line)
    }

    /// The line, without its end.
    pub const fn as_str(&self) -> &'a str {
        self.0
    }

    /// The line's bytes.
    pub const fn as_bytes(&self) -> &'a [u8] {
        self.0.as_bytes()
    }

    /// What stands behind `name` and its colon, without blanks around it.
    ///
    /// ```
    /// # use fibocom_mqtt::Unsolicited;
    /// fn registered(line: Unsolicited<'_>) -> Option<bool> {
    ///     line.arguments("+CREG").map(|state| matches!(state, "1" | "5"))
    /// }
    /// ```
    pub fn arguments(&self, name: &str) -> Option<&'a str> {
        self.0.strip_prefix(name)?.strip_prefix(':').map(str::trim_ascii)
    }

    /// The event of Tuya in a line `+MQTTAUTHEVENT: 4,"status"`, with or without its `+` (V1.3 section 1.19).
    ///
    /// ```
    /// # use fibocom_mqtt::Unsolicited;
    /// use fibocom_mqtt::cloud::TuyaEvent;
    ///
    /// fn is_bound(line: Unsolicited<'_>) -> bool {
    ///     line.tuya_event() == Some(TuyaEvent::ActivateSucceeded)
    /// }
    /// ```
    pub fn tuya_event(&self) -> Option<TuyaEvent> {
        tuya_event(self.as_bytes())
    }
}

/// As a trace shows it.
impl fmt::Display for Unsolicited<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Line::new(self.as_bytes()).fmt(f)
    }
}

impl fmt::Debug for Unsolicited<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(all(feature = "defmt", target_os = "none"))]
impl defmt::Format for Unsolicited<'_> {
    fn format(&self, f: defmt::Formatter) {
        Line::new(self.as_bytes()).format(f);
    }
}
