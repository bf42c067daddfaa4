//! The command line: everything that can be checked is, before a port is opened.

mod connection;
mod help;
mod message;
mod tls;

use std::path::PathBuf;
use std::time::Duration;

use fibocom_mqtt::{Model, UnknownModel};
use lexopt::{Arg, Parser, ValueExt};

pub use connection::Target;
pub use help::HELP;
pub use message::{Part, Publish, Subscribe};

use crate::failure::{Failure, code};

/// How long the module may take to answer, in seconds: one that boots takes 30.
const WAIT: u64 = 40;

/// The speeds in use, the usual one first.
const BAUDS: [u32; 8] = [115_200, 9600, 57_600, 38_400, 19_200, 230_400, 460_800, 921_600];

/// What was asked for.
pub enum Parsed {
    Help,
    Version,
    Run(Box<Options>),
}

/// Where the module is.
pub enum Place {
    Serial(String),
    /// HOST:PORT of a simulator.
    Tcp(String),
    /// In this process.
    Simulated {
        model: Option<String>,
        broker: Option<String>,
    },
}

/// What to do with it.
pub enum Action {
    Demo(Target),
    Info,
    At(String),
    Publish(Target, Publish),
    Subscribe(Target, Subscribe),
    /// What to connect to, and where the report goes.
    SelfTest(Target, PathBuf),
}

impl Action {
    /// How an interrupt ends it. A subscriber without an end has done all it was asked for.
    pub fn interrupted(&self) -> Failure {
        match self {
            Self::Subscribe(_, Subscribe { count: None, .. }) => Failure::new(0, ""),
            _ => Failure::new(code::INTERRUPTED, "interrupted before it was done"),
        }
    }

    fn has_tls(&self) -> bool {
        match self {
            Self::Demo(target) | Self::Publish(target, _) | Self::Subscribe(target, _) | Self::SelfTest(target, _) => {
                target.tls.is_some()
            }
            Self::Info | Self::At(_) => false,
        }
    }
}

/// A whole command line.
pub struct Options {
    pub place: Place,
    pub baud: u32,
    /// Where else to look for the module if it does not answer: nowhere if its speed was given.
    pub other_bauds: &'static [u32],
    pub flow_control: bool,
    /// What the module is, whatever it says.
    pub model: Option<Model>,
    pub apn: Option<String>,
    pub pin: Option<String>,
    pub network: bool,
    /// Brings a lost connection back.
    pub reconnect: bool,
    pub wait: Duration,
    pub trace: Option<PathBuf>,
    pub verbose: bool,
    pub json: bool,
    pub action: Action,
}

/// The options in any order, not yet seen as a whole.
#[derive(Default)]
struct Raw {
    port: Option<String>,
    baud: Option<u32>,
    flow_control: bool,
    simulate: Option<Option<String>>,
    broker: Option<String>,
    model: Option<Model>,
    apn: Option<String>,
    pin: Option<String>,
    no_network: bool,
    reconnect: bool,
    wait: Option<u64>,
    trace: Option<PathBuf>,
    report: Option<PathBuf>,
    verbose: bool,
    json: bool,
    words: Vec<String>,
    connection: connection::Raw,
    message: message::Raw,
}

/// Reads the command line.
pub fn parse(mut parser: Parser) -> Result<Parsed, Failure> {
    let mut raw = Raw::default();
    while let Some(argument) = parser.next()? {
        match argument {
            Arg::Long("help") => return Ok(Parsed::Help),
            Arg::Long("version") => return Ok(Parsed::Version),
            Arg::Long("port") => raw.port = Some(parser.value()?.string()?),
            Arg::Long("baud") => raw.baud = Some(number(&mut parser, "--baud", 1, u32::MAX)?),
            Arg::Long("flow-control") => raw.flow_control = true,
            Arg::Long("simulate") => {
                let model = parser.optional_value().map(ValueExt::string).transpose()?;
                raw.simulate = Some(model);
            }
            Arg::Long("broker") => raw.broker = Some(parser.value()?.string()?),
            Arg::Long("model") => raw.model = Some(model(&parser.value()?.string()?)?),
            Arg::Long("apn") => raw.apn = Some(parser.value()?.string()?),
            Arg::Long("pin") => raw.pin = Some(pin(parser.value()?.string()?)?),
            Arg::Long("reconnect") => raw.reconnect = true,
            Arg::Long("no-network") => raw.no_network = true,
            Arg::Long("wait") => raw.wait = Some(number(&mut parser, "--wait", 1, 86_400)?),
            Arg::Long("trace") => raw.trace = Some(parser.value()?.into()),
            Arg::Long("report") => raw.report = Some(parser.value()?.into()),
            Arg::Short('v') => raw.verbose = true,
            Arg::Long("json") => raw.json = true,
            Arg::Long(later @ "cloud") => {
                return Err(Failure::not_yet(&format!("--{later}")));
            }
            Arg::Value(word) => raw.words.push(word.string()?),
            Arg::Short(letter) => {
                if !raw.connection.short(letter, &mut parser)? && !raw.message.short(letter, &mut parser)? {
                    return Err(Failure::usage(format!("there is no option -{letter}: see --help")));
                }
            }
            Arg::Long(name) => {
                let name = name.to_owned();
                if !raw.connection.long(&name, &mut parser)? && !raw.message.long(&name, &mut parser)? {
                    return Err(Failure::usage(format!("there is no option --{name}: see --help")));
                }
            }
        }
    }
    raw.whole().map(|options| Parsed::Run(Box::new(options)))
}

impl Raw {
    fn whole(mut self) -> Result<Options, Failure> {
        let simulated = self.simulate.is_some();
        let mut words = self.words.into_iter();
        let command = words.next().ok_or_else(|| {
            Failure::usage(
                "there is no command: give demo, info, pub, sub, at or selftest, and see --help for the rest",
            )
        })?;
        let action = match command.as_str() {
            "demo" => {
                if !simulated && !self.connection.has_host() {
                    return Err(Failure::usage(
                        "the demo needs a broker: give one with -h, or try --simulate, which brings module and broker",
                    ));
                }
                self.message.refuse_all("demo")?;
                Action::Demo(self.connection.whole(simulated)?)
            }
            "info" => {
                self.connection.refuse_all("info")?;
                self.message.refuse_all("info")?;
                Action::Info
            }
            "pub" => Action::Publish(self.connection.whole(simulated)?, self.message.publish()?),
            "sub" => Action::Subscribe(self.connection.whole(simulated)?, self.message.subscribe()?),
            "at" => {
                self.connection.refuse_all("at")?;
                self.message.refuse_all("at")?;
                let command = words.next();
                Action::At(check_command(command.ok_or_else(|| {
                    Failure::usage("there is no AT command: give one, such as: dongle at AT+CSQ")
                })?)?)
            }
            "selftest" => {
                self.message.refuse_all("selftest")?;
                if self.trace.is_some() {
                    return Err(Failure::usage(
                        "selftest does not take --trace: its report holds the whole exchange, see --report",
                    ));
                }
                let report = self.report.take().unwrap_or_else(|| "fibocom-selftest.txt".into());
                Action::SelfTest(self.connection.whole(simulated)?, report)
            }
            "auth" => return Err(Failure::not_yet("auth")),
            other => {
                let known = "demo, info, pub, sub, at and selftest";
                return Err(Failure::usage(format!(
                    "there is no command {other}: there are {known}"
                )));
            }
        };
        if self.pin.is_some() && (self.no_network || matches!(action, Action::Info | Action::At(_))) {
            return Err(Failure::usage(
                "--pin is for demo, pub, sub and selftest with the network: info and at only ask, and send no PIN",
            ));
        }
        if self.report.is_some() {
            return Err(Failure::usage("--report is for selftest: leave it out"));
        }
        if self.reconnect && !matches!(action, Action::Publish(..) | Action::Subscribe(..)) {
            return Err(Failure::usage("--reconnect is for pub and sub: leave it out"));
        }
        if let Some(word) = words.next() {
            return Err(Failure::usage(format!(
                "'{word}' is one word too many: quote what belongs together"
            )));
        }
        if action.has_tls() && simulated && self.broker.is_none() {
            return Err(Failure::usage(
                "the server in this process speaks no TLS: give one that does with --broker HOST:PORT",
            ));
        }
        let place = match (self.port, self.simulate, self.broker) {
            (None, None, _) => {
                return Err(Failure::usage(
                    "there is no module: give its AT port with --port, or simulate one with --simulate",
                ));
            }
            (Some(_), Some(_), _) => return Err(Failure::usage("--port and --simulate exclude each other: give one")),
            (Some(_), None, Some(_)) => {
                return Err(Failure::usage(
                    "--broker is where a simulated module connects to: a real one goes by -h",
                ));
            }
            (Some(port), None, None) => match port.strip_prefix("tcp:") {
                Some(address) => Place::Tcp(address.to_owned()),
                None => Place::Serial(port),
            },
            (None, Some(model), broker) => Place::Simulated { model, broker },
        };
        Ok(Options {
            place,
            baud: self.baud.unwrap_or(BAUDS[0]),
            other_bauds: if self.baud.is_none() { &BAUDS[1..] } else { &[] },
            flow_control: self.flow_control,
            model: self.model,
            apn: self.apn,
            pin: self.pin,
            network: !self.no_network,
            reconnect: self.reconnect,
            wait: Duration::from_secs(self.wait.unwrap_or(WAIT)),
            trace: self.trace,
            verbose: self.verbose,
            json: self.json,
            action,
        })
    }
}

/// A model that the driver knows.
fn model(name: &str) -> Result<Model, Failure> {
    name.parse().map_err(|UnknownModel| {
        let names: Vec<_> = Model::all().map(|model| model.name()).collect();
        Failure::usage(format!("no model {name} is known: there are {}", names.join(", ")))
    })
}

/// A PIN that a SIM can have. What else was given is not repeated: it may nearly be one.
fn pin(pin: String) -> Result<String, Failure> {
    let digits = pin.bytes().all(|byte| byte.is_ascii_digit());
    if digits && (4..=8).contains(&pin.len()) {
        Ok(pin)
    } else {
        Err(Failure::usage("--pin takes 4 to 8 digits"))
    }
}

/// A raw command is one line, so that it cannot be two.
fn check_command(command: String) -> Result<String, Failure> {
    let starts = command.get(..2).is_some_and(|start| start.eq_ignore_ascii_case("AT"));
    if !starts {
        return Err(Failure::usage(format!(
            "{command:?} is no AT command: it must begin with AT"
        )));
    }
    if let Some(byte) = command.bytes().find(u8::is_ascii_control) {
        return Err(Failure::usage(format!(
            "the AT command holds the control character 0x{byte:02x}: give one command without a line end"
        )));
    }
    if wants_data(&command) {
        return Err(Failure::usage(
            "that command makes the module wait for data, and would take the next command for it: use pub",
        ));
    }
    Ok(command)
}

/// Whether a command ends in a number of bytes that are to follow behind a prompt.
fn wants_data(command: &str) -> bool {
    let upper = command.to_ascii_uppercase();
    let named = ["+MQTTPUB=", "+MQTTWILL=", "+GTSSLFILE="]
        .iter()
        .any(|name| upper.contains(name));
    let last = command.rsplit(',').next().unwrap_or_default().trim();
    named && !last.is_empty() && last.bytes().all(|byte| byte.is_ascii_digit())
}

/// The value of an option that is a number.
fn number<T>(parser: &mut Parser, option: &str, min: T, max: T) -> Result<T, Failure>
where
    T: std::str::FromStr + PartialOrd + std::fmt::Display,
{
    let text = parser.value()?.string()?;
    text.parse()
        .ok()
        .filter(|number| (&min..=&max).contains(&number))
        .ok_or_else(|| Failure::usage(format!("{option} takes a number from {min} to {max}, not '{text}'")))
}
