//! Pulses on the power key and the reset line, on virtual time.
#![cfg(all(feature = "sim", feature = "embedded-hal"))]

use std::cell::RefCell;
use std::convert::Infallible;
use std::rc::Rc;
use std::time::Duration;

use embassy_futures::select::select;
use embedded_hal::digital::{ErrorType, OutputPin};
use fibocom_mqtt::sim::{Settings, VirtualClock, World};
use fibocom_mqtt::{Clock, PowerControl, PowerKey, PowerTiming, ResetLine};

/// The changes of a pin's level: when, in milliseconds, and to what.
type Levels = Rc<RefCell<Vec<(u64, bool)>>>;

/// A pin that notes what it is set to.
struct Pin {
    clock: VirtualClock,
    levels: Levels,
}

impl Pin {
    fn new(world: &World) -> (Self, Levels) {
        let levels = Levels::default();
        let clock = world.clock();
        (
            Self {
                clock,
                levels: levels.clone(),
            },
            levels,
        )
    }

    fn set(&mut self, high: bool) -> Result<(), Infallible> {
        let mut levels = self.levels.borrow_mut();
        if levels.last().is_none_or(|(_, last)| *last != high) {
            levels.push((self.clock.now().as_millis(), high));
        }
        Ok(())
    }
}

impl ErrorType for Pin {
    type Error = Infallible;
}

impl OutputPin for Pin {
    fn set_low(&mut self) -> Result<(), Infallible> {
        self.set(false)
    }

    fn set_high(&mut self) -> Result<(), Infallible> {
        self.set(true)
    }
}

#[test]
fn the_key_is_held_for_as_long_as_the_family_wants() {
    for (timing, on) in [
        (PowerTiming::L610, 2000),
        (PowerTiming::MC610, 2000),
        (PowerTiming::L710, 100),
        (PowerTiming::LE270, 2500),
    ] {
        let world = World::new(Settings::l610());
        let (pin, levels) = Pin::new(&world);
        let clock = world.clock();
        world.block_on(async { PowerKey::new(pin, timing).unwrap().power_on(&clock).await.unwrap() });
        let settle = u64::try_from(timing.settle.as_millis()).unwrap();
        assert_eq!(*levels.borrow(), [(0, true), (settle, false), (settle + on, true)]);
    }
}

#[test]
fn a_transistor_turns_the_level_around() {
    let world = World::new(Settings::l610());
    let (pin, levels) = Pin::new(&world);
    let clock = world.clock();
    world.block_on(async {
        let mut line = ResetLine::new(pin, PowerTiming::NL668).unwrap().active_high().unwrap();
        line.restart(&clock).await.unwrap();
    });
    assert_eq!(levels.borrow()[1..], [(0, false), (0, true), (850, false)]);
}

#[test]
fn a_restart_by_the_key_is_off_a_rest_and_on() {
    let world = World::new(Settings::l610());
    let (pin, levels) = Pin::new(&world);
    let clock = world.clock();
    world.block_on(async {
        PowerKey::new(pin, PowerTiming::L710)
            .unwrap()
            .restart(&clock)
            .await
            .unwrap()
    });
    let expected = [(0, true), (0, false), (3000, true), (6100, false), (6200, true)];
    assert_eq!(*levels.borrow(), expected);
}

#[test]
fn a_dropped_call_lets_the_key_go() {
    let world = World::new(Settings::l610());
    let (pin, levels) = Pin::new(&world);
    let clock = world.clock();
    world.block_on(async {
        let mut key = PowerKey::new(pin, PowerTiming::L610).unwrap();
        let later = clock.sleep_until(clock.now() + Duration::from_secs(1));
        select(key.power_on(&clock), later).await;
    });
    assert_eq!(levels.borrow().last(), Some(&(1000, true)));
}
