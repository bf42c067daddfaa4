//! MQTT-SN: what a module takes (V1.3 section 1.13).

use super::{ANSWER, Ids, at_command};
use crate::codec::{Encoder, grammar};

/// `AT+MQTTSNCID=?`: the connections and the length of a client id. Modules without the MQTT-SN commands refuse it.
#[derive(Debug, Clone, Copy)]
pub struct TestSnClientId;

/// The answer to [`TestSnClientId`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SnClientIdLimits {
    /// The connections.
    pub ids: Ids,
    /// Longest client id in bytes.
    pub client_id: u32,
}

impl atat::AtatResp for SnClientIdLimits {}

impl TestSnClientId {
    fn encode(&self, buffer: &mut [u8]) -> usize {
        Encoder::new(buffer, "+MQTTSNCID=?").end()
    }

    fn answer(&self, answer: &[u8]) -> Option<SnClientIdLimits> {
        let line = grammar::lines(answer).next()?;
        let mut terms = grammar::terms(grammar::prefix(b"+MQTTSNCID", line)?);
        let ids = super::ids_of(terms.next()?)?;
        let client_id = super::number_of(terms.next()?)?;
        Some(SnClientIdLimits { ids, client_id })
    }
}

at_command!([] TestSnClientId => SnClientIdLimits, ANSWER, Self::answer);
