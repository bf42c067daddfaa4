//! The logger of `examples/captis` in front of mosquitto, with mosquitto's clients in the fleet server's place.
//!
//! Run with `cargo test --all-features --test mosquitto_captis -- --ignored`, after a build of the examples; it fails where mosquitto is not
//! installed.
#![cfg(all(
    unix,
    feature = "captis-sas",
    feature = "sim",
    feature = "serialport",
    feature = "std",
    feature = "log"
))]

#[path = "tool/mosquitto.rs"]
mod mosquitto;
#[path = "tool/mod.rs"]
mod tool;

use std::net::TcpListener;
use std::path::Path;
use std::process::Command;

use fibocom_mqtt::profile::captis::azure::{Reading, Response};
use fibocom_mqtt::profile::captis::{
    AzureSession, EventId, Gate, Identity, Roles, Sas, Server, SessionError, Timestamp, Variant,
};
use fibocom_mqtt::{
    Buffers, ConnectionId, Error, FlowControl, Modem, Network, SerialTransport, StdClock, Tls, TransportError,
};
use futures_lite::future::block_on;
use mosquitto::{Mosquitto, installed, readable_by_all};
use tool::{PATIENCE, Running, Simulator, output, program, text};

const EVENTS: &str = "devices/+/messages/events/#";

const DEVICE: &str = "89860012345678901234";

/// A line for each message, `payload` and topic, once the server has the subscriptions.
fn watch(server: &Mosquitto, filters: &[&str], messages: usize) -> Running {
    // One more is the message that tells that it is subscribed.
    let count = (messages + 1).to_string();
    let mut arguments = vec!["-N", "-F", "%p %t\\n", "-q", "1", "-C", &count];
    for filter in filters {
        arguments.extend(["-t", filter]);
    }
    server.subscriber(&arguments)
}

/// What it saw, without the message that told that it is subscribed, and `TIME` for each time.
fn seen(watcher: Running) -> String {
    let done = watcher.end().succeeded();
    let (_, text) = done.text().split_once('\n').unwrap();
    let mut text = text.to_owned();
    let year = text
        .find("20")
        .map(|at| text[at..at + 5].to_owned())
        .unwrap_or_default();
    while let Some(at) = text.find(&year).filter(|_| year.ends_with('-')) {
        text.replace_range(at..at + "2018-10-10T10:21:03Z".len(), "TIME");
    }
    text
}

fn logger(server: &Mosquitto, options: &[&str]) -> Running {
    let broker = format!("127.0.0.1:{}", server.port);
    Running::start(
        Command::new(program("captis"))
            .args(["--broker", &broker])
            .args(options),
    )
}

#[test]
#[ignore = "needs mosquitto"]
fn a_logger_on_cumulocity() {
    let server = Mosquitto::start();
    let watcher = watch(&server, &["s/us", "s/uc/#"], 11);
    let measured = server.subscriber(&["-t", "s/uc/mpd", "-C", "2"]);
    let logger = logger(&server, &[]);
    measured.end().succeeded();
    let wish = |line: &str| server.publish(&["-t", "s/ds", "-q", "1", "-m", line]);
    wish(&format!("511,{DEVICE},\"{DEVICE},get_pulse_total,1\""));
    wish(&format!(r#"511,{DEVICE},"{DEVICE},get_analog""#));
    wish(&format!(r#"513,{DEVICE},"{{\"log_rate\": 900}}""#));
    let done = logger.end().succeeded();
    assert!(
        done.text().contains("configuration: {\"log_rate\": 900}"),
        "{}",
        done.text()
    );
    let expected = r#"100,CPT-7,Logger
114,c8y_Command,c8y_Configuration,c8y_Firmware,c8y_Software,c8y_Relay
117,60 s/us
a00018-00000,TIME s/uc/mpa
I002,TIME,12,L
I011,TIME,3.47
I060,TIME,25.2 s/uc/mpd
113,"{""log_rate"": 3600}" s/us
501,c8y_Command s/us
503,c8y_Command,P1: 123 L s/us
501,c8y_Command s/us
502,c8y_Command,only a Captis Multi has this command s/us
501,c8y_Configuration s/us
503,c8y_Configuration s/us
113,"{""log_rate"": 900}" s/us
"#;
    assert_eq!(seen(watcher), expected);
}

#[test]
#[ignore = "needs mosquitto"]
fn a_logger_on_azure() {
    let server = Mosquitto::start();
    let filters = [
        "devices/+/messages/events/#",
        "$iothub/twin/PATCH/properties/reported/#",
    ];
    let watcher = watch(&server, &filters, 5);
    let measured = server.subscriber(&["-t", EVENTS, "-C", "2"]);
    let logger = logger(&server, &["--azure"]);
    measured.end().succeeded();
    let command = |payload: &str| {
        let topic = format!("devices/{DEVICE}/messages/devicebound/");
        server.publish(&["-t", &topic, "-q", "1", "-m", payload]);
    };
    command(r#"{ "command": "get_pulse_total,1" }"#);
    command("get_pulse_total,1");
    let desired = "$iothub/twin/PATCH/properties/desired/?$version=8";
    server.publish(&[
        "-t",
        desired,
        "-q",
        "1",
        "-m",
        r#"{"config":{"log_rate":900},"$version":8}"#,
    ]);
    logger.end().succeeded();
    let telemetry = format!("devices/{DEVICE}/messages/events/%24.ctime=TIME");
    let twin = "$iothub/twin/PATCH/properties/reported/?$rid=config";
    let expected = format!(
        r#"{{"I002": 12, "I011": 3.47, "I060": 25.2, "event": "a00018-00000"}} {telemetry}
{{"serial":"CPT-7","config":{{"log_rate": 3600}}}} {twin}
{{ "result": "Success", "response": "P1: 123 L" }} {telemetry}
{{ "result": "Failure", "response": "not JSON at byte 0: a value is expected" }} {telemetry}
{{"serial":"CPT-7","config":{{"log_rate":900}}}} {twin}
"#
    );
    assert_eq!(seen(watcher), expected);
}

/// A signature that was made elsewhere for this host, client id, key and end.
fn signature() -> serde_json::Value {
    let vectors = include_str!("captis/data/sas_vectors.json");
    let vectors: serde_json::Value = serde_json::from_str(vectors).unwrap();
    vectors["computed_end_to_end"][1].clone()
}

/// Writes a certificate that vouches for itself, and a file of passwords: the device's is its signature.
fn prepare(directory: &Path) {
    let hosts = ["localhost".to_owned(), "127.0.0.1".to_owned()];
    let rcgen::CertifiedKey { cert, signing_key } = rcgen::generate_simple_self_signed(hosts).unwrap();
    std::fs::write(directory.join("server.pem"), cert.pem()).unwrap();
    std::fs::write(directory.join("server.key"), signing_key.serialize_pem()).unwrap();
    let passwords = directory.join("passwords");
    std::fs::write(&passwords, "").unwrap();
    let signature = signature();
    let device = (
        signature["username"].as_str().unwrap(),
        signature["password"].as_str().unwrap(),
    );
    let mut command = Command::new(installed("mosquitto_passwd"));
    output(command.args(["-b", text(&passwords), device.0, device.1]));
    for file in std::fs::read_dir(directory).unwrap() {
        readable_by_all(&file.unwrap().path());
    }
    readable_by_all(directory);
}

/// Connects with this key, publishes an event, and answers one command.
async fn speak(module: &Simulator, authority: &[u8], key: &str) -> Result<(), SessionError<TransportError>> {
    let signature = signature();
    let now = Timestamp::from_unix(signature["expiry"].as_u64().unwrap() - 3600);
    let (mut line, mut message, mut transmit) = ([0; 256], [0; 1279], [0; 1400]);
    let buffers = Buffers::new(&mut line, &mut message, &mut transmit);
    let port = SerialTransport::open(&module.port, 115_200, FlowControl::None).unwrap();
    let mut modem = Modem::new(port, StdClock::new(), buffers);
    modem.attach(PATIENCE).await?;
    modem.bring_up(&Network::new(), PATIENCE).await?;
    let identity = Identity::read(&mut modem).await?;
    let login = Server::new(Variant::Azure, signature["host"].as_str().unwrap())
        .client_id(signature["device_id"].as_str().unwrap())
        .tls(Tls::new().trust(authority))
        .sas(Sas::new(key, now));
    let login = login.login(&identity).unwrap();
    let gate = Gate::new(login.client_id(), &identity, Roles::WORK);
    let mut payload = [0; 1024];
    let mut session = AzureSession::open(modem.client(ConnectionId::FIRST), &login, gate, &mut payload).await?;
    session.telemetry(&[Reading::event(now, EventId::BOOT)]).await?;
    let mut buffer = [0; 1279];
    let message = session.client().recv(&mut buffer).await?;
    let request = gate.request(message.topic(), message.payload())?;
    request.command(&mut [0; 64])?;
    session.respond(now, Response::success_with("P1: 123 L")).await
}

#[test]
#[ignore = "needs mosquitto"]
fn azure_over_tls_with_a_signature_as_the_password() {
    // Whoever gives a user name must have its password; the watchers give none, and come by another port without encryption.
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let settings = format!(
        "allow_anonymous true\npassword_file DIRECTORY/passwords\n\
         listener {port} 127.0.0.1\ncertfile DIRECTORY/server.pem\nkeyfile DIRECTORY/server.key\n"
    );
    let server = Mosquitto::with(&settings, prepare);
    let authority = std::fs::read(server.file("server.pem")).unwrap();
    let module = || Simulator::start(["--broker", &format!("127.0.0.1:{port}")]);
    let signature = signature();
    let device = signature["device_id"].as_str().unwrap();

    let refused = block_on(speak(&module(), &authority, "c29tZSBvdGhlciBrZXk="));
    let is_refusal = matches!(refused, Err(SessionError::Driver(Error::Refused | Error::Module(_))));
    assert!(is_refusal, "{refused:?}");

    let watcher = watch(&server, &[EVENTS], 2);
    let measured = server.subscriber(&["-t", EVENTS, "-C", "2"]);
    let module = module();
    std::thread::scope(|scope| {
        let key = signature["key_base64"].as_str().unwrap();
        let spoken = scope.spawn(|| block_on(speak(&module, &authority, key)));
        measured.end().succeeded();
        let topic = format!("devices/{device}/messages/devicebound/");
        let command = r#"{ "command": "get_pulse_total,1" }"#;
        server.publish(&["-t", &topic, "-q", "1", "-m", command]);
        spoken.join().unwrap().unwrap();
    });
    let expected = format!(
        r#"{{"event": "a00018-00000"}} devices/{device}/messages/events/%24.ctime=TIME
{{ "result": "Success", "response": "P1: 123 L" }} devices/{device}/messages/events/%24.ctime=TIME
"#
    );
    assert_eq!(seen(watcher), expected);
}
