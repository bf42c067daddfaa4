//! When which values are sent: five timers, the hysteresis, and what is still owed (manual, sections 2.3, 7.2 and 7.3).

use core::time::Duration;

use super::reading::{DataSource, Reading};
use super::signal::Notice;
use super::{Gateway, Phase, hash};
use crate::Instant;
use crate::profile::TooLarge;
use crate::profile::juconn::config::{Config, DataPoint, SECTIONS, SendTime};
use crate::profile::juconn::decimal::Decimal;
use crate::profile::juconn::message::{DataWriter, GpsForm, MessageId, SensorState, SensorValue};
use crate::profile::juconn::path::Controller;

/// How long after a message that did not go out the next one is tried.
const HOLD: Duration = Duration::from_secs(10);

/// What a gateway remembers of one data point; a slot of the caller's memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct PointMemory {
    /// It is to be sent, or once more if it is on its way.
    due: bool,
    /// It is in the message that was published last.
    on_its_way: bool,
    sent: Sent,
}

impl PointMemory {
    /// A slot.
    pub const fn new() -> Self {
        Self {
            due: false,
            on_its_way: false,
            sent: Sent::Never,
        }
    }
}

/// The value that was sent last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Sent {
    #[default]
    Never,
    Number(Decimal),
    /// What is no number, by its hash.
    Text(u64),
}

impl Sent {
    fn of(values: [&str; 2]) -> Self {
        match (Decimal::parse(values[0]), values[1]) {
            (Some(number), "") => Self::Number(number),
            _ => Self::Text(hash::of(values.iter().flat_map(|value| value.bytes().chain([0])))),
        }
    }

    /// Whether `value` is to be sent after this one.
    fn moved(self, value: Self, hysteresis: Decimal) -> bool {
        match (self, value) {
            (Self::Number(last), Self::Number(value)) => value.moved(last, hysteresis),
            (last, value) => last != value,
        }
    }
}

/// The timers.
#[derive(Debug)]
pub(super) struct Realtime {
    /// When the sections that have data points are due.
    next: [Option<Instant>; SECTIONS],
    pub(super) message_id: MessageId,
    /// The timestamp of the message that is on its way.
    stamp: Option<u64>,
    /// After a message that did not go out: nothing is sent before this.
    pub(super) held: Option<Instant>,
}

impl Realtime {
    pub(super) fn new(config: &Config<'_>) -> Self {
        let mut next = [None; SECTIONS];
        for point in config.points() {
            if let Some(next) = next.get_mut(usize::from(point.section()).saturating_sub(1)) {
                *next = Some(Instant::default());
            }
        }
        Self {
            next,
            message_id: MessageId::default(),
            stamp: None,
            held: None,
        }
    }

    /// The gateway is initialised: every section is due, and message ids begin again.
    pub(super) fn begin(&mut self, now: Instant) {
        self.message_id = MessageId::default();
        self.held = None;
        for next in self.next.iter_mut().flatten() {
            *next = now;
        }
    }

    pub(super) fn next_tick(&self) -> Option<Instant> {
        // While it waits, timers that run out change nothing.
        self.held.or_else(|| self.next.iter().flatten().min().copied())
    }

    /// A section whose timer has run out, which is set again.
    fn due(&mut self, now: Instant, config: &Config<'_>) -> Option<u8> {
        for (section, next) in (1u8..).zip(&mut self.next) {
            let Some(at) = next.as_mut().filter(|at| **at <= now) else {
                continue;
            };
            let seconds = match config.send_time(section)? {
                SendTime::Every(seconds) => seconds,
                SendTime::Hysteresis { poll } => u32::from(poll),
            };
            let period = Duration::from_secs(u64::from(seconds));
            // What was missed is not made up for.
            let (in_step, afresh) = (*at + period, now + period);
            *at = if in_step > now { in_step } else { afresh };
            return Some(section);
        }
        None
    }
}

impl<'a> Gateway<'a> {
    /// What was published last has gone out.
    fn data_sent(&mut self) {
        for point in self.memory.points.iter_mut() {
            point.on_its_way = false;
        }
        if let Some(unix) = self.realtime.stamp.take() {
            self.status.sent(unix);
        }
    }

    /// What was published last has not gone out, and is due again.
    pub(super) fn data_not_sent(&mut self) {
        for point in self.memory.points.iter_mut() {
            point.due |= core::mem::take(&mut point.on_its_way);
        }
        self.realtime.stamp = None;
    }

    /// Whether it waits after a message that did not go out.
    pub(super) fn is_held(&self) -> bool {
        self.realtime.held.is_some_and(|held| held > self.now.instant)
    }

    /// What was asked for last is done: what was published has gone out, whatever it was.
    pub(in crate::profile::juconn) fn went_out(&mut self) {
        self.asked = false;
        self.data_sent();
        self.result_sent();
    }

    /// The module or the broker refused the message: it is tried again after a while.
    pub(super) fn refused(&mut self) {
        self.asked = false;
        self.data_not_sent();
        self.result_not_sent();
        self.realtime.held = Some(self.now.instant + HOLD);
    }

    /// Wants the data points of a section, or of all, to be sent.
    pub(super) fn want(&mut self, section: Option<u8>) {
        let points = self.config.points().zip(self.memory.points.iter_mut());
        for (point, memory) in points {
            memory.due |= section.is_none_or(|section| section == point.section());
        }
    }

    /// Looks which timers have run out, and so what is due. Whether anything is.
    pub(super) fn data_due(&mut self, source: &mut impl DataSource) -> bool {
        if self.phase != Phase::Running || self.is_held() {
            return false;
        }
        self.realtime.held = None;
        while let Some(section) = self.realtime.due(self.now.instant, &self.config) {
            if let Some(SendTime::Every(_)) = self.config.send_time(section) {
                self.want(Some(section));
                continue;
            }
            let points = self.config.points().zip(self.memory.points.iter_mut());
            for (point, memory) in points.filter(|(point, _)| point.section() == section) {
                let (first, second) = read(source, &point);
                let value = Sent::of([first.text(), second.as_ref().map_or("", Reading::text)]);
                memory.due |= memory.sent.moved(value, point.hysteresis());
            }
        }
        self.memory.points.iter().any(|point| point.due)
    }

    /// Writes a message with values that are due, controller by controller, as many as fit. None if not even one does.
    pub(super) fn data_message<'b>(&mut self, source: &mut impl DataSource, buffer: &'b mut [u8]) -> Option<&'b [u8]> {
        let config = self.config;
        let max = buffer.len().min(self.max_payload);
        let id = self.realtime.message_id.next();
        let buffer = buffer.get_mut(..max).unwrap_or_default();
        let mut data = DataWriter::new(self.style(), id, self.now.unix, buffer);
        'message: for (index, point) in config.points().enumerate() {
            if !self.is_due(index) {
                continue;
            }
            let controller = point.path().controller();
            let (start, first) = (data.mark(), data.sensors() == 0);
            let alike = config.points().enumerate().skip(index);
            for (index, point) in alike.filter(|(_, other)| other.path().controller() == controller) {
                if !self.is_due(index) {
                    continue;
                }
                if self.is_written(&config, index, &point) {
                    continue;
                }
                let Err(size) = self.write_point(&mut data, source, index, &point) else {
                    continue;
                };
                if data.sensors() == 0 {
                    // It will never fit.
                    self.give_up(index, size);
                    continue;
                }
                if !first {
                    // The controller has a message of its own.
                    data.rewind(start);
                    self.forget_controller(&config, controller);
                }
                break 'message;
            }
        }
        if data.sensors() == 0 {
            return None;
        }
        self.realtime.message_id = id;
        self.realtime.stamp = Some(self.now.unix);
        data.finish().ok()
    }

    fn is_due(&self, index: usize) -> bool {
        self.memory.points.get(index).is_some_and(|point| point.due)
    }

    /// Whether the same path, of another section, is in this message already.
    fn is_written(&mut self, config: &Config<'_>, index: usize, point: &DataPoint<'_>) -> bool {
        let before = config.points().zip(self.memory.points.iter()).take(index);
        let twin = before
            .filter(|(_, memory)| memory.on_its_way)
            .find(|(other, _)| other.path() == point.path());
        let Some(sent) = twin.map(|(_, memory)| memory.sent) else {
            return false;
        };
        self.keep(index, sent);
        true
    }

    fn keep(&mut self, index: usize, sent: Sent) {
        if let Some(memory) = self.memory.points.get_mut(index) {
            (memory.due, memory.on_its_way) = (false, true);
            memory.sent = sent;
        }
    }

    fn give_up(&mut self, index: usize, size: TooLarge) {
        if let Some(memory) = self.memory.points.get_mut(index) {
            memory.due = false;
        }
        self.notice(Notice::PointTooLarge { index, size });
    }

    /// Takes back what was written of a controller; it stays due.
    fn forget_controller(&mut self, config: &Config<'_>, controller: Controller<'_>) {
        for (point, memory) in config.points().zip(self.memory.points.iter_mut()) {
            if point.path().controller() == controller {
                memory.due |= core::mem::take(&mut memory.on_its_way);
            }
        }
    }

    fn write_point<'p>(
        &mut self,
        data: &mut DataWriter<'_, 'p>,
        source: &mut impl DataSource,
        index: usize,
        point: &DataPoint<'p>,
    ) -> Result<(), TooLarge> {
        let (first, second) = read(source, point);
        let (path, start) = (point.path(), data.mark());
        let text = point.sensor_type().is_text();
        let state = match &second {
            Some(_) => SensorState::Stateless,
            None => first.state(),
        };
        let mut value = SensorValue {
            value: first.text(),
            longitude: None,
            state,
            text,
        };
        let mut written = Ok(());
        match (point.second_path(), &second) {
            (Some(_), Some(second)) if self.device.gps == GpsForm::Attribute => value.longitude = Some(second.text()),
            (Some(second_path), Some(second)) => {
                let pair = SensorValue {
                    value: second.text(),
                    ..value
                };
                written = data.sensor(second_path, &pair);
            }
            _ => {}
        }
        // A position is sent whole or not at all.
        written = written.and_then(|()| data.sensor(path, &value));
        if written.is_err() {
            data.rewind(start);
            return written;
        }
        self.keep(
            index,
            Sent::of([first.text(), second.as_ref().map_or("", Reading::text)]),
        );
        Ok(())
    }
}

/// The value of a data point; the second one of a position too.
fn read(source: &mut impl DataSource, point: &DataPoint<'_>) -> (Reading, Option<Reading>) {
    let first = Reading::take(source, point.path().as_str());
    let second = point.second_path().map(|path| Reading::take(source, path.as_str()));
    (first, second)
}
