//! What the caller chooses, and wants to be told.

use embedded_io_async::{Read, Write};

use super::Modem;
use crate::Clock;
use crate::command::ReceiveMode;
use crate::unsolicited::Unsolicited;

impl<'b, T, C> Modem<'b, T, C>
where
    T: Read + Write,
    C: Clock,
{
    /// Offers to `hook` the lines that the module sends unasked and that the driver makes nothing of: `+SIM READY`, `+CREG: 1`,
    /// `+CTZV: …`, those of `AT+MIPCALL`, `+MQTTSNREG` and `+MQTTAUTHEVENT`, and whatever else comes.
    ///
    /// It is called while any call reads. Not offered are lines that may belong to an answer: while a command runs, those with
    /// its name or with none, and all until a command that was given up is settled. Nor are lines that may show a secret,
    /// which are all while a command with one is answered; lines with control characters; and lines that do not fit the line
    /// buffer. So take a line as a hint, and ask the module where it matters.
    ///
    /// ```
    /// # use embedded_io_async::{Read, Write};
    /// # use fibocom_mqtt::{Buffers, Clock, Modem, Unsolicited};
    /// # fn example<T: Read + Write, C: Clock>(port: T, clock: C) {
    /// let (mut line, mut message, mut transmit) = ([0; 256], [0; 1279], [0; 1400]);
    /// let mut registered = false;
    /// let mut note = |line: Unsolicited<'_>| {
    ///     if let Some(state) = line.arguments("+CREG") {
    ///         registered = matches!(state, "1" | "5");
    ///     }
    /// };
    /// let mut modem = Modem::new(port, clock, Buffers::new(&mut line, &mut message, &mut transmit));
    /// modem.set_unsolicited(&mut note);
    /// # }
    /// ```
    pub fn set_unsolicited(&mut self, hook: &'b mut (dyn FnMut(Unsolicited<'_>) + Send)) {
        self.engine.unsolicited = Some(hook);
    }

    /// In which form messages are to come (`AT+MQTTCONF`; V1.3 and V1.0.1 sections 1.8 and 1.9). It is one setting for all of
    /// the module's connections, so it belongs to the modem; the module is told with the next connect.
    ///
    /// By length, unless this is called, and that is the only form that can carry every message. [`ReceiveMode::Direct`] is
    /// for firmware that has no other: the module then sends each message at once, in a line of its own, and keeps none.
    ///
    /// * The line buffer must hold such a line whole: 255 + 1500 + 40 bytes, and what the answer to a command takes. What does
    ///   not fit is lost, and [`recv`](crate::Client::recv) reports it.
    /// * The message buffer is a queue of what nobody has received yet, six bytes, topic and payload each. What does not fit
    ///   is lost, and reported in its place.
    /// * A payload is cut at its first line end, and **what stands behind that is taken for lines of the module**: whoever may
    ///   publish to a subscribed topic can forge a result, a break or a message. Only where that is nobody, or the payloads of
    ///   all are known to be plain text, is this mode safe. Where it shows that a payload was cut, the message is reported as
    ///   lost.
    /// * A topic ends at its first quote.
    ///
    /// ```
    /// # use embedded_io_async::{Read, Write};
    /// # use fibocom_mqtt::{Buffers, Clock, Modem};
    /// use fibocom_mqtt::ReceiveMode;
    ///
    /// # fn example<T: Read + Write, C: Clock>(port: T, clock: C) {
    /// let (mut line, mut message, mut transmit) = ([0; 1800], [0; 4096], [0; 1400]);
    /// let mut modem = Modem::new(port, clock, Buffers::new(&mut line, &mut message, &mut transmit));
    /// modem.set_receive_mode(ReceiveMode::Direct);
    /// # }
    /// ```
    pub fn set_receive_mode(&mut self, mode: ReceiveMode) {
        self.engine.receive_mode = mode;
    }
}
