//! What the caller passed in and cannot be sent.

use core::fmt;

use crate::model::{Feature, Limit, Model, Source};

/// An argument of a command, to say which one was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(all(feature = "defmt", target_os = "none"), derive(defmt::Format))]
#[non_exhaustive]
pub enum Field {
    /// Host name or address of the broker.
    Host,
    /// TCP port of the broker.
    Port,
    /// Keep-alive interval in seconds.
    KeepAlive,
    /// MQTT's client identifier.
    ClientId,
    /// User name.
    User,
    /// Password.
    Password,
    /// Topic name or topic filter.
    Topic,
    /// Payload of a message.
    Payload,
    /// Payload of a will.
    WillPayload,
    /// Access point name.
    Apn,
    /// PIN of the SIM.
    Pin,
    /// The certificate of an authority that vouches for servers.
    TrustFile,
    /// The module's own certificate.
    CertificateFile,
    /// The key of the module's own certificate.
    KeyFile,
    /// A whole command line.
    CommandLine,
    /// Rate of the serial line in bits per second.
    BaudRate,
    /// The number of a topic on an MQTT-SN connection.
    TopicId,
    /// Product key at a cloud.
    ProductKey,
    /// Secret of a product at a cloud.
    ProductSecret,
    /// Id of a product at a cloud.
    ProductId,
    /// Name of a device at a cloud.
    DeviceName,
    /// Id of a device at a cloud.
    DeviceId,
    /// Key that names a device at a cloud.
    DeviceKey,
    /// Secret of a device at a cloud.
    DeviceSecret,
    /// Number of a device at a cloud.
    DeviceNumber,
    /// Access key of a device at a cloud.
    AccessKey,
    /// Authorisation key of a device at a cloud.
    AuthKey,
    /// Token of a device at a cloud.
    Token,
    /// UUID of a device at a cloud.
    Uuid,
    /// Id of an IoT Core.
    IotCoreId,
    /// User name at the site of AEP.
    AepUser,
    /// Path of a service of a cloud.
    Url,
    /// ICCID of the SIM.
    Ccid,
    /// IMEI of the module.
    Imei,
}

impl Field {
    /// Whether a cloud's credentials repeat it.
    pub(crate) const fn comes_back(self) -> bool {
        matches!(
            self,
            Self::ProductKey
                | Self::ProductId
                | Self::DeviceName
                | Self::DeviceId
                | Self::DeviceKey
                | Self::DeviceNumber
                | Self::IotCoreId
                | Self::AepUser
                | Self::Uuid
        )
    }
}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Host => "host",
            Self::Port => "port",
            Self::KeepAlive => "keep-alive",
            Self::ClientId => "client id",
            Self::User => "user name",
            Self::Password => "password",
            Self::Topic => "topic",
            Self::Payload => "payload",
            Self::WillPayload => "will payload",
            Self::Apn => "apn",
            Self::Pin => "pin",
            Self::TrustFile => "trust file",
            Self::CertificateFile => "certificate file",
            Self::KeyFile => "key file",
            Self::CommandLine => "command line",
            Self::BaudRate => "baud rate",
            Self::TopicId => "topic id",
            Self::ProductKey => "product key",
            Self::ProductSecret => "product secret",
            Self::ProductId => "product id",
            Self::DeviceName => "device name",
            Self::DeviceId => "device id",
            Self::DeviceKey => "device key",
            Self::DeviceSecret => "device secret",
            Self::DeviceNumber => "device number",
            Self::AccessKey => "access key",
            Self::AuthKey => "authorisation key",
            Self::Token => "token",
            Self::Uuid => "uuid",
            Self::IotCoreId => "IoT Core id",
            Self::AepUser => "AEP user name",
            Self::Url => "url",
            Self::Ccid => "ICCID",
            Self::Imei => "IMEI",
        })
    }
}

/// Something the caller passed in that cannot be sent. Nothing was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[cfg_attr(all(feature = "defmt", target_os = "none"), derive(defmt::Format))]
#[non_exhaustive]
pub enum InvalidInput {
    /// A byte that the module's command line would take for syntax, or that it cannot carry.
    #[error("the {field} holds the byte 0x{byte:02x}, which cannot be sent safely in a command line: remove it")]
    Character {
        /// Where it stands.
        field: Field,
        /// The byte.
        byte: u8,
    },
    /// Nothing where something is needed.
    #[error("the {field} is empty: give at least one character")]
    Empty {
        /// What is empty.
        field: Field,
    },
    /// More than any module or a buffer takes.
    #[error("the {field} is {len} bytes long, and the limit is {max}: shorten it")]
    TooLong {
        /// What is too long.
        field: Field,
        /// Its length in bytes.
        len: usize,
        /// The most that is taken, in bytes.
        max: usize,
    },
    /// Not as long as it must be.
    #[error("the {field} is {len} bytes long, and must have {needed}: change it")]
    Length {
        /// What it is.
        field: Field,
        /// Its length in bytes.
        len: usize,
        /// The length that is needed, in bytes.
        needed: usize,
    },
    /// More than this model takes.
    #[error(
        "{limit}: the {model} takes at most {max} {}, says {said_by}, and {asked} were asked for: ask for no more, or overrule the limit", .limit.unit()
    )]
    Exceeds {
        /// The model.
        model: Model,
        /// Which limit.
        limit: Limit,
        /// What was asked for.
        asked: usize,
        /// The most that the model takes.
        max: u16,
        /// Who says so.
        said_by: Source,
    },
    /// Something that this model cannot do.
    #[error("the {model} has no {feature}, says {said_by}: do without, or overrule if you know better")]
    Unsupported {
        /// The model.
        model: Model,
        /// What was asked for.
        feature: Feature,
        /// Who says so.
        said_by: Source,
    },
    /// A number outside of its range.
    #[error("{value} is no valid {field}: use {min} to {max}")]
    Range {
        /// Which number.
        field: Field,
        /// The number.
        value: u32,
        /// The smallest that is taken.
        min: u32,
        /// The largest that is taken.
        max: u32,
    },
    /// A PIN that is none.
    #[error("the PIN is not 4 to 8 digits: check it")]
    Pin,
    /// `+` or `#` in a topic name, or in a wrong place of a filter.
    #[error(
        "a wildcard stands where none may: '+' fills a level, '#' is the last level, and a topic to publish to has neither"
    )]
    Wildcard,
    /// The transmit buffer cannot hold the command and its data.
    #[error("the transmit buffer holds {max} bytes and more are needed (at least {len}): pass a larger one")]
    TransmitBuffer {
        /// What is needed at least, in bytes; of a command that found no room at all only its data is counted.
        len: usize,
        /// What there is, in bytes.
        max: usize,
    },
    /// A file that is too short or too long for the module.
    #[error("the {field} is {len} bytes long, and modules take {min} to {max}: give one file in PEM")]
    FileSize {
        /// Which file.
        field: Field,
        /// Its length in bytes.
        len: usize,
        /// The least that is taken, in bytes.
        min: usize,
        /// The most that is taken, in bytes.
        max: usize,
    },
    /// The server is to be verified, and there is nothing to verify it with.
    #[error(
        "TLS verifies the server and has nothing to do it with: give a trust file, or accept what the module holds"
    )]
    NoTrustFile,
    /// The runner's slots cannot hold the request.
    #[error("the runner's slots hold {max} bytes each and {len} are needed: make them larger")]
    RequestSlot {
        /// What is needed, in bytes.
        len: usize,
        /// What a slot holds, in bytes.
        max: usize,
    },
}
