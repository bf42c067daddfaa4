//! Whether a connection is encrypted, by its type: what a program never asks for is then not in it.

use embedded_io_async::{Read, Write};

use super::Modem;
use crate::Clock;
use crate::error::{Error, InvalidInput};
use crate::model::{Capabilities, Feature};
use crate::types::{Plain, Tls};

/// How a connection is encrypted, if it is: [`Plain`], [`Tls`], or `Option<Tls>` where that is known at run time only. Sealed.
pub trait Security: Prepare {}

impl<S: Prepare> Security for S {}

/// What an open needs beside the open itself.
pub trait Prepare: Copy {
    #[doc(hidden)]
    const ENCRYPTS: bool;

    #[doc(hidden)]
    fn is_encrypted(&self) -> bool {
        Self::ENCRYPTS
    }

    /// Refuses what cannot be, before the first byte is written.
    #[doc(hidden)]
    fn check(&self, capabilities: &Capabilities) -> Result<(), InvalidInput>;

    /// Sets the module up for the open.
    #[doc(hidden)]
    async fn prepare<T: Read + Write, C: Clock>(&self, modem: &mut Modem<'_, T, C>) -> Result<(), Error<T::Error>>;

    /// Why the open was refused, as far as the module tells.
    #[doc(hidden)]
    async fn refusal<T: Read + Write, C: Clock>(&self, modem: &mut Modem<'_, T, C>) -> Error<T::Error>;
}

impl Prepare for Plain {
    const ENCRYPTS: bool = false;

    fn check(&self, _: &Capabilities) -> Result<(), InvalidInput> {
        Ok(())
    }

    async fn prepare<T: Read + Write, C: Clock>(&self, _: &mut Modem<'_, T, C>) -> Result<(), Error<T::Error>> {
        Ok(())
    }

    async fn refusal<T: Read + Write, C: Clock>(&self, _: &mut Modem<'_, T, C>) -> Error<T::Error> {
        Error::Refused
    }
}

impl Prepare for Tls<'_> {
    const ENCRYPTS: bool = true;

    fn check(&self, capabilities: &Capabilities) -> Result<(), InvalidInput> {
        capabilities.require(Feature::Tls)?;
        Tls::check(self)
    }

    async fn prepare<T: Read + Write, C: Clock>(&self, modem: &mut Modem<'_, T, C>) -> Result<(), Error<T::Error>> {
        modem.prepare_tls(self).await
    }

    async fn refusal<T: Read + Write, C: Clock>(&self, modem: &mut Modem<'_, T, C>) -> Error<T::Error> {
        modem.tls_refusal().await
    }
}

impl Prepare for Option<Tls<'_>> {
    const ENCRYPTS: bool = true;

    fn is_encrypted(&self) -> bool {
        self.is_some()
    }

    fn check(&self, capabilities: &Capabilities) -> Result<(), InvalidInput> {
        self.map_or(Ok(()), |tls| Prepare::check(&tls, capabilities))
    }

    async fn prepare<T: Read + Write, C: Clock>(&self, modem: &mut Modem<'_, T, C>) -> Result<(), Error<T::Error>> {
        match self {
            Some(tls) => tls.prepare(modem).await,
            None => Ok(()),
        }
    }

    async fn refusal<T: Read + Write, C: Clock>(&self, modem: &mut Modem<'_, T, C>) -> Error<T::Error> {
        match self {
            Some(tls) => tls.refusal(modem).await,
            None => Error::Refused,
        }
    }
}
