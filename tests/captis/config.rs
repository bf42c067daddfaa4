//! What stands in a device's configuration goes to the module as it is meant, or not at all.
#![cfg(feature = "sim")]

use fibocom_mqtt::profile::captis::azure::{self, Reading};
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
