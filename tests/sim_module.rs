//! The simulated module, byte for byte.
#![cfg(feature = "sim")]

use std::time::Duration;

use fibocom_mqtt::sim::{
    BreakCause, EarlyCommand, Fault, Framing, MemoryBroker, Module, NetworkNeed, Prompt, ResultOrder, Settings, Sim,
    UrcTiming,
};

/// A module, a broker, and a hand that types.
struct Bench {
    module: Module,
    broker: MemoryBroker,
    now: Duration,
}

impl Bench {
    /// A module that has its network.
    fn new(settings: Settings) -> Self {
        Self::offline(settings.online())
    }

    fn offline(settings: Settings) -> Self {
        let broker = MemoryBroker::new();
        let module = Module::new(settings, Box::new(broker.network()));
        Self {
            module,
            broker,
            now: Duration::ZERO,
        }
    }

    /// Connection 1 is open, messages are stored, echo is off.
    fn connected(settings: Settings) -> Self {
        let mut bench = Self::new(settings);
        bench.run("ATE0\r");
        bench.run("AT+CMEE=1\r");
        bench.run("AT+MQTTCONF=1\r");
        bench.run("AT+MQTTUSER=1,\"user\",\"secret\",\"me\"\r");
        assert!(
            bench
                .run("AT+MQTTOPEN=1,\"broker\",1883,1,60\r")
                .contains("+MQTTOPEN: 1,1")
        );
        bench
    }

    fn write(&mut self, bytes: impl AsRef<[u8]>) -> Vec<u8> {
        self.module.receive(bytes.as_ref(), self.now);
        self.module.take_output()
    }

    fn wait(&mut self, duration: Duration) -> Vec<u8> {
        self.now += duration;
        self.module.poll(self.now);
        self.module.take_output()
    }

    /// Writes, waits a second, and gives what came.
    fn run(&mut self, text: impl AsRef<[u8]>) -> String {
        let mut output = self.write(text);
        output.extend(self.wait(Duration::from_secs(1)));
        output.escape_ascii().to_string()
    }
}

fn escaped(text: &str) -> String {
    text.as_bytes().escape_ascii().to_string()
}

#[test]
fn the_echo_ends_with_the_carriage_return() {
    let mut bench = Bench::new(Settings::l610());
    assert_eq!(bench.run("AT\r\n"), escaped("AT\r\r\nOK\r\n"));
    assert_eq!(bench.run("ATE0\r"), escaped("ATE0\r\r\nOK\r\n"));
    assert_eq!(bench.run("AT\r"), escaped("\r\nOK\r\n"));
}

#[test]
fn the_whole_open_as_in_the_field_notes() {
    let mut bench = Bench::new(Settings::l610());
    bench.run("AT+MQTTUSER=1,\"\",\"\"\r");
    let exchange = "AT+MQTTOPEN=1,\"h\",1883,1,60\r\r\nOK\r\n\r\n+MQTTOPEN: 1,1\r\n";
    assert_eq!(bench.run("AT+MQTTOPEN=1,\"h\",1883,1,60\r\n"), escaped(exchange));
}

#[test]
fn ok_and_result_come_at_their_times() {
    let mut bench = Bench::connected(Settings::l610());
    assert_eq!(bench.write("AT+MQTTSUB=1,\"t\",1\r"), b"");
    assert_eq!(bench.wait(Duration::from_millis(4)), b"");
    assert_eq!(bench.wait(Duration::from_millis(1)), b"\r\nOK\r\n");
    assert_eq!(bench.wait(Duration::from_millis(29)), b"");
    assert_eq!(bench.wait(Duration::from_millis(1)), b"\r\n+MQTTSUB: 1,1\r\n");
}

#[test]
fn information_lines_share_their_empty_line() {
    let mut bench = Bench::connected(Settings::l610());
    let expected = "\r\nManufacturer: Fibocom Wireless Inc.\r\nModel: L610-CN-62-36\r\n\
                    Revision: 16000.1208.00.86.02.02\r\n\r\nOK\r\n";
    assert_eq!(bench.run("ATI\r"), escaped(expected));
    assert_eq!(bench.run("AT+CGMM\r"), escaped("\r\nL610-CN-62-36\r\n\r\nOK\r\n"));
}

#[test]
fn errors_take_the_form_that_was_asked_for() {
    let mut bench = Bench::new(Settings::l610());
    bench.run("ATE0\r");
    assert_eq!(bench.run("AT+NOSUCH\r"), escaped("\r\nERROR\r\n"));
    bench.run("AT+CMEE=1\r");
    assert_eq!(bench.run("AT+NOSUCH\r"), escaped("\r\n+CME ERROR: 58\r\n"));
    assert_eq!(bench.run("AT+CMEE=9\r"), escaped("\r\n+CME ERROR: 53\r\n"));
    bench.run("AT+CMEE=2\r");
    assert_eq!(
        bench.run("AT+CMEE=9\r"),
        escaped("\r\n+CME ERROR: parameters are invalid\r\n")
    );
    // Not for what the manual answers with ERROR alone.
    assert_eq!(bench.run("AT+MQTTPUB=1,\"t\",0,0,\"x\"\r"), escaped("\r\nERROR\r\n"));
    assert_eq!(bench.run("AT+MQTTSUB=1,\"t\",0\r"), escaped("\r\nERROR\r\n"));
    assert_eq!(bench.run("AT+MQTTCLOSE=1\r"), escaped("\r\nERROR\r\n"));
}

#[test]
fn data_mode_takes_its_count_and_not_a_byte_more() {
    let mut bench = Bench::connected(Settings::l610());
    let listener = bench.broker.client("listener");
    listener.subscribe("t", 2);
    assert_eq!(bench.run("AT+MQTTPUB=1,\"t\",1,0,6\r"), escaped("\r\n>\r\n"));
    assert_eq!(bench.run(b"AT\r\nA\x80"), escaped("\r\nOK\r\n\r\n+MQTTPUB: 1,1\r\n"));
    assert_eq!(bench.run("AT\r"), escaped("\r\nOK\r\n"));
    assert_eq!(listener.received()[0].payload, b"AT\r\nA\x80");
}

#[test]
fn a_module_without_network_refuses_what_sets_something() {
    let mut bench = Bench::offline(Settings::l610());
    bench.run("ATE0\r");
    bench.run("AT+CMEE=1\r");
    assert_eq!(
        bench.run("AT+MQTTUSER=1,\"\",\"\"\r"),
        escaped("\r\n+CME ERROR: 901\r\n")
    );
    assert_eq!(bench.run("AT+MQTTSUB=1,\"t\",0\r"), escaped("\r\nERROR\r\n"));
    assert_eq!(bench.run("AT+MQTTCONF?\r"), escaped("\r\n+MQTTCONF: 0\r\n\r\nOK\r\n"));
    assert_eq!(bench.run("AT+MIPCALL?\r"), escaped("\r\n+MIPCALL: 0\r\n\r\nOK\r\n"));
    assert_eq!(
        bench.run("AT+MIPCALL=1\r"),
        escaped("\r\nOK\r\n\r\n+MIPCALL: 10.85.71.198\r\n")
    );
    assert_eq!(bench.run("AT+MIPCALL=1\r"), escaped("\r\nERROR\r\n"));
    assert_eq!(
        bench.run("AT+MIPCALL?\r"),
        escaped("\r\n+MIPCALL: 1,10.85.71.198\r\n\r\nOK\r\n")
    );
    assert_eq!(bench.run("AT+MQTTUSER=1,\"\",\"\"\r"), escaped("\r\nOK\r\n"));

    let mut bench = Bench::offline(Settings {
        network_need: NetworkNeed::Everything,
        ..Settings::l610()
    });
    bench.run("ATE0\r");
    assert_eq!(bench.run("AT+MQTTUSER=?\r"), escaped("\r\nERROR\r\n"));
}
