//! Sessions that are dropped half way, or whose server or module fails: what was to be said is said once, or can be said again.
#![cfg(feature = "sim")]

use std::time::Duration;

use embassy_futures::select::{Either, select};
use fibocom_mqtt::profile::captis::azure::Response;
use fibocom_mqtt::profile::captis::{
    AzureSession, C8ySession, Executing, Gate, Login, Roles, Server, SessionError, Topics, Variant,
};
use fibocom_mqtt::sim::{Settings, World};
use fibocom_mqtt::{ConnectionId, Dialect, Error};

use super::support::{Memory, online, sleep};
use super::{CCID, identity, time};

const COMMAND: &[u8] = b"511,89610180003174295174,\"*,rf\"";

fn login(variant: Variant) -> Login<'static> {
    let server = Server::new(variant, "fleet").dangerously_without_tls();
    server.login(&identity()).unwrap()
}

/// A command that has come.
fn begun<'p>(gate: &Gate<'p>) -> Executing<'p> {
    gate.operations(COMMAND).next().unwrap().begin().0
}

/// A module whose answers take their time, so that there is a moment between each two steps.
fn slow() -> World {
    World::online(Settings {
        echo: false,
        ok_delay: Duration::from_millis(7),
        ..Settings::l610()
    })
}

fn published(world: &World) -> Vec<String> {
    let published = world.broker().published().into_iter();
    published
        .map(|(_, message)| String::from_utf8(message.payload).unwrap())
        .collect()
}

#[test]
fn a_status_that_is_dropped_half_way_is_not_changed_by_the_next() {
    let long = "x".repeat(900);
    let first = format!("503,c8y_Command,{long}");
    let mut dropped = 0;
    for after in 0..160 {
        let world = slow();
        let (mut memory, mut payload, identity) = (Memory::default(), [0; 1024], identity());
        let mut modem = memory.paced(&world, Dialect::default());
        let gate = Gate::new(CCID, &identity, Roles::WORK);
        let ended = world.block_on(async {
            let client = modem.client(ConnectionId::FIRST);
            let login = login(Variant::C8y);
            let mut session = C8ySession::open(client, &login, gate, Topics::new(), &mut payload)
                .await
                .unwrap();
            let status = begun(&gate).success_with(&long);
            let pause = sleep(&world, Duration::from_millis(after));
            let ended = matches!(select(session.status(status), pause).await, Either::First(_));
            // It is made in the memory that the first was made in.
            session.status(begun(&gate).fail("next")).await.unwrap();
            ended
        });
        dropped += usize::from(!ended);
        let published = published(&world);
        let (last, before) = published.split_last().unwrap();
        assert_eq!(last, "502,c8y_Command,next", "dropped after {after} ms");
        // A command that had not begun was not carried out; one that had, was, and whole.
        assert!(before.len() <= 1 && (!ended || before.len() == 1), "{published:?}");
        assert!(before.iter().all(|status| *status == first), "dropped after {after} ms");
    }
    assert!(dropped > 10 && dropped < 160, "{dropped}");
}

#[test]
fn a_session_whose_opening_is_dropped_is_opened_again() {
    let mut dropped = 0;
    for after in (0..400).step_by(5) {
        let world = slow();
        let (mut memory, mut payload, identity) = (Memory::default(), [0; 1024], identity());
        let mut modem = memory.paced(&world, Dialect::default());
        let gate = Gate::new(CCID, &identity, Roles::WORK);
        let login = login(Variant::Azure);
        world.block_on(async {
            let client = modem.client(ConnectionId::FIRST);
            let pause = sleep(&world, Duration::from_millis(after));
            let opening = AzureSession::open(client, &login, gate, &mut payload);
            dropped += usize::from(matches!(select(opening, pause).await, Either::Second(())));
            let client = modem.client(ConnectionId::FIRST);
            let mut session = AzureSession::open(client, &login, gate, &mut payload).await.unwrap();
            session.respond(time(), Response::success()).await.unwrap();
        });
        assert_eq!(world.broker().subscriptions(CCID).len(), 3, "dropped after {after} ms");
        assert_eq!(published(&world), [r#"{ "result": "Success" }"#]);
    }
    assert!(dropped > 10 && dropped < 80, "{dropped}");
}

#[test]
fn a_status_that_the_server_did_not_take_is_said_again() {
    let world = online();
    let (mut memory, mut payload, identity) = (Memory::default(), [0; 1024], identity());
    let mut modem = memory.modem(&world);
    let gate = Gate::new(CCID, &identity, Roles::WORK);
    world.block_on(async {
        let client = modem.client(ConnectionId::FIRST);
        let login = login(Variant::C8y);
        let mut session = C8ySession::open(client, &login, gate, Topics::new(), &mut payload)
            .await
            .unwrap();
        let executing = begun(&gate);
        let refused = Err(SessionError::Driver(Error::Refused));
        world.broker().refuse_publications(true);
        assert_eq!(session.status(executing.line()).await, refused);
        world.broker().refuse_publications(false);
        session.status(executing.line()).await.unwrap();
        // What has the text by reference is copied.
        let text = "P1: 123 L".to_owned();
        let status = executing.success_with(&text);
        world.broker().refuse_publications(true);
        assert_eq!(session.status(status).await, refused);
        world.broker().refuse_publications(false);
        session.status(status).await.unwrap();
    });
    assert_eq!(published(&world), ["501,c8y_Command", "503,c8y_Command,P1: 123 L"]);
}

#[test]
fn a_subscription_that_is_refused_leaves_a_connection_that_is_opened_again() {
    let world = online();
    let (mut memory, mut payload, identity) = (Memory::default(), [0; 1024], identity());
    let mut modem = memory.modem(&world);
    let gate = Gate::new(CCID, &identity, Roles::WORK);
    let login = login(Variant::C8y);
    world.block_on(async {
        world.broker().refuse_subscriptions(true);
        let client = modem.client(ConnectionId::FIRST);
        let opened = C8ySession::open(client, &login, gate, Topics::new(), &mut payload).await;
        assert_eq!(opened.map(drop).unwrap_err(), SessionError::Driver(Error::Refused));
        assert_eq!(world.broker().connected(), [CCID]);
        world.broker().refuse_subscriptions(false);
        let client = modem.client(ConnectionId::FIRST);
        let mut session = C8ySession::open(client, &login, gate, Topics::new(), &mut payload)
            .await
            .unwrap();
        session.status(begun(&gate).line()).await.unwrap();
    });
    assert_eq!(world.broker().opens().len(), 2);
    assert_eq!(published(&world), ["501,c8y_Command"]);
}
