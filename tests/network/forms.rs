//! The data connection in every form that modules print, and the cases in which it must not be dialled.

use super::*;

#[test]
fn every_form_of_mipcall_leads_to_the_address() {
    for mipcall in MipcallForm::ALL {
        for urc_timing in [UrcTiming::AtOnce, UrcTiming::AfterFinal] {
            for up in [false, true] {
                for busy_while_dialling in [false, true] {
                    let world = World::new(Settings {
                        network_up: up,
                        urc_timing,
                        dial_delay: 20 * SECOND,
                        ..settings(Radio {
                            mipcall,
                            busy_while_dialling,
                            ..Radio::default()
                        })
                    });
                    let outcome = bring_up(&world, &Network::new().apn("internet"));
                    assert_eq!(outcome, address(), "{mipcall:?}");
                    let dialled = if up { &[][..] } else { &["AT+MIPCALL=1,\"internet\""] };
                    assert_eq!(commands(&world, "AT+MIPCALL="), dialled, "{mipcall:?}");
                    let context = if up {
                        &[][..]
                    } else {
                        &["AT+CGDCONT=1,\"IP\",\"internet\""]
                    };
                    assert_eq!(commands(&world, "AT+CGDCONT="), context, "{mipcall:?}");
                    // Where MIPCALL names no address, another question does.
                    assert_eq!(count(&world, "AT+CGPADDR=1"), usize::from(mipcall == MipcallForm::Flag));
                }
            }
        }
    }
}

#[test]
fn credentials_go_with_the_access_point() {
    let credentials = Credentials::new("user", "s3cret");
    for (network, line) in [
        (Network::new(), "AT+MIPCALL=1"),
        (
            Network::new().credentials(credentials),
            "AT+MIPCALL=1,\"\",\"user\",\"s3cret\"",
        ),
        (
            Network::new().apn("internet").credentials(credentials),
            "AT+MIPCALL=1,\"internet\",\"user\",\"s3cret\"",
        ),
    ] {
        let world = World::new(settings(Radio::default()));
        assert_eq!(bring_up(&world, &network), address());
        assert_eq!(commands(&world, "AT+MIPCALL="), [line]);
    }
    let world = World::new(Settings {
        revision: "99999.0000.00".into(),
        ..settings(Radio::default())
    });
    let hostile = Network::new().credentials(Credentials::new("user", "a\",\"b"));
    assert!(matches!(bring_up(&world, &hostile), Err(Error::Invalid(_))));
    assert_eq!(count(&world, "AT+CPIN"), 0);
}

#[test]
fn a_stale_connection_is_ended_before_dialling() {
    for answer in ["0.0.0.0", "1,0.0.0.0", "1,::"] {
        let world = World::new(settings(Radio {
            stale: true,
            ..Radio::default()
        }));
        let answer = format!("\r\n+MIPCALL: {answer}\r\n\r\nOK\r\n");
        world.module(|module| module.on_command_once(b"AT+MIPCALL?", answer.as_bytes()));
        assert_eq!(bring_up(&world, &Network::new()), address());
        assert_eq!(commands(&world, "AT+MIPCALL="), ["AT+MIPCALL=0", "AT+MIPCALL=1"]);
    }
}

#[test]
fn the_end_of_the_stale_connection_is_not_taken_for_that_of_the_next() {
    // Its line comes with the answer, late, and never.
    for (result_delay, early) in [(Duration::ZERO, true), (3 * SECOND, false), (60 * SECOND, false)] {
        let world = World::new(Settings {
            result_delay,
            dial_delay: 8 * SECOND,
            ..settings(Radio {
                stale: true,
                ..Radio::default()
            })
        });
        if early {
            world.on_command(b"AT+MIPCALL=0", b"\r\n+MIPCALL: 0\r\n\r\nOK\r\n");
            world.module(|module| module.settings_mut().radio.stale = false);
            world.module(|module| module.restart(Duration::ZERO));
            let stale = b"\r\n+MIPCALL: 1,0.0.0.0\r\n\r\nOK\r\n";
            world.module(|module| module.on_command_once(b"AT+MIPCALL?", stale));
        }
        let (outcome, took) = bring_up_within(&world, &Network::new(), WAIT);
        if result_delay < 5 * SECOND {
            assert_eq!(outcome, address(), "{result_delay:?}");
            assert!(took < 13 * SECOND, "{took:?}");
        } else {
            // It does not dial over a connection that still stands.
            assert!(
                matches!(outcome, Err(Error::Network(NetworkProblem::Address(_)))),
                "{outcome:?}"
            );
        }
    }
}

#[test]
fn nothing_is_done_while_somebody_else_dials() {
    let world = World::new(settings(Radio {
        busy: 30 * SECOND,
        attaches: false,
        ..Radio::default()
    }));
    assert_eq!(bring_up(&world, &Network::new().apn("internet")), address());
    let commands = commands(&world, "AT+");
    let first = commands.iter().position(|line| line.contains("MIPCALL?")).unwrap();
    let asked = commands[first..]
        .iter()
        .take_while(|line| *line == "AT+MIPCALL?")
        .count();
    assert!(asked >= 29, "{commands:?}");
    let rest: Vec<_> = commands[first + asked..].iter().map(String::as_str).take(4).collect();
    assert_eq!(
        rest,
        [
            "AT+CGDCONT=1,\"IP\",\"internet\"",
            "AT+CGATT?",
            "AT+CGATT=1",
            "AT+MIPCALL=1,\"internet\""
        ]
    );

    // It never ends.
    let world = World::new(settings(Radio {
        busy: WAIT,
        ..Radio::default()
    }));
    let (outcome, took) = bring_up_within(&world, &Network::new(), WAIT);
    assert_eq!(outcome, problem(NetworkProblem::Address(None)));
    assert!(took >= 150 * SECOND && took < 152 * SECOND, "{took:?}");
    assert_eq!(count(&world, "AT+MIPCALL="), 0);
}

#[test]
fn an_error_to_dialling_is_an_address_if_the_connection_is_up() {
    let world = World::online(settings(Radio::default()));
    // As if it had come up between the question and the command.
    world.module(|module| module.on_command_once(b"AT+MIPCALL?", b"\r\n+MIPCALL: 0\r\n\r\nOK\r\n"));
    assert_eq!(bring_up(&world, &Network::new().apn("internet")), address());
    assert_eq!(count(&world, "AT+MIPCALL=1"), 1);
}

#[test]
fn a_question_that_is_refused_does_not_keep_from_dialling() {
    let world = World::new(settings(Radio::default()));
    world.module(|module| module.on_command_once(b"AT+MIPCALL?", b"\r\nERROR\r\n"));
    assert_eq!(bring_up(&world, &Network::new()), address());
}

#[test]
fn a_connection_that_does_not_say_where_it_is() {
    let flag = Radio {
        mipcall: MipcallForm::Flag,
        ..Radio::default()
    };
    // Nobody else says it either: a connection that stands is not ended for that.
    let world = World::online(settings(flag.clone()));
    world.on_command(b"AT+CGPADDR", b"\r\nERROR\r\n");
    assert_eq!(
        bring_up(&world, &Network::new()),
        problem(NetworkProblem::Address(None))
    );
    assert_eq!(count(&world, "AT+MIPCALL="), 0);
    // It has no address: it is of no use.
    let world = World::online(settings(flag));
    let none = b"\r\n+CGPADDR: 1,\"0.0.0.0\"\r\n\r\nOK\r\n";
    world.module(|module| module.on_command_once(b"AT+CGPADDR", none));
    assert_eq!(bring_up(&world, &Network::new()), address());
    assert_eq!(commands(&world, "AT+MIPCALL="), ["AT+MIPCALL=0", "AT+MIPCALL=1"]);
}

#[test]
fn what_was_said_of_an_earlier_connection_is_forgotten() {
    for line in ["+MIPCALL: 10.9.9.9", "+MIPCALL: 0"] {
        let world = World::new(settings(Radio {
            busy: 5 * SECOND,
            ..Radio::default()
        }));
        let mut memory = Memory::default();
        let mut modem = memory.modem(&world);
        world.block_on(async {
            modem.attach(40 * SECOND).await.unwrap();
            world.module(|module| module.emit_urc(line.as_bytes()));
            assert_eq!(modem.bring_up(&Network::new(), WAIT).await, address());
        });
    }
}
