//! The gateway's life: rollout, initialisation, running (manual, section 2), as a state machine without I/O.
//!
//! [`Gateway::input`] tells it what happened, and [`Gateway::output`] is asked again and again what is to be done, until it says nothing.

mod feedback;
mod hash;
mod input;
mod output;
mod persisted;
mod protocol;
mod reading;
mod realtime;
mod signal;
mod status;
mod work;

pub use persisted::{Ids, Persisted};
pub use reading::{DataSource, Reading};
pub use realtime::PointMemory;
pub use signal::{CloudSendRealtimeData, Input, Notice, Now, Output, Subject};
pub use status::{ConnectionStatus, Led};
pub use work::{Answer, Command};

use super::config::{BrokerUrl, Config, ConfigError, is_id};
use super::device::Device;
use super::message::{InitRequest, Style};
use crate::profile::Payload;
use crate::{Instant, QoS};
use realtime::Realtime;
use work::{Step, Work};

/// What the module takes in one message unless it says otherwise, in bytes.
pub const MODULE_LIMIT: usize = 1024;

/// Where a gateway is in its life (manual, table 1-2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(all(feature = "defmt", target_os = "none"), derive(defmt::Format))]
pub enum Phase {
    /// Not started, or reset.
    PowerOn,
    /// About to ask for its ids.
    Rollout,
    /// Has asked, and waits for them.
    WaitRollout,
    /// About to send its data model.
    Init,
    /// Has sent it, and waits for the answer.
    WaitInit,
    /// Sends data and takes requests.
    Running,
}

/// The connection to the broker.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(all(feature = "defmt", target_os = "none"), derive(defmt::Format))]
pub enum Link {
    /// There is none.
    Down,
    /// It is being opened.
    Connecting,
    /// It is open.
    Up,
}

/// The longest keep-alive that modules take, in seconds.
pub(super) const MAX_KEEP_ALIVE: u16 = 300;

/// The memory of a gateway, which stays the caller's.
pub struct Memory<'m> {
    points: &'m mut [PointMemory],
    request: &'m mut [u8],
    answer: &'m mut [u8],
}

impl<'m> Memory<'m> {
    /// `points` has one slot for each data point; `request` takes the statements of one request in TiXML, at most as long as what the
    /// module receives at once; `answer` takes the answers to them. An answer as long as the module can send fits in 1024 bytes; a longer
    /// `answer` lets an error say how long one would be in JSON.
    pub const fn new(points: &'m mut [PointMemory], request: &'m mut [u8], answer: &'m mut [u8]) -> Self {
        Self {
            points,
            request,
            answer,
        }
    }
}

/// Shows the sizes only: requests may hold passwords.
impl core::fmt::Debug for Memory<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        let (points, request, answer) = (self.points.len(), self.request.len(), self.answer.len());
        write!(f, "Memory({points} points, {request} and {answer} bytes)")
    }
}

/// An FP gateway on a portal.
///
/// ```
/// # use fibocom_mqtt::Instant;
/// use fibocom_mqtt::profile::juconn::*;
///
/// struct Plant { office: f32 }
///
/// impl DataSource for Plant {
///     fn read(&mut self, path: &str, reading: &mut Reading) {
///         if path == "/Process/PV/TEMP_OFFICE" {
///             reading.set(self.office);
///         }
///     }
/// }
///
/// # const DATABASE: &str = r#"<CloudConn><CloudBaseUrl _="tcp://portal.example.com:1883"/><CloudConnStart _="1"/>
/// # <CloudConnType _="FPIL_Tixi_MQTT_1"/><gateway_id _="g"/><customer_id _="c"/><Realtime1>
/// # <Room _="/Process/PV/TEMP_OFFICE" meta_type="temperature"/></Realtime1></CloudConn>"#;
/// let (mut points, mut request, mut answer) = ([PointMemory::new(); 1], [0; 1500], [0; 1024]);
/// let memory = Memory::new(&mut points, &mut request, &mut answer);
/// let device = Device::new("04600912", "WT640")?;
/// let mut gateway = Gateway::new(device, Config::parse(DATABASE)?, Persisted::default(), memory)?;
///
/// let (mut plant, mut payload) = (Plant { office: 23.9 }, [0; 1024]);
/// gateway.input(Now::new(Instant::from_millis(0), 1498724247), Input::Start);
/// let Some(Output::Connect(broker)) = gateway.output(&mut plant, &mut payload) else { panic!() };
/// assert_eq!((broker.host, broker.port), ("portal.example.com", 1883));
/// # Ok::<(), ConfigError>(())
/// ```
#[derive(Debug)]
pub struct Gateway<'a> {
    device: Device<'a>,
    config: Config<'a>,
    memory: Memory<'a>,
    persisted: Persisted,
    max_payload: usize,
    now: Now,
    phase: Phase,
    link: Link,
    /// When the back-off ends, or the wait for an answer.
    until: Option<Instant>,
    /// How often it was put back in a row.
    setbacks: u32,
    /// How many of the topics of this phase are subscribed to.
    subscribed: usize,
    /// Whether the rollout's number is counted, and persisted, already.
    counted: bool,
    inits: u32,
    request_id: heapless::String<48>,
    topic: heapless::String<160>,
    notices: heapless::Deque<Notice, 8>,
    persist: bool,
    disconnect: bool,
    /// A publication or a subscription was asked for, and how it ended was not told.
    asked: bool,
    work: Option<Work>,
    /// Whether the answer that was shown last was one for the system log.
    support_due: bool,
    realtime: Realtime,
    status: status::Display,
}

impl<'a> Gateway<'a> {
    /// A gateway that is not started yet. `persisted` is what it gave to persist last, or the default if it never did.
    ///
    /// # Errors
    ///
    /// [`ConfigError::TooManyPoints`] if there are more data points than slots for them, and [`ConfigError::InitTooLarge`] if the message that
    /// announces them does not fit into what the module takes: the manual has no way to send it in parts.
    pub fn new(
        device: Device<'a>,
        config: Config<'a>,
        persisted: Persisted,
        memory: Memory<'a>,
    ) -> Result<Self, ConfigError> {
        Self::with_limit(device, config, persisted, memory, MODULE_LIMIT)
    }

    /// As [`new`](Self::new), for a module that takes another number of bytes in a message: [`Limit::Payload`](crate::Limit::Payload) of its
    /// [`Capabilities`](crate::Capabilities).
    ///
    /// # Errors
    ///
    /// As of [`new`](Self::new).
    pub fn with_limit(
        device: Device<'a>,
        config: Config<'a>,
        persisted: Persisted,
        memory: Memory<'a>,
        max_payload: usize,
    ) -> Result<Self, ConfigError> {
        let (needed, max) = (config.points().count(), memory.points.len());
        if needed > max {
            return Err(ConfigError::TooManyPoints { needed, max });
        }
        memory.points.fill(PointMemory::new());
        let gateway = Self {
            device,
            config,
            memory,
            persisted,
            max_payload,
            now: Now::default(),
            phase: Phase::PowerOn,
            link: Link::Down,
            until: None,
            setbacks: 0,
            subscribed: 0,
            counted: false,
            inits: 0,
            request_id: heapless::String::new(),
            topic: heapless::String::new(),
            notices: heapless::Deque::new(),
            persist: false,
            disconnect: false,
            asked: false,
            work: None,
            support_due: false,
            realtime: Realtime::new(&config),
            status: status::Display::default(),
        };
        let mut counted = Payload::new(&mut []);
        let longest = core::str::from_utf8(&[b'0'; 36]).unwrap_or_default();
        // A payload takes everything and counts.
        let _ = gateway.init_request(longest).write(gateway.style(), &mut counted);
        match counted.needed() {
            needed if needed > max_payload => Err(ConfigError::InitTooLarge {
                needed,
                max: max_payload,
            }),
            _ => Ok(gateway),
        }
    }

    /// Sends no message that is longer than `max` bytes from now on, if that is less than before.
    pub fn limit_payload(&mut self, max: usize) {
        self.max_payload = self.max_payload.min(max);
    }

    fn init_request<'r>(&'r self, request_id: &'r str) -> InitRequest<'r, 'a> {
        InitRequest {
            request_id,
            device: &self.device,
            config: &self.config,
        }
    }

    /// How what the gateway sends of itself is written.
    fn style(&self) -> Style {
        Style {
            format: self.config.format(),
            frame: self.device.frame,
        }
    }

    /// Where it is in its life.
    pub const fn phase(&self) -> Phase {
        self.phase
    }

    /// The connection to the broker, as far as it was told.
    pub const fn link(&self) -> Link {
        self.link
    }

    /// Whether a publication or a subscription was asked for, and how it ended was not told.
    pub(in crate::profile::juconn) const fn is_asked(&self) -> bool {
        self.asked
    }

    /// Its configuration.
    pub const fn config(&self) -> &Config<'a> {
        &self.config
    }

    /// Its device.
    pub const fn device(&self) -> &Device<'a> {
        &self.device
    }

    /// What it remembers beyond a restart.
    pub const fn persisted(&self) -> &Persisted {
        &self.persisted
    }

    /// Its ids: those of the configuration, or else of the rollout.
    pub fn ids(&self) -> Option<(&str, &str)> {
        // What was kept may have been damaged: then it is as if there were none.
        let usable = |ids: &&Ids| is_id(&ids.gateway) && is_id(&ids.customer);
        let rolled_out = self.persisted.ids.as_ref().filter(usable);
        self.config
            .ids()
            .or_else(|| rolled_out.map(|ids| (&*ids.gateway, &*ids.customer)))
    }

    /// The id of the request that was sent last, of a rollout or of an initialisation; empty before the first.
    pub fn request_id(&self) -> &str {
        &self.request_id
    }

    /// The broker to connect to: the configuration's for a rollout, and then the one that the rollout named, if it did.
    pub fn broker(&self) -> BrokerUrl<'_> {
        if self.rolls_out() {
            self.config.url()
        } else {
            self.named_broker()
        }
    }

    /// The broker for all but a rollout.
    fn named_broker(&self) -> BrokerUrl<'_> {
        let base = self.config.url();
        let named = self.persisted.broker.as_deref().filter(|_| self.config.ids().is_none());
        named.and_then(|url| self.usable(url)).unwrap_or(base)
    }

    /// A broker that a rollout named, if it may be followed. Neither whoever can answer a rollout nor what was kept from the time before TLS
    /// was configured shall get the credentials in the clear.
    fn usable<'u>(&self, url: &'u str) -> Option<BrokerUrl<'u>> {
        let base = self.config.url();
        BrokerUrl::parse(url, Some(base)).filter(|url| url.tls || !base.tls)
    }

    /// The quality of service of its topics.
    pub fn qos(&self) -> QoS {
        let named = self.persisted.qos.filter(|_| !self.rolls_out());
        named.unwrap_or(self.config.qos())
    }

    /// Whether what a rollout named does not hold: during one, and where none is needed.
    fn rolls_out(&self) -> bool {
        matches!(self.phase, Phase::Rollout | Phase::WaitRollout) || self.config.ids().is_some()
    }

    /// Whether a request is being executed. Another one that comes meanwhile is not: leave it in the module.
    pub const fn is_busy(&self) -> bool {
        match &self.work {
            Some(work) => !matches!(work.step, Step::Answered),
            None => false,
        }
    }

    /// When [`Input::Tick`] is due next, if nothing else happens.
    pub fn next_tick(&self) -> Option<Instant> {
        let timer = match self.phase {
            Phase::Running => self.realtime.next_tick(),
            _ => None,
        };
        crate::clock::earlier(self.until, timer)
    }
}
