//! What a broken configuration, a damaged memory and a portal at odds with the gateway bring about.

use fibocom_mqtt::profile::juconn::{
    Config, ConfigError, Device, Frame, Input, Notice, Persisted, Phase, PointProblem, RequestKind,
};

use crate::bench::{Bench, Did, IDS, POINT, database, init_result, request_id, rollout_result};
use crate::feedback::{STOP, ask, quiet, request, result};
use crate::realtime::{limited, many, sensors};

pub const ROLLOUT: &str = "fp/gatewayRolloutResult/04600912";

fn problem(sections: &str) -> Option<PointProblem> {
    match Config::parse(&database(sections)) {
        Ok(_) => None,
        Err(ConfigError::Point { problem, .. }) => Some(problem),
        Err(other) => panic!("{other:?}"),
    }
}

#[test]
fn two_paths_with_one_id_at_the_portal_are_refused() {
    let point = |path: &str| format!("<N{} _=\"{path}\" meta_type=\"power\"/>", path.replace('/', "_"));
    let gps = "<G _=\"/GNSS/Latitude\" lng=\"/GNSS/Longitude\" meta_type=\"gps\"/>";
    for (first, second) in [
        ("/A_B/x", "/A/B/x"),
        ("/Process/PV/x", "Process/PV/x"),
        ("/x", "/Get/x"),
        ("/GNSS/Longitude", ""),
        ("/GNSS/Latitude", ""),
    ] {
        let (first, second) = match second {
            "" => (point(first), gps.to_owned()),
            second => (point(first), point(second)),
        };
        for (first, second) in [(&first, &second), (&second, &first)] {
            let same = format!("<Realtime1>{first}{second}</Realtime1>");
            assert_eq!(problem(&same), Some(PointProblem::Twice), "{same}");
            let other = format!("<Realtime1>{first}</Realtime1><Realtime3>{second}</Realtime3>");
            assert_eq!(problem(&other), Some(PointProblem::Twice), "{other}");
        }
    }
    // The same variable under two timers is one sensor.
    let path = point("/P/x");
    assert_eq!(
        problem(&format!("<Realtime1>{path}</Realtime1><Realtime2>{path}</Realtime2>")),
        None
    );
    assert_eq!(
        problem(&format!("<Realtime1>{gps}</Realtime1><Realtime2>{gps}</Realtime2>")),
        None
    );
    // A position of one number is none.
    let one = "<Realtime1><G _=\"/GNSS/Latitude\" lng=\"/GNSS/Latitude\" meta_type=\"gps\"/></Realtime1>";
    assert_eq!(problem(one), Some(PointProblem::SecondPath));
}

#[test]
fn a_section_that_is_there_twice_is_refused() {
    let text = database("<Realtime2><A _=\"/a/b\" meta_type=\"power\"/></Realtime2><RealTime2/>");
    assert_eq!(Config::parse(&text), Err(ConfigError::Several("Realtime2")));
}

#[test]
fn nothing_follows_a_statement_whose_answer_was_not_seen() {
    let device = Device::new("04600912", "WT640").unwrap().frame(Frame::Bare);
    let mut bench = Bench::with(&format!("{IDS}{POINT}"), Persisted::default(), device, 1024, 200);
    let done = bench.initialise();
    bench.accept(&done);
    let both = request("cmd", "<Get _=\"/all/\"/><DoOn/>");
    assert_eq!(
        ask(&mut bench, "cmd", &both),
        [Did::Execute("<Get _=\"/all/\"/>".into())]
    );
    let text = result(&bench.answer(&format!("<Get _=\"{}\"/>", "x".repeat(300))));
    assert!(text.starts_with("<error_code _=\"500\"/>"), "{text}");
    // The module would send it: it is the memory that is too small.
    assert!(
        text.contains("<ErrText _=\"the answer needs 311 bytes and there is room for 200\"/>"),
        "{text}"
    );
}

#[test]
fn the_system_log_is_told_of_an_answer_that_does_not_fit() {
    let device = Device::new("04600912", "WT640").unwrap().frame(Frame::Bare);
    let mut bench = Bench::with(POINT, Persisted::default(), device, 1024, 256);
    bench.tell(Input::Start);
    bench.tell(Input::Connected);
    let more = "<gateway_configuration><Set _=\"/a\"/></gateway_configuration>";
    bench.message(ROLLOUT, &rollout_result(0, "04600912_1", more));
    let done = bench.answer(&format!("<Set _=\"{}\"/>", "x".repeat(300)));
    assert!(
        matches!(&done[0], Did::Support(0, answer) if answer.contains("<ErrText _=\"the answer needs 311 bytes and there is room for 256\"/>")),
        "{done:?}"
    );
}

/// Runs with ids of a rollout, and executes a command.
fn busy_with_rolled_out_ids() -> Bench {
    let mut bench = Bench::rolling(POINT);
    let done = bench.message(ROLLOUT, &rollout_result(0, "04600912_1", ""));
    bench.accept(&done);
    let done = bench.message("c7/fp/g7/cmd", &request("cmd", "<DoOn/>"));
    assert!(done.contains(&Did::Execute("<DoOn/>".into())), "{done:?}");
    bench
}

/// Loses the connection, and is sent back to the rollout by its next initialisation.
fn back_to_the_rollout(bench: &mut Bench) -> Vec<Did> {
    bench.tell(Input::Disconnected);
    bench.wait(1);
    let done = bench.tell(Input::Connected);
    let id = request_id(done.last().unwrap().payload());
    bench.message("c7/fp/g7/gatewayInitResult", &init_result(404, &id));
    assert_eq!(bench.gateway.phase(), Phase::Rollout);
    bench.wait(60)
}

#[test]
fn a_rollout_waits_for_the_command_that_is_being_executed() {
    let mut bench = busy_with_rolled_out_ids();
    // Its end would be taken for that of a statement of the configuration.
    assert!(back_to_the_rollout(&mut bench).is_empty());
    assert!(bench.gateway.execution().is_some());
    let done = bench.answer("<DoOn/>");
    assert_eq!(bench.gateway.phase(), Phase::WaitRollout);
    assert!(
        done.last()
            .unwrap()
            .payload()
            .contains("<request_id _=\"04600912_2\"/>")
    );
    // Without a configuration the result is still owed.
    let mut plain = bench;
    let done = plain.message(ROLLOUT, &rollout_result(0, "04600912_2", ""));
    let done = plain.accept(&done);
    assert!(
        done.iter()
            .any(|did| did.word() == "publish" && did.topic() == "c7/fp/g7/cmdResult")
    );

    let mut bench = busy_with_rolled_out_ids();
    back_to_the_rollout(&mut bench);
    bench.answer("<DoOn/>");
    let more = "<gateway_configuration><SetConfig _=\"A\"/></gateway_configuration>";
    let done = bench.message(ROLLOUT, &rollout_result(0, "04600912_2", more));
    assert_eq!(done[0], Did::Log(Notice::ResultDropped(RequestKind::Cmd)));
    assert_eq!(done.last(), Some(&Did::Execute(STOP.into())));
}

#[test]
fn ids_that_were_kept_and_cannot_be_in_a_topic_are_none() {
    for (gateway, customer) in [("a/b", "c"), ("g", "#"), ("g", ""), ("\u{b0}", "c")] {
        let text = format!("<rollouts _=\"3\"/><gateway_id _=\"{gateway}\"/><customer_id _=\"{customer}\"/>");
        assert!(Persisted::parse(text.as_bytes()).is_err(), "{text}");
        let mut persisted = Persisted::default();
        let ids = fibocom_mqtt::profile::juconn::Ids {
            gateway: gateway.try_into().unwrap(),
            customer: customer.try_into().unwrap(),
        };
        persisted.ids = Some(ids);
        let mut bench = Bench::restarted(POINT, persisted);
        assert_eq!(bench.gateway.ids(), None);
        bench.tell(Input::Start);
        bench.tell(Input::Connected);
        assert_eq!(bench.gateway.phase(), Phase::WaitRollout, "{text}");
    }
    assert!(Persisted::parse(b"<rollouts _=\"3\"/><qos _=\"7\"/>").is_err());
}

#[test]
fn a_rollout_does_not_lead_away_from_tls() {
    let secure = |url: &str| {
        let mut bench = Bench::restarted_at("ssl://portal:8883", POINT, Persisted::default());
        bench.tell(Input::Start);
        bench.tell(Input::Connected);
        let more = format!("<data_broker_details><url _=\"{url}\"/></data_broker_details>");
        bench.message(ROLLOUT, &rollout_result(0, "04600912_1", &more))
    };
    assert_eq!(secure("tcp://elsewhere:1883"), [Did::Log(Notice::Unusable)]);
    assert_eq!(
        secure("elsewhere").last(),
        Some(&Did::Connect("mqtt+ssl:elsewhere:8883".into()))
    );
}

#[test]
fn an_initial_configuration_that_is_no_object_is_told() {
    for configuration in [
        "[{\"SetConfig\":{}}]",
        "7",
        "true",
        "\"just text\"",
        "{\"Supply temp\":1}",
    ] {
        let mut bench = Bench::rolling(POINT);
        let json = format!(
            "{{\"error_code\":0,\"response_id\":\"04600912_1\",\"gateway_id\":\"g7\",\"customer_id\":\"c7\",\
             \"gateway_configuration\":{configuration}}}"
        );
        let done = bench.message(ROLLOUT, &json);
        assert_eq!(done[0], Did::Log(Notice::Configuration), "{configuration}");
        assert_eq!(bench.gateway.phase(), Phase::WaitInit);
    }
    for nothing in ["null", "{}", "\"\""] {
        let mut bench = Bench::rolling(POINT);
        let json = format!(
            "{{\"error_code\":0,\"response_id\":\"04600912_1\",\"gateway_id\":\"g7\",\"customer_id\":\"c7\",\
             \"gateway_configuration\":{nothing}}}"
        );
        let done = bench.message(ROLLOUT, &json);
        assert!(matches!(done[0], Did::Persist(_)), "{nothing} {done:?}");
    }
}

#[test]
fn the_time_stamp_is_of_data_that_went_out() {
    let mut bench = Bench::new(&format!("{IDS}{POINT}"));
    let done = bench.initialise();
    let id = request_id(done.last().unwrap().payload());
    let payload = init_result(0, &id);
    let now = fibocom_mqtt::profile::juconn::Now::new(fibocom_mqtt::Instant::from_millis(0), 1_498_724_247);
    let (topic, payload) = (b"c1/fp/g1/gatewayInitResult".as_slice(), payload.as_bytes());
    bench.gateway.input(now, Input::Message { topic, payload });
    assert_eq!(bench.next().unwrap().topic(), "c1/fp/g1/data");
    bench.tell(Input::NotPublished);
    let status = bench.gateway.status();
    assert_eq!((status.last_time_stamp, status.change_toggle), (None, false));
    bench.wait(10);
    assert_eq!(bench.gateway.status().last_time_stamp, Some(1_498_724_257));
}

#[test]
fn the_frame_of_a_command_is_not_in_its_result() {
    let mut bench = quiet();
    ask(&mut bench, "cmd", &request("cmd", "<DoOn/>"));
    let text = result(&bench.answer("[<DoOn _=\"a\"/> ]"));
    assert!(text.ends_with("<cmd_result><DoOn _=\"a\"/></cmd_result>"), "{text}");
}

#[test]
fn timers_hold_at_the_ends_of_the_clock() {
    let keys = format!(
        "{IDS}<RTSendTime1 _=\"1073741824\"/><RTSendTime2 _=\"1\"/><Realtime1><A _=\"/P/A\" meta_type=\"power\"/></Realtime1>\
         <Realtime2><B _=\"/P/B\" meta_type=\"power\"/></Realtime2>"
    );
    let mut bench = Bench::new(&keys);
    bench.millis = u64::MAX / 2 - 5000;
    let done = bench.initialise();
    bench.accept(&done);
    for _ in 0..10 {
        assert_eq!(bench.wait(1).len(), 1);
    }
    // Back in time: nothing is sent twice, and it goes on.
    bench.millis -= 3000;
    assert!(bench.tell(Input::Tick).is_empty());
    bench.millis += 4000;
    assert_eq!(bench.tell(Input::Tick).len(), 1);
    bench.millis += 2_000_000_000_000;
    assert_eq!(bench.tell(Input::Tick).len(), 1);
}

#[test]
fn nothing_is_due_while_it_waits_after_a_message_that_did_not_go_out() {
    let keys = "<RTSendTime1 _=\"3\"/><Realtime1><A _=\"/P/A\" meta_type=\"power\"/></Realtime1>";
    let (mut bench, _) = Bench::running(keys, |_| {});
    bench.tell(Input::NotPublished);
    // The timer of three seconds would have it asked over and over again.
    for second in 1..10 {
        assert!(bench.wait(1).is_empty());
        assert_eq!(bench.gateway.next_tick().unwrap().as_millis(), 10_000, "{second}");
    }
    assert_eq!(bench.wait(1).len(), 1);
}

#[test]
fn every_value_arrives_whatever_the_limit_is() {
    for format in ["TiXML", "JSON"] {
        let keys = format!("<CloudConnDataFormat _=\"{format}\"/>{}", many(2, 3));
        let (_, whole) = limited(&keys, 1024);
        let whole = whole[0].payload().len();
        for limit in 200..=whole {
            let (_, done) = limited(&keys, limit);
            assert!(done.iter().all(|did| did.payload().len() <= limit), "{format} {limit}");
            assert_eq!(sensors(&done).len(), 6, "{format} {limit}");
            // To the byte.
            assert_eq!(done.len() == 1, limit == whole, "{format} {limit}");
        }
    }
}
