//! Messages of somebody who means harm.

use std::fmt::Write;

use fibocom_mqtt::profile::juconn::tixml::Document;
use fibocom_mqtt::profile::juconn::{Config, ConfigError, Phase};

use crate::bench::{Bench, Did, POINT, database, init_result, rollout_result};
use crate::feedback::{ask, quiet, request, result};
use crate::hostile::ROLLOUT;

#[test]
fn hostile_texts_end_in_an_answer_or_a_log_line() {
    let deep = "<a>".repeat(5000);
    let many = "<Set/>".repeat(300);
    let wide = format!("<Set {}/>", "a=\"1\" ".repeat(300));
    for inner in [
        deep.as_str(),
        many.as_str(),
        wide.as_str(),
        "<Set _=\"\0\"/>",
        "<Set _=\"&#x110000;&#xd800;&#99999999999;&;&#;&#x;\"/>",
        "<!-- <Set/>",
        "<![CDATA[<Set/>]]>",
        "<Set></set>",
        "</cmd><cmd>",
        "<Set _='\"'/>",
        "<Set _=a/b/>",
        "<\u{b0}/>",
    ] {
        for kind in ["config", "cmd"] {
            let mut bench = quiet();
            let done = ask(&mut bench, kind, &request(kind, inner));
            assert_eq!(done.len(), 1, "{inner:.40}");
            if bench.gateway.is_busy() {
                bench.gateway.execution().unwrap().1.write_str("<Set/>").unwrap();
            }
        }
    }
    for json in [
        "[".repeat(5000),
        "{\"a\":".repeat(5000),
        format!(
            "{{\"request_id\":\"r\",\"serial_number\":\"04600912\",\"cmd\":{}",
            "{\"a\":".repeat(5000)
        ),
        format!("{{\"request_id\":\"r\",\"serial_number\":{}}}", "9".repeat(900)),
        "{\"request_id\":1e999999999999,\"serial_number\":\"04600912\",\"cmd\":{\"Set\":1e99999999}}".into(),
        "{\"request_id\":\"\\ud800\\u0000\",\"serial_number\":\"04600912\",\"cmd\":{}}".into(),
        "{\"request_id\":\"r\",\"request_id\":\"s\",\"serial_number\":\"04600912\",\"cmd\":{\"Set\":1,\"Set\":2}}"
            .into(),
    ] {
        let mut bench = quiet();
        assert_eq!(ask(&mut bench, "cmd", &json).len(), 1, "{json:.60}");
    }
}

#[test]
fn ids_of_a_rollout_are_one_level_of_a_topic() {
    let long = "x".repeat(49);
    for id in [
        "a/b", "+", "#", "a&quot;b", "a\\b", "a b", "a&#xa;", "&#0;", "&#x7f;", "\u{e4}", "", &long,
    ] {
        for (gateway, customer) in [(id, "c"), ("g", id)] {
            let mut bench = Bench::rolling(POINT);
            let answer = format!(
                "<error_code _=\"0\"/><response_id _=\"04600912_1\"/><gateway_id _=\"{gateway}\"/><customer_id _=\"{customer}\"/>"
            );
            let done = bench.message(ROLLOUT, &answer);
            assert!(matches!(done[..], [Did::Log(_)]), "{id} {done:?}");
            assert_eq!(bench.gateway.ids(), None, "{id}");
            let keys = format!("<gateway_id _=\"{gateway}\"/><customer_id _=\"{customer}\"/>{POINT}");
            assert!(
                matches!(Config::parse(&database(&keys)), Err(ConfigError::Id(_))),
                "{id}"
            );
        }
    }
    let longest = "x".repeat(48);
    let mut bench = Bench::rolling(POINT);
    let answer = rollout_result(0, "04600912_1", "")
        .replace("g7", &longest)
        .replace("c7", &longest);
    bench.message(ROLLOUT, &answer);
    assert_eq!(bench.gateway.ids(), Some((&*longest, &*longest)));
}

#[test]
fn an_answer_without_an_id_is_no_success() {
    for id in ["", " ", "&#x20;"] {
        let mut bench = Bench::initialising(POINT);
        bench.message("c1/fp/g1/gatewayInitResult", &init_result(0, id));
        assert_eq!(bench.gateway.phase(), Phase::WaitInit, "{id}");
        let mut bench = Bench::rolling(POINT);
        bench.message(ROLLOUT, &rollout_result(0, id, ""));
        assert_eq!(
            (bench.gateway.phase(), bench.gateway.ids()),
            (Phase::Rollout, None),
            "{id}"
        );
    }
}

#[test]
fn characters_that_would_end_a_text_are_entities() {
    let mut bench = quiet();
    let id = "\u{0}\u{1}\t\n\u{7f}<>&\"'\u{1f600}";
    let json = serde_json::json!({"request_id": id, "serial_number": "04600912", "cmd": {"DoOn": {"-_": id}}});
    let done = ask(&mut bench, "cmd", &json.to_string());
    let escaped = "&#x0;&#x1;&#x9;&#xa;&#x7f;&lt;&gt;&amp;&quot;'&#x1f600;";
    assert_eq!(done, [Did::Execute(format!("<DoOn _=\"{escaped}\"/>"))]);
    let answer: serde_json::Value = serde_json::from_str(&result(&bench.answer("<DoOn/>"))).unwrap();
    assert_eq!(answer["response_id"], id);
}

#[test]
fn nothing_in_a_comment_is_a_statement() {
    for comment in ["a -> <b/>", "a > <b/>", "- ->", "<!-- <b/>", "<?b ?>"] {
        let text = format!("<!--{comment}--><c/>");
        let document = Document::parse(&text).unwrap();
        let names: Vec<_> = document.elements().map(|element| element.name()).collect();
        assert_eq!(names, ["c"], "{text}");
    }
    assert!(Document::parse("<!--><c/>").is_err());
}
