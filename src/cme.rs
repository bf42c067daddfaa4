//! The numbers of `+CME ERROR`, as Fibocom's firmware gives them.

use core::fmt;

/// The enum, its numbers and its texts, from one table. A group keeps its number: the firmware's names for its members say
/// nothing that helps.
macro_rules! cme_errors {
    ($($code:literal $name:ident $text:literal,)* groups: $($from:literal..=$to:literal $group:ident $group_text:literal,)*) => {
        /// The code of a `+CME ERROR`, kept as the module gave it (V1.3 section 2.1 for 700 to 704; the tables of Fibocom's firmware for
        /// the rest).
        ///
        /// Up to 48 the numbers are those of 3GPP TS 27.007 section 9.2, from 49 on they are Fibocom's own: 52, 53 and 58 are no
        /// rejections by the network.
        ///
        /// ```
        /// use fibocom_mqtt::CmeError;
        ///
        /// assert_eq!(CmeError::from(53), CmeError::InvalidParameter);
        /// assert_eq!(u16::from(CmeError::Unknown(4711)), 4711);
        /// assert_eq!(CmeError::from(10).to_string(), "no SIM in the slot (+CME ERROR: 10)");
        /// ```
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        #[cfg_attr(all(feature = "defmt", target_os = "none"), derive(defmt::Format))]
        #[non_exhaustive]
        pub enum CmeError {
            $(#[doc = concat!(stringify!($code), ": ", $text, ".")] $name,)*
            $(#[doc = concat!(stringify!($from), " to ", stringify!($to), ": ", $group_text, ".")] $group(u16),)*
            /// Any other number.
            Unknown(u16),
        }

        impl From<u16> for CmeError {
            fn from(code: u16) -> Self {
                match code {
                    $($code => Self::$name,)*
                    $($from..=$to => Self::$group(code),)*
                    other => Self::Unknown(other),
                }
            }
        }

        impl From<CmeError> for u16 {
            fn from(error: CmeError) -> Self {
                match error {
                    $(CmeError::$name => $code,)*
                    $(CmeError::$group(code))|* | CmeError::Unknown(code) => code,
                }
            }
        }

        impl CmeError {
            const fn text(self) -> &'static str {
                match self {
                    $(Self::$name => $text,)*
                    $(Self::$group(_) => $group_text,)*
                    Self::Unknown(_) => "a code that no manual names",
                }
            }
        }
    };
}

cme_errors! {
    0 PhoneFailure "the module failed",
    1 NoConnectionToPhone "no connection to the module",
    2 LinkReserved "the link is reserved",
    3 NotAllowed "operation not allowed",
    4 NotSupported "operation not supported",
    5 PhoneSimPinRequired "the module's own SIM lock wants its PIN",
    6 PhoneFirstSimPinRequired "the module's lock to its first SIM wants its PIN",
    7 PhoneFirstSimPukRequired "the module's lock to its first SIM wants its PUK",
    10 SimNotInserted "no SIM in the slot",
    11 SimPinRequired "the SIM wants its PIN",
    12 SimPukRequired "the SIM wants its PUK",
    13 SimFailure "SIM failure",
    14 SimBusy "SIM busy",
    15 SimWrong "the wrong SIM",
    16 IncorrectPassword "incorrect password",
    17 SimPin2Required "the SIM wants its PIN2",
    18 SimPuk2Required "the SIM wants its PUK2",
    20 MemoryFull "memory full",
    21 InvalidIndex "invalid index",
    22 NotFound "not found",
    23 MemoryFailure "memory failure",
    24 TextTooLong "the text is too long",
    25 InvalidCharacterInText "invalid characters in the text",
    26 DialStringTooLong "the dial string is too long",
    27 InvalidCharacterInDialString "invalid characters in the dial string",
    30 NoNetwork "no network service",
    31 NetworkTimeout "the network did not answer in time",
    32 EmergencyOnly "the network allows emergency calls only",
    40 NetworkPinRequired "the network lock wants its PIN",
    41 NetworkPukRequired "the network lock wants its PUK",
    42 NetworkSubsetPinRequired "the network subset lock wants its PIN",
    43 NetworkSubsetPukRequired "the network subset lock wants its PUK",
    44 ServiceProviderPinRequired "the service provider lock wants its PIN",
    45 ServiceProviderPukRequired "the service provider lock wants its PUK",
    46 CorporatePinRequired "the corporate lock wants its PIN",
    47 CorporatePukRequired "the corporate lock wants its PUK",
    48 PhoneBookRequired "the module's SIM phone book is required",
    49 ExecuteNotSupported "this command cannot be executed",
    50 ExecuteFailed "the command failed",
    51 NoMemory "no memory",
    52 FormNotSupported "this form of the command is not supported",
    53 InvalidParameter "invalid parameter",
    54 RegistryMissing "the registry is not in flash",
    55 SmsMissing "the SMS store is not in flash",
    56 PhoneBookMissing "the phone book is not in flash",
    57 FileSystemMissing "the file system is not in flash",
    58 UnknownCommand "unknown command",
    59 InterfaceDifferent "the interface is another",
    60 FlashFailed "writing the flash failed",
    61 CardMissing "there is no memory card",
    62 FileMissing "there is no such file",
    63 FileTooLarge "the file is too large",
    64 FtpActive "FTP is active",
    96 InvalidTime "invalid date or time",
    97 DirectoryNotCreated "the directory could not be created",
    98 DirectoryMissing "there is no such directory",
    99 NotImplemented "not implemented",
    103 IllegalSubscriber "attach rejected: illegal subscriber (cause 3)",
    106 IllegalModule "attach rejected: illegal module (cause 6)",
    107 PacketServiceNotAllowed "attach rejected: packet service not allowed (cause 7)",
    111 OperatorNotAllowed "attach rejected: operator not allowed (cause 11)",
    112 AreaNotAllowed "attach rejected: location area not allowed (cause 12)",
    113 RoamingNotAllowed "attach rejected: roaming not allowed in this area (cause 13)",
    132 ServiceNotSupported "the network does not support this service option",
    133 ServiceNotSubscribed "the subscription does not hold this service option",
    134 ServiceOutOfOrder "this service option is out of order for now",
    148 PacketService "unspecified error of the packet service",
    149 AddressAuthenticationFailed "the network refused user name or password of the data connection",
    150 InvalidMobileClass "invalid mobile class",
    181 UnsupportedQci "the quality of service class is not supported",
    300 HttpNoInterface "HTTP has no network interface",
    301 HttpActionNeeded "HTTP needs its action first",
    302 HttpInitNeeded "HTTP needs to be set up first",
    303 HttpInvalidContext "HTTP was given an invalid context",
    320 TimeSynchronising "the clock is being set over the network",
    700 ProtocolVersion "unacceptable protocol version",
    701 IdentifierRejected "client id rejected by the broker",
    702 ServerUnavailable "broker unavailable",
    703 BadCredentials "bad user name or password",
    704 NotAuthorized "not authorized",
    900 NetworkRefused "the network refused",
    901 NotDialled "the data connection is not up",
    902 AlreadyDialled "the data connection is up already",
    910 PeerRefused "the other side refused the connection",
    911 ConnectTimeout "the other side did not answer in time",
    912 AlreadyConnected "already connected",
    913 NotConnected "not connected",
    914 BufferFull "the module's buffer is full",
    915 SendTimeout "sending took too long",
    916 DnsFailed "the host name could not be resolved",
    917 DnsTimeout "the name server did not answer in time",
    918 DnsUnknown "resolving the host name failed for an unknown reason",
    980 Parameter "parameter error",
    981 Other "unknown error",
    1020 AliyunState "the module's Aliyun client is in a state that does not allow this",
    1021 AliyunReconnecting "the module's Aliyun client is reconnecting",
    groups:
    264..=283 SimCard "the SIM card refused or failed",
    1001..=1010 File "a file operation failed",
}

impl fmt::Display for CmeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} (+CME ERROR: {})", self.text(), u16::from(*self))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_number_comes_back_as_it_was() {
        for code in 0..=u16::MAX {
            let error = CmeError::from(code);
            assert_eq!(u16::from(error), code);
            let text = error.to_string();
            assert!(text.ends_with(&format!("(+CME ERROR: {code})")), "{text}");
        }
    }

    #[test]
    fn from_49_on_the_numbers_are_fibocoms() {
        for (code, error) in [
            (48, CmeError::PhoneBookRequired),
            (49, CmeError::ExecuteNotSupported),
            (50, CmeError::ExecuteFailed),
            (52, CmeError::FormNotSupported),
            (53, CmeError::InvalidParameter),
            (58, CmeError::UnknownCommand),
            (64, CmeError::FtpActive),
            (65, CmeError::Unknown(65)),
            (100, CmeError::Unknown(100)),
            (113, CmeError::RoamingNotAllowed),
            (149, CmeError::AddressAuthenticationFailed),
            (263, CmeError::Unknown(263)),
            (264, CmeError::SimCard(264)),
            (283, CmeError::SimCard(283)),
            (284, CmeError::Unknown(284)),
            (303, CmeError::HttpInvalidContext),
            (705, CmeError::Unknown(705)),
            (901, CmeError::NotDialled),
            (918, CmeError::DnsUnknown),
            (981, CmeError::Other),
            (1010, CmeError::File(1010)),
            (1021, CmeError::AliyunReconnecting),
        ] {
            assert_eq!(CmeError::from(code), error);
        }
    }

    #[test]
    fn a_text_says_what_happened_in_lower_case() {
        for code in 0..=1100 {
            let text = CmeError::from(code).to_string();
            let first = text.chars().next().unwrap();
            // Names of technologies keep their spelling.
            assert!(
                first.is_lowercase() || ["SIM", "HTTP", "FTP"].iter().any(|name| text.starts_with(name)),
                "{text}"
            );
        }
    }
}
