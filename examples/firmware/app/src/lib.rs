//! A meter: it publishes what a sensor measures, obeys commands, and comes back when its connection breaks.
//!
//! Nothing here knows a board. The application is there twice, over Embassy ([`with_embassy`]) and without an executor
//! ([`blocking`]); what it says and how it obeys is in [`meter`], and [`uart`] is a serial port for any UART.
#![cfg_attr(not(test), no_std)]

pub mod blocking;
pub mod meter;
pub mod uart;
#[cfg(feature = "embassy")]
pub mod with_embassy;
