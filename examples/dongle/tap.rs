//! Everything that goes over a port, kept: each read and write with its time.

use std::cell::{Ref, RefCell};
use std::rc::Rc;
use std::time::{Duration, Instant};

/// Who wrote it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    Host,
    Module,
}

/// What one read or write carried.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    /// Since the first one.
    pub at: Duration,
    pub side: Side,
    pub bytes: Vec<u8>,
}

/// The recording. Clones are the same one.
#[derive(Clone, Default)]
pub struct Tap(Rc<RefCell<Recording>>);

#[derive(Default)]
struct Recording {
    start: Option<Instant>,
    pieces: Vec<Piece>,
}

impl Tap {
    /// Keeps what was read or written.
    pub fn note(&self, side: Side, bytes: &[u8]) {
        let recording = &mut *self.0.borrow_mut();
        let at = recording.start.get_or_insert_with(Instant::now).elapsed();
        let bytes = bytes.to_vec();
        recording.pieces.push(Piece { at, side, bytes });
    }

    /// What was kept.
    pub fn pieces(&self) -> Ref<'_, [Piece]> {
        Ref::map(self.0.borrow(), |recording| recording.pieces.as_slice())
    }
}
