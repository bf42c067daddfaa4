//! MQTT-SN on a blocking port.

use std::time::Duration;

use fibocom_mqtt::sim::{Settings, World};
use fibocom_mqtt::{
    Buffers, Delivery, Error, Publication, QoS, ShortTopic, SnConnectOptions, SnConnectionId, TopicFilter, TopicId,
    TopicNames, Will, blocking,
};

use crate::SECOND;
use crate::driver::{Adapter, Ready, Tick, Timeout};
use crate::shared::topic;

#[test]
fn every_verb_returns_when_it_is_done() {
    session::<Ready>();
    session::<Timeout>();
}

fn session<A: Adapter>() {
    let world = World::online(Settings {
        echo: false,
        ..Settings::l610()
    });
    let other = world.broker().client("other");
    other.subscribe("up/#", 2);
    other.subscribe("will/#", 2);
    let (mut line, mut message, mut transmit, mut names) = ([0; 256], [0; 1279], [0; 1400], [0; 64]);
    let mut names = TopicNames::new(&mut names);
    let buffers = Buffers::new(&mut line, &mut message, &mut transmit).topics(&mut names);
    let modem = blocking::Modem::new(A::port(&world), world.clock(), buffers);
    let mut modem = modem.idle_with(Tick(world.clone()));
    modem.attach(Duration::from_secs(40)).unwrap();

    let mut client: blocking::SnClient<'_, '_, _, _, _> = modem.client(SnConnectionId::SECOND);
    let will = Will::new(topic("will/a"), b"a");
    let options = SnConnectOptions::new("gateway", 10_000).client_id("sn").will(will);
    client.connect(&options).unwrap();
    let id = client.register(topic("up/level")).unwrap().unwrap();
    client.registrations().unwrap();
    assert_eq!(client.topic(0), Some((id, &b"up/level"[..])));
    assert_eq!(client.topic_name(id), Some(&b"up/level"[..]));
    let publication = Publication::new(id, b"2.71").qos(QoS::ExactlyOnce);
    assert_eq!(client.publish(&publication), Ok(Delivery::Confirmed));
    assert_eq!(other.received()[0].topic, b"up/level");

    let short = ShortTopic::new("t7").unwrap();
    client.subscribe(short, QoS::AtLeastOnce).unwrap();
    client
        .subscribe(TopicFilter::new("down/+").unwrap(), QoS::AtLeastOnce)
        .unwrap();
    let mut buffer = [0; 64];
    for name in ["t7", "down/x"] {
        other.publish(name, "on", 1, false);
        let message = client.recv_timeout(&mut buffer, SECOND).unwrap().unwrap();
        assert_eq!((message.topic_str(), message.payload()), (Some(name), &b"on"[..]));
    }
    client.unsubscribe(short).unwrap();
    assert_eq!(
        client.subscribe(TopicId::new(99).unwrap(), QoS::AtMostOnce),
        Err(Error::Refused)
    );

    client
        .update_will_topic(topic("will/b"), QoS::AtLeastOnce, false)
        .unwrap();
    client.update_will_message(b"b").unwrap();
    assert!(world.broker().break_connection("sn"));
    let error = client.recv(&mut buffer).unwrap_err();
    assert!(matches!(error, Error::Disconnected(_)), "{error:?}");
    let wills: Vec<_> = other
        .received()
        .into_iter()
        .map(|will| (will.topic, will.payload))
        .collect();
    assert_eq!(wills, [(b"will/b".to_vec(), b"b".to_vec())]);
    client.disconnect().unwrap();
    assert_eq!(client.id(), SnConnectionId::SECOND);
}
