//! Values of data points (manual, sections 2.3 and 7.1).

use core::fmt::{self, Display, Write};

use super::body::{Body, Controllers};
use super::fields::{Fields, frame};
use super::{Format, MessageError, Style};
use crate::profile::json::Number;
use crate::profile::juconn::path::{Controller, DataPath};
use crate::profile::juconn::scalar::Scalar;
use crate::profile::juconn::tixml;
use crate::profile::{Payload, TooLarge};

/// The state of a value (table 2-5).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[cfg_attr(all(feature = "defmt", target_os = "none"), derive(defmt::Format))]
pub enum SensorState {
    /// A variable of a bus whose device does not answer.
    Invalid,
    /// A variable of a bus.
    Valid,
    /// A variable that has no such state: of the process, of an expansion module, a position.
    #[default]
    Stateless,
}

impl SensorState {
    /// The state with this code.
    pub const fn from_code(code: u8) -> Option<Self> {
        match code {
            0 => Some(Self::Invalid),
            1 => Some(Self::Valid),
            2 => Some(Self::Stateless),
            _ => None,
        }
    }

    /// Its code.
    pub const fn code(self) -> u8 {
        match self {
            Self::Invalid => 0,
            Self::Valid => 1,
            Self::Stateless => 2,
        }
    }
}

/// How a position is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[cfg_attr(all(feature = "defmt", target_os = "none"), derive(defmt::Format))]
pub enum GpsForm {
    /// As two sensors, each named by its path (section 7.1).
    #[default]
    Pair,
    /// As one sensor, the longitude in the attribute `lng` (section 2.3.2).
    Attribute,
}

/// The id of a `data` message: a decimal that grows with every message, by which the portal knows what was sent twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
#[cfg_attr(all(feature = "defmt", target_os = "none"), derive(defmt::Format))]
pub struct MessageId(u64);

impl MessageId {
    /// The id after this one: a hundredth more.
    pub const fn next(self) -> Self {
        Self(self.0.saturating_add(1))
    }

    /// In hundredths.
    pub const fn hundredths(self) -> u64 {
        self.0
    }
}

impl Display for MessageId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{:02}", self.0 / 100, self.0 % 100)
    }
}

/// One value to send.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SensorValue<'a> {
    /// The value; empty if it cannot be read.
    pub value: &'a str,
    /// With [`GpsForm::Attribute`]: the longitude.
    pub longitude: Option<&'a str>,
    /// Its state.
    pub state: SensorState,
    /// Whether JSON has it as a text, number or not.
    pub text: bool,
}

/// Writes a `data` message value by value, as many as fit.
///
/// ```
/// use fibocom_mqtt::profile::juconn::{DataPath, DataWriter, Format, MessageId, SensorState, SensorValue};
///
/// let path = DataPath::new("/Process/PV/TEMP_OFFICE").unwrap();
/// let value = SensorValue { value: "23.9", longitude: None, state: SensorState::Stateless, text: false };
/// let mut buffer = [0; 192];
/// let mut data = DataWriter::new(Format::Json.into(), MessageId::default().next(), 1498724247, &mut buffer);
/// data.sensor(path, &value)?;
/// let payload = data.finish()?;
/// assert_eq!(core::str::from_utf8(payload)?, concat!(
///     r#"{"message_id":0.01,"timestamp":1498724247,"controllers":[{"external_controller_id":"Process_PV","sensors":["#,
///     r#"{"external_sensor_id":"TEMP_OFFICE","value":23.9,"sensor_state":2}]}]}"#,
/// ));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct DataWriter<'b, 'p> {
    payload: Payload<'b>,
    style: Style,
    /// The controller that is open, and whether it has sensors already.
    open: Option<Controller<'p>>,
    sensors: usize,
}

/// A place in a message to go back to.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Mark<'p> {
    at: usize,
    open: Option<Controller<'p>>,
    sensors: usize,
}

impl<'b, 'p> DataWriter<'b, 'p> {
    /// Begins a message in `buffer`, whose length is the limit. `timestamp` is in seconds since 1970, UTC.
    pub fn new(style: Style, id: MessageId, timestamp: u64, buffer: &'b mut [u8]) -> Self {
        let mut payload = Payload::new(buffer);
        // A payload takes everything and counts what does not fit.
        let _ = payload.write_str(frame(style).0);
        let mut fields = Fields::new(style.format, &mut payload);
        let _ = fields.literal("message_id", id);
        let _ = fields.literal("timestamp", timestamp);
        payload.push(match style.format {
            Format::Tixml => b"<controllers>",
            Format::Json => b",\"controllers\":[",
        });
        Self {
            payload,
            style,
            open: None,
            sensors: 0,
        }
    }

    /// How many values are in it.
    pub const fn sensors(&self) -> usize {
        self.sensors
    }

    /// The length of the message if it ended here, in bytes.
    pub fn needed(&self) -> usize {
        let behind = frame(self.style).1.len();
        let closing = self.open.map_or(0, |open| closing_len(self.style.format, open));
        let list = match self.style.format {
            Format::Tixml => "</controllers>".len(),
            Format::Json => "]".len(),
        };
        self.payload
            .needed()
            .saturating_add(closing)
            .saturating_add(list)
            .saturating_add(behind)
    }

    pub(crate) fn mark(&self) -> Mark<'p> {
        Mark {
            at: self.payload.needed(),
            open: self.open,
            sensors: self.sensors,
        }
    }

    pub(crate) fn rewind(&mut self, mark: Mark<'p>) {
        self.payload.truncate(mark.at);
        self.open = mark.open;
        self.sensors = mark.sensors;
    }

    /// Adds the value of the data point at `path`. Values of the same controller are passed one after the other.
    ///
    /// # Errors
    ///
    /// [`TooLarge`] if the message would not fit with it: then nothing is added.
    pub fn sensor(&mut self, path: DataPath<'p>, value: &SensorValue<'_>) -> Result<(), TooLarge> {
        let mark = self.mark();
        // As above: the payload counts.
        let _ = self.write(path, value);
        let (needed, max) = (self.needed(), self.payload.max());
        if needed > max {
            self.rewind(mark);
            return Err(TooLarge { needed, max });
        }
        Ok(())
    }

    fn write(&mut self, path: DataPath<'p>, value: &SensorValue<'_>) -> fmt::Result {
        let (controller, id) = (path.controller(), path.sensor());
        let json = self.style.format == Format::Json;
        let begins = self.open != Some(controller);
        if begins {
            let first = self.open.is_none();
            self.close()?;
            if json {
                let comma = if first { "" } else { "," };
                write!(
                    self.payload,
                    "{comma}{{\"external_controller_id\":\"{controller}\",\"sensors\":["
                )?;
            } else {
                write!(self.payload, "<{controller}><sensors>")?;
            }
            self.open = Some(controller);
        } else if json {
            self.payload.push(b",");
        }
        self.sensors = self.sensors.saturating_add(1);
        if !json {
            let mut writer = tixml::Writer::new(&mut self.payload);
            let mut element = writer.element(id).attribute("_", value.value)?;
            if let Some(longitude) = value.longitude {
                element = element.attribute("lng", longitude)?;
            }
            return element.attribute("state", value.state.code())?.empty();
        }
        self.payload.push(b"{");
        let mut fields = Fields::new(self.style.format, &mut self.payload);
        fields.text("external_sensor_id", id)?;
        match Number::new(value.value).filter(|_| !value.text) {
            Some(number) => fields.literal("value", number)?,
            None => fields.text("value", value.value)?,
        }
        if let Some(longitude) = value.longitude {
            fields.text("lng", longitude)?;
        }
        fields.literal("sensor_state", value.state.code())?;
        self.payload.push(b"}");
        Ok(())
    }

    fn close(&mut self) -> fmt::Result {
        match (self.open.take(), self.style.format) {
            (None, _) => Ok(()),
            (Some(open), Format::Tixml) => write!(self.payload, "</sensors></{open}>"),
            (Some(_), Format::Json) => self.payload.write_str("]}"),
        }
    }

    /// The whole message.
    ///
    /// # Errors
    ///
    /// [`TooLarge`] if not even an empty one fits.
    pub fn finish(mut self) -> Result<&'b [u8], TooLarge> {
        let _ = self.close();
        self.payload.push(match self.style.format {
            Format::Tixml => b"</controllers>",
            Format::Json => b"]",
        });
        self.payload.push(frame(self.style).1.as_bytes());
        self.payload.finish()
    }
}

/// What closing a controller takes, in bytes.
fn closing_len(format: Format, open: Controller<'_>) -> usize {
    match format {
        Format::Tixml => open.len().saturating_add("</sensors></>".len()),
        Format::Json => "]}".len(),
    }
}

/// A `data` message as a portal receives it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Data<'a> {
    /// Its id, a decimal number.
    pub message_id: Scalar<'a>,
    /// When it was sent, in seconds since 1970.
    pub timestamp: u64,
    body: Body<'a>,
}

impl<'a> Data<'a> {
    /// Reads it.
    ///
    /// # Errors
    ///
    /// [`MessageError`] says what is wrong with the payload.
    pub fn parse(payload: &'a [u8]) -> Result<Self, MessageError> {
        let body = Body::parse(payload)?;
        let timestamp = body.required("timestamp")?;
        Ok(Self {
            message_id: body.required("message_id")?,
            timestamp: timestamp.parse().ok_or(MessageError::Value("timestamp"))?,
            body,
        })
    }

    /// The controllers in it, with their sensors and values.
    pub fn controllers(&self) -> Controllers<'a> {
        self.body.controllers()
    }
}
