//! The operations whose results come in lines of their own.

/// Which operation a result line belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(all(feature = "defmt", target_os = "none"), derive(defmt::Format))]
#[non_exhaustive]
pub enum Operation {
    /// `+MQTTOPEN`
    Open,
    /// `+MQTTCLOSE`
    Close,
    /// `+MQTTSUB`
    Subscribe,
    /// `+MQTTUNSUB`
    Unsubscribe,
    /// `+MQTTPUB`
    Publish,
    /// `+MQTTSNREG`, on an MQTT-SN connection
    Register,
    /// `+MQTTWTOPICUD`, on an MQTT-SN connection
    UpdateWillTopic,
    /// `+MQTTWMSGUD`, on an MQTT-SN connection
    UpdateWillMessage,
}

impl Operation {
    /// Those whose line has nothing but connection and status.
    pub(super) const PLAIN: [Self; 7] = [
        Self::Open,
        Self::Close,
        Self::Subscribe,
        Self::Unsubscribe,
        Self::Publish,
        Self::UpdateWillTopic,
        Self::UpdateWillMessage,
    ];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Open => "+MQTTOPEN",
            Self::Close => "+MQTTCLOSE",
            Self::Subscribe => "+MQTTSUB",
            Self::Unsubscribe => "+MQTTUNSUB",
            Self::Publish => "+MQTTPUB",
            Self::Register => "+MQTTSNREG",
            Self::UpdateWillTopic => "+MQTTWTOPICUD",
            Self::UpdateWillMessage => "+MQTTWMSGUD",
        }
    }
}
