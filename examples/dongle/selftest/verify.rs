//! Whether the driver and what was found go together.

use std::time::Duration;

use embassy_futures::select::{Either, select};
use fibocom_mqtt::{
    Clock, ConnectionId, DataForm, Error, Limit, Modem, Publication, QoS, StdClock, TopicFilter, TopicName,
    TransportError,
};

use super::course::Course;
use super::finding::Discovered;
use crate::failure::Failure;
use crate::options::Target;
use crate::port::Port;
use crate::session::{MESSAGE, Memory};

/// How long the driver may take.
const LIMIT: Duration = Duration::from_secs(60);
/// How long the module may take to answer: it just has.
const ATTACH: Duration = Duration::from_secs(5);

impl Course {
    /// Leaves nothing behind: no subscription, no connection.
    pub async fn clean_up(&mut self) -> Result<(), Failure> {
        self.console.recover().await?;
        if self.subscribed {
            let unsubscribe = format!("AT+MQTTUNSUB={},\"{}\"", self.id, self.topic);
            self.console.operate(&unsubscribe, "+MQTTUNSUB").await?;
        }
        self.console
            .operate(&format!("AT+MQTTCLOSE={}", self.id), "+MQTTCLOSE")
            .await?;
        Ok(())
    }
}

/// Every byte goes out and comes back, through a driver that was told what was found.
pub async fn verify(
    port: Port,
    memory: &mut Memory,
    discovered: &Discovered,
    target: &Target,
    topic: &str,
) -> Result<String, String> {
    let clock = StdClock::new();
    let mut modem = Modem::with_dialect(port, clock, memory.buffers(), discovered.dialect());
    // Every byte there is, unless that is too much for this module.
    let mut most = 256;
    for (limit, value) in &discovered.limits {
        modem.set_limit(*limit, *value);
        most = match limit {
            Limit::Payload if discovered.form == Some(DataForm::HexDigits) => most.min(value / 2),
            Limit::Payload | Limit::Received => most.min(*value),
            _ => most,
        };
    }
    let payload: Vec<u8> = (0..=u8::MAX).take(most.into()).collect();
    let tried = round_trip(&mut modem, target, topic, &payload);
    match select(tried, clock.sleep_until(clock.now() + LIMIT)).await {
        Either::First(Ok(true)) => Ok(format!("{most} bytes of all values went out and came back")),
        Either::First(Ok(false)) => Err("another message came back than the driver had sent".into()),
        Either::First(Err(error)) => Err(format!("the driver failed: {error}")),
        Either::Second(()) => Err(format!("the driver was not done within {} s", LIMIT.as_secs())),
    }
}

async fn round_trip(
    modem: &mut Modem<'_, Port, StdClock>,
    target: &Target,
    topic: &str,
    payload: &[u8],
) -> Result<bool, Error<TransportError>> {
    let id: ConnectionId = target.id;
    modem.attach(ATTACH).await?;
    let mut client = modem.client(id);
    client.connect(&target.connect_options(None)?).await?;
    client.subscribe(TopicFilter::new(topic)?, QoS::AtLeastOnce).await?;
    let publication = Publication::new(TopicName::new(topic)?, payload).qos(QoS::AtLeastOnce);
    client.publish(&publication).await?;
    let mut buffer = vec![0; MESSAGE];
    let same = client.recv(&mut buffer).await?.payload() == payload;
    client.unsubscribe(TopicFilter::new(topic)?).await?;
    client.disconnect().await?;
    Ok(same)
}
