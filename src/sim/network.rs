//! What the simulated module sees of the world: a trait that stands for TCP and the MQTT server behind it.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use super::tls::TlsSettings;

/// Names one request to a [`Network`], so that its answer can be told from others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Token(pub u64);

/// A message, in either direction. Topics are bytes: a hostile server need not send UTF-8.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Message {
    /// The topic name.
    pub topic: Vec<u8>,
    /// The content.
    pub payload: Vec<u8>,
    /// 0, 1 or 2.
    pub qos: u8,
    /// Whether the server is to keep it, or, on receipt, kept it.
    pub retain: bool,
}

impl fmt::Debug for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Message")
            .field("topic", &self.topic.escape_ascii().to_string())
            .field("payload", &self.payload.escape_ascii().to_string())
            .field("qos", &self.qos)
            .field("retain", &self.retain)
            .finish()
    }
}

/// What `AT+MQTTOPEN` asks for, with what `AT+MQTTUSER` and `AT+MQTTWILL` set before.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct OpenRequest {
    /// Name or address of the server.
    pub host: Vec<u8>,
    /// Its TCP port.
    pub port: u16,
    /// The client id, the module's own if the host gave none.
    pub client_id: Vec<u8>,
    /// User name, empty if anonymous.
    pub user: Vec<u8>,
    /// Password, empty if anonymous.
    pub password: Vec<u8>,
    /// The clean session flag.
    pub clean: bool,
    /// Keep-alive interval in seconds.
    pub keep_alive: u16,
    /// How to encrypt, if TLS was asked for.
    pub tls: Option<TlsSettings>,
    /// The will, if one was set.
    pub will: Option<Message>,
}

impl fmt::Debug for OpenRequest {
    /// Everything but the password.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OpenRequest")
            .field("host", &self.host.escape_ascii().to_string())
            .field("port", &self.port)
            .field("client_id", &self.client_id.escape_ascii().to_string())
            .field("user", &self.user.escape_ascii().to_string())
            .field("password", &"***")
            .field("clean", &self.clean)
            .field("keep_alive", &self.keep_alive)
            .field("tls", &self.tls)
            .field("will", &self.will)
            .finish()
    }
}

/// Why a connection ended, as `+MQTTBREAK` numbers it (V1.0.1 1.4.4).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BreakCause {
    /// The server closed it, or a ping went unanswered.
    Server,
    /// The radio link or the IP address was lost.
    Link,
    /// The module is no longer registered.
    Registration,
}

impl BreakCause {
    /// The number in the unsolicited line.
    pub const fn number(self) -> u8 {
        match self {
            Self::Server => 1,
            Self::Link => 2,
            Self::Registration => 3,
        }
    }
}

/// Why an open failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// The server answered with this CONNACK code, 1 to 5.
    Code(u8),
    /// There was no server, or it did not speak MQTT.
    Unreachable,
    /// No encryption could be agreed on: the negative code that `AT+GTSSLERR?` then tells.
    Tls(i32),
}

/// What a [`Network`] has to tell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NetworkEvent {
    /// The answer to [`Network::open`].
    Opened {
        /// The module's connection id.
        connection: u16,
        /// As given to `open`.
        token: Token,
        /// Whether the server accepted.
        result: Result<(), Refusal>,
    },
    /// The answer to `close`, `publish`, `subscribe` and `unsubscribe`.
    Done {
        /// The module's connection id.
        connection: u16,
        /// As given with the request.
        token: Token,
        /// Whether it succeeded.
        ok: bool,
    },
    /// A message from the server. The module has taken it with this.
    Message {
        /// The module's connection id.
        connection: u16,
        /// The message.
        message: Message,
    },
    /// An open connection is gone, unasked.
    Lost {
        /// The module's connection id.
        connection: u16,
        /// Why.
        cause: BreakCause,
    },
}

/// TCP, and an MQTT server at its end. Requests return at once; their answers are [events](NetworkEvent).
///
/// [`MemoryBroker`](super::MemoryBroker) is one, deterministic and in memory; `examples/common/bridge.rs` has one that
/// connects to any server, each connection on a thread of its own.
pub trait Network: Send {
    /// Opens a connection; answered by [`NetworkEvent::Opened`].
    fn open(&mut self, connection: u16, token: Token, request: OpenRequest);

    /// Closes a connection as MQTT wants it, so that no will is sent.
    fn close(&mut self, connection: u16, token: Token);

    /// Publishes a message. Answered when it is done: sent (QoS 0), acknowledged (QoS 1), completed (QoS 2).
    fn publish(&mut self, connection: u16, token: Token, message: Message);

    /// Subscribes to a topic filter.
    fn subscribe(&mut self, connection: u16, token: Token, filter: Vec<u8>, qos: u8);

    /// Ends a subscription.
    fn unsubscribe(&mut self, connection: u16, token: Token, filter: Vec<u8>);

    /// Drops a connection without a word, as at a power failure; the server notices and sends the will. No event.
    fn abandon(&mut self, connection: u16);

    /// The next event, if there is one. `room` says whether the module can take a message on that connection: while it
    /// says no, messages must stay where they are, but other events pass.
    fn poll(&mut self, now: Duration, room: &dyn Fn(u16) -> bool) -> Option<NetworkEvent>;

    /// When to poll next although nothing was asked, if that is known.
    fn next_deadline(&self) -> Option<Duration> {
        None
    }

    /// Gives the network a function to call whenever a poll would have something new to say. Used in real time only.
    fn set_waker(&mut self, _wake: Arc<dyn Fn() + Send + Sync>) {}
}
