//! A simulated Fibocom module on a pseudo-terminal or a TCP port, in front of a real MQTT server.
//!
//! `cargo run --features sim --example simulator -- --help`

use std::fs::File;
use std::io::{self, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, ToSocketAddrs};
use std::process::ExitCode;

use fibocom_mqtt::sim::serve::Runner;
use fibocom_mqtt::sim::{Evidence, Fault, Module, Settings};
use lexopt::{Arg, Parser, ValueExt};

#[path = "../common/bridge.rs"]
mod bridge;
mod control;
#[path = "../common/embedded.rs"]
mod embedded;
#[cfg(unix)]
#[path = "../common/pty.rs"]
mod pty;

use bridge::Bridge;

const HELP: &str = "\
A simulated Fibocom module, as a serial port to develop against.

simulator [--pty | --tcp ADDR] [--model NAME] [--broker HOST:PORT | --embedded-broker] [--baud N]
          [--set KNOB=VALUE ...] [--fault SPEC ...] [--log FILE] [--control]

  --pty               listen on a pseudo-terminal (if nothing else is said)
  --tcp ADDR          listen on a TCP port, HOST:PORT; port 0 takes a free one; for dongle it is --port tcp:HOST:PORT
  --model NAME        which module; an L610 if nothing else is said
  --broker HOST:PORT  every connection goes there, whatever the host names
  --embedded-broker   every connection goes to a server in this process
  --baud N            output no faster than a serial line of that rate
  --set KNOB=VALUE    change how the module speaks; may be repeated
  --fault SPEC        make something go wrong; may be repeated
  --log FILE          write down what goes over the line, secrets masked
  --control           obey the standard input, a line each: restart, lose-network 5, and so on

The first line of the output says where it listens. Without --broker or --embedded-broker the module connects to the
server that AT+MQTTOPEN names.
";

enum Listen {
    Pty,
    Tcp(String),
}

enum Server {
    Named,
    Fixed(String),
    Embedded,
}

struct Options {
    listen: Listen,
    server: Server,
    settings: Settings,
    baud: Option<u32>,
    log: Option<String>,
    control: bool,
}

type Failure = Box<dyn std::error::Error>;

fn main() -> ExitCode {
    match options().and_then(|options| options.map_or(Ok(()), run)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("simulator: {error}");
            ExitCode::FAILURE
        }
    }
}

/// The command line; nothing if all it wanted was help.
fn options() -> Result<Option<Options>, Failure> {
    let mut listen = None;
    let mut server = None;
    let mut settings = Settings::default();
    let mut knobs = Vec::new();
    let mut faults = Vec::new();
    let mut baud = None;
    let mut log = None;
    let mut control = false;
    let mut parser = Parser::from_env();
    while let Some(argument) = parser.next()? {
        match argument {
            Arg::Long("help") => {
                print!(
                    "{HELP}\nModels (* what it calls itself is assumed):\n{}\nKnobs:\n{}\nFaults:\n{}\nControl:\n{}",
                    models(),
                    indented(Settings::KNOBS),
                    indented(Fault::HELP),
                    indented(control::HELP)
                );
                return Ok(None);
            }
            Arg::Long("pty") => once(&mut listen, Listen::Pty, "--pty and --tcp")?,
            Arg::Long("tcp") => once(&mut listen, Listen::Tcp(parser.value()?.string()?), "--pty and --tcp")?,
            Arg::Long("broker") => {
                let fixed = Server::Fixed(parser.value()?.string()?);
                once(&mut server, fixed, "--broker and --embedded-broker")?;
            }
            Arg::Long("embedded-broker") => once(&mut server, Server::Embedded, "--broker and --embedded-broker")?,
            Arg::Long("model") => {
                let name = parser.value()?.string()?;
                let known = Settings::NAMES.join(", ");
                settings = Settings::by_name(&name).ok_or(format!("there is no model '{name}'; known are {known}"))?;
            }
            Arg::Long("baud") => {
                let rate: u32 = parser.value()?.parse()?;
                baud = Some(rate).filter(|rate| *rate > 0);
            }
            Arg::Long("set") => knobs.push(parser.value()?.string()?),
            Arg::Long("fault") => faults.push(parser.value()?.parse_with(str::parse::<Fault>)?),
            Arg::Long("control") => control = true,
            Arg::Long("log") => log = Some(parser.value()?.string()?),
            other => return Err(other.unexpected().into()),
        }
    }
    // After the model, wherever it stands.
    for knob in knobs {
        let (name, value) = knob.split_once('=').unwrap_or((&knob, ""));
        settings.set(name, value)?;
    }
    settings.faults = faults;
    let (listen, server) = (listen.unwrap_or(Listen::Pty), server.unwrap_or(Server::Named));
    Ok(Some(Options {
        listen,
        server,
        settings,
        baud,
        log,
        control,
    }))
}

fn once<T>(place: &mut Option<T>, value: T, options: &str) -> Result<(), Failure> {
    match place.replace(value) {
        None => Ok(()),
        Some(_) => Err(format!("of {options} only one may be given, and only once").into()),
    }
}

fn indented(lines: &str) -> String {
    lines.lines().map(|line| format!("  {line}\n")).collect()
}

/// The names of all models, some on each line.
fn models() -> String {
    let mark = |name: &&str| {
        let assumed = Settings::by_name(name).is_some_and(|settings| settings.evidence == Evidence::Assumed);
        format!("{name}{}", if assumed { "*" } else { "" })
    };
    let names: Vec<String> = Settings::NAMES.iter().map(mark).collect();
    indented(&names.chunks(10).map(|names| names.join(" ") + "\n").collect::<String>())
}

fn run(options: Options) -> Result<(), Failure> {
    let server = match options.server {
        Server::Named => None,
        Server::Fixed(name) => Some(resolve(&name)?),
        Server::Embedded => {
            Some(embedded::start().map_err(|error| format!("the embedded broker does not start: {error}"))?)
        }
    };
    let mut runner = Runner::new(Module::new(options.settings, Box::new(Bridge::new(server))));
    if let Some(baud) = options.baud {
        runner = runner.baud(baud);
    }
    if let Some(path) = options.log {
        runner = runner.log(File::create(&path).map_err(|error| format!("cannot write the log {path}: {error}"))?);
    }
    if options.control {
        control::listen(runner.control())?;
    }
    match options.listen {
        Listen::Pty => serve_pty(runner),
        Listen::Tcp(address) => serve_tcp(runner, &address),
    }
}

fn resolve(name: &str) -> Result<SocketAddr, Failure> {
    let unknown = |error: io::Error| format!("cannot find the broker '{name}' (HOST:PORT is wanted): {error}");
    let mut addresses = name.to_socket_addrs().map_err(unknown)?.collect::<Vec<_>>();
    // A server that listens everywhere listens on IPv4 at least.
    addresses.sort_by_key(SocketAddr::is_ipv6);
    addresses
        .first()
        .copied()
        .ok_or_else(|| format!("the broker '{name}' has no address").into())
}

fn announce(place: impl std::fmt::Display) -> io::Result<()> {
    let mut out = io::stdout().lock();
    writeln!(out, "{place}")?;
    out.flush()
}

#[cfg(unix)]
fn serve_pty(mut runner: Runner) -> Result<(), Failure> {
    let pty = pty::Pty::open().map_err(|error| format!("cannot open a pseudo-terminal: {error}"))?;
    let path = pty.path().to_owned();
    let (reader, writer) = pty.streams()?;
    announce(path.display())?;
    Ok(runner.serve(reader, writer)?)
}

#[cfg(not(unix))]
fn serve_pty(_: Runner) -> Result<(), Failure> {
    Err("there are no pseudo-terminals here; --tcp works everywhere".into())
}

/// One host after the other; the module does not notice that they change.
fn serve_tcp(mut runner: Runner, address: &str) -> Result<(), Failure> {
    let cannot = |error: io::Error| format!("cannot listen on {address}: {error}");
    let listener = TcpListener::bind(address).map_err(cannot)?;
    announce(listener.local_addr()?)?;
    loop {
        let (host, _) = listener.accept()?;
        host.set_nodelay(true)?;
        runner.serve(host.try_clone()?, &host)?;
        // Ends the reader as well; a host that has closed already is no error.
        drop(host.shutdown(Shutdown::Both));
    }
}
