//! The commands for MQTT-SN, 1.13 to 1.16: which client id its connections use, registering topics, changing the will.

use super::Fault;
use super::answer::{Answer, CmeError, INVALID_PARAMETERS};
use super::arguments::Arguments;
use super::gateway::SN_IDS;
use super::module::Module;
use super::mqtt::{TOPIC, awaiting};
use super::network::Message;
use super::sn_dialect::{SnFull, SnListing};
use super::state::User;

/// The longest client id of MQTT-SN (MQTT-SN 1.2, 5.3.1).
const CLIENT_ID: usize = 23;

impl Module {
    /// The set forms.
    pub(super) fn sn_command(&mut self, name: &str, mut arguments: Arguments) -> Result<Answer, CmeError> {
        let id = self.id(&mut arguments)?;
        if !SN_IDS.contains(&id) {
            return Err(INVALID_PARAMETERS);
        }
        match name {
            "+MQTTSNCID" => self.sn_client_id(id, arguments),
            "+MQTTSNREG" => self.sn_registration(id, arguments),
            "+MQTTWTOPICUD" => self.will_topic(id, arguments),
            _ => self.will_message(id, arguments),
        }
    }

    /// 1.13: to be set before the connection is opened.
    fn sn_client_id(&mut self, id: u16, mut arguments: Arguments) -> Result<Answer, CmeError> {
        let client_id = arguments.string(0..=self.settings.sn_client_id_length)?;
        arguments.end()?;
        self.state.sn_client_ids.insert(id, client_id);
        Ok(Answer::ok())
    }

    /// A line per connection that has one.
    pub(super) fn sn_client_ids(&self) -> Vec<Vec<u8>> {
        let ids = self.state.sn_client_ids.iter();
        ids.map(|(id, client_id)| [format!("+MQTTSNCID: {id},\"").as_bytes(), client_id, b"\""].concat())
            .collect()
    }

    /// Without a client id, or with an empty one, the module takes the IMEI and the connection id.
    pub(super) fn sn_client(&self, id: u16) -> User {
        let set = self.state.sn_client_ids.get(&id).filter(|set| !set.is_empty());
        let default_id = || {
            let mut client_id = format!("{}{id}", self.settings.imei).into_bytes();
            client_id.truncate(CLIENT_ID);
            client_id
        };
        User {
            name: Vec::new(),
            password: Vec::new(),
            client_id: Some(set.cloned().unwrap_or_else(default_id)),
        }
    }

    /// 1.14: the gateway gives the name a topic id.
    fn sn_registration(&mut self, id: u16, mut arguments: Arguments) -> Result<Answer, CmeError> {
        const NAME: &str = "+MQTTSNREG";
        let name = arguments.string(TOPIC)?;
        arguments.end()?;
        if !self.is_open(id) {
            return Ok(Answer::error());
        }
        if self.settings.has(Fault::RegNoResult) {
            return Ok(Answer::ok());
        }
        if self.settings.has(Fault::RegRefused) {
            return Ok(self.refused(id, NAME));
        }
        Ok(match self.register(id, &name) {
            Some(_) if self.settings.sn.bare_success => self.known(NAME, format!("{NAME}: {id},1")),
            Some(number) => {
                let line = format!("{NAME}: {id},1,{number},\"");
                self.known(NAME, [line.as_bytes(), &name, b"\""].concat())
            }
            None if self.settings.sn.full == SnFull::Error => Answer::error(),
            None => self.refused(id, NAME),
        })
    }

    /// 1.14, the `?` form: a line per registration. In the manual they come behind `OK`.
    pub(super) fn registrations(&self) -> Answer {
        let mut lines = Vec::new();
        for connection in &self.state.connections {
            for (number, name) in &connection.gateway.registered {
                let line = format!("+MQTTSNREG: {},{number},\"", connection.id);
                lines.push([line.as_bytes(), name, b"\""].concat());
            }
        }
        match self.settings.sn.listing {
            SnListing::OkLast => Answer::lines(lines),
            SnListing::OkFirst => Answer {
                behind: lines
                    .into_iter()
                    .map(|line| (self.settings.sn.listing_delay, line))
                    .collect(),
                ..Answer::ok()
            },
        }
    }

    /// 1.15. A will that has only a topic so far has an empty message.
    fn will_topic(&mut self, id: u16, mut arguments: Arguments) -> Result<Answer, CmeError> {
        let qos = arguments.number(0..=2)? as u8;
        let retain = arguments.number(0..=1)? == 1;
        let topic = arguments.string(TOPIC)?;
        arguments.end()?;
        let payload = self.gateway_will(id).map(|will| will.payload).unwrap_or_default();
        let will = Message {
            topic,
            payload,
            qos,
            retain,
        };
        Ok(self.new_will(id, "+MQTTWTOPICUD", Some(will)))
    }

    /// 1.16. Without a topic there is nothing to update.
    fn will_message(&mut self, id: u16, mut arguments: Arguments) -> Result<Answer, CmeError> {
        let payload = arguments.string(1..=1024)?;
        arguments.end()?;
        let will = self.gateway_will(id).map(|will| Message { payload, ..will });
        Ok(self.new_will(id, "+MQTTWMSGUD", will))
    }

    fn gateway_will(&self, id: u16) -> Option<Message> {
        self.state.connection(id)?.gateway.will()
    }

    fn new_will(&mut self, id: u16, command: &'static str, will: Option<Message>) -> Answer {
        let updating = self
            .state
            .connection(id)
            .is_some_and(|connection| connection.gateway.is_updating());
        if !self.is_open(id) || updating {
            return Answer::error();
        }
        let Some(will) = will else {
            return self.refused(id, command);
        };
        let token = self.ask(id, command, None);
        self.update_will(id, token, will);
        awaiting(token)
    }

    /// The `=?` forms. The manual has no example of any; these follow their syntax and the other commands' examples.
    pub(super) fn sn_ranges(&self, name: &str) -> String {
        let ids: Vec<String> = self.ids().1.iter().map(u16::to_string).collect();
        let behind = match name {
            "+MQTTSNCID" => self.settings.sn_client_id_length.to_string(),
            "+MQTTSNREG" => "255".to_owned(),
            "+MQTTWTOPICUD" => "(0-2),(0,1),255".to_owned(),
            // 1.16, the will's message.
            _ => "1024".to_owned(),
        };
        format!("({}),{behind}", ids.join(","))
    }
}
