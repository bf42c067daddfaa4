//! The messages, each in both formats and both directions.

use fibocom_mqtt::QoS;
use fibocom_mqtt::profile::juconn::tixml::Document;
use fibocom_mqtt::profile::juconn::{
    Body, BrokerDetails, Config, Data, DataPath, DataWriter, Device, Format, Frame, InitRequest, InitResult,
    MessageError, MessageId, Node, RolloutRequest, RolloutResult, SensorState, SensorValue, Style,
};

use crate::bench::database;
use crate::sample;

pub const BRACED: Style = Style {
    format: Format::Tixml,
    frame: Frame::Braced,
};
const BARE: Style = Style {
    format: Format::Tixml,
    frame: Frame::Bare,
};
pub const JSON: Style = Style {
    format: Format::Json,
    frame: Frame::Braced,
};

/// What stands around a message in TiXML.
pub fn braced(elements: &str) -> String {
    format!("{{\n<?xml version=\"1.0\" encoding=\"UTF-8\" ?>\n{elements}\n}}")
}

macro_rules! written {
    ($message:expr, $style:expr) => {{
        let mut out = String::new();
        $message.write($style, &mut out).unwrap();
        out
    }};
}

pub(crate) use written;

pub fn json(text: &str) -> serde_json::Value {
    serde_json::from_str(text).unwrap()
}

#[test]
fn juc_m_1_rollout() {
    let request = RolloutRequest {
        request_id: "01234567_1".into(),
        prod_name: "WT640".into(),
        serial_number: "01234567".into(),
    };
    let tixml = "<request_id _=\"01234567_1\"/><prod_name _=\"WT640\"/><serial_number _=\"01234567\"/>";
    assert_eq!(written!(request, BRACED), braced(tixml));
    assert_eq!(written!(request, JSON), sample!("rollout_request.json").trim());
    for text in [sample!("rollout_request.tixml"), sample!("rollout_request.json")] {
        assert_eq!(RolloutRequest::parse(text.as_bytes()), Ok(request));
    }
}

#[test]
fn juc_m_2_rollout_result() {
    let result = RolloutResult {
        error_code: 0,
        response_id: "01234567_1".into(),
        gateway_id: Some("Object_ID".into()),
        customer_id: Some("Object_ID".into()),
        broker: Some(BrokerDetails {
            url: "broker.juconn.io".into(),
            qos: Some(QoS::AtMostOnce),
        }),
        portal_version: None,
        configuration: None,
    };
    for text in [sample!("rollout_result.tixml"), sample!("rollout_result.json")] {
        assert_eq!(RolloutResult::parse(text.as_bytes()), Ok(result));
    }
    assert_eq!(written!(result, JSON), sample!("rollout_result.json").trim());
    let tixml = "<error_code _=\"0\"/><response_id _=\"01234567_1\"/><gateway_id _=\"Object_ID\"/><customer_id _=\"Object_ID\"/>\
                 <data_broker_details><url _=\"broker.juconn.io\"/><qos _=\"0\"/></data_broker_details>";
    assert_eq!(written!(result, BRACED), braced(tixml));

    // With a configuration, in both formats: two SetConfig.
    let configuration = Document::parse(sample!("gateway_configuration.tixml")).unwrap();
    let node = configuration.get("gateway_configuration").map(Node::Tixml);
    let whole = RolloutResult {
        configuration: node,
        ..result
    };
    for style in [BRACED, JSON] {
        let text = written!(whole, style);
        let read = RolloutResult::parse(text.as_bytes()).unwrap();
        let mut statements = String::new();
        let node = read.configuration.unwrap();
        match node {
            Node::Tixml(element) => statements.push_str(element.content().raw()),
            Node::Json(value) => {
                fibocom_mqtt::profile::juconn::to_tixml(value.as_object().unwrap(), &mut statements).unwrap()
            }
        }
        let statements = Document::parse(&statements).unwrap();
        let names: Vec<_> = statements
            .elements()
            .map(|one| one.attribute("_").unwrap().to_string())
            .collect();
        assert_eq!(names, ["USER", "ISP"]);
    }
    // An error needs no ids, and a success does.
    let refused = b"{\"error_code\":404,\"response_id\":\"x\"}";
    assert_eq!(RolloutResult::parse(refused).unwrap().error_code, 404);
    let without = b"{\"error_code\":0,\"response_id\":\"x\",\"customer_id\":\"c\"}";
    assert_eq!(RolloutResult::parse(without), Err(MessageError::Missing("gateway_id")));
}

const TWO_CONTROLLERS: &str = "<virtual_devices _=\"1\"/><Realtime1>\
    <Temp_Sensor _=\"/Process/Bus1/Device0/Var0\" meta_type=\"temperature\" meta_unit=\"&#xb0;C\" meta_setpoint=\"\" meta_virtual=\"false\"\
     meta_virtual_device=\"Heating_1\" meta_receive_signal=\"REGULAR\" meta_signal_frequency=\"300\" \
     meta_custom_fields=\"plant=Plant 1;loop=loop 1\"/>\
    <Humidity_Sensor _=\"/Process/Bus1/Device0/Var1\" meta_type=\"humidity\" meta_unit=\"%\" meta_virtual_device=\"Heating_2\"/>\
    </Realtime1><Realtime2>\
    <Temp_2 _=\"/Process/Bus1/Device1/Var0\" meta_type=\"temperature\" meta_virtual_device=\"Heating_1\"/>\
    <Again _=\"/Process/Bus1/Device0/Var0\" meta_type=\"temperature\" meta_virtual_device=\"Heating_1\"/>\
    </Realtime2>";

fn init(style: Style) -> String {
    let text = database(TWO_CONTROLLERS);
    let config = Config::parse(&text).unwrap();
    let device = Device::new("04600912", "WT640").unwrap().details("TBD any details");
    let request = InitRequest {
        request_id: "generated string",
        device: &device,
        config: &config,
    };
    written!(request, style)
}

#[test]
fn juc_m_3_gateway_init() {
    let tixml = init(BRACED);
    let start = "<request_id _=\"generated string\"/><virtual_devices _=\"1\"/><gateway_details>TBD any details</gateway_details>\
                 <controllers><Process_Bus1_Device0>";
    assert!(tixml.starts_with(braced(start).trim_end_matches("\n}")), "{tixml}");
    let parsed = json(&init(JSON));
    assert_eq!(parsed["request_id"], "generated string");
    assert_eq!(parsed["virtual_devices"], "1");
    assert_eq!(parsed["gateway_details"], "TBD any details");
    assert_eq!(parsed["controllers"].as_array().unwrap().len(), 2);
    // Read as a portal reads it: both forms of ours, and the manual's own.
    let expected = [
        ("Process_Bus1_Device0", vec!["Var0", "Var1"]),
        ("Process_Bus1_Device1", vec!["Var0"]),
    ];
    for text in [&tixml, &init(JSON)] {
        assert_eq!(names(text), expected.clone().map(|(id, sensors)| own(id, &sensors)));
    }
    let manual = expected.map(|(id, _)| own(id, &["Var0", "Var1"]));
    for text in [sample!("gateway_init.tixml"), sample!("gateway_init.json")] {
        assert_eq!(names(text), manual);
        assert_eq!(
            Body::parse(text.as_bytes()).unwrap().value("gateway_details").unwrap(),
            "TBD any details"
        );
    }
    // virtual_devices 0 is what holds without it.
    let text = database("<Realtime1/>");
    let device = Device::new("04600912", "WT640").unwrap();
    let request = InitRequest {
        request_id: "r",
        device: &device,
        config: &Config::parse(&text).unwrap(),
    };
    assert_eq!(written!(request, JSON), r#"{"request_id":"r","controllers":[]}"#);
}

fn own(id: &str, sensors: &[&str]) -> (String, Vec<String>) {
    (id.into(), sensors.iter().map(|sensor| sensor.to_string()).collect())
}

/// The ids of controllers and sensors.
fn names(text: &str) -> Vec<(String, Vec<String>)> {
    let body = Body::parse(text.as_bytes()).unwrap();
    let sensors = |controller: fibocom_mqtt::profile::juconn::ReceivedController<'_>| {
        controller.sensors().map(|sensor| sensor.id.to_string()).collect()
    };
    body.controllers()
        .map(|controller| (controller.id.to_string(), sensors(controller)))
        .collect()
}

#[test]
fn juc_m_3c_controller() {
    let parsed = json(&init(JSON));
    let controller = &parsed["controllers"][0];
    assert_eq!(controller["name"], "Process_Bus1_Device0");
    assert_eq!(controller["external_controller_id"], "Process_Bus1_Device0");
    assert_eq!(controller["timeout"], 360);
    assert_eq!(controller["sensors"].as_array().unwrap().len(), 2);
    // TiXML has the id as the element's name, and no name.
    let tixml = init(BARE);
    assert!(
        tixml.contains("<Process_Bus1_Device1><timeout _=\"360\"/><sensors><Var0>"),
        "{tixml}"
    );
    let body = Body::parse(tixml.as_bytes()).unwrap();
    let first = body.controllers().next().unwrap();
    assert!(first.node.get("name").is_none());
    assert_eq!(first.node.get("timeout").unwrap().value().unwrap().parse(), Some(360));
    // Of the manual's: fields of the customer's own, null there.
    let body = Body::parse(sample!("gateway_init.json").as_bytes()).unwrap();
    assert!(
        body.controllers()
            .all(|controller| controller.node.get("custom_fields").unwrap().value().is_none())
    );
}

#[test]
fn juc_m_3s_sensor() {
    let sensor = "<Var0><name _=\"Temp_Sensor\"/><type _=\"temperature\"/><unit _=\"&#xb0;C\"/><set_point/>\
                  <virtual _=\"false\"/><virtual_device _=\"Heating_1\"/><receive_signal _=\"REGULAR\"/>\
                  <signal_frequency _=\"300\"/><custom_fields><plant _=\"Plant 1\"/><loop _=\"loop 1\"/></custom_fields></Var0>";
    assert!(init(BRACED).contains(sensor), "{}", init(BRACED));
    let ours = json(&init(JSON));
    let manual = json(sample!("gateway_init.json"));
    assert_eq!(
        ours["controllers"][0]["sensors"][0],
        manual["controllers"][0]["sensors"][0]
    );
    // What is optional is left out.
    assert!(init(BARE).contains("<Var1><name _=\"Humidity_Sensor\"/><type _=\"humidity\"/><unit _=\"%\"/><virtual_device _=\"Heating_2\"/></Var1>"));
    for text in [sample!("gateway_init.tixml"), sample!("gateway_init.json")] {
        let body = Body::parse(text.as_bytes()).unwrap();
        let sensor = body.controllers().next().unwrap().sensors().next().unwrap();
        assert_eq!(sensor.field("name").unwrap(), "Temp_Sensor");
        assert_eq!(sensor.field("unit").unwrap(), "\u{b0}C");
        assert_eq!(sensor.field("virtual").unwrap(), "false");
        assert_eq!(sensor.field("signal_frequency").unwrap().parse(), Some(300));
        assert_eq!(
            sensor
                .node
                .get("custom_fields")
                .unwrap()
                .get("plant")
                .unwrap()
                .value()
                .unwrap(),
            "Plant 1"
        );
    }
}

#[test]
fn juc_m_4_init_result() {
    let result = InitResult {
        error_code: 0,
        response_id: "the received request_id".into(),
        portal_version: Some("1.0.0".into()),
    };
    for text in [sample!("init_result.tixml"), sample!("init_result.json")] {
        assert_eq!(InitResult::parse(text.as_bytes()), Ok(result));
    }
    assert_eq!(written!(result, JSON), sample!("init_result.json").trim());
    let tixml = "<error_code _=\"0\"/><response_id _=\"the received request_id\"/><portal_version _=\"1.0.0\"/>";
    assert_eq!(
        written!(result, BARE),
        format!("<?xml version=\"1.0\" encoding=\"UTF-8\" ?>\n{tixml}\n")
    );
}

#[test]
fn juc_m_5_data() {
    let write = |style, buffer: &mut [u8]| {
        let mut id = MessageId::default();
        for _ in 0..112 {
            id = id.next();
        }
        let mut data = DataWriter::new(style, id, 1498724247, buffer);
        for (path, value, state) in [
            ("/Process/PV/A", "1", SensorState::Invalid),
            ("/Process/PV/B", "2", SensorState::Valid),
            ("/Process/MB/C", "23.9", SensorState::Stateless),
        ] {
            let path = DataPath::new(path).unwrap();
            let value = SensorValue {
                value,
                longitude: None,
                state,
                text: false,
            };
            data.sensor(path, &value).unwrap();
        }
        assert_eq!(data.sensors(), 3);
        let needed = data.needed();
        let payload = data.finish().unwrap();
        assert_eq!(payload.len(), needed);
        String::from_utf8(payload.to_vec()).unwrap()
    };
    let tixml = write(BRACED, &mut [0; 512]);
    assert_eq!(
        tixml,
        braced(
            "<message_id _=\"1.12\"/><timestamp _=\"1498724247\"/><controllers><Process_PV><sensors><A _=\"1\" state=\"0\"/>\
             <B _=\"2\" state=\"1\"/></sensors></Process_PV><Process_MB><sensors><C _=\"23.9\" state=\"2\"/></sensors>\
             </Process_MB></controllers>"
        )
    );
    let text = write(JSON, &mut [0; 512]);
    assert_eq!(json(&text)["controllers"][1]["sensors"][0]["value"], 23.9);
    assert_eq!(json(&text)["message_id"], 1.12);
    let ours = [("A", "1", 0), ("B", "2", 1), ("C", "23.9", 2)];
    for text in [&tixml, &text] {
        assert_eq!(
            values(text),
            ours.map(|(id, value, state)| (id.into(), value.into(), Some(state)))
        );
    }
    // The manual's.
    let several = values(sample!("data_several.json"));
    assert_eq!(
        several,
        [("A", "1", 0), ("B", "2", 1), ("C", "23.9", 0)].map(|(a, b, c)| (a.into(), b.into(), Some(c)))
    );
    assert_eq!(values(sample!("data_several.tixml")).len(), 5);
    // What does not fit is not added, and the rest is whole.
    let mut buffer = [0; 200];
    let mut data = DataWriter::new(JSON, MessageId::default(), 0, &mut buffer);
    let path = DataPath::new("/Process/PV/A").unwrap();
    let value = SensorValue {
        value: "1",
        longitude: None,
        state: SensorState::Valid,
        text: false,
    };
    let mut added = 0;
    let size = loop {
        match data.sensor(path, &value) {
            Ok(()) => added += 1,
            Err(size) => break size,
        }
    };
    assert!(size.needed > 200 && size.max == 200 && added > 0);
    assert_eq!(
        values(core::str::from_utf8(data.finish().unwrap()).unwrap()).len(),
        added
    );
}

/// Ids, values and states.
fn values(text: &str) -> Vec<(String, String, Option<u8>)> {
    let data = Data::parse(text.as_bytes()).unwrap();
    assert_eq!(data.timestamp == 1498724247, data.message_id == "1.12");
    let sensors = data.controllers().flat_map(|controller| controller.sensors());
    let state = |state: Option<SensorState>| state.map(SensorState::code);
    sensors
        .map(|sensor| {
            (
                sensor.id.to_string(),
                sensor.value().unwrap().to_string(),
                state(sensor.state()),
            )
        })
        .collect()
}
