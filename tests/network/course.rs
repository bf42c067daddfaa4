//! What is told on the way, and what the network does later.

use super::*;

#[test]
fn every_step_is_told_while_it_waits() {
    let world = World::new(Settings {
        sim: Sim::Locked(42),
        dial_delay: 4 * SECOND,
        ..settings(Radio {
            sim_delay: 2 * SECOND,
            registration_delay: 3 * SECOND,
            attaches: false,
            nitz_delay: Some(15 * SECOND),
            ..Radio::default()
        })
    });
    let mut told = Vec::new();
    let mut memory = Memory::default();
    let mut modem = memory.modem(&world);
    let network = Network::new().pin("0042").clock_within(30 * SECOND);
    world.block_on(async {
        let mut tell = |progress: Progress| told.push(progress);
        modem.bring_up_with(&network, WAIT, &mut tell).await.unwrap();
    });
    let searching = Progress::Registration {
        state: RegistrationState::Searching,
        signal: Some(Signal {
            rssi: 24,
            bit_errors: 99,
        }),
    };
    assert_eq!(searching.to_string(), "registration: searching, signal -65 dBm");
    let waited = told.iter().filter(|progress| **progress == searching).count();
    assert!((2..=4).contains(&waited), "{told:?}");
    told.dedup();
    assert_eq!(
        told,
        [
            Progress::Sim,
            Progress::Pin,
            Progress::Sim,
            searching,
            Progress::Attach,
            Progress::Dialling,
            Progress::Clock,
        ]
    );
}

#[test]
fn a_lost_network_comes_back_and_is_brought_up_again() {
    for cause in [BreakCause::Link, BreakCause::Registration] {
        let world = World::new(settings(Radio {
            reporting: 1,
            ..Radio::default()
        }));
        let mut memory = Memory::default();
        let mut modem = memory.modem(&world);
        world.block_on(async {
            modem.attach(40 * SECOND).await.unwrap();
            assert_eq!(modem.bring_up(&Network::new(), WAIT).await, address());
            let mut client = connected(&mut modem).await;
            world.lose_network(cause, 60 * SECOND);
            let mut buffer = [0; 64];
            let lost = client.recv(&mut buffer).await.unwrap_err();
            let expected = match cause {
                BreakCause::Link => fibocom_mqtt::BreakCause::Link,
                _ => fibocom_mqtt::BreakCause::NotRegistered,
            };
            assert_eq!(lost, Error::Disconnected(expected));
            let start = world.clock().elapsed();
            assert_eq!(modem.bring_up(&Network::new(), WAIT).await, address());
            let took = world.clock().elapsed() - start;
            assert!(took > 50 * SECOND && took < 65 * SECOND, "{took:?}");
            assert!(modem.client(ConnectionId::FIRST).connect(&options()).await.is_ok());
        });
        let seen = seen(&world);
        for line in [
            "+CEREG: 2",
            "+CGREG: 2",
            "+CREG: 2",
            "+MIPCALL: 0",
            "+CEREG: 1",
            "+CREG: 1",
        ] {
            assert!(seen.contains(&format!("\r\n{line}\r\n")), "{line}: {seen}");
        }
    }
}

#[test]
fn the_network_may_be_lost_while_dialling() {
    let world = World::new(Settings {
        dial_delay: 10 * SECOND,
        ..settings(Radio::default())
    });
    let mut memory = Memory::default();
    let mut modem = memory.modem(&world);
    world.block_on(async {
        modem.attach(40 * SECOND).await.unwrap();
        let network = Network::new();
        let loss = async {
            sleep(&world, 5 * SECOND).await;
            world.lose_network(BreakCause::Link, 5 * SECOND);
            std::future::pending::<()>().await;
        };
        let (done, took) = match embassy_futures::select::select(modem.bring_up(&network, WAIT), loss).await {
            embassy_futures::select::Either::First(done) => (done, world.clock().elapsed()),
            embassy_futures::select::Either::Second(()) => unreachable!(),
        };
        assert_eq!(done, problem(NetworkProblem::Address(None)));
        assert!(took < 160 * SECOND, "{took:?}");
        assert_eq!(modem.bring_up(&network, WAIT).await, address());
    });
}

#[test]
fn what_can_be_asked_by_hand() {
    let world = World::new(settings(Radio::default()));
    let mut memory = Memory::default();
    let mut modem = memory.modem(&world);
    world.block_on(async {
        modem.attach(40 * SECOND).await.unwrap();
        assert_eq!(modem.send(&ReadOperator).await.unwrap().name.as_str(), "CHN-UNICOM");
        assert!(modem.send(&ReadAttachment).await.unwrap().attached);
        assert_eq!(modem.bring_up(&Network::new(), WAIT).await, address());
        modem.send(&HangUp).await.unwrap();
        sleep(&world, SECOND).await;
        assert_eq!(modem.send(&ReadPdp).await, Ok(fibocom_mqtt::command::PdpState::Down));
        assert_eq!(modem.bring_up(&Network::new(), WAIT).await, address());
    });
}

#[test]
fn a_dropped_bring_up_is_taken_up_by_the_next() {
    let radio = Radio {
        sim_delay: 2 * SECOND,
        registration_delay: 2 * SECOND,
        attaches: false,
        ..Radio::default()
    };
    for millis in (0..7000).step_by(37) {
        let world = World::new(Settings {
            sim: Sim::Locked(42),
            dial_delay: 2 * SECOND,
            ..settings(radio.clone())
        });
        let mut memory = Memory::default();
        let mut modem = memory.modem(&world);
        world.block_on(async {
            modem.attach(40 * SECOND).await.unwrap();
            let network = Network::new().pin("0042").apn("internet");
            let until = sleep(&world, Duration::from_millis(millis));
            let _ = embassy_futures::select::select(modem.bring_up(&network, WAIT), until).await;
            assert_eq!(
                modem.bring_up(&network, WAIT).await,
                address(),
                "dropped after {millis} ms"
            );
        });
        assert_eq!(count(&world, "AT+CPIN="), 1, "dropped after {millis} ms");
    }
}

/// That firmware decodes `\HH` is known of its MQTT commands only.
#[test]
fn an_access_point_with_a_quote_is_refused_before_the_wire() {
    let world = World::new(Settings::l610());
    let mut memory = Memory::default();
    let mut modem = memory.modem(&world);
    world.block_on(async {
        modem.attach(Duration::from_secs(40)).await.unwrap();
        let before = world.record().written().len();
        for network in [
            Network::new().apn("a\"b"),
            Network::new().apn("a").credentials(Credentials::new("u\\22", "p")),
        ] {
            let refused = modem.bring_up(&network, Duration::from_secs(60)).await;
            assert!(
                matches!(refused, Err(Error::Invalid(InvalidInput::Character { .. }))),
                "{refused:?}"
            );
        }
        assert_eq!(world.record().written().len(), before);
    });
}
