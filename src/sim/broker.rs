//! An MQTT 3.1.1 server in memory: deterministic, without time, without threads.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use super::filter;
use super::network::{BreakCause, Message, Network, NetworkEvent, OpenRequest, Refusal, Token};

/// A server for simulated modules and for tests, which reach it through [`TestClient`]s. Clones are the same server.
///
/// Sessions, clean or kept; wildcards; retained messages; wills; the lower of two QoS; one connection per client id. A
/// message that matches several subscriptions of a client comes once, at the highest of their QoS.
///
/// ```
/// use fibocom_mqtt::sim::MemoryBroker;
///
/// let broker = MemoryBroker::new();
/// let reader = broker.client("reader");
/// reader.subscribe("plant/+", 1);
/// broker.client("writer").publish("plant/3", b"20.5", 1, false);
/// assert_eq!(reader.received()[0].payload, b"20.5");
/// ```
#[derive(Clone, Default)]
pub struct MemoryBroker(Arc<Mutex<Server>>);

/// Who holds a connection to the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Peer {
    /// A module's connection.
    Module { network: u64, connection: u16 },
    /// A [`TestClient`].
    Test,
}

#[derive(Default)]
struct Session {
    peer: Option<Peer>,
    clean: bool,
    will: Option<Message>,
    subscriptions: Vec<(Vec<u8>, u8)>,
    queue: VecDeque<Message>,
}

type Waker = Arc<dyn Fn() + Send + Sync>;

#[derive(Default)]
struct Server {
    sessions: BTreeMap<Vec<u8>, Session>,
    retained: BTreeMap<Vec<u8>, Message>,
    /// What a module's network has to hear, messages excepted.
    events: BTreeMap<u64, VecDeque<NetworkEvent>>,
    wakers: BTreeMap<u64, Waker>,
    networks: u64,
    opens: Vec<OpenRequest>,
    published: Vec<(Vec<u8>, Message)>,
    credentials: Option<(Vec<u8>, Vec<u8>)>,
    refusals: VecDeque<Refusal>,
    refuse_publications: bool,
    refuse_subscriptions: bool,
    withhold_results: bool,
    withheld: Vec<(u64, NetworkEvent)>,
}

impl MemoryBroker {
    /// A server without clients, sessions or messages.
    pub fn new() -> Self {
        Self::default()
    }

    fn server(&self) -> MutexGuard<'_, Server> {
        self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    /// The network of one more module, with this server at the end of every host and port.
    pub fn network(&self) -> MemoryNetwork {
        let mut server = self.server();
        server.networks += 1;
        MemoryNetwork {
            broker: self.clone(),
            id: server.networks,
        }
    }

    /// Connects a client for tests, with a clean session. It takes the place of one that has the same id.
    pub fn client(&self, id: &str) -> TestClient {
        let mut server = self.server();
        server.connect(Peer::Test, id.as_bytes(), true, None);
        TestClient {
            broker: self.clone(),
            id: id.into(),
        }
    }

    /// Puts a message straight to a client, whatever it has subscribed to: for topics no real server would let pass.
    /// False if there is no such client.
    pub fn inject(&self, client_id: &str, topic: impl AsRef<[u8]>, payload: impl AsRef<[u8]>, qos: u8) -> bool {
        let message = Message {
            topic: topic.as_ref().into(),
            payload: payload.as_ref().into(),
            qos,
            retain: false,
        };
        let mut server = self.server();
        let Some(session) = server.sessions.get_mut(client_id.as_bytes()) else {
            return false;
        };
        session.queue.push_back(message);
        let peer = session.peer;
        server.wake(peer);
        true
    }

    /// Ends a client's connection from the server's side; the will is sent. False if it was not connected.
    pub fn break_connection(&self, client_id: &str) -> bool {
        let mut server = self.server();
        let Some(peer) = server
            .sessions
            .get(client_id.as_bytes())
            .and_then(|session| session.peer)
        else {
            return false;
        };
        server.drop_peer(peer, client_id.as_bytes());
        true
    }

    /// Refuses the next open with this CONNACK code, 1 to 5. May be called repeatedly, for the opens after it.
    pub fn refuse_next_open(&self, code: u8) {
        self.server().refusals.push_back(Refusal::Code(code));
    }

    /// Is not there at the next open.
    pub fn miss_next_open(&self) {
        self.server().refusals.push_back(Refusal::Unreachable);
    }

    /// From now on, opens need this user name and password.
    pub fn require_credentials(&self, user: impl AsRef<[u8]>, password: impl AsRef<[u8]>) {
        self.server().credentials = Some((user.as_ref().into(), password.as_ref().into()));
    }

    /// From now on, modules' publications fail, or succeed again.
    pub fn refuse_publications(&self, refuse: bool) {
        self.server().refuse_publications = refuse;
    }

    /// From now on, modules' subscriptions fail, or succeed again.
    pub fn refuse_subscriptions(&self, refuse: bool) {
        self.server().refuse_subscriptions = refuse;
    }

    /// Keeps back the results of what modules ask, though it is done, or gives those that were kept back.
    pub fn withhold_results(&self, withhold: bool) {
        let mut server = self.server();
        server.withhold_results = withhold;
        if !withhold {
            for (network, event) in std::mem::take(&mut server.withheld) {
                server.tell(network, event);
            }
        }
    }

    /// What modules asked for when they opened connections, refused ones included, oldest first.
    pub fn opens(&self) -> Vec<OpenRequest> {
        self.server().opens.clone()
    }

    /// Every message that clients published, wills included, with the client's id, oldest first.
    pub fn published(&self) -> Vec<(String, Message)> {
        let server = self.server();
        let named = |(id, message): &(Vec<u8>, Message)| (String::from_utf8_lossy(id).into_owned(), message.clone());
        server.published.iter().map(named).collect()
    }

    /// The ids of connected clients.
    pub fn connected(&self) -> Vec<String> {
        let server = self.server();
        let connected = server.sessions.iter().filter(|(_, session)| session.peer.is_some());
        connected
            .map(|(id, _)| String::from_utf8_lossy(id).into_owned())
            .collect()
    }

    /// The filters a client has subscribed to, with the granted QoS.
    pub fn subscriptions(&self, client_id: &str) -> Vec<(Vec<u8>, u8)> {
        let server = self.server();
        server
            .sessions
            .get(client_id.as_bytes())
            .map(|session| session.subscriptions.clone())
            .unwrap_or_default()
    }

    /// The retained message of a topic.
    pub fn retained(&self, topic: impl AsRef<[u8]>) -> Option<Message> {
        self.server().retained.get(topic.as_ref()).cloned()
    }

    /// How many messages wait for a client.
    pub fn queued(&self, client_id: &str) -> usize {
        self.server()
            .sessions
            .get(client_id.as_bytes())
            .map_or(0, |session| session.queue.len())
    }
}

impl Server {
    fn wake(&self, peer: Option<Peer>) {
        if let Some(Peer::Module { network, .. }) = peer {
            if let Some(wake) = self.wakers.get(&network) {
                wake();
            }
        }
    }

    fn tell(&mut self, network: u64, event: NetworkEvent) {
        self.events.entry(network).or_default().push_back(event);
        if let Some(wake) = self.wakers.get(&network) {
            wake();
        }
    }

    fn result(&mut self, network: u64, connection: u16, token: Token, ok: bool) {
        let event = NetworkEvent::Done { connection, token, ok };
        if self.withhold_results {
            self.withheld.push((network, event))
        } else {
            self.tell(network, event)
        }
    }

    fn client_of(&self, peer: Peer) -> Option<Vec<u8>> {
        self.sessions
            .iter()
            .find(|(_, session)| session.peer == Some(peer))
            .map(|(id, _)| id.clone())
    }

    fn connect(&mut self, peer: Peer, id: &[u8], clean: bool, will: Option<Message>) {
        if let Some(former) = self.sessions.get(id).and_then(|session| session.peer) {
            // Section 3.1.4: the one that was there is disconnected.
            self.drop_peer(former, id);
        }
        if clean {
            self.sessions.remove(id);
        }
        let session = self.sessions.entry(id.to_vec()).or_default();
        session.peer = Some(peer);
        session.clean = clean;
        session.will = will;
    }

    /// The end of a connection: the session ends or sleeps. Gives the will.
    fn disconnect(&mut self, id: &[u8]) -> Option<Message> {
        let session = self.sessions.get_mut(id)?;
        session.peer = None;
        let will = session.will.take();
        session.queue.retain(|message| message.qos > 0);
        if session.clean {
            self.sessions.remove(id);
        }
        will
    }

    /// The server ends a connection.
    fn drop_peer(&mut self, peer: Peer, id: &[u8]) {
        let will = self.disconnect(id);
        if let Peer::Module { network, connection } = peer {
            self.tell(
                network,
                NetworkEvent::Lost {
                    connection,
                    cause: BreakCause::Server,
                },
            );
        }
        if let Some(will) = will {
            self.publish(id, will);
        }
    }

    fn publish(&mut self, id: &[u8], message: Message) {
        self.published.push((id.to_vec(), message.clone()));
        if message.retain {
            if message.payload.is_empty() {
                self.retained.remove(&message.topic);
            } else {
                self.retained.insert(message.topic.clone(), message.clone());
            }
        }
        let mut reached = Vec::new();
        for session in self.sessions.values_mut() {
            let matching = session
                .subscriptions
                .iter()
                .filter(|(filter, _)| filter::matches(filter, &message.topic));
            let Some(granted) = matching.map(|(_, qos)| *qos).max() else {
                continue;
            };
            let qos = granted.min(message.qos);
            if session.peer.is_some() || qos > 0 {
                session.queue.push_back(Message {
                    qos,
                    retain: false,
                    ..message.clone()
                });
                reached.push(session.peer);
            }
        }
        for peer in reached {
            self.wake(peer);
        }
    }

    fn subscribe(&mut self, id: &[u8], filter: &[u8], qos: u8) -> bool {
        let Some(session) = self.sessions.get_mut(id) else {
            return false;
        };
        if !filter::is_valid(filter) {
            return false;
        }
        session.subscriptions.retain(|(known, _)| known != filter);
        session.subscriptions.push((filter.to_vec(), qos));
        let kept = self
            .retained
            .values()
            .filter(|message| filter::matches(filter, &message.topic));
        session.queue.extend(kept.map(|message| Message {
            qos: message.qos.min(qos),
            ..message.clone()
        }));
        true
    }

    fn unsubscribe(&mut self, id: &[u8], filter: &[u8]) {
        if let Some(session) = self.sessions.get_mut(id) {
            session.subscriptions.retain(|(known, _)| known != filter);
        }
    }

    fn admit(&mut self, request: &OpenRequest) -> Result<(), Refusal> {
        if let Some(refusal) = self.refusals.pop_front() {
            return Err(refusal);
        }
        match &self.credentials {
            Some((user, password)) if (user, password) != (&request.user, &request.password) => Err(Refusal::Code(4)),
            _ if request.client_id.is_empty() && !request.clean => Err(Refusal::Code(2)),
            _ => Ok(()),
        }
    }
}

/// A module's way to a [`MemoryBroker`].
pub struct MemoryNetwork {
    broker: MemoryBroker,
    id: u64,
}

impl MemoryNetwork {
    const fn peer(&self, connection: u16) -> Peer {
        Peer::Module {
            network: self.id,
            connection,
        }
    }

    /// Does something as the client that is connected here, if there is one.
    fn as_client(&self, connection: u16, token: Token, act: impl FnOnce(&mut Server, &[u8]) -> bool) {
        let mut server = self.broker.server();
        let id = server.client_of(self.peer(connection));
        let ok = id.is_some_and(|id| act(&mut server, &id));
        server.result(self.id, connection, token, ok);
    }
}

impl Network for MemoryNetwork {
    fn open(&mut self, connection: u16, token: Token, request: OpenRequest) {
        let mut server = self.broker.server();
        server.opens.push(request.clone());
        let result = server.admit(&request);
        if result.is_ok() {
            let id = if request.client_id.is_empty() {
                format!("anonymous-{}-{connection}", self.id).into_bytes()
            } else {
                request.client_id
            };
            server.connect(self.peer(connection), &id, request.clean, request.will);
        }
        server.tell(
            self.id,
            NetworkEvent::Opened {
                connection,
                token,
                result,
            },
        );
    }

    fn close(&mut self, connection: u16, token: Token) {
        self.as_client(connection, token, |server, id| {
            server.disconnect(id);
            true
        });
    }

    fn publish(&mut self, connection: u16, token: Token, message: Message) {
        self.as_client(connection, token, |server, id| {
            // Section 3.3.2.1: no wildcards in a topic name.
            let ok = !server.refuse_publications && !message.topic.iter().any(|byte| b"+#".contains(byte));
            if ok {
                server.publish(id, message);
            }
            ok
        });
    }

    fn subscribe(&mut self, connection: u16, token: Token, filter: Vec<u8>, qos: u8) {
        self.as_client(connection, token, |server, id| {
            !server.refuse_subscriptions && server.subscribe(id, &filter, qos)
        });
    }

    fn unsubscribe(&mut self, connection: u16, token: Token, filter: Vec<u8>) {
        self.as_client(connection, token, |server, id| {
            server.unsubscribe(id, &filter);
            true
        });
    }

    fn abandon(&mut self, connection: u16) {
        let mut server = self.broker.server();
        if let Some(id) = server.client_of(self.peer(connection)) {
            if let Some(will) = server.disconnect(&id) {
                server.publish(&id, will);
            }
        }
    }

    fn poll(&mut self, _now: Duration, room: &dyn Fn(u16) -> bool) -> Option<NetworkEvent> {
        let mut server = self.broker.server();
        if let Some(event) = server.events.get_mut(&self.id).and_then(VecDeque::pop_front) {
            return Some(event);
        }
        let mine = server.sessions.values_mut().filter_map(|session| match session.peer {
            Some(Peer::Module { network, connection }) if network == self.id => Some((connection, session)),
            _ => None,
        });
        mine.into_iter().find_map(|(connection, session)| {
            if session.queue.is_empty() || !room(connection) {
                return None;
            }
            let message = session.queue.pop_front()?;
            Some(NetworkEvent::Message { connection, message })
        })
    }

    fn set_waker(&mut self, wake: Waker) {
        self.broker.server().wakers.insert(self.id, wake);
    }
}

/// A client for tests: the other side of what the module does.
#[derive(Clone)]
pub struct TestClient {
    broker: MemoryBroker,
    id: Vec<u8>,
}

impl TestClient {
    /// Publishes a message.
    pub fn publish(&self, topic: impl AsRef<[u8]>, payload: impl AsRef<[u8]>, qos: u8, retain: bool) {
        let message = Message {
            topic: topic.as_ref().into(),
            payload: payload.as_ref().into(),
            qos,
            retain,
        };
        self.broker.server().publish(&self.id, message);
    }

    /// Subscribes to a filter. False if it is malformed or this client was thrown off.
    pub fn subscribe(&self, filter: impl AsRef<[u8]>, qos: u8) -> bool {
        self.broker.server().subscribe(&self.id, filter.as_ref(), qos)
    }

    /// Ends a subscription.
    pub fn unsubscribe(&self, filter: impl AsRef<[u8]>) {
        self.broker.server().unsubscribe(&self.id, filter.as_ref());
    }

    /// The messages that came since the last call. [`Message::retain`] says whether one had been kept.
    pub fn received(&self) -> Vec<Message> {
        let mut server = self.broker.server();
        server
            .sessions
            .get_mut(&self.id)
            .map(|session| session.queue.drain(..).collect())
            .unwrap_or_default()
    }
}
