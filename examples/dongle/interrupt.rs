//! Ctrl-C, and its like: noted once, so that the connection is closed first. The second one ends the process.

use std::future::poll_fn;
use std::process;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::task::{Poll, Waker};

use crate::failure::{Failure, code};

static PRESSED: AtomicBool = AtomicBool::new(false);
static WAITING: Mutex<Option<Waker>> = Mutex::new(None);

/// Takes over from the system's way, which would end the process at once.
pub fn install() -> Result<(), Failure> {
    let handler = || {
        if PRESSED.swap(true, Ordering::SeqCst) {
            process::exit(code::INTERRUPTED.into());
        }
        let waker = WAITING.lock().unwrap_or_else(PoisonError::into_inner).take();
        waker.into_iter().for_each(Waker::wake);
    };
    ctrlc::set_handler(handler).map_err(|error| Failure::usage(format!("cannot handle interrupts: {error}")))
}

/// Ends at the first interrupt.
pub async fn pressed() {
    poll_fn(|context| {
        *WAITING.lock().unwrap_or_else(PoisonError::into_inner) = Some(context.waker().clone());
        if PRESSED.load(Ordering::SeqCst) {
            Poll::Ready(())
        } else {
            Poll::Pending
        }
    })
    .await;
}
