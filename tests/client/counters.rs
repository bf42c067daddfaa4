//! Each counter counts what it says, and nothing else.

use std::time::Duration;

use fibocom_mqtt::sim::{Fault, Settings, World};
use fibocom_mqtt::{ConnectionId, Counters, Delivery, Dialect, Error, Publication, QoS, ReceiveMode, TopicFilter};

use super::support::*;

const QOS1: QoS = QoS::AtLeastOnce;

fn publication(payload: &[u8]) -> Publication<'_> {
    Publication::new(topic("t"), payload).qos(QOS1)
}

/// Connects without subscribing, lets `act` act, and gives what was counted; every publication has one end.
fn counted(settings: Settings, dialect: Dialect, act: impl AsyncFnOnce(&World, &mut TestModem<'_>)) -> Counters {
    let world = World::online(Settings {
        echo: false,
        ..settings
    });
    let mut memory = Memory {
        message: vec![0; 64],
        ..Memory::default()
    };
    let mut modem = memory.modem_with(&world, dialect);
    world.block_on(async {
        let mut client = connected(&mut modem).await;
        client.unsubscribe(TopicFilter::new("#").unwrap()).await.unwrap();
        assert_eq!(modem.counters(), Counters::default(), "connecting counts nothing");
        act(&world, &mut modem).await;
        let all = modem.counters();
        let ends = [all.confirmed, all.accepted, all.refused, all.cut, all.unknown];
        assert_eq!(all.sent, ends.iter().sum::<u32>(), "{all:?}");
        assert_eq!(modem.client(ConnectionId::FIRST).counters(), all);
        let other = modem.client(ConnectionId::SECOND).counters();
        assert_eq!((other.sent, other.received, other.lost), (0, 0, 0));
        all
    })
}

fn with_fault(fault: Fault, act: impl AsyncFnOnce(&World, &mut TestModem<'_>)) -> Counters {
    counted(Settings::l610(), Dialect::default(), async |world, modem| {
        world.module(|module| module.settings_mut().faults.push(fault));
        act(world, modem).await;
    })
}

/// `[sent, confirmed, accepted, refused, cut, unknown, received, lost, resynchronised]`
fn numbers(counters: Counters) -> [u32; 9] {
    let Counters {
        sent,
        confirmed,
        accepted,
        refused,
        cut,
        unknown,
        received,
        lost,
        resynchronised,
        ..
    } = counters;
    [
        sent,
        confirmed,
        accepted,
        refused,
        cut,
        unknown,
        received,
        lost,
        resynchronised,
    ]
}

#[test]
fn what_the_module_confirms_is_confirmed_and_what_is_not_sent_is_not_counted() {
    let counters = counted(Settings::l610(), Dialect::default(), async |_, modem| {
        let mut client = modem.client(ConnectionId::FIRST);
        client.publish(&publication(b"1")).await.unwrap();
        client.publish(&publication(b"")).await.unwrap();
        client
            .publish(&Publication::new(topic("t"), b"at QoS 0"))
            .await
            .unwrap();
        // Refused before a byte is written.
        client.publish(&publication(&[0; 1025])).await.unwrap_err();
        let mut other = modem.client(ConnectionId::SECOND);
        assert_eq!(other.publish(&publication(b"1")).await, Err(Error::NotConnected));
    });
    assert_eq!(numbers(counters), [3, 3, 0, 0, 0, 0, 0, 0, 0]);
}

#[test]
fn at_qos_0_without_a_result_it_is_accepted() {
    let settings = Settings {
        qos0_result: false,
        ..Settings::l610()
    };
    let dialect = Dialect::default().result_at_qos0(false);
    let counters = counted(settings, dialect, async |_, modem| {
        let mut client = modem.client(ConnectionId::FIRST);
        let accepted = client.publish(&Publication::new(topic("t"), b"1")).await;
        assert_eq!(accepted, Ok(Delivery::Accepted));
        client.publish(&publication(b"1")).await.unwrap();
    });
    assert_eq!(numbers(counters), [2, 1, 1, 0, 0, 0, 0, 0, 0]);
}

#[test]
fn failure_and_errors_are_refusals() {
    let counters = with_fault(Fault::PubRefused, async |world, modem| {
        let mut client = modem.client(ConnectionId::FIRST);
        assert_eq!(client.publish(&publication(b"1")).await, Err(Error::Refused));
        let error = b"\r\n+CME ERROR: 50\r\n";
        world.module(|module| module.on_command_once(b"AT+MQTTPUB=1,\"t\",1,0,1", error));
        let ended = client.publish(&publication(b"1")).await;
        assert!(matches!(ended, Err(Error::Module(_))), "{ended:?}");
    });
    assert_eq!(numbers(counters), [2, 0, 0, 2, 0, 0, 0, 0, 0]);
}

#[test]
fn without_a_result_it_is_unknown_and_stays_so() {
    let counters = counted(Settings::l610(), Dialect::default(), async |world, modem| {
        world.broker().withhold_results(true);
        let mut client = modem.client(ConnectionId::FIRST);
        assert_eq!(client.publish(&publication(b"1")).await, Err(Error::Unknown));
        assert_eq!(client.publish(&publication(b"2")).await, Err(Error::Unsettled));
        world.broker().withhold_results(false);
        client.poll().await.unwrap();
        client.publish(&publication(b"3")).await.unwrap();
    });
    assert_eq!(numbers(counters), [2, 1, 0, 0, 0, 1, 0, 0, 0]);
}

#[test]
fn without_a_prompt_it_is_unknown_and_the_exchange_is_resynchronised() {
    let counters = with_fault(Fault::NoPrompt, async |world, modem| {
        let mut client = modem.client(ConnectionId::FIRST);
        assert_eq!(client.publish(&publication(b"12")).await, Err(Error::Silent));
        world.module(|module| module.settings_mut().faults.clear());
        sleep(world, Duration::from_secs(60)).await;
        // The next call fences; what is owed of the one before may stand in its way once.
        let _ = client.disconnect().await;
        client.connect(&options()).await.unwrap();
    });
    assert_eq!(numbers(counters), [1, 0, 0, 0, 0, 1, 0, 0, 1]);
}

#[test]
fn messages_are_counted_when_the_module_hands_them_out() {
    let counters = with_fault(Fault::DropUrc, async |world, modem| {
        let broker = world.broker();
        for payload in [&b"received"[..], b"skipped", &[b'x'; 100]] {
            assert!(broker.inject(CLIENT_ID, "t", payload, 1));
        }
        sleep(world, Duration::from_secs(1)).await;
        let mut client = modem.client(ConnectionId::FIRST);
        let mut buffer = [0; 64];
        assert_eq!(client.recv(&mut buffer).await.unwrap().payload(), b"received");
        assert!(client.skip().await.unwrap().is_some());
        let lost = client.recv(&mut buffer).await;
        assert!(matches!(lost, Err(Error::Lost(_))), "{lost:?}");
    });
    assert_eq!(numbers(counters), [0, 0, 0, 0, 0, 0, 2, 1, 0]);
}

#[test]
fn a_late_answer_costs_one_resynchronisation_and_so_does_attaching() {
    let counters = with_fault(Fault::LateOk(Duration::from_secs(12)), async |world, modem| {
        let mut client = modem.client(ConnectionId::FIRST);
        let filter = TopicFilter::new("x").unwrap();
        assert_eq!(client.subscribe(filter, QOS1).await, Err(Error::Silent));
        world.module(|module| module.settings_mut().faults.clear());
        sleep(world, Duration::from_secs(20)).await;
        modem.send(&fibocom_mqtt::command::ReadSignal).await.unwrap();
        assert_eq!(modem.counters().resynchronised, 1);
        modem.attach(Duration::from_secs(40)).await.unwrap();
    });
    assert_eq!(numbers(counters), [0, 0, 0, 0, 0, 0, 0, 0, 2]);
}

#[test]
fn messages_in_lines_are_counted_when_they_come() {
    let counters = counted(Settings::l610(), Dialect::default(), async |world, modem| {
        modem.set_receive_mode(ReceiveMode::Direct);
        let mut client = connected(modem).await;
        let other = world.broker().client("other");
        for payload in [&b"kept"[..], &[b'x'; 100], b"kept"] {
            other.publish("t", payload, 1, false);
        }
        sleep(world, Duration::from_secs(1)).await;
        client.poll().await.unwrap();
        assert_eq!((client.counters().received, client.counters().lost), (2, 1));
        let mut buffer = [0; 64];
        for _ in 0..3 {
            let _ = client.recv(&mut buffer).await;
        }
    });
    assert_eq!(numbers(counters), [0, 0, 0, 0, 0, 0, 2, 1, 0]);
}
