//! Virtual time: it stands still until nothing is left to do.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use crate::{Clock, Instant};

#[derive(Debug, Default)]
struct Time {
    now: Duration,
    sleepers: BTreeMap<u64, (Duration, Option<Waker>)>,
    serial: u64,
}

/// The clock of a [`World`](super::World). Clones show the same time.
#[derive(Debug, Clone, Default)]
pub struct VirtualClock(Rc<RefCell<Time>>);

impl VirtualClock {
    /// The time since the world began.
    pub fn elapsed(&self) -> Duration {
        self.0.borrow().now
    }

    /// When the first sleeper wakes that still sleeps.
    pub(super) fn next_deadline(&self) -> Option<Duration> {
        let time = self.0.borrow();
        time.sleepers
            .values()
            .map(|(at, _)| *at)
            .filter(|at| *at > time.now)
            .min()
    }

    pub(super) fn set(&self, now: Duration) {
        let mut time = self.0.borrow_mut();
        time.now = time.now.max(now);
        let now = time.now;
        let due = time.sleepers.values_mut().filter(|(at, _)| *at <= now);
        let wakers: Vec<Waker> = due.filter_map(|(_, waker)| waker.take()).collect();
        drop(time);
        wakers.into_iter().for_each(Waker::wake);
    }
}

impl Clock for VirtualClock {
    fn now(&self) -> Instant {
        Instant::from_millis(u64::try_from(self.elapsed().as_millis()).unwrap_or(u64::MAX))
    }

    fn sleep_until(&self, at: Instant) -> impl Future<Output = ()> {
        Sleep {
            clock: self.clone(),
            at: Duration::from_millis(at.as_millis()),
            id: None,
        }
    }
}

struct Sleep {
    clock: VirtualClock,
    at: Duration,
    id: Option<u64>,
}

impl Future for Sleep {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let clock = self.clock.clone();
        let mut time = clock.0.borrow_mut();
        if time.now >= self.at {
            return Poll::Ready(());
        }
        let id = self.id.unwrap_or_else(|| {
            time.serial += 1;
            time.serial
        });
        self.id = Some(id);
        time.sleepers.insert(id, (self.at, Some(context.waker().clone())));
        Poll::Pending
    }
}

impl Drop for Sleep {
    fn drop(&mut self) {
        if let Some(id) = self.id {
            self.clock.0.borrow_mut().sleepers.remove(&id);
        }
    }
}
