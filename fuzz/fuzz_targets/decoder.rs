//! Bytes to frames: the same whatever the cuts, and content is never syntax.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| fibocom_mqtt::fuzzing::decoder(data));
