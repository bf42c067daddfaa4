//! Every call and command that needs a feature, against a module without it: refused by type, and nothing is written.

use std::fmt::Debug;

use atat::AtatCmd;
use fibocom_mqtt::cloud::*;
use fibocom_mqtt::command::*;
use fibocom_mqtt::sim::World;
use fibocom_mqtt::{
    Error, Escapes, Feature, InvalidInput, Publication, QoS, ShortTopic, SnConnectOptions, SnConnectionId, TopicFilter,
    Will,
};

use super::support::*;
use super::table::text;

const SN: SnConnectionId = SnConnectionId::FIRST;

/// Checks that calls are refused for want of a feature, and that nothing was written.
pub struct Refused<'w> {
    world: &'w World,
    error: InvalidInput,
}

impl<'w> Refused<'w> {
    pub fn new(world: &'w World, modem: &TestModem<'_>, feature: Feature) -> Self {
        let known = modem.capabilities().feature(feature);
        assert!(!known.value, "{feature} is there");
        let error = InvalidInput::Unsupported {
            model: modem.capabilities().model().value,
            feature,
            said_by: known.source,
        };
        Self { world, error }
    }

    pub async fn call<R: Debug, E: PartialEq + Debug>(&self, call: impl Future<Output = Result<R, Error<E>>>) {
        let before = self.world.record().written().len();
        assert_eq!(call.await.map(drop), Err(Error::Invalid(self.error)));
        assert_eq!(self.world.record().written().len(), before, "{:?}", self.error);
    }

    pub async fn command<C: AtatCmd<Response: Debug> + Sync>(&self, modem: &mut TestModem<'_>, command: C) {
        self.call(modem.send(&command)).await;
    }
}

/// The four, in each form but `=?`, as calls and as commands.
pub async fn sn_commands(modem: &mut TestModem<'_>, world: &World) {
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
pub async fn sn_connections(modem: &mut TestModem<'_>, world: &World) {
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
pub async fn clouds(modem: &mut TestModem<'_>, world: &World) {
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
