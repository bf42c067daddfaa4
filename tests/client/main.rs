//! The verbs of the client on the simulated module, at the level of bytes.
#![cfg(feature = "sim")]

mod connect;
mod counters;
mod modem;
mod publish;
mod receive;
#[path = "../support/mod.rs"]
mod support;
