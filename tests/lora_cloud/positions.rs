//! LOR-10 to LOR-12: positions, both ways.

use fibocom_mqtt::profile::lora_cloud::*;

use crate::{at, read, refused, same, wrong};

const GNSS: &str = concat!(
    r#"{"algorithm_type":"gnss","ecef":[3979329.33,1472.73,4967927.89],"llh":[51.49278,0.0212,83.93],"#,
    r#""capture_time_gps":1406468591.18046,"gdop":2.48,"accuracy":20.7,"timestamp":1722433395.8510327}"#
);

#[test]
fn lor_10_gnss_position() {
    let position: Position = same(GNSS);
    let Position::Gnss(gnss) = &position else {
        panic!("{position:?}")
    };
    assert_eq!(gnss.ecef, Some([3979329.33, 1472.73, 4967927.89]));
    assert_eq!(position.llh(), Some([51.49278, 0.0212, 83.93]));
    assert_eq!(gnss.capture_time_gps, Some(1406468591.18046.into()));
    assert_eq!((gnss.gdop, position.accuracy()), (Some(2.48), Some(20.7)));
    assert_eq!(gnss.timestamp, Some(1722433395.8510327.into()));
    // 0.0: not known. It is required, so it is written all the same.
    let unknown = GNSS.replace("20.7", "0.0");
    assert_eq!(same::<Position>(&unknown).accuracy(), None);
    for (field, part) in [
        ("ecef", "\"ecef\":[3979329.33,1472.73,4967927.89],"),
        ("llh", "\"llh\":[51.49278,0.0212,83.93],"),
        ("capture_time_gps", "\"capture_time_gps\":1406468591.18046,"),
        ("gdop", "\"gdop\":2.48,"),
        ("timestamp", ",\"timestamp\":1722433395.8510327"),
    ] {
        let without: Position = read(&GNSS.replace(part, ""));
        assert_eq!(refused(&without), at(field, Reason::Missing));
    }
    // Metres are never less, and the times of a group are not of this kind.
    let negative: Position = read(&GNSS.replace("20.7", "-20.7"));
    assert_eq!(refused(&negative), at("accuracy", Reason::Range));
    let group: Position = read(&GNSS.replace("\"gdop\"", "\"capture_times_gps\":[1],\"gdop\""));
    assert_eq!(refused(&group), at("capture_times_gps", Reason::Value));
    assert_eq!(
        wrong::<Position>(r#"{"llh":[1,2,3]}"#),
        at("algorithm_type", Reason::Missing)
    );
    assert_eq!(
        wrong::<Position>(r#"{"llh":[1,2],"algorithm_type":"gnss"}"#),
        at("llh", Reason::Length { len: 2 })
    );
}

#[test]
fn lor_11_gnssng_position_has_the_times_of_its_scans() {
    let document = GNSS.replace("\"gnss\"", "\"gnssng\"").replace(
        "\"gdop\"",
        "\"capture_times_gps\":[1406468582.06164,null,1406468591.18046],\"gdop\"",
    );
    let position: Position = same(&document);
    let Position::GnssNg(group) = &position else {
        panic!("{position:?}")
    };
    let times = [Some(1406468582.06164.into()), None, Some(1406468591.18046.into())];
    assert_eq!(group.capture_times_gps[..], times);
    // More than there is room for are counted, and not sent on.
    let position: Position<2> = read(&document);
    let Position::GnssNg(group) = &position else {
        panic!("{position:?}")
    };
    assert_eq!(
        (&group.capture_times_gps[..], group.capture_times_gps.omitted()),
        (&times[..2], 1)
    );
    assert_eq!(
        refused(&position),
        at("capture_times_gps", Reason::Incomplete { omitted: 1 })
    );
}

#[test]
fn lor_12_wifi_position() {
    let document = r#"{"algorithm_type":"wifi","llh":[51.49278,0.0212,83.93],"timestamp":1722433395.5}"#;
    let position: Position = same(document);
    let timestamp = Some(1722433395.5.into());
    let llh = Some([51.49278, 0.0212, 83.93]);
    assert_eq!(
        position,
        Position::Wifi(WifiPosition {
            llh,
            accuracy: None,
            timestamp
        })
    );
    let without = Position::<4>::Wifi(WifiPosition {
        llh,
        accuracy: None,
        timestamp: None,
    });
    assert_eq!(refused(&without), at("timestamp", Reason::Missing));
}
