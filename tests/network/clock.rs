//! The clock.

use super::*;

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
