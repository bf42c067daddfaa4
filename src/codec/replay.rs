//! Drives the decoder over recorded bytes and notes what it finds, for tests and fuzzing.

use super::grammar::ReadHeader;
use super::{BodyEnd, Decoder, Frame};

/// A frame, with the bytes it is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Found {
    Line(Vec<u8>),
    LongLine(Vec<u8>),
    Prompt,
    /// A message; topic and payload are empty unless it was stored.
    Message {
        header: ReadHeader,
        end: BodyEnd,
        topic: Vec<u8>,
        payload: Vec<u8>,
    },
}

impl Found {
    pub(crate) fn line(text: impl AsRef<[u8]>) -> Self {
        Self::Line(text.as_ref().to_vec())
    }
}

/// Pushes one read, as the engine does: until the decoder has taken all of it and has nothing more to say.
#[cfg(test)]
pub(crate) fn push(decoder: &mut Decoder<'_>, store: &mut [u8], read: &[u8]) -> Vec<Found> {
    push_and_keep(decoder, store, read, |_| false)
}

/// As `push`, and keeps the lines that are wanted as an answer.
pub(crate) fn push_and_keep(
    decoder: &mut Decoder<'_>,
    store: &mut [u8],
    read: &[u8],
    wanted: fn(&[u8]) -> bool,
) -> Vec<Found> {
    let mut found = Vec::new();
    let mut rest = read;
    loop {
        let (used, frame) = decoder.push(rest, store);
        assert!(used <= rest.len(), "took {used} of {} bytes", rest.len());
        rest = rest.get(used..).unwrap_or_default();
        let Some(frame) = frame else {
            assert!(
                rest.is_empty(),
                "stopped {} bytes before the end without a frame",
                rest.len()
            );
            return found;
        };
        found.push(match frame {
            Frame::Line => Found::line(decoder.line()),
            Frame::LongLine => Found::LongLine(decoder.line().to_vec()),
            Frame::Prompt => Found::Prompt,
            Frame::Message { header, end } => {
                let (topic, payload) = stored(store, &header, end);
                Found::Message {
                    header,
                    end,
                    topic,
                    payload,
                }
            }
        });
        if frame == Frame::Line && wanted(decoder.line()) {
            decoder.keep();
        }
    }
}

fn stored(store: &[u8], header: &ReadHeader, end: BodyEnd) -> (Vec<u8>, Vec<u8>) {
    if end != BodyEnd::Stored {
        return Default::default();
    }
    let message = store.get(..header.size().size());
    assert!(message.is_some(), "a message said to be stored does not fit the store");
    let parts = message.and_then(|message| message.split_at_checked(header.topic_len));
    parts.map_or_else(Default::default, |(topic, payload)| (topic.to_vec(), payload.to_vec()))
}

/// Splits `bytes` at these places, which need not be in order and may lie beyond the end.
pub(crate) fn cut<'a>(bytes: &'a [u8], places: &[usize]) -> Vec<&'a [u8]> {
    let mut places: Vec<usize> = places.iter().map(|&place| place.min(bytes.len())).collect();
    places.push(bytes.len());
    places.sort_unstable();
    let mut from = 0;
    let mut pieces = Vec::new();
    for place in places {
        pieces.extend(bytes.get(from..place));
        from = place;
    }
    pieces
}

/// The information line of an answer to `AT+MQTTREAD=1`, without line ends.
pub(crate) fn answer(topic: &[u8], payload: &[u8], quoted: bool, spaced: bool) -> Vec<u8> {
    let gap = if spaced { " " } else { "" };
    let quote: &[u8] = if quoted { b"\"" } else { b"" };
    let (tlen, plen) = (topic.len(), payload.len());
    let mut line = format!("+MQTTREAD: 1,{gap}1,{gap}{tlen},{gap}{plen},{gap}").into_bytes();
    for part in [quote, topic, quote, b",", gap.as_bytes(), quote, payload, quote] {
        line.extend_from_slice(part);
    }
    line
}

/// The same for `AT+MQTTREAD=101`: a name, or a bare topic id with what the module prints as its length.
pub(crate) fn sn_answer(topic: &[u8], id_length: Option<usize>, payload: &[u8], quoted: bool, spaced: bool) -> Vec<u8> {
    let gap = if spaced { " " } else { "" };
    let quote: &[u8] = if quoted { b"\"" } else { b"" };
    let topic_quote = if id_length.is_some() { b"" } else { quote };
    let (tlen, plen) = (id_length.unwrap_or(topic.len()), payload.len());
    let mut line = format!("+MQTTREAD: 101,{gap}1,{gap}{tlen},{gap}{plen},{gap}").into_bytes();
    let payload = [b",", gap.as_bytes(), quote, payload, quote];
    for part in [topic_quote, topic, topic_quote].into_iter().chain(payload) {
        line.extend_from_slice(part);
    }
    line
}

/// What stands around that line: an echo, what follows the echo, and what comes between the line and its result.
pub(crate) const FRAMINGS: [(&str, &str, &str); 5] = [
    ("", "", "\nOK\n"),
    ("", "", "\r\nOK\r\n"),
    ("", "\r\n", "\r\n\r\nOK\r\n"),
    ("AT+MQTTREAD=1", "\r\r\n", "\r\n\r\nOK\r\n"),
    ("AT+MQTTREAD=1", "\r\n", "\n\n\nOK\n"),
];
