//! What the caller chooses, wants to be told, and may know.

use embedded_io_async::{Read, Write};

use super::Modem;
use crate::Clock;
use crate::command::ReceiveMode;
use crate::model::{Capabilities, Dialect, Feature, Limit, Model, Source};
use crate::trace::Trace;
use crate::types::Counters;
use crate::unsolicited::Unsolicited;

impl<'b, T, C> Modem<'b, T, C>
where
    T: Read + Write,
    C: Clock,
{
    /// Reports every step of the exchange to `hook`, secrets redacted.
    ///
    /// ```
    /// # use embedded_io_async::{Read, Write};
    /// # use fibocom_mqtt::{Buffers, Clock, Error, Modem};
    /// # async fn example<T: Read + Write, C: Clock>(port: T, clock: C) -> Result<(), Error<T::Error>> {
    /// let (mut line, mut message, mut transmit) = ([0; 256], [0; 1279], [0; 1400]);
    /// let mut show = |step: fibocom_mqtt::Trace<'_>| println!("{step}");
    /// let mut modem = Modem::new(port, clock, Buffers::new(&mut line, &mut message, &mut transmit));
    /// modem.set_trace(&mut show);
    /// # Ok(()) }
    /// ```
    pub fn set_trace(&mut self, hook: &'b mut (dyn FnMut(Trace<'_>) + Send)) {
        self.engine.trace = Some(hook);
    }

    /// What the driver holds for this module's dialect.
    pub fn dialect(&self) -> Dialect {
        let found = self.engine.read_quotes();
        found.map_or(self.engine.dialect, |quotes| self.engine.dialect.read_quotes(quotes))
    }

    /// What this module can do and take, and who said so.
    pub fn capabilities(&self) -> &Capabilities {
        &self.engine.capabilities
    }

    /// Overrules what the module calls itself: this model's table counts, whatever [`attach`](Self::attach) finds. What the module
    /// reports in its answers to `=?` forms still refines it.
    ///
    /// ```
    /// # use embedded_io_async::{Read, Write};
    /// # use fibocom_mqtt::{Buffers, Clock, Modem, UnknownModel};
    /// # fn example<T: Read + Write, C: Clock>(modem: &mut Modem<'_, T, C>) -> Result<(), UnknownModel> {
    /// modem.set_model("L610-V1.0.1".parse()?);
    /// # Ok(()) }
    /// ```
    pub fn set_model(&mut self, model: Model) {
        self.engine.capabilities.identify(model, Source::Caller);
    }

    /// Overrules a limit, for firmware that is known to take more, or less, than its manual and itself say.
    ///
    /// ```
    /// # use embedded_io_async::{Read, Write};
    /// # use fibocom_mqtt::{Clock, Limit, Modem};
    /// # fn example<T: Read + Write, C: Clock>(modem: &mut Modem<'_, T, C>) {
    /// modem.set_limit(Limit::Payload, 4096);
    /// # }
    /// ```
    pub fn set_limit(&mut self, limit: Limit, value: u16) {
        self.engine.capabilities.learn_limit(limit, value, Source::Caller);
    }

    /// Overrules whether the module can do something.
    ///
    /// ```
    /// # use embedded_io_async::{Read, Write};
    /// # use fibocom_mqtt::{Clock, Feature, Modem};
    /// # fn example<T: Read + Write, C: Clock>(modem: &mut Modem<'_, T, C>) {
    /// modem.set_feature(Feature::WillDataMode, true);
    /// # }
    /// ```
    pub fn set_feature(&mut self, feature: Feature, has: bool) {
        self.engine.capabilities.learn_feature(feature, has, Source::Caller);
    }

    /// What was counted on all connections since the driver was started. [`Client::counters`](crate::Client::counters) has those of one.
    pub fn counters(&self) -> Counters {
        self.engine.counters(None)
    }

    /// Offers to `hook` the lines that the module sends unasked and that the driver makes nothing of: `+SIM READY`, `+CREG: 1`,
    /// `+CTZV: …`, those of `AT+MIPCALL`, `+MQTTSNREG` and `+MQTTAUTHEVENT`, and whatever else comes.
    ///
    /// Also what a module prints when it has booted, though that means something to the driver, too: `AT command ready`, `AT READY`.
    ///
    /// It is called while any call reads. Not offered are lines that may belong to an answer: while a command runs, those with
    /// its name or with none, and all until a command that was given up is settled. Nor are lines that may show a secret,
    /// which are all while a command with one is answered, but for `+MQTTAUTHEVENT`; lines with control characters; and lines that do not fit the line
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
    /// * The message buffer is a queue of what nobody has received yet, six bytes, topic and payload each, for all connections. What
    ///   does not fit is lost, and reported in its place.
    /// * What the module had stored before, since it was opened by another host or in the other mode, is still read by its length.
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
        self.engine.use_direct();
        self.engine.receive_mode = mode;
    }
}
