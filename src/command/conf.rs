//! `AT+MQTTCONF`: the form in which messages are reported (V1.3 and V1.0.1 section 1.8).

use super::{ANSWER, Bounds, Done, at_command};
use crate::codec::{Encoder, grammar};

/// The form in which received messages are reported: one setting for the whole module.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReceiveMode {
    /// 0: the message itself, in a `+MQTTMSG` line. The module's default; see [`DirectMessage`](crate::DirectMessage) for its limits.
    Direct,
    /// 1: its lengths, in a `+MQTTMSGI` line; the message is fetched with `AT+MQTTREAD`.
    ByLength,
}

impl atat::AtatResp for ReceiveMode {}

/// `AT+MQTTCONF=mode`
#[derive(Debug, Clone, Copy)]
pub struct Conf {
    /// The form to use from now on.
    pub mode: ReceiveMode,
}

impl Conf {
    fn encode(&self, buffer: &mut [u8]) -> usize {
        Encoder::new(buffer, "+MQTTCONF")
            .number(self.mode == ReceiveMode::ByLength)
            .end()
    }
}

at_command!([] Conf => Done, ANSWER, |_, _| Some(Done));

/// `AT+MQTTCONF?`
#[derive(Debug, Clone, Copy)]
pub struct ReadConf;

impl ReadConf {
    fn encode(&self, buffer: &mut [u8]) -> usize {
        Encoder::new(buffer, "+MQTTCONF?").end()
    }

    fn answer(&self, answer: &[u8]) -> Option<ReceiveMode> {
        match grammar::numbers(b"+MQTTCONF", grammar::lines(answer).next()?)? {
            [0] => Some(ReceiveMode::Direct),
            [1] => Some(ReceiveMode::ByLength),
            _ => None,
        }
    }
}

at_command!([] ReadConf => ReceiveMode, ANSWER, Self::answer);

/// `AT+MQTTCONF=?`: the modes that the module has.
#[derive(Debug, Clone, Copy)]
pub struct TestConf;

impl atat::AtatResp for Bounds {}

impl TestConf {
    fn encode(&self, buffer: &mut [u8]) -> usize {
        Encoder::new(buffer, "+MQTTCONF=?").end()
    }

    fn answer(&self, answer: &[u8]) -> Option<Bounds> {
        let line = grammar::lines(answer).next()?;
        super::bounds_of(grammar::terms(grammar::prefix(b"+MQTTCONF", line)?).next()?)
    }
}

at_command!([] TestConf => Bounds, ANSWER, Self::answer);
