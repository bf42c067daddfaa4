//! ANY: a value that means something to the service alone.

use core::fmt::{self, Write};

use serde::de::{Error, Visitor};
use serde::ser::{SerializeMap, SerializeSeq};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::decode::RAW;
use super::error::{Invalid, Reason};
use super::transcript::Transcript;
use crate::profile::json::{JsonStr, Kind, Value, Writer};

/// Any JSON value, such as the cookie of a request, as compact text of at most `N` bytes. One that is longer is not kept, only its
/// length.
///
/// Read by [`decode`](super::decode) it keeps a number digit by digit; other deserializers hand out its value only.
///
/// ```
/// use fibocom_mqtt::profile::lora_cloud::{AnyJson, decode};
///
/// let cookie: AnyJson<16> = decode(br#" { "tag": [ 1.0 ] } "#)?;
/// assert_eq!(cookie.as_str(), Some(r#"{"tag":[1.0]}"#));
/// assert_eq!(decode::<AnyJson<4>>(b"[1,2]")?.omitted(), 5);
/// # Ok::<(), fibocom_mqtt::profile::lora_cloud::Invalid>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AnyJson<const N: usize> {
    json: heapless::String<N>,
    omitted: usize,
}

impl<const N: usize> AnyJson<N> {
    /// The value that this JSON text is.
    ///
    /// # Errors
    ///
    /// [`Reason::Json`] if it is none, [`Reason::Length`] if it is longer than `N` bytes.
    pub fn new(json: &str) -> Result<Self, Invalid> {
        let any = Self::of(Value::parse(json)?);
        match any.omitted {
            0 => Ok(any),
            len => Err(Invalid::new("ANY", Reason::Length { len })),
        }
    }

    /// Of a text that is not here.
    fn not_kept(len: usize) -> Self {
        Self {
            json: heapless::String::new(),
            omitted: len,
        }
    }

    fn of(value: Value<'_>) -> Self {
        let mut sink = Sink::default();
        // A sink takes everything.
        let _ = compact(value, &mut sink);
        sink.finish()
    }

    /// The compact JSON text; none if it did not fit. `null` if there is no value.
    pub fn as_str(&self) -> Option<&str> {
        match (self.omitted, self.json.is_empty()) {
            (0, true) => Some("null"),
            (0, false) => Some(&self.json),
            _ => None,
        }
    }

    /// How long the text is that did not fit, in bytes.
    pub fn omitted(&self) -> usize {
        self.omitted
    }

    pub(in super::super) fn check(&self, field: &'static str) -> Result<(), Invalid> {
        if self.omitted > 0 {
            let omitted = self.omitted;
            return Err(Invalid::new(field, Reason::Incomplete { omitted }));
        }
        match self.as_str().map(Value::parse) {
            Some(Ok(value)) if !is_exact(value) => Err(Invalid::new(field, Reason::Range)),
            _ => Ok(()),
        }
    }
}

/// Whether every number in it is one that is written as the same: what neither an integer nor a float can be would be another one
/// then, or `null`.
fn is_exact(value: Value<'_>) -> bool {
    match value.kind() {
        Kind::Object => value
            .as_object()
            .into_iter()
            .flatten()
            .all(|(_, value)| is_exact(value)),
        Kind::Array => value.as_array().into_iter().flatten().all(is_exact),
        Kind::Number => whole(value).is_some() || is_exact_float(value.raw()),
        Kind::String | Kind::Bool | Kind::Null => true,
    }
}

/// Whether the digits of the nearest float, as few as it takes to tell it from its neighbours, are those that are there.
fn is_exact_float(raw: &str) -> bool {
    let mut written = heapless::String::<32>::new();
    match raw.parse::<f64>() {
        Ok(number) if number.is_finite() => {
            write!(written, "{number:e}").is_ok() && decimal(raw).is_some_and(|of| Some(of) == decimal(&written))
        }
        _ => false,
    }
}

/// The digits of a number, a point among them perhaps, from the first to the last that is no zero, and the power of ten of the first.
/// None if the exponent is beyond all that fits into memory.
fn decimal(raw: &str) -> Option<(Digits<'_>, i64)> {
    let (mantissa, exponent) = match raw.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, exponent),
        None => (raw, "0"),
    };
    let mantissa = mantissa.trim_start_matches('-');
    let (integer, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = mantissa.trim_matches(['0', '.']);
    if digits.is_empty() {
        return Some((Digits(""), 0));
    }
    let zeros = |text: &str| i64::try_from(text.bytes().take_while(|digit| *digit == b'0').count());
    let power = match integer.trim_start_matches('0') {
        "" => zeros(fraction).ok()?.checked_neg()?.checked_sub(1)?,
        integer => i64::try_from(integer.len()).ok()?.checked_sub(1)?,
    };
    Some((Digits(digits), power.checked_add(exponent.parse().ok()?)?))
}

/// Digits, and between two of them perhaps a point that says nothing.
struct Digits<'a>(&'a str);

impl PartialEq for Digits<'_> {
    fn eq(&self, other: &Self) -> bool {
        let [one, other] = [self, other].map(|digits| digits.0.bytes().filter(|byte| *byte != b'.'));
        one.eq(other)
    }
}

/// A value as text: without white space, texts in ASCII, numbers digit by digit as they were. Not deeper than the reader lets
/// documents be.
fn compact(value: Value<'_>, out: &mut dyn Write) -> fmt::Result {
    match value.kind() {
        Kind::Object => {
            let mut before = "{";
            for (name, value) in value.as_object().into_iter().flatten() {
                out.write_str(before)?;
                Writer::new(out).string(name)?;
                out.write_str(":")?;
                compact(value, out)?;
                before = ",";
            }
            out.write_str(if before == "{" { "{}" } else { "}" })
        }
        Kind::Array => {
            let mut before = "[";
            for value in value.as_array().into_iter().flatten() {
                out.write_str(before)?;
                compact(value, out)?;
                before = ",";
            }
            out.write_str(if before == "[" { "[]" } else { "]" })
        }
        Kind::String => value.as_str().map_or(Ok(()), |text| Writer::new(out).string(text)),
        Kind::Number | Kind::Bool | Kind::Null => out.write_str(value.raw()),
    }
}

impl<const N: usize> Serialize for AnyJson<N> {
    /// `null` where the value is not kept.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.as_str().map(Value::parse) {
            Some(Ok(value)) => Transcribed(value).serialize(serializer),
            _ => serializer.serialize_unit(),
        }
    }
}

/// A value of one document, for another. Not deeper than the reader lets documents be.
struct Transcribed<'a>(Value<'a>);

impl Serialize for Transcribed<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self(value) = self;
        match value.kind() {
            Kind::Object => {
                let mut map = serializer.serialize_map(None)?;
                for (name, value) in value.as_object().into_iter().flatten() {
                    map.serialize_entry(&Undone(name), &Transcribed(value))?;
                }
                map.end()
            }
            Kind::Array => {
                let mut seq = serializer.serialize_seq(None)?;
                for value in value.as_array().into_iter().flatten() {
                    seq.serialize_element(&Transcribed(value))?;
                }
                seq.end()
            }
            Kind::String => value.as_str().map(Undone).serialize(serializer),
            Kind::Number => number(*value, serializer),
            Kind::Bool => value.as_bool().serialize(serializer),
            Kind::Null => serializer.serialize_unit(),
        }
    }
}

fn number<S: Serializer>(value: Value<'_>, serializer: S) -> Result<S::Ok, S::Error> {
    match whole(value) {
        Some(Whole::Signed(number)) => serializer.serialize_i64(number),
        Some(Whole::Unsigned(number)) => serializer.serialize_u64(number),
        None => serializer.serialize_f64(value.raw().parse().unwrap_or_default()),
    }
}

enum Whole {
    Signed(i64),
    Unsigned(u64),
}

/// An integer that is written as one.
fn whole(value: Value<'_>) -> Option<Whole> {
    if value.raw().contains(['.', 'e', 'E']) {
        return None;
    }
    let signed = value.as_i64().map(Whole::Signed);
    signed.or_else(|| value.as_u64().map(Whole::Unsigned))
}

/// A text without its escapes.
struct Undone<'a>(JsonStr<'a>);

impl Serialize for Undone<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

impl<'de, const N: usize> Deserialize<'de> for AnyJson<N> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_newtype_struct(RAW, RawText)
    }
}

struct RawText<const N: usize>;

impl<'de, const N: usize> Visitor<'de> for RawText<N> {
    type Value = AnyJson<N>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_str<E: Error>(self, raw: &str) -> Result<AnyJson<N>, E> {
        Value::parse(raw).map(AnyJson::of).map_err(E::custom)
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, deserializer: D) -> Result<AnyJson<N>, D::Error> {
        let mut sink = Sink::default();
        deserializer.deserialize_any(Transcript::new(&mut sink))?;
        Ok(sink.finish())
    }
}

/// What a text becomes that is written piece by piece.
#[derive(Default)]
struct Sink<const N: usize> {
    json: heapless::String<N>,
    len: usize,
    /// Whether it is `null` and nothing else, which needs no room.
    null: bool,
}

impl<const N: usize> Sink<N> {
    fn finish(self) -> AnyJson<N> {
        if self.null {
            return AnyJson::default();
        }
        if self.len > N {
            return AnyJson::not_kept(self.len);
        }
        AnyJson {
            json: self.json,
            omitted: 0,
        }
    }
}

impl<const N: usize> fmt::Write for Sink<N> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.null = self.len == 0 && text == "null";
        self.len = self.len.saturating_add(text.len());
        let _ = self.json.push_str(text);
        Ok(())
    }
}
