//! Requests: the serial number, the stop, results in the format of the request, and what does not fit.

use std::fmt::Write;

use fibocom_mqtt::profile::juconn::{Input, Notice, Persisted, Phase, Request, RequestKind, RolloutResult, Subject};
use serde_json::Value;

use crate::bench::{Bench, Did, POINT};
use crate::sample;

pub const STOP: &str = "<Set _=\"/Process/Program/Mode\" value=\"Stop\" ver=\"v\"/>";

pub fn request(kind: &str, inner: &str) -> String {
    let inner = match kind {
        "state" => inner.to_owned(),
        kind => format!("<{kind}>{inner}</{kind}>"),
    };
    format!("<request_id _=\"r1\"/><serial_number _=\"04600912\"/>{inner}")
}

pub fn quiet() -> Bench {
    let (bench, _) = Bench::running(POINT, |_| {});
    bench
}

pub fn ask(bench: &mut Bench, kind: &str, payload: &str) -> Vec<Did> {
    bench.message(&format!("c1/fp/g1/{kind}"), payload)
}

/// The only thing done: a publication, without the declaration in front.
pub fn result(done: &[Did]) -> String {
    assert_eq!(done.len(), 1, "{done:?}");
    let payload = done[0].payload();
    payload
        .strip_prefix("<?xml version=\"1.0\" encoding=\"UTF-8\" ?>\n")
        .unwrap_or(payload)
        .trim()
        .to_owned()
}

pub fn execute(text: &str) -> [Did; 1] {
    [Did::Execute(text.into())]
}

#[test]
fn juc_r_stop_processing_is_stopped_before_each_set_config_and_before_nothing_else() {
    let mut bench = quiet();
    let payload = request(
        "config",
        "<SetConfig _=\"A\"/><Set _=\"/b\" value=\"1\"/><SetConfig _=\"C\"/>",
    );
    assert_eq!(ask(&mut bench, "config", &payload), execute(STOP));
    assert_eq!(bench.answer("<Set/>"), execute("<SetConfig _=\"A\"/>"));
    assert_eq!(bench.answer("<SetConfig/>"), execute("<Set _=\"/b\" value=\"1\"/>"));
    assert_eq!(bench.answer("<Set/>"), execute(STOP));
    assert_eq!(bench.answer("<Set/>"), execute("<SetConfig _=\"C\"/>"));
    // Hours may pass.
    bench.wait(20_000);
    let done = bench.answer("<SetConfig/>");
    let text = "<error_code _=\"0\"/><response_id _=\"r1\"/><config_result_xml><SetConfig/><Set/><SetConfig/></config_result_xml>";
    assert_eq!(result(&done), text);

    // If the stop fails, the SetConfig is not executed.
    for kind in ["config", "cmd"] {
        ask(&mut bench, kind, &request(kind, "<SetConfig _=\"A\"/>"));
        let done = bench.answer("<Error><ErrNo _=\"-2196\"/></Error>");
        let text = result(&done);
        assert!(text.starts_with("<error_code _=\"-2196\"/>"), "{text}");
        assert!(text.contains("<Error><ErrNo _=\"-2196\"/></Error>"), "{text}");
    }
    assert_eq!(
        ask(&mut bench, "cmd", &request("cmd", "<DoOn _=\"x\"/>")),
        execute("<DoOn _=\"x\"/>")
    );
}

#[test]
fn juc_r_ser_a_request_for_another_device_is_not_executed() {
    for (kind, inner) in [("config", "<Set _=\"/a\"/>"), ("cmd", "<Set _=\"/a\"/>"), ("state", "")] {
        for serial in ["04600913", "4600912", ""] {
            let mut bench = quiet();
            let payload = request(kind, inner).replace("04600912", serial);
            let text = result(&ask(&mut bench, kind, &payload));
            assert!(
                text.starts_with("<error_code _=\"404\"/><response_id _=\"r1\"/>"),
                "{text}"
            );
            assert!(text.contains("the serial number is another gateway's"), "{text}");
            assert!(!bench.gateway.is_busy());
        }
        let mut bench = quiet();
        let without = request(kind, inner).replace("<serial_number _=\"04600912\"/>", "");
        assert!(result(&ask(&mut bench, kind, &without)).starts_with("<error_code _=\"404\"/>"));
    }
}

#[test]
fn results_have_the_format_of_the_request() {
    let mut bench = quiet();
    let json = r#"{"request_id":"r1","serial_number":"04600912","cmd":{"Set":{"-_":"/Process/PV/Test","-value":10,"-ver":"y"}}}"#;
    assert_eq!(
        ask(&mut bench, "cmd", json),
        execute("<Set _=\"/Process/PV/Test\" value=\"10\" ver=\"y\"/>")
    );
    assert_eq!(
        result(&bench.answer("<Set/>")),
        r#"{"error_code":0,"response_id":"r1","cmd_result":{"Set":null}}"#
    );
    let json = r#"{"request_id":"r1","serial_number":"04600912","config_xml":"<Set _=\"/a\" value=\"\u00b0\"/>"}"#;
    assert_eq!(
        ask(&mut bench, "config", json),
        execute("<Set _=\"/a\" value=\"\u{b0}\"/>")
    );
    let text = r#"{"error_code":0,"response_id":"r1","config_result_xml":"<Set/>"}"#;
    assert_eq!(result(&bench.answer("<Set/>")), text);
    let json = r#"{"request_id":"r1","serial_number":"04600912","path":"Ethernet"}"#;
    assert_eq!(
        ask(&mut bench, "state", json),
        execute("<Get _=\"Ethernet/\" ver=\"y\"/>")
    );
    let text = r#"{"error_code":0,"response_id":"r1","gateway_states":{"Get":{"Link":{"-_":"100"},"WLAN":""}}}"#;
    assert_eq!(result(&bench.answer("<Get><Link _=\"100\"/><WLAN></WLAN></Get>")), text);
    // The manual's command with two databases of the JSON example.
    let configuration: Value = serde_json::from_str(sample!("gateway_configuration.json")).unwrap();
    let json = serde_json::json!({"request_id": "r1", "serial_number": "04600912", "cmd": configuration["gateway_configuration"]});
    assert_eq!(ask(&mut bench, "cmd", &json.to_string()), execute(STOP));
    let done = bench.answer("<Set/>");
    assert!(
        matches!(&done[..], [Did::Execute(text)] if text.starts_with("<SetConfig _=\"USER\" ver=\"y\"><AccRights>"))
    );
}

#[test]
fn errors_of_commands_are_passed_on_in_their_degree_of_detail() {
    for (sample, text) in [
        (sample!("error_n.tixml"), "<Error _=\"-2196\" />"),
        (sample!("error_y.tixml"), "<Class _=\"TXSTCPGetSetValueCmd\" />"),
        (sample!("error_v.tixml"), "<Line _=\"127\" />"),
    ] {
        let mut bench = quiet();
        ask(
            &mut bench,
            "cmd",
            &request("cmd", "<Get _=\"/Processs/\"/><Set _=\"/never\"/>"),
        );
        let text_of = result(&bench.answer(sample));
        assert!(text_of.starts_with("<error_code _=\"-2196\"/>"), "{text_of}");
        assert!(text_of.contains(text), "{text_of}");
    }
}

#[test]
fn requests_that_cannot_be_executed_are_refused() {
    for (kind, inner) in [
        ("cmd", ""),
        ("cmd", "just text"),
        ("config", ""),
        ("config", "<Get _=\"/a\"/>"),
        ("config", "<Set _=\"/a\"/><DoOn _=\"b\"/>"),
    ] {
        let mut bench = quiet();
        let text = result(&ask(&mut bench, kind, &request(kind, inner)));
        assert!(
            text.starts_with("<error_code _=\"500\"/><response_id _=\"r1\"/>"),
            "{text}"
        );
        assert!(text.contains("<ErrText _=\"invalid command\"/>"), "{text}");
    }
    for cmd in [
        "{}",
        "null",
        "\"<Set\"",
        "{\"Supply temp\":1}",
        "[1]",
        "{\"Set\":{\"-a\":[]}}",
    ] {
        let mut bench = quiet();
        let json = format!(r#"{{"request_id":"r1","serial_number":"04600912","cmd":{cmd}}}"#);
        let text = result(&ask(&mut bench, "cmd", &json));
        let parsed: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(
            (parsed["error_code"].as_i64(), parsed["response_id"].as_str()),
            (Some(500), Some("r1")),
            "{cmd}"
        );
    }
    // More than the memory for statements: the length is named.
    let mut bench = quiet();
    let long = format!("<Set _=\"/a\" value=\"{}\"/>", "x".repeat(3000));
    let text = result(&ask(&mut bench, "cmd", &request("cmd", &long)));
    assert!(
        text.contains(&format!("the command needs {} bytes and 2048 is the most", long.len())),
        "{text}"
    );
}

#[test]
fn what_cannot_be_read_is_ignored_with_a_line_in_the_log() {
    for payload in [
        "",
        "{",
        "<a",
        "hello",
        "[]",
        "\u{feff}",
        "<serial_number _=\"04600912\"/>",
        "{\"serial_number\":1}",
        "{\"request_id\":{}}",
    ] {
        for (kind, expected) in [
            ("config", RequestKind::Config),
            ("cmd", RequestKind::Cmd),
            ("state", RequestKind::State),
        ] {
            let mut bench = quiet();
            let done = ask(&mut bench, kind, payload);
            assert!(
                matches!(done[..], [Did::Log(Notice::Malformed(Subject::Request(kind), _))] if kind == expected),
                "{payload} {done:?}"
            );
        }
    }
    let mut bench = quiet();
    let topic = b"c1/fp/g1/cmd";
    let done = bench.tell(Input::Message {
        topic,
        payload: b"<a>\xff\xfe</a>",
    });
    assert!(matches!(done[..], [Did::Log(Notice::Malformed(..))]));
    let done = bench.tell(Input::Message {
        topic: b"\xff",
        payload: b"",
    });
    assert_eq!(done, [Did::Log(Notice::OtherTopic)]);
}

#[test]
fn a_request_during_another_is_not_executed() {
    let mut bench = quiet();
    ask(&mut bench, "cmd", &request("cmd", "<DoOn/>"));
    assert!(bench.gateway.is_busy());
    assert_eq!(
        ask(&mut bench, "state", &request("state", "")),
        [Did::Log(Notice::Busy(RequestKind::State))]
    );
    assert!(result(&bench.answer("<DoOn/>")).contains("<cmd_result><DoOn/></cmd_result>"));
}

#[test]
fn an_answer_that_is_no_tixml_is_an_error() {
    let mut bench = quiet();
    ask(&mut bench, "cmd", &request("cmd", "<Get/>"));
    let text = result(&bench.answer("<Get>"));
    assert!(
        text.starts_with("<error_code _=\"500\"/>") && text.contains("the answer is not TiXML"),
        "{text}"
    );
}

#[test]
fn a_reset_of_the_secrets_is_answered_and_then_forgets_the_ids() {
    let mut bench = Bench::rolling(POINT);
    let answer = crate::bench::rollout_result(0, "04600912_1", "");
    let done = bench.message("fp/gatewayRolloutResult/04600912", &answer);
    bench.accept(&done);
    let done = bench.message("c7/fp/g7/cmd", &request("cmd", "<Reset _=\"Secretfile\"/>"));
    assert_eq!(done, execute("<Reset _=\"Secretfile\"/>"));
    let done = bench.answer("<Reset/>");
    assert_eq!(
        done.iter().map(Did::word).collect::<Vec<_>>(),
        ["publish", "persist", "disconnect"]
    );
    let Did::Persist(persisted) = &done[1] else { panic!() };
    assert_eq!(
        **persisted,
        Persisted {
            rollouts: 1,
            ..Persisted::default()
        }
    );
    assert_eq!((bench.gateway.phase(), bench.gateway.ids()), (Phase::PowerOn, None));
}

#[test]
fn a_result_waits_for_the_connection_if_that_was_lost_meanwhile() {
    let mut bench = quiet();
    ask(&mut bench, "cmd", &request("cmd", "<DoOn/>"));
    bench.tell(Input::Disconnected);
    bench.wait(1);
    let login = bench.tell(Input::Connected);
    assert!(bench.answer("<DoOn/>").is_empty());
    let done = bench.accept(&login);
    assert!(
        done.iter()
            .any(|did| matches!(did, Did::Publish { topic, .. } if topic == "c1/fp/g1/cmdResult")),
        "{done:?}"
    );
}

#[test]
fn a_result_that_did_not_go_out_is_sent_again() {
    for lost in [Input::NotPublished, Input::Disconnected] {
        let mut bench = quiet();
        ask(&mut bench, "cmd", &request("cmd", "<DoOn/>"));
        bench.gateway.execution().unwrap().1.write_str("<DoOn/>").unwrap();
        let now = fibocom_mqtt::profile::juconn::Now::default();
        bench.gateway.input(now, Input::Executed);
        let first = bench.next().unwrap();
        assert_eq!(first.topic(), "c1/fp/g1/cmdResult");
        assert!(bench.tell(lost).is_empty());
        assert!(bench.gateway.is_busy());
        let mut done = bench.wait(10);
        if lost == Input::Disconnected {
            let login = bench.tell(Input::Connected);
            done = bench.accept(&login);
        }
        assert!(done.contains(&first), "{done:?}");
        assert!(!bench.gateway.is_busy());
    }
}

#[test]
fn what_may_hold_a_password_is_not_shown() {
    let answer = "<error_code _=\"0\"/><response_id _=\"r\"/><gateway_id _=\"g\"/><customer_id _=\"c\"/>\
        <gateway_configuration><SetConfig><Password _=\"s3cret\"/></SetConfig></gateway_configuration>";
    let request = "<request_id _=\"r\"/><serial_number _=\"04600912\"/><cmd><Set _=\"/P\" value=\"s3cret\"/></cmd>";
    let shown = [
        format!(
            "{:?}",
            Input::Message {
                topic: b"c/fp/g/cmd",
                payload: request.as_bytes()
            }
        ),
        format!("{:?}", RolloutResult::parse(answer.as_bytes()).unwrap()),
        format!("{:?}", Request::parse(RequestKind::Cmd, request.as_bytes()).unwrap()),
    ];
    assert!(shown[0].contains("c/fp/g/cmd"), "{}", shown[0]);
    for text in shown {
        assert!(!text.contains("s3cret") && !text.contains("115, 51, 99, 114"), "{text}");
    }
}
