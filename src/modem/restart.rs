//! Restarts of the module: on purpose, and those that happened.

use core::time::Duration;

use atat::AtatCmd;
use embedded_io_async::{Read, Write};

use super::Modem;
use crate::Clock;
use crate::command::{ErrorReports, ReadErrorReports, Restart};
use crate::engine::{Outcome, Request};
use crate::error::Error;

/// A module that has answered takes a moment to go down, and would still answer `AT`.
const GOING_DOWN: Duration = Duration::from_secs(3);

impl<T, C> Modem<'_, T, C>
where
    T: Read + Write,
    C: Clock,
{
    /// Restarts the module (`AT+CFUN=15`), and returns when it no longer answers. [`attach`](Self::attach) then waits until it
    /// has booted, and [`bring_up`](Self::bring_up) brings it back into the network.
    ///
    /// All that was set is forgotten, the files of TLS too, and every connection ends without a goodbye, so that brokers publish
    /// the wills. A USB port disappears for as long as the module boots, and must be opened again.
    ///
    /// # Errors
    ///
    /// [`Error::Module`] if the module refused, [`Error::Silent`] if it did not answer; it may restart all the same.
    ///
    /// # Cancel safety
    ///
    /// May be dropped; the module may restart all the same. Attach again.
    ///
    /// ```
    /// # use embedded_io_async::{Read, Write};
    /// # use fibocom_mqtt::{Clock, Error, Modem};
    /// # async fn example<T: Read + Write, C: Clock>(modem: &mut Modem<'_, T, C>) -> Result<(), Error<T::Error>> {
    /// use core::time::Duration;
    ///
    /// modem.restart().await?;
    /// modem.attach(Duration::from_secs(40)).await?;
    /// # Ok(()) }
    /// ```
    pub async fn restart(&mut self) -> Result<(), Error<T::Error>> {
        self.send(&Restart).await?;
        self.engine.forget_connections();
        self.tls.forget();
        self.pause(GOING_DOWN).await
    }

    /// Asks for the error reports, which attaching has switched on and a restart switches off.
    pub(super) async fn check_restart(&mut self) -> Result<(), Error<T::Error>> {
        let request = Request::plain(Duration::from_secs(5));
        let outcome = self.run(&|buffer| ReadErrorReports.write(buffer), &[], request).await?;
        let off = outcome == Outcome::Final(Ok(()))
            && matches!(ReadErrorReports.parse(Ok(self.engine.answer())), Ok(ErrorReports::Off));
        let now = self.now();
        self.engine.note_error_reports(!off, now);
        Ok(())
    }
}
