//! Connecting with what the module computes; and who sees it.

use std::fs;

use fibocom_mqtt::sim::Settings;
use fibocom_mqtt::sim::credentials::made_up;

use super::{BASE64, DEVICES, REGISTRATIONS, SECRET, expected, objects};
use crate::tool::{Running, Served, Simulator, dongle, file, run, text, wait_for};

#[test]
fn pub_and_sub_connect_with_what_the_module_computes() {
    for (cloud, fields) in DEVICES {
        let served = Served::start(Settings::l610());
        let server: &[&str] = if cloud == "tuya" { &[] } else { &["-h", "iot.example"] };
        let first = ["--port", &served.port, "pub", "-t", "x", "-m", "y", "--cloud", cloud];
        run(first.iter().chain(server).chain(fields)).succeeded();
        let open = &served.broker.opens()[0];
        let [user, password, client_id] =
            [&open.user, &open.password, &open.client_id].map(|bytes| String::from_utf8(bytes.clone()).unwrap());
        if cloud == "aws" {
            // Its certificate says who it is; the driver gives it a client id.
            assert_eq!(
                (user.as_str(), password.as_str(), client_id.is_empty()),
                ("", "", false)
            );
        } else {
            let found = [user, password, client_id];
            assert_eq!(found, expected(cloud, &found), "{cloud}");
        }
        let server = match cloud {
            "tuya" => (&b"m1.tuyacn.com"[..], 8883),
            _ => (&b"iot.example"[..], 1883),
        };
        assert_eq!((&open.host[..], open.port), server, "{cloud}");
        assert_eq!(served.broker.published()[0].1.payload, b"y");
    }
    // What is given overrules what the cloud names.
    let served = Served::start(Settings::l610());
    let (cloud, fields) = DEVICES[3];
    let first = [
        "--port",
        &served.port,
        "sub",
        "-t",
        "x",
        "-W",
        "1",
        "--cloud",
        cloud,
        "-h",
        "other",
        "-p",
        "1885",
    ];
    run(first.iter().chain(fields)).failed(27, &["-W"]);
    let open = &served.broker.opens()[0];
    assert_eq!((&open.host[..], open.port), (&b"other"[..], 1885));
}

#[test]
fn a_lost_connection_comes_back_with_the_same_credentials() {
    let directory = tempfile::tempdir().unwrap();
    let trace = file(&directory, "trace");
    let served = Served::start(Settings::l610());
    let (cloud, fields) = DEVICES[8];
    let first = [
        "--port",
        &served.port,
        "--trace",
        text(&trace),
        "--reconnect",
        "sub",
        "-h",
        "b",
    ];
    let second = ["-t", "x", "-C", "1", "--cloud", cloud];
    let mut command = dongle(first.iter().chain(&second).chain(fields));
    let subscriber = Running::start(&mut command);
    wait_for(&trace, "< +MQTTSUB: 1,1");
    let made = made_up("unicom", &["pk", "dk", SECRET, "t0ken-7"]);
    assert!(served.broker.break_connection(&made.client_id));
    // It waits for the second subscription, retained, so that it comes whenever that is.
    served.broker.client("writer").publish("x", b"again", 1, true);
    let done = subscriber.end().succeeded();
    assert_eq!(done.text(), "again\n");
    let opens = served.broker.opens();
    assert_eq!(opens.len(), 2);
    assert!(opens.iter().all(|open| open.password == made.password.as_bytes()));
    assert!(
        !done.err.contains(&made.password) && !done.err.contains(SECRET),
        "{}",
        done.err
    );
}

#[test]
fn no_secret_of_a_session_is_in_log_trace_or_errors() {
    let directory = tempfile::tempdir().unwrap();
    let trace = file(&directory, "trace");
    let mut seen = Vec::new();
    let mut secrets: Vec<String> = [SECRET, BASE64, "t0ken-7", "s3cret-pr"].map(str::to_owned).into();
    let mut session = |port: &str, code: i32, arguments: &[&str]| {
        let first = ["--port", port, "-v", "--trace", text(&trace), "--json"];
        let done = run(first.iter().chain(arguments));
        assert_eq!(done.code, Some(code), "{}", done.err);
        seen.push(done.err.clone());
        seen.push(fs::read_to_string(&trace).unwrap());
        for object in objects(&done) {
            for field in ["user", "password", "client_id", "device_secret", "token"] {
                // Shorter ones are names that were given.
                secrets.extend(object[field].as_str().filter(|text| text.len() > 16).map(str::to_owned));
            }
        }
    };
    let here = Simulator::start(["--embedded-broker"]);
    for (cloud, fields) in DEVICES {
        session(&here.port, 0, &[&["auth", cloud], fields].concat());
        let connect = ["pub", "-h", "b", "-t", "x", "-m", "y", "-q", "1", "--cloud", cloud];
        session(&here.port, 0, &[&connect, fields].concat());
    }
    for (cloud, fields) in REGISTRATIONS {
        session(&here.port, 0, &[&["auth", "--register", cloud], fields].concat());
    }
    for (fault, code) in [
        ("cfg-refused", 5),
        ("dyn-refused", 5),
        ("garbage", 0),
        ("urc-inside", 0),
    ] {
        let faulty = Simulator::start(["--embedded-broker", "--fault", fault]);
        let (cloud, fields) = REGISTRATIONS[2];
        session(&faulty.port, code, &[&["auth", "--register", cloud], fields].concat());
    }
    // Three of each registration, and what was computed.
    assert!(secrets.len() > 30, "{}", secrets.len());
    for text in &seen {
        for secret in &secrets {
            assert!(!text.contains(secret.as_str()), "{secret} is in: {text}");
        }
        assert!(text.contains("AT+MQTTAUTH"), "{text}");
    }
}
