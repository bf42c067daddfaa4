//! The simulated module's UART, byte by byte: rates that differ, a rate that is measured, sleep, and what a boot prints.
#![cfg(feature = "sim")]

use std::time::Duration;

use fibocom_mqtt::sim::Settings;

#[path = "sim_bench/mod.rs"]
mod sim_bench;

use sim_bench::{Bench, escaped};

#[test]
fn a_rate_changes_behind_its_ok() {
    let mut bench = Bench::new(Settings::l610());
    bench.module.set_host_baud(Some(115_200));
    bench.run("ATE0\r");
    assert_eq!(bench.run("AT+IPR?\r"), escaped("\r\n+IPR: 115200\r\n\r\nOK\r\n"));
    assert!(bench.run("AT+IPR=?\r").contains("(0,1200,"));
    assert_eq!(bench.run("AT+IPR=9600\r"), escaped("\r\nOK\r\n"));
    // Neither understands the other.
    assert_eq!(bench.run("AT\r"), "");
    bench.module.emit_urc(b"+X");
    let garbage = bench.wait(Duration::from_secs(1));
    assert!(garbage.len() == 6 && !garbage.is_ascii(), "{}", garbage.escape_ascii());
    bench.module.set_host_baud(Some(9600));
    assert_eq!(bench.run("AT\r"), escaped("\r\nOK\r\n"));
    assert_eq!(bench.run("AT+IPR=9601\r"), escaped("\r\nERROR\r\n"));
}

#[test]
fn a_measured_rate_costs_the_bytes_it_is_measured_of() {
    let mut bench = Bench::new(Settings {
        baud: 0,
        ..Settings::l610()
    });
    bench.module.set_host_baud(Some(57_600));
    assert_eq!(bench.module.baud(), None);
    assert_eq!(bench.run("xyz\r"), "");
    assert_eq!(bench.module.baud(), None);
    assert_eq!(bench.run("AT\r"), "");
    assert_eq!(bench.module.baud(), Some(57_600));
    assert_eq!(bench.run("AT\r"), escaped("AT\r\r\nOK\r\n"));
}

#[test]
fn sleep_costs_the_bytes_that_end_it() {
    let mut bench = Bench::new(Settings::l610());
    bench.run("ATE0\r");
    assert_eq!(bench.run("AT+CSCLK=1\r"), escaped("\r\nOK\r\n"));
    assert!(bench.module.is_asleep());
    assert_eq!(bench.run("AT+CSQ\r"), "");
    bench.write("AT\r");
    bench.wait(Duration::from_millis(300));
    assert!(!bench.module.is_asleep());
    assert_eq!(bench.run("AT\r"), escaped("\r\nOK\r\n"));
    bench.module.set_dtr(true);
    assert!(!bench.module.is_asleep());
    assert_eq!(bench.run("AT+CSCLK?\r"), escaped("\r\n+CSCLK: 1\r\n\r\nOK\r\n"));
    assert_eq!(bench.run("AT+IFC=2,2\r"), escaped("\r\nOK\r\n"));
    assert_eq!(bench.run("AT+IFC?\r"), escaped("\r\n+IFC: 2,2\r\n\r\nOK\r\n"));
    assert_eq!(bench.run("ATS24=1\r"), escaped("\r\nOK\r\n"));
    bench.module.restart(bench.now);
    bench.wait(Duration::from_secs(10));
    assert!(bench.run("AT+CSCLK?\r").contains("+CSCLK: 0"));
}

#[test]
fn a_boot_prints_garbage_and_what_the_model_reports() {
    let mut bench = Bench::new(Settings {
        boot_lines: &["AT READY"],
        ..Settings::l610()
    });
    bench.module.restart(bench.now);
    let printed = bench.wait(Duration::from_secs(10));
    assert!(printed.ends_with(b"\r\nAT READY\r\n") && !printed.is_ascii());
}
