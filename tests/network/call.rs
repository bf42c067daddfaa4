//! Dialling that fails: how soon, and with what the module said.

use embassy_futures::select::{Either, select};

use super::*;

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
fn a_module_that_restarts_while_it_dials_is_not_waited_for() {
    // Also between two questions.
    for moment in [10_000, 10_250, 10_500, 10_750] {
        let world = World::new(Settings {
            boot_delay: Duration::from_millis(100),
            ..settings(Radio {
                calling: Calling::Hangs,
                ..Radio::default()
            })
        });
        let mut memory = Memory::default();
        let mut modem = memory.modem(&world);
        world.block_on(async {
            modem.attach(40 * SECOND).await.unwrap();
            let network = Network::new();
            let restart = async {
                sleep(&world, Duration::from_millis(moment)).await;
                world.restart();
                sleep(&world, 3 * SECOND).await;
            };
            let ended = select(modem.bring_up(&network, WAIT), restart).await;
            assert!(matches!(ended, Either::First(Err(Error::Restarted))), "{ended:?}");
        });
    }
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
