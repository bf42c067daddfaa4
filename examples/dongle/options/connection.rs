//! Options about the connection: broker, credentials, session, will.

use std::fs;

use fibocom_mqtt::cloud::CloudCredentials;
use fibocom_mqtt::{
    AnyConnectionId, ConnectOptions, ConnectionId, Credentials, Escapes, Field, InvalidInput, QoS, Text, Tls,
    TopicName, Will,
};
use lexopt::{Parser, ValueExt};

use super::cloud::{self, Cloud};
use super::message::{MAX_PAYLOAD, bytes, qos};
use super::number;
use super::tls::{self, TlsOptions};
use crate::failure::Failure;

/// The longest keep-alive in seconds (V1.3 section 1.2).
const MAX_KEEP_ALIVE: u16 = 300;

/// How to connect, and on which of the module's connections.
pub struct Target {
    /// Not where the cloud is to name it.
    host: Option<String>,
    port: Option<u16>,
    pub id: ConnectionId,
    pub login: Login,
    pub tls: Option<TlsOptions>,
    /// Messages are to come in lines of their own.
    pub direct: bool,
    pub session: SessionOptions,
}

/// Who the module is to the broker. No `Debug`: it holds secrets.
pub enum Login {
    Given {
        user: String,
        password: Vec<u8>,
    },
    /// The module computes it.
    Cloud(Cloud),
}

/// What the connections of both protocols have.
pub struct SessionOptions {
    pub(super) client_id: Option<String>,
    pub keep_alive: u16,
    pub keep_session: bool,
    will: Option<WillOptions>,
}

struct WillOptions {
    topic: String,
    payload: Vec<u8>,
    qos: QoS,
    retain: bool,
}

impl SessionOptions {
    pub(super) fn will(&self) -> Result<Option<Will<'_>>, InvalidInput> {
        let Some(will) = &self.will else { return Ok(None) };
        let message = Will::new(TopicName::new(&will.topic)?, &will.payload).qos(will.qos);
        Ok(Some(if will.retain { message.retain() } else { message }))
    }

    /// Finds what no module takes.
    fn check(&self) -> Result<(), InvalidInput> {
        if let Some(client_id) = &self.client_id {
            Text::new(Field::ClientId, client_id, LENIENT)?;
            if client_id.is_empty() {
                return Err(InvalidInput::Empty { field: Field::ClientId });
            }
        }
        self.will()?;
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

impl Target {
    /// Where to connect to: what was given, else what the cloud has named.
    pub fn server<'a>(&'a self, granted: Option<CloudCredentials<'a>>) -> (&'a str, u16) {
        // As mosquitto_pub has it.
        let usual = if self.tls.is_some() { 8883 } else { 1883 };
        let named = granted.and_then(|granted| granted.server());
        let (host, port) = named.unwrap_or(("", usual));
        (self.host.as_deref().unwrap_or(host), self.port.unwrap_or(port))
    }

    /// The same as the driver wants it, with what the module has computed for the cloud.
    pub fn connect_options<'a>(
        &'a self,
        granted: Option<CloudCredentials<'a>>,
    ) -> Result<ConnectOptions<'a, Option<Tls<'a>>>, InvalidInput> {
        let (host, port) = self.server(granted);
        let mut options = match (&self.login, granted) {
            (Login::Cloud(_), Some(granted)) => granted.options(host, port),
            (Login::Cloud(_), None) => ConnectOptions::new(host, port),
            (Login::Given { user, password }, _) => {
                ConnectOptions::new(host, port).credentials(Credentials::with_binary_password(user, password))
            }
        };
        options = options
            .keep_alive(self.session.keep_alive)
            .clean_session(!self.session.keep_session);
        if let Some(client_id) = &self.session.client_id {
            options = options.client_id(client_id);
        }
        if let Some(will) = self.session.will()? {
            options = options.will(will);
        }
        Ok(options.maybe_tls(self.tls.as_ref().map(TlsOptions::tls)))
    }

    /// What no report may show.
    pub fn secrets(&self) -> Vec<Vec<u8>> {
        let session = &self.session;
        let (user, password) = match &self.login {
            Login::Given { user, password } => (user.clone(), password.clone()),
            Login::Cloud(_) => Default::default(),
        };
        let texts = [self.host.clone(), Some(user), session.client_id.clone()];
        let will = session.will.iter().map(|will| will.payload.clone());
        let texts = texts.into_iter().flatten().map(String::into_bytes);
        texts.chain([password]).chain(will).collect()
    }

    /// Finds what no module takes. What only some take is for the driver to refuse, once it knows which it has.
    fn check(&self) -> Result<(), InvalidInput> {
        if let Some(host) = &self.host {
            check_host(host)?;
        }
        if let Login::Given { user, password } = &self.login {
            Text::new(Field::User, user, LENIENT)?;
            Text::from_bytes(Field::Password, password, LENIENT)?;
        }
        Ok(())
    }
}

/// The most generous dialect there is.
const LENIENT: Escapes = Escapes::Hex;

/// Finds a host that no module takes.
pub(super) fn check_host(host: &str) -> Result<(), InvalidInput> {
    Text::new(Field::Host, host, LENIENT)?;
    match host {
        "" => Err(InvalidInput::Empty { field: Field::Host }),
        _ => Ok(()),
    }
}

/// The same options, not yet seen as a whole.
#[derive(Default)]
pub(super) struct Raw {
    pub(super) host: Option<String>,
    pub(super) port: Option<u16>,
    user: Option<String>,
    password: Option<Vec<u8>>,
    password_file: Option<String>,
    client_id: Option<String>,
    keep_alive: Option<u16>,
    keep_session: bool,
    pub(super) id: Option<AnyConnectionId>,
    pub(super) direct: bool,
    will_topic: Option<String>,
    will_payload: Option<Vec<u8>>,
    will_qos: Option<QoS>,
    will_retain: bool,
    pub(super) tls: tls::Raw,
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
        match given.or(self.first_of_login()).or(self.tls.first()) {
            None => Ok(()),
            Some(option) => Err(Failure::usage(format!(
                "{command} does not take {option}: leave it out"
            ))),
        }
    }

    pub(super) fn has_host(&self) -> bool {
        self.host.is_some()
    }

    pub(super) fn first_of_login(&self) -> Option<&'static str> {
        let given = [
            (self.user.is_some(), "-u"),
            (self.password.is_some(), "-P"),
            (self.password_file.is_some(), "--password-file"),
        ];
        given.into_iter().find_map(|(given, name)| given.then_some(name))
    }

    /// Checks all of it. A simulated module goes to its own broker, whatever the host.
    pub(super) fn whole(mut self, simulated: bool, cloud: cloud::Raw) -> Result<Target, Failure> {
        let tls = std::mem::take(&mut self.tls).whole()?;
        let cloud = cloud.whole(tls.is_some())?;
        let names_server = matches!(cloud, Some(Cloud::Tuya(_)));
        let default = (simulated && !names_server).then(|| "localhost".to_owned());
        let host = self.host.take().or(default);
        if host.is_none() && !names_server {
            return Err(Failure::usage("there is no broker: give its host with -h"));
        }
        let id = self.id.map_or(1, AnyConnectionId::get);
        let id = ConnectionId::new(id).ok_or_else(|| {
            Failure::usage(format!(
                "connection {id} is for MQTT-SN, by pub and sub only: choose 1, 2 or 3 with --id"
            ))
        })?;
        let target = Target {
            host,
            port: self.port,
            id,
            login: self.login(cloud)?,
            tls,
            direct: self.direct,
            session: self.session()?,
        };
        target.check()?;
        Ok(target)
    }

    fn login(&mut self, cloud: Option<Cloud>) -> Result<Login, Failure> {
        if let Some(cloud) = cloud {
            // A cloud that computes no client id wants that of the device.
            let given = self.client_id.is_some() && !matches!(cloud, Cloud::Aws);
            return match self.first_of_login().or(given.then_some("-i")) {
                None => Ok(Login::Cloud(cloud)),
                Some(option) => Err(Failure::usage(format!(
                    "with --cloud the module computes user, password and client id: leave out {option}"
                ))),
            };
        }
        let password = match (self.password.take(), self.password_file.take()) {
            (Some(_), Some(_)) => {
                return Err(Failure::usage("-P and --password-file exclude each other: give one"));
            }
            (None, Some(file)) => read_secret("password", &file)?,
            (password, None) => password.unwrap_or_default(),
        };
        if self.user.is_none() && !password.is_empty() {
            return Err(Failure::usage("a password needs a user name: give one with -u"));
        }
        let user = self.user.take().unwrap_or_default();
        Ok(Login::Given { user, password })
    }

    pub(super) fn session(self) -> Result<SessionOptions, Failure> {
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
        let session = SessionOptions {
            client_id: self.client_id,
            keep_alive: self.keep_alive.unwrap_or(60),
            keep_session: self.keep_session,
            will,
        };
        session.check()?;
        Ok(session)
    }
}

fn connection_id(parser: &mut Parser) -> Result<AnyConnectionId, Failure> {
    let text = parser.value()?.string()?;
    let id = text.parse().ok().and_then(AnyConnectionId::new);
    id.ok_or_else(|| Failure::usage(format!("--id takes 1, 2 or 3, or for MQTT-SN 101 or 102, not '{text}'")))
}

/// The file as it is, but for one line end, which editors add.
pub(super) fn read_secret(what: &str, path: &str) -> Result<Vec<u8>, Failure> {
    let unreadable = |error| Failure::usage(format!("cannot read the {what} file {path}: {error}"));
    let mut secret = fs::read(path).map_err(unreadable)?;
    if secret.last() == Some(&b'\n') {
        secret.pop();
        if secret.last() == Some(&b'\r') {
            secret.pop();
        }
    }
    Ok(secret)
}
