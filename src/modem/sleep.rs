//! Sleep of the module's serial line: the bytes that end it are lost, so they must be ones that nobody misses.

use core::time::Duration;

use atat::AtatCmd;
use embedded_io_async::{Read, Write};

use super::Modem;
use crate::command::{Attention, ReadSleep, SetSleep};
use crate::engine::{Outcome, Request};
use crate::error::Error;
use crate::{Clock, Instant};

/// After the last byte the module stays awake for 500 ms (UNISOC firmware); so long it surely is.
const AWAKE: Duration = Duration::from_millis(300);

/// How long an `AT` that wakes the module may go unanswered. The next one must find it awake.
pub(super) const CALL: Duration = Duration::from_millis(300);

/// How long the module is called.
const CALLING: Duration = Duration::from_secs(5);

/// What is known about sleep.
#[derive(Debug)]
pub(super) struct Sleep {
    pub(super) allowed: bool,
    /// When a byte was last written, or came while somebody waited for it.
    active_at: Instant,
}

impl Sleep {
    pub(super) const fn new(now: Instant) -> Self {
        Self {
            allowed: false,
            active_at: now,
        }
    }

    pub(super) fn note_traffic(&mut self, now: Instant) {
        self.active_at = now;
    }
}

impl<T, C> Modem<'_, T, C>
where
    T: Read + Write,
    C: Clock,
{
    /// Lets the module sleep while its line is idle, or keeps it awake (`AT+CSCLK`). A restart of the module forgets it.
    ///
    /// A module that sleeps still reports messages and breaks: it wakes by itself for that. But it loses the first bytes that
    /// are written to it, so from now on the driver wakes it before each command that comes after an idle time, by `AT` until it
    /// answers. That takes about a third of a second more. Attaching finds out whether the module may sleep. The line DTR, where it is
    /// wired, keeps it awake: see [`set_dtr`](Self::set_dtr).
    ///
    /// # Errors
    ///
    /// [`Error::Module`] if the module cannot, [`Error::Silent`] if it does not answer.
    ///
    /// # Cancel safety
    ///
    /// A dropped call may have taken effect or not; call again. Until then the driver assumes that the module may sleep.
    ///
    /// ```
    /// # use embedded_io_async::{Read, Write};
    /// # use fibocom_mqtt::{Clock, Error, Modem};
    /// # async fn example<T: Read + Write, C: Clock>(modem: &mut Modem<'_, T, C>) -> Result<(), Error<T::Error>> {
    /// modem.allow_sleep(true).await?;
    /// # Ok(()) }
    /// ```
    pub async fn allow_sleep(&mut self, allowed: bool) -> Result<(), Error<T::Error>> {
        let before = self.sleep.allowed;
        self.sleep.allowed = true;
        let done = self.send(&SetSleep { allowed }).await;
        match done {
            Ok(_) => self.sleep.allowed = allowed,
            Err(Error::Module(_)) => self.sleep.allowed = before,
            // It may have taken effect.
            Err(_) => {}
        }
        done.map(drop)
    }

    /// Wakes the module now, by `AT` until it answers, if it may be asleep. Commands do so by themselves.
    ///
    /// # Errors
    ///
    /// [`Error::Silent`] if it does not answer within 5 s.
    ///
    /// # Cancel safety
    ///
    /// May be dropped; call again.
    ///
    /// ```
    /// # use embedded_io_async::{Read, Write};
    /// # use fibocom_mqtt::{Clock, Error, Modem};
    /// # async fn example<T: Read + Write, C: Clock>(modem: &mut Modem<'_, T, C>) -> Result<(), Error<T::Error>> {
    /// modem.wake().await?;
    /// # Ok(()) }
    /// ```
    pub async fn wake(&mut self) -> Result<(), Error<T::Error>> {
        self.settle().await?;
        if self.must_wake() {
            self.wake_up().await?;
        }
        self.settle().await
    }

    /// Whether the module may be asleep.
    pub(super) fn must_wake(&self) -> bool {
        self.sleep.allowed && self.now() >= self.sleep.active_at + AWAKE
    }

    /// Calls the module until it answers. Nothing else may be on its way: then it is in no data mode, and `AT` is a command.
    /// Calls that went unanswered leave a fence behind.
    pub(super) async fn wake_up(&mut self) -> Result<(), Error<T::Error>> {
        let until = self.now() + CALLING;
        let request = Request::plain(CALL);
        while self.now() < until {
            match self.run(&|buffer| Attention.write(buffer), &[], request).await? {
                Outcome::NoAnswer { .. } => {}
                Outcome::Restarted { .. } => return Err(Error::Restarted),
                _ => return Ok(()),
            }
        }
        Err(Error::Silent)
    }

    /// Asks whether the module may sleep. One that does not know the question does not sleep.
    pub(super) async fn find_sleep(&mut self) -> Result<(), Error<T::Error>> {
        self.sleep.allowed = true;
        self.sleep.allowed = match self.send(&ReadSleep).await {
            Ok(sleep) => sleep.allowed,
            Err(Error::Module(_) | Error::Unexpected) => false,
            Err(error) => return Err(error),
        };
        Ok(())
    }
}
