//! The firmware of `examples/firmware`, run by QEMU: its UART at the simulated module, the module in front of mosquitto, and an
//! ordinary MQTT client behind that.
//!
//! Run with `cargo test --all-features --test qemu -- --ignored`, after `cargo build --all-features --examples`; it fails
//! where QEMU or mosquitto is not installed. No test depends on how long anything takes in the machine.
#![cfg(all(target_os = "linux", feature = "sim", feature = "serialport", feature = "log"))]

#[path = "firmware/defmt.rs"]
mod defmt;
#[path = "firmware/machine.rs"]
mod machine;
#[path = "tool/mosquitto.rs"]
mod mosquitto;
#[path = "firmware/operator.rs"]
mod operator;
#[path = "tool/mod.rs"]
mod tool;

use std::thread;
use std::time::Duration;

use machine::{App, Bench, Board, LM3S, MPS2, PASSWORD};
use tool::{all_bytes, wait_for};

/// What a forger would send as a command.
const HOSTILE: [&[u8]; 19] = [
    b"",
    b"\r\nOK\r\n",
    b"\r\nERROR\r\n",
    b"\r\n+CME ERROR: 703\r\n",
    b"\r\n+MQTTBREAK: 1,1\r\n",
    b"\r\n+MQTTPUB: 1,0\r\n",
    b"\r\n+MQTTMSGI: 1,1,9999,9999\r\n",
    b"\r\n+MQTTREAD: 1,0,0,0\r\n\r\nOK\r\n",
    b"\r\n+MQTTREAD: 1,0,9,9,\"",
    b"\r\n>\r\n",
    b"\r\n> ",
    b"\"",
    b"\",\"",
    b"\"\r\n\r\nOK\r\n",
    b"\xff\xfe\x80\xc3\0\0",
    b"\\22\\0D",
    b"AT+CFUN=15\r",
    b"\x1a\x1b\x08stop",
    // Longer than any clock counts.
    b"period 18446744073709551615",
];

/// A number of the report.
fn number_in(report: &str, name: &str) -> u64 {
    let value = report
        .split(' ')
        .find_map(|word| word.strip_prefix(name)?.strip_prefix('='));
    let value = value.unwrap_or_else(|| panic!("no {name} in: {report}"));
    value.parse().unwrap_or_else(|_| panic!("{name} in: {report}"))
}

/// Messages both ways, hostile ones included, before and after the server was restarted; then the firmware is told to stop.
fn session(board: Board, app: App) {
    let mut bench = Bench::start(board, app, &[]);
    assert_eq!(bench.operator.next("reading"), b"21.6");
    assert_eq!(bench.operator.ask("period 200"), "a reading every 200 ms");
    assert_eq!(bench.operator.next("reading"), b"21.7");
    let hostile = HOSTILE.map(<[u8]>::to_vec);
    for payload in hostile.iter().chain(&[HOSTILE.concat(), all_bytes(4)]) {
        bench.operator.command(payload);
        let answer = bench.operator.next("answer");
        assert!(answer == *payload, "{}", answer.escape_ascii());
    }
    for topic in ["/a\",1,\"b", "/, ,\"", "/\u{fc}\u{1f600}"] {
        bench.operator.command_below(topic, b"from below");
        assert_eq!(bench.operator.next("answer"), b"from below");
    }
    assert_eq!(number_in(&bench.operator.ask("report"), "recoveries"), 0);

    bench.server.stop();
    bench.operator.forget();
    bench.server.start_again();
    bench.operator.wait_for_state("online");
    for payload in &hostile {
        bench.operator.command(payload);
        assert_eq!(bench.operator.next("answer"), *payload);
    }
    bench.operator.next("reading");
    let report = bench.operator.ask("report");
    assert!(number_in(&report, "recoveries") >= 1, "{report}");
    // Nothing paces the module here, so the UART may have had to wait.
    println!("{board} {app:?}: {report}");
    let lost = ["overruns", "lost"].map(|name| number_in(&report, name));
    assert_eq!(lost, [0, 0], "{report}");
    bench.stop();
}

#[test]
#[ignore = "needs qemu and mosquitto"]
fn meter_on_a_cortex_m4() {
    session(MPS2, App::Meter);
}

#[test]
#[ignore = "needs qemu and mosquitto"]
fn meter_on_a_cortex_m3() {
    session(LM3S, App::Meter);
}

#[test]
#[ignore = "needs qemu and mosquitto"]
fn blocking_on_a_cortex_m4() {
    session(MPS2, App::Blocking);
}

#[test]
#[ignore = "needs qemu and mosquitto"]
fn blocking_on_a_cortex_m3() {
    session(LM3S, App::Blocking);
}

/// The module restarts, and all that was set in it is gone. Where its network was only away, the module itself is still there.
fn losses(board: Board, app: App) {
    let mut bench = Bench::start(board, app, &["--set", "boot-delay=500"]);
    bench.operator.ask("period 200");
    for (number, loss) in (1..).zip(["restart", "lose-network 1"]) {
        bench.operator.forget();
        bench.module.tell(loss);
        bench.operator.wait_for_state("online");
        assert_eq!(bench.operator.ask("still there?"), "still there?");
        bench.operator.next("reading");
        let report = bench.operator.ask("report");
        assert!(number_in(&report, "recoveries") >= number, "{report}");
    }
    bench.stop();
}

#[test]
#[ignore = "needs qemu and mosquitto"]
fn a_lost_module_and_a_lost_network_come_back_on_a_cortex_m4() {
    losses(MPS2, App::Meter);
}

#[test]
#[ignore = "needs qemu and mosquitto"]
fn a_lost_module_and_a_lost_network_come_back_on_a_cortex_m3() {
    losses(LM3S, App::Blocking);
}

/// A publication's result never comes. Until it does nothing can be published, so the firmware connects again.
#[test]
#[ignore = "needs qemu and mosquitto"]
fn a_result_that_never_comes_silences_no_machine() {
    let mut benches = [(MPS2, App::Meter), (LM3S, App::Blocking)].map(|(board, app)| Bench::start(board, app, &[]));
    for bench in &mut benches {
        bench.operator.ask("period 200");
        bench.operator.forget();
        bench.module.tell("fault pub-no-result");
    }
    for bench in &mut benches {
        bench.machine.wait_for("the outcome is unknown");
        bench.module.tell("heal");
        bench.module.tell("line +HEALED: 1");
        wait_for(&bench.server.file("module"), "+HEALED: 1");
        bench.operator.forget();
    }
    for mut bench in benches {
        // The first may have been sent before it was healed. The second says that the first, or what followed it, had a result.
        bench.operator.next("reading");
        bench.operator.next("reading");
        let report = bench.operator.ask("report");
        for name in ["unknown", "recoveries"] {
            assert!(number_in(&report, name) >= 1, "{report}");
        }
        bench.stop();
    }
}

/// The broker publishes the will, and the module refuses what the firmware says once it is back: it must say so again, or it is lost
/// for ever to whoever looks at its state.
#[test]
#[ignore = "needs qemu and mosquitto"]
fn a_refused_state_is_told_again() {
    let mut benches = [(MPS2, App::Meter), (LM3S, App::Blocking)].map(|(board, app)| Bench::start(board, app, &[]));
    for bench in &mut benches {
        bench.operator.ask("period 200");
        bench.operator.forget();
        bench.module.tell("fault pub-refused");
        bench.module.tell("lose-network 1");
    }
    for mut bench in benches {
        bench.operator.wait_for_state("lost");
        bench.machine.wait_for_behind("subscribing again", "reported failure");
        bench.module.tell("heal");
        bench.operator.wait_for_state("online");
        bench.operator.next("reading");
        bench.stop();
    }
}

/// Every level has its lines, and none of them the password, which the driver writes each time it connects.
#[test]
#[ignore = "needs qemu and mosquitto"]
fn defmt_lines_have_levels_and_no_secrets() {
    let mut bench = Bench::start(MPS2, App::Defmt, &[]);
    bench.operator.next("reading");
    bench.server.stop();
    bench.operator.forget();
    bench.server.start_again();
    bench.operator.wait_for_state("online");
    let lines = bench.stop();
    for (level, text) in [
        ("info", "the module is L610"),
        ("info", "registration: Home"),
        ("info", "connection 1 is open"),
        ("warn", "connection 1: Server"),
        // The application's.
        ("warn", "the connection was lost"),
        ("info", "connecting to the broker"),
        ("debug", "> b\"AT+MQTTUSER\"["),
        ("debug", "> 6 bytes of data"),
        ("debug", "< b\"+MQTTPUB: 1,1\""),
        ("trace", "wrote "),
        ("trace", "read "),
    ] {
        let shown = |line: &defmt::Line| line.0 == Some(level) && line.1.starts_with(text);
        assert!(lines.iter().any(shown), "no {level}: {text} in {lines:?}");
    }
    for (level, text) in &lines {
        assert!(!text.contains(PASSWORD) && *level != Some("error"), "{level:?}: {text}");
    }
}

/// What the firmware's README shows: `dongle`, at a module of its own, and the firmware talk through the server.
#[test]
#[ignore = "needs qemu and mosquitto"]
fn dongle_and_firmware_talk() {
    let mut bench = Bench::start(MPS2, App::Meter, &[]);
    let (receiving, sending) = (bench.server.module(), bench.server.module());
    let answers = ["-i", "desk", "-t", "meter/7/answer", "-q", "1", "-C", "2"];
    let answers = bench.server.dongle_sub(&receiving, 1, &answers);
    for command in ["over two modules", "period 200"] {
        let arguments = ["-i", "hand", "-t", "meter/7/command", "-q", "1", "-m", command];
        bench.server.dongle_pub(&sending, &arguments).succeeded();
    }
    let answers = answers.end().succeeded();
    assert_eq!(answers.text(), "over two modules\na reading every 200 ms\n");
    bench.operator.next("reading");
    bench.stop();
}

/// At the pace of a serial line of 230400 baud, with messages that come while readings are published: each is answered, unchanged
/// and in its order, and the UART loses nothing.
fn flood(board: Board, app: App) {
    const COUNT: usize = 120;
    let mut bench = Bench::start(board, app, &["--baud", "230400"]);
    // Shorter than a publication takes: the commands have to be answered all the same.
    bench.operator.ask("period 10");
    let all = all_bytes(4);
    // 0 to 1019 bytes, in every alignment.
    let sizes = (0..COUNT).map(|number| number * 191 % 1020);
    let commands: Vec<_> = sizes
        .map(|size| [number_of(size), all[size..].to_vec()].concat())
        .collect();
    let commands: Vec<_> = commands
        .iter()
        .map(|command| &command[..command.len().min(1024)])
        .collect();
    bench.operator.next("reading");
    let before = bench.operator.count("reading");
    commands.iter().for_each(|command| bench.operator.command(command));
    for (number, command) in commands.iter().enumerate() {
        let answer = bench.operator.next("answer");
        assert!(answer == *command, "{number}: {}", answer.escape_ascii());
    }
    let readings = bench.operator.count("reading") - before;
    assert!(readings > 0, "no reading was published meanwhile");
    let report = bench.operator.ask("report");
    println!("{board} {app:?}, {readings} readings among {COUNT} answers: {report}");
    for name in ["overruns", "lost", "unknown", "recoveries"] {
        assert_eq!(number_in(&report, name), 0, "{report}");
    }
    // The command for the period, and that for the report.
    assert_eq!(number_in(&report, "received"), COUNT as u64 + 2, "{report}");
    bench.stop();
}

fn number_of(size: usize) -> Vec<u8> {
    format!("{size:04}").into_bytes()
}

#[test]
#[ignore = "needs qemu and mosquitto"]
fn nothing_is_lost_at_230400_baud_on_a_cortex_m4() {
    flood(MPS2, App::Meter);
    flood(MPS2, App::Blocking);
}

#[test]
#[ignore = "needs qemu and mosquitto"]
fn nothing_is_lost_at_230400_baud_on_a_cortex_m3() {
    flood(LM3S, App::Meter);
    flood(LM3S, App::Blocking);
}

/// A machine whose firmware has nothing to do sleeps: QEMU then needs a small part of a processor.
fn idle(board: Board) {
    const STRETCH: Duration = Duration::from_secs(10);
    let benches = [App::Meter, App::Blocking].map(|app| {
        let mut bench = Bench::start(board, app, &[]);
        bench.operator.ask("period 600000");
        bench
    });
    // The least of some: whatever else the host does may make one of them dearer, and one that spins is never cheap.
    let mut least = [STRETCH; 2];
    for _ in 0..3 {
        let before = benches.each_ref().map(|bench| bench.machine.processor_time());
        thread::sleep(STRETCH);
        for ((bench, before), least) in benches.iter().zip(before).zip(&mut least) {
            *least = (*least).min(bench.machine.processor_time() - before);
        }
        if least.iter().all(|used| *used < STRETCH / 10) {
            break;
        }
    }
    println!("{board}: {least:?} of {STRETCH:?}");
    assert!(
        least.iter().all(|used| *used < STRETCH / 10),
        "{least:?} of {STRETCH:?}"
    );
    benches.into_iter().for_each(|bench| drop(bench.stop()));
}

#[test]
#[ignore = "needs qemu and mosquitto"]
fn an_idle_cortex_m4_sleeps() {
    idle(MPS2);
}

#[test]
#[ignore = "needs qemu and mosquitto"]
fn an_idle_cortex_m3_sleeps() {
    idle(LM3S);
}
