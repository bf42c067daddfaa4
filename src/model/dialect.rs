//! How firmware speaks where the manuals leave it open.

use core::time::Duration;

use crate::types::Escapes;

/// How this module's firmware speaks where the manuals leave it open or firmware differs.
///
/// The default is what the manuals say and assumes nothing else. [`Modem::attach`](crate::Modem::attach) refines it where the
/// module's own firmware version tells; what the caller has set stays.
///
/// ```
/// use fibocom_mqtt::{Dialect, Escapes};
///
/// let dialect = Dialect::default().escapes(Escapes::Hex).result_at_qos0(false);
/// # let _ = dialect;
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(all(feature = "defmt", target_os = "none"), derive(defmt::Format))]
#[must_use = "each setting gives the changed value back"]
pub struct Dialect {
    escapes: Option<Escapes>,
    /// What the module's firmware is known to decode, where the caller has not said it.
    decodes: Escapes,
    pub(crate) read_quotes: Option<bool>,
    #[cfg_attr(all(feature = "defmt", target_os = "none"), defmt(Debug2Format))]
    pub(crate) data_mode_limit: Option<Duration>,
    pub(crate) result_at_qos0: bool,
    pub(crate) data_form: DataForm,
}

/// How the bytes of a message are written behind the prompt of `AT+MQTTPUB` and `AT+MQTTWILL`.
///
/// Both manuals say "in HEX" (V1.3 and V1.0.1 section 1.7.4), and do not say whether the announced size counts bytes or digits.
/// Everybody who is known to use these modules sends the bytes as they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[cfg_attr(all(feature = "defmt", target_os = "none"), derive(defmt::Format))]
pub enum DataForm {
    /// The bytes as they are.
    #[default]
    Raw,
    /// Two hexadecimal digits for each byte, and the announced size counts the bytes.
    HexBytes,
    /// Two hexadecimal digits for each byte, and the announced size counts the digits, as do [`Limit::Payload`](crate::Limit::Payload)
    /// and [`Limit::WillPayload`](crate::Limit::WillPayload): the longest payload is half as long.
    HexDigits,
}

impl DataForm {
    /// The size to announce for so many bytes.
    pub(crate) const fn size(self, len: usize) -> usize {
        match self {
            Self::Raw | Self::HexBytes => len,
            Self::HexDigits => len.saturating_mul(2),
        }
    }
}

impl Default for Dialect {
    fn default() -> Self {
        Self {
            escapes: None,
            decodes: Escapes::Unknown,
            read_quotes: None,
            data_mode_limit: Some(Duration::from_secs(30)),
            result_at_qos0: true,
            data_form: DataForm::Raw,
        }
    }
}

impl Dialect {
    /// What the firmware makes of a backslash inside quotes.
    pub const fn escapes(mut self, escapes: Escapes) -> Self {
        self.escapes = Some(escapes);
        self
    }

    /// Whether `AT+MQTTREAD` puts quotes around topic and payload. Unless told, the driver finds out from the first message
    /// that shows it beyond doubt.
    pub const fn read_quotes(mut self, quotes: bool) -> Self {
        self.read_quotes = Some(quotes);
        self
    }

    /// After how long the module ends a data mode that was not filled (30 s in V1.0.1 section 1.7.4), or `None` if never.
    pub const fn data_mode_limit(mut self, limit: Option<Duration>) -> Self {
        self.data_mode_limit = limit;
        self
    }

    /// Whether a publication at QoS 0 gets a result line (it does by the manuals). Where it does not, it ends as
    /// [`Delivery::Accepted`](crate::Delivery::Accepted).
    pub const fn result_at_qos0(mut self, result: bool) -> Self {
        self.result_at_qos0 = result;
        self
    }

    /// How the bytes of a message are written in data mode. In digits, the transmit buffer must hold twice the payload.
    ///
    /// ```
    /// use fibocom_mqtt::{DataForm, Dialect};
    ///
    /// let dialect = Dialect::default().data_form(DataForm::HexDigits);
    /// # let _ = dialect;
    /// ```
    pub const fn data_form(mut self, form: DataForm) -> Self {
        self.data_form = form;
        self
    }

    /// What is in force for strings.
    pub(crate) fn string_escapes(&self) -> Escapes {
        self.escapes.unwrap_or(self.decodes)
    }

    /// Takes what the firmware version tells, where the caller has not said otherwise.
    pub(crate) fn refine(&mut self, platform: Platform) {
        self.decodes = match platform {
            Platform::Unisoc => Escapes::Hex,
            Platform::Unknown => Escapes::Unknown,
        };
    }
}

/// The chip family a module is built on, by the first group of digits of its firmware version.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(all(feature = "defmt", target_os = "none"), derive(defmt::Format))]
#[non_exhaustive]
pub enum Platform {
    /// `16000` (UNISOC 8910: L610, MC610, LC610) and `16009` (UNISOC 8850: MC66x, MG66x).
    Unisoc,
    /// Any other version.
    Unknown,
}

impl Platform {
    /// The platform of the firmware version that `AT+CGMR` prints, such as `16000.1208.00.86.02.02`.
    pub fn from_revision(revision: &str) -> Self {
        let version = revision.rsplit([' ', ':']).next().unwrap_or(revision);
        match version.split('.').next() {
            Some("16000" | "16009") => Self::Unisoc,
            _ => Self::Unknown,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_firmware_version_refines_what_the_caller_left_open() {
        assert_eq!(Platform::from_revision("16000.1208.00.86.02.02"), Platform::Unisoc);
        assert_eq!(Platform::from_revision("Revision: 16009.1000.00"), Platform::Unisoc);
        assert_eq!(Platform::from_revision("12007.6005.00.02.03.04"), Platform::Unknown);
        assert_eq!(Platform::from_revision(""), Platform::Unknown);

        let mut dialect = Dialect::default();
        assert_eq!(dialect.string_escapes(), Escapes::Unknown);
        dialect.refine(Platform::Unisoc);
        assert_eq!(dialect.string_escapes(), Escapes::Hex);

        let mut said = Dialect::default().escapes(Escapes::Unknown);
        said.refine(Platform::Unisoc);
        assert_eq!(said.string_escapes(), Escapes::Unknown);
    }
}
