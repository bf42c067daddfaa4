//! Answers to READ on MQTT-SN connections, where a bare topic id may stand in the topic's place: what strangers wrote never ends them
//! early, on modules that quote, that do not, and that have not shown it.

use super::super::BodyEnd;
use super::super::replay::{Found, cut, sn_answer};
use super::*;

pub(super) const END: &str = "\r\n\r\nOK\r\n";

/// What the module writes: the topic as an id or a name, and a header that says of an id's length what it likes.
#[derive(Debug, Clone)]
pub(super) struct Answer {
    /// What stands in the topic's place.
    pub(super) topic: Vec<u8>,
    /// The length that the header gives an id; a name has its own.
    pub(super) id_length: Option<usize>,
    pub(super) payload: Vec<u8>,
    pub(super) quoted: bool,
    pub(super) spaced: bool,
}

impl Answer {
    pub(super) fn id(id: u16, id_length: usize, payload: &[u8], quoted: bool) -> Self {
        Self {
            topic: id.to_string().into_bytes(),
            id_length: Some(id_length),
            payload: payload.to_vec(),
            quoted,
            spaced: false,
        }
    }

    pub(super) fn name(topic: &[u8], payload: &[u8], quoted: bool) -> Self {
        Self {
            topic: topic.to_vec(),
            id_length: None,
            payload: payload.to_vec(),
            quoted,
            spaced: false,
        }
    }

    fn spaced(self) -> Self {
        Self { spaced: true, ..self }
    }

    pub(super) fn bytes(&self) -> Vec<u8> {
        sn_answer(&self.topic, self.id_length, &self.payload, self.quoted, self.spaced)
    }

    pub(super) fn size(&self) -> usize {
        self.topic.len() + self.payload.len()
    }

    /// The frame that it is, in a store of this size.
    pub(super) fn frame(&self, store: usize) -> Found {
        let header = ReadHeader {
            id: 101,
            topic_id: self.id_length.is_some(),
            or_short: self.id_length == Some(2) && self.topic.len() == 2 && !self.quoted,
            ..header(self.topic.len(), self.payload.len(), self.spaced)
        };
        let fits = self.size() <= store;
        let kept = |bytes: &[u8]| if fits { bytes.to_vec() } else { Vec::new() };
        Found::Message {
            header,
            end: if fits { BodyEnd::Stored } else { BodyEnd::TooLarge },
            topic: kept(&self.topic),
            payload: kept(&self.payload),
        }
    }

    /// As `frame`, but given up: it cannot be told from a message with a topic id.
    pub(super) fn doubtful(&self) -> Found {
        let header = header(self.topic.len(), self.payload.len(), self.spaced);
        Found::Message {
            header: ReadHeader { id: 101, ..header },
            end: BodyEnd::Malformed,
            topic: Vec::new(),
            payload: Vec::new(),
        }
    }

    /// Whether it may be given up: a name that begins like a topic id with its comma, in front of a payload with a line end, which may be where
    /// that message would end.
    pub(super) fn may_be_doubtful(&self) -> bool {
        let digits = self.topic.iter().take_while(|byte| byte.is_ascii_digit()).count();
        let begins_like_id = digits > 0 && self.topic.get(digits) == Some(&b',');
        let ends_line = self.payload.iter().any(|byte| matches!(byte, b'\r' | b'\n'));
        !self.quoted && self.id_length.is_none() && begins_like_id && ends_line
    }

    /// The frames to be found: this one, unless it may be given up and was.
    pub(super) fn frame_or_doubt(&self, store: usize, found: &[Found]) -> Found {
        if self.may_be_doubtful() && self.size() <= store && found.first() == Some(&self.doubtful()) {
            return self.doubtful();
        }
        self.frame(store)
    }
}

/// Payloads that look like syntax where syntax would be.
const PAYLOADS: [&[u8]; 9] = [
    b"",
    b"x",
    b",x",
    b"\"x\"",
    b"\"",
    b"\r\nOK\r\n+MQTTBREAK: 101,1\r\n",
    b"\",\"\r\nERROR\r\n\"",
    b"\x00\xff\r\n> ",
    b"+MQTTREAD: 101,1,2,3,7,\"\r\n",
];

/// What firmware may print as a topic id's length: nothing, its digits, the size on the air, the longest topic, the id itself.
fn lengths(id: u16) -> [usize; 6] {
    [0, id.to_string().len(), usize::from(id), 2, 255, 65535]
}

/// Whether a message with a topic id is framed exactly whatever it holds: where the module is known to quote, or the header
/// leaves no room for a name.
fn is_exact(answer: &Answer, known: Option<bool>) -> bool {
    let length = answer.id_length.unwrap_or(usize::MAX);
    known == Some(true) || length <= answer.topic.len()
}

/// Every way to cut it in two, and byte by byte.
fn every_cut(setup: Setup, bytes: &[u8], expected: &[Found], what: &str) {
    for at in 0..=bytes.len() {
        assert_eq!(setup.run(cut(bytes, &[at])).0, expected, "{what}, cut at {at}");
    }
    assert_eq!(setup.run(bytes.chunks(1)).0, expected, "{what}, byte by byte");
}

#[test]
fn a_topic_id_ends_at_its_comma_whatever_the_header_says_of_its_length() {
    for known in [Some(true), Some(false), None] {
        for quoted in [false, true] {
            if known.is_some_and(|known| known != quoted) {
                continue;
            }
            for id in [1, 7, 42, 300, 65535] {
                for (length, payload) in lengths(id).into_iter().flat_map(|l| PAYLOADS.map(|p| (l, p))) {
                    for answer in [
                        Answer::id(id, length, payload, quoted),
                        Answer::id(id, length, payload, quoted).spaced(),
                    ] {
                        // A comma just where a name would end leaves it open.
                        let gap = usize::from(answer.spaced);
                        let name_end = length.wrapping_sub(answer.topic.len() + 1 + gap + usize::from(quoted));
                        if !is_exact(&answer, known) && payload.get(name_end) == Some(&b',') {
                            continue;
                        }
                        let setup = Setup {
                            quoted: known,
                            ..Setup::PLAIN
                        };
                        let bytes = [&answer.bytes()[..], END.as_bytes()].concat();
                        let expected = [answer.frame(setup.store), Found::line("OK")];
                        assert_eq!(setup.found(&bytes), expected, "{known:?} {}", bytes.escape_ascii());
                    }
                }
            }
        }
    }
}

#[test]
fn every_cut_of_a_message_with_a_topic_id() {
    let payload = b",\"\r\nOK\r\n+MQTTBREAK: 101,1\r\n\",7,\"\xff\x00";
    for (id, length) in [(7, 0), (7, 1), (300, 2), (300, 300), (65535, 255), (9, 65535)] {
        for known in [Some(true), Some(false), None] {
            for quoted in [true, false]
                .into_iter()
                .filter(|quoted| known.is_none_or(|known| known == *quoted))
            {
                let setup = Setup {
                    quoted: known,
                    ..Setup::PLAIN
                };
                let plain = Answer::id(id, length, payload, quoted);
                for answer in [plain.clone(), plain.spaced()] {
                    for end in ["\nOK\n", "\r\nOK\r\n", END] {
                        let bytes = [b"\r\n", &answer.bytes()[..], end.as_bytes()].concat();
                        let expected = [answer.frame(setup.store), Found::line("OK")];
                        every_cut(setup, &bytes, &expected, &format!("{known:?} {answer:?}"));
                    }
                }
            }
        }
    }
}

#[test]
fn what_is_larger_than_the_store_is_counted_to_its_end() {
    let payload = b"\r\nOK\r\n,\"7,\"\r\n";
    for (known, quoted) in [(Some(true), true), (Some(false), false), (None, true), (None, false)] {
        for length in [0, 1, 2, 255, 65535] {
            let answer = Answer::id(65535, length, payload, quoted);
            let bytes = [&answer.bytes()[..], END.as_bytes()].concat();
            for store in 0..=answer.size() + 8 {
                let setup = Setup {
                    quoted: known,
                    store,
                    ..Setup::PLAIN
                };
                let expected = [answer.frame(store), Found::line("OK")];
                assert_eq!(setup.found(&bytes), expected, "store {store}, {known:?} {answer:?}");
            }
        }
    }
}

#[test]
fn names_that_begin_with_digits_are_names_where_lengths_say_so() {
    for name in [
        &b"7a"[..],
        b"123456",
        b"0",
        b"007",
        b"70000",
        b"7,a",
        b"12,34,56",
        b"7,\"a\"",
        b"65536,x",
    ] {
        for known in [Some(false), None] {
            for payload in PAYLOADS {
                let plain = Answer::name(name, payload, false);
                for answer in [plain.clone(), plain.spaced()] {
                    let setup = Setup {
                        quoted: known,
                        ..Setup::PLAIN
                    };
                    let bytes = [&answer.bytes()[..], END.as_bytes()].concat();
                    let found = setup.found(&bytes);
                    let expected = [answer.frame_or_doubt(setup.store, &found), Found::line("OK")];
                    assert_eq!(found, expected, "{known:?} {}", bytes.escape_ascii());
                }
            }
        }
    }
}

#[test]
fn a_name_cannot_pretend_to_be_a_topic_id_with_a_quoted_payload() {
    // The module does not quote and has not shown it. Were this topic 7 with a payload in quotes, the answer would end in the middle of
    // what a stranger wrote, at their own quote and line end, and a line of their making would follow.
    let line = b"\r\n+MQTTBREAK: 101,1\r\n";
    let topic = [&b"7,\""[..], &vec![b'a'; line.len()]].concat();
    for len in 0..40 {
        let payload = [&vec![b'b'; len][..], b"\"", line].concat();
        let answer = Answer::name(&topic, &payload, false);
        let bytes = [&answer.bytes()[..], END.as_bytes()].concat();
        // Which of the two it is cannot be told, so it is given up; but it is taken to its end.
        let expected = [answer.doubtful(), Found::line("OK")];
        assert_eq!(Setup::PLAIN.found(&bytes), expected, "{}", bytes.escape_ascii());
        // Where the module writes blanks, one would stand in front of that quote.
        let answer = answer.spaced();
        let bytes = [&answer.bytes()[..], END.as_bytes()].concat();
        let found = Setup::PLAIN.found(&bytes);
        let expected = [answer.frame_or_doubt(256, &found), Found::line("OK")];
        assert_eq!(found, expected, "{}", bytes.escape_ascii());
    }
}

#[test]
fn a_topic_id_is_given_up_where_a_payload_makes_it_look_like_a_name() {
    // The module does not quote, and says 2 of a topic id of one digit. A comma at the third place makes `7,` a name of that length.
    let known = Setup {
        quoted: Some(false),
        ..Setup::PLAIN
    };
    for setup in [known, Setup::PLAIN] {
        for after in [END, "\nOK\n"] {
            let answer = Answer::id(7, 2, b",b", false);
            let bytes = [&answer.bytes()[..], after.as_bytes()].concat();
            let (found, _) = setup.run([&bytes[..]]);
            let name = Answer::name(b"7,", b"b\r", false);
            assert_eq!(found, [name.doubtful(), Found::line("OK")], "{}", bytes.escape_ascii());
            // Without a line end at that place it is the name.
            let name = Answer::name(b"7,", b"bc", false);
            let bytes = [&name.bytes()[..], after.as_bytes()].concat();
            assert_eq!(setup.found(&bytes), [name.frame(256), Found::line("OK")]);
        }
    }
}

#[test]
fn digits_that_the_header_leaves_no_room_for_lose_no_line_end() {
    // What was read to see that this is no topic id is read again, all of it.
    let bytes = b"+MQTTREAD: 101,1,0,0,12345\nOK\n";
    let message = Found::Message {
        header: ReadHeader {
            id: 101,
            ..header(0, 0, false)
        },
        end: BodyEnd::Malformed,
        topic: Vec::new(),
        payload: Vec::new(),
    };
    assert_eq!(
        Setup::PLAIN.found(bytes),
        [message, Found::line("2345"), Found::line("OK")]
    );
}
