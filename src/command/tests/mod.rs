//! Every command: its exact bytes, its answers as the manuals print them, and buffers that are too short.
#![allow(clippy::arithmetic_side_effects)]

mod answers;
mod any_bytes;
mod bytes;
mod cloud;
mod line;
mod network;
mod tls;

use atat::AtatCmd;

use super::*;
use crate::error::Field;
use crate::types::{ConnectionId, Escapes, QoS, Text, TopicFilter, TopicName};

const ID: ConnectionId = ConnectionId::FIRST;

fn text(text: &str) -> Text<'_> {
    Text::new(Field::Payload, text, Escapes::Unknown).unwrap()
}

fn escaped(text: &str) -> Text<'_> {
    Text::new(Field::Payload, text, Escapes::Hex).unwrap()
}

fn topic(topic: &str) -> TopicName<'_> {
    TopicName::new(topic).unwrap()
}

fn filter(filter: &str) -> TopicFilter<'_> {
    TopicFilter::new(filter).unwrap()
}

/// Checks that a command is this line with CR alone behind it, in a buffer that just holds it and in a larger one, and that a
/// shorter buffer stays as it is.
fn check<C: AtatCmd>(command: &C, expected: &str) {
    let expected = format!("{expected}\r").into_bytes();
    for spare in [0, 1, 100] {
        let mut buffer = vec![0xa5; expected.len() + spare];
        let len = command.write(&mut buffer);
        assert_eq!(
            buffer[..len].escape_ascii().to_string(),
            expected.escape_ascii().to_string()
        );
        assert!(buffer[len..].iter().all(|byte| *byte == 0xa5), "wrote behind its end");
    }
    for size in 0..expected.len() {
        let mut buffer = vec![0xa5; size];
        assert_eq!(command.write(&mut buffer), 0, "in {size} bytes");
        assert!(buffer.iter().all(|byte| *byte == 0xa5), "wrote into {size} bytes");
    }
}

/// What a command makes of an answer: its information lines, a CR LF between each two.
fn parse<C: AtatCmd>(command: &C, answer: impl AsRef<[u8]>) -> Option<C::Response> {
    match command.parse(Ok(answer.as_ref())) {
        Ok(response) => Some(response),
        Err(error) => {
            assert_eq!(error, atat::Error::Parse);
            None
        }
    }
}
