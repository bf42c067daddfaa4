//! `AT+MQTTAUTHCFG`: credentials, and a session with them.

use fibocom_mqtt::sim::World;
use fibocom_mqtt::{
    Buffers, ConnectOptions, ConnectionId, Credentials, Error, Feature, Field, InvalidInput, ModuleError,
};
use fibocom_mqtt::{Model, Modem, Source, command};

use super::*;

const ANSWER: &[u8] =
    b"\r\n+MQTTAUTHCFG: 1,\"dn&pk\",\"p4ss\",\"pk.dn|securemode=3,signmethod=hmacsha1|\"\r\n\r\nOK\r\n";

#[test]
fn three_strings_of_a_device_lead_to_a_session_in_two_calls() {
    let world = online();
    world.on_command(b"AT+MQTTAUTHCFG=1,\"pk\",\"dn\",\"s3cret\",0", ANSWER);
    let mut memory = Memory::default();
    let mut modem = l610(&mut memory, &world);
    world.block_on(async {
        let mut buffer = [0; 512];
        let credentials = modem.authenticate(&ALIYUN, &mut buffer).await.unwrap();
        let mut client = modem.client(ConnectionId::FIRST);
        client.connect(&credentials.options("broker", 1883)).await.unwrap();
        assert!(client.is_connected());
    });
    let commands = world.record().commands();
    assert_eq!(commands[0], r#"AT+MQTTAUTHCFG=1,"pk","dn","s3cret",0"#);
    let user = r#"AT+MQTTUSER=1,"dn&pk","p4ss","pk.dn|securemode=3,signmethod=hmacsha1|""#;
    assert!(commands.iter().any(|command| command == user), "{commands:?}");
    assert!(
        commands
            .iter()
            .any(|command| command.starts_with("AT+MQTTOPEN=1,\"broker\",1883,"))
    );
}

/// Runs a request that is answered by this line, in pieces of every size and with blanks behind the commas.
fn answered(request: &impl Request, command: &str, line: &str) {
    for most in 1..=line.len() + 8 {
        for spaced in [false, true] {
            let line = if spaced {
                line.replace("\",", "\", ")
            } else {
                line.into()
            };
            let world = online();
            world.on_command(command.as_bytes(), format!("\r\n{line}\r\n\r\nOK\r\n").as_bytes());
            let mut memory = roomy();
            let mut modem = chopped(&mut memory, &world, most);
            let mut buffer = [0; 64];
            let found = world.block_on(modem.authenticate(request, &mut buffer)).unwrap();
            assert_eq!(
                (found.user(), found.password(), found.client_id()),
                ("us,er", "p4ss", "cli|ent")
            );
            assert_eq!(found.server(), None);
            assert_eq!(world.record().commands(), [command]);
        }
    }
}

#[test]
fn each_cloud_is_asked_and_answers() {
    let answer = |cloud: u8| format!(r#"+MQTTAUTHCFG: {cloud},"us,er","p4ss","cli|ent""#);
    answered(&ALIYUN, r#"AT+MQTTAUTHCFG=1,"pk","dn","s3cret",0"#, &answer(1));
    answered(&ALIYUN.tls(), r#"AT+MQTTAUTHCFG=1,"pk","dn","s3cret",1"#, &answer(1));
    answered(
        &Tencent::new("pk", "dn", "ds"),
        r#"AT+MQTTAUTHCFG=2,"pk","dn","ds""#,
        &answer(2),
    );
    answered(&Huawei::new("id", "ds"), r#"AT+MQTTAUTHCFG=3,"id","ds""#, &answer(3));
    answered(
        &OneNet::new("pi", "dn", "ak"),
        r#"AT+MQTTAUTHCFG=5,"pi","dn","ak""#,
        &answer(5),
    );
    answered(
        &Baidu::new("ic", "dk", "ds"),
        r#"AT+MQTTAUTHCFG=6,"ic","dk","ds""#,
        &answer(6),
    );
    let aep = Aep::new("pi", "dn", "to", "un");
    answered(&aep, r#"AT+MQTTAUTHCFG=8,"pi","dn","to","un""#, &answer(8));
    let unicom = Unicom::new("pk", "dk", "ds", "to");
    answered(&unicom, r#"AT+MQTTAUTHCFG=9,"pk","dk","ds","to""#, &answer(9));
}

#[test]
fn tuya_names_its_server_and_is_switched_off_by_a_call_of_its_own() {
    for off in [
        &b"\r\nOK\r\n"[..],
        b"\r\n+MQTTAUTHCFG: 4\r\n\r\nOK\r\n",
        b"\r\n+MQTTAUTHCFG: 4,0,\"x\"\r\n\r\nOK\r\n",
    ] {
        let world = online();
        world.on_command(
            b"AT+MQTTAUTHCFG=4,1,\"pk\",\"uuid\",\"s3cret\"",
            b"\r\n+MQTTAUTHCFG: 4,\"m1.tuyacn.com\",8883,\"u\",\"p\",\"c\"\r\n\r\nOK\r\n",
        );
        world.on_command(b"AT+MQTTAUTHCFG=4,0", off);
        let mut memory = Memory::default();
        let mut modem = l610(&mut memory, &world);
        world.block_on(async {
            let mut buffer = [0; 64];
            let found = modem
                .authenticate(&Tuya::new("pk", "uuid", SECRET), &mut buffer)
                .await
                .unwrap();
            assert_eq!(found.server(), Some(("m1.tuyacn.com", 8883)));
            let options = found.options("m1.tuyacn.com", 8883);
            let expected = ConnectOptions::new("m1.tuyacn.com", 8883)
                .credentials(Credentials::new("u", "p"))
                .client_id("c");
            assert_eq!(options, expected);
            assert_eq!(modem.tuya_off().await, Ok(()));
        });
        assert_eq!(world.record().commands().last().unwrap(), "AT+MQTTAUTHCFG=4,0");
    }
}

#[test]
fn aws_gives_nothing_and_its_options_are_anonymous() {
    let world = online();
    world.on_command(b"AT+MQTTAUTHCFG=7", b"\r\nOK\r\n");
    let mut memory = Memory::default();
    let mut modem = l610(&mut memory, &world);
    world.block_on(async {
        let found = modem.authenticate(&Aws, &mut []).await.unwrap();
        assert_eq!(found, CloudCredentials::default());
        assert_eq!(found.options("host", 8883), ConnectOptions::new("host", 8883));
    });
}

#[test]
fn a_buffer_that_is_too_small_says_how_large_it_must_be() {
    let world = online();
    world.on_command(b"AT+MQTTAUTHCFG=1", ANSWER);
    let mut memory = Memory::default();
    let mut modem = l610(&mut memory, &world);
    let len = "dn&pkp4sspk.dn|securemode=3,signmethod=hmacsha1|".len();
    world.block_on(async {
        for max in 0..len {
            let mut buffer = vec![0; max];
            let refused = modem.authenticate(&ALIYUN, &mut buffer).await;
            assert_eq!(refused, Err(Error::AnswerBuffer { len, max }));
            assert!(buffer.iter().all(|byte| *byte == 0), "half an answer");
        }
        let mut buffer = vec![0; len];
        assert_eq!(
            modem.authenticate(&ALIYUN, &mut buffer).await.unwrap().password(),
            "p4ss"
        );
    });
}

#[test]
fn an_answer_longer_than_the_line_buffer_is_no_answer() {
    let world = online();
    world.on_command(b"AT+MQTTAUTHCFG=1", ANSWER);
    for (size, fits) in [(64, false), (ANSWER.len(), false), (ANSWER.len() + 48, true)] {
        let mut memory = Memory {
            line: vec![0; size],
            ..Memory::default()
        };
        let mut modem = l610(&mut memory, &world);
        let mut buffer = [0; 64];
        let ended = world.block_on(modem.authenticate(&ALIYUN, &mut buffer));
        match fits {
            true => assert_eq!(ended.unwrap().user(), "dn&pk"),
            false => assert_eq!(ended, Err(Error::LineBuffer { max: size })),
        }
        // What comes next is understood.
        assert!(world.block_on(modem.send(&command::ReadSignal)).is_ok());
    }
}

#[test]
fn an_answer_that_is_not_in_the_manual_is_not_taken() {
    for answer in [
        &b"OK"[..],
        b"+MQTTAUTHCFG: 2,\"u\",\"p\",\"c\"\r\n\r\nOK",
        b"+MQTTAUTHCFG: 1,\"u\",\"p\"\r\n\r\nOK",
        b"+MQTTAUTHCFG: 1,\"u\",\"p\",\"c\r\n\r\nOK",
        b"+MQTTAUTHCFG: 1,\"u\",\"p\xff\xfe\",\"c\"\r\n\r\nOK",
    ] {
        let world = online();
        world.on_command(b"AT+MQTTAUTHCFG=1", &[b"\r\n", answer, b"\r\n"].concat());
        let mut memory = Memory::default();
        let mut modem = l610(&mut memory, &world);
        let ended = world.block_on(modem.authenticate(&ALIYUN, &mut [0; 64])).map(drop);
        assert_eq!(ended, Err(Error::Unexpected), "{}", answer.escape_ascii());
    }
    let world = online();
    world.on_command(b"AT+MQTTAUTHCFG=1", b"\r\n+CME ERROR: 704\r\n");
    let mut memory = Memory::default();
    let mut modem = l610(&mut memory, &world);
    let ended = world.block_on(modem.authenticate(&ALIYUN, &mut [0; 64])).map(drop);
    assert!(
        matches!(ended, Err(Error::Module(ModuleError::Cme(code))) if u16::from(code) == 704),
        "{ended:?}"
    );
}

#[test]
fn what_cannot_be_sent_is_refused_before_the_wire() {
    let world = online();
    let mut memory = roomy();
    let mut modem = l610(&mut memory, &world);
    let refused = |error| Err(Error::Invalid(error));
    world.block_on(async {
        let empty = InvalidInput::Empty {
            field: Field::DeviceName,
        };
        let ended = modem
            .authenticate(&Aliyun::new("pk", "", "ds"), &mut [0; 64])
            .await
            .map(drop);
        assert_eq!(ended, refused(empty));
        let character = InvalidInput::Character {
            field: Field::DeviceSecret,
            byte: b'"',
        };
        let ended = modem
            .authenticate(&Huawei::new("id", "\",0\r"), &mut [0; 64])
            .await
            .map(drop);
        assert_eq!(ended, refused(character));
        let range = InvalidInput::Range {
            field: Field::Port,
            value: 0,
            min: 1,
            max: 65535,
        };
        let request = AliyunRegistration::new("host", 0, "pk", "ps", "dn");
        let ended = modem.register_device(&request, &mut [0; 128]).await.map(drop);
        assert_eq!(ended, Err(Error::Invalid(range)));
    });
    assert_eq!(world.record().written(), b"");
}

/// Every call that a module without the commands must be spared, and what each came to.
async fn every_call<T: Read + Write>(modem: &mut TestModem<'_, T>) -> Vec<Result<(), Error<T::Error>>> {
    let buffer = &mut [0; 256];
    vec![
        modem.authenticate(&ALIYUN, buffer).await.map(drop),
        modem.authenticate(&Tencent::new("a", "b", "c"), buffer).await.map(drop),
        modem.authenticate(&Huawei::new("a", "b"), buffer).await.map(drop),
        modem.authenticate(&Tuya::new("a", "b", "c"), buffer).await.map(drop),
        modem.authenticate(&OneNet::new("a", "b", "c"), buffer).await.map(drop),
        modem.authenticate(&Baidu::new("a", "b", "c"), buffer).await.map(drop),
        modem.authenticate(&Aws, buffer).await.map(drop),
        modem
            .authenticate(&Aep::new("a", "b", "c", "d"), buffer)
            .await
            .map(drop),
        modem
            .authenticate(&Unicom::new("a", "b", "c", "d"), buffer)
            .await
            .map(drop),
        modem.tuya_off().await,
        modem.register_device(&REGISTER, buffer).await.map(drop),
        modem
            .register_device(&TencentRegistration::new("u", "a", "b", "c"), buffer)
            .await
            .map(drop),
        modem
            .register_device(&UnicomRegistration::new("a", "b", "c"), buffer)
            .await
            .map(drop),
        modem.send(&command::TuyaOff).await.map(drop),
        modem
            .send(&command::AuthCfg::<_, 8>::new(ALIYUN, Default::default()).unwrap())
            .await
            .map(drop),
        modem
            .send(&command::AuthDyn::new(REGISTER, Default::default()).unwrap())
            .await
            .map(drop),
    ]
}

#[test]
fn a_model_without_the_commands_is_refused_by_type_with_nothing_written() {
    for name in ["NL668", "L610-V1.0.1", "MC100", "FG132"] {
        let world = online();
        let mut memory = roomy();
        let mut modem = memory.modem(&world);
        let model: Model = name.parse().unwrap();
        modem.set_model(model);
        // A module that may sleep is not even woken for it.
        let refused = Error::Invalid(InvalidInput::Unsupported {
            model,
            feature: Feature::AuthCommands,
            said_by: Source::Table,
        });
        for ended in world.block_on(every_call(&mut modem)) {
            assert_eq!(ended, Err(refused), "{name}");
        }
        assert_eq!(world.record().written(), b"", "{name}");
    }
    // Whoever knows better may overrule it.
    let world = World::online(fibocom_mqtt::sim::Settings::l610());
    world.on_command(b"AT+MQTTAUTHCFG=7", b"\r\nOK\r\n");
    let (mut line, mut message, mut transmit) = ([0; 128], [0; 8], [0; 128]);
    let mut modem = Modem::new(
        world.port(),
        world.clock(),
        Buffers::new(&mut line, &mut message, &mut transmit),
    );
    modem.set_feature(Feature::AuthCommands, true);
    assert!(world.block_on(modem.authenticate(&Aws, &mut [])).is_ok());
}
