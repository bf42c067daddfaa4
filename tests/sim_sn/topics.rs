//! Topics: names, short names and topic ids; registrations; the topics of messages.

use fibocom_mqtt::sim::Settings;

use super::sim_bench::escaped;
use super::{ERROR, IMEI_101, OK, PARAMETERS, answer, ask, open, ready, result};

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
