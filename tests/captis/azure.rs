//! The Azure format.

use fibocom_mqtt::TopicName;
use fibocom_mqtt::profile::TooLarge;
use fibocom_mqtt::profile::captis::azure::{self, Reading, Reported, Telemetry, TelemetryKey};
use fibocom_mqtt::profile::captis::{Decimal, EventId, NotOnPlatform, Quantity, Timestamp};
use proptest::prelude::*;

use super::examples;

pub const DEVICE: &str = "89610180002902447763";

fn ctime() -> Timestamp {
    Timestamp::from_utc(2021, 11, 8, 6, 8, 36).unwrap()
}

/// What `data/topics.txt` has under this name.
pub fn topics(name: &str) -> Vec<String> {
    let lines = include_str!("data/topics.txt").lines();
    let found: Vec<_> = lines
        .filter_map(|line| line.strip_prefix(name)?.strip_prefix(' '))
        .map(|rest| rest.trim().split("  ").next().unwrap().to_owned())
        .filter(|topic| ["devices/", "$", "?"].iter().any(|begin| topic.starts_with(begin)))
        .collect();
    assert!(!found.is_empty(), "{name}");
    found
}

fn payloads(readings: &[Reading], max: usize) -> Vec<(Timestamp, String)> {
    let batches = Telemetry::batches(readings, max).map(Result::unwrap);
    batches
        .map(|telemetry| (telemetry.time(), telemetry.to_string()))
        .collect()
}

#[test]
fn cap_a_1_the_topic_has_the_time_so_each_time_is_published_alone() {
    let topic = azure::telemetry_topic(DEVICE, ctime()).unwrap();
    let topic = topic.as_str();
    assert_eq!(topic, examples("azure D2C topic")[0]);
    assert_eq!(topic, topics("D2C captis")[0]);
    assert!(TopicName::new(topic).is_ok());
    let reading = |second, quantity| {
        let time = Timestamp::from_unix(ctime().unix() + second);
        Reading::new(time, quantity, Decimal::from(1)).unwrap()
    };
    let readings = [
        reading(0, Quantity::Pulse1),
        reading(0, Quantity::Pulse2),
        reading(900, Quantity::Pulse1),
    ];
    let later = Timestamp::from_unix(ctime().unix() + 900);
    assert_eq!(
        payloads(&readings, 1024),
        [
            (ctime(), r#"{"I002": 1, "I137": 1}"#.to_owned()),
            (later, r#"{"I002": 1}"#.to_owned()),
        ]
    );
    assert!(azure::telemetry_topic(&"9".repeat(101), ctime()).is_ok());
    assert!(azure::telemetry_topic(&"9".repeat(160), ctime()).is_err());
}

#[test]
fn cap_a_2_the_body_is_one_object_of_measurements_and_event() {
    let readings = [
        Reading::new(ctime(), Quantity::BatteryVoltage, Decimal::new(347, 2)).unwrap(),
        Reading::with_key(ctime(), TelemetryKey::RSRP, Decimal::from(-91)),
        Reading::event(ctime(), EventId::CONFIG_CHANGED),
    ];
    let bodies = payloads(&readings, 1024);
    assert_eq!(bodies.len(), 1);
    assert_eq!(bodies[0].1, r#"{"I011": 3.47, "rsrp": -91, "event": "a00083-00012"}"#);
    // Two events of a time are two objects, since a key is in an object once.
    let events = [EventId::BOOT, EventId::POWER_UP].map(|event| Reading::event(ctime(), event));
    let bodies = payloads(&events, 1024);
    assert_eq!(bodies.len(), 2);
    assert_eq!(bodies[1].1, r#"{"event": "a00018-00002"}"#);
}

#[test]
fn cap_a_3_an_event_is_its_id() {
    let event = EventId::new(123, 123).unwrap();
    let bodies = payloads(&[Reading::event(ctime(), event)], 1024);
    assert_eq!(bodies[0].1, examples("azure event body")[0]);
}

#[test]
fn cap_a_4_there_are_38_keys() {
    let mut expected: Vec<String> = "I002 I003 I004 I011 I060 I060_1 I060_2 I060_3 I130 I137 I138 I144 I145 I149 I174 \
        I175 I176 I177 I189 I203 I204 I205 rsrp rsrq sinr m_sent m_stored tamper"
        .split_whitespace()
        .map(str::to_owned)
        .chain((1..=10).map(|register| format!("I115_{register}")))
        .collect();
    let mut keys: Vec<_> = TelemetryKey::all().map(TelemetryKey::as_str).collect();
    expected.sort();
    keys.sort();
    assert_eq!((keys.len(), keys), (38, expected.iter().map(String::as_str).collect()));
    for key in TelemetryKey::all() {
        assert_eq!(TelemetryKey::from_name(key.as_str()), Some(key));
        let reading = Reading::with_key(ctime(), key, Decimal::new(-125, 2));
        let body = &payloads(&[reading], 1024)[0].1;
        assert_eq!(body, &format!(r#"{{"{}": -1.25}}"#, key.as_str()));
    }
    // Which is which, of those that Cumulocity's table does not have.
    for (key, name) in [
        (TelemetryKey::RSRP, "rsrp"),
        (TelemetryKey::RSRQ, "rsrq"),
        (TelemetryKey::SINR, "sinr"),
        (TelemetryKey::SENT, "m_sent"),
        (TelemetryKey::STORED, "m_stored"),
        (TelemetryKey::TAMPER, "tamper"),
    ] {
        assert_eq!(key.as_str(), name);
    }
    for (quantity, name) in [
        (Quantity::Latitude, "I144"),
        (Quantity::Longitude, "I145"),
        (Quantity::Modbus1, "I115_1"),
        (Quantity::Modbus2, "I115_2"),
        (Quantity::Modbus3, "I115_3"),
        (Quantity::Modbus4, "I115_4"),
        (Quantity::Modbus5, "I115_5"),
        (Quantity::Modbus6, "I115_6"),
        (Quantity::Modbus7, "I115_7"),
        (Quantity::Modbus8, "I115_8"),
        (Quantity::Modbus9, "I115_9"),
        (Quantity::Modbus10, "I115_10"),
    ] {
        assert_eq!(quantity.azure_key(), Some(name));
    }
    let charging = TelemetryKey::of(Quantity::ChargeState).unwrap();
    assert_eq!(TelemetryKey::from_name("l205"), Some(charging));
    assert_eq!(TelemetryKey::from_name("I005"), None);
    // All of one time, in one publication of a size that the module takes.
    let readings: Vec<_> = TelemetryKey::all()
        .map(|key| Reading::with_key(ctime(), key, Decimal::new(-123_456, 2)))
        .collect();
    assert_eq!(payloads(&readings, 1024).len(), 1);
    // What only Cumulocity knows is refused by type.
    for quantity in [Quantity::Ph, Quantity::Orp, Quantity::Conductivity, Quantity::Humidity] {
        let refused = Reading::new(ctime(), quantity, Decimal::from(7));
        assert_eq!(refused, Err(NotOnPlatform { quantity }));
    }
}

#[test]
fn cap_q11_colons_are_as_in_the_specification_or_encoded() {
    let encoded = azure::telemetry_topic_encoded(DEVICE, ctime()).unwrap();
    assert_eq!(encoded.as_str(), examples("azure D2C topic")[0].replace(':', "%3A"));
    assert_eq!(encoded.matches("%3A").count(), 2);
    // The longest client id that placeholders may make still fits.
    assert!(azure::telemetry_topic_encoded(&"9".repeat(100), ctime()).is_ok());
}

#[test]
fn cap_q18_values_are_numbers_and_a_bool_where_one_is_passed() {
    let body = |reading: Reading| payloads(&[reading], 1024)[0].1.clone();
    let state = |value: Decimal| body(Reading::new(ctime(), Quantity::ChargeState, value).unwrap());
    assert_eq!(state(Decimal::from(true)), r#"{"I205": 1}"#);
    assert_eq!(state(Decimal::from(false)), r#"{"I205": 0}"#);
    let state = |value: bool| body(Reading::new(ctime(), Quantity::ChargeState, value).unwrap());
    assert_eq!(state(true), r#"{"I205": true}"#);
    assert_eq!(
        body(Reading::with_key(ctime(), TelemetryKey::TAMPER, Decimal::from(true))),
        r#"{"tamper": 1}"#
    );
    let cell = Reported {
        lac: Some(0xbeef),
        cell_id: Some(0),
        ..Reported::default()
    };
    assert_eq!(cell.to_string(), r#"{"LAC":"BEEF","cell_id":"0"}"#);
}

#[test]
fn a_publication_may_be_as_long_as_the_limit() {
    let pulse = |quantity| Reading::new(ctime(), quantity, Decimal::from(1)).unwrap();
    let readings = [pulse(Quantity::Pulse1), pulse(Quantity::Pulse2)];
    let both = r#"{"I002": 1, "I137": 1}"#;
    assert_eq!(payloads(&readings, both.len()), [(ctime(), both.to_owned())]);
    let bodies = payloads(&readings, both.len() - 1);
    assert_eq!(bodies.len(), 2);
    let one = r#"{"I002": 1}"#;
    assert_eq!(bodies[0].1, one);
    assert_eq!(payloads(&readings[..1], one.len()), [(ctime(), one.to_owned())]);
}

#[test]
fn a_reading_that_fits_into_no_publication_says_how_long_it_is() {
    let reading = Reading::event(ctime(), EventId::BOOT);
    let pulse = Reading::new(ctime(), Quantity::Pulse1, Decimal::from(1)).unwrap();
    let readings = [pulse, reading, pulse];
    let batches: Vec<_> = Telemetry::batches(&readings, 24).collect();
    assert_eq!(batches.len(), 3);
    assert!(batches[0].is_ok() && batches[2].is_ok());
    assert_eq!(batches[1], Err(TooLarge { needed: 25, max: 24 }));
}

proptest! {
    /// Every reading is published once and in order, in publications that fit, each of one time and with each key once.
    #[test]
    fn telemetry_is_cut_where_it_must_be(
        items in prop::collection::vec((0u64..3, 0usize..39, -1_000_000i64..1_000_000), 0..60),
        max in 40usize..400,
    ) {
        let readings: Vec<_> = items.iter().map(|(second, key, value)| {
            let time = Timestamp::from_unix(ctime().unix() + second);
            match TelemetryKey::all().nth(*key) {
                Some(key) => Reading::with_key(time, key, Decimal::new(*value, 2)),
                None => Reading::event(time, EventId::BOOT),
            }
        }).collect();
        let mut published = Vec::new();
        for telemetry in Telemetry::batches(&readings, max) {
            let telemetry = telemetry.unwrap();
            let body = telemetry.to_string();
            prop_assert!(body.len() <= max);
            let object: serde_json::Map<String, serde_json::Value> = serde_json::from_str(&body).unwrap();
            prop_assert_eq!(object.len(), telemetry.readings().len());
            for reading in telemetry.readings() {
                prop_assert_eq!(reading.time(), telemetry.time());
                published.push(*reading);
            }
        }
        prop_assert_eq!(published, readings);
    }
}
