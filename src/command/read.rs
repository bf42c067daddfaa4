//! `AT+MQTTREAD`: fetching a stored message (V1.3 and V1.0.1 section 1.11).

use super::{ANSWER, Done, Ids, at_command};
use crate::codec::{Encoder, grammar};
use crate::types::{AnyConnectionId, ConnectionId, QoS};

/// `AT+MQTTREAD=id`, for use on atat's own client with [`FibocomDigester`](crate::FibocomDigester); the driver's client reads by
/// length into its message buffer instead. `T` and `P` are the longest topic and payload that can be returned.
#[derive(Debug, Clone, Copy)]
pub struct Read<const T: usize, const P: usize> {
    /// The connection.
    pub id: ConnectionId,
}

/// The answer to [`Read`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReadMessage<const T: usize, const P: usize> {
    /// Nothing is stored.
    Empty,
    /// The oldest stored message, which the module has now forgotten.
    Message {
        /// Quality of service it was delivered with.
        qos: QoS,
        /// The topic.
        topic: heapless::Vec<u8, T>,
        /// The payload.
        payload: heapless::Vec<u8, P>,
    },
}

impl<const T: usize, const P: usize> atat::AtatResp for ReadMessage<T, P> {}

impl<const T: usize, const P: usize> Read<T, P> {
    fn encode(&self, buffer: &mut [u8]) -> usize {
        ReadStored { id: self.id.into() }.encode(buffer)
    }

    fn answer(&self, answer: &[u8]) -> Option<ReadMessage<T, P>> {
        if grammar::read_empty(answer.trim_ascii(), self.id.get()) {
            return Some(ReadMessage::Empty);
        }
        let (header, topic, payload) = grammar::whole_read(answer)?;
        if header.id != self.id.get() {
            return None;
        }
        Some(ReadMessage::Message {
            qos: QoS::try_from(u8::try_from(header.qos).ok()?).ok()?,
            topic: heapless::Vec::from_slice(topic).ok()?,
            payload: heapless::Vec::from_slice(payload).ok()?,
        })
    }
}

/// `AT+MQTTREAD=id`, where the engine itself takes the message from the answer.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ReadStored {
    pub(crate) id: AnyConnectionId,
}

impl ReadStored {
    fn encode(&self, buffer: &mut [u8]) -> usize {
        Encoder::new(buffer, "+MQTTREAD").number(self.id.get()).end()
    }
}

at_command!([] ReadStored => Done, ANSWER, |_, _| Some(Done));

at_command!([const T: usize, const P: usize] Read<T, P> => ReadMessage<T, P>, ANSWER, Self::answer);

/// `AT+MQTTREAD=?`: the connections that the command takes.
#[derive(Debug, Clone, Copy)]
pub struct TestRead;

impl TestRead {
    fn encode(&self, buffer: &mut [u8]) -> usize {
        Encoder::new(buffer, "+MQTTREAD=?").end()
    }
}

at_command!([] TestRead => Ids, ANSWER, |_, answer| super::tested_ids(b"+MQTTREAD", answer));
