//! What a module reports of Tuya.

/// An event of Tuya: `+MQTTAUTHEVENT: 4,"status"` (V1.3 section 1.19), which modules print as text or by its number. It comes unasked, see
/// [`Unsolicited::tuya_event`](crate::Unsolicited::tuya_event).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(all(feature = "defmt", target_os = "none"), derive(defmt::Format))]
#[non_exhaustive]
pub enum TuyaEvent {
    /// 1, `RESET`: the client was reset.
    Reset,
    /// 2, `BIND START`: binding to an account begins.
    BindStart,
    /// 3, `BIND TOKEN ON`: the token for it is there.
    BindTokenOn,
    /// 4, `ACTIVATE SUCCESSED`: the device was activated.
    ActivateSucceeded,
    /// 5, `MQTT CONNECTED`.
    MqttConnected,
    /// 6, `MQTT DISCONNECT`.
    MqttDisconnected,
    /// 7, `BIND STOP`: binding has ended.
    BindStopped,
    /// Another number, or 0 for another text, which is in the line itself.
    Unknown(u16),
}

impl TuyaEvent {
    /// An event by its number.
    pub(crate) const fn from_code(code: u16) -> Self {
        match code {
            1 => Self::Reset,
            2 => Self::BindStart,
            3 => Self::BindTokenOn,
            4 => Self::ActivateSucceeded,
            5 => Self::MqttConnected,
            6 => Self::MqttDisconnected,
            7 => Self::BindStopped,
            code => Self::Unknown(code),
        }
    }

    /// An event by its text, in whatever case.
    pub(crate) fn from_text(text: &[u8]) -> Self {
        let texts: [(&[u8], Self); 7] = [
            (b"RESET", Self::Reset),
            (b"BIND START", Self::BindStart),
            (b"BIND TOKEN ON", Self::BindTokenOn),
            (b"ACTIVATE SUCCESSED", Self::ActivateSucceeded),
            (b"MQTT CONNECTED", Self::MqttConnected),
            (b"MQTT DISCONNECT", Self::MqttDisconnected),
            (b"BIND STOP", Self::BindStopped),
        ];
        let known = texts.into_iter().find(|(known, _)| known.eq_ignore_ascii_case(text));
        known.map_or(Self::Unknown(0), |(_, event)| event)
    }
}
