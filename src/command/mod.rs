//! The commands, one file per family. Each is an [`atat::AtatCmd`] written by hand, so that it also runs on atat's own client.
//!
//! A command that does not fit the buffer writes nothing and returns 0, it never panics; the driver sizes every command before it
//! writes. All end in CR alone. Where a manual is named, V1.3 is "Fibocom MTC MQTT AT Commands" of 2024-12-23 and V1.0.1 is
//! "FIBOCOM L610 Series AT Commands MQTT" of 2020-06-13.

use crate::codec::Encoder;
use crate::codec::grammar::{self, Term};
use crate::types::{AnyConnectionId, QoS, Text, TopicName};

mod auth_cfg;
mod auth_dyn;
mod clock;
mod close;
mod conf;
mod general;
mod line;
mod open;
mod pdp;
mod publish;
mod read;
mod registration;
mod restart;
mod sim;
mod sn;
mod sn_message;
mod subscribe;
mod tls;
mod user;
mod will;

pub use crate::types::{RegistrationState, TlsFile, TlsVersion};
pub(crate) use auth_cfg::CloudForm;
pub use auth_cfg::{AuthAnswer, AuthCfg, Clouds, TestAuthCfg, TuyaOff};
pub use auth_dyn::{AuthDyn, TestAuthDyn};
pub use clock::{ModuleTime, ReadClock};
pub use close::{ClosableIds, Close, TestClose};
pub use conf::{Conf, ReadConf, ReceiveMode, TestConf};
pub use general::{
    Attention, Echo, ErrorReports, Manufacturer, ModelName, ReadErrorReports, ReadIccid, Revision, SerialNumber, Value,
};
pub use line::{
    BaudRate, BaudRates, ReadBaud, ReadSleep, SetBaud, SetFlowControl, SetSleep, SetSleepTimer, Sleep, TestBaud,
};
pub use open::{Open, OpenLimits, OpenableIds, TestOpen};
pub use pdp::{
    AttachPacket, Attachment, ContextAddress, DefineContext, Dial, HangUp, PdpState, ReadAddress, ReadAttachment,
    ReadPdp,
};
pub use publish::{Publish, PublishData, PublishLimits, TestPublish};
pub(crate) use read::ReadStored;
pub use read::{Read, ReadMessage, TestRead};
pub use registration::{Domain, Operator, ReadOperator, ReadRegistration, ReadSignal, Registration, Signal};
pub use restart::Restart;
pub use sim::{EnterPin, ReadSim, SimState};
pub use sn::{
    ReadSnClientIds, ReadSnRegistrations, SnClientId, SnClientIdLimits, SnClientIdSetting, SnClientIds, SnRegister,
    SnRegisterLimits, SnRegisteredTopic, SnRegistrations, TestSnClientId, TestSnRegister, TestUpdateWillMessage,
    TestUpdateWillTopic, UpdateWillMessage, UpdateWillMessageLimits, UpdateWillTopic, UpdateWillTopicLimits,
};
pub use sn_message::{SnPublish, SnPublishData, SnRead, SnReadMessage, SnSubscribe, SnUnsubscribe};
pub use subscribe::{Subscribe, SubscribeLimits, TestSubscribe, TestUnsubscribe, Unsubscribe, UnsubscribeLimits};
pub use tls::{
    ReadTlsError, ReadTlsFiles, ReadTlsMode, ReadTlsVersion, SetTlsMode, SetTlsVersion, TlsErrorCode, TlsFiles,
    TlsMode, UploadTlsFile,
};
pub use user::{ReadUsers, TestUser, User, UserLimits, UserSetting, Users};
pub use will::{ReadWills, SetWill, SetWillData, TestWill, WillLimits, WillSetting, Wills};

/// The answer to a command that has nothing to say but `OK`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Done;

impl atat::AtatResp for Done {}

/// The connections that a command takes, as its `=?` form or a list names them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ids(heapless::Vec<u8, 8>);

impl Ids {
    /// The numbers, in the module's order.
    pub fn as_slice(&self) -> &[u8] {
        &self.0
    }

    /// Whether this connection is among them.
    pub fn contains(&self, id: u8) -> bool {
        self.0.contains(&id)
    }
}

impl atat::AtatResp for Ids {}

/// Smallest and largest of a range of numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bounds {
    /// The smallest that is taken.
    pub min: u32,
    /// The largest that is taken.
    pub max: u32,
}

/// A term of a `=?` answer that must be a list of connections.
fn ids_of(term: Term<'_>) -> Option<Ids> {
    match term {
        Term::Group(group) => Some(Ids(grammar::group_ids(group))),
        Term::Number(_) => None,
    }
}

/// A term of a `=?` answer that must be a number.
fn number_of(term: Term<'_>) -> Option<u32> {
    match term {
        Term::Number(number) => Some(number),
        Term::Group(_) => None,
    }
}

/// A term of a `=?` answer that must be a range or a list of numbers.
fn bounds_of(term: Term<'_>) -> Option<Bounds> {
    match term {
        Term::Group(group) => grammar::bounds(group).map(|(min, max)| Bounds { min, max }),
        Term::Number(_) => None,
    }
}

/// As many bytes as fit.
fn cut<const N: usize>(bytes: &[u8]) -> heapless::Vec<u8, N> {
    bytes.iter().copied().take(N).collect()
}

/// `NAME=id,"topic",qos,retain`, as PUB and WILL begin.
fn message<'b>(
    buffer: &'b mut [u8],
    name: &str,
    id: AnyConnectionId,
    topic: TopicName<'_>,
    qos: QoS,
    retain: bool,
) -> Encoder<'b> {
    let topic = Text::from_topic(topic.as_str());
    Encoder::new(buffer, name)
        .number(id.get())
        .text(topic)
        .number(u8::from(qos))
        .number(retain)
}

/// `(ids),tlen,(qos),(retain),plen`, as PUB and WILL answer to `=?`.
fn message_limits(text: &[u8]) -> Option<(Ids, u32, Bounds, u32)> {
    let mut terms = grammar::terms(text);
    let ids = ids_of(terms.next()?)?;
    let topic = number_of(terms.next()?)?;
    let qos = bounds_of(terms.next()?)?;
    let _retain = terms.next()?;
    Some((ids, topic, qos, number_of(terms.next()?)?))
}

/// `NAME: (ids)`
fn tested_ids(name: &[u8], answer: &[u8]) -> Option<Ids> {
    ids_of(grammar::terms(grammar::prefix(name, grammar::lines(answer).next()?)?).next()?)
}

/// `NAME: id,id,…` in one line or a line each.
fn listed_ids(name: &[u8], answer: &[u8]) -> Option<Ids> {
    let mut ids = heapless::Vec::new();
    for line in grammar::lines(answer) {
        ids.extend_from_slice(&grammar::id_list(name, line)?).ok()?;
    }
    Some(Ids(ids))
}

/// Implements [`atat::AtatCmd`] from an `encode` that counts when it has no room, and a function that reads the answer.
macro_rules! at_command {
    ([$($generics:tt)*] $command:ty => $response:ty, $seconds:expr, $answer:expr) => {
        impl<$($generics)*> atat::AtatCmd for $command {
            type Response = $response;
            const MAX_TIMEOUT_MS: u32 = $seconds * 1000;

            fn write(&self, buffer: &mut [u8]) -> usize {
                let len = self.encode(&mut []);
                if len <= buffer.len() { self.encode(buffer) } else { 0 }
            }

            fn parse(&self, answer: Result<&[u8], atat::InternalError>) -> Result<Self::Response, atat::Error> {
                let parse: fn(&Self, &[u8]) -> Option<$response> = $answer;
                parse(self, answer?).ok_or(atat::Error::Parse)
            }
        }
    };
}
use at_command;

#[cfg(test)]
mod tests;

/// Seconds within which a command is answered. The manuals say 1 s; real modules take longer.
const ANSWER: u32 = 10;
