//! The command-line tool: a Fibocom module's MQTT client, with the options of mosquitto_pub and mosquitto_sub.
//!
//! `cargo dongle --simulate demo` shows it with no hardware and no server; `cargo dongle --help` says the rest.

use std::process::ExitCode;

// Not all that the examples share: a pseudo-terminal is of no use here.
#[path = "../common/bridge.rs"]
mod bridge;
#[path = "../common/embedded.rs"]
mod embedded;

mod abilities;
mod auth;
mod demo;
mod failure;
mod info;
mod interrupt;
mod options;
mod output;
mod port;
mod publish;
mod raw;
mod recovery;
mod selftest;
mod session;
mod sn;
mod subscribe;
mod tap;
mod verbose;

use embassy_futures::select::{Either, select};
use failure::Failure;
use fibocom_mqtt::TopicNames;
use options::{Action, Options, Parsed};
use output::Output;
use port::Port;
use session::{CREDENTIALS, Memory, NAMES, Session};

fn main() -> ExitCode {
    let done = match options::parse(lexopt::Parser::from_env()) {
        Ok(Parsed::Help) => {
            print!("{}", options::HELP);
            Ok(())
        }
        Ok(Parsed::Version) => {
            println!("dongle {}", env!("CARGO_PKG_VERSION"));
            Ok(())
        }
        Ok(Parsed::Run(options)) => run(&options),
        Err(failure) => Err(failure),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            if !failure.sentence.is_empty() {
                eprintln!("dongle: {}", failure.sentence);
            }
            ExitCode::from(failure.code)
        }
    }
}

/// Everything that can be refused has been: from here on the port is in use.
fn run(options: &Options) -> Result<(), Failure> {
    if options.verbose {
        verbose::install();
    }
    interrupt::install()?;
    let mut trace = options.trace.as_deref().map(verbose::trace_file).transpose()?;
    if let Action::SelfTest(target, report) = &options.action {
        return selftest::run(options, target, report);
    }
    let port = Port::open(options)?;
    let mut memory = Memory::new();
    let (mut names, mut room) = ([0; NAMES], [0; CREDENTIALS]);
    let mut names = TopicNames::new(&mut names);
    let mut session = Session::new(options, port, memory.buffers().topics(&mut names), &mut room);
    if let Some(trace) = &mut trace {
        session.modem.set_trace(trace);
    }
    futures_lite::future::block_on(perform(options, &mut session))
}

/// Runs the command until it ends or is interrupted, then closes the connection.
async fn perform(options: &Options, session: &mut Session<'_, '_>) -> Result<(), Failure> {
    let mut output = Output::new(options.json);
    let command = async {
        match &options.action {
            Action::Demo(target) => demo::run(session, &mut output, target).await,
            Action::Info => info::run(session, &mut output).await,
            Action::At(command) => raw::run(session, &mut output, command).await,
            Action::Publish(target, publish) => publish::run(session, &mut output, target, publish).await,
            Action::Subscribe(target, subscribe) => subscribe::run(session, &mut output, target, subscribe).await,
            Action::SnPublish(target, publish, topic) => {
                sn::publish(session, &mut output, target, publish, *topic).await
            }
            Action::SnSubscribe(target, subscribe, filters) => {
                sn::subscribe(session, &mut output, target, subscribe, filters).await
            }
            Action::Auth(auth) => auth::run(session, &mut output, auth).await,
            // It goes its own way: see `run`.
            Action::SelfTest(..) => Ok(()),
        }
    };
    let result = match select(command, interrupt::pressed()).await {
        Either::First(result) => result,
        Either::Second(()) => Err(options.action.interrupted()),
    };
    session.close(&result).await;
    match result {
        // Nothing but the reader of our output is gone: what `| head` does.
        Err(Failure { code: 0, .. }) => Ok(()),
        result => result,
    }
}
