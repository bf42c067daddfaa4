//! Options about MQTT-SN: the gateway, and topics by number.

use fibocom_mqtt::{InvalidInput, SnConnectOptions, SnConnectionId, TopicFilter, TopicId, TopicName};

use super::connection::{self, SessionOptions, check_host};
use super::message::{self, Publish, Subscribe};
use crate::failure::Failure;

/// Where gateways listen.
const PORT: u16 = 10_000;

/// How to connect to a gateway, and on which of the module's connections.
pub struct SnTarget {
    pub host: String,
    pub port: u16,
    pub id: SnConnectionId,
    /// Messages are to come in lines of their own.
    pub direct: bool,
    session: SessionOptions,
}

impl SnTarget {
    /// The same as the driver wants it.
    pub fn connect_options(&self) -> Result<SnConnectOptions<'_>, InvalidInput> {
        let session = &self.session;
        let mut options = SnConnectOptions::new(&self.host, self.port)
            .keep_alive(session.keep_alive)
            .clean_session(!session.keep_session);
        if let Some(client_id) = &session.client_id {
            options = options.client_id(client_id);
        }
        if let Some(will) = session.will()? {
            options = options.will(will);
        }
        Ok(options)
    }
}

/// How a message's topic is named to the gateway.
#[derive(Clone, Copy)]
pub enum SnTopic {
    /// By the name itself.
    Name,
    /// By the number that the gateway gives the name when it is registered.
    Registered,
    /// By this number.
    Id(TopicId),
}

/// What is subscribed to beside the filters.
pub struct SnFilters {
    pub ids: Vec<TopicId>,
    /// Names without wildcards are registered first, so that messages come with them.
    pub register: bool,
}

impl connection::Raw {
    /// Whether a connection to a gateway was asked for.
    pub(super) fn sn_id(&self) -> Option<SnConnectionId> {
        SnConnectionId::new(self.id?.get())
    }

    /// Checks all of it. A simulated module goes to its own broker, whatever the host.
    pub(super) fn whole_sn(self, id: SnConnectionId, simulated: bool) -> Result<SnTarget, Failure> {
        if let Some(option) = self.first_of_login().or(self.tls.first()) {
            return Err(Failure::usage(format!(
                "MQTT-SN has no user, no password and no TLS: leave out {option}, or choose connection 1 or 2 with --id"
            )));
        }
        let missing = || Failure::usage("there is no gateway: give its host with -h");
        let default = simulated.then(|| "localhost".to_owned());
        let host = self.host.clone().or(default).ok_or_else(missing)?;
        check_host(&host)?;
        let target = SnTarget {
            host,
            port: self.port.unwrap_or(PORT),
            id,
            direct: self.direct,
            session: self.session()?,
        };
        // Only whether they can be made.
        let _ = target.connect_options()?;
        Ok(target)
    }
}

impl message::Raw {
    /// Checks what `pub` was given for a gateway, and reads the message.
    pub(super) fn publish_sn(self, register: bool) -> Result<(Publish, SnTopic), Failure> {
        let id = match (&self.topics[..], &self.topic_ids[..]) {
            ([_], []) => {
                let topic = if register { SnTopic::Registered } else { SnTopic::Name };
                return Ok((self.publish()?, topic));
            }
            ([], [id]) => *id,
            _ => {
                return Err(Failure::usage(
                    "pub takes one topic: give it with -t or with --topic-id, once",
                ));
            }
        };
        if register {
            return Err(Failure::usage(
                "a topic is registered by its name: give it with -t, or leave out --register",
            ));
        }
        Ok((self.publish_to(String::new())?, SnTopic::Id(id)))
    }

    /// Checks what `sub` was given for a gateway.
    pub(super) fn subscribe_sn(mut self, register: bool) -> Result<(Subscribe, SnFilters), Failure> {
        let ids = std::mem::take(&mut self.topic_ids);
        if self.topics.is_empty() && ids.is_empty() {
            return Err(Failure::usage(
                "there is no topic filter: give one or more with -t or --topic-id",
            ));
        }
        if register && !self.topics.iter().any(|filter| is_registrable(filter)) {
            return Err(Failure::usage(
                "--register is for names without wildcards, of other than two characters: give one with -t, or leave it out",
            ));
        }
        Ok((self.subscribe_to()?, SnFilters { ids, register }))
    }
}

/// Whether a filter is a name that can have a number.
pub fn is_registrable(filter: &str) -> bool {
    filter.len() != 2 && TopicFilter::new(filter).is_ok() && TopicName::new(filter).is_ok()
}
