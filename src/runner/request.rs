//! What a task asks for, in a form that outlives the task: the strings in a slot, the rest here.

use embedded_io_async::{Read, Write};

use super::{Failure, failure};
use crate::Clock;
use crate::client::Client;
use crate::error::{Error, InvalidInput};
use crate::types::{
    Announcement, ConnectOptions, ConnectionId, Credentials, Delivery, Publication, QoS, Tls, TopicFilter, TopicName,
    Will,
};

/// Strings of a request: the most there are, in connecting.
const PARTS: usize = 6;

/// A request, whose strings stand in its slot one behind the other.
#[derive(Clone, Copy)]
pub(super) struct Request {
    pub(super) id: ConnectionId,
    pub(super) verb: Verb,
    lengths: [usize; PARTS],
}

#[derive(Clone, Copy)]
pub(super) enum Verb {
    /// Host, client id, user, password, topic and payload of the will.
    Connect {
        port: u16,
        keep_alive: u16,
        clean_session: bool,
        tls: Option<Tls<'static>>,
        client_id: bool,
        will: Option<(QoS, bool)>,
    },
    Disconnect,
    /// Topic, payload.
    Publish {
        qos: QoS,
        retain: bool,
    },
    /// Filter.
    Subscribe {
        qos: QoS,
    },
    /// Filter.
    Unsubscribe,
    Skip,
}

/// What a request came to.
#[derive(Clone, Copy)]
pub(super) enum Done {
    Nothing,
    Published(Delivery),
    Skipped(Option<Announcement>),
}

/// A request before it is in a slot.
pub(super) struct Draft<'a> {
    pub(super) verb: Verb,
    parts: [&'a [u8]; PARTS],
}

impl<'a> Draft<'a> {
    pub(super) fn new(verb: Verb, first: &'a [u8], second: &'a [u8]) -> Self {
        Self {
            verb,
            parts: [first, second, b"", b"", b"", b""],
        }
    }

    pub(super) fn connect(options: &ConnectOptions<'a>, tls: Option<Tls<'static>>) -> Self {
        let &ConnectOptions {
            host,
            port,
            client_id,
            credentials: Credentials { user, password },
            keep_alive,
            clean_session,
            will,
            security: _,
        } = options;
        Self {
            verb: Verb::Connect {
                port,
                keep_alive,
                clean_session,
                tls,
                client_id: client_id.is_some(),
                will: will.map(|will| (will.qos, will.retain)),
            },
            parts: [
                host.as_bytes(),
                client_id.unwrap_or_default().as_bytes(),
                user.as_bytes(),
                password,
                will.map_or("", |will| will.topic.as_str()).as_bytes(),
                will.map_or(b"", |will| will.payload),
            ],
        }
    }

    /// How many bytes of a slot it takes.
    pub(super) fn len(&self) -> usize {
        let lengths = self.parts.iter().map(|part| part.len());
        lengths.fold(0, usize::saturating_add)
    }

    /// Copies it. The slot must be large enough.
    pub(super) fn fill(&self, id: ConnectionId, slot: &mut [u8]) -> Request {
        let mut rest = slot;
        for part in self.parts {
            let Some((place, behind)) = rest.split_at_mut_checked(part.len()) else {
                break;
            };
            place.copy_from_slice(part);
            rest = behind;
        }
        Request {
            id,
            verb: self.verb,
            lengths: self.parts.map(<[u8]>::len),
        }
    }
}

impl Request {
    /// Carries it out. It was built from valid parts, which are still checked.
    pub(super) async fn perform<T: Read + Write, C: Clock>(
        &self,
        client: &mut Client<'_, '_, T, C>,
        slot: &[u8],
    ) -> Result<Done, Failure> {
        self.attempt(client, slot).await.map_err(|error| failure(&error))
    }

    async fn attempt<T: Read + Write, C: Clock>(
        &self,
        client: &mut Client<'_, '_, T, C>,
        slot: &[u8],
    ) -> Result<Done, Error<T::Error>> {
        let [first, second, user, password, will_topic, will_payload] = self.parts(slot);
        match self.verb {
            Verb::Connect {
                port,
                keep_alive,
                clean_session,
                tls,
                client_id,
                will,
            } => {
                let mut options = ConnectOptions::new(text(first), port)
                    .maybe_tls(tls)
                    .credentials(Credentials::with_binary_password(text(user), password))
                    .keep_alive(keep_alive)
                    .clean_session(clean_session);
                if client_id {
                    options = options.client_id(text(second));
                }
                if let Some((qos, retain)) = will {
                    let will = Will::new(TopicName::new(text(will_topic))?, will_payload).qos(qos);
                    options = options.will(if retain { will.retain() } else { will });
                }
                client.connect(&options).await?;
            }
            Verb::Disconnect => client.disconnect().await?,
            Verb::Publish { qos, retain } => {
                let publication = Publication::new(TopicName::new(text(first))?, second).qos(qos);
                let publication = if retain { publication.retain() } else { publication };
                return client.publish(&publication).await.map(Done::Published);
            }
            Verb::Subscribe { qos } => client.subscribe(TopicFilter::new(text(first))?, qos).await?,
            Verb::Unsubscribe => client.unsubscribe(TopicFilter::new(text(first))?).await?,
            Verb::Skip => return client.skip().await.map(Done::Skipped),
        }
        Ok(Done::Nothing)
    }

    fn parts<'s>(&self, slot: &'s [u8]) -> [&'s [u8]; PARTS] {
        let mut rest = slot;
        self.lengths.map(|len| {
            let (part, behind) = rest.split_at_checked(len).unwrap_or_default();
            rest = behind;
            part
        })
    }
}

/// What was text is text.
fn text(bytes: &[u8]) -> &str {
    core::str::from_utf8(bytes).unwrap_or_default()
}

/// What a slot cannot hold.
pub(super) fn too_long(len: usize, max: usize) -> Failure {
    InvalidInput::RequestSlot { len, max }.into()
}
