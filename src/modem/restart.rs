//! Whether the module has restarted: it is asked for what attaching has set.

use core::time::Duration;

use atat::AtatCmd;
use embedded_io_async::{Read, Write};

use super::Modem;
use crate::Clock;
use crate::command::{ErrorReports, ReadErrorReports};
use crate::engine::{Kind, Outcome, Request};
use crate::error::Error;

impl<T, C> Modem<'_, T, C>
where
    T: Read + Write,
    C: Clock,
{
    /// Asks for the error reports, which attaching has switched on and a restart switches off.
    pub(super) async fn check_restart(&mut self) -> Result<(), Error<T::Error>> {
        let request = Request {
            kind: Kind::Plain,
            answer: Duration::from_secs(5),
            result: Duration::ZERO,
        };
        let outcome = self.run(&|buffer| ReadErrorReports.write(buffer), &[], request).await?;
        let off = outcome == Outcome::Final(Ok(()))
            && matches!(ReadErrorReports.parse(Ok(self.engine.answer())), Ok(ErrorReports::Off));
        let now = self.now();
        self.engine.note_error_reports(!off, now);
        Ok(())
    }
}
