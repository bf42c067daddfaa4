//! The blocking driver on the simulated module: the scenarios of the asynchronous client from their own source, through both
//! adapters, and what is the blocking driver's alone.
#![cfg(feature = "sim")]
#![allow(clippy::duplicate_mod)] // Each scenario runs once per adapter.

mod by_read_ready;
mod by_timeout;
mod driver;
#[path = "../support/mod.rs"]
mod shared;
mod sn;
mod waits;
mod whole;

const SECOND: std::time::Duration = std::time::Duration::from_secs(1);
