//! The thread of one of the bridge's connections.

use std::collections::{HashMap, VecDeque};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::Sender;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use fibocom_mqtt::sim::{BreakCause, NetworkEvent, Refusal, Token};
use rumqttc::{ConnectReturnCode, ConnectionError, Event, EventLoop, Outgoing, Packet, Publish, SubscribeReasonCode};
use tokio::sync::{Notify, oneshot};

use super::{Waker, tls};

/// How many messages a connection takes from the server before the module has room for them.
const BACKLOG: usize = 8;
/// How long a server may take to close what the module has closed.
const LAST_WORD: Duration = Duration::from_secs(1);

/// What a connection's thread reports, and which of a connection's lives it is about.
pub(super) struct News {
    pub generation: u64,
    pub connection: u16,
    pub what: What,
}

pub(super) enum What {
    Event(NetworkEvent),
    Message(Publish),
}

/// What both sides of a connection know.
#[derive(Default)]
pub(super) struct Shared {
    /// Requests on their way to the client, in order.
    pub requested: Mutex<VecDeque<Token>>,
    /// Acknowledgements on their way to the client.
    pub acks: AtomicUsize,
    /// Messages taken from the server and not yet from us.
    pub backlog: AtomicUsize,
    /// Something of this changed.
    pub changed: Notify,
}

impl Shared {
    pub fn requested(&self) -> MutexGuard<'_, VecDeque<Token>> {
        self.requested.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What was sent and awaits its answer, by packet id.
#[derive(PartialEq, Eq, Hash)]
pub(super) enum Sent {
    Publish(u16),
    Subscribe(u16),
    Unsubscribe(u16),
}

/// The thread's side of one connection.
pub(super) struct Worker {
    pub connection: u16,
    pub generation: u64,
    pub shared: Arc<Shared>,
    pub events: EventLoop,
    pub in_flight: HashMap<Sent, Token>,
    pub pinged: Instant,
    pub awaits_pong: bool,
    pub news: Sender<News>,
    pub waker: Option<Waker>,
}

impl Worker {
    pub fn run(mut self, opening: Token, end: oneshot::Receiver<()>) {
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
            Err(error) => Err(tls::code(&error).map_or(Refusal::Unreachable, Refusal::Tls)),
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
                    self.wait_for_the_end().await;
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

    /// The server closes in turn, and is done with the old connection and its will then: a new one with the same client id
    /// comes after it. A server that leaves that to the client is not waited for long.
    async fn wait_for_the_end(&mut self) {
        let end = async { while self.events.poll().await.is_ok() {} };
        drop(tokio::time::timeout(LAST_WORD, end).await);
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
