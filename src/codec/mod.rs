//! Bytes to frames and back. The decoder frames by length where there is one, the grammar reads finished lines, the encoder
//! writes command lines.

mod body;
pub(crate) mod cloud;
mod decoder;
mod encoder;
pub(crate) mod grammar;
mod operation;
mod registration;
#[cfg(any(test, feature = "fuzzing"))]
pub(crate) mod replay;
#[cfg(test)]
pub(crate) mod tests;
mod topic;

pub(crate) use body::{Body, BodyEnd};
pub(crate) use decoder::{Decoder, Frame};
pub(crate) use encoder::{Encoder, hex_digit};
pub use operation::Operation;
pub use registration::{SnRegistration, SnRegistrationKind};
