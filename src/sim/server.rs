//! The inside of the server in memory: sessions, subscriptions, retained messages.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use super::filter;
use super::network::{BreakCause, Message, NetworkEvent, OpenRequest, Refusal, Token};

/// `AT+GTSSLERR`: no trust file vouches for the server.
const UNKNOWN_AUTHORITY: i32 = -11;
/// `AT+GTSSLERR`: the handshake failed, because the server wants another certificate or one at all.
const NOT_ADMITTED: i32 = -8;

/// Who holds a connection to the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Peer {
    /// A module's connection.
    Module { network: u64, connection: u16 },
    /// A [`TestClient`].
    Test,
}

#[derive(Default)]
pub(super) struct Session {
    pub peer: Option<Peer>,
    pub clean: bool,
    pub will: Option<Message>,
    pub subscriptions: Vec<(Vec<u8>, u8)>,
    pub queue: VecDeque<Message>,
}

pub(super) type Waker = Arc<dyn Fn() + Send + Sync>;

#[derive(Default)]
pub(super) struct Server {
    pub sessions: BTreeMap<Vec<u8>, Session>,
    pub retained: BTreeMap<Vec<u8>, Message>,
    /// What a module's network has to hear, messages excepted.
    pub events: BTreeMap<u64, VecDeque<NetworkEvent>>,
    pub wakers: BTreeMap<u64, Waker>,
    pub networks: u64,
    pub opens: Vec<OpenRequest>,
    pub published: Vec<(Vec<u8>, Message)>,
    pub credentials: Option<(Vec<u8>, Vec<u8>)>,
    pub authority: Option<Vec<u8>>,
    pub admitted: Option<Vec<u8>>,
    pub refusals: VecDeque<Refusal>,
    pub refuse_publications: bool,
    pub refuse_subscriptions: bool,
    pub withhold_results: bool,
    pub withheld: Vec<(u64, NetworkEvent)>,
}

impl Server {
    pub fn wake(&self, peer: Option<Peer>) {
        if let Some(Peer::Module { network, .. }) = peer {
            if let Some(wake) = self.wakers.get(&network) {
                wake();
            }
        }
    }

    pub fn tell(&mut self, network: u64, event: NetworkEvent) {
        self.events.entry(network).or_default().push_back(event);
        if let Some(wake) = self.wakers.get(&network) {
            wake();
        }
    }

    pub fn result(&mut self, network: u64, connection: u16, token: Token, ok: bool) {
        let event = NetworkEvent::Done { connection, token, ok };
        if self.withhold_results {
            self.withheld.push((network, event))
        } else {
            self.tell(network, event)
        }
    }

    pub fn client_of(&self, peer: Peer) -> Option<Vec<u8>> {
        self.sessions
            .iter()
            .find(|(_, session)| session.peer == Some(peer))
            .map(|(id, _)| id.clone())
    }

    pub fn connect(&mut self, peer: Peer, id: &[u8], clean: bool, will: Option<Message>) {
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
    pub fn disconnect(&mut self, id: &[u8]) -> Option<Message> {
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
    pub fn drop_peer(&mut self, peer: Peer, id: &[u8]) {
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

    pub fn publish(&mut self, id: &[u8], message: Message) {
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

    pub fn subscribe(&mut self, id: &[u8], filter: &[u8], qos: u8) -> bool {
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

    pub fn unsubscribe(&mut self, id: &[u8], filter: &[u8]) {
        if let Some(session) = self.sessions.get_mut(id) {
            session.subscriptions.retain(|(known, _)| known != filter);
        }
    }

    /// TLS as far as files can be compared: whether each side knows the other's.
    fn shake_hands(&self, request: &OpenRequest) -> Result<(), Refusal> {
        let knows = |known: &Option<Vec<u8>>, files: &[Vec<u8>]| match known {
            Some(known) => files.contains(known),
            None => true,
        };
        match &request.tls {
            None if self.authority.is_some() => Err(Refusal::Unreachable),
            Some(tls) if tls.verify && !knows(&self.authority, &tls.trust) => Err(Refusal::Tls(UNKNOWN_AUTHORITY)),
            Some(tls) if !knows(&self.admitted, &tls.certificates) => Err(Refusal::Tls(NOT_ADMITTED)),
            _ => Ok(()),
        }
    }

    pub fn admit(&mut self, request: &OpenRequest) -> Result<(), Refusal> {
        if let Some(refusal) = self.refusals.pop_front() {
            return Err(refusal);
        }
        self.shake_hands(request)?;
        match &self.credentials {
            Some((user, password)) if (user, password) != (&request.user, &request.password) => Err(Refusal::Code(4)),
            _ if request.client_id.is_empty() && !request.clean => Err(Refusal::Code(2)),
            _ => Ok(()),
        }
    }
}
