//! The cloud commands: every set form of V1.3 sections 1.17 and 1.18, and their answers.

use super::*;
use crate::cloud::{Registration, *};
use crate::error::InvalidInput;
use crate::types::cloud::form;

fn auth<R: Request>(request: R) -> AuthCfg<R, 64> {
    AuthCfg::new(request, Escapes::Unknown).unwrap()
}

fn register<R: Registration>(request: R) -> AuthDyn<R> {
    AuthDyn::new(request, Escapes::Unknown).unwrap()
}

#[test]
fn each_request_is_its_set_form() {
    check(
        &auth(Aliyun::new("pk", "dn", "ds")),
        r#"AT+MQTTAUTHCFG=1,"pk","dn","ds",0"#,
    );
    check(
        &auth(Aliyun::new("pk", "dn", "ds").tls()),
        r#"AT+MQTTAUTHCFG=1,"pk","dn","ds",1"#,
    );
    check(
        &auth(Tencent::new("pk", "dn", "ds")),
        r#"AT+MQTTAUTHCFG=2,"pk","dn","ds""#,
    );
    check(&auth(Huawei::new("id", "ds")), r#"AT+MQTTAUTHCFG=3,"id","ds""#);
    check(
        &auth(Tuya::new("pk", "uuid", "ak")),
        r#"AT+MQTTAUTHCFG=4,1,"pk","uuid","ak""#,
    );
    check(&TuyaOff, "AT+MQTTAUTHCFG=4,0");
    check(
        &auth(OneNet::new("pi", "dn", "ak")),
        r#"AT+MQTTAUTHCFG=5,"pi","dn","ak""#,
    );
    check(
        &auth(Baidu::new("ic", "dk", "ds")),
        r#"AT+MQTTAUTHCFG=6,"ic","dk","ds""#,
    );
    check(&auth(Aws), "AT+MQTTAUTHCFG=7");
    check(
        &auth(Aep::new("pi", "dn", "to", "un")),
        r#"AT+MQTTAUTHCFG=8,"pi","dn","to","un""#,
    );
    check(
        &auth(Unicom::new("pk", "dk", "ds", "to")),
        r#"AT+MQTTAUTHCFG=9,"pk","dk","ds","to""#,
    );
    check(&TestAuthCfg, "AT+MQTTAUTHCFG=?");
}

#[test]
fn each_registration_is_its_set_form() {
    let aliyun = AliyunRegistration::new("host", 443, "pk", "ps", "dn");
    check(&register(aliyun), r#"AT+MQTTAUTHDYN=1,"host",443,"pk","ps","dn""#);
    let tencent = TencentRegistration::new("url", "pk", "ps", "dn");
    check(&register(tencent), r#"AT+MQTTAUTHDYN=2,"url","pk","ps","dn""#);
    let unicom = UnicomRegistration::new("pk", "ps", "dk");
    check(&register(unicom), r#"AT+MQTTAUTHDYN=3,"pk","ps","dk",0,1"#);
    let other = unicom.clear().without_preregistration();
    check(&register(other), r#"AT+MQTTAUTHDYN=3,"pk","ps","dk",1,2"#);
    check(&TestAuthDyn, "AT+MQTTAUTHDYN=?");
}

#[test]
fn what_cannot_be_sent_names_its_argument() {
    let refused = |request: &dyn form::Form, error: InvalidInput| {
        assert_eq!(form::check(request, Escapes::Unknown), Err(error));
    };
    let (most, more, long, longer) = ("a".repeat(128), "a".repeat(129), "a".repeat(255), "a".repeat(256));
    let too_long = |field, len| InvalidInput::TooLong {
        field,
        len,
        max: len - 1,
    };
    let empty = |field| InvalidInput::Empty { field };
    refused(&Aliyun::new("", "dn", "ds"), empty(Field::ProductKey));
    refused(&Aliyun::new("pk", &more, "ds"), too_long(Field::DeviceName, 129));
    refused(&Tencent::new("pk", "dn", ""), empty(Field::DeviceSecret));
    refused(&Huawei::new(&more, "ds"), too_long(Field::DeviceId, 129));
    refused(&Tuya::new("pk", "", "ak"), empty(Field::Uuid));
    refused(&Tuya::new("pk", "uuid", &more), too_long(Field::AuthKey, 129));
    refused(&OneNet::new(&more, "dn", "ak"), too_long(Field::ProductId, 129));
    refused(&OneNet::new("pi", "dn", ""), empty(Field::AccessKey));
    refused(&Baidu::new("", "dk", "ds"), empty(Field::IotCoreId));
    refused(&Baidu::new("ic", &more, "ds"), too_long(Field::DeviceKey, 129));
    refused(&Aep::new(&longer, "dn", "to", "un"), too_long(Field::ProductId, 256));
    refused(&Aep::new("pi", &longer, "to", "un"), too_long(Field::DeviceNumber, 256));
    refused(&Aep::new("pi", "dn", &longer, "un"), too_long(Field::Token, 256));
    refused(&Aep::new("pi", "dn", "to", ""), empty(Field::AepUser));
    refused(&Unicom::new("pk", "dk", "ds", &longer), too_long(Field::Token, 256));
    let no_port = InvalidInput::Range {
        field: Field::Port,
        value: 0,
        min: 1,
        max: 65535,
    };
    refused(&AliyunRegistration::new("host", 0, "pk", "ps", "dn"), no_port);
    refused(
        &AliyunRegistration::new(&longer, 1, "pk", "ps", "dn"),
        too_long(Field::Host, 256),
    );
    refused(
        &TencentRegistration::new(&longer, "pk", "ps", "dn"),
        too_long(Field::Url, 256),
    );
    refused(&UnicomRegistration::new("pk", "", "dk"), empty(Field::ProductSecret));
    let quote = InvalidInput::Character {
        field: Field::DeviceSecret,
        byte: b'"',
    };
    refused(&Huawei::new("id", "a\",\"b"), quote);
    // As long as can be is not too long, and the dialect's escapes let anything but NUL through.
    assert_eq!(
        form::check(&Aep::new(&long, &long, &long, &long), Escapes::Unknown),
        Ok(())
    );
    assert_eq!(
        form::check(&Unicom::new(&most, &most, &most, &long), Escapes::Unknown),
        Ok(())
    );
    let escaped = AuthCfg::<_, 8>::new(Huawei::new("id", "a\"\\"), Escapes::Hex).unwrap();
    check(&escaped, r#"AT+MQTTAUTHCFG=3,"id","a\22\5C""#);
    assert!(AuthCfg::<_, 8>::new(Huawei::new("id", "a\0"), Escapes::Hex).is_err());
    assert!(AuthDyn::new(UnicomRegistration::new("pk", "\r", "dk"), Escapes::Unknown).is_err());
}

fn bytes(text: &str) -> heapless::Vec<u8, 64> {
    heapless::Vec::from_slice(text.as_bytes()).unwrap()
}

#[test]
fn answers_with_credentials() {
    let expected = AuthAnswer {
        server: None,
        user: bytes("dn&pk"),
        password: bytes("p,w"),
        client_id: bytes("pk.dn|securemode=3,signmethod=hmacsha1|"),
    };
    let rest = r#""dn&pk","p,w","pk.dn|securemode=3,signmethod=hmacsha1|""#;
    let spaced = rest.replace("\",\"", "\" , \"");
    for strings in [rest, &spaced] {
        let of = |cloud: u8| format!("+MQTTAUTHCFG: {cloud},{strings}");
        let expected = Some(expected.clone());
        assert_eq!(parse(&auth(Aliyun::new("a", "b", "c")), of(1)), expected);
        assert_eq!(parse(&auth(Tencent::new("a", "b", "c")), of(2)), expected);
        assert_eq!(parse(&auth(Huawei::new("a", "b")), of(3)), expected);
        assert_eq!(parse(&auth(OneNet::new("a", "b", "c")), of(5)), expected);
        assert_eq!(parse(&auth(Baidu::new("a", "b", "c")), of(6)), expected);
        assert_eq!(parse(&auth(Aep::new("a", "b", "c", "d")), of(8)), expected);
        assert_eq!(parse(&auth(Unicom::new("a", "b", "c", "d")), of(9)), expected);
        // Of another cloud.
        assert_eq!(parse(&auth(Huawei::new("a", "b")), of(2)), None);
    }
    // Without quotes, and with a line of something else beside it.
    let plain = parse(&auth(Huawei::new("a", "b")), "noise\r\n+MQTTAUTHCFG:3, u, p, c").unwrap();
    assert_eq!(
        (plain.user, plain.password, plain.client_id),
        (bytes("u"), bytes("p"), bytes("c"))
    );
    for wrong in [
        r#"+MQTTAUTHCFG: 3,"u","p""#,
        r#"+MQTTAUTHCFG: 3,"u","p","c","d""#,
        r#"+MQTTAUTHCFG: 3,"u","p","c"#,
        r#"+MQTTAUTHCFG: 3,"u""p","c""#,
        r#"+MQTTAUTHCFG: 3,"u","p","c"x"#,
        r#"3,"u","p","c""#,
        "+MQTTAUTHCFG: 3,\"u\",\"p\",\"c\"\r\n+MQTTAUTHCFG: 3,\"u\",\"p\",\"c\"",
        "",
    ] {
        assert_eq!(parse(&auth(Huawei::new("a", "b")), wrong), None, "{wrong}");
    }
    let small = AuthCfg::<_, 3>::new(Huawei::new("a", "b"), Escapes::Unknown).unwrap();
    assert_eq!(parse(&small, r#"+MQTTAUTHCFG: 3,"u","long","c""#), None);
}

#[test]
fn answers_with_a_server_or_nothing() {
    let tuya = auth(Tuya::new("a", "b", "c"));
    let answer = parse(&tuya, r#"+MQTTAUTHCFG: 4,"m1.tuyacn.com",8883,"u","p","c""#).unwrap();
    assert_eq!(answer.server, Some((bytes("m1.tuyacn.com"), 8883)));
    assert_eq!(
        (answer.user, answer.password, answer.client_id),
        (bytes("u"), bytes("p"), bytes("c"))
    );
    for wrong in [
        r#"+MQTTAUTHCFG: 4,"host",65536,"u","p","c""#,
        r#"+MQTTAUTHCFG: 4,"host","u","p","c""#,
        r#"+MQTTAUTHCFG: 4,"host",8883"u","p","c""#,
    ] {
        assert_eq!(parse(&tuya, wrong), None, "{wrong}");
    }
    assert_eq!(parse(&auth(Aws), ""), Some(AuthAnswer::default()));
    assert_eq!(parse(&TuyaOff, ""), Some(Done));
    assert_eq!(parse(&TuyaOff, "+MQTTAUTHCFG: 4"), Some(Done));
}

#[test]
fn answers_to_a_registration() {
    let parse = |line: &'static str| RegistrationAnswer::parse(line.as_bytes());
    let aliyun = RegistrationAnswer::Aliyun {
        product_key: b"pk",
        device_name: b"dn",
        device_secret: b"s3cret",
    };
    assert_eq!(parse(r#"+MQTTAUTHDYN: 1,"pk","dn","s3cret""#), Some(aliyun));
    assert_eq!(parse(r#"+MQTTAUTHDYN:1, "pk" , dn, "s3cret" "#), Some(aliyun));
    let tencent = |encryption, device_secret| RegistrationAnswer::Tencent {
        encryption,
        device_secret,
    };
    assert_eq!(parse("+MQTTAUTHDYN: 2,1"), Some(tencent(1, None)));
    assert_eq!(parse(r#"+MQTTAUTHDYN: 2, 2, "psk""#), Some(tencent(2, Some(b"psk"))));
    assert_eq!(parse("+MQTTAUTHDYN: 2,3"), Some(tencent(3, None)));
    let unicom = |status, device_secret, token| RegistrationAnswer::Unicom {
        status,
        device_secret,
        token,
    };
    assert_eq!(parse(r#"+MQTTAUTHDYN: 3,0,"s","t""#), Some(unicom(0, b"s", b"t")));
    assert_eq!(parse(r#"+MQTTAUTHDYN: 3,1,"","""#), Some(unicom(1, b"", b"")));
    assert_eq!(parse("+MQTTAUTHDYN: 3,1"), Some(unicom(1, b"", b"")));
    for wrong in [
        r#"+MQTTAUTHDYN: 1,"pk","dn""#,
        r#"+MQTTAUTHDYN: 1,"pk","dn","""#,
        r#"+MQTTAUTHDYN: 1,"pk","dn","s3cr"#,
        "+MQTTAUTHDYN: 2,2",
        r#"+MQTTAUTHDYN: 2,2,"""#,
        "+MQTTAUTHDYN: 2",
        "+MQTTAUTHDYN: 3,0",
        r#"+MQTTAUTHDYN: 3,0,"s""#,
        r#"+MQTTAUTHDYN: 4,"a","b","c""#,
        "+MQTTAUTHDYN: 1,<host><port>,<productkey>,<productsecret>,<devicename>",
        r#"+MQTTAUTHCFG: 1,"a","b","c""#,
    ] {
        assert_eq!(parse(wrong), None, "{wrong}");
    }
    assert!(!format!("{aliyun:?}").contains("s3cret") && !format!("{aliyun:?}").contains("115, 51"));
}

#[test]
fn lists_of_clouds() {
    // V1.3 section 1.18: the ninth line stands without its name, the seventh ends with its number.
    let answer = "+MQTTAUTHCFG: 1,<productkey>,<devicename>,<devicesecret>,<tls>\r\n\
        +MQTTAUTHCFG: 2,<productkey>,<devicename>,<devicesecret>\r\n\
        +MQTTAUTHCFG: 3,<devicename>,<devicesecret>\r\n\
        +MQTTAUTHCFG: 4,<actiontype>[,<productkey>,<uuid>,<authkey>]\r\n\
        +MQTTAUTHCFG: 5,<productid>,<devicename>,<accesskey>\r\n\
        +MQTTAUTHCFG: 6,<iotcoreid>,<devicekey>,<devicesecret>\r\n\
        +MQTTAUTHCFG: 7\r\n\
        +MQTTAUTHCFG: 8,<productid>,<devicenumber>,<token>,<aepusername>\r\n\
        9,<productkey>,<devicekey>,<devicesecret>,<token>";
    let clouds = parse(&TestAuthCfg, answer).unwrap();
    assert_eq!(clouds.as_slice(), [1, 2, 3, 4, 5, 6, 7, 8, 9]);
    assert!(clouds.contains(9) && !clouds.contains(10));
    // V1.3 section 1.17.
    let answer = "+MQTTAUTHDYN: 1,<host>,<port>,<productkey>,<productsecret>,<devicename>\r\n\
        +MQTTAUTHDYN: 2,<url>,<productkey>,<productsecret>,<devicename>\r\n\
        +MQTTAUTHDYN: 3,<productkey>,<productsecret>,<devicekey>,<clearflag>,<authmode>";
    assert_eq!(parse(&TestAuthDyn, answer).unwrap().as_slice(), [1, 2, 3]);
    assert!(parse(&TestAuthDyn, "").unwrap().as_slice().is_empty());
}

#[test]
fn events() {
    use crate::Urc;
    let event = |line: &str| <Urc as atat::AtatUrc>::parse(line.as_bytes());
    for (number, text, expected) in [
        (1, "RESET", TuyaEvent::Reset),
        (2, "BIND START", TuyaEvent::BindStart),
        (3, "BIND TOKEN ON", TuyaEvent::BindTokenOn),
        (4, "ACTIVATE SUCCESSED", TuyaEvent::ActivateSucceeded),
        (5, "MQTT CONNECTED", TuyaEvent::MqttConnected),
        (6, "MQTT DISCONNECT", TuyaEvent::MqttDisconnected),
        (7, "BIND STOP", TuyaEvent::BindStopped),
        (8, "8", TuyaEvent::Unknown(8)),
        (65535, "SOMETHING ELSE", TuyaEvent::Unknown(0)),
    ] {
        for plus in ["+", ""] {
            for line in [
                format!("{plus}MQTTAUTHEVENT: 4,\"{text}\""),
                format!("{plus}MQTTAUTHEVENT:4, {}", text.to_lowercase()),
            ] {
                assert_eq!(event(&line), Some(Urc::TuyaEvent(expected)), "{line}");
            }
            for line in [
                format!("{plus}MQTTAUTHEVENT: 4,{number}"),
                format!("{plus}MQTTAUTHEVENT: 4, \"{number}\""),
            ] {
                let by_number = match number {
                    65535 => TuyaEvent::Unknown(65535),
                    _ => expected,
                };
                assert_eq!(event(&line), Some(Urc::TuyaEvent(by_number)), "{line}");
            }
        }
    }
    assert_eq!(
        event("+MQTTAUTHEVENT: 4,\"1 RESET\""),
        Some(Urc::TuyaEvent(TuyaEvent::Reset))
    );
    assert_eq!(
        event("+MQTTAUTHEVENT: 4,99999"),
        Some(Urc::TuyaEvent(TuyaEvent::Unknown(0)))
    );
    for other in [
        "+MQTTAUTHEVENT: 3,1",
        "+MQTTAUTHEVENT: 4",
        "+MQTTAUTHEVENT: 4,1,2",
        "MQTTAUTHEVENTS: 4,1",
    ] {
        assert_eq!(event(other), None, "{other}");
    }
}

#[test]
fn requests_and_answers_show_no_secret() {
    let secret = "s3cret";
    for shown in [
        format!("{:?}", auth(Aliyun::new("pk", "dn", secret))),
        format!("{:?}", Tencent::new("pk", "dn", secret)),
        format!("{:?}", Huawei::new("id", secret)),
        format!("{:?}", Tuya::new("pk", "uuid", secret)),
        format!("{:?}", OneNet::new("pi", "dn", secret)),
        format!("{:?}", Baidu::new("ic", "dk", secret)),
        format!("{:?}", Aep::new("pi", "dn", secret, "un")),
        format!("{:?}", Unicom::new("pk", "dk", secret, secret)),
        format!("{:?}", register(AliyunRegistration::new("host", 1, "pk", secret, "dn"))),
        format!("{:?}", TencentRegistration::new("url", "pk", secret, "dn")),
        format!("{:?}", UnicomRegistration::new("pk", secret, "dk")),
    ] {
        assert!(shown.contains("[redacted]") && !shown.contains(secret), "{shown}");
    }
    let answer = parse(&auth(Huawei::new("a", "b")), r#"+MQTTAUTHCFG: 3,"user","s3cret","c""#).unwrap();
    let shown = format!("{answer:?}");
    assert!(!shown.contains("s3cret") && !shown.contains("115, 51"), "{shown}");
}
