//! MQTT-SN: `pub` and `sub` on connections 101 and 102.

use fibocom_mqtt::sim::{Settings, SnTopics};
use serde_json::{Value, json};

use crate::tool::{Done, Running, Served, Simulator, commands, dongle, file, run, text, wait_for};

fn l610(knobs: &[(&str, &str)]) -> Settings {
    let mut settings = Settings::l610();
    for (knob, value) in knobs {
        settings.set(knob, value).unwrap();
    }
    settings
}

fn on(served: &Served, arguments: &[&str]) -> Done {
    run(["--port", &served.port].iter().chain(arguments))
}

/// `dongle sub` on 101, once so many of its topics are subscribed to.
struct Subscriber {
    running: Running,
    directory: tempfile::TempDir,
}

impl Subscriber {
    fn start(served: &Served, topics: usize, arguments: &[&str]) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let trace = file(&directory, "trace");
        let first = ["--port", &served.port, "--trace", text(&trace), "sub"];
        let second = ["--id", "101", "-h", "gateway", "-i", "me"];
        let running = Running::start(&mut dongle(first.iter().chain(&second).chain(arguments)));
        let results = "< +MQTTSUB: 101,1\n";
        wait_until(|| std::fs::read_to_string(&trace).is_ok_and(|seen| seen.matches(results).count() == topics));
        Self { running, directory }
    }

    fn saw(&self, line: &str) {
        wait_for(&file(&self.directory, "trace"), line);
    }
}

fn wait_until(there: impl Fn() -> bool) {
    let start = std::time::Instant::now();
    while !there() {
        assert!(start.elapsed() < crate::tool::PATIENCE, "it does not come");
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
}

#[test]
fn a_message_goes_by_name_by_short_topic_by_number_and_registered() {
    let served = Served::start(l610(&[("sn-predefined", "300=plant/300")]));
    let publish = |id: &str, arguments: &[&str]| {
        let first = ["pub", "--id", id, "-h", "gateway", "-m", "2.71", "-q", "1"];
        on(&served, &[&first[..], arguments].concat()).succeeded()
    };
    for (id, arguments, command, told) in [
        ("101", &["-t", "plant/7"][..], "=101,\"plant/7\",1,0,4", "plant/7"),
        ("102", &["-t", "p7", "-r"], "=102,\"p7\",1,1,4", "p7"),
        ("101", &["--topic-id", "300"], "=101,300,1,0,4", "topic id 300"),
        (
            "101",
            &["-t", "plant/9", "--register"],
            "=101,1,1,0,4",
            "plant/9, topic id 1,",
        ),
    ] {
        let done = publish(id, arguments);
        let result = format!("published 1 message of 4 bytes to {told} at QoS 1: confirmed\n");
        assert_eq!((done.text(), done.err.as_str()), (result.as_str(), ""));
        assert_eq!(
            commands(&served.log(), &format!("AT+MQTTPUB{command}")),
            1,
            "{}",
            served.log()
        );
    }
    assert_eq!(commands(&served.log(), "AT+MQTTSNREG="), 1);
    let published = served.broker.published();
    let topics: Vec<_> = published.iter().map(|(_, message)| message.topic.as_slice()).collect();
    assert_eq!(topics, [&b"plant/7"[..], b"p7", b"plant/300", b"plant/9"]);
    assert!(served.broker.opens().iter().all(|open| open.port == 10_000));
    assert_eq!(commands(&served.log(), "AT+MQTTCLOSE=10"), 4);
}

#[test]
fn what_was_published_in_objects() {
    let served = Served::start(l610(&[("sn-predefined", "300=plant/300")]));
    for (arguments, topic, id) in [
        (&["-t", "plant/7", "--register"][..], json!("plant/7"), json!(1)),
        (&["--topic-id", "300"], Value::Null, json!(300)),
        (&["-t", "p7"], json!("p7"), Value::Null),
    ] {
        let first = ["--json", "pub", "--id", "101", "-h", "gateway", "-n", "--repeat", "2"];
        let done = on(&served, &[&first[..], arguments].concat()).succeeded();
        let objects: Vec<Value> = done
            .text()
            .lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect();
        assert_eq!(objects.len(), 2);
        assert_eq!((&objects[1]["topic"], &objects[1]["topic_id"]), (&topic, &id));
        assert_eq!(
            (&objects[1]["event"], &objects[1]["number"]),
            (&json!("published"), &json!(2))
        );
    }
}

#[test]
fn messages_come_with_their_name_where_it_is_known_and_with_their_number_elsewhere() {
    const FORMAT: [&str; 2] = ["-F", "%t %p"];
    let served = Served::start(l610(&[("sn-predefined", "300=plant/300")]));
    let writer = served.broker.client("writer");
    for (arguments, topics, topic, seen) in [
        // The gateway gives the number with the subscription and tells nobody the name.
        (&["-t", "plant/7"][..], 1, "plant/7", "id:1 x\n"),
        (&["-t", "plant/7", "--register"], 1, "plant/7", "plant/7 x\n"),
        // Through a wildcard it registers the name unasked.
        (&["-t", "plant/#"], 1, "plant/9", "plant/9 x\n"),
        (&["-t", "p7"], 1, "p7", "p7 x\n"),
        (&["--topic-id", "300"], 1, "plant/300", "id:300 x\n"),
        (&["-t", "a/b", "--topic-id", "300"], 2, "plant/300", "id:300 x\n"),
    ] {
        let arguments = [arguments, &FORMAT, &["-C", "1"]].concat();
        let subscriber = Subscriber::start(&served, topics, &arguments);
        writer.publish(topic, b"x", 1, false);
        assert_eq!(subscriber.running.end().succeeded().text(), seen, "{arguments:?}");
    }
}

#[test]
fn messages_in_objects_have_the_number() {
    let served = Served::start(Settings::l610());
    let writer = served.broker.client("writer");
    for (filter, topic, name, id) in [
        ("plant/7", "plant/7", Value::Null, json!(1)),
        ("plant/#", "plant/9", json!("plant/9"), json!(1)),
        ("p7", "p7", json!("p7"), Value::Null),
    ] {
        let subscriber = Subscriber::start(&served, 1, &["--json", "-t", filter, "-C", "1", "-q", "1"]);
        writer.publish(topic, b"x", 1, false);
        let done = subscriber.running.end().succeeded();
        let object: Value = serde_json::from_str(done.text()).unwrap();
        assert_eq!((&object["topic"], &object["topic_id"]), (&name, &id), "{object}");
        assert_eq!((&object["payload"], &object["qos"]), (&json!("x"), &json!(1)));
        let hex = name.as_str().map_or(0, str::len) * 2;
        assert_eq!(object["topic_hex"].as_str().unwrap().len(), hex);
    }
}

#[test]
fn a_module_that_names_topics_needs_no_registration() {
    let mut settings = Settings::l610();
    settings.sn.topics = SnTopics::Names;
    let served = Served::start(settings);
    let subscriber = Subscriber::start(&served, 1, &["-t", "plant/7", "-F", "%t", "-C", "1"]);
    served.broker.client("writer").publish("plant/7", b"x", 0, false);
    assert_eq!(subscriber.running.end().succeeded().text(), "plant/7\n");
}

#[test]
fn messages_come_in_lines_where_that_is_wanted() {
    let served = Served::start(Settings::l610());
    let subscriber = Subscriber::start(&served, 1, &["--direct", "-t", "plant/#", "-F", "%t %p", "-C", "2"]);
    let writer = served.broker.client("writer");
    writer.publish("plant/9", b"say \"hi\", 1", 1, false);
    writer.publish("plant/9", b"again", 1, false);
    subscriber.saw("< +MQTTSNREG: 101,2,1,\"plant/9\"");
    let done = subscriber.running.end().succeeded();
    assert_eq!(done.text(), "plant/9 say \"hi\", 1\nplant/9 again\n");
    assert_eq!(commands(&served.log(), "AT+MQTTCONF=0"), 1);
    assert_eq!(commands(&served.log(), "AT+MQTTREAD"), 0);
}

#[test]
fn client_id_keep_alive_session_and_will_reach_the_gateway() {
    let served = Served::start(Settings::l610());
    let arguments = [
        "-t",
        "x/y",
        "-k",
        "30",
        "-c",
        "-p",
        "1885",
        "--will-topic",
        "gone",
        "--will-payload",
        "bye",
        "--will-qos",
        "1",
    ];
    let subscriber = Subscriber::start(&served, 1, &arguments);
    assert_eq!(commands(&served.log(), "AT+MQTTSNCID=101,\"me\""), 1);
    let open = &served.broker.opens()[0];
    assert_eq!(
        (
            &open.host[..],
            open.port,
            &open.client_id[..],
            open.keep_alive,
            open.clean
        ),
        (&b"gateway"[..], 1885, &b"me"[..], 30, false)
    );
    served.broker.break_connection("me");
    subscriber.running.end().failed(5, &["lost"]);
    let (_, will) = served.broker.published().pop().unwrap();
    assert_eq!(
        (&will.topic[..], &will.payload[..], will.qos),
        (&b"gone"[..], &b"bye"[..], 1)
    );
}

#[test]
fn what_mqtt_sn_has_not_is_refused_before_the_port_is_opened() {
    for (arguments, words) in [
        (&["-u", "me"][..], &["no user", "-u"][..]),
        (&["-P", "secret"], &["no user", "-P"]),
        (&["--password-file", "x"], &["--password-file"]),
        (&["--tls", "--insecure"], &["no TLS", "--tls"]),
        (&["--cafile", "x"], &["no TLS", "--cafile"]),
        (&["--cloud", "aws"], &["MQTT-SN", "--cloud"]),
        (&["--reconnect"], &["--reconnect", "MQTT only"]),
        (&["-k", "301"], &["300"]),
        (&["-i", ""], &["client id"]),
        (&["--will-payload", "x"], &["--will-topic"]),
        (&["--topic-id", "0"], &["--topic-id", "65535"]),
        (&["--topic-id", "7", "--register"], &["--register"]),
    ] {
        for command in [&["pub", "-n"][..], &["sub"]] {
            let first = ["--port", "/nonexistent", "--id", "101", "-h", "gateway"];
            let topic = ["-t", "plant/7"];
            let topic = if arguments.contains(&"7") { &[][..] } else { &topic };
            run(first.iter().chain(command).chain(topic).chain(arguments)).failed(1, words);
        }
    }
    for (arguments, words) in [
        (
            &["--id", "103", "-t", "x", "pub", "-n"][..],
            &["--id", "101 or 102"][..],
        ),
        (&["--id", "101", "-t", "x", "pub", "-n"], &["gateway", "-h"]),
        (&["--id", "101", "-h", "g", "pub", "-n"], &["one topic", "--topic-id"]),
        (&["--id", "101", "-h", "g", "sub"], &["-t or --topic-id"]),
        (
            &["--id", "101", "-h", "g", "pub", "-n", "-t", "x", "--topic-id", "1"],
            &["one topic"],
        ),
        (&["--id", "101", "-h", "g", "pub", "-n", "-t", "a/#"], &["wildcard"]),
        (
            &["--id", "101", "-h", "g", "sub", "-t", "a/#", "--register"],
            &["wildcards"],
        ),
        (&["--id", "101", "-h", "", "sub", "-t", "a"], &["host"]),
        (
            &["-h", "g", "sub", "-t", "x", "--topic-id", "7"],
            &["--topic-id", "101 or 102"],
        ),
        (
            &["-h", "g", "pub", "-n", "-t", "x", "--register"],
            &["--register", "101 and 102"],
        ),
        (&["--id", "101", "-h", "g", "demo"], &["connection 101", "1, 2 or 3"]),
        (
            &["--id", "102", "-h", "g", "selftest"],
            &["connection 102", "1, 2 or 3"],
        ),
        (&["info", "--topic-id", "7"], &["info", "--topic-id"]),
        (&["at", "AT", "--register"], &["--register"]),
    ] {
        run(["--port", "/nonexistent"].iter().chain(arguments)).failed(1, words);
    }
}

#[test]
fn what_a_model_has_not_is_refused_before_the_wire() {
    let named = Served::start(Settings::by_name("MC665").unwrap());
    let first = ["pub", "--id", "101", "-h", "gateway", "-t", "plant/7", "-m", "x"];
    on(&named, &first).succeeded();
    assert_eq!(named.broker.published()[0].1.topic, b"plant/7");
    on(&named, &[&first[..], &["--register"]].concat()).failed(1, &["MC66x", "--register"]);
    on(&named, &[&first[..], &["-i", "me"]].concat()).failed(1, &["MC66x", "-i"]);
    assert_eq!(commands(&named.log(), "AT+MQTTSNREG="), 0);
    assert_eq!(commands(&named.log(), "AT+MQTTSNCID=1"), 0);
    let subscriber = Subscriber::start_without_id(&named, &["-t", "plant/7", "-C", "1", "-F", "%t"]);
    named.broker.client("writer").publish("plant/7", b"x", 0, false);
    assert_eq!(subscriber.end().succeeded().text(), "id:1\n");

    let without = Served::start(l610(&[("sn-connections", "no")]));
    on(&without, &first).failed(1, &["no MQTT-SN connections", "1 or 2", "--id"]);
    assert_eq!(commands(&without.log(), "AT+MQTTOPEN=101"), 0);
}

impl Subscriber {
    /// On a module that chooses its client id itself.
    fn start_without_id(served: &Served, arguments: &[&str]) -> Running {
        let directory = tempfile::tempdir().unwrap();
        let trace = file(&directory, "trace");
        let first = ["--port", &served.port, "--trace", text(&trace), "sub", "--id", "101"];
        let running = Running::start(&mut dongle(first.iter().chain(&["-h", "gateway"]).chain(arguments)));
        wait_for(&trace, "< +MQTTSUB: 101,1");
        running
    }
}

#[test]
fn failures_have_their_codes() {
    let publish = [
        "pub", "--id", "101", "-h", "gateway", "-t", "plant/7", "-m", "x", "-q", "1",
    ];
    let register = [&publish[..], &["--register"]].concat();
    let subscribe = ["sub", "--id", "101", "-h", "gateway", "-t", "plant/7"];
    for (fault, arguments, code, words) in [
        ("open-refused", &publish[..], 5, &["gateway:10000", "gateway", "-i"][..]),
        ("reg-refused", &register, 6, &["plant/7", "--register"]),
        ("pub-refused", &publish, 6, &["not published"]),
        ("sub-refused", &subscribe, 6, &["plant/7"]),
    ] {
        let here = Simulator::start(["--embedded-broker", "--fault", fault]);
        run(["--port", &here.port].iter().chain(arguments)).failed(code, words);
    }
    // A number that nobody knows.
    let here = Simulator::start(["--embedded-broker"]);
    let unknown = ["pub", "--id", "101", "-h", "gateway", "--topic-id", "77", "-m", "x"];
    run(["--port", &here.port].iter().chain(&unknown)).failed(6, &["not published"]);
    let time = [&subscribe[..], &["-W", "1"]].concat();
    run(["--port", &here.port].iter().chain(&time)).failed(27, &["-W"]);
}

#[test]
#[ignore = "takes a minute or two: run it with --ignored"]
fn a_result_that_never_comes_ends_with_7_and_nothing_is_sent_twice() {
    let directory = tempfile::tempdir().unwrap();
    let log = file(&directory, "log");
    let publish = ["pub", "--id", "101", "-h", "g", "-t", "plant/7", "-m", "x", "-q", "1"];
    for (fault, arguments, command) in [
        ("pub-no-result", &[][..], "AT+MQTTPUB=101"),
        ("reg-no-result", &["--register"], "AT+MQTTSNREG=101"),
    ] {
        let here = Simulator::start(["--embedded-broker", "--log", text(&log), "--fault", fault]);
        run(["--port", &here.port].iter().chain(&publish).chain(arguments)).failed(7, &["unknown", "not sent again"]);
        assert_eq!(commands(&std::fs::read_to_string(&log).unwrap(), command), 1);
    }
}

#[test]
fn one_registration_too_many_is_told_in_whichever_way_the_module_refuses_it() {
    for full in ["status", "error"] {
        let served = Served::start(l610(&[("sn-full", full)]));
        let filters = ["a/1", "a/2", "a/3", "a/4", "a/5", "a/6"].map(|filter| ["-t", filter]);
        let first = ["sub", "--id", "101", "-h", "gateway", "--register"];
        let arguments: Vec<_> = first.iter().chain(filters.iter().flatten()).copied().collect();
        on(&served, &arguments).failed(6, &["a/6", "five"]);
        assert_eq!(commands(&served.log(), "AT+MQTTSNREG="), 6);
        assert_eq!(commands(&served.log(), "AT+MQTTCLOSE=101"), 1);
    }
}

#[test]
fn a_registration_without_a_number_goes_on_by_name() {
    let served = Served::start(l610(&[("sn-bare-success", "yes")]));
    let done = on(
        &served,
        &[
            "pub",
            "--id",
            "101",
            "-h",
            "g",
            "-t",
            "plant/7",
            "-m",
            "x",
            "--register",
        ],
    )
    .succeeded();
    assert!(done.text().contains("to plant/7 at QoS 0"), "{}", done.text());
    assert_eq!(commands(&served.log(), "AT+MQTTPUB=101,\"plant/7\""), 1);
}

#[test]
fn info_lists_the_connections_there_are() {
    for (knob, ids) in [("yes", "1, 2, 101, 102"), ("no", "1, 2")] {
        let served = Served::start(l610(&[("sn-connections", knob)]));
        let done = on(&served, &["--json", "info"]).succeeded();
        let facts: Value = serde_json::from_str(done.text()).unwrap();
        assert_eq!(facts["connections"]["value"], ids);
        assert_eq!(facts["mqtt_sn_commands"]["value"], "yes");
        assert_eq!(facts["cloud_commands"]["value"], "yes");
    }
}
