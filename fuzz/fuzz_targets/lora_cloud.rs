//! What the LoRa Cloud services send, and what clients send them.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| fibocom_mqtt::fuzzing::lora_cloud(data));
