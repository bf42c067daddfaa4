//! What the tool is to do.

use std::path::PathBuf;

use super::{Auth, Publish, SnFilters, SnTarget, SnTopic, Subscribe, Target};
use crate::failure::{Failure, code};

/// A command with all that belongs to it.
pub enum Action {
    Demo(Target),
    Info,
    At(String),
    Publish(Target, Publish),
    Subscribe(Target, Subscribe),
    SnPublish(SnTarget, Publish, SnTopic),
    SnSubscribe(SnTarget, Subscribe, SnFilters),
    Auth(Auth),
    /// What to connect to, and where the report goes.
    SelfTest(Target, PathBuf),
}

impl Action {
    /// How an interrupt ends it. A subscriber without an end has done all it was asked for.
    pub fn interrupted(&self) -> Failure {
        match self {
            Self::Subscribe(_, Subscribe { count: None, .. })
            | Self::SnSubscribe(_, Subscribe { count: None, .. }, _) => Failure::new(0, ""),
            _ => Failure::new(code::INTERRUPTED, "interrupted before it was done"),
        }
    }

    /// Whether it waits for messages of others.
    pub fn subscribes(&self) -> bool {
        matches!(self, Self::Subscribe(..) | Self::SnSubscribe(..))
    }

    pub(super) fn has_tls(&self) -> bool {
        match self {
            Self::Demo(target) | Self::Publish(target, _) | Self::Subscribe(target, _) | Self::SelfTest(target, _) => {
                target.tls.is_some()
            }
            Self::SnPublish(..) | Self::SnSubscribe(..) | Self::Auth(_) | Self::Info | Self::At(_) => false,
        }
    }
}
