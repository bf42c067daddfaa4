//! Results that never come, come late, or come after the call was dropped.

use std::time::Duration;

use embassy_futures::poll_once;
use fibocom_mqtt::{Delivery, Error, Event, Operation, Publication, QoS, SettledEnd};

use super::support::{sleep, topic};
use super::*;

#[test]
fn a_registration_whose_result_never_comes_is_unknown_and_unsettles_the_connection() {
    let world = module(&[]);
    with_client(&world, async |client| {
        world.on_command(b"AT+MQTTSNREG=101,\"plant/7\"", b"\r\nOK\r\n");
        assert_eq!(client.register(topic("plant/7")).await, Err(Error::Unknown));
        assert_eq!(client.register(topic("plant/8")).await, Err(Error::Unsettled));
        // It comes late, and is no other's; its topic is noted all the same.
        world.emit_raw(b"\r\n+MQTTSNREG: 101,1,9,\"plant/7\"\r\n");
        let settled = Event::Settled {
            operation: Operation::Register,
            end: SettledEnd::Succeeded,
        };
        assert_eq!(client.poll().await, Ok(settled));
        assert_eq!(client.topic_name(id(9)), Some(&b"plant/7"[..]));
        assert_eq!(client.register(topic("plant/8")).await, Ok(Some(id(1))));
    });
}

#[test]
fn the_gateways_own_registrations_are_no_results() {
    let world = module(&[]);
    with_client(&world, async |client| {
        world.on_command(
            b"AT+MQTTSNREG=101,\"plant/7\"",
            b"\r\nOK\r\n\r\n+MQTTSNREG: 101,2,5,\"plant/5\"\r\n\r\n+MQTTSNREG: 102,1,6,\"plant/6\"\r\n\
              \r\n+MQTTSNREG: 101,8,\"listed\"\r\n\r\n+MQTTSNREG: 101,1,7,\"plant/7\"\r\n",
        );
        assert_eq!(client.register(topic("plant/7")).await, Ok(Some(id(7))));
        assert_eq!(client.topic_name(id(5)), Some(&b"plant/5"[..]));
        assert_eq!(client.topic_name(id(8)), Some(&b"listed"[..]));
        assert_eq!(client.topic_name(id(6)), None);
    });
}

#[test]
fn a_result_in_front_of_ok_is_one() {
    let world = module(&["result-order=result-first"]);
    with_client(&world, async |client| {
        assert_eq!(client.register(topic("plant/7")).await, Ok(Some(id(1))));
        client
            .update_will_topic(topic("will"), QoS::AtMostOnce, false)
            .await
            .unwrap();
        client.update_will_message(b"gone").await.unwrap();
    });
}

#[test]
fn a_dropped_registration_is_brought_to_its_end_by_the_next_call() {
    let world = module(&[]);
    with_client(&world, async |client| {
        for steps in 0..40 {
            let name = format!("plant/{}", steps % 5);
            let mut polls = 0;
            {
                let mut call = std::pin::pin!(client.register(topic(&name)));
                while polls < steps && poll_once(call.as_mut()).is_pending() {
                    polls += 1;
                    sleep(&world, Duration::from_millis(20)).await;
                }
            }
            let number = client.register(topic(&name)).await.unwrap().unwrap();
            assert_eq!(client.topic_name(number), Some(name.as_bytes()));
            assert!((1..=5).contains(&number.get()), "{number}");
        }
    });
}

#[test]
fn updates_of_a_will_can_fail() {
    let world = module(&[]);
    with_client(&world, async |client| {
        // There is no will whose message could change.
        assert_eq!(client.update_will_message(b"gone").await, Err(Error::Refused));
        world.on_command(
            b"AT+MQTTWTOPICUD=101,0,0,\"will\"",
            b"\r\nOK\r\n\r\n+MQTTWTOPICUD: 101,0\r\n",
        );
        let topic = topic("will");
        assert_eq!(
            client.update_will_topic(topic, QoS::AtMostOnce, false).await,
            Err(Error::Refused)
        );
        client.disconnect().await.unwrap();
        assert_eq!(
            client.update_will_topic(topic, QoS::AtMostOnce, false).await,
            Err(Error::NotConnected)
        );
    });
}

#[test]
fn lines_that_come_in_between_do_not_take_a_result_away() {
    let world = module(&[]);
    with_client(&world, async |client| {
        // Of a list whose call was dropped, and more than the line buffer holds.
        let listed = format!("\r\n+MQTTSNREG: 101,8,\"{}\"\r\n", "x".repeat(100)).repeat(5);
        let result = "\r\nOK\r\n\r\n+MQTTSNREG: 101,1,7,\"plant/7\"\r\n";
        world.on_command(b"AT+MQTTSNREG=101,\"plant/7\"", format!("{listed}{result}").as_bytes());
        assert_eq!(client.register(topic("plant/7")).await, Ok(Some(id(7))));
        // What is left of a message in a line, say.
        let noises = ["y".repeat(400), "yyyy yyyy\r\n".repeat(50)];
        let ends = [(0, Err(Error::Refused)), (1, Ok(Delivery::Confirmed))];
        for (n, (noise, (status, end))) in noises.iter().flat_map(|noise| ends.map(|end| (noise, end))).enumerate() {
            let up = format!("up/{n}");
            world.on_command(
                format!("AT+MQTTPUB=101,\"{up}\"").as_bytes(),
                format!("\r\n{noise}\r\n\r\nOK\r\n\r\n+MQTTPUB: 101,{status}\r\n").as_bytes(),
            );
            let publication = Publication::new(topic(&up), b"").qos(QoS::AtLeastOnce);
            assert_eq!(client.publish(&publication).await, end);
        }
    });
}

#[test]
fn the_id_of_another_topic_is_not_given_for_the_one_that_was_registered() {
    let world = module(&[]);
    with_client(&world, async |client| {
        world.on_command(b"AT+MQTTSNREG=101,\"plant/7\"", b"\r\nOK\r\n");
        assert_eq!(client.register(topic("plant/7")).await, Err(Error::Unknown));
        client.disconnect().await.unwrap();
        client.connect(&options()).await.unwrap();
        // What was owed comes after all, in the place of the other's.
        world.on_command(
            b"AT+MQTTSNREG=101,\"plant/8\"",
            b"\r\nOK\r\n\r\n+MQTTSNREG: 101,1,9,\"plant/7\"\r\n",
        );
        assert_eq!(client.register(topic("plant/8")).await, Ok(None));
        assert_eq!(client.topic_name(id(9)), Some(&b"plant/7"[..]));
    });
}

#[test]
fn lines_about_topics_are_not_offered_to_a_program_that_has_to_do_with_them() {
    let offered = std::sync::Mutex::new(Vec::new());
    let mut hook = |line: fibocom_mqtt::Unsolicited<'_>| offered.lock().unwrap().push(line.to_string());
    let world = module(&[]);
    let (mut line, mut message, mut transmit) = ([0; 320], [0; 1279], [0; 1400]);
    let mut modem = Modem::new(
        world.port(),
        world.clock(),
        Buffers::new(&mut line, &mut message, &mut transmit),
    );
    modem.set_model("L610".parse().unwrap());
    modem.set_unsolicited(&mut hook);
    world.block_on(async {
        let mut client = modem.client(SnConnectionId::FIRST);
        client.connect(&options()).await.unwrap();
        for line in [
            "+MQTTSNREG: 101,1",
            "+MQTTSNREG: 101,2,7,\"n\"",
            "+MQTTSNREG: 101,7,\"n\"",
            "+SIM READY",
        ] {
            world.emit_raw(format!("\r\n{line}\r\n").as_bytes());
        }
        client.registrations().await.unwrap();
    });
    assert_eq!(*offered.lock().unwrap(), ["+SIM READY"]);
}
