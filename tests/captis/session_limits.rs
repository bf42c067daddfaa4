//! What sessions refuse before the wire, and what they say in its place.
#![cfg(feature = "sim")]

use fibocom_mqtt::profile::captis::azure::{self, Reading, Response};
use fibocom_mqtt::profile::captis::{
    AzureSession, C8ySession, Decimal, Event, EventId, Gate, Health, Measurement, Quantity, Roles, Server,
    SessionError, Topic, Topics, Variant,
};
use fibocom_mqtt::profile::json::Value;
use fibocom_mqtt::{ConnectionId, Error, Field, InvalidInput};

use super::support::{Memory, online};
use super::{identity, time};

/// Topics that would end the quotes of a command, or stand for others, and why each is refused.
fn hostile() -> [(&'static str, InvalidInput); 8] {
    let character = |byte| InvalidInput::Character {
        field: Field::Topic,
        byte,
    };
    [
        ("a\",0,0,\"x", character(b'"')),
        ("a\r\nAT+CFUN=0\r\n", character(b'\r')),
        ("a\0b", character(0)),
        ("a\\22b", character(b'\\')),
        ("zähler", character(0xc3)),
        ("", InvalidInput::Empty { field: Field::Topic }),
        ("s/#", InvalidInput::Wildcard),
        ("s/+/us", InvalidInput::Wildcard),
    ]
}

#[test]
fn a_topic_that_is_none_is_refused_before_the_wire() {
    let world = online();
    let (mut memory, mut payload, identity) = (Memory::default(), [0; 1024], identity());
    let mut modem = memory.modem(&world);
    let gate = Gate::new(identity.ccid(), &identity, Roles::WORK);
    let login = Server::new(Variant::C8y, "fleet").login(&identity).unwrap();
    let config = Value::parse("{}").unwrap();
    let measurement = Measurement::new(Quantity::Pulse1, Some(time()), Decimal::from(1)).unwrap();
    for (name, reason) in hostile() {
        let topics = Topic::ALL
            .into_iter()
            .filter(|topic| *topic != Topic::OperationsDownload)
            .fold(Topics::new(), |topics, topic| topics.set(topic, name));
        world.block_on(async {
            let client = modem.client(ConnectionId::FIRST);
            let mut session = C8ySession::open(client, &login, gate, topics, &mut payload)
                .await
                .unwrap();
            let before = world.record().commands().len();
            let refused = Err(SessionError::Driver(Error::Invalid(reason)));
            assert_eq!(
                session.events(&[Event::new(EventId::BOOT, None)]).await.map(drop),
                refused,
                "{name:?}"
            );
            assert_eq!(session.measurements(&[measurement]).await.map(drop), refused);
            assert_eq!(
                session.health(&[Health::ConnectionInterval(1)]).await.map(drop),
                refused
            );
            assert_eq!(session.configuration(config).await, refused);
            let operation = format!("511,{},*,rf", identity.ccid());
            let received = gate.operations(operation.as_bytes()).next().unwrap();
            assert_eq!(session.status(received.begin().0.line()).await, refused);
            assert_eq!(world.record().commands().len(), before);
            session.client().disconnect().await.unwrap();
        });
    }
}

#[test]
fn a_filter_that_is_none_opens_no_connection() {
    let world = online();
    let (mut memory, mut payload, identity) = (Memory::default(), [0; 1024], identity());
    let mut modem = memory.modem(&world);
    let gate = Gate::new(identity.ccid(), &identity, Roles::WORK);
    let login = Server::new(Variant::C8y, "fleet").login(&identity).unwrap();
    let wildcards = [("s/#/ds", InvalidInput::Wildcard), ("s/d+", InvalidInput::Wildcard)];
    // Wildcards are right in filters, where they stand for whole levels.
    let others = hostile()
        .into_iter()
        .filter(|(_, reason)| *reason != InvalidInput::Wildcard);
    for (name, reason) in others.chain(wildcards) {
        let topics = Topics::new().set(Topic::OperationsDownload, name);
        let client = modem.client(ConnectionId::FIRST);
        let opened = world.block_on(C8ySession::open(client, &login, gate, topics, &mut payload));
        let refused = SessionError::Driver(Error::Invalid(reason));
        assert_eq!(opened.map(drop).unwrap_err(), refused, "{name:?}");
    }
    assert!(world.broker().opens().is_empty() && world.record().commands().is_empty());
}

#[test]
fn an_answer_that_is_too_long_is_told_to_the_server() {
    let world = online();
    let fleet = world.broker().client("fleet");
    assert!(fleet.subscribe("#", 1));
    let (mut memory, mut payload, identity) = (Memory::default(), [0; 1024], identity());
    let mut modem = memory.modem(&world);
    let gate = Gate::new(identity.ccid(), &identity, Roles::WORK);
    let server = Server::new(Variant::C8y, "fleet").dangerously_without_tls();
    let login = server.login(&identity).unwrap();
    let long = "x".repeat(1024);
    world.block_on(async {
        let client = modem.client(ConnectionId::FIRST);
        let mut session = C8ySession::open(client, &login, gate, Topics::new(), &mut payload)
            .await
            .unwrap();
        let operation = format!("511,{},*,rf", identity.ccid());
        let received = gate.operations(operation.as_bytes()).next().unwrap();
        assert_eq!(session.status(received.begin().0.success_with(&long)).await, Ok(()));
        session.client().disconnect().await.unwrap();

        let client = modem.client(ConnectionId::FIRST);
        let mut session = AzureSession::open(client, &login, gate, &mut payload).await.unwrap();
        assert_eq!(session.respond(time(), Response::success_with(&long)).await, Ok(()));
        session.client().disconnect().await.unwrap();

        // A buffer that has no room for that either.
        let mut short = [0; 16];
        let client = modem.client(ConnectionId::FIRST);
        let mut session = AzureSession::open(client, &login, gate, &mut short).await.unwrap();
        let refused = session.respond(time(), Response::success_with(&long)).await;
        assert!(matches!(refused, Err(SessionError::TooLarge(_))), "{refused:?}");
    });
    let got: Vec<_> = fleet
        .received()
        .into_iter()
        .map(|message| String::from_utf8(message.payload).unwrap())
        .collect();
    assert_eq!(
        got,
        [
            "502,c8y_Command,the answer is too long to be sent",
            r#"{ "result": "Failure", "response": "the answer is too long to be sent" }"#,
        ]
    );
}

#[test]
fn a_client_id_cannot_move_azures_topics() {
    let world = online();
    let (mut memory, mut payload, identity) = (Memory::default(), [0; 1024], identity());
    let mut modem = memory.modem(&world);
    for (id, reason) in [("a/+/b", InvalidInput::Wildcard), ("a/#", InvalidInput::Wildcard)] {
        let server = Server::new(Variant::Azure, "hub")
            .client_id(id)
            .dangerously_without_tls();
        let login = server.login(&identity).unwrap();
        let gate = Gate::new(login.client_id(), &identity, Roles::WORK);
        world.block_on(async {
            let client = modem.client(ConnectionId::FIRST);
            let mut session = AzureSession::open(client, &login, gate, &mut payload).await.unwrap();
            // What it hears is what the hub sends it by its own name, whatever that is.
            let filters = [azure::C2D_FILTER, azure::TWIN_FILTER, azure::DESIRED_FILTER];
            let mut subscribed = world.broker().subscriptions(id);
            subscribed.sort();
            let mut expected = filters.map(|filter| (filter.as_bytes().to_vec(), 1));
            expected.sort();
            assert_eq!(subscribed, expected);
            let before = world.record().commands().len();
            let refused = Err(SessionError::Driver(Error::Invalid(reason)));
            let reading = Reading::event(time(), EventId::BOOT);
            assert_eq!(session.telemetry(&[reading]).await, refused);
            assert_eq!(world.record().commands().len(), before);
            session.client().disconnect().await.unwrap();
        });
    }
}
