//! What the module reports about itself, over what the table says of it.

use core::time::Duration;

use atat::AtatCmd;
use embedded_io_async::{Read, Write};

use super::{Identity, Modem};
use crate::Clock;
use crate::command::{Ids, TestAuthCfg, TestOpen, TestPublish, TestSnClientId, TestUser, TestWill};
use crate::engine::Request;
use crate::error::{CmeError, Error, ModuleError};
use crate::model::{Capabilities, Feature, Limit, Model, Platform, Source};
use crate::types::{ConnectionId, SnConnectionId};

/// The `=?` forms that tell something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Question {
    User,
    Open,
    Publish,
    Will,
    SnClientId,
    AuthCfg,
}

/// Which of them the module has not answered yet.
#[derive(Debug, Clone, Copy)]
pub(super) struct Questions(u8);

impl Questions {
    const ALL: [Question; 6] = [
        Question::User,
        Question::Open,
        Question::Publish,
        Question::Will,
        Question::SnClientId,
        Question::AuthCfg,
    ];

    pub(super) const fn all() -> Self {
        Self(u8::MAX)
    }

    const fn contains(self, question: Question) -> bool {
        self.0 & (1 << question as u8) != 0
    }

    fn remove(&mut self, question: Question) {
        self.0 &= !(1 << question as u8);
    }
}

/// What a refusal of a `=?` form means. The manuals demand a data connection for them, too.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Answers {
    /// Nothing: there may be no data connection yet.
    Perhaps,
    /// That the module does not have the command.
    Final,
}

impl<T, C> Modem<'_, T, C>
where
    T: Read + Write,
    C: Clock,
{
    /// Takes note of connections that are open: the module has them.
    pub(super) fn learn_open(&mut self, open: &Ids) {
        if open.as_slice().iter().any(|id| SnConnectionId::new(*id).is_some()) {
            let capabilities = &mut self.engine.capabilities;
            capabilities.learn_feature(Feature::SnConnections, true, Source::Module);
        }
    }

    /// Takes the model and the platform from what identification said, and asks everything anew.
    pub(super) fn learn_model(&mut self, identity: &Identity) {
        let (model, revision) = (identity.model.as_str(), identity.revision.as_str());
        info!("the module is {} of {}", model, identity.manufacturer.as_str());
        self.engine.dialect.refine(Platform::from_revision(revision));
        self.engine
            .capabilities
            .identify(Model::identify(model), Source::Module);
        self.unasked = Questions::all();
    }

    /// Asks the `=?` forms that have not been answered yet (V1.3 sections 1.1 to 1.18), and takes what they say.
    pub(super) async fn refine(&mut self, answers: Answers) -> Result<(), Error<T::Error>> {
        for question in Questions::ALL {
            if !self.unasked.contains(question) {
                continue;
            }
            let request = Request::plain(Duration::from_millis(u64::from(Question::MAX_TIMEOUT_MS)));
            match self.exchange(&question, &[], request).await {
                Ok(_) => {
                    self.unasked.remove(question);
                    let (answer, capabilities) = self.engine.answer_and_capabilities();
                    // An answer that is not understood leaves the table in force.
                    let _ = question.learn(answer, capabilities);
                }
                // An answer in many lines is an answer.
                Err(Error::LineBuffer { .. }) => {
                    self.unasked.remove(question);
                    question.exists(true, &mut self.engine.capabilities);
                }
                Err(Error::Module(error)) => {
                    // A network that is lost again takes no command away.
                    if answers == Answers::Final && is_unknown(error) && self.has_call().await? {
                        question.exists(false, &mut self.engine.capabilities);
                    }
                }
                Err(Error::Unexpected) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }
}

/// Whether a refusal says that there is no such command, and not that it cannot be run now.
fn is_unknown(error: ModuleError) -> bool {
    matches!(
        error,
        ModuleError::Error | ModuleError::Cme(CmeError::UnknownCommand | CmeError::NotSupported)
    )
}

impl Question {
    /// What the answer says, if it can be read.
    fn learn(self, answer: &[u8], capabilities: &mut Capabilities) -> Result<(), atat::Error> {
        self.exists(true, capabilities);
        let answer = Ok(answer);
        match self {
            Self::User => {
                let limits = TestUser.parse(answer)?;
                learn(capabilities, Limit::User, limits.user);
                learn(capabilities, Limit::Password, limits.password);
                if let Some(client_id) = limits.client_id {
                    learn(capabilities, Limit::ClientId, client_id);
                }
            }
            Self::Open => {
                let limits = TestOpen.parse(answer)?;
                learn(capabilities, Limit::KeepAlive, limits.keep_alive.max);
                let ids = limits.ids.as_slice().iter().copied();
                let mqtt = ids.clone().filter(|id| ConnectionId::new(*id).is_some()).max();
                learn(capabilities, Limit::Connections, u32::from(mqtt.unwrap_or_default()));
                let sn = ids.clone().any(|id| id > 100);
                capabilities.learn_feature(Feature::SnConnections, sn, Source::Module);
                // 0 is plain, 1 is reserved, 2 is TLS; V1.0.1 has no such argument.
                let tls = limits.tls.is_some_and(|values| values.max >= 2);
                capabilities.learn_feature(Feature::Tls, tls, Source::Module);
            }
            Self::Publish => {
                let limits = TestPublish.parse(answer)?;
                learn(capabilities, Limit::Topic, limits.topic);
                learn(capabilities, Limit::Payload, limits.payload);
            }
            Self::Will => learn(capabilities, Limit::WillPayload, TestWill.parse(answer)?.payload),
            Self::SnClientId => learn(capabilities, Limit::SnClientId, TestSnClientId.parse(answer)?.client_id),
            Self::AuthCfg => {}
        }
        Ok(())
    }

    /// The module has, or has not, the command that the question belongs to.
    fn exists(self, has: bool, capabilities: &mut Capabilities) {
        let feature = match self {
            Self::User => Feature::Mqtt,
            Self::SnClientId => Feature::SnCommands,
            Self::AuthCfg => Feature::AuthCommands,
            Self::Open | Self::Publish | Self::Will => return,
        };
        capabilities.learn_feature(feature, has, Source::Module);
    }
}

/// A limit of nothing is none: what the module meant is not known.
fn learn(capabilities: &mut Capabilities, limit: Limit, value: u32) {
    if value > 0 {
        let value = u16::try_from(value).unwrap_or(u16::MAX);
        capabilities.learn_limit(limit, value, Source::Module);
    }
}

/// One command for all of them, so that the exchange's code is there once.
impl AtatCmd for Question {
    type Response = crate::command::Done;
    const MAX_TIMEOUT_MS: u32 = TestUser::MAX_TIMEOUT_MS;

    fn write(&self, buffer: &mut [u8]) -> usize {
        match self {
            Self::User => TestUser.write(buffer),
            Self::Open => TestOpen.write(buffer),
            Self::Publish => TestPublish.write(buffer),
            Self::Will => TestWill.write(buffer),
            Self::SnClientId => TestSnClientId.write(buffer),
            Self::AuthCfg => TestAuthCfg.write(buffer),
        }
    }

    fn parse(&self, _: Result<&[u8], atat::InternalError>) -> Result<Self::Response, atat::Error> {
        Ok(crate::command::Done)
    }
}
