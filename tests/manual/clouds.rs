//! AUTHDYN and AUTHCFG: three clouds that register devices, nine that have credentials (V1.3 sections 1.17 and 1.18).

use fibocom_mqtt::cloud::*;
use fibocom_mqtt::command::{AuthCfg, AuthDyn, TestAuthCfg, TestAuthDyn, TuyaOff};
use fibocom_mqtt::sim::{Settings, World};
use fibocom_mqtt::{Error, Escapes};

use super::connections::memory;
use super::support::*;
use super::table::{Covered, parse};

/// The `=?` form of AUTHCFG as it is printed: nine lines, the ninth without its name.
pub const CONFIGURED: &str = "+MQTTAUTHCFG: 1,<productkey>,<devicename>,<devicesecret>,<tls>\r\n\
    +MQTTAUTHCFG: 2,<productkey>,<devicename>,<devicesecret>\r\n\
    +MQTTAUTHCFG: 3,<devicename>,<devicesecret>\r\n\
    +MQTTAUTHCFG: 4,<actiontype>[,<productkey>,<uuid>,<authkey>]\r\n\
    +MQTTAUTHCFG: 5,<productid>,<devicename>,<accesskey>\r\n\
    +MQTTAUTHCFG: 6,<iotcoreid>,<devicekey>,<devicesecret>\r\n\
    +MQTTAUTHCFG: 7\r\n\
    +MQTTAUTHCFG: 8,<productid>,<devicenumber>,<token>,<aepusername>\r\n\
    9,<productkey>,<devicekey>,<devicesecret>,<token>";

/// That of AUTHDYN.
const DYNAMIC: &str = "+MQTTAUTHDYN: 1,<host>,<port>,<productkey>,<productsecret>,<devicename>\r\n\
    +MQTTAUTHDYN: 2,<url>,<productkey>,<productsecret>,<devicename>\r\n\
    +MQTTAUTHDYN: 3,<productkey>,<productsecret>,<devicekey>,<clearflag>,<authmode>";

/// What Tencent and OneNET take for a secret is base64.
const SECRET: &str = "MDEyMzQ1Njc4OWFiY2RlZg==";

fn world() -> World {
    World::online(Settings {
        echo: false,
        ..Settings::l610()
    })
}

pub fn walk(covered: &mut Covered) {
    questions(covered);
    credentials(covered);
    registrations(covered);
}

fn questions(covered: &mut Covered) {
    let world = world();
    let mut memory = memory();
    let mut modem = memory.modem(&world);
    modem.set_model("L610".parse().unwrap());
    world.block_on(async {
        let spaced = |text: &str| text.replace(",<", ", <");
        let nine = parse(&TestAuthCfg, CONFIGURED).unwrap();
        assert_eq!(nine.as_slice(), [1, 2, 3, 4, 5, 6, 7, 8, 9]);
        let named = CONFIGURED.replace("\r\n9,", "\r\n+MQTTAUTHCFG: 9,");
        let (blanks, printed) = (spaced(CONFIGURED), nine.clone());
        let printed = [
            (CONFIGURED, printed.clone()),
            (&named, printed.clone()),
            (&blanks, printed),
        ];
        let now = covered
            .ask((&mut modem, &world), "+MQTTAUTHCFG", &TestAuthCfg, &printed)
            .await;
        assert_eq!(now, nine);
        let three = parse(&TestAuthDyn, DYNAMIC).unwrap();
        assert_eq!(three.as_slice(), [1, 2, 3]);
        let blanks = spaced(DYNAMIC);
        let printed = [(DYNAMIC, three.clone()), (&blanks, three.clone())];
        let now = covered
            .ask((&mut modem, &world), "+MQTTAUTHDYN", &TestAuthDyn, &printed)
            .await;
        assert_eq!(now, three);
        for name in ["+MQTTAUTHCFG", "+MQTTAUTHDYN"] {
            covered.has_no_read(&mut modem, name).await;
        }
    });
}

/// One cloud of AUTHCFG: its bytes, its answer as printed, and what the module computes.
async fn configured(
    covered: &mut Covered,
    (modem, world): (&mut TestModem<'_>, &World),
    row: &'static str,
    request: impl Request + Copy,
    line: &str,
    has_credentials: bool,
) {
    let command = AuthCfg::<_, 256>::new(request, Escapes::Unknown).unwrap();
    let number = row.rsplit(' ').next().unwrap();
    let server = if number == "4" { r#""m1.tuyacn.com",8883,"# } else { "" };
    let strings = r#""user&pk","p,a=ss;","client.1|securemode=3,signmethod=hmacsha1|""#;
    let printed = format!("+MQTTAUTHCFG: {number},{server}{strings}");
    let spaced = printed.replace("\",", "\", ").replace("8883,", "8883, ");
    for printed in [&printed, &spaced] {
        let answer = parse(&command, printed).unwrap();
        if has_credentials {
            assert_eq!(
                (&answer.user[..], &answer.password[..]),
                (&b"user&pk"[..], &b"p,a=ss;"[..])
            );
            assert_eq!(&answer.client_id[..], b"client.1|securemode=3,signmethod=hmacsha1|");
            assert_eq!(answer.server.map(|(_, port)| port), (number == "4").then_some(8883));
        }
    }
    let mut buffer = [0; 1024];
    let made = covered
        .set(world, row, &command, line, modem.authenticate(&request, &mut buffer))
        .await
        .unwrap();
    assert_eq!(
        !made.user().is_empty() && !made.password().is_empty() && !made.client_id().is_empty(),
        has_credentials,
        "{row}"
    );
    let (user, password, client_id) = (made.user(), made.password(), made.client_id());
    let server = made
        .server()
        .map_or(String::new(), |(host, port)| format!("\"{host}\",{port},"));
    let answer = format!("+MQTTAUTHCFG: {number},{server}\"{user}\",\"{password}\",\"{client_id}\"\r\n");
    let entries = world.record();
    let lines = entries
        .entries()
        .iter()
        .map(|entry| String::from_utf8_lossy(&entry.bytes).into_owned());
    let said = lines.filter(|said| said.trim_start() == answer).count();
    assert_eq!(said, usize::from(has_credentials), "{answer}");
}

fn credentials(covered: &mut Covered) {
    let world = world();
    let mut memory = memory();
    let mut modem = memory.modem(&world);
    modem.set_model("L610".parse().unwrap());
    world.block_on(async {
        macro_rules! configured {
            ($($row:literal: $request:expr => $line:expr, $has:literal;)*) => {$(
                configured(covered, (&mut modem, &world), $row, $request, $line, $has).await;
            )*};
        }
        configured! {
            "+MQTTAUTHCFG 1": Aliyun::new("pk", "dn", "ds") => r#"AT+MQTTAUTHCFG=1,"pk","dn","ds",0"#, true;
            "+MQTTAUTHCFG 1": Aliyun::new("pk", "dn", "ds").tls() => r#"AT+MQTTAUTHCFG=1,"pk","dn","ds",1"#, true;
            "+MQTTAUTHCFG 2": Tencent::new("pk", "dn", SECRET) => &format!(r#"AT+MQTTAUTHCFG=2,"pk","dn","{SECRET}""#), true;
            "+MQTTAUTHCFG 3": Huawei::new("id", "ds") => r#"AT+MQTTAUTHCFG=3,"id","ds""#, true;
            "+MQTTAUTHCFG 4": Tuya::new("pk", "uuid", "ak") => r#"AT+MQTTAUTHCFG=4,1,"pk","uuid","ak""#, true;
            "+MQTTAUTHCFG 5": OneNet::new("pi", "dn", SECRET) => &format!(r#"AT+MQTTAUTHCFG=5,"pi","dn","{SECRET}""#), true;
            "+MQTTAUTHCFG 6": Baidu::new("ic", "dk", "ds") => r#"AT+MQTTAUTHCFG=6,"ic","dk","ds""#, true;
            "+MQTTAUTHCFG 7": Aws => "AT+MQTTAUTHCFG=7", false;
            "+MQTTAUTHCFG 8": Aep::new("pi", "dn", "to", "un") => r#"AT+MQTTAUTHCFG=8,"pi","dn","to","un""#, true;
            "+MQTTAUTHCFG 9": Unicom::new("pk", "dk", "ds", "to") => r#"AT+MQTTAUTHCFG=9,"pk","dk","ds","to""#, true;
        }
        let line = "AT+MQTTAUTHCFG=4,0";
        covered.set(&world, "+MQTTAUTHCFG 4", &TuyaOff, line, modem.tuya_off()).await.unwrap();
    });
}

fn registrations(covered: &mut Covered) {
    let world = world();
    let mut memory = memory();
    let mut modem = memory.modem(&world);
    modem.set_model("L610".parse().unwrap());
    world.block_on(async {
        let mut buffer = [0; 256];
        let request = AliyunRegistration::new("iot-auth.example.com", 443, "pk", "ps", "dn");
        let command = AuthDyn::new(request, Escapes::Unknown).unwrap();
        let line = r#"AT+MQTTAUTHDYN=1,"iot-auth.example.com",443,"pk","ps","dn""#;
        let call = modem.register_device(&request, &mut buffer);
        let device = covered
            .set(&world, "+MQTTAUTHDYN 1", &command, line, call)
            .await
            .unwrap();
        assert_eq!((device.product_key(), device.device_name()), ("pk", "dn"));
        assert!(!device.device_secret().is_empty());

        let request = TencentRegistration::new("/register/dev", "pk", "ps", "dn");
        let command = AuthDyn::new(request, Escapes::Unknown).unwrap();
        let line = r#"AT+MQTTAUTHDYN=2,"/register/dev","pk","ps","dn""#;
        let call = modem.register_device(&request, &mut buffer);
        let device = covered
            .set(&world, "+MQTTAUTHDYN 2", &command, line, call)
            .await
            .unwrap();
        assert!(device.device_secret().is_some_and(|secret| !secret.is_empty()));

        let request = UnicomRegistration::new("pk", "ps", "dk");
        for (request, line) in [
            (request, r#"AT+MQTTAUTHDYN=3,"pk","ps","dk",0,1"#),
            (
                request.clear().without_preregistration(),
                r#"AT+MQTTAUTHDYN=3,"pk","ps","dk",1,2"#,
            ),
        ] {
            let command = AuthDyn::new(request, Escapes::Unknown).unwrap();
            let call = modem.register_device(&request, &mut buffer);
            let device = covered
                .set(&world, "+MQTTAUTHDYN 3", &command, line, call)
                .await
                .unwrap();
            assert!(!device.device_secret().is_empty() && !device.token().is_empty());
        }
    });
    // The other outcomes that are printed: Tencent's type 1 has no secret, Unicom's status 1 is an error.
    for (fault, refused) in [("dyn-certificate", false), ("dyn-status", true)] {
        let settings = Settings::l610().fault(fault.parse().unwrap());
        let world = World::online(Settings {
            echo: false,
            ..settings
        });
        let mut memory = super::connections::memory();
        let mut modem = memory.modem(&world);
        modem.set_model("L610".parse().unwrap());
        world.block_on(async {
            let mut buffer = [0; 256];
            if refused {
                let request = UnicomRegistration::new("pk", "ps", "dk");
                let outcome = modem.register_device(&request, &mut buffer).await.map(drop);
                assert_eq!(outcome, Err(Error::Refused));
            } else {
                let request = TencentRegistration::new("/register/dev", "pk", "ps", "dn");
                let device = modem.register_device(&request, &mut buffer).await.unwrap();
                assert!(device.device_secret().is_none() && device.request().is_none());
            }
        });
    }
    for (line, cloud) in [
        (r#"+MQTTAUTHDYN: 1,"pk","dn","ds""#, 1),
        (r#"+MQTTAUTHDYN: 1, "pk", "dn", "ds""#, 1),
        ("+MQTTAUTHDYN: 2,1", 2),
        (r#"+MQTTAUTHDYN: 2,2,"ds""#, 2),
        (r#"+MQTTAUTHDYN: 3,0,"ds","to""#, 3),
        (r#"+MQTTAUTHDYN: 3, 1, "", """#, 3),
    ] {
        let found = RegistrationAnswer::parse(line.as_bytes());
        assert_eq!(found.map(|answer| answer.cloud()), Some(cloud), "{line}");
    }
}
