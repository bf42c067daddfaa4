//! Lines for whoever watches, by semihosting, in plain text or by defmt; and the end of the program.

use core::fmt::Write;
use core::panic::PanicInfo;

use cortex_m_semihosting::debug::{self, EXIT_FAILURE, EXIT_SUCCESS};
use cortex_m_semihosting::hio;
#[cfg(feature = "defmt")]
use defmt_semihosting as _;
#[cfg(not(feature = "defmt"))]
use heapless::String;
#[cfg(feature = "defmt")]
use log::Level;
use log::{LevelFilter, Log, Metadata, Record, info};

struct Console;

impl Log for Console {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    /// By defmt, between the lines of the driver.
    #[cfg(feature = "defmt")]
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

    #[cfg(not(feature = "defmt"))]
    fn log(&self, record: &Record<'_>) {
        // The line in one piece: every call of the host stops the machine.
        let mut line = String::<256>::new();
        let _ = writeln!(line, "{:>8} {}", crate::ticks::millis(), record.args());
        if let Ok(mut host) = hio::hstdout() {
            let _ = host.write_str(&line);
        }
    }

    fn flush(&self) {}
}

#[cfg(feature = "defmt")]
defmt::timestamp!("{=u64:ms}", crate::ticks::millis());

/// Begins to print what is logged.
pub fn start() {
    // Only a second start fails.
    let _ = log::set_logger(&Console);
    log::set_max_level(LevelFilter::Info);
}

/// Ends the machine with exit code 0, or with the reason why not and exit code 1.
pub fn end<E: core::fmt::Display>(result: Result<(), E>) -> ! {
    info!("the stack was {} bytes deep at most", crate::stack::deepest());
    if let Err(error) = &result {
        complain(format_args!("{error}"));
    }
    loop {
        debug::exit(if result.is_ok() { EXIT_SUCCESS } else { EXIT_FAILURE });
    }
}

fn complain(words: core::fmt::Arguments<'_>) {
    if let Ok(mut host) = hio::hstderr() {
        let _ = writeln!(host, "{words}");
    }
}

#[panic_handler]
fn panic(info: &PanicInfo<'_>) -> ! {
    cortex_m::interrupt::disable();
    complain(format_args!("{info}"));
    loop {
        debug::exit(EXIT_FAILURE);
    }
}
