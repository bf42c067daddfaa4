//! A clock that only tells the time.

use core::future::poll_fn;
use core::task::Poll;

use crate::{Clock, Instant};

/// A [`Clock`] made of a function that tells the time, for [`blocking`](crate::blocking) programs: it wakes nobody, so a sleep
/// ends when it is asked again after its time. Not for an executor.
///
/// ```
/// use fibocom_mqtt::blocking::PolledClock;
/// use fibocom_mqtt::{Clock, Instant};
///
/// # fn ticks() -> u64 { 7 }
/// let clock = PolledClock::new(|| Instant::from_millis(ticks()));
/// assert_eq!(clock.now(), Instant::from_millis(7));
/// ```
#[derive(Debug, Clone, Copy)]
pub struct PolledClock<F>(F);

impl<F: Fn() -> Instant> PolledClock<F> {
    /// A clock that calls `now`, which must never go back.
    pub const fn new(now: F) -> Self {
        Self(now)
    }
}

impl<F: Fn() -> Instant> Clock for PolledClock<F> {
    fn now(&self) -> Instant {
        (self.0)()
    }

    fn sleep_until(&self, at: Instant) -> impl Future<Output = ()> {
        poll_fn(move |_| {
            if self.now() >= at {
                Poll::Ready(())
            } else {
                Poll::Pending
            }
        })
    }
}
