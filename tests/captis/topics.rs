//! Topics and placeholders.

use fibocom_mqtt::profile::captis::{Identity, MAX_EXPANDED, Topic, Topics};
use fibocom_mqtt::{Field, InvalidInput, TopicFilter, TopicName};
use proptest::prelude::*;

use super::{CCID, IMEI, examples, identity};

/// The topic's key and its default, and that it can be set by that key to one with a placeholder.
fn check(topic: Topic, key: &str, default: &str) {
    assert_eq!((topic.key(), topic.default_name()), (key, default));
    assert_eq!(Topic::of_key(key), Some(topic));
    assert_eq!(Topics::new().name(topic, &identity()).unwrap(), default);
    let topics = Topics::new().set(topic, "d/%IMEI%/x");
    assert_eq!(topics.template(topic), "d/%IMEI%/x");
    for other in Topic::ALL {
        let expected = if other == topic {
            "d/357732081910355/x"
        } else {
            other.default_name()
        };
        assert_eq!(topics.name(other, &identity()).unwrap(), expected);
    }
    assert!(TopicName::new(default).is_ok() && TopicFilter::new(default).is_ok());
}

#[test]
fn cap_t_1_events_go_to_al_topic() {
    check(Topic::Events, "al_topic", "s/uc/mpa");
}

#[test]
fn cap_t_2_measurements_go_to_data_topic() {
    check(Topic::Measurements, "data_topic", "s/uc/mpd");
}

#[test]
fn cap_t_3_the_configuration_goes_to_config_topic() {
    check(Topic::Configuration, "config_topic", "s/us");
}

#[test]
fn cap_t_4a_the_state_of_operations_goes_to_op_topic() {
    check(Topic::Operations, "op_topic", "s/us");
}

#[test]
fn cap_t_4b_operations_come_from_op_topic_sub() {
    check(Topic::OperationsDownload, "op_topic_sub", "s/ds");
}

#[test]
fn cap_t_5_device_health_goes_to_dev_health_topic() {
    check(Topic::DeviceHealth, "dev_health_topic", "s/us");
    assert_eq!(Topic::of_key("topic"), None);
    assert_eq!(Topics::default(), Topics::new());
}

#[test]
fn cap_p_1_the_placeholders_are_the_sims_and_the_modules_number() {
    for example in examples("placeholder") {
        let (template, expected) = example.split_once("->").unwrap();
        // The examples are of two SIMs.
        let ccid = if expected.contains("89610180003174295252") {
            "89610180003174295252"
        } else {
            CCID
        };
        let identity = Identity::new(ccid, IMEI).unwrap();
        for field in [Field::Topic, Field::ClientId, Field::User] {
            assert_eq!(identity.expand(field, template.trim()).unwrap(), expected.trim());
        }
    }
    for (template, expected) in [
        ("", String::new()),
        ("no placeholder", "no placeholder".into()),
        ("%CCID%%IMEI%", format!("{CCID}{IMEI}")),
        ("%CCID%CCID%", format!("{CCID}CCID%")),
        ("%%CCID%%", format!("%{CCID}%")),
        ("100%/%ccid%/%IMSI%/%", "100%/%ccid%/%IMSI%/%".into()),
    ] {
        assert_eq!(
            identity().expand(Field::Topic, template).unwrap().as_str(),
            expected,
            "{template}"
        );
    }
}

#[test]
fn cap_p_2_what_they_become_has_100_characters_at_most() {
    assert_eq!(MAX_EXPANDED, 100);
    let room = "x".repeat(80);
    let full = identity().expand(Field::Topic, &format!("{room}%CCID%")).unwrap();
    assert_eq!((full.len(), full.ends_with(CCID)), (100, true));
    for (field, template) in [
        (Field::Topic, format!("{room}%CCID%x")),
        (Field::ClientId, "x".repeat(101)),
    ] {
        let error = InvalidInput::TooLong {
            field,
            len: 101,
            max: 100,
        };
        assert_eq!(identity().expand(field, &template), Err(error));
    }
    let topics = format!("{room}/%CCID%");
    let topics = Topics::new().set(Topic::Events, &topics);
    let error = InvalidInput::TooLong {
        field: Field::Topic,
        len: 101,
        max: 100,
    };
    assert_eq!(topics.name(Topic::Events, &identity()), Err(error));
    // It counts what they become, not what they are.
    assert_eq!(identity().expand(Field::Topic, &"%IMEI%".repeat(6)).unwrap().len(), 90);
    let short = Identity::new("1", "2").unwrap();
    assert_eq!(
        short.expand(Field::Topic, &"%CCID%".repeat(100)).unwrap().as_str(),
        "1".repeat(100)
    );
}

#[test]
fn cap_p_3_a_percent_sign_that_begins_no_placeholder_stays_as_it_is() {
    // `%24` of Azure's topics is appended behind; it neither ends a placeholder nor begins one.
    for template in ["a%", "a%CCID", "%24.ctime=%IMEI", "%24%24"] {
        let expanded = identity().expand(Field::Topic, template).unwrap();
        assert_eq!(expanded, template);
        let topic = format!("devices/{expanded}/messages/events/%24.ctime=2021-11-08T06:08:36Z");
        assert!(topic.ends_with("/%24.ctime=2021-11-08T06:08:36Z"));
    }
    assert_eq!(
        identity().expand(Field::Topic, "%24%CCID%24").unwrap().as_str(),
        format!("%24{CCID}24")
    );
}

#[test]
fn who_the_device_is_must_be_numbers() {
    assert_eq!(
        Identity::new("8986011785110137042F", IMEI).unwrap().ccid(),
        "8986011785110137042"
    );
    assert_eq!(identity().imei(), IMEI);
    for (ccid, imei, error) in [
        ("", IMEI, InvalidInput::Empty { field: Field::Ccid }),
        ("FFFF", IMEI, InvalidInput::Empty { field: Field::Ccid }),
        (CCID, "", InvalidInput::Empty { field: Field::Imei }),
        (
            "89\"61",
            IMEI,
            InvalidInput::Character {
                field: Field::Ccid,
                byte: b'"',
            },
        ),
        (
            CCID,
            "35773208é",
            InvalidInput::Character {
                field: Field::Imei,
                byte: 0xc3,
            },
        ),
        (
            "123456789012345678901",
            IMEI,
            InvalidInput::TooLong {
                field: Field::Ccid,
                len: 21,
                max: 20,
            },
        ),
        (
            CCID,
            "12345678901234567",
            InvalidInput::TooLong {
                field: Field::Imei,
                len: 17,
                max: 16,
            },
        ),
    ] {
        assert_eq!(Identity::new(ccid, imei), Err(error));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..Default::default() })]

    #[test]
    fn placeholders_are_replaced_as_text_is(template in "([%CIDMEé/]|%CCID%|%IMEI%){0,12}") {
        let expected = template.replace("%CCID%", CCID).replace("%IMEI%", IMEI);
        match identity().expand(Field::Topic, &template) {
            Ok(expanded) => prop_assert_eq!(expanded.as_str(), expected),
            Err(error) => prop_assert_eq!(
                error,
                InvalidInput::TooLong { field: Field::Topic, len: expected.len(), max: 100 }
            ),
        }
    }
}
