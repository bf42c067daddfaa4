//! What the topic ids of MQTT-SN connections stand for, as far as there is room to remember it.

use crate::types::{AnyConnectionId, TopicId};

/// In front of each name: the connection's place, two bytes of topic id, and the length.
const HEADER: usize = 4;

/// Memory for the names behind topic ids, for [`Buffers::topics`](crate::Buffers::topics).
///
/// The module keeps five registrations per MQTT-SN connection. The driver notes those that it makes, and those that the gateway makes
/// unasked, each with 4 bytes and the length of its name. One that finds no room stays a number.
///
/// ```
/// use fibocom_mqtt::{Buffers, TopicNames};
///
/// let (mut line, mut message, mut transmit, mut names) = ([0; 300], [0; 1279], [0; 1400], [0; 5 * (4 + 32)]);
/// let mut topics = TopicNames::new(&mut names);
/// let buffers = Buffers::new(&mut line, &mut message, &mut transmit).topics(&mut topics);
/// # let _ = buffers;
/// ```
#[derive(Debug)]
pub struct TopicNames<'b> {
    buffer: &'b mut [u8],
    used: usize,
}

impl<'b> TopicNames<'b> {
    /// Room for as many names as fit.
    pub const fn new(buffer: &'b mut [u8]) -> Self {
        Self { buffer, used: 0 }
    }

    fn entries(&self) -> impl Iterator<Item = Entry<'_>> {
        let mut rest = self.buffer.get(..self.used).unwrap_or_default();
        let mut at = 0usize;
        core::iter::from_fn(move || {
            let (&[place, low, high, len], behind) = rest.split_first_chunk::<HEADER>()?;
            let (name, behind) = behind.split_at_checked(usize::from(len))?;
            let begin = at;
            at = at.saturating_add(HEADER).saturating_add(name.len());
            rest = behind;
            Some(Entry {
                place,
                topic: TopicId::new(u16::from_le_bytes([low, high])).ok()?,
                name,
                begin,
                end: at,
            })
        })
    }

    /// Takes out the first entry that is not wanted, if there is one.
    fn drop_one(&mut self, unwanted: impl Fn(&Entry<'_>) -> bool) -> bool {
        let found = self.entries().find(unwanted).map(|entry| (entry.begin, entry.end));
        let Some((begin, end)) = found else { return false };
        self.buffer.copy_within(end..self.used, begin);
        self.used = self.used.saturating_sub(end.saturating_sub(begin));
        true
    }
}

struct Entry<'e> {
    /// Of the connection.
    place: u8,
    topic: TopicId,
    name: &'e [u8],
    begin: usize,
    end: usize,
}

/// What the engine wants of it: behind a pointer, so that a program without MQTT-SN does not carry the code.
pub(crate) trait Names: Send {
    /// From now on this topic id stands for this name.
    fn note(&mut self, connection: AnyConnectionId, topic: TopicId, name: &[u8]);
    /// What this topic id stands for is not known.
    fn forget_topic(&mut self, connection: AnyConnectionId, topic: TopicId);
    /// Nothing is known of this connection any more.
    fn forget(&mut self, connection: AnyConnectionId);
    /// The name behind a topic id, if it is known.
    fn name(&self, connection: AnyConnectionId, topic: TopicId) -> Option<&[u8]>;
    /// What is known of this connection, in order.
    fn nth(&self, connection: AnyConnectionId, n: usize) -> Option<(TopicId, &[u8])>;
}

fn place(connection: AnyConnectionId) -> u8 {
    connection.index() as u8
}

impl Names for TopicNames<'_> {
    fn note(&mut self, connection: AnyConnectionId, topic: TopicId, name: &[u8]) {
        if self.name(connection, topic) == Some(name) {
            return;
        }
        // Also if the new name finds no room: the former one is wrong.
        self.forget_topic(connection, topic);
        let Ok(len) = u8::try_from(name.len()) else { return };
        let [low, high] = topic.get().to_le_bytes();
        let free = self.buffer.get_mut(self.used..).unwrap_or_default();
        let Some((header, behind)) = free.split_first_chunk_mut::<HEADER>() else {
            return;
        };
        let Some(room) = behind.get_mut(..name.len()) else {
            return;
        };
        room.copy_from_slice(name);
        *header = [place(connection), low, high, len];
        self.used = self.used.saturating_add(HEADER).saturating_add(name.len());
    }

    fn forget_topic(&mut self, connection: AnyConnectionId, topic: TopicId) {
        while self.drop_one(|entry| entry.place == place(connection) && entry.topic == topic) {}
    }

    fn forget(&mut self, connection: AnyConnectionId) {
        while self.drop_one(|entry| entry.place == place(connection)) {}
    }

    fn name(&self, connection: AnyConnectionId, topic: TopicId) -> Option<&[u8]> {
        let mut entries = self.entries();
        let found = entries.find(|entry| entry.place == place(connection) && entry.topic == topic)?;
        Some(found.name)
    }

    fn nth(&self, connection: AnyConnectionId, n: usize) -> Option<(TopicId, &[u8])> {
        let mut entries = self.entries().filter(|entry| entry.place == place(connection));
        entries.nth(n).map(|entry| (entry.topic, entry.name))
    }
}

#[cfg(test)]
#[allow(clippy::arithmetic_side_effects)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::types::SnConnectionId;

    const ONE: AnyConnectionId = AnyConnectionId::Sn(SnConnectionId::FIRST);
    const TWO: AnyConnectionId = AnyConnectionId::Sn(SnConnectionId::SECOND);

    fn id(number: u16) -> TopicId {
        TopicId::new(number).unwrap()
    }

    #[test]
    fn names_are_kept_by_connection_and_replaced() {
        let mut buffer = [0; 40];
        let mut names = TopicNames::new(&mut buffer);
        names.note(ONE, id(1), b"plant/1");
        names.note(TWO, id(1), b"plant/2");
        names.note(ONE, id(65535), b"");
        assert_eq!(names.name(ONE, id(1)), Some(&b"plant/1"[..]));
        assert_eq!(names.name(TWO, id(1)), Some(&b"plant/2"[..]));
        assert_eq!(names.name(TWO, id(2)), None);
        names.note(ONE, id(1), b"other");
        assert_eq!(names.name(ONE, id(1)), Some(&b"other"[..]));
        assert_eq!(names.nth(ONE, 0), Some((id(65535), &b""[..])));
        assert_eq!(names.nth(ONE, 1), Some((id(1), &b"other"[..])));
        assert_eq!(names.nth(ONE, 2), None);
        names.forget(ONE);
        assert_eq!(names.nth(ONE, 0), None);
        assert_eq!(names.name(TWO, id(1)), Some(&b"plant/2"[..]));
    }

    #[test]
    fn a_name_without_room_is_not_known_and_no_other_is_said_in_its_place() {
        for size in 0..11 {
            let mut buffer = vec![0; size];
            let mut names = TopicNames::new(&mut buffer);
            names.note(ONE, id(7), b"plant/7");
            assert_eq!(names.name(ONE, id(7)), None, "{size}");
        }
        let mut buffer = [0; 300];
        let mut names = TopicNames::new(&mut buffer);
        names.note(ONE, id(7), b"short");
        names.note(ONE, id(7), &[b'x'; 256]);
        assert_eq!(names.name(ONE, id(7)), None);
        names.note(ONE, id(7), &[b'x'; 255]);
        assert_eq!(names.name(ONE, id(7)).map(<[u8]>::len), Some(255));
        names.note(ONE, id(8), &[b'y'; 38]);
        assert_eq!(names.name(ONE, id(8)), None);
        names.note(ONE, id(8), &[b'y'; 37]);
        assert_eq!(names.name(ONE, id(8)).map(<[u8]>::len), Some(37));
    }

    #[derive(Debug, Clone)]
    enum Step {
        Note(bool, u16, Vec<u8>),
        ForgetTopic(bool, u16),
        Forget(bool),
    }

    fn steps() -> impl Strategy<Value = Vec<Step>> {
        let name = proptest::collection::vec(any::<u8>(), 0..12);
        let name = prop_oneof![9 => name, 1 => proptest::collection::vec(any::<u8>(), 250..260)];
        let note = (any::<bool>(), 1..6u16, name).prop_map(|(first, id, name)| Step::Note(first, id, name));
        let forget_topic = (any::<bool>(), 1..6u16).prop_map(|(first, id)| Step::ForgetTopic(first, id));
        let step = prop_oneof![6 => note, 2 => forget_topic, 1 => any::<bool>().prop_map(Step::Forget)];
        proptest::collection::vec(step, 0..60)
    }

    proptest! {
        #[test]
        fn whatever_is_noted_and_forgotten_each_id_has_its_last_name_or_none(len in 0..400usize, steps in steps()) {
            let mut buffer = vec![0; len];
            let mut names = TopicNames::new(&mut buffer);
            let mut known: Vec<(AnyConnectionId, TopicId, Vec<u8>)> = Vec::new();
            let connection = |first| if first { ONE } else { TWO };
            for step in steps {
                match step {
                    Step::Note(first, number, name) => {
                        let (on, topic) = (connection(first), id(number));
                        names.note(on, topic, &name);
                        if !known.contains(&(on, topic, name.clone())) {
                            known.retain(|(a, b, _)| (*a, *b) != (on, topic));
                            let used: usize = known.iter().map(|(.., name)| 4 + name.len()).sum();
                            if name.len() < 256 && used + 4 + name.len() <= len {
                                known.push((on, topic, name));
                            }
                        }
                    }
                    Step::ForgetTopic(first, number) => {
                        names.forget_topic(connection(first), id(number));
                        known.retain(|(a, b, _)| (*a, *b) != (connection(first), id(number)));
                    }
                    Step::Forget(first) => {
                        names.forget(connection(first));
                        known.retain(|(a, ..)| *a != connection(first));
                    }
                }
                for on in [ONE, TWO] {
                    let listed: Vec<_> = (0..).map_while(|n| names.nth(on, n)).collect();
                    let of = known.iter().filter(|(a, ..)| *a == on);
                    let expected: Vec<_> = of.map(|(_, topic, name)| (*topic, &name[..])).collect();
                    prop_assert_eq!(listed, expected);
                    for number in 1..6 {
                        let expected = known.iter().find(|(a, b, _)| (*a, *b) == (on, id(number)));
                        prop_assert_eq!(names.name(on, id(number)), expected.map(|(.., name)| &name[..]));
                    }
                }
            }
        }
    }
}
