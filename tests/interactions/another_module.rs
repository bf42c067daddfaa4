//! What was known of a module does not hold for another one, nor behind a restart.

use super::*;

fn certificates_of_the_last_open(world: &World) -> Vec<Vec<u8>> {
    let opens = world.broker().opens();
    let tls = opens.last().unwrap().tls.as_ref().unwrap();
    tls.certificates.clone()
}

#[test]
fn another_module_behind_a_new_port_shows_its_own_form_of_read() {
    for (first, second) in [(true, false), (false, true)] {
        let quoting = |quote_read| Settings {
            quote_read,
            ..Settings::l610().online()
        };
        let world = World::new(quoting(first));
        let line = world.add(quoting(second));
        let mut memory = Memory::default();
        world.block_on(async {
            let mut modem = attached(&mut memory, &world).await;
            for port in [None, Some(line.port())] {
                if let Some(port) = port {
                    drop(modem.replace_port(port));
                    modem.attach(WAIT).await.unwrap();
                }
                let mut client = connected(&mut modem).await;
                let mut buffer = [0; 64];
                for payload in ["one", "\"two\""] {
                    world.broker().client("elsewhere").publish("t/\"u", payload, 1, false);
                    assert_eq!(client.recv(&mut buffer).await.unwrap().payload(), payload.as_bytes());
                }
                client.disconnect().await.unwrap();
            }
        });
    }
}

#[test]
fn another_module_is_not_taken_to_decode_what_the_former_one_did() {
    // The first is known by its firmware to decode `\22`, the second is not.
    let world = World::online(Settings::l610());
    world.on_command(b"AT+CGMR", b"\r\n16000.1208.00.86.02.02\r\n\r\nOK\r\n");
    let line = world.add(Settings::l610().online());
    line.on_command(b"AT+CGMR", b"\r\n12007.6005.00.02.03.04\r\n\r\nOK\r\n");
    let mut memory = Memory::default();
    world.block_on(async {
        let mut modem = attached(&mut memory, &world).await;
        let quoted = options().credentials(fibocom_mqtt::Credentials::new("a\"b", "c"));
        modem.client(ConnectionId::FIRST).connect(&quoted).await.unwrap();
        drop(modem.replace_port(line.port()));
        modem.attach(WAIT).await.unwrap();
        let refused = modem.client(ConnectionId::FIRST).connect(&quoted).await;
        assert!(matches!(refused, Err(Error::Invalid(_))), "{refused:?}");
    });
}

#[test]
fn what_the_caller_calls_the_model_keeps_no_limit_of_the_former_module() {
    let world = World::online(Settings::l610());
    world.on_command(b"AT+MQTTUSER=?", b"\r\n+MQTTUSER: (1,2),7,7,7\r\n\r\nOK\r\n");
    let line = world.add(Settings::l610().online());
    line.on_command(b"AT+MQTTUSER=?", b"\r\nERROR\r\n");
    let mut memory = Memory::default();
    world.block_on(async {
        let mut modem = memory.modem(&world);
        modem.set_model("L610".parse().unwrap());
        let table = modem.capabilities().limit(Limit::User);
        modem.set_limit(Limit::Payload, 77);
        modem.attach(WAIT).await.unwrap();
        assert_eq!(modem.capabilities().limit(Limit::User).value, 7);
        drop(modem.replace_port(line.port()));
        modem.attach(WAIT).await.unwrap();
        assert_eq!(modem.capabilities().limit(Limit::User), table);
        assert_eq!(modem.capabilities().limit(Limit::Payload).value, 77);
    });
}

#[test]
fn a_restart_forgets_files_that_the_module_does_not_list() {
    // Without a trust file only the certificate and its key are loaded, and a module that lost them does not list them.
    let world = World::online(Settings::l610());
    world.broker().require_tls(b"");
    world.broker().require_certificate(CERTIFICATE);
    let mut memory = Memory::default();
    let tls = Tls::new()
        .client_certificate(CERTIFICATE, KEY)
        .dangerously_skip_verification();
    let options = options().tls(tls);
    world.block_on(async {
        let mut modem = attached(&mut memory, &world).await;
        modem.client(ConnectionId::FIRST).connect(&options).await.unwrap();
        world.restart();
        sleep(&world, 20 * SECOND).await;
        let mut buffer = [0; 64];
        let lost = modem.client(ConnectionId::FIRST).recv(&mut buffer).await;
        assert_eq!(lost, Err(Error::Restarted));
        modem.attach(WAIT).await.unwrap();
        modem.bring_up(&Network::new(), WAIT).await.unwrap();
        modem.client(ConnectionId::FIRST).connect(&options).await.unwrap();
    });
    assert_eq!(certificates_of_the_last_open(&world), [CERTIFICATE]);
}

#[test]
fn a_file_that_a_restart_cut_is_loaded_again_without_another_restart() {
    let world = World::online(Settings::l610());
    let mut memory = Memory::default();
    let tls = Tls::new()
        .client_certificate(CERTIFICATE, KEY)
        .dangerously_skip_verification();
    let options = options().tls(tls);
    world.block_on(async {
        let mut modem = memory.paced(&world, Dialect::default());
        modem.attach(WAIT).await.unwrap();
        let mut client = modem.client(ConnectionId::FIRST);
        let upload = async {
            while !world.module(|module| module.in_data_mode()) {
                sleep(&world, Duration::from_millis(1)).await;
            }
        };
        assert!(matches!(
            select(client.connect(&options), upload).await,
            Either::Second(())
        ));
        world.restart();
        sleep(&world, 20 * SECOND).await;
        modem.attach(WAIT).await.unwrap();
        modem.bring_up(&Network::new(), WAIT).await.unwrap();
        modem.client(ConnectionId::FIRST).connect(&options).await.unwrap();
    });
    assert_eq!(certificates_of_the_last_open(&world), [CERTIFICATE]);
}

#[test]
fn files_are_not_taken_to_be_in_another_module() {
    let world = World::online(Settings::l610());
    let line = world.add(Settings::l610().online());
    line.on_command(b"AT+CGSN", b"\r\n864430010099999\r\n\r\nOK\r\n");
    // Another host has loaded one there.
    line.on_command(b"AT+GTSSLFILE?", b"\r\n+GTSSLFILE: TRUSTFILE,1\r\n\r\nOK\r\n");
    let mut memory = Memory::default();
    let options = options().tls(Tls::new().trust(CERTIFICATE));
    world.block_on(async {
        let mut modem = attached(&mut memory, &world).await;
        modem.client(ConnectionId::FIRST).connect(&options).await.unwrap();
        drop(modem.replace_port(line.port()));
        modem.attach(WAIT).await.unwrap();
        let refused = modem.client(ConnectionId::FIRST).connect(&options).await;
        assert_eq!(refused, Err(Error::Tls(TlsProblem::ForeignFiles)));
    });
}

#[test]
fn behind_another_port_the_same_module_is_given_no_command_for_a_message() {
    for after in [1, 5, 10, 20] {
        for attaches in [false, true] {
            let world = World::online(Settings::l610());
            let mut memory = Memory::default();
            world.block_on(async {
                let mut modem = memory.paced(&world, Dialect::default());
                modem.attach(WAIT).await.unwrap();
                let mut client = connected(&mut modem).await;
                let publication = Publication::new(topic("t"), &[b'x'; 1000]);
                let pause = sleep(&world, Duration::from_millis(after));
                assert!(matches!(
                    select(client.publish(&publication), pause).await,
                    Either::Second(())
                ));
                drop(modem.replace_port(Paced::new(&world)));
                if attaches {
                    modem.attach(WAIT).await.unwrap();
                }
                modem.send(&command::ReadSignal).await.unwrap();
            });
            for (_, message) in world.broker().published() {
                assert!(message.payload.iter().all(|byte| *byte == b'x'), "after {after} ms");
            }
        }
    }
}
