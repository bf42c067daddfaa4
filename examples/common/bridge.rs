//! The simulated module's way to a real MQTT server.
//!
//! Each connection has a thread with an MQTT 3.1.1 client of its own. Dropping a connection without closing it, by
//! [`Network::abandon`] or by the end of the process, ends its TCP connection without a DISCONNECT, so that the server
//! sends the will. While the module has no room for a message, messages are not acknowledged and the socket is not
//! read, except for what a request or a ping needs.
//!
//! There is no TLS: a connection that asks for it is refused, unless the server is a fixed one, which then stands for
//! any.

use std::collections::{HashMap, VecDeque};
use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use fibocom_mqtt::sim::{BreakCause, Message, Network, NetworkEvent, OpenRequest, Refusal, Token};
use rumqttc::{
    AsyncClient, ConnectReturnCode, ConnectionError, Event, EventLoop, LastWill, MqttOptions, Outgoing, Packet,
    Publish, QoS, SubscribeReasonCode,
};
use tokio::sync::{Notify, oneshot};

/// How many messages a connection takes from the server before the module has room for them.
const BACKLOG: usize = 8;
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

/// What a connection's thread reports, and which of a connection's lives it is about.
struct News {
    generation: u64,
    connection: u16,
    what: What,
}

enum What {
    Event(NetworkEvent),
    Message(Publish),
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

/// What both sides of a connection know.
#[derive(Default)]
struct Shared {
    /// Requests on their way to the client, in order.
    requested: Mutex<VecDeque<Token>>,
    /// Acknowledgements on their way to the client.
    acks: AtomicUsize,
    /// Messages taken from the server and not yet from us.
    backlog: AtomicUsize,
    /// Something of this changed.
    changed: Notify,
}

impl Shared {
    fn requested(&self) -> MutexGuard<'_, VecDeque<Token>> {
        self.requested.lock().unwrap_or_else(PoisonError::into_inner)
    }
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

    fn options(&self, request: OpenRequest) -> Option<MqttOptions> {
        let (host, port) = match self.server {
            Some(server) => (server.ip().to_string(), server.port()),
            None if request.tls => return None,
            None => (String::from_utf8(request.host).ok()?, request.port),
        };
        let client_id = String::from_utf8(request.client_id).ok()?;
        if client_id.is_empty() && !request.clean {
            return None;
        }
        let mut options = MqttOptions::new(client_id, host, port);
        options
            .set_keep_alive(Duration::from_secs(request.keep_alive.into()))
            .set_clean_session(request.clean)
            .set_manual_acks(true)
            .set_max_packet_size(PACKET, PACKET);
        if !request.user.is_empty() {
            let user = String::from_utf8(request.user).ok()?;
            options.set_credentials(user, String::from_utf8(request.password).ok()?);
        }
        if let Some(will) = request.will {
            let topic = String::from_utf8(will.topic).ok()?;
            options.set_last_will(LastWill::new(topic, will.payload, qos(will.qos), will.retain));
        }
        Some(options)
    }
}

impl Network for Bridge {
    fn open(&mut self, connection: u16, token: Token, request: OpenRequest) {
        self.links.remove(&connection);
        let Some(options) = self.options(request) else {
            let result = Err(Refusal::Unreachable);
            return self.report(
                connection,
                NetworkEvent::Opened {
                    connection,
                    token,
                    result,
                },
            );
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
        while let Ok(News {
            generation,
            connection,
            what,
        }) = self.receiver.try_recv()
        {
            if generation != self.generation_of(connection) {
                continue;
            }
            match what {
                What::Event(event) => return Some(event),
                What::Message(publish) => {
                    if let Some(link) = self.links.get_mut(&connection) {
                        link.inbox.push_back(publish);
                    }
                }
            }
        }
        let link = self
            .links
            .iter_mut()
            .find(|(connection, link)| !link.inbox.is_empty() && room(**connection));
        let (connection, link) = link?;
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

    fn set_waker(&mut self, wake: Waker) {
        self.waker = Some(wake);
    }
}

/// What was sent and awaits its answer, by packet id.
#[derive(PartialEq, Eq, Hash)]
enum Sent {
    Publish(u16),
    Subscribe(u16),
    Unsubscribe(u16),
}

/// The thread's side of one connection.
struct Worker {
    connection: u16,
    generation: u64,
    shared: Arc<Shared>,
    events: EventLoop,
    in_flight: HashMap<Sent, Token>,
    pinged: Instant,
    awaits_pong: bool,
    news: Sender<News>,
    waker: Option<Waker>,
}

impl Worker {
    fn run(mut self, opening: Token, end: oneshot::Receiver<()>) {
        let connection = self.connection;
        let Ok(runtime) = tokio::runtime::Builder::new_current_thread().enable_all().build() else {
            let result = Err(Refusal::Unreachable);
            return self.tell(What::Event(NetworkEvent::Opened {
                connection,
                token: opening,
                result,
            }));
        };
        runtime.block_on(async {
            // Ending here, wherever the client is, drops its socket.
            tokio::select! {
                _ = end => {}
                () = self.work(opening) => {}
            }
        });
    }

    async fn work(&mut self, opening: Token) {
        let connection = self.connection;
        let result = match self.events.poll().await {
            Ok(_) => Ok(()),
            Err(ConnectionError::ConnectionRefused(code)) => Err(refusal(code)),
            Err(_) => Err(Refusal::Unreachable),
        };
        let refused = result.is_err();
        self.tell(What::Event(NetworkEvent::Opened {
            connection,
            token: opening,
            result,
        }));
        if refused {
            return;
        }
        loop {
            self.wait_for_room().await;
            match self.events.poll().await {
                Ok(Event::Outgoing(Outgoing::Disconnect)) => {
                    let closed = self.next_requested();
                    self.fail_rest();
                    return closed.into_iter().for_each(|token| self.done(token, true));
                }
                Ok(Event::Outgoing(outgoing)) => self.sent(outgoing),
                Ok(Event::Incoming(packet)) => self.received(packet),
                Err(_) => break,
            }
        }
        self.fail_rest();
        self.tell(What::Event(NetworkEvent::Lost {
            connection,
            cause: BreakCause::Server,
        }));
    }

    /// What was asked and not answered has failed.
    fn fail_rest(&mut self) {
        let sent = self.in_flight.drain().map(|(_, token)| token);
        let mut owed: Vec<Token> = sent.chain(self.shared.requested().drain(..)).collect();
        owed.sort();
        for token in owed {
            self.done(token, false);
        }
    }

    /// Returns when the server may be listened to: the module has room, or there is something to say to the server.
    async fn wait_for_room(&self) {
        let keep_alive = self.events.mqtt_options.keep_alive();
        loop {
            let room = self.shared.backlog.load(Ordering::Acquire) < BACKLOG;
            let busy = !self.in_flight.is_empty()
                || !self.shared.requested().is_empty()
                || self.shared.acks.load(Ordering::Acquire) > 0;
            let idle = self.pinged.elapsed();
            if room || busy || self.awaits_pong || idle >= keep_alive {
                return;
            }
            tokio::select! {
                () = self.shared.changed.notified() => {}
                () = tokio::time::sleep(keep_alive - idle) => {}
            }
        }
    }

    fn next_requested(&self) -> Option<Token> {
        self.shared.requested().pop_front()
    }

    /// The client has sent something.
    fn sent(&mut self, outgoing: Outgoing) {
        let sent = match outgoing {
            Outgoing::Publish(0) => {
                // QoS 0: that is all there will be.
                if let Some(token) = self.next_requested() {
                    self.done(token, true);
                }
                return;
            }
            Outgoing::Publish(id) => Sent::Publish(id),
            Outgoing::Subscribe(id) => Sent::Subscribe(id),
            Outgoing::Unsubscribe(id) => Sent::Unsubscribe(id),
            Outgoing::PubAck(_) | Outgoing::PubRec(_) => {
                self.shared.acks.fetch_sub(1, Ordering::AcqRel);
                return;
            }
            Outgoing::PingReq => {
                self.pinged = Instant::now();
                self.awaits_pong = true;
                return;
            }
            _ => return,
        };
        if let Some(token) = self.next_requested() {
            self.in_flight.insert(sent, token);
        }
    }

    fn received(&mut self, packet: Packet) {
        let (answered, ok) = match packet {
            Packet::Publish(publish) => {
                self.shared.backlog.fetch_add(1, Ordering::AcqRel);
                return self.tell(What::Message(publish));
            }
            Packet::PingResp => {
                self.awaits_pong = false;
                return;
            }
            Packet::PubAck(ack) => (Sent::Publish(ack.pkid), true),
            Packet::PubComp(ack) => (Sent::Publish(ack.pkid), true),
            Packet::UnsubAck(ack) => (Sent::Unsubscribe(ack.pkid), true),
            Packet::SubAck(ack) => {
                let refused = ack.return_codes.contains(&SubscribeReasonCode::Failure);
                (Sent::Subscribe(ack.pkid), !refused)
            }
            _ => return,
        };
        if let Some(token) = self.in_flight.remove(&answered) {
            self.done(token, ok);
        }
    }

    fn done(&self, token: Token, ok: bool) {
        self.tell(What::Event(NetworkEvent::Done {
            connection: self.connection,
            token,
            ok,
        }));
    }

    fn tell(&self, what: What) {
        // Nobody to tell means that the module is gone.
        drop(self.news.send(News {
            generation: self.generation,
            connection: self.connection,
            what,
        }));
        if let Some(wake) = &self.waker {
            wake();
        }
    }
}

fn qos(number: u8) -> QoS {
    match number {
        0 => QoS::AtMostOnce,
        1 => QoS::AtLeastOnce,
        _ => QoS::ExactlyOnce,
    }
}

fn refusal(code: ConnectReturnCode) -> Refusal {
    match code {
        ConnectReturnCode::RefusedProtocolVersion => Refusal::Code(1),
        ConnectReturnCode::BadClientId => Refusal::Code(2),
        ConnectReturnCode::ServiceUnavailable => Refusal::Code(3),
        ConnectReturnCode::BadUserNamePassword => Refusal::Code(4),
        ConnectReturnCode::NotAuthorized => Refusal::Code(5),
        ConnectReturnCode::Success => Refusal::Unreachable,
    }
}
