//! Registration: any of the three counts, and what keeps the module from it is said.

use super::*;

#[test]
fn any_registration_counts_and_lte_is_asked_first() {
    for (eps, packet, circuit, asked) in [
        (true, true, true, ["AT+CEREG?"].as_slice()),
        (false, true, false, &["AT+CEREG?", "AT+CGREG?"]),
        (false, false, true, &["AT+CEREG?", "AT+CGREG?", "AT+CREG?"]),
    ] {
        for registration in [1, 5, 9, 10] {
            let registers = Registers { eps, packet, circuit };
            let world = World::new(Settings {
                registration,
                ..settings(Radio {
                    registers,
                    ..Radio::default()
                })
            });
            assert_eq!(bring_up(&world, &Network::new()), address());
            let commands = commands(&world, "AT+C");
            let registrations: Vec<_> = commands.iter().filter(|line| line.ends_with("REG?")).collect();
            assert_eq!(registrations, asked);
        }
    }
}

#[test]
fn registration_is_waited_for_and_what_keeps_it_is_said() {
    let world = World::new(settings(Radio {
        registration_delay: 100 * SECOND,
        ..Radio::default()
    }));
    let (outcome, took) = bring_up_within(&world, &Network::new(), WAIT);
    assert_eq!(outcome, address());
    assert!(took >= 99 * SECOND && took < 105 * SECOND, "{took:?}");

    for (registration, state) in [
        (0, RegistrationState::Idle),
        (2, RegistrationState::Searching),
        (3, RegistrationState::Denied),
        (4, RegistrationState::NoCoverage),
        (6, RegistrationState::SmsOnlyHome),
        (7, RegistrationState::SmsOnlyRoaming),
        (8, RegistrationState::EmergencyOnly),
    ] {
        let world = World::new(Settings {
            registration,
            ..settings(Radio::default())
        });
        let (outcome, took) = bring_up_within(&world, &Network::new(), WAIT);
        assert_eq!(outcome, problem(NetworkProblem::Registration(state)));
        assert!(took >= 180 * SECOND && took < 182 * SECOND, "{took:?}");
        let (_, took) = bring_up_within(&world, &Network::new().registration_within(5 * SECOND), WAIT);
        assert!(took >= 5 * SECOND && took < 6 * SECOND, "{took:?}");
        assert_eq!(count(&world, "AT+MIPCALL"), 0);
    }
    // Denied by one, and another still searches: that is not denied.
    let world = World::new(Settings {
        registration: 3,
        ..settings(Radio::default())
    });
    world.on_command(b"AT+CGREG?", b"\r\n+CGREG: 0,2\r\n\r\nOK\r\n");
    let network = Network::new().registration_within(5 * SECOND);
    let searching = NetworkProblem::Registration(RegistrationState::Searching);
    assert_eq!(bring_up(&world, &network), problem(searching));
}

#[test]
fn registration_in_every_form_with_reports_in_between() {
    for reporting in [0, 1, 2] {
        let world = World::new(Settings {
            urc_timing: UrcTiming::AtOnce,
            ..settings(Radio {
                reporting,
                registration_delay: 3 * SECOND,
                ..Radio::default()
            })
        });
        // Searching, said with a line in front that could be taken for a registration.
        let answer = b"\r\n+CEREG: 1\r\n+CEREG: 1,\"1A2B\",\"01C3D4E5\",7\r\n+CEREG: 2,2\r\n\r\nOK\r\n";
        world.module(|module| module.on_command_once(b"AT+CEREG?", answer));
        let (outcome, took) = bring_up_within(&world, &Network::new(), WAIT);
        assert_eq!(outcome, address());
        assert!(took > 2 * SECOND, "{took:?}");
        let seen = seen(&world);
        let reports = seen.matches("\r\n+CREG: 1\r").count() + seen.matches("\r\n+CREG: 1,\"").count();
        assert_eq!(reports, usize::from(reporting > 0), "{seen}");
    }
}
