//! The simulated module, byte for byte: what its commands answer.
#![cfg(feature = "sim")]

use std::time::Duration;

use fibocom_mqtt::sim::{BreakCause, NetworkNeed, Settings, Sim};

mod sim_bench;

use sim_bench::{Bench, escaped};

#[test]
fn the_whole_open_as_in_the_field_notes() {
    let mut bench = Bench::new(Settings::l610());
    bench.run("AT+MQTTUSER=1,\"\",\"\"\r");
    let exchange = "AT+MQTTOPEN=1,\"h\",1883,1,60\r\r\nOK\r\n\r\n+MQTTOPEN: 1,1\r\n";
    assert_eq!(bench.run("AT+MQTTOPEN=1,\"h\",1883,1,60\r\n"), escaped(exchange));
}

#[test]
fn errors_take_the_form_that_was_asked_for() {
    let mut bench = Bench::new(Settings::l610());
    bench.run("ATE0\r");
    assert_eq!(bench.run("AT+NOSUCH\r"), escaped("\r\nERROR\r\n"));
    bench.run("AT+CMEE=1\r");
    assert_eq!(bench.run("AT+NOSUCH\r"), escaped("\r\n+CME ERROR: 58\r\n"));
    assert_eq!(bench.run("AT+CMEE=9\r"), escaped("\r\n+CME ERROR: 53\r\n"));
    bench.run("AT+CMEE=2\r");
    assert_eq!(
        bench.run("AT+CMEE=9\r"),
        escaped("\r\n+CME ERROR: parameters are invalid\r\n")
    );
    // Not for what the manual answers with ERROR alone.
    assert_eq!(bench.run("AT+MQTTPUB=1,\"t\",0,0,\"x\"\r"), escaped("\r\nERROR\r\n"));
    assert_eq!(bench.run("AT+MQTTSUB=1,\"t\",0\r"), escaped("\r\nERROR\r\n"));
    assert_eq!(bench.run("AT+MQTTCLOSE=1\r"), escaped("\r\nERROR\r\n"));
}

#[test]
fn a_module_without_network_refuses_what_sets_something() {
    let mut bench = Bench::offline(Settings::l610());
    bench.run("ATE0\r");
    bench.run("AT+CMEE=1\r");
    assert_eq!(
        bench.run("AT+MQTTUSER=1,\"\",\"\"\r"),
        escaped("\r\n+CME ERROR: 901\r\n")
    );
    assert_eq!(bench.run("AT+MQTTSUB=1,\"t\",0\r"), escaped("\r\nERROR\r\n"));
    assert_eq!(bench.run("AT+MQTTCONF?\r"), escaped("\r\n+MQTTCONF: 0\r\n\r\nOK\r\n"));
    assert_eq!(bench.run("AT+MIPCALL?\r"), escaped("\r\n+MIPCALL: 0\r\n\r\nOK\r\n"));
    assert_eq!(
        bench.run("AT+MIPCALL=1\r"),
        escaped("\r\nOK\r\n\r\n+MIPCALL: 10.85.71.198\r\n")
    );
    assert_eq!(bench.run("AT+MIPCALL=1\r"), escaped("\r\nERROR\r\n"));
    assert_eq!(
        bench.run("AT+MIPCALL?\r"),
        escaped("\r\n+MIPCALL: 1,10.85.71.198\r\n\r\nOK\r\n")
    );
    assert_eq!(bench.run("AT+MQTTUSER=1,\"\",\"\"\r"), escaped("\r\nOK\r\n"));

    let mut bench = Bench::offline(Settings {
        network_need: NetworkNeed::Everything,
        ..Settings::l610()
    });
    bench.run("ATE0\r");
    assert_eq!(bench.run("AT+MQTTUSER=?\r"), escaped("\r\nERROR\r\n"));
}

#[test]
fn messages_are_announced_stored_and_read() {
    let mut bench = Bench::connected(Settings::l610());
    assert_eq!(
        bench.run("AT+MQTTREAD=1\r"),
        escaped("\r\n+MQTTREAD: 1,0,0,0\r\n\r\nOK\r\n")
    );
    bench.broker.inject("me", "a\"b", "1,\"2\r\nOK\r\n", 1);
    assert_eq!(bench.run(""), escaped("\r\n+MQTTMSGI: 1,1,3,10\r\n"));
    let expected = "\r\n+MQTTREAD: 1,1,3,10,\"a\"b\",\"1,\"2\r\nOK\r\n\"\r\n\r\nOK\r\n";
    assert_eq!(bench.run("AT+MQTTREAD=1\r"), escaped(expected));
    bench.module.settings_mut().quote_read = false;
    bench.broker.inject("me", "t", "", 0);
    bench.run("");
    assert_eq!(
        bench.run("AT+MQTTREAD=1\r"),
        escaped("\r\n+MQTTREAD: 1,0,1,0,t,\r\n\r\nOK\r\n")
    );
}

#[test]
fn direct_messages_are_printed_as_they_are() {
    let mut bench = Bench::connected(Settings::l610());
    bench.run("AT+MQTTCONF=0\r");
    bench.broker.inject("me", "t", "\"a\",\r\nb", 2);
    assert_eq!(bench.run(""), escaped("\r\n+MQTTMSG: 1,2,\"t\",\"\"a\",\r\nb\"\r\n"));
    bench.module.settings_mut().space_after_comma = true;
    bench.broker.inject("me", "t", "x", 0);
    assert_eq!(bench.run(""), escaped("\r\n+MQTTMSG: 1, 0, \"t\", \"x\"\r\n"));
}

#[test]
fn a_full_store_takes_no_more_from_the_network() {
    let mut bench = Bench::connected(Settings::l610());
    for number in 0..20 {
        bench.broker.inject("me", "t", format!("{number}"), 1);
    }
    let announced = bench.run("");
    assert_eq!(announced.matches("+MQTTMSGI").count(), 16);
    assert_eq!((bench.module.stored(1), bench.broker.queued("me")), (16, 4));
    // Each that is read makes room for one, announced behind the answer.
    let expected = "\r\n+MQTTREAD: 1,1,1,1,\"t\",\"0\"\r\n\r\nOK\r\n\r\n+MQTTMSGI: 1,1,1,2\r\n";
    assert_eq!(bench.run("AT+MQTTREAD=1\r"), escaped(expected));
    assert_eq!((bench.module.stored(1), bench.broker.queued("me")), (16, 3));
}

#[test]
fn what_is_set_is_read_back_and_ranges_are_as_printed() {
    let mut bench = Bench::connected(Settings::l610());
    for (command, expected) in [
        ("AT+MQTTUSER?\r", "\r\n+MQTTUSER: 1,\"user\",\"secret\",\"me\"\r\n"),
        ("AT+MQTTUSER=?\r", "\r\n+MQTTUSER: (1,2),1024,1024[,1024]\r\n"),
        ("AT+MQTTOPEN?\r", "\r\n+MQTTOPEN: 2,101,102\r\n"),
        ("AT+MQTTCLOSE?\r", "\r\n+MQTTCLOSE: 1\r\n"),
        ("AT+MQTTCLOSE=?\r", "\r\n+MQTTCLOSE: (1,2,101,102)\r\n"),
        ("AT+MQTTSUB=?\r", "\r\n+MQTTSUB: (1,2,101,102),255,(0-2)\r\n"),
        ("AT+MQTTUNSUB=?\r", "\r\n+MQTTUNSUB: (1,2,101,102),255\r\n"),
        ("AT+MQTTPUB=?\r", "\r\n+MQTTPUB: (1,2,101,102),255,(0-2),(0,1),1024\r\n"),
        (
            "AT+MQTTWILL=?\r",
            "\r\n+MQTTWILL: (1,2,101,102),255,(0-2),(0,1),1024\r\n",
        ),
        ("AT+MQTTCONF?\r", "\r\n+MQTTCONF: 1\r\n"),
        ("AT+MQTTCONF=?\r", "\r\n+MQTTCONF: (0,1)\r\n"),
        ("AT+MQTTREAD=?\r", "\r\n+MQTTREAD: (1,2)\r\n"),
        ("AT+MQTTWILL?\r", ""),
        (
            "AT+MQTTOPEN=?\r",
            "\r\n+MQTTOPEN: (1,2,101,102),(<\"Remote IP/URL\">),(1-65535),(0,1),(1-300)[,(0-2)]\r\n",
        ),
    ] {
        assert_eq!(
            bench.run(command),
            escaped(&format!("{expected}\r\nOK\r\n")),
            "{command}"
        );
    }
    bench.run("AT+MQTTWILL=1,\"w\",1,0,\"\\7B\\22a\\22\\7D\"\r");
    bench.run("AT+MQTTWILL=2,\"v\",0,1,\"\"\r");
    let expected = "\r\n+MQTTWILL: 1,\"w\",1,0,\"{\"a\"}\"\r\n+MQTTWILL: 2,\"v\",0,1,\"\"\r\n\r\nOK\r\n";
    assert_eq!(bench.run("AT+MQTTWILL?\r"), escaped(expected));

    let mut bench = Bench::new(Settings {
        id_per_line: true,
        ..Settings::l610_v1_0_1()
    });
    bench.run("ATE0\r");
    let expected = "\r\n+MQTTOPEN: 1\r\n+MQTTOPEN: 2\r\n+MQTTOPEN: 101\r\n+MQTTOPEN: 102\r\n\r\nOK\r\n";
    assert_eq!(bench.run("AT+MQTTOPEN?\r"), escaped(expected));
    assert_eq!(bench.run("AT+MQTTCLOSE?\r"), escaped("\r\n+MQTTCLOSE: 0\r\n\r\nOK\r\n"));
    let expected = "\r\n+MPQTTOPEN: (1,2,101,102),(<\"Remote IP/URL\">),(1-65535),(0,1),(1-300)\r\n\r\nOK\r\n";
    assert_eq!(bench.run("AT+MQTTOPEN=?\r"), escaped(expected));
}

#[test]
fn arguments_out_of_range_are_error_53() {
    let mut bench = Bench::connected(Settings::l610());
    let long = "x".repeat(256);
    for command in [
        "AT+MQTTUSER=3,\"\",\"\"".to_owned(),
        "AT+MQTTUSER=1,user,\"\"".to_owned(),
        format!("AT+MQTTUSER=1,\"{}\",\"\"", "x".repeat(1025)),
        "AT+MQTTOPEN=2,\"h\",0,1,60".to_owned(),
        "AT+MQTTOPEN=2,\"h\",65536,1,60".to_owned(),
        "AT+MQTTOPEN=2,\"h\",1883,2,60".to_owned(),
        "AT+MQTTOPEN=2,\"h\",1883,1,301".to_owned(),
        "AT+MQTTOPEN=2,\"h\",1883,1,60,1".to_owned(),
        format!("AT+MQTTOPEN=2,\"{long}\",1883,1,60"),
        format!("AT+MQTTSUB=1,\"{long}\",0"),
        "AT+MQTTSUB=1,\"\",0".to_owned(),
        "AT+MQTTSUB=1,\"t\",3".to_owned(),
        "AT+MQTTSUB=1,1,1".to_owned(),
        "AT+MQTTPUB=1,\"t\",0,0,0".to_owned(),
        "AT+MQTTPUB=1,\"t\",0,0,1025".to_owned(),
        "AT+MQTTPUB=1,1,1,\"message\"".to_owned(),
        format!("AT+MQTTPUB=1,\"t\",0,0,\"{}\"", "x".repeat(1025)),
        "AT+MQTTPUB=1,\"a\",0,0,\"x\",0,0,1".to_owned(),
        "AT+MQTTCONF=2".to_owned(),
        "AT+MQTTWILL=1,\"t\",0,0,5".to_owned(),
    ] {
        assert_eq!(
            bench.run(format!("{command}\r")),
            escaped("\r\n+CME ERROR: 53\r\n"),
            "{command}"
        );
    }
    let mut old = Bench::connected(Settings::l610_v1_0_1());
    for command in [
        "AT+MQTTUSER=1,\"\",\"\",\"123456789012345678901234\"",
        "AT+MQTTOPEN=2,\"h\",1883,1,60,0",
    ] {
        assert_eq!(
            old.run(format!("{command}\r")),
            escaped("\r\n+CME ERROR: 53\r\n"),
            "{command}"
        );
    }
}

#[test]
fn an_open_carries_what_was_set_before() {
    let mut bench = Bench::new(Settings::l610());
    bench.run("ATE0\r");
    bench.run("AT+CMEE=1\r");
    assert_eq!(
        bench.run("AT+MQTTOPEN=1,\"h\",1883,1,60\r"),
        escaped("\r\n+CME ERROR: 3\r\n")
    );
    bench.run("AT+MQTTUSER=1,\"user\",\"a\\5C22,b\"\r");
    bench.run("AT+MQTTWILL=1,\"w\",2,1,\"gone\"\r");
    bench.run("AT+MQTTOPEN=1,\"host\",8883,0,300,2\r");
    let open = &bench.broker.opens()[0];
    assert_eq!(
        (open.host.as_slice(), open.port, open.clean, open.keep_alive),
        (b"host".as_slice(), 8883, false, 300)
    );
    assert_eq!(
        (open.user.as_slice(), open.password.as_slice()),
        (b"user".as_slice(), b"a\\22,b".as_slice())
    );
    assert_eq!(open.client_id, b"8644300100123451");
    assert!(
        open.tls.is_some()
            && open
                .will
                .as_ref()
                .is_some_and(|will| will.retain && will.payload == b"gone")
    );
    assert!(!format!("{open:?}").contains("22,b"));
    // It is open: no second time.
    assert_eq!(
        bench.run("AT+MQTTOPEN=1,\"h\",1883,1,60\r"),
        escaped("\r\n+CME ERROR: 3\r\n")
    );

    let mut old = Bench::new(Settings::l610_v1_0_1());
    old.run("AT+MQTTUSER=1,\"\",\"\"\r");
    old.run("AT+MQTTOPEN=1,\"h\",1883,1,60\r");
    assert_eq!(old.broker.opens()[0].client_id, b"864430010012345");
}

#[test]
fn a_refused_open_gives_no_reason() {
    let mut bench = Bench::new(Settings::l610());
    bench.run("ATE0\r");
    bench.run("AT+MQTTUSER=1,\"\",\"\"\r");
    bench.broker.refuse_next_open(5);
    assert_eq!(
        bench.run("AT+MQTTOPEN=1,\"h\",1883,1,60\r"),
        escaped("\r\nOK\r\n\r\n+MQTTOPEN: 1,0\r\n")
    );
    assert_eq!(
        bench.run("AT+MQTTOPEN=1,\"h\",1883,1,60\r"),
        escaped("\r\nOK\r\n\r\n+MQTTOPEN: 1,1\r\n")
    );
}

#[test]
fn breaks_are_reported_with_their_cause() {
    let mut bench = Bench::connected(Settings::l610());
    bench.broker.break_connection("me");
    assert_eq!(bench.run(""), escaped("\r\n+MQTTBREAK: 1,1\r\n"));
    assert_eq!(bench.run("AT+MQTTPUB=1,\"t\",0,0,\"\"\r"), escaped("\r\nERROR\r\n"));
    assert_eq!(
        bench.run("AT+MQTTOPEN=1,\"h\",1883,1,60\r"),
        escaped("\r\nOK\r\n\r\n+MQTTOPEN: 1,1\r\n")
    );
    bench.module.lose_network(BreakCause::Registration, bench.now);
    assert_eq!(bench.run(""), escaped("\r\n+MQTTBREAK: 1,3\r\n"));
    assert_eq!(bench.run("AT+MIPCALL?\r"), escaped("\r\n+MIPCALL: 0\r\n\r\nOK\r\n"));
    assert!(bench.broker.connected().is_empty());

    // What is owed when it breaks has failed.
    let mut bench = Bench::connected(Settings::l610());
    bench.broker.withhold_results(true);
    assert_eq!(bench.run("AT+MQTTPUB=1,\"t\",1,0,\"x\"\r"), escaped("\r\nOK\r\n"));
    bench.broker.break_connection("me");
    assert_eq!(bench.run(""), escaped("\r\n+MQTTPUB: 1,0\r\n\r\n+MQTTBREAK: 1,1\r\n"));
}

#[test]
fn a_restart_forgets_everything() {
    let mut bench = Bench::connected(Settings::l610());
    bench.run("AT+MQTTWILL=1,\"w\",0,0,\"\"\r");
    assert_eq!(bench.run("AT+CFUN=15\r"), escaped("\r\nOK\r\n"));
    assert_eq!(bench.run("AT\r"), "");
    assert_eq!(
        bench.wait(Duration::from_secs(10)),
        b"\xFF\xFE\x00\x80\xC1\r\nAT command ready\r\n\r\n+SIM READY\r\n"
    );
    assert_eq!(bench.run("AT+MQTTUSER?\r"), escaped("AT+MQTTUSER?\r\r\nOK\r\n"));
    assert_eq!(
        bench.run("AT+MQTTCONF?\r"),
        escaped("AT+MQTTCONF?\r\r\n+MQTTCONF: 0\r\n\r\nOK\r\n")
    );
    assert!(bench.broker.connected().is_empty());
}

#[test]
fn the_sim_card_may_be_locked_or_absent() {
    let mut bench = Bench::offline(Settings {
        sim: Sim::Locked(42),
        ..Settings::l610()
    });
    bench.run("ATE0\r");
    bench.run("AT+CMEE=1\r");
    assert_eq!(bench.run("AT+CPIN?\r"), escaped("\r\n+CPIN: SIM PIN\r\n\r\nOK\r\n"));
    assert_eq!(bench.run("AT+MIPCALL=1\r"), escaped("\r\n+CME ERROR: 11\r\n"));
    assert_eq!(bench.run("AT+CPIN=\"1111\"\r"), escaped("\r\n+CME ERROR: 16\r\n"));
    assert_eq!(bench.run("AT+CPIN=\"0042\"\r"), escaped("\r\nOK\r\n"));
    assert_eq!(bench.run("AT+CPIN?\r"), escaped("\r\n+CPIN: READY\r\n\r\nOK\r\n"));
    bench.module.settings_mut().sim = Sim::Absent;
    assert_eq!(bench.run("AT+CPIN?\r"), escaped("\r\n+CME ERROR: 10\r\n"));
}
