//! The line as it is: commands written and bytes read without a driver between, so that nothing is smoothed over.

use std::time::Duration;

use embassy_futures::select::{Either, select};
use embedded_io_async::{Read, Write};
use fibocom_mqtt::{Clock, Error, Instant, StdClock};

use super::wire::{self, End};
use crate::failure::{Failure, Stage};
use crate::port::Port;

/// How long a command may take to be answered.
const ANSWER: Duration = Duration::from_secs(10);
/// How long the result of an operation may take.
const RESULT: Duration = Duration::from_secs(20);
/// Longer than data mode waits by any manual.
pub const DATA_MODE: Duration = Duration::from_secs(35);

/// An answer with everything that came up to its end.
pub struct Reply {
    pub end: End,
    pub bytes: Vec<u8>,
}

/// How an operation went: its final result, and the line with its outcome.
pub struct Outcome {
    pub end: End,
    pub result: Option<bool>,
}

impl Outcome {
    pub fn is_done(&self) -> bool {
        self.end == End::Ok && self.result != Some(false)
    }
}

/// Where `OK` and the result line of one operation were.
#[derive(Debug, Clone, Copy)]
pub struct Sequence {
    pub result_first: bool,
    pub gap: Duration,
}

/// A port that is spoken to directly.
pub struct Console {
    port: Port,
    clock: StdClock,
    /// Everything that came, and from which byte on it came when.
    seen: Vec<u8>,
    times: Vec<(usize, Instant)>,
    /// Where the answer to the latest command begins.
    mark: usize,
    /// Announcements before it have been counted.
    announced: usize,
    /// So many bytes of data may still be wanted.
    owed: usize,
    pub sequences: Vec<Sequence>,
}

impl Console {
    pub fn new(port: Port, clock: StdClock) -> Self {
        Self {
            port,
            clock,
            seen: Vec::new(),
            times: Vec::new(),
            mark: 0,
            announced: 0,
            owed: 0,
            sequences: Vec::new(),
        }
    }

    pub fn into_port(self) -> Port {
        self.port
    }

    pub fn now(&self) -> Instant {
        self.clock.now()
    }

    /// What has come since the latest command.
    pub fn since_command(&self) -> &[u8] {
        self.seen.get(self.mark..).unwrap_or_default()
    }

    /// Everything that has come.
    pub fn seen(&self) -> &[u8] {
        &self.seen
    }

    pub async fn write(&mut self, mut bytes: &[u8]) -> Result<(), Failure> {
        while !bytes.is_empty() {
            let count = self.port.write(bytes).await.map_err(port_failure)?;
            bytes = bytes.get(count..).unwrap_or_default();
        }
        self.port.flush().await.map_err(port_failure)
    }

    /// Reads once. False if nothing came in time.
    async fn read(&mut self, until: Instant) -> Result<bool, Failure> {
        let mut buffer = [0; 1024];
        let read = select(self.port.read(&mut buffer), self.clock.sleep_until(until)).await;
        let Either::First(count) = read else { return Ok(false) };
        let count = count.map_err(port_failure)?;
        if count == 0 {
            return Err(Stage::Ask.failure(Error::PortClosed));
        }
        self.times.push((self.seen.len(), self.clock.now()));
        self.seen.extend_from_slice(buffer.get(..count).unwrap_or_default());
        Ok(true)
    }

    /// Reads until that is found in what came since the latest command.
    pub async fn find<R>(
        &mut self,
        limit: Duration,
        mut wanted: impl FnMut(&[u8]) -> Option<R>,
    ) -> Result<Option<R>, Failure> {
        let until = self.clock.now() + limit;
        loop {
            if let Some(found) = wanted(self.since_command()) {
                return Ok(Some(found));
            }
            if !self.read(until).await? {
                return Ok(None);
            }
        }
    }

    /// Reads until nothing has come for so long.
    pub async fn quiet(&mut self, pause: Duration) -> Result<(), Failure> {
        while self.read(self.clock.now() + pause).await? {}
        Ok(())
    }

    /// Writes a command.
    pub async fn begin(&mut self, command: &str) -> Result<(), Failure> {
        self.mark = self.seen.len();
        self.write(format!("{command}\r").as_bytes()).await
    }

    /// Writes a command and reads its answer.
    pub async fn ask(&mut self, command: &str) -> Result<Reply, Failure> {
        self.begin(command).await?;
        let end = self.find(ANSWER, wire::end).await?.unwrap_or(End::Nothing);
        let bytes = self.since_command().to_vec();
        if end == End::Nothing {
            self.recover().await?;
        }
        Ok(Reply { end, bytes })
    }

    /// Writes a command and reads until its outcome is known.
    pub async fn operate(&mut self, command: &str, name: &str) -> Result<Outcome, Failure> {
        self.begin(command).await?;
        self.outcome(name, RESULT).await
    }

    /// Reads until the outcome of an operation is known. Where an answer fails to come, the line is brought to rest first.
    pub async fn outcome(&mut self, name: &str, limit: Duration) -> Result<Outcome, Failure> {
        let decided = |bytes: &[u8]| match wire::end(bytes)? {
            End::Ok => wire::result(bytes, name).map(|result| (End::Ok, Some(result.1))),
            other => Some((other, None)),
        };
        if let Some((end, result)) = self.find(limit, decided).await? {
            if end == End::Ok {
                self.owed = 0;
                self.note_sequence(name);
            }
            return Ok(Outcome { end, result });
        }
        let end = wire::end(self.since_command()).unwrap_or(End::Nothing);
        if end == End::Nothing {
            self.recover().await?;
        }
        Ok(Outcome { end, result: None })
    }

    fn note_sequence(&mut self, name: &str) {
        let bytes = self.since_command();
        let (Some(ok), Some((result, _))) = (wire::line_at(bytes, b"OK"), wire::result(bytes, name)) else {
            return;
        };
        let (first, second) = (ok.min(result), ok.max(result));
        let gap = self.time_of(second).saturating_since(self.time_of(first));
        let result_first = result < ok;
        self.sequences.push(Sequence { result_first, gap });
    }

    /// When a byte came, counted from the latest command.
    fn time_of(&self, place: usize) -> Instant {
        let place = self.mark + place;
        let index = self.times.partition_point(|(from, _)| *from <= place);
        self.times
            .get(index.saturating_sub(1))
            .map_or(Instant::from_millis(0), |(_, at)| *at)
    }

    /// Asks for a prompt. Whatever else comes is an answer.
    pub async fn ask_for_data(&mut self, command: &str, size: usize) -> Result<End, Failure> {
        let end = self.ask(command).await?.end;
        if end == End::Prompt {
            // Digits may be wanted, two for each byte.
            self.owed = size.saturating_mul(2);
        }
        Ok(end)
    }

    /// Writes data. What comes from now on answers it.
    pub async fn give(&mut self, data: &[u8]) -> Result<(), Failure> {
        self.mark = self.seen.len();
        self.owed = self.owed.saturating_sub(data.len());
        self.write(data).await
    }

    /// The module has ended data mode by itself.
    pub fn note_data_ended(&mut self) {
        self.owed = 0;
    }

    /// Gets out of whatever the module is in: fills a data mode up, then asks until there is an answer.
    pub async fn recover(&mut self) -> Result<(), Failure> {
        let filler = vec![b'3'; std::mem::take(&mut self.owed)];
        self.write(&filler).await?;
        let patience = if filler.is_empty() { ANSWER } else { DATA_MODE };
        let until = self.clock.now() + patience;
        while self.clock.now() < until {
            self.quiet(Duration::from_millis(200)).await?;
            self.begin("AT").await?;
            if self.find(Duration::from_secs(2), wire::end).await? == Some(End::Ok) {
                return self.quiet(Duration::from_millis(200)).await;
            }
        }
        Err(Stage::Ask.failure(Error::Silent))
    }

    /// The next announcement of a message: the length of its payload.
    pub async fn announcement(&mut self, limit: Duration) -> Result<Option<usize>, Failure> {
        let until = self.clock.now() + limit;
        loop {
            let rest = self.seen.get(self.announced..).unwrap_or_default();
            if let Some((payload, used)) = wire::announcement(rest) {
                self.announced += used;
                return Ok(Some(payload));
            }
            if !self.read(until).await? {
                return Ok(None);
            }
        }
    }
}

fn port_failure(error: fibocom_mqtt::TransportError) -> Failure {
    Stage::Ask.failure(Error::Port(error))
}
