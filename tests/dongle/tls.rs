//! The options about TLS that are refused before a port is opened.

use std::fs;

use crate::tool::{file, run, text};

const CERTIFICATE: &str = "-----BEGIN CERTIFICATE-----\nQQ==\n-----END CERTIFICATE-----\n";
const KEY: &str = "-----BEGIN PRIVATE KEY-----\nQQ==\n-----END PRIVATE KEY-----\n";

#[test]
fn what_cannot_work_is_refused_before_the_port() {
    let directory = tempfile::tempdir().unwrap();
    let write = |name: &str, content: &str| {
        let path = file(&directory, name);
        fs::write(&path, content).unwrap();
        text(&path).to_owned()
    };
    let certificate = &*write("certificate", CERTIFICATE);
    let key = &*write("key", KEY);
    let empty = &*write("empty", "");
    let large = &*write("large", &CERTIFICATE.repeat(200));
    let encrypted = &*write("encrypted", &KEY.replace("PRIVATE", "ENCRYPTED PRIVATE"));
    let encrypted_rsa = &*write("rsa", &format!("{KEY}Proc-Type: 4,ENCRYPTED\n"));
    let missing = text(directory.path()).to_owned() + "/missing";
    for (arguments, word) in [
        (&["--tls"][..], "--cafile"),
        (&["--insecure"], "--tls"),
        (&["--cert", certificate, "--key", key], "--tls"),
        (&["--cafile", certificate, "--cert", certificate], "--key"),
        (&["--cafile", certificate, "--key", key], "--cert"),
        (&["--cafile", &missing], "cannot be read"),
        (&["--cafile", text(directory.path())], "cannot be read"),
        (&["--cafile", empty], "PEM"),
        (&["--cafile", key], "CERTIFICATE"),
        (&["--cafile", large], "8192"),
        (&["--tls", "--insecure", "--cert", key, "--key", key], "--cert"),
        (
            &["--tls", "--insecure", "--cert", certificate, "--key", certificate],
            "PRIVATE KEY",
        ),
        (
            &["--cafile", certificate, "--cert", certificate, "--key", encrypted],
            "encrypted",
        ),
        (
            &["--cafile", certificate, "--cert", certificate, "--key", encrypted_rsa],
            "encrypted",
        ),
    ] {
        let command = ["--port", "/nowhere", "sub", "-h", "x", "-t", "x"];
        run(command.iter().chain(arguments)).failed(1, &[word]);
    }
    run(["--simulate", "demo", "--cafile", certificate]).failed(1, &["--broker"]);
    run(["--simulate", "info", "--tls"]).failed(1, &["--tls"]);
    run(["--simulate", "at", "AT", "--insecure"]).failed(1, &["--insecure"]);
}

#[test]
fn the_port_of_a_broker_is_another_with_tls() {
    let directory = tempfile::tempdir().unwrap();
    let path = file(&directory, "certificate");
    fs::write(&path, CERTIFICATE).unwrap();
    // Nobody listens there, and the certificate is none: what counts is the port that is named.
    let tls = [
        "--simulate",
        "--broker",
        "127.0.0.1:9",
        "pub",
        "-t",
        "x",
        "-m",
        "x",
        "--cafile",
        text(&path),
    ];
    run(tls).failed(5, &["localhost:8883", "-19"]);
    run(&tls[..8]).failed(5, &["localhost:1883"]);
}
