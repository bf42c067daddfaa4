//! Embassy's executor with WFI. Its own sleeps by WFE, which QEMU takes for a yield: an idle machine would use a whole core.

use core::ptr::null_mut;
use core::sync::atomic::{AtomicBool, Ordering};

use embassy_executor::Spawner;
use embassy_executor::raw::Executor;

/// Something has been woken since the executor last looked.
static WOKEN: AtomicBool = AtomicBool::new(false);

// SAFETY: embassy-executor declares this symbol with this signature for whoever brings no platform of its, and nothing else
// defines it.
#[unsafe(export_name = "__pender")]
fn pend(_: *mut ()) {
    WOKEN.store(true, Ordering::Release);
}

/// Runs tasks for ever. `executor` is one of a static cell; `begin` spawns the first task.
pub fn run(executor: &'static mut Option<Executor>, begin: impl FnOnce(Spawner)) -> ! {
    let executor: &'static Executor = executor.insert(Executor::new(null_mut()));
    begin(executor.spawner());
    loop {
        WOKEN.store(false, Ordering::Release);
        // SAFETY: only here is it polled, never by an interrupt or by what it polls.
        unsafe { executor.poll() };
        // With interrupts off, so that none comes between looking and sleeping: a pending one ends WFI all the same.
        cortex_m::interrupt::free(|_| {
            if !WOKEN.load(Ordering::Acquire) {
                cortex_m::asm::wfi();
            }
        });
    }
}
