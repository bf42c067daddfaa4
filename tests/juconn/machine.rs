//! The life of a gateway: the courses through its states.

use fibocom_mqtt::profile::juconn::{CloudSendRealtimeData, Input, Led, Link, Notice, Persisted, Phase};

use crate::bench::{Bench, Did, POINT};
use crate::transitions::{STATES, apply, in_state};

#[test]
fn a_factory_reset_ends_in_power_on_from_every_state() {
    for state in STATES {
        let (mut bench, _) = in_state(state);
        apply(&mut bench, "factory reset", "");
        assert_eq!(
            (bench.gateway.link(), bench.gateway.persisted().ids.clone()),
            (Link::Down, None)
        );
        assert!(!bench.gateway.is_busy());
        assert_eq!(bench.tell(Input::Start).last().unwrap().word(), "connect", "{state}");
    }
}

#[test]
fn a_gateway_that_shall_not_start_does_not() {
    let text = crate::bench::database(POINT).replace("<CloudConnStart _=\"1\"/>", "<CloudConnStart _=\"0\"/>");
    let config = fibocom_mqtt::profile::juconn::Config::parse(text.leak()).unwrap();
    let mut bench = Bench::new(POINT);
    let memory = fibocom_mqtt::profile::juconn::Memory::new(vec![Default::default(); 1].leak(), &mut [], &mut []);
    bench.gateway =
        fibocom_mqtt::profile::juconn::Gateway::new(*bench.gateway.device(), config, Persisted::default(), memory)
            .unwrap();
    assert_eq!(bench.tell(Input::Start), [Did::Log(Notice::NotStarted)]);
    assert_eq!(bench.gateway.phase(), Phase::PowerOn);
}

#[test]
fn the_status_shows_what_the_manual_shows() {
    let (mut bench, _) = Bench::running(POINT, |plant| plant.set("/Process/PV/Room", "20"));
    let status = bench.gateway.status();
    assert_eq!(
        (status.message, status.connected, status.broker_version),
        ("connected", true, "1.0.0")
    );
    assert_eq!(
        (status.last_time_stamp, status.change_toggle),
        (Some(1_498_724_247), true)
    );
    let mut text = String::new();
    status.write(&mut text).unwrap();
    let flat = |text: &str| {
        text.split_whitespace()
            .collect::<Vec<_>>()
            .join(" ")
            .replace("> <", "><")
    };
    let expected = flat(crate::sample!("cloudconn_status.tixml"))
        .replace("mqtt+ssl:172.18.121.247:8883", "mqtt:portal:1883")
        .replace("1585563331", "1498724247");
    assert_eq!(text, expected);
    // The toggle goes with the stamp, not with the messages.
    bench.tell(Input::SendRealtimeData(CloudSendRealtimeData::ALL));
    assert!(bench.gateway.status().change_toggle);
    bench.wait(3600);
    assert_eq!(bench.gateway.status().last_time_stamp, Some(1_498_727_847));
    assert!(!bench.gateway.status().change_toggle);
    for (state, message, led) in [
        ("PowerOn", "not connected", Led::Off),
        ("Rollout connecting", "connecting", Led::FlashingRed),
        ("WaitRollout", "registering", Led::Green),
        ("Init backing off, down", "not connected", Led::Off),
        ("WaitInit", "registering", Led::Green),
        ("Running", "connected", Led::Green),
    ] {
        let (bench, _) = in_state(state);
        assert_eq!(
            (bench.gateway.status().message, bench.gateway.led()),
            (message, led),
            "{state}"
        );
    }
}

#[test]
fn time_is_asked_for_when_it_matters() {
    let (bench, _) = in_state("PowerOn");
    assert_eq!(bench.gateway.next_tick(), None);
    let (bench, _) = in_state("WaitRollout");
    assert_eq!(bench.gateway.next_tick().unwrap().as_millis(), 60_000);
    let (bench, _) = in_state("Init backing off, down");
    assert_eq!(bench.gateway.next_tick().unwrap().as_millis(), 1000);
    let (bench, _) = in_state("Running");
    assert_eq!(bench.gateway.next_tick().unwrap().as_millis(), 3_600_000);
}
