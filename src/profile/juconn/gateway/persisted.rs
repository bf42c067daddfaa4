//! What a gateway remembers beyond a restart (manual, section 2.1).

use core::fmt::{self, Write};

use crate::QoS;
use crate::profile::juconn::config::{MAX_ID, is_id};
use crate::profile::juconn::message::MessageError;
use crate::profile::juconn::scalar::Scalar;
use crate::profile::juconn::tixml::{Document, Writer};

/// The ids that a rollout gave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ids {
    /// The gateway's.
    pub gateway: heapless::String<MAX_ID>,
    /// The customer's.
    pub customer: heapless::String<MAX_ID>,
}

/// What a gateway remembers: the outcome of its rollout, and how many it asked for.
///
/// The application keeps it, as it is or as the text that [`write`](Self::write) makes of it.
///
/// ```
/// use fibocom_mqtt::profile::juconn::Persisted;
///
/// let mut text = String::new();
/// let persisted = Persisted { rollouts: 3, ..Persisted::default() };
/// persisted.write(&mut text)?;
/// assert_eq!(text, r#"<rollouts _="3"/>"#);
/// assert_eq!(Persisted::parse(text.as_bytes()), Ok(persisted));
/// # Ok::<(), core::fmt::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Persisted {
    /// How many rollouts were asked for: the number in the last request's id. It survives a factory reset, since ids are never used twice.
    pub rollouts: u32,
    /// The ids, once a rollout has succeeded.
    pub ids: Option<Ids>,
    /// The broker that the rollout named.
    pub broker: Option<heapless::String<128>>,
    /// The quality of service that the rollout named.
    pub qos: Option<QoS>,
}

impl Persisted {
    /// Forgets what the rollout gave, as a factory reset does.
    pub(super) fn forget(&mut self) {
        let rollouts = self.rollouts;
        *self = Self {
            rollouts,
            ..Self::default()
        };
    }

    /// Writes it as TiXML.
    ///
    /// # Errors
    ///
    /// The destination's failure.
    pub fn write(&self, out: &mut dyn Write) -> fmt::Result {
        let mut writer = Writer::new(out);
        writer.value("rollouts", self.rollouts)?;
        if let Some(ids) = &self.ids {
            writer.value("gateway_id", &ids.gateway)?;
            writer.value("customer_id", &ids.customer)?;
        }
        if let Some(broker) = &self.broker {
            writer.value("url", broker)?;
        }
        self.qos.map_or(Ok(()), |qos| writer.value("qos", u8::from(qos)))
    }

    /// Reads what [`write`](Self::write) wrote.
    ///
    /// # Errors
    ///
    /// [`MessageError`] says what is wrong with it.
    pub fn parse(text: &[u8]) -> Result<Self, MessageError> {
        let document = Document::parse_bytes(text)?;
        let value = |name| {
            document
                .get(name)
                .and_then(|element| element.value())
                .map(Scalar::Tixml)
        };
        let rollouts = value("rollouts").ok_or(MessageError::Missing("rollouts"))?;
        let id = |id: Scalar<'_>, name| id.to_text().filter(|id| is_id(id)).ok_or(MessageError::Value(name));
        let ids = match (value("gateway_id"), value("customer_id")) {
            (Some(gateway), Some(customer)) => Some(Ids {
                gateway: id(gateway, "gateway_id")?,
                customer: id(customer, "customer_id")?,
            }),
            _ => None,
        };
        let broker = match value("url") {
            Some(url) => Some(url.to_text().ok_or(MessageError::Value("url"))?),
            None => None,
        };
        let qos = match value("qos") {
            Some(qos) => {
                let qos = qos.parse::<u8>().and_then(|qos| QoS::try_from(qos).ok());
                Some(qos.ok_or(MessageError::Value("qos"))?)
            }
            None => None,
        };
        Ok(Self {
            rollouts: rollouts.parse().ok_or(MessageError::Value("rollouts"))?,
            ids,
            broker,
            qos,
        })
    }
}
