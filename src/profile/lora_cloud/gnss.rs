//! How the service calculates a position from a GNSS message.

use super::time::{Seconds, finite};
use super::wire::{Invalid, Reason};

/// The `gnss_…` fields of an uplink: how the position is calculated, if it leads to one.
///
/// ```
/// use fibocom_mqtt::profile::lora_cloud::GnssParameters;
///
/// let parameters = GnssParameters { capture_time_accuracy: Some(15.0), ..GnssParameters::default() };
/// assert!(parameters.encoded_time_is_ignored());
/// assert_eq!(GnssParameters::default().time_tolerance(), 300.0);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Default)]
#[cfg_attr(all(feature = "defmt", target_os = "none"), derive(defmt::Format))]
pub struct GnssParameters {
    /// `gnss_capture_time`: about when the observation was made, GPS time. Absent: the time of the uplink.
    pub capture_time: Option<Seconds>,
    /// `gnss_capture_time_accuracy`: how far the calculated time may be from that, in s, before the position is rejected. Absent:
    /// 300 s.
    pub capture_time_accuracy: Option<f64>,
    /// `gnss_assist_position`: latitude and longitude in degrees (WGS84) to start from.
    pub assist_position: Option<[f64; 2]>,
    /// `gnss_assist_altitude`: the altitude in m above the ellipsoid (WGS84), which should be accurate to 10 m.
    pub assist_altitude: Option<f64>,
    /// `gnss_use_2D_solver`: the altitude is taken as it is, and the position calculated in two dimensions.
    pub use_2d_solver: Option<bool>,
}

impl GnssParameters {
    /// What the service takes for `gnss_capture_time_accuracy` where it is absent, in s.
    pub const DEFAULT_TIME_ACCURACY: f64 = 300.0;

    /// How far the calculated time may be from the estimate, in s, before the service rejects the position.
    pub fn time_tolerance(&self) -> f64 {
        self.capture_time_accuracy.unwrap_or(Self::DEFAULT_TIME_ACCURACY)
    }

    /// Whether the service ignores the capture time in the payload: below 16 s of tolerance it starts from
    /// [`capture_time`](Self::capture_time).
    pub fn encoded_time_is_ignored(&self) -> bool {
        self.time_tolerance() < 16.0
    }

    /// `aiding`: the message asks for an aiding position.
    pub(super) fn check(&self, aiding: bool) -> Result<(), Invalid> {
        self.capture_time.map_or(Ok(()), |at| at.check("gnss_capture_time"))?;
        if self
            .capture_time_accuracy
            .is_some_and(|accuracy| !(0.0..=f64::MAX).contains(&accuracy))
        {
            return Err(Invalid::new("gnss_capture_time_accuracy", Reason::Range));
        }
        let outside = |[latitude, longitude]: [f64; 2]| latitude.abs() > 90.0 || longitude.abs() > 180.0;
        let unusable = |position: [f64; 2]| outside(position) || position.iter().any(|part| part.is_nan());
        match self.assist_position {
            Some(position) if unusable(position) => return Err(Invalid::new("gnss_assist_position", Reason::Range)),
            None if aiding => return Err(Invalid::new("gnss_assist_position", Reason::Missing)),
            _ => {}
        }
        match self.assist_altitude {
            Some(altitude) => finite("gnss_assist_altitude", altitude),
            None if self.use_2d_solver == Some(true) => Err(Invalid::new("gnss_assist_altitude", Reason::Missing)),
            None => Ok(()),
        }
    }
}
