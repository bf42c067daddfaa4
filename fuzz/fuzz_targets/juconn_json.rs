//! JSON that a portal may send: read, converted and back, and told to a gateway.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| fibocom_mqtt::fuzzing::juconn_json(data));
