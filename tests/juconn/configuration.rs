//! The CloudConn database: defaults, ranges, and what is wrong with one.

use fibocom_mqtt::QoS;
use fibocom_mqtt::profile::juconn::{
    ClientAuthentication, Config, ConfigError, Connector, Device, Format, Gateway, Memory, Persisted, PointMemory,
    PointProblem, SendTime, SensorType, ServerAuthentication, ServiceRoute,
};

use crate::bench::{Bench, IDS, database};

/// The manual's example of section 7, its placeholders filled in.
const EXAMPLE: &str = r#"[<SetConfig _="ISP" ver="y">
  <CloudConn>
    <!-- Cloud server URL or IP address -->
    <CloudBaseUrl _="tcp://URL_or_IP_of_MQTT_broker:1883"/>
    <username _="user" /> <password _="pass&amp;word" />
    <gateway_id _="gateway_id" /> <customer_id _="customer_id" />
    <QoS _="1" />
    <TLS_Client_authmode _="file" />
    <TLS_Client_key _="mykey.key" /> <TLS_Client_cert _="myclientcert.crt" />
    <TLS_Server_authmode _="file" /> <TLS_Server_cert _="servercert.crt" />
    <CloudConnStart _="1"/> <CloudConnType _="FPIL_Tixi_MQTT_1"/> <CloudConnDataFormat _="TiXML"/>
    <MQTTKeepAlive _="200"/> <virtual_devices _="1"/> <RTSendTime1 _="2" />
    <Realtime1>
      <Datapoint1 _="/Process/Bus1/Device1/DP1" meta_type="light" meta_virtual_device="H"/>
      <Datapoint4 _="/Process/PV/ProcVar1" meta_type="custom" meta_virtual_device="H"/>
      <GNSS _="/GNSS/Latitude" lng="/GNSS/Longitude" meta_type="gps" meta_virtual_device="H"/>
    </Realtime1>
  </CloudConn>
</SetConfig>]"#;

fn error(keys: &str) -> ConfigError {
    Config::parse(&database(keys)).unwrap_err()
}

fn point(attributes: &str) -> PointProblem {
    let text = format!("<Realtime2><P _=\"/Process/PV/P\" {attributes}/></Realtime2>");
    match error(&text) {
        ConfigError::Point { point, problem } => {
            assert_eq!((point.section(), point.name()), (2, "P"));
            problem
        }
        other => panic!("{other}"),
    }
}

#[test]
fn the_manuals_example_is_read() {
    let config = Config::parse(EXAMPLE).unwrap();
    assert_eq!(config.url().to_string(), "mqtt:URL_or_IP_of_MQTT_broker:1883");
    assert_eq!(config.username().unwrap(), "user");
    assert_eq!(config.password().unwrap(), "pass&word");
    assert_eq!(config.ids(), Some(("gateway_id", "customer_id")));
    assert_eq!(
        (config.qos(), config.keep_alive(), config.virtual_devices()),
        (QoS::AtLeastOnce, 200, true)
    );
    let ClientAuthentication::File { key, certificate } = config.client_authentication() else {
        panic!()
    };
    assert_eq!(
        (key.unwrap().raw(), certificate.unwrap().raw()),
        ("mykey.key", "myclientcert.crt")
    );
    let ServerAuthentication::File(certificate) = config.server_authentication() else {
        panic!()
    };
    assert_eq!(certificate.unwrap(), "servercert.crt");
    assert_eq!((config.starts(), config.format()), (true, Format::Tixml));
    assert_eq!(config.send_time(1), Some(SendTime::Every(2)));
    let points: Vec<_> = config
        .points()
        .map(|point| (point.name(), point.sensor_type()))
        .collect();
    let expected = [
        ("Datapoint1", SensorType::Light),
        ("Datapoint4", SensorType::Custom),
        ("GNSS", SensorType::Gps),
    ];
    assert_eq!(points, expected);
    assert!(!format!("{config:?}").contains("pass"), "{config:?}");
}

#[test]
fn what_is_left_out_has_the_manuals_default() {
    let text = database("");
    let config = Config::parse(&text).unwrap();
    assert_eq!(
        (config.qos(), config.keep_alive(), config.virtual_devices()),
        (QoS::AtLeastOnce, 300, false)
    );
    assert_eq!(config.client_authentication(), ClientAuthentication::Hsm);
    assert_eq!(config.server_authentication(), ServerAuthentication::CaBundle);
    assert_eq!(config.format(), Format::Tixml);
    assert_eq!(
        (1..=5).map(|section| config.send_time(section)).collect::<Vec<_>>(),
        [Some(SendTime::Every(3)); 5]
    );
    assert_eq!((config.send_time(0), config.send_time(6)), (None, None));
    assert_eq!(
        (config.username(), config.ids(), config.points().count()),
        (None, None, 0)
    );
}

#[test]
fn what_is_mandatory_must_be_there() {
    for key in ["CloudBaseUrl", "CloudConnStart", "CloudConnType"] {
        let whole = database("");
        let start = whole.find(&format!("<{key} ")).unwrap();
        let end = start + whole[start..].find("/>").unwrap() + 2;
        let without = format!("{}{}", &whole[..start], &whole[end..]);
        assert_eq!(Config::parse(&without), Err(ConfigError::Missing(key)));
    }
    assert_eq!(
        Config::parse("<ISP><Other/></ISP>"),
        Err(ConfigError::NoDatabase("CloudConn"))
    );
    assert_eq!(
        error("<CloudBaseUrl _=\"tcp://b:1883\"/>"),
        ConfigError::Several("CloudBaseUrl")
    );
    let other = database("").replace("FPIL_Tixi_MQTT_1", "FPIL_Tixi_MQTT_2");
    let expected = "FPIL_Tixi_MQTT_1";
    assert_eq!(
        Config::parse(&other),
        Err(ConfigError::Value {
            key: "CloudConnType",
            expected
        })
    );
    for url in [
        "portal:1883",
        "http://portal",
        "tcp://",
        "tcp://por tal:1883",
        "tcp://portal:0",
        "tcp://portal:99999",
    ] {
        let text = database("").replace("tcp://portal:1883", url);
        assert_eq!(Config::parse(&text), Err(ConfigError::Url), "{url}");
    }
    let text = database("").replace("tcp://portal:1883", "ssl://portal");
    assert_eq!(Config::parse(&text).unwrap().url().port, 8883);
    assert_eq!(error("<gateway_id _=\"g\"/>"), ConfigError::OneId);
    assert_eq!(
        error("<gateway_id _=\"g/x\"/><customer_id _=\"c\"/>"),
        ConfigError::Id("gateway_id")
    );
    assert_eq!(error("<CloudConnDataFormat _=\"XML\"/>"), ConfigError::XmlFormat);
}

#[test]
fn values_have_ranges() {
    for (keys, key) in [
        ("<QoS _=\"3\"/>", "QoS"),
        ("<MQTTKeepAlive _=\"0\"/>", "MQTTKeepAlive"),
        ("<virtual_devices _=\"yes\"/>", "virtual_devices"),
        ("<TLS_Client_authmode _=\"none\"/>", "TLS_Client_authmode"),
        ("<TLS_Server_authmode _=\"all\"/>", "TLS_Server_authmode"),
        ("<RTSendTime1 _=\"0\"/>", "RTSendTime1"),
        ("<RTSendTime3 _=\"1073741825\"/>", "RTSendTime3"),
        ("<RTSendTime2 _=\"-1\"/>", "RTSendTime2"),
        ("<RTSendTime1 _=\"-2\"/>", "RTSendTime1"),
        ("<RTSendTime1 _=\"-1\"/><UpdateRate1 _=\"3601\"/>", "UpdateRate1"),
        ("<RTSendTime1 _=\"-1\"/><UpdateRate1 _=\"0\"/>", "UpdateRate1"),
    ] {
        assert!(
            matches!(error(keys), ConfigError::Value { key: named, .. } if named == key),
            "{keys}"
        );
    }
    assert_eq!(error("<RTSendTime1 _=\"-1\"/>"), ConfigError::UpdateRateMissing);
    let text = database("<RTSendTime1 _=\"-1\"/><UpdateRate1 _=\"3600\"/><RTSendTime5 _=\"1073741824\"/>");
    let config = Config::parse(&text).unwrap();
    assert_eq!(config.send_time(1), Some(SendTime::Hysteresis { poll: 3600 }));
    assert_eq!(config.send_time(5), Some(SendTime::Every(1 << 30)));
}

#[test]
fn data_points_are_checked() {
    assert_eq!(point(""), PointProblem::TypeMissing);
    assert_eq!(point("meta_type=\"heat\""), PointProblem::Type);
    assert_eq!(point("meta_type=\"gps\""), PointProblem::SecondPath);
    assert_eq!(
        point("meta_type=\"gps\" lng=\"/Other/Longitude\""),
        PointProblem::SecondPath
    );
    assert_eq!(point("meta_type=\"power\" meta_virtual=\"yes\""), PointProblem::Virtual);
    assert_eq!(
        point("meta_type=\"power\" meta_signal_frequency=\"often\""),
        PointProblem::SignalFrequency
    );
    assert_eq!(
        point("meta_type=\"power\" meta_custom_fields=\"plant 1\""),
        PointProblem::CustomFields
    );
    assert_eq!(
        point("meta_type=\"power\" meta_virtual_device=\"Heating 1\""),
        PointProblem::VirtualDevice
    );
    for amount in ["-1", "1.555", "1,5", "", "1.", ".5", "+1"] {
        assert_eq!(
            point(&format!("meta_type=\"power\" hysteresis=\"{amount}\"")),
            PointProblem::Hysteresis,
            "{amount}"
        );
    }
    let missing = "<virtual_devices _=\"1\"/><Realtime4><P _=\"/a/P\" meta_type=\"power\"/></Realtime4>";
    assert!(matches!(
        error(missing),
        ConfigError::Point {
            problem: PointProblem::VirtualDeviceMissing,
            ..
        }
    ));
    let twice = "<Realtime1><A _=\"/a/P\" meta_type=\"power\"/><B _=\"/a/P\" meta_type=\"power\"/></Realtime1>";
    let text = error(twice).to_string();
    assert_eq!(
        text,
        "data point Realtime1/B: its path is in the section already, or another one has the same controller and sensor for the portal"
    );
    let path = "<Realtime1><A _=\"/a/1.8.0\" meta_type=\"power\"/></Realtime1>";
    assert!(matches!(
        error(path),
        ConfigError::Point {
            problem: PointProblem::Path,
            ..
        }
    ));
}

#[test]
fn the_interface_is_read_from_the_service_routing() {
    let text =
        |value: &str| format!("[<SetConfig _=\"ISP/ISP\" ver=\"y\"><OUT><SMTP _=\"MODEM\"/>{value}</OUT></SetConfig>]");
    let route = |value: &str, connector| ServiceRoute::parse(&text(value), connector);
    for (name, expected) in [
        ("Ethernet", ServiceRoute::Ethernet),
        ("MODEM", ServiceRoute::Modem),
        ("VPN", ServiceRoute::Vpn),
    ] {
        assert_eq!(
            route(&format!("<CloudConn _=\"{name}\"/>"), Connector::CloudConn),
            Ok(expected)
        );
    }
    assert_eq!(
        route("<CloudConn2 _=\"VPN\"/>", Connector::CloudConn),
        Ok(ServiceRoute::Ethernet)
    );
    assert_eq!(
        route("<CloudConn2 _=\"VPN\"/>", Connector::CloudConn2),
        Ok(ServiceRoute::Vpn)
    );
    let unknown = route("<CloudConn _=\"LAN\"/>", Connector::CloudConn);
    assert!(matches!(unknown, Err(ConfigError::Value { key: "CloudConn", .. })));
    let none = ServiceRoute::parse("<ISP/>", Connector::CloudConn);
    assert_eq!(none, Err(ConfigError::NoDatabase("OUT")));
}

#[test]
fn another_connector_has_a_database_of_its_own() {
    let second = database("<QoS _=\"0\"/>").replace("CloudConn>", "CloudConn2>");
    let text = format!("<ISP>{}{second}</ISP>", database(""));
    assert_eq!(Config::parse(&text).unwrap().qos(), QoS::AtLeastOnce);
    let config = Config::parse_connector(&text, Connector::CloudConn2).unwrap();
    assert_eq!(
        (config.qos(), config.connector()),
        (QoS::AtMostOnce, Connector::CloudConn2)
    );
}

/// A database with this many data points.
fn many(points: usize) -> String {
    let points: String = (0..points)
        .map(|n| format!("<P{n} _=\"/Process/PV/P{n}\" meta_type=\"power\"/>"))
        .collect();
    database(&format!("<Realtime1>{points}</Realtime1>"))
}

#[test]
fn an_initialisation_that_does_not_fit_is_an_error_of_the_configuration() {
    let new = |text: &str, slots: usize| {
        let config = Config::parse(String::from(text).leak()).unwrap();
        let memory = Memory::new(vec![PointMemory::new(); slots].leak(), &mut [], &mut []);
        Gateway::new(
            Device::new("04600912", "WT640").unwrap(),
            config,
            Persisted::default(),
            memory,
        )
        .map(drop)
    };
    assert_eq!(new(&many(16), 16), Ok(()));
    let Err(ConfigError::InitTooLarge { needed, max: 1024 }) = new(&many(30), 30) else {
        panic!()
    };
    assert!(needed > 1024);
    // To the byte.
    let limited = |max: usize| {
        let config = Config::parse(many(30).leak()).unwrap();
        let memory = Memory::new(vec![PointMemory::new(); 30].leak(), &mut [], &mut []);
        let device = Device::new("04600912", "WT640").unwrap();
        Gateway::with_limit(device, config, Persisted::default(), memory, max).map(drop)
    };
    assert_eq!(limited(needed), Ok(()));
    assert_eq!(
        limited(needed - 1),
        Err(ConfigError::InitTooLarge {
            needed,
            max: needed - 1
        })
    );
    let error = new(&many(30), 30).unwrap_err().to_string();
    assert!(
        error.starts_with(&format!("gatewayInit needs {needed} bytes and the module takes 1024")),
        "{error}"
    );
    assert_eq!(
        new(&many(16), 15),
        Err(ConfigError::TooManyPoints { needed: 16, max: 15 })
    );
    assert_eq!(Device::new("0460091", "WT640").unwrap_err(), ConfigError::Serial);
    assert_eq!(Device::new("0460091x", "WT640").unwrap_err(), ConfigError::Serial);
}

#[test]
fn a_field_of_the_customers_own_may_have_any_character() {
    let section = "<Realtime1><A _=\"/P/A\" meta_type=\"power\" meta_custom_fields=\"plant=Anlage f&#xfc;r&amp;1;\
        loop = 1&#x3b;2&#59;=3 ;limit=20&#xb0;\"/></Realtime1>";
    let text = database(section);
    let point = Config::parse(&text).unwrap().points().next().unwrap();
    let fields: Vec<_> = point.custom_fields().unwrap().collect();
    let fields: Vec<_> = fields.iter().map(|(name, value)| (*name, value.to_string())).collect();
    let expected = [
        ("plant", "Anlage f\u{fc}r&1"),
        ("loop", "1;2;=3"),
        ("limit", "20\u{b0}"),
    ];
    assert_eq!(fields, expected.map(|(name, value)| (name, value.to_owned())));
    // The portal is told the same.
    let done = Bench::new(&format!("{IDS}{section}")).initialise();
    let init = done.last().unwrap().payload();
    let told = "<custom_fields><plant _=\"Anlage f&#xfc;r&amp;1\"/><loop _=\"1;2;=3\"/><limit _=\"20&#xb0;\"/></custom_fields>";
    assert!(init.contains(told), "{init}");
    for wrong in ["", "plant", "=1", "a=1;", "a=1;;b=2", "a b=1", "&#x61;=1"] {
        let text = format!("<Realtime1><A _=\"/P/A\" meta_type=\"power\" meta_custom_fields=\"{wrong}\"/></Realtime1>");
        assert!(Config::parse(&database(&text)).is_err(), "{wrong}");
    }
}
