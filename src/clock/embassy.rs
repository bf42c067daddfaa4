//! Embassy's clock.

use embassy_time::Timer;

use super::{Clock, Instant};

/// The clock of an Embassy program: `embassy_time`, with whatever time driver the program has.
///
/// ```no_run
/// use fibocom_mqtt::{Clock, EmbassyClock};
///
/// println!("{} ms since power-on", EmbassyClock.now().as_millis());
/// ```
#[derive(Debug, Clone, Copy, Default)]
pub struct EmbassyClock;

impl Clock for EmbassyClock {
    fn now(&self) -> Instant {
        Instant::from_millis(embassy_time::Instant::now().as_millis())
    }

    fn sleep_until(&self, at: Instant) -> impl Future<Output = ()> {
        // A moment that the timer's ticks cannot count is never.
        let moment = embassy_time::Instant::try_from_millis(at.as_millis());
        Timer::at(moment.unwrap_or(embassy_time::Instant::MAX))
    }
}

#[cfg(test)]
mod tests {
    use core::time::Duration;

    use super::*;

    #[test]
    fn it_wakes_not_before_its_time() {
        let start = EmbassyClock.now();
        let until = start + Duration::from_millis(30);
        futures_lite::future::block_on(EmbassyClock.sleep_until(until));
        assert!(EmbassyClock.now() >= until);
        futures_lite::future::block_on(EmbassyClock.sleep_until(start));
    }

    #[test]
    fn a_moment_too_far_to_count_is_no_overflow() {
        let never = EmbassyClock.sleep_until(Instant::from_millis(u64::MAX));
        let polled = futures_lite::future::block_on(futures_lite::future::poll_once(never));
        assert_eq!(polled, None);
    }
}
