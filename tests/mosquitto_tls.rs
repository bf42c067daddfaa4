//! TLS end to end: `dongle`, the simulated module, and a mosquitto with an authority of its own that may want client certificates.
//!
//! Run with `cargo test --all-features --test mosquitto_tls -- --ignored`; it fails where mosquitto is not installed. No test depends
//! on how long anything takes.
#![cfg(all(unix, feature = "sim", feature = "serialport", feature = "std", feature = "log"))]

#[path = "tool/mosquitto.rs"]
mod mosquitto;
#[path = "tool/mod.rs"]
mod tool;

use std::path::Path;

use mosquitto::{Mosquitto, readable_by_all};
use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair, KeyUsagePurpose,
};
use tool::{Simulator, all_bytes, output, run, text};

/// Writes an authority's certificate to `NAME.pem`, and gives what signs with it.
fn authority(directory: &Path, name: &str) -> Issuer<'static, KeyPair> {
    let mut params = CertificateParams::default();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    params.distinguished_name.push(DnType::CommonName, name);
    let key = KeyPair::generate().unwrap();
    let certificate = params.self_signed(&key).unwrap();
    std::fs::write(directory.join(format!("{name}.pem")), certificate.pem()).unwrap();
    Issuer::new(params, key)
}

/// Writes a certificate to `NAME.pem` and its key to `NAME.key`.
fn certificate(directory: &Path, name: &str, hosts: &[&str], issuer: &Issuer<'static, KeyPair>) {
    let hosts: Vec<String> = hosts.iter().map(|host| (*host).to_owned()).collect();
    let mut params = CertificateParams::new(hosts).unwrap();
    params.distinguished_name.push(DnType::CommonName, name);
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth, ExtendedKeyUsagePurpose::ClientAuth];
    let key = KeyPair::generate().unwrap();
    let signed = params.signed_by(&key, issuer).unwrap();
    std::fs::write(directory.join(format!("{name}.pem")), signed.pem()).unwrap();
    std::fs::write(directory.join(format!("{name}.key")), key.serialize_pem()).unwrap();
}

/// Two authorities that have nothing to do with each other, a certificate of each, and a server with one of the first.
fn server_for(hosts: &[&str], wants_certificates: bool) -> Mosquitto {
    let settings = format!(
        "allow_anonymous true\ncafile DIRECTORY/authority.pem\ncertfile DIRECTORY/server.pem\nkeyfile DIRECTORY/server.key\n\
         require_certificate {wants_certificates}\n"
    );
    Mosquitto::with(&settings, |directory| {
        let issuer = authority(directory, "authority");
        certificate(directory, "server", hosts, &issuer);
        certificate(directory, "meter", &[], &issuer);
        certificate(directory, "stranger", &[], &authority(directory, "other"));
        // The server drops root's rights and must still read its files.
        for file in std::fs::read_dir(directory).unwrap() {
            readable_by_all(&file.unwrap().path());
        }
        readable_by_all(directory);
    })
}

fn server(wants_certificates: bool) -> Mosquitto {
    server_for(&["localhost", "127.0.0.1"], wants_certificates)
}

/// The options for certificates, as of mosquitto's own clients.
fn files(server: &Mosquitto, authority: &str, certificate: Option<&str>) -> Vec<String> {
    let path = |name: String| text(&server.file(&name)).to_owned();
    let mut options = vec!["--cafile".to_owned(), path(format!("{authority}.pem"))];
    if let Some(name) = certificate {
        options.extend(["--cert".to_owned(), path(format!("{name}.pem"))]);
        options.extend(["--key".to_owned(), path(format!("{name}.key"))]);
    }
    options
}

fn strings<'a>(options: &'a [String], more: &[&'a str]) -> Vec<&'a str> {
    let options = options.iter().map(String::as_str);
    more.iter().copied().chain(options).collect()
}

/// `dongle pub` of one word with these files.
fn publish(server: &Mosquitto, module: &Simulator, files: &[String]) -> tool::Done {
    server.dongle_pub(module, &strings(files, &["-t", "x", "-m", "y", "-q", "1"]))
}

#[test]
#[ignore = "needs mosquitto"]
fn every_byte_passes_both_ways_with_certificates_on_both_sides() {
    let server = server(true);
    let files = files(&server, "authority", Some("meter"));
    let payload = server.file("payload");
    std::fs::write(&payload, all_bytes(4)).unwrap();

    let module = server.module();
    let up = ["-t", "up", "-q", "1", "-r", "-f", text(&payload)];
    server.dongle_pub(&module, &strings(&files, &up)).succeeded();
    let seen = output(&mut server.client("mosquitto_sub", &strings(&files, &["-t", "up", "-C", "1", "-N"])));
    assert!(seen.stdout == all_bytes(4), "{} bytes", seen.stdout.len());

    server.publish(&strings(&files, &["-t", "down", "-q", "1", "-r", "-f", text(&payload)]));
    let module = server.module();
    let down = [
        "--port",
        &module.port,
        "sub",
        "-h",
        "any",
        "-t",
        "down",
        "-q",
        "1",
        "-C",
        "1",
        "-N",
    ];
    let done = run(strings(&files, &down)).succeeded();
    assert!(done.out == all_bytes(4), "{} bytes", done.out.len());
}

#[test]
#[ignore = "needs mosquitto"]
fn a_server_of_another_authority_is_refused() {
    let server = server(false);
    publish(&server, &server.module(), &files(&server, "authority", None)).succeeded();
    let refused = publish(&server, &server.module(), &files(&server, "other", None));
    refused.failed(5, &["could not be verified", "+GTSSLERR: -11", "clock"]);
}

#[test]
#[ignore = "needs mosquitto"]
fn a_module_without_the_right_certificate_is_refused() {
    let server = server(true);
    for certificate in [None, Some("stranger")] {
        let refused = publish(&server, &server.module(), &files(&server, "authority", certificate));
        refused.failed(5, &["handshake failed", "client certificate", "+GTSSLERR: -8"]);
    }
    // A key that belongs to another certificate.
    let mut mixed = files(&server, "authority", Some("meter"));
    mixed[5] = text(&server.file("stranger.key")).to_owned();
    publish(&server, &server.module(), &mixed).failed(5, &["belong together", "+GTSSLERR: -14"]);
}

#[test]
#[ignore = "needs mosquitto"]
fn a_server_of_another_name_is_refused_unless_nothing_is_verified() {
    let server = server_for(&["broker.example.com"], false);
    let module = Simulator::start::<&str>([]);
    let port = server.port.to_string();
    let to = [
        "--port",
        &module.port,
        "pub",
        "-h",
        "localhost",
        "-p",
        &port,
        "-t",
        "x",
        "-m",
        "y",
        "-q",
        "1",
    ];
    let done = run(strings(&files(&server, "authority", None), &to));
    done.failed(5, &["could not be verified", "+GTSSLERR: -11"]);
    // A fixed server stands for any name.
    let named = server.module();
    let to = [
        "--port",
        &named.port,
        "pub",
        "-h",
        "broker.example.com",
        "-t",
        "x",
        "-m",
        "y",
        "-q",
        "1",
    ];
    run(strings(&files(&server, "authority", None), &to)).succeeded();
    let module = server.module();
    server
        .dongle_pub(&module, &["-t", "x", "-m", "y", "-q", "1", "--tls", "--insecure"])
        .succeeded();
}

#[test]
#[ignore = "needs mosquitto"]
fn a_server_without_tls_is_refused() {
    let plain = Mosquitto::start();
    let server = server(false);
    let refused = publish(&plain, &plain.module(), &files(&server, "authority", None));
    refused.failed(5, &["handshake failed", "port is one for TLS"]);
}

#[test]
#[ignore = "needs mosquitto"]
fn files_of_an_earlier_use_are_cleared_by_a_restart() {
    let server = server(true);
    let module = server.module();
    let files = files(&server, "authority", Some("meter"));
    publish(&server, &module, &files).succeeded();
    let again = publish(&server, &module, &files).succeeded();
    assert!(again.err.contains("TLS files of an earlier use"), "{}", again.err);
}

#[test]
#[ignore = "needs mosquitto"]
fn the_demo_runs_encrypted_on_a_module_in_the_same_process() {
    let server = server(true);
    let broker = format!("localhost:{}", server.port);
    let files = files(&server, "authority", Some("meter"));
    let done = run(strings(
        &files,
        &["--simulate", "--broker", &broker, "demo", "-h", "localhost"],
    ))
    .succeeded();
    assert!(done.text().contains("localhost:8883"), "{}", done.text());
    assert!(done.text().contains("came back"), "{}", done.text());
}
