//! From SIM to address, at the level of bytes: every form of the answers, every failure, every time limit.
#![cfg(feature = "sim")]

mod support;

use std::sync::Mutex;
use std::time::Duration;

use fibocom_mqtt::command::{HangUp, ReadAttachment, ReadOperator, ReadPdp, RegistrationState, Signal};
use fibocom_mqtt::sim::{
    BreakCause, Calling, Fault, Kind, MipcallForm, Radio, Registers, Settings, Sim, UrcTiming, World,
};
use fibocom_mqtt::{
    CmeError, ConnectionId, Credentials, Error, InvalidInput, ModuleError, Network, NetworkProblem, Progress, Trace,
};
use support::*;

const SECOND: Duration = Duration::from_secs(1);
const WAIT: Duration = Duration::from_secs(600);

type Outcome = Result<std::net::IpAddr, Error<fibocom_mqtt::sim::Unplugged>>;

fn settings(radio: Radio) -> Settings {
    Settings {
        echo: false,
        radio,
        ..Settings::l610()
    }
}

fn locked(pin: u16) -> Settings {
    Settings {
        sim: Sim::Locked(pin),
        ..settings(Radio::default())
    }
}

/// Brings a fresh driver up in this world; what came of it, and how long it took.
fn bring_up_within(world: &World, network: &Network<'_>, wait: Duration) -> (Outcome, Duration) {
    let mut memory = Memory::default();
    let mut modem = memory.modem(world);
    world.block_on(async {
        modem.attach(40 * SECOND).await.unwrap();
        let start = world.clock().elapsed();
        let outcome = modem.bring_up(network, wait).await;
        (outcome, world.clock().elapsed() - start)
    })
}

fn bring_up(world: &World, network: &Network<'_>) -> Outcome {
    bring_up_within(world, network, WAIT).0
}

fn address() -> Outcome {
    Ok("10.85.71.198".parse().unwrap())
}

fn problem(problem: NetworkProblem) -> Outcome {
    Err(Error::Network(problem))
}

fn cme(error: CmeError) -> Option<ModuleError> {
    Some(ModuleError::Cme(error))
}

/// The commands that were carried out and begin so.
fn commands(world: &World, start: &str) -> Vec<String> {
    let commands = world.record().commands().into_iter();
    commands.filter(|line| line.starts_with(start)).collect()
}

fn count(world: &World, start: &str) -> usize {
    commands(world, start).len()
}

/// Everything the module put on the line.
fn seen(world: &World) -> String {
    let record = world.record();
    let output = record.entries().iter().filter(|entry| entry.kind == Kind::Output);
    output.map(|entry| String::from_utf8_lossy(&entry.bytes)).collect()
}

// The SIM.

#[test]
fn a_pin_is_sent_when_it_is_asked_for() {
    let world = World::new(locked(42));
    assert_eq!(bring_up(&world, &Network::new().pin("0042")), address());
    assert_eq!(commands(&world, "AT+CPIN="), ["AT+CPIN=\"0042\""]);

    let world = World::new(settings(Radio::default()));
    assert_eq!(bring_up(&world, &Network::new().pin("0042")), address());
    assert_eq!(count(&world, "AT+CPIN="), 0);
}

#[test]
fn a_wrong_pin_is_sent_once_however_often_it_is_tried() {
    let world = World::new(locked(42));
    let mut memory = Memory::default();
    let mut modem = memory.modem(&world);
    world.block_on(async {
        modem.attach(40 * SECOND).await.unwrap();
        let wrong = Network::new().pin("1111");
        let refused = NetworkProblem::PinWrong(cme(CmeError::IncorrectPassword));
        assert_eq!(modem.bring_up(&wrong, WAIT).await, problem(refused));
        for _ in 0..5 {
            assert_eq!(
                modem.bring_up(&wrong, WAIT).await,
                problem(NetworkProblem::PinWrong(None))
            );
        }
        assert_eq!(count(&world, "AT+CPIN="), 1);
        // Another one is the caller's choice.
        assert_eq!(modem.bring_up(&Network::new().pin("0042"), WAIT).await, address());
        assert_eq!(count(&world, "AT+CPIN="), 2);
        // What the SIM has taken may be sent again, after a restart.
        world.module(|module| module.restart(world.clock().elapsed()));
        modem.attach(40 * SECOND).await.unwrap();
        assert_eq!(modem.bring_up(&Network::new().pin("0042"), WAIT).await, address());
        assert_eq!(count(&world, "AT+CPIN="), 3);
    });
}

#[test]
fn a_pin_whose_answer_nobody_awaited_is_not_sent_again() {
    // The future is dropped, or the answer does not come.
    for dropped in [true, false] {
        let world = World::new(locked(42));
        world.on_command(b"AT+CPIN=", b"");
        let mut memory = Memory::default();
        let mut modem = memory.modem(&world);
        world.block_on(async {
            modem.attach(40 * SECOND).await.unwrap();
            let network = Network::new().pin("1111");
            if dropped {
                let mut bring_up = std::pin::pin!(modem.bring_up(&network, WAIT));
                let until = sleep(&world, SECOND);
                let done = embassy_futures::select::select(bring_up.as_mut(), until).await;
                assert!(matches!(done, embassy_futures::select::Either::Second(())));
            } else {
                assert_eq!(modem.bring_up(&network, WAIT).await, Err(Error::Silent));
            }
            assert_eq!(
                modem.bring_up(&network, WAIT).await,
                problem(NetworkProblem::PinWrong(None))
            );
        });
        assert_eq!(count(&world, "AT+CPIN="), 1);
    }
}

#[test]
fn a_pin_that_did_not_count_may_be_tried_again() {
    let world = World::new(locked(42));
    world.module(|module| module.on_command_once(b"AT+CPIN=", b"\r\n+CME ERROR: 14\r\n"));
    let mut memory = Memory::default();
    let mut modem = memory.modem(&world);
    world.block_on(async {
        modem.attach(40 * SECOND).await.unwrap();
        let network = Network::new().pin("0042");
        let busy = NetworkProblem::PinWrong(cme(CmeError::SimBusy));
        assert_eq!(modem.bring_up(&network, WAIT).await, problem(busy));
        assert_eq!(modem.bring_up(&network, WAIT).await, address());
    });
}

#[test]
fn a_pin_is_in_no_output() {
    for pin in ["7305", "0042"] {
        let shown = Mutex::new(String::new());
        let mut hook = |step: Trace<'_>| *shown.lock().unwrap() += &format!("{step}\n{step:?}\n");
        let world = World::new(Settings {
            echo: true,
            sim: Sim::Locked(42),
            ..Settings::l610().fault(Fault::Garbage)
        });
        let mut memory = Memory::default();
        let mut modem = memory.modem(&world);
        modem.set_trace(&mut hook);
        let network = Network::new()
            .pin(pin)
            .apn("internet")
            .credentials(Credentials::new("user", "s3cret"));
        let outcome = world.block_on(async {
            // Without attaching, so that the module echoes.
            modem.bring_up(&network, WAIT).await
        });
        drop(modem);
        let shown = shown.into_inner().unwrap() + &format!("{network:?} {outcome:?}");
        assert!(shown.contains("AT+CPIN=["), "{shown}");
        assert!(!shown.contains(pin) && !shown.contains("s3cret"), "{shown}");
        assert_eq!(shown.contains("AT+MIPCALL=1,["), outcome.is_ok(), "{shown}");
    }
}

#[test]
fn what_is_no_pin_is_refused_before_the_wire() {
    for pin in ["", "123", "123456789", "12a4", "1234\r", "١٢٣٤"] {
        let world = World::new(locked(42));
        let mut memory = Memory::default();
        let mut modem = memory.modem(&world);
        let outcome = world.block_on(modem.bring_up(&Network::new().pin(pin), WAIT));
        assert_eq!(outcome, Err(Error::Invalid(InvalidInput::Pin)));
        assert!(world.record().written().is_empty());
    }
}

#[test]
fn a_sim_that_needs_somebody_is_reported_at_once() {
    let world = World::new(locked(42));
    let (outcome, took) = bring_up_within(&world, &Network::new(), WAIT);
    assert_eq!(outcome, problem(NetworkProblem::PinRequired));
    assert!(took < SECOND, "{took:?}");
    for answer in ["+CPIN: SIM PUK\r\n\r\nOK", "+CME ERROR: 12"] {
        let world = World::new(locked(42));
        world.on_command(b"AT+CPIN?", format!("\r\n{answer}\r\n").as_bytes());
        let (outcome, took) = bring_up_within(&world, &Network::new().pin("0042"), WAIT);
        assert_eq!(outcome, problem(NetworkProblem::PukRequired));
        assert!(took < SECOND, "{took:?}");
        assert_eq!(count(&world, "AT+CPIN="), 0);
    }
    // Three wrong ones, of three programs.
    let world = World::new(locked(42));
    for _ in 0..3 {
        let outcome = bring_up(&world, &Network::new().pin("1111"));
        assert!(matches!(
            outcome,
            Err(Error::Network(NetworkProblem::PinWrong(Some(_))))
        ));
    }
    assert_eq!(
        bring_up(&world, &Network::new().pin("0042")),
        problem(NetworkProblem::PukRequired)
    );
    // Only asked for as an error.
    let world = World::new(locked(42));
    world.module(|module| module.on_command_once(b"AT+CPIN?", b"\r\n+CME ERROR: 11\r\n"));
    assert_eq!(bring_up(&world, &Network::new().pin("0042")), address());
}

#[test]
fn a_sim_that_is_not_ready_is_waited_for_as_long_as_a_sim_may_take() {
    let sim = |error| NetworkProblem::Sim(cme(error));
    for (answer, expected) in [
        ("+CME ERROR: 10", NetworkProblem::SimAbsent),
        ("+CPIN: NOT INSERTED\r\n\r\nOK", NetworkProblem::SimAbsent),
        ("+CME ERROR: 13", sim(CmeError::SimFailure)),
        ("+CME ERROR: 14", sim(CmeError::SimBusy)),
        ("ERROR", NetworkProblem::Sim(Some(ModuleError::Error))),
        ("+CPIN: NOT READY\r\n\r\nOK", NetworkProblem::Sim(None)),
        ("OK", NetworkProblem::Sim(None)),
    ] {
        for (network, wait, limit) in [
            (Network::new(), WAIT, 30 * SECOND),
            (Network::new().sim_within(7 * SECOND), WAIT, 7 * SECOND),
            (Network::new(), 4 * SECOND, 4 * SECOND),
        ] {
            let world = World::new(settings(Radio::default()));
            world.on_command(b"AT+CPIN?", format!("\r\n{answer}\r\n").as_bytes());
            let (outcome, took) = bring_up_within(&world, &network, wait);
            assert_eq!(outcome, problem(expected), "{answer}");
            assert!(took >= limit && took < limit + SECOND, "{answer}: {took:?}");
        }
    }
    let world = World::new(settings(Radio {
        sim_delay: 20 * SECOND,
        ..Radio::default()
    }));
    assert_eq!(bring_up(&world, &Network::new()), address());
}

// Registration.

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

// The data connection.

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
fn a_call_that_fails_is_reported_when_it_fails() {
    for urc_timing in [UrcTiming::AtOnce, UrcTiming::AfterFinal] {
        for dial_delay in [Duration::ZERO, Duration::from_millis(3), SECOND / 3, 20 * SECOND] {
            let world = World::new(Settings {
                dial_delay,
                urc_timing,
                ..settings(Radio {
                    calling: Calling::Fails,
                    ..Radio::default()
                })
            });
            let (outcome, took) = bring_up_within(&world, &Network::new(), WAIT);
            assert_eq!(outcome, problem(NetworkProblem::Address(None)));
            assert!(took < dial_delay + 2 * SECOND, "{took:?}");
            assert_eq!(count(&world, "AT+MIPCALL=1"), 1);
        }
    }
    // The line meets the answer to a question.
    for answer in ["+MIPCALL: 2\r\n+MIPCALL: 0", "+MIPCALL: 0\r\n+MIPCALL: 0"] {
        let world = World::new(settings(Radio {
            calling: Calling::Hangs,
            ..Radio::default()
        }));
        world.module(|module| module.on_command_once(b"AT+MIPCALL?", b"\r\n+MIPCALL: 0\r\n\r\nOK\r\n"));
        world.on_command(b"AT+MIPCALL?", format!("\r\n{answer}\r\n\r\nOK\r\n").as_bytes());
        let (outcome, took) = bring_up_within(&world, &Network::new(), WAIT);
        assert_eq!(outcome, problem(NetworkProblem::Address(None)));
        assert!(took < 3 * SECOND, "{took:?}");
    }
    // Before OK.
    let world = World::new(settings(Radio::default()));
    world.on_command(b"AT+MIPCALL=1", b"\r\n+MIPCALL: 0\r\n\r\nOK\r\n");
    assert_eq!(
        bring_up(&world, &Network::new()),
        problem(NetworkProblem::Address(None))
    );
}

#[test]
fn a_call_that_is_refused_is_reported_with_what_the_module_said() {
    let world = World::new(settings(Radio {
        calling: Calling::Refused,
        ..Radio::default()
    }));
    let (outcome, took) = bring_up_within(&world, &Network::new(), WAIT);
    assert_eq!(outcome, problem(NetworkProblem::Address(Some(ModuleError::Error))));
    assert!(took < SECOND, "{took:?}");
    let world = World::new(settings(Radio::default()));
    world.on_command(b"AT+MIPCALL=1", b"\r\n+CME ERROR: 30\r\n");
    let said = NetworkProblem::Address(cme(CmeError::NoNetwork));
    assert_eq!(bring_up(&world, &Network::new()), problem(said));
    assert!(said.to_string().contains("+CME ERROR: 30"), "{said}");
}

#[test]
fn a_call_without_a_result_ends_with_its_time() {
    for (network, wait, limit) in [
        (Network::new(), WAIT, 150 * SECOND),
        (Network::new().dial_within(20 * SECOND), WAIT, 20 * SECOND),
        (Network::new(), 12 * SECOND, 12 * SECOND),
    ] {
        for busy_while_dialling in [false, true] {
            let world = World::new(settings(Radio {
                calling: Calling::Hangs,
                busy_while_dialling,
                ..Radio::default()
            }));
            let (outcome, took) = bring_up_within(&world, &network, wait);
            assert_eq!(outcome, problem(NetworkProblem::Address(None)));
            assert!(took >= limit && took < limit + 2 * SECOND, "{took:?}");
        }
        // Not even OK.
        let world = World::new(settings(Radio::default()));
        world.on_command(b"AT+MIPCALL=1", b"");
        let (outcome, took) = bring_up_within(&world, &network, wait);
        assert_eq!(outcome, problem(NetworkProblem::Address(None)));
        assert!(took >= limit && took < limit + 2 * SECOND, "{took:?}");
    }
}

#[test]
fn a_module_that_falls_silent_while_dialling_is_silent() {
    let world = World::new(settings(Radio::default()));
    world.on_command(b"AT+MIPCALL=1", b"");
    let mut memory = Memory::default();
    let mut modem = memory.modem(&world);
    world.block_on(async {
        modem.attach(40 * SECOND).await.unwrap();
        let silence = async {
            sleep(&world, 5 * SECOND).await;
            world.module(|module| module.settings_mut().faults.push(Fault::Silent));
            std::future::pending::<()>().await;
        };
        let network = Network::new().dial_within(10 * SECOND);
        let outcome = embassy_futures::select::select(modem.bring_up(&network, WAIT), silence).await;
        assert!(matches!(
            outcome,
            embassy_futures::select::Either::First(Err(Error::Silent))
        ));
    });
}

#[test]
fn the_packet_service_is_attached_to_before_dialling() {
    let world = World::new(settings(Radio {
        attaches: false,
        ..Radio::default()
    }));
    // As a module that has just booted.
    world.module(|module| module.on_command_once(b"AT+CGATT=1", b"\r\n+CME ERROR: 3\r\n"));
    assert_eq!(bring_up(&world, &Network::new()), address());
    assert_eq!(count(&world, "AT+CGATT=1"), 2);
    // A module that has no such command attaches when it dials.
    let world = World::new(settings(Radio::default()));
    world.on_command(b"AT+CGATT", b"\r\n+CME ERROR: 58\r\n");
    assert_eq!(bring_up(&world, &Network::new()), address());
    assert_eq!(count(&world, "AT+CGATT=1"), 0);
}

#[test]
fn attaching_fails_with_what_the_module_said_when_its_time_is_over() {
    for (network, wait, limit) in [
        (Network::new(), WAIT, 75 * SECOND),
        (Network::new().attach_within(9 * SECOND), WAIT, 9 * SECOND),
        (Network::new(), 6 * SECOND, 6 * SECOND),
    ] {
        let world = World::new(settings(Radio {
            attaches: false,
            attach_error: Some(107),
            ..Radio::default()
        }));
        let (outcome, took) = bring_up_within(&world, &network, wait);
        let said = NetworkProblem::Attach(cme(CmeError::Unknown(107)));
        assert_eq!(outcome, problem(said));
        assert!(took >= limit && took < limit + SECOND, "{took:?}");
        // Without an answer.
        world.on_command(b"AT+CGATT=1", b"");
        let (outcome, took) = bring_up_within(&world, &network, wait);
        assert_eq!(outcome, problem(NetworkProblem::Attach(None)));
        assert!(took >= limit && took < limit + 2 * SECOND, "{took:?}");
        assert_eq!(count(&world, "AT+MIPCALL="), 0);
    }
}

// The clock.

#[test]
fn the_clock_is_waited_for_if_that_is_wanted() {
    let radio = Radio {
        nitz_delay: Some(20 * SECOND),
        ..Radio::default()
    };
    let world = World::new(settings(radio.clone()));
    let (outcome, took) = bring_up_within(&world, &Network::new(), WAIT);
    assert_eq!(outcome, address());
    assert!(took < 2 * SECOND && count(&world, "AT+CCLK") == 0, "{took:?}");

    let world = World::new(settings(radio));
    let mut memory = Memory::default();
    let mut modem = memory.modem(&world);
    world.block_on(async {
        modem.attach(40 * SECOND).await.unwrap();
        let early = Network::new().clock_within(5 * SECOND);
        assert_eq!(modem.bring_up(&early, WAIT).await, problem(NetworkProblem::Clock));
        assert!(!modem.clock().await.unwrap().is_set());
        assert_eq!(
            modem.bring_up(&Network::new().clock_within(60 * SECOND), WAIT).await,
            address()
        );
        assert!(world.clock().elapsed() >= 20 * SECOND && world.clock().elapsed() < 24 * SECOND);
        assert_eq!(modem.clock().await.unwrap().to_string(), "2026-07-20 06:51:36 +00:00");
    });
}

// What is told, and what the network does later.

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
            drop(embassy_futures::select::select(modem.bring_up(&network, WAIT), until).await);
            assert_eq!(
                modem.bring_up(&network, WAIT).await,
                address(),
                "dropped after {millis} ms"
            );
        });
        assert_eq!(count(&world, "AT+CPIN="), 1, "dropped after {millis} ms");
    }
}
