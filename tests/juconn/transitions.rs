//! Every input in every state: what a gateway does, and where it ends. `transitions.txt` is the table.

use fibocom_mqtt::profile::juconn::{CloudSendRealtimeData, Input};

use crate::bench::{Bench, Did, IDS, POINT, init_result, request_id, rollout_result};

/// The states: a phase, what the connection is, and what else matters.
pub const STATES: [&str; 16] = [
    "PowerOn",
    "Rollout connecting",
    "Rollout backing off, down",
    "Rollout backing off, up",
    "WaitRollout",
    "Init connecting",
    "Init backing off, down",
    "Init backing off, up",
    "WaitInit",
    "WaitInit rolled out",
    "Running",
    "Running rolled out",
    "Running busy",
    "Running stopping",
    "Init configuring, up",
    "Init configuring, down",
];

const INPUTS: [&str; 31] = [
    "start",
    "connected",
    "disconnected",
    "rollout ok",
    "rollout other id",
    "rollout 404",
    "rollout malformed",
    "rollout elsewhere",
    "rollout configuring",
    "rollout unusable",
    "init ok",
    "init other id",
    "init 404",
    "init 409",
    "init 500",
    "init nameless",
    "init malformed",
    "config",
    "config other serial",
    "config malformed",
    "config invalid",
    "cmd",
    "state",
    "other topic",
    "tick early",
    "tick late",
    "executed",
    "executed, failed",
    "not published",
    "send data",
    "factory reset",
];

const REQUEST: &str = "<request_id _=\"r\"/><serial_number _=\"04600912\"/>";

/// The number of the rollout that was asked for last.
fn rollout_id(bench: &Bench) -> String {
    format!("04600912_{}", bench.gateway.persisted().rollouts)
}

/// A gateway in a state, and the id of its initialisation if it sent one.
pub fn in_state(state: &str) -> (Bench, String) {
    if state.ends_with("rolled out") || state.starts_with("Init configuring") {
        return rolled_out(state);
    }
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
            match state {
                "Running busy" => bench.message("c1/fp/g1/cmd", &format!("{REQUEST}<cmd><DoOn/></cmd>")),
                "Running stopping" => bench.message("c1/fp/g1/cmd", &format!("{REQUEST}<cmd><SetConfig/><Set/></cmd>")),
                _ => Vec::new(),
            };
        }
    }
    (bench, id)
}

/// A gateway that has its ids from a rollout, in a state after it.
fn rolled_out(state: &str) -> (Bench, String) {
    let mut bench = Bench::rolling(POINT);
    bench.plant.set("/Process/PV/Room", "20");
    let more = match state {
        "Init configuring, down" => {
            "<data_broker_details><url _=\"b\"/></data_broker_details><gateway_configuration><SetConfig/></gateway_configuration>"
        }
        "Init configuring, up" => "<gateway_configuration><SetConfig/></gateway_configuration>",
        _ => "",
    };
    let done = bench.message(ROLLOUT_RESULT, &rollout_result(0, "04600912_1", more));
    let mut id = String::new();
    if state.ends_with("rolled out") {
        id = request_id(done.last().unwrap().payload());
    }
    if state == "Running rolled out" {
        bench.message("c7/fp/g7/gatewayInitResult", &init_result(0, &id));
    }
    (bench, id)
}

const ROLLOUT_RESULT: &str = "fp/gatewayRolloutResult/04600912";

pub fn apply(bench: &mut Bench, input: &str, id: &str) -> Vec<Did> {
    let number = rollout_id(bench);
    // The topics of the ids that it has; c1 and g1 if it has none.
    let own = match bench.gateway.ids() {
        Some((gateway, customer)) => format!("{customer}/fp/{gateway}"),
        None => "c1/fp/g1".to_owned(),
    };
    let mut rollout = |code, id: &str, more: &str| bench.message(ROLLOUT_RESULT, &rollout_result(code, id, more));
    match input {
        "rollout ok" => return rollout(0, &number, ""),
        "rollout other id" => return rollout(0, "other", ""),
        "rollout 404" => return rollout(404, &number, ""),
        "rollout elsewhere" => {
            return rollout(0, &number, "<data_broker_details><url _=\"b\"/></data_broker_details>");
        }
        "rollout configuring" => {
            return rollout(
                0,
                &number,
                "<gateway_configuration><SetConfig/></gateway_configuration>",
            );
        }
        "rollout unusable" => {
            return rollout(0, &number, "<data_broker_details><url _=\"#\"/></data_broker_details>");
        }
        _ => {}
    }
    let mut own = |name: &str, payload: &str| bench.message(&format!("{own}/{name}"), payload);
    match input {
        "init ok" => own("gatewayInitResult", &init_result(0, id)),
        "init other id" => own("gatewayInitResult", &init_result(0, "other")),
        "init 404" => own("gatewayInitResult", &init_result(404, id)),
        "init 409" => own("gatewayInitResult", &init_result(409, id)),
        "init 500" => own("gatewayInitResult", &init_result(500, id)),
        "init nameless" => own("gatewayInitResult", &init_result(500, "")),
        "init malformed" => own("gatewayInitResult", "{"),
        "config" => own("config", &format!("{REQUEST}<config><Set/></config>")),
        "config other serial" => own("config", &REQUEST.replace("04600912", "1")),
        "config malformed" => own("config", "<"),
        "config invalid" => own("config", &format!("{REQUEST}<config><Get/></config>")),
        "cmd" => own("cmd", &format!("{REQUEST}<cmd><DoOn/></cmd>")),
        "state" => own("state", REQUEST),
        "other topic" => own("data", "<a/>"),
        "rollout malformed" => bench.message(ROLLOUT_RESULT, "<error_code"),
        "start" => bench.tell(Input::Start),
        "connected" => bench.tell(Input::Connected),
        "disconnected" => bench.tell(Input::Disconnected),
        "tick early" => bench.wait(0),
        "tick late" => bench.wait(3600),
        "executed" => bench.answer("<DoOn/>"),
        "executed, failed" => bench.answer("<Error _=\"-7\"/>"),
        "not published" => bench.tell(Input::NotPublished),
        "send data" => bench.tell(Input::SendRealtimeData(CloudSendRealtimeData::ALL)),
        "factory reset" => bench.tell(Input::FactoryReset),
        other => panic!("{other}"),
    }
}

/// One thing that a gateway does: with its topic's last level, a result's error, the command, or the line of the log.
fn did(did: &Did) -> String {
    let last = |topic: &str| topic.rsplit('/').next().unwrap_or_default().to_owned();
    match did {
        Did::Connect(broker) => format!("connect {broker}"),
        Did::Disconnect => "disconnect".into(),
        Did::Subscribe(topic, _) => format!("subscribe {}", last(topic)),
        Did::Publish { topic, payload, .. } => {
            let code = fibocom_mqtt::profile::juconn::Body::parse(payload.as_bytes()).unwrap();
            let code = code.value("error_code").map(|code| format!(" {code}"));
            format!("publish {}{}", last(topic), code.unwrap_or_default())
        }
        Did::Persist(persisted) => format!("persist {} {}", persisted.rollouts, persisted.ids.is_some()),
        Did::Execute(command) => format!("execute {}", command.split([' ', '/']).next().unwrap().replace('<', "")),
        Did::Support(statement, answer) => format!("support {statement} {answer}"),
        Did::Log(notice) => format!("log {}", format!("{notice:?}").split([' ', '{']).next().unwrap()),
    }
}

/// Where a gateway ends, with its connection and the end of its wait, and what it does on the way.
fn outcome(bench: &Bench, done: &[Did]) -> String {
    let gateway = &bench.gateway;
    let wait = gateway
        .next_tick()
        .map(|tick| tick.as_millis() - bench.millis.min(tick.as_millis()));
    let mut text = format!(
        "{:?} {:?} {}",
        gateway.phase(),
        gateway.link(),
        wait.map_or("-".into(), |wait| (wait / 1000).to_string())
    );
    if gateway.is_busy() {
        text += " busy";
    }
    for one in done {
        text += &format!(", {}", did(one));
    }
    text
}

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
    // A line for each, and each line another.
    assert_eq!(table.lines().count(), STATES.len() * INPUTS.len());
}
