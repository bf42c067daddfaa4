//! The simulated module, byte for byte: what a firmware may do differently and a driver has to find out by trying.
#![cfg(feature = "sim")]

use fibocom_mqtt::sim::{MemoryBroker, Settings};

mod sim_bench;

use sim_bench::{Bench, escaped};

const OK: &str = "\r\nOK\r\n";
const ERROR: &str = "\r\nERROR\r\n";
const PROMPT: &str = "\r\n>\r\n";
const PUBLISHED: &str = "\r\nOK\r\n\r\n+MQTTPUB: 1,1\r\n";

/// An L610 with these knobs, connected.
fn with(knobs: &[(&str, &str)]) -> Bench {
    let mut settings = Settings::l610();
    for (knob, value) in knobs {
        settings.set(knob, value).unwrap();
    }
    Bench::connected(settings)
}

fn last(broker: &MemoryBroker) -> Vec<u8> {
    broker
        .published()
        .last()
        .expect("something was published")
        .1
        .payload
        .clone()
}

#[test]
fn hex_digits_in_data_mode_where_the_size_counts_bytes() {
    let mut bench = with(&[("data-form", "hex-bytes")]);
    assert_eq!(bench.run("AT+MQTTPUB=1,\"t\",1,0,3\r"), escaped(PROMPT));
    assert_eq!(bench.run("0D0a7"), "");
    assert_eq!(bench.run("F"), escaped(PUBLISHED));
    assert_eq!(last(&bench.broker), b"\r\n\x7F");
    // A host that sends raw bytes is caught by the count, and then by what they are.
    bench.run("AT+MQTTPUB=1,\"t\",1,0,3\r");
    assert_eq!(bench.run("xyz"), "");
    assert_eq!(bench.run("xyz"), escaped(ERROR));
    assert_eq!(bench.broker.published().len(), 1);
    // The size is still that of the payload.
    assert_eq!(
        bench.run("AT+MQTTPUB=1,\"t\",1,0,1025\r"),
        escaped("\r\n+CME ERROR: 53\r\n")
    );
    bench.run("AT+MQTTPUB=1,\"t\",1,0,1024\r");
    assert_eq!(bench.run("41".repeat(1024)), escaped(PUBLISHED));
    assert_eq!(last(&bench.broker), b"A".repeat(1024));
}

#[test]
fn hex_digits_in_data_mode_where_the_size_counts_digits() {
    let mut bench = with(&[("data-form", "hex-digits")]);
    assert_eq!(bench.run("AT+MQTTPUB=1,\"t\",1,0,4\r"), escaped(PROMPT));
    assert_eq!(bench.run("6869"), escaped(PUBLISHED));
    assert_eq!(last(&bench.broker), b"hi");
    for (size, data) in [(3, "686"), (4, "+1+2"), (2, "6g")] {
        bench.run(format!("AT+MQTTPUB=1,\"t\",1,0,{size}\r"));
        assert_eq!(bench.run(data), escaped(ERROR), "{data}");
    }
    assert_eq!(bench.broker.published().len(), 1);
    // What came until the limit counts, if it is whole.
    bench.run("AT+MQTTPUB=1,\"t\",1,0,4\r");
    bench.run("21");
    assert_eq!(bench.wait(std::time::Duration::from_secs(30)), PUBLISHED.as_bytes());
    assert_eq!(last(&bench.broker), b"!");
}

#[test]
fn a_will_takes_the_same_form_of_data() {
    let mut bench = with(&[("data-form", "hex-bytes"), ("will-data-mode", "yes")]);
    assert_eq!(bench.run("AT+MQTTWILL=1,\"w\",0,0,2\r"), escaped(PROMPT));
    assert_eq!(bench.run("4f4B"), escaped(OK));
    let expected = "\r\n+MQTTWILL: 1,\"w\",0,0,\"OK\"\r\n\r\nOK\r\n";
    assert_eq!(bench.run("AT+MQTTWILL?\r"), escaped(expected));
}

#[test]
fn a_backslash_is_kept_where_it_is_no_escape() {
    let mut bench = with(&[("decode-escapes", "no")]);
    assert_eq!(bench.run("AT+MQTTPUB=1,\"t\",0,0,\"a\\22b\\00\"\r"), escaped(PUBLISHED));
    assert_eq!(last(&bench.broker), br"a\22b\00");
    let mut bench = with(&[("decode-escapes", "yes")]);
    bench.run("AT+MQTTPUB=1,\"t\",0,0,\"a\\22b\\00\"\r");
    assert_eq!(last(&bench.broker), b"a\"b");
}

#[test]
fn messages_with_and_without_quotes() {
    for (read, direct) in [("yes", "no"), ("no", "yes")] {
        let mut bench = with(&[("quote-read", read), ("quote-direct", direct)]);
        let quote = |knob| if knob == "yes" { "\"" } else { "" };
        bench.broker.inject("me", "t/1", "a,b", 1);
        bench.run("");
        let quotes = quote(read);
        let expected = format!("\r\n+MQTTREAD: 1,1,3,3,{quotes}t/1{quotes},{quotes}a,b{quotes}\r\n{OK}");
        assert_eq!(bench.run("AT+MQTTREAD=1\r"), escaped(&expected));
        bench.run("AT+MQTTCONF=0\r");
        bench.broker.inject("me", "t/1", "a,b", 1);
        let quotes = quote(direct);
        let expected = format!("\r\n+MQTTMSG: 1,1,{quotes}t/1{quotes},{quotes}a,b{quotes}\r\n");
        assert_eq!(bench.run(""), escaped(&expected));
    }
}

#[test]
fn spaces_come_and_go() {
    for (colon, comma, expected) in [
        ("yes", "no", "\r\n+MQTTMSG: 1,0,\"t\",\"x\"\r\n"),
        ("no", "no", "\r\n+MQTTMSG:1,0,\"t\",\"x\"\r\n"),
        ("yes", "yes", "\r\n+MQTTMSG: 1, 0, \"t\", \"x\"\r\n"),
        ("no", "yes", "\r\n+MQTTMSG:1, 0, \"t\", \"x\"\r\n"),
    ] {
        let mut bench = with(&[("space-after-colon", colon), ("space-after-comma", comma)]);
        bench.run("AT+MQTTCONF=0\r");
        bench.broker.inject("me", "t", "x", 0);
        assert_eq!(bench.run(""), escaped(expected));
    }
}

#[test]
fn a_publication_at_qos_0_has_a_result_or_none() {
    let publish = "AT+MQTTPUB=1,\"t\",0,0,\"x\"\r";
    assert_eq!(with(&[("qos0-result", "yes")]).run(publish), escaped(PUBLISHED));
    let mut bench = with(&[("qos0-result", "no")]);
    assert_eq!(bench.run(publish), escaped(OK));
    assert_eq!(bench.run("AT+MQTTPUB=1,\"t\",1,0,\"x\"\r"), escaped(PUBLISHED));
    assert_eq!(bench.broker.published().len(), 2);
}

#[test]
fn a_firmware_may_take_more_than_it_says() {
    let mut bench = with(&[("max-publish", "4096"), ("stated-publish", "1024")]);
    let expected = "\r\n+MQTTPUB: (1,2,101,102),255,(0-2),(0,1),1024\r\n\r\nOK\r\n";
    assert_eq!(bench.run("AT+MQTTPUB=?\r"), escaped(expected));
    assert_eq!(
        bench.run("AT+MQTTPUB=1,\"t\",0,0,4097\r"),
        escaped("\r\n+CME ERROR: 53\r\n")
    );
    assert_eq!(bench.run("AT+MQTTPUB=1,\"t\",0,0,4096\r"), escaped(PROMPT));
    assert_eq!(bench.run("x".repeat(4096)), escaped(PUBLISHED));
    assert_eq!(last(&bench.broker).len(), 4096);
    // Or say what it takes.
    let expected = "\r\n+MQTTWILL: (1,2,101,102),255,(0-2),(0,1),4096\r\n\r\nOK\r\n";
    assert_eq!(
        with(&[("max-publish", "4096")]).run("AT+MQTTWILL=?\r"),
        escaped(expected)
    );
}

/// Three messages come and are not read, then each read until there is none: the announcements and what is read.
fn three_into_one(overflow: &str) -> (usize, Vec<String>) {
    let mut bench = with(&[("store", "1"), ("overflow", overflow)]);
    for payload in ["1", "2", "3"] {
        bench.broker.inject("me", "t", payload, 1);
    }
    let announced = bench.run("").matches("+MQTTMSGI: 1,1,1,1").count();
    let mut read = Vec::new();
    while bench.module.stored(1) > 0 {
        let answer = bench.run("AT+MQTTREAD=1\r");
        let payload = answer.split("\\\"t\\\",\\\"").nth(1).and_then(|rest| rest.get(..1));
        read.push(payload.expect("a payload of one digit").to_owned());
    }
    (announced, read)
}

#[test]
fn a_store_of_one_keeps_the_oldest_the_newest_or_lets_the_others_wait() {
    assert_eq!(three_into_one("drop-newest"), (1, vec!["1".to_owned()]));
    // All three were announced, one is there.
    assert_eq!(three_into_one("drop-oldest"), (3, vec!["3".to_owned()]));
    let all = ["1", "2", "3"].map(str::to_owned);
    assert_eq!(three_into_one("wait"), (1, all.to_vec()));
}

/// Eight lines arise in data mode: which of them come out behind it.
fn held(buffer: &str) -> Vec<usize> {
    let mut bench = with(&[("urc-buffer", buffer)]);
    bench.run("AT+MQTTPUB=1,\"t\",1,0,1\r");
    for number in 0..8 {
        bench.module.emit_urc(format!("+CREG: {number}").as_bytes());
    }
    assert_eq!(bench.run(""), "");
    let output = bench.run("x");
    assert!(
        output.starts_with(&escaped(OK)) && output.ends_with(&escaped("+MQTTPUB: 1,1\r\n")),
        "{output}"
    );
    (0..8)
        .filter(|number| output.contains(&format!("+CREG: {number}")))
        .collect()
}

#[test]
fn lines_held_back_are_limited_by_number_and_by_bytes_and_the_oldest_go() {
    assert_eq!(held("32,4096"), (0..8).collect::<Vec<_>>());
    assert_eq!(held("3,4096"), [5, 6, 7]);
    // Each has 8 bytes.
    assert_eq!(held("32,40"), [3, 4, 5, 6, 7]);
    assert_eq!(held("32,39"), [4, 5, 6, 7]);
    assert_eq!(held("0,4096"), []);
}

#[test]
fn the_limit_of_the_firmware_is_4096_bytes() {
    let mut bench = with(&[]);
    bench.run("AT+MQTTCONF=0\r");
    bench.run("AT+MQTTPUB=1,\"t\",1,0,1\r");
    // Lines of 1024 bytes: +MQTTMSG: 1,0,"t","…".
    for letter in ["a", "b", "c", "d", "e"] {
        bench.broker.inject("me", "t", letter.repeat(1024 - 20), 0);
    }
    bench.run("");
    let output = bench.run("x");
    assert_eq!(output.matches("+MQTTMSG: ").count(), 4);
    assert!(!output.contains("aaa") && output.contains("bbb"));
}
