//! How it ends when something is missing, too much, or refused.

use std::fs;

use fibocom_mqtt::sim::Settings;

use super::{DEVICES, REGISTRATIONS};
use crate::tool::{Served, Simulator, commands, file, run, text};

#[test]
fn failures_have_their_codes() {
    let device = |number: usize| [&["auth", DEVICES[number].0], DEVICES[number].1].concat();
    let register = |number: usize| {
        [
            &["auth", "--register", REGISTRATIONS[number].0],
            REGISTRATIONS[number].1,
        ]
        .concat()
    };
    let connect = [
        &["pub", "-h", "b", "-t", "x", "-n", "--cloud", DEVICES[2].0],
        DEVICES[2].1,
    ]
    .concat();
    for (fault, arguments, code, words) in [
        ("cfg-refused", device(2), 5, &["no credentials for huawei"][..]),
        ("cfg-refused", connect, 5, &["no credentials for huawei"]),
        ("dyn-refused", register(0), 5, &["aliyun did not register"]),
        ("dyn-status", register(2), 5, &["unicom did not register"]),
    ] {
        let here = Simulator::start(["--embedded-broker", "--fault", fault]);
        let done = run(["--port", &here.port].iter().chain(&arguments));
        done.failed(code, words);
        assert_eq!(done.text(), "");
    }
    // A secret that is no Base64.
    let wrong = [
        "--product-key",
        "pk",
        "--device-name",
        "d",
        "--device-secret",
        "not base64",
    ];
    run(["--simulate", "auth", "tencent"].iter().chain(&wrong)).failed(5, &["no credentials for tencent"]);
}

#[test]
#[ignore = "takes half a minute: run it with --ignored"]
fn a_registration_without_a_result_ends_with_7() {
    let here = Simulator::start(["--embedded-broker", "--fault", "dyn-no-result"]);
    let (cloud, fields) = REGISTRATIONS[0];
    let done = run(["--port", &here.port, "auth", "--register", cloud].iter().chain(fields));
    done.failed(7, &["not known whether aliyun"]);
    assert_eq!(done.text(), "");
}

#[test]
fn a_model_without_these_commands_is_not_asked() {
    let served = Served::start(Settings::by_name("NL668").unwrap());
    let (cloud, fields) = DEVICES[2];
    let (register, of_product) = REGISTRATIONS[0];
    for arguments in [
        [&["auth", cloud], fields].concat(),
        [&["auth", "--register", register], of_product].concat(),
        vec!["auth", "tuya", "--off"],
        [&["pub", "-h", "b", "-t", "x", "-n", "--cloud", cloud], fields].concat(),
    ] {
        run(["--port", &served.port].iter().chain(&arguments)).failed(1, &["NL66x", "-u, -P and -i"]);
    }
    for command in [
        "AT+MQTTAUTHCFG=4",
        "AT+MQTTAUTHCFG=3",
        "AT+MQTTAUTHDYN=1",
        "AT+MQTTOPEN=1",
    ] {
        assert_eq!(commands(&served.log(), command), 0, "{command}");
    }
}

#[test]
fn what_is_missing_or_too_much_is_named_before_the_port_is_opened() {
    const HUAWEI: [&str; 4] = ["--device-id", "d", "--device-secret", "s3cret"];
    let long = "s3cret".repeat(30);
    let directory = tempfile::tempdir().unwrap();
    let broken = file(&directory, "broken");
    fs::write(&broken, b"s3cret\xff").unwrap();
    let huawei = |more: &[&'static str]| [&["auth", "huawei"], &HUAWEI[..], more].concat();
    let connect = |more: &[&'static str]| [&["pub", "-t", "x", "-n", "--cloud", "huawei"], &HUAWEI[..], more].concat();
    for (arguments, words) in [
        (vec!["auth"], &["no cloud", "dongle auth"][..]),
        (
            vec!["auth", "azure"],
            &[
                "azure",
                "aliyun, tencent, huawei, tuya, onenet, baidu, aws, aep, unicom",
            ],
        ),
        (
            vec!["auth", "huawei", "--device-id", "d"],
            &["--device-secret", "--device-secret-file"],
        ),
        (vec!["auth", "huawei", "--device-secret", "s3cret"], &["--device-id"]),
        (vec!["auth", "aep", "--token", "s3cret"], &["--product-id"]),
        (huawei(&["--uuid", "7"]), &["auth huawei", "--uuid"]),
        (huawei(&["-h", "b"]), &["auth huawei", "-h"]),
        (huawei(&["-t", "x"]), &["auth", "-t"]),
        (huawei(&["--register"]), &["huawei", "--register"]),
        (huawei(&["--off"]), &["auth huawei", "--off"]),
        (huawei(&["--aliyun-tls"]), &["--aliyun-tls"]),
        (huawei(&["--cloud", "huawei"]), &["--cloud"]),
        (huawei(&["--reconnect"]), &["--reconnect"]),
        (huawei(&["--device-secret", "s3cret"]), &["device secret", "twice"]),
        (
            vec!["auth", "huawei", "--device-id", "", "--device-secret", "s3cret"],
            &["device id", "empty"],
        ),
        (
            vec!["auth", "huawei", "--device-id", "d", "--device-secret", &long],
            &["180", "128"],
        ),
        (
            vec!["auth", "huawei", "--device-id", "d", "--device-secret-file", "/none"],
            &["/none"],
        ),
        (
            vec![
                "auth",
                "huawei",
                "--device-id",
                "d",
                "--device-secret-file",
                text(&broken),
            ],
            &["UTF-8"],
        ),
        (vec!["auth", "tuya", "--off", "--uuid", "7"], &["auth tuya", "--uuid"]),
        (vec!["auth", "aws", "--clear"], &["auth aws", "--clear"]),
        (
            vec!["auth", "unicom", "--register", "--auth-mode", "3"],
            &["--auth-mode"],
        ),
        (vec!["auth", "aliyun", "--register", "--product-key", "k"], &["-h"]),
        (
            vec!["auth", "tencent", "--register", "-h", "b"],
            &["auth tencent", "-h"],
        ),
        (connect(&[]), &["-h"]),
        (connect(&["-h", "b", "-u", "me"]), &["--cloud", "-u"]),
        (connect(&["-h", "b", "-P", "x"]), &["--cloud", "-P"]),
        (connect(&["-h", "b", "--password-file", "x"]), &["--password-file"]),
        (connect(&["-h", "b", "-i", "me"]), &["--cloud", "-i"]),
        (connect(&["-h", "b", "--uuid", "7"]), &["--cloud huawei", "--uuid"]),
        (connect(&["-h", "b", "--register"]), &["--register"]),
        (vec!["pub", "-h", "b", "-t", "x", "-n", "--cloud", "azure"], &["azure"]),
        (vec!["sub", "-h", "b", "-t", "x", "--uuid", "7"], &["--uuid", "--cloud"]),
        (
            vec!["sub", "-h", "b", "-t", "x", "--cloud", "aliyun", "--aliyun-tls"],
            &["--tls"],
        ),
        (vec!["demo", "-h", "b", "--cloud", "aws"], &["demo", "--cloud"]),
        (vec!["selftest", "-h", "b", "--cloud", "aws"], &["selftest", "--cloud"]),
        (vec!["info", "--uuid", "7"], &["info", "--uuid"]),
    ] {
        let done = run(["--port", "/nonexistent"].iter().chain(&arguments));
        done.failed(1, words);
        assert!(!done.err.contains("s3cret"), "{}", done.err);
    }
}
