//! The events that carry the number of a network or a server (section 6.2, `X`).

use super::EventId;

/// The events and their families, from one table.
macro_rules! families {
    ($($major:literal $name:ident $text:literal;)*) => {
        /// What failed on a network or at a server. With its number it is an event.
        ///
        /// ```
        /// use fibocom_mqtt::profile::captis::LinkEvent;
        ///
        /// let event = LinkEvent::ServerConnection.on(2).unwrap();
        /// assert_eq!(event.to_string(), "a00092-00002");
        /// ```
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        #[cfg_attr(all(feature = "defmt", target_os = "none"), derive(defmt::Format))]
        #[non_exhaustive]
        pub enum LinkEvent {
            $(#[doc = concat!("`", $text, "`.")] $name,)*
        }

        impl LinkEvent {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            const fn major(self) -> u32 {
                match self {
                    $(Self::$name => $major,)*
                }
            }

            /// How the server's lookup table describes it, with an `X` where the number is.
            pub const fn text(self) -> &'static str {
                match self {
                    $(Self::$name => $text,)*
                }
            }
        }
    };
}

impl LinkEvent {
    /// The event for the network or the server with this number. `None` if that is not a digit.
    pub const fn on(self, number: u8) -> Option<EventId> {
        if number > 9 {
            return None;
        }
        Some(EventId {
            major: self.major(),
            minor: number as u32,
        })
    }

    /// The family that an event belongs to, if it is one of these.
    pub fn of(event: EventId) -> Option<Self> {
        let mut all = Self::ALL.iter().copied();
        all.find(|family| family.major() == event.major && event.minor <= 9)
    }
}

families! {
    91 NetworkConnection "Network X Connection Fail";
    92 ServerConnection "Server X - Connection Fail";
    93 ServerSetup "Server X - Setup Fail";
    94 MeasurementPush "Server X - Measurement Push Fail";
    95 EventPush "Server X - Event Push Fail";
    96 OperationFetch "Server X - Operation Fetch Fail";
    97 DeviceHealthPush "Server X - Device Health Push Fail";
}
