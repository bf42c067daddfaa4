//! The command-line tool through its command line, in front of the simulated module. No test depends on how long anything takes;
//! the limits only keep a failure from lasting for ever.
#![cfg(all(unix, feature = "sim", feature = "serialport", feature = "std", feature = "log"))]

#[path = "../../examples/common/embedded.rs"]
mod embedded;
#[path = "../tool/mod.rs"]
mod tool;

mod commands;
mod exits;
mod leftovers;
mod secrets;
mod tls;
