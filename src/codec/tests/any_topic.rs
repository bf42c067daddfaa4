//! Any message of an MQTT-SN connection in any cut, with a topic id or a name: the right frame where nothing is in doubt, and never a line
//! of a stranger's making.

use proptest::prelude::*;

use super::super::BodyEnd;
use super::super::replay::{Found, cut};
use super::bodies::content;
use super::topic_ids::{Answer, END};
use super::*;

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
        let whole = setup.run([&bytes[..]]).0;
        let mut expected = vec![answer.frame_or_doubt(setup.store, &whole)];
        expected.extend(behind.then(|| Found::line("+MQTTMSGI: 101,1,2,3")));
        expected.push(Found::line("OK"));
        for pieces in [vec![&bytes[..]], cut(&bytes, cuts), bytes.chunks(1).collect()] {
            prop_assert_eq!(&setup.run(pieces).0, &expected, "{}", bytes.escape_ascii());
        }
    }

    #[test]
    fn a_message_comes_out_as_it_was_or_is_given_up(case in cases().prop_map(unpinned_if_quoted)) {
        let Case { answer, .. } = &case;
        let bytes = [&answer.bytes()[..], END.as_bytes()].concat();
        let setup = Setup { store: bytes.len(), ..case.setup() };
        let found = setup.run([&bytes[..]]).0;
        // With the same digits a topic id and a name are one; where the module has not shown whether it quotes, so are a name with a comma and
        // a quote behind its digits and a topic id with a payload in quotes.
        let alike = |topic: &[u8]| topic == answer.topic || answer.topic.strip_suffix(b",\"") == Some(topic);
        match found.first() {
            Some(Found::Message { end: BodyEnd::Stored, topic, payload, .. }) if topic == &answer.topic => {
                prop_assert_eq!(payload, &answer.payload);
            }
            Some(Found::Message { end: BodyEnd::Stored, topic, .. }) => {
                prop_assert!(case.known.is_none() && alike(topic), "{found:?}");
            }
            Some(Found::Message { end, .. }) => prop_assert_eq!(*end, BodyEnd::Malformed),
            // It waits for more than there is, and is given up in time.
            other => prop_assert_eq!(other, None),
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
    fn whatever_a_message_holds_it_teaches_nothing_wrong_of_quotes(case in cases()) {
        let bytes = [&case.answer.bytes()[..], END.as_bytes()].concat();
        let shown = case.setup().run([&bytes[..]]).1;
        prop_assert!(shown.is_none_or(|quotes| quotes == case.answer.quoted), "{:?}", shown);
        prop_assert!(shown.is_some() || case.known.is_none());
    }
}
