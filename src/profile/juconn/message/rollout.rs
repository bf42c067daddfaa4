//! Rollout: who the device is, and which ids it gets (manual, section 2.1).

use core::fmt::{self, Write};

use super::body::{Body, Node};
use super::fields::Fields;
use super::{MessageError, Style};
use crate::QoS;
use crate::profile::json;
use crate::profile::juconn::convert::{Empty, to_json};
use crate::profile::juconn::scalar::Scalar;
use crate::profile::juconn::tixml::Document;

/// `fp/gatewayRollout`: a device asks for its ids.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RolloutRequest<'a> {
    /// The device's serial number, an underscore, and a number that grows with every request.
    pub request_id: Scalar<'a>,
    /// Name of the product.
    pub prod_name: Scalar<'a>,
    /// Eight digits.
    pub serial_number: Scalar<'a>,
}

impl<'a> RolloutRequest<'a> {
    /// Writes it.
    ///
    /// # Errors
    ///
    /// The destination's failure.
    pub fn write(&self, style: Style, out: &mut dyn Write) -> fmt::Result {
        Fields::message(style, out, |fields| {
            fields.text("request_id", self.request_id)?;
            fields.text("prod_name", self.prod_name)?;
            fields.text("serial_number", self.serial_number)
        })
    }

    /// Reads it.
    ///
    /// # Errors
    ///
    /// [`MessageError`] says what is wrong with the payload.
    pub fn parse(payload: &'a [u8]) -> Result<Self, MessageError> {
        let body = Body::parse(payload)?;
        Ok(Self {
            request_id: body.required("request_id")?,
            prod_name: body.required("prod_name")?,
            serial_number: body.required("serial_number")?,
        })
    }
}

/// Where the device shall connect for everything after the rollout: `data_broker_details`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BrokerDetails<'a> {
    /// The address: a host, or as in `CloudBaseUrl`. A gateway that is configured for TLS does not follow one without it.
    pub url: Scalar<'a>,
    /// The quality of service of all topics.
    pub qos: Option<QoS>,
}

/// `fp/gatewayRolloutResult/<serial>`: the portal's answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RolloutResult<'a> {
    /// 0, or what went wrong: 404 the gateway is not known, 409 it is not in the state for a rollout (section 8).
    pub error_code: i32,
    /// The id of the request.
    pub response_id: Scalar<'a>,
    /// The gateway's id, unless there is an error.
    pub gateway_id: Option<Scalar<'a>>,
    /// The customer's id, unless there is an error.
    pub customer_id: Option<Scalar<'a>>,
    /// Another broker, if it is not the first one.
    pub broker: Option<BrokerDetails<'a>>,
    /// The version of the portal, if it tells that here (section 2.1.2 has it in the text, 2.2.2 in the message).
    pub portal_version: Option<Scalar<'a>>,
    /// `gateway_configuration`: statements that set up the device.
    pub configuration: Option<Node<'a>>,
}

impl<'a> RolloutResult<'a> {
    /// Reads it.
    ///
    /// # Errors
    ///
    /// [`MessageError`] says what is wrong with the payload: among that an answer without an error and without the two ids.
    pub fn parse(payload: &'a [u8]) -> Result<Self, MessageError> {
        let body = Body::parse(payload)?;
        let error_code = body.error_code()?;
        let ids = ["gateway_id", "customer_id"].map(|name| body.value(name).filter(|id| !id.is_blank()));
        let broker = match body.get("data_broker_details") {
            None => None,
            // Optional, and as good as not there.
            Some(details) if details.is_empty() => None,
            Some(details) => {
                let url = details.get("url").and_then(|url| url.value());
                Some(BrokerDetails {
                    url: url.ok_or(MessageError::Missing("url"))?,
                    qos: qos(details)?,
                })
            }
        };
        let [gateway_id, customer_id] = ids;
        if error_code == 0 {
            gateway_id.ok_or(MessageError::Missing("gateway_id"))?;
            customer_id.ok_or(MessageError::Missing("customer_id"))?;
        }
        Ok(Self {
            error_code,
            response_id: body.required("response_id")?,
            gateway_id,
            customer_id,
            broker,
            portal_version: body.value("portal_version"),
            configuration: body.get("gateway_configuration"),
        })
    }

    /// Writes it. A `configuration` is written if it is in TiXML, which is what a portal composes.
    ///
    /// # Errors
    ///
    /// The destination's failure.
    pub fn write(&self, style: Style, out: &mut dyn Write) -> fmt::Result {
        Fields::message(style, out, |fields| {
            fields.literal("error_code", self.error_code)?;
            fields.text("response_id", self.response_id)?;
            for (name, id) in [("gateway_id", self.gateway_id), ("customer_id", self.customer_id)] {
                id.map_or(Ok(()), |id| fields.text(name, id))?;
            }
            if let Some(version) = self.portal_version {
                fields.text("portal_version", version)?;
            }
            if let Some(broker) = self.broker {
                fields.group("data_broker_details", |fields| {
                    fields.text("url", broker.url)?;
                    broker.qos.map_or(Ok(()), |qos| fields.literal("qos", u8::from(qos)))
                })?;
            }
            match self.configuration {
                Some(node) => configuration(fields, node),
                None => Ok(()),
            }
        })
    }
}

fn qos(details: Node<'_>) -> Result<Option<QoS>, MessageError> {
    let Some(text) = details.get("qos").and_then(|qos| qos.value()) else {
        return Ok(None);
    };
    let qos = text.parse::<u8>().and_then(|qos| QoS::try_from(qos).ok());
    qos.map(Some).ok_or(MessageError::Value("qos"))
}

fn configuration(fields: &mut Fields<'_>, node: Node<'_>) -> fmt::Result {
    let name = "gateway_configuration";
    match node {
        Node::Tixml(element) if fields.is_json() => {
            let statements: Document<'_> = element.content();
            fields.json(name, |out| to_json(statements, Empty::Text, out))
        }
        Node::Tixml(element) => fields.elements(name, element.content().raw()),
        Node::Json(value) => fields.json(name, |out| json::Writer::new(out).value(value)),
    }
}
