//! The ambiguities of the manual and how they are resolved: the forms, the lifecycle and the requests.

use fibocom_mqtt::profile::juconn::tixml::{Document, TixmlProblem};
use fibocom_mqtt::profile::juconn::{
    Body, CloudSendRealtimeData, Config, ConfigError, Connector, Device, Frame, InitResult, Input, MessageError,
    Notice, Persisted, Phase, PointProblem, Request, RequestKind, ResultMessage, RolloutResult, SendTime,
    ServerAuthentication, Statements, Subject,
};

use crate::bench::{Bench, Did, IDS, POINT, database, init_result, request_id, rollout_result};
use crate::feedback::{STOP, ask, quiet, request, result};
use crate::realtime::sensors;
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

#[test]
fn juc_q12_config_takes_set_and_set_config_under_either_key() {
    for (key, statement) in [("config", "<Set _=\"/a\"/>"), ("config_xml", "<Set _=\"/a\"/>")] {
        let mut bench = quiet();
        let payload = format!("<request_id _=\"r\"/><serial_number _=\"04600912\"/><{key}>{statement}</{key}>");
        assert_eq!(ask(&mut bench, "config", &payload), [Did::Execute(statement.into())]);
    }
    let mut bench = quiet();
    assert_eq!(
        ask(&mut bench, "config", &request("config", "<SetConfig _=\"A\"/>")),
        [Did::Execute(STOP.into())]
    );
    // The manual's second example, which is not closed, is no TiXML: there is nothing to take an id from.
    let mut bench = quiet();
    let open = request("config", "<Set _=\"/Process/PV/Test\" value=\"10\" ver=\"y\">");
    let done = ask(&mut bench, "config", &open);
    let Did::Log(Notice::Malformed(_, MessageError::Tixml(error))) = done[0] else {
        panic!()
    };
    assert_eq!(error.problem, TixmlProblem::Close);
    let mut bench = quiet();
    let text = result(&ask(
        &mut bench,
        "config",
        &request("config", "<Reset _=\"Secretfile\"/>"),
    ));
    assert!(text.starts_with("<error_code _=\"500\"/>"), "{text}");
}

#[test]
fn juc_q13_a_result_has_three_fields_in_order_and_is_read_in_any() {
    let mut bench = quiet();
    ask(&mut bench, "state", &request("state", ""));
    let text = result(&bench.answer("<Get/>"));
    assert_eq!(
        text,
        "<error_code _=\"0\"/><response_id _=\"r1\"/><gateway_states><Get/></gateway_states>"
    );
    let other = "<gateway_states><Get/></gateway_states><response_id _=\"r\"/><serial_number _=\"1\"/><more/><error_code _=\"0\"/>";
    let read = ResultMessage::parse(RequestKind::State, other.as_bytes()).unwrap();
    assert_eq!((read.error_code, read.response_id), (0, "r".into()));
    assert!(matches!(read.result, Statements::Tixml(states) if states.raw() == "<Get/>"));
    let json = r#"{"more":[1],"gateway_states":{"Get":""},"response_id":"r","error_code":0}"#;
    assert_eq!(
        ResultMessage::parse(RequestKind::State, json.as_bytes())
            .unwrap()
            .response_id,
        "r"
    );
    // The value outside of its tag is a misprint.
    let printed = "<response_id _=\"r\"/><error_code> _=\"0\"/><gateway_states/>";
    assert!(ResultMessage::parse(RequestKind::State, printed.as_bytes()).is_err());
}

#[test]
fn juc_q16_another_serial_number_is_404_an_invalid_command_500_and_else_the_commands_own_number() {
    for (payload, answer, code) in [
        (request("cmd", "<Set/>").replace("04600912", "1"), None, 404),
        (request("cmd", ""), None, 500),
        (request("cmd", "<Set/>"), Some("<Error _=\"-2196\"/>"), -2196),
        (request("cmd", "<Set/>"), Some("<Error/>"), -1),
        (request("cmd", "<Set/>"), Some("<Set/>"), 0),
    ] {
        let mut bench = quiet();
        let mut done = ask(&mut bench, "cmd", &payload);
        if let Some(answer) = answer {
            done = bench.answer(answer);
        }
        let text = result(&done);
        assert!(text.starts_with(&format!("<error_code _=\"{code}\"/>")), "{text}");
    }
}

#[test]
fn juc_q17_without_an_attribute_all_sections_are_sent() {
    let parse = |text| CloudSendRealtimeData::parse(Some(fibocom_mqtt::profile::juconn::tixml::Text::new(text)));
    let of = |connector, section| Some(CloudSendRealtimeData { connector, section });
    assert_eq!(CloudSendRealtimeData::parse(None), of(Connector::CloudConn, None));
    assert_eq!(parse("CloudConn"), of(Connector::CloudConn, Some(1)));
    assert_eq!(parse("CloudConn2,Realtime2"), of(Connector::CloudConn2, Some(2)));
    assert_eq!(parse("CloudConn,Realtime3"), of(Connector::CloudConn, Some(3)));
    for wrong in [
        "",
        "CloudConn4",
        "CloudConn,Realtime6",
        "CloudConn,Realtime0",
        "CloudConn,",
        "Realtime1",
    ] {
        assert_eq!(parse(wrong), None, "{wrong}");
    }
    let keys = "<Realtime1><A _=\"/P/A\" meta_type=\"power\"/></Realtime1><Realtime2><B _=\"/P/B\" meta_type=\"power\"/></Realtime2>";
    let (mut bench, _) = Bench::running(keys, |_| {});
    let done = ask(&mut bench, "cmd", &request("cmd", "<CloudSendRealtimeData />"));
    assert_eq!(sensors(&done[1..]), ["A", "B"]);
    let done = ask(
        &mut bench,
        "cmd",
        &request("cmd", "<CloudSendRealtimeData _=\"CloudConn\"/>"),
    );
    assert_eq!(sensors(&done[1..]), ["A"]);
}

#[test]
fn juc_q19_the_servers_certificate_goes_with_the_servers_mode() {
    let text =
        database("<TLS_Client_authmode _=\"file\"/><TLS_Server_authmode _=\"none\"/><TLS_Server_cert _=\"s.crt\"/>");
    assert_eq!(
        Config::parse(&text).unwrap().server_authentication(),
        ServerAuthentication::None
    );
    let text =
        database("<TLS_Client_authmode _=\"hsm\"/><TLS_Server_authmode _=\"file\"/><TLS_Server_cert _=\"s.crt\"/>");
    let config = Config::parse(&text).unwrap();
    assert!(matches!(config.server_authentication(), ServerAuthentication::File(Some(name)) if name == "s.crt"));
}

#[test]
fn juc_q20_a_wrong_path_is_the_commands_error() {
    let mut bench = quiet();
    let done = ask(&mut bench, "cmd", &request("cmd", "<Get _=\"/Processs/\" ver=\"n\"/>"));
    assert_eq!(done, [Did::Execute("<Get _=\"/Processs/\" ver=\"n\"/>".into())]);
    let text = result(&bench.answer(sample!("error_n.tixml").trim()));
    assert_eq!(
        text,
        "<error_code _=\"-2196\"/><response_id _=\"r1\"/><cmd_result><Error _=\"-2196\" /></cmd_result>"
    );
}

#[test]
fn juc_q24_the_gateway_stops_processing_itself() {
    // Also if the portal sends the stop: twice does no harm.
    let mut bench = quiet();
    let payload = request("cmd", &format!("{STOP}<SetConfig _=\"A\"/>"));
    assert_eq!(ask(&mut bench, "cmd", &payload), [Did::Execute(STOP.into())]);
    assert_eq!(bench.answer("<Set/>"), [Did::Execute(STOP.into())]);
    assert_eq!(bench.answer("<Set/>"), [Did::Execute("<SetConfig _=\"A\"/>".into())]);
    assert!(result(&bench.answer("<SetConfig/>")).contains("<cmd_result><Set/><SetConfig/></cmd_result>"));
}

#[test]
fn juc_q25_the_number_of_rollouts_is_kept_before_it_is_used() {
    let mut bench = Bench::restarted(
        POINT,
        Persisted {
            rollouts: 41,
            ..Persisted::default()
        },
    );
    bench.tell(Input::Start);
    let done = bench.tell(Input::Connected);
    let Did::Persist(persisted) = &done[1] else {
        panic!("{done:?}")
    };
    assert_eq!(persisted.rollouts, 42);
    assert!(done[2].payload().contains("<request_id _=\"04600912_42\"/>"));
    // It survives a reset to the factory's settings: ids are unique for ever.
    bench.tell(Input::FactoryReset);
    assert_eq!(bench.gateway.persisted().rollouts, 42);
}

#[test]
fn juc_q26_an_empty_set_config_is_success_and_an_error_is_failure() {
    for (answer, code) in [("<SetConfig/>", "0"), (sample!("error_y.tixml"), "-2196")] {
        let mut bench = quiet();
        ask(&mut bench, "config", &request("config", "<SetConfig _=\"A\"/>"));
        bench.answer("<Set/>");
        let text = result(&bench.answer(answer));
        assert!(text.starts_with(&format!("<error_code _=\"{code}\"/>")), "{text}");
    }
    let manual = ResultMessage::parse(RequestKind::Cmd, sample!("cmd_result.json").as_bytes()).unwrap();
    assert_eq!(manual.error_code, 0);
}

#[test]
fn juc_q27_log_data_has_no_message() {
    // Neither topic nor body is defined: what came while nobody listened is not sent later, only what is due now.
    let (mut bench, _) = Bench::running(POINT, |plant| plant.set("/Process/PV/Room", "1"));
    bench.tell(Input::Disconnected);
    for hours in 1..5 {
        bench.plant.set("/Process/PV/Room", &hours.to_string());
        bench.wait(3600);
    }
    let done = bench.tell(Input::Connected);
    let done = bench.accept(&done);
    assert_eq!(crate::realtime::sent(&done[0]).len(), 1);
    assert_eq!((done.len(), crate::realtime::sent(&done[0])[0].2.as_str()), (1, "4"));
}

#[test]
fn juc_q28_misprints_are_no_syntax() {
    let curly = "<request_id _=\u{201d}generated string\u{201d}/><serial_number _=\"1\"/>";
    assert!(Request::parse(RequestKind::State, curly.as_bytes()).is_err());
    let unnamed = "{\"error_code\":0,\"response_id\":\"r\",\"gateway_states\":{\"gateway_state\"}}";
    assert!(ResultMessage::parse(RequestKind::State, unnamed.as_bytes()).is_err());
    // gateway_details stands once.
    let device = Device::new("04600912", "WT640").unwrap().details("boiler room");
    let mut bench = Bench::with(&format!("{IDS}{POINT}"), Persisted::default(), device, 1024, 1024);
    let done = bench.initialise();
    assert_eq!(done.last().unwrap().payload().matches("gateway_details").count(), 1);
}
