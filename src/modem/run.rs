//! Running commands: one exchange at a time, over the port, against the clock.

use core::pin::pin;
use core::time::Duration;

use atat::AtatCmd;
use embassy_futures::poll_once;
use embassy_futures::select::{Either, select};
use embedded_io_async::{Read, Write};

use super::Modem;
use super::outline::Outlined;
use crate::clock::earlier;
use crate::engine::{ENGINE_LINE, Kind, Outcome, Request};
use crate::error::{Error, InvalidInput};
use crate::types::Delivery;
use crate::{Clock, Instant};

/// Bytes that are read at a time. Small, since they live in every future.
const READ: usize = 64;

/// Reads without waiting in a row, so that a line that never falls silent cannot keep a call from its deadline.
const BACKLOG: usize = 128;

/// Bytes that are written at a time. Between two pieces what has come is read, so that a receive buffer of the port need not
/// hold what the module sends during a whole message.
const WRITE: usize = 64;

/// How long a command is waited for however little time there is.
const LEAST: Duration = Duration::from_secs(1);

/// How long a port may take nothing of what is left to write.
const STALLED: Duration = Duration::from_secs(10);

impl<T, C> Modem<'_, T, C>
where
    T: Read + Write,
    C: Clock,
{
    /// Runs any command and returns its answer.
    ///
    /// Also a foreign [`AtatCmd`]: its length is checked, its retries are ignored, a line feed at its end is dropped. What it
    /// writes is its own business, also that one derived by atat panics if the transmit buffer is too small for it; this crate's
    /// commands cannot contain syntax. Commands that ask for data behind a prompt are not for this function: no data follows.
    ///
    /// # Errors
    ///
    /// [`Error::Module`] if the module answered with an error, [`Error::Silent`] if it did not answer in the command's time,
    /// [`Error::Unexpected`] if the command could not read the answer, [`Error::LineBuffer`] if there was no room for it,
    /// [`Error::Invalid`] if the command does not fit the transmit buffer, or is an MQTT command that this model lacks, or
    /// for an MQTT-SN connection where there are none ([`InvalidInput::Unsupported`](crate::InvalidInput::Unsupported)); a `=?` form may always be asked.
    ///
    /// # Cancel safety
    ///
    /// A dropped call is brought to its end by the next one, and its answer is discarded.
    ///
    /// ```
    /// # use embedded_io_async::{Read, Write};
    /// # use fibocom_mqtt::{command, Clock, Error, Modem};
    /// # async fn example<T: Read + Write, C: Clock>(modem: &mut Modem<'_, T, C>) -> Result<(), Error<T::Error>> {
    /// let signal = modem.send(&command::ReadSignal).await?;
    /// println!("{:?} dBm", signal.dbm());
    /// # Ok(()) }
    /// ```
    pub async fn send<Cmd: AtatCmd + Sync>(&mut self, command: &Cmd) -> Result<Cmd::Response, Error<T::Error>> {
        let answer = Duration::from_millis(u64::from(Cmd::MAX_TIMEOUT_MS));
        self.send_for(command, answer).await
    }

    /// Runs a command that is answered within `answer`, or taken to be silent.
    pub(crate) async fn send_for<Cmd: AtatCmd + Sync>(
        &mut self,
        command: &Cmd,
        answer: Duration,
    ) -> Result<Cmd::Response, Error<T::Error>> {
        self.exchange(command, &[], Request::plain(answer)).await?;
        let response = command.parse(Ok(self.engine.answer())).map_err(|_| Error::Unexpected);
        self.engine.forget_answer();
        response
    }

    /// A command that is not waited for beyond `until`.
    pub(super) async fn send_within<Cmd: atat::AtatCmd + Sync>(
        &mut self,
        command: &Cmd,
        until: Instant,
    ) -> Result<Cmd::Response, Error<T::Error>> {
        let most = Duration::from_millis(u64::from(Cmd::MAX_TIMEOUT_MS));
        let left = until.saturating_since(self.now()).max(LEAST);
        self.send_for(command, left.min(most)).await
    }

    /// Runs a command with data behind its prompt, and returns how that ended if it did not fail.
    pub(crate) async fn exchange<Cmd: AtatCmd + Sync>(
        &mut self,
        command: &Cmd,
        data: &[u8],
        request: Request,
    ) -> Result<Delivery, Error<T::Error>> {
        let write = |buffer: &mut [u8]| command.write(buffer);
        Outlined(pin!(self.perform(&write, data, request))).await
    }

    /// Settles, encodes, and runs: the same code for every command.
    pub(crate) async fn perform(
        &mut self,
        write: &(dyn Fn(&mut [u8]) -> usize + Sync),
        data: &[u8],
        request: Request,
    ) -> Result<Delivery, Error<T::Error>> {
        self.settle().await?;
        self.engine.check(&request)?;
        if self.must_wake() {
            // Not for what is refused.
            self.load(write, data, request)?;
            self.engine.unload();
            self.wake_up().await?;
            self.settle().await?;
        }
        let outcome = self.run(write, data, request).await?;
        if matches!(outcome, Outcome::Final(Err(_))) && self.engine.suspects_restart() {
            // A module that has restarted refuses what it no longer knows of.
            self.settle().await?;
            self.engine.check(&request)?;
            if self.engine.has_restarted() {
                return Err(Error::Restarted);
            }
        }
        let ended = self.conclude(&request, outcome);
        if ended.is_err() {
            // Nobody reads what there is of an answer, and it may hold a password.
            self.engine.forget_answer();
        }
        ended
    }

    /// Runs one exchange. The engine must be settled, or be about to be.
    pub(super) async fn run(
        &mut self,
        write: &(dyn Fn(&mut [u8]) -> usize + Sync),
        data: &[u8],
        request: Request,
    ) -> Result<Outcome, Error<T::Error>> {
        Outlined(pin!(self.run_inline(write, data, request))).await
    }

    async fn run_inline(
        &mut self,
        write: &(dyn Fn(&mut [u8]) -> usize + Sync),
        data: &[u8],
        request: Request,
    ) -> Result<Outcome, Error<T::Error>> {
        self.load(write, data, request)?;
        self.engine.begin(request, self.clock.now());
        loop {
            if let Some(outcome) = self.engine.take_outcome() {
                return Ok(outcome);
            }
            self.engine.feed(data);
            self.wait(None).await?;
        }
    }

    fn load(
        &mut self,
        write: &(dyn Fn(&mut [u8]) -> usize + Sync),
        data: &[u8],
        request: Request,
    ) -> Result<(), InvalidInput> {
        match request.kind {
            Kind::Upload => self.engine.load_upload(data.len(), write),
            _ => self.engine.load(data, write),
        }
    }

    /// What an outcome is to the caller.
    fn conclude(&mut self, request: &Request, outcome: Outcome) -> Result<Delivery, Error<T::Error>> {
        Err(match outcome {
            Outcome::Final(Ok(())) | Outcome::Result(true) | Outcome::Message | Outcome::Empty => {
                return Ok(Delivery::Confirmed);
            }
            Outcome::Accepted => return Ok(Delivery::Accepted),
            Outcome::Final(Err(error)) => Error::Module(error),
            Outcome::Result(false) => Error::Refused,
            // The module may have done it all the same.
            Outcome::NoAnswer { sent: true } if request.has_lasting_effect() => Error::Unknown,
            Outcome::NoAnswer { .. } => Error::Silent,
            Outcome::NoResult => Error::Unknown,
            Outcome::Cut { sent } => Error::Cut { sent },
            Outcome::Lost(size) => Error::Lost(size),
            Outcome::Overflow => Error::LineBuffer {
                max: self.engine.line_size(),
            },
            Outcome::Unexpected => Error::Unexpected,
            Outcome::Restarted { sent: true } if request.is_publication() => Error::Unknown,
            Outcome::Restarted { .. } => {
                if let Kind::Operation { id, .. } | Kind::Read(id) = request.kind {
                    // This tells it.
                    let _: Error<T::Error> = self.engine.tell_restart(id);
                }
                Error::Restarted
            }
        })
    }

    /// Brings everything that an earlier call left behind to its end.
    ///
    /// # Errors
    ///
    /// [`Error::Silent`] if the module does not answer the fence, [`Error::LineBuffer`] if no answer could be understood.
    pub(crate) async fn settle(&mut self) -> Result<(), Error<T::Error>> {
        Outlined(pin!(self.settle_inline())).await
    }

    async fn settle_inline(&mut self) -> Result<(), Error<T::Error>> {
        let max = self.engine.line_size();
        if max < ENGINE_LINE {
            return Err(Error::LineBuffer { max });
        }
        self.engine.abandon(self.clock.now());
        self.come_to_rest().await?;
        if self.engine.suspects_restart() {
            self.check_restart().await?;
            self.come_to_rest().await?;
        }
        Ok(())
    }

    /// Until nothing is on its way and nothing is owed.
    async fn come_to_rest(&mut self) -> Result<(), Error<T::Error>> {
        let until = self.clock.now() + STALLED;
        while !self.engine.is_settled() {
            if self.engine.wants_fence() && self.must_wake() {
                self.wake_up().await?;
            }
            self.engine.begin_fence(self.clock.now());
            if !self.engine.is_busy() {
                // The fence was not answered. The next call asks again.
                self.engine.require_fence();
                return Err(Error::Silent);
            }
            if self.engine.deadline().is_none() && self.clock.now() >= until {
                // The port does not take the rest of a command.
                return Err(Error::Silent);
            }
            self.wait(Some(until).filter(|_| self.engine.deadline().is_none()))
                .await?;
        }
        Ok(())
    }

    pub(crate) fn now(&self) -> Instant {
        self.clock.now()
    }

    pub(crate) fn clock_ref(&self) -> &C {
        &self.clock
    }

    /// Waits without reading: the pause between two questions.
    pub(crate) async fn pause(&mut self, duration: Duration) -> Result<(), Error<T::Error>> {
        let until = self.clock.now() + duration;
        while self.clock.now() < until {
            self.wait(Some(until)).await?;
        }
        Ok(())
    }

    /// One piece of work: write what is pending, or read what comes, or let time pass.
    ///
    /// Every byte that a finished read delivered is with the engine before the next await, so dropping this loses nothing.
    pub(crate) async fn wait(&mut self, until: Option<Instant>) -> Result<(), Error<T::Error>> {
        // What has come while nobody looked is older than any deadline that has passed since.
        let taken = self.listen()?;
        let now = self.clock.now();
        let due = self.engine.deadline().is_some_and(|deadline| now >= deadline);
        self.engine.poll(now);
        if taken > 0 || due {
            // What has just run out may be all that was waited for.
            return Ok(());
        }
        let deadline = earlier(self.engine.deadline(), until);
        if self.unflushed && self.engine.pending().is_empty() {
            return self.flush(deadline).await;
        }
        if !self.engine.pending().is_empty() {
            return self.write(deadline).await;
        }
        let mut bytes = [0; READ];
        let read = self.port.read(&mut bytes);
        let count = match deadline {
            None => read.await,
            Some(deadline) => match select(read, self.clock.sleep_until(deadline)).await {
                Either::First(count) => count,
                Either::Second(()) => {
                    self.engine.poll(self.clock.now());
                    return Ok(());
                }
            },
        };
        // Unlike what lay in the port, it says that the module is awake.
        self.sleep.note_traffic(self.clock.now());
        self.received(&bytes, count)
    }

    async fn write(&mut self, deadline: Option<Instant>) -> Result<(), Error<T::Error>> {
        let pending = self.engine.pending();
        let piece = pending.get(..WRITE).unwrap_or(pending);
        let write = self.port.write(piece);
        let count = match deadline {
            None => write.await,
            Some(deadline) => match select(write, self.clock.sleep_until(deadline)).await {
                Either::First(count) => count,
                Either::Second(()) => {
                    self.engine.poll(self.clock.now());
                    return Ok(());
                }
            },
        };
        match count.map_err(Error::Port)? {
            0 => Err(Error::PortClosed),
            count => {
                self.unflushed = true;
                self.sleep.note_traffic(self.clock.now());
                self.engine.written(count, self.clock.now());
                Ok(())
            }
        }
    }

    async fn flush(&mut self, deadline: Option<Instant>) -> Result<(), Error<T::Error>> {
        let flush = self.port.flush();
        let flushed = match deadline {
            None => flush.await,
            Some(deadline) => match select(flush, self.clock.sleep_until(deadline)).await {
                Either::First(flushed) => flushed,
                Either::Second(()) => Ok(()),
            },
        };
        self.unflushed = false;
        flushed.map_err(Error::Port)
    }

    /// Takes what has come while nobody looked, in at most so many reads, and says how many there were.
    pub(crate) fn listen(&mut self) -> Result<usize, Error<T::Error>> {
        let mut taken = 0;
        while taken < BACKLOG && self.take_what_came()? {
            taken = usize::saturating_add(taken, 1);
        }
        Ok(taken)
    }

    /// Reads without waiting. False if there was nothing.
    fn take_what_came(&mut self) -> Result<bool, Error<T::Error>> {
        let mut bytes = [0; READ];
        match poll_once(self.port.read(&mut bytes)) {
            core::task::Poll::Ready(count) => self.received(&bytes, count).map(|()| true),
            core::task::Poll::Pending => Ok(false),
        }
    }

    fn received(&mut self, bytes: &[u8], count: Result<usize, T::Error>) -> Result<(), Error<T::Error>> {
        match count.map_err(Error::Port)? {
            0 => Err(Error::PortClosed),
            count => {
                let bytes = bytes.get(..count).unwrap_or(bytes);
                self.engine.receive(bytes, self.clock.now());
                Ok(())
            }
        }
    }
}
