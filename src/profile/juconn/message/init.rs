//! Initialisation: the data model goes to the portal at each login (manual, section 2.2).

use core::fmt::{self, Write};

use super::body::Body;
use super::data::GpsForm;
use super::fields::Fields;
use super::{MessageError, Style};
use crate::profile::juconn::config::{Config, DataPoint};
use crate::profile::juconn::device::Device;
use crate::profile::juconn::path::DataPath;
use crate::profile::juconn::scalar::Scalar;

/// `gatewayInit`: every data point of every section, each once, and what is known about it.
///
/// A portal reads it as a [`Body`]: `request_id`, and the [`controllers`](Body::controllers).
#[derive(Debug, Clone, Copy)]
pub struct InitRequest<'r, 'a> {
    /// An id of the gateway's choice, which the answer repeats.
    pub request_id: &'r str,
    /// Who the gateway is.
    pub device: &'r Device<'a>,
    /// Where the data points are.
    pub config: &'r Config<'a>,
}

impl<'a> InitRequest<'_, 'a> {
    /// Writes it.
    ///
    /// # Errors
    ///
    /// The destination's failure.
    pub fn write(&self, style: Style, out: &mut dyn Write) -> fmt::Result {
        Fields::message(style, out, |fields| {
            fields.text("request_id", self.request_id)?;
            if self.config.virtual_devices() {
                fields.text("virtual_devices", 1)?;
            }
            if let Some(details) = self.device.details {
                fields.content("gateway_details", details, details.is_empty())?;
            }
            fields.list("controllers", |fields| self.controllers(fields))
        })
    }

    /// The points, each path once: a path in two sections is one data point with two timers.
    fn points(&self) -> impl Iterator<Item = DataPoint<'a>> + use<'a> {
        let config = *self.config;
        config.points().filter(move |point| {
            // Within a section no path is there twice.
            let mut before = config.points().take_while(|other| other.section() < point.section());
            !before.any(|other| other.path() == point.path())
        })
    }

    fn controllers(&self, fields: &mut Fields<'_>) -> fmt::Result {
        for (index, point) in self.points().enumerate() {
            let controller = point.path().controller();
            let same = |other: &DataPoint<'_>| other.path().controller() == controller;
            if self.points().take(index).any(|other| same(&other)) {
                continue;
            }
            fields.item("external_controller_id", controller, |fields| {
                if fields.is_json() {
                    fields.text("name", controller)?;
                }
                if let Some(timeout) = self.device.controller_timeout {
                    fields.literal("timeout", timeout)?;
                }
                fields.list("sensors", |fields| {
                    let points = self.points().skip(index);
                    points.filter(same).try_for_each(|point| self.sensors(fields, point))
                })
            })?;
        }
        Ok(())
    }

    /// A data point's sensors: one, or the pair of a position.
    fn sensors(&self, fields: &mut Fields<'_>, point: DataPoint<'_>) -> fmt::Result {
        match point.second_path() {
            Some(second) if self.device.gps == GpsForm::Pair => {
                for path in [point.path(), second] {
                    sensor(fields, point, path, Some(path))?;
                }
                Ok(())
            }
            _ => sensor(fields, point, point.path(), None),
        }
    }
}

/// One sensor. The two of a position take their ids into their names, since names are unique.
fn sensor(
    fields: &mut Fields<'_>,
    point: DataPoint<'_>,
    path: DataPath<'_>,
    part: Option<DataPath<'_>>,
) -> fmt::Result {
    fields.item("external_sensor_id", path.sensor(), |fields| {
        match part {
            Some(part) => fields.text("name", format_args!("{}_{}", point.name(), part.sensor()))?,
            None => fields.text("name", point.name())?,
        }
        fields.text("type", point.sensor_type())?;
        if let Some(unit) = point.unit() {
            fields.text("unit", unit)?;
        }
        match point.set_point() {
            Some(set_point) if set_point.is_empty() => fields.content("set_point", set_point, true)?,
            Some(set_point) => fields.text("set_point", set_point)?,
            None => {}
        }
        if let Some(virtual_sensor) = point.virtual_sensor() {
            fields.literal("virtual", virtual_sensor)?;
        }
        if let Some(device) = point.virtual_device() {
            fields.text("virtual_device", device)?;
        }
        if let Some(signal) = point.receive_signal() {
            fields.text("receive_signal", signal)?;
        }
        if let Some(frequency) = point
            .signal_frequency()
            .and_then(|text| Scalar::Tixml(text).parse::<u32>())
        {
            fields.literal("signal_frequency", frequency)?;
        }
        match point.custom_fields() {
            Some(mut custom) => fields.group("custom_fields", |fields| {
                custom.try_for_each(|(name, value)| fields.text(name, value))
            }),
            None => Ok(()),
        }
    })
}

/// `gatewayInitResult`: the portal's answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InitResult<'a> {
    /// 0, or what went wrong: 404 the gateway is not known, 409 it is not in the state for this, 500 the answer's id is empty (section 8).
    pub error_code: i32,
    /// The id of the request. An error may leave it out.
    pub response_id: Scalar<'a>,
    /// The version of the portal's software.
    pub portal_version: Option<Scalar<'a>>,
}

impl<'a> InitResult<'a> {
    /// Reads it.
    ///
    /// # Errors
    ///
    /// [`MessageError`] says what is wrong with the payload.
    pub fn parse(payload: &'a [u8]) -> Result<Self, MessageError> {
        let body = Body::parse(payload)?;
        let error_code = body.error_code()?;
        let response_id = match body.required("response_id") {
            Err(_) if error_code != 0 => Scalar::Plain(""),
            other => other?,
        };
        Ok(Self {
            error_code,
            response_id,
            portal_version: body.value("portal_version"),
        })
    }

    /// Writes it.
    ///
    /// # Errors
    ///
    /// The destination's failure.
    pub fn write(&self, style: Style, out: &mut dyn Write) -> fmt::Result {
        Fields::message(style, out, |fields| {
            fields.literal("error_code", self.error_code)?;
            fields.text("response_id", self.response_id)?;
            self.portal_version
                .map_or(Ok(()), |version| fields.text("portal_version", version))
        })
    }
}
