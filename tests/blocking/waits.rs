//! How long blocking calls wait.

use std::time::Duration;

use fibocom_mqtt::blocking::{ByReadReady, ByTimeout, Modem};
use fibocom_mqtt::sim::{BlockingPort, World};
use fibocom_mqtt::{Buffers, Clock, Error, Event, Publication, command};

use crate::SECOND;
use crate::driver::{Memory, Ready, Timeout, connected};
use crate::shared::{every_byte, online, options, topic};

fn now(world: &World) -> Duration {
    world.clock().elapsed()
}

#[test]
fn recv_timeout_gives_up_in_time_and_keeps_what_comes_later() {
    let world = online();
    let mut memory = Memory::<Ready>::default();
    let mut modem = memory.modem(&world);
    world.block_on(async {
        let mut client = connected(&mut modem).await.0;
        let mut buffer = [0; 64];
        assert!(client.recv_timeout(&mut buffer, SECOND).unwrap().is_none());
        for wait in [Duration::ZERO, Duration::from_millis(1), SECOND, 50 * SECOND] {
            let start = now(&world);
            assert!(client.recv_timeout(&mut buffer, wait).unwrap().is_none());
            let waited = now(&world) - start;
            assert!(waited >= wait && waited <= wait + SECOND / 10, "{wait:?}: {waited:?}");
        }
        world.broker().client("other").publish("t", b"later", 1, false);
        let message = client.recv_timeout(&mut buffer, SECOND).unwrap().unwrap();
        assert_eq!(message.payload(), b"later");
    });
}

#[test]
fn without_time_to_wait_what_has_come_is_seen() {
    let world = online();
    let mut memory = Memory::<Ready>::default();
    let mut modem = memory.modem(&world);
    world.block_on(async {
        let mut client = connected(&mut modem).await.0;
        let mut buffer = [0; 64];
        // Nothing left to look for on a new connection.
        assert!(client.recv_timeout(&mut buffer, SECOND).unwrap().is_none());
        world.broker().client("other").publish("t", b"1", 1, false);
        world.advance(SECOND);
        let message = client.recv_timeout(&mut buffer, Duration::ZERO).unwrap().unwrap();
        assert_eq!(message.payload(), b"1");
        world.broker().client("other").publish("t", b"2", 1, false);
        world.advance(SECOND);
        assert_eq!(client.poll_timeout(Duration::ZERO), Ok(Some(Event::MessageWaiting)));
        assert_eq!(client.poll_timeout(SECOND), Ok(None));
    });
}

#[test]
fn a_line_that_is_held_back_ends_every_call() {
    fn held_back<T>(world: &World, port: T)
    where
        T: embedded_io_async::Read + embedded_io_async::Write<Error: PartialEq + std::fmt::Debug>,
    {
        let (mut line, mut message, mut transmit) = ([0; 256], [0; 64], [0; 1400]);
        let buffers = Buffers::new(&mut line, &mut message, &mut transmit);
        let idle = || world.idle();
        let mut modem = Modem::new(port, world.clock(), buffers).idle_with(idle);
        let mut client = modem.client(fibocom_mqtt::ConnectionId::FIRST);
        client.connect(&options()).unwrap();
        world.port().stall(true);
        let start = now(world);
        let result = client.publish(&Publication::new(topic("t"), b"1"));
        assert_eq!(result, Err(Error::Silent));
        assert!(now(world) - start < 60 * SECOND);
        world.port().stall(false);
        modem.send(&command::ReadSignal).unwrap();
    }
    let times_out = |world: &World| -> BlockingPort { world.blocking_port().timeout(SECOND / 100) };
    let world = online();
    held_back(&world, ByReadReady::new(times_out(&world)));
    let world = online();
    held_back(&world, ByTimeout::new(times_out(&world)));
}

#[test]
fn a_port_that_times_out_costs_a_timeout_per_piece() {
    let world = online();
    let mut memory = Memory::<Timeout>::default();
    let mut modem = memory.modem(&world);
    world.block_on(async {
        let mut client = connected(&mut modem).await.0;
        let start = now(&world);
        client.publish(&Publication::new(topic("t"), &every_byte())).unwrap();
        // 17 pieces at 1 ms, and what the module takes.
        let took = now(&world) - start;
        assert!(took < Duration::from_millis(100), "{took:?}");
    });
}

#[test]
fn what_is_asynchronous_runs_to_its_end() {
    let world = online();
    let mut memory = Memory::<Ready>::default();
    let mut modem = memory.modem(&world).0;
    let clock = world.clock();
    let (signal, at) = modem.run(async |modem| {
        let signal = modem.send(&command::ReadSignal).await;
        clock.sleep_until(clock.now() + SECOND).await;
        (signal, clock.elapsed())
    });
    assert!(signal.unwrap().dbm().is_some());
    assert!(at >= SECOND);
}
