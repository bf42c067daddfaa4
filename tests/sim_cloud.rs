//! The commands for clouds on the simulated module, byte for byte.
#![cfg(feature = "sim")]

use std::time::Duration;

use fibocom_mqtt::sim::credentials::{made_up, made_up_secret};
use fibocom_mqtt::sim::{NetworkNeed, Settings, Sim};

mod sim_bench;

use sim_bench::{Bench, escaped};

const OK: &str = "\r\nOK\r\n";
const ERROR: &str = "\r\nERROR\r\n";
const PARAMETERS: &str = "\r\n+CME ERROR: 53\r\n";
const PSK: &str = "MDEyMzQ1Njc4OWFiY2RlZg==";
const ACCESS_KEY: &str = "KuF3NT/jUBJ62LNBB/A8XZA9CqS3Cu79B/ABmfA1UCw=";

/// Echo off, numbered errors, no data connection: none of this needs one.
fn ready(settings: Settings) -> Bench {
    let mut bench = Bench::offline(settings);
    bench.run("ATE0\r");
    bench.run("AT+CMEE=1\r");
    bench
}

fn faulty(fault: &str) -> Bench {
    ready(Settings::l610().fault(fault.parse().unwrap()))
}

#[track_caller]
fn ask(bench: &mut Bench, command: &str, expected: &str) {
    assert_eq!(bench.run(format!("{command}\r")), escaped(expected), "{command}");
}

fn answer(line: &str) -> String {
    format!("\r\n{line}\r\n{OK}")
}

fn result(line: &str) -> String {
    format!("{OK}\r\n{line}\r\n")
}

#[test]
fn credentials_are_those_that_the_clouds_compute_at_the_modules_time() {
    // The clock of the module shows 26/07/20,06:51:36+00, that is 1784530296; what expires does so a year later. The
    // results are Python's, see sim_credentials.
    let mut bench = ready(Settings::l610());
    let aliyun = "\"pk.device|securemode=3,signmethod=hmacsha256,timestamp=1784530296000|\"";
    let password = "d49f3280abc954f175ba8a956918a70c15ef1cb4f0cd0eadd86b98121a23f281";
    let line = format!("+MQTTAUTHCFG: 1,\"device&pk\",\"{password}\",{aliyun}");
    for tls in ["0", "\"0\""] {
        ask(
            &mut bench,
            &format!("AT+MQTTAUTHCFG=1,\"pk\",\"device\",\"secret\",{tls}"),
            &answer(&line),
        );
    }
    let line = line.replace("securemode=3", "securemode=2");
    for tls in ["1", "\"1\""] {
        ask(
            &mut bench,
            &format!("AT+MQTTAUTHCFG=1,\"pk\",\"device\",\"secret\",{tls}"),
            &answer(&line),
        );
    }
    let password = "726a17c50362944211ee417404470787afba18d9bbd3af358cfb86620c9e1fd6;hmacsha256";
    let line =
        format!("+MQTTAUTHCFG: 2,\"1A17RZR3XXTEST2;12010126;e35d7;1816066296\",\"{password}\",\"1A17RZR3XXTEST2\"");
    ask(
        &mut bench,
        &format!("AT+MQTTAUTHCFG=2,\"1A17RZR3XX\",\"TEST2\",\"{PSK}\""),
        &answer(&line),
    );
    let password = "cce2c011db4b379ff8d1b43dd844c4459bb1bb605f718846daafe498be3a7d82";
    let line = format!("+MQTTAUTHCFG: 3,\"meter7\",\"{password}\",\"meter7_0_0_2026072006\"");
    ask(&mut bench, "AT+MQTTAUTHCFG=3,\"meter7\",\"12345678\"", &answer(&line));
    let token = "version=2018-10-31&res=products%2F123123%2Fdevices%2Fmydev&et=1816066296&method=sha256&\
                 sign=ePHw7T2bSsDHOIPxWpqUT4mdj8w6WWdhO1w6DW3ldtw%3D";
    let line = format!("+MQTTAUTHCFG: 5,\"123123\",\"{token}\",\"mydev\"");
    ask(
        &mut bench,
        &format!("AT+MQTTAUTHCFG=5,\"123123\",\"mydev\",\"{ACCESS_KEY}\""),
        &answer(&line),
    );
    let user = "thingidp@abcd123|mydevice|1784530296|MD5";
    let line = format!("+MQTTAUTHCFG: 6,\"{user}\",\"2893fb78a27b9640724927674b225f56\",\"mydevice\"");
    ask(
        &mut bench,
        "AT+MQTTAUTHCFG=6,\"abcd123\",\"mydevice\",\"ImSeCrEt0I1M2jkl\"",
        &answer(&line),
    );
    ask(&mut bench, "AT+MQTTAUTHCFG=7", OK);

    for (number, cloud) in [(8, "aep"), (9, "unicom")] {
        let made = made_up(cloud, &["a", "b", "c", "d"]);
        let line = format!(
            "+MQTTAUTHCFG: {number},\"{}\",\"{}\",\"{}\"",
            made.user, made.password, made.client_id
        );
        ask(
            &mut bench,
            &format!("AT+MQTTAUTHCFG={number},\"a\",\"b\",\"c\",\"d\""),
            &answer(&line),
        );
    }

    // A clock that has not been set yet shows 1970.
    let mut settings = Settings::l610();
    settings.radio.nitz_delay = Some(Duration::from_secs(60));
    let seen = ready(settings).run("AT+MQTTAUTHCFG=3,\"meter7\",\"12345678\"\r");
    assert!(seen.contains("meter7_0_0_1970010100"), "{seen}");
}

#[test]
fn secrets_that_should_be_base64_are() {
    let mut bench = ready(Settings::l610());
    ask(&mut bench, "AT+MQTTAUTHCFG=2,\"p\",\"d\",\"no base64!\"", PARAMETERS);
    ask(&mut bench, "AT+MQTTAUTHCFG=5,\"p\",\"d\",\"no base64!\"", PARAMETERS);
}

#[test]
fn tuya_says_where_to_connect_and_how_it_gets_on() {
    let made = made_up("tuya", &["pk", "uuid", "key"]);
    let strings = format!("\"{}\",\"{}\",\"{}\"", made.user, made.password, made.client_id);
    let line = answer(&format!("+MQTTAUTHCFG: 4,\"m1.tuyacn.com\",8883,{strings}"));
    let on = "AT+MQTTAUTHCFG=4,1,\"pk\",\"uuid\",\"key\"";
    for (knobs, before, statuses) in [
        (
            &[][..],
            "+",
            [
                "\"BIND START\"",
                "\"BIND TOKEN ON\"",
                "\"ACTIVATE SUCCESSED\"",
                "\"MQTT CONNECTED\"",
            ],
        ),
        (
            &[("tuya-events", "numbers"), ("tuya-plus", "no")],
            "",
            ["2", "3", "4", "5"],
        ),
    ] {
        let mut settings = Settings::l610();
        for (knob, value) in knobs {
            settings.set(knob, value).unwrap();
        }
        let mut bench = ready(settings);
        let events: String = statuses
            .iter()
            .map(|status| format!("\r\n{before}MQTTAUTHEVENT: 4,{status}\r\n"))
            .collect();
        ask(&mut bench, on, &format!("{line}{events}"));
    }
    let mut bench = ready(Settings::l610());
    bench.module.settings_mut().set("tuya-events", "none").unwrap();
    ask(&mut bench, on, &line);
    ask(&mut bench, "AT+MQTTAUTHCFG=4,0", OK);
    ask(&mut bench, "AT+MQTTAUTHCFG=4,0,\"pk\",\"uuid\",\"key\"", OK);
    for command in ["4,1", "4,1,\"pk\",\"uuid\"", "4,2", "4", "4,0,\"pk\""] {
        ask(&mut bench, &format!("AT+MQTTAUTHCFG={command}"), PARAMETERS);
    }
}

#[test]
fn a_device_is_registered_and_its_secret_comes_behind_ok() {
    let mut bench = ready(Settings::l610());
    let secret = made_up_secret("aliyun", &["h", "443", "pk", "ps", "dn"]);
    ask(
        &mut bench,
        "AT+MQTTAUTHDYN=1,\"h\",443,\"pk\",\"ps\",\"dn\"",
        &result(&format!("+MQTTAUTHDYN: 1,\"pk\",\"dn\",\"{secret}\"")),
    );
    // What it gives is what the next command takes: a secret of Tencent's is base64.
    let seen = bench.run("AT+MQTTAUTHDYN=2,\"https://h/register\",\"pk\",\"ps\",\"dn\"\r");
    let secret = seen
        .split('"')
        .nth(1)
        .expect("there is a secret")
        .trim_end_matches('\\')
        .to_owned();
    assert_eq!(seen, escaped(&result(&format!("+MQTTAUTHDYN: 2,2,\"{secret}\""))));
    let seen = bench.run(format!("AT+MQTTAUTHCFG=2,\"pk\",\"dn\",\"{secret}\"\r"));
    assert!(
        seen.contains("+MQTTAUTHCFG: 2,") && seen.ends_with(&escaped(OK)),
        "{seen}"
    );
    let fields = ["pk", "ps", "dk", "1", "2"];
    let (secret, token) = (
        made_up_secret("unicom secret", &fields),
        made_up_secret("unicom token", &fields),
    );
    ask(
        &mut bench,
        "AT+MQTTAUTHDYN=3,\"pk\",\"ps\",\"dk\",1,2",
        &result(&format!("+MQTTAUTHDYN: 3,0,\"{secret}\",\"{token}\"")),
    );
    // Late.
    bench.module.settings_mut().set("dyn-delay", "19500").unwrap();
    ask(&mut bench, "AT+MQTTAUTHDYN=3,\"pk\",\"ps\",\"dk\",1,2", OK);
    assert_eq!(bench.wait(Duration::from_secs(18)), b"");
    assert!(bench.run("").contains("+MQTTAUTHDYN: 3,0,"));
    // Or before.
    bench.module.settings_mut().set("dyn-delay", "10").unwrap();
    bench.module.settings_mut().set("result-order", "result-first").unwrap();
    let seen = bench.run("AT+MQTTAUTHDYN=3,\"pk\",\"ps\",\"dk\",1,2\r");
    assert!(
        seen.starts_with("\\r\\n+MQTTAUTHDYN: 3,0,") && seen.ends_with(&escaped(OK)),
        "{seen}"
    );
}

#[test]
fn what_may_go_wrong() {
    let (aliyun, tencent) = ("1,\"h\",443,\"pk\",\"ps\",\"dn\"", "2,\"u\",\"pk\",\"ps\",\"dn\"");
    let unicom = "3,\"pk\",\"ps\",\"dk\",0,1";
    for cloud in [aliyun, tencent, unicom] {
        ask(&mut faulty("dyn-refused"), &format!("AT+MQTTAUTHDYN={cloud}"), ERROR);
        ask(&mut faulty("dyn-no-result"), &format!("AT+MQTTAUTHDYN={cloud}"), OK);
    }
    ask(
        &mut faulty("dyn-certificate"),
        &format!("AT+MQTTAUTHDYN={tencent}"),
        &result("+MQTTAUTHDYN: 2,1"),
    );
    ask(
        &mut faulty("dyn-status"),
        &format!("AT+MQTTAUTHDYN={unicom}"),
        &result("+MQTTAUTHDYN: 3,1,\"\",\"\""),
    );
    for cloud in [
        "1,\"a\",\"b\",\"c\",0",
        "3,\"a\",\"b\"",
        "4,0",
        "4,1,\"a\",\"b\",\"c\"",
        "7",
        "9,\"a\",\"b\",\"c\",\"d\"",
    ] {
        ask(&mut faulty("cfg-refused"), &format!("AT+MQTTAUTHCFG={cloud}"), ERROR);
    }
}

#[test]
fn arguments_are_checked_as_the_manual_has_them() {
    let mut bench = ready(Settings::l610());
    let (full, long) = ("x".repeat(128), "x".repeat(129));
    let (wide, broad) = ("x".repeat(255), "x".repeat(256));
    for command in [
        "AUTHCFG=0".to_owned(),
        "AUTHCFG=10".to_owned(),
        "AUTHCFG=7,1".to_owned(),
        "AUTHCFG=1,\"a\",\"b\",\"c\"".to_owned(),
        "AUTHCFG=1,\"a\",\"b\",\"c\",2".to_owned(),
        "AUTHCFG=1,\"a\",\"b\",\"c\",\"2\"".to_owned(),
        "AUTHCFG=1,\"a\",\"b\",\"c\",\"\"".to_owned(),
        "AUTHCFG=1,\"a\",\"b\",\"c\",0,0".to_owned(),
        "AUTHCFG=2,\"a\",\"b\"".to_owned(),
        "AUTHCFG=3,\"a\",\"b\",\"c\"".to_owned(),
        "AUTHCFG=3,a,\"b\"".to_owned(),
        format!("AUTHCFG=3,\"a\",\"{long}\""),
        format!("AUTHCFG=6,\"{long}\",\"a\",\"b\""),
        format!("AUTHCFG=8,\"{broad}\",\"b\",\"c\",\"d\""),
        format!("AUTHCFG=9,\"a\",\"b\",\"c\",\"{broad}\""),
        format!("AUTHCFG=9,\"{long}\",\"b\",\"c\",\"d\""),
        "AUTHDYN=0".to_owned(),
        "AUTHDYN=4,\"a\",\"b\",\"c\"".to_owned(),
        "AUTHDYN=1,\"h\",0,\"a\",\"b\",\"c\"".to_owned(),
        "AUTHDYN=1,\"h\",65536,\"a\",\"b\",\"c\"".to_owned(),
        format!("AUTHDYN=1,\"{broad}\",1,\"a\",\"b\",\"c\""),
        "AUTHDYN=2,\"\",\"a\",\"b\",\"c\"".to_owned(),
        format!("AUTHDYN=2,\"u\",\"a\",\"{long}\",\"c\""),
        "AUTHDYN=3,\"a\",\"b\",\"c\",2,1".to_owned(),
        "AUTHDYN=3,\"a\",\"b\",\"c\",0,0".to_owned(),
        "AUTHDYN=3,\"a\",\"b\",\"c\",0,3".to_owned(),
        "AUTHDYN=3,\"a\",\"b\",\"c\",0".to_owned(),
    ] {
        ask(&mut bench, &format!("AT+MQTT{command}"), PARAMETERS);
    }
    for command in [
        format!("AUTHCFG=3,\"{full}\",\"{full}\""),
        format!("AUTHCFG=8,\"{wide}\",\"{wide}\",\"{wide}\",\"{wide}\""),
        format!("AUTHCFG=9,\"{full}\",\"{full}\",\"{full}\",\"{wide}\""),
        format!("AUTHDYN=1,\"{wide}\",65535,\"{full}\",\"{full}\",\"{full}\""),
        format!("AUTHDYN=2,\"{wide}\",\"{full}\",\"{full}\",\"{full}\""),
    ] {
        let seen = bench.run(format!("AT+MQTT{command}\r"));
        assert!(seen.contains(&escaped(OK)), "{command}: {seen}");
    }
    for command in ["AUTHCFG?", "AUTHDYN?", "AUTHCFG", "AUTHDYN"] {
        ask(&mut bench, &format!("AT+MQTT{command}"), "\r\n+CME ERROR: 52\r\n");
    }
}

#[test]
fn configuring_needs_card_and_registration_and_registering_a_device_nothing() {
    let dynamic = "AT+MQTTAUTHDYN=2,\"u\",\"pk\",\"ps\",\"dn\"";
    let configured = "AT+MQTTAUTHCFG=3,\"a\",\"b\"";
    let absent = Settings {
        sim: Sim::Absent,
        ..Settings::l610()
    };
    let unregistered = Settings {
        registration: 0,
        ..Settings::l610()
    };
    for (settings, error) in [(absent, 10), (unregistered, 30)] {
        let mut bench = ready(settings.clone());
        ask(&mut bench, configured, &format!("\r\n+CME ERROR: {error}\r\n"));
        assert!(bench.run("AT+MQTTAUTHCFG=?\r").contains("+MQTTAUTHCFG: 1,"));
        assert!(bench.run(format!("{dynamic}\r")).contains("+MQTTAUTHDYN: 2,2,"));
        let mut bench = ready(Settings {
            network_need: NetworkNeed::Everything,
            ..settings.clone()
        });
        ask(&mut bench, "AT+MQTTAUTHCFG=?", &format!("\r\n+CME ERROR: {error}\r\n"));
        assert!(bench.run("AT+MQTTAUTHDYN=?\r").contains("+MQTTAUTHDYN: 1,"));
        let mut bench = ready(Settings {
            network_need: NetworkNeed::Nothing,
            ..settings
        });
        assert!(bench.run(format!("{configured}\r")).contains("+MQTTAUTHCFG: 3,"));
    }
}

#[test]
fn ranges_are_as_printed() {
    let mut bench = ready(Settings::l610());
    let seen = bench.run("AT+MQTTAUTHCFG=?\r");
    assert_eq!(seen.matches("+MQTTAUTHCFG: ").count(), 8);
    assert!(
        seen.ends_with(&escaped(
            "\r\n9,<productkey>,<devicekey>,<devicesecret>,<token>\r\n\r\nOK\r\n"
        )),
        "{seen}"
    );
    assert_eq!(bench.run("AT+MQTTAUTHDYN=?\r").matches("+MQTTAUTHDYN: ").count(), 3);
    let mut bench = ready(Settings::l610());
    bench.module.settings_mut().set("auth-commands", "no").unwrap();
    ask(&mut bench, "AT+MQTTAUTHCFG=7", "\r\n+CME ERROR: 58\r\n");
}

#[test]
fn no_secret_is_in_the_log() {
    let mut bench = Bench::offline(Settings::l610());
    let secret = "dont-tell";
    for command in [
        format!("AUTHCFG=1,\"pk\",\"device\",\"{secret}\",0"),
        format!("authcfg=3,\"device\",\"{secret}\""),
        format!("AUTHCFG=4,1,\"pk\",\"uuid\",\"{secret}\""),
        format!("AUTHCFG=5,\"p\",\"d\",\"{secret}\""),
        format!("AUTHCFG=8,\"p\",\"d\",\"{secret}\",\"u\""),
        format!("AUTHCFG=9,\"p\",\"d\",\"s\",\"{secret}\""),
        format!("AUTHDYN=1,\"h\",1,\"p\",\"{secret}\",\"d\""),
        format!("AUTHDYN=2,\"u\",\"p\",\"{secret}\",\"d\""),
        format!("AUTHDYN=3,\"p\",\"{secret}\",\"d\",0,1"),
        format!("AUTHDYN={secret}"),
    ] {
        let seen = bench.run(format!("AT+MQTT{command}\r"));
        // What the module drew or computed is a secret as well.
        let drawn: Vec<&str> = seen
            .split('"')
            .filter(|part| part.len() >= 24 && !part.contains("OK"))
            .collect();
        let log = format!("{:?}", bench.module.take_record());
        assert!(!log.contains(secret), "{log}");
        for part in drawn {
            assert!(!log.contains(part.trim_end_matches('\\')), "{part} in {log}");
        }
    }
    // One that came too early, and one that was cut off.
    bench.write("AT\rAT+MQTTAUTHCFG=3,\"device\",\"dont-tell\"\r");
    bench.run("");
    bench.run(format!("AT+MQTTAUTHDYN=2,\"{}\",\"dont-tell\"\r", "x".repeat(13_000)));
    let log = format!("{:?}", bench.module.take_record());
    assert!(log.contains("lost command") && !log.contains("device"), "{log}");
}
