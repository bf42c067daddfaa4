//! The module restarts while it is in use.

use std::sync::Mutex;
use std::time::Duration;

use embassy_futures::join::join;
use fibocom_mqtt::sim::{Fault, Settings, World};
use fibocom_mqtt::{
    ConnectionId, Delivery, Error, Event, Network, Publication, QoS, SettledEnd, TopicFilter, Trace, Will, command,
};

use crate::support::*;

const WAIT: Duration = Duration::from_secs(40);

/// A module whose data connection is up from the start, and the driver attached to it.
async fn attached<'b>(memory: &'b mut Memory, world: &World) -> TestModem<'b> {
    let mut modem = memory.modem(world);
    modem.attach(WAIT).await.unwrap();
    modem
}

/// Restarts the module after a second, and waits until it is up again.
async fn restarts(world: &World) {
    sleep(world, Duration::from_secs(1)).await;
    world.restart();
    sleep(world, Duration::from_secs(10)).await;
}

/// Both what a module may print when it has booted: a plain report, and a line that also comes otherwise.
const REPORTS: [&[&str]; 3] = [&["AT command ready", "+SIM READY"], &["AT READY"], &["+SIM READY"]];

fn world(boot_lines: &'static [&'static str]) -> World {
    World::online(Settings {
        boot_lines,
        ..Settings::l610()
    })
}

#[test]
fn receiving_reports_it_once_and_attaching_and_connecting_go_on() {
    for lines in REPORTS {
        let world = world(lines);
        let mut memory = Memory::default();
        world.block_on(async {
            let mut modem = attached(&mut memory, &world).await;
            let mut client = connected(&mut modem).await;
            let mut buffer = [0; 64];
            let (received, ()) = join(client.recv(&mut buffer), restarts(&world)).await;
            assert_eq!(received, Err(Error::Restarted));
            assert!(Error::<()>::Restarted.is_recoverable());
            assert!(!client.is_connected());
            assert_eq!(client.recv(&mut buffer).await, Err(Error::NotConnected));
            let publication = Publication::new(topic("t"), b"1");
            assert_eq!(client.publish(&publication).await, Err(Error::NotConnected));
            // What the driver has set is gone: it must attach first.
            assert_eq!(client.connect(&options()).await, Err(Error::Restarted));

            modem.attach(WAIT).await.unwrap();
            modem.bring_up(&Network::new(), WAIT).await.unwrap();
            let mut client = connected(&mut modem).await;
            assert_eq!(client.publish(&publication).await, Ok(Delivery::Confirmed));
            assert_eq!(client.recv(&mut buffer).await.unwrap().payload(), b"1");
        });
    }
}

#[test]
fn polling_reports_it_once() {
    for lines in REPORTS {
        let world = world(lines);
        let mut memory = Memory::default();
        world.block_on(async {
            let mut modem = attached(&mut memory, &world).await;
            let mut client = connected(&mut modem).await;
            let (event, ()) = join(client.poll(), restarts(&world)).await;
            assert_eq!(event, Ok(Event::Restarted));
            let mut buffer = [0; 64];
            assert_eq!(client.recv(&mut buffer).await, Err(Error::NotConnected));
        });
    }
}

#[test]
fn a_restart_that_nobody_waited_for_is_reported_by_the_next_call() {
    for lines in REPORTS {
        let world = world(lines);
        let mut memory = Memory::default();
        world.block_on(async {
            let mut modem = attached(&mut memory, &world).await;
            let mut client = connected(&mut modem).await;
            restarts(&world).await;
            let publication = Publication::new(topic("t"), b"1");
            assert_eq!(client.publish(&publication).await, Err(Error::Restarted));
            assert_eq!(client.publish(&publication).await, Err(Error::NotConnected));
        });
        assert!(world.broker().published().is_empty());
    }
}

#[test]
fn a_restart_whose_report_was_lost_shows_by_the_echo() {
    let world = world(&[]);
    let mut memory = Memory::default();
    world.block_on(async {
        let mut modem = attached(&mut memory, &world).await;
        let mut client = connected(&mut modem).await;
        restarts(&world).await;
        let publication = Publication::new(topic("t"), b"1");
        assert_eq!(client.publish(&publication).await, Err(Error::Restarted));
        assert_eq!(client.publish(&publication).await, Err(Error::NotConnected));
    });
}

#[test]
fn what_is_under_way_ends_when_the_module_is_up_again() {
    let world = world(REPORTS[0]);
    let mut memory = Memory::default();
    world.block_on(async {
        let mut modem = attached(&mut memory, &world).await;
        let mut client = connected(&mut modem).await;
        world.broker().withhold_results(true);
        let publication = Publication::new(topic("t"), b"1").qos(QoS::AtLeastOnce);
        let (published, ()) = join(client.publish(&publication), restarts(&world)).await;
        // It had the message, so nobody knows; that it has restarted is the next call's news.
        assert_eq!(published, Err(Error::Unknown));
        assert_eq!(client.publish(&publication).await, Err(Error::Restarted));
        assert!(world.clock().elapsed() < Duration::from_secs(15));
    });
    world.broker().withhold_results(false);
    assert_eq!(world.broker().published().len(), 1);

    let world = self::world(REPORTS[0]);
    let mut memory = Memory::default();
    world.block_on(async {
        let mut modem = attached(&mut memory, &world).await;
        let mut client = connected(&mut modem).await;
        world.broker().withhold_results(true);
        let filter = TopicFilter::new("more").unwrap();
        let (subscribed, ()) = join(client.subscribe(filter, QoS::AtMostOnce), restarts(&world)).await;
        assert_eq!(subscribed, Err(Error::Restarted));
        let publication = Publication::new(topic("t"), b"1");
        assert_eq!(client.publish(&publication).await, Err(Error::NotConnected));
        // A question of no connection.
        modem.attach(WAIT).await.unwrap();
        world.module(|module| module.settings_mut().ok_delay = Duration::from_secs(5));
        let (signal, ()) = join(modem.send(&command::ReadSignal), restarts(&world)).await;
        assert_eq!(signal.map(drop), Err(Error::Restarted));
    });
}

#[test]
fn a_restart_before_the_message_was_taken_is_no_unknown_result() {
    // The prompt takes 3 s, and the module restarts before it.
    let world = world(REPORTS[0]);
    let mut memory = Memory::default();
    world.block_on(async {
        let mut modem = attached(&mut memory, &world).await;
        let mut client = connected(&mut modem).await;
        world.module(|module| module.settings_mut().ok_delay = Duration::from_secs(3));
        let publication = Publication::new(topic("t"), b"1");
        let (published, ()) = join(client.publish(&publication), restarts(&world)).await;
        assert_eq!(published, Err(Error::Restarted));
    });
    assert!(world.broker().published().is_empty());
}

#[test]
fn a_restart_in_the_middle_of_a_message_leaves_no_half_command() {
    let world = World::online(Settings {
        boot_delay: Duration::from_millis(20),
        ..Settings::l610()
    });
    let mut memory = Memory::default();
    let mut modem = memory.paced(&world, fibocom_mqtt::Dialect::default());
    world.block_on(async {
        modem.attach(WAIT).await.unwrap();
        let mut client = connected(&mut modem).await;
        let payload = b"AT+MQTTPUB".repeat(102);
        let publication = Publication::new(topic("t"), &payload);
        let restart = async {
            // 64 pieces of a millisecond each: it is up again before the last one.
            sleep(&world, Duration::from_millis(30)).await;
            assert!(world.module(|module| module.in_data_mode()));
            world.restart();
        };
        let (published, ()) = join(client.publish(&publication), restart).await;
        assert_eq!(published, Err(Error::Restarted));
        assert!(!world.record().lost_commands().iter().any(|line| line.contains("CSQ")));
        modem.send(&command::ReadSignal).await.unwrap();
    });
    assert!(world.broker().published().is_empty());
}

#[test]
fn a_question_that_the_restart_swallowed_is_asked_again_at_once() {
    let world = world(REPORTS[0]);
    let mut memory = Memory::default();
    world.block_on(async {
        let mut modem = attached(&mut memory, &world).await;
        world.module(|module| module.on_command_once(b"AT+CPIN?", b""));
        assert_eq!(modem.send(&command::ReadSim).await.map(drop), Err(Error::Silent));
        // Now a fence stands in front of every command, and the module does not hear it.
        world.restart();
        sleep(&world, Duration::from_secs(6)).await;
        let start = world.clock().elapsed();
        modem.send(&command::ReadSignal).await.unwrap();
        let took = world.clock().elapsed() - start;
        assert!(took < Duration::from_secs(3), "{took:?}");
    });
}

#[test]
fn a_dropped_call_is_settled_as_unknown() {
    let world = world(REPORTS[0]);
    let mut memory = Memory::default();
    world.block_on(async {
        let mut modem = attached(&mut memory, &world).await;
        let mut client = connected(&mut modem).await;
        world.broker().withhold_results(true);
        let publication = Publication::new(topic("t"), b"1");
        let dropped =
            embassy_futures::select::select(client.publish(&publication), sleep(&world, Duration::from_secs(1)));
        assert!(matches!(dropped.await, embassy_futures::select::Either::Second(())));
        restarts(&world).await;
        let settled = client.poll().await.unwrap();
        let end = SettledEnd::Unknown;
        assert_eq!(
            settled,
            Event::Settled {
                operation: fibocom_mqtt::Operation::Publish,
                end
            }
        );
        assert_eq!(client.poll().await, Ok(Event::Restarted));
    });
}

#[test]
fn each_connection_learns_it_and_the_broker_sends_the_wills() {
    let world = world(REPORTS[0]);
    let mut memory = Memory::default();
    world.block_on(async {
        let mut modem = attached(&mut memory, &world).await;
        connected(&mut modem).await;
        let second = options().client_id("second").will(Will::new(topic("w"), b"gone"));
        modem.client(ConnectionId::SECOND).connect(&second).await.unwrap();
        restarts(&world).await;
        let mut buffer = [0; 64];
        for id in [ConnectionId::FIRST, ConnectionId::SECOND] {
            assert_eq!(modem.client(id).recv(&mut buffer).await, Err(Error::Restarted));
        }
    });
    let published = world.broker().published();
    assert_eq!(published.len(), 1);
    assert_eq!(
        (&*published[0].0, &published[0].1.payload[..]),
        ("second", &b"gone"[..])
    );
}

#[test]
fn a_sim_that_reports_itself_on_a_running_module_is_no_restart() {
    let world = World::online(Settings::l610().fault(Fault::UrcInside));
    let mut memory = Memory::default();
    world.block_on(async {
        let mut modem = attached(&mut memory, &world).await;
        let mut client = connected(&mut modem).await;
        sleep(&world, Duration::from_secs(5)).await;
        world.emit_raw(b"\r\n+SIM READY\r\n");
        let publication = Publication::new(topic("t"), b"1");
        assert_eq!(client.publish(&publication).await, Ok(Delivery::Confirmed));
        let mut buffer = [0; 64];
        assert_eq!(client.recv(&mut buffer).await.unwrap().payload(), b"1");
        assert!(client.is_connected());
    });
}

#[test]
fn a_payload_that_looks_like_a_report_is_a_payload() {
    let world = world(REPORTS[0]);
    let mut memory = Memory::default();
    let report = b"\r\n\r\nAT command ready\r\n\r\n+SIM READY\r\n";
    world.block_on(async {
        let mut modem = attached(&mut memory, &world).await;
        let mut client = connected(&mut modem).await;
        let mut buffer = [0; 64];
        for _ in 0..3 {
            client.publish(&Publication::new(topic("t"), report)).await.unwrap();
            assert_eq!(client.recv(&mut buffer).await.unwrap().payload(), report);
            assert!(client.is_connected());
        }
    });
}

#[test]
fn the_trace_shows_it() {
    let world = world(REPORTS[0]);
    let shown = Mutex::new(String::new());
    let mut trace = |step: Trace<'_>| *shown.lock().unwrap() += &format!("{step}\n");
    let mut memory = Memory::default();
    let mut modem = memory.modem(&world);
    modem.set_trace(&mut trace);
    world.block_on(async {
        modem.attach(WAIT).await.unwrap();
        let mut client = connected(&mut modem).await;
        let (event, ()) = join(client.poll(), restarts(&world)).await;
        assert_eq!(event, Ok(Event::Restarted));
    });
    drop(modem);
    let shown = shown.into_inner().unwrap();
    assert_eq!(shown.matches("[the module has restarted]").count(), 1, "{shown}");
    assert!(shown.contains("< AT command ready\n"), "{shown}");
}
