//! What each model takes in its arguments, and what it makes of them.

use fibocom_mqtt::sim::Settings;

use crate::sim_bench::{Bench, escaped};
use crate::{OK, PARAMETERS, ROWS, expect, x};

#[test]
fn user_takes_the_lengths_of_the_row_and_no_more() {
    for row in &ROWS {
        let (name, mut bench) = (row.0, row.bench());
        let (user, password, client_id) = row.2;
        for (lengths, expected) in [
            ((user, password, client_id), OK),
            ((user + 1, password, client_id), PARAMETERS),
            ((user, password + 1, client_id), PARAMETERS),
            ((user, password, client_id + 1), PARAMETERS),
        ] {
            let command = format!(
                "AT+MQTTUSER=1,\"{}\",\"{}\",\"{}\"",
                x(lengths.0),
                x(lengths.1),
                x(lengths.2)
            );
            expect(&mut bench, name, &command, expected);
        }
    }
}

#[test]
fn every_other_length_ends_where_the_manual_says() {
    let result = |command: &str| format!("{OK}\r\n+MQTT{command}: 1,1\r\n");
    for row in &ROWS {
        let (name, mut bench) = (row.0, row.bench());
        expect(&mut bench, name, "AT+MQTTUSER=1,\"\",\"\"", OK);
        for (keep_alive, expected) in [("0", PARAMETERS), ("301", PARAMETERS)] {
            expect(
                &mut bench,
                name,
                &format!("AT+MQTTOPEN=1,\"h\",1883,1,{keep_alive}"),
                expected,
            );
        }
        expect(
            &mut bench,
            name,
            &format!("AT+MQTTOPEN=1,\"{}\",1883,1,300", x(256)),
            PARAMETERS,
        );
        expect(
            &mut bench,
            name,
            &format!("AT+MQTTOPEN=1,\"{}\",1883,1,300", x(255)),
            &result("OPEN"),
        );
        expect(
            &mut bench,
            name,
            &format!("AT+MQTTSUB=1,\"{}\",0", x(255)),
            &result("SUB"),
        );
        expect(&mut bench, name, &format!("AT+MQTTSUB=1,\"{}\",0", x(256)), PARAMETERS);
        expect(
            &mut bench,
            name,
            &format!("AT+MQTTUNSUB=1,\"{}\"", x(255)),
            &result("UNSUB"),
        );
        expect(&mut bench, name, &format!("AT+MQTTUNSUB=1,\"{}\"", x(256)), PARAMETERS);
        expect(
            &mut bench,
            name,
            &format!("AT+MQTTPUB=1,\"{}\",0,0,\"\"", x(255)),
            &result("PUB"),
        );
        expect(
            &mut bench,
            name,
            &format!("AT+MQTTPUB=1,\"{}\",0,0,\"\"", x(256)),
            PARAMETERS,
        );
        expect(
            &mut bench,
            name,
            &format!("AT+MQTTPUB=1,\"t\",0,0,\"{}\"", x(1024)),
            &result("PUB"),
        );
        expect(
            &mut bench,
            name,
            &format!("AT+MQTTPUB=1,\"t\",0,0,\"{}\"", x(1025)),
            PARAMETERS,
        );
        expect(&mut bench, name, "AT+MQTTPUB=1,\"t\",0,0,0", PARAMETERS);
        expect(&mut bench, name, "AT+MQTTPUB=1,\"t\",0,0,1025", PARAMETERS);
        expect(&mut bench, name, "AT+MQTTPUB=1,\"t\",0,0,1024", "\r\n>\r\n");
        assert_eq!(bench.run(x(1024)), escaped(&result("PUB")), "{name}");
        expect(
            &mut bench,
            name,
            &format!("AT+MQTTWILL=1,\"{}\",0,0,\"{}\"", x(255), x(1024)),
            OK,
        );
        expect(
            &mut bench,
            name,
            &format!("AT+MQTTWILL=1,\"{}\",0,0,\"\"", x(256)),
            PARAMETERS,
        );
        expect(
            &mut bench,
            name,
            &format!("AT+MQTTWILL=1,\"t\",0,0,\"{}\"", x(1025)),
            PARAMETERS,
        );
    }
}

#[test]
fn received_payloads_end_where_the_row_says() {
    for row in &ROWS {
        let settings = Settings::by_name(row.0).unwrap();
        let most = match row.0 {
            "MA510" | "MC100E" => 1024,
            _ if settings.decode_escapes => 8192,
            _ => 1500,
        };
        let mut bench = Bench::connected(settings);
        bench.broker.inject("me", "t", x(most + 1), 0);
        assert_eq!(bench.run(""), "", "{}", row.0);
        bench.broker.inject("me", "t", x(most), 0);
        assert_eq!(
            bench.run(""),
            escaped(&format!("\r\n+MQTTMSGI: 1,0,1,{most}\r\n")),
            "{}",
            row.0
        );
    }
}

#[test]
fn a_backslash_is_decoded_on_unisoc_firmware_only() {
    for (name, expected) in [
        ("L610", "a\"b"),
        ("MG661", "a\"b"),
        ("MA510", r"a\22b"),
        ("LE270", r"a\22b"),
    ] {
        let mut bench = Bench::connected(Settings::by_name(name).unwrap());
        bench.run("AT+MQTTPUB=1,\"t\",0,0,\"a\\22b\"\r");
        assert_eq!(bench.broker.published()[0].1.payload, expected.as_bytes(), "{name}");
    }
}

#[test]
fn the_default_client_id_is_the_imei_and_the_connections_or_the_bare_imei() {
    for row in &ROWS {
        let mut bench = row.bench();
        for id in 1..=2 {
            bench.run(format!("AT+MQTTUSER={id},\"\",\"\"\r"));
            bench.run(format!("AT+MQTTOPEN={id},\"h\",1883,1,60\r"));
        }
        let ids: Vec<_> = bench.broker.opens().iter().map(|open| open.client_id.clone()).collect();
        if row.has('i') {
            assert_eq!(ids, [b"864430010012345", b"864430010012345"], "{}", row.0);
            // So the second has thrown the first one out.
            assert!(!bench.module.is_open(1) && bench.module.is_open(2), "{}", row.0);
        } else {
            assert_eq!(ids, [b"8644300100123451", b"8644300100123452"], "{}", row.0);
            assert!(bench.module.is_open(1) && bench.module.is_open(2), "{}", row.0);
        }
    }
}
