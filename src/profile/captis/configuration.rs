//! The device's configuration, on its way to Cumulocity (section 4.1.3).

use core::fmt;

use super::csv::Line;
use crate::profile::json::Value;

/// The line that tells the server the device's configuration: 113, the document in quotes, each quote in it doubled. It prints without a
/// line end.
///
/// ```
/// use fibocom_mqtt::profile::captis::ConfigurationLine;
/// use fibocom_mqtt::profile::json::Value;
///
/// let config = Value::parse(r#"{"key": "value"}"#)?;
/// assert_eq!(ConfigurationLine(config).to_string(), r#"113,"{""key"": ""value""}""#);
/// # Ok::<(), fibocom_mqtt::profile::json::JsonError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ConfigurationLine<'a>(pub Value<'a>);

impl fmt::Display for ConfigurationLine<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Line::new(f).value(113)?.quoted(self.0.raw())?;
        Ok(())
    }
}

/// Whether the configuration is still to be published: after a boot, and each time one was applied, on every connection until it was.
///
/// ```
/// use fibocom_mqtt::profile::captis::ConfigurationUpload;
///
/// let mut upload = ConfigurationUpload::after_boot();
/// assert!(upload.is_due()); // publish it; if that fails, it stays due
/// upload.published();
/// assert!(!upload.is_due());
/// upload.applied();
/// assert!(upload.is_due());
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(all(feature = "defmt", target_os = "none"), derive(defmt::Format))]
pub struct ConfigurationUpload {
    due: bool,
}

impl ConfigurationUpload {
    /// The device has booted, so it is due.
    pub const fn after_boot() -> Self {
        Self { due: true }
    }

    /// A configuration was applied, so it is due again.
    pub const fn applied(&mut self) {
        self.due = true;
    }

    /// It was published.
    pub const fn published(&mut self) {
        self.due = false;
    }

    /// Whether it is to be published.
    pub const fn is_due(&self) -> bool {
        self.due
    }
}
