//! The ambiguities of the manual and how they are resolved: the forms, the lifecycle and the requests.

use fibocom_mqtt::profile::juconn::tixml::Document;
use fibocom_mqtt::profile::juconn::{
    Body, Config, ConfigError, Device, Frame, InitResult, Input, MessageError, Notice, Persisted, Phase, PointProblem,
    RolloutResult, SendTime, Subject,
};

use crate::bench::{Bench, Did, IDS, POINT, database, init_result, request_id, rollout_result};
use crate::sample;

#[test]
fn juc_q01_json_is_strict_both_ways() {
    for text in [
        "{\"error_code\": 0, // comment\n\"response_id\": \"r\"}",
        "{\"error_code\": 0 \"response_id\": \"r\"}",
        "{\"error_code\": 0, \"response_id\": \"r\",}",
        "{\"error_code\": 0, \"response_id\": $Varname_1}",
        "{\"error_code\": 0, \"response_id\": \u{201c}r\u{201d}}",
        "{\"error_code\": 0, {\"response_id\": \"r\"}}",
    ] {
        assert!(
            matches!(Body::parse(text.as_bytes()), Err(MessageError::Json(_))),
            "{text}"
        );
    }
    // What is written is what a strict reader takes.
    let keys = format!("{IDS}<CloudConnDataFormat _=\"JSON\"/>{POINT}");
    let mut bench = Bench::new(&keys);
    let done = bench.initialise();
    let data = bench.accept(&done);
    for did in [done.last().unwrap(), &data[0]] {
        assert!(
            serde_json::from_str::<serde_json::Value>(did.payload())
                .unwrap()
                .is_object()
        );
    }
}

#[test]
fn juc_q02_messages_are_braced_and_read_with_or_without() {
    for (frame, start, end) in [
        (
            Frame::Braced,
            "{\n<?xml version=\"1.0\" encoding=\"UTF-8\" ?>\n<request_id _=\"",
            "</controllers>\n}",
        ),
        (
            Frame::Bare,
            "<?xml version=\"1.0\" encoding=\"UTF-8\" ?>\n<request_id _=\"",
            "</controllers>\n",
        ),
    ] {
        let device = Device::new("04600912", "WT640").unwrap().frame(frame);
        let mut bench = Bench::with(&format!("{IDS}{POINT}"), Persisted::default(), device, 1024, 1024);
        let done = bench.initialise();
        let payload = done.last().unwrap().payload();
        assert!(payload.starts_with(start) && payload.ends_with(end), "{payload}");
    }
    // Braces are what nobody asked for otherwise.
    assert_eq!(
        Device::new("04600912", "WT640").unwrap(),
        Device::new("04600912", "WT640").unwrap().frame(Frame::Braced)
    );
    let bare = "<error_code _=\"0\"/><response_id _=\"r\"/>";
    let declaration = "<?xml version=\"1.0\" encoding=\"UTF-8\" ?>";
    for text in [
        bare.to_owned(),
        format!("{{{bare}}}"),
        format!(" {{\n{declaration}{bare} }} \n"),
        format!("{declaration}\n{bare}"),
        format!("\u{feff}{bare}"),
    ] {
        assert_eq!(InitResult::parse(text.as_bytes()).unwrap().response_id, "r", "{text}");
    }
}

#[test]
fn juc_q03_a_comment_ends_at_its_first_end() {
    let read = RolloutResult::parse(sample!("rollout_result.tixml").as_bytes()).unwrap();
    assert_eq!(read.broker.unwrap().url, "broker.juconn.io");
    let text = "<a/><!--------- Start of <b/> optional area --------><c/><!-- -- - --><d/>";
    let names: Vec<_> = Document::parse(text)
        .unwrap()
        .elements()
        .map(|element| element.name())
        .collect();
    assert_eq!(names, ["a", "c", "d"]);
}

#[test]
fn juc_q04_keys_are_read_in_either_case() {
    let text = database(
        "<RTsendTime1 _=\"-1\"/><updaterate1 _=\"20\"/><RealTime1><A _=\"/P/A\" meta_type=\"power\"/></RealTime1>\
         <RTSENDTIME2 _=\"7\"/><realtime2><B _=\"/P/B\" meta_type=\"power\"/></realtime2>",
    );
    let config = Config::parse(&text).unwrap();
    assert_eq!(config.send_time(1), Some(SendTime::Hysteresis { poll: 20 }));
    assert_eq!(config.send_time(2), Some(SendTime::Every(7)));
    let sections: Vec<_> = config.points().map(|point| (point.section(), point.name())).collect();
    assert_eq!(sections, [(1, "A"), (2, "B")]);
    // Written with the capitals of the list of keys.
    assert_eq!(
        Config::parse(&database("<RTsendTime3 _=\"0\"/>"))
            .unwrap_err()
            .to_string()
            .split(' ')
            .next(),
        Some("<RTSendTime3>")
    );
    let twice = database("<RTSendTime1 _=\"1\"/><RTsendTime1 _=\"2\"/>");
    assert_eq!(Config::parse(&twice), Err(ConfigError::Several("RTSendTime1")));
}

fn init_of(point: &str) -> String {
    let keys = format!("{IDS}<Realtime1><A _=\"/P/A\" {point}/></Realtime1>");
    let mut bench = Bench::new(&keys);
    bench.initialise().last().unwrap().payload().to_owned()
}

#[test]
fn juc_q05_the_set_point_is_written_as_in_all_payloads() {
    for key in ["meta_setpoint", "meta_set_point"] {
        assert!(init_of(&format!("meta_type=\"humidity\" {key}=\"30\"")).contains("<set_point _=\"30\"/>"));
    }
    let body = Body::parse(sample!("gateway_init.tixml").as_bytes()).unwrap();
    let sensor = body.controllers().next().unwrap().sensors().next().unwrap();
    assert!(sensor.node.get("set_point").is_some());
}

#[test]
fn juc_q06_the_virtual_device_is_one() {
    assert!(
        init_of("meta_type=\"light\" meta_virtual_device=\"Heating_1\"").contains("<virtual_device _=\"Heating_1\"/>")
    );
    let plural = "<virtual_devices _=\"1\"/><Realtime1><A _=\"/P/A\" meta_type=\"light\" meta_virtual_devices=\"H\"/></Realtime1>";
    let problem = Config::parse(&database(plural)).unwrap_err();
    assert!(matches!(
        problem,
        ConfigError::Point {
            problem: PointProblem::VirtualDeviceMissing,
            ..
        }
    ));
}

#[test]
fn juc_q07_each_sensor_is_announced_under_its_own_name() {
    let keys = format!(
        "{IDS}<virtual_devices _=\"1\"/><Realtime1>\
        <Varname_1 _=\"/Process/PV/MyProcessVar1\" meta_type=\"humidity\" meta_unit=\"%\" meta_setpoint=\"30\" meta_virtual_device=\"Heating_1\"/>\
        <Varname_2 _=\"/Process/MBus/Device0/Var0\" meta_type=\"light\" meta_unit=\"lm\" meta_virtual_device=\"Heating_1\"/>\
        <Varname_3 _=\"/Process/PV/MyProcessVar2\" meta_type=\"temperature\" meta_unit=\"K\" meta_setpoint=\"5\" meta_virtual_device=\"Heating_2\"/>\
        </Realtime1>"
    );
    let payload = Bench::new(&keys).initialise().last().unwrap().payload().to_owned();
    let third = "<MyProcessVar2><name _=\"Varname_3\"/><type _=\"temperature\"/><unit _=\"K\"/><set_point _=\"5\"/><virtual_device _=\"Heating_2\"/></MyProcessVar2>";
    assert!(payload.contains(third), "{payload}");
    assert!(payload.contains(
        "<Var0><name _=\"Varname_2\"/><type _=\"light\"/><unit _=\"lm\"/><virtual_device _=\"Heating_1\"/></Var0>"
    ));
}

#[test]
fn juc_q08_the_receive_signal_is_one_of_two_and_passed_on_when_read() {
    for signal in ["REGULAR", "IRREGULAR"] {
        let payload = init_of(&format!("meta_type=\"light\" meta_receive_signal=\"{signal}\""));
        assert!(payload.contains(&format!("<receive_signal _=\"{signal}\"/>")));
    }
    let text = database("<Realtime1><A _=\"/P/A\" meta_type=\"light\" meta_receive_signal=\"20\"/></Realtime1>");
    assert!(matches!(
        Config::parse(&text),
        Err(ConfigError::Point {
            problem: PointProblem::ReceiveSignal,
            ..
        })
    ));
    let text = "<controllers><C><sensors><A><receive_signal _=\"20\"/></A></sensors></C></controllers>";
    let body = Body::parse(text.as_bytes()).unwrap();
    let sensor = body.controllers().next().unwrap().sensors().next().unwrap();
    assert_eq!(sensor.field("receive_signal").unwrap(), "20");
}

#[test]
fn juc_q09_only_the_topics_of_the_table_are_used() {
    let mut bench = Bench::new(POINT);
    let mut all = bench.tell(Input::Start);
    all.extend(bench.tell(Input::Connected));
    let done = bench.message("fp/gatewayRolloutResult/04600912", &rollout_result(0, "04600912_1", ""));
    all.extend(done.clone());
    all.extend(bench.accept(&done));
    let topics: Vec<_> = all
        .iter()
        .filter(|did| matches!(did.word(), "publish" | "subscribe"))
        .map(Did::topic)
        .collect();
    let expected = [
        "fp/gatewayRolloutResult/04600912",
        "fp/gatewayRollout",
        "c7/fp/g7/gatewayInitResult",
        "c7/fp/g7/config",
        "c7/fp/g7/cmd",
        "c7/fp/g7/state",
        "c7/fp/g7/gatewayInit",
        "c7/fp/g7/data",
    ];
    assert_eq!(topics, expected);
    // The flow chart's result topic without a serial number is nobody's.
    let mut bench = Bench::rolling(POINT);
    let done = bench.message("fp/gatewayRolloutResult", &rollout_result(0, "04600912_1", ""));
    assert_eq!(done, [Did::Log(Notice::OtherTopic)]);
}

#[test]
fn juc_q10_after_an_error_of_the_initialisation_the_rollout_is_repeated_where_there_was_one() {
    for (code, phase) in [
        (404, Phase::Rollout),
        (409, Phase::Rollout),
        (500, Phase::Init),
        (1, Phase::Init),
    ] {
        let mut bench = Bench::rolling(POINT);
        let done = bench.message("fp/gatewayRolloutResult/04600912", &rollout_result(0, "04600912_1", ""));
        let id = request_id(done.last().unwrap().payload());
        let done = bench.message("c7/fp/g7/gatewayInitResult", &init_result(code, &id));
        assert!(
            matches!(done[..], [Did::Log(Notice::Portal { subject: Subject::InitResult, code: told, .. })] if told == code)
        );
        assert_eq!(bench.gateway.phase(), phase);
        let words: Vec<_> = bench.wait(30).iter().map(Did::word).collect();
        let expected: &[_] = if phase == Phase::Rollout {
            &["subscribe", "persist", "publish"]
        } else {
            &["publish"]
        };
        assert_eq!(words, expected);
    }
    // Ids of the configuration leave the initialisation only.
    for code in [404, 409, 500] {
        let mut bench = Bench::new(&format!("{IDS}{POINT}"));
        let done = bench.initialise();
        let id = request_id(done.last().unwrap().payload());
        bench.message("c1/fp/g1/gatewayInitResult", &init_result(code, &id));
        assert_eq!(bench.gateway.phase(), Phase::Init);
        assert!(bench.wait(29).is_empty());
        assert_eq!(bench.wait(1)[0].topic(), "c1/fp/g1/gatewayInit");
    }
}

#[test]
fn juc_q11_the_portals_version_is_read_from_either_answer() {
    let mut bench = Bench::rolling(POINT);
    let more = "<portal_version _=\"2.1\"/>";
    let done = bench.message(
        "fp/gatewayRolloutResult/04600912",
        &rollout_result(0, "04600912_1", more),
    );
    assert_eq!(bench.gateway.status().broker_version, "2.1");
    bench.accept(&done);
    assert_eq!(bench.gateway.status().broker_version, "1.0.0");
    let without = InitResult::parse(b"{\"error_code\":0,\"response_id\":\"r\"}").unwrap();
    assert_eq!(without.portal_version, None);
}
