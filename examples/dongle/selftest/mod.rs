//! `selftest`: how this module speaks, found by trying, in two minutes at most.
//!
//! The driver finds the module, brings it into the network and connects. Then the line is spoken to directly, since a driver
//! hides what is to be seen. In the end the driver tries what was found.

mod connection;
mod console;
mod course;
mod finding;
mod lengths;
mod messages;
mod proposal;
mod redact;
mod report;
mod store;
mod verify;
mod wire;

use std::fs::File;
use std::hash::{BuildHasher, Hasher, RandomState};
use std::io::Write;
use std::path::Path;
use std::time::Duration;

use embassy_futures::select::{Either, select};
use fibocom_mqtt::{Capabilities, Clock, Feature, Platform, StdClock};

use crate::failure::{Failure, code};
use crate::interrupt;
use crate::options::{Options, Target};
use crate::output::Output;
use crate::port::Port;
use crate::session::{Memory, Session};
use connection::OpenArguments;
use console::Console;
use course::Course;
use finding::{Discovered, Finding};

/// All of it.
const BUDGET: Duration = Duration::from_secs(120);

/// What goes into the report, however far it came.
#[derive(Default)]
struct Results {
    module: String,
    secrets: Vec<Vec<u8>>,
    findings: Vec<Finding>,
    discovered: Discovered,
}

/// Finds out, prints, and writes the report, also of a test that failed.
pub fn run(options: &Options, target: &Target, path: &Path) -> Result<(), Failure> {
    let mut port = Port::open(options)?;
    let unwritable = |error| Failure::usage(format!("cannot write the report {}: {error}", path.display()));
    let mut file = File::create(path).map_err(unwritable)?;
    let tap = port.record();
    let mut results = Results {
        secrets: target.secrets(),
        ..Results::default()
    };
    results.secrets.extend(
        [&options.pin, &options.apn]
            .into_iter()
            .flatten()
            .map(|text| text.clone().into_bytes()),
    );

    let mut memory = Memory::new();
    let result = futures_lite::future::block_on(course(options, port, &mut memory, target, &mut results));
    let mut head = format!(
        "dongle selftest of fibocom-mqtt {}\nmodule: {}\n",
        env!("CARGO_PKG_VERSION"),
        results.module
    );
    match &result {
        Ok(()) => {
            head += &format!("{}\n", results.discovered.expression());
            head.extend(results.discovered.statements().iter().map(|line| format!("{line}\n")));
        }
        Err(failure) => head += &format!("ended early: {}\n", failure.sentence),
    }
    let text = report::text(&head, &results.findings, &tap.pieces(), &results.secrets);
    file.write_all(text.as_bytes()).map_err(unwritable)?;
    result?;
    print(&mut Output::new(options.json), &results)?;
    eprintln!("dongle: the report, without secrets, is in {}", path.display());
    Ok(())
}

/// The findings, those that differ, and what to tell the driver.
fn print(output: &mut Output, results: &Results) -> Result<(), Failure> {
    if output.is_json() {
        for finding in &results.findings {
            output.result(String::new, || finding.object())?;
        }
        return output.result(String::new, || results.discovered.object());
    }
    let heading = format!("{:<18} {:<10} {:<24} {}", "name", "verdict", "by the table", "found");
    let lines = results.findings.iter().map(Finding::line);
    let mut text = [heading].into_iter().chain(lines).collect::<Vec<_>>().join("\n");
    let differs: Vec<_> = results
        .findings
        .iter()
        .filter(|finding| finding.verdict() == "differs")
        .collect();
    text += if differs.is_empty() {
        "\n\nNothing differs from the table.\n"
    } else {
        "\n\nOther than the table says:\n"
    };
    text.extend(differs.iter().map(|finding| format!("{}\n", finding.line())));
    text += &format!("\nThe driver can be told so:\n{}", results.discovered.expression());
    text.extend(results.discovered.statements().iter().map(|line| format!("\n{line}")));
    output.result(|| text, || serde_json::json!(null))
}

async fn course(
    options: &Options,
    port: Port,
    memory: &mut Memory,
    target: &Target,
    results: &mut Results,
) -> Result<(), Failure> {
    let interrupted = || Failure::new(code::INTERRUPTED, "interrupted before it was done");
    let clock = StdClock::new();
    let mut session = Session::new(options, port, memory.buffers(), &mut []);
    let reached = match select(reach(&mut session, target, results), interrupt::pressed()).await {
        Either::First(reached) => reached,
        Either::Second(()) => Err(interrupted()),
    };
    let (table, unisoc) = match reached {
        Ok(reached) => reached,
        Err(failure) => {
            let result = Err(failure);
            session.close(&result).await;
            return result;
        }
    };

    let mut course = Course {
        console: Console::new(session.into_port(), clock),
        id: target.id.get(),
        topic: format!(
            "fibocom-selftest/{:08x}",
            RandomState::new().build_hasher().finish() as u32
        ),
        table,
        unisoc,
        subscribed: false,
        until: clock.now() + BUDGET,
        findings: Vec::new(),
        discovered: Discovered::default(),
    };
    let mut result = match select(probes(&mut course, target), interrupt::pressed()).await {
        Either::First(result) => result,
        Either::Second(()) => Err(interrupted()),
    };
    let gone = |failure: &Failure| matches!(failure.code, code::PORT | code::SILENT);
    if !result.as_ref().is_err_and(gone) {
        let cleaned = course.clean_up().await;
        result = result.and(cleaned);
    }
    if result.is_ok() && course.left() > Duration::from_secs(10) {
        say("the driver to try what was found");
        let found = match course.discovered.form {
            None => Err("the form of data is not known".into()),
            Some(_) => {
                let port = course.console.into_port();
                let tried = verify::verify(port, memory, &course.discovered, target, &course.topic);
                match select(tried, interrupt::pressed()).await {
                    Either::First(tried) => tried,
                    Either::Second(()) => {
                        result = Err(interrupted());
                        Err("it was interrupted".into())
                    }
                }
            }
        };
        course.findings.push(Finding {
            name: "driver",
            found,
            table: None,
        });
    }
    results.findings = course.findings;
    results.discovered = course.discovered;
    result
}

/// Attaches and connects. Says what the table has on the module, and whether it is of UNISOC.
async fn reach(
    session: &mut Session<'_, '_>,
    target: &Target,
    results: &mut Results,
) -> Result<(Capabilities, bool), Failure> {
    let identity = session.attach().await?;
    results.secrets.push(identity.imei.as_str().as_bytes().to_vec());
    let (manufacturer, model, revision) = (&identity.manufacturer, &identity.model, &identity.revision);
    results.module = format!(
        "{} {}, firmware {}",
        manufacturer.as_str(),
        model.as_str(),
        revision.as_str()
    );
    let unisoc = Platform::from_revision(revision.as_str()) == Platform::Unisoc;
    session.bring_up().await?;
    session.connect(target).await?;
    Ok((session.modem.capabilities().model().value.capabilities(), unisoc))
}

/// Says what is going on.
fn say(what: &str) {
    eprintln!("dongle: waiting for {what}");
}

/// Every probe, the slowest last.
async fn probes(course: &mut Course, target: &Target) -> Result<(), Failure> {
    say("the module to show how it publishes and reads (about 10 s)");
    course.subscribe().await?;
    course.data_form().await?;
    course.escapes().await?;
    course.result_at_qos0().await?;
    course.empty_publish().await?;
    course.direct().await?;
    course.check_connection()?;

    say("the module to show how many messages it stores (about 10 s)");
    course.store().await?;
    course.forms().await?;
    course.check_connection()?;

    say("the module to show how long things may be (about 20 s)");
    course.stated().await?;
    let other = course.lists().await?;
    course.texts(other).await?;
    course.payloads().await?;
    course.check_connection()?;

    say("the module to close and open the connection (about 10 s)");
    let (host, port) = target.server(None);
    let plain = host
        .bytes()
        .all(|byte| byte.is_ascii_graphic() && !b"\"\\".contains(&byte));
    let open = plain.then(|| OpenArguments {
        host: host.to_owned(),
        port,
        clean: !target.session.keep_session,
        keep_alive: target.session.keep_alive,
        tls: target.tls.is_some(),
    });
    let table_tls = course.table.feature(Feature::Tls).value;
    let connected = course.reopen(open, table_tls).await?;

    say("the module to end a data mode that is not filled (about 30 s)");
    course.data_limit(connected).await
}
