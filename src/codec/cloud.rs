//! The grammar of the lines about clouds (V1.3 sections 1.17 to 1.19).

use core::fmt;

use super::grammar::{self, first_id, next_number, next_string, prefix};
use crate::types::cloud::TuyaEvent;

/// The name of the lines that answer a registration.
pub(crate) const DYNAMIC: &[u8] = b"+MQTTAUTHDYN";

/// The name of an event, which manual and modules print with and without its `+`.
const EVENT: &[u8] = b"MQTTAUTHEVENT";

/// What `AT+MQTTAUTHCFG` answers.
#[derive(Clone, Copy)]
pub(crate) struct AuthAnswer<'a> {
    pub(crate) server: Option<(&'a [u8], u16)>,
    pub(crate) user: &'a [u8],
    pub(crate) password: &'a [u8],
    pub(crate) client_id: &'a [u8],
}

/// The next string behind a comma. A quote inside belongs to no string of a cloud: the line was disturbed.
fn field(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let (rest, field) = next_string(text).ok()?;
    (!field.contains(&b'"')).then_some((rest, field))
}

/// The next strings, and nothing behind them.
fn last_fields<const N: usize>(mut text: &[u8]) -> Option<[&[u8]; N]> {
    let mut fields = [&[][..]; N];
    for place in &mut fields {
        (text, *place) = field(text)?;
    }
    text.trim_ascii().is_empty().then_some(fields)
}

/// `+MQTTAUTHCFG: cloud,["host",port,]"user","password","client id"`, the one such line of an answer.
pub(crate) fn auth_answer(answer: &[u8], cloud: u8, server: bool) -> Option<AuthAnswer<'_>> {
    let mut lines = grammar::lines(answer).filter_map(|line| prefix(b"+MQTTAUTHCFG", line));
    let (text, found) = first_id(lines.next()?).ok()?;
    if found != cloud || lines.next().is_some() {
        return None;
    }
    let (text, server) = if server {
        let (text, host) = field(text)?;
        let (text, port) = next_number(text).ok()?;
        (text, Some((host, u16::try_from(port).ok()?)))
    } else {
        (text, None)
    };
    let [user, password, client_id] = last_fields(text)?;
    Some(AuthAnswer {
        server,
        user,
        password,
        client_id,
    })
}

/// The line that answers a registration, behind its `OK`: `+MQTTAUTHDYN: cloud,…` (V1.3 section 1.17).
///
/// [`Modem::register_device`](crate::Modem::register_device) takes it by itself. This is for those who run
/// [`command::AuthDyn`](crate::command::AuthDyn) on atat's own client, where the line comes as an unsolicited one. It is borrowed, since it is long and
/// carries a secret, so it is none of [`Urc`](crate::Urc). `Debug` shows none of it.
///
/// ```
/// use fibocom_mqtt::cloud::RegistrationAnswer;
///
/// let answer = RegistrationAnswer::parse(br#"+MQTTAUTHDYN: 1,"a1ProductKey","meter-7","s3cret""#);
/// assert!(matches!(answer, Some(RegistrationAnswer::Aliyun { device_secret: b"s3cret", .. })));
/// ```
#[derive(Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum RegistrationAnswer<'a> {
    /// `1,"product key","device name","device secret"`
    Aliyun {
        /// The product key.
        product_key: &'a [u8],
        /// The name of the device.
        device_name: &'a [u8],
        /// Its secret.
        device_secret: &'a [u8],
    },
    /// `2,encryption type[,"device secret"]`
    Tencent {
        /// 1 for a certificate, 2 for a pre-shared key.
        encryption: u32,
        /// The secret, which type 2 has.
        device_secret: Option<&'a [u8]>,
    },
    /// `3,status,"device secret","token"`
    Unicom {
        /// 0 for success, 1 for an error.
        status: u32,
        /// The secret of the device; empty if there is none.
        device_secret: &'a [u8],
        /// Its token; empty if there is none.
        token: &'a [u8],
    },
}

impl<'a> RegistrationAnswer<'a> {
    /// Parses a finished line, with or without blanks after the commas. `None` also if something is missing that belongs to success.
    pub fn parse(line: &'a [u8]) -> Option<Self> {
        let (text, cloud) = first_id(prefix(DYNAMIC, line)?).ok()?;
        match cloud {
            1 => {
                let [product_key, device_name, device_secret] = last_fields(text)?;
                (!device_secret.is_empty()).then_some(Self::Aliyun {
                    product_key,
                    device_name,
                    device_secret,
                })
            }
            2 => {
                let (text, encryption) = next_number(text).ok()?;
                let device_secret = match last_fields(text) {
                    Some([secret]) => Some(secret),
                    None => last_fields(text).map(|[]| None)?,
                };
                let complete = encryption != 2 || device_secret.is_some_and(|secret| !secret.is_empty());
                complete.then_some(Self::Tencent {
                    encryption,
                    device_secret,
                })
            }
            3 => {
                let (text, status) = next_number(text).ok()?;
                let [device_secret, token] = match last_fields(text) {
                    Some(granted) => granted,
                    None if status != 0 => last_fields(text).map(|[]| [&[][..]; 2])?,
                    None => return None,
                };
                (status != 0 || !device_secret.is_empty()).then_some(Self::Unicom {
                    status,
                    device_secret,
                    token,
                })
            }
            _ => None,
        }
    }

    /// The number of the cloud.
    pub const fn cloud(&self) -> u8 {
        match self {
            Self::Aliyun { .. } => 1,
            Self::Tencent { .. } => 2,
            Self::Unicom { .. } => 3,
        }
    }
}

impl fmt::Debug for RegistrationAnswer<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RegistrationAnswer({}, [redacted])", self.cloud())
    }
}

#[cfg(all(feature = "defmt", target_os = "none"))]
impl defmt::Format for RegistrationAnswer<'_> {
    fn format(&self, f: defmt::Formatter) {
        defmt::write!(f, "RegistrationAnswer({=u8}, [redacted])", self.cloud());
    }
}

/// The number of the cloud in a line with the name of a registration's answer, whatever else is in it.
pub(crate) fn dynamic_cloud(line: &[u8]) -> Option<u8> {
    first_id(prefix(DYNAMIC, line)?).ok().map(|(_, cloud)| cloud)
}

/// Whether a line is an event, whatever is in it.
pub(crate) fn is_event(line: &[u8]) -> bool {
    line.strip_prefix(b"+").unwrap_or(line).starts_with(EVENT)
}

/// `[+]MQTTAUTHEVENT: 4,status`, the status in quotes or not, as text or by its number.
pub(crate) fn tuya_event(line: &[u8]) -> Option<TuyaEvent> {
    let line = line.strip_prefix(b"+").unwrap_or(line);
    let (text, 4) = first_id(prefix(EVENT, line)?).ok()? else {
        return None;
    };
    let [status] = last_fields(text)?;
    let status = status.trim_ascii();
    // The manual prints number and text in one cell, so a number may stand in front of the text.
    let digits = status.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let (number, text) = status.split_at_checked(digits)?;
    if number.is_empty() {
        return Some(TuyaEvent::from_text(text));
    }
    let number = core::str::from_utf8(number).ok().and_then(|number| number.parse().ok());
    Some(number.map_or(TuyaEvent::Unknown(0), TuyaEvent::from_code))
}
