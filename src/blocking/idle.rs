//! What to do while there is nothing to do, and the loop that does it.

use core::pin::pin;
use core::task::{Context, Poll, Waker};

/// What a blocking call does while it waits.
///
/// Implemented for functions and closures, such as one that calls `wfi`.
///
/// ```
/// use fibocom_mqtt::blocking::Idle;
///
/// let mut turns = 0;
/// let mut idle = || turns += 1;
/// idle.idle();
/// assert_eq!(turns, 1);
/// ```
pub trait Idle {
    /// Called whenever port and clock have nothing new. It may return at once, and must return within some milliseconds:
    /// nothing is read meanwhile, and no deadline is kept.
    ///
    /// An instruction that waits for an interrupt needs one that comes regularly, that of a timer: the UART's may have been
    /// served a moment before.
    fn idle(&mut self);
}

impl<F: FnMut()> Idle for F {
    fn idle(&mut self) {
        self();
    }
}

/// Waits a little: a millisecond of sleep on a desktop (feature `std`), a hint to the processor that it spins elsewhere.
///
/// ```
/// use fibocom_mqtt::blocking::{Idle, Pause};
///
/// Pause.idle();
/// ```
#[derive(Debug, Clone, Copy, Default)]
pub struct Pause;

impl Idle for Pause {
    fn idle(&mut self) {
        #[cfg(feature = "std")]
        std::thread::sleep(core::time::Duration::from_millis(1));
        #[cfg(not(feature = "std"))]
        core::hint::spin_loop();
    }
}

/// The modem's way to idle, lent to a client.
pub(super) struct Lent<'m, I>(pub(super) &'m mut I);

impl<I: Idle> Idle for Lent<'_, I> {
    fn idle(&mut self) {
        self.0.idle();
    }
}

/// Runs a future to its end. Nobody wakes it: it is asked again after every idling.
pub(super) fn drive<F: Future>(future: F, idle: &mut impl Idle) -> F::Output {
    let mut future = pin!(future);
    let mut context = Context::from_waker(Waker::noop());
    loop {
        if let Poll::Ready(output) = future.as_mut().poll(&mut context) {
            return output;
        }
        idle.idle();
    }
}
