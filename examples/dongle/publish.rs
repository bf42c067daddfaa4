//! `pub`

use fibocom_mqtt::{Publication, TopicName};
use serde_json::json;

use crate::failure::{Failure, Stage};
use crate::options::{Publish, Target};
use crate::output::{Output, delivery_word, number};
use crate::session::{Session, patiently};

pub async fn run(
    session: &mut Session<'_, '_>,
    output: &mut Output,
    target: &Target,
    publish: &Publish,
) -> Result<(), Failure> {
    let mut publication = Publication::new(TopicName::new(&publish.topic)?, &publish.payload).qos(publish.qos);
    if publish.retain {
        publication = publication.retain();
    }
    let clock = session.clock;
    let mut client = session.reach(target).await?;
    let mut word = "";
    for done in 1..=publish.repeat {
        let what = "the result of the publication (at most 60 s)";
        let delivery = patiently(clock, what, client.publish(&publication)).await;
        let delivery = delivery.map_err(|error| {
            let failure = Stage::Publish.failure(error);
            match publish.repeat {
                1 => failure,
                all => Failure::new(failure.code, format!("message {done} of {all}: {}", failure.sentence)),
            }
        })?;
        word = delivery_word(delivery);
        if output.is_json() {
            let object = || {
                json!({
                    "event": "published",
                    "number": done,
                    "topic": publish.topic,
                    "qos": number(publish.qos),
                    "retain": publish.retain,
                    "bytes": publish.payload.len(),
                    "delivery": word,
                })
            };
            output.result(String::new, object)?;
        }
    }
    if output.is_json() {
        return Ok(());
    }
    let messages = match publish.repeat {
        1 => "1 message".to_owned(),
        count => format!("{count} messages"),
    };
    let bytes = match publish.payload.len() {
        1 => "1 byte".to_owned(),
        count => format!("{count} bytes"),
    };
    let text = || {
        format!(
            "published {messages} of {bytes} to {} at QoS {}: {word}",
            publish.topic,
            number(publish.qos)
        )
    };
    output.result(text, || json!(null))
}
