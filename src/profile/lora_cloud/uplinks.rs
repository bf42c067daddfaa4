//! What uplinks are wrapped in, of which the document says nothing: the forms that clients use.

use serde::ser::SerializeMap;
use serde::{Deserialize, Serialize, Serializer};

use super::DevicePorts;
use super::eui::Eui;
use super::uplink::UplinkMessage;
use super::wire::{FromChars, Invalid, Reason, Rules, decode_value};
use crate::profile::json::{JsonStr, Members, Object, Value};

/// An uplink of one device, as `device/send` takes it: `{"deveui": …, "uplink": …}`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DeviceUplink<const DATA: usize = 256> {
    /// The device.
    pub deveui: Eui,
    /// What it sent.
    pub uplink: UplinkMessage<DATA>,
}

impl<const DATA: usize> Rules for DeviceUplink<DATA> {
    fn check(&self, ports: &DevicePorts) -> Result<(), Invalid> {
        self.uplink.check(ports).map_err(|error| error.under("uplink"))
    }
}

/// Uplinks by their devices, as `uplink/send` takes them: `{"<deveui>": …}`.
///
/// ```
/// use fibocom_mqtt::profile::lora_cloud::{DeviceUplink, Eui, Joining, UplinkMap, UplinkMessage, encode};
///
/// let joining = DeviceUplink::<0> {
///     deveui: Eui([1, 2, 3, 4, 5, 6, 7, 8]),
///     uplink: UplinkMessage::Joining(Joining::default()),
/// };
/// let mut buffer = [0; 64];
/// let document = encode(&UplinkMap(&[joining]), &mut buffer)?;
/// assert_eq!(document, br#"{"01-02-03-04-05-06-07-08":{"msgtype":"joining"}}"#);
/// # Ok::<(), fibocom_mqtt::profile::lora_cloud::EncodeError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct UplinkMap<'a, const DATA: usize = 256>(
    /// An uplink of each device.
    pub &'a [DeviceUplink<DATA>],
);

impl<const DATA: usize> Rules for UplinkMap<'_, DATA> {
    fn check(&self, ports: &DevicePorts) -> Result<(), Invalid> {
        for (nth, uplink) in self.0.iter().enumerate() {
            if self.0.iter().take(nth).any(|other| other.deveui == uplink.deveui) {
                return Err(Invalid::new("deveui", Reason::Duplicate));
            }
            uplink.uplink.check(ports)?;
        }
        Ok(())
    }
}

impl<const DATA: usize> Serialize for UplinkMap<'_, DATA> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for DeviceUplink { deveui, uplink } in self.0 {
            map.serialize_entry(deveui, uplink)?;
        }
        map.end()
    }
}

/// The uplinks in a document, in either form. Each is read when it is asked for, so no more than one needs room.
///
/// ```
/// use fibocom_mqtt::profile::lora_cloud::{Eui, UplinkMessage, Uplinks};
///
/// let document = br#"{"0102030405060708": {"msgtype": "joining"}}"#;
/// for (deveui, uplink) in Uplinks::parse(document)? {
///     let uplink: UplinkMessage = uplink?;
///     assert_eq!((deveui, uplink), (Eui([1, 2, 3, 4, 5, 6, 7, 8]), UplinkMessage::Joining(Default::default())));
/// }
/// # Ok::<(), fibocom_mqtt::profile::lora_cloud::Invalid>(())
/// ```
#[derive(Debug, Clone)]
pub struct Uplinks<'a, const DATA: usize = 256> {
    single: Option<(Eui, Value<'a>)>,
    map: Option<Members<'a>>,
}

impl<'a, const DATA: usize> Uplinks<'a, DATA> {
    /// Looks at what is around the uplinks.
    ///
    /// # Errors
    ///
    /// [`Invalid`] if it is neither form.
    pub fn parse(document: &'a [u8]) -> Result<Self, Invalid> {
        let document = object(Value::parse_bytes(document)?)?;
        match (document.get("deveui"), document.get("uplink")) {
            (Some(deveui), Some(uplink)) => {
                let deveui = decode_value(deveui).map_err(|error: Invalid| error.under("deveui"))?;
                Ok(Self {
                    single: Some((deveui, uplink)),
                    map: None,
                })
            }
            (Some(_), None) => Err(Invalid::new("uplink", Reason::Missing)),
            _ if document.members().any(|(name, _)| eui(name).is_none()) => Err(Invalid::new("deveui", Reason::Value)),
            _ => Ok(Self {
                single: None,
                map: Some(document.members()),
            }),
        }
    }
}

impl<const DATA: usize> Iterator for Uplinks<'_, DATA> {
    type Item = (Eui, Result<UplinkMessage<DATA>, Invalid>);

    fn next(&mut self) -> Option<Self::Item> {
        let (deveui, uplink) = match self.single.take() {
            Some(single) => single,
            None => {
                let (name, uplink) = self.map.as_mut()?.next()?;
                (eui(name)?, uplink)
            }
        };
        Some((deveui, decode_value(uplink)))
    }
}

pub(super) fn object(value: Value<'_>) -> Result<Object<'_>, Invalid> {
    value.as_object().ok_or(Invalid::document(Reason::Kind))
}

pub(super) fn eui(name: JsonStr<'_>) -> Option<Eui> {
    Eui::from_chars(&mut name.chars()).ok()
}
