//! Rollout and initialisation (manual, sections 2.1 and 2.2): what the answers mean, and when it is tried again.

use core::time::Duration;

use super::persisted::Ids;
use super::signal::{Notice, Subject};
use super::work::{Job, Work};
use super::{Gateway, Link, Phase};
use crate::profile::Payload;
use crate::profile::json::Kind;
use crate::profile::juconn::config::is_id;
use crate::profile::juconn::message::{InitResult, Node, RolloutResult, Statements};
use crate::profile::juconn::scalar::Scalar;
use crate::profile::juconn::tixml::Document;

/// How long an answer of the portal is waited for.
pub(super) const ANSWER: Duration = Duration::from_secs(60);

/// The longest back-off.
const LONGEST: Duration = Duration::from_secs(3600);

/// The first back-off after a connection that was lost, or could not be opened.
pub(super) const RECONNECT: Duration = Duration::from_secs(1);

/// The first back-off after an error of the portal.
pub(super) const PORTAL: Duration = Duration::from_secs(30);

impl Gateway<'_> {
    pub(super) fn notice(&mut self, notice: Notice) {
        if self.notices.is_full() {
            // The latest tell most.
            self.notices.pop_front();
        }
        let _ = self.notices.push_back(notice);
    }

    /// Goes to a phase, to begin with at once.
    pub(super) fn enter(&mut self, phase: Phase) {
        self.phase = phase;
        self.until = None;
        self.subscribed = 0;
        self.counted = false;
    }

    /// The phase that a login begins with.
    pub(super) fn first_phase(&self) -> Phase {
        if self.ids().is_some() {
            Phase::Init
        } else {
            Phase::Rollout
        }
    }

    /// Waits before it goes on, twice as long each time in a row, an hour at most.
    pub(super) fn back_off(&mut self, first: Duration) -> Duration {
        let factor = 1u32.checked_shl(self.setbacks).unwrap_or(u32::MAX);
        let after = first.checked_mul(factor).unwrap_or(LONGEST).min(LONGEST);
        self.setbacks = self.setbacks.saturating_add(1).min(16);
        self.until = Some(self.now.instant + after);
        after
    }

    pub(super) fn rollout_result(&mut self, payload: &[u8]) {
        let subject = Subject::RolloutResult;
        if self.phase != Phase::WaitRollout {
            return self.notice(Notice::Unexpected(subject));
        }
        let result = match RolloutResult::parse(payload) {
            Ok(result) => result,
            Err(error) => return self.notice(Notice::Malformed(subject, error)),
        };
        if result.response_id != *self.request_id {
            // The rollout must be executed again (section 2.1.2).
            self.notice(Notice::OtherResponse(subject));
            return self.again(Phase::Rollout);
        }
        if result.error_code != 0 {
            return self.portal_error(subject, result.error_code, Phase::Rollout);
        }
        if !self.accept(&result) {
            self.notice(Notice::Unusable);
            return self.again(Phase::Rollout);
        }
        if let Some(configuration) = result.configuration {
            self.configure(configuration);
        }
        self.setbacks = 0;
        self.enter(Phase::Init);
    }

    /// The same once more, or from the rollout, after a while.
    pub(super) fn again(&mut self, phase: Phase) {
        let same = matches!(
            (self.phase, phase),
            (Phase::WaitRollout, Phase::Rollout) | (Phase::WaitInit, Phase::Init)
        );
        let subscribed = self.subscribed;
        self.enter(phase);
        if same {
            self.subscribed = subscribed;
        } else {
            self.disconnect = self.named_broker() != self.config.url();
        }
        self.back_off(PORTAL);
    }

    fn portal_error(&mut self, subject: Subject, code: i32, phase: Phase) {
        self.again(phase);
        let after = self
            .until
            .map_or(PORTAL, |until| until.saturating_since(self.now.instant));
        self.notice(Notice::Portal { subject, code, after });
    }

    /// Takes over what a rollout gave, if all of it can be used.
    fn accept(&mut self, result: &RolloutResult<'_>) -> bool {
        let id = |id: Option<Scalar<'_>>| id?.to_text().filter(|id| is_id(id));
        let (Some(gateway), Some(customer)) = (id(result.gateway_id), id(result.customer_id)) else {
            return false;
        };
        let mut persisted = self.persisted.clone();
        (persisted.broker, persisted.qos) = (None, None);
        if let Some(broker) = result.broker {
            let url = broker.url.to_text::<128>();
            let Some(url) = url.filter(|url| self.usable(url).is_some()) else {
                return false;
            };
            (persisted.broker, persisted.qos) = (Some(url), broker.qos);
        }
        persisted.ids = Some(Ids { gateway, customer });
        self.persisted = persisted;
        self.persist = true;
        self.version(result.portal_version);
        self.disconnect = self.named_broker() != self.config.url();
        true
    }

    fn version(&mut self, version: Option<Scalar<'_>>) {
        let Some(version) = version else {
            return;
        };
        self.status.version.clear();
        for character in version.chars() {
            if self.status.version.push(character).is_err() {
                break;
            }
        }
    }

    /// Begins to execute the rollout's configuration.
    fn configure(&mut self, configuration: Node<'_>) {
        let mut memory = Payload::new(self.memory.request);
        let statements = Statements::of(Some(configuration));
        // An array or a number, in which nothing can be executed.
        let other =
            statements == Statements::None && matches!(configuration, Node::Json(value) if value.kind() != Kind::Null);
        let written = statements.write_tixml(&mut memory);
        let len = match (written, memory.finish()) {
            (Ok(()), Ok(text)) if !other => Document::parse_bytes(text)
                .ok()
                .map(|statements| statements.raw().len()),
            _ => None,
        };
        match len {
            Some(len) => {
                let owed = self.is_busy();
                let before = self.work.replace(Work::new(Job::Configuration, len));
                if let Some(Job::Request { kind, .. }) = before.filter(|_| owed).map(|work| work.job) {
                    self.notice(Notice::ResultDropped(kind));
                }
                self.advance();
            }
            None => self.notice(Notice::Configuration),
        }
    }

    pub(super) fn init_result(&mut self, payload: &[u8]) {
        let subject = Subject::InitResult;
        if self.phase != Phase::WaitInit {
            return self.notice(Notice::Unexpected(subject));
        }
        let result = match InitResult::parse(payload) {
            Ok(result) => result,
            Err(error) => return self.notice(Notice::Malformed(subject, error)),
        };
        // Error 500 says that the id was empty (section 8).
        let nameless = result.error_code != 0 && result.response_id.is_blank();
        if result.response_id != *self.request_id && !nameless {
            return self.notice(Notice::OtherResponse(subject));
        }
        if result.error_code != 0 {
            // The text wants the rollout again, the flow chart the initialisation; ids of the configuration leave the second only.
            let unknown = matches!(result.error_code, 404 | 409);
            let phase = match unknown && self.config.ids().is_none() {
                true => Phase::Rollout,
                false => Phase::Init,
            };
            return self.portal_error(subject, result.error_code, phase);
        }
        self.version(result.portal_version);
        self.setbacks = 0;
        self.enter(Phase::Running);
        self.realtime.begin(self.now.instant);
    }

    /// An answer did not come in time.
    pub(super) fn no_answer(&mut self) {
        let (subject, phase) = match self.phase {
            Phase::WaitRollout => (Subject::RolloutResult, Phase::Rollout),
            Phase::WaitInit => (Subject::InitResult, Phase::Init),
            _ => return,
        };
        self.notice(Notice::NoAnswer(subject));
        self.again(phase);
    }

    /// The connection has ended.
    pub(super) fn disconnected(&mut self) {
        self.asked = false;
        if self.link == Link::Down {
            return;
        }
        self.link = Link::Down;
        self.disconnect = false;
        self.data_not_sent();
        self.result_not_sent();
        if self.phase != Phase::PowerOn {
            self.enter(self.first_phase());
            self.back_off(RECONNECT);
        }
    }

    /// Forgets the ids, and stops.
    pub(super) fn factory_reset(&mut self) {
        self.persisted.forget();
        self.persist = true;
        self.work = None;
        self.setbacks = 0;
        self.data_not_sent();
        self.enter(Phase::PowerOn);
        self.disconnect = self.link != Link::Down;
    }
}
