//! The will: set before, changed while the connection is open, and sent.

use std::time::Duration;

use fibocom_mqtt::sim::{BreakCause, Message, Settings};

use super::sim_bench::{Bench, escaped};
use super::{ERROR, IMEI_101, OK, PARAMETERS, ask, ready, result};

fn reopen(bench: &mut Bench, clean: u8) {
    let command = format!("AT+MQTTOPEN=101,\"gateway\",1885,{clean},60");
    ask(bench, &command, &status("OPEN", 1));
}

fn status(command: &str, status: u8) -> String {
    result(command, &format!("101,{status}"))
}

/// What comes of it when the module's power fails.
fn left_behind(bench: &mut Bench) -> Option<Message> {
    let before = bench.broker.published().len();
    bench.module.restart(bench.now);
    bench.wait(Duration::from_secs(20));
    bench.run("ATE0\r");
    let published = bench.broker.published();
    assert!(published.len() <= before + 1);
    published.get(before).map(|(_, message)| message.clone())
}

fn message(topic: &str, payload: &str, qos: u8, retain: bool) -> Option<Message> {
    Some(Message {
        topic: topic.into(),
        payload: payload.into(),
        qos,
        retain,
    })
}

#[test]
fn the_will_that_was_set_before_is_sent() {
    let mut bench = ready(Settings::l610());
    ask(&mut bench, "AT+MQTTWILL=101,\"gone\",1,1,\"first\"", OK);
    ask(
        &mut bench,
        "AT+MQTTWILL?",
        &format!("\r\n+MQTTWILL: 101,\"gone\",1,1,\"first\"\r\n{OK}"),
    );
    reopen(&mut bench, 1);
    assert_eq!(left_behind(&mut bench), message("gone", "first", 1, true));
}

#[test]
fn topic_and_message_are_changed_while_the_connection_is_open() {
    let mut bench = ready(Settings::l610());
    ask(&mut bench, "AT+MQTTWILL=101,\"gone\",1,1,\"first\"", OK);
    reopen(&mut bench, 1);
    ask(&mut bench, "AT+MQTTSUB=101,\"plant/1\",1", &status("SUB", 1));
    ask(&mut bench, "AT+MQTTSUB=101,\"other/#\",2", &status("SUB", 1));
    ask(&mut bench, "AT+MQTTSUB=101,\"ended\",2", &status("SUB", 1));
    ask(&mut bench, "AT+MQTTUNSUB=101,\"ended\"", &status("UNSUB", 1));
    ask(&mut bench, "AT+MQTTWTOPICUD=101,2,0,\"lost/1\"", &status("WTOPICUD", 1));
    ask(&mut bench, "AT+MQTTWMSGUD=101,\"second\"", &status("WMSGUD", 1));
    // The old will was not sent on the way, the connection is what it was, and so are its topic ids.
    assert!(bench.broker.published().is_empty());
    let kept = [(b"plant/1".to_vec(), 1), (b"other/#".to_vec(), 2)];
    assert_eq!(bench.broker.subscriptions(IMEI_101), kept);
    ask(
        &mut bench,
        "AT+MQTTSNREG=101,\"new\"",
        &format!("{OK}\r\n+MQTTSNREG: 101,1,3,\"new\"\r\n"),
    );
    bench.broker.client("writer").publish("plant/1", "x", 1, false);
    assert_eq!(bench.run(""), escaped("\r\n+MQTTMSGI: 101,1,1,1\r\n"));
    // What AT+MQTTWILL set is for the next open.
    ask(
        &mut bench,
        "AT+MQTTWILL?",
        &format!("\r\n+MQTTWILL: 101,\"gone\",1,1,\"first\"\r\n{OK}"),
    );
    assert_eq!(left_behind(&mut bench), message("lost/1", "second", 2, false));
}

#[test]
fn a_kept_session_is_taken_up_again() {
    let mut bench = ready(Settings::l610());
    reopen(&mut bench, 0);
    ask(&mut bench, "AT+MQTTSUB=101,\"plant/1\",1", &status("SUB", 1));
    ask(&mut bench, "AT+MQTTWTOPICUD=101,0,1,\"lost/1\"", &status("WTOPICUD", 1));
    assert_eq!(bench.broker.subscriptions(IMEI_101), [(b"plant/1".to_vec(), 1)]);
    assert_eq!(bench.broker.opens().len(), 2);
    assert_eq!(left_behind(&mut bench), message("lost/1", "", 0, true));
}

#[test]
fn a_message_needs_a_topic_and_an_update_a_connection() {
    let mut bench = ready(Settings::l610());
    ask(&mut bench, "AT+MQTTWTOPICUD=101,0,0,\"t\"", ERROR);
    ask(&mut bench, "AT+MQTTWMSGUD=101,\"m\"", ERROR);
    reopen(&mut bench, 1);
    ask(&mut bench, "AT+MQTTWMSGUD=101,\"m\"", &status("WMSGUD", 0));
    assert_eq!(bench.broker.opens().len(), 1);
    ask(&mut bench, "AT+MQTTWTOPICUD=101,1,0,\"t\"", &status("WTOPICUD", 1));
    ask(&mut bench, "AT+MQTTWMSGUD=101,\"m\"", &status("WMSGUD", 1));
    assert_eq!(left_behind(&mut bench), message("t", "m", 1, false));

    reopen(&mut bench, 1);
    let long = "x".repeat(1025);
    bench.run("AT+CMEE=1\r");
    for command in [
        "AT+MQTTWTOPICUD=101,0,1,1".to_owned(),
        "AT+MQTTWTOPICUD=101,3,1,\"t\"".to_owned(),
        "AT+MQTTWTOPICUD=101,0,2,\"t\"".to_owned(),
        "AT+MQTTWTOPICUD=101,0,1,\"\"".to_owned(),
        "AT+MQTTWTOPICUD=1,0,1,\"t\"".to_owned(),
        format!("AT+MQTTWTOPICUD=101,0,1,\"{}\"", "x".repeat(256)),
        "AT+MQTTWMSGUD=101,\"\"".to_owned(),
        "AT+MQTTWMSGUD=2,\"m\"".to_owned(),
        format!("AT+MQTTWMSGUD=101,\"{long}\""),
    ] {
        ask(&mut bench, &command, PARAMETERS);
    }
}

#[test]
fn an_update_fails_with_its_connection() {
    // The server does not let the client in again.
    let mut bench = ready(Settings::l610());
    reopen(&mut bench, 1);
    bench.broker.refuse_next_open(5);
    let failed = format!("{OK}\r\n+MQTTBREAK: 101,1\r\n\r\n+MQTTWTOPICUD: 101,0\r\n");
    ask(&mut bench, "AT+MQTTWTOPICUD=101,0,0,\"t\"", &failed);
    assert!(!bench.module.is_open(101));

    // The connection is gone before the server has answered.
    let mut bench = ready(Settings::l610());
    reopen(&mut bench, 1);
    bench.broker.withhold_results(true);
    ask(&mut bench, "AT+MQTTWTOPICUD=101,0,0,\"t\"", OK);
    // One at a time, and no close meanwhile.
    ask(&mut bench, "AT+MQTTWMSGUD=101,\"m\"", ERROR);
    ask(&mut bench, "AT+MQTTCLOSE=101", ERROR);
    ask(&mut bench, "AT+MQTTPUB=101,\"t\",0,0,\"x\"", OK);
    bench.module.lose_network(BreakCause::Link, bench.now);
    let seen = bench.run("");
    for line in ["+MQTTWTOPICUD: 101,0", "+MQTTPUB: 101,0", "+MQTTBREAK: 101,2"] {
        assert_eq!(seen.matches(line).count(), 1, "{seen}");
    }
    bench.broker.withhold_results(false);
    assert_eq!(bench.run(""), "");
    assert!(!bench.module.is_open(101));
}
