//! `auth`, and `--cloud`: credentials that the module computes.

mod auth;
mod connect;
mod refusals;

use fibocom_mqtt::sim::credentials::{self, Hash, made_up};
use serde_json::Value;

use crate::tool::Done;

/// Of Tencent and OneNET, whose secrets are Base64.
const BASE64: &str = "MDEyMzQ1Njc4OWFiY2RlZg==";
const SECRET: &str = "s3cret-of-the-device";

/// Each cloud with what it wants to know.
const DEVICES: [(&str, &[&str]); 9] = [
    (
        "aliyun",
        &[
            "--product-key",
            "pk",
            "--device-name",
            "meter-7",
            "--device-secret",
            SECRET,
        ],
    ),
    (
        "tencent",
        &[
            "--product-key",
            "pk",
            "--device-name",
            "meter-7",
            "--device-secret",
            BASE64,
        ],
    ),
    ("huawei", &["--device-id", "meter-7", "--device-secret", SECRET]),
    ("tuya", &["--product-key", "pk", "--uuid", "uu-7", "--auth-key", SECRET]),
    (
        "onenet",
        &["--product-id", "pi", "--device-name", "meter-7", "--access-key", BASE64],
    ),
    (
        "baidu",
        &["--iot-core-id", "core", "--device-key", "dk", "--device-secret", SECRET],
    ),
    ("aws", &[]),
    (
        "aep",
        &[
            "--product-id",
            "pi",
            "--device-number",
            "7",
            "--token",
            SECRET,
            "--aep-user",
            "me",
        ],
    ),
    (
        "unicom",
        &[
            "--product-key",
            "pk",
            "--device-key",
            "dk",
            "--device-secret",
            SECRET,
            "--token",
            "t0ken-7",
        ],
    ),
];

fn objects(done: &Done) -> Vec<Value> {
    done.text()
        .lines()
        .map(|line| serde_json::from_str(line).expect("a line is an object"))
        .collect()
}

fn strings(object: &Value) -> [String; 3] {
    ["user", "password", "client_id"].map(|field| object[field].as_str().unwrap_or_default().to_owned())
}

/// The number behind this in a text.
fn number_behind(text: &str, before: &str) -> u64 {
    let rest = text.split_once(before).unwrap().1;
    let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
    digits.parse().unwrap()
}

/// What the cloud's own formula gives for these fields, at the time that the credentials name.
fn expected(cloud: &str, [user, password, client_id]: &[String; 3]) -> [String; 3] {
    let made = match cloud {
        "aliyun" => {
            let time = number_behind(client_id, "timestamp=");
            credentials::aliyun("pk", "meter-7", SECRET, "pk.meter-7", false, Hash::Sha256, Some(time))
        }
        "tencent" => {
            let parts: Vec<_> = user.split(';').collect();
            let expiry = parts[3].parse().unwrap();
            credentials::tencent("pk", "meter-7", BASE64, parts[2], expiry, Hash::Sha256).unwrap()
        }
        "huawei" => credentials::huawei("meter-7", SECRET, client_id.rsplit('_').next().unwrap()),
        "tuya" => made_up("tuya", &["pk", "uu-7", SECRET]),
        "onenet" => {
            let expiry = number_behind(password, "&et=");
            credentials::onenet("pi", "meter-7", BASE64, expiry, Hash::Sha256).unwrap()
        }
        "baidu" => credentials::baidu("core", "dk", SECRET, number_behind(user, "|dk|"), Hash::Md5),
        "aep" => made_up("aep", &["pi", "7", SECRET, "me"]),
        "unicom" => made_up("unicom", &["pk", "dk", SECRET, "t0ken-7"]),
        "aws" => return Default::default(),
        other => panic!("{other}"),
    };
    [made.user, made.password, made.client_id]
}

/// The clouds that devices are registered with, and with what.
const REGISTRATIONS: [(&str, &[&str]); 3] = [
    (
        "aliyun",
        &[
            "-h",
            "iot-auth",
            "-p",
            "8443",
            "--product-key",
            "pk",
            "--product-secret",
            "s3cret-pr",
            "--device-name",
            "meter-7",
        ],
    ),
    (
        "tencent",
        &[
            "--url",
            "/register",
            "--product-key",
            "pk",
            "--product-secret",
            "s3cret-pr",
            "--device-name",
            "meter-7",
        ],
    ),
    (
        "unicom",
        &[
            "--product-key",
            "pk",
            "--product-secret",
            "s3cret-pr",
            "--device-key",
            "dk",
            "--clear",
            "--auth-mode",
            "2",
        ],
    ),
];
