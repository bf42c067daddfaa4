//! `AT+MQTTUSER`: user name, password and client id of a connection (V1.3 and V1.0.1 section 1.1).

use super::{ANSWER, Done, Ids, at_command, cut};
use crate::codec::{Encoder, grammar};
use crate::types::{ConnectionId, Text};

/// `AT+MQTTUSER=id,"user","password"[,"client id"]`. Required before every open, with empty strings for an anonymous one.
#[derive(Debug, Clone, Copy)]
pub struct User<'a> {
    /// The connection.
    pub id: ConnectionId,
    /// User name, may be empty.
    pub user: Text<'a>,
    /// Password, may be empty.
    pub password: Text<'a>,
    /// MQTT's client identifier. Without one, some firmware takes the same for all connections.
    pub client_id: Option<Text<'a>>,
}

impl User<'_> {
    fn encode(&self, buffer: &mut [u8]) -> usize {
        let command = Encoder::new(buffer, "+MQTTUSER")
            .number(self.id.get())
            .text(self.user)
            .text(self.password);
        match self.client_id {
            Some(client_id) => command.text(client_id).end(),
            None => command.end(),
        }
    }
}

at_command!([] User<'_> => Done, ANSWER, |_, _| Some(Done));

/// `AT+MQTTUSER?`: the connections that are configured. `N` bytes are kept of each name.
#[derive(Debug, Clone, Copy)]
pub struct ReadUsers<const N: usize>;

/// What is configured for one connection. The password, which the module prints, is not kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UserSetting<const N: usize> {
    /// The connection.
    pub id: u8,
    /// User name, cut after `N` bytes.
    pub user: heapless::Vec<u8, N>,
    /// Client id, cut after `N` bytes, if one was set.
    pub client_id: Option<heapless::Vec<u8, N>>,
}

/// The connections that are configured.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Users<const N: usize>(
    /// One entry per configured connection.
    pub heapless::Vec<UserSetting<N>, { ConnectionId::COUNT }>,
);

impl<const N: usize> atat::AtatResp for Users<N> {}

impl<const N: usize> ReadUsers<N> {
    fn encode(&self, buffer: &mut [u8]) -> usize {
        Encoder::new(buffer, "+MQTTUSER?").end()
    }

    fn answer(&self, answer: &[u8]) -> Option<Users<N>> {
        let mut users = heapless::Vec::new();
        for line in grammar::lines(answer) {
            let text = grammar::prefix(b"+MQTTUSER", line)?;
            let (text, id) = grammar::first_id(text).ok()?;
            let (text, user) = grammar::next_string(text).ok()?;
            let (text, _password) = grammar::next_string(text).ok()?;
            // With quotes inside, which the module does not escape, a piece of the password would be taken for the client id.
            let (text, client_id) = match grammar::next_string(text) {
                Ok((text, client_id)) => (text, Some(client_id)),
                Err(_) => (text, None),
            };
            if !text.trim_ascii().is_empty() {
                return None;
            }
            users
                .push(UserSetting {
                    id,
                    user: cut(user),
                    client_id: client_id.map(cut),
                })
                .ok()?;
        }
        Some(Users(users))
    }
}

at_command!([const N: usize] ReadUsers<N> => Users<N>, ANSWER, Self::answer);

/// `AT+MQTTUSER=?`: the connections and the lengths that this module takes.
#[derive(Debug, Clone, Copy)]
pub struct TestUser;

/// The answer to [`TestUser`]. Lengths in bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UserLimits {
    /// The connections.
    pub ids: Ids,
    /// Longest user name.
    pub user: u32,
    /// Longest password.
    pub password: u32,
    /// Longest client id, if the module tells.
    pub client_id: Option<u32>,
}

impl atat::AtatResp for UserLimits {}

impl TestUser {
    fn encode(&self, buffer: &mut [u8]) -> usize {
        Encoder::new(buffer, "+MQTTUSER=?").end()
    }

    fn answer(&self, answer: &[u8]) -> Option<UserLimits> {
        let line = grammar::lines(answer).next()?;
        let mut terms = grammar::terms(grammar::prefix(b"+MQTTUSER", line)?);
        let ids = super::ids_of(terms.next()?)?;
        let user = super::number_of(terms.next()?)?;
        let password = super::number_of(terms.next()?)?;
        let client_id = terms.next().and_then(super::number_of);
        Some(UserLimits {
            ids,
            user,
            password,
            client_id,
        })
    }
}

at_command!([] TestUser => UserLimits, ANSWER, Self::answer);
