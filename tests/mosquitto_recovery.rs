//! Recovery against a real server: with `--reconnect` the tool goes on, without it it ends.

#![cfg(unix)]

#[path = "tool/mosquitto.rs"]
mod mosquitto;
#[path = "tool/mod.rs"]
mod tool;

use std::process::Child;
use std::thread;
use std::time::Duration;

use mosquitto::{Mosquitto, readable_by_all};
use tool::{Done, Running, Simulator, dongle, text, wait_for};

const SESSION: [&str; 6] = ["-i", "meter", "-c", "-q", "1", "--reconnect"];

/// What is lost.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Loss {
    Network,
    Module,
    Server,
    /// The simulator's process, and with it the port.
    Port,
}

/// A server that keeps sessions over its own end, and a module in front of it that boots quickly.
fn bench() -> (Mosquitto, Simulator) {
    let settings = "allow_anonymous true\nuser root\npersistence true\npersistence_location DIRECTORY/\n";
    let server = Mosquitto::with(settings, readable_by_all);
    let module = module_on(None, &server);
    (server, module)
}

fn module_on(port: Option<&str>, server: &Mosquitto) -> Simulator {
    let broker = format!("127.0.0.1:{}", server.port);
    Simulator::on_tcp(port, ["--broker", &broker, "--set", "boot-delay=500"])
}

impl Loss {
    /// Begins it, and has this done while it lasts.
    fn happens(self, server: &mut Mosquitto, module: &mut Simulator, meanwhile: impl FnOnce(&Mosquitto)) {
        match self {
            Self::Network => {
                module.tell("lose-network 5");
                thread::sleep(Duration::from_secs(1));
                meanwhile(server);
            }
            Self::Module => {
                module.tell("restart");
                thread::sleep(Duration::from_millis(200));
                meanwhile(server);
            }
            Self::Server => {
                server.stop();
                thread::sleep(Duration::from_secs(2));
                server.start_again();
                meanwhile(server);
            }
            Self::Port => {
                module.kill();
                thread::sleep(Duration::from_secs(2));
                meanwhile(server);
                *module = module_on(Some(&module.port), server);
            }
        }
    }
}

fn is_told(done: &Done) {
    for words in ["reconnecting", "connecting to the broker", "connected again"] {
        assert!(done.err.contains(words), "{words}: {}", done.err);
    }
}

fn subscriber_goes_on(loss: Loss) {
    let (mut server, mut module) = bench();
    let arguments = [&["-t", "plant/#", "-C", "12", "-W", "100"], &SESSION[..]].concat();
    let subscriber = server.dongle_sub(&module, 1, &arguments);
    let publish = |server: &Mosquitto, numbers: std::ops::Range<u32>| {
        for number in numbers {
            server.publish(&["-t", "plant/3", "-m", &number.to_string(), "-q", "1"]);
        }
    };
    publish(&server, 0..4);
    wait_for(&server.file("trace"), "< [a message: topic 7 bytes, payload 1 bytes]");
    // All four, so that none is lost with the module that had taken it.
    thread::sleep(Duration::from_secs(2));
    loss.happens(&mut server, &mut module, |server| publish(server, 4..8));
    wait_for_reconnection(&server);
    publish(&server, 8..12);
    let done = subscriber.end().succeeded();
    let expected: String = (0..12).map(|number| format!("{number}\n")).collect();
    assert_eq!(done.text(), expected, "{loss:?}: {}", done.err);
    is_told(&done);
}

/// Until the connection was opened twice.
fn wait_for_reconnection(server: &Mosquitto) {
    let start = std::time::Instant::now();
    loop {
        let trace = std::fs::read_to_string(server.file("trace")).unwrap_or_default();
        if trace.matches("< +MQTTOPEN: 1,1").count() >= 2 {
            return;
        }
        assert!(start.elapsed() < tool::PATIENCE, "{trace}");
        thread::sleep(Duration::from_millis(20));
    }
}

/// A publisher that has begun.
fn publisher(server: &Mosquitto, module: &Simulator, arguments: &[&str]) -> Running {
    let trace = server.file("trace");
    let first = [
        "--port",
        &module.port,
        "--trace",
        text(&trace),
        "--json",
        "pub",
        "-h",
        "any",
    ];
    let publisher = Running::start(&mut dongle(first.iter().chain(arguments)));
    wait_for(&trace, "< +MQTTPUB: 1,1");
    publisher
}

fn publisher_goes_on(loss: Loss) {
    let (mut server, mut module) = bench();
    let counter = Counter::start(&server);
    let arguments = [&["-t", "reading", "-m", "x", "--repeat", "120"], &SESSION[..]].concat();
    let publisher = publisher(&server, &module, &arguments);
    loss.happens(&mut server, &mut module, |_| {});
    let done = publisher.end();
    is_told(&done);
    let objects: Vec<serde_json::Value> = done
        .text()
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(objects.len(), 120, "{}", done.err);
    let unknown = objects.iter().filter(|object| object["delivery"] == "unknown").count();
    assert_eq!(done.code, Some(if unknown == 0 { 0 } else { 7 }), "{}", done.err);
    let confirmed = 120 - unknown;
    // All that was confirmed has arrived, and nothing twice, but for what a server that was stopped delivers again.
    let arrived = counter.arrived(&server);
    let most = if loss == Loss::Server { usize::MAX } else { 120 };
    assert!(
        (confirmed..=most).contains(&arrived),
        "{arrived} of {confirmed} confirmed: {}",
        done.err
    );
}

/// A mosquitto_sub that is there all the time, in a session that the server keeps, and prints into a file.
struct Counter(Child);

impl Counter {
    fn start(server: &Mosquitto) -> Self {
        let printed = std::fs::File::create(server.file("counted")).unwrap();
        server.publish(&["-t", "reading", "-r", "-m", "ready", "-q", "1"]);
        let arguments = ["-t", "reading", "-q", "1", "-i", "counter", "-c"];
        let child = server
            .client("mosquitto_sub", &arguments)
            .stdout(printed)
            .spawn()
            .unwrap();
        let counter = Self(child);
        wait_for(&server.file("counted"), "ready");
        counter
    }

    /// How many messages arrived in front of one that is published now.
    fn arrived(&self, server: &Mosquitto) -> usize {
        server.publish(&["-t", "reading", "-m", "the last", "-q", "1"]);
        wait_for(&server.file("counted"), "the last");
        let printed = std::fs::read_to_string(server.file("counted")).unwrap();
        printed.lines().filter(|line| *line == "x").count()
    }
}

impl Drop for Counter {
    fn drop(&mut self) {
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

fn nobody_goes_on_unasked(loss: Loss) {
    let (mut server, mut module) = bench();
    let subscriber = server.dongle_sub(&module, 1, &["-t", "plant/#", "-W", "100"]);
    loss.happens(&mut server, &mut module, |_| {});
    let done = subscriber.end();
    let code = if loss == Loss::Port { 2 } else { 5 };
    assert_eq!(done.code, Some(code), "{loss:?}: {}", done.err);

    let (mut server, mut module) = bench();
    let publisher = publisher(
        &server,
        &module,
        &["-t", "reading", "-m", "x", "-q", "1", "--repeat", "100000"],
    );
    loss.happens(&mut server, &mut module, |_| {});
    let done = publisher.end();
    // Also between a message and its result, where the outcome is unknown: the sentence says so.
    assert_eq!(done.code, Some(code), "{loss:?}: {}", done.err);
}

macro_rules! for_each_loss {
    ($($loss:ident: $goes_on:ident $published:ident $ends:ident)*) => {$(
        #[test]
        #[ignore = "needs mosquitto"]
        fn $goes_on() {
            subscriber_goes_on(Loss::$loss);
        }

        #[test]
        #[ignore = "needs mosquitto"]
        fn $published() {
            publisher_goes_on(Loss::$loss);
        }

        #[test]
        #[ignore = "needs mosquitto"]
        fn $ends() {
            nobody_goes_on_unasked(Loss::$loss);
        }
    )*};
}

for_each_loss! {
    Network: a_subscriber_survives_a_lost_network a_publisher_survives_a_lost_network a_lost_network_ends_it
    Module: a_subscriber_survives_a_restart_of_the_module a_publisher_survives_a_restart_of_the_module a_restart_ends_it
    Server: a_subscriber_survives_a_restart_of_the_server a_publisher_survives_a_restart_of_the_server a_lost_server_ends_it
    Port: a_subscriber_survives_a_vanished_port a_publisher_survives_a_vanished_port a_vanished_port_ends_it
}
