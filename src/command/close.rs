//! `AT+MQTTCLOSE`: closing a connection (V1.3 and V1.0.1 section 1.3).

use super::{ANSWER, Done, Ids, at_command};
use crate::codec::Encoder;
use crate::types::AnyConnectionId;

/// `AT+MQTTCLOSE=id`. After `OK` the result comes in a line of its own, `+MQTTCLOSE: id,status`.
#[derive(Debug, Clone, Copy)]
pub struct Close {
    /// The connection.
    pub id: AnyConnectionId,
}

impl Close {
    fn encode(&self, buffer: &mut [u8]) -> usize {
        Encoder::new(buffer, "+MQTTCLOSE").number(self.id.get()).end()
    }
}

at_command!([] Close => Done, ANSWER, |_, _| Some(Done));

/// `AT+MQTTCLOSE?`: the connections that can be closed, which are those that are open.
#[derive(Debug, Clone, Copy)]
pub struct ClosableIds;

impl ClosableIds {
    fn encode(&self, buffer: &mut [u8]) -> usize {
        Encoder::new(buffer, "+MQTTCLOSE?").end()
    }
}

at_command!([] ClosableIds => Ids, ANSWER, |_, answer| super::listed_ids(b"+MQTTCLOSE", answer));

/// `AT+MQTTCLOSE=?`: the connections that the command takes.
#[derive(Debug, Clone, Copy)]
pub struct TestClose;

impl TestClose {
    fn encode(&self, buffer: &mut [u8]) -> usize {
        Encoder::new(buffer, "+MQTTCLOSE=?").end()
    }
}

at_command!([] TestClose => Ids, ANSWER, |_, answer| super::tested_ids(b"+MQTTCLOSE", answer));
