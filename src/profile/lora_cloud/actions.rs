//! What a relay has to do after a response.

use super::items::{Downlink, FileUpload, LogMessage, StreamUpdate};
use super::position::Position;
use super::response::{Operation, UplinkResponse};

/// Something that a response asks of the relay, or has for the application.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub enum Action<'r, const TEXT: usize = 64, const DATA: usize = 256, const ITEMS: usize = 4> {
    /// To be sent to the device, at the next opportunity.
    Downlink(&'r Downlink),
    /// The uplink was for the application: it may be passed on to that.
    Forward,
    /// Where the device was.
    Position(&'r Position<ITEMS>),
    /// A file is complete.
    File(&'r FileUpload<TEXT, DATA>),
    /// A record of the stream. In the order of their offsets.
    Stream(&'r StreamUpdate<DATA>),
    /// The service has something to say.
    Log(&'r LogMessage<TEXT>),
}

impl<const TEXT: usize, const DATA: usize, const ITEMS: usize> UplinkResponse<TEXT, DATA, ITEMS> {
    /// What is to be done, the downlink first, since the device listens for a short time only.
    ///
    /// ```
    /// use fibocom_mqtt::profile::lora_cloud::{Action, UplinkResponse, decode};
    ///
    /// let response: UplinkResponse = decode(br#"{"stream_records": [[7, "bb"], [0, "aa"]]}"#)?;
    /// let offsets = response.actions().map(|action| match action {
    ///     Action::Stream(record) => record.offset,
    ///     other => panic!("{other:?}"),
    /// });
    /// assert!(offsets.eq([0, 7]));
    /// # Ok::<(), fibocom_mqtt::profile::lora_cloud::Invalid>(())
    /// ```
    pub fn actions(&self) -> impl Iterator<Item = Action<'_, TEXT, DATA, ITEMS>> {
        let forward = self.operation == Some(Operation::Application);
        let downlink = self.dnlink.iter().map(Action::Downlink);
        downlink
            .chain(forward.then_some(Action::Forward))
            .chain(self.position_solution.iter().map(Action::Position))
            .chain(self.file.iter().map(Action::File))
            .chain(by_offset(&self.stream_records).map(Action::Stream))
            .chain(self.log_messages.iter().map(Action::Log))
    }
}

/// Records in the order of their offsets, and those of one offset in the order of the document.
fn by_offset<const DATA: usize>(records: &[StreamUpdate<DATA>]) -> impl Iterator<Item = &StreamUpdate<DATA>> {
    let place = |nth: usize, record: &StreamUpdate<DATA>| (record.offset, nth);
    let mut last = None;
    core::iter::from_fn(move || {
        let places = records.iter().enumerate().map(|(nth, record)| place(nth, record));
        let next = places.filter(|place| last.is_none_or(|last| *place > last)).min()?;
        last = Some(next);
        records.get(next.1)
    })
}
