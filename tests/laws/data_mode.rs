//! Every await may be dropped, and nothing but its message goes into a data mode.

use std::time::Duration;

use embassy_futures::join::join;
use embassy_futures::select::{Either, select};
use fibocom_mqtt::sim::Fault;
use fibocom_mqtt::{
    ConnectionId, Dialect, Error, Event, Operation, Publication, QoS, SettledEnd, TopicFilter, Will, command,
};

use crate::support::*;
use crate::{SECOND, no_command_was_published, quick};

#[test]
fn after_a_lost_prompt_no_command_becomes_payload() {
    for attach in [false, true] {
        let world = online();
        let mut memory = Memory::default();
        let mut modem = memory.modem(&world);
        world.block_on(async {
            let mut client = connected(&mut modem).await;
            world.module(|module| module.settings_mut().faults.push(Fault::NoPrompt));
            assert_eq!(
                client.publish(&Publication::new(topic("t"), &[b'x'; 100])).await,
                Err(Error::Silent)
            );
            world.module(|module| module.settings_mut().faults.clear());
            if attach {
                modem.attach(40 * SECOND).await.unwrap();
            }
            assert!(modem.send(&command::ReadSignal).await.is_ok());
            sleep(&world, 60 * SECOND).await;
        });
        no_command_was_published(&world);
    }
}

#[test]
fn a_prompt_after_all_waiting_swallows_no_command() {
    for late in [29, 31, 33, 35, 40] {
        for attach in [false, true] {
            let world = online();
            let mut memory = Memory::default();
            let mut modem = memory.modem(&world);
            world.block_on(async {
                let mut client = connected(&mut modem).await;
                world.module(|module| module.settings_mut().faults.push(Fault::LateOk(late * SECOND)));
                let publication = Publication::new(topic("t"), &[b'x'; 100]);
                assert!(
                    join(client.publish(&publication), async {
                        sleep(&world, SECOND).await;
                        world.module(|module| module.settings_mut().faults.clear());
                    })
                    .await
                    .0
                    .is_err()
                );
                for _ in 0..4 {
                    if attach {
                        let _ = modem.attach(5 * SECOND).await;
                    }
                    let _ = modem.send(&command::ReadSignal).await;
                }
                assert!(modem.send(&command::ReadSignal).await.is_ok(), "prompt after {late} s");
                sleep(&world, 60 * SECOND).await;
            });
            no_command_was_published(&world);
        }
    }
}

#[test]
fn a_port_that_stalls_within_a_command_swallows_no_command() {
    for taken in 1..33 {
        let world = quick();
        let mut memory = Memory::default();
        let mut modem = memory.paced(&world, Dialect::default());
        world.block_on(async {
            let mut client = connected(&mut modem).await;
            let before = world.record().written().len();
            let port = world.port();
            port.set_write_size(1);
            let stalling = async {
                while world.record().written().len() < before + taken {
                    sleep(&world, Duration::from_millis(1)).await;
                }
                port.stall(true);
            };
            let publication = Publication::new(topic("some/topic"), &[b'x'; 100]).qos(QoS::AtLeastOnce);
            let (result, ()) = join(client.publish(&publication), stalling).await;
            assert!(result.is_err(), "{result:?}");
            port.stall(false);
            port.set_write_size(usize::MAX);
            assert!(modem.send(&command::ReadSignal).await.is_ok(), "after {taken} bytes");
            sleep(&world, 60 * SECOND).await;
            assert!(modem.send(&command::ReadSignal).await.is_ok(), "after {taken} bytes");
        });
        no_command_was_published(&world);
        assert!(
            world.record().commands().iter().all(|command| !command.contains("xx")),
            "payload became a command"
        );
    }
}

/// A port that loses a byte of whatever is written in one piece of 64 bytes, as a line without flow control may.
struct Lossy(fibocom_mqtt::sim::Port);

impl embedded_io_async::ErrorType for Lossy {
    type Error = fibocom_mqtt::sim::Unplugged;
}

impl embedded_io_async::Read for Lossy {
    async fn read(&mut self, buffer: &mut [u8]) -> Result<usize, Self::Error> {
        self.0.read(buffer).await
    }
}

impl embedded_io_async::Write for Lossy {
    async fn write(&mut self, bytes: &[u8]) -> Result<usize, Self::Error> {
        let lost = usize::from(bytes.len() == 64);
        embedded_io_async::Write::write_all(&mut self.0, &bytes[lost..])
            .await
            .map(|()| bytes.len())
    }

    async fn flush(&mut self) -> Result<(), Self::Error> {
        embedded_io_async::Write::flush(&mut self.0).await
    }
}

#[test]
fn data_that_was_lost_on_the_way_is_not_made_up_with_a_command() {
    let world = online();
    let mut memory = Memory::default();
    let mut modem = memory.modem_on(Lossy(world.port()), &world, Dialect::default());
    world.block_on(async {
        let mut client = connected(&mut modem).await;
        let result = client.publish(&Publication::new(topic("t"), &[b'x'; 100])).await;
        assert_eq!(result, Err(Error::Cut { sent: 100 }));
        assert!(modem.send(&command::ReadSignal).await.is_ok());
        sleep(&world, 60 * SECOND).await;
    });
    assert_eq!(world.broker().published()[0].1.payload, [b'x'; 99]);
    no_command_was_published(&world);
}

#[test]
fn a_dropped_connect_is_seen_by_disconnect() {
    for after in [1, 20, 40, 60, 80, 100, 140] {
        let world = quick();
        world.module(|module| module.settings_mut().ok_delay = Duration::from_millis(20));
        let mut memory = Memory::default();
        let mut modem = memory.modem(&world);
        world.block_on(async {
            let mut client = modem.client(ConnectionId::FIRST);
            let pause = sleep(&world, Duration::from_millis(after));
            let _ = select(client.connect(&options()), pause).await;
            let disconnected = client.disconnect().await;
            sleep(&world, 60 * SECOND).await;
            assert!(!client.is_connected(), "{disconnected:?} after {after} ms");
            assert!(
                !world.module(|module| module.is_open(1)),
                "{disconnected:?} after {after} ms, and the connection is open"
            );
        });
    }
}

#[test]
fn each_dropped_call_is_told_even_if_two_ended_alike() {
    let world = online();
    let mut memory = Memory::default();
    let mut modem = memory.paced(&world, Dialect::default());
    world.block_on(async {
        let mut client = connected(&mut modem).await;
        client.unsubscribe(TopicFilter::new("#").unwrap()).await.unwrap();
        for _ in 0..2 {
            let publication = Publication::new(topic("t"), b"payload");
            let pause = sleep(&world, Duration::from_millis(30));
            // Before this one begins, the one before it is brought to its end.
            let dropped = select(client.publish(&publication), pause).await;
            assert!(matches!(dropped, Either::Second(())), "{dropped:?}");
            sleep(&world, SECOND).await;
        }
        for _ in 0..2 {
            let told = select(client.poll(), sleep(&world, 60 * SECOND)).await;
            let end = SettledEnd::Succeeded;
            let operation = Operation::Publish;
            assert!(
                matches!(told, Either::First(Ok(event)) if event == Event::Settled { operation, end }),
                "{told:?}"
            );
        }
        let told = select(client.poll(), sleep(&world, 60 * SECOND)).await;
        assert!(matches!(told, Either::Second(())), "{told:?}");
    });
}

#[test]
fn what_came_in_time_counts_however_late_it_is_read() {
    let world = online();
    world.module(|module| module.settings_mut().ok_delay = SECOND);
    let mut memory = Memory::default();
    let mut modem = memory.modem(&world);
    world.block_on(async {
        let mut client = connected(&mut modem).await;
        let pause = sleep(&world, SECOND / 2);
        let filter = TopicFilter::new("x").unwrap();
        let dropped = select(client.subscribe(filter, QoS::AtMostOnce), pause).await;
        assert!(matches!(dropped, Either::Second(())));
        sleep(&world, 3600 * SECOND).await;
        let (operation, end) = (Operation::Subscribe, SettledEnd::Succeeded);
        assert_eq!(client.poll().await, Ok(Event::Settled { operation, end }));
    });
}

#[test]
fn a_will_that_was_cut_opens_nothing() {
    let world = online();
    world.module(|module| {
        module.settings_mut().will_data_mode = true;
        module.settings_mut().data_limit = Some(Duration::from_millis(30));
    });
    let mut memory = Memory::default();
    let mut modem = memory.paced(&world, Dialect::default());
    modem.set_feature(fibocom_mqtt::Feature::WillDataMode, true);
    world.block_on(async {
        let options = options().will(Will::new(topic("will"), &[b'x'; 1024]));
        let cut = modem.client(ConnectionId::FIRST).connect(&options).await;
        assert!(matches!(cut, Err(Error::Cut { sent: 1..1024 })), "{cut:?}");
    });
    assert!(world.broker().opens().is_empty());
}
