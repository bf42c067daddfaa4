//! The Captis profile against its specification, row by row of its inventory: `.ci/rows captis` finds a row of `rows.txt` that no test
//! is named for.
#![cfg(feature = "captis-sas")]

#[cfg(feature = "sim")]
#[path = "../support/mod.rs"]
mod support;

mod ambiguous;
mod azure;
mod azure_cloud;
mod bootstrap;
mod command;
mod command_words;
mod connection;
mod csv;
mod event;
mod event_source;
mod health;
mod injection;
mod measurement;
mod operation;
mod operation_hostile;
mod role;
mod session;
mod session_faults;
mod session_limits;
mod topics;
mod urls;

use fibocom_mqtt::profile::captis::{Identity, Timestamp};

const CCID: &str = "89610180003174295174";
const IMEI: &str = "357732081910355";

fn identity() -> Identity {
    Identity::new(CCID, IMEI).unwrap()
}

/// The specification's own example of a time: `2018-10-10T10:21:03Z`.
fn time() -> Timestamp {
    Timestamp::from_unix(1_539_166_863)
}

/// What `data/examples.txt` prints behind this name, which may stand there several times.
fn examples(name: &str) -> Vec<&'static str> {
    let lines = include_str!("data/examples.txt").lines();
    let found: Vec<_> = lines
        .filter_map(|line| line.strip_prefix(name))
        .map(str::trim)
        .collect();
    assert!(!found.is_empty(), "{name}");
    found
}

/// The rows of a table in `data`, its first line left out.
fn table(text: &str) -> Vec<Vec<String>> {
    let mut reader = ::csv::Reader::from_reader(text.as_bytes());
    let rows = reader
        .records()
        .map(|row| row.unwrap().iter().map(str::to_owned).collect());
    rows.collect()
}
