//! Who is believed: the table, the module, the caller.

use super::*;

#[test]
fn the_module_wins_over_the_table_and_the_caller_over_both() {
    let world = world(Settings {
        user_lengths: (40, 50, 60),
        max_publish: 2000,
        ..Settings::l610()
    });
    let mut memory = memory();
    let mut modem = memory.modem(&world);
    world.block_on(async {
        modem.attach(WAIT).await.unwrap();
        let said = |value| Known {
            value,
            source: Source::Module,
        };
        for (limit, value) in [
            (Limit::User, 40),
            (Limit::Password, 50),
            (Limit::ClientId, 60),
            (Limit::Payload, 2000),
            (Limit::WillPayload, 2000),
        ] {
            assert_eq!(modem.capabilities().limit(limit), said(value));
        }
        let user = text(41);
        let options = ConnectOptions::new("broker", 1883).credentials(Credentials::new(&user, ""));
        let refusals = Refusals {
            world: &world,
            capabilities: *modem.capabilities(),
        };
        refusals
            .exceeds(Limit::User, modem.client(ConnectionId::FIRST).connect(&options))
            .await;

        // The caller knows better, and attaching again does not change that. The module may refuse it all the same.
        modem.set_limit(Limit::User, 41);
        modem.attach(WAIT).await.unwrap();
        assert_eq!(
            modem.capabilities().limit(Limit::User),
            Known {
                value: 41,
                source: Source::Caller
            }
        );
        let refused = modem.client(ConnectionId::FIRST).connect(&options).await;
        assert!(matches!(refused, Err(Error::Module(_))), "{refused:?}");

        // More than any manual says.
        let mut client = connected(&mut modem).await;
        let payload = text(2000);
        let publication = Publication::new(topic("t"), payload.as_bytes());
        assert_eq!(client.publish(&publication).await, Ok(Delivery::Confirmed));
    });
}

#[test]
fn what_is_refused_without_a_network_is_asked_again_with_it() {
    let world = World::new(Settings {
        echo: false,
        network_need: NetworkNeed::Everything,
        ..Settings::l610_v1_0_1()
    });
    let mut memory = memory();
    let mut modem = memory.modem(&world);
    world.block_on(async {
        modem.attach(WAIT).await.unwrap();
        let client_id = |modem: &TestModem<'_>| modem.capabilities().limit(Limit::ClientId);
        assert_eq!(
            client_id(&modem),
            Known {
                value: 1024,
                source: Source::Table
            }
        );
        assert_eq!(
            modem.capabilities().feature(Feature::AuthCommands).source,
            Source::Table
        );
        modem.bring_up(&Network::new(), WAIT).await.unwrap();
        assert_eq!(
            client_id(&modem),
            Known {
                value: 23,
                source: Source::Module
            }
        );
        for feature in [Feature::Tls, Feature::SnCommands, Feature::AuthCommands] {
            let lacking = Known {
                value: false,
                source: Source::Module,
            };
            assert_eq!(modem.capabilities().feature(feature), lacking, "{feature}");
        }
    });
}

#[test]
fn a_module_that_says_nonsense_about_itself_changes_nothing() {
    for answer in [
        "+MQTTUSER: (1,2),0,0,0",
        "+MQTTUSER: 1,2,3",
        "+MQTTUSER: (1,2),99999999999,1",
        "nothing",
        "",
    ] {
        let world = world(Settings::l610());
        world.on_command(b"AT+MQTTUSER=?", format!("\r\n{answer}\r\n\r\nOK\r\n").as_bytes());
        let mut memory = memory();
        let mut modem = memory.modem(&world);
        world.block_on(async {
            modem.attach(WAIT).await.unwrap();
            for limit in [Limit::User, Limit::Password, Limit::ClientId] {
                let table = Known {
                    value: 1024,
                    source: Source::Table,
                };
                assert_eq!(modem.capabilities().limit(limit), table, "{answer}");
            }
        });
    }
}
