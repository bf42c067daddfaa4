//! The module's power key and reset line: pulses of the lengths that each family wants.

#[cfg(feature = "embedded-hal")]
mod pin;

use core::time::Duration;

#[cfg(feature = "embedded-hal")]
pub use pin::{PowerKey, ResetLine};

use crate::Clock;

/// What a board can do to restart a module that no longer answers.
///
/// `PowerKey` and `ResetLine` (feature `embedded-hal`) do it over a pin; a board that switches the supply, or asks a power controller,
/// implements it itself. After it the module boots, which takes up to 30 s: attach with [`Attach::fresh`](crate::Attach::fresh).
///
/// ```
/// use core::time::Duration;
/// use fibocom_mqtt::{Clock, PowerControl};
///
/// struct Supply { on: bool }
///
/// impl PowerControl for Supply {
///     type Error = core::convert::Infallible;
///
///     async fn restart<C: Clock>(&mut self, clock: &C) -> Result<(), Self::Error> {
///         self.on = false;
///         clock.sleep_until(clock.now() + Duration::from_secs(5)).await;
///         self.on = true;
///         Ok(())
///     }
/// }
/// # let _ = Supply { on: true };
/// ```
pub trait PowerControl {
    /// How it may fail.
    type Error;

    /// Restarts the module, whatever state it is in, and returns when it has begun to boot.
    ///
    /// # Errors
    ///
    /// What the pin or the board reports.
    ///
    /// # Cancel safety
    ///
    /// After a dropped call the module may be off, on or booting; no line may be left active.
    async fn restart<C: Clock>(&mut self, clock: &C) -> Result<(), Self::Error>;
}

/// A board that has nothing to restart its module with.
impl PowerControl for () {
    type Error = NoPower;

    async fn restart<C: Clock>(&mut self, _: &C) -> Result<(), NoPower> {
        Err(NoPower)
    }
}

/// There is neither power key nor reset line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[cfg_attr(all(feature = "defmt", target_os = "none"), derive(defmt::Format))]
#[error("this board has nothing to restart its module with")]
pub struct NoPower;

/// How long the power key and the reset line of a family are held.
///
/// These are lengths that public hardware guides and drivers name, and no more than that: compare them with the guide of your module.
///
/// ```
/// use core::time::Duration;
/// use fibocom_mqtt::PowerTiming;
///
/// let timing = PowerTiming { on: Duration::from_millis(2500), ..PowerTiming::L610 };
/// # let _ = timing;
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(all(feature = "defmt", target_os = "none"), derive(defmt::Format))]
pub struct PowerTiming {
    /// From a stable supply to the key.
    #[cfg_attr(all(feature = "defmt", target_os = "none"), defmt(Debug2Format))]
    pub settle: Duration,
    /// How long the key is held to switch on.
    #[cfg_attr(all(feature = "defmt", target_os = "none"), defmt(Debug2Format))]
    pub on: Duration,
    /// How long the key is held to switch off.
    #[cfg_attr(all(feature = "defmt", target_os = "none"), defmt(Debug2Format))]
    pub off: Duration,
    /// How long the reset line is held.
    #[cfg_attr(all(feature = "defmt", target_os = "none"), defmt(Debug2Format))]
    pub reset: Duration,
}

/// What the guide of a family does not name is taken from those that do: a longer pulse on the key, a second for the reset line.
const UNNAMED: PowerTiming = PowerTiming {
    settle: Duration::from_millis(100),
    on: Duration::from_millis(2500),
    off: Duration::from_millis(3500),
    reset: Duration::from_millis(1000),
};

impl PowerTiming {
    /// L61x: the documentation of a board holds the key for at least 2 s.
    pub const L610: Self = Self {
        on: Duration::from_millis(2000),
        ..UNNAMED
    };

    /// MC61x: a public test on hardware waits 30 ms for the supply, holds the key for 2 s and the reset line for 100 ms.
    pub const MC610: Self = Self {
        settle: Duration::from_millis(30),
        on: Duration::from_millis(2000),
        reset: Duration::from_millis(100),
        ..UNNAMED
    };

    /// NL66x: the hardware guide wants the reset line held for 0.7 to 1 s.
    pub const NL668: Self = Self {
        reset: Duration::from_millis(850),
        ..UNNAMED
    };

    /// L71x: a public driver holds the key for 100 ms to switch on and 3 s to switch off, and the reset line for 200 ms.
    pub const L710: Self = Self {
        on: Duration::from_millis(100),
        off: Duration::from_millis(3000),
        reset: Duration::from_millis(200),
        ..UNNAMED
    };

    /// LE27x: a public driver leaves the key alone for 100 ms, then holds it for 2.5 s; `AT` is answered about 10 s later.
    pub const LE270: Self = Self {
        on: Duration::from_millis(2500),
        ..UNNAMED
    };
}
