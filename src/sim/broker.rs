//! An MQTT 3.1.1 server in memory: deterministic, without time, without threads.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::memory::MemoryNetwork;
use super::network::{Message, OpenRequest, Refusal};
use super::server::{Peer, Server};

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

impl MemoryBroker {
    /// A server without clients, sessions or messages.
    pub fn new() -> Self {
        Self::default()
    }

    pub(super) fn server(&self) -> MutexGuard<'_, Server> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
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

    /// From now on, opens need TLS, and those that verify the server need exactly this file among their trust files.
    pub fn require_tls(&self, authority: impl AsRef<[u8]>) {
        self.server().authority = Some(authority.as_ref().into());
    }

    /// From now on, opens with TLS need exactly this file as the module's certificate.
    pub fn require_certificate(&self, certificate: impl AsRef<[u8]>) {
        self.server().admitted = Some(certificate.as_ref().into());
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
