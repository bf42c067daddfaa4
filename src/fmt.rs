//! Log macros: defmt on a bare-metal target, `log` elsewhere, or nothing. Arguments are types of ours that hide secrets themselves.

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

macro_rules! debug {
    ($($arguments:tt)*) => { log_with!(debug, $($arguments)*) };
}

macro_rules! warning {
    ($($arguments:tt)*) => { log_with!(warn, $($arguments)*) };
}
