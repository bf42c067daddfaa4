//! A gateway under test, and what it did.

use std::collections::HashMap;
use std::fmt::Write;

use fibocom_mqtt::Instant;
use fibocom_mqtt::profile::juconn::{
    Config, DataSource, Device, Frame, Gateway, Input, Memory, Notice, Now, Output, Persisted, Phase, PointMemory,
    Reading,
};

/// What a gateway did, owned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Did {
    Connect(String),
    Disconnect,
    Subscribe(String, u8),
    Publish { topic: String, payload: String, qos: u8 },
    Persist(Box<Persisted>),
    Execute(String),
    Support(u16, String),
    Log(Notice),
}

impl Did {
    /// The payload, if it published.
    pub fn payload(&self) -> &str {
        match self {
            Self::Publish { payload, .. } => payload,
            other => panic!("not a publication: {other:?}"),
        }
    }

    pub fn topic(&self) -> &str {
        match self {
            Self::Publish { topic, .. } | Self::Subscribe(topic, _) => topic,
            other => panic!("no topic: {other:?}"),
        }
    }

    /// In one word.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Connect(_) => "connect",
            Self::Disconnect => "disconnect",
            Self::Subscribe(..) => "subscribe",
            Self::Publish { .. } => "publish",
            Self::Persist(_) => "persist",
            Self::Execute(_) => "execute",
            Self::Support(..) => "support",
            Self::Log(_) => "log",
        }
    }
}

/// Values by path; a state of none is one that has no state.
#[derive(Debug, Default)]
pub struct Plant(pub HashMap<String, (String, Option<bool>)>);

impl Plant {
    pub fn set(&mut self, path: &str, value: &str) {
        self.0.insert(path.into(), (value.into(), None));
    }

    pub fn bus(&mut self, path: &str, value: &str, valid: bool) {
        self.0.insert(path.into(), (value.into(), Some(valid)));
    }
}

impl DataSource for Plant {
    fn read(&mut self, path: &str, reading: &mut Reading) {
        match self.0.get(path) {
            Some((value, None)) => reading.set(value),
            Some((value, Some(valid))) => reading.bus(value, *valid),
            None => {}
        }
    }
}

/// A database with these keys besides the mandatory ones.
pub fn database(keys: &str) -> String {
    format!(
        "<CloudConn><CloudBaseUrl _=\"tcp://portal:1883\"/><CloudConnStart _=\"1\"/>\
         <CloudConnType _=\"FPIL_Tixi_MQTT_1\"/>{keys}</CloudConn>"
    )
}

/// The ids that most tests have configured.
pub const IDS: &str = "<gateway_id _=\"g1\"/><customer_id _=\"c1\"/>";

/// A data point of the process, in section 1, that is sent every hour.
pub const POINT: &str =
    "<RTSendTime1 _=\"3600\"/><Realtime1><Room _=\"/Process/PV/Room\" meta_type=\"temperature\"/></Realtime1>";

pub struct Bench {
    pub gateway: Gateway<'static>,
    pub plant: Plant,
    pub millis: u64,
    pub limit: usize,
}

impl Bench {
    pub fn new(keys: &str) -> Self {
        Self::restarted(keys, Persisted::default())
    }

    pub fn restarted(keys: &str, persisted: Persisted) -> Self {
        let device = Device::new("04600912", "WT640").unwrap().frame(Frame::Bare);
        Self::with(keys, persisted, device, 1024, 4096)
    }

    /// As [`restarted`](Self::restarted), with another broker in the configuration.
    pub fn restarted_at(url: &str, keys: &str, persisted: Persisted) -> Self {
        let mut bench = Self::restarted(keys, Persisted::default());
        let config = Config::parse(database(keys).replace("tcp://portal:1883", url).leak()).unwrap();
        let memory = Memory::new(
            vec![PointMemory::new(); 64].leak(),
            vec![0; 2048].leak(),
            vec![0; 4096].leak(),
        );
        bench.gateway = Gateway::new(*bench.gateway.device(), config, persisted, memory).unwrap();
        bench
    }

    pub fn with(keys: &str, persisted: Persisted, device: Device<'static>, limit: usize, answer: usize) -> Self {
        let config = Config::parse(database(keys).leak()).unwrap();
        let points = vec![PointMemory::new(); 64].leak();
        let memory = Memory::new(points, vec![0; 2048].leak(), vec![0; answer].leak());
        Self {
            gateway: Gateway::with_limit(device, config, persisted, memory, limit).unwrap(),
            plant: Plant::default(),
            millis: 0,
            limit,
        }
    }

    pub fn now(&self) -> Now {
        Now::new(Instant::from_millis(self.millis), 1_498_724_247 + self.millis / 1000)
    }

    pub fn tell(&mut self, input: Input<'_>) -> Vec<Did> {
        self.gateway.input(self.now(), input);
        self.drain()
    }

    /// Asks until there is nothing to do.
    pub fn drain(&mut self) -> Vec<Did> {
        let mut done = Vec::new();
        while let Some(did) = self.next() {
            done.push(did);
            assert!(done.len() < 200, "no end: {done:?}");
        }
        done
    }

    pub fn next(&mut self) -> Option<Did> {
        let mut payload = vec![0; self.limit];
        Some(match self.gateway.output(&mut self.plant, &mut payload)? {
            Output::Connect(broker) => Did::Connect(broker.to_string()),
            Output::Disconnect => Did::Disconnect,
            Output::Subscribe(filter, qos) => Did::Subscribe(filter.as_str().into(), qos.into()),
            Output::Publish { topic, payload, qos } => Did::Publish {
                topic: topic.as_str().into(),
                payload: String::from_utf8(payload.to_vec()).unwrap(),
                qos: qos.into(),
            },
            Output::Persist(persisted) => Did::Persist(Box::new(persisted.clone())),
            Output::Execute { command, .. } => Did::Execute(command.text().into()),
            Output::SupportLog { statement, answer } => Did::Support(statement, answer.into()),
            Output::Log(notice) => Did::Log(notice),
            other => panic!("{other:?}"),
        })
    }

    pub fn wait(&mut self, seconds: u64) -> Vec<Did> {
        self.millis += seconds * 1000;
        self.tell(Input::Tick)
    }

    pub fn message(&mut self, topic: &str, payload: &str) -> Vec<Did> {
        let (topic, payload) = (topic.as_bytes(), payload.as_bytes());
        self.tell(Input::Message { topic, payload })
    }

    /// Answers the command that is being executed.
    pub fn answer(&mut self, answer: &str) -> Vec<Did> {
        if let Some((_, mut room)) = self.gateway.execution() {
            room.write_str(answer).unwrap();
        }
        self.tell(Input::Executed)
    }

    /// Until it has asked for its ids.
    pub fn rolling(keys: &str) -> Self {
        let mut bench = Self::new(keys);
        bench.tell(Input::Start);
        bench.tell(Input::Connected);
        assert_eq!(bench.gateway.phase(), Phase::WaitRollout);
        bench
    }

    /// Until it waits for the answer to its initialisation, with ids from the configuration.
    pub fn initialising(keys: &str) -> Self {
        let mut bench = Self::new(&format!("{IDS}{keys}"));
        bench.initialise();
        bench
    }

    /// Until it waits for the answer to its initialisation.
    pub fn initialise(&mut self) -> Vec<Did> {
        self.tell(Input::Start);
        let done = self.tell(Input::Connected);
        assert_eq!(self.gateway.phase(), Phase::WaitInit);
        done
    }

    /// The portal takes the initialisation that `done` published.
    pub fn accept(&mut self, done: &[Did]) -> Vec<Did> {
        let init = done
            .iter()
            .find(|did| matches!(did, Did::Publish { topic, .. } if topic.ends_with("/gatewayInit")));
        let id = request_id(init.unwrap().payload());
        let topic = init.unwrap().topic().replace("gatewayInit", "gatewayInitResult");
        self.message(&topic, &init_result(0, &id))
    }

    /// Until it runs, and what it then sent at once.
    pub fn running(keys: &str, set: impl FnOnce(&mut Plant)) -> (Self, Vec<Did>) {
        let mut bench = Self::new(&format!("{IDS}{keys}"));
        set(&mut bench.plant);
        let done = bench.initialise();
        let done = bench.accept(&done);
        assert_eq!(bench.gateway.phase(), Phase::Running);
        (bench, done)
    }
}

pub fn request_id(payload: &str) -> String {
    let body = fibocom_mqtt::profile::juconn::Body::parse(payload.as_bytes()).unwrap();
    body.value("request_id").unwrap().to_string()
}

pub fn init_result(code: i32, id: &str) -> String {
    format!("{{<error_code _=\"{code}\"/><response_id _=\"{id}\"/><portal_version _=\"1.0.0\"/>}}")
}

pub fn rollout_result(code: i32, id: &str, more: &str) -> String {
    format!(
        "{{<error_code _=\"{code}\"/><response_id _=\"{id}\"/><gateway_id _=\"g7\"/><customer_id _=\"c7\"/>{more}}}"
    )
}
