//! Which commands, forms, arguments and connections each model has.

use fibocom_mqtt::sim::Settings;

use crate::sim_bench::{Bench, escaped};
use crate::{BARE, OK, PARAMETERS, ROWS, UNKNOWN, expect, line, x};

#[test]
fn every_test_form_answers_from_the_row() {
    for row in &ROWS {
        let (name, mut bench) = (row.0, row.bench());
        let first = name == "L610-V1.0.1";
        let mqtt = if name == "MC665-CN-22" { "1,2,3" } else { "1,2" };
        let optional = |text: &str| {
            if first {
                format!(",{text}")
            } else {
                format!("[,{text}]")
            }
        };
        let (user, password, client_id) = row.2;
        let open = if first { "+MPQTTOPEN" } else { "+MQTTOPEN" };
        let tls = if row.has('t') { "[,(0-2)]" } else { "" };
        for (command, text) in [
            (
                "USER",
                format!(
                    "+MQTTUSER: ({mqtt}),{user},{password}{}",
                    optional(&client_id.to_string())
                ),
            ),
            (
                "OPEN",
                format!("{open}: ({mqtt},101,102),(<\"Remote IP/URL\">),(1-65535),(0,1),(1-300){tls}"),
            ),
            ("CLOSE", format!("+MQTTCLOSE: ({mqtt},101,102)")),
            ("SUB", format!("+MQTTSUB: ({mqtt},101,102),255,(0-2)")),
            ("UNSUB", format!("+MQTTUNSUB: ({mqtt},101,102),255")),
            ("PUB", format!("+MQTTPUB: ({mqtt},101,102),255,(0-2),(0,1),1024")),
            ("CONF", "+MQTTCONF: (0,1)".to_owned()),
            ("READ", format!("+MQTTREAD: ({mqtt})")),
            ("WILL", format!("+MQTTWILL: ({mqtt},101,102),255,(0-2),(0,1),1024")),
        ] {
            expect(&mut bench, name, &format!("AT+MQTT{command}=?"), &line(&text));
        }
        expect(
            &mut bench,
            name,
            "AT+MQTTOPEN?",
            &line(&format!("+MQTTOPEN: {mqtt},101,102")),
        );
    }
}

#[test]
fn the_tls_argument_is_there_or_an_error() {
    for row in &ROWS {
        for (argument, works) in [(0, true), (1, false), (2, true), (3, false)] {
            let mut bench = row.bench();
            bench.run("AT+MQTTUSER=1,\"\",\"\"\r");
            let expected = if row.has('t') && works {
                format!("{OK}\r\n+MQTTOPEN: 1,1\r\n")
            } else {
                PARAMETERS.to_owned()
            };
            let command = format!("AT+MQTTOPEN=1,\"h\",8883,1,60,{argument}");
            expect(&mut bench, row.0, &command, &expected);
            let asked: Vec<bool> = bench.broker.opens().iter().map(|open| open.tls.is_some()).collect();
            let wanted = if row.has('t') && works {
                vec![argument == 2]
            } else {
                vec![]
            };
            assert_eq!(asked, wanted, "{}", row.0);
        }
    }
}

#[test]
fn a_third_connection_is_known_on_one_model() {
    for row in &ROWS {
        let (name, mut bench) = (row.0, row.bench());
        let three = name == "MC665-CN-22";
        let or = |expected: &str| {
            if three {
                expected.to_owned()
            } else {
                PARAMETERS.to_owned()
            }
        };
        expect(&mut bench, name, "AT+MQTTUSER=3,\"\",\"\"", &or(OK));
        let open = "AT+MQTTOPEN=3,\"h\",1883,1,60";
        expect(&mut bench, name, open, &or(&format!("{OK}\r\n+MQTTOPEN: 3,1\r\n")));
        expect(&mut bench, name, "AT+MQTTREAD=3", &or(&line("+MQTTREAD: 3,0,0,0")));
        expect(&mut bench, name, "AT+MQTTUSER=4,\"\",\"\"", PARAMETERS);
    }
}

#[test]
fn the_commands_for_mqtt_sn_are_there_or_unknown() {
    for row in &ROWS {
        let (name, mut bench) = (row.0, row.bench());
        if !row.has('s') {
            for command in [
                "SNCID=?",
                "SNCID?",
                "SNCID=101,\"id\"",
                "SNREG=?",
                "SNREG?",
                "SNREG=101,\"name\"",
                "WTOPICUD=?",
                "WTOPICUD=101,0,0,\"topic\"",
                "WMSGUD=?",
                "WMSGUD=101,\"message\"",
            ] {
                expect(&mut bench, name, &format!("AT+MQTT{command}"), UNKNOWN);
            }
            continue;
        }
        let length = row.4;
        for (command, text) in [
            ("SNCID", format!("(101,102),{length}")),
            ("SNREG", "(101,102),255".to_owned()),
            ("WTOPICUD", "(101,102),(0-2),(0,1),255".to_owned()),
            ("WMSGUD", "(101,102),1024".to_owned()),
        ] {
            let expected = line(&format!("+MQTT{command}: {text}"));
            expect(&mut bench, name, &format!("AT+MQTT{command}=?"), &expected);
        }
        expect(&mut bench, name, "AT+MQTTSNREG?", OK);
        expect(&mut bench, name, "AT+MQTTSNCID?", OK);
        expect(&mut bench, name, &format!("AT+MQTTSNCID=102,\"{}\"", x(length)), OK);
        expect(
            &mut bench,
            name,
            &format!("AT+MQTTSNCID=101,\"{}\"", x(length + 1)),
            PARAMETERS,
        );
        expect(&mut bench, name, "AT+MQTTSNCID=101,\"a\"", OK);
        expect(&mut bench, name, "AT+MQTTSNCID=101,\"b\"", OK);
        expect(&mut bench, name, "AT+MQTTSNCID=1,\"c\"", PARAMETERS);
        expect(&mut bench, name, "AT+MQTTSNCID=103,\"c\"", PARAMETERS);
        let both = format!("+MQTTSNCID: 101,\"b\"\r\n+MQTTSNCID: 102,\"{}\"", x(length));
        expect(&mut bench, name, "AT+MQTTSNCID?", &line(&both));
        // Nothing is kept over a restart.
        bench.module.restart(bench.now);
        bench.wait(std::time::Duration::from_secs(60));
        bench.run("ATE0\r");
        expect(&mut bench, name, "AT+MQTTSNCID?", OK);
    }
}

#[test]
fn the_commands_for_clouds_are_there_or_unknown() {
    let dynamic = "\
        +MQTTAUTHDYN: 1,<host>,<port>,<productkey>,<productsecret>,<devicename>\r\n\
        +MQTTAUTHDYN: 2,<url>,<productkey>,<productsecret>,<devicename>\r\n\
        +MQTTAUTHDYN: 3,<productkey>,<productsecret>,<devicekey>,<clearflag>,<authmode>";
    let configured = "\
        +MQTTAUTHCFG: 1,<productkey>,<devicename>,<devicesecret>,<tls>\r\n\
        +MQTTAUTHCFG: 2,<productkey>,<devicename>,<devicesecret>\r\n\
        +MQTTAUTHCFG: 3,<devicename>,<devicesecret>\r\n\
        +MQTTAUTHCFG: 4,<actiontype>[,<productkey>,<uuid>,<authkey>]\r\n\
        +MQTTAUTHCFG: 5,<productid>,<devicename>,<accesskey>\r\n\
        +MQTTAUTHCFG: 6,<iotcoreid>,<devicekey>,<devicesecret>\r\n\
        +MQTTAUTHCFG: 7\r\n\
        +MQTTAUTHCFG: 8,<productid>,<devicenumber>,<token>,<aepusername>\r\n\
        9,<productkey>,<devicekey>,<devicesecret>,<token>";
    for row in &ROWS {
        let (name, mut bench) = (row.0, row.bench());
        if row.has('a') {
            expect(&mut bench, name, "AT+MQTTAUTHDYN=?", &line(dynamic));
            expect(&mut bench, name, "AT+MQTTAUTHCFG=?", &line(configured));
        } else {
            for command in [
                "AUTHDYN=?",
                "AUTHDYN=2,\"u\",\"k\",\"s\",\"n\"",
                "AUTHCFG=?",
                "AUTHCFG=7",
            ] {
                expect(&mut bench, name, &format!("AT+MQTT{command}"), UNKNOWN);
            }
        }
    }
}

#[test]
fn a_will_comes_in_data_mode_where_the_manual_names_the_series() {
    for row in &ROWS {
        let (name, mut bench) = (row.0, row.bench());
        if !row.has('w') {
            expect(&mut bench, name, "AT+MQTTWILL=1,\"w\",0,0,4", PARAMETERS);
            continue;
        }
        expect(&mut bench, name, "AT+MQTTWILL=1,\"w\",0,0,4", "\r\n>\r\n");
        assert_eq!(bench.run("\"\r\nx"), escaped(OK), "{name}");
        expect(
            &mut bench,
            name,
            "AT+MQTTWILL?",
            &line("+MQTTWILL: 1,\"w\",0,0,\"\"\r\nx\""),
        );
        expect(&mut bench, name, "AT+MQTTWILL=1,\"w\",0,0,1025", PARAMETERS);
        // 1.12: unlike a publication's, its size may be 0.
        expect(&mut bench, name, "AT+MQTTWILL=1,\"w\",0,0,0", &format!("\r\n>\r\n{OK}"));
    }
}

#[test]
fn a_build_without_the_command_set_knows_none_of_it() {
    for (name, _) in BARE {
        let mut bench = Bench::new(Settings::by_name(name).unwrap());
        bench.run("ATE0\r");
        expect(&mut bench, name, "AT+MQTTCONF=1", "\r\nERROR\r\n");
        bench.run("AT+CMEE=1\r");
        for command in [
            "USER", "OPEN", "CLOSE", "SUB", "UNSUB", "PUB", "CONF", "READ", "WILL", "AUTHDYN", "AUTHCFG",
        ] {
            for form in ["=?", "?", "", "=1,\"t\",0"] {
                expect(&mut bench, name, &format!("AT+MQTT{command}{form}"), UNKNOWN);
            }
        }
        expect(&mut bench, name, "AT+CSQ", &line("+CSQ: 24,99"));
    }
}
