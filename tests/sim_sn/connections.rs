//! The connections themselves: how they open and end, what the module says of them.

use std::time::Duration;

use fibocom_mqtt::sim::{BreakCause, Settings};

use super::sim_bench::{Bench, escaped};
use super::{ERROR, IMEI_101, OK, PARAMETERS, answer, ask, open, ready, result, with};

#[test]
fn a_connection_needs_no_user_and_has_a_client_id_of_its_own() {
    let mut bench = open(&[]);
    let opened = &bench.broker.opens()[0];
    assert_eq!(opened.client_id, IMEI_101.as_bytes());
    assert!(opened.user.is_empty() && opened.password.is_empty() && opened.clean);
    assert_eq!((opened.port, opened.keep_alive), (1885, 60));
    ask(&mut bench, "AT+MQTTOPEN?", &answer("+MQTTOPEN: 1,2,102"));
    ask(&mut bench, "AT+MQTTCLOSE?", &answer("+MQTTCLOSE: 101"));
    ask(
        &mut bench,
        "AT+MQTTOPEN=101,\"gateway\",1885,1,60",
        "\r\n+CME ERROR: 3\r\n",
    );
    ask(&mut bench, "AT+MQTTUSER=101,\"\",\"\"", PARAMETERS);

    ask(&mut bench, "AT+MQTTSNCID=102,\"meter 7\"", OK);
    ask(&mut bench, "AT+MQTTWILL=102,\"gone\",1,1,\"meter 7\"", OK);
    ask(
        &mut bench,
        "AT+MQTTOPEN=102,\"gateway\",1885,0,9",
        &result("OPEN", "102,1"),
    );
    let opened = &bench.broker.opens()[1];
    assert_eq!(
        (opened.client_id.as_slice(), opened.clean),
        (b"meter 7".as_slice(), false)
    );
    assert!(
        opened
            .will
            .as_ref()
            .is_some_and(|will| will.topic == b"gone" && will.retain)
    );
    assert_eq!(bench.broker.connected(), [IMEI_101, "meter 7"]);

    ask(&mut bench, "AT+MQTTCLOSE=101", &result("CLOSE", "101,1"));
    ask(&mut bench, "AT+MQTTCLOSE=101", ERROR);
    ask(&mut bench, "AT+MQTTCLOSE?", &answer("+MQTTCLOSE: 102"));
    assert_eq!(bench.broker.connected(), ["meter 7"]);
}

#[test]
fn all_four_connections_at_once() {
    let mut bench = Bench::connected(Settings::l610());
    for command in [
        "AT+MQTTUSER=2,\"\",\"\",\"two\"",
        "AT+MQTTOPEN=2,\"h\",1883,1,60",
        "AT+MQTTOPEN=101,\"h\",1883,1,60",
        "AT+MQTTOPEN=102,\"h\",1883,1,60",
    ] {
        bench.run(format!("{command}\r"));
    }
    ask(&mut bench, "AT+MQTTCLOSE?", &answer("+MQTTCLOSE: 1,2,101,102"));
    ask(&mut bench, "AT+MQTTOPEN?", &answer("+MQTTOPEN: 0"));
    ask(&mut bench, "AT+MQTTSUB=101,\"t\",1", &result("SUB", "101,1"));
    ask(&mut bench, "AT+MQTTSUB=2,\"t\",1", &result("SUB", "2,1"));
    let published = "\r\nOK\r\n\r\n+MQTTMSGI: 101,1,1,2\r\n\r\n+MQTTMSGI: 2,1,1,2\r\n\r\n+MQTTPUB: 1,1\r\n";
    let seen = bench.run("AT+MQTTPUB=1,\"t\",1,0,\"hi\"\r");
    // Which of the two comes first, the server decides.
    let mut sorted: Vec<&str> = seen.split("\\r\\n").collect();
    let expected = escaped(published);
    let mut wanted: Vec<&str> = expected.split("\\r\\n").collect();
    sorted.sort_unstable();
    wanted.sort_unstable();
    assert_eq!(sorted, wanted);
}

#[test]
fn breaks_restarts_and_a_lost_network_end_them_like_the_others() {
    let mut bench = open(&[]);
    ask(
        &mut bench,
        "AT+MQTTSNREG=101,\"plant/1\"",
        &result("SNREG", "101,1,1,\"plant/1\""),
    );
    bench.broker.break_connection(IMEI_101);
    assert_eq!(bench.run(""), escaped("\r\n+MQTTBREAK: 101,1\r\n"));
    ask(&mut bench, "AT+MQTTSNREG?", OK);
    ask(&mut bench, "AT+MQTTSNREG=101,\"plant/1\"", ERROR);
    ask(&mut bench, "AT+MQTTSUB=101,\"t\",0", ERROR);
    ask(&mut bench, "AT+MQTTPUB=101,7,0,0,\"x\"", ERROR);

    ask(
        &mut bench,
        "AT+MQTTOPEN=101,\"gateway\",1885,1,60",
        &result("OPEN", "101,1"),
    );
    bench.module.lose_network(BreakCause::Link, bench.now);
    assert_eq!(bench.run(""), escaped("\r\n+MQTTBREAK: 101,2\r\n"));
    assert!(bench.broker.connected().is_empty());

    let mut bench = open(&[]);
    ask(&mut bench, "AT+MQTTSNCID=102,\"me\"", OK);
    bench.run("AT+CFUN=15\r");
    bench.wait(Duration::from_secs(10));
    bench.run("ATE0\r");
    assert!(bench.broker.connected().is_empty() && !bench.module.is_open(101));
    ask(&mut bench, "AT+MQTTSNCID?", OK);

    for (fault, seen) in [
        ("open-refused", result("OPEN", "101,0")),
        ("open-no-result", OK.into()),
        ("open-cme=702", "\r\n+CME ERROR: 702\r\n".into()),
    ] {
        let mut bench = ready(Settings::l610().fault(fault.parse().unwrap()));
        ask(&mut bench, "AT+MQTTOPEN=101,\"gateway\",1885,1,60", &seen);
    }
    let mut bench = ready(Settings::l610());
    bench.broker.refuse_next_open(5);
    ask(
        &mut bench,
        "AT+MQTTOPEN=101,\"gateway\",1885,1,60",
        &result("OPEN", "101,0"),
    );
    ask(&mut bench, "AT+MQTTOPEN?", &answer("+MQTTOPEN: 1,2,101,102"));
}

#[test]
fn limits_and_ranges() {
    let mut bench = ready(Settings::l610());
    for (command, line) in [
        ("AT+MQTTSNCID=?", "+MQTTSNCID: (101,102),1024"),
        ("AT+MQTTSNREG=?", "+MQTTSNREG: (101,102),255"),
        ("AT+MQTTWTOPICUD=?", "+MQTTWTOPICUD: (101,102),(0-2),(0,1),255"),
        ("AT+MQTTWMSGUD=?", "+MQTTWMSGUD: (101,102),1024"),
    ] {
        ask(&mut bench, command, &answer(line));
    }
    for (model, longest) in [("L610", 1024), ("MC610", 23), ("MA510", 23), ("MA51x", 256)] {
        let mut bench = ready(Settings::by_name(model).unwrap());
        ask(
            &mut bench,
            "AT+MQTTSNCID=?",
            &answer(&format!("+MQTTSNCID: (101,102),{longest}")),
        );
        let id = "x".repeat(longest);
        ask(&mut bench, &format!("AT+MQTTSNCID=101,\"{id}\""), OK);
        ask(&mut bench, &format!("AT+MQTTSNCID=102,\"{id}x\""), PARAMETERS);
        ask(&mut bench, "AT+MQTTSNCID=1,\"x\"", PARAMETERS);
        ask(
            &mut bench,
            "AT+MQTTSNCID?",
            &answer(&format!("+MQTTSNCID: 101,\"{id}\"")),
        );
    }
    ask(&mut bench, "AT+MQTTWTOPICUD?", "\r\n+CME ERROR: 52\r\n");
    ask(&mut bench, "AT+MQTTWMSGUD?", "\r\n+CME ERROR: 52\r\n");
}

#[test]
fn the_commands_and_the_connections_are_two_capabilities() {
    let mut bench = ready(Settings::by_name("NL668").unwrap());
    for command in [
        "SNCID=101,\"x\"",
        "SNREG=101,\"x\"",
        "WTOPICUD=101,0,0,\"x\"",
        "WMSGUD=101,\"x\"",
        "SNREG?",
    ] {
        ask(&mut bench, &format!("AT+MQTT{command}"), "\r\n+CME ERROR: 58\r\n");
    }
    ask(
        &mut bench,
        "AT+MQTTOPEN=101,\"gateway\",1885,1,60",
        &result("OPEN", "101,1"),
    );
    ask(&mut bench, "AT+MQTTSUB=101,\"plant/1\",1", &result("SUB", "101,1"));
    let seen = format!("{OK}\r\n+MQTTMSGI: 101,1,1,1\r\n\r\n+MQTTPUB: 101,1\r\n");
    ask(&mut bench, "AT+MQTTPUB=101,\"plant/1\",1,0,\"x\"", &seen);

    let mut bench = ready(with(&[("sn-connections", "no")]));
    for command in [
        "AT+MQTTOPEN=101,\"gateway\",1885,1,60",
        "AT+MQTTCLOSE=101",
        "AT+MQTTSUB=101,\"t\",0",
        "AT+MQTTREAD=102",
        "AT+MQTTWILL=101,\"t\",0,0,\"\"",
        "AT+MQTTSNCID=101,\"x\"",
    ] {
        ask(&mut bench, command, PARAMETERS);
    }
    for (command, line) in [
        ("AT+MQTTOPEN?", "+MQTTOPEN: 1,2"),
        ("AT+MQTTCLOSE=?", "+MQTTCLOSE: (1,2)"),
        ("AT+MQTTSUB=?", "+MQTTSUB: (1,2),255,(0-2)"),
        ("AT+MQTTUNSUB=?", "+MQTTUNSUB: (1,2),255"),
        ("AT+MQTTPUB=?", "+MQTTPUB: (1,2),255,(0-2),(0,1),1024"),
        ("AT+MQTTWILL=?", "+MQTTWILL: (1,2),255,(0-2),(0,1),1024"),
    ] {
        ask(&mut bench, command, &answer(line));
    }
    let mut bench = ready(with(&[("sn-commands", "no")]));
    ask(&mut bench, "AT+MQTTSNREG=?", "\r\n+CME ERROR: 58\r\n");
    ask(&mut bench, "AT+MQTTOPEN?", &answer("+MQTTOPEN: 1,2,101,102"));
}
