//! Sleep, and what has come or not come meanwhile.

use super::*;

#[test]
fn an_announcement_that_lay_in_the_port_says_nothing_about_sleep_now() {
    let world = World::online(Settings::l610());
    let mut memory = Memory::default();
    world.block_on(async {
        let mut modem = attached(&mut memory, &world).await;
        modem.allow_sleep(true).await.unwrap();
        let mut client = connected(&mut modem).await;
        let mut buffer = [0; 64];
        for n in 0..3u8 {
            assert!(
                recv_within(&world, &mut client, &mut buffer, 5 * SECOND)
                    .await
                    .is_none()
            );
            // Nobody reads when the module reports it, and by the time somebody does the module sleeps again.
            world.broker().client("elsewhere").publish("t", [n], 1, false);
            sleep(&world, 30 * SECOND).await;
            assert!(world.module(|module| module.is_asleep()));
            assert_eq!(client.recv(&mut buffer).await.unwrap().payload(), [n]);
        }
    });
    assert!(world.record().lost_commands().is_empty());
}

#[test]
fn a_sleeping_module_that_answers_too_late_ends_the_call() {
    // Each call that wakes it goes unanswered, and so does each question of the fence in between.
    let world = World::online(Settings::l610());
    let mut memory = Memory::default();
    world.block_on(async {
        let mut modem = attached(&mut memory, &world).await;
        modem.allow_sleep(true).await.unwrap();
        let late = Fault::LateOk(Duration::from_millis(4475));
        world.module(|module| {
            module.settings_mut().faults.push(late);
            module.settings_mut().early_command = EarlyCommand::Refused;
        });
        let began = world.clock().elapsed();
        for _ in 0..5 {
            sleep(&world, 60 * SECOND).await;
            assert_eq!(modem.send(&command::ReadSignal).await, Err(Error::Silent));
        }
        assert!(world.clock().elapsed() - began < 600 * SECOND);
        world.module(|module| module.settings_mut().faults.clear());
        sleep(&world, 60 * SECOND).await;
        modem.send(&command::ReadSignal).await.unwrap();
    });
}

#[test]
fn a_module_that_has_just_answered_is_not_called() {
    let world = World::online(Settings::l610());
    let mut memory = Memory::default();
    world.block_on(async {
        let mut modem = attached(&mut memory, &world).await;
        modem.allow_sleep(true).await.unwrap();
        world.module(|module| module.settings_mut().faults.push(Fault::LateOk(SECOND)));
        let before = world.record().commands().len();
        for _ in 0..3 {
            modem.send(&command::ReadSignal).await.unwrap();
        }
        assert_eq!(world.record().commands().len(), before + 3);
    });
}

#[test]
fn what_the_module_lacks_wakes_it_not() {
    let world = World::online(Settings::l610());
    let mut memory = Memory::default();
    world.block_on(async {
        let mut modem = attached(&mut memory, &world).await;
        modem.set_feature(Feature::SnConnections, false);
        modem.allow_sleep(true).await.unwrap();
        sleep(&world, 60 * SECOND).await;
        let before = world.record().written().len();
        let id = AnyConnectionId::Sn(SnConnectionId::FIRST);
        let lacks = |ended: Result<(), Error<Unplugged>>| {
            let feature = Feature::SnConnections;
            let lacks = matches!(ended, Err(Error::Invalid(InvalidInput::Unsupported { feature: lacked, .. })) if lacked == feature);
            assert!(lacks, "{ended:?}");
        };
        let mut client = modem.client(id);
        lacks(client.disconnect().await);
        lacks(client.skip().await.map(drop));
        assert_eq!(client.recv(&mut [0; 8]).await.unwrap_err(), Error::NotConnected);
        let mut client = modem.client(SnConnectionId::FIRST);
        let name = topic("t");
        lacks(client.connect(&SnConnectOptions::new("gateway", 1)).await);
        lacks(client.publish(&Publication::new(name, b"")).await.map(drop));
        lacks(client.subscribe(TopicFilter::new("t").unwrap(), QoS::AtMostOnce).await);
        lacks(client.unsubscribe(TopicFilter::new("t").unwrap()).await);
        lacks(client.register(name).await.map(drop));
        lacks(client.registrations().await);
        lacks(client.update_will_topic(name, QoS::AtMostOnce, false).await);
        lacks(client.update_will_message(b"m").await);
        assert_eq!(world.record().written().len(), before);
        assert!(world.module(|module| module.is_asleep()));
    });
}
