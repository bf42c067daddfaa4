//! A request that comes twice, as a message of quality of service 1 may.

use fibocom_mqtt::profile::juconn::{Input, Notice, RequestKind};

use crate::bench::{Bench, Did, POINT, rollout_result};
use crate::feedback::{STOP, ask, execute, quiet, request, result};
use crate::hostile::ROLLOUT;

fn again(kind: RequestKind, sent: &[Did]) -> Vec<Did> {
    let mut done = vec![Did::Log(Notice::Again(kind))];
    done.extend_from_slice(sent);
    done
}

#[test]
fn a_request_that_comes_again_is_answered_and_not_executed_again() {
    let json = r#"{"request_id":"r1","serial_number":"04600912","config_xml":"<SetConfig _=\"A\"/>"}"#.to_owned();
    for (name, kind, payload) in [
        ("config", RequestKind::Config, request("config", "<SetConfig _=\"A\"/>")),
        ("config", RequestKind::Config, json),
        ("cmd", RequestKind::Cmd, request("cmd", "<SetConfig _=\"A\"/>")),
    ] {
        for (answer, code) in [("<SetConfig/>", 0), ("<Error _=\"-7\"/>", -7)] {
            let mut bench = quiet();
            assert_eq!(ask(&mut bench, name, &payload), execute(STOP));
            bench.answer("<Set/>");
            // While it is executed there is nothing to answer yet.
            assert_eq!(ask(&mut bench, name, &payload), [Did::Log(Notice::Busy(kind))]);
            let sent = bench.answer(answer);
            assert!(result(&sent).contains(&code.to_string()));
            for _ in 0..2 {
                assert_eq!(ask(&mut bench, name, &payload), again(kind, &sent));
                assert!(!bench.gateway.is_busy());
            }
            // Also after a new login, which is when a broker sends it again.
            bench.tell(Input::Disconnected);
            bench.wait(1);
            let login = bench.tell(Input::Connected);
            bench.accept(&login);
            assert_eq!(ask(&mut bench, name, &payload), again(kind, &sent));
        }
    }
    // What was refused is refused again.
    let mut bench = quiet();
    let payload = request("cmd", "<DoOn/>").replace("04600912", "1");
    let sent = ask(&mut bench, "cmd", &payload);
    assert_eq!(ask(&mut bench, "cmd", &payload), again(RequestKind::Cmd, &sent));
}

#[test]
fn another_request_is_executed_however_alike_it_is() {
    let command = request("cmd", "<Set _=\"/a\"/>");
    let set = execute("<Set _=\"/a\"/>");
    let answered = || {
        let mut bench = quiet();
        assert_eq!(ask(&mut bench, "cmd", &command), set);
        bench.answer("<Set/>");
        bench
    };
    // Another id, another command, another topic.
    let mut bench = answered();
    assert_eq!(ask(&mut bench, "cmd", &command.replace("r1", "r2")), set);
    let mut bench = answered();
    assert_eq!(
        ask(&mut bench, "cmd", &command.replace("/a", "/b")),
        execute("<Set _=\"/b\"/>")
    );
    let mut bench = answered();
    let both = "<request_id _=\"r1\"/><serial_number _=\"04600912\"/><config><Set/></config><cmd><DoOn/></cmd>";
    assert_eq!(ask(&mut bench, "cmd", both), execute("<DoOn/>"));
    bench.answer("<DoOn/>");
    assert_eq!(ask(&mut bench, "config", both), execute("<Set/>"));
    // The last one is remembered, and no other.
    let mut bench = answered();
    ask(&mut bench, "cmd", &request("cmd", "<DoOn/>"));
    bench.answer("<DoOn/>");
    assert_eq!(ask(&mut bench, "cmd", &command), set);
    // A state may have changed.
    let mut bench = quiet();
    for link in ["0", "100"] {
        assert_eq!(
            ask(&mut bench, "state", &request("state", "")),
            execute("<Get ver=\"y\"/>")
        );
        assert!(result(&bench.answer(&format!("<Get><Link _=\"{link}\"/></Get>"))).contains(link));
    }
}

#[test]
fn what_was_answered_is_forgotten_with_the_ids() {
    let mut bench = Bench::rolling(POINT);
    let mut command = || {
        let id = format!("04600912_{}", bench.gateway.persisted().rollouts);
        let login = bench.message(ROLLOUT, &rollout_result(0, &id, ""));
        bench.accept(&login);
        let done = bench.message("c7/fp/g7/cmd", &request("cmd", "<Reset _=\"Secretfile\"/>"));
        bench.answer("<Reset/>");
        bench.tell(Input::Start);
        bench.tell(Input::Connected);
        done
    };
    for _ in 0..2 {
        assert_eq!(command(), execute("<Reset _=\"Secretfile\"/>"));
    }
}
