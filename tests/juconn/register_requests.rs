//! The ambiguities of the manual and how they are resolved: requests and what persists.

use fibocom_mqtt::profile::juconn::tixml::{Text, TixmlProblem};
use fibocom_mqtt::profile::juconn::{
    CloudSendRealtimeData, Config, Connector, Device, Input, MessageError, Notice, Persisted, Request, RequestKind,
    ResultMessage, ServerAuthentication, Statements,
};

use crate::bench::{Bench, Did, IDS, POINT, database};
use crate::feedback::{STOP, ask, quiet, request, result};
use crate::realtime::sensors;
use crate::sample;

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
    let parse = |text| CloudSendRealtimeData::parse(Some(Text::new(text)));
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
        "CloudConn,Realtime+1",
        "CloudConn,Realtime01",
        "CloudConn,Realtime",
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
    assert_eq!(done.last().unwrap().payload().matches("<gateway_details>").count(), 1);
}
