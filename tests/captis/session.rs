//! The formats over the MQTT client, on the simulated module.
#![cfg(feature = "sim")]

use fibocom_mqtt::command::ErrorReports;
use fibocom_mqtt::profile::TooLarge;
use fibocom_mqtt::profile::captis::azure::{Reading, Reported, Response};
use fibocom_mqtt::profile::captis::csv::Lines;
use fibocom_mqtt::profile::captis::{
    AzureSession, C8ySession, Decimal, Event, EventId, Gate, Health, Identity, Login, Measurement, Quantity, Refusal,
    Role, Roles, Server, SessionError, Timestamp, Topic, Topics, Variant,
};
use fibocom_mqtt::profile::json::Value;
use fibocom_mqtt::sim::{Message, Port, Sim, TestClient, Unplugged, VirtualClock, World};
use fibocom_mqtt::{CmeError, ConnectionId, DataForm, Dialect, Error, ModuleError};

use super::support::{Memory, online};
use super::{CCID, identity, time};

type C8y<'s, 'm, 'b> = C8ySession<'s, 'm, 'b, Port, VirtualClock>;
type Azure<'s, 'm, 'b> = AzureSession<'s, 'm, 'b, Port, VirtualClock>;

fn fleet(world: &World, filter: &str) -> TestClient {
    let fleet = world.broker().client("fleet");
    assert!(fleet.subscribe(filter, 2));
    fleet
}

/// What the fleet has got since the last call: topic, payload, and the quality of service.
fn got(fleet: &TestClient) -> Vec<(String, String, u8)> {
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    let told = |Message {
                    topic,
                    payload,
                    qos,
                    retain,
                }: Message| {
        assert!(!retain);
        (text(topic), text(payload), qos)
    };
    fleet.received().into_iter().map(told).collect()
}

fn login(variant: Variant) -> Login<'static> {
    Server::new(variant, "fleet")
        .dangerously_without_tls()
        .login(&identity())
        .unwrap()
}

fn with_c8y(
    world: &World,
    roles: Roles,
    topics: Topics<'_>,
    room: usize,
    test: impl AsyncFnOnce(&mut C8y<'_, '_, '_>),
) {
    let (mut memory, mut payload, identity) = (Memory::default(), vec![0; room], identity());
    let mut modem = memory.modem(world);
    let gate = Gate::new(CCID, &identity, roles);
    world.block_on(async {
        let client = modem.client(ConnectionId::FIRST);
        let login = login(Variant::C8y);
        let mut session = C8ySession::open(client, &login, gate, topics, &mut payload)
            .await
            .unwrap();
        test(&mut session).await;
    });
}

fn with_azure(world: &World, roles: Roles, room: usize, test: impl AsyncFnOnce(&mut Azure<'_, '_, '_>)) {
    let (mut memory, mut payload, identity) = (Memory::default(), vec![0; room], identity());
    let mut modem = memory.modem(world);
    let gate = Gate::new(CCID, &identity, roles);
    world.block_on(async {
        let client = modem.client(ConnectionId::FIRST);
        let login = login(Variant::Azure);
        let mut session = AzureSession::open(client, &login, gate, &mut payload).await.unwrap();
        test(&mut session).await;
    });
}

fn pulses(count: u32) -> Vec<Measurement<'static>> {
    let pulse = |number| Measurement::new(Quantity::Pulse1, Some(time()), Decimal::from(number)).unwrap();
    (0..count).map(|number| pulse(number).units("L")).collect()
}

#[test]
fn everything_goes_to_its_topic_at_qos_1() {
    let world = online();
    let fleet = fleet(&world, "#");
    let topics = Topics::new()
        .set(Topic::Events, "d/%IMEI%/events")
        .set(Topic::Operations, "op/%CCID%");
    let topics = topics
        .set(Topic::OperationsDownload, "down/%CCID%")
        .set(Topic::Configuration, "config");
    let topics = topics.set(Topic::DeviceHealth, "health");
    with_c8y(&world, Roles::WORK, topics, 1024, async |session| {
        assert_eq!(
            world.broker().subscriptions(CCID),
            [(format!("down/{CCID}").into_bytes(), 1)]
        );
        assert_eq!(session.measurements(&pulses(2)).await, Ok(2));
        assert_eq!(session.events(&[Event::new(EventId::BOOT, Some(time()))]).await, Ok(1));
        assert_eq!(session.health(&[Health::ConnectionInterval(60)]).await, Ok(1));
        let config = Value::parse(r#"{"key": "value"}"#).unwrap();
        session.configuration(config).await.unwrap();
        assert_eq!(session.measurements(&[]).await, Ok(0));

        let line = format!("511,{CCID},\"{CCID},get_pulse_total,1\"");
        fleet.publish(format!("down/{CCID}"), &line, 1, false);
        let mut buffer = [0; 256];
        let message = session.client().recv(&mut buffer).await.unwrap();
        assert_eq!(message.payload(), line.as_bytes());
        let gate = *session.gate();
        for received in gate.operations(message.payload()) {
            let (executing, operation) = received.begin();
            assert!(operation.is_ok());
            session.status(executing.line()).await.unwrap();
            session.status(executing.success_with("P1: 123 L")).await.unwrap();
        }
    });
    let lines = ["I002,2018-10-10T10:21:03Z,0,L", "I002,2018-10-10T10:21:03Z,1,L"].join("\n");
    let operations = format!("op/{CCID}");
    let expected = [
        ("s/uc/mpd", &*lines),
        ("d/357732081910355/events", "a00018-00000,2018-10-10T10:21:03Z"),
        ("health", "117,60"),
        ("config", r#"113,"{""key"": ""value""}""#),
        (&operations, "501,c8y_Command"),
        (&operations, "503,c8y_Command,P1: 123 L"),
    ];
    let mut got = got(&fleet);
    got.retain(|(topic, ..)| !topic.starts_with("down/"));
    let got: Vec<_> = got
        .iter()
        .map(|(topic, payload, qos)| (topic.as_str(), payload.as_str(), *qos))
        .collect();
    assert_eq!(got, expected.map(|(topic, payload)| (topic, payload, 1)));
}

#[test]
fn many_lines_go_as_many_at_a_time_as_fit() {
    let world = online();
    let fleet = fleet(&world, "#");
    let all = pulses(100);
    // More than the module takes at once is of no use.
    with_c8y(&world, Roles::WORK, Topics::new(), 3000, async |session| {
        let mut pending = &all[..];
        while !pending.is_empty() {
            let sent = session.measurements(pending).await.unwrap();
            pending = &pending[sent..];
        }
    });
    let payloads: Vec<_> = got(&fleet).into_iter().map(|(_, payload, _)| payload).collect();
    assert_eq!(payloads.len(), 4);
    assert!(payloads.iter().all(|payload| payload.len() <= 1024));
    assert!(payloads[..3].iter().all(|payload| payload.len() > 1024 - 31));
    let lines: Vec<_> = payloads.iter().flat_map(|payload| Lines::new(payload)).collect();
    assert_eq!(lines, all.iter().map(ToString::to_string).collect::<Vec<_>>());
}

#[test]
fn a_module_that_counts_digits_takes_half_as_much() {
    let world = online();
    let (mut memory, mut payload, identity) = (Memory::default(), [0; 1024], identity());
    for (form, room) in [
        (DataForm::Raw, 1024),
        (DataForm::HexBytes, 1024),
        (DataForm::HexDigits, 512),
    ] {
        let mut modem = memory.modem_with(&world, Dialect::default().data_form(form));
        let gate = Gate::new(CCID, &identity, Roles::WORK);
        world.block_on(async {
            let client = modem.client(ConnectionId::FIRST);
            assert_eq!(client.max_payload(), room);
            let login = login(Variant::C8y);
            let mut session = C8ySession::open(client, &login, gate, Topics::new(), &mut payload)
                .await
                .unwrap();
            let document = format!(r#"{{"key":"{}"}}"#, "x".repeat(room));
            let config = Value::parse(&document).unwrap();
            let needed = document.len() + r#"113,"""""""#.len();
            let refused = Err(SessionError::TooLarge(TooLarge { needed, max: room }));
            assert_eq!(session.configuration(config).await, refused);
        });
    }
}

#[test]
fn a_payload_that_is_too_long_is_refused_before_the_wire() {
    let world = online();
    let document = format!(r#"{{"key":"{}"}}"#, "x".repeat(1020));
    let config = Value::parse(&document).unwrap();
    let commands = || world.record().commands().len();
    with_c8y(&world, Roles::WORK, Topics::new(), 3000, async |session| {
        let before = commands();
        let needed = document.len() + r#"113,"""""""#.len();
        assert_eq!(
            session.configuration(config).await,
            Err(SessionError::TooLarge(TooLarge { needed, max: 1024 }))
        );
        assert_eq!(commands(), before);
    });
    with_c8y(&world, Roles::WORK, Topics::new(), 20, async |session| {
        let before = commands();
        let refused = SessionError::TooLarge(TooLarge { needed: 29, max: 20 });
        assert_eq!(session.measurements(&pulses(1)).await, Err(refused));
        assert_eq!(session.health(&[Health::ConnectionInterval(60)]).await, Ok(1));
        assert_eq!(commands(), before + 1);
    });
    with_azure(&world, Roles::WORK, 20, async |session| {
        let before = commands();
        let reading = Reading::event(time(), EventId::BOOT);
        let refused = SessionError::TooLarge(TooLarge { needed: 25, max: 20 });
        assert_eq!(session.telemetry(&[reading]).await, Err(refused));
        assert_eq!(commands(), before);
    });
}

#[test]
fn a_server_gets_what_its_roles_say_and_no_more() {
    let world = online();
    let events = [Event::new(EventId::BOOT, None)];
    let health = [Health::ConnectionInterval(60)];
    let readings = [
        Reading::new(time(), Quantity::BatteryVoltage, Decimal::new(347, 2)).unwrap(),
        Reading::event(time(), EventId::BOOT),
    ];
    for role in [Role::Measurements, Role::Events, Role::Info] {
        let result = |wanted: Role, done: usize| match wanted == role {
            true => Ok(done),
            false => Err(SessionError::Refused(Refusal::Role(wanted))),
        };
        with_c8y(&world, Roles::of(&[role]), Topics::new(), 1024, async |session| {
            assert_eq!(session.measurements(&pulses(1)).await, result(Role::Measurements, 1));
            assert_eq!(session.events(&events).await, result(Role::Events, 1));
            assert_eq!(session.health(&health).await, result(Role::Info, 1));
        });
        with_azure(&world, Roles::of(&[role]), 1024, async |session| {
            assert_eq!(session.telemetry(&readings[..1]).await, result(Role::Measurements, 1));
            assert_eq!(session.telemetry(&readings[1..]).await, result(Role::Events, 1));
            let reported = Reported {
                serial: Some("CPT-7"),
                ..Reported::default()
            };
            assert_eq!(session.report(1, &reported).await.map(|()| 1), result(Role::Info, 1));
        });
    }
    let text = SessionError::<Unplugged>::Refused(Refusal::Role(Role::Events)).to_string();
    assert!(text.contains("Events") && text.contains("another server"), "{text}");
}

#[test]
fn azure_gets_one_publication_for_each_time() {
    let world = online();
    let fleet = fleet(&world, "#");
    let later = Timestamp::from_unix(time().unix() + 60);
    let readings = [
        Reading::new(time(), Quantity::BatteryVoltage, Decimal::new(347, 2)).unwrap(),
        Reading::event(time(), EventId::BOOT),
        Reading::event(later, EventId::CONFIG_CHANGED),
    ];
    with_azure(&world, Roles::WORK, 1024, async |session| {
        let filters: Vec<_> = world
            .broker()
            .subscriptions(CCID)
            .into_iter()
            .map(|(filter, _)| filter)
            .collect();
        for filter in [&b"devices/+/messages/devicebound/#"[..], b"$iothub/twin/res/#"] {
            assert!(filters.iter().any(|subscribed| subscribed == filter));
        }
        assert_eq!(session.telemetry(&readings).await, Ok(2));
        assert_eq!(session.telemetry(&readings[2..]).await, Ok(1));
        assert_eq!(session.telemetry(&[]).await, Ok(0));
    });
    let topic = |time: &str| format!("devices/{CCID}/messages/events/%24.ctime={time}");
    let expected = [
        (
            topic("2018-10-10T10:21:03Z"),
            r#"{"I011": 3.47, "event": "a00018-00000"}"#.into(),
            1,
        ),
        (topic("2018-10-10T10:22:03Z"), r#"{"event": "a00083-00012"}"#.into(), 1),
    ];
    assert_eq!(got(&fleet), expected);
}

#[test]
fn cap_q10_answers_go_where_telemetry_goes() {
    let world = online();
    let fleet = fleet(&world, "#");
    with_azure(&world, Roles::WORK, 1024, async |session| {
        let gate = *session.gate();
        let own = format!("devices/{CCID}/messages/devicebound/%24.mid=1");
        for (payload, answer) in [
            (r#"{ "command": "get_pulse_total,1" }"#, Ok("P1: 123 L")),
            ("get_pulse_total,1", Err(())),
        ] {
            assert!(world.broker().inject(CCID, &own, payload, 1));
            let mut buffer = [0; 256];
            let message = session.client().recv(&mut buffer).await.unwrap();
            let request = gate.request(message.topic(), message.payload());
            match request.and_then(|request| request.command(&mut [])) {
                Ok(_) => session.respond(time(), Response::success_with(answer.unwrap())).await,
                Err(refusal) => session.respond(time(), Response::failure(refusal)).await,
            }
            .unwrap();
        }
        // Measured at the same time.
        session
            .telemetry(&[Reading::event(time(), EventId::BOOT)])
            .await
            .unwrap();
    });
    let topic = format!("devices/{CCID}/messages/events/%24.ctime=2018-10-10T10:21:03Z");
    let failure = r#"{ "result": "Failure", "response": "not JSON at byte 0: a value is expected" }"#;
    let expected = [
        r#"{ "result": "Success", "response": "P1: 123 L" }"#,
        failure,
        r#"{"event": "a00018-00000"}"#,
    ];
    assert_eq!(
        got(&fleet),
        expected.map(|payload| (topic.clone(), payload.to_owned(), 1))
    );
}

#[test]
fn the_twin_is_asked_for_and_reported_to() {
    let world = online();
    let hub = fleet(&world, "$iothub/twin/#");
    with_azure(&world, Roles::WORK, 1024, async |session| {
        session.ask_for_twin("id_one").await.unwrap();
        let reported = Reported {
            serial: Some("CPT-7"),
            ..Reported::default()
        };
        session.report("id_two", &reported).await.unwrap();
    });
    let patch = "$iothub/twin/PATCH/properties/reported/?$rid=id_two".to_owned();
    let expected = [
        ("$iothub/twin/GET/?$rid=id_one".to_owned(), String::new(), 1),
        (patch, r#"{"serial":"CPT-7"}"#.to_owned(), 1),
    ];
    assert_eq!(got(&hub), expected);
}

#[test]
fn the_driver_fails_and_so_does_the_session() {
    let world = online();
    world.broker().refuse_next_open(4);
    let (mut memory, mut payload, identity) = (Memory::default(), [0; 64], identity());
    let mut modem = memory.modem(&world);
    let gate = Gate::new(CCID, &identity, Roles::WORK);
    world.block_on(async {
        let client = modem.client(ConnectionId::FIRST);
        let opened = C8ySession::open(client, &login(Variant::C8y), gate, Topics::new(), &mut payload).await;
        let refused = opened.map(drop).unwrap_err();
        assert!(matches!(refused, SessionError::Driver(_)), "{refused}");
        assert!(world.broker().subscriptions(CCID).is_empty());
    });
}

#[test]
fn the_module_tells_who_the_device_is() {
    let world = online();
    let mut memory = Memory::default();
    let mut modem = memory.modem(&world);
    let expected = Identity::new("89860012345678901234", "864430010012345").unwrap();
    assert_eq!(world.block_on(Identity::read(&mut modem)), Ok(expected));
    world.block_on(modem.send(&ErrorReports::Numbers)).unwrap();
    world.module(|module| module.settings_mut().sim = Sim::Absent);
    let absent = Error::Module(ModuleError::Cme(CmeError::SimNotInserted));
    assert_eq!(world.block_on(Identity::read(&mut modem)), Err(absent));
}
