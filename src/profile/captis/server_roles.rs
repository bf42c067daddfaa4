//! The servers of a device and their roles, and what a bootstrap makes of them (section 6.3, `bootstrap`).

use core::fmt;

use super::role::{Role, Roles};

/// The most servers that a device has: `s1` to `s9` (section 6.3, `refresh_info`).
pub const MAX_SERVERS: usize = 9;

/// The name of a server: `s1` to `s9`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(all(feature = "defmt", target_os = "none"), derive(defmt::Format))]
pub struct ServerId(u8);

impl ServerId {
    /// The server of this number, 1 to 9.
    pub const fn new(number: u8) -> Option<Self> {
        match number {
            1..=9 => Some(Self(number)),
            _ => None,
        }
    }

    /// A name as commands have it, `s1` to `s9`.
    pub fn from_name(name: &str) -> Option<Self> {
        match name.as_bytes() {
            [b's', digit @ b'1'..=b'9'] => Self::new(digit.saturating_sub(b'0')),
            _ => None,
        }
    }

    /// Its number, 1 to 9.
    pub const fn number(self) -> u8 {
        self.0
    }

    fn all() -> impl Iterator<Item = Self> {
        (1..=9).map(Self)
    }

    fn index(self) -> usize {
        usize::from(self.0).saturating_sub(1)
    }
}

impl fmt::Display for ServerId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "s{}", self.0)
    }
}

/// Which bootstrap server a `bootstrap` command means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(all(feature = "defmt", target_os = "none"), derive(defmt::Format))]
pub enum BootstrapServer {
    /// The first, second, … of the servers that have the role, counted from 1.
    Nth(u8),
    /// The server of this name.
    Named(ServerId),
}

impl Default for BootstrapServer {
    fn default() -> Self {
        Self::Nth(1)
    }
}

/// What a bootstrap does to the roles of the servers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[cfg_attr(all(feature = "defmt", target_os = "none"), derive(defmt::Format))]
pub enum BootstrapMode {
    /// A server that was there keeps its roles. A new one gets as many as a valid configuration allows: all six, or measurements, events
    /// and info, or info alone.
    #[default]
    Regular,
    /// The server takes all six, without measurements or configuration if another server has that role already.
    Greedy,
    /// The server gets measurements, events and info too, and no other server measurements.
    Data,
    /// The server gets info, configuration, firmware updates and shell too, and no other server configuration.
    Config,
    /// The server gets all six, and no other server measurements or configuration.
    Full,
}

impl BootstrapMode {
    /// A mode by the word that commands have for it.
    pub fn from_name(name: &str) -> Option<Self> {
        Some(match name {
            "regular" => Self::Regular,
            "greedy" => Self::Greedy,
            "data" => Self::Data,
            "config" => Self::Config,
            "full" => Self::Full,
            _ => return None,
        })
    }
}

/// Why the roles of the servers stay as they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[cfg_attr(all(feature = "defmt", target_os = "none"), derive(defmt::Format))]
#[non_exhaustive]
pub enum RolesError {
    /// A second server would collect the measurements, or configure the device.
    #[error("another server has the role {0} already, and one only can have it")]
    Taken(Role),
    /// Not a server of the configuration, or not a bootstrap server.
    #[error("no such bootstrap server: choose one that is defined and has the bootstrap role")]
    NoBootstrapServer,
    /// A regular bootstrap found no roles for a new server that make a valid configuration.
    #[error("no roles of the new server make a valid configuration")]
    NoValidRoles,
}

/// The servers of a device. At most one of them has the role [`Measurements`](Role::Measurements), and at most one
/// [`Configuration`](Role::Configuration), whatever is done here.
///
/// ```
/// use fibocom_mqtt::profile::captis::{BootstrapMode, BootstrapServer, Role, Roles, ServerId, ServerRoles};
///
/// let (s1, s2) = (ServerId::new(1).unwrap(), ServerId::new(2).unwrap());
/// let mut servers = ServerRoles::new();
/// servers.define(s1, Roles::of(&[Role::Bootstrap, Role::Measurements, Role::Info]))?;
///
/// // `bootstrap` alone means the first bootstrap server; it names a new server, s2.
/// assert_eq!(servers.bootstrap_server(BootstrapServer::default()), Ok(s1));
/// servers.assign(s2, BootstrapMode::Data, |_| true)?;
/// assert_eq!(servers.with(Role::Measurements), Some(s2));
/// assert_eq!(servers.roles(s1), Some(Roles::of(&[Role::Bootstrap, Role::Info])));
/// # Ok::<(), fibocom_mqtt::profile::captis::RolesError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ServerRoles {
    roles: [Option<Roles>; MAX_SERVERS],
}

impl ServerRoles {
    /// No server yet.
    pub const fn new() -> Self {
        Self {
            roles: [None; MAX_SERVERS],
        }
    }

    /// A server with these roles, as the configuration says. Replaces what it was before.
    ///
    /// # Errors
    ///
    /// [`RolesError::Taken`] if another server has a role already that one only can have.
    pub fn define(&mut self, server: ServerId, roles: Roles) -> Result<(), RolesError> {
        for role in [Role::Measurements, Role::Configuration] {
            if roles.contains(role) && self.another(server, role) {
                return Err(RolesError::Taken(role));
            }
        }
        self.set(server, Some(roles));
        Ok(())
    }

    /// Forgets a server.
    pub fn remove(&mut self, server: ServerId) {
        self.set(server, None);
    }

    /// The roles of a server; none if there is no such server.
    pub fn roles(&self, server: ServerId) -> Option<Roles> {
        self.roles.get(server.index()).copied().flatten()
    }

    /// The servers and their roles, `s1` first.
    pub fn iter(&self) -> impl Iterator<Item = (ServerId, Roles)> {
        ServerId::all().filter_map(|server| Some((server, self.roles(server)?)))
    }

    /// The first server with this role.
    pub fn with(&self, role: Role) -> Option<ServerId> {
        self.iter()
            .find(|(_, roles)| roles.contains(role))
            .map(|(server, _)| server)
    }

    /// The server that a `bootstrap` command means.
    ///
    /// # Errors
    ///
    /// [`RolesError::NoBootstrapServer`] if it is not defined, or has not the role [`Bootstrap`](Role::Bootstrap).
    pub fn bootstrap_server(&self, wanted: BootstrapServer) -> Result<ServerId, RolesError> {
        let mut candidates = self.iter().filter(|(_, roles)| roles.contains(Role::Bootstrap));
        let found = match wanted {
            // 0 means the first, as 1 does.
            BootstrapServer::Nth(number) => candidates.nth(usize::from(number.saturating_sub(1))),
            BootstrapServer::Named(name) => candidates.find(|(server, _)| *server == name),
        };
        found.map(|(server, _)| server).ok_or(RolesError::NoBootstrapServer)
    }

    /// Gives roles to the server that a bootstrap named; it is a new one if it is not defined yet.
    ///
    /// `valid` is the check of the whole configuration, asked by a [`Regular`](BootstrapMode::Regular) bootstrap of a new server, about
    /// the servers as they would be. That measurements and configuration are given once only is seen to here.
    ///
    /// # Errors
    ///
    /// [`RolesError::NoValidRoles`] if `valid` takes none of the choices. Then nothing has changed.
    pub fn assign(
        &mut self,
        server: ServerId,
        mode: BootstrapMode,
        valid: impl Fn(&Self) -> bool,
    ) -> Result<(), RolesError> {
        const DATA: Roles = Roles::of(&[Role::Measurements, Role::Events, Role::Info]);
        const CONFIG: Roles = Roles::of(&[Role::Info, Role::Configuration, Role::FotaOperations, Role::Shell]);
        const INFO: Roles = Roles::of(&[Role::Info]);
        match mode {
            BootstrapMode::Regular if self.roles(server).is_some() => {}
            BootstrapMode::Regular => {
                let choices = [Roles::WORK, DATA, INFO].into_iter();
                let found = choices.filter_map(|roles| {
                    let mut servers = *self;
                    servers.define(server, roles).ok().map(|()| servers)
                });
                *self = found
                    .into_iter()
                    .find(|servers| valid(servers))
                    .ok_or(RolesError::NoValidRoles)?;
            }
            BootstrapMode::Greedy => {
                let mut roles = Roles::WORK;
                for role in [Role::Measurements, Role::Configuration] {
                    if self.another(server, role) {
                        roles = roles.without(role);
                    }
                }
                self.add(server, roles);
            }
            BootstrapMode::Data => self.add(server, DATA),
            BootstrapMode::Config => self.add(server, CONFIG),
            BootstrapMode::Full => self.add(server, Roles::WORK),
        }
        Ok(())
    }

    /// More roles for a server. What one server only can have, the others lose.
    fn add(&mut self, server: ServerId, roles: Roles) {
        for role in [Role::Measurements, Role::Configuration] {
            if roles.contains(role) {
                for other in self.roles.iter_mut().flatten() {
                    *other = other.without(role);
                }
            }
        }
        let had = self.roles(server).unwrap_or_default();
        self.set(server, Some(had.and(roles)));
    }

    fn another(&self, server: ServerId, role: Role) -> bool {
        self.iter()
            .any(|(other, roles)| other != server && roles.contains(role))
    }

    fn set(&mut self, server: ServerId, roles: Option<Roles>) {
        if let Some(place) = self.roles.get_mut(server.index()) {
            *place = roles;
        }
    }
}
