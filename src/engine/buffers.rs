//! The memory that the caller lends.

use super::topics::{Names, TopicNames};

/// The memory that a driver works in. All of it is the caller's.
///
/// ```
/// use fibocom_mqtt::Buffers;
///
/// let mut line = [0; 256];
/// let mut message = [0; 255 + 1024];
/// let mut transmit = [0; 1400];
/// let buffers = Buffers::new(&mut line, &mut message, &mut transmit);
/// # let _ = buffers;
/// ```
#[must_use]
pub struct Buffers<'b> {
    pub(super) line: &'b mut [u8],
    pub(super) message: &'b mut [u8],
    pub(super) transmit: &'b mut [u8],
    pub(super) topics: Option<&'b mut dyn Names>,
}

impl<'b> Buffers<'b> {
    /// Three buffers.
    ///
    /// * `line` holds the answer to one command, and 48 bytes for the lines behind it: 128 bytes do for MQTT, 512 for every
    ///   command of this crate but those that print wills and user names, and those of [clouds](crate::cloud), which say what they take.
    ///   On MQTT-SN connections the module prints names of topics: with 48 bytes more than the longest none stays unknown.
    /// * `message` holds the topic and payload of one received message: 255 + 1024 bytes for any message of most models. A
    ///   smaller one is fine if messages are: a larger message stays in the module.
    /// * `transmit` holds one command with its data: the payload, the topic, and 40 bytes; for connecting, user name, password,
    ///   client id and 40 bytes, or host and 40 bytes, or topic and payload of the will and 40 bytes. 1400 bytes hold any publication.
    ///   Twice the payload where it goes in [digits](crate::DataForm). The files of TLS need not fit: they are sent in pieces of
    ///   what there is.
    pub const fn new(line: &'b mut [u8], message: &'b mut [u8], transmit: &'b mut [u8]) -> Self {
        Self {
            line,
            message,
            transmit,
            topics: None,
        }
    }

    /// With memory for the names of MQTT-SN topics, so that messages that come with a topic id can be given with its name.
    pub fn topics(mut self, names: &'b mut TopicNames<'b>) -> Self {
        self.topics = Some(names);
        self
    }
}

/// Prints sizes only: the memory may have held a password.
impl core::fmt::Debug for Buffers<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Buffers")
            .field("line", &self.line.len())
            .field("message", &self.message.len())
            .field("transmit", &self.transmit.len())
            .finish()
    }
}
