//! A port that is missing, or vanishes.

use crate::tool::{Running, Simulator, dongle, file, run, text, wait_for};

#[test]
fn a_port_that_is_missing_or_unplugged_ends_with_2() {
    run(["--port", "/nonexistent/tty", "info"]).failed(2, &["/nonexistent/tty"]);
    run(["--port", "tcp:127.0.0.1:1", "info"]).failed(2, &["127.0.0.1:1"]);

    let directory = tempfile::tempdir().unwrap();
    let trace = file(&directory, "trace");
    let mut here = Simulator::start(["--embedded-broker"]);
    let arguments = [
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
    let subscriber = Running::start(&mut dongle(arguments));
    wait_for(&trace, "< +MQTTSUB: 1,1");
    here.kill();
    subscriber.end().failed(2, &["unplugged"]);
}

/// A simulator that takes messages and reports nothing, killed while it has one; and what the tool was told to do with it.
fn killed_with_a_message(arguments: &[&str]) -> (Running, String, tempfile::TempDir) {
    let directory = tempfile::tempdir().unwrap();
    let trace = file(&directory, "trace");
    let mut here = Simulator::on_tcp(None, ["--embedded-broker", "--fault", "pub-no-result"]);
    let port = here.port.clone();
    let first = ["--port", &port, "--trace", text(&trace)];
    let words = ["pub", "-h", "any", "-t", "x", "-m", "once", "-q", "1"];
    let publisher = Running::start(&mut dongle(first.iter().chain(arguments).chain(&words)));
    wait_for(&trace, "> [4 bytes of data]");
    here.kill();
    (publisher, port, directory)
}

#[test]
fn a_port_that_vanishes_with_a_message_ends_with_2_and_says_that_it_may_have_arrived() {
    for reconnect in [&[][..], &["--reconnect"]] {
        let (publisher, ..) = killed_with_a_message(reconnect);
        publisher
            .end()
            .failed(2, &["unplugged", "may have arrived", "not sent again"]);
    }
}

#[test]
fn what_a_port_vanished_with_is_not_sent_again_by_reconnecting() {
    let (publisher, port, directory) = killed_with_a_message(&["--reconnect", "--repeat", "3", "--json"]);
    let log = file(&directory, "log");
    let _again = Simulator::on_tcp(Some(&port), ["--embedded-broker", "--log", text(&log)]);
    let done = publisher.end();
    assert_eq!(done.code, Some(7), "{}", done.err);
    assert!(done.err.contains("message 1 of 3"), "{}", done.err);
    assert!(done.err.contains("1 of 3 messages is unknown"), "{}", done.err);
    let told: Vec<&str> = done
        .text()
        .lines()
        .map(|line| match line {
            line if line.contains("\"unknown\"") => "unknown",
            line if line.contains("\"confirmed\"") => "confirmed",
            line => line,
        })
        .collect();
    assert_eq!(told, ["unknown", "confirmed", "confirmed"]);
    let log = std::fs::read_to_string(log).unwrap();
    assert_eq!(
        log.lines().filter(|line| line.contains("data: once")).count(),
        2,
        "{log}"
    );
}
