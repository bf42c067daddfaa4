//! Skeleton.
#![cfg_attr(not(any(feature = "std", test)), no_std)]

mod clock;
#[cfg(feature = "sim")]
pub mod sim;

pub use clock::{Clock, Instant};
