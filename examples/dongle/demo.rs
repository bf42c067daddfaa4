//! `demo`: the main job, each step visible.

use std::time::Duration;

use embassy_futures::select::{Either, select};
use fibocom_mqtt::{Clock, Publication, QoS, TopicFilter, TopicName};
use serde_json::{Value, json};

use crate::failure::{Failure, Stage, code};
use crate::options::{Place, Target};
use crate::output::{Output, delivery_word, message_object};
use crate::session::{MESSAGE, Session, patiently};

/// What is published and must come back.
const MESSAGE_TEXT: &str = "hello from a Fibocom module";

/// How long it may take to come back.
const RETURN: Duration = Duration::from_secs(30);

pub async fn run(session: &mut Session<'_, '_>, output: &mut Output, target: &Target) -> Result<(), Failure> {
    let clock = session.clock;
    if let Place::Simulated { broker, .. } = session.place() {
        let text = match broker {
            None => "a module and an MQTT broker, both in this process".to_owned(),
            Some(broker) => format!("a module in this process, whose connections go to {broker}"),
        };
        step(output, "simulate", &text, json!({ "broker": broker }))?;
    }
    let identity = session.attach().await?;
    let (manufacturer, model) = (identity.manufacturer.as_str(), identity.model.as_str());
    let (firmware, imei) = (identity.revision.as_str(), identity.imei.as_str());
    step(
        output,
        "attach",
        &format!("{manufacturer} {model}, firmware {firmware}, IMEI {imei}"),
        json!({ "manufacturer": manufacturer, "model": model, "firmware": firmware, "imei": imei }),
    )?;

    let address = session.bring_up().await?;
    match address {
        Some(address) => step(
            output,
            "network",
            &format!("registered, address {address}"),
            json!({ "address": address.to_string() }),
        )?,
        None => step(
            output,
            "network",
            "left out, as --no-network says",
            json!({ "address": null }),
        )?,
    }

    // Of its own, so that two demos at one broker do not meet.
    let topic = format!("fibocom-mqtt/demo/{}", if imei.is_empty() { "0" } else { imei });
    let mut client = session.connect(target).await?;
    let (host, port) = target.server(None);
    step(
        output,
        "connect",
        &format!("to {host}:{port} on connection {}", target.id),
        json!({ "host": host, "port": port, "id": target.id.get() }),
    )?;

    let subscribed = client.subscribe(TopicFilter::new(&topic)?, QoS::AtLeastOnce);
    patiently(clock, "the subscription (at most 40 s)", subscribed)
        .await
        .map_err(|error| Stage::Subscribe { filter: &topic }.failure(error))?;
    step(
        output,
        "subscribe",
        &format!("to {topic} at QoS 1"),
        json!({ "filter": topic, "qos": 1 }),
    )?;

    let publication = Publication::new(TopicName::new(&topic)?, MESSAGE_TEXT.as_bytes()).qos(QoS::AtLeastOnce);
    let published = client.publish(&publication);
    let delivery = patiently(clock, "the result of the publication (at most 60 s)", published)
        .await
        .map_err(|error| Stage::Publish.failure(error))?;
    let word = delivery_word(delivery);
    step(
        output,
        "publish",
        &format!("\"{MESSAGE_TEXT}\" to {topic}: {word}"),
        json!({ "topic": topic, "payload": MESSAGE_TEXT, "delivery": word }),
    )?;

    let mut buffer = vec![0; MESSAGE];
    let received = patiently(
        clock,
        "the message to come back (at most 30 s)",
        client.recv(&mut buffer),
    );
    let message = match select(received, clock.sleep_until(clock.now() + RETURN)).await {
        Either::First(message) => message.map_err(|error| Stage::Receive.failure(error))?,
        Either::Second(()) => {
            let sentence = "the message was published and did not come back within 30 s: check that the broker lets \
                            this client read what it writes";
            return Err(Failure::new(code::UNKNOWN, sentence));
        }
    };
    let payload = String::from_utf8_lossy(message.payload());
    let on = String::from_utf8_lossy(message.topic());
    output.result(
        || line("receive", &format!("\"{payload}\" from {on}")),
        || {
            let mut object = message_object("step", &message);
            object["step"] = json!("receive");
            object
        },
    )?;
    let same = message.payload() == MESSAGE_TEXT.as_bytes();

    let closed = patiently(clock, "the end of the connection (at most 40 s)", client.disconnect()).await;
    closed.map_err(|error| Stage::Ask.failure(error))?;
    session.note_closed();
    step(output, "disconnect", "done", json!({}))?;
    if !same {
        return Err(Failure::new(
            code::UNKNOWN,
            "another message came than the one that was published: try again",
        ));
    }
    if !output.is_json() {
        output.result(
            || "The message went through the module to the broker and came back.".into(),
            || json!(null),
        )?;
    }
    Ok(())
}

fn step(output: &mut Output, name: &str, text: &str, mut object: Value) -> Result<(), Failure> {
    output.result(
        || line(name, text),
        || {
            object["event"] = json!("step");
            object["step"] = json!(name);
            object.take()
        },
    )
}

fn line(name: &str, text: &str) -> String {
    format!("{name:<11} {text}")
}
