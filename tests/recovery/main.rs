//! Recovery: what was lost comes back when it is asked for, step by step, and never by itself.

mod ends;
#[path = "../support/mod.rs"]
mod support;

use std::sync::Mutex;
use std::time::Duration;

use embassy_futures::select::{Either, select};
use fibocom_mqtt::sim::{BreakCause, Fault, Settings, Unplugged, World};
use fibocom_mqtt::{
    Backoff, Clock, CmeError, ConnectOptions, ConnectionId, Delivery, Error, ModuleError, Network, NetworkProblem,
    PowerControl, Publication, QoS, Recovered, Recovering, Recovery, Security, Tls, TopicFilter,
};
use support::*;

const SECOND: Duration = Duration::from_secs(1);
const FILTERS: [(TopicFilter, QoS); 2] = [
    (filter("plant/#"), QoS::AtLeastOnce),
    (filter("meter/7"), QoS::ExactlyOnce),
];

const fn filter(filter: &'static str) -> TopicFilter<'static> {
    match TopicFilter::new(filter) {
        Ok(filter) => filter,
        Err(_) => panic!("no filter"),
    }
}

fn kept() -> ConnectOptions<'static> {
    options().clean_session(false)
}

fn recovery() -> Recovery<'static> {
    Recovery::new(kept()).subscriptions(&FILTERS).network(Network::new())
}

/// A module in the network, and a client that is connected and subscribed.
async fn ready(modem: &mut TestModem<'_>) {
    modem.attach(40 * SECOND).await.unwrap();
    modem.bring_up(&Network::new(), 60 * SECOND).await.unwrap();
    let mut client = modem.client(ConnectionId::FIRST);
    client.connect(&kept()).await.unwrap();
    for (filter, qos) in FILTERS {
        client.subscribe(filter, qos).await.unwrap();
    }
}

/// Recovers, and gives the steps in words as well.
async fn recover<P: PowerControl, S: Security>(
    modem: &mut TestModem<'_>,
    recovery: &Recovery<'_, S>,
    power: &mut P,
) -> (Result<Recovered, Error<Unplugged>>, Vec<String>) {
    let steps = Mutex::new(Vec::new());
    let mut watch = |step: Recovering<'_, Unplugged>| {
        let word = match step {
            Recovering::Pause { attempt, .. } => format!("pause {attempt}"),
            Recovering::Power => "power".into(),
            Recovering::PowerFailed => "no power key".into(),
            Recovering::Attach => "attach".into(),
            Recovering::Network(_) => "network".into(),
            Recovering::Connect => "connect".into(),
            Recovering::Subscribe(number) => format!("subscribe {number}"),
            Recovering::Failed(error) => format!("failed: {error:?}"),
            _ => "something".into(),
        };
        let mut steps = steps.lock().unwrap();
        if steps.last() != Some(&word) {
            steps.push(word);
        }
    };
    let result = modem
        .client(ConnectionId::FIRST)
        .recover(recovery, power, &mut watch)
        .await;
    (result, steps.into_inner().unwrap())
}

fn recovered(attempts: u16) -> Result<Recovered, Error<Unplugged>> {
    Ok(Recovered {
        attempts,
        subscriptions: 2,
        clean_session: false,
    })
}

const CONNECTED: [&str; 3] = ["connect", "subscribe 0", "subscribe 1"];

fn steps(first: &[&'static str]) -> Vec<&'static str> {
    [first, &CONNECTED[..]].concat()
}

/// A message that the broker has goes to the client.
async fn receives(world: &World, modem: &mut TestModem<'_>, payload: &str) {
    world.broker().client("elsewhere").publish("plant/3", payload, 1, false);
    let mut buffer = [0; 64];
    let mut client = modem.client(ConnectionId::FIRST);
    assert_eq!(client.recv(&mut buffer).await.unwrap().payload(), payload.as_bytes());
}

#[test]
fn nothing_comes_back_by_itself() {
    let world = online();
    let mut memory = Memory::default();
    let mut modem = memory.modem(&world);
    world.block_on(async {
        ready(&mut modem).await;
        world.broker().break_connection(CLIENT_ID);
        let mut buffer = [0; 64];
        let mut client = modem.client(ConnectionId::FIRST);
        for _ in 0..3 {
            assert!(matches!(client.recv(&mut buffer).await, Err(Error::Disconnected(_))));
            assert!(client.publish(&Publication::new(topic("plant/1"), b"1")).await.is_err());
            sleep(&world, 3600 * SECOND).await;
        }
    });
    assert_eq!(world.broker().opens().len(), 1);
}

#[test]
fn a_broken_connection_comes_back_with_its_subscriptions() {
    let world = online();
    let mut memory = Memory::default();
    let mut modem = memory.modem(&world);
    world.block_on(async {
        ready(&mut modem).await;
        for n in 0..3 {
            world.broker().break_connection(CLIENT_ID);
            let mut buffer = [0; 64];
            let lost = modem.client(ConnectionId::FIRST).recv(&mut buffer).await;
            assert!(matches!(lost, Err(Error::Disconnected(_))));
            let (result, seen) = recover(&mut modem, &recovery(), &mut ()).await;
            assert_eq!(
                (result, seen),
                (
                    recovered(1),
                    steps(&["pause 1"]).iter().map(|s| s.to_string()).collect()
                )
            );
            assert_eq!(world.broker().subscriptions(CLIENT_ID).len(), 2);
            receives(&world, &mut modem, &n.to_string()).await;
        }
    });
}

#[test]
fn what_came_while_the_network_was_lost_arrives_afterwards() {
    for cause in [BreakCause::Link, BreakCause::Registration] {
        let world = World::new(Settings {
            echo: false,
            ..Settings::l610()
        });
        let mut memory = Memory::default();
        let mut modem = memory.modem(&world);
        world.block_on(async {
            ready(&mut modem).await;
            world.lose_network(cause, 5 * SECOND);
            let mut buffer = [0; 64];
            let lost = modem.client(ConnectionId::FIRST).recv(&mut buffer).await;
            assert!(matches!(lost, Err(Error::Disconnected(_))), "{lost:?}");
            let elsewhere = world.broker().client("elsewhere");
            for n in 0..5 {
                elsewhere.publish("plant/3", n.to_string(), 1, false);
            }
            let (result, seen) = recover(&mut modem, &recovery(), &mut ()).await;
            assert_eq!(result.unwrap().subscriptions, 2, "{seen:?}");
            assert_eq!(seen[1], "network", "{seen:?}");
            let mut client = modem.client(ConnectionId::FIRST);
            for n in 0..5 {
                assert_eq!(
                    client.recv(&mut buffer).await.unwrap().payload(),
                    n.to_string().as_bytes()
                );
            }
            let publication = Publication::new(topic("plant/4"), b"again").qos(QoS::AtLeastOnce);
            assert_eq!(client.publish(&publication).await, Ok(Delivery::Confirmed));
        });
    }
}

#[test]
fn a_module_that_restarted_gets_everything_again_the_files_of_tls_too() {
    const AUTHORITY: &[u8] = b"-----BEGIN CERTIFICATE-----\nQQ==\n-----END CERTIFICATE-----\n";
    let world = World::new(Settings::l610());
    world.broker().require_tls(AUTHORITY);
    let mut memory = Memory::default();
    let mut modem = memory.modem(&world);
    let options = kept().tls(Tls::new().trust(AUTHORITY));
    let recovery = Recovery::new(options).subscriptions(&FILTERS).network(Network::new());
    world.block_on(async {
        modem.attach(40 * SECOND).await.unwrap();
        modem.bring_up(&Network::new(), 60 * SECOND).await.unwrap();
        modem.client(ConnectionId::FIRST).connect(&options).await.unwrap();
        world.restart();
        let mut buffer = [0; 64];
        let lost = modem.client(ConnectionId::FIRST).recv(&mut buffer).await;
        assert_eq!(lost, Err(Error::Restarted));
        let (result, seen) = recover(&mut modem, &recovery, &mut ()).await;
        assert_eq!(result, recovered(1), "{seen:?}");
        assert_eq!(seen, steps(&["pause 1", "attach", "network"]));
        receives(&world, &mut modem, "after").await;
    });
    let uploads = world
        .record()
        .commands()
        .iter()
        .filter(|line| line.starts_with("AT+GTSSLFILE="))
        .count();
    assert_eq!(uploads, 2);
}

#[test]
fn a_recovery_may_be_dropped_anywhere_and_called_again() {
    for millis in (0..20_000).step_by(170) {
        let world = World::new(Settings::l610());
        let mut memory = Memory::default();
        let mut modem = memory.modem(&world);
        world.block_on(async {
            ready(&mut modem).await;
            world.restart();
            {
                let recovery = recovery();
                let mut power = ();
                let dropped = recover(&mut modem, &recovery, &mut power);
                let later = sleep(&world, Duration::from_millis(millis));
                if let Either::First((result, _)) = select(dropped, later).await {
                    result.unwrap();
                }
            }
            let (result, seen) = recover(&mut modem, &recovery(), &mut ()).await;
            assert!(result.is_ok(), "{millis}: {result:?} {seen:?}");
            receives(&world, &mut modem, "after").await;
        });
    }
}

#[test]
fn each_of_two_connections_is_brought_back_by_a_call_of_its_own() {
    let world = World::new(Settings {
        echo: false,
        ..Settings::l610()
    });
    let mut memory = Memory::default();
    let mut modem = memory.modem(&world);
    let other = ConnectOptions::new("broker", 1883).client_id("other");
    let subscriptions = [(filter("other"), QoS::AtMostOnce)];
    world.block_on(async {
        ready(&mut modem).await;
        modem.client(ConnectionId::SECOND).connect(&other).await.unwrap();

        // One breaks: the other stays.
        world.broker().break_connection(CLIENT_ID);
        let (result, _) = recover(&mut modem, &recovery(), &mut ()).await;
        result.unwrap();
        assert!(modem.client(ConnectionId::SECOND).is_connected());

        // Both are lost.
        world.restart();
        let (result, seen) = recover(&mut modem, &recovery(), &mut ()).await;
        assert!(result.is_ok(), "{result:?} {seen:?}");
        let mut buffer = [0; 64];
        let lost = modem.client(ConnectionId::SECOND).recv(&mut buffer).await;
        assert!(matches!(lost, Err(Error::Restarted | Error::NotConnected)), "{lost:?}");
        let second = Recovery::new(other).subscriptions(&subscriptions);
        modem
            .client(ConnectionId::SECOND)
            .recover(&second, &mut (), &mut |_| {})
            .await
            .unwrap();
        receives(&world, &mut modem, "first").await;
        world.broker().client("elsewhere").publish("other", "second", 0, false);
        let message = modem.client(ConnectionId::SECOND);
        let mut client = message;
        assert_eq!(client.recv(&mut buffer).await.unwrap().payload(), b"second");
    });
}

#[test]
fn another_port_is_gone_on_with_from_nothing() {
    let world = online();
    let line = world.add(Settings::l610().online());
    let mut memory = Memory::default();
    let mut modem = memory.modem(&world);
    world.block_on(async {
        ready(&mut modem).await;
        let sent = modem.counters().sent;
        // In the middle of a message.
        let payload = every_byte();
        {
            let mut client = modem.client(ConnectionId::FIRST);
            let publication = Publication::new(topic("plant/1"), &payload);
            let dropped = client.publish(&publication);
            let soon = sleep(&world, Duration::from_millis(6));
            assert!(matches!(select(dropped, soon).await, Either::Second(())));
        }
        drop(modem.replace_port(line.port()));
        assert!(!modem.client(ConnectionId::FIRST).is_connected());
        assert_eq!(modem.counters().sent, sent + 1);
        let (result, seen) = recover(&mut modem, &recovery(), &mut ()).await;
        assert_eq!(result, recovered(1), "{seen:?}");
        assert_eq!(seen[1], "attach");
        receives(&world, &mut modem, "after").await;
    });
    assert!(!line.record().written().windows(4).any(|bytes| bytes == [0, 1, 2, 3]));
}
