//! `AT+CFUN=15`: restarting the module (3GPP TS 27.007 section 8.15, with Fibocom's value).

use super::{ANSWER, Done, at_command};
use crate::codec::Encoder;

/// `AT+CFUN=15`: the module answers and then restarts. All that was set is forgotten.
#[derive(Debug, Clone, Copy)]
pub struct Restart;

impl Restart {
    fn encode(&self, buffer: &mut [u8]) -> usize {
        Encoder::new(buffer, "+CFUN").number(15u8).end()
    }
}

at_command!([] Restart => Done, ANSWER, |_, _| Some(Done));
