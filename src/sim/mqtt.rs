//! The MQTT commands, numbered as in both manuals: 1.1 USER to 1.12 WILL.

use std::ops::RangeInclusive;

use super::Fault;
use super::answer::{
    Answer, CmeError, DataPurpose, DataRequest, Final, INVALID_PARAMETERS, NO_SUCH_COMMAND, NO_SUCH_FORM, NOT_ALLOWED,
    PDP_NOT_ACTIVE,
};
use super::arguments::{Argument, Arguments};
use super::gateway::{Effect, Gateway, SN_IDS, Topic};
use super::interpreter::Form;
use super::module::{Module, Pending};
use super::network::{Message, OpenRequest, Token};
use super::state::{Link, User};

/// Topics have 1 to 255 characters.
pub(super) const TOPIC: RangeInclusive<usize> = 1..=255;

/// The commands for these (1.13 to 1.16).
const SN_COMMANDS: [&str; 4] = ["+MQTTSNCID", "+MQTTSNREG", "+MQTTWTOPICUD", "+MQTTWMSGUD"];
/// Credentials of clouds (1.17, 1.18).
const AUTH_COMMANDS: [&str; 2] = ["+MQTTAUTHDYN", "+MQTTAUTHCFG"];

impl Module {
    /// Commands that begin with `+MQTT`.
    pub(super) fn mqtt(&mut self, name: &str, form: Form) -> Result<Answer, CmeError> {
        let (sn, auth) = (SN_COMMANDS.contains(&name), AUTH_COMMANDS.contains(&name));
        // For these the manual knows no +CME ERROR.
        let plain = sn
            || matches!(
                name,
                "+MQTTCLOSE" | "+MQTTSUB" | "+MQTTUNSUB" | "+MQTTPUB" | "+MQTTWILL"
            );
        let exists = if sn {
            self.settings.sn_commands
        } else if auth {
            self.settings.auth_commands
        } else {
            plain || matches!(name, "+MQTTUSER" | "+MQTTOPEN" | "+MQTTCONF" | "+MQTTREAD")
        };
        if !exists || !self.settings.mqtt_commands {
            return Err(NO_SUCH_COMMAND);
        }
        if auth {
            return self.auth(name, form);
        }
        if self.lacks_network(matches!(form, Form::Set(_))) {
            return if plain {
                Ok(Answer::error())
            } else {
                Err(PDP_NOT_ACTIVE)
            };
        }
        match form {
            Form::Execute => Err(NO_SUCH_FORM),
            Form::Test => self.ranges(name),
            Form::Read => self.current(name),
            Form::Set(arguments) => match name {
                "+MQTTUSER" => self.user(arguments),
                "+MQTTOPEN" => self.open(arguments),
                "+MQTTCLOSE" => self.close(arguments),
                "+MQTTSUB" => self.subscribe(arguments),
                "+MQTTUNSUB" => self.unsubscribe(arguments),
                "+MQTTPUB" => self.publication(arguments),
                "+MQTTCONF" => self.configure(arguments),
                "+MQTTREAD" => self.read(arguments),
                "+MQTTWILL" => self.will(arguments),
                _ => self.sn_command(name, arguments),
            },
        }
    }

    /// The connection id, if there is such a connection.
    pub(super) fn id(&self, arguments: &mut Arguments) -> Result<u16, CmeError> {
        let id = u16::try_from(arguments.number(1..=102)?).map_err(|_| INVALID_PARAMETERS)?;
        self.state
            .connection(id)
            .map(|connection| connection.id)
            .ok_or(INVALID_PARAMETERS)
    }

    /// 1.1. MQTT-SN knows no user.
    fn user(&mut self, mut arguments: Arguments) -> Result<Answer, CmeError> {
        let id = self.id(&mut arguments)?;
        if SN_IDS.contains(&id) {
            return Err(INVALID_PARAMETERS);
        }
        let (user, password, client_id) = self.settings.user_lengths;
        let name = arguments.string(0..=user)?;
        let password = arguments.string(0..=password)?;
        let client_id = if arguments.left() > 0 {
            Some(arguments.string(0..=client_id)?)
        } else {
            None
        };
        arguments.end()?;
        let connection = self.state.connection_mut(id).ok_or(INVALID_PARAMETERS)?;
        connection.user = Some(User {
            name,
            password,
            client_id,
        });
        Ok(Answer::ok())
    }

    /// 1.2. The will counts if it was set before.
    fn open(&mut self, mut arguments: Arguments) -> Result<Answer, CmeError> {
        let id = self.id(&mut arguments)?;
        let host = arguments.string(1..=255)?;
        let port = u16::try_from(arguments.number(1..=65535)?).map_err(|_| INVALID_PARAMETERS)?;
        let clean = arguments.number(0..=1)? == 1;
        let keep_alive = u16::try_from(arguments.number(1..=300)?).map_err(|_| INVALID_PARAMETERS)?;
        let tls = match arguments.left() {
            0 => 0,
            _ if self.settings.tls_argument => arguments.number(0..=2)?,
            _ => return Err(INVALID_PARAMETERS),
        };
        arguments.end()?;
        if tls == 1 {
            // Reserved.
            return Err(INVALID_PARAMETERS);
        }
        let client = self.client(id)?;
        let connection = self.state.connection(id).ok_or(INVALID_PARAMETERS)?;
        if connection.link != Link::Free {
            return Err(NOT_ALLOWED);
        }
        let will = connection.will.clone();
        let tls = match (tls == 2).then(|| self.tls_settings()).transpose() {
            Ok(tls) => tls,
            Err(_) => return Ok(self.refused(id, "+MQTTOPEN")),
        };
        let request = OpenRequest {
            host,
            port,
            client_id: client.client_id.unwrap_or_default(),
            user: client.name,
            password: client.password,
            clean,
            keep_alive,
            tls,
            will,
        };
        self.connect(id, request)
    }

    /// Who the module is on a connection: as AT+MQTTUSER set it, or for MQTT-SN AT+MQTTSNCID.
    fn client(&self, id: u16) -> Result<User, CmeError> {
        if SN_IDS.contains(&id) {
            return Ok(self.sn_client(id));
        }
        let connection = self.state.connection(id).ok_or(INVALID_PARAMETERS)?;
        let mut user = connection.user.clone().ok_or(NOT_ALLOWED)?;
        let default_id = if self.settings.bare_imei {
            self.settings.imei.clone()
        } else {
            format!("{}{id}", self.settings.imei)
        };
        user.client_id.get_or_insert_with(|| default_id.into_bytes());
        Ok(user)
    }

    fn connect(&mut self, id: u16, request: OpenRequest) -> Result<Answer, CmeError> {
        for fault in &self.settings.faults {
            match fault {
                Fault::OpenCme(error) => return Err(*error),
                Fault::OpenRefused => return Ok(self.refused(id, "+MQTTOPEN")),
                Fault::OpenNoResult => return Ok(Answer::ok()),
                _ => {}
            }
        }
        if let Some(connection) = self.state.connection_mut(id) {
            connection.link = Link::Opening;
            connection.store.clear();
            connection.gateway = Gateway::opened(request.clone());
        }
        let token = self.ask(id, "+MQTTOPEN", None);
        self.network.open(id, token, request);
        Ok(awaiting(token))
    }

    /// 1.3.
    fn close(&mut self, mut arguments: Arguments) -> Result<Answer, CmeError> {
        let id = self.id(&mut arguments)?;
        arguments.end()?;
        match self.state.connection_mut(id) {
            Some(connection) if connection.link == Link::Open && !connection.gateway.is_updating() => {
                connection.link = Link::Closing;
            }
            _ => return Ok(Answer::error()),
        }
        let token = self.ask(id, "+MQTTCLOSE", None);
        self.network.close(id, token);
        Ok(awaiting(token))
    }

    /// 1.5.
    fn subscribe(&mut self, mut arguments: Arguments) -> Result<Answer, CmeError> {
        let id = self.id(&mut arguments)?;
        let topic = Self::topic(id, &mut arguments)?;
        let qos = arguments.number(0..=2)? as u8;
        arguments.end()?;
        if !self.is_open(id) {
            return Ok(Answer::error());
        }
        if self.settings.has(Fault::SubRefused) {
            return Ok(self.refused(id, "+MQTTSUB"));
        }
        let Some(filter) = self.topic_name(id, topic) else {
            return Ok(self.refused(id, "+MQTTSUB"));
        };
        let token = self.ask(id, "+MQTTSUB", Some(Effect::Subscribed(filter.clone(), qos)));
        self.network.subscribe(id, token, filter, qos);
        Ok(awaiting(token))
    }

    /// 1.6.
    fn unsubscribe(&mut self, mut arguments: Arguments) -> Result<Answer, CmeError> {
        let id = self.id(&mut arguments)?;
        let topic = Self::topic(id, &mut arguments)?;
        arguments.end()?;
        if !self.is_open(id) {
            return Ok(Answer::error());
        }
        let Some(filter) = self.topic_name(id, topic) else {
            return Ok(self.refused(id, "+MQTTUNSUB"));
        };
        let token = self.ask(id, "+MQTTUNSUB", Some(Effect::Unsubscribed(filter.clone())));
        self.network.unsubscribe(id, token, filter);
        Ok(awaiting(token))
    }

    /// 1.7: with the payload, or with its size and data mode.
    fn publication(&mut self, mut arguments: Arguments) -> Result<Answer, CmeError> {
        let id = self.id(&mut arguments)?;
        let topic = Self::topic(id, &mut arguments)?;
        let qos = arguments.number(0..=2)? as u8;
        let retain = arguments.number(0..=1)? == 1;
        let payload = content(&mut arguments, 1, self.settings.max_publish)?;
        if !self.is_open(id) {
            return Ok(Answer::error());
        }
        Ok(match payload {
            Content::Inline(payload) => self.publish(
                id,
                topic,
                Message {
                    topic: Vec::new(),
                    payload,
                    qos,
                    retain,
                },
            ),
            Content::Size(size) => {
                let purpose = DataPurpose::Publish {
                    connection: id,
                    topic,
                    qos,
                    retain,
                };
                Answer::with(Final::Prompt(DataRequest { size, purpose }))
            }
        })
    }

    /// The answer to a publication whose payload is complete. Its topic is to be looked up.
    pub(super) fn publish(&mut self, id: u16, topic: Topic, mut message: Message) -> Answer {
        if !self.is_open(id) {
            // It was lost while the data came.
            return Answer::error();
        }
        let name = self.topic_name(id, topic);
        message.topic = match name {
            Some(name) if !self.settings.has(Fault::PubRefused) => name,
            _ => return self.refused(id, "+MQTTPUB"),
        };
        let mute = self.settings.has(Fault::PubNoResult) || (message.qos == 0 && !self.settings.qos0_result);
        let token = self.ask(id, "+MQTTPUB", None);
        if let Some(pending) = self.pending.get_mut(&token) {
            pending.mute = mute;
        }
        self.network.publish(id, token, message);
        if mute { Answer::ok() } else { awaiting(token) }
    }

    /// 1.8: one setting for the whole module.
    fn configure(&mut self, mut arguments: Arguments) -> Result<Answer, CmeError> {
        let mode = arguments.number(0..=1)?;
        arguments.end()?;
        self.state.direct = mode == 0;
        Ok(Answer::ok())
    }

    /// 1.12. No form clears it.
    fn will(&mut self, mut arguments: Arguments) -> Result<Answer, CmeError> {
        let id = self.id(&mut arguments)?;
        let topic = arguments.string(TOPIC)?;
        let qos = arguments.number(0..=2)? as u8;
        let retain = arguments.number(0..=1)? == 1;
        match content(&mut arguments, 0, self.settings.max_publish)? {
            Content::Inline(payload) => Ok(self.set_will(
                id,
                Message {
                    topic,
                    payload,
                    qos,
                    retain,
                },
            )),
            Content::Size(size) if self.settings.will_data_mode => {
                let purpose = DataPurpose::Will {
                    connection: id,
                    topic,
                    qos,
                    retain,
                };
                Ok(Answer::with(Final::Prompt(DataRequest { size, purpose })))
            }
            Content::Size(_) => Err(INVALID_PARAMETERS),
        }
    }

    pub(super) fn set_will(&mut self, id: u16, will: Message) -> Answer {
        match self.state.connection_mut(id) {
            Some(connection) => connection.will = Some(will),
            None => return Answer::error(),
        }
        Answer::ok()
    }

    /// Notes that the network owes a result.
    pub(super) fn ask(&mut self, connection: u16, command: &'static str, effect: Option<Effect>) -> Token {
        let token = Token(self.next_serial());
        let delay = self.delay_of(command);
        let earliest = self.now + self.final_delay() + delay;
        self.pending.insert(
            token,
            Pending {
                connection,
                command,
                earliest,
                mute: false,
                effect,
            },
        );
        token
    }

    /// `OK`, and then status 0, without asking the network.
    pub(super) fn refused(&self, id: u16, command: &str) -> Answer {
        self.known(command, format!("{command}: {id},0"))
    }

    /// `OK`, and then a line that is known already.
    pub(super) fn known(&self, command: &str, line: impl Into<Vec<u8>>) -> Answer {
        Answer {
            known: Some((line.into(), self.delay_of(command))),
            ..Answer::ok()
        }
    }

    fn delay_of(&self, command: &str) -> std::time::Duration {
        if command == "+MQTTOPEN" {
            self.settings.open_delay
        } else {
            self.settings.result_delay
        }
    }
}

pub(super) fn awaiting(token: Token) -> Answer {
    Answer {
        awaited: Some(token),
        ..Answer::ok()
    }
}

enum Content {
    Inline(Vec<u8>),
    Size(usize),
}

/// The last argument of PUB and WILL: a string, or the size of the data that follow.
fn content(arguments: &mut Arguments, least: usize, most: usize) -> Result<Content, CmeError> {
    if arguments.left() != 1 {
        return Err(INVALID_PARAMETERS);
    }
    match arguments.optional() {
        Some(Argument::Quoted(payload)) if payload.len() <= most => Ok(Content::Inline(payload)),
        Some(Argument::Bare(digits)) if digits.iter().all(u8::is_ascii_digit) => {
            let size = std::str::from_utf8(&digits).ok().and_then(|digits| digits.parse().ok());
            size.filter(|size| (least..=most).contains(size))
                .map(Content::Size)
                .ok_or(INVALID_PARAMETERS)
        }
        _ => Err(INVALID_PARAMETERS),
    }
}
