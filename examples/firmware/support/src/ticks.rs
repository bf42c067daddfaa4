//! Milliseconds by SysTick, for the blocking client's clock and as the time driver of Embassy.

use core::cell::Cell;

use cortex_m::peripheral::SYST;
use cortex_m::peripheral::syst::SystClkSource;
use cortex_m_rt::exception;
use critical_section::Mutex;

static MILLIS: Mutex<Cell<u64>> = Mutex::new(Cell::new(0));

/// Begins to tick, every millisecond of a core clock of `hertz`.
pub fn start(mut timer: SYST, hertz: u32) {
    timer.set_clock_source(SystClkSource::Core);
    timer.set_reload(hertz / 1000 - 1);
    timer.clear_current();
    timer.enable_counter();
    timer.enable_interrupt();
}

/// Milliseconds since [`start`].
pub fn millis() -> u64 {
    critical_section::with(|section| MILLIS.borrow(section).get())
}

/// Sleeps until the next interrupt: that of the next tick, at the latest.
pub fn idle() {
    cortex_m::asm::wfi();
}

#[exception]
fn SysTick() {
    critical_section::with(|section| {
        let millis = MILLIS.borrow(section);
        millis.set(millis.get() + 1);
    });
    #[cfg(feature = "embassy")]
    embassy::wake_sleepers();
}

#[cfg(feature = "embassy")]
mod embassy {
    use core::cell::{Cell, RefCell};
    use core::task::Waker;

    use critical_section::Mutex;
    use embassy_time_driver::Driver;
    use embassy_time_queue_utils::Queue;

    struct Ticks {
        queue: Mutex<RefCell<Queue>>,
        /// When the first sleeper is to be woken.
        first: Mutex<Cell<u64>>,
    }

    embassy_time_driver::time_driver_impl!(static DRIVER: Ticks = Ticks {
        queue: Mutex::new(RefCell::new(Queue::new())),
        first: Mutex::new(Cell::new(u64::MAX)),
    });

    pub(super) fn wake_sleepers() {
        critical_section::with(|section| {
            let (now, first) = (DRIVER.now(), DRIVER.first.borrow(section));
            if now >= first.get() {
                first.set(DRIVER.queue.borrow_ref_mut(section).next_expiration(now));
            }
        });
    }

    impl Driver for Ticks {
        fn now(&self) -> u64 {
            super::millis()
        }

        fn schedule_wake(&self, at: u64, waker: &Waker) {
            critical_section::with(|section| {
                if self.queue.borrow_ref_mut(section).schedule_wake(at, waker) {
                    let first = self.first.borrow(section);
                    first.set(first.get().min(at));
                }
            });
        }
    }
}
