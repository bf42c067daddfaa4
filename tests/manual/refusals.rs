//! What a model lacks is refused by type, with the reason, and nothing is written for it (law 7): the four MQTT-SN commands, the MQTT-SN
//! connections, the cloud commands, through calls and as bare commands, on every model.

use std::fmt::Debug;
use std::time::Duration;

use atat::AtatCmd;
use fibocom_mqtt::cloud::*;
use fibocom_mqtt::command::*;
use fibocom_mqtt::sim::{Settings, World};
use fibocom_mqtt::{
    ConnectionId, Delivery, Error, Escapes, Feature, InvalidInput, Model, Network, Publication, QoS, ShortTopic,
    SnConnectOptions, SnConnectionId, Source, TopicFilter, Will,
};

use super::connections::memory;
use super::support::*;
use super::table::text;

const SN: SnConnectionId = SnConnectionId::FIRST;
const WAIT: Duration = Duration::from_secs(40);

/// Checks that calls are refused for want of a feature, and that nothing was written.
struct Refused<'w> {
    world: &'w World,
    error: InvalidInput,
}

impl<'w> Refused<'w> {
    fn new(world: &'w World, modem: &TestModem<'_>, feature: Feature) -> Self {
        let known = modem.capabilities().feature(feature);
        assert!(!known.value, "{feature} is there");
        let error = InvalidInput::Unsupported {
            model: modem.capabilities().model().value,
            feature,
            said_by: known.source,
        };
        Self { world, error }
    }

    async fn call<R: Debug, E: PartialEq + Debug>(&self, call: impl Future<Output = Result<R, Error<E>>>) {
        let before = self.world.record().written().len();
        assert_eq!(call.await.map(drop), Err(Error::Invalid(self.error)));
        assert_eq!(self.world.record().written().len(), before, "{:?}", self.error);
    }

    async fn command<C: AtatCmd<Response: Debug> + Sync>(&self, modem: &mut TestModem<'_>, command: C) {
        self.call(modem.send(&command)).await;
    }
}

/// The four, in each form but `=?`, as calls and as commands.
async fn sn_commands(modem: &mut TestModem<'_>, world: &World) {
    let refused = Refused::new(world, modem, Feature::SnCommands);
    let mut client = modem.client(SN);
    let options = SnConnectOptions::new("gateway", 10000).client_id("sensor");
    refused.call(client.connect(&options)).await;
    refused.call(client.register(topic("plant/7"))).await;
    refused.call(client.registrations()).await;
    refused
        .call(client.update_will_topic(topic("gone"), QoS::AtMostOnce, false))
        .await;
    refused.call(client.update_will_message(b"lost")).await;
    let (name, client_id, payload) = (topic("plant/7"), text("sensor"), text("lost"));
    refused.command(modem, SnClientId { id: SN, client_id }).await;
    refused.command(modem, ReadSnClientIds::<8>).await;
    refused.command(modem, SnRegister { id: SN, topic: name }).await;
    refused.command(modem, ReadSnRegistrations::<8>).await;
    let (qos, retain) = (QoS::AtMostOnce, false);
    refused
        .command(
            modem,
            UpdateWillTopic {
                id: SN,
                qos,
                retain,
                topic: name,
            },
        )
        .await;
    refused.command(modem, UpdateWillMessage { id: SN, payload }).await;
}

/// Every verb on connections 101 and 102, as calls and as commands.
async fn sn_connections(modem: &mut TestModem<'_>, world: &World) {
    let refused = Refused::new(world, modem, Feature::SnConnections);
    let (name, filter) = (topic("plant/7"), TopicFilter::new("#").unwrap());
    let (qos, retain) = (QoS::AtMostOnce, false);
    for id in [SN, SnConnectionId::SECOND] {
        let mut client = modem.client(id);
        let plain = SnConnectOptions::new("gateway", 10000);
        let full = plain.client_id("sensor").will(Will::new(name, b"lost"));
        for options in [plain, full] {
            refused.call(client.connect(&options)).await;
        }
        refused.call(client.publish(&Publication::new(name, b"1"))).await;
        refused
            .call(client.publish(&Publication::new(ShortTopic::new("t7").unwrap(), b"")))
            .await;
        refused.call(client.subscribe(filter, qos)).await;
        refused.call(client.unsubscribe(filter)).await;
        refused.call(client.register(name)).await;
        refused.call(client.registrations()).await;
        refused.call(client.update_will_topic(name, qos, retain)).await;
        refused.call(client.update_will_message(b"lost")).await;
        refused.call(client.disconnect()).await;
        refused.call(client.skip()).await;
        // Receiving has nothing to say of models: nothing is connected, and nothing is asked.
        let before = world.record().written().len();
        assert_eq!(client.recv(&mut [0; 64]).await, Err(Error::NotConnected));
        assert_eq!(world.record().written().len(), before);

        let payload = text("");
        let (sn_topic, sn_filter) = (name.into(), filter.into());
        refused
            .command(
                modem,
                SnSubscribe {
                    id,
                    filter: sn_filter,
                    qos,
                },
            )
            .await;
        refused.command(modem, SnUnsubscribe { id, filter: sn_filter }).await;
        refused
            .command(
                modem,
                SnPublish {
                    id,
                    topic: sn_topic,
                    qos,
                    retain,
                    payload,
                },
            )
            .await;
        refused.command(modem, SnRead::<8, 8> { id }).await;
        refused.command(modem, Close { id: id.into() }).await;
        let will = SetWill {
            id: id.into(),
            topic: name,
            qos,
            retain,
            payload,
        };
        refused.command(modem, will).await;
        let open = Open {
            id: id.into(),
            host: text("gateway"),
            port: 10000,
            clean_session: true,
            keep_alive: 60,
            tls: false,
        };
        refused.command(modem, open).await;
    }
}

/// Each of the nine and of the three, and what ends Tuya.
async fn clouds(modem: &mut TestModem<'_>, world: &World) {
    let refused = Refused::new(world, modem, Feature::AuthCommands);
    let mut buffer = [0; 512];
    macro_rules! authenticate {
        ($($request:expr),*) => {$(
            refused.call(modem.authenticate(&$request, &mut buffer)).await;
            refused.command(modem, AuthCfg::<_, 64>::new($request, Escapes::Unknown).unwrap()).await;
        )*};
    }
    authenticate!(
        Aliyun::new("pk", "dn", "ds"),
        Tencent::new("pk", "dn", "ds"),
        Huawei::new("id", "ds"),
        Tuya::new("pk", "uuid", "ak"),
        OneNet::new("pi", "dn", "ak"),
        Baidu::new("ic", "dk", "ds"),
        Aws,
        Aep::new("pi", "dn", "to", "un"),
        Unicom::new("pk", "dk", "ds", "to")
    );
    macro_rules! register {
        ($($request:expr),*) => {$(
            refused.call(modem.register_device(&$request, &mut buffer)).await;
            refused.command(modem, AuthDyn::new($request, Escapes::Unknown).unwrap()).await;
        )*};
    }
    register!(
        AliyunRegistration::new("host", 443, "pk", "ps", "dn"),
        TencentRegistration::new("url", "pk", "ps", "dn"),
        UnicomRegistration::new("pk", "ps", "dk")
    );
    refused.call(modem.tuya_off()).await;
    refused.command(modem, TuyaOff).await;
}

/// What every model with the connections can do on 101, with the four commands or without.
async fn works_on_101(modem: &mut TestModem<'_>, world: &World, model: Model) {
    let mut client = modem.client(SN);
    client.connect(&SnConnectOptions::new("gateway", 10000)).await.unwrap();
    client
        .subscribe(TopicFilter::new("plant/#").unwrap(), QoS::AtLeastOnce)
        .await
        .unwrap();
    let publication = Publication::new(topic("plant/7"), b"2,71").qos(QoS::AtLeastOnce);
    assert_eq!(client.publish(&publication).await, Ok(Delivery::Confirmed), "{model}");
    let mut buffer = [0; 64];
    assert_eq!(client.recv(&mut buffer).await.unwrap().payload(), b"2,71", "{model}");
    client.unsubscribe(TopicFilter::new("plant/#").unwrap()).await.unwrap();
    client.disconnect().await.unwrap();
    let sn = modem.capabilities().feature(Feature::SnCommands).value;
    let named = world
        .record()
        .commands()
        .iter()
        .any(|line| line.starts_with("AT+MQTTSNCID=1"));
    assert_eq!(named, sn, "{model}");
}

/// The driver's name for the model that a simulated one says it is.
fn model_of(name: &str, settings: &Settings) -> Model {
    match name {
        // Firmware that says no more of itself than the L610 of V1.3.
        "L610-V1.0.1" => name.parse().unwrap(),
        _ => Model::identify(&settings.model),
    }
}

fn world_of(settings: Settings) -> World {
    World::online(Settings {
        echo: false,
        ..settings
    })
}

#[test]
fn each_model_by_its_table() {
    let mut seen = [[0; 2]; 3];
    for name in Settings::NAMES {
        let settings = Settings::by_name(name).unwrap();
        if !settings.mqtt_commands {
            continue;
        }
        let model = model_of(name, &settings);
        let (sn, auth) = (settings.sn_commands, settings.auth_commands);
        let world = world_of(settings);
        let mut memory = memory();
        let mut modem = memory.modem(&world);
        modem.set_model(model);
        let has = |feature| modem.capabilities().feature(feature).value;
        let features = [Feature::SnCommands, Feature::AuthCommands, Feature::SnConnections].map(has);
        assert_eq!(features, [sn, auth, true], "{name} {model}");
        for (seen, has) in seen.iter_mut().zip(features) {
            seen[usize::from(has)] += 1;
        }
        world.block_on(async {
            if !sn {
                sn_commands(&mut modem, &world).await;
            }
            if !auth {
                clouds(&mut modem, &world).await;
            }
            assert_eq!(world.record().written(), b"", "{name}");
            works_on_101(&mut modem, &world, model).await;
            // What was refused is refused when connected, too.
            if !sn {
                let options = SnConnectOptions::new("gateway", 10000);
                modem.client(SN).connect(&options).await.unwrap();
                sn_commands(&mut modem, &world).await;
            }
        });
    }
    let [
        [without_sn, with_sn],
        [without_auth, with_auth],
        [without_connections, _],
    ] = seen;
    assert!(
        without_sn > 20 && with_sn >= 6 && without_auth > 20 && with_auth > 10 && without_connections == 0,
        "{seen:?}"
    );
}

#[test]
fn each_series_by_what_the_module_says() {
    for name in [
        "L610",
        "LC610N",
        "MA510",
        "LE270",
        "MC661",
        "NL668",
        "MC901",
        "L610-V1.0.1",
    ] {
        let settings = Settings::by_name(name).unwrap();
        let (sn, auth) = (settings.sn_commands, settings.auth_commands);
        let world = world_of(settings);
        let mut memory = memory();
        let mut modem = memory.modem(&world);
        world.block_on(async {
            modem.attach(WAIT).await.unwrap();
            modem.bring_up(&Network::new(), WAIT).await.unwrap();
            let capabilities = *modem.capabilities();
            let said = |feature| {
                (
                    capabilities.feature(feature).value,
                    capabilities.feature(feature).source,
                )
            };
            assert_eq!(said(Feature::SnCommands), (sn, Source::Module), "{name}");
            assert_eq!(said(Feature::AuthCommands), (auth, Source::Module), "{name}");
            assert_eq!(said(Feature::SnConnections), (true, Source::Module), "{name}");
            if !sn {
                sn_commands(&mut modem, &world).await;
            }
            if !auth {
                clouds(&mut modem, &world).await;
            }
            works_on_101(&mut modem, &world, capabilities.model().value).await;
        });
    }
}

#[test]
fn without_the_connections_as_the_module_says() {
    for name in ["L610", "NL668", "MC661", "L610-V1.0.1"] {
        let mut settings = Settings::by_name(name).unwrap();
        settings.set("sn-connections", "no").unwrap();
        let world = world_of(settings);
        let mut memory = memory();
        let mut modem = memory.modem(&world);
        world.block_on(async {
            modem.attach(WAIT).await.unwrap();
            modem.bring_up(&Network::new(), WAIT).await.unwrap();
            assert_eq!(
                modem.capabilities().feature(Feature::SnConnections).source,
                Source::Module
            );
            let sn = modem.capabilities().feature(Feature::SnCommands).value;
            sn_connections(&mut modem, &world).await;
            if sn {
                // The commands are for these connections only.
                let refused = Refused::new(&world, &modem, Feature::SnConnections);
                refused
                    .command(
                        &mut modem,
                        SnClientId {
                            id: SN,
                            client_id: text("a"),
                        },
                    )
                    .await;
                refused
                    .command(
                        &mut modem,
                        SnRegister {
                            id: SN,
                            topic: topic("a"),
                        },
                    )
                    .await;
            }
            // MQTT is as before.
            let mut client = modem.client(ConnectionId::FIRST);
            client.connect(&options()).await.unwrap();
            client.disconnect().await.unwrap();
        });
    }
}

#[test]
fn without_what_the_caller_says_is_not_there() {
    let world = online();
    let mut memory = memory();
    let mut modem = memory.modem(&world);
    modem.set_model("L610".parse().unwrap());
    world.block_on(async {
        modem.set_feature(Feature::SnCommands, false);
        sn_commands(&mut modem, &world).await;
        modem.set_feature(Feature::AuthCommands, false);
        clouds(&mut modem, &world).await;
        modem.set_feature(Feature::SnConnections, false);
        sn_connections(&mut modem, &world).await;
        assert_eq!(world.record().written(), b"");
        // And there again, against whatever a table says.
        modem.set_model("NL668-AM".parse().unwrap());
        for feature in [Feature::SnCommands, Feature::AuthCommands, Feature::SnConnections] {
            modem.set_feature(feature, true);
        }
        works_on_101(&mut modem, &world, "NL668-AM".parse().unwrap()).await;
        modem
            .authenticate(&Huawei::new("id", "ds"), &mut [0; 512])
            .await
            .unwrap();
    });
}

#[test]
fn a_question_may_always_be_asked() {
    let mut settings = Settings::by_name("NL668").unwrap();
    settings.set("sn-connections", "no").unwrap();
    let world = world_of(settings);
    let mut memory = memory();
    let mut modem = memory.modem(&world);
    modem.set_model("NL668-AM".parse().unwrap());
    modem.set_feature(Feature::SnConnections, false);
    world.block_on(async {
        macro_rules! asked {
            ($($command:expr),*) => {$({
                let before = world.record().commands().len();
                let outcome = modem.send(&$command).await.map(drop);
                assert!(matches!(outcome, Err(Error::Module(_))), "{outcome:?}");
                assert_eq!(world.record().commands().len(), before + 1);
            })*};
        }
        asked!(
            TestSnClientId,
            TestSnRegister,
            TestUpdateWillTopic,
            TestUpdateWillMessage,
            TestAuthCfg,
            TestAuthDyn
        );
        let limits = modem.send(&TestOpen).await.unwrap();
        assert_eq!(limits.ids.as_slice(), [1, 2]);
    });
}
