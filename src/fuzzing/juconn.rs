//! The Juconn profile: both formats, and a gateway that is told anything.

use core::fmt::Write;

use crate::Instant;
use crate::profile::json::Value;
use crate::profile::juconn::tixml::{Document, is_name};
use crate::profile::juconn::*;

/// A database for the gateway that is told the input: hysteresis and a position are in it.
const DATABASE: &str = "<CloudConn><CloudBaseUrl _=\"tcp://b:1883\"/><CloudConnStart _=\"1\"/><CloudConnType _=\"FPIL_Tixi_MQTT_1\"/>\
    <RTSendTime1 _=\"-1\"/><UpdateRate1 _=\"1\"/><Realtime1><A _=\"/P/A\" meta_type=\"power\"/>\
    <G _=\"/G/Lat\" lng=\"/G/Lng\" meta_type=\"gps\"/></Realtime1></CloudConn>";

/// Text in TiXML.
pub fn juconn_tixml(data: &[u8]) {
    if let Ok(document) = Document::parse_bytes(data) {
        let json = json_of(document);
        assert!(Value::parse(&json).is_ok(), "{json}");
        if has_names(document) {
            let again = tixml_of(&json).unwrap_or_else(|error| panic!("{error}: {json}"));
            assert_eq!(json_of(Document::parse(&again).unwrap()), json, "{again}");
        }
    }
    if let Ok(text) = core::str::from_utf8(data) {
        if let Ok(config) = Config::parse(text) {
            a_configuration_runs(config);
        }
        let _ = ServiceRoute::parse(text, Connector::CloudConn);
    }
    let _ = Persisted::parse(data).map(|persisted| {
        let mut text = String::new();
        persisted.write(&mut text).unwrap();
        assert_eq!(Persisted::parse(text.as_bytes()), Ok(persisted));
    });
    a_gateway_is_told(data);
}

/// Text in JSON.
pub fn juconn_json(data: &[u8]) {
    let text = core::str::from_utf8(data).unwrap_or_default();
    if let Ok(tixml) = tixml_of(text) {
        let document = Document::parse(&tixml).unwrap_or_else(|error| panic!("{error}: {tixml}"));
        let json = json_of(document);
        // What TiXML cannot tell apart is gone by now: from here on nothing changes.
        assert_eq!(json_of(Document::parse(&tixml_of(&json).unwrap()).unwrap()), json);
    }
    a_gateway_is_told(data);
}

fn json_of(document: Document<'_>) -> String {
    let mut json = String::new();
    to_json(document, Empty::Text, &mut json).unwrap();
    json
}

fn tixml_of(json: &str) -> Result<String, ConvertError> {
    let mut tixml = String::new();
    let object = Value::parse(json).ok().and_then(|value| value.as_object());
    to_tixml(object.ok_or(ConvertError::Value)?, &mut tixml)?;
    Ok(tixml)
}

/// Whether all names in it could be written.
fn has_names(document: Document<'_>) -> bool {
    document.elements().all(|element| {
        let attributes = element.attributes().all(|(name, _)| is_name(name));
        is_name(element.name()) && attributes && has_names(element.content())
    })
}

/// Values that grow.
struct Source(u32);

impl DataSource for Source {
    fn read(&mut self, _: &str, reading: &mut Reading) {
        self.0 = self.0.wrapping_add(1);
        reading.set(self.0);
    }
}

fn now(seconds: u64) -> Now {
    Now::new(Instant::from_millis(seconds.saturating_mul(1000)), seconds)
}

/// Takes everything that a gateway wants done. How many commands it wanted to be executed is bounded by the input.
fn drain(gateway: &mut Gateway<'_>, seconds: u64) {
    let mut payload = [0; 1024];
    for _ in 0..2000 {
        let executed = match gateway.output(&mut Source(0), &mut payload) {
            None => return,
            Some(Output::Execute { command, mut answer }) => {
                let written = ErrorReport::new(-1, command.name()).write(command.verbosity(), &mut answer);
                written.unwrap();
                true
            }
            Some(Output::Publish { topic, payload, .. }) => {
                assert!(payload.len() <= 1024);
                assert!(!topic.as_str().is_empty());
                assert!(Body::parse(payload).is_ok(), "{}", payload.escape_ascii());
                false
            }
            Some(_) => false,
        };
        if executed {
            gateway.input(now(seconds), Input::Executed);
        }
    }
    panic!("the gateway never ends");
}

fn with_gateway(config: Config<'_>, use_it: impl FnOnce(&mut Gateway<'_>)) {
    let mut points = vec![PointMemory::new(); config.points().count()];
    let (mut request, mut answer) = (vec![0; 1500], vec![0; 2048]);
    let memory = Memory::new(&mut points, &mut request, &mut answer);
    let device = Device::new("04600912", "WT640").unwrap();
    if let Ok(mut gateway) = Gateway::new(device, config, Persisted::default(), memory) {
        use_it(&mut gateway);
    }
}

fn a_configuration_runs(config: Config<'_>) {
    let _ = format!("{config:?}");
    with_gateway(config, |gateway| {
        let mut life = Life { gateway, seconds: 0 };
        if life.gateway.config().starts() {
            life.begin();
            life.initialised();
            assert_eq!(life.gateway.phase(), Phase::Running);
            for _ in 0..3 {
                life.tell(Input::Tick);
            }
        }
    });
}

/// Every message that a gateway may receive, in every phase, with the input as its payload; and then a good one.
fn a_gateway_is_told(data: &[u8]) {
    if Body::parse(data).is_err() {
        assert!(RolloutResult::parse(data).is_err() && InitResult::parse(data).is_err());
        assert!(RequestKind::ALL.iter().all(|kind| Request::parse(*kind, data).is_err()));
        return;
    }
    with_gateway(Config::parse(DATABASE).unwrap(), |gateway| {
        let mut life = Life { gateway, seconds: 0 };
        life.tell(Input::Start);
        life.tell(Input::Connected);
        life.tell(Input::Message {
            topic: b"fp/gatewayRolloutResult/04600912",
            payload: data,
        });
        life.tell(Input::Tick);
        life.begin();
        for name in ["gatewayInitResult", "config", "cmd", "state"] {
            life.hear(name, data);
        }
        life.initialised();
        for name in ["config", "cmd", "state", "data"] {
            life.hear(name, data);
        }
        // The input may have taken the ids away, and nothing else.
        let phase = life.gateway.phase();
        assert!(matches!(phase, Phase::Running | Phase::PowerOn), "{phase:?}");
    });
}

struct Life<'g, 'a> {
    gateway: &'g mut Gateway<'a>,
    seconds: u64,
}

impl Life<'_, '_> {
    fn tell(&mut self, input: Input<'_>) {
        self.gateway.input(now(self.seconds), input);
        drain(self.gateway, self.seconds);
        self.seconds = self.seconds.saturating_add(3600);
    }

    /// Connects, and gets its ids if it has none.
    fn begin(&mut self) {
        self.tell(Input::Start);
        self.tell(Input::Connected);
        let mut answer = String::new();
        if self.gateway.phase() == Phase::WaitRollout {
            let rollouts = self.gateway.persisted().rollouts;
            write!(answer, "<error_code _=\"0\"/><response_id _=\"04600912_{rollouts}\"/><gateway_id _=\"g\"/><customer_id _=\"c\"/>").unwrap();
            let (topic, payload) = (b"fp/gatewayRolloutResult/04600912", answer.as_bytes());
            self.tell(Input::Message { topic, payload });
        }
    }

    fn hear(&mut self, name: &str, payload: &[u8]) {
        if let Some((gateway, customer)) = self.gateway.ids() {
            let topic = format!("{customer}/fp/{gateway}/{name}");
            self.tell(Input::Message {
                topic: topic.as_bytes(),
                payload,
            });
        }
    }

    /// Until its initialisation is taken, however often it has to be asked for.
    fn initialised(&mut self) {
        for _ in 0..4 {
            if self.gateway.phase() == Phase::WaitInit {
                let id = self.gateway.request_id().to_owned();
                let answer = format!("<error_code _=\"0\"/><response_id _=\"{id}\"/>");
                return self.hear("gatewayInitResult", answer.as_bytes());
            }
            self.begin();
            // An hour passes with each input: an answer that is awaited would be late.
            if self.gateway.phase() != Phase::WaitInit {
                self.tell(Input::Tick);
            }
        }
    }
}
