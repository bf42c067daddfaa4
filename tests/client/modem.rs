//! The whole way, and what every call has in common.

use std::time::Duration;

use fibocom_mqtt::sim::{Fault, Settings, UrcTiming, World};
use fibocom_mqtt::{Delivery, Error, Network, NetworkProblem, Publication, QoS, TopicFilter, command};

use super::support::*;

#[test]
fn from_power_on_to_a_message() {
    let world = World::new(Settings::l610());
    let listener = world.broker().client("listener");
    listener.subscribe("meter/#", 2);
    let mut memory = Memory::default();
    let mut modem = memory.modem(&world);
    world.block_on(async {
        let identity = modem.attach(Duration::from_secs(40)).await.unwrap();
        assert_eq!(identity.manufacturer.as_str(), "Fibocom Wireless Inc.");
        assert!(identity.model.as_str().starts_with("L610"), "{identity:?}");
        assert_eq!(identity.imei.as_str().len(), 15);
        let address = modem
            .bring_up(&Network::new().apn("internet"), Duration::from_secs(60))
            .await
            .unwrap();
        assert!(address.is_ipv4());

        let mut client = connected(&mut modem).await;
        assert!(client.is_connected());
        for qos in [QoS::AtMostOnce, QoS::AtLeastOnce, QoS::ExactlyOnce] {
            let payload = every_byte();
            let publication = Publication::new(topic("meter/7"), &payload).qos(qos);
            assert_eq!(client.publish(&publication).await, Ok(Delivery::Confirmed));
            let mut buffer = [0; 2048];
            let message = client.recv(&mut buffer).await.unwrap();
            assert_eq!(
                (message.topic(), message.payload(), message.qos()),
                (&b"meter/7"[..], &every_byte()[..], qos)
            );
            assert_eq!(message.topic_str(), Some("meter/7"));
        }
        client.unsubscribe(TopicFilter::new("#").unwrap()).await.unwrap();
        client.disconnect().await.unwrap();
        assert!(!client.is_connected());
    });
    assert_eq!(listener.received().len(), 3);
    assert!(
        listener
            .received()
            .iter()
            .all(|message| message.payload == every_byte())
    );
    assert!(
        world.record().lost_commands().is_empty(),
        "a command was sent before the last one's answer"
    );
}

#[test]
fn every_command_ends_in_cr_alone() {
    let world = online();
    let mut memory = Memory::default();
    let mut modem = memory.modem(&world);
    world.block_on(async {
        let mut client = connected(&mut modem).await;
        client.publish(&Publication::new(topic("t"), b"1")).await.unwrap();
    });
    assert!(!world.record().written().contains(&b'\n'));
}

#[test]
fn a_silent_module_ends_every_call() {
    let world = online();
    let mut memory = Memory::default();
    let mut modem = memory.modem(&world);
    world.block_on(async {
        let mut client = connected(&mut modem).await;
        world.module(|module| module.settings_mut().faults.push(Fault::Silent));
        let mut buffer = [0; 64];
        assert_eq!(client.recv(&mut buffer).await, Err(Error::Silent));
        assert_eq!(
            client.publish(&Publication::new(topic("t"), b"1")).await,
            Err(Error::Silent)
        );
        assert_eq!(
            client.subscribe(TopicFilter::new("t").unwrap(), QoS::AtMostOnce).await,
            Err(Error::Silent)
        );
        assert_eq!(modem.attach(Duration::from_secs(5)).await, Err(Error::Silent));
        // And once it is back, so is the driver.
        world.module(|module| module.settings_mut().faults.clear());
        modem.attach(Duration::from_secs(5)).await.unwrap();
        connected(&mut modem)
            .await
            .publish(&Publication::new(topic("t"), b"1"))
            .await
            .unwrap();
    });
}

#[test]
fn an_unplugged_port_is_its_own_error() {
    let world = online();
    let mut memory = Memory::default();
    let mut modem = memory.modem(&world);
    world.block_on(async {
        let mut client = connected(&mut modem).await;
        world.port().unplug();
        let mut buffer = [0; 64];
        assert!(matches!(
            client.recv(&mut buffer).await,
            Err(Error::Port(_) | Error::PortClosed)
        ));
        let publication = Publication::new(topic("t"), b"1");
        let error = client.publish(&publication).await.unwrap_err();
        assert!(!error.is_recoverable(), "{error}");
    });
}

#[test]
fn without_a_network_the_step_is_named() {
    let wait = Duration::from_secs(20);
    let cases = [
        (
            Settings {
                sim: fibocom_mqtt::sim::Sim::Absent,
                ..Settings::l610()
            },
            NetworkProblem::SimAbsent,
        ),
        (
            Settings {
                registration: 2,
                ..Settings::l610()
            },
            NetworkProblem::Registration(command::RegistrationState::Searching),
        ),
    ];
    for (settings, problem) in cases {
        let world = World::new(settings);
        let mut memory = Memory::default();
        let mut modem = memory.modem(&world);
        world.block_on(async {
            modem.attach(wait).await.unwrap();
            assert_eq!(
                modem.bring_up(&Network::new(), wait).await,
                Err(Error::Network(problem))
            );
        });
    }
}

#[test]
fn unsolicited_lines_inside_exchanges_disturb_nothing() {
    let settings = Settings {
        urc_timing: UrcTiming::AtOnce,
        ..Settings::l610().fault(Fault::UrcInside)
    };
    for read_size in [1, 2, 3, 7, 64, 4096] {
        let world = World::online(settings.clone());
        world.port().set_read_size(read_size);
        let mut memory = Memory::default();
        let mut modem = memory.modem(&world);
        world.block_on(async {
            modem.attach(Duration::from_secs(40)).await.unwrap();
            assert!(modem.send(&command::ReadSignal).await.unwrap().rssi <= 99);
            let mut client = connected(&mut modem).await;
            for n in 0..20u8 {
                let payload = [n];
                let publication = Publication::new(topic("t"), &payload).qos(QoS::AtLeastOnce);
                assert_eq!(client.publish(&publication).await, Ok(Delivery::Confirmed));
            }
            let mut buffer = [0; 64];
            for n in 0..20u8 {
                assert_eq!(client.recv(&mut buffer).await.unwrap().payload(), [n]);
            }
        });
    }
}
