//! Publishing: what the module says is what the caller hears.

use fibocom_mqtt::sim::{Settings, World};
use fibocom_mqtt::{Delivery, Error, Event, Limit, Publication, QoS, TopicFilter};

use super::support::*;

#[test]
fn an_empty_retained_message_clears() {
    let world = online();
    let mut memory = Memory::default();
    let mut modem = memory.modem(&world);
    world.block_on(async {
        let mut client = connected(&mut modem).await;
        client
            .publish(&Publication::new(topic("kept"), b"1").retain())
            .await
            .unwrap();
        assert!(world.broker().retained("kept").is_some());
        client
            .publish(&Publication::new(topic("kept"), b"").retain())
            .await
            .unwrap();
        assert!(world.broker().retained("kept").is_none());
    });
}

#[test]
fn what_the_module_says_of_a_publication_is_what_the_caller_hears() {
    let world = online();
    let mut memory = Memory::default();
    let mut modem = memory.modem(&world);
    world.block_on(async {
        let mut client = connected(&mut modem).await;
        world.broker().refuse_publications(true);
        assert_eq!(
            client.publish(&Publication::new(topic("t"), b"1")).await,
            Err(Error::Refused)
        );
        world.broker().refuse_publications(false);
        world.broker().refuse_subscriptions(true);
        assert_eq!(
            client.subscribe(TopicFilter::new("x").unwrap(), QoS::AtMostOnce).await,
            Err(Error::Refused)
        );
        let long = [0; 1025];
        let error = client.publish(&Publication::new(topic("t"), &long)).await.unwrap_err();
        assert_eq!(error, exceeds(Limit::Payload, 1025, 1024));
    });
}

#[test]
fn at_qos_0_without_results_ok_is_acceptance() {
    let world = World::online(Settings {
        echo: false,
        qos0_result: false,
        ..Settings::l610()
    });
    let mut memory = Memory::default();
    let mut modem = memory.modem_with(&world, fibocom_mqtt::Dialect::default().result_at_qos0(false));
    world.block_on(async {
        let mut client = connected(&mut modem).await;
        assert_eq!(
            client.publish(&Publication::new(topic("t"), b"1")).await,
            Ok(Delivery::Accepted)
        );
        let publication = Publication::new(topic("t"), b"1").qos(QoS::AtLeastOnce);
        assert_eq!(client.publish(&publication).await, Ok(Delivery::Confirmed));
    });
}

#[test]
fn an_unknown_outcome_is_not_resent_and_unsettles_the_connection() {
    let world = online();
    let mut memory = Memory::default();
    let mut modem = memory.modem(&world);
    world.block_on(async {
        let mut client = connected(&mut modem).await;
        world.broker().withhold_results(true);
        let publication = Publication::new(topic("t"), b"once").qos(QoS::AtLeastOnce);
        assert_eq!(client.publish(&publication).await, Err(Error::Unknown));
        assert_eq!(client.publish(&publication).await, Err(Error::Unsettled));
        // Messages are received all the same.
        world.broker().client("other").publish("t", b"in", 0, false);
        let mut buffer = [0; 64];
        while client.recv(&mut buffer).await.unwrap().payload() != b"in" {}
        // The owed line settles it, when it comes.
        world.broker().withhold_results(false);
        let settled = client.poll().await.unwrap();
        let end = fibocom_mqtt::SettledEnd::Succeeded;
        assert_eq!(
            settled,
            Event::Settled {
                operation: fibocom_mqtt::Operation::Publish,
                end
            }
        );
        assert_eq!(client.publish(&publication).await, Ok(Delivery::Confirmed));
        // So does closing.
        world.broker().withhold_results(true);
        assert_eq!(client.publish(&publication).await, Err(Error::Unknown));
        world.broker().withhold_results(false);
        client.connect(&options()).await.unwrap();
        assert_eq!(client.publish(&publication).await, Ok(Delivery::Confirmed));
    });
    let published = world.broker().published();
    assert_eq!(published.iter().filter(|(id, _)| id == CLIENT_ID).count(), 4);
}
