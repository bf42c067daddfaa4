//! Messages in lines, `+MQTTMSG`, where the caller chose that: what arrives, what is lost, and what can be forged.
//! `tests/blocking` runs the same scenarios.
#![cfg(feature = "sim")]

mod limits;
mod order;
mod several;
#[path = "../support/mod.rs"]
mod support;
