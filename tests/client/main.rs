//! The verbs of the client on the simulated module, at the level of bytes. `tests/blocking` runs the same scenarios.
#![cfg(feature = "sim")]

mod connect;
mod counters;
mod counters_dropped;
mod data_form;
mod disconnect;
mod modem;
mod publish;
mod receive;
#[path = "../support/mod.rs"]
mod support;
mod unsolicited;
