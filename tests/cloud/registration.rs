//! `AT+MQTTAUTHDYN`: a device gets its secret, and goes on with it.

use embassy_futures::join::join;
use fibocom_mqtt::{Error, ModuleError, command};

use super::*;

/// Runs a registration that is answered with these bytes, in pieces of every size.
fn registered<R: Registration>(request: &R, command: &str, answer: &[u8], check: impl Fn(&R::Device<'_>)) {
    for most in 1..=answer.len() {
        let world = online();
        world.on_command(command.as_bytes(), answer);
        let mut memory = roomy();
        let mut modem = chopped(&mut memory, &world, most);
        let mut buffer = [0; 256];
        let device = world.block_on(modem.register_device(request, &mut buffer)).unwrap();
        check(&device);
        let shown = format!("{device:?}");
        assert!(shown.contains("[redacted]") && !shown.contains(SECRET), "{shown}");
        assert_eq!(world.record().commands(), [command]);
    }
}

/// The answer in both orders, and with blanks.
fn orders(line: &str) -> [Vec<u8>; 3] {
    [
        format!("\r\nOK\r\n\r\n{line}\r\n").into_bytes(),
        format!("\r\n{line}\r\n\r\nOK\r\n").into_bytes(),
        format!("\r\nOK\r\n\r\n{}\r\n", line.replace("\",", "\", ")).into_bytes(),
    ]
}

#[test]
fn each_cloud_gives_a_device_its_secret_in_either_order() {
    for answer in orders(r#"+MQTTAUTHDYN: 1,"pk","dn","s3cret""#) {
        let command = r#"AT+MQTTAUTHDYN=1,"host",443,"pk","product-s3cret","dn""#;
        registered(&REGISTER, command, &answer, |device| {
            assert_eq!((device.product_key(), device.device_name()), ("pk", "dn"));
            assert_eq!(device.device_secret(), SECRET);
            assert_eq!(device.request(), ALIYUN);
        });
    }
    let tencent = TencentRegistration::new("/register", "pk", "product-s3cret", "dn");
    let command = r#"AT+MQTTAUTHDYN=2,"/register","pk","product-s3cret","dn""#;
    for answer in orders(r#"+MQTTAUTHDYN: 2,2,"s3cret""#) {
        registered(&tencent, command, &answer, |device| {
            assert_eq!(device.device_secret(), Some(SECRET));
            assert_eq!(device.request(), Some(Tencent::new("pk", "dn", SECRET)));
        });
    }
    for answer in orders("+MQTTAUTHDYN: 2,1") {
        registered(&tencent, command, &answer, |device| {
            assert_eq!((device.product_key(), device.device_name()), ("pk", "dn"));
            assert_eq!((device.device_secret(), device.request()), (None, None));
        });
    }
    let unicom = UnicomRegistration::new("pk", "product-s3cret", "dk").without_preregistration();
    let command = r#"AT+MQTTAUTHDYN=3,"pk","product-s3cret","dk",0,2"#;
    for answer in orders(r#"+MQTTAUTHDYN: 3,0,"s3cret","t0ken""#) {
        registered(&unicom, command, &answer, |device| {
            assert_eq!((device.product_key(), device.device_key()), ("pk", "dk"));
            assert_eq!((device.device_secret(), device.token()), (SECRET, "t0ken"));
            assert_eq!(device.request(), Unicom::new("pk", "dk", SECRET, "t0ken"));
        });
    }
}

#[test]
fn a_registered_device_goes_on_to_its_credentials() {
    let world = online();
    world.on_command(
        b"AT+MQTTAUTHDYN=1",
        b"\r\nOK\r\n\r\n+MQTTAUTHDYN: 1,\"pk\",\"dn\",\"s3cret\"\r\n",
    );
    world.on_command(
        b"AT+MQTTAUTHCFG=1,\"pk\",\"dn\",\"s3cret\",0",
        b"\r\n+MQTTAUTHCFG: 1,\"u\",\"p\",\"c\"\r\n\r\nOK\r\n",
    );
    let mut memory = Memory::default();
    let mut modem = l610(&mut memory, &world);
    world.block_on(async {
        let (mut secret, mut buffer) = ([0; 128], [0; 64]);
        let device = modem.register_device(&REGISTER, &mut secret).await.unwrap();
        let credentials = modem.authenticate(&device.request(), &mut buffer).await.unwrap();
        assert_eq!(credentials.client_id(), "c");
    });
}

#[test]
fn a_result_that_takes_its_time_is_awaited() {
    for (seconds, in_time) in [(1, true), (29, true), (31, false)] {
        let world = online();
        world.on_command(b"AT+MQTTAUTHDYN=1", b"\r\nOK\r\n");
        let mut memory = Memory::default();
        let mut modem = l610(&mut memory, &world);
        let mut buffer = [0; 128];
        let (ended, ()) = world.block_on(join(modem.register_device(&REGISTER, &mut buffer), async {
            sleep(&world, seconds * SECOND).await;
            world.emit_raw(b"\r\n+MQTTAUTHDYN: 1,\"pk\",\"dn\",\"s3cret\"\r\n");
        }));
        match in_time {
            true => assert_eq!(ended.unwrap().device_secret(), SECRET),
            false => assert_eq!(ended, Err(Error::Unknown)),
        }
    }
}

/// What an Aliyun registration that is answered with these bytes comes to, and what the next command does.
fn ended(answer: &[u8]) -> Result<(), Error<fibocom_mqtt::sim::Unplugged>> {
    let world = online();
    world.on_command(b"AT+MQTTAUTHDYN=", answer);
    let mut memory = roomy();
    let mut modem = l610(&mut memory, &world);
    let ended = world
        .block_on(modem.register_device(&REGISTER, &mut [0; 128]))
        .map(drop);
    assert!(world.block_on(modem.send(&command::ReadSignal)).is_ok());
    ended
}

#[test]
fn a_result_that_is_another_devices_or_unreadable_is_not_taken() {
    for line in [
        r#"1,"other","dn","s3cret""#,
        r#"1,"pk","other","s3cret""#,
        r#"1,"pk","dn""#,
        r#"1,"pk","dn","""#,
        r#"1,"pk","dn","s3cr"#,
        "1,\"pk\",\"dn\",\"s\u{ff}\u{1}\"\",\"",
    ] {
        let answer = format!("\r\nOK\r\n\r\n+MQTTAUTHDYN: {line}\r\n");
        assert_eq!(ended(answer.as_bytes()), Err(Error::Unexpected), "{line}");
    }
    // The result of another cloud is not this one's.
    assert_eq!(
        ended(b"\r\nOK\r\n\r\n+MQTTAUTHDYN: 2,1\r\n\r\n+MQTTAUTHDYN: 1,\"pk\",\"dn\",\"s3cret\"\r\n"),
        Ok(())
    );
    assert_eq!(ended(b"\r\nOK\r\n\r\n+MQTTAUTHDYN: 2,1\r\n"), Err(Error::Unknown));
    // Lines without a name, and events, are not the result.
    assert_eq!(
        ended(
            b"\r\nnoise\r\nMQTTAUTHEVENT: 4,\"RESET\"\r\nOK\r\nnoise\r\n+MQTTAUTHDYN: 1,\"pk\",\"dn\",\"s3cret\"\r\n"
        ),
        Ok(())
    );
}

#[test]
fn a_refusal_is_told_as_it_came() {
    assert_eq!(ended(b"\r\nERROR\r\n"), Err(Error::Module(ModuleError::Error)));
    for answer in ["3,1", "3,1,\"\",\"\""] {
        let world = online();
        let answer = format!("\r\nOK\r\n\r\n+MQTTAUTHDYN: {answer}\r\n");
        world.on_command(b"AT+MQTTAUTHDYN=3", answer.as_bytes());
        let mut memory = roomy();
        let mut modem = l610(&mut memory, &world);
        let request = UnicomRegistration::new("pk", "ps", "dk");
        let ended = world.block_on(modem.register_device(&request, &mut [0; 256])).map(drop);
        assert_eq!(ended, Err(Error::Refused));
    }
}

#[test]
fn room_for_a_secret_is_asked_for_before_it_is_given() {
    let world = online();
    let mut memory = Memory::default();
    let mut modem = l610(&mut memory, &world);
    let unicom = UnicomRegistration::new("pk", "ps", "dk");
    world.block_on(async {
        let ended = modem.register_device(&REGISTER, &mut [0; 127]).await.map(drop);
        assert_eq!(ended, Err(Error::AnswerBuffer { len: 128, max: 127 }));
        let ended = modem.register_device(&unicom, &mut [0; 255]).await.map(drop);
        assert_eq!(ended, Err(Error::AnswerBuffer { len: 256, max: 255 }));
        // 256 bytes for lines do not hold two such strings and what is around them.
        let ended = modem.register_device(&unicom, &mut [0; 256]).await.map(drop);
        assert_eq!(ended, Err(Error::LineBuffer { max: 256 }));
    });
    assert_eq!(world.record().written(), b"");
    // The longest strings that the manual allows fit where the room that is asked for is there, and no more.
    let (key, name, secret) = ("k".repeat(128), "n".repeat(128), "s".repeat(128));
    let request = AliyunRegistration::new("host", 443, &key, "ps", &name);
    for (size, fits) in [(463, false), (464, true)] {
        let world = online();
        let answer = format!("\r\nOK\r\n\r\n+MQTTAUTHDYN: 1, \"{key}\", \"{name}\", \"{secret}\"\r\n");
        world.on_command(b"AT+MQTTAUTHDYN=1", answer.as_bytes());
        let mut memory = Memory {
            line: vec![0; size],
            ..Memory::default()
        };
        let mut modem = l610(&mut memory, &world);
        let mut buffer = [0; 128];
        let ended = world.block_on(modem.register_device(&request, &mut buffer));
        match fits {
            true => assert_eq!(ended.unwrap().device_secret(), secret),
            false => assert_eq!(ended, Err(Error::LineBuffer { max: size })),
        }
    }
}

#[test]
fn a_result_longer_than_the_line_buffer_ends_the_call_and_is_not_owed() {
    let secret = "s".repeat(600);
    for answer in orders(&format!(r#"+MQTTAUTHDYN: 1,"pk","dn","{secret}""#)) {
        let world = online();
        world.module(|module| module.on_command_once(b"AT+MQTTAUTHDYN=1", &answer));
        let good = b"\r\nOK\r\n\r\n+MQTTAUTHDYN: 1,\"pk\",\"dn\",\"s3cret\"\r\n";
        world.on_command(b"AT+MQTTAUTHDYN=1", good);
        let mut memory = roomy();
        let mut modem = l610(&mut memory, &world);
        world.block_on(async {
            let mut buffer = [0; 128];
            let ended = modem.register_device(&REGISTER, &mut buffer).await.map(drop);
            assert_eq!(ended, Err(Error::LineBuffer { max: 512 }));
            let device = modem.register_device(&REGISTER, &mut buffer).await.unwrap();
            assert_eq!(device.device_secret(), SECRET);
        });
    }
}

#[test]
fn lines_of_others_take_no_secret_away() {
    for noise in ["y".repeat(600), "yyyy yyyy\r\n".repeat(80), "+CREG: 1\r\n".repeat(80)] {
        for answer in orders(r#"+MQTTAUTHDYN: 1,"pk","dn","s3cret""#) {
            let answer = [format!("\r\n{noise}\r\n").as_bytes(), &answer].concat();
            assert_eq!(ended(&answer), Ok(()), "{noise}");
        }
    }
}
