//! A mosquitto server of the test's own, and its clients.

#![allow(dead_code)]

use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use crate::tool::{Done, PATIENCE, Running, Simulator, dongle, file, output, run, text, wait_for};

/// A real server on a free port, and a directory for files.
pub struct Mosquitto {
    child: Child,
    pub port: u16,
    directory: tempfile::TempDir,
}

impl Mosquitto {
    pub fn start() -> Self {
        Self::with("allow_anonymous true\n", |_| {})
    }

    pub fn with(settings: &str, prepare: impl FnOnce(&Path)) -> Self {
        let directory = tempfile::tempdir().unwrap();
        prepare(directory.path());
        // It wants to bind by itself: let the system choose a port, and leave it.
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let configuration = file(&directory, "mosquitto.conf");
        let settings = settings.replace("DIRECTORY", text(directory.path()));
        let listener = format!("listener {port} 127.0.0.1\nmax_queued_messages 10000\n{settings}");
        std::fs::write(&configuration, listener).unwrap();
        let child = Self::spawn(&directory);
        let mut server = Self { child, port, directory };
        server.wait_until_it_listens();
        server
    }

    fn wait_until_it_listens(&mut self) {
        let start = Instant::now();
        while TcpStream::connect(("127.0.0.1", self.port)).is_err() {
            let ended = self.child.try_wait().unwrap();
            let log = || std::fs::read_to_string(self.file("log")).unwrap_or_default();
            assert!(ended.is_none(), "mosquitto ended: {}", log());
            assert!(start.elapsed() < PATIENCE, "mosquitto does not listen: {}", log());
            thread::sleep(Duration::from_millis(5));
        }
    }

    /// Ends the server as an administrator would, so that it saves what it is to keep.
    pub fn stop(&mut self) {
        output(Command::new("kill").arg(self.child.id().to_string()));
        self.child.wait().expect("it is our child");
    }

    /// Starts it again, on the same port, with the same settings and what it has kept.
    pub fn start_again(&mut self) {
        self.child = Self::spawn(&self.directory);
        self.wait_until_it_listens();
    }

    fn spawn(directory: &tempfile::TempDir) -> Child {
        Command::new(installed("mosquitto"))
            .args(["-c", text(&file(directory, "mosquitto.conf"))])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(std::fs::File::create(file(directory, "log")).unwrap())
            .spawn()
            .expect("mosquitto starts")
    }

    pub fn file(&self, name: &str) -> std::path::PathBuf {
        file(&self.directory, name)
    }

    /// A simulated module in front of it.
    pub fn module(&self) -> Simulator {
        Simulator::start(["--broker", &format!("127.0.0.1:{}", self.port)])
    }

    /// One of mosquitto's own clients.
    pub fn client(&self, name: &str, arguments: &[&str]) -> Command {
        let mut command = Command::new(installed(name));
        command
            .args(["-h", "127.0.0.1", "-p", &self.port.to_string()])
            .args(arguments);
        command.stdin(Stdio::null());
        command
    }

    pub fn publish(&self, arguments: &[&str]) {
        output(&mut self.client("mosquitto_pub", arguments));
    }

    /// mosquitto_sub, once it is subscribed.
    pub fn subscriber(&self, arguments: &[&str]) -> Running {
        let ready = self.ready_topic();
        self.publish(&["-t", &ready, "-r", "-m", "ready", "-q", "1"]);
        let command = &mut self.client("mosquitto_sub", arguments);
        // The retained message tells that the server has taken the subscriptions, in their order.
        let first: &[u8] = if arguments.contains(&"-N") {
            b"ready"
        } else {
            b"ready\n"
        };
        Running::start_until(command.args(["-t", &ready]), first)
    }

    fn ready_topic(&self) -> String {
        format!("ready/{:?}", Instant::now())
            .replace(|letter: char| !letter.is_ascii_alphanumeric() && letter != '/', "")
    }

    /// `dongle sub`, once it is subscribed to that many filters.
    pub fn dongle_sub(&self, module: &Simulator, filters: usize, arguments: &[&str]) -> Running {
        self.dongle_sub_on(1, module, filters, arguments)
    }

    /// The same on this connection.
    pub fn dongle_sub_on(&self, id: u8, module: &Simulator, filters: usize, arguments: &[&str]) -> Running {
        let trace = self.file("trace");
        drop(std::fs::remove_file(&trace));
        let number = id.to_string();
        let first = [
            "--port",
            &module.port,
            "--trace",
            text(&trace),
            "sub",
            "-h",
            "any",
            "--id",
            &number,
        ];
        let subscriber = Running::start(&mut dongle(first.iter().chain(arguments)));
        let result = format!("+MQTTSUB: {id},1");
        let start = Instant::now();
        loop {
            wait_for(&trace, &result);
            let seen = std::fs::read_to_string(&trace).unwrap();
            if seen.matches(&format!("< {result}")).count() == filters {
                return subscriber;
            }
            assert!(start.elapsed() < PATIENCE, "{seen}");
            thread::sleep(Duration::from_millis(5));
        }
    }

    pub fn dongle_pub(&self, module: &Simulator, arguments: &[&str]) -> Done {
        run(["--port", &module.port, "pub", "-h", "any"].iter().chain(arguments))
    }
}

impl Drop for Mosquitto {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// A program of mosquitto's. Debian keeps the server where only root's path leads.
pub fn installed(name: &str) -> String {
    let path = std::env::var("PATH").unwrap_or_default();
    path.split(':')
        .chain(["/usr/sbin", "/usr/local/sbin"])
        .map(|directory| format!("{directory}/{name}"))
        .find(|program| Path::new(program).exists())
        .unwrap_or_else(|| panic!("{name} is not installed: apt-get install mosquitto mosquitto-clients"))
}

/// The server drops root's rights and must still read its files.
pub fn readable_by_all(path: &Path) {
    use std::os::unix::fs::PermissionsExt;
    let mode = if path.is_dir() { 0o755 } else { 0o644 };
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
}
