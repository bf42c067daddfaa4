//! How long it tries, and what ends it.

use super::*;

#[test]
fn a_broker_that_is_away_is_asked_more_and_more_patiently_and_not_for_ever() {
    let world = online();
    let mut memory = Memory::default();
    let mut modem = memory.modem(&world);
    world.block_on(async {
        ready(&mut modem).await;
        world.broker().break_connection(CLIENT_ID);
        for _ in 0..4 {
            world.broker().refuse_next_open(3);
        }
        let (result, seen) = recover(&mut modem, &recovery(), &mut ()).await;
        assert_eq!(result, recovered(5), "{seen:?}");
        assert_eq!(seen.iter().filter(|step| *step == "failed: Refused").count(), 4);

        world.broker().break_connection(CLIENT_ID);
        for _ in 0..10 {
            world.broker().refuse_next_open(3);
        }
        let before = world.clock().now();
        let backoff = Backoff::new().first(10 * SECOND).longest(40 * SECOND).attempts(4);
        let (result, _) = recover(&mut modem, &recovery().backoff(backoff), &mut ()).await;
        assert_eq!(result, Err(Error::Refused));
        let waited = world.clock().now().saturating_since(before);
        // Pauses of 10, 20, 40 and 40 s, each at least half of that.
        assert!((55 * SECOND..130 * SECOND).contains(&waited), "{waited:?}");
    });
}

/// A power key that the test watches.
struct Key<'w>(&'w World, u32);

impl PowerControl for Key<'_> {
    type Error = ();

    async fn restart<C: Clock>(&mut self, clock: &C) -> Result<(), ()> {
        self.1 += 1;
        clock.sleep_until(clock.now() + 3 * SECOND).await;
        self.0.module(|module| module.settings_mut().faults.clear());
        self.0.restart();
        Ok(())
    }
}

#[test]
fn a_module_that_answers_no_more_is_restarted_by_its_power_key() {
    let world = World::new(Settings {
        echo: false,
        ..Settings::l610()
    });
    let mut memory = Memory::default();
    let mut modem = memory.modem(&world);
    world.block_on(async {
        ready(&mut modem).await;
        world.module(|module| module.settings_mut().faults.push(Fault::Silent));
        let publication = Publication::new(topic("plant/1"), b"1");
        let silent = modem.client(ConnectionId::FIRST).publish(&publication).await;
        assert_eq!(silent, Err(Error::Silent));
        let mut key = Key(&world, 0);
        let (result, seen) = recover(&mut modem, &recovery(), &mut key).await;
        assert_eq!(key.1, 1, "{seen:?}");
        assert!(result.is_ok(), "{result:?} {seen:?}");
        assert!(seen.contains(&"power".to_string()), "{seen:?}");
        receives(&world, &mut modem, "after").await;
    });
}

#[test]
fn without_a_power_key_a_silent_module_is_only_waited_for() {
    let world = online();
    let mut memory = Memory::default();
    let mut modem = memory.modem(&world);
    world.block_on(async {
        ready(&mut modem).await;
        world.module(|module| module.settings_mut().faults.push(Fault::Silent));
        let backoff = Backoff::new().attempts(3);
        let (result, seen) = recover(&mut modem, &recovery().backoff(backoff), &mut ()).await;
        assert_eq!(result, Err(Error::Silent), "{seen:?}");
        assert!(seen.contains(&"no power key".to_string()), "{seen:?}");

        world.module(|module| module.settings_mut().faults.clear());
        let (result, seen) = recover(&mut modem, &recovery(), &mut ()).await;
        assert!(result.is_ok(), "{result:?} {seen:?}");
        receives(&world, &mut modem, "after").await;
    });
}

#[test]
fn what_cannot_end_otherwise_ends_at_once() {
    let attempts = |seen: &[String]| seen.iter().filter(|step| step.starts_with("pause")).count();
    let world = online();
    let mut memory = Memory::default();
    let mut modem = memory.modem(&world);
    world.block_on(async {
        ready(&mut modem).await;
        world.broker().break_connection(CLIENT_ID);
        world.module(|module| module.settings_mut().faults.push(Fault::OpenCme(703)));
        let (result, seen) = recover(&mut modem, &recovery(), &mut ()).await;
        let reason = Error::Module(ModuleError::Cme(CmeError::BadCredentials));
        assert_eq!((result, attempts(&seen)), (Err(reason), 1));

        let long = "x".repeat(2000);
        let invalid = Recovery::new(options().client_id(&long));
        let (result, seen) = recover(&mut modem, &invalid, &mut ()).await;
        assert!(matches!(result, Err(Error::Invalid(_))), "{result:?}");
        assert_eq!(attempts(&seen), 1);
    });

    let world = World::new(Settings {
        sim: fibocom_mqtt::sim::Sim::Locked(1234),
        ..Settings::l610()
    });
    let mut memory = Memory::default();
    let mut modem = memory.modem(&world);
    world.block_on(async {
        let (result, seen) = recover(&mut modem, &recovery(), &mut ()).await;
        assert_eq!(result, Err(Error::Network(NetworkProblem::PinRequired)));
        assert_eq!(attempts(&seen), 1);
    });
}
