//! The simulated module in front of a real server, in real time. Nothing here depends on how long anything takes; the
//! limits only keep a failure from lasting for ever.
#![cfg(feature = "sim")]

use std::io::{Read, Write};
use std::net::SocketAddr;
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use fibocom_mqtt::sim::serve::{HostReader, HostWriter, Runner};
use fibocom_mqtt::sim::{Module, Settings};

#[path = "../examples/common/bridge.rs"]
mod bridge;
#[path = "../examples/common/embedded.rs"]
mod embedded;

const PATIENCE: Duration = Duration::from_secs(60);

fn server() -> SocketAddr {
    static SERVER: OnceLock<SocketAddr> = OnceLock::new();
    *SERVER.get_or_init(|| embedded::start().expect("the embedded server starts"))
}

/// A module that does not take its time.
fn quick() -> Settings {
    let none = Duration::ZERO;
    Settings {
        ok_delay: none,
        open_delay: none,
        result_delay: none,
        ..Settings::l610()
    }
}

/// A host with a module of its own.
struct Host {
    reader: HostReader,
    writer: HostWriter,
    seen: Vec<u8>,
}

impl Host {
    fn new(settings: Settings) -> Self {
        let module = Module::new(settings.online(), Box::new(bridge::Bridge::new(Some(server()))));
        let (mut reader, writer) = Runner::new(module).spawn().expect("the module starts");
        reader.set_timeout(Some(Duration::from_millis(200)));
        let mut host = Self {
            reader,
            writer,
            seen: Vec::new(),
        };
        host.ask("ATE0\r", "OK\r\n");
        host.ask("AT+MQTTCONF=1\r", "OK\r\n");
        host
    }

    fn connected(client_id: &str) -> Self {
        let mut host = Self::new(quick());
        host.open(client_id, 1);
        host
    }

    fn open(&mut self, client_id: &str, clean: u8) {
        self.ask(&format!("AT+MQTTUSER=1,\"\",\"\",\"{client_id}\"\r"), "OK\r\n");
        self.ask(
            &format!("AT+MQTTOPEN=1,\"any.host\",1883,{clean},60\r"),
            "+MQTTOPEN: 1,1\r\n",
        );
    }

    fn write(&mut self, bytes: impl AsRef<[u8]>) {
        self.writer.write_all(bytes.as_ref()).expect("the module takes it");
    }

    /// Reads until `pattern` came, and gives everything up to and including it.
    fn until(&mut self, pattern: &str) -> Vec<u8> {
        let begin = Instant::now();
        loop {
            let found = self
                .seen
                .windows(pattern.len())
                .position(|window| window == pattern.as_bytes());
            if let Some(at) = found {
                return self.seen.drain(..at + pattern.len()).collect();
            }
            let seen = self.seen.escape_ascii().to_string();
            assert!(begin.elapsed() < PATIENCE, "waited for {pattern:?}, and came {seen}");
            let mut buffer = [0; 4096];
            if let Ok(count) = self.reader.read(&mut buffer) {
                self.seen.extend(&buffer[..count]);
            }
        }
    }

    fn ask(&mut self, command: &str, pattern: &str) -> Vec<u8> {
        self.write(command);
        self.until(pattern)
    }

    fn subscribe(&mut self, filter: &str, qos: u8) {
        self.ask(&format!("AT+MQTTSUB=1,\"{filter}\",{qos}\r"), "+MQTTSUB: 1,1\r\n");
    }

    fn publish(&mut self, topic: &str, payload: &[u8], qos: u8, retain: u8) {
        self.ask(
            &format!("AT+MQTTPUB=1,\"{topic}\",{qos},{retain},{}\r", payload.len()),
            ">\r\n",
        );
        self.write(payload);
        self.until("+MQTTPUB: 1,1\r\n");
    }

    /// Waits for a message, and gives QoS, topic and payload.
    fn receive(&mut self) -> (u8, Vec<u8>, Vec<u8>) {
        loop {
            self.write("AT+MQTTREAD=1\r");
            self.until("+MQTTREAD: 1,");
            let header = self.until(",");
            let qos = header[0] - b'0';
            let number = |bytes: Vec<u8>| -> usize {
                String::from_utf8(bytes)
                    .unwrap()
                    .trim_end_matches([',', '\r', '\n'])
                    .parse()
                    .unwrap()
            };
            let topic = number(self.until(","));
            if topic == 0 {
                self.until("OK\r\n");
                std::thread::sleep(Duration::from_millis(10));
                continue;
            }
            let payload = number(self.until(","));
            while self.seen.len() < topic + payload + 5 + 8 {
                let mut buffer = [0; 4096];
                if let Ok(count) = self.reader.read(&mut buffer) {
                    self.seen.extend(&buffer[..count]);
                }
            }
            let content: Vec<u8> = self.seen.drain(..topic + payload + 5).collect();
            self.until("OK\r\n");
            return (
                qos,
                content[1..=topic].to_vec(),
                content[topic + 4..topic + 4 + payload].to_vec(),
            );
        }
    }
}

#[test]
fn every_byte_value_passes_at_every_qos() {
    let mut host = Host::connected("bytes");
    let payload: Vec<u8> = (0..1024_u32).map(|number| number as u8).collect();
    for qos in 0..=2 {
        let name = format!("bytes/{qos}");
        host.subscribe(&name, qos);
        host.publish(&name, &payload, qos, 0);
        let (received_qos, topic, received) = host.receive();
        assert_eq!((received_qos, topic.as_slice()), (qos, name.as_bytes()));
        assert!(received == payload);
    }
}

#[test]
fn retained_messages_are_kept_and_cleared() {
    let mut host = Host::connected("retain");
    host.publish("retain/a", b"kept", 1, 1);
    host.subscribe("retain/#", 1);
    assert_eq!(host.receive().2, b"kept");
    host.ask("AT+MQTTPUB=1,\"retain/a\",1,1,\"\"\r", "+MQTTPUB: 1,1\r\n");

    let mut other = Host::connected("retain-2");
    other.subscribe("retain/#", 1);
    // Nothing comes before this, if the retained message is gone.
    other.publish("retain/b", b"next", 1, 0);
    assert_eq!(other.receive().2, b"next");
}

#[test]
fn a_will_is_sent_when_the_host_vanishes_and_not_when_it_closes() {
    let mut watcher = Host::connected("watcher");
    watcher.subscribe("will/+", 1);
    for (name, closes) in [("closer", true), ("goner", false)] {
        let mut host = Host::new(Settings::l610());
        host.ask(
            &format!("AT+MQTTWILL=1,\"will/{name}\",1,0,\"\\7B\\22gone\\22:1\\7D\"\r"),
            "OK\r\n",
        );
        host.open(name, 1);
        if closes {
            host.ask("AT+MQTTCLOSE=1\r", "+MQTTCLOSE: 1,1\r\n");
        }
    }
    let (_, topic, payload) = watcher.receive();
    assert_eq!(
        (topic.as_slice(), payload.as_slice()),
        (b"will/goner".as_slice(), b"{\"gone\":1}".as_slice())
    );
}

/// Which will is sent in the end is not asked here: this server may send a will that was taken back, if its client comes back
/// at once.
#[test]
fn mqtt_sn_reaches_the_same_server_and_outlives_a_new_will() {
    let mut watcher = Host::connected("sn-watcher");
    watcher.subscribe("sn/#", 1);
    let mut host = Host::new(quick());
    host.ask("AT+MQTTSNCID=101,\"sn-meter\"\r", "OK\r\n");
    host.ask("AT+MQTTWILL=101,\"sn/old\",1,0,\"old\"\r", "OK\r\n");
    host.ask("AT+MQTTOPEN=101,\"any.host\",1885,1,60\r", "+MQTTOPEN: 101,1\r\n");
    host.ask("AT+MQTTSNREG=101,\"sn/up\"\r", "+MQTTSNREG: 101,1,1,\"sn/up\"\r\n");
    host.ask("AT+MQTTPUB=101,1,1,0,\"hello\"\r", "+MQTTPUB: 101,1\r\n");
    assert_eq!(watcher.receive().1, b"sn/up");
    host.ask("AT+MQTTSUB=101,\"down/#\",1\r", "+MQTTSUB: 101,1\r\n");
    host.ask("AT+MQTTWTOPICUD=101,1,0,\"sn/new\"\r", "+MQTTWTOPICUD: 101,1\r\n");
    host.ask("AT+MQTTWMSGUD=101,\"new\"\r", "+MQTTWMSGUD: 101,1\r\n");
    // It is subscribed as before.
    watcher.publish("down/7", b"1\r\n2", 1, 0);
    host.until("+MQTTSNREG: 101,2,2,\"down/7\"\r\n\r\n+MQTTMSGI: 101,1,2,4\r\n");
    host.ask("AT+MQTTREAD=101\r", "+MQTTREAD: 101,1,2,4,2,\"1\r\n2\"\r\n");
    host.ask("AT+MQTTCLOSE=101\r", "+MQTTCLOSE: 101,1\r\n");
}

#[test]
fn many_messages_arrive_once_and_in_order_though_the_store_is_small() {
    let mut reader = Host::connected("reader");
    reader.subscribe("many/#", 1);
    let mut writer = Host::connected("writer");
    for number in 0..200 {
        writer.publish("many/x", format!("{number}").as_bytes(), 1, 0);
    }
    for number in 0..200 {
        assert_eq!(reader.receive().2, format!("{number}").as_bytes());
    }
}

#[test]
fn nobody_there_is_a_refused_open() {
    let module = Module::new(Settings::l610().online(), Box::new(bridge::Bridge::new(None)));
    let (mut reader, writer) = Runner::new(module).spawn().expect("the module starts");
    reader.set_timeout(Some(Duration::from_millis(200)));
    let mut host = Host {
        reader,
        writer,
        seen: Vec::new(),
    };
    host.ask("AT+MQTTUSER=1,\"\",\"\",\"nobody\"\r", "OK\r\n");
    // A port that was free a moment ago.
    let port = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    host.ask(
        &format!("AT+MQTTOPEN=1,\"127.0.0.1\",{port},1,60\r"),
        "+MQTTOPEN: 1,0\r\n",
    );
}

#[test]
fn a_kept_session_gets_what_came_meanwhile() {
    let mut sleeper = Host::new(Settings::l610());
    sleeper.open("sleeper", 0);
    sleeper.subscribe("sleep/#", 1);
    sleeper.ask("AT+MQTTCLOSE=1\r", "+MQTTCLOSE: 1,1\r\n");
    let mut writer = Host::connected("waker");
    writer.publish("sleep/x", b"good morning", 1, 0);
    sleeper.open("sleeper", 0);
    assert_eq!(sleeper.receive().2, b"good morning");
}

#[test]
fn one_connection_takes_the_place_of_another_with_its_id() {
    let mut first = Host::connected("twin");
    let _second = Host::connected("twin");
    first.until("+MQTTBREAK: 1,1\r\n");
}
