//! The simulated module's way to a real MQTT server.
//!
//! Each connection has a thread with an MQTT 3.1.1 client of its own. Dropping a connection without closing it, by
//! [`Network::abandon`] or by the end of the process, ends its TCP connection without a DISCONNECT, so that the server
//! sends the will. While the module has no room for a message, messages are not acknowledged and the socket is not
//! read, except for what a request or a ping needs.
//!
//! TLS is real: TLS 1.2 with exactly the files that were uploaded to the module. The server's certificate must be for the host
//! that the open names, but for a fixed server, which stands for any; and it must be of version 3.

use std::collections::{HashMap, VecDeque};
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;
use std::time::{Duration, Instant};

use fibocom_mqtt::sim::{Message, Network, NetworkEvent, OpenRequest, Refusal, Token};
use rumqttc::{AsyncClient, LastWill, MqttOptions, Publish, QoS, TlsConfiguration, Transport};
use tokio::sync::oneshot;

#[path = "bridge_tls.rs"]
mod tls;
#[path = "bridge_worker.rs"]
mod worker;

use worker::{News, Shared, What, Worker};

/// How many requests may wait to be sent.
const REQUESTS: usize = 256;
/// Larger than anything the module takes.
const PACKET: usize = 16 * 1024 * 1024;

type Waker = Arc<dyn Fn() + Send + Sync>;

/// A [`Network`] of TCP connections.
pub struct Bridge {
    server: Option<SocketAddr>,
    links: HashMap<u16, Link>,
    sender: Sender<News>,
    receiver: Receiver<News>,
    waker: Option<Waker>,
    generation: u64,
}

/// The module's side of one connection.
struct Link {
    generation: u64,
    client: AsyncClient,
    shared: Arc<Shared>,
    inbox: VecDeque<Publish>,
    /// Ends the thread when it is dropped.
    _life: oneshot::Sender<()>,
}

impl Bridge {
    /// A bridge to the servers that the host names, or, if `server` is given, to that one whatever it names.
    pub fn new(server: Option<SocketAddr>) -> Self {
        let (sender, receiver) = channel();
        Self {
            server,
            links: HashMap::new(),
            sender,
            receiver,
            waker: None,
            generation: 0,
        }
    }

    fn report(&self, connection: u16, event: NetworkEvent) {
        // The receiver is ours.
        drop(self.sender.send(News {
            generation: self.generation_of(connection),
            connection,
            what: What::Event(event),
        }));
        if let Some(wake) = &self.waker {
            wake();
        }
    }

    /// The next message the module has room for.
    fn deliver(&mut self, room: &dyn Fn(u16) -> bool) -> Option<NetworkEvent> {
        let mut links = self.links.iter_mut();
        let (connection, link) = links.find(|(connection, link)| !link.inbox.is_empty() && room(**connection))?;
        let publish = link.inbox.pop_front()?;
        link.shared.backlog.fetch_sub(1, Ordering::AcqRel);
        if publish.qos != QoS::AtMostOnce {
            link.shared.acks.fetch_add(1, Ordering::AcqRel);
            if link.client.try_ack(&publish).is_err() {
                link.shared.acks.fetch_sub(1, Ordering::AcqRel);
            }
        }
        link.shared.changed.notify_one();
        let message = Message {
            topic: publish.topic.into_bytes(),
            payload: publish.payload.to_vec(),
            qos: publish.qos as u8,
            retain: publish.retain,
        };
        Some(NetworkEvent::Message {
            connection: *connection,
            message,
        })
    }

    fn generation_of(&self, connection: u16) -> u64 {
        self.links.get(&connection).map_or(0, |link| link.generation)
    }

    /// Passes a request on; one that cannot be passed on has failed.
    fn request(
        &self,
        connection: u16,
        token: Token,
        ask: impl FnOnce(&AsyncClient) -> Result<(), rumqttc::ClientError>,
    ) {
        let sent = self.links.get(&connection).is_some_and(|link| {
            // Held until it is sent, so that the thread finds the token when the request comes out.
            let mut requested = link.shared.requested();
            requested.push_back(token);
            let sent = ask(&link.client).is_ok();
            if !sent {
                requested.pop_back();
            }
            drop(requested);
            link.shared.changed.notify_one();
            sent
        });
        if !sent {
            self.report(
                connection,
                NetworkEvent::Done {
                    connection,
                    token,
                    ok: false,
                },
            );
        }
    }

    fn options(&self, request: OpenRequest) -> Result<MqttOptions, Refusal> {
        let text = |bytes| String::from_utf8(bytes).map_err(|_| Refusal::Unreachable);
        let (host, port) = match self.server {
            Some(server) => (server.ip().to_string(), server.port()),
            None => (text(request.host)?, request.port),
        };
        let client_id = text(request.client_id)?;
        if client_id.is_empty() && !request.clean {
            return Err(Refusal::Unreachable);
        }
        let mut options = MqttOptions::new(client_id, host, port);
        options
            .set_keep_alive(Duration::from_secs(request.keep_alive.into()))
            .set_clean_session(request.clean)
            .set_manual_acks(true)
            .set_max_packet_size(PACKET, PACKET);
        if !request.user.is_empty() {
            options.set_credentials(text(request.user)?, text(request.password)?);
        }
        if let Some(will) = request.will {
            options.set_last_will(LastWill::new(
                text(will.topic)?,
                will.payload,
                qos(will.qos),
                will.retain,
            ));
        }
        if let Some(tls) = request.tls {
            let tls = tls::configuration(&tls, self.server.is_some()).map_err(Refusal::Tls)?;
            options.set_transport(Transport::Tls(TlsConfiguration::Rustls(Arc::new(tls))));
        }
        Ok(options)
    }
}

impl Network for Bridge {
    fn open(&mut self, connection: u16, token: Token, request: OpenRequest) {
        self.links.remove(&connection);
        let options = match self.options(request) {
            Ok(options) => options,
            Err(refusal) => {
                let result = Err(refusal);
                return self.report(
                    connection,
                    NetworkEvent::Opened {
                        connection,
                        token,
                        result,
                    },
                );
            }
        };
        self.generation += 1;
        let (client, events) = AsyncClient::new(options, REQUESTS);
        let (life, end) = oneshot::channel();
        let shared = Arc::new(Shared::default());
        let worker = Worker {
            connection,
            generation: self.generation,
            shared: Arc::clone(&shared),
            events,
            in_flight: HashMap::new(),
            pinged: Instant::now(),
            awaits_pong: false,
            news: self.sender.clone(),
            waker: self.waker.clone(),
        };
        let link = Link {
            generation: self.generation,
            client,
            shared,
            inbox: VecDeque::new(),
            _life: life,
        };
        self.links.insert(connection, link);
        let spawned = thread::Builder::new()
            .name(format!("mqtt {connection}"))
            .spawn(move || worker.run(token, end));
        if spawned.is_err() {
            let result = Err(Refusal::Unreachable);
            self.report(
                connection,
                NetworkEvent::Opened {
                    connection,
                    token,
                    result,
                },
            );
        }
    }

    fn close(&mut self, connection: u16, token: Token) {
        if let Some(link) = self.links.get_mut(&connection) {
            link.inbox.clear();
        }
        self.request(connection, token, AsyncClient::try_disconnect);
    }

    fn publish(&mut self, connection: u16, token: Token, message: Message) {
        self.request(connection, token, |client| {
            // What is no UTF-8 no MQTT server takes.
            let topic = String::from_utf8(message.topic).unwrap_or_else(|_| "#".into());
            client.try_publish(topic, qos(message.qos), message.retain, message.payload)
        });
    }

    fn subscribe(&mut self, connection: u16, token: Token, filter: Vec<u8>, granted: u8) {
        self.request(connection, token, |client| {
            client.try_subscribe(String::from_utf8(filter).unwrap_or_default(), qos(granted))
        });
    }

    fn unsubscribe(&mut self, connection: u16, token: Token, filter: Vec<u8>) {
        self.request(connection, token, |client| {
            client.try_unsubscribe(String::from_utf8(filter).unwrap_or_default())
        });
    }

    fn abandon(&mut self, connection: u16) {
        self.links.remove(&connection);
    }

    fn poll(&mut self, _now: Duration, room: &dyn Fn(u16) -> bool) -> Option<NetworkEvent> {
        loop {
            // What came before other news comes before it.
            if let Some(message) = self.deliver(room) {
                return Some(message);
            }
            let News {
                generation,
                connection,
                what,
            } = self.receiver.try_recv().ok()?;
            if generation != self.generation_of(connection) {
                continue;
            }
            let inbox = self.links.get_mut(&connection).map(|link| &mut link.inbox);
            match (what, inbox) {
                (What::Message(publish), Some(inbox)) => inbox.push_back(publish),
                (What::Message(_), None) => {}
                (What::Event(event @ NetworkEvent::Lost { .. }), Some(inbox)) => {
                    // Not acknowledged: a server that keeps the session sends it again.
                    inbox.clear();
                    return Some(event);
                }
                (What::Event(event), _) => return Some(event),
            }
        }
    }

    fn set_waker(&mut self, wake: Waker) {
        self.waker = Some(wake);
    }
}

fn qos(number: u8) -> QoS {
    match number {
        0 => QoS::AtMostOnce,
        1 => QoS::AtLeastOnce,
        _ => QoS::ExactlyOnce,
    }
}
