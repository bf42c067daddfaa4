//! Tests of the decoder: what it finds must not depend on content, cuts, quoting or framing.
#![allow(clippy::arithmetic_side_effects)]

mod any_topic;
mod bodies;
mod digester;
mod encoding;
mod framing;
mod lines;
mod quoting;
mod reports;
mod topic_ids;
mod topics;
mod traces;

use super::grammar::ReadHeader;
pub(crate) use super::replay::answer;
use super::replay::{Found, push};
use super::{BodyEnd, Decoder};

use proptest::test_runner::Config;

/// So many cases, or more if PROPTEST_CASES asks for more.
pub(crate) fn config(cases: u32) -> Config {
    let asked = Config::default();
    Config {
        cases: asked.cases.max(cases),
        failure_persistence: None,
        ..asked
    }
}

/// What a decoder is told beforehand.
#[derive(Debug, Clone, Copy)]
struct Setup {
    line: usize,
    store: usize,
    quoted: Option<bool>,
    prompt: bool,
}

impl Setup {
    const PLAIN: Self = Self {
        line: 256,
        store: 256,
        quoted: None,
        prompt: false,
    };

    /// Runs a decoder over `pieces`. Returns what it found, and what it then knows of the module's quotes.
    fn run<'p>(self, pieces: impl IntoIterator<Item = &'p [u8]>) -> (Vec<Found>, Option<bool>) {
        let mut line = vec![0; self.line];
        let mut store = vec![0; self.store];
        let mut decoder = Decoder::new(&mut line, self.quoted);
        decoder.expect_prompt(self.prompt);
        let mut found = Vec::new();
        for piece in pieces {
            found.extend(push(&mut decoder, &mut store, piece));
        }
        (found, decoder.quoted())
    }

    /// Runs a decoder over `bytes` in reads of each size, checks that it finds the same, and returns that.
    fn found(self, bytes: &[u8]) -> Vec<Found> {
        let (whole, _) = self.run([bytes]);
        for size in [1, 2, 3, 7, 64] {
            let (pieces, _) = self.run(bytes.chunks(size));
            assert_eq!(pieces, whole, "in reads of {size} bytes: {}", bytes.escape_ascii());
        }
        whole
    }
}

fn lines(texts: &[&str]) -> Vec<Found> {
    texts.iter().map(Found::line).collect()
}

/// A message that was stored.
fn message(topic: &[u8], payload: &[u8], spaced: bool) -> Found {
    Found::Message {
        header: header(topic.len(), payload.len(), spaced),
        end: BodyEnd::Stored,
        topic: topic.to_vec(),
        payload: payload.to_vec(),
    }
}

/// A message that was not.
fn lost(topic_len: usize, payload_len: usize, end: BodyEnd) -> Found {
    Found::Message {
        header: header(topic_len, payload_len, false),
        end,
        topic: Vec::new(),
        payload: Vec::new(),
    }
}

fn header(topic_len: usize, payload_len: usize, spaced: bool) -> ReadHeader {
    ReadHeader {
        id: 1,
        qos: 1,
        topic_len,
        payload_len,
        spaced,
        topic_id: false,
        or_short: false,
    }
}
