//! POSITION_SOLUTION: where the device was.

use core::fmt;
use core::marker::PhantomData;

use serde::de::{DeserializeSeed, Error, IgnoredAny, SeqAccess, Unexpected, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::DevicePorts;
use super::time::{Seconds, finite};
use super::wire::{Invalid, List, Reason, Rules, names};

names! {
    /// `algorithm_type`: what a position was calculated from.
    Algorithm: "an algorithm" {
        /// GNSS scans.
        Gnss = "gnss",
        /// A group of GNSS scans.
        GnssNg = "gnssng",
        /// Wi-Fi access points.
        Wifi = "wifi",
    }
}

/// A position from GNSS scans: POSITION_SOLUTION_GNSS and POSITION_SOLUTION_GNSSNG, which has `capture_times_gps` besides.
///
/// All but the kind may be absent: servers are known to send less than the document requires.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct GnssPosition<const ITEMS: usize = 4> {
    /// Earth-centred Cartesian coordinates X, Y, Z in m.
    pub ecef: Option<[f64; 3]>,
    /// Latitude and longitude in degrees, and altitude above the ellipsoid in m: WGS84. None if there is no fix.
    pub llh: Option<[f64; 3]>,
    /// When it was there: GPS time.
    pub capture_time_gps: Option<Seconds>,
    /// When each scan of the group was taken that was used: GPS time. Of a GNSS-NG position only.
    pub capture_times_gps: List<Option<Seconds>, ITEMS>,
    /// When it was there: UTC. Not in the document, but servers send it.
    pub capture_time_utc: Option<Seconds>,
    /// Geometric dilution of precision. A plain number, though the document gives it in metres.
    pub gdop: Option<f64>,
    /// How accurate it is, in m; none if that is not known, which the service writes 0.0.
    pub accuracy: Option<f64>,
    /// The time of the uplink that it was calculated for: UTC.
    pub timestamp: Option<Seconds>,
}

/// POSITION_SOLUTION_WIFI: a position from Wi-Fi access points.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct WifiPosition {
    /// Latitude and longitude in degrees, and altitude above the ellipsoid in m: WGS84. None if there is no fix.
    pub llh: Option<[f64; 3]>,
    /// How accurate it is, in m, if the service says so.
    pub accuracy: Option<f64>,
    /// The time of the uplink that it was calculated for: UTC.
    pub timestamp: Option<Seconds>,
}

/// POSITION_SOLUTION: where the device was.
///
/// ```
/// use fibocom_mqtt::profile::lora_cloud::{Position, decode};
///
/// let position: Position = decode(br#"{"llh": [51.49, 0.02, 83.9], "accuracy": 0.0, "algorithm_type": "wifi"}"#)?;
/// assert_eq!((position.llh(), position.accuracy()), (Some([51.49, 0.02, 83.9]), None));
/// # Ok::<(), fibocom_mqtt::profile::lora_cloud::Invalid>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Position<const ITEMS: usize = 4> {
    /// From GNSS scans.
    Gnss(GnssPosition<ITEMS>),
    /// From a group of GNSS scans.
    GnssNg(GnssPosition<ITEMS>),
    /// From Wi-Fi access points.
    Wifi(WifiPosition),
    /// By an algorithm that is not known here: what it has in common with the others. Never sent.
    Other(Algorithm, GnssPosition<ITEMS>),
}

impl<const ITEMS: usize> Position<ITEMS> {
    /// What it was calculated from.
    pub fn algorithm(&self) -> Algorithm {
        match self {
            Self::Gnss(_) => Algorithm::Gnss,
            Self::GnssNg(_) => Algorithm::GnssNg,
            Self::Wifi(_) => Algorithm::Wifi,
            Self::Other(algorithm, _) => algorithm.clone(),
        }
    }

    /// Latitude and longitude in degrees, and altitude above the ellipsoid in m: WGS84. None if there is no fix.
    pub fn llh(&self) -> Option<[f64; 3]> {
        match self {
            Self::Gnss(position) | Self::GnssNg(position) | Self::Other(_, position) => position.llh,
            Self::Wifi(position) => position.llh,
        }
    }

    /// How accurate it is, in m; none if that is not known.
    pub fn accuracy(&self) -> Option<f64> {
        match self {
            Self::Gnss(position) | Self::GnssNg(position) | Self::Other(_, position) => position.accuracy,
            Self::Wifi(position) => position.accuracy,
        }
    }
}

impl<const ITEMS: usize> Rules for Position<ITEMS> {
    fn check(&self, _: &DevicePorts) -> Result<(), Invalid> {
        self.algorithm().check("algorithm_type")?;
        required("llh", self.llh().as_ref())?
            .iter()
            .try_for_each(|part| finite("llh", *part))?;
        if !(0.0..=f64::MAX).contains(&self.accuracy().unwrap_or_default()) {
            return Err(Invalid::new("accuracy", Reason::Range));
        }
        let position = match self {
            Self::Wifi(position) => return required("timestamp", position.timestamp.as_ref())?.check("timestamp"),
            Self::Gnss(position) | Self::GnssNg(position) | Self::Other(_, position) => position,
        };
        let ecef = required("ecef", position.ecef.as_ref())?;
        ecef.iter().try_for_each(|part| finite("ecef", *part))?;
        required("capture_time_gps", position.capture_time_gps.as_ref())?.check("capture_time_gps")?;
        finite("gdop", *required("gdop", position.gdop.as_ref())?)?;
        position
            .capture_time_utc
            .map_or(Ok(()), |at| at.check("capture_time_utc"))?;
        required("timestamp", position.timestamp.as_ref())?.check("timestamp")?;
        if !matches!(self, Self::GnssNg(_)) && !position.capture_times_gps.is_empty() {
            return Err(Invalid::new("capture_times_gps", Reason::Value));
        }
        let mut others = position.capture_times_gps.iter().flatten();
        others.try_for_each(|at| at.check("capture_times_gps"))?;
        position.capture_times_gps.check_whole("capture_times_gps")
    }
}

fn required<'f, T>(field: &'static str, value: Option<&'f T>) -> Result<&'f T, Invalid> {
    value.ok_or(Invalid::new(field, Reason::Missing))
}

/// All fields of all kinds: the kind may come last.
#[derive(Serialize, Deserialize)]
#[serde(rename = "POSITION_SOLUTION")]
struct Wire<const ITEMS: usize> {
    algorithm_type: Option<Algorithm>,
    #[serde(default, deserialize_with = "coordinates", skip_serializing_if = "Option::is_none")]
    ecef: Option<[f64; 3]>,
    #[serde(default, deserialize_with = "coordinates", serialize_with = "or_empty")]
    llh: Option<[f64; 3]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    capture_time_gps: Option<Seconds>,
    #[serde(skip_serializing_if = "Option::is_none")]
    capture_times_gps: Option<List<Option<Seconds>, ITEMS>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    capture_time_utc: Option<Seconds>,
    #[serde(skip_serializing_if = "Option::is_none")]
    gdop: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    accuracy: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    timestamp: Option<Seconds>,
}

impl<const ITEMS: usize> Wire<ITEMS> {
    fn of(position: &Position<ITEMS>) -> Self {
        let algorithm_type = Some(position.algorithm());
        let (position, group) = match position {
            Position::Wifi(position) => {
                return Self {
                    algorithm_type,
                    ecef: None,
                    llh: position.llh,
                    capture_time_gps: None,
                    capture_times_gps: None,
                    capture_time_utc: None,
                    gdop: None,
                    accuracy: position.accuracy,
                    timestamp: position.timestamp,
                };
            }
            Position::GnssNg(position) => (position, true),
            Position::Gnss(position) | Position::Other(_, position) => (position, false),
        };
        Self {
            algorithm_type,
            ecef: position.ecef,
            llh: position.llh,
            capture_time_gps: position.capture_time_gps,
            capture_times_gps: group.then(|| position.capture_times_gps.clone()),
            capture_time_utc: position.capture_time_utc,
            gdop: position.gdop,
            // Required, and this value says that there is none.
            accuracy: Some(position.accuracy.unwrap_or_default()),
            timestamp: position.timestamp,
        }
    }

    fn is_empty(&self) -> bool {
        self.algorithm_type.is_none() && self.llh.is_none() && self.ecef.is_none() && self.timestamp.is_none()
    }

    fn position<E: Error>(self) -> Result<Position<ITEMS>, E> {
        let Some(algorithm) = self.algorithm_type else {
            return Err(E::missing_field("algorithm_type"));
        };
        let accuracy = self.accuracy.filter(|accuracy| *accuracy != 0.0);
        if algorithm == Algorithm::Wifi {
            return Ok(Position::Wifi(WifiPosition {
                llh: self.llh,
                accuracy,
                timestamp: self.timestamp,
            }));
        }
        let position = GnssPosition {
            ecef: self.ecef,
            llh: self.llh,
            capture_time_gps: self.capture_time_gps,
            capture_times_gps: self.capture_times_gps.unwrap_or_default(),
            capture_time_utc: self.capture_time_utc,
            gdop: self.gdop,
            accuracy,
            timestamp: self.timestamp,
        };
        Ok(match algorithm {
            Algorithm::Gnss => Position::Gnss(position),
            Algorithm::GnssNg => Position::GnssNg(position),
            other => Position::Other(other, position),
        })
    }
}

impl<const ITEMS: usize> Serialize for Position<ITEMS> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Wire::of(self).serialize(serializer)
    }
}

impl<'de, const ITEMS: usize> Deserialize<'de> for Position<ITEMS> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Wire::deserialize(deserializer)?.position()
    }
}

/// The place of a position that may be `null` or an object with nothing in it.
pub(super) struct PositionOrNone<'p, const ITEMS: usize>(pub &'p mut Option<Position<ITEMS>>);

impl<'de, const ITEMS: usize> DeserializeSeed<'de> for PositionOrNone<'_, ITEMS> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        *self.0 = match Option::<Wire<ITEMS>>::deserialize(deserializer)? {
            Some(wire) if !wire.is_empty() => Some(wire.position()?),
            _ => None,
        };
        Ok(())
    }
}

fn or_empty<S: Serializer>(llh: &Option<[f64; 3]>, serializer: S) -> Result<S::Ok, S::Error> {
    match llh {
        Some(llh) => llh.serialize(serializer),
        None => [(); 0].serialize(serializer),
    }
}

/// `N` numbers; where there are none, or `null` for each, there is no position.
pub(super) fn coordinates<'de, D, const N: usize>(deserializer: D) -> Result<Option<[f64; N]>, D::Error>
where
    D: Deserializer<'de>,
{
    deserializer.deserialize_option(Coordinates(PhantomData))
}

struct Coordinates<const N: usize>(PhantomData<[f64; N]>);

impl<'de, const N: usize> Visitor<'de> for Coordinates<N> {
    type Value = Option<[f64; N]>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{N} numbers, or none")
    }

    fn visit_none<E>(self) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_seq(self)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut numbers: A) -> Result<Self::Value, A::Error> {
        let mut coordinates = [0.0; N];
        let (mut found, mut known) = (0usize, 0usize);
        for coordinate in &mut coordinates {
            match numbers.next_element::<Option<f64>>()? {
                Some(number) => {
                    found = found.saturating_add(1);
                    known = known.saturating_add(usize::from(number.is_some()));
                    *coordinate = number.unwrap_or_default();
                }
                None => break,
            }
        }
        while numbers.next_element::<IgnoredAny>()?.is_some() {
            found = found.saturating_add(1);
        }
        match (found, known) {
            (_, 0) if found <= N => Ok(None),
            _ if known < found.min(N) => Err(A::Error::invalid_type(Unexpected::Unit, &self)),
            _ if found == N => Ok(Some(coordinates)),
            _ => Err(A::Error::invalid_length(found, &self)),
        }
    }
}
