//! The 308 events.

use std::collections::BTreeMap;

use fibocom_mqtt::profile::captis::{Event, EventId, LinkEvent, NotAnEvent};
use proptest::prelude::*;

use super::{examples, table, time};

/// `line, id, major, minor, type, printed label, whether that lacks zeros, description`.
fn rows() -> Vec<Vec<String>> {
    let rows = table(include_str!("data/events.csv"));
    assert_eq!(rows.len(), 308);
    rows
}

/// The rows with a number in place of the `X`, for each digit that it may be.
fn numbered() -> Vec<(String, String, String, String)> {
    let mut all = Vec::new();
    for row in rows() {
        let digits: Vec<_> = if row[1].ends_with('X') {
            (0..=9).collect()
        } else {
            vec![0]
        };
        for digit in digits {
            let with = |text: &str| match row[1].ends_with('X') {
                true => text.replace('X', &digit.to_string()),
                false => text.to_owned(),
            };
            all.push((with(&row[1]), with(&row[4]), with(&row[5]), row[7].clone()));
        }
    }
    assert_eq!(all.len(), 301 + 70);
    all
}

#[test]
fn cap_ev_1_every_event_goes_by_its_id_and_by_its_type() {
    for (id, kind, _, description) in numbered() {
        let event: EventId = id.parse().unwrap();
        assert_eq!(event.to_string(), id);
        assert_eq!(EventId::from_type(&kind), Ok(event), "{kind}");
        assert_eq!(event.event_type().to_string(), kind);
        assert_eq!(event.description().unwrap().to_string(), description, "{id}");
        assert_eq!(
            Event::new(event, Some(time())).to_string(),
            format!("{id},2018-10-10T10:21:03Z")
        );
        let (major, minor) = event.numbers();
        assert_eq!(EventId::new(major, minor), Some(event));
    }
    let mut listed: Vec<_> = EventId::all().map(|event| event.to_string()).collect();
    let mut expected: Vec<_> = numbered().into_iter().map(|(id, ..)| id).collect();
    listed.sort();
    expected.sort();
    assert_eq!(listed, expected);
}

#[test]
fn cap_q01_ids_count_and_a_label_without_zeros_is_only_how_the_list_prints_it() {
    let mut meant: BTreeMap<String, Vec<EventId>> = BTreeMap::new();
    let mut deviating = 0;
    for row in rows().iter().filter(|row| !row[1].ends_with('X')) {
        let event: EventId = row[1].parse().unwrap();
        assert_eq!(event.printed_label().to_string(), row[5], "{}", row[1]);
        assert_eq!(event.event_type().to_string(), row[4]);
        assert_eq!(row[6] == "yes", row[4] != row[5]);
        deviating += usize::from(row[4] != row[5]);
        meant.entry(row[5].clone()).or_default().push(event);
    }
    assert_eq!(deviating, 73);
    let ambiguous = meant.values().filter(|events| events.len() > 1);
    assert_eq!(ambiguous.count(), 29);
    assert_eq!(meant["alarm64-1"].len(), 4);
    // A label that lacks zeros is a type only of another event, or of none.
    let boot = EventId::BOOT.printed_label().to_string();
    assert_eq!(
        (boot.as_str(), EventId::from_type(&boot)),
        ("alarm18-", Err(NotAnEvent))
    );
}

#[test]
fn cap_q02_the_id_has_five_and_five_digits_on_both_platforms() {
    let body: serde_json::Value = serde_json::from_str(examples("azure event body")[0]).unwrap();
    let id = body["event"].as_str().unwrap();
    let event: EventId = id.parse().unwrap();
    assert_eq!((event.numbers(), event.to_string().as_str()), ((123, 123), id));
    // It is the manual's example and no event of its list.
    assert_eq!(event.description(), None);
    for text in [
        "a0123-0123",
        "a1-2",
        "a00123_00123",
        "b00123-00123",
        "a001234-0123",
        "a00123-0012X",
        "a00123-+0123",
        "",
    ] {
        assert_eq!(text.parse::<EventId>(), Err(NotAnEvent), "{text}");
    }
    for text in [
        "alarm",
        "alarm64",
        "alarm64-",
        "alarm64-010",
        "alarm064-1",
        "alarm64-X",
        "Alarm64-1",
        "alarm123456-1",
    ] {
        assert_eq!(EventId::from_type(text), Err(NotAnEvent), "{text}");
    }
    assert_eq!(EventId::new(99_999, 99_999).unwrap().to_string(), "a99999-99999");
    assert_eq!((EventId::new(100_000, 0), EventId::new(0, 100_000)), (None, None));
}

#[test]
fn the_families_carry_the_number_of_a_network_or_a_server() {
    let families: Vec<_> = rows().into_iter().filter(|row| row[1].ends_with('X')).collect();
    assert_eq!((families.len(), LinkEvent::ALL.len()), (7, 7));
    for (row, &family) in families.iter().zip(LinkEvent::ALL) {
        assert_eq!(family.text(), row[7]);
        for digit in 0..=9 {
            let event = family.on(digit).unwrap();
            assert_eq!(event.to_string(), row[1].replace('X', &digit.to_string()));
            assert_eq!(LinkEvent::of(event), Some(family));
        }
        assert_eq!(family.on(10), None);
        assert_eq!(LinkEvent::of(EventId::new(91, 10).unwrap()), None);
    }
    assert_eq!(LinkEvent::of(EventId::BOOT), None);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..Default::default() })]

    /// What is not listed keeps its numbers, too.
    #[test]
    fn any_two_numbers_come_back(major in 0u32..=99_999, minor in 0u32..=99_999) {
        let event = EventId::new(major, minor).unwrap();
        prop_assert_eq!(event.to_string().parse(), Ok(event));
        prop_assert_eq!(EventId::from_type(&event.event_type().to_string()), Ok(event));
        prop_assert_eq!(event.description().is_some(), EventId::all().any(|listed| listed == event));
    }

    #[test]
    fn no_text_is_an_event_by_accident(text in "\\PC{0,16}|a[0-9X-]{0,12}|alarm[0-9-]{0,12}") {
        if let Ok(event) = text.parse::<EventId>() {
            prop_assert_eq!(event.to_string(), &*text);
        }
        if let Ok(event) = EventId::from_type(&text) {
            prop_assert_eq!(event.event_type().to_string(), text);
        }
    }
}
