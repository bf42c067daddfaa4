//! The topics: table 1-1.

use fibocom_mqtt::profile::juconn::{Input, Phase};

use crate::bench::{Bench, Did, POINT, init_result, rollout_result};

fn result_topic(kind: &str, payload: &str, answers: &[&str]) -> Did {
    let (mut bench, _) = Bench::running(POINT, |_| {});
    let mut done = bench.message(&format!("c1/fp/g1/{kind}"), payload);
    for answer in answers {
        assert!(matches!(done.as_slice(), [Did::Execute(_)]), "{done:?}");
        done = bench.answer(answer);
    }
    assert_eq!(done.len(), 1, "{done:?}");
    done.remove(0)
}

#[test]
fn juc_t_1_a_rollout_is_asked_for_on_one_topic_for_all() {
    let mut bench = Bench::new(POINT);
    bench.tell(Input::Start);
    let done = bench.tell(Input::Connected);
    assert_eq!(done.last().unwrap().topic(), "fp/gatewayRollout");
}

#[test]
fn juc_t_2_each_gateway_has_its_own_topic_for_the_rollouts_answer() {
    let mut bench = Bench::new(POINT);
    bench.tell(Input::Start);
    let done = bench.tell(Input::Connected);
    assert_eq!(done[0], Did::Subscribe("fp/gatewayRolloutResult/04600912".into(), 1));
    bench.message("fp/gatewayRolloutResult/04600913", &rollout_result(0, "04600912_1", ""));
    assert_eq!(bench.gateway.phase(), Phase::WaitRollout);
    bench.message("fp/gatewayRolloutResult/04600912", &rollout_result(0, "04600912_1", ""));
    assert_eq!(bench.gateway.ids(), Some(("g7", "c7")));
}

#[test]
fn juc_t_3_the_initialisation_has_both_ids_in_its_topic() {
    let mut bench = Bench::new(&format!("{}{POINT}", crate::bench::IDS));
    let done = bench.initialise();
    assert_eq!(done.last().unwrap().topic(), "c1/fp/g1/gatewayInit");
}

#[test]
fn juc_t_4_the_initialisations_answer_is_subscribed_to_before_it_is_asked_for() {
    let mut bench = Bench::new(&format!("{}{POINT}", crate::bench::IDS));
    let done = bench.initialise();
    assert_eq!(done[0], Did::Subscribe("c1/fp/g1/gatewayInitResult".into(), 1));
    let id = crate::bench::request_id(done.last().unwrap().payload());
    bench.message("c2/fp/g1/gatewayInitResult", &init_result(0, &id));
    assert_eq!(bench.gateway.phase(), Phase::WaitInit);
    bench.message("c1/fp/g1/gatewayInitResult", &init_result(0, &id));
    assert_eq!(bench.gateway.phase(), Phase::Running);
}

#[test]
fn juc_t_5_all_data_go_to_one_topic() {
    let (_, done) = Bench::running(POINT, |plant| plant.set("/Process/PV/Room", "21.5"));
    assert_eq!(done[0].topic(), "c1/fp/g1/data");
}

#[test]
fn juc_t_6_config_is_subscribed_to() {
    let mut bench = Bench::new(&format!("{}{POINT}", crate::bench::IDS));
    assert_eq!(bench.initialise()[1], Did::Subscribe("c1/fp/g1/config".into(), 1));
}

#[test]
fn juc_t_7_the_result_of_config() {
    let payload = "{<request_id _=\"r\"/><serial_number _=\"04600912\"/><config><Set _=\"/a\" value=\"1\"/></config>}";
    assert_eq!(
        result_topic("config", payload, &["<Set/>"]).topic(),
        "c1/fp/g1/configResult"
    );
}

#[test]
fn juc_t_8_cmd_is_subscribed_to() {
    let mut bench = Bench::new(&format!("{}{POINT}", crate::bench::IDS));
    assert_eq!(bench.initialise()[2], Did::Subscribe("c1/fp/g1/cmd".into(), 1));
}

#[test]
fn juc_t_9_the_result_of_cmd() {
    let payload = "{<request_id _=\"r\"/><serial_number _=\"04600912\"/><cmd><DoOn _=\"x\"/></cmd>}";
    assert_eq!(result_topic("cmd", payload, &["<DoOn/>"]).topic(), "c1/fp/g1/cmdResult");
}

#[test]
fn juc_t_10_state_is_subscribed_to() {
    let mut bench = Bench::new(&format!("{}{POINT}", crate::bench::IDS));
    assert_eq!(bench.initialise()[3], Did::Subscribe("c1/fp/g1/state".into(), 1));
}

#[test]
fn juc_t_11_the_result_of_state() {
    let payload = "{<request_id _=\"r\"/><serial_number _=\"04600912\"/>}";
    assert_eq!(
        result_topic("state", payload, &["<Get/>"]).topic(),
        "c1/fp/g1/stateResult"
    );
}
