//! Options about the connection: broker, credentials, session, will.

use std::fs;

use fibocom_mqtt::{
    ConnectOptions, ConnectionId, Credentials, Escapes, Field, InvalidInput, QoS, Text, TopicName, Will,
};
use lexopt::{Parser, ValueExt};

use super::message::{MAX_PAYLOAD, bytes, qos};
use super::number;
use super::tls::{self, TlsOptions};
use crate::failure::Failure;

/// The longest keep-alive in seconds (V1.3 section 1.2).
const MAX_KEEP_ALIVE: u16 = 300;

/// How to connect, and on which of the module's connections.
pub struct Target {
    pub host: String,
    pub port: u16,
    pub id: ConnectionId,
    pub login: Login,
    pub tls: Option<TlsOptions>,
    /// Messages are to come in lines of their own.
    pub direct: bool,
    client_id: Option<String>,
    pub keep_alive: u16,
    pub keep_session: bool,
    will: Option<WillOptions>,
}

/// User name and password. No `Debug`: it is a secret.
#[derive(Default)]
pub struct Login {
    user: String,
    password: Vec<u8>,
}

struct WillOptions {
    topic: String,
    payload: Vec<u8>,
    qos: QoS,
    retain: bool,
}

impl Target {
    /// The same as the driver wants it.
    pub fn connect_options(&self) -> Result<ConnectOptions<'_>, InvalidInput> {
        let credentials = Credentials::with_binary_password(&self.login.user, &self.login.password);
        let mut options = ConnectOptions::new(&self.host, self.port)
            .credentials(credentials)
            .keep_alive(self.keep_alive)
            .clean_session(!self.keep_session);
        if let Some(client_id) = &self.client_id {
            options = options.client_id(client_id);
        }
        if let Some(tls) = &self.tls {
            options = options.tls(tls.tls());
        }
        if let Some(will) = &self.will {
            let topic = TopicName::new(&will.topic)?;
            let message = Will::new(topic, &will.payload).qos(will.qos);
            options = options.will(if will.retain { message.retain() } else { message });
        }
        Ok(options)
    }
}

impl Target {
    /// What no report may show.
    pub fn secrets(&self) -> Vec<Vec<u8>> {
        let Login { user, password } = &self.login;
        let texts = [Some(&self.host), Some(user), self.client_id.as_ref()]
            .into_iter()
            .flatten();
        let will = self.will.iter().map(|will| will.payload.clone());
        texts
            .map(|text| text.clone().into_bytes())
            .chain([password.clone()])
            .chain(will)
            .collect()
    }
}

/// The same options, not yet seen as a whole.
#[derive(Default)]
pub(super) struct Raw {
    host: Option<String>,
    port: Option<u16>,
    user: Option<String>,
    password: Option<Vec<u8>>,
    password_file: Option<String>,
    client_id: Option<String>,
    keep_alive: Option<u16>,
    keep_session: bool,
    id: Option<ConnectionId>,
    direct: bool,
    will_topic: Option<String>,
    will_payload: Option<Vec<u8>>,
    will_qos: Option<QoS>,
    will_retain: bool,
    tls: tls::Raw,
}

impl Raw {
    /// Takes an option if it is one of these.
    pub(super) fn short(&mut self, letter: char, parser: &mut Parser) -> Result<bool, Failure> {
        match letter {
            'h' => self.host = Some(parser.value()?.string()?),
            'p' => self.port = Some(number(parser, "-p", 1, u16::MAX)?),
            'u' => self.user = Some(parser.value()?.string()?),
            'P' => self.password = Some(bytes(parser.value()?)),
            'i' => self.client_id = Some(parser.value()?.string()?),
            'k' => self.keep_alive = Some(number(parser, "-k", 1, MAX_KEEP_ALIVE)?),
            'c' => self.keep_session = true,
            _ => return Ok(false),
        }
        Ok(true)
    }

    /// Takes an option if it is one of these.
    pub(super) fn long(&mut self, name: &str, parser: &mut Parser) -> Result<bool, Failure> {
        match name {
            "password-file" => self.password_file = Some(parser.value()?.string()?),
            "id" => self.id = Some(connection_id(parser)?),
            "direct" => self.direct = true,
            "will-topic" => self.will_topic = Some(parser.value()?.string()?),
            "will-payload" => self.will_payload = Some(bytes(parser.value()?)),
            "will-qos" => self.will_qos = Some(qos(parser, "--will-qos")?),
            "will-retain" => self.will_retain = true,
            _ => return self.tls.long(name, parser),
        }
        Ok(true)
    }

    /// Refuses all of them, for a command that connects to nothing.
    pub(super) fn refuse_all(&self, command: &str) -> Result<(), Failure> {
        let given = [
            (self.host.is_some(), "-h"),
            (self.port.is_some(), "-p"),
            (self.user.is_some(), "-u"),
            (self.password.is_some(), "-P"),
            (self.password_file.is_some(), "--password-file"),
            (self.client_id.is_some(), "-i"),
            (self.keep_alive.is_some(), "-k"),
            (self.keep_session, "-c"),
            (self.id.is_some(), "--id"),
            (self.direct, "--direct"),
            (self.will_topic.is_some(), "--will-topic"),
            (self.will_payload.is_some(), "--will-payload"),
            (self.will_qos.is_some(), "--will-qos"),
            (self.will_retain, "--will-retain"),
        ];
        let given = given.into_iter().find_map(|(given, name)| given.then_some(name));
        match given.or(self.tls.first()) {
            None => Ok(()),
            Some(option) => Err(Failure::usage(format!(
                "{command} does not take {option}: leave it out"
            ))),
        }
    }

    pub(super) fn has_host(&self) -> bool {
        self.host.is_some()
    }

    /// Checks all of it. A simulated module goes to its own broker, whatever the host.
    pub(super) fn whole(self, simulated: bool) -> Result<Target, Failure> {
        let missing = || Failure::usage("there is no broker: give its host with -h");
        let default = simulated.then(|| "localhost".to_owned());
        let host = self.host.or(default).ok_or_else(missing)?;
        let password = match (self.password, self.password_file) {
            (Some(_), Some(_)) => {
                return Err(Failure::usage("-P and --password-file exclude each other: give one"));
            }
            (None, Some(file)) => read_password(&file)?,
            (password, None) => password.unwrap_or_default(),
        };
        if self.user.is_none() && !password.is_empty() {
            return Err(Failure::usage("a password needs a user name: give one with -u"));
        }
        let will = match (self.will_topic, self.will_payload) {
            (None, None) if self.will_qos.is_none() && !self.will_retain => None,
            (None, _) => return Err(Failure::usage("the will has no topic: give one with --will-topic")),
            (Some(topic), payload) => Some(WillOptions {
                topic,
                payload: payload.unwrap_or_default(),
                qos: self.will_qos.unwrap_or_default(),
                retain: self.will_retain,
            }),
        };
        let tls = self.tls.whole()?;
        // As mosquitto_pub has it.
        let port = if tls.is_some() { 8883 } else { 1883 };
        let target = Target {
            host,
            port: self.port.unwrap_or(port),
            id: self.id.unwrap_or(ConnectionId::FIRST),
            login: Login {
                user: self.user.unwrap_or_default(),
                password,
            },
            tls,
            direct: self.direct,
            client_id: self.client_id,
            keep_alive: self.keep_alive.unwrap_or(60),
            keep_session: self.keep_session,
            will,
        };
        target.check()?;
        Ok(target)
    }
}

impl Target {
    /// Finds what no module takes. What only some take is for the driver to refuse, once it knows which it has.
    fn check(&self) -> Result<(), InvalidInput> {
        self.connect_options()?;
        // The most generous dialect there is.
        let lenient = Escapes::Hex;
        Text::new(Field::Host, &self.host, lenient)?;
        Text::new(Field::User, &self.login.user, lenient)?;
        Text::from_bytes(Field::Password, &self.login.password, lenient)?;
        if self.host.is_empty() {
            return Err(InvalidInput::Empty { field: Field::Host });
        }
        if let Some(client_id) = &self.client_id {
            Text::new(Field::ClientId, client_id, lenient)?;
            if client_id.is_empty() {
                return Err(InvalidInput::Empty { field: Field::ClientId });
            }
        }
        let will = self.will.as_ref().map_or(0, |will| will.payload.len());
        if will > MAX_PAYLOAD {
            return Err(InvalidInput::TooLong {
                field: Field::WillPayload,
                len: will,
                max: MAX_PAYLOAD,
            });
        }
        Ok(())
    }
}

fn connection_id(parser: &mut Parser) -> Result<ConnectionId, Failure> {
    let text = parser.value()?.string()?;
    if matches!(text.as_str(), "101" | "102") {
        return Err(Failure::not_yet(&format!("--id {text}")));
    }
    let id = text.parse().ok().and_then(ConnectionId::new);
    id.ok_or_else(|| Failure::usage(format!("--id takes 1, 2 or 3, not '{text}'")))
}

/// The file as it is, but for one line end, which editors add.
fn read_password(path: &str) -> Result<Vec<u8>, Failure> {
    let unreadable = |error| Failure::usage(format!("cannot read the password file {path}: {error}"));
    let mut password = fs::read(path).map_err(unreadable)?;
    if password.last() == Some(&b'\n') {
        password.pop();
        if password.last() == Some(&b'\r') {
            password.pop();
        }
    }
    Ok(password)
}
