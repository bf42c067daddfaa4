//! Options about messages: what to publish, what to print.

use std::ffi::OsString;
use std::fs;
use std::io::{self, Read};
use std::time::Duration;

use fibocom_mqtt::{Field, InvalidInput, QoS, TopicFilter, TopicId, TopicName};
use lexopt::{Parser, ValueExt};

use super::number;
use crate::failure::Failure;

/// The longest payload that the module publishes, in bytes (V1.3 section 1.7).
pub(super) const MAX_PAYLOAD: usize = 1024;

/// What to publish.
pub struct Publish {
    /// Empty if the topic is named otherwise.
    pub topic: String,
    pub payload: Vec<u8>,
    pub qos: QoS,
    pub retain: bool,
    pub repeat: u32,
}

/// What to receive, and how to print it.
pub struct Subscribe {
    pub filters: Vec<String>,
    pub qos: QoS,
    pub count: Option<u64>,
    pub time: Option<Duration>,
    pub format: Option<Vec<Part>>,
    pub line_end: bool,
}

/// A piece of a `-F` format.
#[derive(Debug, PartialEq, Eq)]
pub enum Part {
    Text(String),
    Topic,
    Payload,
    QoS,
    Length,
    Hex,
}

enum Source {
    Text(Vec<u8>),
    File(String),
    Stdin,
    Empty,
}

/// The same options, not yet seen as a whole.
#[derive(Default)]
pub(super) struct Raw {
    pub(super) topics: Vec<String>,
    pub(super) topic_ids: Vec<TopicId>,
    source: Option<Source>,
    qos: Option<QoS>,
    retain: bool,
    repeat: Option<u32>,
    count: Option<u64>,
    time: Option<u32>,
    format: Option<String>,
    no_line_end: bool,
}

impl Raw {
    /// Takes an option if it is one of these.
    pub(super) fn short(&mut self, letter: char, parser: &mut Parser) -> Result<bool, Failure> {
        match letter {
            't' => self.topics.push(parser.value()?.string()?),
            'm' => {
                let text = bytes(parser.value()?);
                self.source(Source::Text(text))?;
            }
            'f' => {
                let path = parser.value()?.string()?;
                self.source(Source::File(path))?;
            }
            's' => self.source(Source::Stdin)?,
            'n' => self.source(Source::Empty)?,
            'q' => self.qos = Some(qos(parser, "-q")?),
            'r' => self.retain = true,
            'C' => self.count = Some(number(parser, "-C", 1, u64::MAX)?),
            'W' => self.time = Some(number(parser, "-W", 1, u32::MAX)?),
            'F' => self.format = Some(parser.value()?.string()?),
            'N' => self.no_line_end = true,
            _ => return Ok(false),
        }
        Ok(true)
    }

    /// Takes an option if it is one of these.
    pub(super) fn long(&mut self, name: &str, parser: &mut Parser) -> Result<bool, Failure> {
        match name {
            "repeat" => self.repeat = Some(number(parser, "--repeat", 1, u32::MAX)?),
            "topic-id" => {
                let id = number(parser, "--topic-id", 1, u16::MAX)?;
                self.topic_ids.push(TopicId::new(id)?);
            }
            _ => return Ok(false),
        }
        Ok(true)
    }

    fn source(&mut self, source: Source) -> Result<(), Failure> {
        match self.source.replace(source) {
            None => Ok(()),
            Some(_) => Err(Failure::usage(
                "of -m, -f, -s and -n only one may be given, and only once",
            )),
        }
    }

    /// A command that takes none of these.
    pub(super) fn refuse_all(&self, command: &str) -> Result<(), Failure> {
        match self
            .first_of_publish()
            .or(self.first_of_subscribe())
            .or(self.first_of_sn())
        {
            None if self.topics.is_empty() && self.qos.is_none() => Ok(()),
            option => {
                let option = option.unwrap_or(if self.qos.is_some() { "-q" } else { "-t" });
                Err(Failure::usage(format!(
                    "{command} does not take {option}: leave it out"
                )))
            }
        }
    }

    fn first_of_sn(&self) -> Option<&'static str> {
        (!self.topic_ids.is_empty()).then_some("--topic-id")
    }

    fn first_of_publish(&self) -> Option<&'static str> {
        let given = [
            (self.source.is_some(), "-m, -f, -s and -n"),
            (self.retain, "-r"),
            (self.repeat.is_some(), "--repeat"),
        ];
        given.into_iter().find_map(|(given, name)| given.then_some(name))
    }

    fn first_of_subscribe(&self) -> Option<&'static str> {
        let given = [
            (self.count.is_some(), "-C"),
            (self.time.is_some(), "-W"),
            (self.format.is_some(), "-F"),
            (self.no_line_end, "-N"),
        ];
        given.into_iter().find_map(|(given, name)| given.then_some(name))
    }

    /// Checks what `pub` was given, and reads the message.
    pub(super) fn publish(mut self) -> Result<Publish, Failure> {
        self.refuse_sn()?;
        let [topic] = <[String; 1]>::try_from(std::mem::take(&mut self.topics))
            .map_err(|_| Failure::usage("pub takes one topic: give it with -t, once"))?;
        TopicName::new(&topic)?;
        self.publish_to(topic)
    }

    /// The same, for a topic that was checked.
    pub(super) fn publish_to(self, topic: String) -> Result<Publish, Failure> {
        if let Some(option) = self.first_of_subscribe() {
            return Err(Failure::usage(format!("pub does not take {option}: leave it out")));
        }
        let none = || Failure::usage("there is no message: give -m TEXT, -f FILE, -s for the standard input, or -n");
        let payload = match self.source.ok_or_else(none)? {
            Source::Text(text) if text.len() > MAX_PAYLOAD => {
                let too_long = InvalidInput::TooLong {
                    field: Field::Payload,
                    len: text.len(),
                    max: MAX_PAYLOAD,
                };
                return Err(too_long.into());
            }
            Source::Text(text) => text,
            Source::Empty => Vec::new(),
            Source::File(path) => read(&path, fs::File::open(&path))?,
            Source::Stdin => read("the standard input", Ok(io::stdin().lock()))?,
        };
        Ok(Publish {
            topic,
            payload,
            qos: self.qos.unwrap_or_default(),
            retain: self.retain,
            repeat: self.repeat.unwrap_or(1),
        })
    }

    /// Checks what `sub` was given.
    pub(super) fn subscribe(self) -> Result<Subscribe, Failure> {
        self.refuse_sn()?;
        if self.topics.is_empty() {
            return Err(Failure::usage("there is no topic filter: give one or more with -t"));
        }
        self.subscribe_to()
    }

    fn refuse_sn(&self) -> Result<(), Failure> {
        match self.first_of_sn() {
            None => Ok(()),
            Some(option) => Err(Failure::usage(format!(
                "{option} is for MQTT-SN: choose connection 101 or 102 with --id, or leave it out"
            ))),
        }
    }

    /// The same, whether there are filters or not.
    pub(super) fn subscribe_to(self) -> Result<Subscribe, Failure> {
        if let Some(option) = self.first_of_publish() {
            return Err(Failure::usage(format!("sub does not take {option}: leave it out")));
        }
        for filter in &self.topics {
            TopicFilter::new(filter)?;
        }
        Ok(Subscribe {
            filters: self.topics,
            qos: self.qos.unwrap_or_default(),
            count: self.count,
            time: self.time.map(|seconds| Duration::from_secs(seconds.into())),
            format: self.format.as_deref().map(format).transpose()?,
            line_end: !self.no_line_end,
        })
    }
}

/// A message that fits the module: one byte more than that is not read.
fn read(name: &str, source: io::Result<impl Read>) -> Result<Vec<u8>, Failure> {
    let mut payload = Vec::new();
    source
        .and_then(|source| source.take(MAX_PAYLOAD as u64 + 1).read_to_end(&mut payload))
        .map_err(|error| Failure::usage(format!("cannot read the message from {name}: {error}")))?;
    if payload.len() > MAX_PAYLOAD {
        return Err(Failure::usage(format!(
            "the message from {name} is longer than the {MAX_PAYLOAD} bytes that the module takes: shorten or split it"
        )));
    }
    Ok(payload)
}

/// A `-F` format in pieces.
fn format(text: &str) -> Result<Vec<Part>, Failure> {
    let mut parts = Vec::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('%') {
        if !before.is_empty() {
            parts.push(Part::Text(before.into()));
        }
        let mut letters = after.chars();
        parts.push(match letters.next() {
            Some('t') => Part::Topic,
            Some('p') => Part::Payload,
            Some('q') => Part::QoS,
            Some('l') => Part::Length,
            Some('x') => Part::Hex,
            Some('%') => Part::Text("%".into()),
            _ => {
                return Err(Failure::usage(
                    "the format (-F) holds a % that is none of %t, %p, %q, %l, %x and %%: write %% for the sign itself",
                ));
            }
        });
        rest = letters.as_str();
    }
    if !rest.is_empty() {
        parts.push(Part::Text(rest.into()));
    }
    Ok(parts)
}

/// The value of an option that is a quality of service.
pub(super) fn qos(parser: &mut Parser, option: &str) -> Result<QoS, Failure> {
    let text = parser.value()?.string()?;
    let qos = text.parse::<u8>().ok().and_then(|number| QoS::try_from(number).ok());
    qos.ok_or_else(|| Failure::usage(format!("{option} takes a quality of service, 0, 1 or 2, not '{text}'")))
}

/// A value as the bytes that were typed.
pub(super) fn bytes(value: OsString) -> Vec<u8> {
    value.into_encoded_bytes()
}
