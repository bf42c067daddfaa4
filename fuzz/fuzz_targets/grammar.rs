//! Every line grammar and every command's parser.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| fibocom_mqtt::fuzzing::grammar(data));
