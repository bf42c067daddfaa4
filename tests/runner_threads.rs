//! The runner under tokio, its tasks on several threads, in front of the simulated module in real time. Nothing here depends on
//! how long anything takes: the test ends once every message was counted.
#![cfg(all(feature = "sim", feature = "runner", feature = "std"))]

use std::sync::Arc;
use std::time::Duration;

use embassy_sync::blocking_mutex::raw::CriticalSectionRawMutex;
use embedded_io_async::ErrorKind;
use fibocom_mqtt::sim::{MemoryBroker, Module, Settings, serve};
use fibocom_mqtt::{
    Buffers, ConnectOptions, ConnectionId, Error, Handle, Modem, Publication, QoS, Runner, StdClock, ThreadedTransport,
    TopicFilter, TopicName,
};

type Shared = Runner<CriticalSectionRawMutex, 2, 3, 256>;
type Connection = Handle<'static, CriticalSectionRawMutex, 2, 3, 256>;

static RUNNER: Shared = Shared::new();

const EACH: usize = 500;
const NAMES: [&str; 2] = ["one", "two"];

fn name_of(connection: &Connection) -> &'static str {
    NAMES[usize::from(connection.id().get() - 1)]
}

fn is_send<T: Send>(value: T) -> T {
    value
}

/// Attaches, and serves the handles. What it works in lives as long as the program.
fn serve(broker: &MemoryBroker) -> impl Future<Output = ()> + Send + use<> {
    let settings = Settings {
        ok_delay: Duration::ZERO,
        result_delay: Duration::ZERO,
        ..Settings::l610().online()
    };
    let module = Module::new(settings, Box::new(broker.network()));
    let (mut reader, writer) = serve::Runner::new(module).spawn().unwrap();
    reader.set_timeout(Some(Duration::from_millis(100)));
    let port = ThreadedTransport::new(reader, writer).unwrap();
    is_send(async move {
        let (mut line, mut message, mut transmit) = ([0; 256], [0; 512], [0; 512]);
        let buffers = Buffers::new(&mut line, &mut message, &mut transmit);
        let mut modem = Modem::new(port, StdClock::new(), buffers);
        modem.attach(Duration::from_secs(600)).await.unwrap();
        let Err(error) = RUNNER.run(&mut modem).await;
        panic!("the runner ended: {error:?}");
    })
}

async fn publish(connection: Connection, parity: usize) -> Result<(), Error<ErrorKind>> {
    let topic = format!("up/{}/{parity}", name_of(&connection));
    for n in (parity..EACH).step_by(2) {
        let payload = n.to_string();
        let qos = [QoS::AtLeastOnce, QoS::ExactlyOnce][parity];
        let publication = Publication::new(TopicName::new(&topic)?, payload.as_bytes()).qos(qos);
        connection.publish(&publication).await?;
    }
    Ok(())
}

async fn receive(connection: Connection) -> Result<(), Error<ErrorKind>> {
    let mut buffer = [0; 256];
    for n in 0..EACH {
        let message = connection.recv(&mut buffer).await?;
        let expected = format!("down/{}", name_of(&connection));
        assert_eq!(message.topic_str(), Some(&*expected));
        assert_eq!(message.payload(), n.to_string().as_bytes());
    }
    Ok(())
}

#[test]
fn tasks_on_four_threads_publish_and_receive_on_two_connections() {
    let broker = MemoryBroker::new();
    let executor = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(4)
        .build()
        .unwrap();
    let connections = [ConnectionId::FIRST, ConnectionId::SECOND].map(|id| RUNNER.handle(id));
    let served = executor.spawn(serve(&broker));
    executor.block_on(async {
        for connection in connections {
            let name = name_of(&connection);
            let options = ConnectOptions::new("broker", 1883).client_id(name);
            connection.connect(&options).await.unwrap();
            let filter = format!("down/{name}");
            let filter = TopicFilter::new(&filter).unwrap();
            connection.subscribe(filter, QoS::ExactlyOnce).await.unwrap();
        }
        let mut tasks = Vec::new();
        for connection in connections {
            tasks.push(tokio::spawn(is_send(publish(connection, 0))));
            tasks.push(tokio::spawn(is_send(publish(connection, 1))));
            tasks.push(tokio::spawn(is_send(receive(connection))));
        }
        let peer = broker.client("peer");
        for n in 0..EACH {
            for name in NAMES {
                // What the module does not store waits at the broker.
                peer.publish(format!("down/{name}"), n.to_string(), 1 + (n % 2) as u8, false);
            }
            tokio::task::yield_now().await;
        }
        for task in tasks {
            task.await.unwrap().unwrap();
        }
    });
    served.abort();
    let published = broker.published();
    for name in NAMES {
        for parity in 0..2 {
            let topic = format!("up/{name}/{parity}");
            let of_one = published
                .iter()
                .filter(|(_, message)| message.topic == topic.as_bytes());
            let of_one: Vec<_> = of_one
                .map(|(client, message)| (client.as_str(), String::from_utf8_lossy(&message.payload).into_owned()))
                .collect();
            let expected: Vec<_> = (parity..EACH).step_by(2).map(|n| (name, n.to_string())).collect();
            assert_eq!(of_one, expected);
        }
    }
    assert_eq!((RUNNER.counters().sent, RUNNER.counters().confirmed), (1000, 1000));
}

#[test]
fn a_runner_can_be_shared_among_threads() {
    let shared = Arc::new(Shared::new());
    let in_thread = Arc::clone(&shared);
    let thread = std::thread::spawn(move || in_thread.handle(ConnectionId::FIRST).is_connected());
    assert!(!thread.join().unwrap());
    let handle = shared.handle(ConnectionId::FIRST);
    let mut buffer = [0; 8];
    drop(is_send(handle.recv(&mut buffer)));
    drop(is_send(handle.disconnect()));
}
