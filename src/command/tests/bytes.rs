//! Commands as bytes: set, read and test forms (V1.3 and V1.0.1 chapter 1).

use super::*;

#[test]
fn user() {
    let command = User {
        id: ID,
        user: text("meter"),
        password: text("s3cret"),
        client_id: None,
    };
    check(&command, r#"AT+MQTTUSER=1,"meter","s3cret""#);
    // V1.3 section 1.1, its example without the blanks.
    let command = User {
        id: ID,
        user: text("a15d8UcWd2H"),
        password: text("5sTCkZackL3UI578mmUzME"),
        client_id: Some(text("Device1")),
    };
    check(
        &command,
        r#"AT+MQTTUSER=1,"a15d8UcWd2H","5sTCkZackL3UI578mmUzME","Device1""#,
    );
    let anonymous = User {
        id: ConnectionId::SECOND,
        user: text(""),
        password: text(""),
        client_id: Some(text("")),
    };
    check(&anonymous, r#"AT+MQTTUSER=2,"","","""#);
    check(&ReadUsers::<8>, "AT+MQTTUSER?");
    check(&TestUser, "AT+MQTTUSER=?");
}

#[test]
fn open() {
    let mut command = Open {
        id: ID.into(),
        host: text("broker.example.com"),
        port: 1883,
        clean_session: true,
        keep_alive: 60,
        tls: false,
    };
    check(&command, r#"AT+MQTTOPEN=1,"broker.example.com",1883,1,60"#);
    // V1.0.1 has no sixth argument; in V1.3 it is 2 for TLS, and 1 is reserved.
    command.tls = true;
    (command.port, command.clean_session, command.keep_alive) = (65_535, false, 300);
    check(&command, r#"AT+MQTTOPEN=1,"broker.example.com",65535,0,300,2"#);
    check(&OpenableIds, "AT+MQTTOPEN?");
    check(&TestOpen, "AT+MQTTOPEN=?");
}

#[test]
fn close() {
    check(
        &Close {
            id: ConnectionId::THIRD.into(),
        },
        "AT+MQTTCLOSE=3",
    );
    check(&ClosableIds, "AT+MQTTCLOSE?");
    check(&TestClose, "AT+MQTTCLOSE=?");
}

#[test]
fn subscribe() {
    for (qos, digit) in [(QoS::AtMostOnce, 0), (QoS::AtLeastOnce, 1), (QoS::ExactlyOnce, 2)] {
        let command = Subscribe {
            id: ID,
            filter: filter("plant/+/command/#"),
            qos,
        };
        check(&command, &format!(r#"AT+MQTTSUB=1,"plant/+/command/#",{digit}"#));
    }
    check(&TestSubscribe, "AT+MQTTSUB=?");
    let command = Unsubscribe {
        id: ID,
        filter: filter("#"),
    };
    check(&command, r##"AT+MQTTUNSUB=1,"#""##);
    check(&TestUnsubscribe, "AT+MQTTUNSUB=?");
}

#[test]
fn publish() {
    let mut command = Publish {
        id: ID,
        topic: topic("t"),
        qos: QoS::ExactlyOnce,
        retain: true,
        payload: text(""),
    };
    check(&command, r#"AT+MQTTPUB=1,"t",2,1,"""#);
    command.payload = escaped(r#"{"a":"\n"}"#);
    check(&command, r#"AT+MQTTPUB=1,"t",2,1,"{\22a\22:\22\5Cn\22}""#);
    let command = PublishData {
        id: ID,
        topic: topic("a,b"),
        qos: QoS::AtMostOnce,
        retain: false,
        size: 1024,
    };
    check(&command, r#"AT+MQTTPUB=1,"a,b",0,0,1024"#);
    check(&TestPublish, "AT+MQTTPUB=?");
}

#[test]
fn conf_and_read() {
    check(
        &Conf {
            mode: ReceiveMode::Direct,
        },
        "AT+MQTTCONF=0",
    );
    check(
        &Conf {
            mode: ReceiveMode::ByLength,
        },
        "AT+MQTTCONF=1",
    );
    check(&ReadConf, "AT+MQTTCONF?");
    check(&TestConf, "AT+MQTTCONF=?");
    check(
        &Read::<8, 8> {
            id: ConnectionId::SECOND,
        },
        "AT+MQTTREAD=2",
    );
    check(&TestRead, "AT+MQTTREAD=?");
}

#[test]
fn will() {
    // V1.3 section 1.12, its example without the blanks.
    let mut command = SetWill {
        id: ID.into(),
        topic: topic("topic1"),
        qos: QoS::AtMostOnce,
        retain: false,
        payload: text("disconnect unexpectly"),
    };
    check(&command, r#"AT+MQTTWILL=1,"topic1",0,0,"disconnect unexpectly""#);
    command.payload = escaped("\r\nOK\r\n");
    check(&command, r#"AT+MQTTWILL=1,"topic1",0,0,"\0D\0AOK\0D\0A""#);
    let command = SetWillData {
        id: ID.into(),
        topic: topic("topic1"),
        qos: QoS::AtLeastOnce,
        retain: true,
        size: 0,
    };
    check(&command, r#"AT+MQTTWILL=1,"topic1",1,1,0"#);
    check(&ReadWills::<8>, "AT+MQTTWILL?");
    check(&TestWill, "AT+MQTTWILL=?");
}

#[test]
fn general() {
    check(&Attention, "AT");
    check(&Echo { on: false }, "ATE0");
    check(&Echo { on: true }, "ATE1");
    check(&ErrorReports::Off, "AT+CMEE=0");
    check(&ErrorReports::Numbers, "AT+CMEE=1");
    check(&ErrorReports::Words, "AT+CMEE=2");
    check(&ReadErrorReports, "AT+CMEE?");
    check(&Manufacturer, "AT+CGMI");
    check(&ModelName, "AT+CGMM");
    check(&Revision, "AT+CGMR");
    check(&SerialNumber, "AT+CGSN");
    check(&ReadIccid, "AT+CCID?");
}

#[test]
fn network() {
    check(&ReadSim, "AT+CPIN?");
    check(&ReadSignal, "AT+CSQ");
    check(&EnterPin { pin: text("0042") }, r#"AT+CPIN="0042""#);
    for (domain, line) in Domain::ALL.into_iter().zip(["AT+CEREG?", "AT+CGREG?", "AT+CREG?"]) {
        check(&ReadRegistration { domain }, line);
    }
    check(&ReadOperator, "AT+COPS?");
    check(&DefineContext { apn: text("UNINET") }, r#"AT+CGDCONT=1,"IP","UNINET""#);
    check(&ReadAttachment, "AT+CGATT?");
    check(&AttachPacket, "AT+CGATT=1");
    check(&ReadPdp, "AT+MIPCALL?");
    check(&HangUp, "AT+MIPCALL=0");
    check(&ReadAddress, "AT+CGPADDR=1");
    check(&ReadClock, "AT+CCLK?");
}

#[test]
fn dialling() {
    let login = Some((text("user"), text("s3cret")));
    for (apn, login, line) in [
        (None, None, "AT+MIPCALL=1"),
        (Some(text("UNINET")), None, r#"AT+MIPCALL=1,"UNINET""#),
        (Some(text("UNINET")), login, r#"AT+MIPCALL=1,"UNINET","user","s3cret""#),
        (None, login, r#"AT+MIPCALL=1,"","user","s3cret""#),
    ] {
        check(&Dial { apn, login }, line);
    }
}

#[test]
fn a_text_that_was_not_allowed_to_be_escaped_never_becomes_a_command() {
    for hostile in ["a\",0", "a\r", "a\n", "a\\22", "a\x1a", "a\x1b", "a\x7f"] {
        assert!(
            Text::new(Field::Password, hostile, Escapes::Unknown).is_err(),
            "{hostile:?}"
        );
    }
    assert!(Text::new(Field::Password, "a\0", Escapes::Hex).is_err());
}
