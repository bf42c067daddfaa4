//! TiXML that a portal or a configuration may hold: read, converted and back, and told to a gateway.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| fibocom_mqtt::fuzzing::juconn_tixml(data));
