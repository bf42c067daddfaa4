//! The firmware, built, and run by QEMU.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;
use std::thread;
use std::time::{Duration, Instant};

use crate::defmt::{self, Line};
use crate::mosquitto::Mosquitto;
use crate::operator::Operator;
use crate::tool::{PATIENCE, Simulator, text, wait_for};

/// A machine of QEMU's that the firmware knows.
#[derive(Clone, Copy)]
pub struct Board {
    name: &'static str,
    target: &'static str,
}

pub const MPS2: Board = Board {
    name: "mps2-an386",
    target: "thumbv7em-none-eabihf",
};
pub const LM3S: Board = Board {
    name: "lm3s6965evb",
    target: "thumbv7m-none-eabi",
};

impl std::fmt::Display for Board {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name)
    }
}

/// What must not be shown.
pub const PASSWORD: &str = "pa55-w0rd";

/// Which application.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum App {
    /// The one over Embassy.
    Meter,
    /// The one without an executor.
    Blocking,
    /// The one over Embassy, speaking defmt at every level, and signing in with [`PASSWORD`].
    Defmt,
}

impl App {
    fn arguments(self) -> &'static [&'static str] {
        match self {
            Self::Meter => &["--bin", "meter"],
            Self::Blocking => &["--bin", "blocking", "--no-default-features"],
            Self::Defmt => &["--bin", "meter", "--features", "defmt"],
        }
    }

    /// What is built with other features, and another environment, does not take the place of the others.
    fn directory(self) -> &'static str {
        match self {
            Self::Meter | Self::Blocking => "target",
            Self::Defmt => "target/defmt",
        }
    }

    fn environment(self) -> &'static [(&'static str, &'static str)] {
        match self {
            Self::Meter | Self::Blocking => &[],
            Self::Defmt => &[
                ("DEFMT_LOG", "trace"),
                ("MQTT_USER", "meter"),
                ("MQTT_PASSWORD", PASSWORD),
            ],
        }
    }
}

/// Builds it, unless it is built already.
fn build(board: Board, app: App) -> PathBuf {
    static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/firmware");
    // A build that failed has failed its own test.
    let turn = ONE_AT_A_TIME.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
    let done = Command::new(env!("CARGO"))
        .current_dir(&workspace)
        .args(["build", "--release", "--locked", "--quiet", "--package", board.name])
        .args(["--target", board.target, "--target-dir", app.directory()])
        .args(app.arguments())
        .envs(app.environment().iter().copied())
        // What is meant for the host, to measure coverage for instance, does not build here.
        .env_remove("RUSTFLAGS")
        .env_remove("CARGO_ENCODED_RUSTFLAGS")
        .status()
        .expect("cargo starts");
    assert!(done.success(), "{app:?} does not build for {board}");
    drop(turn);
    let release = workspace.join(app.directory()).join(board.target).join("release");
    release.join(app.arguments()[1])
}

/// A machine that runs. What it and its module said is shown if the test fails.
pub struct Machine {
    child: Child,
    app: App,
    kernel: PathBuf,
    output: PathBuf,
    log: PathBuf,
}

impl Machine {
    fn start(board: Board, app: App, module: &Simulator, output: PathBuf, log: PathBuf) -> Self {
        let kernel = build(board, app);
        // Apart: a warning of QEMU's is no frame of defmt's.
        let [said, complaints] = [&output, &output.with_extension("stderr")].map(|path| File::create(path).unwrap());
        let child = Command::new("qemu-system-arm")
            .args(["-M", board.name, "-display", "none", "-monitor", "none", "-nodefaults"])
            .args(["-semihosting-config", "enable=on,target=native"])
            .args(["-serial", &format!("{},nodelay=on", module.port)])
            .args(["-kernel", text(&kernel)])
            .stdin(Stdio::null())
            .stdout(said)
            .stderr(complaints)
            .spawn()
            .unwrap_or_else(|error| panic!("qemu-system-arm: {error}: apt-get install qemu-system-arm"));
        Self {
            child,
            app,
            kernel,
            output,
            log,
        }
    }

    /// Waits until it has said this; not by defmt.
    pub fn wait_for(&self, text: &str) {
        wait_for(&self.output, text);
    }

    /// Waits until it has said the one and then the other; not by defmt.
    pub fn wait_for_behind(&self, first: &str, then: &str) {
        wait_for(&self.output, first);
        let start = Instant::now();
        while !std::fs::read_to_string(&self.output).is_ok_and(|said| {
            let behind = said.split_once(first);
            behind.is_some_and(|(_, behind)| behind.contains(then))
        }) {
            assert!(start.elapsed() < PATIENCE, "{then} does not come behind {first}");
            thread::sleep(Duration::from_millis(5));
        }
    }

    /// What it has said so far.
    fn lines(&self) -> Vec<Line> {
        let said = std::fs::read(&self.output).unwrap();
        if self.app == App::Defmt {
            return defmt::lines(&self.kernel, &said);
        }
        let text = String::from_utf8(said).expect("the console's lines are text");
        text.lines().map(|line| (None, line.to_owned())).collect()
    }

    /// Its exit code, once it has ended.
    pub fn end(&mut self) -> Option<i32> {
        let start = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status.code();
            }
            assert!(start.elapsed() < PATIENCE, "the firmware does not end");
            thread::sleep(Duration::from_millis(10));
        }
    }

    /// The processor's time that it has used.
    #[cfg(target_os = "linux")]
    pub fn processor_time(&self) -> Duration {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.child.id())).unwrap();
        // The name in front of it is in parentheses, and may hold anything.
        let (_, rest) = stat.rsplit_once(')').unwrap();
        // In user and in kernel mode, in hundredths of a second: fields 14 and 15, the state being field 3.
        let ticks = rest.split_whitespace().skip(11).take(2);
        Duration::from_millis(10 * ticks.map(|ticks| ticks.parse::<u64>().unwrap()).sum::<u64>())
    }
}

impl Drop for Machine {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
        if thread::panicking() {
            for path in [&self.output.with_extension("stderr"), &self.output, &self.log] {
                let text = std::fs::read(path).unwrap_or_default();
                let lines = String::from_utf8_lossy(&text);
                let lines: Vec<_> = lines.lines().rev().take(60).collect();
                eprintln!("--- the end of {}", path.display());
                lines.iter().rev().for_each(|line| eprintln!("{line}"));
            }
        }
    }
}

/// All of it: a server, a module in front of it, the firmware at the module, and somebody at the server.
pub struct Bench {
    // Dropped first, so that what they say of the end of the others is not taken for a failure.
    pub machine: Machine,
    pub operator: Operator,
    pub module: Simulator,
    pub server: Mosquitto,
}

impl Bench {
    /// Starts all, the simulator with these arguments more, and waits until the firmware is connected.
    pub fn start(board: Board, app: App, arguments: &[&str]) -> Self {
        let server = Mosquitto::start();
        let (broker, log) = (format!("127.0.0.1:{}", server.port), server.file("module"));
        let module = ["--broker", &broker, "--log", text(&log)];
        let module = Simulator::on_tcp(None, module.iter().chain(arguments));
        let mut operator = Operator::start(server.port);
        let machine = Machine::start(board, app, &module, server.file("machine"), log);
        operator.wait_for_state("online");
        Self {
            machine,
            operator,
            module,
            server,
        }
    }

    /// Has the firmware stop, and expects that it says so and ends well. What it said, with the levels that defmt gives.
    pub fn stop(mut self) -> Vec<Line> {
        self.operator.command("stop");
        self.operator.wait_for_state("stopped");
        assert_eq!(self.machine.end(), Some(0));
        let lines = self.machine.lines();
        for word in ["online", "stopped"] {
            assert!(lines.iter().any(|(_, line)| line.ends_with(word)), "{lines:?}");
        }
        // How large the future was, and how deep the stack.
        let sizes = lines
            .iter()
            .filter(|(_, line)| line.contains(" deep ") || line.contains(" future "));
        sizes.for_each(|(_, line)| println!("{}", line.trim_start()));
        lines
    }
}
