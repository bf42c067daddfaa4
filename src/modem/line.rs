//! The serial line: the module's end of it and the port's, changed together.

use core::time::Duration;

use embedded_io_async::{Read, Write};

use super::Modem;
use crate::command::{Attention, SetBaud, SetFlowControl};
use crate::error::{Error, Field, InvalidInput};
use crate::{Clock, FlowControl, SerialLine};

/// How long the module may take to change its rate behind its `OK`.
const CHANGE: Duration = Duration::from_millis(100);

/// How often the module is called at a new rate.
const CALLS: u8 = 3;

impl<T, C> Modem<'_, T, C>
where
    T: Read + Write + SerialLine,
    C: Clock,
{
    /// Changes the rate of the line: the module's (`AT+IPR`), then the port's, and makes sure that they understand each other.
    ///
    /// A rate of 0, with which the module measures it, is for [`SetBaud`] alone.
    /// 115200 bit/s is what modules have from the factory; above 460800 few level shifters and cables follow. Most modules forget
    /// the rate when they restart.
    ///
    /// # Errors
    ///
    /// [`Error::Invalid`] if it is 0. [`Error::Module`] if the module does not have this rate; nothing has changed. [`Error::BaudRate`] if it did not answer at
    /// the new rate, and does at the former one. [`Error::Silent`] if it answers at neither: the port is at the former rate, and
    /// [`attach_at_rates`](Self::attach_at_rates) finds it.
    ///
    /// # Cancel safety
    ///
    /// A dropped call may leave the module at one rate and the port at the other: attach again, with both rates.
    ///
    /// ```
    /// # use embedded_io_async::{Read, Write};
    /// # use fibocom_mqtt::{Clock, Error, Modem, SerialLine};
    /// # async fn example<T: Read + Write + SerialLine, C: Clock>(modem: &mut Modem<'_, T, C>) -> Result<(), Error<T::Error>> {
    /// match modem.set_baud(460_800).await {
    ///     Err(error @ Error::BaudRate { .. }) => println!("{error}"),
    ///     result => result?,
    /// }
    /// # Ok(()) }
    /// ```
    pub async fn set_baud(&mut self, baud: u32) -> Result<(), Error<T::Error>> {
        if baud == 0 {
            return Err(Error::Invalid(InvalidInput::Range {
                field: Field::BaudRate,
                value: 0,
                min: 1,
                max: u32::MAX,
            }));
        }
        let former = self.port.baud();
        self.send(&SetBaud { baud }).await?;
        self.pause(CHANGE).await?;
        self.port.set_baud(baud).map_err(Error::Port)?;
        if self.is_there().await? {
            return Ok(());
        }
        self.port.set_baud(former).map_err(Error::Port)?;
        if self.is_there().await? {
            return Err(Error::BaudRate { baud });
        }
        Err(Error::Silent)
    }

    /// Changes the flow control of the line, the module's (`AT+IFC`) and the port's. With [`FlowControl::Hardware`] RTS and CTS must be wired,
    /// or nothing passes any more.
    ///
    /// # Errors
    ///
    /// [`Error::Module`] if the module does not have it. [`Error::Silent`] if the module no longer answers: the port is as it was
    /// asked to be, the module perhaps, and a restart of the module undoes it.
    ///
    /// # Cancel safety
    ///
    /// A dropped call may leave one end changed and the other not; call again.
    ///
    /// ```
    /// # use embedded_io_async::{Read, Write};
    /// # use fibocom_mqtt::{Clock, Error, Modem, SerialLine};
    /// # async fn example<T: Read + Write + SerialLine, C: Clock>(modem: &mut Modem<'_, T, C>) -> Result<(), Error<T::Error>> {
    /// modem.set_flow_control(fibocom_mqtt::FlowControl::Hardware).await?;
    /// # Ok(()) }
    /// ```
    pub async fn set_flow_control(&mut self, flow_control: FlowControl) -> Result<(), Error<T::Error>> {
        self.send(&SetFlowControl { flow_control }).await?;
        self.port.set_flow_control(flow_control).map_err(Error::Port)?;
        if self.is_there().await? {
            Ok(())
        } else {
            Err(Error::Silent)
        }
    }

    /// Sets the line DTR of the port, which keeps a module awake that may sleep, where it is wired. Which level is on is a setting
    /// of some modules (`AT+GTLPMMODE`).
    ///
    /// # Errors
    ///
    /// [`Error::Port`] if the port cannot.
    ///
    /// ```
    /// # use embedded_io_async::{Read, Write};
    /// # use fibocom_mqtt::{Clock, Error, Modem, SerialLine};
    /// # fn example<T: Read + Write + SerialLine, C: Clock>(modem: &mut Modem<'_, T, C>) -> Result<(), Error<T::Error>> {
    /// modem.set_dtr(true)?;
    /// # Ok(()) }
    /// ```
    pub fn set_dtr(&mut self, on: bool) -> Result<(), Error<T::Error>> {
        self.port.set_dtr(on).map_err(Error::Port)
    }

    /// Whether the module answers.
    async fn is_there(&mut self) -> Result<bool, Error<T::Error>> {
        for _ in 0..CALLS {
            self.engine.waive_fence();
            match self.send(&Attention).await {
                Ok(_) => {
                    // Earlier calls may still be answered.
                    self.engine.require_fence();
                    return Ok(true);
                }
                Err(Error::Silent | Error::Module(_) | Error::Unexpected) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(false)
    }
}
