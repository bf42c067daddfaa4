//! `pub` and `sub` on the connections of MQTT-SN.

use fibocom_mqtt::{Error, Publication, QoS, SnFilter, SnTopic as Topic, TopicFilter, TopicId, TopicName};
use serde_json::json;

use crate::failure::{Failure, Stage};
use crate::options::{Publish, SnFilters, SnTarget, SnTopic, Subscribe, is_registrable};
use crate::output::{Output, delivery_word, number};
use crate::publish::{Place, ending, failed, summary};
use crate::session::{Session, patiently};
use crate::subscribe::{receive, within};

impl Session<'_, '_> {
    async fn reach_sn(&mut self, target: &SnTarget) -> Result<(), Failure> {
        self.attach().await?;
        self.bring_up().await?;
        self.connect_sn(target).await
    }

    /// Registers a name, and says which number it has, if the module tells.
    async fn register_topic(&mut self, target: &SnTarget, topic: &str) -> Result<Option<TopicId>, Failure> {
        let what = format!("the registration of {topic} (at most 40 s)");
        let mut client = self.modem.client(target.id);
        patiently(self.clock, &what, client.register(TopicName::new(topic)?))
            .await
            .map_err(|error| Stage::RegisterTopic { topic }.failure(error))
    }
}

pub async fn publish(
    session: &mut Session<'_, '_>,
    output: &mut Output,
    target: &SnTarget,
    publish: &Publish,
    named: SnTopic,
) -> Result<(), Failure> {
    session.reach_sn(target).await?;
    let topic_id = match named {
        SnTopic::Name => None,
        SnTopic::Registered => session.register_topic(target, &publish.topic).await?,
        SnTopic::Id(id) => Some(id),
    };
    let topic = match topic_id {
        Some(id) => Topic::Id(id),
        None => Topic::Name(TopicName::new(&publish.topic)?),
    };
    let mut publication = Publication::new(topic, &publish.payload).qos(publish.qos);
    if publish.retain {
        publication = publication.retain();
    }
    let clock = session.clock;
    let mut word = "";
    for number_sent in 1..=publish.repeat {
        let what = "the result of the publication (at most 60 s)";
        let mut client = session.modem.client(target.id);
        let begun = client.counters().sent;
        match patiently(clock, what, client.publish(&publication)).await {
            Ok(delivery) => word = delivery_word(delivery),
            Err(error) => {
                let taken = client.counters().sent != begun;
                let lost = matches!(error, Error::Refused | Error::Unknown | Error::Cut { .. })
                    && session.has_just_ended(target.id).await;
                let failure = ending(error, Place { lost, taken }, publish);
                return Err(failed(number_sent, publish, failure));
            }
        }
        if output.is_json() {
            let name = Some(&publish.topic).filter(|topic| !topic.is_empty());
            let object = || {
                json!({
                    "event": "published",
                    "number": number_sent,
                    "topic": name,
                    "topic_id": topic_id.map(TopicId::get),
                    "qos": number(publish.qos),
                    "retain": publish.retain,
                    "bytes": publish.payload.len(),
                    "delivery": word,
                })
            };
            output.result(String::new, object)?;
        }
    }
    let to = match (publish.topic.as_str(), topic_id) {
        ("", Some(id)) => format!("topic id {id}"),
        (name, Some(id)) => format!("{name}, topic id {id},"),
        (name, None) => name.to_owned(),
    };
    summary(output, publish, &to, word)
}

pub async fn subscribe(
    session: &mut Session<'_, '_>,
    output: &mut Output,
    target: &SnTarget,
    subscribe: &Subscribe,
    filters: &SnFilters,
) -> Result<(), Failure> {
    session.reach_sn(target).await?;
    for filter in &subscribe.filters {
        if filters.register && is_registrable(filter) {
            session.register_topic(target, filter).await?;
        }
        let wanted = TopicFilter::new(filter)?.into();
        subscribe_to(session, target, wanted, filter, subscribe.qos).await?;
    }
    for &id in &filters.ids {
        subscribe_to(session, target, id.into(), &format!("topic id {id}"), subscribe.qos).await?;
    }
    let mut left = subscribe.count;
    let received = async {
        match receive(session, output, target.id.into(), target.direct, subscribe, &mut left).await? {
            None => Ok(()),
            Some(error) => Err(Stage::Receive.failure(error)),
        }
    };
    within(subscribe.time, received).await
}

async fn subscribe_to(
    session: &mut Session<'_, '_>,
    target: &SnTarget,
    wanted: SnFilter<'_>,
    filter: &str,
    qos: QoS,
) -> Result<(), Failure> {
    let what = format!("the subscription to {filter} (at most 40 s)");
    let mut client = session.modem.client(target.id);
    patiently(session.clock, &what, client.subscribe(wanted, qos))
        .await
        .map_err(|error| Stage::Subscribe { filter }.failure(error))
}
