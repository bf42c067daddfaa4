//! TLS: what is loaded into the module, when, and what happens if that goes wrong.
#![cfg(feature = "sim")]

#[path = "../support/mod.rs"]
mod support;
mod uploads;

use std::time::Duration;

use embassy_futures::select::{Either, select};
use embedded_io_async::{Read, Write};
use fibocom_mqtt::sim::{Fault, TlsSettings, World};
use fibocom_mqtt::{
    ConnectOptions, ConnectionId, Dialect, Error, Field, InvalidInput, Tls, TlsError, TlsProblem, TlsVersion, Trace,
    command,
};
use support::*;

const AUTHORITY: &[u8] = b"-----BEGIN CERTIFICATE-----\r\nQXV0aG9yaXR5\r\n-----END CERTIFICATE-----\r\n";
const OTHER: &[u8] = b"-----BEGIN CERTIFICATE-----\r\nT3RoZXI=\r\n-----END CERTIFICATE-----\r\n";
const CERTIFICATE: &[u8] = b"-----BEGIN CERTIFICATE-----\r\nTWV0ZXI=\r\n-----END CERTIFICATE-----\r\n";
const KEY: &[u8] = b"-----BEGIN PRIVATE KEY-----\r\nczNjcmV0\r\n-----END PRIVATE KEY-----\r\n";
/// What is secret in it.
const SECRET: &str = "czNjcmV0";

const SECOND: Duration = Duration::from_secs(1);

fn with(tls: Tls<'static>) -> ConnectOptions<'static, Tls<'static>> {
    options().tls(tls)
}

fn verified() -> Tls<'static> {
    Tls::new().trust(AUTHORITY)
}

fn mutual() -> Tls<'static> {
    verified().client_certificate(CERTIFICATE, KEY)
}

/// A driver that knows its module without having asked it.
fn known<T: Read + Write>(mut modem: TestModem<'_, T>) -> TestModem<'_, T> {
    modem.set_model("L610".parse().unwrap());
    modem
}

/// A module in front of a broker that is known by [`AUTHORITY`].
fn encrypted() -> World {
    let world = online();
    world.broker().require_tls(AUTHORITY);
    world
}

/// The commands about TLS so far, and the opens.
fn commands(world: &World) -> Vec<String> {
    let mut commands = world.record().commands();
    commands.retain(|command| command.starts_with("AT+GTSSL") || command.starts_with("AT+MQTTOPEN="));
    commands
}

fn uploads(world: &World) -> usize {
    let uploads = commands(world);
    uploads.iter().filter(|command| command.contains("FILE\",")).count()
}

async fn connect(modem: &mut TestModem<'_>, tls: Tls<'static>) -> Result<(), Error<fibocom_mqtt::sim::Unplugged>> {
    modem.client(ConnectionId::FIRST).connect(&with(tls)).await
}

async fn disconnect(modem: &mut TestModem<'_>) {
    modem.client(ConnectionId::FIRST).disconnect().await.unwrap();
}

#[test]
fn files_version_and_mode_come_before_the_open_and_after_a_question() {
    let world = encrypted();
    world.broker().require_certificate(CERTIFICATE);
    let mut memory = Memory::default();
    let mut modem = known(memory.modem(&world));
    world.block_on(async {
        connect(&mut modem, mutual()).await.unwrap();
    });
    assert_eq!(
        commands(&world),
        [
            "AT+GTSSLFILE?".to_owned(),
            format!("AT+GTSSLFILE=\"TRUSTFILE\",{}", AUTHORITY.len()),
            format!("AT+GTSSLFILE=\"CAFILE\",{}", CERTIFICATE.len()),
            format!("AT+GTSSLFILE=\"KEYFILE\",{}", KEY.len()),
            "AT+GTSSLVER=4".to_owned(),
            "AT+GTSSLMODE=1".to_owned(),
            "AT+MQTTOPEN=1,\"broker\",1883,1,60,2".to_owned(),
        ]
    );
    assert_eq!(world.record().files(), [AUTHORITY, CERTIFICATE, KEY]);
    let expected = TlsSettings {
        version: 4,
        verify: true,
        trust: vec![AUTHORITY.to_vec()],
        certificates: vec![CERTIFICATE.to_vec()],
        keys: vec![KEY.to_vec()],
    };
    assert_eq!(world.broker().opens()[0].tls, Some(expected));
}

#[test]
fn without_tls_nothing_of_it_is_touched() {
    let world = online();
    let mut memory = Memory::default();
    let mut modem = known(memory.modem(&world));
    world.block_on(async {
        modem.client(ConnectionId::FIRST).connect(&options()).await.unwrap();
    });
    assert_eq!(commands(&world), ["AT+MQTTOPEN=1,\"broker\",1883,1,60"]);
}

#[test]
fn a_module_that_was_restarted_gets_its_files_again() {
    // By the driver, and by its own power key.
    for own in [true, false] {
        let world = encrypted();
        let mut memory = Memory::default();
        let mut modem = known(memory.modem(&world));
        world.block_on(async {
            connect(&mut modem, mutual()).await.unwrap();
            if own {
                modem.restart().await.unwrap();
                assert!(!modem.client(ConnectionId::FIRST).is_connected());
            } else {
                disconnect(&mut modem).await;
                let now = world.clock();
                world
                    .module(|module| module.restart(Duration::from_millis(fibocom_mqtt::Clock::now(&now).as_millis())));
            }
            modem.attach(40 * SECOND).await.unwrap();
            connect(&mut modem, mutual()).await.unwrap();
        });
        assert_eq!(uploads(&world), 6, "{:?}", commands(&world));
        let opens = world.broker().opens();
        assert_eq!(opens[0].tls, opens[1].tls);
    }
}

#[test]
fn files_of_another_use_are_refused_and_cleared_by_a_restart() {
    let world = encrypted();
    let mut memory = Memory::default();
    world.block_on(async {
        connect(&mut known(memory.modem(&world)), verified()).await.unwrap();
    });
    // The driver starts anew, and knows of nothing.
    let mut memory = Memory::default();
    let mut modem = known(memory.modem(&world));
    let before = uploads(&world);
    world.block_on(async {
        let foreign = Error::Tls(TlsProblem::ForeignFiles);
        assert!(!foreign.is_recoverable());
        let refused = Err(foreign);
        assert_eq!(connect(&mut modem, verified()).await, refused);
        assert_eq!(uploads(&world), before);
        modem.restart().await.unwrap();
        modem.attach(40 * SECOND).await.unwrap();
        connect(&mut modem, verified()).await.unwrap();
        disconnect(&mut modem).await;
        // Others than are there, a certificate that is no longer wanted, and one that must not be shown to another broker.
        assert_eq!(connect(&mut modem, Tls::new().trust(OTHER)).await, refused);
        connect(&mut modem, mutual()).await.unwrap();
        disconnect(&mut modem).await;
        assert_eq!(connect(&mut modem, verified()).await, refused);
        let skipped = Tls::new().dangerously_skip_verification();
        assert_eq!(connect(&mut modem, skipped).await, refused);
    });
}

#[test]
fn files_of_another_use_may_be_accepted() {
    let world = encrypted();
    let accepting = Tls::new().use_loaded_files();
    let mut memory = Memory::default();
    let mut modem = known(memory.modem(&world));
    world.block_on(async {
        let nothing = Err(Error::Tls(TlsProblem::NothingLoaded));
        assert_eq!(connect(&mut modem, accepting).await, nothing);
        // What is not there is loaded.
        connect(&mut modem, accepting.trust(AUTHORITY)).await.unwrap();
    });
    let mut memory = Memory::default();
    let mut modem = known(memory.modem(&world));
    world.block_on(async {
        connect(&mut modem, accepting).await.unwrap();
        disconnect(&mut modem).await;
        connect(&mut modem, accepting.trust(OTHER)).await.unwrap();
    });
    assert_eq!(uploads(&world), 1);
}

#[test]
fn one_file_too_many_is_seen() {
    let world = encrypted();
    let mut memory = Memory::default();
    let mut modem = known(memory.modem(&world));
    world.block_on(async {
        connect(&mut modem, verified()).await.unwrap();
        disconnect(&mut modem).await;
        world.on_command(b"AT+GTSSLFILE?", b"\r\n+GTSSLFILE: TRUSTFILE,2\r\n\r\nOK\r\n");
        assert_eq!(
            connect(&mut modem, verified()).await,
            Err(Error::Tls(TlsProblem::ForeignFiles))
        );
    });
}

#[test]
fn each_code_has_its_meaning_and_none_is_lost() {
    for code in -30..=2 {
        let error = TlsError::from(code);
        let meant = match code {
            -11 => TlsError::Authority,
            -20 | -9 | -8 | -7 => TlsError::Handshake(code),
            -19..=-12 => TlsError::Certificates(code),
            _ => TlsError::Unknown(code),
        };
        assert_eq!((error, error.code()), (meant, code));
    }
}

#[test]
fn a_failed_handshake_is_told_with_its_reason() {
    let failed = |code: i32| Err(Error::Tls(TlsProblem::Handshake(TlsError::from(code))));
    let world = encrypted();
    let mut memory = Memory::default();
    let mut modem = known(memory.modem(&world));
    world.block_on(async {
        let refused = connect(&mut modem, Tls::new().trust(OTHER)).await;
        assert_eq!(refused, failed(-11));
        let text = refused.unwrap_err().to_string();
        assert!(text.contains("clock") && text.contains("+GTSSLERR: -11"), "{text}");
        assert!(!modem.client(ConnectionId::FIRST).is_connected());
        modem.restart().await.unwrap();
        modem.attach(40 * SECOND).await.unwrap();
        // The module can be used at once.
        world.broker().require_certificate(CERTIFICATE);
        assert_eq!(connect(&mut modem, verified()).await, failed(-8));
        connect(&mut modem, mutual()).await.unwrap();
        disconnect(&mut modem).await;
        // It was not TLS: a refusal is a refusal.
        world.broker().refuse_next_open(5);
        assert_eq!(connect(&mut modem, mutual()).await, Err(Error::Refused));
        // As one without an answer to the question is.
        for answer in ["\r\nERROR\r\n", "\r\n+GTSSLERR: x\r\n\r\nOK\r\n", ""] {
            world.broker().miss_next_open();
            world.on_command(b"AT+GTSSLERR?", answer.as_bytes());
            assert_eq!(connect(&mut modem, mutual()).await, Err(Error::Refused), "{answer:?}");
            world.module(fibocom_mqtt::sim::Module::forget_scripts);
        }
    });
}

#[test]
fn who_skips_verification_needs_no_trust_file() {
    let world = encrypted();
    let mut memory = Memory::default();
    let mut modem = known(memory.modem(&world));
    world.block_on(async {
        let skipping = Tls::new().dangerously_skip_verification();
        connect(&mut modem, skipping).await.unwrap();
        disconnect(&mut modem).await;
        connect(&mut modem, skipping.trust(OTHER)).await.unwrap();
    });
    assert_eq!(uploads(&world), 0);
    assert!(commands(&world).contains(&"AT+GTSSLMODE=0".to_owned()));
}

#[test]
fn what_no_module_takes_is_refused_before_the_wire() {
    static LONG: [u8; 8193] = [b'x'; 8193];
    let size = |field, len| InvalidInput::FileSize {
        field,
        len,
        min: 4,
        max: 8192,
    };
    let world = online();
    let mut memory = Memory::default();
    let mut modem = known(memory.modem(&world));
    world.block_on(async {
        for (tls, refused) in [
            (Tls::new(), InvalidInput::NoTrustFile),
            (Tls::new().trust(b""), size(Field::TrustFile, 0)),
            (Tls::new().trust(b"pem"), size(Field::TrustFile, 3)),
            (Tls::new().trust(&LONG), size(Field::TrustFile, 8193)),
            (
                verified().client_certificate(b"x", KEY),
                size(Field::CertificateFile, 1),
            ),
            (
                verified().client_certificate(CERTIFICATE, &LONG),
                size(Field::KeyFile, 8193),
            ),
        ] {
            assert_eq!(connect(&mut modem, tls).await, Err(Error::Invalid(refused)));
        }
    });
    assert_eq!(world.record().written(), b"");
}

#[test]
fn the_key_is_nowhere_to_be_seen() {
    let world = encrypted();
    let shown = std::sync::Mutex::new(String::new());
    let mut hook = |step: Trace<'_>| *shown.lock().unwrap() += &format!("{step}\n{step:?}\n");
    let mut memory = Memory::default();
    let mut modem = known(memory.modem(&world));
    modem.set_trace(&mut hook);
    world.block_on(async {
        world.module(|module| module.settings_mut().echo = true);
        modem.restart().await.unwrap();
        modem.attach(40 * SECOND).await.unwrap();
        connect(&mut modem, mutual()).await.unwrap();
        // A trace with files in it.
        let _ = modem.send(&command::ReadTlsFiles).await;
    });
    drop(modem);
    let trace = shown.into_inner().unwrap();
    assert!(
        trace.contains("AT+GTSSLFILE=[") && trace.contains("bytes of data]"),
        "{trace}"
    );
    let record = world.record();
    let entries: String = record.entries().iter().map(|entry| format!("{entry}\n")).collect();
    assert!(entries.contains(&format!("file: [{} bytes]", KEY.len())), "{entries}");
    let options = with(mutual());
    for text in [
        trace,
        entries,
        format!("{record:?}"),
        format!("{options:?} {:?}", mutual()),
        format!("{:?}", world.broker().opens()),
    ] {
        assert!(!text.contains(SECRET) && !text.contains("PRIVATE"), "{text}");
        let bytes = format!("{:?}", SECRET.as_bytes());
        assert!(!text.contains(bytes.trim_matches(['[', ']'])), "{text}");
    }
}
