//! Log macros: defmt on a bare-metal target, `log` elsewhere, or nothing. Arguments are types of ours that hide secrets themselves.
//!
//! Levels: a warning is what went wrong (a restart, a broken connection, a lost message, an unknown outcome), information what an operator
//! would want to know (who the module is, its network, connections that open and close), debugging each line, message and
//! prompt of the exchange, and a trace the sizes of reads. Nothing is an error here: those are returned.

macro_rules! log_with {
    ($level:ident, $text:literal $(, $argument:expr)*) => {{
        #[cfg(all(feature = "defmt", target_os = "none"))]
        defmt::$level!($text $(, $argument)*);
        #[cfg(all(feature = "log", not(all(feature = "defmt", target_os = "none"))))]
        log::$level!($text $(, $argument)*);
        #[cfg(not(any(feature = "log", all(feature = "defmt", target_os = "none"))))]
        { $( let _ = &$argument; )* }
    }};
}

macro_rules! trace {
    ($($arguments:tt)*) => { log_with!(trace, $($arguments)*) };
}

macro_rules! debug {
    ($($arguments:tt)*) => { log_with!(debug, $($arguments)*) };
}

macro_rules! info {
    ($($arguments:tt)*) => { log_with!(info, $($arguments)*) };
}

macro_rules! warning {
    ($($arguments:tt)*) => { log_with!(warn, $($arguments)*) };
}
