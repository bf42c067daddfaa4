//! Power key and reset line over a pin of embedded-hal 1.0.

use core::time::Duration;

use embedded_hal::digital::{OutputPin, PinState};

use super::{PowerControl, PowerTiming};
use crate::Clock;

/// How long a module that was switched off is left alone.
const REST: Duration = Duration::from_secs(3);

/// The module's power key (PWRKEY) on a pin.
///
/// A short hold switches the module on, a longer one off. So [`restart`](PowerControl::restart) takes it for on: it is switched off, left
/// alone for 3 s, and switched on. One that is already off may take the first hold for the second; where the reset line is wired, use
/// [`ResetLine`].
///
/// ```
/// use embedded_hal::digital::OutputPin;
/// use fibocom_mqtt::{Clock, PowerKey, PowerTiming};
///
/// async fn start<P: OutputPin, C: Clock>(pin: P, clock: &C) -> Result<(), P::Error> {
///     // A transistor turns the level around, as on most boards.
///     let mut key = PowerKey::new(pin, PowerTiming::L610)?.active_high()?;
///     key.power_on(clock).await
/// }
/// ```
#[derive(Debug)]
pub struct PowerKey<P> {
    line: Line<P>,
    timing: PowerTiming,
}

impl<P: OutputPin> PowerKey<P> {
    /// The key on this pin, let go. Low presses it.
    ///
    /// # Errors
    ///
    /// What the pin reports.
    pub fn new(pin: P, timing: PowerTiming) -> Result<Self, P::Error> {
        Line::new(pin).map(|line| Self { line, timing })
    }

    /// The same, but high presses it.
    ///
    /// # Errors
    ///
    /// What the pin reports.
    pub fn active_high(mut self) -> Result<Self, P::Error> {
        self.line.turn_around().map(|()| self)
    }

    /// Switches the module on, once its supply is stable.
    ///
    /// # Errors
    ///
    /// What the pin reports.
    ///
    /// # Cancel safety
    ///
    /// A dropped call lets the key go; the module may have switched on.
    pub async fn power_on<C: Clock>(&mut self, clock: &C) -> Result<(), P::Error> {
        clock.sleep_until(clock.now() + self.timing.settle).await;
        self.line.hold(self.timing.on, clock).await
    }

    /// Switches the module off. `AT+CPWROFF` is kinder to it.
    ///
    /// # Errors
    ///
    /// What the pin reports.
    ///
    /// # Cancel safety
    ///
    /// A dropped call lets the key go; the module may have switched off.
    pub async fn power_off<C: Clock>(&mut self, clock: &C) -> Result<(), P::Error> {
        self.line.hold(self.timing.off, clock).await
    }
}

impl<P: OutputPin> PowerControl for PowerKey<P> {
    type Error = P::Error;

    async fn restart<C: Clock>(&mut self, clock: &C) -> Result<(), P::Error> {
        self.power_off(clock).await?;
        clock.sleep_until(clock.now() + REST).await;
        self.power_on(clock).await
    }
}

/// The module's reset line (RESET_N) on a pin.
///
/// ```
/// use embedded_hal::digital::OutputPin;
/// use fibocom_mqtt::{Clock, PowerControl, PowerTiming, ResetLine};
///
/// async fn restart<P: OutputPin, C: Clock>(pin: P, clock: &C) -> Result<(), P::Error> {
///     ResetLine::new(pin, PowerTiming::NL668)?.restart(clock).await
/// }
/// ```
#[derive(Debug)]
pub struct ResetLine<P> {
    line: Line<P>,
    timing: PowerTiming,
}

impl<P: OutputPin> ResetLine<P> {
    /// The line on this pin, let go. Low resets.
    ///
    /// # Errors
    ///
    /// What the pin reports.
    pub fn new(pin: P, timing: PowerTiming) -> Result<Self, P::Error> {
        Line::new(pin).map(|line| Self { line, timing })
    }

    /// The same, but high resets.
    ///
    /// # Errors
    ///
    /// What the pin reports.
    pub fn active_high(mut self) -> Result<Self, P::Error> {
        self.line.turn_around().map(|()| self)
    }
}

impl<P: OutputPin> PowerControl for ResetLine<P> {
    type Error = P::Error;

    async fn restart<C: Clock>(&mut self, clock: &C) -> Result<(), P::Error> {
        self.line.hold(self.timing.reset, clock).await
    }
}

/// A pin, and the level at which it is active.
#[derive(Debug)]
struct Line<P> {
    pin: P,
    active: PinState,
}

impl<P: OutputPin> Line<P> {
    fn new(pin: P) -> Result<Self, P::Error> {
        let active = PinState::Low;
        let mut line = Self { pin, active };
        line.let_go().map(|()| line)
    }

    fn turn_around(&mut self) -> Result<(), P::Error> {
        self.active = !self.active;
        self.let_go()
    }

    fn let_go(&mut self) -> Result<(), P::Error> {
        self.pin.set_state(!self.active)
    }

    /// Holds the line for so long.
    async fn hold<C: Clock>(&mut self, duration: Duration, clock: &C) -> Result<(), P::Error> {
        let held = Held(self);
        held.0.pin.set_state(held.0.active)?;
        clock.sleep_until(clock.now() + duration).await;
        held.0.let_go()
    }
}

/// A line that is let go, come what may.
struct Held<'l, P: OutputPin>(&'l mut Line<P>);

impl<P: OutputPin> Drop for Held<'_, P> {
    fn drop(&mut self) {
        // Of a failure whoever still waits has been told.
        let _ = self.0.let_go();
    }
}
