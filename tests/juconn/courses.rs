//! Courses through the life of a gateway: what is persisted, executed at the start, tried again, and when.

use fibocom_mqtt::profile::juconn::{CloudSendRealtimeData, Input, Led, Notice, Persisted, Phase, Subject};

use crate::bench::{Bench, Did, IDS, POINT, init_result, request_id, rollout_result};

#[test]
fn the_rollout_persists_its_ids_and_a_restart_skips_it() {
    let mut bench = Bench::rolling(POINT);
    let done = bench.message("fp/gatewayRolloutResult/04600912", &rollout_result(0, "04600912_1", ""));
    let Did::Persist(persisted) = &done[0] else {
        panic!("{done:?}")
    };
    assert_eq!(persisted.rollouts, 1);
    assert_eq!(&persisted.ids.as_ref().unwrap().gateway, "g7");
    let mut text = String::new();
    persisted.write(&mut text).unwrap();
    let mut bench = Bench::restarted(POINT, Persisted::parse(text.as_bytes()).unwrap());
    assert_eq!(bench.tell(Input::Start), [Did::Connect("mqtt:portal:1883".into())]);
    let done = bench.tell(Input::Connected);
    assert_eq!(done.last().unwrap().topic(), "c7/fp/g7/gatewayInit");
}

#[test]
fn the_rollouts_broker_and_quality_of_service_are_taken_and_kept() {
    let mut bench = Bench::rolling(POINT);
    let more = "<data_broker_details><url _=\"ssl://broker.juconn.io:8884\"/><qos _=\"0\"/></data_broker_details>";
    let done = bench.message(
        "fp/gatewayRolloutResult/04600912",
        &rollout_result(0, "04600912_1", more),
    );
    assert_eq!(
        done[1..],
        [Did::Disconnect, Did::Connect("mqtt+ssl:broker.juconn.io:8884".into())]
    );
    let done = bench.tell(Input::Connected);
    assert_eq!(done[0], Did::Subscribe("c7/fp/g7/gatewayInitResult".into(), 0));
    let persisted = bench.gateway.persisted().clone();
    let mut bench = Bench::restarted(POINT, persisted);
    assert_eq!(
        bench.tell(Input::Start),
        [Did::Connect("mqtt+ssl:broker.juconn.io:8884".into())]
    );
    // Ids of the configuration need no rollout, and know of no other broker.
    let persisted = bench.gateway.persisted().clone();
    let mut other = Bench::restarted(&format!("{IDS}{POINT}"), persisted);
    assert_eq!(other.tell(Input::Start), [Did::Connect("mqtt:portal:1883".into())]);
    assert_eq!(
        other.tell(Input::Connected)[0],
        Did::Subscribe("c1/fp/g1/gatewayInitResult".into(), 1)
    );
    // A rollout goes to the first broker again.
    let done = bench.tell(Input::Connected);
    let id = request_id(done.last().unwrap().payload());
    let done = bench.message("c7/fp/g7/gatewayInitResult", &init_result(404, &id));
    assert_eq!(done.last(), Some(&Did::Disconnect));
    assert_eq!(bench.wait(30), [Did::Connect("mqtt:portal:1883".into())]);
}

#[test]
fn an_initial_configuration_is_executed_statement_by_statement() {
    let mut bench = Bench::rolling(POINT);
    let more = "<gateway_configuration><SetConfig _=\"A\"/><Set _=\"/b\"/><SetConfig _=\"C\"/></gateway_configuration>";
    let stop = Did::Execute("<Set _=\"/Process/Program/Mode\" value=\"Stop\" ver=\"v\"/>".into());
    let done = bench.message(
        "fp/gatewayRolloutResult/04600912",
        &rollout_result(0, "04600912_1", more),
    );
    assert_eq!(done[1..], *std::slice::from_ref(&stop));
    assert_eq!(bench.answer("<Set/>"), [Did::Execute("<SetConfig _=\"A\"/>".into())]);
    let done = bench.answer("<SetConfig/>");
    assert_eq!(
        done,
        [
            Did::Support(0, "<SetConfig/>".into()),
            Did::Execute("<Set _=\"/b\"/>".into())
        ]
    );
    // One that fails does not keep the others back, and a stop that fails keeps its own back.
    let done = bench.answer("<Error _=\"-7\"/>");
    assert_eq!(done, [Did::Support(1, "<Error _=\"-7\"/>".into()), stop]);
    let done = bench.answer("<Error _=\"-8\"/>");
    assert_eq!(done[0], Did::Support(2, "<Error _=\"-8\"/>".into()));
    // Only then it goes on.
    assert_eq!(done.last().unwrap().topic(), "c7/fp/g7/gatewayInit");
}

#[test]
fn the_initialisation_runs_at_each_login() {
    let (mut bench, _) = Bench::running(POINT, |_| {});
    assert!(bench.tell(Input::Disconnected).is_empty());
    assert_eq!(bench.gateway.led(), Led::Off);
    assert_eq!(bench.wait(1), [Did::Connect("mqtt:portal:1883".into())]);
    assert_eq!(bench.gateway.led(), Led::FlashingRed);
    let done = bench.tell(Input::Connected);
    assert_eq!(done.last().unwrap().topic(), "c1/fp/g1/gatewayInit");
    assert_eq!(done.len(), 5);
    bench.accept(&done);
    assert_eq!(
        (bench.gateway.phase(), bench.gateway.led()),
        (Phase::Running, Led::Green)
    );
}

#[test]
fn back_offs_double_up_to_an_hour_and_end_with_success() {
    let mut bench = Bench::new(&format!("{IDS}{POINT}"));
    bench.tell(Input::Start);
    for seconds in [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 3600, 3600] {
        assert!(bench.tell(Input::Disconnected).is_empty());
        assert!(bench.wait(seconds - 1).is_empty(), "{seconds}");
        assert_eq!(bench.wait(1).len(), 1, "{seconds}");
    }
    let done = bench.tell(Input::Connected);
    bench.accept(&done);
    bench.tell(Input::Disconnected);
    assert_eq!(bench.wait(1).len(), 1);
}

#[test]
fn errors_of_the_portal_are_told_and_waited_out() {
    for code in [404, 409, 500] {
        let mut bench = Bench::rolling(POINT);
        let answer = rollout_result(code, "04600912_1", "");
        let done = bench.message("fp/gatewayRolloutResult/04600912", &answer);
        let after = std::time::Duration::from_secs(30);
        assert_eq!(
            done,
            [Did::Log(Notice::Portal {
                subject: Subject::RolloutResult,
                code,
                after
            })]
        );
        assert!(bench.wait(29).is_empty());
        // Subscribed it is already; the next id is counted and kept first.
        let done = bench.wait(1);
        assert_eq!(done.iter().map(Did::word).collect::<Vec<_>>(), ["persist", "publish"]);
        assert!(done[1].payload().contains("<request_id _=\"04600912_2\"/>"));
        bench.message(
            "fp/gatewayRolloutResult/04600912",
            &rollout_result(code, "04600912_2", ""),
        );
        assert!(bench.wait(59).is_empty());
        assert_eq!(bench.wait(1).len(), 2);
    }
}

#[test]
fn an_answer_that_does_not_come_is_asked_for_again() {
    let mut bench = Bench::rolling(POINT);
    assert!(bench.wait(59).is_empty());
    assert_eq!(bench.wait(1), [Did::Log(Notice::NoAnswer(Subject::RolloutResult))]);
    assert_eq!(bench.wait(30).len(), 2);
    let mut bench = Bench::initialising(POINT);
    assert_eq!(bench.wait(60), [Did::Log(Notice::NoAnswer(Subject::InitResult))]);
    let done = bench.wait(30);
    assert_eq!((done.len(), done[0].topic()), (1, "c1/fp/g1/gatewayInit"));
}

#[test]
fn ids_that_cannot_be_in_a_topic_are_not_taken() {
    for (gateway, broker) in [("a/b", "x"), ("#", "x"), ("g", "http://x")] {
        let mut bench = Bench::rolling(POINT);
        let answer = format!(
            "<error_code _=\"0\"/><response_id _=\"04600912_1\"/><gateway_id _=\"{gateway}\"/><customer_id _=\"c\"/>\
             <data_broker_details><url _=\"{broker}\"/></data_broker_details>"
        );
        let done = bench.message("fp/gatewayRolloutResult/04600912", &answer);
        assert_eq!(done, [Did::Log(Notice::Unusable)]);
        assert_eq!((bench.gateway.phase(), bench.gateway.ids()), (Phase::Rollout, None));
    }
}

#[test]
fn a_broker_that_was_kept_is_not_followed_away_from_tls() {
    let kept = |url: &str| Persisted {
        broker: Some(url.try_into().unwrap()),
        ..Persisted::parse(b"<rollouts _=\"1\"/><gateway_id _=\"g7\"/><customer_id _=\"c7\"/>").unwrap()
    };
    // The configuration had no TLS when the rollout named its broker, and has now.
    for (base, named, broker) in [
        ("ssl://portal:8883", "tcp://data:1883", "mqtt+ssl:portal:8883"),
        ("ssl://portal:8883", "ssl://data:8884", "mqtt+ssl:data:8884"),
        ("ssl://portal:8883", "data", "mqtt+ssl:data:8883"),
        ("tcp://portal:1883", "tcp://data:1883", "mqtt:data:1883"),
        ("tcp://portal:1883", "no address", "mqtt:portal:1883"),
    ] {
        let mut bench = Bench::restarted_at(base, POINT, kept(named));
        assert_eq!(bench.tell(Input::Start), [Did::Connect(broker.into())], "{named}");
        assert_eq!(bench.gateway.status().broker.to_string(), broker);
    }
}

#[test]
fn details_of_a_broker_that_say_nothing_are_none() {
    let empty = [
        "<data_broker_details/>",
        "<data_broker_details> </data_broker_details>",
        "<data_broker_details _=\"\"/>",
    ];
    let json = |details: &str| {
        format!(
            "{{\"error_code\":0,\"response_id\":\"04600912_1\",\"gateway_id\":\"g7\",\"customer_id\":\"c7\",\
             \"data_broker_details\":{details}}}"
        )
    };
    let answers = empty.map(|details| rollout_result(0, "04600912_1", details));
    for answer in answers.into_iter().chain(["null", "{}", "\"\""].map(json)) {
        let mut bench = Bench::rolling(POINT);
        let done = bench.message("fp/gatewayRolloutResult/04600912", &answer);
        assert_eq!(bench.gateway.phase(), Phase::WaitInit, "{answer} {done:?}");
        assert_eq!(bench.gateway.persisted().broker, None);
    }
    // What says something says where the broker is.
    for details in ["7", "[]", "{\"qos\":1}", "{\"url\":null}", "\"portal\""] {
        let mut bench = Bench::rolling(POINT);
        let done = bench.message("fp/gatewayRolloutResult/04600912", &json(details));
        assert!(
            matches!(done[..], [Did::Log(Notice::Malformed(Subject::RolloutResult, _))]),
            "{details} {done:?}"
        );
        assert_eq!(bench.gateway.phase(), Phase::WaitRollout);
    }
}

#[test]
fn a_reset_of_the_secrets_in_the_initial_configuration_is_one() {
    let mut bench = Bench::rolling(POINT);
    let more = "<gateway_configuration><Reset _=\"Secretfile\"/><Set _=\"/never\"/></gateway_configuration>";
    let done = bench.message(
        "fp/gatewayRolloutResult/04600912",
        &rollout_result(0, "04600912_1", more),
    );
    let mut failing = Bench::rolling(POINT);
    failing.message(
        "fp/gatewayRolloutResult/04600912",
        &rollout_result(0, "04600912_1", more),
    );
    assert_eq!(done[1..], [Did::Execute("<Reset _=\"Secretfile\"/>".into())]);
    let done = bench.answer("<Reset/>");
    let rollouts = Persisted {
        rollouts: 1,
        ..Persisted::default()
    };
    let expected = [
        Did::Support(0, "<Reset/>".into()),
        Did::Persist(Box::new(rollouts)),
        Did::Disconnect,
    ];
    assert_eq!(done, expected);
    assert_eq!((bench.gateway.phase(), bench.gateway.ids()), (Phase::PowerOn, None));
    // One that failed has reset nothing.
    let done = failing.answer("<Error _=\"-7\"/>");
    assert_eq!(done[1..], [Did::Execute("<Set _=\"/never\"/>".into())]);
    assert_eq!(failing.gateway.ids(), Some(("g7", "c7")));
}

#[test]
fn an_event_while_data_are_on_their_way_has_them_sent_again() {
    for refused in [false, true] {
        let (mut bench, _) = Bench::running(POINT, |plant| plant.set("/Process/PV/Room", "20"));
        let event = Input::SendRealtimeData(CloudSendRealtimeData::ALL);
        bench.gateway.input(bench.now(), event);
        assert!(bench.next().unwrap().payload().contains("\"20\""));
        // It is on its way, and what it holds is from before this event.
        bench.plant.set("/Process/PV/Room", "21");
        bench.gateway.input(bench.now(), event);
        let done = match refused {
            true => {
                assert!(bench.tell(Input::NotPublished).is_empty());
                bench.wait(10)
            }
            false => bench.drain(),
        };
        assert!(
            matches!(&done[..], [sent] if sent.payload().contains("\"21\"")),
            "{done:?}"
        );
        assert!(bench.wait(100).is_empty());
    }
}
