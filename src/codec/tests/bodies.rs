//! Any message, in any cut: exactly one message with the right bytes, then the result, nothing else.

use proptest::prelude::*;

use super::super::BodyEnd;
use super::super::replay::{FRAMINGS, Found, cut};
use super::*;

/// What a payload may hold to pass for syntax, among any bytes.
pub(super) fn content(pieces: usize) -> impl Strategy<Value = Vec<u8>> {
    let hostile = prop::sample::select(vec![
        &b"\r\nOK\r\n"[..],
        b"\r\nERROR\r\n",
        b"\r\n+CME ERROR: 58\r\n",
        b"\r\n+MQTTBREAK: 1,1\r\n",
        b"\r\n+MQTTREAD: 1,0,0,0\r\n",
        b"\r\n+MQTTREAD: 1,1,1,4,",
        b"\r\n> ",
        b"\r\nOK\"",
        b"\",\"",
        b"\"",
        b",",
        b" ",
        b"\r",
        b"\n",
        b"O",
        b"K",
        b">",
        b"+",
    ]);
    let piece = prop_oneof![
        3 => hostile.prop_map(<[u8]>::to_vec),
        1 => prop::collection::vec(any::<u8>(), 0..6),
    ];
    prop::collection::vec(piece, 0..pieces).prop_map(|pieces| pieces.concat())
}

#[derive(Debug, Clone)]
struct Case {
    topic: Vec<u8>,
    payload: Vec<u8>,
    quoted: bool,
    spaced: bool,
    pinned: bool,
    framing: usize,
    /// Bytes that the store has more, or less, than it needs.
    spare: isize,
    cuts: Vec<usize>,
}

impl Case {
    fn bytes(&self) -> Vec<u8> {
        let (echo, before, after) = FRAMINGS[self.framing];
        let line = answer(&self.topic, &self.payload, self.quoted, self.spaced);
        [echo.as_bytes(), before.as_bytes(), &line, after.as_bytes()].concat()
    }

    fn setup(&self) -> Setup {
        let need = self.topic.len() + self.payload.len();
        Setup {
            store: need.saturating_add_signed(self.spare),
            quoted: self.pinned.then_some(self.quoted),
            ..Setup::PLAIN
        }
    }

    fn expected(&self) -> Vec<Found> {
        let mut expected = Vec::new();
        let (echo, ..) = FRAMINGS[self.framing];
        if !echo.is_empty() {
            expected.push(Found::line(echo));
        }
        let fits = self.setup().store >= self.topic.len() + self.payload.len();
        expected.push(if fits {
            message(&self.topic, &self.payload, self.spaced)
        } else {
            Found::Message {
                header: header(self.topic.len(), self.payload.len(), self.spaced),
                end: BodyEnd::TooLarge,
                topic: Vec::new(),
                payload: Vec::new(),
            }
        });
        expected.push(Found::line("OK"));
        expected
    }
}

fn cases() -> impl Strategy<Value = Case> {
    let shape = (any::<bool>(), any::<bool>(), any::<bool>(), 0..FRAMINGS.len());
    let spare = prop_oneof![-40isize..=8, Just(0), Just(-1)];
    let cuts = prop::collection::vec(0usize..200, 0..12);
    (content(5), content(12), shape, spare, cuts).prop_map(
        |(topic, payload, (quoted, spaced, pinned, framing), spare, cuts)| Case {
            topic,
            payload,
            quoted,
            spaced,
            pinned,
            framing,
            spare,
            cuts,
        },
    )
}

proptest! {
    #![proptest_config(config(2000))]

    #[test]
    fn content_is_never_syntax(case in cases()) {
        let bytes = case.bytes();
        let expected = case.expected();
        let stored = case.setup().store >= case.topic.len() + case.payload.len();
        let known = (case.pinned || stored).then_some(case.quoted);
        for pieces in [vec![&bytes[..]], cut(&bytes, &case.cuts), bytes.chunks(1).collect()] {
            let (found, quoted) = case.setup().run(pieces);
            prop_assert_eq!(&found, &expected, "{}", bytes.escape_ascii());
            // What one message has shown holds for the next, and nothing else is learnt.
            prop_assert_eq!(quoted, known);
        }
    }

    #[test]
    fn bytes_of_any_kind_in_any_cut_yield_the_same(
        bytes in prop::collection::vec(any::<u8>(), 0..200),
        hostile in content(12),
        cuts in prop::collection::vec(0usize..200, 0..12),
        store in 0usize..64,
        line in 0usize..64,
        (quoted, prompt) in (any::<Option<bool>>(), any::<bool>()),
    ) {
        for bytes in [bytes, hostile] {
            let setup = Setup { line, store, quoted, prompt };
            let whole = setup.run([&bytes[..]]);
            prop_assert_eq!(&setup.run(cut(&bytes, &cuts)), &whole);
            prop_assert_eq!(&setup.run(bytes.chunks(1)), &whole);
        }
    }
}

#[test]
fn every_single_cut_of_a_hostile_message() {
    let (topic, payload) = (
        &b"\"a\",\"b"[..],
        &b"\r\nOK\r\n+MQTTBREAK: 1,1\r\n>\",\"\r\nERROR\r\n\xff\x00"[..],
    );
    for quoted in [false, true] {
        for spaced in [false, true] {
            let bytes = [b"\r\n", &answer(topic, payload, quoted, spaced)[..], b"\r\n\r\nOK\r\n"].concat();
            for at in 0..=bytes.len() {
                let (found, known) = Setup::PLAIN.run(cut(&bytes, &[at]));
                assert_eq!(
                    found,
                    [message(topic, payload, spaced), Found::line("OK")],
                    "cut at {at}, quoted {quoted}, spaced {spaced}"
                );
                assert_eq!(known, Some(quoted));
            }
        }
    }
}

#[test]
fn a_message_larger_than_the_store_is_counted_to_its_end() {
    let payload = [&b"\r\nOK\r\n"[..]; 40].concat();
    for quoted in [false, true] {
        for store in [0, 1, 7, 8, 9, payload.len()] {
            let bytes = [&answer(b"t", &payload, quoted, false)[..], b"\r\n\r\nOK\r\n"].concat();
            let found = Setup { store, ..Setup::PLAIN }.found(&bytes);
            assert_eq!(found, [lost(1, payload.len(), BodyEnd::TooLarge), Found::line("OK")]);
        }
    }
}

#[test]
fn an_answer_that_nobody_awaits_is_still_collected_by_its_lengths() {
    for id in [1, 2, 101] {
        let mut answer = answer(b"t", b"\r\nOK\r\n", false, false);
        answer = [format!("+MQTTREAD: {id}").as_bytes(), &answer[b"+MQTTREAD: 1".len()..]].concat();
        let bytes = [&answer[..], b"\r\nOK\r\n", &answer, b"\r\n"].concat();
        let found = Setup::PLAIN.found(&bytes);
        let is_message = |found: &Found| matches!(found, Found::Message { header, .. } if header.id == id);
        assert!(is_message(&found[0]) && is_message(&found[2]), "{found:?}");
        assert_eq!((found.len(), &found[1]), (3, &Found::line("OK")));
    }
}

#[test]
fn nothing_stored_is_a_line() {
    let bytes = b"\r\n+MQTTREAD: 1,0,0,0\r\n\r\nOK\r\n";
    assert_eq!(Setup::PLAIN.found(bytes), lines(&["+MQTTREAD: 1,0,0,0", "OK"]));
}

#[test]
fn separators_that_do_not_stand_make_a_body_malformed() {
    // No comma where the topic ends; the body is still taken by its length.
    let bytes = b"+MQTTREAD: 1,1,3,2,abcdef\r\nOK\r\n";
    assert_eq!(
        Setup::PLAIN.found(bytes),
        [lost(3, 2, BodyEnd::Malformed), Found::line("OK")]
    );
    // Told that the module quotes, which this one does not.
    let told = Setup {
        quoted: Some(true),
        ..Setup::PLAIN
    };
    let bytes = b"+MQTTREAD: 1,1,3,2,abc,de\r\n\r\nOK\r\n";
    assert_eq!(told.found(bytes), [lost(3, 2, BodyEnd::Malformed), Found::line("OK")]);
}

#[test]
fn a_header_that_promises_too_much_waits_and_can_be_given_up() {
    let (mut line, mut store) = ([0; 64], [0; 8]);
    let mut decoder = Decoder::new(&mut line, None);
    assert_eq!(
        push(&mut decoder, &mut store, b"+MQTTREAD: 1,1,1048576,1048576,\r\nOK\r\n"),
        []
    );
    decoder.abandon_body();
    assert_eq!(push(&mut decoder, &mut store, b"\r\nOK\r\n"), lines(&["OK"]));
}

#[test]
fn a_header_that_promises_what_no_module_can_send_is_a_line() {
    let text = "+MQTTREAD: 1,1,1,1048577,";
    let bytes = format!("{text}\r\nOK\r\n");
    assert_eq!(Setup::PLAIN.found(bytes.as_bytes()), lines(&[text, "OK"]));
}
