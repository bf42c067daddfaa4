//! Results that do not fit, or just fit, and what nobody shall see of a request.

use fibocom_mqtt::profile::juconn::{Device, Empty, Frame, Persisted, Request, RequestKind};
use serde_json::Value;

use crate::bench::{Bench, IDS, POINT};
use crate::feedback::{ask, execute, quiet, request, result};
use crate::sample;

#[test]
fn a_status_answer_that_does_not_fit_is_answered_with_what_it_needs() {
    let states = fibocom_mqtt::profile::juconn::tixml::Document::parse(sample!("state_result.tixml")).unwrap();
    let whole = states.get("gateway_states").unwrap().content().raw().trim();
    for (memory, json) in [(8192, false), (8192, true), (512, false), (512, true)] {
        let device = Device::new("04600912", "WT640").unwrap().frame(Frame::Bare);
        let mut bench = Bench::with(&format!("{IDS}{POINT}"), Persisted::default(), device, 1024, memory);
        let done = bench.initialise();
        bench.accept(&done);
        let payload = match json {
            true => r#"{"request_id":"r1","serial_number":"04600912"}"#.to_owned(),
            false => request("state", ""),
        };
        assert_eq!(ask(&mut bench, "state", &payload), execute("<Get ver=\"y\"/>"));
        let text = result(&bench.answer(whole));
        let stated: usize = text
            .split("the answer needs ")
            .nth(1)
            .unwrap()
            .split(' ')
            .next()
            .unwrap()
            .parse()
            .unwrap();
        // Counted exactly where all of the answer was kept; in TiXML always.
        let around = "<?xml version=\"1.0\" encoding=\"UTF-8\" ?>\n<error_code _=\"0\"/><response_id _=\"r1\"/><gateway_states></gateway_states>\n";
        if json {
            let parsed: Value = serde_json::from_str(&text).unwrap();
            assert_eq!(parsed["error_code"], 500);
            let mut exact = String::from(r#"{"error_code":0,"response_id":"r1","gateway_states":"#);
            exact += &crate::conversion::as_json(whole, Empty::Text);
            exact += "}";
            if memory == 8192 {
                assert_eq!(stated, exact.len());
            }
            assert!(stated > 1024);
        } else {
            assert!(
                text.starts_with("<error_code _=\"500\"/><response_id _=\"r1\"/>"),
                "{text}"
            );
            assert_eq!(stated, around.len() + whole.len());
        }
        assert!(text.contains("and 1024 is the most: ask for a path"), "{text}");
        // A path that fits is answered.
        let path = payload.replace("\"04600912\"}", "\"04600912\",\"path\":\"Ethernet\"}");
        let path = if json {
            path
        } else {
            format!("{path}<path _=\"Ethernet\"/>")
        };
        assert_eq!(
            ask(&mut bench, "state", &path),
            execute("<Get _=\"Ethernet/\" ver=\"y\"/>")
        );
        assert!(result(&bench.answer("<Get><Ethernet><Link _=\"100\"/></Ethernet></Get>")).contains("100"));
    }
}

#[test]
fn what_is_executed_is_in_no_debug_text() {
    let mut bench = quiet();
    let secret = "<Set _=\"/a\" value=\"s3cret\"/>";
    ask(&mut bench, "cmd", &request("cmd", secret));
    let command = bench.gateway.execution().unwrap();
    let shown = format!("{:?} {:?} {:?}", command.0, command.1, Device::new("04600912", "x"));
    assert!(shown.starts_with("Command(Set) Answer(0 bytes)"), "{shown}");
    let all = format!("{:?}", bench.gateway);
    assert!(!all.contains("s3cret") && !all.contains("115, 51, 99"), "{all}");
    let payload = request("cmd", secret);
    let read = Request::parse(RequestKind::Cmd, payload.as_bytes()).unwrap();
    assert!(!format!("{read:?}").contains("s3cret"));
}

#[test]
fn an_answer_fits_to_the_byte() {
    let around = "<?xml version=\"1.0\" encoding=\"UTF-8\" ?>\n<error_code _=\"0\"/><response_id _=\"r1\"/>\
                  <gateway_states><Get _=\"\"/></gateway_states>\n";
    for (length, code) in [(1024, 0), (1025, 500)] {
        let mut bench = quiet();
        ask(&mut bench, "state", &request("state", ""));
        let value = "x".repeat(length - around.len());
        let done = bench.answer(&format!("<Get _=\"{value}\"/>"));
        assert!(
            result(&done).starts_with(&format!("<error_code _=\"{code}\"/>")),
            "{length}"
        );
        assert_eq!(done[0].payload().len() == 1024, code == 0);
    }
}
