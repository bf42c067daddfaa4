//! The SIM: its PIN is sent once, and what it wants is said.

use super::*;

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

#[test]
fn a_pin_that_the_sim_has_taken_unseen_is_sent_after_a_restart() {
    let world = World::new(locked(42));
    world.module(|module| module.settings_mut().ok_delay = 2 * SECOND);
    let mut memory = Memory::default();
    let mut modem = memory.modem(&world);
    world.block_on(async {
        let network = Network::new().pin("0042");
        // The question takes two seconds, and the answer to the PIN is not awaited.
        let until = sleep(&world, 3 * SECOND);
        let _ = embassy_futures::select::select(modem.bring_up(&network, WAIT), until).await;
        assert_eq!(count(&world, "AT+CPIN="), 1);
        assert_eq!(modem.bring_up(&network, WAIT).await, address());
        assert_eq!(count(&world, "AT+CPIN="), 1);
        world.module(|module| module.restart(world.clock().elapsed()));
        modem.attach(40 * SECOND).await.unwrap();
        assert_eq!(modem.bring_up(&network, WAIT).await, address());
        assert_eq!(count(&world, "AT+CPIN="), 2);
    });
}
