//! What the module keeps until it restarts.

use std::collections::{BTreeMap, VecDeque};

use super::gateway::{Gateway, SN_IDS};
use super::messages::Received;
use super::models::{Overflow, Settings, Sim};
use super::network::Message;
use super::radio::RadioState;
use super::tls::TlsSettings;
use super::uart::Uart;

/// Everything volatile. V1.3: "Require Data Store at Power Down: No", for every command.
#[derive(Debug)]
pub(super) struct State {
    pub echo: bool,
    /// `AT+CMEE`: 0, 1 or 2.
    pub error_form: u32,
    /// `AT+MQTTCONF=0`: messages are printed as they come. One setting for all connections.
    pub direct: bool,
    /// The data connection is up.
    pub online: bool,
    /// `AT+MQTTSNCID`, by connection.
    pub sn_client_ids: BTreeMap<u16, Vec<u8>>,
    /// The SIM card is usable.
    pub sim_ready: bool,
    /// `AT+CGDCONT`, as it was set.
    pub context: Option<(Vec<u8>, Vec<u8>)>,
    pub radio: RadioState,
    /// The `AT+GTSSL…` commands.
    pub tls: TlsSettings,
    /// `AT+GTSSLERR?`: why the last open with TLS failed, 0 if it did not.
    pub tls_error: i32,
    pub connections: Vec<Connection>,
    pub uart: Uart,
}

/// One MQTT or MQTT-SN connection.
#[derive(Debug)]
pub(super) struct Connection {
    pub id: u16,
    pub user: Option<User>,
    pub will: Option<Message>,
    pub link: Link,
    /// Messages announced and not read.
    pub store: VecDeque<Received>,
    /// What an MQTT-SN gateway knows of it.
    pub gateway: Gateway,
    /// How many of the gateway's registrations it rejected.
    pub rejected: usize,
}

/// What `AT+MQTTUSER` set.
#[derive(Clone)]
pub(super) struct User {
    pub name: Vec<u8>,
    pub password: Vec<u8>,
    pub client_id: Option<Vec<u8>>,
}

impl std::fmt::Debug for User {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("User(***)")
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Link {
    Free,
    Opening,
    Open,
    Closing,
}

impl State {
    pub fn new(settings: &Settings) -> Self {
        let connection = |id| Connection {
            id,
            user: None,
            will: None,
            link: Link::Free,
            store: VecDeque::new(),
            gateway: Gateway::default(),
            rejected: 0,
        };
        let sn = settings.sn.connections.then_some(SN_IDS).into_iter().flatten();
        Self {
            echo: settings.echo,
            error_form: 0,
            direct: true,
            online: settings.network_up,
            sn_client_ids: BTreeMap::new(),
            sim_ready: settings.sim == Sim::Ready,
            context: None,
            radio: RadioState::new(settings),
            tls: TlsSettings::default(),
            tls_error: 0,
            connections: (1..=settings.connections).chain(sn).map(connection).collect(),
            uart: Uart::new(settings),
        }
    }

    pub fn connection(&self, id: u16) -> Option<&Connection> {
        self.connections.iter().find(|connection| connection.id == id)
    }

    pub fn connection_mut(&mut self, id: u16) -> Option<&mut Connection> {
        self.connections.iter_mut().find(|connection| connection.id == id)
    }

    pub fn ids_in_use(&self) -> Vec<u16> {
        let used = self
            .connections
            .iter()
            .filter(|connection| connection.link != Link::Free);
        used.map(|connection| connection.id).collect()
    }

    /// Whether a message can be taken: printed at once, stored, or dropped.
    pub fn has_room(&self, id: u16, settings: &Settings) -> bool {
        let takes_all = self.direct || settings.overflow != Overflow::Wait;
        self.connection(id)
            .is_none_or(|connection| takes_all || connection.store.len() < settings.store)
    }
}
