//! Opening, closing, breaking: what the module is told, and what becomes of the will.

use fibocom_mqtt::{
    AnyConnectionId, Attach, BreakCause, Error, Event, Feature, Incoming, InvalidInput, Limit, OpenConnections, QoS,
    SnConnectOptions, SnConnectionId, Will,
};

use super::support::topic;
use super::*;

#[test]
fn connecting_names_the_client_and_needs_no_user() {
    let world = module(&[]);
    with_client(&world, async |client| {
        assert!(client.is_connected());
        assert_eq!(client.id(), SnConnectionId::FIRST);
        assert_eq!(world.broker().connected(), [NAME]);
    });
    assert_eq!(commands(&world, "AT+MQTTUSER"), [""; 0]);
    assert_eq!(commands(&world, "AT+MQTTSNCID="), ["AT+MQTTSNCID=101,\"meter\""]);
    assert_eq!(
        commands(&world, "AT+MQTTOPEN="),
        ["AT+MQTTOPEN=101,\"gateway\",10000,1,60"]
    );
}

#[test]
fn both_connections_have_client_ids_of_their_own() {
    let world = module(&[]);
    with_modem(&world, 0, async |modem| {
        for id in [SnConnectionId::FIRST, SnConnectionId::SECOND] {
            let options = SnConnectOptions::new("gateway", 1883)
                .keep_alive(300)
                .clean_session(false);
            modem.client(id).connect(&options).await.unwrap();
        }
    });
    let mut names = world.broker().connected();
    names.sort();
    assert_eq!(names.len(), 2);
    assert!(names[0].ends_with("-101") && names[1].ends_with("-102"), "{names:?}");
    assert!(names.iter().all(|name| name.len() <= 23), "{names:?}");
    assert_eq!(
        commands(&world, "AT+MQTTOPEN=102"),
        ["AT+MQTTOPEN=102,\"gateway\",1883,0,300"]
    );
}

#[test]
fn without_the_command_the_module_names_itself() {
    let world = module(&["sn-commands=no"]);
    with_modem(&world, 0, async |modem| {
        modem.attach(std::time::Duration::from_secs(40)).await.unwrap();
        modem.set_feature(Feature::SnCommands, false);
        let mut client = modem.client(SnConnectionId::FIRST);
        let before = world.record().written().len();
        let refused = client.connect(&options()).await;
        assert!(
            matches!(
                refused,
                Err(Error::Invalid(InvalidInput::Unsupported {
                    feature: Feature::SnCommands,
                    ..
                }))
            ),
            "{refused:?}"
        );
        assert_eq!(world.record().written().len(), before);
        client.connect(&SnConnectOptions::new("gateway", 1883)).await.unwrap();
        assert!(client.is_connected());
    });
    assert_eq!(commands(&world, "AT+MQTTSNCID=1"), [""; 0]);
}

#[test]
fn what_cannot_be_is_refused_before_a_byte_is_written() {
    let world = module(&[]);
    with_modem(&world, 0, async |modem| {
        modem.set_limit(Limit::SnClientId, 23);
        let mut client = modem.client(SnConnectionId::FIRST);
        for options in [
            SnConnectOptions::new("", 1883),
            SnConnectOptions::new("gateway", 0),
            SnConnectOptions::new("gateway", 1883).keep_alive(0),
            SnConnectOptions::new("gateway", 1883).keep_alive(301),
            SnConnectOptions::new("gateway", 1883).client_id(""),
            SnConnectOptions::new("gateway", 1883).client_id("a\",1"),
            SnConnectOptions::new("gateway", 1883).client_id("a client id that is too long"),
        ] {
            let refused = client.connect(&options).await;
            assert!(matches!(refused, Err(Error::Invalid(_))), "{options:?}: {refused:?}");
        }
        let refused = client.update_will_message(b"").await;
        assert!(matches!(refused, Err(Error::Invalid(_))), "{refused:?}");
        let refused = client.update_will_message(b"a\"\r\nb").await;
        assert!(matches!(refused, Err(Error::Invalid(_))), "{refused:?}");
        let refused = client.update_will_message(&[b'x'; 1025]).await;
        assert!(matches!(refused, Err(Error::Invalid(_))), "{refused:?}");
    });
    assert_eq!(world.record().written(), b"");
}

#[test]
fn disconnecting_takes_the_will_back_and_a_break_is_told() {
    let world = module(&[]);
    let watcher = world.broker().client("watcher");
    watcher.subscribe("will/#", 1);
    with_modem(&world, 0, async |modem| {
        let mut client = modem.client(SnConnectionId::FIRST);
        let will = Will::new(topic("will/meter"), b"gone").qos(QoS::AtLeastOnce);
        client.connect(&options().will(will)).await.unwrap();
        client.disconnect().await.unwrap();
        assert!(!client.is_connected());
        assert_eq!(watcher.received(), []);

        client.connect(&options()).await.unwrap();
        assert!(world.broker().break_connection(NAME));
        assert_eq!(client.poll().await, Ok(Event::Disconnected(BreakCause::Server)));
        let mut buffer = [0; 16];
        let told = client.recv(&mut buffer).await;
        assert_eq!(told.unwrap_err(), Error::Disconnected(BreakCause::Server));
        let wills = watcher.received();
        assert_eq!(wills.len(), 1);
        assert_eq!(
            (&*wills[0].topic, &*wills[0].payload),
            (&b"will/meter"[..], &b"gone"[..])
        );
        // It is told where all connections are waited for, too.
        client.connect(&options()).await.unwrap();
        assert!(world.broker().break_connection(NAME));
        let id = AnyConnectionId::Sn(SnConnectionId::FIRST);
        let cause = Some(BreakCause::Server);
        assert_eq!(
            modem.recv_any(&mut buffer).await,
            Ok(Incoming::Disconnected { id, cause })
        );
    });
}

#[test]
fn a_will_that_was_updated_is_the_one_that_is_sent() {
    let world = module(&[]);
    let watcher = world.broker().client("watcher");
    watcher.subscribe("#", 2);
    with_client(&world, async |client| {
        client.disconnect().await.unwrap();
        let will = Will::new(topic("will/old"), b"old").qos(QoS::AtMostOnce);
        client.connect(&options().will(will)).await.unwrap();
        client
            .update_will_topic(topic("will/new"), QoS::ExactlyOnce, true)
            .await
            .unwrap();
        client.update_will_message(b"moved, then lost").await.unwrap();
        assert!(client.is_connected());
        world.restart();
    });
    let wills = watcher.received();
    let (topics, payloads): (Vec<_>, Vec<_>) = wills.iter().map(|will| (&*will.topic, &*will.payload)).unzip();
    assert_eq!(topics, [b"will/new"]);
    assert_eq!(payloads, [b"moved, then lost"]);
    assert_eq!(wills[0].qos, 2);
    assert_eq!(
        world.broker().retained("will/new").map(|will| will.payload),
        Some(b"moved, then lost".to_vec())
    );
    assert_eq!(
        commands(&world, "AT+MQTTW"),
        [
            "AT+MQTTWILL=101,\"will/old\",0,0,\"old\"",
            "AT+MQTTWTOPICUD=101,2,1,\"will/new\"",
            "AT+MQTTWMSGUD=101,\"moved, then lost\""
        ]
    );
}

#[test]
fn an_open_connection_is_taken_over_or_closed() {
    for open in [OpenConnections::Adopt, OpenConnections::Close] {
        let world = module(&[]);
        with_client(&world, async |_| {});
        with_modem(&world, 64, async |modem| {
            let attached = modem.attach_with(&Attach::new().open_connections(open)).await.unwrap();
            assert_eq!(attached.open.unwrap().as_slice(), [101]);
            let client = modem.client(SnConnectionId::FIRST);
            assert_eq!(client.is_connected(), open == OpenConnections::Adopt);
        });
        assert_eq!(
            world.broker().connected().len(),
            usize::from(open == OpenConnections::Adopt)
        );
    }
}

#[test]
fn a_restart_ends_it_and_is_told_once() {
    let world = module(&[]);
    with_modem(&world, 64, async |modem| {
        modem.attach(std::time::Duration::from_secs(40)).await.unwrap();
        let mut client = modem.client(SnConnectionId::FIRST);
        client.connect(&options()).await.unwrap();
        client.register(topic("plant/7/level")).await.unwrap();
        assert!(client.topic(0).is_some());
        world.restart();
        let mut buffer = [0; 16];
        assert_eq!(client.recv(&mut buffer).await.unwrap_err(), Error::Restarted);
        assert_eq!(client.topic(0), None, "the module has forgotten them");
        assert_eq!(client.recv(&mut buffer).await.unwrap_err(), Error::NotConnected);
    });
}
