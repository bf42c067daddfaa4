//! What a model lacks is refused by type, with the reason, and nothing is written for it: the four MQTT-SN commands, the MQTT-SN
//! connections, the cloud commands, through calls and as bare commands, on every model.

use std::time::Duration;

use fibocom_mqtt::cloud::Huawei;
use fibocom_mqtt::command::*;
use fibocom_mqtt::sim::{Settings, World};
use fibocom_mqtt::{
    ConnectionId, Delivery, Error, Feature, Model, Network, Publication, QoS, SnConnectOptions, SnConnectionId, Source,
    TopicFilter,
};

use super::connections::memory;
use super::refused::{Refused, clouds, sn_commands, sn_connections};
use super::support::*;
use super::table::text;

const SN: SnConnectionId = SnConnectionId::FIRST;
const WAIT: Duration = Duration::from_secs(40);

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
