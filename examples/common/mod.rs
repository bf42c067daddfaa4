//! What the examples and some tests have in common: the simulated module's connections to the real world.

pub mod bridge;
pub mod embedded;
#[cfg(unix)]
pub mod pty;
