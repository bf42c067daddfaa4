//! Every example of V1.3 in its order. V1.0.1 has none. Those that are commands encode through the driver's types, but for the five that
//! break the manual's own syntax; those that are answers are taken by whoever takes such a line.

use atat::{AtatCmd, AtatUrc};
use fibocom_mqtt::command::*;
use fibocom_mqtt::sim::{Settings, World};
use fibocom_mqtt::{
    ConnectionId, DirectMessage, QoS, ReceiveMode, SnConnectionId, SnRegistration, TopicFilter, TopicId, Urc,
};

use super::support::topic;
use super::table::{encodes, parse, text};

const FIRST: ConnectionId = ConnectionId::FIRST;
const SN: SnConnectionId = SnConnectionId::FIRST;

/// The commands, blanks behind commas left out: section, line, and whether it can be sent.
const COMMANDS: [(&str, &str, bool); 28] = [
    ("1.1", "AT+MQTTUSER=?", true),
    ("1.1", "AT+MQTTUSER?", true),
    (
        "1.1",
        r#"AT+MQTTUSER=1,"a15d8UcWd2H","5sTCkZackL3UI578mmUzME","Device1""#,
        true,
    ),
    ("1.2", "AT+MQTTOPEN=?", true),
    ("1.2", "AT+MQTTOPEN?", true),
    ("1.3", "AT+MQTTCLOSE=1", true),
    ("1.3", "AT+MQTTCLOSE?", true),
    ("1.3", "AT+MQTTCLOSE=?", true),
    ("1.5", "AT+MQTTSUB=?", true),
    // A topic id on an MQTT connection: `Subscribe` takes a filter, which goes in quotes, and `SnSubscribe` no such connection.
    ("1.5", "AT+MQTTSUB=1,1,1", false),
    // The same.
    ("1.6", "AT+MQTTUNSUB=1,1", false),
    ("1.6", "AT+MQTTUNSUB=?", true),
    // A topic id on an MQTT connection, and one argument too few: `Publish` has a field for each.
    ("1.7", r#"AT+MQTTPUB=1,1,1,"message""#, false),
    ("1.7", "AT+MQTTPUB=?", true),
    ("1.8", "AT+MQTTCONF=1", true),
    ("1.8", "AT+MQTTCONF?", true),
    ("1.8", "AT+MQTTCONF=?", true),
    ("1.11", "AT+MQTTREAD=1", true),
    ("1.11", "AT+MQTTREAD=?", true),
    ("1.12", r#"AT+MQTTWILL=1,"topic1",0,0,"disconnect unexpectly""#, true),
    ("1.12", "AT+MQTTWILL?", true),
    ("1.12", "AT+MQTTWILL=?", true),
    ("1.13", r#"AT+MQTTSNCID=101,"5sTCkZackL3UI578mmUzME""#, true),
    ("1.13", "AT+MQTTSNCID?", true),
    // A number for a topic's name: `SnRegister` takes a name, which goes in quotes.
    ("1.14", "AT+MQTTSNREG=101,1", false),
    ("1.14", "AT+MQTTSNREG?", true),
    // The same, for the name of the will's topic.
    ("1.15", "AT+MQTTWTOPICUD=101,0,1,1", false),
    // The scan has lost the first quote.
    ("1.16", r#"AT+MQTTWMSGUD=101,"will message""#, true),
];

/// What the driver writes for each of them, in their order; for the broken ones, what is nearest to it.
fn written() -> Vec<String> {
    let qos = QoS::AtLeastOnce;
    let filter = TopicFilter::new("1").unwrap();
    let mut lines = Vec::new();
    macro_rules! write {
        ($($command:expr),* $(,)?) => {$({
            let mut buffer = [0; 256];
            let len = $command.write(&mut buffer);
            lines.push(std::str::from_utf8(&buffer[..len]).unwrap().trim_end().to_owned());
        })*};
    }
    write! {
        TestUser,
        ReadUsers::<8>,
        User { id: FIRST, user: text("a15d8UcWd2H"), password: text("5sTCkZackL3UI578mmUzME"), client_id: Some(text("Device1")) },
        TestOpen,
        OpenableIds,
        Close { id: FIRST.into() },
        ClosableIds,
        TestClose,
        TestSubscribe,
        Subscribe { id: FIRST, filter, qos },
        Unsubscribe { id: FIRST, filter },
        TestUnsubscribe,
        Publish { id: FIRST, topic: topic("1"), qos, retain: false, payload: text("message") },
        TestPublish,
        Conf { mode: ReceiveMode::ByLength },
        ReadConf,
        TestConf,
        Read::<8, 8> { id: FIRST },
        TestRead,
        SetWill { id: FIRST.into(), topic: topic("topic1"), qos: QoS::AtMostOnce, retain: false, payload: text("disconnect unexpectly") },
        ReadWills::<8>,
        TestWill,
        SnClientId { id: SN, client_id: text("5sTCkZackL3UI578mmUzME") },
        ReadSnClientIds::<8>,
        SnRegister { id: SN, topic: topic("1") },
        ReadSnRegistrations::<8>,
        UpdateWillTopic { id: SN, qos: QoS::AtMostOnce, retain: true, topic: topic("1") },
        UpdateWillMessage { id: SN, payload: text("will message") },
    }
    lines
}

#[test]
fn every_example_command_encodes_but_the_five_that_break_the_syntax() {
    let written = written();
    assert_eq!(written.len(), COMMANDS.len());
    for ((section, line, works), written) in COMMANDS.iter().zip(&written) {
        assert_eq!(written == line, *works, "section {section}: {line}, {written}");
    }
    assert_eq!(COMMANDS.iter().filter(|(.., works)| !works).count(), 5);
}

#[test]
fn the_types_leave_no_way_to_the_five() {
    // The types that take a topic id take no MQTT connection.
    for id in 0..=255 {
        assert_eq!(SnConnectionId::new(id).is_some(), matches!(id, 101 | 102), "{id}");
        assert_eq!(ConnectionId::new(id).is_some(), matches!(id, 1..=3), "{id}");
    }
    // Where there is such a connection, a topic id is bare and has its range.
    let filter = TopicId::new(1).unwrap().into();
    let qos = QoS::AtLeastOnce;
    encodes(&SnSubscribe { id: SN, filter, qos }, "AT+MQTTSUB=101,1,1");
    encodes(&SnUnsubscribe { id: SN, filter }, "AT+MQTTUNSUB=101,1");
    assert!(TopicId::new(0).is_err());
    // A name is in quotes, whatever it looks like.
    let topic = topic("1");
    encodes(&SnRegister { id: SN, topic }, r#"AT+MQTTSNREG=101,"1""#);
    let update = UpdateWillTopic {
        id: SN,
        qos: QoS::AtMostOnce,
        retain: true,
        topic,
    };
    encodes(&update, r#"AT+MQTTWTOPICUD=101,0,1,"1""#);
}

#[test]
fn the_module_refuses_the_five_and_takes_the_others() {
    let world = World::online(Settings {
        echo: false,
        ..Settings::l610()
    });
    let mut port = world.port();
    let mut run = |line: &str| {
        use embedded_io_async::Write;
        let before = world.record().entries().len();
        world.block_on(async { port.write_all(format!("{line}\r").as_bytes()).await.unwrap() });
        world.advance(std::time::Duration::from_secs(10));
        let entries = world.record().entries()[before..].to_vec();
        let output = entries
            .iter()
            .filter(|entry| entry.kind == fibocom_mqtt::sim::Kind::Output);
        let output: String = output
            .map(|entry| String::from_utf8_lossy(&entry.bytes).into_owned())
            .collect();
        output
    };
    // Both protocols are open where an example needs that.
    run(r#"AT+MQTTUSER=1,"","","a""#);
    run(r#"AT+MQTTOPEN=1,"broker",1883,1,60"#);
    run(r#"AT+MQTTWILL=101,"gone",0,0,"x""#);
    run(r#"AT+MQTTOPEN=101,"gateway",1885,1,60"#);
    for (section, line, works) in COMMANDS {
        // The first close leaves the connection closed, and MQTT's examples are broken anyhow.
        let output = run(line);
        assert_eq!(
            output.contains("\r\nOK\r\n"),
            works,
            "section {section}: {line} {output}"
        );
    }
}

#[test]
fn every_example_answer_is_understood() {
    // Sections 1.1 to 1.3.
    assert!(parse(&TestUser, "+MQTTUSER: (1,2),128,128[,256]").is_some());
    let open = r#"+MQTTOPEN: (1,2,101,102),(<"Remote IP/URL">),(1-65535),(0,1),(1-300)[,(0-2)]"#;
    assert!(parse(&TestOpen, open).is_some_and(|limits| limits.tls == Some(Bounds { min: 0, max: 2 })));
    assert_eq!(
        parse(&OpenableIds, "+MQTTOPEN: 1,2,101,102").unwrap().as_slice(),
        [1, 2, 101, 102]
    );
    assert_eq!(parse(&ClosableIds, "+MQTTCLOSE: 0").unwrap().as_slice(), [0; 0]);
    assert_eq!(
        parse(&TestClose, "+MQTTCLOSE: (1,2,101,102)").unwrap().as_slice(),
        [1, 2, 101, 102]
    );
    // Sections 1.5 to 1.8, 1.11, 1.12.
    assert!(parse(&TestSubscribe, "+MQTTSUB: (1,2,101,102),255, (0-2)").is_some());
    assert!(parse(&TestUnsubscribe, "+MQTTUNSUB: (1,2,101,102),255").is_some());
    assert!(parse(&TestPublish, "+MQTTPUB: (1,2,101,102),255,(0-2),(0,1),1024").is_some());
    assert_eq!(parse(&ReadConf, "+MQTTCONF: 0"), Some(ReceiveMode::Direct));
    assert_eq!(parse(&TestConf, "+MQTTCONF: (0,1)"), Some(Bounds { min: 0, max: 1 }));
    assert_eq!(
        parse(&Read::<8, 8> { id: FIRST }, "+MQTTREAD: 1,0,0,0"),
        Some(ReadMessage::Empty)
    );
    assert_eq!(parse(&TestRead, "+MQTTREAD: (1,2)").unwrap().as_slice(), [1, 2]);
    assert!(parse(&TestWill, "+MQTTWILL: (1,2,101,102),255,(0-2),(0,1),1024").is_some());
    // The results.
    for line in [
        "+MQTTCLOSE: 1,1",
        "+MQTTSUB: 1,1",
        "+MQTTUNSUB: 1,1",
        "+MQTTPUB: 1,1",
        "+MQTTWTOPICUD: 101,1",
        "+MQTTWMSGUD: 101,1",
    ] {
        assert!(
            matches!(Urc::parse(line.as_bytes()), Some(Urc::Result { success: true, .. })),
            "{line}"
        );
    }
    assert!(SnRegistration::parse(b"+MQTTSNREG: 101,1").is_some());
    // Unasked.
    assert!(matches!(Urc::parse(b"+MQTTBREAK: 1,1"), Some(Urc::Broken { .. })));
    assert!(DirectMessage::parse(br#"+MQTTMSG: 1,0, "topic","1111""#).is_some());
    assert!(matches!(Urc::parse(b"+MQTTMSGI: 1,1,1,1"), Some(Urc::Announced { .. })));
}
