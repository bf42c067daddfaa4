//! Time, as an argument: the driver never reads a clock of its own.

#[cfg(feature = "embassy-time")]
mod embassy;
#[cfg(feature = "std")]
mod std;

#[cfg(feature = "embassy-time")]
pub use embassy::EmbassyClock;
#[cfg(feature = "std")]
pub use std::StdClock;

use core::ops::Add;
use core::time::Duration;

/// A moment, in whole milliseconds since a start that the [`Clock`] chose (power-on, usually).
///
/// ```
/// use core::time::Duration;
/// use fibocom_mqtt::Instant;
///
/// let start = Instant::from_millis(250);
/// assert_eq!(start + Duration::from_secs(1), Instant::from_millis(1250));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
#[cfg_attr(all(feature = "defmt", target_os = "none"), derive(defmt::Format))]
pub struct Instant(u64);

impl Instant {
    /// The moment `millis` milliseconds after the clock's start.
    pub const fn from_millis(millis: u64) -> Self {
        Self(millis)
    }

    /// Milliseconds since the clock's start.
    pub const fn as_millis(self) -> u64 {
        self.0
    }

    /// The time from `earlier` to this moment; zero if `earlier` is later.
    pub const fn saturating_since(self, earlier: Self) -> Duration {
        Duration::from_millis(self.0.saturating_sub(earlier.0))
    }
}

impl Add<Duration> for Instant {
    type Output = Self;

    /// The moment `rhs` later; a duration too long to count ends at the last moment there is.
    fn add(self, rhs: Duration) -> Self {
        let millis = u64::try_from(rhs.as_millis()).unwrap_or(u64::MAX);
        Self(self.0.saturating_add(millis))
    }
}

/// The earlier of two moments, where `None` never comes.
pub(crate) fn earlier(a: Option<Instant>, b: Option<Instant>) -> Option<Instant> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (a, b) => a.or(b),
    }
}

/// What tells the driver the time and wakes it.
///
/// Adapters: `EmbassyClock` (feature `embassy-time`), `StdClock` (feature `std`), and the virtual clock of the
/// simulator (feature `sim`). A board with another timer implements these two functions.
///
/// ```
/// use core::future::Future;
/// use core::time::Duration;
/// use fibocom_mqtt::{Clock, Instant};
///
/// struct TokioClock(tokio::time::Instant);
///
/// impl Clock for TokioClock {
///     fn now(&self) -> Instant {
///         Instant::from_millis(self.0.elapsed().as_millis() as u64)
///     }
///
///     fn sleep_until(&self, at: Instant) -> impl Future<Output = ()> {
///         tokio::time::sleep_until(self.0 + Duration::from_millis(at.as_millis()))
///     }
/// }
/// # let _ = TokioClock(tokio::time::Instant::now());
/// ```
pub trait Clock {
    /// The present moment. Never goes back.
    fn now(&self) -> Instant;

    /// Ends at `at` or a little later, at once if `at` has passed.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future must leave nothing behind but, at most, a spurious wake-up.
    fn sleep_until(&self, at: Instant) -> impl Future<Output = ()>;
}

impl<C: Clock> Clock for &C {
    fn now(&self) -> Instant {
        C::now(self)
    }

    fn sleep_until(&self, at: Instant) -> impl Future<Output = ()> {
        C::sleep_until(self, at)
    }
}
