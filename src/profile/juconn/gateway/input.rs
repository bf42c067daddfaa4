//! What happened, and what it changes.

use super::signal::{CloudSendRealtimeData, Input, Notice, Now};
use super::{Gateway, Link, MAX_KEEP_ALIVE, Phase};
use crate::profile::juconn::message::RequestKind;

impl Gateway<'_> {
    /// Tells what happened. Then ask for [`output`](Self::output) until there is none.
    pub fn input(&mut self, now: Now, input: Input<'_>) {
        self.now = now;
        if input.follows_a_publication() {
            self.went_out();
        }
        match input {
            Input::Start => self.start(),
            Input::Connected if self.link == Link::Connecting => {
                self.link = Link::Up;
                self.enter(self.phase);
            }
            Input::Connected => {}
            Input::Disconnected => self.disconnected(),
            Input::Message { topic, payload } => self.message(topic, payload),
            Input::Tick => self.tick(),
            Input::Executed => {
                self.executed();
                self.advance();
            }
            Input::NotPublished => self.refused(),
            Input::SendRealtimeData(CloudSendRealtimeData { connector, section }) => {
                if connector == self.config.connector() && self.phase == Phase::Running {
                    self.want(section);
                }
            }
            Input::FactoryReset => self.factory_reset(),
        }
    }

    fn start(&mut self) {
        if self.phase != Phase::PowerOn {
            return;
        }
        if self.config.starts() {
            if self.config.keep_alive() > MAX_KEEP_ALIVE {
                self.notice(Notice::KeepAlive(self.config.keep_alive()));
            }
            self.enter(self.first_phase());
        } else {
            self.notice(Notice::NotStarted);
        }
    }

    fn tick(&mut self) {
        if self.until.is_none_or(|until| until > self.now.instant) {
            return;
        }
        self.until = None;
        self.no_answer();
    }

    fn message(&mut self, topic: &[u8], payload: &[u8]) {
        let topic = core::str::from_utf8(topic).unwrap_or_default();
        if topic.strip_prefix("fp/gatewayRolloutResult/") == Some(self.device.serial) {
            return self.rollout_result(payload);
        }
        let name = self.ids().and_then(|(gateway, customer)| {
            let rest = topic.strip_prefix(customer)?.strip_prefix("/fp/")?;
            rest.strip_prefix(gateway)?.strip_prefix('/')
        });
        match name {
            Some("gatewayInitResult") => self.init_result(payload),
            Some(name) => match RequestKind::ALL.into_iter().find(|kind| kind.topic() == name) {
                Some(kind) => self.request(kind, payload),
                None => self.notice(Notice::OtherTopic),
            },
            None => self.notice(Notice::OtherTopic),
        }
    }
}
