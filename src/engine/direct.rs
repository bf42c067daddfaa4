//! Messages that come in lines (`+MQTTMSG`; V1.3 and V1.0.1 section 1.9), where the caller chose that.

use super::{Engine, Stored};
use crate::codec::grammar;
use crate::command::ReceiveMode;
use crate::types::{Announcement, AnyConnectionId, TopicId, count};

impl Engine<'_> {
    /// Whether the line that has come carries a message, or what is left of one.
    pub(super) fn is_direct(&self) -> bool {
        self.receive_mode == ReceiveMode::Direct && self.decoder.line().starts_with(b"+MQTTMSG:")
    }

    /// Stores the message in the line, or notes that it was lost. `excess` bytes of the line found no room in the line buffer.
    pub(super) fn on_direct(&mut self, excess: usize) {
        let line = self.decoder.line();
        let Some((id, rest)) = grammar::direct_header(line) else {
            return;
        };
        let Some(id) = AnyConnectionId::new(id) else { return };
        let (size, message) = match grammar::direct_fields(rest) {
            // Not even the topic ended.
            None => (size(0, rest.len().saturating_add(excess)), None),
            Some((qos, topic, payload)) => match grammar::unquoted(payload) {
                Some(content) if excess == 0 => {
                    // Where payloads stand without quotes, two digits may be a short topic.
                    let or_short = topic.len() == 2 && content.len() == payload.len();
                    let payload = content;
                    let size = size(topic.len(), payload.len());
                    // Names are in quotes, ids are not; without quotes it may be either, and an id is what MQTT-SN sends.
                    let topic_id = id.is_sn() && !rest_is_quoted(rest) && grammar::is_topic_id(topic);
                    let message = Stored {
                        id,
                        qos,
                        size,
                        topic_id,
                    };
                    (size, Some((message, topic, payload, or_short)))
                }
                // Without its end it may be anything: a line end in the payload, or too long a line, has cut it.
                _ => {
                    let quotes = match (payload.first(), excess) {
                        (Some(b'"'), 0) => 1,
                        (Some(b'"'), _) => 2,
                        _ => 0,
                    };
                    let len = payload.len().saturating_add(excess).saturating_sub(quotes);
                    (size(topic.len(), len), None)
                }
            },
        };
        let stored = match message {
            Some((message, topic, payload, or_short)) => {
                let pushed = self.store.push(message, topic, payload);
                if message.topic_id && or_short {
                    self.store.unname(id, TopicId::from_digits(topic));
                }
                pushed
            }
            None => {
                self.store.lose(id, size);
                false
            }
        };
        if !stored {
            warning!("a message on connection {} was lost: {} bytes", id, size.size());
        }
        if let Some(connection) = self.connections.get_mut(id) {
            count(if stored {
                &mut connection.counters.received
            } else {
                &mut connection.counters.lost
            });
        }
    }
}

/// Whether the topic in `,qos,topic,payload` begins with a quote.
fn rest_is_quoted(rest: &[u8]) -> bool {
    let topic = rest.splitn(3, |byte| *byte == b',').nth(2);
    topic.is_some_and(|topic| topic.trim_ascii_start().starts_with(b"\""))
}

const fn size(topic_len: usize, payload_len: usize) -> Announcement {
    Announcement { topic_len, payload_len }
}
