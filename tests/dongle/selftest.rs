//! `selftest` finds what a simulated module was told to be, and tells nobody whose it is.

use std::collections::BTreeMap;
use std::fs;

use fibocom_mqtt::sim::{Settings, Sim};
use serde_json::Value;

use crate::tool::{Served, Simulator, commands, file, run, text};

const USER: &str = "user-4711";
const PASSWORD: &str = "s3cr et,22";
const CLIENT: &str = "client-7f";
const IMEI: &str = "864430010012345";
const SECRETS: [&str; 5] = [USER, PASSWORD, CLIENT, IMEI, "broker.example"];

/// A knob and its value, and which finding must show it in which words. An empty value leaves the knob alone.
type Knob = (&'static str, &'static str, &'static str, &'static str);

/// What a self-test printed, by name.
struct Printed {
    findings: BTreeMap<String, Value>,
    dialect: Value,
}

impl Printed {
    fn read(text: &str) -> Self {
        let mut findings = BTreeMap::new();
        let mut dialect = Value::Null;
        for line in text.lines() {
            let object: Value = serde_json::from_str(line).expect("a line is an object");
            match object["event"].as_str() {
                Some("finding") => drop(findings.insert(object["name"].as_str().unwrap().to_owned(), object)),
                Some("dialect") => dialect = object,
                _ => panic!("{line}"),
            }
        }
        Self { findings, dialect }
    }
}

/// Runs a self-test against a simulator with these knobs, checks each finding and the report.
fn finds(model: &str, knobs: &[Knob]) -> Printed {
    let directory = tempfile::tempdir().unwrap();
    let report = file(&directory, "report");
    let set: Vec<_> = knobs
        .iter()
        .filter(|knob| !knob.1.is_empty())
        .map(|(knob, value, ..)| format!("{knob}={value}"))
        .collect();
    let options = set.iter().flat_map(|set| ["--set", set.as_str()]);
    let here = Simulator::start(["--embedded-broker", "--model", model].into_iter().chain(options));
    let done = run([
        "--port",
        &here.port,
        "--json",
        "--report",
        text(&report),
        "selftest",
        "-h",
        "broker.example",
        "-u",
        USER,
        "-P",
        PASSWORD,
        "-i",
        CLIENT,
    ])
    .succeeded();
    let printed = Printed::read(done.text());
    for (knob, value, name, words) in knobs.iter().filter(|knob| !knob.2.is_empty()) {
        let finding = &printed.findings[*name];
        assert_eq!(finding["found"], *words, "{knob}={value}: {finding}");
    }

    let report = fs::read_to_string(&report).unwrap();
    for secret in SECRETS {
        assert!(!report.contains(secret), "{secret} is in the report");
        assert!(!done.text().contains(secret), "{secret} is in the output");
    }
    // It holds the whole exchange all the same, and says what was found.
    for wanted in [
        "> AT\\r",
        "> AT+MQTTOPEN=1,\"",
        "> AT+MQTTREAD=1\\r",
        "AT+MQTTUSER=1,",
        "# data-form ",
    ] {
        assert!(report.contains(wanted), "{wanted} is not in {report}");
    }
    printed
}

#[test]
fn a_module_as_the_default_speaks() {
    let printed = finds(
        "L610",
        &[
            ("prompt", "framed", "prompt", "CR LF > CR LF"),
            ("data-form", "raw", "data-form", "raw bytes"),
            ("", "", "escapes", "yes"),
            ("", "", "read-quotes", "yes"),
            ("", "", "qos0-result", "yes"),
            ("", "", "stored", "16"),
            ("", "", "when-full", "messages wait in the network"),
            ("", "", "tls-argument", "yes"),
            ("", "", "client-id", "1024"),
            ("", "", "empty-publish", "published"),
            ("", "", "openable", "free ids"),
            ("data-limit", "4", "data-limit", "4 s"),
            ("", "", "driver", "256 bytes of all values went out and came back"),
        ],
    );
    assert_eq!(printed.findings["data-limit"]["verdict"], "differs");
    assert_eq!(printed.findings["data-form"]["verdict"], "same");
    // What it cannot send it cannot receive.
    assert_eq!(printed.findings["received"]["verdict"], "unsettled");
    let expression = printed.dialect["expression"].as_str().unwrap();
    assert!(
        expression.contains(".data_mode_limit(Some(Duration::from_secs(4)))"),
        "{expression}"
    );
    assert_eq!(printed.dialect["statements"].as_array().unwrap().len(), 0);
}

#[test]
fn a_module_that_takes_digits_and_counts_them() {
    let printed = finds(
        "MC665-CN-22",
        &[
            ("prompt", "stock", "prompt", "CR LF > space"),
            ("data-form", "hex-digits", "data-form", "hex, counted in digits"),
            ("framing", "lf", "line-ends", "LF on both sides"),
            (
                "result-order",
                "together",
                "result-order",
                "OK, and the result directly behind",
            ),
            ("qos0-result", "no", "qos0-result", "no"),
            ("decode-escapes", "no", "escapes", "no"),
            ("quote-read", "no", "read-quotes", "no"),
            ("quote-direct", "no", "direct-quotes", "no"),
            ("space-after-colon", "no", "colon-space", "no"),
            ("space-after-comma", "yes", "comma-space", "yes"),
            ("overflow", "drop-newest", "when-full", "the newest are lost"),
            ("store", "5", "stored", "5"),
            ("max-publish", "2000", "payload", "2000"),
            ("stated-publish", "1024", "stated-payload", "1024"),
            ("max-receive", "701", "received", "701"),
            ("id-per-line", "yes", "ids", "a line each"),
            ("data-limit", "4", "data-limit", "4 s"),
            ("", "", "driver", "256 bytes of all values went out and came back"),
            ("", "", "password", "256"),
            ("", "", "user", "128"),
        ],
    );
    assert_eq!(printed.dialect["data_form"], "hex-digits");
    let expression = printed.dialect["expression"].as_str().unwrap();
    assert!(expression.contains(".data_form(DataForm::HexDigits)"), "{expression}");
    let statements = printed.dialect["statements"].to_string();
    assert!(
        statements.contains("modem.set_limit(Limit::Payload, 2000);"),
        "{statements}"
    );
}

#[test]
fn a_module_that_takes_digits_and_counts_bytes() {
    let printed = finds(
        "L610-V1.0.1",
        &[
            ("prompt", "bare", "prompt", ">"),
            ("data-form", "hex-bytes", "data-form", "hex, counted in bytes"),
            ("framing", "plain", "line-ends", "CR LF behind"),
            ("result-order", "result-first", "result-order", "the result, then OK"),
            ("overflow", "drop-oldest", "when-full", "the oldest are lost"),
            ("store", "3", "stored", "3"),
            ("max-publish", "500", "payload", "500"),
            ("stated-publish", "1024", "stated-payload", "1024"),
            ("space-after-comma", "yes", "comma-space", "yes"),
            ("data-limit", "4", "data-limit", "4 s"),
            ("", "", "driver", "256 bytes of all values went out and came back"),
            ("", "", "tls-argument", "no"),
            ("", "", "client-id", "23"),
            ("", "", "user", "128"),
        ],
    );
    assert_eq!(printed.dialect["data_form"], "hex-bytes");
}

#[test]
fn a_module_that_takes_more_than_it_says() {
    let printed = finds(
        "LE270",
        &[
            ("prompt", "spaced", "prompt", "> space CR LF"),
            ("data-form", "raw", "data-form", "raw bytes"),
            ("max-publish", "3000", "payload", "3000"),
            ("stated-publish", "1024", "stated-payload", "1024"),
            ("max-receive", "1600", "received", "1600"),
            ("quote-read", "no", "read-quotes", "no"),
            ("decode-escapes", "no", "escapes", "no"),
            ("qos0-result", "no", "qos0-result", "no"),
            ("result-order", "result-first", "result-order", "the result, then OK"),
            ("overflow", "drop-newest", "when-full", "the newest are lost"),
            ("store", "1", "stored", "1"),
            ("urc-timing", "at-once", "", ""),
            ("data-limit", "4", "data-limit", "4 s"),
            ("", "", "driver", "256 bytes of all values went out and came back"),
        ],
    );
    assert_eq!(printed.findings["prompt"]["verdict"], "same");
    assert_eq!(printed.findings["payload"]["verdict"], "differs");
    let statements = printed.dialect["statements"].to_string();
    assert!(
        statements.contains("Limit::Payload, 3000") && statements.contains("Limit::Received, 1600"),
        "{statements}"
    );
}

#[test]
fn a_module_that_stores_many_and_takes_little() {
    finds(
        "MC610",
        &[
            ("prompt", "stock", "prompt", "CR LF > space"),
            ("data-form", "raw", "data-form", "raw bytes"),
            ("framing", "plain", "line-ends", "CR LF behind"),
            (
                "result-order",
                "together",
                "result-order",
                "OK, and the result directly behind",
            ),
            ("quote-read", "no", "read-quotes", "no"),
            ("quote-direct", "no", "direct-quotes", "no"),
            ("space-after-colon", "no", "colon-space", "no"),
            ("overflow", "drop-oldest", "when-full", "the oldest are lost"),
            ("store", "7", "stored", "7"),
            ("max-publish", "300", "payload", "300"),
            ("max-receive", "200", "received", "200"),
            ("data-limit", "4", "data-limit", "4 s"),
            ("", "", "stated-payload", "300"),
            ("", "", "driver", "200 bytes of all values went out and came back"),
        ],
    );
}

#[test]
fn a_module_that_stores_more_than_are_sent() {
    let printed = finds(
        "L610",
        &[
            ("store", "64", "stored", "20 or more"),
            ("data-limit", "4", "data-limit", "4 s"),
        ],
    );
    assert_eq!(printed.findings["when-full"]["verdict"], "unsettled");
}

#[test]
fn the_table_for_people_says_what_differs_and_what_to_paste() {
    let directory = tempfile::tempdir().unwrap();
    let report = file(&directory, "report");
    let here = Simulator::start(["--embedded-broker", "--set", "data-limit=4", "--set", "qos0-result=no"]);
    let done = run(["--port", &here.port, "--report", text(&report), "selftest", "-h", "any"]).succeeded();
    let differing = done.text().split("Other than the table says:").nth(1).unwrap();
    let lines: Vec<_> = differing
        .lines()
        .take_while(|line| !line.starts_with("The driver"))
        .collect();
    assert!(
        lines
            .iter()
            .any(|line| line.starts_with("qos0-result ") && line.ends_with(" no")),
        "{lines:?}"
    );
    assert!(!lines.iter().any(|line| line.contains(" same ")), "{lines:?}");
    assert!(
        differing.contains("Dialect::default()") && differing.contains(".result_at_qos0(false)"),
        "{differing}"
    );
    assert!(done.err.contains(text(&report)), "{}", done.err);
}

#[test]
fn a_silent_module_and_a_broker_that_refuses_end_it() {
    let directory = tempfile::tempdir().unwrap();
    let report = file(&directory, "report");
    for (fault, code, word) in [("silent", 3, "did not answer"), ("open-refused", 5, "refused")] {
        let here = Simulator::start(["--embedded-broker", "--fault", fault]);
        let first = ["--port", &here.port, "--wait", "1", "--report", text(&report)];
        let login = ["selftest", "-h", "broker.example", "-u", USER, "-P", PASSWORD];
        run(first.iter().chain(&login)).failed(code, &[word]);
        // What was seen is worth a report, too.
        let report = fs::read_to_string(&report).unwrap();
        assert!(
            report.contains("# ended early: ") && report.contains("> AT\\r"),
            "{report}"
        );
        assert!(!SECRETS.iter().any(|secret| report.contains(secret)), "{report}");
    }
}

#[test]
fn a_module_that_falls_silent_later_ends_it_as_well() {
    let directory = tempfile::tempdir().unwrap();
    let report = file(&directory, "report");
    let here = Simulator::start(["--embedded-broker", "--fault", "silent-after=60"]);
    let first = ["--port", &here.port, "--report", text(&report), "selftest", "-h", "any"];
    run(first).failed(3, &["stopped answering"]);
}

#[test]
fn nothing_is_left_behind_and_no_pin_shows() {
    let directory = tempfile::tempdir().unwrap();
    let report = file(&directory, "report");
    let served = Served::start(Settings {
        sim: Sim::Locked(7305),
        data_limit: Some(std::time::Duration::from_secs(4)),
        ..Settings::l610()
    });
    let first = [
        "--port",
        &served.port,
        "--pin",
        "7305",
        "--report",
        text(&report),
        "selftest",
        "-h",
        "any",
    ];
    run(first).succeeded();
    let report = fs::read_to_string(&report).unwrap();
    assert!(report.contains("> AT+CPIN=xx") && !report.contains("7305"), "{report}");
    assert_eq!(served.broker.connected(), Vec::<String>::new());
    let filters: Vec<_> = served
        .broker
        .opens()
        .iter()
        .flat_map(|open| served.broker.subscriptions(&String::from_utf8_lossy(&open.client_id)))
        .collect();
    assert!(filters.is_empty(), "{filters:?}");
    // Every publication went to its own topics.
    let published = served.broker.published();
    assert!(
        published.len() > 20
            && published
                .iter()
                .all(|(_, message)| message.topic.starts_with(b"fibocom-selftest/"))
    );
    assert!(commands(&served.log(), "AT+MQTTCLOSE=1") >= 2);
}

#[test]
fn what_is_wrong_on_the_command_line_is_said_first() {
    for (arguments, word) in [
        (&["--port", "/nonexistent", "selftest"][..], "-h"),
        (&["--simulate", "selftest", "-t", "x"], "-t"),
        (&["--simulate", "--trace", "x", "selftest"], "--report"),
        (&["--simulate", "--report", "x", "info"], "--report"),
        (
            &["--simulate", "--report", "/nonexistent/x", "selftest"],
            "/nonexistent/x",
        ),
    ] {
        run(arguments).failed(1, &[word]);
    }
}
