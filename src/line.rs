//! What a serial port can do beside reading and writing: its rate, its flow control and the line DTR.

/// How the two ends of a serial line hold each other back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[cfg_attr(all(feature = "defmt", target_os = "none"), derive(defmt::Format))]
#[non_exhaustive]
pub enum FlowControl {
    /// They do not. The usual choice for USB ports and short messages.
    #[default]
    None,
    /// By the lines RTS and CTS, which must be wired.
    Hardware,
}

/// A port whose rate, flow control and DTR can be changed while it is in use, so that it can follow the module.
///
/// `SerialTransport` (feature `serialport`) and the simulator's port are such; a board implements it for its UART. Where there is no
/// such line, as behind some USB ports, it may do nothing or report an error.
///
/// ```
/// use embedded_io_async::ErrorType;
/// use fibocom_mqtt::{FlowControl, SerialLine};
///
/// struct BoardUart { baud: u32 }
///
/// impl ErrorType for BoardUart {
///     type Error = core::convert::Infallible;
/// }
///
/// impl SerialLine for BoardUart {
///     fn baud(&self) -> u32 {
///         self.baud
///     }
///
///     fn set_baud(&mut self, baud: u32) -> Result<(), Self::Error> {
///         // … and the divider of the UART.
///         self.baud = baud;
///         Ok(())
///     }
///
///     fn set_flow_control(&mut self, _: FlowControl) -> Result<(), Self::Error> {
///         Ok(())
///     }
///
///     fn set_dtr(&mut self, _: bool) -> Result<(), Self::Error> {
///         Ok(())
///     }
/// }
/// # let _ = BoardUart { baud: 115_200 };
/// ```
pub trait SerialLine: embedded_io_async::ErrorType {
    /// The rate of the port, in bits per second.
    fn baud(&self) -> u32;

    /// Changes the rate of the port, in bits per second. Called when everything that was written has been flushed.
    ///
    /// # Errors
    ///
    /// What the port reports.
    fn set_baud(&mut self, baud: u32) -> Result<(), Self::Error>;

    /// Changes the flow control of the port.
    ///
    /// # Errors
    ///
    /// What the port reports.
    fn set_flow_control(&mut self, flow_control: FlowControl) -> Result<(), Self::Error>;

    /// Sets the line DTR of the port: on is the state in which a sleeping module stays awake.
    ///
    /// # Errors
    ///
    /// What the port reports.
    fn set_dtr(&mut self, on: bool) -> Result<(), Self::Error>;
}
