//! The programs, started and ended: dongle, simulator, and a module that the test itself serves.

#![allow(dead_code)]

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Output, Stdio};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use fibocom_mqtt::sim::serve::Runner;
use fibocom_mqtt::sim::{MemoryBroker, Module, Settings};

/// Longer than anything takes that works.
pub const PATIENCE: Duration = Duration::from_secs(120);

pub fn program(name: &str) -> PathBuf {
    // target/debug/deps/dongle-… stands beside target/debug/examples/dongle.
    let test = std::env::current_exe().expect("a test has a path");
    let directory = test.ancestors().nth(2).expect("a test lies in deps");
    let name = format!("{name}{}", std::env::consts::EXE_SUFFIX);
    let program = directory.join("examples").join(name);
    assert!(
        program.exists(),
        "cargo test builds {}, --test alone does not",
        program.display()
    );
    program
}

/// A dongle that is not yet started.
pub fn dongle<S: AsRef<std::ffi::OsStr>>(arguments: impl IntoIterator<Item = S>) -> Command {
    let mut command = Command::new(program("dongle"));
    command.args(arguments).stdin(Stdio::null());
    command
}

/// Runs a dongle to its end.
pub fn run<S: AsRef<std::ffi::OsStr>>(arguments: impl IntoIterator<Item = S>) -> Done {
    Running::start(&mut dongle(arguments)).end()
}

/// How a program ended.
pub struct Done {
    pub code: Option<i32>,
    pub out: Vec<u8>,
    pub err: String,
}

impl Done {
    pub fn text(&self) -> &str {
        std::str::from_utf8(&self.out).expect("the output is text")
    }

    /// Ended with this code, one sentence on the standard error, and these words in it.
    #[track_caller]
    pub fn failed(&self, code: i32, words: &[&str]) {
        assert_eq!(self.code, Some(code), "{}", self.err);
        let news = ["dongle: waiting for", "dongle: the simulated module's broker"];
        let is_news = |line: &&str| news.iter().any(|news| line.starts_with(news));
        let sentences: Vec<_> = self.err.lines().filter(|line| !is_news(line)).collect();
        assert_eq!(sentences.len(), 1, "{}", self.err);
        for word in words {
            assert!(sentences[0].contains(word), "{word} is not in: {}", self.err);
        }
    }

    #[track_caller]
    pub fn succeeded(self) -> Self {
        assert_eq!(self.code, Some(0), "{}", self.err);
        self
    }
}

/// A program that runs, killed at the end of the test.
pub struct Running {
    child: Child,
    out: Option<thread::JoinHandle<Vec<u8>>>,
    err: Option<thread::JoinHandle<Vec<u8>>>,
}

impl Running {
    pub fn start(command: &mut Command) -> Self {
        let command = command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("the program starts");
        let out = child.stdout.take().map(read_all);
        let err = child.stderr.take().map(read_all);
        Self { child, out, err }
    }

    /// Starts it, and waits until it has printed this, which is not part of what it prints.
    pub fn start_until(command: &mut Command, first: &[u8]) -> Self {
        let command = command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("the program starts");
        let err = child.stderr.take().map(read_all);
        let mut out = child.stdout.take().expect("its output is ours");
        let mut seen = vec![0; first.len()];
        out.read_exact(&mut seen).expect("it prints something");
        assert_eq!(seen, first);
        let out = Some(read_all(out));
        Self { child, out, err }
    }

    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Waits for its end.
    pub fn end(mut self) -> Done {
        let start = Instant::now();
        let status = loop {
            match self.child.try_wait().expect("it is our child") {
                Some(status) => break status,
                None if start.elapsed() > PATIENCE => panic!("the program does not end"),
                None => thread::sleep(Duration::from_millis(5)),
            }
        };
        let joined = |thread: Option<thread::JoinHandle<Vec<u8>>>| {
            let thread = thread.expect("it is read once");
            thread.join().expect("reading does not panic")
        };
        Done {
            code: status.code(),
            out: joined(self.out.take()),
            err: String::from_utf8(joined(self.err.take())).expect("errors are text"),
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

fn read_all(mut reader: impl Read + Send + 'static) -> thread::JoinHandle<Vec<u8>> {
    thread::spawn(move || {
        let mut bytes = Vec::new();
        // What came before a failure is what there is to see.
        drop(reader.read_to_end(&mut bytes));
        bytes
    })
}

/// A simulator on a pseudo-terminal or a TCP port, killed at the end of the test.
pub struct Simulator {
    child: Child,
    pub port: String,
    _out: BufReader<ChildStdout>,
}

impl Simulator {
    pub fn start<S: AsRef<std::ffi::OsStr>>(arguments: impl IntoIterator<Item = S>) -> Self {
        Self::listening(&["--pty"], "", arguments)
    }

    /// On TCP: at a free port, or at the one that another had, as `--port` names it.
    pub fn on_tcp<S: AsRef<std::ffi::OsStr>>(port: Option<&str>, arguments: impl IntoIterator<Item = S>) -> Self {
        let address = port.map_or("127.0.0.1:0", |port| port.trim_start_matches("tcp:"));
        Self::listening(&["--tcp", address], "tcp:", arguments)
    }

    fn listening<S: AsRef<std::ffi::OsStr>>(
        place: &[&str],
        prefix: &str,
        arguments: impl IntoIterator<Item = S>,
    ) -> Self {
        let mut child = Command::new(program("simulator"))
            .args(place)
            .arg("--control")
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the simulator starts");
        let mut out = BufReader::new(child.stdout.take().expect("its output is ours"));
        let mut port = String::new();
        out.read_line(&mut port).expect("it says where it listens");
        Self {
            child,
            port: format!("{prefix}{}", port.trim()),
            _out: out,
        }
    }

    /// Has something done to the module: see the simulator's `--help`.
    pub fn tell(&mut self, line: &str) {
        let mut input = self.child.stdin.as_ref().expect("its input is ours");
        writeln!(input, "{line}").expect("it reads");
    }

    /// Unplugs the module: no goodbye to anybody.
    pub fn kill(&mut self) {
        self.child.kill().expect("it still runs");
        self.child.wait().expect("it is our child");
    }
}

impl Drop for Simulator {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// Waits until a file holds a text, as a trace or a log will.
pub fn wait_for(path: &Path, text: &str) {
    let start = Instant::now();
    loop {
        let bytes = std::fs::read(path).unwrap_or_default();
        if String::from_utf8_lossy(&bytes).contains(text) {
            return;
        }
        assert!(start.elapsed() < PATIENCE, "{text} does not come");
        thread::sleep(Duration::from_millis(5));
    }
}

/// A module that the test serves on a TCP port: with settings that the simulator's command line has no words for.
pub struct Served {
    pub port: String,
    pub broker: MemoryBroker,
    log: Log,
}

/// A log that the test can read.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().expect("nobody panics with it").write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Served {
    pub fn start(settings: Settings) -> Self {
        Self::prepared(settings, |_| {})
    }

    /// One that was told something before.
    pub fn prepared(settings: Settings, prepare: impl FnOnce(&mut Module)) -> Self {
        let broker = MemoryBroker::new();
        let log = Log::default();
        let listener = TcpListener::bind("127.0.0.1:0").expect("there is a free port");
        let port = format!("tcp:{}", listener.local_addr().expect("it is bound"));
        let mut module = Module::new(settings, Box::new(broker.network()));
        prepare(&mut module);
        let mut runner = Runner::new(module).log(log.clone());
        thread::spawn(move || {
            while let Ok((stream, _)) = listener.accept() {
                let reader = stream.try_clone().expect("a stream has copies");
                // A host that goes away is the usual end.
                drop(runner.serve(reader, stream));
            }
        });
        Self { port, broker, log }
    }

    /// What went over the line.
    pub fn log(&self) -> String {
        String::from_utf8(self.log.0.lock().expect("nobody panics with it").clone()).expect("a log is text")
    }
}

/// All 256 byte values, `times` over.
pub fn all_bytes(times: usize) -> Vec<u8> {
    (0..=u8::MAX).collect::<Vec<_>>().repeat(times)
}

/// The lines of a simulator's log that are commands whose text starts so.
pub fn commands(log: &str, start: &str) -> usize {
    let start = format!("command: {start}");
    log.lines().filter(|line| line.contains(&start)).count()
}

/// A file in a directory of the test's own.
pub fn file(directory: &tempfile::TempDir, name: &str) -> PathBuf {
    directory.path().join(name)
}

/// A path as an argument.
pub fn text(path: &Path) -> &str {
    path.to_str().expect("temporary paths are text")
}

/// The output of a program that has to succeed.
pub fn output(command: &mut Command) -> Output {
    let output = command.stdin(Stdio::null()).output().expect("the program starts");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    output
}
