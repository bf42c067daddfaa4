//! The command-line tool through its command line, in front of the simulated module. No test depends on how long anything takes;
//! the limits only keep a failure from lasting for ever.
#![cfg(all(unix, feature = "sim", feature = "serialport", feature = "std", feature = "log"))]

#[path = "../../examples/common/embedded.rs"]
mod embedded;
/// What of the self-test needs no module: its own tests are here, since those of an example are not run.
#[allow(dead_code)]
#[path = "../../examples/dongle/selftest"]
mod parts {
    mod finding;
    mod redact;
    mod report;
    mod wire;
}
#[path = "../tool/mod.rs"]
mod tool;

mod cloud;
mod commands;
mod exits;
mod leftovers;
mod secrets;
mod selftest;
mod sn;
#[path = "../../examples/dongle/tap.rs"]
#[allow(dead_code)]
mod tap;
mod tls;
mod unplugged;
