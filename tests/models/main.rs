//! Every series and every model: what it has works up to its limits, and what it has not is refused before a byte is written.

mod sources;
#[path = "../support/mod.rs"]
mod support;

use std::time::Duration;

use fibocom_mqtt::sim::{NetworkNeed, Settings, World};
use fibocom_mqtt::{
    Capabilities, ConnectOptions, ConnectionId, Credentials, Delivery, Error, Feature, InvalidInput, Known, Limit,
    Model, Network, Platform, Publication, QoS, Source, Tls, TopicFilter, TopicName, Will, command,
};
use support::*;

const WAIT: Duration = Duration::from_secs(40);

/// What the driver calls each model of the simulator, by what that model prints of itself.
fn driver_name(simulated: &str) -> &str {
    match simulated {
        "L610" | "L610-V1.0.1" => "L610",
        "LC610N" | "MC610" | "MC615" | "NL668-AM" | "MC100E" | "MA510" | "MC665-CN-22" | "MC669-CN-25" => simulated,
        // The build prints its model alone.
        "MC661-CN-39-71-HK" => "MC66x",
        "LC610" => "LC61x",
        "LG610" => "LG61x",
        "NL668" => "NL66x",
        "MC116" => "MC11x",
        "L710" | "L716" | "L718" => "L71x",
        "LE130" => "LE13x",
        "LE170" => "LE17x",
        "LE230" => "LE23x",
        "LE270" => "LE27x",
        "LE370" => "LE37x",
        "FG132" => "FG13x",
        "MS180" => "MS18x",
        "MC661" | "MC665" | "MC669" => "MC66x",
        "MG661" => "MG66x",
        "MC901" => "MC90x",
        series => {
            assert!(series.ends_with('x'), "{series} is not in this table");
            series
        }
    }
}

fn simulated(name: &str) -> Settings {
    Settings::by_name(name).unwrap()
}

/// A payload of that many printable bytes.
fn text(len: u16) -> String {
    "x".repeat(usize::from(len))
}

/// What is refused, and that nothing was written for it.
struct Refusals<'w> {
    world: &'w World,
    capabilities: Capabilities,
}

impl Refusals<'_> {
    async fn exceeds<R: PartialEq + std::fmt::Debug, E: PartialEq + std::fmt::Debug>(
        &self,
        limit: Limit,
        call: impl Future<Output = Result<R, Error<E>>>,
    ) {
        let before = self.world.record().written().len();
        let model = self.capabilities.model().value;
        let Known {
            value: max,
            source: said_by,
        } = self.capabilities.limit(limit);
        let refused = InvalidInput::Exceeds {
            model,
            limit,
            asked: usize::from(max) + 1,
            max,
            said_by,
        };
        assert_eq!(call.await, Err(Error::Invalid(refused)), "{model} {limit}");
        assert_eq!(self.world.record().written().len(), before, "{model} {limit}");
    }

    async fn unsupported<R: PartialEq + std::fmt::Debug, E: PartialEq + std::fmt::Debug>(
        &self,
        feature: Feature,
        call: impl Future<Output = Result<R, Error<E>>>,
    ) {
        let before = self.world.record().written().len();
        let model = self.capabilities.model().value;
        let said_by = self.capabilities.feature(feature).source;
        let refused = InvalidInput::Unsupported {
            model,
            feature,
            said_by,
        };
        assert_eq!(call.await, Err(Error::Invalid(refused)), "{model} {feature}");
        assert_eq!(self.world.record().written().len(), before, "{model} {feature}");
    }
}

/// A command of the MQTT-SN or cloud sets, for its name alone.
struct Named(&'static str);

impl atat::AtatCmd for Named {
    type Response = command::Done;
    fn write(&self, buffer: &mut [u8]) -> usize {
        buffer[..self.0.len()].copy_from_slice(self.0.as_bytes());
        self.0.len()
    }
    fn parse(&self, _: Result<&[u8], atat::InternalError>) -> Result<command::Done, atat::Error> {
        Ok(command::Done)
    }
}

const SN: [Named; 4] = [
    Named("AT+MQTTSNCID=101,\"x\"\r"),
    Named("AT+MQTTSNREG=101,\"x\"\r"),
    Named("AT+MQTTWTOPICUD=101,0,0,\"x\"\r"),
    Named("AT+MQTTWMSGUD=101,\"x\"\r"),
];

const AUTH: [Named; 2] = [
    Named("AT+MQTTAUTHDYN=3,\"k\",\"s\",\"d\",0,1\r"),
    Named("AT+MQTTAUTHCFG=7\r"),
];

/// Everything that the model has, up to each of its limits, and one more than each limit.
async fn walk(modem: &mut TestModem<'_>, world: &World) {
    let capabilities = *modem.capabilities();
    let model = capabilities.model().value;
    let max = |limit| capabilities.limit(limit).value;
    let refusals = Refusals { world, capabilities };
    let first = ConnectionId::FIRST;

    // Connections.
    for id in (1..=max(Limit::Connections)).map(|id| ConnectionId::new(id as u8).unwrap()) {
        let mut client = modem.client(id);
        client.connect(&ConnectOptions::new("broker", 1883)).await.unwrap();
        client.disconnect().await.unwrap();
    }
    if let Some(beyond) = ConnectionId::new(max(Limit::Connections) as u8 + 1) {
        let mut client = modem.client(beyond);
        let options = ConnectOptions::new("broker", 1883);
        refusals.exceeds(Limit::Connections, client.connect(&options)).await;
    }

    // Lengths of what connecting takes.
    let (user, password) = (text(max(Limit::User)), text(max(Limit::Password)));
    let (client_id, host) = (text(max(Limit::ClientId)), text(max(Limit::Host)));
    let will_payload = text(max(Limit::WillPayload));
    let will_topic = text(max(Limit::Topic));
    let fullest = ConnectOptions::new(&host, 1883)
        .client_id(&client_id)
        .credentials(Credentials::new(&user, &password))
        .keep_alive(max(Limit::KeepAlive))
        .will(Will::new(TopicName::new(&will_topic).unwrap(), will_payload.as_bytes()));
    modem.client(first).connect(&fullest).await.unwrap();
    let by_size = world.record().commands().iter().any(|line| line.ends_with(",0,0,1024"));
    assert_eq!(by_size, capabilities.feature(Feature::WillDataMode).value, "{model}");

    let mut client = modem.client(first);
    let base = ConnectOptions::new("broker", 1883);
    let more = text(1025);
    let longer = |limit| &more[..usize::from(max(limit)) + 1];
    for (limit, options) in [
        (Limit::User, base.credentials(Credentials::new(longer(Limit::User), ""))),
        (
            Limit::Password,
            base.credentials(Credentials::new("", longer(Limit::Password))),
        ),
        (Limit::ClientId, base.client_id(longer(Limit::ClientId))),
        (Limit::Host, ConnectOptions::new(longer(Limit::Host), 1883)),
        (Limit::KeepAlive, base.keep_alive(max(Limit::KeepAlive) + 1)),
        (
            Limit::WillPayload,
            base.will(Will::new(topic("t"), longer(Limit::WillPayload).as_bytes())),
        ),
    ] {
        refusals.exceeds(limit, client.connect(&options)).await;
    }

    // TLS.
    client.disconnect().await.unwrap();
    let encrypted = base.tls(Tls::new().dangerously_skip_verification());
    if capabilities.feature(Feature::Tls).value {
        client.connect(&encrypted).await.unwrap();
        assert!(world.broker().opens().last().unwrap().tls.is_some(), "{model}");
    } else {
        refusals.unsupported(Feature::Tls, client.connect(&encrypted)).await;
        client.connect(&base).await.unwrap();
    }

    // Messages.
    let (long, payload) = (text(max(Limit::Topic)), text(max(Limit::Payload)));
    let filter = TopicFilter::new(&long).unwrap();
    client.subscribe(filter, QoS::AtLeastOnce).await.unwrap();
    let publication = Publication::new(TopicName::new(&long).unwrap(), payload.as_bytes()).qos(QoS::AtLeastOnce);
    assert_eq!(client.publish(&publication).await, Ok(Delivery::Confirmed), "{model}");
    let mut buffer = [0; 2048];
    let message = client.recv(&mut buffer).await.unwrap();
    assert_eq!(
        (message.topic(), message.payload()),
        (long.as_bytes(), payload.as_bytes())
    );
    assert!(TopicName::new(&text(256)).is_err());
    let too_much = Publication::new(topic("t"), longer(Limit::Payload).as_bytes());
    refusals.exceeds(Limit::Payload, client.publish(&too_much)).await;
    client.unsubscribe(filter).await.unwrap();

    // The questions.
    modem.send(&command::ReadUsers::<8>).await.unwrap();
    modem.send(&command::ReadWills::<8>).await.unwrap();
    modem.send(&command::ReadConf).await.unwrap();
    modem.send(&command::TestConf).await.unwrap();
    modem.send(&command::TestUser).await.unwrap();
    modem.send(&command::TestOpen).await.unwrap();
    modem.send(&command::TestClose).await.unwrap();
    modem.send(&command::TestSubscribe).await.unwrap();
    modem.send(&command::TestUnsubscribe).await.unwrap();
    modem.send(&command::TestPublish).await.unwrap();
    modem.send(&command::TestRead).await.unwrap();
    modem.send(&command::TestWill).await.unwrap();
    assert!(modem.send(&command::ClosableIds).await.unwrap().contains(1));
    assert!(!modem.send(&command::OpenableIds).await.unwrap().contains(1));
    modem.client(first).disconnect().await.unwrap();

    // What only some have.
    let sn = capabilities.feature(Feature::SnCommands);
    assert_eq!(modem.send(&command::TestSnClientId).await.is_ok(), sn.value, "{model}");
    if sn.value {
        modem.send(&SN[0]).await.unwrap();
    } else {
        for named in &SN {
            refusals.unsupported(Feature::SnCommands, modem.send(named)).await;
        }
    }
    let auth = capabilities.feature(Feature::AuthCommands);
    assert_eq!(modem.send(&command::TestAuthCfg).await.is_ok(), auth.value, "{model}");
    if !auth.value {
        for named in &AUTH {
            refusals.unsupported(Feature::AuthCommands, modem.send(named)).await;
        }
    }
}

/// Memory for the longest answers and credentials there are.
fn memory() -> Memory {
    Memory {
        line: vec![0; 8192],
        message: vec![0; 2048],
        transmit: vec![0; 4096],
    }
}

fn world(settings: Settings) -> World {
    World::online(Settings {
        echo: false,
        ..settings
    })
}

/// Names of the driver's table that are further spellings, or builds, of what the simulator has under another name.
const ALSO: [(&str, &str); 3] = [("MC901x", "MC901"), ("MC9O1x", "MC901"), ("MC669-CN-16", "MC669-CN-25")];

/// Each model of the driver with a simulated one: every simulated one, and every name of the driver's table.
fn everyone() -> Vec<(Model, Settings)> {
    let mut everyone: Vec<_> = Settings::NAMES
        .iter()
        .map(|&name| {
            // Its own name where the driver knows it, as for the firmware of V1.0.1; else that of its series.
            let own = Model::identify(name);
            let model: Model = if own.name() == name {
                own
            } else {
                driver_name(name).parse().unwrap()
            };
            (model, simulated(name))
        })
        .collect();
    everyone.extend(ALSO.map(|(name, stand_in)| (name.parse().unwrap(), simulated(stand_in))));
    for model in Model::all() {
        assert!(
            everyone.iter().any(|(known, _)| *known == model),
            "nothing is tried of {model}"
        );
    }
    everyone
}

#[test]
fn every_model_does_what_its_table_says_and_is_asked_nothing_else() {
    let mut walked = std::collections::BTreeSet::new();
    for (model, settings) in everyone() {
        let world = world(settings);
        let mut memory = memory();
        let mut modem = memory.modem(&world);
        modem.set_model(model);
        let capabilities = *modem.capabilities();
        if !capabilities.feature(Feature::Mqtt).value {
            let refusals = Refusals {
                world: &world,
                capabilities,
            };
            let options = ConnectOptions::new("broker", 1883);
            world.block_on(async {
                let mut client = modem.client(ConnectionId::FIRST);
                refusals.unsupported(Feature::Mqtt, client.connect(&options)).await;
            });
            continue;
        }
        walked.insert(model.series().map(|series| format!("{series:?}")));
        assert!(
            Limit::ALL
                .iter()
                .all(|limit| capabilities.limit(*limit).source == Source::Table)
        );
        world.block_on(walk(&mut modem, &world));
    }
    assert_eq!(walked.len(), 18, "{walked:?}");
}

#[test]
fn every_model_is_recognised_and_agrees_with_its_table() {
    for &name in Settings::NAMES {
        let settings = simulated(name);
        let has_mqtt = settings.mqtt_commands;
        let world = world(settings);
        let mut memory = memory();
        let mut modem = memory.modem(&world);
        world.block_on(async {
            let identity = modem.attach(WAIT).await.unwrap();
            modem.bring_up(&Network::new(), WAIT).await.unwrap();
            let capabilities = *modem.capabilities();
            let model = capabilities.model().value;
            assert_eq!(model.name(), driver_name(name), "{identity:?}");
            assert_eq!(capabilities.feature(Feature::Mqtt).value, has_mqtt, "{name}");
            if !has_mqtt {
                let refusals = Refusals {
                    world: &world,
                    capabilities,
                };
                let options = ConnectOptions::new("broker", 1883);
                let mut client = modem.client(ConnectionId::FIRST);
                return refusals.unsupported(Feature::Mqtt, client.connect(&options)).await;
            }
            let unisoc = Platform::from_revision(identity.revision.as_str()) == Platform::Unisoc;
            assert_eq!(modem.dialect() != fibocom_mqtt::Dialect::default(), unisoc, "{name}");
            for limit in Limit::ALL {
                let untold = matches!(limit, Limit::Host | Limit::Received | Limit::SnClientId);
                assert!(
                    untold || capabilities.limit(limit).source == Source::Module,
                    "{name} {limit}"
                );
            }
            walk(&mut modem, &world).await;
            if name != "L610-V1.0.1" {
                for limit in Limit::ALL {
                    let table = model.capabilities().limit(limit).value;
                    assert_eq!(capabilities.limit(limit).value, table, "{name} {limit}");
                }
                for feature in Feature::ALL {
                    let table = model.capabilities().feature(feature).value;
                    assert_eq!(capabilities.feature(feature).value, table, "{name} {feature}");
                }
            }
        });
    }
}
