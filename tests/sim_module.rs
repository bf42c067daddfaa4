//! The simulated module, byte for byte: the line, data mode, unsolicited lines, faults.
#![cfg(feature = "sim")]

use std::time::Duration;

use fibocom_mqtt::sim::{EarlyCommand, Fault, Framing, Prompt, ResultOrder, Settings, UrcTiming};

mod sim_bench;

use sim_bench::{Bench, escaped};

#[test]
fn the_echo_ends_with_the_carriage_return() {
    let mut bench = Bench::new(Settings::l610());
    assert_eq!(bench.run("AT\r\n"), escaped("AT\r\r\nOK\r\n"));
    assert_eq!(bench.run("ATE0\r"), escaped("ATE0\r\r\nOK\r\n"));
    assert_eq!(bench.run("AT\r"), escaped("\r\nOK\r\n"));
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
