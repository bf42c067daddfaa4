//! What is counted of calls that were dropped, and of a module that falls silent.

use std::time::Duration;

use embassy_futures::join::join;
use embassy_futures::select::{Either, select};
use fibocom_mqtt::sim::Fault;
use fibocom_mqtt::{ConnectionId, Dialect, Error, Event, Publication, QoS, SettledEnd};

use crate::support::*;

/// A publication of every byte on a line that takes its time is dropped 20 ms after its beginning, and awaited `later`.
fn drop_publication(later: Duration) -> (Event, fibocom_mqtt::Counters) {
    let world = online();
    let mut memory = Memory::default();
    let mut modem = memory.paced(&world, Dialect::default());
    world.block_on(async {
        let payload = every_byte();
        let publication = Publication::new(topic("t"), &payload).qos(QoS::AtLeastOnce);
        let mut client = connected(&mut modem).await;
        let pause = sleep(&world, Duration::from_millis(20));
        assert!(matches!(
            select(client.publish(&publication), pause).await,
            Either::Second(())
        ));
        let counters = client.counters();
        assert_eq!((counters.sent, counters.confirmed, counters.cut), (1, 0, 0));
        sleep(&world, later).await;
        let event = client.poll().await.unwrap();
        (event, client.counters())
    })
}

fn end(event: Event) -> SettledEnd {
    match event {
        Event::Settled { end, .. } => end,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_dropped_publication_is_counted_when_it_ends() {
    let (event, counters) = drop_publication(Duration::ZERO);
    assert_eq!(end(event), SettledEnd::Succeeded);
    assert_eq!((counters.sent, counters.confirmed, counters.cut), (1, 1, 0));
}

#[test]
fn what_the_modules_data_mode_cut_short_is_cut() {
    let (event, counters) = drop_publication(Duration::from_secs(40));
    assert!(matches!(end(event), SettledEnd::Cut { .. }), "{event:?}");
    assert_eq!((counters.sent, counters.confirmed, counters.cut), (1, 0, 1));
}

#[test]
fn a_message_that_breaks_off_is_lost() {
    let world = online();
    let mut memory = Memory::default();
    let mut modem = memory.modem(&world);
    world.block_on(async {
        connected(&mut modem).await;
        let beginning = b"\r\n+MQTTREAD: 1,1,1,40,\"t\",\"only this";
        world.module(|module| module.on_command_once(b"AT+MQTTREAD=1", beginning));
        world.emit_raw(b"\r\n+MQTTMSGI: 1,1,1,40\r\n");
        let silence = async {
            sleep(&world, Duration::from_secs(1)).await;
            world.module(|module| module.settings_mut().faults.push(Fault::Silent));
        };
        let mut client = modem.client(ConnectionId::FIRST);
        let mut buffer = [0; 64];
        let (received, ()) = join(client.recv(&mut buffer), silence).await;
        assert_eq!(received, Err(Error::Silent));
        // It may still come, until the fence has failed, too.
        assert_eq!(modem.counters().lost, 0);
        let mut client = modem.client(ConnectionId::FIRST);
        assert_eq!(client.recv(&mut buffer).await, Err(Error::Silent));
        let counters = client.counters();
        assert_eq!((counters.received, counters.lost), (0, 1), "{counters:?}");
    });
}
