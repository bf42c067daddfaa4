//! What the service hands out besides positions: downlinks, files, records of streams, log messages.

use core::fmt;
use core::marker::PhantomData;

use serde::de::{Error, IgnoredAny, MapAccess, SeqAccess, Visitor, value::MapAccessDeserializer};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::DevicePorts;
use super::time::Seconds;
use super::wire::{Hex, Invalid, Reason, Rules, Text, names};

/// LORA_DNLINK: a downlink that the service wants to be sent to the device.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Downlink {
    /// The LoRaWAN port; 0 is undefined.
    pub port: u8,
    /// What is to be sent: no more than LoRaWAN carries.
    pub payload: Hex<242>,
}

impl Rules for Downlink {
    fn check(&self, _: &DevicePorts) -> Result<(), Invalid> {
        Ok(())
    }
}

/// FILE: a file that a modem has uploaded. Texts have up to `TEXT` bytes, the file up to `DATA`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FileUpload<const TEXT: usize = 64, const DATA: usize = 256> {
    /// Counter of the file.
    pub sctr: u8,
    /// When its last part came: UTC.
    pub timestamp: Seconds,
    /// The port that it is for. None on error.
    pub port: Option<u8>,
    /// What is in it. None on error.
    pub data: Option<Hex<DATA>>,
    /// The start of SHA-256 over its plain contents: 8 bytes, of an encrypted file 4. None on error.
    pub hash: Option<Hex<8>>,
    /// Whether it is encrypted. None on error.
    pub encmode: Option<bool>,
    /// What the service has to say of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<Text<TEXT>>,
}

impl<const TEXT: usize, const DATA: usize> Rules for FileUpload<TEXT, DATA> {
    fn check(&self, _: &DevicePorts) -> Result<(), Invalid> {
        self.timestamp.check("timestamp")?;
        if let (Some(hash), Some(encrypted)) = (&self.hash, self.encmode) {
            if hash.len() != if encrypted { 4 } else { 8 } {
                return Err(Invalid::new("hash", Reason::Length { len: hash.len() }));
            }
        }
        self.message.as_ref().map_or(Ok(()), |message| message.check("message"))
    }
}

/// STREAM: a record of a stream, as the history keeps it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StreamRecord<const DATA: usize = 256> {
    /// When its last part came: UTC.
    pub timestamp: Seconds,
    /// The port that it is for.
    pub port: u8,
    /// What is in it.
    pub data: Hex<DATA>,
    /// Where it stands in the stream, in bytes.
    pub off: u16,
}

impl<const DATA: usize> Rules for StreamRecord<DATA> {
    fn check(&self, _: &DevicePorts) -> Result<(), Invalid> {
        self.timestamp.check("timestamp")
    }
}

/// STREAM update: a record of a stream that an uplink has completed. Records may come in another order than they were sent in.
///
/// The service writes it as a pair of offset and data, or as a [`StreamRecord`]; here it is read from both, and written as a pair.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StreamUpdate<const DATA: usize = 256> {
    /// Where it stands in the stream, in bytes.
    pub offset: u32,
    /// What is in it.
    pub data: Hex<DATA>,
}

impl<const DATA: usize> Rules for StreamUpdate<DATA> {
    fn check(&self, _: &DevicePorts) -> Result<(), Invalid> {
        Ok(())
    }
}

impl<const DATA: usize> Serialize for StreamUpdate<DATA> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        (self.offset, &self.data).serialize(serializer)
    }
}

impl<'de, const DATA: usize> Deserialize<'de> for StreamUpdate<DATA> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(PairOrRecord(PhantomData))
    }
}

struct PairOrRecord<const DATA: usize>(PhantomData<[u8; DATA]>);

/// What a record has that an update needs.
#[derive(Deserialize)]
#[serde(rename = "STREAM")]
struct Record<const DATA: usize> {
    off: u32,
    data: Hex<DATA>,
}

impl<'de, const DATA: usize> Visitor<'de> for PairOrRecord<DATA> {
    type Value = StreamUpdate<DATA>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an offset and hexadecimal data")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut pair: A) -> Result<Self::Value, A::Error> {
        let offset = pair.next_element()?.ok_or_else(|| A::Error::missing_field("off"))?;
        let data = pair.next_element()?.ok_or_else(|| A::Error::missing_field("data"))?;
        while pair.next_element::<IgnoredAny>()?.is_some() {}
        Ok(StreamUpdate { offset, data })
    }

    fn visit_map<A: MapAccess<'de>>(self, record: A) -> Result<Self::Value, A::Error> {
        let Record { off, data } = Record::deserialize(MapAccessDeserializer::new(record))?;
        Ok(StreamUpdate { offset: off, data })
    }
}

names! {
    /// `level`: how bad it is.
    Level: "a level" {
        /// Something may be wrong.
        Warning = "WARNING",
        /// Good to know.
        Info = "INFO",
        /// Something is wrong.
        Error = "ERROR",
    }
}

/// LOG_MESSAGE: what the service has to say of a device.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LogMessage<const TEXT: usize = 64> {
    /// The message.
    pub logmsg: Text<TEXT>,
    /// How bad it is.
    pub level: Level,
    /// When: UTC.
    pub timestamp: Seconds,
}

impl<const TEXT: usize> Rules for LogMessage<TEXT> {
    fn check(&self, _: &DevicePorts) -> Result<(), Invalid> {
        self.logmsg.check("logmsg")?;
        self.level.check("level")?;
        self.timestamp.check("timestamp")
    }
}
