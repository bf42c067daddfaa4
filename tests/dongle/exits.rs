//! How it ends when something goes wrong: a code and a sentence.

use std::time::Duration;

use fibocom_mqtt::sim::{Calling, NetworkNeed, Radio, Settings, Sim};

use crate::tool::{Running, Served, Simulator, commands, dongle, file, run, text, wait_for};

#[test]
fn wrong_usage_ends_with_1_and_says_what_is_right() {
    for (arguments, word) in [
        (&[][..], "demo, info, pub, sub, auth, at or selftest"),
        (&["demo"], "--simulate"),
        (&["info"], "--port"),
        (&["--simulate", "frobnicate"], "frobnicate"),
        (&["--simulate", "--frobnicate", "info"], "--frobnicate"),
        (&["--simulate", "-x", "info"], "-x"),
        (&["--simulate", "info", "more"], "more"),
        (&["--simulate", "info", "-m", "x"], "-m"),
        (&["--simulate=X999", "info"], "L610"),
        (&["--port", "x", "--simulate", "info"], "exclude"),
        (&["--port", "x", "--broker", "localhost:1883", "info"], "-h"),
        (&["--simulate", "--wait", "soon", "info"], "--wait"),
        (&["--simulate", "--pin", "12a4", "demo"], "4 to 8 digits"),
        (&["--simulate", "--pin", "123", "demo"], "4 to 8 digits"),
        (&["--simulate", "--pin", "1234", "info"], "--pin"),
        (&["--simulate", "--pin", "1234", "--no-network", "demo"], "--pin"),
        (&["--port", "/nonexistent", "sub", "-t", "x"], "-h"),
        (&["--simulate", "sub"], "-t"),
        (&["--simulate", "sub", "-t", "x", "-F", "%z"], "-F"),
        (&["--simulate", "sub", "-t", "x", "-q", "3"], "0, 1 or 2"),
        (&["--simulate", "sub", "-t", "x", "-n"], "-n"),
        (&["--simulate", "sub", "-t", "x", "-k", "301"], "300"),
        (&["--simulate", "sub", "-t", "x", "-p", "0"], "65535"),
        (&["--simulate", "sub", "-t", "x", "--id", "4"], "--id"),
        (&["--simulate", "sub", "-t", "x", "-P", "secret"], "-u"),
        (
            &["--simulate", "sub", "-t", "x", "--will-payload", "bye"],
            "--will-topic",
        ),
        (&["--simulate", "pub", "-t", "x"], "-m"),
        (&["--simulate", "pub", "-t", "x", "-m", "a", "-n"], "only one"),
        (&["--simulate", "pub", "-t", "x", "-t", "y", "-n"], "one topic"),
        (&["--simulate", "pub", "-t", "x", "-f", "/nonexistent"], "/nonexistent"),
        (&["--simulate", "pub", "-t", "x", "-n", "-C", "1"], "-C"),
        (&["--simulate", "at"], "AT+CSQ"),
        (&["--simulate", "at", "HELLO"], "AT"),
        (&["--simulate", "at", "AT+MQTTPUB=1,\"t\",0,0,5"], "use pub"),
        (&["--simulate", "at", "AT+CSQ", "-h", "x"], "-h"),
        (&["--simulate", "info", "-u", "x"], "-u"),
        (&["--simulate", "--reconnect", "info"], "--reconnect"),
        (&["--simulate", "--broker", "nonsense", "demo"], "HOST:PORT"),
        (&["--simulate", "at", "AT\rAT+CFUN=0"], "0x0d"),
    ] {
        run(arguments).failed(1, &[word]);
    }
}

#[test]
fn nothing_is_written_of_what_cannot_be_sent() {
    let directory = tempfile::tempdir().unwrap();
    let (log, large) = (file(&directory, "log"), file(&directory, "large"));
    std::fs::write(&large, [b'x'; 1025]).unwrap();
    let here = Simulator::start(["--embedded-broker", "--log", text(&log)]);
    let long = "x".repeat(256);
    let too_much = "x".repeat(1025);
    for (arguments, word) in [
        (&["pub", "-t", "a\",0,0,\"x", "-m", "x"][..], "0x22"),
        (&["pub", "-t", "a\r\nAT+MQTTCLOSE=1", "-m", "x"], "0x0d"),
        (&["pub", "-t", "a\\22", "-m", "x"], "0x5c"),
        (&["pub", "-t", "a/#", "-m", "x"], "wildcard"),
        (&["pub", "-t", "", "-m", "x"], "empty"),
        (&["pub", "-t", &long, "-m", "x"], "255"),
        (&["sub", "-t", "a/#/b"], "wildcard"),
        (&["pub", "-t", "x", "-f", text(&large)], "1024"),
        (&["pub", "-t", "x", "-m", &too_much], "1024"),
        (&["pub", "-t", "x", "-n", "--will-topic", "a\"b"], "0x22"),
        (
            &["pub", "-t", "x", "-n", "--will-topic", "a", "--will-payload", &too_much],
            "1024",
        ),
        (&["pub", "-t", "x", "-n", "-i", ""], "client id"),
    ] {
        let first = ["--port", &here.port];
        run(first.iter().chain(arguments).chain(&["-h", "any"])).failed(1, &[word]);
    }
    assert_eq!(std::fs::read_to_string(log).unwrap(), "");
}

#[test]
fn a_password_that_unknown_firmware_would_take_for_syntax_is_refused() {
    let settings = Settings {
        revision: "99999.0000.00".into(),
        ..Settings::l610()
    };
    let served = Served::start(settings);
    let first = ["--port", &served.port, "pub", "-h", "any", "-t", "x", "-n"];
    run(first.iter().chain(&["-u", "me", "-P", "a\\22,b"])).failed(1, &["password", "0x5c"]);
    assert_eq!(commands(&served.log(), "AT+MQTTUSER=1"), 0);
    assert_eq!(commands(&served.log(), "AT+MQTTOPEN=1"), 0);
}

#[test]
fn what_a_model_cannot_do_ends_with_1_and_says_what_can_be_done() {
    let long = "u".repeat(129);
    for (model, arguments, words) in [
        (
            "L610",
            &["--id", "3"][..],
            &["L610", "no connection 3", "1 to 2", "--id"][..],
        ),
        ("MC669-CN-25", &[], &["MC669-CN-25", "no MQTT commands", "firmware"]),
        ("MC661-CN-39-71-HK", &[], &["MC66x", "no MQTT commands", "firmware"]),
        (
            "LC610N",
            &["--tls", "--insecure"],
            &["LC610N", "no TLS", "without --tls"],
        ),
        (
            "NL668",
            &["-u", &long],
            &["NL66x", "128 bytes of user name", "129", "shorten"],
        ),
    ] {
        let served = Served::start(Settings::by_name(model).unwrap());
        let first = ["--port", &served.port, "pub", "-h", "any", "-t", "x", "-n"];
        run(first.iter().chain(arguments)).failed(1, words);
        assert_eq!(commands(&served.log(), "AT+MQTTUSER=1"), 0, "{model}");
        assert_eq!(commands(&served.log(), "AT+MQTTOPEN=1"), 0, "{model}");
    }
}

#[test]
fn a_silent_module_ends_with_3() {
    let here = Simulator::start(["--embedded-broker", "--fault", "silent"]);
    run(["--port", &here.port, "--wait", "2", "info"]).failed(3, &["2 s", "--baud"]);
}

#[test]
fn a_module_without_a_network_ends_with_4() {
    let served = Served::start(Settings {
        sim: Sim::Locked(1234),
        ..Settings::l610()
    });
    run(["--port", &served.port, "sub", "-h", "any", "-t", "x"]).failed(4, &["SIM", "--pin"]);
    let wrong = ["--port", &served.port, "--pin", "4321", "sub", "-h", "any", "-t", "x"];
    run(wrong).failed(4, &["PIN", "+CME ERROR: 16", "once"]);
    assert_eq!(commands(&served.log(), "AT+CPIN="), 1);
    let right = [
        "--port",
        &served.port,
        "--pin",
        "1234",
        "pub",
        "-h",
        "any",
        "-t",
        "x",
        "-n",
    ];
    run(right).succeeded();
    assert_eq!(commands(&served.log(), "AT+CPIN="), 2);

    // What the module said stands in the sentence.
    let radio = Radio {
        calling: Calling::Refused,
        ..Radio::default()
    };
    let served = Served::start(Settings {
        radio,
        ..Settings::l610()
    });
    run(["--port", &served.port, "sub", "-h", "any", "-t", "x"]).failed(4, &["address", "ERROR"]);
}

#[test]
fn a_long_wait_says_what_it_is_for() {
    let radio = Radio {
        registration_delay: Duration::from_secs(8),
        ..Radio::default()
    };
    let served = Served::start(Settings {
        radio,
        ..Settings::l610()
    });
    let done = run(["--port", &served.port, "pub", "-h", "any", "-t", "x", "-n"]).succeeded();
    let words = "dongle: waiting for registration: searching, signal -65 dBm";
    assert!(done.err.contains(words), "{}", done.err);
}

#[test]
fn without_a_network_only_mqtt_is_asked_for() {
    let served = Served::start(Settings {
        sim: Sim::Absent,
        network_need: NetworkNeed::Nothing,
        ..Settings::l610()
    });
    run([
        "--port",
        &served.port,
        "--no-network",
        "pub",
        "-h",
        "any",
        "-t",
        "x",
        "-m",
        "y",
    ])
    .succeeded();
    assert_eq!(served.broker.published().len(), 1);
    let done = run(["--port", &served.port, "--no-network", "info"]).succeeded();
    assert!(!done.text().contains("registration"), "{}", done.text());
    for command in [
        "AT+CPIN",
        "AT+CEREG",
        "AT+CGREG",
        "AT+CREG",
        "AT+MIPCALL",
        "AT+COPS",
        "AT+CSQ",
        "AT+CGATT",
        "AT+CGPADDR",
        "AT+CCLK",
    ] {
        assert_eq!(commands(&served.log(), command), 0, "{command}");
    }
}

#[test]
fn a_refused_connection_ends_with_5() {
    let ends = |fault: &str, words: &[&str]| {
        let here = Simulator::start(["--embedded-broker", "--fault", fault]);
        run(["--port", &here.port, "pub", "-h", "broker", "-t", "x", "-n"]).failed(5, words);
    };
    ends(
        "open-refused",
        &[
            "broker:1883",
            "gave no reason",
            "host",
            "port",
            "user name",
            "client id",
            "network",
        ],
    );
    ends("open-cme=703", &["bad user name or password", "-u"]);
    ends("open-cme=702", &["unavailable"]);
    ends("open-cme=58", &["unknown command", "firmware"]);

    // The network was left out, and is needed.
    let served = Served::start(Settings::l610());
    let first = [
        "--port",
        &served.port,
        "--no-network",
        "pub",
        "-h",
        "any",
        "-t",
        "x",
        "-n",
    ];
    run(first).failed(5, &["data connection", "leave out --no-network"]);
}

#[test]
fn a_refused_message_ends_with_6() {
    let here = Simulator::start(["--embedded-broker", "--fault", "pub-refused"]);
    let first = ["--port", &here.port, "pub", "-h", "any", "-t", "x", "-m", "y"];
    run(first).failed(6, &["not published"]);
    run(first.iter().chain(&["--repeat", "3"])).failed(6, &["message 1 of 3"]);

    let here = Simulator::start(["--embedded-broker", "--fault", "sub-refused"]);
    run(["--port", &here.port, "sub", "-h", "any", "-t", "x/#"]).failed(6, &["x/#"]);
}

#[test]
fn a_result_that_never_comes_ends_with_7_and_nothing_is_sent_twice() {
    let directory = tempfile::tempdir().unwrap();
    let log = file(&directory, "log");
    let here = Simulator::start(["--embedded-broker", "--log", text(&log), "--fault", "pub-no-result"]);
    let done = run([
        "--port", &here.port, "pub", "-h", "any", "-t", "x", "-m", "once", "-q", "1",
    ]);
    done.failed(7, &["unknown", "not sent again"]);
    assert!(done.err.contains("waiting for"), "{}", done.err);
    let log = std::fs::read_to_string(log).unwrap();
    assert_eq!(commands(&log, "AT+MQTTPUB=1"), 1);
    assert_eq!(log.lines().filter(|line| line.contains("data: once")).count(), 1);
}

#[test]
#[ignore = "takes a minute: run it with --ignored"]
fn a_result_of_an_open_that_never_comes_ends_with_5() {
    let here = Simulator::start(["--embedded-broker", "--fault", "open-no-result"]);
    run(["--port", &here.port, "pub", "-h", "any", "-t", "x", "-n"]).failed(5, &["no result"]);
}

#[test]
fn a_broken_connection_ends_with_5() {
    let directory = tempfile::tempdir().unwrap();
    let trace = file(&directory, "trace");
    let served = Served::start(Settings::l610());
    let arguments = [
        "--port",
        &served.port,
        "--trace",
        text(&trace),
        "sub",
        "-h",
        "any",
        "-t",
        "x",
        "-i",
        "me",
    ];
    let subscriber = Running::start(&mut dongle(arguments));
    wait_for(&trace, "< +MQTTSUB: 1,1");
    served.broker.break_connection("me");
    subscriber.end().failed(5, &["lost"]);
}

#[test]
fn a_message_that_fails_with_its_connection_ends_with_5() {
    let answer = b"\r\nOK\r\n\r\n+MQTTPUB: 1,0\r\n\r\n+MQTTBREAK: 1,1\r\n";
    let served = Served::prepared(Settings::l610(), |module| {
        module.on_command(b"AT+MQTTPUB=1,\"x\",0,0,\"\"", answer);
    });
    let first = ["--port", &served.port, "pub", "-h", "any", "-t", "x", "-n"];
    run(first).failed(5, &["connection was lost", "not published"]);
}

#[test]
fn time_that_runs_out_ends_with_27() {
    run(["--simulate", "sub", "-t", "x", "-W", "1"]).failed(27, &["-W"]);
}
