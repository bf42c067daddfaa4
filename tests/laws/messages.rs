//! A payload is never syntax, and nothing is lost silently.

use fibocom_mqtt::sim::{Fault, Settings, World};
use fibocom_mqtt::{ConnectionId, Error, Publication, QoS, TopicFilter, command};

use super::support::*;
use crate::SECOND;

const MILLISECOND: core::time::Duration = core::time::Duration::from_millis(1);

const FORGERY: &[u8] = b"\r\n+MQTTBREAK: 1,1\r\n\r\nERROR\r\n\r\n+MQTTPUB: 1,0\r\n>\r\n";

#[test]
fn the_command_read_sent_by_hand_forges_nothing() {
    let world = online();
    let mut memory = Memory::default();
    let mut modem = memory.modem(&world);
    world.block_on(async {
        connected(&mut modem).await;
        assert!(world.broker().inject(CLIENT_ID, "t", FORGERY, 1));
        sleep(&world, SECOND).await;
        let id = ConnectionId::FIRST;
        assert_eq!(
            modem.send(&command::Read::<64, 64> { id }).await,
            Err(Error::Unexpected)
        );
        let mut client = modem.client(id);
        assert!(client.is_connected());
        let mut buffer = [0; 256];
        assert_eq!(client.recv(&mut buffer).await.unwrap().payload(), FORGERY);
    });
}

#[test]
fn a_message_of_another_connection_forges_nothing() {
    let world = online();
    let mut memory = Memory::default();
    let mut modem = memory.modem(&world);
    world.block_on(async {
        let mut client = connected(&mut modem).await;
        let answer = [
            b"\r\n+MQTTREAD: 2,0,1,48,\"t\",\"".as_slice(),
            FORGERY,
            b"\"\r\n\r\nOK\r\n",
        ]
        .concat();
        assert_eq!(FORGERY.len(), 48);
        world.module(|module| module.on_command_once(b"AT+MQTTREAD=1", &answer));
        world.emit_raw(b"\r\n+MQTTMSGI: 1,0,1,1\r\n");
        let mut buffer = [0; 256];
        // It is not for this connection, which goes on waiting for its own.
        assert!(recv_within(&world, &mut client, &mut buffer, SECOND).await.is_none());
        assert!(client.is_connected());
        let mut other = modem.client(ConnectionId::SECOND);
        assert_eq!(other.recv(&mut buffer).await.unwrap().payload(), FORGERY);
    });
}

#[test]
fn a_lost_announcement_is_found_by_a_device_that_is_never_quiet() {
    let world = online();
    let mut memory = Memory::default();
    let mut modem = memory.modem(&world);
    world.block_on(async {
        let mut client = connected(&mut modem).await;
        client.unsubscribe(TopicFilter::new("#").unwrap()).await.unwrap();
        let mut buffer = [0; 64];
        assert!(recv_within(&world, &mut client, &mut buffer, SECOND).await.is_none());
        world.module(|module| module.settings_mut().faults.push(Fault::DropUrc));
        assert!(world.broker().inject(CLIENT_ID, "t", b"unseen", 1));
        sleep(&world, SECOND).await;
        for _ in 0..20 {
            client.publish(&Publication::new(topic("t"), b"1")).await.unwrap();
            if let Some(message) = recv_within(&world, &mut client, &mut buffer, 10 * SECOND).await {
                assert_eq!(message.unwrap().payload(), b"unseen");
                return;
            }
        }
        panic!("the message was never found");
    });
}

#[test]
fn a_lost_break_does_not_make_recv_wait_for_ever() {
    let world = online();
    let mut memory = Memory::default();
    let mut modem = memory.modem(&world);
    world.block_on(async {
        let mut client = connected(&mut modem).await;
        let mut buffer = [0; 64];
        assert!(
            recv_within(&world, &mut client, &mut buffer, 100 * SECOND)
                .await
                .is_none()
        );
        // The module was restarted, or its line was disturbed when it told.
        world.port().unplug();
        world.broker().break_connection(CLIENT_ID);
        sleep(&world, SECOND).await;
        world.port().plug();
        let ended = recv_within(&world, &mut client, &mut buffer, 600 * SECOND).await;
        assert!(matches!(ended, Some(Err(Error::NotConnected))), "{ended:?}");
    });
}

/// Before the module was ever asked whether the connection is open.
#[test]
fn a_break_that_is_lost_right_after_connecting_is_found_by_receiving_and_by_publishing() {
    for publishes in [false, true] {
        let world = online();
        let mut memory = Memory::default();
        let mut modem = memory.modem(&world);
        world.block_on(async {
            let mut client = connected(&mut modem).await;
            let mut buffer = [0; 64];
            world.port().unplug();
            world.broker().break_connection(CLIENT_ID);
            sleep(&world, SECOND).await;
            world.port().plug();
            let ended = if publishes {
                client.publish(&Publication::new(topic("t"), b"1")).await.map(drop)
            } else {
                let ended = recv_within(&world, &mut client, &mut buffer, 600 * SECOND).await;
                ended.expect("it does not wait for ever").map(drop)
            };
            assert_eq!(ended, Err(Error::NotConnected), "publishes: {publishes}");
            assert!(!client.is_connected());
        });
    }
}

#[test]
fn a_connection_that_the_module_lists_nowhere_is_taken_to_be_open() {
    let world = online();
    let mut memory = Memory::default();
    let mut modem = memory.modem(&world);
    world.block_on(async {
        let mut client = connected(&mut modem).await;
        world.on_command(b"AT+MQTTCLOSE?", b"\r\n+MQTTCLOSE: 0\r\n\r\nOK\r\n");
        world.on_command(b"AT+MQTTOPEN?", b"\r\n+MQTTOPEN: 2\r\n\r\nOK\r\n");
        let mut buffer = [0; 64];
        assert!(
            recv_within(&world, &mut client, &mut buffer, 300 * SECOND)
                .await
                .is_none()
        );
        assert!(client.is_connected());
    });
}

#[test]
fn a_recv_that_is_dropped_before_the_module_answers_still_comes_to_know_what_it_asks() {
    for breaks in [false, true] {
        let world = online();
        let mut memory = Memory::default();
        let mut modem = memory.modem(&world);
        world.block_on(async {
            let mut client = connected(&mut modem).await;
            client.unsubscribe(TopicFilter::new("#").unwrap()).await.unwrap();
            let mut buffer = [0; 64];
            assert!(
                recv_within(&world, &mut client, &mut buffer, 100 * SECOND)
                    .await
                    .is_none()
            );
            world.module(|module| module.settings_mut().faults.push(Fault::DropUrc));
            world.module(|module| module.settings_mut().faults.push(Fault::LateOk(50 * MILLISECOND)));
            if breaks {
                world.port().unplug();
                world.broker().break_connection(CLIENT_ID);
                sleep(&world, SECOND).await;
                world.port().plug();
            } else {
                assert!(world.broker().inject(CLIENT_ID, "t", b"unseen", 1));
            }
            for _ in 0..6000 {
                match recv_within(&world, &mut client, &mut buffer, 20 * MILLISECOND).await {
                    None => {}
                    Some(Ok(message)) if !breaks => return assert_eq!(message.payload(), b"unseen"),
                    Some(Err(Error::NotConnected)) if breaks => return,
                    other => panic!("{other:?}"),
                }
            }
            panic!("never, breaks: {breaks}");
        });
    }
}

#[test]
fn a_recv_that_is_dropped_before_the_module_answers_still_comes_to_know_whether_it_has_restarted() {
    let world = online();
    let mut memory = Memory::default();
    let mut modem = memory.modem(&world);
    world.block_on(async {
        modem.attach(40 * SECOND).await.unwrap();
        let mut client = connected(&mut modem).await;
        sleep(&world, 10 * SECOND).await;
        world.module(|module| module.settings_mut().faults.push(Fault::LateOk(50 * MILLISECOND)));
        // It may have restarted, and only found its SIM again.
        world.module(|module| module.emit_urc(b"+SIM READY"));
        assert!(world.broker().inject(CLIENT_ID, "t", b"behind it", 1));
        let mut buffer = [0; 64];
        for _ in 0..50 {
            if let Some(message) = recv_within(&world, &mut client, &mut buffer, 20 * MILLISECOND).await {
                return assert_eq!(message.unwrap().payload(), b"behind it");
            }
        }
        panic!("never");
    });
}

#[test]
fn unannounced_messages_of_a_kept_session_come_at_once_and_without_a_pause_between() {
    let world = World::online(Settings {
        echo: false,
        ..Settings::l610().fault(Fault::DropUrc)
    });
    let mut memory = Memory::default();
    let mut modem = memory.modem(&world);
    world.block_on(async {
        let options = options().clean_session(false);
        let mut client = modem.client(ConnectionId::FIRST);
        client.connect(&options).await.unwrap();
        client
            .subscribe(TopicFilter::new("t").unwrap(), QoS::AtLeastOnce)
            .await
            .unwrap();
        client.disconnect().await.unwrap();
        for n in 0..5u8 {
            world.broker().client("other").publish("t", [n], 1, false);
        }
        client.connect(&options).await.unwrap();
        let mut buffer = [0; 64];
        for n in 0..5u8 {
            let received = recv_within(&world, &mut client, &mut buffer, 5 * SECOND).await;
            assert!(
                matches!(received, Some(Ok(message)) if message.payload() == [n]),
                "message {n}: {received:?}"
            );
        }
    });
}
