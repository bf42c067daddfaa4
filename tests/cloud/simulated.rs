//! The whole way with the simulated module, which computes credentials as the clouds do.

use std::sync::Mutex;

use fibocom_mqtt::sim::{Fault, Settings, TuyaEvents, World};
use fibocom_mqtt::{ConnectionId, Error, ModuleError, Unsolicited, command};

use super::*;

/// A secret of a device, of a product, and an access key, as clouds give them: Base64 of "s3cret".
const KEY: &str = "czNjcmV0";

fn quiet() -> Settings {
    Settings {
        echo: false,
        ..Settings::l610()
    }
}

/// Asks for credentials and connects with them.
fn session(request: &impl Request) {
    let world = World::online(quiet());
    let mut memory = roomy();
    let mut modem = l610(&mut memory, &world);
    world.block_on(async {
        let mut buffer = [0; 512];
        let credentials = modem.authenticate(request, &mut buffer).await.unwrap();
        let (host, port) = credentials.server().unwrap_or(("broker", 1883));
        let mut client = modem.client(ConnectionId::FIRST);
        client.connect(&credentials.options(host, port)).await.unwrap();
        let (user, password, id) = (credentials.user(), credentials.password(), credentials.client_id());
        let commands = world.record().commands();
        let sent = match id {
            "" => commands
                .iter()
                .any(|command| command.starts_with("AT+MQTTUSER=1,\"\",\"\",\"86")),
            _ => {
                assert!(!user.is_empty() && !password.is_empty());
                commands.contains(&format!("AT+MQTTUSER=1,\"{user}\",\"{password}\",\"{id}\""))
            }
        };
        assert!(sent, "{commands:?}");
    });
}

#[test]
fn a_session_with_each_cloud() {
    session(&Aliyun::new("a1ProductKey", "meter-7", KEY));
    session(&Aliyun::new("a1ProductKey", "meter-7", KEY).tls());
    session(&Tencent::new("PRODUCTKEY", "meter-7", KEY));
    session(&Huawei::new("64f1_meter-7", KEY));
    session(&Tuya::new("product", "uuid", KEY));
    session(&OneNet::new("product", "meter-7", KEY));
    session(&Baidu::new("core", "meter-7", KEY));
    session(&Aws);
    session(&Aep::new("product", "17", KEY, "user"));
    session(&Unicom::new("product", "meter-7", KEY, "token"));
}

#[test]
fn a_device_of_each_cloud_is_registered_and_gets_its_credentials() {
    let world = World::online(quiet());
    let mut memory = roomy();
    let mut modem = l610(&mut memory, &world);
    world.block_on(async {
        let (mut secret, mut buffer) = ([0; 256], [0; 512]);
        let aliyun = AliyunRegistration::new("iot-auth", 443, "key", "secret", "meter-7");
        let device = modem.register_device(&aliyun, &mut secret).await.unwrap();
        let found = modem.authenticate(&device.request(), &mut buffer).await.unwrap();
        assert_eq!(found.user(), "meter-7&key");
        let tencent = TencentRegistration::new("/register", "key", "secret", "meter-7");
        let device = modem.register_device(&tencent, &mut secret).await.unwrap();
        let request = device.request().unwrap();
        let found = modem.authenticate(&request, &mut buffer).await.unwrap();
        assert!(found.client_id().starts_with("keymeter-7"), "{found:?}");
        let unicom = UnicomRegistration::new("key", "secret", "meter-7");
        let device = modem.register_device(&unicom, &mut secret).await.unwrap();
        assert!(!device.token().is_empty());
        let found = modem.authenticate(&device.request(), &mut buffer).await.unwrap();
        assert!(!found.password().is_empty());
    });
}

#[test]
fn what_a_registration_may_come_to() {
    let aliyun = AliyunRegistration::new("iot-auth", 443, "key", "secret", "meter-7");
    let tencent = TencentRegistration::new("/register", "key", "secret", "meter-7");
    let unicom = UnicomRegistration::new("key", "secret", "meter-7");
    let with = |fault| World::online(quiet().fault(fault));
    let mut buffer = [0; 256];

    let (world, mut memory) = (with(Fault::DynRefused), roomy());
    let ended = world.block_on(l610(&mut memory, &world).register_device(&aliyun, &mut buffer));
    assert_eq!(ended, Err(Error::Module(ModuleError::Error)));

    let (world, mut memory) = (with(Fault::DynNoResult), roomy());
    let ended = world.block_on(l610(&mut memory, &world).register_device(&aliyun, &mut buffer));
    assert_eq!(ended, Err(Error::Unknown));

    let (world, mut memory) = (with(Fault::DynStatus), roomy());
    let ended = world.block_on(l610(&mut memory, &world).register_device(&unicom, &mut buffer));
    assert_eq!(ended, Err(Error::Refused));

    let (world, mut memory) = (with(Fault::DynCertificate), roomy());
    let ended = world.block_on(l610(&mut memory, &world).register_device(&tencent, &mut buffer));
    assert_eq!(ended.unwrap().device_secret(), None);

    let (world, mut memory) = (with(Fault::CfgRefused), roomy());
    let ended = world.block_on(l610(&mut memory, &world).authenticate(&ALIYUN, &mut buffer));
    assert_eq!(ended, Err(Error::Module(ModuleError::Error)));
}

#[test]
fn tuya_reports_how_it_gets_on() {
    for (events, event_plus) in [
        (TuyaEvents::Texts, true),
        (TuyaEvents::Texts, false),
        (TuyaEvents::Numbers, true),
        (TuyaEvents::Numbers, false),
    ] {
        let mut settings = quiet();
        (settings.cloud.events, settings.cloud.event_plus) = (events, event_plus);
        let world = World::online(settings);
        let seen = Mutex::new(Vec::new());
        let mut hook = |line: Unsolicited<'_>| seen.lock().unwrap().extend(line.tuya_event());
        let mut memory = roomy();
        let mut modem = l610(&mut memory, &world);
        modem.set_unsolicited(&mut hook);
        world.block_on(async {
            let mut buffer = [0; 512];
            let request = Tuya::new("product", "uuid", KEY);
            modem.authenticate(&request, &mut buffer).await.unwrap();
            sleep(&world, SECOND).await;
            modem.tuya_off().await.unwrap();
        });
        drop(modem);
        let expected = [
            TuyaEvent::BindStart,
            TuyaEvent::BindTokenOn,
            TuyaEvent::ActivateSucceeded,
            TuyaEvent::MqttConnected,
        ];
        assert_eq!(seen.into_inner().unwrap(), expected);
    }
}

#[test]
fn the_module_lists_its_clouds() {
    let world = World::online(quiet());
    // Nine lines that are longer than any answer of a cloud.
    let mut memory = Memory {
        line: vec![0; 640],
        ..Memory::default()
    };
    let mut modem = l610(&mut memory, &world);
    world.block_on(async {
        let clouds = modem.send(&command::TestAuthCfg).await.unwrap();
        assert_eq!(clouds.as_slice(), [1, 2, 3, 4, 5, 6, 7, 8, 9]);
        let clouds = modem.send(&command::TestAuthDyn).await.unwrap();
        assert_eq!(clouds.as_slice(), [1, 2, 3]);
    });
}
