//! The simulated module, byte for byte.
#![cfg(feature = "sim")]

use std::time::Duration;

use fibocom_mqtt::sim::{
    BreakCause, EarlyCommand, Fault, Framing, MemoryBroker, Module, NetworkNeed, Prompt, ResultOrder, Settings, Sim,
    UrcTiming,
};

/// A module, a broker, and a hand that types.
struct Bench {
    module: Module,
    broker: MemoryBroker,
    now: Duration,
}

impl Bench {
    /// A module that has its network.
    fn new(settings: Settings) -> Self {
        Self::offline(settings.online())
    }

    fn offline(settings: Settings) -> Self {
        let broker = MemoryBroker::new();
        let module = Module::new(settings, Box::new(broker.network()));
        Self {
            module,
            broker,
            now: Duration::ZERO,
        }
    }

    /// Connection 1 is open, messages are stored, echo is off.
    fn connected(settings: Settings) -> Self {
        let mut bench = Self::new(settings);
        bench.run("ATE0\r");
        bench.run("AT+CMEE=1\r");
        bench.run("AT+MQTTCONF=1\r");
        bench.run("AT+MQTTUSER=1,\"user\",\"secret\",\"me\"\r");
        bench.run("AT+MQTTOPEN=1,\"broker\",1883,1,60\r");
        assert!(bench.module.is_open(1));
        bench
    }

    fn write(&mut self, bytes: impl AsRef<[u8]>) -> Vec<u8> {
        self.module.receive(bytes.as_ref(), self.now);
        self.module.take_output()
    }

    fn wait(&mut self, duration: Duration) -> Vec<u8> {
        self.now += duration;
        self.module.poll(self.now);
        self.module.take_output()
    }

    /// Writes, waits a second, and gives what came.
    fn run(&mut self, text: impl AsRef<[u8]>) -> String {
        let mut output = self.write(text);
        output.extend(self.wait(Duration::from_secs(1)));
        output.escape_ascii().to_string()
    }
}

fn escaped(text: &str) -> String {
    text.as_bytes().escape_ascii().to_string()
}

#[test]
fn the_echo_ends_with_the_carriage_return() {
    let mut bench = Bench::new(Settings::l610());
    assert_eq!(bench.run("AT\r\n"), escaped("AT\r\r\nOK\r\n"));
    assert_eq!(bench.run("ATE0\r"), escaped("ATE0\r\r\nOK\r\n"));
    assert_eq!(bench.run("AT\r"), escaped("\r\nOK\r\n"));
}

#[test]
fn the_whole_open_as_in_the_field_notes() {
    let mut bench = Bench::new(Settings::l610());
    bench.run("AT+MQTTUSER=1,\"\",\"\"\r");
    let exchange = "AT+MQTTOPEN=1,\"h\",1883,1,60\r\r\nOK\r\n\r\n+MQTTOPEN: 1,1\r\n";
    assert_eq!(bench.run("AT+MQTTOPEN=1,\"h\",1883,1,60\r\n"), escaped(exchange));
}

#[test]
fn ok_and_result_come_at_their_times() {
    let mut bench = Bench::connected(Settings::l610());
    assert_eq!(bench.write("AT+MQTTSUB=1,\"t\",1\r"), b"");
    assert_eq!(bench.wait(Duration::from_millis(4)), b"");
    assert_eq!(bench.wait(Duration::from_millis(1)), b"\r\nOK\r\n");
    assert_eq!(bench.wait(Duration::from_millis(29)), b"");
    assert_eq!(bench.wait(Duration::from_millis(1)), b"\r\n+MQTTSUB: 1,1\r\n");
}

#[test]
fn information_lines_share_their_empty_line() {
    let mut bench = Bench::connected(Settings::l610());
    let expected = "\r\nManufacturer: Fibocom Wireless Inc.\r\nModel: L610-CN-62-36\r\n\
                    Revision: 16000.1208.00.86.02.02\r\n\r\nOK\r\n";
    assert_eq!(bench.run("ATI\r"), escaped(expected));
    assert_eq!(bench.run("AT+CGMM\r"), escaped("\r\nL610-CN-62-36\r\n\r\nOK\r\n"));
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
fn data_mode_takes_its_count_and_not_a_byte_more() {
    let mut bench = Bench::connected(Settings::l610());
    let listener = bench.broker.client("listener");
    listener.subscribe("t", 2);
    assert_eq!(bench.run("AT+MQTTPUB=1,\"t\",1,0,6\r"), escaped("\r\n>\r\n"));
    assert_eq!(bench.run(b"AT\r\nA\x80"), escaped("\r\nOK\r\n\r\n+MQTTPUB: 1,1\r\n"));
    assert_eq!(bench.run("AT\r"), escaped("\r\nOK\r\n"));
    assert_eq!(listener.received()[0].payload, b"AT\r\nA\x80");
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
fn orders_of_ok_and_result() {
    for (order, expected) in [
        (ResultOrder::OkFirst, "\r\nOK\r\n\r\n+MQTTSUB: 1,1\r\n"),
        (ResultOrder::ResultFirst, "\r\n+MQTTSUB: 1,1\r\n\r\nOK\r\n"),
        (ResultOrder::BackToBack, "\r\nOK\r\n\r\n+MQTTSUB: 1,1\r\n"),
    ] {
        let mut bench = Bench::connected(Settings {
            result_order: order,
            ..Settings::l610()
        });
        bench.write("AT+MQTTSUB=1,\"t\",1\r");
        let early = bench.wait(Duration::from_millis(20));
        assert_eq!(early.is_empty(), order != ResultOrder::OkFirst);
        let all = [early, bench.wait(Duration::from_millis(15))].concat();
        assert_eq!(all.escape_ascii().to_string(), escaped(expected));
    }
}

#[test]
fn prompts_and_framings() {
    for (prompt, expected) in [
        (Prompt::Framed, "\r\n>\r\n"),
        (Prompt::Stock, "\r\n> "),
        (Prompt::Bare, ">"),
        (Prompt::Spaced, "> \r\n"),
    ] {
        let mut bench = Bench::connected(Settings {
            prompt,
            ..Settings::l610()
        });
        assert_eq!(bench.run("AT+MQTTPUB=1,\"t\",0,0,1\r"), escaped(expected));
    }
    for (framing, expected) in [
        (Framing::CrLf, "\r\n+CSQ: 24,99\r\n\r\nOK\r\n"),
        (Framing::Lf, "\n+CSQ: 24,99\n\nOK\n"),
        (Framing::Plain, "+CSQ: 24,99\r\nOK\r\n"),
    ] {
        let mut bench = Bench::connected(Settings {
            framing,
            ..Settings::l610()
        });
        assert_eq!(bench.run("AT+CSQ\r"), escaped(expected));
    }
    let mut bench = Bench::connected(Settings {
        space_after_colon: false,
        ..Settings::l610()
    });
    assert_eq!(bench.run("AT+CSQ\r"), escaped("\r\n+CSQ:24,99\r\n\r\nOK\r\n"));
}

#[test]
fn data_that_never_comes_ends_data_mode() {
    let mut bench = Bench::connected(Settings::l610());
    let listener = bench.broker.client("listener");
    listener.subscribe("t", 2);
    // Nothing came: ERROR, nothing is published.
    bench.run("AT+MQTTPUB=1,\"t\",1,0,6\r");
    assert_eq!(bench.wait(Duration::from_secs(28)), b"");
    assert_eq!(bench.wait(Duration::from_secs(2)), b"\r\nERROR\r\n");
    // A part came: it is published.
    bench.run("AT+MQTTPUB=1,\"t\",1,0,6\r");
    assert_eq!(bench.run("abc"), "");
    assert_eq!(bench.wait(Duration::from_secs(30)), b"\r\nOK\r\n\r\n+MQTTPUB: 1,1\r\n");
    let received = listener.received();
    assert_eq!(received.len(), 1);
    assert_eq!(received[0].payload, b"abc");
    assert_eq!(bench.module.record().data(), [b"".to_vec(), b"abc".to_vec()]);
}

#[test]
fn a_module_of_the_newer_manual_waits_for_ever() {
    let mut bench = Bench::connected(Settings {
        data_limit: None,
        ..Settings::l610()
    });
    bench.run("AT+MQTTPUB=1,\"t\",1,0,3\r");
    assert_eq!(bench.wait(Duration::from_secs(3600)), b"");
    // The next command is data.
    assert_eq!(bench.run("AT\r"), escaped("\r\nOK\r\n\r\n+MQTTPUB: 1,1\r\n"));
}

#[test]
fn data_before_the_prompt_and_commands_before_the_result_are_lost() {
    let mut bench = Bench::connected(Settings::l610());
    assert_eq!(bench.run("AT+MQTTPUB=1,\"t\",1,0,3\rabc"), escaped("\r\n>\r\n"));
    assert_eq!(bench.run("xyz"), escaped("\r\nOK\r\n\r\n+MQTTPUB: 1,1\r\n"));
    assert_eq!(bench.run("AT+CSQ\rAT+CGSN\r"), escaped("\r\n+CSQ: 24,99\r\n\r\nOK\r\n"));
    assert_eq!(bench.module.record().lost_commands(), ["AT+CGSN"]);
    assert_eq!(bench.module.record().data(), [b"xyz".to_vec()]);
    // Begun too early and ended in time: lost as a whole.
    bench.write("AT\rAT+CG");
    bench.wait(Duration::from_millis(10));
    assert_eq!(bench.run("SN\r"), "");
    assert_eq!(bench.run("AT\r"), escaped("\r\nOK\r\n"));

    let mut bench = Bench::connected(Settings {
        early_command: EarlyCommand::Refused,
        ..Settings::l610()
    });
    assert_eq!(bench.run("AT\rAT+CSQ\r"), escaped("\r\nERROR\r\n\r\nOK\r\n"));
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
fn unsolicited_lines_wait_for_the_final_result() {
    let mut bench = Bench::connected(Settings::l610());
    bench.write("AT+CSQ\r");
    bench.broker.inject("me", "t", "x", 0);
    assert_eq!(bench.wait(Duration::from_millis(2)), b"");
    let expected = b"\r\n+CSQ: 24,99\r\n\r\nOK\r\n\r\n+MQTTMSGI: 1,0,1,1\r\n";
    assert_eq!(bench.wait(Duration::from_secs(1)), expected);
    // Data mode included; the oldest are dropped when there are too many.
    bench.run("AT+MQTTCONF=0\r");
    bench.run("AT+MQTTPUB=1,\"t\",0,0,1\r");
    for number in 0..40 {
        bench.broker.inject("me", "t", format!("{number}"), 0);
    }
    assert_eq!(bench.run(""), "");
    let output = bench.run("x");
    assert_eq!(output.matches("+MQTTMSG:").count(), 32);
    assert!(
        !output.contains("\\\"7\\\"") && output.contains("\\\"8\\\""),
        "{output}"
    );
}

#[test]
fn an_impolite_module_interrupts_itself() {
    let mut bench = Bench::connected(Settings {
        urc_timing: UrcTiming::AtOnce,
        ..Settings::l610()
    });
    bench.write("AT+CSQ\r");
    bench.module.emit_urc(b"+SIM READY");
    let between = bench.wait(Duration::from_millis(3));
    assert_eq!(between, b"\r\n+SIM READY\r\n\r\n+CSQ: 24,99\r\n");
    bench.module.emit_urc(b"+SIM READY");
    assert_eq!(bench.wait(Duration::from_secs(1)), b"\r\n+SIM READY\r\n\r\nOK\r\n");

    let mut bench = Bench::connected(Settings::l610().fault(Fault::UrcInside));
    let ready = "\r\n+SIM READY\r\n";
    let expected = format!("{ready}\r\n+CSQ: 24,99\r\n{ready}\r\nOK\r\n");
    assert_eq!(bench.run("AT+CSQ\r"), escaped(&expected));
    assert_eq!(
        bench.run("AT+MQTTPUB=1,\"t\",0,0,1\r"),
        escaped(&format!("{ready}{ready}\r\n>\r\n"))
    );
    assert_eq!(
        bench.run("x"),
        escaped(&format!("{ready}\r\nOK\r\n{ready}\r\n+MQTTPUB: 1,1\r\n"))
    );
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
        open.tls
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
        b"\r\nAT command ready\r\n\r\n+SIM READY\r\n"
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

#[test]
fn faults_do_what_they_say() {
    let with = |fault| Bench::connected(Settings::l610().fault(fault));
    let mut bench = Bench::new(Settings::l610());
    bench.run("ATE0\rAT+CMEE=1\r");
    bench.run("AT+CMEE=1\r");
    bench.run("AT+MQTTUSER=1,\"\",\"\"\r");
    let open = "AT+MQTTOPEN=1,\"h\",1883,1,60\r";
    for (fault, expected) in [
        (Fault::OpenCme(703), "\r\n+CME ERROR: 703\r\n"),
        (Fault::OpenRefused, "\r\nOK\r\n\r\n+MQTTOPEN: 1,0\r\n"),
        (Fault::OpenNoResult, "\r\nOK\r\n"),
    ] {
        bench.module.settings_mut().faults = vec![fault];
        assert_eq!(bench.run(open), escaped(expected), "{fault}");
        assert!(bench.broker.opens().is_empty());
    }
    let publish = "AT+MQTTPUB=1,\"t\",1,0,\"x\"\r";
    let mut bench = with(Fault::PubNoResult);
    assert_eq!(bench.run(publish), escaped("\r\nOK\r\n"));
    assert_eq!(bench.broker.published().len(), 1);
    let mut bench = with(Fault::PubRefused);
    assert_eq!(bench.run(publish), escaped("\r\nOK\r\n\r\n+MQTTPUB: 1,0\r\n"));
    assert_eq!(bench.broker.published().len(), 0);
    assert_eq!(
        with(Fault::SubRefused).run("AT+MQTTSUB=1,\"t\",0\r"),
        escaped("\r\nOK\r\n\r\n+MQTTSUB: 1,0\r\n")
    );
    assert_eq!(with(Fault::NoPrompt).run("AT+MQTTPUB=1,\"t\",1,0,3\r"), "");
    assert_eq!(
        with(Fault::Garbage).run("AT\r"),
        "\\xff\\xfe\\x00\\x80\\xc1\\r\\nOK\\r\\n"
    );

    let mut bench = Bench::new(Settings::l610().fault(Fault::Silent));
    assert_eq!(bench.run("AT\r"), "");
    let mut bench = Bench::new(Settings::l610().fault(Fault::SilentAfter(1)));
    assert_eq!(bench.run("AT\r"), escaped("AT\r\r\nOK\r\n"));
    assert_eq!(bench.run("AT\r"), "");
    let mut bench = Bench::new(Settings::l610().fault(Fault::NoOk));
    assert_eq!(bench.run("AT+CSQ\r"), escaped("AT+CSQ\r\r\n+CSQ: 24,99\r\n"));
    let mut bench = Bench::new(Settings::l610().fault(Fault::LateOk(Duration::from_millis(700))));
    bench.write("ATE0\r");
    assert_eq!(bench.wait(Duration::from_millis(704)), b"");
    assert_eq!(bench.wait(Duration::from_millis(1)), b"\r\nOK\r\n");

    let mut bench = Bench::connected(Settings::l610());
    bench.module.settings_mut().faults = vec![Fault::DropUrc, Fault::ReadUnquoted];
    bench.broker.inject("me", "t", "x", 0);
    assert_eq!(bench.run(""), "");
    assert_eq!(
        bench.run("AT+MQTTREAD=1\r"),
        escaped("\r\n+MQTTREAD: 1,0,1,1,t,x\r\n\r\nOK\r\n")
    );
}

#[test]
fn lines_that_are_no_commands_get_no_answer() {
    let mut bench = Bench::new(Settings::l610());
    assert_eq!(bench.run("\r\n\r\nhello\r"), "");
    assert_eq!(bench.run(b"\xFF\xFEAT\r"), escaped("AT\r\r\nOK\r\n"));
    assert_eq!(bench.run(format!("AT+MQTTUSER=1,\"{}\"\r", "x".repeat(13_000))), "");
    assert_eq!(bench.run("at+cmee?\r"), escaped("at+cmee?\r\r\n+CMEE: 0\r\n\r\nOK\r\n"));
    assert_eq!(bench.run("ATX\x08\r"), escaped("AT\r\r\nOK\r\n"));
}

#[test]
fn answers_can_be_dictated() {
    let mut bench = Bench::connected(Settings::l610());
    bench.module.on_command_once(b"AT+CSQ", b"\r\n+CSQ: 1,99\r\n");
    assert_eq!(bench.run("AT+CSQ\r"), escaped("\r\n+CSQ: 1,99\r\n"));
    assert_eq!(bench.run("AT+CSQ\r"), escaped("\r\n+CSQ: 24,99\r\n\r\nOK\r\n"));
    bench.module.on_command(b"AT+MQTTPUB", b"\r\nERROR\r\n");
    assert_eq!(bench.run("AT+MQTTPUB=1,\"t\",1,0,\"x\"\r"), escaped("\r\nERROR\r\n"));
    assert!(bench.broker.published().is_empty());
}

#[test]
fn any_bytes_are_survived() {
    // A small generator: the same bytes every time.
    let mut state = 0x2545_F491_u32;
    let mut random = || {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        state
    };
    let words: [&[u8]; 14] = [
        b"AT",
        b"+MQTT",
        b"PUB=",
        b"OPEN=",
        b"1,",
        b"\"",
        b"\\",
        b"?",
        b"=?",
        b"\r",
        b"\n",
        b",",
        b"1024",
        b"READ=1\r",
    ];
    let mut bench = Bench::connected(Settings::l610());
    for _ in 0..20_000 {
        let number = random();
        match words.get(number as usize % 20) {
            Some(word) => bench.write(word),
            None => bench.write([(number >> 8) as u8]),
        };
        if number % 7 == 0 {
            bench.wait(Duration::from_millis(u64::from(number >> 16) % 50));
        }
    }
    bench.wait(Duration::from_secs(60));
    bench.run("\r");
    assert!(bench.run("AT\r").ends_with(&escaped("\r\nOK\r\n")));
}
