//! `pub`

use fibocom_mqtt::{Error, Publication, TopicName, TransportError};
use serde_json::json;

use crate::failure::{Failure, Stage, code};
use crate::options::{Publish, Target};
use crate::output::{Output, delivery_word, number};
use crate::recovery::is_loss;
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
    session.reach(target).await?;
    let (mut word, mut unknown) = ("", 0);
    let mut number_sent = 1;
    while number_sent <= publish.repeat {
        let what = "the result of the publication (at most 60 s)";
        let mut client = session.modem.client(target.id);
        let begun = client.counters().sent;
        match patiently(clock, what, client.publish(&publication)).await {
            Ok(delivery) => word = delivery_word(delivery),
            // What may have arrived is not sent again.
            Err(error @ (Error::Unknown | Error::Cut { .. })) if session.reconnects() && publish.repeat > 1 => {
                eprintln!("dongle: message {number_sent} of {}: {error}", publish.repeat);
                unknown += 1;
                word = "unknown";
            }
            // The module said that it was not published, and the connection is gone.
            Err(Error::Refused) if session.has_just_ended(target.id).await => {
                if !session.reconnects() {
                    let failure = ending(Error::Refused, Place::LOST, publish);
                    return Err(failed(number_sent, publish, failure));
                }
                session
                    .recover(target, &[], Error::NotConnected, Stage::Publish)
                    .await?;
                continue;
            }
            // So may this one have; of several the next would find no connection.
            Err(error @ (Error::Unknown | Error::Cut { .. }))
                if publish.repeat > 1 && session.has_just_ended(target.id).await =>
            {
                return Err(failed(number_sent, publish, ending(error, Place::LOST, publish)));
            }
            // The port is gone, and the module had begun to take the message: that one is not sent again, either.
            Err(error @ (Error::Port(_) | Error::PortClosed))
                if session.modem.client(target.id).counters().sent != begun =>
            {
                let failure = ending(error, Place::TAKEN, publish);
                if !session.reconnects() || publish.repeat == 1 {
                    return Err(failed(number_sent, publish, failure));
                }
                eprintln!(
                    "dongle: message {number_sent} of {}: {}",
                    publish.repeat, failure.sentence
                );
                session.recover(target, &[], error, Stage::Publish).await?;
                unknown += 1;
                word = "unknown";
            }
            // It was not sent.
            Err(error) if session.reconnects() && is_loss(&error) => {
                session.recover(target, &[], error, Stage::Publish).await?;
                continue;
            }
            Err(error) => {
                let failure = ending(error, Place::default(), publish);
                return Err(failed(number_sent, publish, failure));
            }
        }
        if output.is_json() {
            let object = || {
                json!({
                    "event": "published",
                    "number": number_sent,
                    "topic": publish.topic,
                    "qos": number(publish.qos),
                    "retain": publish.retain,
                    "bytes": publish.payload.len(),
                    "delivery": word,
                })
            };
            output.result(String::new, object)?;
        }
        number_sent += 1;
    }
    if unknown > 0 {
        let all = publish.repeat;
        let sentence = format!("the outcome of {unknown} of {all} messages is unknown: none was sent again");
        return Err(Failure::new(code::UNKNOWN, sentence));
    }
    summary(output, publish, &publish.topic, word)
}

/// All messages are published.
pub fn summary(output: &mut Output, publish: &Publish, topic: &str, word: &str) -> Result<(), Failure> {
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
            "published {messages} of {bytes} to {topic} at QoS {}: {word}",
            number(publish.qos)
        )
    };
    output.result(text, || json!(null))
}

/// Where a message was when its publication failed.
#[derive(Clone, Copy, Default)]
pub struct Place {
    /// The connection is gone.
    pub lost: bool,
    /// The module had begun to take it.
    pub taken: bool,
}

impl Place {
    const LOST: Self = Self {
        lost: true,
        taken: false,
    };
    const TAKEN: Self = Self {
        lost: false,
        taken: true,
    };
}

/// The failure that an error at a message is, if the command ends with it.
pub fn ending(error: Error<TransportError>, place: Place, publish: &Publish) -> Failure {
    match error {
        Error::Refused if place.lost => Failure::new(
            code::CONNECTION,
            "the connection was lost, and the module reported that the message was not published: try again",
        ),
        // Of several the next would find no connection.
        Error::Unknown | Error::Cut { .. } if place.lost && publish.repeat > 1 => {
            Failure::new(code::CONNECTION, format!("the connection was lost; {error}"))
        }
        Error::Port(_) | Error::PortClosed if place.taken => Failure::new(
            code::PORT,
            format!("{error}; the message may have arrived, and was not sent again"),
        ),
        error => Stage::Publish.failure(error),
    }
}

/// That failure, with the number of the message if there are several.
pub fn failed(number: u32, publish: &Publish, failure: Failure) -> Failure {
    match publish.repeat {
        1 => failure,
        all => Failure::new(failure.code, format!("message {number} of {all}: {}", failure.sentence)),
    }
}
