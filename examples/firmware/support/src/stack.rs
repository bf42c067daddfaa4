//! How deep the stack ever was: it is painted before `main` begins, and what it has used since is paint no more.

use cortex_m_rt::STACK_PAINT_VALUE;

unsafe extern "C" {
    static _stack_start: u32;
    static _stack_end: u32;
}

/// The most bytes that were ever on the stack, to the word.
pub fn deepest() -> usize {
    // It grows down, from its start to its end.
    let (top, bottom) = (&raw const _stack_start, &raw const _stack_end);
    let words = (top as usize - bottom as usize) / size_of::<u32>();
    // SAFETY: the linker sets both symbols, and what lies between them is memory that the stack alone uses.
    let is_paint = |word: &usize| unsafe { bottom.add(*word).read_volatile() } == STACK_PAINT_VALUE;
    (words - (0..words).take_while(is_paint).count()) * size_of::<u32>()
}
