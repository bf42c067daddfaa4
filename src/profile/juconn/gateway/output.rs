//! What is to be done.

use core::fmt::Write;

use super::protocol::ANSWER;
use super::reading::DataSource;
use super::signal::{Notice, Output};
use super::work::{Job, Step};
use super::{Gateway, Link, Phase};
use crate::profile::juconn::message::{RequestKind, RolloutRequest};
use crate::profile::{Payload, TooLarge};
use crate::{InvalidInput, TopicFilter, TopicName};

/// What [`Gateway::output`] decided on.
enum Action {
    Notice(Notice),
    Persist,
    Execute,
    Support,
    Disconnect,
    Connect,
    Subscribe,
    /// The payload is written.
    Publish(Result<usize, TooLarge>),
}

/// What the gateway subscribes to for its initialisation and after it.
const SUBSCRIPTIONS: [&str; 4] = ["gatewayInitResult", "config", "cmd", "state"];

impl Gateway<'_> {
    /// What is to be done next; none if nothing is, until something happens. `payload` takes a message to publish; what fits in it and in
    /// the module is the limit.
    ///
    /// That it is asked again, or told of a message, the time or what it waits for, means that a publication has gone out;
    /// [`Input::NotPublished`](super::Input::NotPublished) and [`Input::Disconnected`](super::Input::Disconnected) mean that it has not. Events
    /// of the device, such as [`Input::SendRealtimeData`](super::Input::SendRealtimeData), mean neither: they may be told while it is on its way.
    pub fn output<'o>(&'o mut self, source: &mut impl DataSource, payload: &'o mut [u8]) -> Option<Output<'o>> {
        loop {
            match self.decide(source, payload)? {
                Action::Notice(notice) => return Some(Output::Log(notice)),
                Action::Persist => return Some(Output::Persist(&self.persisted)),
                Action::Execute => {
                    let (command, answer) = self.execution()?;
                    return Some(Output::Execute { command, answer });
                }
                Action::Support => break,
                Action::Disconnect => return Some(Output::Disconnect),
                Action::Connect => return Some(Output::Connect(self.broker())),
                Action::Subscribe => {
                    let qos = self.qos();
                    let filter = TopicFilter::new(&self.topic).ok()?;
                    self.asked = true;
                    return Some(Output::Subscribe(filter, qos));
                }
                Action::Publish(Ok(len)) => {
                    let qos = self.qos();
                    let topic = TopicName::new(&self.topic).ok()?;
                    self.asked = true;
                    let payload = payload.get(..len).unwrap_or_default();
                    return Some(Output::Publish { topic, payload, qos });
                }
                Action::Publish(Err(size)) => self.notice(Notice::BufferTooSmall(size)),
            }
        }
        let statement = self.work.as_ref().map_or(0, |work| work.statement);
        self.support_due = true;
        let answer = self.answers().map_or("", |answers| answers.raw());
        Some(Output::SupportLog { statement, answer })
    }

    fn decide(&mut self, source: &mut impl DataSource, payload: &mut [u8]) -> Option<Action> {
        self.went_out();
        if core::mem::take(&mut self.support_due) {
            self.supported();
            self.advance();
        }
        if let Some(notice) = self.notices.pop_front() {
            return Some(Action::Notice(notice));
        }
        if core::mem::take(&mut self.persist) {
            return Some(Action::Persist);
        }
        if let Some(action) = self.decide_work(payload) {
            return Some(action);
        }
        let configuring = self.work.as_ref().is_some_and(|work| work.job == Job::Configuration);
        if core::mem::take(&mut self.disconnect) {
            self.link = Link::Down;
            return Some(Action::Disconnect);
        }
        let waits = self.until.is_some_and(|until| until > self.now.instant);
        match (self.link, self.phase) {
            (_, Phase::PowerOn) | (Link::Connecting, _) => None,
            _ if configuring => None,
            (Link::Down, _) if !waits => {
                self.link = Link::Connecting;
                self.until = None;
                Some(Action::Connect)
            }
            // The end of a command would be taken for that of one of the rollout's configuration.
            (Link::Up, Phase::Rollout) if !waits && !self.is_executing() => self.rollout(payload),
            (Link::Up, Phase::Init) if !waits => self.init(payload),
            (Link::Up, Phase::Running) => {
                if !self.data_due(source) {
                    return None;
                }
                self.gateway_topic("data").ok()?;
                let len = self.data_message(source, payload).map(<[u8]>::len);
                match len {
                    Some(len) => Some(Action::Publish(Ok(len))),
                    // Nothing fitted, which the log tells.
                    None => self.notices.pop_front().map(Action::Notice),
                }
            }
            _ => None,
        }
    }

    fn decide_work(&mut self, payload: &mut [u8]) -> Option<Action> {
        let held = self.is_held();
        let work = self.work.as_mut()?;
        match work.step {
            Step::Stop | Step::Execute => {
                let stop = work.step == Step::Stop;
                work.step = Step::Awaited { stop };
                Some(Action::Execute)
            }
            Step::Support => Some(Action::Support),
            Step::Publish if self.phase == Phase::Running && !held => {
                let Job::Request { kind, .. } = work.job else {
                    return None;
                };
                work.step = Step::Published;
                self.publish_result(kind, payload).map(Action::Publish)
            }
            Step::Next | Step::Awaited { .. } | Step::Publish | Step::Published | Step::Answered => None,
        }
    }

    fn publish_result(&mut self, kind: RequestKind, payload: &mut [u8]) -> Option<Result<usize, TooLarge>> {
        self.gateway_topic(kind.result_topic()).ok()?;
        let work = self.work.as_ref()?;
        Some(self.result(work, payload).map(<[u8]>::len))
    }

    fn rollout(&mut self, payload: &mut [u8]) -> Option<Action> {
        if self.subscribed == 0 {
            self.subscribed = 1;
            self.topic.clear();
            write!(self.topic, "fp/gatewayRolloutResult/{}", self.device.serial).ok()?;
            return Some(Action::Subscribe);
        }
        if !self.counted {
            // Counted and persisted before it is used, so that no id is used twice.
            self.counted = true;
            self.persisted.rollouts = self.persisted.rollouts.saturating_add(1);
            return Some(Action::Persist);
        }
        self.request_id.clear();
        write!(self.request_id, "{}_{}", self.device.serial, self.persisted.rollouts).ok()?;
        self.topic.clear();
        self.topic.push_str("fp/gatewayRollout").ok()?;
        let request = RolloutRequest {
            request_id: self.request_id.as_str().into(),
            prod_name: self.device.product.into(),
            serial_number: self.device.serial.into(),
        };
        let max = payload.len().min(self.max_payload);
        let mut written = Payload::new(payload.get_mut(..max).unwrap_or_default());
        // A payload takes everything and counts.
        let _ = request.write(self.style(), &mut written);
        let len = written.finish().map(<[u8]>::len);
        self.wait_for_answer(Phase::WaitRollout);
        Some(Action::Publish(len))
    }

    fn init(&mut self, payload: &mut [u8]) -> Option<Action> {
        if let Some(name) = SUBSCRIPTIONS.get(self.subscribed) {
            self.subscribed = self.subscribed.saturating_add(1);
            self.gateway_topic(name).ok()?;
            return Some(Action::Subscribe);
        }
        self.inits = self.inits.wrapping_add(1);
        self.request_id.clear();
        let (serial, unix, inits) = (self.device.serial, self.now.unix, self.inits % 10_000);
        write!(self.request_id, "{serial}_init_{unix}_{inits}").ok()?;
        self.gateway_topic("gatewayInit").ok()?;
        let max = payload.len().min(self.max_payload);
        let mut written = Payload::new(payload.get_mut(..max).unwrap_or_default());
        let _ = self.init_request(&self.request_id).write(self.style(), &mut written);
        let len = written.finish().map(<[u8]>::len);
        self.wait_for_answer(Phase::WaitInit);
        Some(Action::Publish(len))
    }

    fn wait_for_answer(&mut self, phase: Phase) {
        self.phase = phase;
        self.until = Some(self.now.instant + ANSWER);
    }

    /// Sets the topic to one of the gateway's own.
    fn gateway_topic(&mut self, name: &str) -> Result<(), InvalidInput> {
        let mut topic = heapless::String::new();
        if let Some((gateway, customer)) = self.ids() {
            let _ = write!(topic, "{customer}/fp/{gateway}/{name}");
        }
        self.topic = topic;
        TopicName::new(&self.topic).map(|_| ())
    }
}
