//! MQTT-SN on the simulated module, byte for byte: connections 101 and 102, topic ids, registrations.
#![cfg(feature = "sim")]

use std::time::Duration;

use fibocom_mqtt::sim::{BreakCause, Settings};

mod sim_bench;

use sim_bench::{Bench, escaped};

const OK: &str = "\r\nOK\r\n";
const ERROR: &str = "\r\nERROR\r\n";
const PARAMETERS: &str = "\r\n+CME ERROR: 53\r\n";
const IMEI_101: &str = "864430010012345101";

fn with(knobs: &[(&str, &str)]) -> Settings {
    let mut settings = Settings::l610();
    for (knob, value) in knobs {
        settings.set(knob, value).unwrap();
    }
    settings
}

/// Echo off, numbered errors, messages stored.
fn ready(settings: Settings) -> Bench {
    let mut bench = Bench::new(settings);
    for command in ["ATE0", "AT+CMEE=1", "AT+MQTTCONF=1"] {
        bench.run(format!("{command}\r"));
    }
    bench
}

/// The same, and connection 101 is open.
fn open(knobs: &[(&str, &str)]) -> Bench {
    let mut bench = ready(with(knobs));
    ask(
        &mut bench,
        "AT+MQTTOPEN=101,\"gateway\",1885,1,60",
        &result("OPEN", "101,1"),
    );
    bench
}

#[track_caller]
fn ask(bench: &mut Bench, command: &str, expected: &str) {
    assert_eq!(bench.run(format!("{command}\r")), escaped(expected), "{command}");
}

fn result(command: &str, arguments: &str) -> String {
    format!("{OK}\r\n+MQTT{command}: {arguments}\r\n")
}

fn answer(lines: &str) -> String {
    format!("\r\n{lines}\r\n{OK}")
}

#[test]
fn a_connection_needs_no_user_and_has_a_client_id_of_its_own() {
    let mut bench = open(&[]);
    let opened = &bench.broker.opens()[0];
    assert_eq!(opened.client_id, IMEI_101.as_bytes());
    assert!(opened.user.is_empty() && opened.password.is_empty() && opened.clean);
    assert_eq!((opened.port, opened.keep_alive), (1885, 60));
    ask(&mut bench, "AT+MQTTOPEN?", &answer("+MQTTOPEN: 1,2,102"));
    ask(&mut bench, "AT+MQTTCLOSE?", &answer("+MQTTCLOSE: 101"));
    ask(
        &mut bench,
        "AT+MQTTOPEN=101,\"gateway\",1885,1,60",
        "\r\n+CME ERROR: 3\r\n",
    );
    ask(&mut bench, "AT+MQTTUSER=101,\"\",\"\"", PARAMETERS);

    ask(&mut bench, "AT+MQTTSNCID=102,\"meter 7\"", OK);
    ask(&mut bench, "AT+MQTTWILL=102,\"gone\",1,1,\"meter 7\"", OK);
    ask(
        &mut bench,
        "AT+MQTTOPEN=102,\"gateway\",1885,0,9",
        &result("OPEN", "102,1"),
    );
    let opened = &bench.broker.opens()[1];
    assert_eq!(
        (opened.client_id.as_slice(), opened.clean),
        (b"meter 7".as_slice(), false)
    );
    assert!(
        opened
            .will
            .as_ref()
            .is_some_and(|will| will.topic == b"gone" && will.retain)
    );
    assert_eq!(bench.broker.connected(), [IMEI_101, "meter 7"]);

    ask(&mut bench, "AT+MQTTCLOSE=101", &result("CLOSE", "101,1"));
    ask(&mut bench, "AT+MQTTCLOSE=101", ERROR);
    ask(&mut bench, "AT+MQTTCLOSE?", &answer("+MQTTCLOSE: 102"));
    assert_eq!(bench.broker.connected(), ["meter 7"]);
}

#[test]
fn all_four_connections_at_once() {
    let mut bench = Bench::connected(Settings::l610());
    for command in [
        "AT+MQTTUSER=2,\"\",\"\",\"two\"",
        "AT+MQTTOPEN=2,\"h\",1883,1,60",
        "AT+MQTTOPEN=101,\"h\",1883,1,60",
        "AT+MQTTOPEN=102,\"h\",1883,1,60",
    ] {
        bench.run(format!("{command}\r"));
    }
    ask(&mut bench, "AT+MQTTCLOSE?", &answer("+MQTTCLOSE: 1,2,101,102"));
    ask(&mut bench, "AT+MQTTOPEN?", &answer("+MQTTOPEN: 0"));
    ask(&mut bench, "AT+MQTTSUB=101,\"t\",1", &result("SUB", "101,1"));
    ask(&mut bench, "AT+MQTTSUB=2,\"t\",1", &result("SUB", "2,1"));
    let published = "\r\nOK\r\n\r\n+MQTTMSGI: 101,1,1,2\r\n\r\n+MQTTMSGI: 2,1,1,2\r\n\r\n+MQTTPUB: 1,1\r\n";
    let seen = bench.run("AT+MQTTPUB=1,\"t\",1,0,\"hi\"\r");
    // Which of the two comes first, the server decides.
    let mut sorted: Vec<&str> = seen.split("\\r\\n").collect();
    let expected = escaped(published);
    let mut wanted: Vec<&str> = expected.split("\\r\\n").collect();
    sorted.sort_unstable();
    wanted.sort_unstable();
    assert_eq!(sorted, wanted);
}

#[test]
fn breaks_restarts_and_a_lost_network_end_them_like_the_others() {
    let mut bench = open(&[]);
    ask(
        &mut bench,
        "AT+MQTTSNREG=101,\"plant/1\"",
        &result("SNREG", "101,1,1,\"plant/1\""),
    );
    bench.broker.break_connection(IMEI_101);
    assert_eq!(bench.run(""), escaped("\r\n+MQTTBREAK: 101,1\r\n"));
    ask(&mut bench, "AT+MQTTSNREG?", OK);
    ask(&mut bench, "AT+MQTTSNREG=101,\"plant/1\"", ERROR);
    ask(&mut bench, "AT+MQTTSUB=101,\"t\",0", ERROR);
    ask(&mut bench, "AT+MQTTPUB=101,7,0,0,\"x\"", ERROR);

    ask(
        &mut bench,
        "AT+MQTTOPEN=101,\"gateway\",1885,1,60",
        &result("OPEN", "101,1"),
    );
    bench.module.lose_network(BreakCause::Link, bench.now);
    assert_eq!(bench.run(""), escaped("\r\n+MQTTBREAK: 101,2\r\n"));
    assert!(bench.broker.connected().is_empty());

    let mut bench = open(&[]);
    ask(&mut bench, "AT+MQTTSNCID=102,\"me\"", OK);
    bench.run("AT+CFUN=15\r");
    bench.wait(Duration::from_secs(10));
    bench.run("ATE0\r");
    assert!(bench.broker.connected().is_empty() && !bench.module.is_open(101));
    ask(&mut bench, "AT+MQTTSNCID?", OK);

    for (fault, seen) in [
        ("open-refused", result("OPEN", "101,0")),
        ("open-no-result", OK.into()),
        ("open-cme=702", "\r\n+CME ERROR: 702\r\n".into()),
    ] {
        let mut bench = ready(Settings::l610().fault(fault.parse().unwrap()));
        ask(&mut bench, "AT+MQTTOPEN=101,\"gateway\",1885,1,60", &seen);
    }
    let mut bench = ready(Settings::l610());
    bench.broker.refuse_next_open(5);
    ask(
        &mut bench,
        "AT+MQTTOPEN=101,\"gateway\",1885,1,60",
        &result("OPEN", "101,0"),
    );
    ask(&mut bench, "AT+MQTTOPEN?", &answer("+MQTTOPEN: 1,2,101,102"));
}

#[test]
fn topics_are_names_short_names_and_numbers() {
    let mut bench = open(&[("sn-predefined", "7=plant/7"), ("sn-predefined", "1=plant/1")]);
    let listener = bench.broker.client("listener");
    listener.subscribe("#", 2);
    for (topic, name) in [("\"plant/3\"", "plant/3"), ("\"ab\"", "ab"), ("7", "plant/7")] {
        ask(
            &mut bench,
            &format!("AT+MQTTPUB=101,{topic},1,0,\"x\""),
            &result("PUB", "101,1"),
        );
        let received = listener.received();
        assert_eq!((received.len(), received[0].topic.as_slice()), (1, name.as_bytes()));
    }
    // In data mode, too; and what is no registered topic id is found out when the payload is complete.
    ask(&mut bench, "AT+MQTTPUB=101,7,1,1,3", "\r\n>\r\n");
    assert_eq!(bench.run("a\"b"), escaped(&result("PUB", "101,1")));
    assert_eq!(bench.broker.retained("plant/7").unwrap().payload, b"a\"b");
    ask(&mut bench, "AT+MQTTPUB=101,9,1,0,3", "\r\n>\r\n");
    assert_eq!(bench.run("a\"b"), escaped(&result("PUB", "101,0")));
    ask(&mut bench, "AT+MQTTPUB=101,9,0,0,\"x\"", &result("PUB", "101,0"));
    ask(&mut bench, "AT+MQTTSUB=101,9,0", &result("SUB", "101,0"));
    ask(&mut bench, "AT+MQTTUNSUB=101,9", &result("UNSUB", "101,0"));
    assert_eq!(listener.received().len(), 1);

    let retained = format!("{OK}\r\n+MQTTMSGI: 101,1,7,3\r\n\r\n+MQTTSUB: 101,1\r\n");
    ask(&mut bench, "AT+MQTTSUB=101,7,2", &retained);
    assert_eq!(bench.broker.subscriptions(IMEI_101), [(b"plant/7".to_vec(), 2)]);
    bench.run("AT+MQTTREAD=101\r");
    ask(&mut bench, "AT+MQTTUNSUB=101,7", &result("UNSUB", "101,1"));
    assert!(bench.broker.subscriptions(IMEI_101).is_empty());

    // A registered one follows those that are known from the start.
    ask(
        &mut bench,
        "AT+MQTTSNREG=101,\"a/b\"",
        &result("SNREG", "101,1,2,\"a/b\""),
    );
    ask(&mut bench, "AT+MQTTPUB=101,2,0,0,\"x\"", &result("PUB", "101,1"));
    assert_eq!(listener.received()[0].topic, b"a/b");
    // Its own connection's only.
    ask(
        &mut bench,
        "AT+MQTTOPEN=102,\"gateway\",1885,1,60",
        &result("OPEN", "102,1"),
    );
    ask(&mut bench, "AT+MQTTPUB=102,2,0,0,\"x\"", &result("PUB", "102,0"));

    for command in [
        "AT+MQTTPUB=101,0,0,0,\"x\"",
        "AT+MQTTPUB=101,65536,0,0,\"x\"",
        "AT+MQTTPUB=101,a,0,0,\"x\"",
        "AT+MQTTPUB=101,\"\",0,0,\"x\"",
        "AT+MQTTSUB=101,0,0",
        "AT+MQTTSUB=1,7,0",
        "AT+MQTTSUB=2,7,0",
        "AT+MQTTUNSUB=1,7",
        "AT+MQTTPUB=1,7,0,0,\"x\"",
        "AT+MQTTOPEN=103,\"h\",1883,1,60",
        "AT+MQTTOPEN=100,\"h\",1883,1,60",
    ] {
        ask(&mut bench, command, PARAMETERS);
    }
    // Three MQTT connections are three.
    let mut bench = ready(Settings::by_name("MC665-CN-22").unwrap());
    bench.run("AT+MQTTUSER=3,\"\",\"\"\rAT+MQTTOPEN=3,\"h\",1883,1,60\r");
    ask(&mut bench, "AT+MQTTSUB=3,7,0", PARAMETERS);
    ask(&mut bench, "AT+MQTTCLOSE=?", &answer("+MQTTCLOSE: (1,2,3,101,102)"));
}

#[test]
fn registrations_ascend_and_five_are_kept() {
    let mut bench = open(&[]);
    for number in 1..=5 {
        let name = format!("plant/{number}");
        let seen = result("SNREG", &format!("101,1,{number},\"{name}\""));
        ask(&mut bench, &format!("AT+MQTTSNREG=101,\"{name}\""), &seen);
    }
    ask(&mut bench, "AT+MQTTSNREG=101,\"plant/6\"", &result("SNREG", "101,0"));
    ask(
        &mut bench,
        "AT+MQTTSNREG=101,\"plant/2\"",
        &result("SNREG", "101,1,2,\"plant/2\""),
    );
    // Another connection counts for itself.
    bench.run("AT+MQTTOPEN=102,\"gateway\",1885,1,60\r");
    ask(
        &mut bench,
        "AT+MQTTSNREG=102,\"plant/6\"",
        &result("SNREG", "102,1,1,\"plant/6\""),
    );
    bench.module.settings_mut().set("sn-full", "error").unwrap();
    ask(&mut bench, "AT+MQTTSNREG=101,\"plant/6\"", ERROR);

    let first = "\r\n+MQTTSNREG: 101,1,\"plant/1\"\r\n";
    let mut lines = [1, 2, 3, 4, 5]
        .map(|number| format!("+MQTTSNREG: 101,{number},\"plant/{number}\"\r\n"))
        .to_vec();
    lines.push("+MQTTSNREG: 102,1,\"plant/6\"\r\n".into());
    let behind: String = lines.iter().map(|line| format!("\r\n{line}")).collect();
    assert!(behind.starts_with(first));
    ask(&mut bench, "AT+MQTTSNREG?", &format!("{OK}{behind}"));
    bench.module.settings_mut().set("sn-listing", "ok-last").unwrap();
    ask(&mut bench, "AT+MQTTSNREG?", &format!("\r\n{}{OK}", lines.concat()));
    bench.module.settings_mut().set("sn-listing", "ok-first").unwrap();
    bench.module.settings_mut().set("sn-listing-delay", "1500").unwrap();
    ask(&mut bench, "AT+MQTTSNREG?", OK);
    assert_eq!(bench.run(""), escaped(&behind));

    // They end with the connection.
    bench.run("AT+MQTTCLOSE=101\r");
    bench.run("AT+MQTTOPEN=101,\"gateway\",1885,1,60\r");
    ask(
        &mut bench,
        "AT+MQTTSNREG=101,\"plant/5\"",
        &result("SNREG", "101,1,1,\"plant/5\""),
    );

    let mut bench = open(&[("sn-registrations", "1"), ("sn-bare-success", "yes")]);
    ask(&mut bench, "AT+MQTTSNREG=101,\"plant/1\"", &result("SNREG", "101,1"));
    ask(&mut bench, "AT+MQTTSNREG=101,\"plant/2\"", &result("SNREG", "101,0"));
    let mut bench = open(&[]);
    bench.module.settings_mut().set("result-order", "result-first").unwrap();
    ask(
        &mut bench,
        "AT+MQTTSNREG=101,\"a/b\"",
        &answer("+MQTTSNREG: 101,1,1,\"a/b\""),
    );
}

#[test]
fn a_registration_may_fail() {
    let mut bench = open(&[]);
    // A filter has no topic id.
    ask(&mut bench, "AT+MQTTSNREG=101,\"plant/#\"", &result("SNREG", "101,0"));
    for command in [
        "AT+MQTTSNREG=101,1".to_owned(),
        "AT+MQTTSNREG=101,\"\"".to_owned(),
        format!("AT+MQTTSNREG=101,\"{}\"", "x".repeat(256)),
        "AT+MQTTSNREG=101,\"a/b\",1".to_owned(),
        "AT+MQTTSNREG=1,\"a/b\"".to_owned(),
        "AT+MQTTSNREG=103,\"a/b\"".to_owned(),
    ] {
        ask(&mut bench, &command, PARAMETERS);
    }
    ask(&mut bench, "AT+MQTTSNREG=102,\"a/b\"", ERROR);
    bench.module.settings_mut().faults = vec!["reg-refused".parse().unwrap()];
    ask(&mut bench, "AT+MQTTSNREG=101,\"a/b\"", &result("SNREG", "101,0"));
    bench.module.settings_mut().faults = vec!["reg-no-result".parse().unwrap()];
    ask(&mut bench, "AT+MQTTSNREG=101,\"a/b\"", OK);
    bench.module.settings_mut().faults.clear();
    ask(&mut bench, "AT+MQTTSNREG?", OK);
}

#[test]
fn messages_come_by_topic_id() {
    let mut bench = open(&[("sn-predefined", "300=known")]);
    ask(&mut bench, "AT+MQTTSUB=101,\"plant/1\",2", &result("SUB", "101,1"));
    ask(&mut bench, "AT+MQTTSUB=101,\"+\",2", &result("SUB", "101,1"));
    let writer = bench.broker.client("writer");
    // The subscription has given it its topic id; nothing said so.
    writer.publish("plant/1", "1,\"2", 2, false);
    assert_eq!(bench.run(""), escaped("\r\n+MQTTMSGI: 101,2,1,4\r\n"));
    ask(
        &mut bench,
        "AT+MQTTREAD=101",
        &answer("+MQTTREAD: 101,2,2,4,1,\"1,\"2\""),
    );
    ask(&mut bench, "AT+MQTTREAD=101", &answer("+MQTTREAD: 101,0,0,0"));
    ask(&mut bench, "AT+MQTTSNREG?", OK);
    ask(
        &mut bench,
        "AT+MQTTSNREG=101,\"plant/1\"",
        &result("SNREG", "101,1,1,\"plant/1\""),
    );
    writer.publish("ab", "x", 0, false);
    assert_eq!(bench.run(""), escaped("\r\n+MQTTMSGI: 101,0,2,1\r\n"));
    ask(
        &mut bench,
        "AT+MQTTREAD=101",
        &answer("+MQTTREAD: 101,0,2,1,\"ab\",\"x\""),
    );
    writer.publish("known", "x", 1, false);
    assert_eq!(bench.run(""), escaped("\r\n+MQTTMSGI: 101,1,300,1\r\n"));
    for (value, length) in [
        ("digits", "3"),
        ("id", "300"),
        ("0", "0"),
        ("255", "255"),
        ("65535", "65535"),
    ] {
        bench.module.settings_mut().set("sn-id-length", value).unwrap();
        bench
            .module
            .settings_mut()
            .set("quote-read", if value == "0" { "no" } else { "yes" })
            .unwrap();
        let payload = if value == "0" { "x" } else { "\"x\"" };
        let read = format!("+MQTTREAD: 101,1,{length},1,300,{payload}");
        ask(&mut bench, "AT+MQTTREAD=101", &answer(&read));
        writer.publish("known", "x", 1, false);
        bench.run("");
    }
    bench.run("AT+MQTTREAD=101\r");

    bench.module.settings_mut().set("sn-announce", "length").unwrap();
    writer.publish("known", "x", 1, false);
    assert_eq!(bench.run(""), escaped("\r\n+MQTTMSGI: 101,1,5,1\r\n"));
    ask(
        &mut bench,
        "AT+MQTTREAD=101",
        &answer("+MQTTREAD: 101,1,65535,1,300,\"x\""),
    );
    bench.module.settings_mut().set("sn-topics", "names").unwrap();
    writer.publish("known", "x", 1, false);
    assert_eq!(bench.run(""), escaped("\r\n+MQTTMSGI: 101,1,5,1\r\n"));
    ask(
        &mut bench,
        "AT+MQTTREAD=101",
        &answer("+MQTTREAD: 101,1,5,1,\"known\",\"x\""),
    );

    // As they come.
    ask(&mut bench, "AT+MQTTCONF=0", OK);
    writer.publish("known", "x", 1, false);
    assert_eq!(bench.run(""), escaped("\r\n+MQTTMSG: 101,1,\"known\",\"x\"\r\n"));
    bench.module.settings_mut().set("sn-topics", "ids").unwrap();
    writer.publish("known", "x", 1, false);
    writer.publish("ab", "x", 1, false);
    assert_eq!(
        bench.run(""),
        escaped("\r\n+MQTTMSG: 101,1,300,\"x\"\r\n\r\n+MQTTMSG: 101,1,\"ab\",\"x\"\r\n")
    );
}

#[test]
fn the_gateway_registers_what_comes_through_a_wildcard_and_a_full_module_rejects_it() {
    let mut bench = open(&[("sn-registrations", "2")]);
    ask(&mut bench, "AT+MQTTSUB=101,\"plant/#\",1", &result("SUB", "101,1"));
    let writer = bench.broker.client("writer");
    writer.publish("plant/8", "x", 1, false);
    let registered = "\r\n+MQTTSNREG: 101,2,1,\"plant/8\"\r\n";
    let announced = "\r\n+MQTTMSGI: 101,1,1,1\r\n";
    assert_eq!(bench.run(""), escaped(&format!("{registered}{announced}")));
    writer.publish("plant/8", "x", 1, false);
    assert_eq!(bench.run(""), escaped(announced));
    // As the control `sn-register` does it.
    assert_eq!(bench.module.register_topic(101, "plant/9"), Some(2));
    assert_eq!(bench.run(""), escaped("\r\n+MQTTSNREG: 101,2,2,\"plant/9\"\r\n"));
    assert_eq!(bench.module.register_topic(102, "plant/9"), None);
    assert_eq!(bench.module.rejected_registrations(101), 0);

    writer.publish("plant/10", "lost", 1, false);
    assert_eq!(bench.run(""), "");
    assert_eq!(
        (bench.module.rejected_registrations(101), bench.module.stored(101)),
        (1, 2)
    );
    assert_eq!(bench.module.register_topic(101, "plant/11"), None);
    assert_eq!(bench.module.rejected_registrations(101), 2);
    let lines = "\r\n+MQTTSNREG: 101,1,\"plant/8\"\r\n\r\n+MQTTSNREG: 101,2,\"plant/9\"\r\n";
    ask(&mut bench, "AT+MQTTSNREG?", &format!("{OK}{lines}"));
    ask(
        &mut bench,
        "AT+MQTTPUB=101,1,0,0,\"x\"",
        &format!("{OK}{announced}\r\n+MQTTPUB: 101,1\r\n").replace("101,1,1,1", "101,0,1,1"),
    );

    // A session that outlives its connection: the new connection has no topic ids yet.
    let mut bench = open(&[]);
    bench.run("AT+MQTTCLOSE=101\r");
    bench.run("AT+MQTTOPEN=101,\"gateway\",1885,0,60\r");
    bench.run("AT+MQTTSUB=101,\"plant/1\",1\r");
    bench.run("AT+MQTTCLOSE=101\r");
    bench.broker.client("writer").publish("plant/1", "x", 1, false);
    let seen = bench.run("AT+MQTTOPEN=101,\"gateway\",1885,0,60\r");
    let lines = "\r\n+MQTTSNREG: 101,2,1,\"plant/1\"\r\n\r\n+MQTTMSGI: 101,1,1,1\r\n\r\n+MQTTOPEN: 101,1\r\n";
    assert_eq!(seen, escaped(&format!("{OK}{lines}")));
}

#[test]
fn limits_and_ranges() {
    let mut bench = ready(Settings::l610());
    for (command, line) in [
        ("AT+MQTTSNCID=?", "+MQTTSNCID: (101,102),1024"),
        ("AT+MQTTSNREG=?", "+MQTTSNREG: (101,102),255"),
        ("AT+MQTTWTOPICUD=?", "+MQTTWTOPICUD: (101,102),(0-2),(0,1),255"),
        ("AT+MQTTWMSGUD=?", "+MQTTWMSGUD: (101,102),1024"),
    ] {
        ask(&mut bench, command, &answer(line));
    }
    for (model, longest) in [("L610", 1024), ("MC610", 23), ("MA510", 23), ("MA51x", 256)] {
        let mut bench = ready(Settings::by_name(model).unwrap());
        ask(
            &mut bench,
            "AT+MQTTSNCID=?",
            &answer(&format!("+MQTTSNCID: (101,102),{longest}")),
        );
        let id = "x".repeat(longest);
        ask(&mut bench, &format!("AT+MQTTSNCID=101,\"{id}\""), OK);
        ask(&mut bench, &format!("AT+MQTTSNCID=102,\"{id}x\""), PARAMETERS);
        ask(&mut bench, "AT+MQTTSNCID=1,\"x\"", PARAMETERS);
        ask(
            &mut bench,
            "AT+MQTTSNCID?",
            &answer(&format!("+MQTTSNCID: 101,\"{id}\"")),
        );
    }
    ask(&mut bench, "AT+MQTTWTOPICUD?", "\r\n+CME ERROR: 52\r\n");
    ask(&mut bench, "AT+MQTTWMSGUD?", "\r\n+CME ERROR: 52\r\n");
}

#[test]
fn the_commands_and_the_connections_are_two_capabilities() {
    let mut bench = ready(Settings::by_name("NL668").unwrap());
    for command in [
        "SNCID=101,\"x\"",
        "SNREG=101,\"x\"",
        "WTOPICUD=101,0,0,\"x\"",
        "WMSGUD=101,\"x\"",
        "SNREG?",
    ] {
        ask(&mut bench, &format!("AT+MQTT{command}"), "\r\n+CME ERROR: 58\r\n");
    }
    ask(
        &mut bench,
        "AT+MQTTOPEN=101,\"gateway\",1885,1,60",
        &result("OPEN", "101,1"),
    );
    ask(&mut bench, "AT+MQTTSUB=101,\"plant/1\",1", &result("SUB", "101,1"));
    let seen = format!("{OK}\r\n+MQTTMSGI: 101,1,1,1\r\n\r\n+MQTTPUB: 101,1\r\n");
    ask(&mut bench, "AT+MQTTPUB=101,\"plant/1\",1,0,\"x\"", &seen);

    let mut bench = ready(with(&[("sn-connections", "no")]));
    for command in [
        "AT+MQTTOPEN=101,\"gateway\",1885,1,60",
        "AT+MQTTCLOSE=101",
        "AT+MQTTSUB=101,\"t\",0",
        "AT+MQTTREAD=102",
        "AT+MQTTWILL=101,\"t\",0,0,\"\"",
        "AT+MQTTSNCID=101,\"x\"",
    ] {
        ask(&mut bench, command, PARAMETERS);
    }
    for (command, line) in [
        ("AT+MQTTOPEN?", "+MQTTOPEN: 1,2"),
        ("AT+MQTTCLOSE=?", "+MQTTCLOSE: (1,2)"),
        ("AT+MQTTSUB=?", "+MQTTSUB: (1,2),255,(0-2)"),
        ("AT+MQTTUNSUB=?", "+MQTTUNSUB: (1,2),255"),
        ("AT+MQTTPUB=?", "+MQTTPUB: (1,2),255,(0-2),(0,1),1024"),
        ("AT+MQTTWILL=?", "+MQTTWILL: (1,2),255,(0-2),(0,1),1024"),
    ] {
        ask(&mut bench, command, &answer(line));
    }
    let mut bench = ready(with(&[("sn-commands", "no")]));
    ask(&mut bench, "AT+MQTTSNREG=?", "\r\n+CME ERROR: 58\r\n");
    ask(&mut bench, "AT+MQTTOPEN?", &answer("+MQTTOPEN: 1,2,101,102"));
}
