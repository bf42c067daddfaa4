//! A dependency that allocates.
#![no_std]

extern crate alloc;

/// As many bytes on the heap.
pub fn allocate(bytes: usize) -> usize {
    alloc::vec![1u8; bytes].len()
}
