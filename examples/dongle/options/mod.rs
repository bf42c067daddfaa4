//! The command line: everything that can be checked is, before a port is opened.

mod action;
mod cloud;
mod connection;
mod help;
mod message;
mod sn;
mod tls;

use std::mem::take;
use std::path::PathBuf;
use std::time::Duration;

use fibocom_mqtt::{Model, UnknownModel};
use lexopt::{Arg, Parser, ValueExt};

pub use action::Action;
pub use cloud::{Auth, Cloud, Registering};
pub use connection::{Login, Target};
pub use help::HELP;
pub use message::{Part, Publish, Subscribe};
pub use sn::{SnFilters, SnTarget, SnTopic, is_registrable};

use crate::failure::Failure;

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
    register: bool,
    cloud: cloud::Raw,
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
            Arg::Long("register") => raw.register = true,
            Arg::Value(word) => raw.words.push(word.string()?),
            Arg::Short(letter) => {
                if !raw.connection.short(letter, &mut parser)? && !raw.message.short(letter, &mut parser)? {
                    return Err(Failure::usage(format!("there is no option -{letter}: see --help")));
                }
            }
            Arg::Long(name) => {
                let name = name.to_owned();
                if !raw.connection.long(&name, &mut parser)?
                    && !raw.message.long(&name, &mut parser)?
                    && !raw.cloud.long(&name, &mut parser)?
                {
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
        let mut words = take(&mut self.words).into_iter();
        let command = words.next().ok_or_else(|| {
            Failure::usage(
                "there is no command: give demo, info, pub, sub, auth, at or selftest, and see --help for the rest",
            )
        })?;
        let action = self.action(&command, &mut words)?;
        if self.pin.is_some() && (self.no_network || matches!(action, Action::Info | Action::At(_))) {
            return Err(Failure::usage(
                "--pin is for demo, pub, sub, auth and selftest with the network: info and at only ask, and send no PIN",
            ));
        }
        if self.report.is_some() {
            return Err(Failure::usage("--report is for selftest: leave it out"));
        }
        if self.reconnect && matches!(action, Action::SnPublish(..) | Action::SnSubscribe(..)) {
            return Err(Failure::usage(
                "--reconnect is for MQTT only: a lost MQTT-SN connection cannot be brought back, so leave it out",
            ));
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

    /// What to do, with all that belongs to it.
    fn action(&mut self, command: &str, words: &mut impl Iterator<Item = String>) -> Result<Action, Failure> {
        let simulated = self.simulate.is_some();
        let register = take(&mut self.register);
        let (connection, message, cloud) = (
            take(&mut self.connection),
            take(&mut self.message),
            take(&mut self.cloud),
        );
        if matches!(command, "demo" | "info" | "at" | "selftest") {
            message.refuse_all(command)?;
            cloud.refuse_all(command)?;
        }
        if matches!(command, "info" | "at") {
            connection.refuse_all(command)?;
        }
        let sn_id = connection.sn_id();
        let serves_registering = command == "auth" || matches!((command, sn_id), ("pub" | "sub", Some(_)));
        if register && !serves_registering {
            return Err(Failure::usage(
                "--register is for auth, and for pub and sub on connections 101 and 102: leave it out",
            ));
        }
        Ok(match (command, sn_id) {
            ("demo", _) => {
                if !simulated && !connection.has_host() {
                    return Err(Failure::usage(
                        "the demo needs a broker: give one with -h, or try --simulate, which brings module and broker",
                    ));
                }
                Action::Demo(connection.whole(simulated, cloud)?)
            }
            ("info", _) => Action::Info,
            ("pub", Some(id)) => {
                cloud.refuse_all("pub on an MQTT-SN connection")?;
                let target = connection.whole_sn(id, simulated)?;
                let (publish, topic) = message.publish_sn(register)?;
                Action::SnPublish(target, publish, topic)
            }
            ("sub", Some(id)) => {
                cloud.refuse_all("sub on an MQTT-SN connection")?;
                let target = connection.whole_sn(id, simulated)?;
                let (subscribe, filters) = message.subscribe_sn(register)?;
                Action::SnSubscribe(target, subscribe, filters)
            }
            ("pub", None) => Action::Publish(connection.whole(simulated, cloud)?, message.publish()?),
            ("sub", None) => Action::Subscribe(connection.whole(simulated, cloud)?, message.subscribe()?),
            ("auth", _) => {
                message.refuse_all("auth")?;
                let missing = || Failure::usage("there is no cloud: name one, such as: dongle auth aliyun");
                Action::Auth(cloud.auth(&words.next().ok_or_else(missing)?, register, connection)?)
            }
            ("at", _) => Action::At(check_command(words.next().ok_or_else(|| {
                Failure::usage("there is no AT command: give one, such as: dongle at AT+CSQ")
            })?)?),
            ("selftest", _) => {
                if self.trace.is_some() {
                    return Err(Failure::usage(
                        "selftest does not take --trace: its report holds the whole exchange, see --report",
                    ));
                }
                let report = self.report.take().unwrap_or_else(|| "fibocom-selftest.txt".into());
                Action::SelfTest(connection.whole(simulated, cloud)?, report)
            }
            (other, _) => {
                let known = "demo, info, pub, sub, auth, at and selftest";
                return Err(Failure::usage(format!(
                    "there is no command {other}: there are {known}"
                )));
            }
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
