//! `-v` and `--trace`: what goes on, for a person to read. The driver has taken the secrets out.

use std::fs::File;
use std::io::{LineWriter, Write};
use std::path::Path;
use std::sync::OnceLock;
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use fibocom_mqtt::Trace;
use log::{LevelFilter, Log, Metadata, Record};

use crate::failure::Failure;

/// Writes the driver's own log lines to the standard error.
struct Stderr;

static START: OnceLock<Instant> = OnceLock::new();

impl Log for Stderr {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        // Not what the simulator's libraries say: they know no secrets of ours, and need not keep them.
        metadata.target().starts_with("fibocom_mqtt")
    }

    fn log(&self, record: &Record<'_>) {
        if self.enabled(record.metadata()) {
            let level = record.level().as_str().to_lowercase();
            eprintln!("{} {level}: {}", stamp(*START.get_or_init(Instant::now)), record.args());
        }
    }

    fn flush(&self) {}
}

/// Shows log lines from now on.
pub fn install() {
    // Fails only if there is a logger already.
    if log::set_logger(&Stderr).is_ok() {
        START.get_or_init(Instant::now);
        log::set_max_level(LevelFilter::Debug);
    }
}

/// A hook that writes each step to a new file, a line each, with the seconds since the start.
pub fn trace_file(path: &Path) -> Result<impl FnMut(Trace<'_>) + Send + use<>, Failure> {
    let fail = |error| Failure::usage(format!("cannot write the trace {}: {error}", path.display()));
    let mut file = LineWriter::new(File::create(path).map_err(fail)?);
    let start = Instant::now();
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    writeln!(
        file,
        "# dongle {}, started {} s after 1970-01-01 UTC; seconds since then, > to the module, < from it",
        env!("CARGO_PKG_VERSION"),
        now.as_secs()
    )
    .map_err(fail)?;
    let mut told = false;
    Ok(move |step: Trace<'_>| {
        if let Err(error) = writeln!(file, "{} {step}", stamp(start)) {
            // Once is enough.
            if !std::mem::replace(&mut told, true) {
                eprintln!("dongle: the trace is not complete: {error}");
            }
        }
    })
}

fn stamp(start: Instant) -> String {
    let millis = start.elapsed().as_millis();
    format!("{}.{:03}", millis / 1000, millis % 1000)
}
