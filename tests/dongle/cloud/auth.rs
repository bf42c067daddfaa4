//! What `auth` prints.

use std::fs;

use fibocom_mqtt::sim::Settings;
use fibocom_mqtt::sim::credentials::{self, Hash, made_up, made_up_secret};
use serde_json::{Value, json};

use super::{BASE64, DEVICES, REGISTRATIONS, SECRET, expected, number_behind, objects, strings};
use crate::tool::{Served, Simulator, commands, file, run, text};

#[test]
fn every_cloud_has_its_credentials_printed() {
    for (cloud, fields) in DEVICES {
        let first = ["--simulate", "--json", "auth", cloud];
        let done = run(first.iter().chain(fields)).succeeded();
        let objects = objects(&done);
        assert_eq!(objects.len(), 1);
        let object = &objects[0];
        assert_eq!(
            (&object["event"], &object["cloud"]),
            (&json!("credentials"), &json!(cloud))
        );
        let found = strings(object);
        assert_eq!(found, expected(cloud, &found), "{cloud}");
        let (host, port) = match cloud {
            "tuya" => (json!("m1.tuyacn.com"), json!(8883)),
            _ => (Value::Null, Value::Null),
        };
        assert_eq!((&object["host"], &object["port"]), (&host, &port));
        assert_eq!(object["user"].is_null(), cloud == "aws");
        assert_eq!(done.err.contains("certificate"), cloud == "aws", "{}", done.err);
    }
}

#[test]
fn credentials_for_people() {
    let huawei = [
        "--simulate",
        "auth",
        "huawei",
        "--device-id",
        "meter-7",
        "--device-secret",
        SECRET,
    ];
    let done = run(huawei).succeeded();
    let lines: Vec<_> = done.text().lines().collect();
    assert_eq!((lines[0], done.err.as_str()), ("user: meter-7", ""));
    let hour = lines[2].strip_prefix("client id: meter-7_0_0_").unwrap();
    let password = credentials::huawei("meter-7", SECRET, hour).password;
    assert_eq!(lines[1..2], [format!("password: {password}")]);

    let tuya = [
        "--simulate",
        "auth",
        "tuya",
        "--product-key",
        "pk",
        "--uuid",
        "uu-7",
        "--auth-key",
        SECRET,
    ];
    let made = made_up("tuya", &["pk", "uu-7", SECRET]);
    let (user, password, client_id) = (made.user, made.password, made.client_id);
    let lines =
        format!("host: m1.tuyacn.com\nport: 8883\nuser: {user}\npassword: {password}\nclient id: {client_id}\n");
    assert_eq!(run(tuya).succeeded().text(), lines);
}

#[test]
fn aliyun_can_be_asked_for_an_encrypted_connection() {
    let (cloud, fields) = DEVICES[0];
    for (tls, mode) in [(&[][..], "securemode=3"), (&["--aliyun-tls"], "securemode=2")] {
        let done = run(["--simulate", "auth", cloud].iter().chain(fields).chain(tls)).succeeded();
        assert!(done.text().contains(mode), "{}", done.text());
    }
}

#[test]
fn tuya_ends() {
    let served = Served::start(Settings::l610());
    let done = run(["--port", &served.port, "auth", "tuya", "--off"]).succeeded();
    assert_eq!(done.text(), "tuya is off\n");
    assert_eq!(commands(&served.log(), "AT+MQTTAUTHCFG=4"), 1);
    let done = run(["--port", &served.port, "--json", "auth", "tuya", "--off"]).succeeded();
    assert_eq!(objects(&done), [json!({ "event": "off", "cloud": "tuya" })]);
}

#[test]
fn a_device_is_registered_and_its_credentials_are_of_the_secret_it_was_given() {
    for (cloud, fields) in REGISTRATIONS {
        let first = ["--simulate", "--json", "auth", "--register", cloud];
        let done = run(first.iter().chain(fields)).succeeded();
        let objects = objects(&done);
        assert_eq!(objects.len(), 2, "{}", done.text());
        let (registered, credentials) = (&objects[0], &objects[1]);
        assert_eq!(
            (&registered["event"], &registered["cloud"]),
            (&json!("registered"), &json!(cloud))
        );
        assert_eq!(
            (&credentials["event"], &credentials["cloud"]),
            (&json!("credentials"), &json!(cloud))
        );
        let secret = registered["device_secret"].as_str().unwrap();
        let found = strings(credentials);
        let (made, token) = match cloud {
            "aliyun" => {
                let fields = ["iot-auth", "8443", "pk", "s3cret-pr", "meter-7"];
                assert_eq!(secret, made_up_secret("aliyun", &fields));
                let time = Some(number_behind(&found[2], "timestamp="));
                let made = credentials::aliyun("pk", "meter-7", secret, "pk.meter-7", false, Hash::Sha256, time);
                (made, Value::Null)
            }
            "tencent" => {
                let parts: Vec<_> = found[0].split(';').collect();
                let expiry = parts[3].parse().unwrap();
                let made = credentials::tencent("pk", "meter-7", secret, parts[2], expiry, Hash::Sha256);
                (made.unwrap(), Value::Null)
            }
            _ => {
                let fields = ["pk", "s3cret-pr", "dk", "1", "2"];
                assert_eq!(secret, made_up_secret("unicom secret", &fields));
                let token = made_up_secret("unicom token", &fields);
                (made_up("unicom", &["pk", "dk", secret, &token]), json!(token))
            }
        };
        assert_eq!(registered["token"], token);
        assert_eq!(found, [made.user, made.password, made.client_id], "{cloud}");
    }
}

#[test]
fn a_device_with_a_certificate_has_no_secret() {
    let here = Simulator::start(["--embedded-broker", "--fault", "dyn-certificate"]);
    let (cloud, fields) = REGISTRATIONS[1];
    let first = ["--port", &here.port, "auth", cloud, "--register"];
    let done = run(first.iter().chain(fields)).succeeded();
    assert_eq!(done.text(), "device certificate: the device has no secret\n");
    let first = [&["--json"], &first[..]].concat();
    let done = run(first.iter().chain(fields)).succeeded();
    let object = json!({ "event": "registered", "cloud": cloud, "device_secret": null, "token": null });
    assert_eq!(objects(&done), [object]);
}

#[test]
fn what_was_granted_is_printed_even_if_the_credentials_are_refused() {
    let here = Simulator::start(["--embedded-broker", "--fault", "cfg-refused"]);
    let (cloud, fields) = REGISTRATIONS[0];
    let done = run(["--port", &here.port, "auth", cloud, "--register"].iter().chain(fields));
    done.failed(5, &["no credentials", "aliyun"]);
    let secret = made_up_secret("aliyun", &["iot-auth", "8443", "pk", "s3cret-pr", "meter-7"]);
    assert_eq!(done.text(), format!("device secret: {secret}\n"));
}

#[test]
fn secrets_come_from_files() {
    let directory = tempfile::tempdir().unwrap();
    let path = file(&directory, "secret");
    for (cloud, fields) in DEVICES.into_iter().filter(|(cloud, _)| *cloud != "aws") {
        let mut options = fields.to_vec();
        let place = options
            .iter()
            .position(|value| [SECRET, BASE64].contains(value))
            .unwrap();
        fs::write(&path, format!("{}\r\n", options[place])).unwrap();
        let option = format!("{}-file", options[place - 1]);
        options[place - 1] = &option;
        options[place] = text(&path);
        let first = ["--simulate", "--json", "auth", cloud];
        let found = strings(&objects(&run(first.iter().chain(&options)).succeeded())[0]);
        assert_eq!(found, expected(cloud, &found), "{cloud}");
    }
}

#[test]
fn help_names_every_cloud_with_what_it_wants_to_know() {
    let help = run(["--help"]).succeeded();
    for (cloud, fields) in DEVICES.into_iter().chain(REGISTRATIONS) {
        let options = fields.iter().filter(|field| field.starts_with("--"));
        let lines: Vec<_> = help
            .text()
            .lines()
            .filter(|line| line.trim_start().starts_with(cloud))
            .collect();
        assert!(!lines.is_empty(), "{cloud}");
        for option in options {
            assert!(lines.iter().any(|line| line.contains(option)), "{cloud} {option}");
        }
    }
}
