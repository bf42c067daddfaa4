//! Finding the module, and asking who it is.

use core::time::Duration;

use embedded_io_async::{Read, Write};

use super::Modem;
use super::refine::Answers;
use crate::Clock;
use crate::command::{Attention, Echo, ErrorReports, Manufacturer, ModelName, Revision, SerialNumber, Value};
use crate::error::Error;

/// Who answered: what the identification commands printed (3GPP TS 27.007 section 5). Empty where the module refused.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[cfg_attr(all(feature = "defmt", target_os = "none"), derive(defmt::Format))]
#[non_exhaustive]
pub struct Identity {
    /// `AT+CGMI`
    pub manufacturer: Value,
    /// `AT+CGMM`
    pub model: Value,
    /// `AT+CGMR`
    pub revision: Value,
    /// `AT+CGSN`
    pub imei: Value,
}

impl<T, C> Modem<'_, T, C>
where
    T: Read + Write,
    C: Clock,
{
    /// Finds the module: repeats `AT` until it answers, which also sets the speed of one that measures it, then switches echo off
    /// and error numbers on, and asks who it is and what it takes: its model gives the [`Capabilities`](crate::Capabilities), its
    /// answers to `=?` forms refine them, its firmware version refines the [`Dialect`](crate::Dialect). What it refuses to
    /// answer while it has no network, [`bring_up`](Self::bring_up) asks again.
    ///
    /// A module that boots takes up to 30 s, so give `wait` 40 s.
    ///
    /// # Errors
    ///
    /// [`Error::Silent`] if nothing answered within `wait`.
    ///
    /// # Cancel safety
    ///
    /// May be dropped; attach again.
    ///
    /// ```
    /// # use embedded_io_async::{Read, Write};
    /// # use fibocom_mqtt::{Clock, Error, Modem};
    /// # async fn example<T: Read + Write, C: Clock>(modem: &mut Modem<'_, T, C>) -> Result<(), Error<T::Error>> {
    /// use core::time::Duration;
    ///
    /// let identity = modem.attach(Duration::from_secs(40)).await?;
    /// println!("{} with firmware {}", identity.model.as_str(), identity.revision.as_str());
    /// # Ok(()) }
    /// ```
    pub async fn attach(&mut self, wait: Duration) -> Result<Identity, Error<T::Error>> {
        let until = self.now() + wait;
        loop {
            self.engine.waive_fence();
            match self.greet().await {
                Ok(()) => break,
                Err(Error::Silent | Error::Module(_) | Error::Unexpected) if self.now() < until => {}
                Err(error) => return Err(error),
            }
        }
        let identity = Identity {
            manufacturer: self.ask(&Manufacturer).await?,
            model: self.ask(&ModelName).await?,
            revision: self.ask(&Revision).await?,
            imei: self.ask(&SerialNumber).await?,
        };
        self.note_imei(&identity.imei);
        self.learn_model(&identity);
        self.refine(Answers::Perhaps).await?;
        Ok(identity)
    }

    /// Once the module answers, makes it answer in the way that the driver expects.
    async fn greet(&mut self) -> Result<(), Error<T::Error>> {
        self.send(&Attention).await?;
        // Earlier attempts may still be answered.
        self.engine.require_fence();
        self.send(&Echo { on: false }).await?;
        self.send(&ErrorReports::Numbers).await?;
        Ok(())
    }

    /// The module's serial number, asked once.
    pub(crate) async fn imei(&mut self) -> Result<&str, Error<T::Error>> {
        if self.imei.is_empty() {
            let imei = self.ask(&SerialNumber).await?;
            self.note_imei(&imei);
        }
        Ok(&self.imei)
    }

    fn note_imei(&mut self, imei: &Value) {
        let digits = imei.as_str().chars().filter(char::is_ascii_digit).take(15);
        self.imei = digits.collect();
    }

    /// An identification command; a module that refuses it has no such name.
    async fn ask<Cmd: atat::AtatCmd<Response = Value> + Sync>(
        &mut self,
        command: &Cmd,
    ) -> Result<Value, Error<T::Error>> {
        match self.send(command).await {
            Err(Error::Module(_) | Error::Unexpected) => Ok(Value::default()),
            answer => answer,
        }
    }
}
