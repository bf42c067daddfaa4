//! A module's connections to the server in memory.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use super::broker::MemoryBroker;
use super::network::{Message, Network, NetworkEvent, OpenRequest, Token};
use super::server::{Peer, Server};

/// A module's way to a [`MemoryBroker`].
pub struct MemoryNetwork {
    pub(super) broker: MemoryBroker,
    pub(super) id: u64,
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

    fn set_waker(&mut self, wake: Arc<dyn Fn() + Send + Sync>) {
        self.broker.server().wakers.insert(self.id, wake);
    }
}
