//! Answers to READ on MQTT-SN connections, where a bare topic id may stand in the topic's place: what strangers wrote never ends them
//! early (law 1), on modules that quote, that do not, and that have not shown it.

use proptest::prelude::*;

use super::super::BodyEnd;
use super::super::replay::{Found, cut};
use super::bodies::content;
use super::*;

const END: &str = "\r\n\r\nOK\r\n";

/// What the module writes: the topic as an id or a name, and a header that says of an id's length what it likes.
#[derive(Debug, Clone)]
struct Answer {
    /// What stands in the topic's place.
    topic: Vec<u8>,
    /// The length that the header gives an id; a name has its own.
    id_length: Option<usize>,
    payload: Vec<u8>,
    quoted: bool,
    spaced: bool,
}

impl Answer {
    fn id(id: u16, id_length: usize, payload: &[u8], quoted: bool) -> Self {
        Self {
            topic: id.to_string().into_bytes(),
            id_length: Some(id_length),
            payload: payload.to_vec(),
            quoted,
            spaced: false,
        }
    }

    fn name(topic: &[u8], payload: &[u8], quoted: bool) -> Self {
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

    fn bytes(&self) -> Vec<u8> {
        let gap = if self.spaced { " " } else { "" };
        let quote: &[u8] = if self.quoted { b"\"" } else { b"" };
        let topic_quote = if self.id_length.is_some() { b"" } else { quote };
        let (tlen, plen) = (self.id_length.unwrap_or(self.topic.len()), self.payload.len());
        let head = format!("+MQTTREAD: 101,{gap}1,{gap}{tlen},{gap}{plen},{gap}");
        let payload = [b",", gap.as_bytes(), quote, &self.payload, quote].concat();
        [head.as_bytes(), topic_quote, &self.topic, topic_quote, &payload].concat()
    }

    fn size(&self) -> usize {
        self.topic.len() + self.payload.len()
    }

    /// The frame that it is, in a store of this size.
    fn frame(&self, store: usize) -> Found {
        let header = ReadHeader {
            id: 101,
            topic_id: self.id_length.is_some(),
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
                    let expected = [answer.frame(setup.store), Found::line("OK")];
                    assert_eq!(setup.found(&bytes), expected, "{known:?} {}", bytes.escape_ascii());
                }
            }
        }
    }
}

/// The lines that are found in a message from a module that does not quote, whatever was taken for the message.
fn leaked(setup: Setup, answer: &Answer) -> Option<Vec<u8>> {
    let bytes = [&answer.bytes()[..], END.as_bytes()].concat();
    let whole = setup.run([&bytes[..]]).0;
    assert_eq!(setup.run(bytes.chunks(1)).0, whole, "{answer:?}");
    whole.into_iter().find_map(|found| match found {
        // What is left of the module's own line if more was taken for the message.
        Found::Line(line) | Found::LongLine(line) if b"OK".ends_with(&line) => None,
        Found::Line(line) | Found::LongLine(line) => Some(line),
        Found::Prompt => Some(b">".to_vec()),
        Found::Message { .. } => None,
    })
}

/// Every text over an alphabet up to a length.
fn texts(alphabet: &[u8], longest: usize) -> Vec<Vec<u8>> {
    let mut all = vec![Vec::new()];
    let mut last = all.clone();
    for _ in 0..longest {
        last = last
            .iter()
            .flat_map(|text| alphabet.iter().map(move |byte| [&text[..], &[*byte]].concat()))
            .collect();
        all.extend(last.iter().cloned());
    }
    all
}

#[test]
fn no_small_message_leaks_a_line_from_a_module_that_does_not_quote() {
    let payloads = texts(b",\"\nx", 4);
    let names: Vec<_> = texts(b"7,\"x", 4)
        .into_iter()
        .map(|rest| [b"7", &rest[..]].concat())
        .collect();
    for known in [Some(false), None] {
        let setup = Setup {
            line: 64,
            store: 32,
            quoted: known,
            prompt: true,
        };
        for payload in &payloads {
            // Only what has a line end can leak one.
            if !payload.contains(&b'\n') {
                continue;
            }
            for name in &names {
                let answer = Answer::name(name, payload, false);
                assert_eq!(leaked(setup, &answer), None, "{known:?} {answer:?}");
            }
            for length in 0..16 {
                let answer = Answer::id(7, length, payload, false);
                assert_eq!(leaked(setup, &answer), None, "{known:?} {answer:?}");
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
        let plain = Answer::name(&topic, &payload, false);
        for answer in [plain.clone(), plain.spaced()] {
            let bytes = [&answer.bytes()[..], END.as_bytes()].concat();
            let expected = [answer.frame(256), Found::line("OK")];
            assert_eq!(Setup::PLAIN.found(&bytes), expected, "{}", bytes.escape_ascii());
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

#[derive(Debug, Clone)]
struct Case {
    answer: Answer,
    known: Option<bool>,
    spare: isize,
    cuts: Vec<usize>,
}

impl Case {
    fn setup(&self) -> Setup {
        Setup {
            store: self.answer.size().saturating_add_signed(self.spare),
            quoted: self.known,
            ..Setup::PLAIN
        }
    }
}

fn name() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop::sample::select(vec![
        "7", "42", "65535", ",", "\"", "a", "/", ",\"", "\",\"", "OK", "+MQTT",
    ]);
    prop::collection::vec(piece, 1..12).prop_map(|pieces| pieces.concat().into_bytes())
}

fn cases() -> impl Strategy<Value = Case> {
    let topic = prop_oneof![
        (1u16.., prop_oneof![0usize..24, 0usize..300, Just(65535)])
            .prop_map(|(id, length)| (id.to_string().into_bytes(), Some(length))),
        (1u16..100, 0usize..24).prop_map(|(id, length)| (id.to_string().into_bytes(), Some(length))),
        name().prop_map(|name| (name, None)),
    ];
    let shape = (any::<bool>(), any::<bool>(), any::<bool>());
    let spare = prop_oneof![-20isize..=8, Just(0), Just(-1)];
    let cuts = prop::collection::vec(0usize..200, 0..8);
    (topic, content(10), shape, spare, cuts).prop_map(
        |((topic, id_length), payload, (quoted, spaced, pinned), spare, cuts)| Case {
            answer: Answer {
                topic,
                id_length,
                payload,
                quoted,
                spaced,
            },
            known: pinned.then_some(quoted),
            spare,
            cuts,
        },
    )
}

/// The case nearest to this one in which nothing is in doubt.
fn made_exact(mut case: Case) -> Case {
    let answer = &mut case.answer;
    match &mut answer.id_length {
        Some(length) if case.known != Some(true) => *length = (*length).min(answer.topic.len()),
        // A name that is nothing but a topic id's digits is one for whoever reads it, in the same frame; and before the module has shown that it
        // does not quote, so is one with a comma and a quote behind them.
        None if !answer.quoted => {
            let name = answer.topic.strip_suffix(b",\"").unwrap_or(&answer.topic);
            if name.iter().all(u8::is_ascii_digit) {
                answer.topic.push(b'a');
            }
        }
        _ => {}
    }
    case
}

/// As `case`, but that a module which quotes has not shown it.
fn unpinned_if_quoted(case: Case) -> Case {
    let known = case.known.filter(|_| !case.answer.quoted);
    Case { known, ..case }
}

proptest! {
    #![proptest_config(config(4000))]

    #[test]
    fn framing_is_exact_where_it_can_be(case in cases().prop_map(made_exact), behind in any::<bool>()) {
        let Case { answer, cuts, .. } = &case;
        let lines = if behind { "\r\n\r\n+MQTTMSGI: 101,1,2,3\r\n\r\nOK\r\n" } else { END };
        let bytes = [&answer.bytes()[..], lines.as_bytes()].concat();
        let setup = case.setup();
        let mut expected = vec![answer.frame(setup.store)];
        expected.extend(behind.then(|| Found::line("+MQTTMSGI: 101,1,2,3")));
        expected.push(Found::line("OK"));
        for pieces in [vec![&bytes[..]], cut(&bytes, cuts), bytes.chunks(1).collect()] {
            prop_assert_eq!(&setup.run(pieces).0, &expected, "{}", bytes.escape_ascii());
        }
    }

    #[test]
    fn nothing_of_a_message_comes_out_as_a_line(case in cases().prop_map(unpinned_if_quoted)) {
        let Case { answer, .. } = &case;
        // The letters of the module's own line are left out, so that what leaks can be told.
        let masked = |bytes: &[u8]| bytes.iter().map(|byte| if b"OK".contains(byte) { b'x' } else { *byte }).collect();
        let answer = Answer { topic: masked(&answer.topic), payload: masked(&answer.payload), ..answer.clone() };
        prop_assert_eq!(leaked(case.setup(), &answer), None);
    }

    #[test]
    fn a_message_with_a_topic_id_teaches_nothing_of_quotes(id in 1u16.., case in cases()) {
        let length = case.answer.id_length.unwrap_or(2);
        let answer = Answer { spaced: case.answer.spaced, ..Answer::id(id, length, &case.answer.payload, case.answer.quoted) };
        let case = Case { answer, ..case };
        let bytes = [&case.answer.bytes()[..], END.as_bytes()].concat();
        prop_assert_eq!(case.setup().run([&bytes[..]]).1, case.known);
    }
}
