//! The simulated module's TLS commands: what it keeps, how files add up, and what an open makes of them.
#![cfg(feature = "sim")]

mod sim_bench;

use std::time::Duration;

use fibocom_mqtt::sim::Settings;
use sim_bench::{Bench, escaped};

fn quiet() -> Bench {
    let mut bench = Bench::new(Settings {
        echo: false,
        ..Settings::l610()
    });
    bench.run("AT+CMEE=1\r");
    bench.run("AT+MQTTUSER=1,\"\",\"\"\r");
    bench
}

fn upload(bench: &mut Bench, name: &str, file: &str) -> String {
    let prompt = bench.run(format!("AT+GTSSLFILE=\"{name}\",{}\r", file.len()));
    assert_eq!(prompt, escaped("\r\n>\r\n"));
    bench.run(file)
}

const OPEN: &str = "AT+MQTTOPEN=1,\"h\",8883,1,60,2\r";
const OK: &str = "\\r\\nOK\\r\\n";

#[test]
fn settings_are_kept_until_a_restart() {
    let mut bench = quiet();
    let ask = |bench: &mut Bench| {
        ["VER", "MODE", "FILE", "ERR"]
            .map(|name| bench.run(format!("AT+GTSSL{name}?\r")))
            .concat()
            .replace(OK, "")
            .replace("\\r\\n", " ")
    };
    // As an L610 was seen after power-up.
    let fresh = " +GTSSLVER: 0  +GTSSLMODE: 0  +GTSSLFILE: TRUSTFILE,0  +GTSSLERR: 0 ";
    assert_eq!(ask(&mut bench), fresh);
    assert_eq!(bench.run("AT+GTSSLVER=4\r"), OK);
    assert_eq!(bench.run("AT+GTSSLMODE=1\r"), OK);
    assert_eq!(upload(&mut bench, "TRUSTFILE", "trust"), OK);
    assert_eq!(upload(&mut bench, "TRUSTFILE", "more trust"), OK);
    assert_eq!(upload(&mut bench, "KEYFILE", "AT\r\n>"), OK);
    assert_eq!(
        ask(&mut bench),
        " +GTSSLVER: 4  +GTSSLMODE: 1  +GTSSLFILE: TRUSTFILE,2 +GTSSLFILE: KEYFILE,1  +GTSSLERR: 0 "
    );
    bench.run("AT+CFUN=15\r");
    bench.wait(Duration::from_secs(10));
    assert_eq!(ask(&mut bench), fresh);
}

#[test]
fn what_is_out_of_range_is_refused() {
    let mut bench = quiet();
    for wrong in [
        "AT+GTSSLVER=7\r",
        "AT+GTSSLMODE=2\r",
        "AT+GTSSLFILE=\"TRUSTFILE\",3\r",
        "AT+GTSSLFILE=\"TRUSTFILE\",8193\r",
        "AT+GTSSLFILE=\"CAKEY\",10\r",
        "AT+GTSSLFILE=TRUSTFILE,10\r",
        "AT+GTSSLFILE=\"TRUSTFILE\",10,1\r",
    ] {
        assert_eq!(bench.run(wrong), escaped("\r\n+CME ERROR: 53\r\n"), "{wrong}");
    }
    assert_eq!(bench.run("AT+GTSSLERR=0\r"), escaped("\r\n+CME ERROR: 52\r\n"));
    assert_eq!(bench.run("AT+GTSSLCIPHER?\r"), escaped("\r\n+CME ERROR: 58\r\n"));
}

#[test]
fn an_open_takes_what_is_there_and_says_what_is_missing() {
    let mut bench = quiet();
    let failed = |bench: &mut Bench, code: &str| {
        assert_eq!(bench.run(OPEN), escaped("\r\nOK\r\n\r\n+MQTTOPEN: 1,0\r\n"));
        assert_eq!(
            bench.run("AT+GTSSLERR?\r"),
            escaped(&format!("\r\n+GTSSLERR: {code}\r\n\r\nOK\r\n"))
        );
    };
    bench.run("AT+GTSSLMODE=1\r");
    failed(&mut bench, "-12");
    upload(&mut bench, "TRUSTFILE", "trust");
    upload(&mut bench, "CAFILE", "certificate");
    failed(&mut bench, "-13");
    assert!(bench.broker.opens().is_empty());
    upload(&mut bench, "KEYFILE", "key!");
    bench.broker.require_tls("another");
    failed(&mut bench, "-11");
    bench.broker.require_tls("trust");
    bench.broker.require_certificate("another");
    failed(&mut bench, "-8");
    bench.broker.require_certificate("certificate");
    assert_eq!(bench.run(OPEN), escaped("\r\nOK\r\n\r\n+MQTTOPEN: 1,1\r\n"));
    assert_eq!(bench.run("AT+GTSSLERR?\r"), escaped("\r\n+GTSSLERR: 0\r\n\r\nOK\r\n"));
    // Not encrypted.
    bench.run("AT+MQTTCLOSE=1\r");
    assert_eq!(
        bench.run("AT+MQTTOPEN=1,\"h\",1883,1,60\r"),
        escaped("\r\nOK\r\n\r\n+MQTTOPEN: 1,0\r\n")
    );
}

#[test]
fn a_file_that_stays_short_is_kept_as_it_is() {
    let mut bench = quiet();
    bench.run("AT+GTSSLFILE=\"TRUSTFILE\",100\r");
    bench.write("half");
    assert_eq!(bench.wait(Duration::from_secs(29)), b"");
    assert_eq!(bench.wait(Duration::from_secs(2)).escape_ascii().to_string(), OK);
    assert_eq!(bench.module.record().files(), [b"half"]);
    assert!(bench.run("AT+GTSSLFILE?\r").contains("TRUSTFILE,1"));
    // Nothing at all is no file.
    bench.run("AT+GTSSLFILE=\"TRUSTFILE\",100\r");
    let ended = bench.wait(Duration::from_secs(31));
    assert_eq!(ended.escape_ascii().to_string(), escaped("\r\nERROR\r\n"));
    assert!(bench.run("AT+GTSSLFILE?\r").contains("TRUSTFILE,1"));
}
