//! A simulated module on a bench, for tests that look at every byte.

#![allow(dead_code)]

use std::time::Duration;

use fibocom_mqtt::sim::{MemoryBroker, Module, Settings};

/// A module, a broker, and a hand that types.
pub struct Bench {
    pub module: Module,
    pub broker: MemoryBroker,
    pub now: Duration,
}

impl Bench {
    /// A module that has its network.
    pub fn new(settings: Settings) -> Self {
        Self::offline(settings.online())
    }

    pub fn offline(settings: Settings) -> Self {
        let broker = MemoryBroker::new();
        let module = Module::new(settings, Box::new(broker.network()));
        Self {
            module,
            broker,
            now: Duration::ZERO,
        }
    }

    /// Connection 1 is open, messages are stored, echo is off.
    pub fn connected(settings: Settings) -> Self {
        let mut bench = Self::new(settings);
        bench.run("ATE0\r");
        bench.run("AT+CMEE=1\r");
        bench.run("AT+MQTTCONF=1\r");
        bench.run("AT+MQTTUSER=1,\"user\",\"secret\",\"me\"\r");
        bench.run("AT+MQTTOPEN=1,\"broker\",1883,1,60\r");
        assert!(bench.module.is_open(1));
        bench
    }

    pub fn write(&mut self, bytes: impl AsRef<[u8]>) -> Vec<u8> {
        self.module.receive(bytes.as_ref(), self.now);
        self.module.take_output()
    }

    pub fn wait(&mut self, duration: Duration) -> Vec<u8> {
        self.now += duration;
        self.module.poll(self.now);
        self.module.take_output()
    }

    /// Writes, waits a second, and gives what came.
    pub fn run(&mut self, text: impl AsRef<[u8]>) -> String {
        let mut output = self.write(text);
        output.extend(self.wait(Duration::from_secs(1)));
        output.escape_ascii().to_string()
    }
}

pub fn escaped(text: &str) -> String {
    text.as_bytes().escape_ascii().to_string()
}
