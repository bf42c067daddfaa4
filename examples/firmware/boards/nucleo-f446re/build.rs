//! The linker scripts: that of cortex-m-rt, and that of defmt.

fn main() {
    // memory.x is embassy-stm32's.
    println!("cargo:rustc-link-arg-bins=--nmagic");
    println!("cargo:rustc-link-arg-bins=-Tlink.x");
    println!("cargo:rustc-link-arg-bins=-Tdefmt.x");
}
