//! The device twin (section 5.2): what the device reports, and what the cloud desires.

use core::fmt;

use crate::profile::captis::gate::{Gate, Refusal};
use crate::profile::captis::{NetworkType, Role};
use crate::profile::json::{Object, ObjectWriter, Value, Writer};

/// What the device reports of itself, published to [`twin_patch_topic`](super::twin_patch_topic). It prints as its payload. What is `None` is
/// left out, and stays in the twin as it is; a report that is too long for a payload is sent in parts so.
///
/// ```
/// use fibocom_mqtt::profile::captis::azure::Reported;
///
/// let reported = Reported { lac: Some(0x30a1), serial: Some("CPT-7"), ..Reported::default() };
/// assert_eq!(reported.to_string(), r#"{"LAC":"30A1","serial":"CPT-7"}"#);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Reported<'a> {
    /// ICCID of the SIM.
    pub iccid: Option<&'a str>,
    /// IMEI of the module.
    pub imei: Option<&'a str>,
    /// IMSI of the SIM.
    pub imsi: Option<&'a str>,
    /// Location area code of the cell, written in hexadecimal.
    pub lac: Option<u32>,
    /// Id of the cell, written in hexadecimal.
    pub cell_id: Option<u32>,
    /// Type of the network.
    pub nw_type: Option<NetworkType>,
    /// Mobile country code, such as `505`.
    pub mcc: Option<&'a str>,
    /// Mobile network code, such as `01`.
    pub mnc: Option<&'a str>,
    /// Frequency of the radio channel, MHz.
    pub freq: Option<u16>,
    /// Part number of the module.
    pub m_hw: Option<&'a str>,
    /// Firmware version of the module.
    pub m_fw: Option<&'a str>,
    /// Version of the boot loader.
    pub blv: Option<&'a str>,
    /// Version of the configuration's schema.
    pub cfg_v: Option<&'a str>,
    /// Firmware version of the device.
    pub d_fw: Option<&'a str>,
    /// Hardware variant of the device.
    pub d_hw: Option<&'a str>,
    /// Serial number of the device.
    pub serial: Option<&'a str>,
    /// The configuration, all of it.
    pub config: Option<Value<'a>>,
}

impl fmt::Display for Reported<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Writer::new(f).object(|twin| {
            text(twin, "iccid", self.iccid)?;
            text(twin, "imei", self.imei)?;
            text(twin, "imsi", self.imsi)?;
            for (name, number) in [("LAC", self.lac), ("cell_id", self.cell_id)] {
                if let Some(number) = number {
                    twin.member(name).string(format_args!("{number:X}"))?;
                }
            }
            text(twin, "nw_type", self.nw_type.map(NetworkType::as_str))?;
            text(twin, "mcc", self.mcc)?;
            text(twin, "mnc", self.mnc)?;
            if let Some(freq) = self.freq {
                twin.member("freq").number(freq)?;
            }
            text(twin, "m_hw", self.m_hw)?;
            text(twin, "m_fw", self.m_fw)?;
            text(twin, "blv", self.blv)?;
            text(twin, "cfg_v", self.cfg_v)?;
            text(twin, "d_fw", self.d_fw)?;
            text(twin, "d_hw", self.d_hw)?;
            text(twin, "serial", self.serial)?;
            match self.config {
                Some(config) => twin.member("config").value(config),
                None => Ok(()),
            }
        })
    }
}

fn text(twin: &mut ObjectWriter<'_>, name: &str, text: Option<&str>) -> fmt::Result {
    match text {
        Some(text) => twin.member(name).string(text),
        None => Ok(()),
    }
}

/// The desired section: a configuration or a part of one, and its version.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Desired<'a> {
    /// The configuration, if there is one; what it does not name stays as it is.
    pub config: Option<Value<'a>>,
    /// Its version, which each change raises.
    pub version: u64,
}

impl<'a> Desired<'a> {
    /// Reads a change, from a topic of [`DESIRED_FILTER`](super::DESIRED_FILTER).
    ///
    /// # Errors
    ///
    /// [`Refusal`] if it is not a JSON object, has no version, or its configuration is not an object.
    pub fn parse(payload: &'a [u8]) -> Result<Self, Refusal> {
        Self::of(Value::parse_bytes(payload)?.as_object().ok_or(Refusal::NotAnObject)?)
    }

    /// Reads the desired section of the whole twin, the answer to [`twin_get_topic`](super::twin_get_topic).
    ///
    /// # Errors
    ///
    /// As [`parse`](Self::parse).
    pub fn parse_twin(payload: &'a [u8]) -> Result<Self, Refusal> {
        let twin = Value::parse_bytes(payload)?.as_object().ok_or(Refusal::NotAnObject)?;
        let desired = twin.get("desired").and_then(|desired| desired.as_object());
        Self::of(desired.ok_or(Refusal::Truncated("desired section"))?)
    }

    fn of(desired: Object<'a>) -> Result<Self, Refusal> {
        let version = desired.get("$version").and_then(|version| version.as_u64());
        // null is how a part of a twin says that something is to be removed; there is nothing to apply then.
        let config = desired.get("config").filter(|config| !config.is_null());
        Ok(Self {
            config: config.map(Refusal::unless_object).transpose()?,
            version: version.ok_or(Refusal::Truncated("$version"))?,
        })
    }
}

/// Which version of the desired section was taken last. It stays in the twin after that, and is seen again with every change and
/// after every connection; each version is taken once. Worth storing over a reset.
///
/// ```
/// use fibocom_mqtt::profile::captis::azure::{Desired, DesiredVersion};
/// use fibocom_mqtt::profile::captis::{Gate, Identity, Role, Roles};
///
/// let identity = Identity::new("89610180002902447763", "357732081910355")?;
/// let gate = Gate::new("89610180002902447763", &identity, Roles::of(&[Role::Configuration]));
///
/// let mut version = DesiredVersion::default();
/// let desired = Desired::parse(br#"{"config":{"log_rate":900},"$version":8}"#)?;
/// let config = version.take(&gate, &desired)?.unwrap();
/// assert_eq!(config.raw(), r#"{"log_rate":900}"#);
/// assert_eq!(version.take(&gate, &desired), Ok(None));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[cfg_attr(all(feature = "defmt", target_os = "none"), derive(defmt::Format))]
pub struct DesiredVersion(pub Option<u64>);

impl DesiredVersion {
    /// The configuration to apply, if this version was not taken before.
    ///
    /// # Errors
    ///
    /// [`Refusal::Role`] if the server may not configure the device. The version then counts as not taken.
    pub fn take<'a>(&mut self, gate: &Gate<'_>, desired: &Desired<'a>) -> Result<Option<Value<'a>>, Refusal> {
        if self.0.is_some_and(|taken| desired.version <= taken) {
            return Ok(None);
        }
        if desired.config.is_some() {
            gate.allow(Role::Configuration)?;
        }
        self.0 = Some(desired.version);
        Ok(desired.config)
    }
}
