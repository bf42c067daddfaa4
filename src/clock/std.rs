//! The clock of a desktop program, on whatever executor.

use core::pin::Pin;
use core::task::{Context, Poll, Waker};
use core::time::Duration;
use std::collections::BTreeMap;
use std::sync::{Condvar, Mutex, MutexGuard, OnceLock, PoisonError};
use std::thread;

use super::{Clock, Instant};

/// The clock of a desktop program. It needs no particular executor: one thread for the whole process, started by the first
/// sleep, wakes whoever sleeps.
///
/// ```
/// use std::time::Duration;
/// use fibocom_mqtt::{Clock, StdClock};
///
/// let clock = StdClock::new();
/// let start = clock.now();
/// futures_lite::future::block_on(clock.sleep_until(start + Duration::from_millis(20)));
/// assert!(clock.now().saturating_since(start) >= Duration::from_millis(20));
/// ```
#[derive(Debug, Clone, Copy)]
pub struct StdClock {
    start: std::time::Instant,
}

impl StdClock {
    /// A clock that starts now. Its copies have the same start.
    pub fn new() -> Self {
        Self {
            start: std::time::Instant::now(),
        }
    }
}

impl Default for StdClock {
    fn default() -> Self {
        Self::new()
    }
}

impl Clock for StdClock {
    fn now(&self) -> Instant {
        Instant::from_millis(u64::try_from(self.start.elapsed().as_millis()).unwrap_or(u64::MAX))
    }

    fn sleep_until(&self, at: Instant) -> impl Future<Output = ()> {
        Sleep {
            deadline: self.start.checked_add(Duration::from_millis(at.as_millis())),
            entry: None,
        }
    }
}

/// What waits for the timer thread: by time, and by a number of its own.
type Key = (std::time::Instant, u64);

#[derive(Default)]
struct Sleepers {
    next: u64,
    wakers: BTreeMap<Key, Waker>,
}

#[derive(Default)]
struct Timer {
    sleepers: Mutex<Sleepers>,
    /// A sleeper came that wants to be woken before all others.
    earlier: Condvar,
}

impl Timer {
    /// The process's timer; none if it cannot have another thread.
    fn get() -> Option<&'static Self> {
        static TIMER: OnceLock<Timer> = OnceLock::new();
        static RUNS: OnceLock<bool> = OnceLock::new();
        let timer = TIMER.get_or_init(Self::default);
        let runs = RUNS.get_or_init(|| {
            let thread = thread::Builder::new().name("fibocom-mqtt timer".into());
            thread.spawn(|| timer.run()).is_ok()
        });
        runs.then_some(timer)
    }

    fn lock(&self) -> MutexGuard<'_, Sleepers> {
        // Nothing panics while it holds the lock, and what it guards is whole between any two statements.
        self.sleepers.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn run(&self) {
        let mut sleepers = self.lock();
        loop {
            let now = std::time::Instant::now();
            let next = sleepers.wakers.first_key_value().map(|((deadline, _), _)| *deadline);
            sleepers = match next {
                None => self.earlier.wait(sleepers).unwrap_or_else(PoisonError::into_inner),
                Some(deadline) if deadline > now => {
                    let nap = deadline.saturating_duration_since(now);
                    let woken = self.earlier.wait_timeout(sleepers, nap);
                    woken.unwrap_or_else(PoisonError::into_inner).0
                }
                Some(_) => {
                    let due = sleepers.wakers.pop_first();
                    // A waker is somebody else's code: it may come back here to sleep again.
                    drop(sleepers);
                    if let Some((_, waker)) = due {
                        waker.wake();
                    }
                    self.lock()
                }
            };
        }
    }

    fn enter(&self, deadline: std::time::Instant, waker: Waker) -> Key {
        let mut sleepers = self.lock();
        let key = (deadline, sleepers.next);
        sleepers.next = sleepers.next.wrapping_add(1);
        sleepers.wakers.insert(key, waker);
        if sleepers
            .wakers
            .first_key_value()
            .is_some_and(|(first, _)| *first == key)
        {
            self.earlier.notify_one();
        }
        key
    }
}

struct Sleep {
    /// Never, if there is no such moment.
    deadline: Option<std::time::Instant>,
    entry: Option<(&'static Timer, Key)>,
}

impl Future for Sleep {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let Some(deadline) = self.deadline else {
            return Poll::Pending;
        };
        if std::time::Instant::now() >= deadline {
            return Poll::Ready(());
        }
        if let Some((timer, key)) = self.entry {
            if let Some(waker) = timer.lock().wakers.get_mut(&key) {
                waker.clone_from(context.waker());
                return Poll::Pending;
            }
        }
        match Timer::get() {
            Some(timer) => self.entry = Some((timer, timer.enter(deadline, context.waker().clone()))),
            // Without a thread to do it, time is asked for again and again: slow, but it ends.
            None => context.waker().wake_by_ref(),
        }
        Poll::Pending
    }
}

impl Drop for Sleep {
    fn drop(&mut self) {
        if let Some((timer, key)) = self.entry {
            let waker = timer.lock().wakers.remove(&key);
            // Dropped outside of the lock, for the same reason.
            drop(waker);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::thread;

    use futures_lite::future::{block_on, or, poll_once, zip};

    use super::*;

    #[test]
    fn nobody_wakes_before_their_time() {
        let clock = StdClock::new();
        let start = clock.now();
        let sleep = async |millis| {
            let until = start + Duration::from_millis(millis);
            clock.sleep_until(until).await;
            assert!(clock.now() >= until);
        };
        block_on(zip(zip(sleep(80), sleep(20)), zip(sleep(40), sleep(0))));
    }

    #[test]
    fn many_threads_may_sleep() {
        let clock = StdClock::new();
        let threads = (0..8).map(|n| {
            thread::spawn(move || {
                for _ in 0..5 {
                    block_on(clock.sleep_until(clock.now() + Duration::from_millis(n)));
                }
            })
        });
        let threads: Vec<_> = threads.collect();
        threads.into_iter().for_each(|thread| thread.join().unwrap());
    }

    #[test]
    fn a_dropped_sleep_leaves_nothing_behind() {
        let clock = StdClock::new();
        let far = Duration::from_secs(3600);
        // The timer is the whole process's: other tests sleep in it too, so this one looks for its own moment only.
        let entered = || {
            let timer = Timer::get().unwrap();
            timer
                .lock()
                .wakers
                .keys()
                .any(|(deadline, _)| *deadline == clock.start + far)
        };
        let mut sleep = core::pin::pin!(Some(clock.sleep_until(Instant::from_millis(0) + far)));
        let Some(pinned) = sleep.as_mut().as_pin_mut() else {
            panic!()
        };
        assert_eq!(block_on(poll_once(pinned)), None);
        assert!(entered());
        sleep.set(None);
        assert!(!entered());
    }

    #[test]
    fn a_moment_too_far_to_count_never_comes() {
        let clock = StdClock::new();
        let never = clock.sleep_until(Instant::from_millis(u64::MAX));
        let soon = clock.sleep_until(clock.now() + Duration::from_millis(5));
        block_on(or(never, soon));
    }
}
