//! The application's lines by defmt, between those of the driver: for boards with a HAL.

use log::{Level, LevelFilter, Log, Metadata, Record};

/// A logger for the `log` crate that hands each line to defmt, with its level.
#[derive(Debug, Clone, Copy)]
pub struct ByDefmt;

/// It has no state. A core without compare-and-swap has to install it by `log::set_logger_racy`.
pub static BY_DEFMT: ByDefmt = ByDefmt;

/// What is said with less weight than this is dropped.
pub const LEVEL: LevelFilter = LevelFilter::Info;

/// Begins to print what is logged.
#[cfg(target_has_atomic = "ptr")]
pub fn start() {
    // Only a second start fails.
    let _ = log::set_logger(&BY_DEFMT);
    log::set_max_level(LEVEL);
}

impl Log for ByDefmt {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn log(&self, record: &Record<'_>) {
        let text = defmt::Display2Format(record.args());
        match record.level() {
            Level::Error => defmt::error!("{}", text),
            Level::Warn => defmt::warn!("{}", text),
            Level::Info => defmt::info!("{}", text),
            Level::Debug => defmt::debug!("{}", text),
            Level::Trace => defmt::trace!("{}", text),
        }
    }

    fn flush(&self) {}
}
