//! What the commands do when all goes well.

use std::io::Write;
use std::process::{Command, Stdio};
use std::time::Duration;

use fibocom_mqtt::sim::{MipcallForm, Radio, Settings};
use serde_json::Value;

use crate::embedded;
use crate::tool::{Running, Served, Simulator, all_bytes, commands, dongle, file, run, text, wait_for};

const SIMULATE: &str = "--simulate";

fn objects(text: &str) -> Vec<Value> {
    let objects = text
        .lines()
        .map(|line| serde_json::from_str(line).expect("a line is an object"));
    objects.collect()
}

#[test]
fn the_demo_shows_the_message_that_came_back() {
    let done = run([SIMULATE, "demo"]).succeeded();
    let steps: Vec<_> = done
        .text()
        .lines()
        .map(|line| line.split(' ').next().unwrap())
        .collect();
    let expected = "simulate attach network connect subscribe publish receive disconnect The";
    assert_eq!(steps, expected.split(' ').collect::<Vec<_>>());
    let received = done.text().lines().find(|line| line.starts_with("receive")).unwrap();
    assert!(received.contains("\"hello from a Fibocom module\""), "{received}");
    assert_eq!(done.err, "");
}

#[test]
fn the_demo_in_objects() {
    let done = run([SIMULATE, "--json", "--no-network", "demo"]);
    // The simulated module wants its data connection.
    done.failed(5, &["refused"]);
    let done = run([SIMULATE, "--json", "demo"]).succeeded();
    let objects = objects(done.text());
    assert!(objects.iter().all(|object| object["event"] == "step"));
    let received = objects.iter().find(|object| object["step"] == "receive").unwrap();
    assert_eq!(received["payload"], "hello from a Fibocom module");
    assert_eq!(
        received["payload_hex"].as_str().unwrap().len(),
        2 * received["bytes"].as_u64().unwrap() as usize
    );
}

#[test]
fn the_demo_overcomes_what_modules_do() {
    for fault in ["garbage", "urc-inside", "read-unquoted", "drop-urc"] {
        let here = Simulator::start(["--embedded-broker", "--fault", fault]);
        let done = run(["--port", &here.port, "demo", "-h", "any"]).succeeded();
        assert!(done.text().contains("came back"), "{fault}: {}", done.text());
    }
}

#[test]
fn info_says_where_each_fact_came_from() {
    let done = run([SIMULATE, "info"]).succeeded();
    for words in [
        "model",
        "L610",
        "(AT+CGMM)",
        "AT+CGMR",
        "AT+CSQ",
        "864430010012345",
        "registered at home",
    ] {
        assert!(done.text().contains(words), "{words}: {}", done.text());
    }
    let done = run([SIMULATE, "--json", "info"]).succeeded();
    let objects = objects(done.text());
    assert_eq!(objects.len(), 1);
    assert_eq!(objects[0]["imei"]["value"], "864430010012345");
    assert_eq!(objects[0]["signal"]["source"], "AT+CSQ");
    for (fact, value, source) in [
        ("sim", Some("ready"), "AT+CPIN?"),
        ("operator", Some("CHN-UNICOM"), "AT+COPS?"),
        ("registration", Some("registered at home"), "AT+CEREG?"),
        ("registration_ps", Some("registered at home"), "AT+CGREG?"),
        ("registration_cs", Some("registered at home"), "AT+CREG?"),
        ("attached", Some("yes"), "AT+CGATT?"),
        ("address", None, "AT+MIPCALL?"),
        ("clock", Some("2026-07-20 06:51:36 +00:00"), "AT+CCLK?"),
    ] {
        let expected = serde_json::json!({ "value": value, "source": source });
        assert_eq!(objects[0][fact], expected, "{fact}");
    }
}

#[test]
fn info_of_a_module_without_a_network() {
    let radio = Radio {
        mipcall: MipcallForm::Flag,
        nitz_delay: Some(Duration::ZERO),
        ..Radio::default()
    };
    let settings = Settings {
        radio,
        network_up: true,
        registration: 3,
        ..Settings::l610()
    };
    let served = Served::start(settings);
    let done = run(["--port", &served.port, "info"]).succeeded();
    let text = done.text().split_whitespace().collect::<Vec<_>>().join(" ");
    for words in [
        "operator none",
        "registration denied",
        "registration cs denied",
        "clock not set",
        "10.85.71.198 (AT+CGPADDR=1)",
    ] {
        assert!(text.contains(words), "{words}: {text}");
    }
}

#[test]
fn a_raw_command_and_its_answer() {
    let done = run([SIMULATE, "at", "AT+CSQ"]).succeeded();
    assert_eq!(done.text(), "+CSQ: 24,99\nOK\n");
    let done = run([SIMULATE, "at", "ATI"]).succeeded();
    assert_eq!(done.text().lines().count(), 4);
    let done = run([SIMULATE, "--json", "at", "AT+NOSUCH"]);
    done.failed(6, &["unknown command"]);
    assert_eq!(objects(done.text())[0]["ok"], false);
}

#[test]
fn every_byte_goes_through_at_every_quality_of_service() {
    let broker = embedded::start().expect("the embedded broker starts").to_string();
    let directory = tempfile::tempdir().unwrap();
    let payload = file(&directory, "payload");
    std::fs::write(&payload, all_bytes(4)).unwrap();
    let here = Simulator::start(["--broker", &broker]);
    let there = Simulator::start(["--broker", &broker]);
    for qos in ["0", "1", "2"] {
        let trace = file(&directory, &format!("trace-{qos}"));
        let topic = format!("bytes/{qos}");
        let subscriber = dongle_on(
            &there,
            ["--trace", text(&trace), "sub", "-h", "any", "-i", "there"],
            ["-t", &topic, "-q", qos, "-C", "2", "-N"],
        );
        wait_for(&trace, "< +MQTTSUB: 1,1");
        for _ in 0..2 {
            let arguments = [
                "--port",
                &here.port,
                "pub",
                "-h",
                "any",
                "-i",
                "here",
                "-t",
                &topic,
                "-q",
                qos,
                "-f",
                text(&payload),
            ];
            let done = run(arguments).succeeded();
            let result = format!("published 1 message of 1024 bytes to {topic} at QoS {qos}: confirmed\n");
            assert_eq!(done.text(), result);
        }
        let done = subscriber.end().succeeded();
        assert!(done.out == all_bytes(8), "QoS {qos}: {} bytes", done.out.len());
    }
}

fn dongle_on<const A: usize, const B: usize>(simulator: &Simulator, first: [&str; A], then: [&str; B]) -> Running {
    let port = ["--port", &simulator.port];
    Running::start(&mut dongle(port.iter().chain(&first).chain(&then)))
}

#[test]
fn messages_are_printed_as_wanted() {
    let broker = embedded::start().expect("the embedded broker starts").to_string();
    let here = Simulator::start(["--broker", &broker]);
    // Retained, so that they wait for each subscriber.
    for (topic, payload) in [("print/a", &b"plain"[..]), ("print/b", b"\xff\0\r\n")] {
        let mut command = dongle(["--port", &here.port, "pub", "-h", "any", "-t", topic, "-r", "-s"]);
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::null()).spawn().unwrap();
        child.stdin.take().unwrap().write_all(payload).unwrap();
        assert!(child.wait().unwrap().success());
    }
    let print = |arguments: &[&str]| {
        let first = ["--port", &here.port, "sub", "-h", "any", "-q", "1"];
        run(first.iter().chain(arguments)).succeeded().out
    };
    assert_eq!(print(&["-t", "print/a", "-C", "1"]), b"plain\n");
    assert_eq!(print(&["-t", "print/a", "-C", "1", "-N"]), b"plain");
    assert_eq!(
        print(&["-t", "print/+", "-t", "other/#", "-C", "1", "-F", "%%"]),
        b"%\n"
    );
    assert_eq!(
        print(&["-t", "print/b", "-C", "1", "-F", "%t %q %l %x [%p]"]),
        b"print/b 1 4 ff000d0a [\xff\0\r\n]\n"
    );
    let object = print(&["-t", "print/b", "-C", "1", "--json"]);
    let object = &objects(str::from_utf8(&object).unwrap())[0];
    assert_eq!(object["event"], "message");
    assert_eq!(object["topic"], "print/b");
    assert_eq!(object["payload"], Value::Null);
    assert_eq!(object["payload_hex"], "ff000d0a");
    // Cleared, there is nothing left to wait for.
    run(["--port", &here.port, "pub", "-h", "any", "-t", "print/a", "-r", "-n"]).succeeded();
    let first = ["--port", &here.port, "sub", "-h", "any", "-t", "print/a", "-W", "1"];
    run(first).failed(27, &["-W"]);
}

#[test]
fn a_message_is_repeated_as_often_as_wanted() {
    let directory = tempfile::tempdir().unwrap();
    let log = file(&directory, "log");
    let here = Simulator::start(["--embedded-broker", "--log", text(&log)]);
    let first = ["--port", &here.port, "--json", "pub", "-h", "any", "-t", "again"];
    let done = run(first.iter().chain(&["-m", "x", "-q", "1", "--repeat", "5"])).succeeded();
    let numbers: Vec<_> = objects(done.text())
        .iter()
        .map(|object| object["number"].as_u64().unwrap())
        .collect();
    assert_eq!(numbers, [1, 2, 3, 4, 5]);
    let log = std::fs::read_to_string(log).unwrap();
    assert_eq!(commands(&log, "AT+MQTTPUB=1"), 5);
    assert_eq!(commands(&log, "AT+MQTTCLOSE=1"), 1);
}

#[test]
fn an_interrupt_closes_the_connection_first() {
    let directory = tempfile::tempdir().unwrap();
    for (ends, code) in [(&[][..], 0), (&["-C", "9"], 130)] {
        let (log, trace) = (file(&directory, "log"), file(&directory, "trace"));
        let here = Simulator::start(["--embedded-broker", "--log", text(&log)]);
        let port = [
            "--port",
            &here.port,
            "--trace",
            text(&trace),
            "sub",
            "-h",
            "any",
            "-t",
            "x",
        ];
        let subscriber = Running::start(&mut dongle(port.iter().chain(ends)));
        wait_for(&trace, "< +MQTTSUB: 1,1");
        let id = subscriber.id().to_string();
        assert!(
            Command::new("sh")
                .args(["-c", &format!("kill -INT {id}")])
                .status()
                .unwrap()
                .success()
        );
        assert_eq!(subscriber.end().code, Some(code));
        wait_for(&log, "+MQTTCLOSE: 1,1");
        std::fs::remove_file(trace).unwrap();
    }
}

#[test]
fn help_names_every_command_and_every_exit_code() {
    let done = run(["--help"]).succeeded();
    for word in [
        "demo",
        "info",
        "selftest",
        "pub ",
        "sub ",
        "auth CLOUD",
        "--id 1|2|3|101|102",
        "--topic-id N",
        "--cloud CLOUD",
        "--register",
        "--off",
        "at COMMAND",
        "27",
        "130",
        "-h HOST",
        "--simulate",
    ] {
        assert!(done.text().contains(word), "{word}");
    }
    assert!(!done.text().contains("not yet"), "{}", done.text());
}

#[test]
fn a_model_that_is_named_overrules_what_the_module_calls_itself() {
    let done = run([SIMULATE, "--model", "nl668-am", "--json", "info"]).succeeded();
    let known = &objects(done.text())[0]["known_as"];
    assert_eq!(
        (&known["value"], &known["source"]),
        (&"NL668-AM".into(), &"--model".into())
    );
    run([SIMULATE, "--model", "EC200U", "info"]).failed(1, &["EC200U", "MC665-CN-22"]);
}

#[test]
fn info_names_each_model_from_what_it_prints() {
    for name in fibocom_mqtt::sim::Settings::NAMES {
        let done = run([&format!("--simulate={name}"), "--json", "info"]).succeeded();
        let facts = &objects(done.text())[0];
        // These two builds print their model alone.
        let expected = match *name {
            "L610-V1.0.1" => "L610",
            "MC661-CN-39-71-HK" => "MC66x",
            name => fibocom_mqtt::Model::identify(name).name(),
        };
        assert_eq!(facts["known_as"]["value"], expected, "{name}: {facts}");
        assert_eq!(facts["known_as"]["source"], "AT+CGMM");
    }
}

#[test]
fn messages_come_in_lines_where_that_is_wanted() {
    let broker = embedded::start().expect("the embedded broker starts").to_string();
    let directory = tempfile::tempdir().unwrap();
    let trace = file(&directory, "trace");
    let here = Simulator::start(["--broker", &broker]);
    let port = ["--port", &here.port];
    let payload = "say \"hi\", ".repeat(100);
    run(port
        .iter()
        .chain(&["pub", "-h", "any", "-t", "line/a", "-r", "-m", &payload]))
    .succeeded();
    let arguments = [
        "--trace",
        text(&trace),
        "sub",
        "--direct",
        "-h",
        "any",
        "-t",
        "line/a",
        "-q",
        "1",
        "-C",
        "1",
    ];
    let done = run(port.iter().chain(&arguments)).succeeded();
    assert_eq!(done.text(), format!("{payload}\n"));
    let trace = std::fs::read_to_string(&trace).unwrap();
    assert!(
        trace.contains("> AT+MQTTCONF=0") && trace.contains("< +MQTTMSG: 1,1,"),
        "{trace}"
    );
    assert!(!trace.contains("AT+MQTTREAD"), "{trace}");
}

#[test]
fn a_message_cut_in_lines_says_how_it_would_arrive_whole() {
    let broker = embedded::start().expect("the embedded broker starts").to_string();
    let here = Simulator::start(["--broker", &broker]);
    let port = ["--port", &here.port];
    let cut = ["pub", "-h", "any", "-t", "line/cut", "-r", "-m", "one\ntwo"];
    run(port.iter().chain(&cut)).succeeded();
    let direct = ["sub", "--direct", "-h", "any", "-t", "line/cut", "-C", "1", "-W", "3"];
    let done = run(port.iter().chain(&direct));
    assert_eq!((done.code, done.text()), (Some(27), ""), "{}", done.err);
    assert!(
        done.err.contains("lost, cut by a line end") && done.err.contains("without --direct"),
        "{}",
        done.err
    );
    let by_length = ["sub", "-h", "any", "-t", "line/cut", "-C", "1", "-W", "30"];
    assert_eq!(run(port.iter().chain(&by_length)).succeeded().text(), "one\ntwo\n");
}
