//! Device health on Cumulocity.

use fibocom_mqtt::profile::captis::{
    ConfigurationLine, Decimal, FileUrl, Gate, Health, OperationKind, Role, Roles, Topic,
};
use fibocom_mqtt::profile::json::Value;

use super::{CCID, IMEI, time};

/// The examples of the platform's own reference that begin with this number.
fn reference(id: &str) -> Vec<&'static str> {
    let rows = include_str!("data/static_templates.csv").lines();
    let found: Vec<_> = rows
        .filter_map(|row| row.strip_prefix(&format!("up\t{id}\t")))
        .collect();
    assert!(!found.is_empty(), "{id}");
    found
}

#[test]
fn cap_h_100_is_serial_number_and_type() {
    let line = |serial, device_type| Health::DeviceType { serial, device_type }.to_string();
    assert_eq!(line("C0012345", "Captis Multi"), "100,C0012345,Captis Multi");
    assert!(reference("100").contains(&&*line("myDevice", "myType")));
    assert!(reference("100").contains(&&*line("", "myType")));
    assert!(reference("100").contains(&&*line("", "")));
}

#[test]
fn cap_h_110_is_the_hardware() {
    let line = Health::Hardware {
        serial: "1234567890",
        model: "myModel",
        revision: "1.2.3",
    };
    assert_eq!(line.to_string(), reference("110")[0]);
}

#[test]
fn cap_h_111_is_module_sim_and_cell() {
    let line = Health::Cellular {
        imei: IMEI,
        iccid: CCID,
        imsi: "505013434343434",
        mcc: "505",
        mnc: "01",
        lac: "6699",
        cell_id: "204307551",
    };
    assert_eq!(
        line.to_string(),
        "111,357732081910355,89610180003174295174,505013434343434,505,01,6699,204307551"
    );
    let some = Health::Cellular {
        imei: "1234567890",
        iccid: "",
        imsi: "54353",
        mcc: "",
        mnc: "",
        lac: "",
        cell_id: "",
    };
    assert_eq!(some.to_string(), reference("111")[0]);
}

#[test]
fn cap_h_112_is_the_position() {
    let line = |altitude, accuracy| {
        let (latitude, longitude) = (Decimal::new(50_323_423, 6), Decimal::new(6_423_423, 6));
        Health::Position {
            latitude,
            longitude,
            altitude,
            accuracy,
        }
        .to_string()
    };
    assert_eq!(line(None, None), reference("112")[0]);
    assert_eq!(
        line(Some(Decimal::new(671, 1)), Some(5)),
        "112,50.323423,6.423423,67.1,5"
    );
    assert_eq!(line(None, Some(5)), "112,50.323423,6.423423,,5");
}

#[test]
fn cap_h_114_lists_the_operations() {
    let operations = [
        "c8y_Configuration",
        "c8y_Relay",
        "c8y_Firmware",
        "c8y_Software",
        "c8y_Command",
    ];
    let line = Health::Operations(&operations).to_string();
    assert_eq!(
        line,
        "114,c8y_Configuration,c8y_Relay,c8y_Firmware,c8y_Software,c8y_Command"
    );
    let line = Health::Operations(&["c8y_Restart", "c8y_Configuration", "c8y_SoftwareList"]).to_string();
    assert_eq!(line, reference("114")[0]);
}

#[test]
fn cap_h_115_is_the_firmware() {
    let line = |url| {
        Health::Firmware {
            name: "firmwareName",
            version: "firmwareVersion",
            url: FileUrl::new(url),
        }
        .to_string()
    };
    assert_eq!(line("firmwareUrl"), reference("115")[0]);
    assert_eq!(line(""), "115,firmwareName,firmwareVersion");
}

#[test]
fn cap_h_116_is_the_software() {
    let line = |url| {
        Health::Software {
            name: "software1",
            version: "version1",
            url: FileUrl::new(url),
        }
        .to_string()
    };
    assert_eq!(line("url1"), "116,software1,version1,url1");
    assert!(reference("116")[0].starts_with(&line("url1")));
    assert_eq!(line(""), "116,software1,version1");
}

#[test]
fn cap_h_117_is_a_whole_number_of_minutes() {
    assert_eq!(Health::ConnectionInterval(60).to_string(), reference("117")[0]);
}

#[test]
fn cap_h_200_is_a_named_data_point() {
    let line = |units, time| {
        let value = Decimal::new(2356, 2);
        Health::DataPoint {
            group: "1-Wire",
            name: "28274E4B07000068",
            value,
            units,
            time,
        }
        .to_string()
    };
    assert_eq!(
        line("degC", Some(time())),
        "200,1-Wire,28274E4B07000068,23.56,degC,2018-10-10T10:21:03Z"
    );
    assert_eq!(
        line("", Some(time())),
        "200,1-Wire,28274E4B07000068,23.56,,2018-10-10T10:21:03Z"
    );
    let value = Decimal::from(25);
    let plain = Health::DataPoint {
        group: "c8y_Temperature",
        name: "T",
        value,
        units: "",
        time: None,
    };
    assert_eq!(plain.to_string(), reference("200")[0]);
}

#[test]
fn cap_h_210_is_the_signal() {
    let line = |ber, time| {
        Health::Signal {
            rssi: Decimal::from(-90),
            ber,
            time,
        }
        .to_string()
    };
    assert_eq!(
        line(Some(Decimal::from(23)), Some(time())),
        "210,-90,23,2018-10-10T10:21:03Z"
    );
    assert_eq!(line(None, Some(time())), "210,-90,,2018-10-10T10:21:03Z");
    assert_eq!(line(None, None), "210,-90");
}

#[test]
fn cap_h_211_is_the_temperature() {
    let line = |time| {
        Health::Temperature {
            celsius: Decimal::new(252, 1),
            time,
        }
        .to_string()
    };
    assert_eq!(line(Some(time())), "211,25.2,2018-10-10T10:21:03Z");
    assert_eq!(line(None), "211,25.2");
}

#[test]
fn cap_h_513_is_printed_among_them_but_is_no_line_of_health() {
    let lines: [Health<'_>; 11] = [
        Health::DeviceType {
            serial: "",
            device_type: "",
        },
        Health::Hardware {
            serial: "",
            model: "",
            revision: "",
        },
        Health::Cellular {
            imei: "",
            iccid: "",
            imsi: "",
            mcc: "",
            mnc: "",
            lac: "",
            cell_id: "",
        },
        Health::Position {
            latitude: Decimal::from(0),
            longitude: Decimal::from(0),
            altitude: None,
            accuracy: None,
        },
        Health::Operations(&[]),
        Health::Firmware {
            name: "",
            version: "",
            url: FileUrl::new(""),
        },
        Health::Software {
            name: "",
            version: "",
            url: FileUrl::new(""),
        },
        Health::ConnectionInterval(1),
        Health::DataPoint {
            group: "",
            name: "",
            value: Decimal::from(0),
            units: "",
            time: None,
        },
        Health::Signal {
            rssi: Decimal::from(0),
            ber: None,
            time: None,
        },
        Health::Temperature {
            celsius: Decimal::from(0),
            time: None,
        },
    ];
    let ids = lines.map(|line| line.id());
    assert_eq!(ids, [100, 110, 111, 112, 114, 115, 116, 117, 200, 210, 211]);
    for (line, id) in lines.iter().zip(ids) {
        assert!(line.to_string().starts_with(&id.to_string()));
    }
}

#[test]
fn cap_q15_the_signal_is_what_the_module_measured_in_dbm() {
    let line = Health::Signal {
        rssi: Decimal::from(-90),
        ber: Some(Decimal::from(23)),
        time: None,
    };
    assert_eq!(line.to_string(), "210,-90,23");
    assert!(reference("210")[0].starts_with("210,-90,23,"));
}

#[test]
fn cap_q04_the_configuration_goes_up_as_113_and_comes_down_as_513() {
    // The table of the health topic prints 513, which comes down there: a server's line is an operation, of the role for that.
    let identity = super::identity();
    let gate = Gate::new(CCID, &identity, Roles::of(&[Role::Configuration]));
    let down = format!(r#"513,{CCID},"{{\"key\": \"value\"}}""#);
    let received: Vec<_> = gate.operations(down.as_bytes()).collect();
    assert_eq!(received.len(), 1);
    assert_eq!(received[0].kind(), Some(OperationKind::Configuration));
    // What the device says of its configuration is 113, on a topic of its own.
    let up = ConfigurationLine(Value::parse(r#"{"key": "value"}"#).unwrap()).to_string();
    assert_eq!(up, r#"113,"{""key"": ""value""}""#);
    assert_eq!(
        (Topic::Configuration.key(), Topic::DeviceHealth.key()),
        ("config_topic", "dev_health_topic")
    );
    // And that is how the specification prints it, its key and value standing for all of them.
    let printed = super::examples("config publish")[0];
    assert!(
        printed.starts_with("113,\"") && printed.contains(r#"""key"": ""value"""#),
        "{printed}"
    );
    assert!(reference("113").iter().all(|line| line.starts_with("113,\"")));
}
