//! No secret of a device, a product or an answer is shown by trace, log or hook, or stays in the caller's memory.

use std::sync::Mutex;

use embassy_futures::select::select;
use fibocom_mqtt::sim::{Settings, World};
use fibocom_mqtt::{ConnectionId, Error, QoS, TopicFilter, Trace, Unsolicited, command};

use super::*;

/// What is shown while `act` runs: by the trace, and to the hook for what is unasked. Then no buffer holds a secret.
fn shown(world: &World, act: impl AsyncFnOnce(&mut TestModem<'_>)) -> String {
    let shown = Mutex::new(String::new());
    let mut trace = |step: Trace<'_>| *shown.lock().unwrap() += &format!("{step}\n{step:?}\n");
    let mut hook = |line: Unsolicited<'_>| *shown.lock().unwrap() += &format!("{}\n", line.as_str());
    let mut memory = roomy();
    let mut modem = l610(&mut memory, world);
    modem.set_trace(&mut trace);
    modem.set_unsolicited(&mut hook);
    world.block_on(act(&mut modem));
    drop(modem);
    assert!(!holds_secret(&memory.transmit), "in the transmit buffer");
    assert!(!holds_secret(&memory.line), "in the line buffer");
    assert!(!holds_secret(&memory.message), "in the message buffer");
    let shown = shown.into_inner().unwrap();
    assert!(!shown.contains(SECRET), "{shown}");
    shown
}

fn echoing() -> World {
    World::online(Settings::l610())
}

const CFG: &[u8] = b"\r\n+MQTTAUTHCFG: 1,\"user\",\"s3cret-password\",\"client\"\r\n\r\nOK\r\n";
const DYN: &[u8] = b"\r\nOK\r\n\r\n+MQTTAUTHDYN: 1,\"pk\",\"dn\",\"s3cret\"\r\n";

#[test]
fn commands_echoes_and_answers_show_none() {
    let world = echoing();
    world.on_command(b"AT+MQTTAUTHCFG=1", CFG);
    world.on_command(b"AT+MQTTAUTHDYN=1", DYN);
    let shown = shown(&world, async |modem| {
        let mut buffer = [0; 128];
        let credentials = modem.authenticate(&ALIYUN, &mut buffer).await.unwrap();
        assert_eq!(credentials.password(), "s3cret-password");
        let debug = format!("{credentials:?}");
        assert!(debug.contains("user") && !debug.contains(SECRET), "{debug}");
        let device = modem.register_device(&REGISTER, &mut buffer).await.unwrap();
        assert_eq!(device.device_secret(), SECRET);
    });
    assert!(
        shown.contains("AT+MQTTAUTHCFG[") && shown.contains("+MQTTAUTHDYN["),
        "{shown}"
    );
}

#[test]
fn failures_leave_none_behind() {
    for answer in [
        &b"\r\n+MQTTAUTHCFG: 1,\"user\",\"s3cret\"\r\n\r\nOK\r\n"[..],
        b"\r\n+MQTTAUTHCFG: 1,\"user\",\"s3cret\",\"c\"\r\n\r\nERROR\r\n",
        b"\r\n+MQTTAUTHCFG: 1,\"user\",\"s3cret\",\"c\"\r\n",
        b"\r\n+MQTTAUTHCFG: 1,\"user\",\"s3\r\ncret\",\"s3cret\"\r\n\r\nOK\r\n",
        b"\r\n+MQTTAUT\xffCFG: 1,\"user\",\"s3cret\",\"c\"\r\n\r\nOK\r\n",
        b"G=1,\"pk\",\"dn\",\"s3cret\",0\r\r\nOK\r\n",
    ] {
        let world = echoing();
        world.on_command(b"AT+MQTTAUTHCFG=1", answer);
        shown(&world, async |modem| {
            assert!(modem.authenticate(&ALIYUN, &mut [0; 64]).await.is_err());
        });
    }
    // A buffer too small, and a line too long.
    let world = echoing();
    world.on_command(b"AT+MQTTAUTHCFG=1", CFG);
    let long = format!(
        "\r\n+MQTTAUTHCFG: 3,\"u\",\"{}\",\"c\"\r\n\r\nOK\r\n",
        SECRET.repeat(100)
    );
    world.on_command(b"AT+MQTTAUTHCFG=3", long.as_bytes());
    shown(&world, async |modem| {
        let ended = modem.authenticate(&ALIYUN, &mut [0; 8]).await.map(drop);
        assert!(matches!(ended, Err(Error::AnswerBuffer { .. })));
        let ended = modem
            .authenticate(&Huawei::new("id", SECRET), &mut [0; 8])
            .await
            .map(drop);
        assert!(matches!(ended, Err(Error::LineBuffer { .. })));
    });
}

#[test]
fn a_command_of_atats_leaves_none_behind() {
    let world = echoing();
    world.on_command(b"AT+MQTTAUTHCFG=1", CFG);
    shown(&world, async |modem| {
        let command = command::AuthCfg::<_, 64>::new(ALIYUN, Default::default()).unwrap();
        let answer = modem.send(&command).await.unwrap();
        assert_eq!(answer.password, b"s3cret-password");
    });
}

#[test]
fn a_dropped_call_shows_none_whenever_it_is_dropped() {
    for (answer, register) in [(CFG, false), (DYN, true)] {
        for at in 0..answer.len() {
            let world = echoing();
            world.on_command(b"AT+MQTTAUTH", b"");
            let (early, late) = answer.split_at(at);
            shown(&world, async |modem| {
                let mut buffer = [0; 128];
                let pause = async {
                    sleep(&world, SECOND).await;
                    world.emit_raw(early);
                    sleep(&world, SECOND).await;
                };
                if register {
                    let _ = select(modem.register_device(&REGISTER, &mut buffer), pause).await;
                } else {
                    let _ = select(modem.authenticate(&ALIYUN, &mut buffer), pause).await;
                }
                world.emit_raw(late);
                modem.send(&command::ReadSignal).await.unwrap();
            });
        }
    }
}

#[test]
fn a_dropped_call_leaves_none_behind_where_nothing_follows_but_its_end() {
    for (answer, register) in [(CFG, false), (DYN, true)] {
        let world = echoing();
        world.on_command(b"AT+MQTTAUTH", b"");
        shown(&world, async |modem| {
            let mut buffer = [0; 128];
            let pause = sleep(&world, SECOND);
            if register {
                let _ = select(modem.register_device(&REGISTER, &mut buffer), pause).await;
            } else {
                let _ = select(modem.authenticate(&ALIYUN, &mut buffer), pause).await;
            }
            world.emit_raw(answer);
            let mut client = modem.client(ConnectionId::FIRST);
            let filter = TopicFilter::new("t").unwrap();
            assert_eq!(
                client.subscribe(filter, QoS::AtMostOnce).await,
                Err(Error::NotConnected)
            );
        });
        assert_eq!(world.record().commands().len(), 1, "something followed");
    }
}

#[test]
fn a_late_result_shows_none_whole_or_in_pieces() {
    let line = &DYN[8..];
    for at in 0..line.len() {
        let (first, second) = line.split_at(at);
        // As it came, broken by a line end, and disturbed.
        for between in [&b""[..], b"\r\n", b"\xff"] {
            let world = echoing();
            world.on_command(b"AT+MQTTAUTHDYN=1", b"\r\nOK\r\n");
            shown(&world, async |modem| {
                let ended = modem.register_device(&REGISTER, &mut [0; 128]).await.map(drop);
                assert_eq!(ended, Err(Error::Unknown));
                world.emit_raw(first);
                modem.send(&command::ReadSignal).await.unwrap();
                world.emit_raw(&[between, second].concat());
                modem.send(&command::ReadSignal).await.unwrap();
            });
        }
    }
}

#[test]
fn a_result_in_pieces_shows_none() {
    let line = &DYN[8..];
    for at in 1..line.len() - 2 {
        let (first, second) = line.split_at(at);
        let world = echoing();
        world.on_command(b"AT+MQTTAUTHDYN=1", &[&DYN[..8], first, b"\r\n", second].concat());
        shown(&world, async |modem| {
            let ended = modem.register_device(&REGISTER, &mut [0; 128]).await.map(drop);
            assert!(ended.is_err(), "cut at {at}");
            let _ = modem.send(&command::ReadSignal).await;
        });
    }
}

#[test]
fn an_answer_with_other_lines_in_its_middle_shows_none() {
    let secret = SECRET.repeat(6);
    let (cfg, dynamic) = (
        format!("\r\n+MQTTAUTHCFG: 1,\"user\",\"{secret}\",\"client\"\r\n\r\nOK\r\n"),
        format!("\r\nOK\r\n\r\n+MQTTAUTHDYN: 1,\"pk\",\"dn\",\"{secret}\"\r\n"),
    );
    for (answer, register) in [(&cfg, false), (&dynamic, true)] {
        for other in [
            "\r\n",
            "\r\n+CREG: 1\r\n",
            "\r\n+SIM READY\r\n",
            "\r\n+MQTTBREAK: 1,1\r\n",
            "\r\nMQTTAUTHEVENT: 4,\"RESET\"\r\n",
            "\r\n+MQTTAUTHDYN: 2,1\r\n",
            "\r\n>\r\n",
            "\u{ff}",
        ] {
            for at in 0..answer.len() {
                let (first, second) = answer.split_at(at);
                let world = echoing();
                world.on_command(b"AT+MQTTAUTH", [first, other, second].concat().as_bytes());
                shown(&world, async |modem| {
                    let mut buffer = [0; 128];
                    if register {
                        let _ = modem.register_device(&REGISTER, &mut buffer).await;
                    } else {
                        let _ = modem.authenticate(&ALIYUN, &mut buffer).await;
                    }
                    let _ = modem.send(&command::ReadSignal).await;
                });
            }
        }
    }
}
