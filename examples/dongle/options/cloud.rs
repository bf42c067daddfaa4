//! Options about clouds: which one, and what the device is there. Named after the manual's fields (V1.3 sections 1.17 and 1.18).

use std::collections::BTreeMap;
use std::mem::take;

use fibocom_mqtt::{Escapes, Field, InvalidInput, Text};
use lexopt::{Parser, ValueExt};

use super::connection::{self, read_secret};
use super::number;
use crate::failure::Failure;

/// The longest that most fields may be, in bytes.
const SHORT: usize = 128;

/// The same for urls, tokens, and the names of AEP.
const LONG: usize = 255;

/// Where Aliyun's registration service listens.
const HTTPS: u16 = 443;

/// The clouds that modules know, in the manual's order.
const CLOUDS: [&str; 9] = [
    "aliyun", "tencent", "huawei", "tuya", "onenet", "baidu", "aws", "aep", "unicom",
];

/// A device at a cloud. No `Debug`: it holds secrets.
pub enum Cloud {
    /// Product key, device name, device secret; whether the connection will be encrypted.
    Aliyun([String; 3], bool),
    /// Product key, device name, device secret.
    Tencent([String; 3]),
    /// Device id, device secret.
    Huawei([String; 2]),
    /// Product key, UUID, authorisation key.
    Tuya([String; 3]),
    /// Product id, device name, access key.
    OneNet([String; 3]),
    /// IoT Core id, device key, device secret.
    Baidu([String; 3]),
    Aws,
    /// Product id, device number, token, user name at AEP.
    Aep([String; 4]),
    /// Product key, device key, device secret, token.
    Unicom([String; 4]),
}

impl Cloud {
    pub fn name(&self) -> &'static str {
        let place = match self {
            Self::Aliyun(..) => 0,
            Self::Tencent(_) => 1,
            Self::Huawei(_) => 2,
            Self::Tuya(_) => 3,
            Self::OneNet(_) => 4,
            Self::Baidu(_) => 5,
            Self::Aws => 6,
            Self::Aep(_) => 7,
            Self::Unicom(_) => 8,
        };
        CLOUDS[place]
    }
}

/// A device that is to be registered with its cloud. No `Debug`: it holds secrets.
pub enum Registering {
    /// Host and port of the service; product key, product secret, device name; whether the connection will be encrypted.
    Aliyun(String, u16, [String; 3], bool),
    /// URL, product key, product secret, device name.
    Tencent([String; 4]),
    Unicom {
        /// Product key, product secret, device key.
        fields: [String; 3],
        clear: bool,
        preregistered: bool,
    },
}

/// What `auth` is to do.
pub enum Auth {
    Credentials(Cloud),
    Register(Registering),
    TuyaOff,
}

/// A field of a device, which is an option of that name.
struct Known {
    option: &'static str,
    field: Field,
    max: usize,
    /// May also be in a file, since others see a command line.
    secret: bool,
}

const fn shown(option: &'static str, field: Field, max: usize) -> Known {
    Known {
        option,
        field,
        max,
        secret: false,
    }
}

const fn secret(option: &'static str, field: Field, max: usize) -> Known {
    Known {
        secret: true,
        ..shown(option, field, max)
    }
}

const FIELDS: [Known; 15] = [
    shown("product-key", Field::ProductKey, SHORT),
    secret("product-secret", Field::ProductSecret, SHORT),
    // AEP's may be that long.
    shown("product-id", Field::ProductId, LONG),
    shown("device-name", Field::DeviceName, SHORT),
    shown("device-id", Field::DeviceId, SHORT),
    shown("device-key", Field::DeviceKey, SHORT),
    secret("device-secret", Field::DeviceSecret, SHORT),
    shown("device-number", Field::DeviceNumber, LONG),
    shown("uuid", Field::Uuid, SHORT),
    secret("auth-key", Field::AuthKey, SHORT),
    secret("access-key", Field::AccessKey, SHORT),
    shown("iot-core-id", Field::IotCoreId, SHORT),
    secret("token", Field::Token, LONG),
    shown("aep-user", Field::AepUser, LONG),
    shown("url", Field::Url, LONG),
];

/// The same options, not yet seen as a whole.
#[derive(Default)]
pub(super) struct Raw {
    cloud: Option<String>,
    fields: BTreeMap<&'static str, String>,
    tls: bool,
    clear: bool,
    mode: Option<u8>,
    off: bool,
}

impl Raw {
    /// Takes an option if it is one of these.
    pub(super) fn long(&mut self, name: &str, parser: &mut Parser) -> Result<bool, Failure> {
        match name {
            "cloud" => self.cloud = Some(parser.value()?.string()?),
            "aliyun-tls" => self.tls = true,
            "clear" => self.clear = true,
            "auth-mode" => self.mode = Some(number(parser, "--auth-mode", 1, 2)?),
            "off" => self.off = true,
            _ => return self.field(name, parser),
        }
        Ok(true)
    }

    fn field(&mut self, name: &str, parser: &mut Parser) -> Result<bool, Failure> {
        let file = name.strip_suffix("-file");
        let named = |known: &&Known| known.option == name || (known.secret && file == Some(known.option));
        let Some(known) = FIELDS.iter().find(named) else {
            return Ok(false);
        };
        let no_text = || Failure::usage(format!("--{name} takes text in UTF-8: check it"));
        let value = if name == known.option {
            // The parser's own error would repeat the value.
            parser.value()?.into_string().map_err(|_| no_text())?
        } else {
            let path = parser.value()?.string()?;
            String::from_utf8(read_secret(&known.field.to_string(), &path)?).map_err(|_| no_text())?
        };
        known.check(&value)?;
        if self.fields.insert(known.option, value).is_some() {
            return Err(Failure::usage(format!(
                "the {} was given twice: give it once, with --{}{}",
                known.field,
                known.option,
                known.or_file()
            )));
        }
        Ok(true)
    }

    /// The first of them that was given.
    fn first(&self) -> Option<String> {
        let given = [
            (self.cloud.is_some(), "--cloud"),
            (self.tls, "--aliyun-tls"),
            (self.clear, "--clear"),
            (self.mode.is_some(), "--auth-mode"),
            (self.off, "--off"),
        ];
        let given = given.into_iter().find_map(|(given, name)| given.then_some(name));
        let field = self.fields.keys().next();
        given.map(str::to_owned).or(field.map(|field| format!("--{field}")))
    }

    /// Refuses all of them, for a command that needs no cloud.
    pub(super) fn refuse_all(&self, command: &str) -> Result<(), Failure> {
        match self.first() {
            None => Ok(()),
            Some(option) => Err(Failure::usage(format!(
                "{command} does not take {option}: leave it out"
            ))),
        }
    }

    /// The cloud to connect to, if there is one. Whether the connection is encrypted says Aliyun's credentials, too.
    pub(super) fn whole(mut self, tls: bool) -> Result<Option<Cloud>, Failure> {
        let Some(name) = self.cloud.take() else {
            return match self.first() {
                None => Ok(None),
                Some(option) => Err(Failure::usage(format!(
                    "{option} is about a device at a cloud: name that with --cloud"
                ))),
            };
        };
        if take(&mut self.tls) && !tls {
            return Err(Failure::usage(
                "--aliyun-tls is about an encrypted connection: give --tls or --cafile, too",
            ));
        }
        self.tls = tls && name == "aliyun";
        let cloud = self.device(&name)?;
        self.refuse_all(&format!("--cloud {name}"))?;
        Ok(Some(cloud))
    }

    /// What `auth` is to do with a cloud. Of the connection's options only where devices are registered is for it.
    pub(super) fn auth(mut self, name: &str, register: bool, mut connection: connection::Raw) -> Result<Auth, Failure> {
        let server = match (name, register) {
            ("aliyun", true) => (connection.host.take(), connection.port.take()),
            _ => (None, None),
        };
        connection.refuse_all(&format!("auth {name}"))?;
        if self.cloud.is_some() {
            return Err(Failure::usage(
                "--cloud is for pub and sub: auth has the cloud as a word",
            ));
        }
        let auth = match (name, register) {
            ("tuya", false) if take(&mut self.off) => Auth::TuyaOff,
            (name, false) => Auth::Credentials(self.device(name)?),
            (name, true) => Auth::Register(self.registration(name, server)?),
        };
        let register = if register { " --register" } else { "" };
        self.refuse_all(&format!("auth {name}{register}"))?;
        Ok(auth)
    }

    fn device(&mut self, name: &str) -> Result<Cloud, Failure> {
        Ok(match name {
            "aliyun" => {
                let fields = self.fields(name, ["product-key", "device-name", "device-secret"])?;
                Cloud::Aliyun(fields, take(&mut self.tls))
            }
            "tencent" => Cloud::Tencent(self.fields(name, ["product-key", "device-name", "device-secret"])?),
            "huawei" => Cloud::Huawei(self.fields(name, ["device-id", "device-secret"])?),
            "tuya" => Cloud::Tuya(self.fields(name, ["product-key", "uuid", "auth-key"])?),
            "onenet" => Cloud::OneNet(self.fields(name, ["product-id", "device-name", "access-key"])?),
            "baidu" => Cloud::Baidu(self.fields(name, ["iot-core-id", "device-key", "device-secret"])?),
            "aws" => Cloud::Aws,
            "aep" => Cloud::Aep(self.fields(name, ["product-id", "device-number", "token", "aep-user"])?),
            "unicom" => Cloud::Unicom(self.fields(name, ["product-key", "device-key", "device-secret", "token"])?),
            other => {
                let known = CLOUDS.join(", ");
                return Err(Failure::usage(format!(
                    "modules know no cloud {other}: there are {known}"
                )));
            }
        })
    }

    fn registration(
        &mut self,
        name: &str,
        (host, port): (Option<String>, Option<u16>),
    ) -> Result<Registering, Failure> {
        Ok(match name {
            "aliyun" => {
                let missing = || Failure::usage("aliyun registers devices at a host of its own: give it with -h");
                let host = host.ok_or_else(missing)?;
                shown("h", Field::Host, LONG).check(&host)?;
                let fields = self.fields(name, ["product-key", "product-secret", "device-name"])?;
                Registering::Aliyun(host, port.unwrap_or(HTTPS), fields, take(&mut self.tls))
            }
            "tencent" => {
                Registering::Tencent(self.fields(name, ["url", "product-key", "product-secret", "device-name"])?)
            }
            "unicom" => Registering::Unicom {
                fields: self.fields(name, ["product-key", "product-secret", "device-key"])?,
                clear: take(&mut self.clear),
                preregistered: self.mode.take() != Some(2),
            },
            other => {
                return Err(Failure::usage(format!(
                    "modules register no devices with {other}, only with aliyun, tencent and unicom: leave out --register"
                )));
            }
        })
    }

    /// What these options were given. None may be missing.
    fn fields<const N: usize>(&mut self, cloud: &str, names: [&'static str; N]) -> Result<[String; N], Failure> {
        for name in names {
            if let (false, Some(known)) = (
                self.fields.contains_key(name),
                FIELDS.iter().find(|known| known.option == name),
            ) {
                return Err(Failure::usage(format!(
                    "{cloud} wants to know the {}: give it with --{name}{}",
                    known.field,
                    known.or_file()
                )));
            }
        }
        Ok(names.map(|name| self.fields.remove(name).unwrap_or_default()))
    }
}

impl Known {
    /// Finds what no module takes.
    fn check(&self, value: &str) -> Result<(), InvalidInput> {
        let (field, max) = (self.field, self.max);
        if value.is_empty() {
            return Err(InvalidInput::Empty { field });
        }
        if value.len() > max {
            let len = value.len();
            return Err(InvalidInput::TooLong { field, len, max });
        }
        // The most generous dialect there is.
        Text::new(field, value, Escapes::Hex).map(drop)
    }

    fn or_file(&self) -> String {
        match self.secret {
            true => format!(" or --{}-file", self.option),
            false => String::new(),
        }
    }
}
