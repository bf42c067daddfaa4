//! Registration with clouds: whether a module has it (V1.3 section 1.18).

use super::{ANSWER, Done, at_command};
use crate::codec::Encoder;

/// `AT+MQTTAUTHCFG=?`: modules without the cloud commands refuse it. Its nine lines say nothing that the manual does not.
#[derive(Debug, Clone, Copy)]
pub struct TestAuthCfg;

impl TestAuthCfg {
    fn encode(&self, buffer: &mut [u8]) -> usize {
        Encoder::new(buffer, "+MQTTAUTHCFG=?").end()
    }
}

at_command!([] TestAuthCfg => Done, ANSWER, |_, _| Some(Done));
