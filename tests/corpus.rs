//! The fuzz corpus, replayed through the same entry points without a fuzzer.
#![cfg(feature = "fuzzing")]

use std::path::Path;

/// Runs `target` over each file of its corpus, which must not have shrunk below `least` files.
fn replay(target: fn(&[u8]), name: &str, least: usize) {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus").join(name);
    let mut files = 0;
    for entry in std::fs::read_dir(&directory).unwrap() {
        let path = entry.unwrap().path();
        // Shown only if the target then panics.
        println!("{}", path.display());
        target(&std::fs::read(&path).unwrap());
        files += 1;
    }
    assert!(files >= least, "only {files} files in {}", directory.display());
}

#[cfg(feature = "captis")]
#[test]
fn captis() {
    replay(fibocom_mqtt::fuzzing::captis, "captis", 60);
}

#[test]
fn decoder() {
    replay(fibocom_mqtt::fuzzing::decoder, "decoder", 57);
}

#[test]
fn grammar() {
    replay(fibocom_mqtt::fuzzing::grammar, "grammar", 75);
}

#[cfg(feature = "lora-cloud")]
#[test]
fn lora_cloud() {
    replay(fibocom_mqtt::fuzzing::lora_cloud, "lora_cloud", 30);
}

#[cfg(feature = "juconn")]
#[test]
fn juconn_tixml() {
    replay(fibocom_mqtt::fuzzing::juconn_tixml, "juconn_tixml", 15);
}

#[cfg(feature = "juconn")]
#[test]
fn juconn_json() {
    replay(fibocom_mqtt::fuzzing::juconn_json, "juconn_json", 10);
}
