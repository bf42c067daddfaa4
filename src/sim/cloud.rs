//! The commands for clouds, 1.17 to 1.19: registering a device, computing its credentials, Tuya's events.

use std::time::Duration;

use super::Fault;
use super::answer::{Answer, CmeError, INVALID_PARAMETERS, NO_NETWORK, NO_SUCH_FORM};
use super::arguments::{Arguments, Value};
use super::calendar;
use super::credentials::{self, Credentials, Hash};
use super::interpreter::Form;
use super::models::NetworkNeed;
use super::module::Module;

/// Where Tuya's devices are sent.
const TUYA: (&str, u16) = ("m1.tuyacn.com", 8883);
/// How long what expires is good for, in seconds: a year.
const VALIDITY: u64 = 365 * 86_400;
/// Most strings.
const SHORT: usize = 128;
/// Hosts, tokens and what comes from AEP.
const LONG: usize = 255;

/// What Tuya reports as its device connects, numbered as in 1.19.
const EVENTS: [(u8, &str); 4] = [
    (2, "BIND START"),
    (3, "BIND TOKEN ON"),
    (4, "ACTIVATE SUCCESSED"),
    (5, "MQTT CONNECTED"),
];

/// How `+MQTTAUTHEVENT` writes a status.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum TuyaEvents {
    /// `4,"BIND START"` (V1.3 1.19: "String type").
    #[default]
    Texts,
    /// `4,2`, by the numbers in its table.
    Numbers,
    /// There are none.
    None,
}

/// The knobs of the clouds (V1.3 1.17 to 1.19). Whether there are these commands is
/// [`Settings::auth_commands`](super::Settings::auth_commands).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CloudSettings {
    /// How Tuya's events are written.
    pub events: TuyaEvents,
    /// Whether they begin with a `+`; the manual prints none.
    pub event_plus: bool,
    /// From `OK` to the first event, and from each to the next.
    pub event_delay: Duration,
    /// From `OK` of AUTHDYN to its result.
    pub registration_delay: Duration,
}

impl Default for CloudSettings {
    fn default() -> Self {
        Self {
            events: TuyaEvents::default(),
            event_plus: true,
            event_delay: Duration::from_millis(100),
            registration_delay: Duration::from_millis(400),
        }
    }
}

/// The next argument as a text. Bytes that are none no cloud takes.
fn text(arguments: &mut Arguments, least: usize, most: usize) -> Result<String, CmeError> {
    String::from_utf8(arguments.string(least..=most)?).map_err(|_| INVALID_PARAMETERS)
}

fn texts<const N: usize>(arguments: &mut Arguments, most: [usize; N]) -> Result<[String; N], CmeError> {
    let mut texts = [const { String::new() }; N];
    for (place, most) in texts.iter_mut().zip(most) {
        *place = text(arguments, 0, most)?;
    }
    arguments.end()?;
    Ok(texts)
}

/// The line that both commands end with.
fn line(name: &str, cloud: u32, strings: &[&str]) -> Vec<u8> {
    let strings = strings.join("\",\"");
    format!("{name}: {cloud},\"{strings}\"").into_bytes()
}

impl Module {
    /// Both commands. AUTHCFG needs SIM and registration, AUTHDYN nothing; neither needs a data connection.
    pub(super) fn auth(&mut self, name: &str, form: Form) -> Result<Answer, CmeError> {
        let needs = match self.settings.network_need {
            NetworkNeed::Nothing => false,
            NetworkNeed::SetForms => matches!(form, Form::Set(_)),
            NetworkNeed::Everything => true,
        };
        if needs && name == "+MQTTAUTHCFG" {
            self.need_sim()?;
            if !self.registered() {
                return Err(NO_NETWORK);
            }
        }
        match form {
            Form::Test => self.ranges(name),
            Form::Set(arguments) if name == "+MQTTAUTHDYN" => self.register_device(arguments),
            Form::Set(arguments) => self.authenticate(arguments),
            Form::Read | Form::Execute => Err(NO_SUCH_FORM),
        }
    }

    /// 1.17. What a cloud would draw at random is made up out of what it was given.
    fn register_device(&mut self, mut arguments: Arguments) -> Result<Answer, CmeError> {
        const NAME: &str = "+MQTTAUTHDYN";
        let cloud = arguments.number(1..=3)?;
        let result = match cloud {
            1 => {
                let host = text(&mut arguments, 0, LONG)?;
                let port = arguments.number(1..=65535)?.to_string();
                let [key, secret, device] = texts(&mut arguments, [SHORT; 3])?;
                let drawn = credentials::made_up_secret("aliyun", &[&host, &port, &key, &secret, &device]);
                line(NAME, cloud, &[&key, &device, &drawn])
            }
            2 => {
                let url = text(&mut arguments, 1, LONG)?;
                let [key, secret, device] = texts(&mut arguments, [SHORT; 3])?;
                if self.settings.has(Fault::DynCertificate) {
                    format!("{NAME}: 2,1").into_bytes()
                } else {
                    let drawn = credentials::made_up_base64("tencent", &[&url, &key, &secret, &device]);
                    format!("{NAME}: 2,2,\"{drawn}\"").into_bytes()
                }
            }
            _ => self.register_at_unicom(arguments)?,
        };
        if self.settings.has(Fault::DynRefused) {
            return Ok(Answer::error());
        }
        if self.settings.has(Fault::DynNoResult) {
            return Ok(Answer::ok());
        }
        Ok(Answer {
            known: Some((result, self.settings.cloud.registration_delay)),
            ..Answer::ok()
        })
    }

    fn register_at_unicom(&self, mut arguments: Arguments) -> Result<Vec<u8>, CmeError> {
        let mut next = || text(&mut arguments, 0, SHORT);
        let (key, secret, device) = (next()?, next()?, next()?);
        let clear = arguments.number(0..=1)?.to_string();
        let mode = arguments.number(1..=2)?.to_string();
        arguments.end()?;
        let (status, fields) = if self.settings.has(Fault::DynStatus) {
            (1, None)
        } else {
            (0, Some([key, secret, device, clear, mode]))
        };
        let drawn = |purpose| {
            let fields = fields.as_ref().map(|fields| fields.each_ref().map(String::as_str));
            fields.map_or_else(String::new, |fields| credentials::made_up_secret(purpose, &fields))
        };
        let (secret, token) = (drawn("unicom secret"), drawn("unicom token"));
        Ok(format!("+MQTTAUTHDYN: 3,{status},\"{secret}\",\"{token}\"").into_bytes())
    }

    /// 1.18: the credentials, and then `OK`.
    fn authenticate(&mut self, mut arguments: Arguments) -> Result<Answer, CmeError> {
        let cloud = arguments.number(1..=9)?;
        let now = self.clock_seconds();
        let made = match cloud {
            1 => aliyun(&mut arguments, now)?,
            2 => {
                let [product, device, secret] = texts(&mut arguments, [SHORT; 3])?;
                // Five letters or digits, drawn at random by Tencent's own clients.
                let drawn = credentials::made_up_secret(&now.to_string(), &[&product, &device]);
                let drawn: String = drawn.chars().take(5).collect();
                credentials::tencent(&product, &device, &secret, &drawn, now + VALIDITY, Hash::Sha256)
                    .map_err(|_| INVALID_PARAMETERS)?
            }
            3 => {
                let [device, secret] = texts(&mut arguments, [SHORT; 2])?;
                credentials::huawei(&device, &secret, &calendar::hour(now))
            }
            4 => return self.tuya(arguments),
            5 => {
                let [product, device, key] = texts(&mut arguments, [SHORT; 3])?;
                credentials::onenet(&product, &device, &key, now + VALIDITY, Hash::Sha256)
                    .map_err(|_| INVALID_PARAMETERS)?
            }
            6 => {
                let [core, device, secret] = texts(&mut arguments, [SHORT; 3])?;
                credentials::baidu(&core, &device, &secret, now, Hash::Md5)
            }
            // AWS knows a device by its certificate.
            7 => {
                arguments.end()?;
                return Ok(self.unless_refused(Answer::ok()));
            }
            8 => {
                let fields = texts(&mut arguments, [LONG; 4])?;
                credentials::made_up("aep", &fields.each_ref().map(String::as_str))
            }
            _ => {
                let fields = texts(&mut arguments, [SHORT, SHORT, SHORT, LONG])?;
                credentials::made_up("unicom", &fields.each_ref().map(String::as_str))
            }
        };
        let Credentials {
            user,
            password,
            client_id,
        } = &made;
        let line = line("+MQTTAUTHCFG", cloud, &[user, password, client_id]);
        Ok(self.unless_refused(Answer::line(line)))
    }

    fn unless_refused(&self, answer: Answer) -> Answer {
        if self.settings.has(Fault::CfgRefused) {
            Answer::error()
        } else {
            answer
        }
    }

    /// Tuya's own client begins to run, and tells how it gets on. The result of switching it off is not specified: `OK`.
    fn tuya(&mut self, mut arguments: Arguments) -> Result<Answer, CmeError> {
        let on = arguments.number(0..=1)? == 1;
        if !on && arguments.left() == 0 {
            return Ok(self.unless_refused(Answer::ok()));
        }
        let fields = texts(&mut arguments, [SHORT; 3])?;
        if !on || self.settings.has(Fault::CfgRefused) {
            return Ok(self.unless_refused(Answer::ok()));
        }
        let made = credentials::made_up("tuya", &fields.each_ref().map(String::as_str));
        let (host, port) = TUYA;
        let line = format!(
            "+MQTTAUTHCFG: 4,\"{host}\",{port},\"{}\",\"{}\",\"{}\"",
            made.user, made.password, made.client_id
        );
        Ok(Answer {
            behind: self.tuya_events(),
            ..Answer::line(line)
        })
    }

    fn tuya_events(&self) -> Vec<(Duration, Vec<u8>)> {
        let mut due = Duration::ZERO;
        let plus = if self.settings.cloud.event_plus { "+" } else { "" };
        let event = |(number, text): (u8, &str)| {
            let status = match self.settings.cloud.events {
                TuyaEvents::Texts => format!("\"{text}\""),
                TuyaEvents::Numbers => number.to_string(),
                TuyaEvents::None => return None,
            };
            due += self.settings.cloud.event_delay;
            Some((due, format!("{plus}MQTTAUTHEVENT: 4,{status}").into_bytes()))
        };
        EVENTS.into_iter().filter_map(event).collect()
    }

    /// What the module's clock shows, in seconds since 1970; 0 if that is no time.
    fn clock_seconds(&self) -> u64 {
        let line = self.clock_line();
        line.split('"').nth(1).and_then(calendar::seconds).unwrap_or(0)
    }
}

/// The last argument is a number in the one public use, and a string by its type in the manual.
fn aliyun(arguments: &mut Arguments, now: u64) -> Result<Credentials, CmeError> {
    let mut next = || text(arguments, 0, SHORT);
    let (product, device, secret) = (next()?, next()?, next()?);
    let tls = match arguments.text_or_number(1..=1, 0..=1)? {
        Value::Number(tls) => tls == 1,
        Value::Text(tls) if tls == b"0" || tls == b"1" => tls == b"1",
        Value::Text(_) => return Err(INVALID_PARAMETERS),
    };
    arguments.end()?;
    // The client id that Aliyun's own console proposes.
    let client_id = format!("{product}.{device}");
    let timestamp = Some(now * 1000);
    Ok(credentials::aliyun(
        &product,
        &device,
        &secret,
        &client_id,
        tls,
        Hash::Sha256,
        timestamp,
    ))
}
