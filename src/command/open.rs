//! `AT+MQTTOPEN`: opening a connection (V1.3 and V1.0.1 section 1.2).

use super::{ANSWER, Bounds, Done, Ids, at_command};
use crate::codec::{Encoder, grammar};
use crate::types::{AnyConnectionId, Text};

/// `AT+MQTTOPEN=id,"host",port,clean,keepalive[,usetls]`. After `OK` the result comes in a line of its own,
/// `+MQTTOPEN: id,status`, where 0 is failure.
#[derive(Debug, Clone, Copy)]
pub struct Open<'a> {
    /// The connection.
    pub id: AnyConnectionId,
    /// Name or address of the broker, up to 255 bytes.
    pub host: Text<'a>,
    /// Port of the broker, 1 to 65535.
    pub port: u16,
    /// Whether the broker forgets the client when it disconnects.
    pub clean_session: bool,
    /// Keep-alive in seconds, 1 to 300.
    pub keep_alive: u16,
    /// 2 for TLS. Left out for a plain connection, since V1.0.1 has no such argument.
    pub tls: bool,
}

impl Open<'_> {
    fn encode(&self, buffer: &mut [u8]) -> usize {
        let command = Encoder::new(buffer, "+MQTTOPEN")
            .number(self.id.get())
            .text(self.host)
            .number(self.port)
            .number(self.clean_session)
            .number(self.keep_alive);
        if self.tls {
            command.number(2u8).end()
        } else {
            command.end()
        }
    }
}

at_command!([] Open<'_> => Done, ANSWER, |_, _| Some(Done));

/// `AT+MQTTOPEN?`: the connections that can be opened, which are those that are free.
#[derive(Debug, Clone, Copy)]
pub struct OpenableIds;

impl OpenableIds {
    fn encode(&self, buffer: &mut [u8]) -> usize {
        Encoder::new(buffer, "+MQTTOPEN?").end()
    }
}

at_command!([] OpenableIds => Ids, ANSWER, |_, answer| super::listed_ids(b"+MQTTOPEN", answer));

/// `AT+MQTTOPEN=?`: what this module takes.
#[derive(Debug, Clone, Copy)]
pub struct TestOpen;

/// The answer to [`TestOpen`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenLimits {
    /// The connections.
    pub ids: Ids,
    /// Keep-alive in seconds.
    pub keep_alive: Bounds,
    /// Values of the TLS argument, if the module names them: 0 is plain, 2 is TLS.
    pub tls: Option<Bounds>,
}

impl atat::AtatResp for OpenLimits {}

impl TestOpen {
    fn encode(&self, buffer: &mut [u8]) -> usize {
        Encoder::new(buffer, "+MQTTOPEN=?").end()
    }

    fn answer(&self, answer: &[u8]) -> Option<OpenLimits> {
        let line = grammar::lines(answer).next()?;
        // Both manuals print the second spelling in their tables.
        let text = grammar::prefix(b"+MQTTOPEN", line).or_else(|| grammar::prefix(b"+MPQTTOPEN", line))?;
        let mut terms = grammar::terms(text);
        let ids = super::ids_of(terms.next()?)?;
        let [_host, _port, _clean] = [terms.next()?, terms.next()?, terms.next()?];
        let keep_alive = super::bounds_of(terms.next()?)?;
        Some(OpenLimits {
            ids,
            keep_alive,
            tls: terms.next().and_then(super::bounds_of),
        })
    }
}

at_command!([] TestOpen => OpenLimits, ANSWER, Self::answer);
