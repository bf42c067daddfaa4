//! The life of a gateway: every input in every state, and the courses through them.

use fibocom_mqtt::profile::juconn::{CloudSendRealtimeData, Input, Led, Link, Notice, Persisted, Phase};

use crate::bench::{Bench, Did, IDS, POINT, init_result, request_id, rollout_result};

/// The states: a phase, what the connection is, and what else matters.
const STATES: [&str; 11] = [
    "PowerOn",
    "Rollout connecting",
    "Rollout backing off, down",
    "Rollout backing off, up",
    "WaitRollout",
    "Init connecting",
    "Init backing off, down",
    "Init backing off, up",
    "WaitInit",
    "Running",
    "Running busy",
];

const INPUTS: [&str; 20] = [
    "start",
    "connected",
    "disconnected",
    "rollout ok",
    "rollout other id",
    "rollout 404",
    "rollout malformed",
    "init ok",
    "init other id",
    "init 404",
    "init 500",
    "config",
    "cmd",
    "state",
    "other topic",
    "tick early",
    "tick late",
    "executed",
    "not published",
    "send data",
];

const REQUEST: &str = "<request_id _=\"r\"/><serial_number _=\"04600912\"/>";

/// The number of the rollout that was asked for last.
fn rollout_id(bench: &Bench) -> String {
    format!("04600912_{}", bench.gateway.persisted().rollouts)
}

/// A gateway in a state, and the id of its initialisation if it sent one.
fn in_state(state: &str) -> (Bench, String) {
    let ids = state.starts_with("Init") || state.starts_with("WaitInit") || state.starts_with("Running");
    let keys = if ids { format!("{IDS}{POINT}") } else { POINT.to_owned() };
    let mut bench = Bench::new(&keys);
    bench.plant.set("/Process/PV/Room", "20");
    let mut id = String::new();
    if state == "PowerOn" {
        return (bench, id);
    }
    bench.tell(Input::Start);
    if state.ends_with("connecting") {
        return (bench, id);
    }
    if state.ends_with("down") {
        bench.tell(Input::Disconnected);
        return (bench, id);
    }
    let done = bench.tell(Input::Connected);
    if ids {
        id = request_id(done.last().unwrap().payload());
    }
    match state {
        "WaitRollout" | "WaitInit" => {}
        "Rollout backing off, up" => {
            let answer = rollout_result(409, &rollout_id(&bench), "");
            bench.message("fp/gatewayRolloutResult/04600912", &answer);
        }
        "Init backing off, up" => {
            bench.message("c1/fp/g1/gatewayInitResult", &init_result(500, &id));
        }
        _ => {
            bench.message("c1/fp/g1/gatewayInitResult", &init_result(0, &id));
            if state == "Running busy" {
                bench.message("c1/fp/g1/cmd", &format!("{REQUEST}<cmd><DoOn/></cmd>"));
            }
        }
    }
    (bench, id)
}

fn apply(bench: &mut Bench, input: &str, id: &str) -> Vec<Did> {
    let rollout = rollout_id(bench);
    let (rollout_topic, init_topic) = ("fp/gatewayRolloutResult/04600912", "c1/fp/g1/gatewayInitResult");
    match input {
        "start" => bench.tell(Input::Start),
        "connected" => bench.tell(Input::Connected),
        "disconnected" => bench.tell(Input::Disconnected),
        "rollout ok" => bench.message(rollout_topic, &rollout_result(0, &rollout, "")),
        "rollout other id" => bench.message(rollout_topic, &rollout_result(0, "other", "")),
        "rollout 404" => bench.message(rollout_topic, &rollout_result(404, &rollout, "")),
        "rollout malformed" => bench.message(rollout_topic, "<error_code"),
        "init ok" => bench.message(init_topic, &init_result(0, id)),
        "init other id" => bench.message(init_topic, &init_result(0, "other")),
        "init 404" => bench.message(init_topic, &init_result(404, id)),
        "init 500" => bench.message(init_topic, &init_result(500, id)),
        "config" => bench.message("c1/fp/g1/config", &format!("{REQUEST}<config><Set/></config>")),
        "cmd" => bench.message("c1/fp/g1/cmd", &format!("{REQUEST}<cmd><DoOn/></cmd>")),
        "state" => bench.message("c1/fp/g1/state", REQUEST),
        "other topic" => bench.message("c1/fp/g1/data", "<a/>"),
        "tick early" => bench.wait(0),
        "tick late" => bench.wait(3600),
        "executed" => bench.answer("<DoOn/>"),
        "not published" => bench.tell(Input::NotPublished),
        "send data" => bench.tell(Input::SendRealtimeData(CloudSendRealtimeData::ALL)),
        "factory reset" => bench.tell(Input::FactoryReset),
        other => panic!("{other}"),
    }
}

/// Where a gateway ends, and what it does on the way, in words; repeated words once.
fn outcome(bench: &Bench, done: &[Did]) -> String {
    let mut words = vec![format!("{:?}", bench.gateway.phase())];
    for did in done {
        if words.last().map(String::as_str) != Some(did.word()) {
            words.push(did.word().into());
        }
    }
    words.join(" ")
}

/// `transitions.txt` is the table: state, input, and then the phase it ends in and what it does on the way.
#[test]
fn every_input_in_every_state() {
    let mut table = String::new();
    for state in STATES {
        for input in INPUTS {
            let (mut bench, id) = in_state(state);
            let done = apply(&mut bench, input, &id);
            table += &format!("{state} | {input} | {}\n", outcome(&bench, &done));
        }
    }
    assert!(table == include_str!("transitions.txt"), "{table}");
}

#[test]
fn a_factory_reset_ends_in_power_on_from_every_state() {
    for state in STATES {
        let (mut bench, _) = in_state(state);
        let up = bench.gateway.link() != Link::Down;
        let done = apply(&mut bench, "factory reset", "");
        assert_eq!(
            outcome(&bench, &done),
            if up {
                "PowerOn persist disconnect"
            } else {
                "PowerOn persist"
            },
            "{state}"
        );
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
