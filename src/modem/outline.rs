//! Keeps the code of a future that is awaited in many places in one place: flash is scarcer than the cost of a call.

use core::pin::Pin;
use core::task::{Context, Poll};

/// A pinned future whose code is not copied into those that await it.
pub(crate) struct Outlined<'p, F>(pub(crate) Pin<&'p mut F>);

impl<F: Future> Future for Outlined<'_, F> {
    type Output = F::Output;

    #[inline(never)]
    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        self.0.as_mut().poll(context)
    }
}
