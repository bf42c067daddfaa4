//! The simulator as a program, through its command line.
#![cfg(feature = "sim")]

/// Tests inside an example are not run: it has them run here.
#[allow(dead_code)]
#[path = "../examples/simulator/control.rs"]
mod control;

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::PathBuf;
use std::process::{Child, Command, Output, Stdio};
use std::time::Duration;

const PATIENCE: Duration = Duration::from_secs(60);

fn program() -> PathBuf {
    // target/debug/deps/sim_tool-… stands beside target/debug/examples/simulator.
    let test = std::env::current_exe().expect("a test has a path");
    let directory = test.ancestors().nth(2).expect("a test lies in deps");
    let program = directory
        .join("examples")
        .join(format!("simulator{}", std::env::consts::EXE_SUFFIX));
    assert!(
        program.exists(),
        "cargo test builds {}, --test alone does not",
        program.display()
    );
    program
}

fn run(arguments: &[&str]) -> Output {
    Command::new(program())
        .args(arguments)
        .output()
        .expect("the simulator starts")
}

/// A simulator and where it listens.
struct Simulator {
    child: Child,
    place: String,
}

impl Simulator {
    fn start(arguments: &[&str]) -> Self {
        let mut child = Command::new(program())
            .args(arguments)
            .stdout(Stdio::piped())
            .spawn()
            .expect("the simulator starts");
        let mut place = String::new();
        let output = child.stdout.take().expect("its output is ours");
        BufReader::new(output)
            .read_line(&mut place)
            .expect("it says where it listens");
        Self {
            child,
            place: place.trim().to_owned(),
        }
    }
}

impl Drop for Simulator {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

fn until(reader: &mut impl Read, pattern: &[u8]) -> Vec<u8> {
    let mut seen = Vec::new();
    while !seen.ends_with(pattern) {
        let mut byte = [0];
        reader.read_exact(&mut byte).expect("more comes");
        seen.push(byte[0]);
    }
    seen
}

#[test]
fn help_and_mistakes() {
    let help = run(&["--help"]);
    assert!(help.status.success());
    let text = String::from_utf8(help.stdout).unwrap();
    for word in [
        "--pty",
        "--tcp",
        "--embedded-broker",
        "--set",
        "--fault",
        "--log",
        "L610",
        "silent-after=N",
        "open-cme",
        "MC661-CN-39-71-HK",
        "prompt=framed|stock|bare|spaced",
        "sn-predefined=ID=TOPIC",
        "tuya-events=texts|numbers|none",
        "dyn-no-result",
        "sn-register ID TOPIC",
    ] {
        assert!(text.contains(word), "{word}");
    }
    for (arguments, word) in [
        (&["--fault", "sillent"][..], "sillent"),
        (&["--model", "X999"], "X999"),
        (&["--set", "prompt=polite"], "prompt=polite"),
        (&["--set", "echo"], "echo"),
        (&["--set", "sn-predefined=7"], "sn-predefined=7"),
        (&["--pty", "--tcp", "127.0.0.1:0"], "--tcp"),
        (&["--tcp", "nonsense"], "nonsense"),
        (&["--broker", "nonsense"], "nonsense"),
        (&["--frobnicate"], "--frobnicate"),
        (&["--log", "/nonexistent/log"], "/nonexistent/log"),
    ] {
        let output = run(arguments);
        let error = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(1), "{error}");
        assert!(error.contains(word) && error.lines().count() == 1, "{error}");
    }
}

#[test]
fn hosts_come_and_go_on_tcp_and_the_log_keeps_secrets() {
    let directory = tempfile::tempdir().unwrap();
    let log = directory.path().join("log");
    let simulator = Simulator::start(&[
        "--tcp",
        "127.0.0.1:0",
        "--embedded-broker",
        "--log",
        log.to_str().unwrap(),
    ]);
    for (command, end) in [
        ("AT+MIPCALL=1\r", &b"+MIPCALL: 10.85.71.198\r\n"[..]),
        ("AT+MQTTUSER=1,\"user\",\"verysecret\",\"tool\"\r", b"OK\r\n"),
        ("AT+MQTTUSER?\r", b"\"verysecret\",\"tool\"\r\n\r\nOK\r\n"),
        ("AT+MQTTOPEN=1,\"any\",1883,1,60\r", b"+MQTTOPEN: 1,1\r\n"),
        ("AT+MQTTPUB=1,\"t\",1,0,\"x\"\r", b"+MQTTPUB: 1,1\r\n"),
    ] {
        // A new host each time; the module is the same.
        let mut host = TcpStream::connect(&simulator.place).unwrap();
        host.set_read_timeout(Some(PATIENCE)).unwrap();
        host.write_all(command.as_bytes()).unwrap();
        until(&mut host, end);
    }
    let log = std::fs::read_to_string(log).unwrap();
    assert!(log.contains("command: AT+MQTTPUB=1,\"t\",1,0,\"x\"") && log.contains("answer: \\r\\n+MQTTPUB: 1,1\\r\\n"));
    assert!(!log.contains("verysecret"));
}

#[test]
fn a_model_speaks_as_it_is_set() {
    // The knobs count whether they stand before the model or behind it.
    let simulator = Simulator::start(&[
        "--set",
        "model-spelling=with-short",
        "--tcp",
        "127.0.0.1:0",
        "--model",
        "mc665-cn-22",
        "--set",
        "echo=no",
    ]);
    let mut host = TcpStream::connect(&simulator.place).unwrap();
    host.set_read_timeout(Some(PATIENCE)).unwrap();
    host.write_all(b"AT+CGMM\r").unwrap();
    let expected = b"\r\n+CGMM: \"MC665-CN-22\",\"MC665\"\r\n\r\nOK\r\n";
    assert_eq!(until(&mut host, b"OK\r\n"), expected);
    host.write_all(b"AT+MQTTREAD=?\r").unwrap();
    assert_eq!(until(&mut host, b"OK\r\n"), b"\r\n+MQTTREAD: (1,2,3)\r\n\r\nOK\r\n");
}

#[cfg(unix)]
#[test]
fn hosts_come_and_go_on_a_pty() {
    let simulator = Simulator::start(&["--pty", "--baud", "115200"]);
    for _ in 0..3 {
        let mut host = std::fs::File::options()
            .read(true)
            .write(true)
            .open(&simulator.place)
            .unwrap();
        host.write_all(b"AT\r\n").unwrap();
        assert_eq!(until(&mut host, b"OK\r\n"), b"AT\r\r\nOK\r\n");
    }
}
