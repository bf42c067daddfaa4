//! What a bare Cortex-M needs where no HAL brings it. A board with an Embassy HAL needs none of this.
#![no_std]

pub mod console;
#[cfg(feature = "embassy")]
pub mod executor;
pub mod stack;
pub mod ticks;
