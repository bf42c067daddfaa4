//! Who the device is, and the placeholders for it (section 5.4).

use embedded_io_async::{Read, Write};

use crate::command::ReadIccid;
use crate::error::{Error, Field, InvalidInput};
use crate::{Clock, Modem};

/// The longest string after its placeholders were filled in, in characters (section 5.4).
pub const MAX_EXPANDED: usize = 100;

/// A string whose placeholders were filled in.
pub type Expanded = heapless::String<MAX_EXPANDED>;

/// The numbers that stand for a device: the SIM's ICCID, which is its client id unless it is given another, and the module's IMEI.
///
/// ```
/// use fibocom_mqtt::profile::captis::Identity;
///
/// let identity = Identity::new("89610180003174295174", "357732081910355")?;
/// let topic = identity.expand(fibocom_mqtt::Field::Topic, "s/uc/mpd/%CCID%")?;
/// assert_eq!(topic, "s/uc/mpd/89610180003174295174");
/// # Ok::<(), fibocom_mqtt::InvalidInput>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(all(feature = "defmt", target_os = "none"), derive(defmt::Format))]
pub struct Identity {
    #[cfg_attr(all(feature = "defmt", target_os = "none"), defmt(Display2Format))]
    ccid: heapless::String<20>,
    #[cfg_attr(all(feature = "defmt", target_os = "none"), defmt(Display2Format))]
    imei: heapless::String<16>,
}

impl Identity {
    /// The ICCID of the SIM, of at most 20 digits, and the IMEI of the module, of at most 16. The `F` that some modules print behind an ICCID
    /// of 19 digits is left out.
    ///
    /// # Errors
    ///
    /// [`InvalidInput`] with [`Field::Ccid`] or [`Field::Imei`] if one is empty, too long or no number.
    pub fn new(ccid: &str, imei: &str) -> Result<Self, InvalidInput> {
        Ok(Self {
            ccid: number(Field::Ccid, ccid.trim_end_matches(['F', 'f']))?,
            imei: number(Field::Imei, imei)?,
        })
    }

    /// Asks the module for both (`AT+CCID?` and `AT+CGSN`).
    ///
    /// # Errors
    ///
    /// [`Error::Module`] if there is no SIM, [`Error::Invalid`] if the module's answers are no such numbers, and what any command may end
    /// with.
    ///
    /// # Cancel safety
    ///
    /// May be dropped; ask again.
    ///
    /// ```
    /// # use embedded_io_async::{Read, Write};
    /// # use fibocom_mqtt::{Clock, Error, Modem, profile::captis::Identity};
    /// # async fn example<T: Read + Write, C: Clock>(modem: &mut Modem<'_, T, C>) -> Result<(), Error<T::Error>> {
    /// let identity = Identity::read(modem).await?;
    /// # let _ = identity;
    /// # Ok(()) }
    /// ```
    pub async fn read<T: Read + Write, C: Clock>(modem: &mut Modem<'_, T, C>) -> Result<Self, Error<T::Error>> {
        let ccid = modem.send(&ReadIccid).await?;
        let imei = modem.imei().await?;
        Ok(Self::new(ccid.as_str(), imei)?)
    }

    /// The ICCID of the SIM.
    pub fn ccid(&self) -> &str {
        &self.ccid
    }

    /// The IMEI of the module.
    pub fn imei(&self) -> &str {
        &self.imei
    }

    /// Fills in the placeholders `%CCID%` and `%IMEI%` of a topic, a client id or a user name. Any other `%` stays. `field` names the
    /// string in an error.
    ///
    /// # Errors
    ///
    /// [`InvalidInput::TooLong`] if that makes more than [`MAX_EXPANDED`] characters.
    pub fn expand(&self, field: Field, template: &str) -> Result<Expanded, InvalidInput> {
        let mut expanded = Expanded::new();
        let mut len: usize = 0;
        self.pieces(template, |piece| {
            len = len.saturating_add(piece.len());
            // What does not fit is counted.
            let _ = expanded.push_str(piece);
        });
        if len > MAX_EXPANDED {
            return Err(InvalidInput::TooLong {
                field,
                len,
                max: MAX_EXPANDED,
            });
        }
        Ok(expanded)
    }

    fn pieces(&self, template: &str, mut piece: impl FnMut(&str)) {
        let mut rest = template;
        while let Some((before, from)) = rest.find('%').and_then(|at| rest.split_at_checked(at)) {
            piece(before);
            let known = [("%CCID%", self.ccid()), ("%IMEI%", self.imei())];
            let placeholder = known
                .into_iter()
                .find_map(|(name, value)| Some((value, from.strip_prefix(name)?)));
            let (value, behind) = placeholder.unwrap_or_else(|| from.split_at_checked(1).unwrap_or((from, "")));
            piece(value);
            rest = behind;
        }
        piece(rest);
    }
}

fn number<const N: usize>(field: Field, digits: &str) -> Result<heapless::String<N>, InvalidInput> {
    if digits.is_empty() {
        return Err(InvalidInput::Empty { field });
    }
    if let Some(byte) = digits.bytes().find(|byte| !byte.is_ascii_digit()) {
        return Err(InvalidInput::Character { field, byte });
    }
    digits.try_into().map_err(|_| InvalidInput::TooLong {
        field,
        len: digits.len(),
        max: N,
    })
}
