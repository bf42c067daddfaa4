//! Received messages: announced, stored and read, or printed as they come (1.8 to 1.11).

use super::Fault;
use super::answer::{Answer, CmeError};
use super::arguments::Arguments;
use super::gateway::SN_IDS;
use super::models::Overflow;
use super::module::Module;
use super::network::Message;
use super::sn_dialect::{SnAnnounced, SnIdLength};

/// A message, and the topic id in whose place its name stands.
#[derive(Debug)]
pub(super) struct Received {
    message: Message,
    topic_id: Option<u16>,
}

impl Received {
    /// The topic as it is printed.
    fn topic(&self, quote: &[u8]) -> Vec<u8> {
        match self.topic_id {
            Some(number) => number.to_string().into_bytes(),
            None => [quote, &self.message.topic, quote].concat(),
        }
    }
}

impl Module {
    /// A message from the network.
    pub(super) fn message(&mut self, id: u16, message: Message) {
        if message.payload.len() > self.settings.max_receive {
            return;
        }
        let Ok(topic_id) = self.translate(id, &message.topic) else {
            return;
        };
        let received = Received { message, topic_id };
        if self.state.direct {
            let line = self.direct_line(id, &received);
            return self.urc(&line);
        }
        let announcement = self.announcement(id, &received);
        let (most, overflow) = (self.settings.store, self.settings.overflow);
        if let Some(connection) = self.state.connection_mut(id) {
            if connection.store.len() >= most {
                match overflow {
                    Overflow::DropNewest => return,
                    Overflow::DropOldest => drop(connection.store.pop_front()),
                    // The network keeps it, and was asked for none.
                    Overflow::Wait => {}
                }
            }
            connection.store.push_back(received);
            if !self.settings.has(Fault::DropUrc) {
                self.urc(announcement.as_bytes());
            }
        }
    }

    /// `+MQTTMSGI`
    fn announcement(&self, id: u16, received: &Received) -> String {
        let Message {
            topic, payload, qos, ..
        } = &received.message;
        let topic = match received.topic_id {
            Some(number) if self.settings.sn.announced == SnAnnounced::Id => usize::from(number),
            _ => topic.len(),
        };
        format!("+MQTTMSGI: {id},{qos},{topic},{}", payload.len())
    }

    /// `+MQTTMSG`: raw, nothing is escaped (V1.0.1 1.9.2).
    fn direct_line(&self, id: u16, received: &Received) -> Vec<u8> {
        let comma: &[u8] = if self.settings.space_after_comma { b", " } else { b"," };
        let numbers = format!("+MQTTMSG: {id}");
        let qos = received.message.qos.to_string();
        let quote: &[u8] = if self.settings.quote_direct { b"\"" } else { b"" };
        let payload = [quote, &received.message.payload, quote].concat();
        [numbers.as_bytes(), qos.as_bytes(), &received.topic(quote), &payload].join(comma)
    }

    /// 1.11: the oldest message, or zeros if there is none.
    pub(super) fn read(&mut self, mut arguments: Arguments) -> Result<Answer, CmeError> {
        let id = self.id(&mut arguments)?;
        arguments.end()?;
        let received = self
            .state
            .connection_mut(id)
            .and_then(|connection| connection.store.pop_front());
        let Some(received) = received else {
            return Ok(Answer::line(format!("+MQTTREAD: {id},0,0,0")));
        };
        let quoted = self.settings.quote_read && !self.settings.has(Fault::ReadUnquoted);
        let quote: &[u8] = if quoted { b"\"" } else { b"" };
        let length = match (received.topic_id, self.settings.sn.id_length) {
            (None, _) => received.message.topic.len().to_string(),
            (Some(_), SnIdLength::Number(length)) => length.to_string(),
            (Some(number), SnIdLength::Digits) => number.to_string().len().to_string(),
            (Some(number), SnIdLength::Id) => number.to_string(),
        };
        let Message { payload, qos, .. } = &received.message;
        let header = format!("+MQTTREAD: {id},{qos},{length},{},", payload.len());
        let topic = received.topic(quote);
        Ok(Answer::line(
            [header.as_bytes(), &topic, b",", quote, payload, quote].concat(),
        ))
    }

    /// The connections to MQTT servers, and those to MQTT-SN gateways.
    pub(super) fn ids(&self) -> (Vec<u16>, Vec<u16>) {
        let ids = self.state.connections.iter().map(|connection| connection.id);
        ids.partition(|id| !SN_IDS.contains(id))
    }
}
