//! The packet service.

use super::*;

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
        let said = NetworkProblem::Attach(cme(CmeError::PacketServiceNotAllowed));
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
