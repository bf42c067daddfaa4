//! The FP gateway's side of a Juconn portal, row by row: `rows.txt` lists what the manual and its ambiguities ask for, and each line is the
//! beginning of the name of a test here. `data/` holds the manual's examples, made well-formed.
#![cfg(feature = "juconn")]

#[cfg(feature = "sim")]
mod adapter;
mod bench;
#[cfg(feature = "sim")]
mod between;
#[cfg(feature = "sim")]
mod campaign;
#[cfg(feature = "sim")]
mod certificates;
mod configuration;
mod conversion;
mod courses;
#[cfg(feature = "sim")]
mod dropped;
mod feedback;
mod feedback_again;
mod feedback_limits;
mod feedback_messages;
mod hostile;
mod hostile_messages;
mod machine;
mod messages;
mod realtime;
mod register;
mod register_data;
mod register_requests;
#[cfg(feature = "sim")]
#[path = "../support/mod.rs"]
mod support;
mod tixml;
mod topics;
mod transitions;
mod walk;

/// A sample of the manual.
macro_rules! sample {
    ($name:literal) => {
        include_str!(concat!("data/", $name))
    };
}
pub(crate) use sample;
