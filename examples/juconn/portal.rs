//! The smallest portal: an ordinary MQTT client.

use std::error::Error;
use std::net::SocketAddr;
use std::time::Duration;

use fibocom_mqtt::profile::juconn::Data;
use rumqttc::{AsyncClient, Event, MqttOptions, Packet, QoS};
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use tokio::time::timeout;

pub type Failure = Box<dyn Error>;

/// How long anything may take.
const PATIENCE: Duration = Duration::from_secs(60);

pub struct Portal {
    client: AsyncClient,
    received: UnboundedReceiver<Event>,
}

impl Portal {
    /// Connects, and subscribes to everything that gateways publish.
    pub async fn connect(broker: SocketAddr) -> Result<Self, Failure> {
        let id = format!("portal-{}", std::process::id());
        let mut options = MqttOptions::new(id, broker.ip().to_string(), broker.port());
        options.set_keep_alive(Duration::from_secs(30));
        let (client, mut events) = AsyncClient::new(options, 64);
        let (sender, received) = unbounded_channel();
        tokio::spawn(async move {
            while let Ok(event) = events.poll().await {
                if sender.send(event).is_err() {
                    break;
                }
            }
        });
        let mut portal = Self { client, received };
        for name in ["gatewayInit", "data", "configResult", "cmdResult", "stateResult"] {
            portal.subscribe(&format!("+/fp/+/{name}")).await?;
        }
        portal.subscribe("fp/gatewayRollout").await?;
        Ok(portal)
    }

    async fn subscribe(&mut self, filter: &str) -> Result<(), Failure> {
        self.client.subscribe(filter, QoS::AtLeastOnce).await?;
        loop {
            if let Event::Incoming(Packet::SubAck(_)) = self.event().await? {
                return Ok(());
            }
        }
    }

    async fn event(&mut self) -> Result<Event, Failure> {
        let event = timeout(PATIENCE, self.received.recv()).await;
        event
            .map_err(|_| "nothing came in a minute")?
            .ok_or_else(|| "the broker is gone".into())
    }

    /// The next message of gateways: its topic and payload.
    pub async fn receive(&mut self) -> Result<(String, String), Failure> {
        loop {
            if let Event::Incoming(Packet::Publish(message)) = self.event().await? {
                return Ok((message.topic, String::from_utf8(message.payload.to_vec())?));
            }
        }
    }

    /// The next message on a topic that ends so; data in between are passed over, and nothing else may be.
    pub async fn expect(&mut self, end: &str) -> Result<(String, String), Failure> {
        loop {
            let (topic, payload) = self.receive().await?;
            if topic.ends_with(end) {
                return Ok((topic, payload));
            }
            if !topic.ends_with("/data") {
                return Err(format!("{topic} came, and {end} was expected").into());
            }
        }
    }

    /// The next data: ids of sensors and their values.
    pub async fn data(&mut self) -> Result<(f64, Vec<(String, String)>), Failure> {
        let (_, payload) = self.expect("/data").await?;
        let data = Data::parse(payload.as_bytes())?;
        let sensors = data.controllers().flat_map(|controller| controller.sensors());
        let value = |value: Option<fibocom_mqtt::profile::juconn::Scalar<'_>>| value.map(|value| value.to_string());
        let values = sensors.map(|sensor| (sensor.id.to_string(), value(sensor.value()).unwrap_or_default()));
        Ok((data.message_id.parse().unwrap_or_default(), values.collect()))
    }

    pub async fn publish(&self, topic: &str, payload: &str) -> Result<(), Failure> {
        Ok(self.client.publish(topic, QoS::AtLeastOnce, false, payload).await?)
    }
}
